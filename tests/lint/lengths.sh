#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# 500 lines a file, 60 lines and a complexity of 15 a function. usage: tests/lint/lengths.sh [--self-test]
set -uo pipefail
FILE=500 FUNCTION=60 COMPLEXITY=15
bad=0

# pmccabe prints: complexity, modified complexity, statements, first line, lines, file(definition): name
functions() {
	pmccabe "$@" | awk -v lines="$FUNCTION" -v complexity="$COMPLEXITY" '
		$5 > lines { printf "%s %s: %d lines (at most %d)\n", $6, $7, $5, lines; bad = 1 }
		$1 > complexity { printf "%s %s: complexity %d (at most %d)\n", $6, $7, $1, complexity; bad = 1 }
		END { exit bad }'
}

if [ "${1:-}" = --self-test ]; then
	probe=$(mktemp --suffix=.c) && trap 'rm -f "$probe"' EXIT
	{ echo 'int f(int a) {'; yes 'a++;' | head -n 70; echo 'return a; }'; } >"$probe"
	functions "$probe" >/dev/null && exit 1
	exit 0
fi
cd "$(dirname "$0")/../.." || exit 1
"$0" --self-test || { echo 'lengths: the check itself does not work (pmccabe?)' >&2; exit 1; }
mapfile -t files < <(find services tests sql deploy -name node_modules -prune -o \( -name '*.[ch]' \
	-o -name '*.sh' -o -name '*.awk' -o -name '*.mjs' -o -name '*.sql' \) -print)
for file in "${files[@]}"; do
	n=$(wc -l <"$file")
	[ "$n" -le "$FILE" ] || { echo "$file: $n lines (at most $FILE)"; bad=1; }
done
mapfile -t sources < <(printf '%s\n' "${files[@]}" | grep '\.c$')
functions "${sources[@]}" || bad=1
exit "$bad"
