#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The domain computes and does nothing else: its archive may ask for these symbols only.
# usage: tests/lint/purity.sh LIBDOMAIN
set -euo pipefail
[ $# -eq 1 ] || { echo 'usage: tests/lint/purity.sh build/libdomain.a' >&2; exit 2; }

# base's strings and decimals, memory and text without state, libm, rationals; what compilers add
allowed='^(str_[a-z0-9_]+|decimal_[a-z0-9_]+|buf_[a-z0-9_]+|err_[a-z0-9_]+
|mem(cpy|move|set|cmp)|str(len|cmp|ncmp|nlen|chr)|bsearch|qsort
|__(memcpy|memset|memmove|strcpy|strcat|snprintf)_chk|snprintf
|sqrt|fabs|floor|ceil|ldexp|frexp|nextafter|isfinite|fma|lround|llround|fmax|fmin
|__gmp[a-z]_[a-z0-9_]+|abort|__assert_fail|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_
|__u?(div|mod|divmod)ti[34]|__(float|fix)(uns)?ti(df|xf)|__fix(uns)?dfti|__mulodi4|__multi3
|__asan_.*|__ubsan_.*|__tsan_.*)$'
allowed=${allowed//$'\n'/}

needs() {
	nm -u "$1" | awk '/^ *U / { print $2 }' | sort -u >"$work/needed"
	nm --defined-only "$1" | awk 'NF == 3 && $2 ~ /[TDBRC]/ { print $3 }' | sort -u >"$work/own"
	comm -23 "$work/needed" "$work/own" | grep -Ev "$allowed" || :
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo 'long time(long *); long f(void); long f(void) { return time(0); }' |
	"${CC:-gcc}" -x c -fno-builtin -c -o "$work/probe.o" - &&
	[ "$(needs "$work/probe.o")" = time ] || { echo 'purity: the check itself does not work' >&2; exit 1; }
found=$(needs "$1")
[ -z "$found" ] || { echo "$1 不纯 / is not pure: $(tr '\n' ' ' <<<"$found")"; exit 1; }
