#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs cmocka programs, prints what failed, and ends with "N passed, N failed".
# usage: tests/unit.sh PROGRAM...    exit: 0 all passed, 1 not, or nothing ran
set -uo pipefail
passed=0 failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS=${ASAN_OPTIONS:-exitcode=99} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}

for program in "$@"; do
	timeout --foreground 300 "$program" >"$work/out" 2>&1
	status=$?
	ok=$(grep -c '^ok ' "$work/out")
	not_ok=$(grep -c '^not ok ' "$work/out")
	# a crash, a sanitizer's report or no test at all is a failure that TAP does not count
	if [ "$not_ok" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$ok" -eq 0 ]; }; then
		not_ok=1
	fi
	printf '%-40s %4d passed %3d failed\n' "$(basename "$program")" "$ok" "$not_ok"
	if [ "$not_ok" -gt 0 ]; then
		grep -Ev '^(ok |1\.\.)' "$work/out" | sed 's/^/    /'
		echo "    exit status $status"
	fi
	passed=$((passed + ok)) failed=$((failed + not_ok))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
