#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Every header compiles alone. usage: tests/lint/headers.sh
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
flags=(-std=c17 -D_GNU_SOURCE -fsyntax-only -Wall -Wextra -Werror -Iservices -Itests "-I$work")
# what the build generates, made here: lint needs no build
for generated in queries migrations; do
	awk -f "sql/$generated.awk" "sql/$generated"/*.sql >"$work/$generated.inc" || exit 1
done
read -r -a pq < <(pkg-config --cflags libpq 2>/dev/null)

# compiles HEADER: an empty file that includes nothing else
compiles() {
	printf '#include "%s"\nextern int nothing;\n' "$1" >"$work/$$.$BASHPID.c"
	"${CC:-gcc}" "${flags[@]}" "${pq[@]}" -include services/base/banned.h "$work/$$.$BASHPID.c"
}
export -f compiles

printf 'struct a { struct unknown_here b; };\n' >"$work/bad.h"
if compiles "$work/bad.h" 2>/dev/null; then
	echo 'headers: the check itself does not work' >&2
	exit 1
fi
bad=0
for header in services/*/*.h tests/lib/*.h; do
	[ -e "$header" ] || continue
	compiles "$PWD/$header" || { echo "$header: 不能单独编译 / does not compile alone"; bad=1; }
done
exit "$bad"
