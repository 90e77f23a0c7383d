# SPDX-License-Identifier: Apache-2.0
# Makes one row QUERY(NAME, "text") of each `-- name: x` block of the files given.
# Comment lines and blank lines are left out; a block ends where the next begins.

function escape(s)
{
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	return s
}

function close_block()
{
	if (name != "")
		print ")"
	name = ""
}

FNR == 1 { close_block() }

/^-- name: [a-z0-9_]+$/ {
	close_block()
	name = $3
	if (name in seen) {
		printf "%s:%d: query '%s' twice\n", FILENAME, FNR, name > "/dev/stderr"
		exit 1
	}
	seen[name] = 1
	printf "QUERY(%s,", toupper(name)
	next
}

/^[ \t]*--/ || /^[ \t]*$/ { next }

name == "" {
	printf "%s:%d: text outside a -- name: block\n", FILENAME, FNR > "/dev/stderr"
	exit 1
}

{ printf "\n\t\"%s\\n\"", escape($0) }

END { close_block() }
