# SPDX-License-Identifier: Apache-2.0
# Makes one row MIGRATION(version, "name", "text") of each file NNNN_name.sql given.

function escape(s)
{
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	return s
}

FNR == 1 {
	if (open)
		print ")"
	open = 1
	file = FILENAME
	sub(/.*\//, "", file)
	sub(/\.sql$/, "", file)
	printf "MIGRATION(%d, \"%s\",", substr(file, 1, 4) + 0, substr(file, 6)
}

{ printf "\n\t\"%s\\n\"", escape($0) }

END { if (open) print ")" }
