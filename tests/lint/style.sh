#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What every source looks like, as far as grep can tell. usage: tests/lint/style.sh [--self-test]
set -uo pipefail
bad=0

# forbid WHAT PATTERN FILE...: no line of the files may match
forbid() {
	local what=$1 pattern=$2
	shift 2
	[ $# -gt 0 ] || return 0
	if grep -nHP -- "$pattern" "$@"; then
		echo "style: $what" >&2
		bad=1
	fi
}

# early_returns FILE...: a local that releases itself is set before the function may return, or
# what is released is whatever was on the stack
early_returns() {
	awk '
	/^\t+(.*[ \t])?auto_[a-z_]+ [^=(]*;$/ { name = $NF; gsub(/[*;]/, "", name); next }
	/^}/ || (name && index($0, "&" name)) { name = "" }
	name && /(^|[ \t])return/ { print FILENAME ":" FNR ": " name; name = ""; bad = 1 }
	END { exit bad }' "$@" && return
	echo 'style: returns before a local that releases itself is set' >&2
	bad=1
}

if [ "${1:-}" = --self-test ]; then
	forbid 'self-test' '^// x' /dev/stdin <<<'// x' >/dev/null 2>&1
	[ "$bad" -eq 1 ] || exit 1
	bad=0
	early_returns <<<$'\tauto_buf struct buf b;\n\n\tif (x)\n\t\treturn;\n\tbuf_init(&b, 1);' >/dev/null 2>&1
	[ "$bad" -eq 1 ] || exit 1
	exit 0
fi
cd "$(dirname "$0")/../.." || exit 1
"$0" --self-test || { echo 'style: the check itself does not work' >&2; exit 1; }

mapfile -t c < <(find services tests -name node_modules -prune -o -name '*.[ch]' -print -o -name '*.def' -print)
mapfile -t other < <(find services tests sql deploy -name node_modules -prune -o \( -name '*.sh' -o \
	-name '*.awk' -o -name '*.mjs' \) -print)
mapfile -t ours < <(printf '%s\n' "${c[@]}" | grep '^services/')

for f in "${c[@]}" "${other[@]}"; do
	head -n 2 "$f" | grep -q 'SPDX-License-Identifier: Apache-2\.0' ||
		{ echo "$f: 第一行应有 SPDX / no SPDX line"; bad=1; }
done
forbid 'comments are /* */' '^([^"]|"([^"\\]|\\.)*")*(?<![:"])//' "${c[@]}"
forbid 'not done yet' '\b(TODO|FIXME|XXX)\b' "${c[@]}" $(printf '%s\n' "${other[@]}" | grep -v lint/style.sh)
# what the formatter makes of a comment's table whose line was too long
forbid 'a comment goes on behind " * "' '^ \*[^\s/*]' "${c[@]}"
forbid 'trailing blanks' '[ \t]+$' "${c[@]}" "${other[@]}"
forbid 'path of one machine' '(?<![\w.$}/])/(work|home|root|Users)/' "${c[@]}" "${other[@]}"
forbid 'libpq is called in services/store only' '\bPQ(exec|prepare|send|connect)\w*' \
	$(printf '%s\n' "${ours[@]}" | grep -v '^services/store/')
# config.c writes the help text and the mistakes to the stream that main gives it
forbid 'only the command line prints' '\b(printf|puts|putchar|fputs|fprintf|vfprintf)\s*\(' \
	$(printf '%s\n' "${ours[@]}" | grep -Ev '^services/ctl/|/main\.c$|^services/base/config\.c$')
forbid 'SQL text belongs in sql/' '"[^"]*\b(SELECT .* FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE)\b' \
	$(printf '%s\n' "${ours[@]}" | grep -v '^services/store/')
forbid 'texts of a workbook go through xlsx_text() and xlsx_text_over()' 'worksheet_(write_(string|rich_string|comment)|merge_range)\b' \
	$(printf '%s\n' "${ours[@]}" | grep -v '/xlsx_file\.c$')
early_returns "${c[@]}"
exit "$bad"
