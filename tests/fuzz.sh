#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs fuzz targets, two at a time. What they find new goes to BUILD/corpus; an input that breaks a
# reader stays in BUILD/found, and its name is printed: run BUILD/fuzz/TARGET with it to see it again.
#
# usage: tests/fuzz.sh BUILD TARGET...
#   FUZZ_SECONDS   of each target (60)
#   FUZZ_JOBS      at a time (2)
#
# The last line is "N passed, N failed". exit: 0 nothing was found, 1 something was
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
[ $# -gt 1 ] || { sed -n '4,11s/^# \{0,1\}//p' "$0"; exit 2; }
BUILD=$1
shift
SECONDS_EACH=${FUZZ_SECONDS:-60}
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}

# One unit has 10 seconds, and the process 1 GiB: a reader that takes more is one that breaks.
run() {
	local target=$1 log=$BUILD/log/$1
	local words=()
	[ ! -f "tests/fuzz/$1.dict" ] || words=(-dict="tests/fuzz/$1.dict")
	mkdir -p "$BUILD/corpus/$target" "$BUILD/found/$target" "$BUILD/log"
	"$BUILD/fuzz/$target" -max_total_time="$SECONDS_EACH" -timeout=10 -rss_limit_mb=1024 \
		-max_len=20000 "${words[@]}" -print_final_stats=1 -artifact_prefix="$BUILD/found/$target/" \
		"$BUILD/corpus/$target" "tests/fuzz/corpus/$target" >"$log" 2>&1
}

# The last lines of a log that say what was done.
told() {
	awk '/number_of_executed_units/ { runs = $2 } /peak_rss_mb/ { mb = $2 } / cov: / { cov = $0 }
		END { sub(/.* cov: /, "", cov); sub(/ .*/, "", cov)
		      printf "%s runs, %s edges, %s MB", runs, cov, mb }' "$1"
}

passed=0 failed=0
declare -A target_of=()

# Takes the target that ends first.
reap() {
	local pid status target
	wait -n -p pid
	status=$?
	target=${target_of[$pid]}
	unset "target_of[$pid]"
	if [ "$status" -eq 0 ]; then
		passed=$((passed + 1))
		printf '%-12s %s\n' "$target" "$(told "$BUILD/log/$target")"
		return
	fi
	failed=$((failed + 1))
	printf '%-12s 失败 / failed:\n' "$target"
	grep -vE '^(INFO|#[0-9]+|NEW_FUNC|==[0-9]+==.*WARNING)' "$BUILD/log/$target" | tail -n 40 | sed 's/^/    /'
	find "$BUILD/found/$target" -type f -printf '    输入 / input: %p\n'
}

trap '[ ${#target_of[@]} -eq 0 ] || kill "${!target_of[@]}"' EXIT
for target in "$@"; do
	[ "${#target_of[@]}" -lt "${FUZZ_JOBS:-2}" ] || reap
	run "$target" &
	target_of[$!]=$target
done
while [ "${#target_of[@]}" -gt 0 ]; do reap; done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
