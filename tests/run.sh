#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the suites against one build, on a PostgreSQL cluster of its own.
#
# usage: tests/run.sh [BUILD] [SUITE|FILE]...
#   BUILD   folder of the binaries (build)
#   SUITE   lint unit property integration (default: all of them, in this order)
#   FILE    one test file, such as tests/integration/alerts.test.mjs
#
# The last line is "N passed, N failed". Exit 1 when something failed or nothing ran. After a
# failure the folder with every log stays, and its name is printed; KEEP=1 keeps it always.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

BUILD=build
if [ $# -gt 0 ] && [ -d "$1" ]; then
	BUILD=$1
	shift
fi
SUITES=("$@")
[ $# -gt 0 ] || SUITES=(lint unit property integration)
NODE=${NODE:-node}
PASSED=0 FAILED=0

RUN=$(mktemp -d "${TMPDIR:-/tmp}/jht.XXXXXX") || exit 1
chmod 711 "$RUN" # the cluster's user has to pass
export JHT_RUN=$RUN JHT_BUILD=$BUILD JHT_SLOW=${JHT_SLOW:-1}
case $BUILD in
*asan*) JHT_SLOW=3 ;;
*tsan*) JHT_SLOW=8 ;;
esac
# A report ends the process with a status that no test expects; the logs are read for reports as well.
export ASAN_OPTIONS=${ASAN_OPTIONS:-exitcode=99:detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-suppressions=$PWD/tests/tsan.supp:halt_on_error=0:exitcode=66}
# no setting of whoever runs the tests may reach the services
for name in $(compgen -e JUNHENG_); do
	unset "$name"
done
unset PGHOST PGPORT PGUSER PGDATABASE PGPASSWORD PGSERVICE http_proxy HTTP_PROXY

finish() {
	trap - EXIT INT TERM
	[ ! -d "$RUN/pg" ] || deploy/cluster.sh stop "$RUN/pg"
	if [ "$FAILED" -gt 0 ] || [ "${KEEP:-0}" = 1 ]; then
		echo "日志 / logs: $RUN"
	else
		[ ! -d "$RUN/pg" ] || deploy/cluster.sh destroy "$RUN/pg"
		rm -rf -- "$RUN"
	fi
	echo "$PASSED passed, $FAILED failed"
	# in a trap, exit alone would tell the status from before it
	if [ "$FAILED" -gt 0 ] || [ "$PASSED" -eq 0 ]; then exit 1; fi
	exit 0
}
trap finish EXIT
trap 'FAILED=$((FAILED + 1)); exit' INT TERM

# count PASSED FAILED
count() {
	PASSED=$((PASSED + $1))
	FAILED=$((FAILED + $2))
}

# only_one WHAT COMMAND...: something that passes or fails as a whole
only_one() {
	local what=$1
	shift
	if "$@"; then
		count 1 0
	else
		echo "失败 / failed: $what"
		count 0 1
	fi
}

# database NAME: the connection string of another database of the cluster
database() {
	sed -E "s#(@[^/]*)/junheng(\\?|\$)#\\1/$1\\2#" <<<"$JHT_CLUSTER"
}

need_cluster() {
	[ -z "${JHT_CLUSTER:-}" ] || return 0
	mkdir -p "$RUN/pg" && chmod 711 "$RUN/pg"
	if ! CLUSTER_FAST=1 deploy/cluster.sh start "$RUN/pg" ||
		! JHT_CLUSTER=$(deploy/cluster.sh url "$RUN/pg"); then
		echo 'PostgreSQL 未能启动 / did not start'
		count 0 1
		exit
	fi
	export JHT_CLUSTER
	psql -X -q -v ON_ERROR_STOP=1 -c 'CREATE DATABASE migrated' "$JHT_CLUSTER" &&
		JUNHENG_DATABASE_URL=$(database migrated) \
			"$BUILD/junhengctl" migrate >"$RUN/migrate.log" 2>&1 && return
	cat "$RUN/migrate.log" 2>/dev/null
	echo 'junhengctl migrate 失败 / failed'
	count 0 1
	exit
}

# node_tests FILE...: at most three files at a time, for each starts services of its own; they mostly wait
node_tests() {
	local tap=$RUN/tap.$RANDOM
	[ $# -gt 0 ] || return 0
	if ! tests/packages.sh; then
		echo 'npm ci 失败 / failed'
		count 0 1
		return
	fi
	"$NODE" --test --test-concurrency=3 --test-reporter=spec --test-reporter-destination=stdout \
		--test-reporter=tap --test-reporter-destination="$tap" "$@"
	local status=$? pass fail
	touch "$tap" # node itself may have failed
	pass=$(awk '/^# pass / { print $3 }' "$tap")
	# a world that did not end cleanly fails its suite, which node does not count
	fail=$(awk '/^# (fail|cancelled) / { n += $3 } /failureType:.*hookFailed/ { n++ } END { print n + 0 }' "$tap")
	[ "$status" -eq 0 ] || [ "$fail" -gt 0 ] || fail=1
	count "${pass:-0}" "$fail"
}

suite_lint() { only_one lint make --no-print-directory -s B="$BUILD" lint; }

suite_unit() {
	local programs=() line
	for line in "$BUILD"/tests/test_*; do
		[ -f "$line" ] && [ -x "$line" ] && programs+=("$line")
	done
	tests/unit.sh "${programs[@]}" | tee "$RUN/unit.log"
	read -r pass _ fail _ < <(tail -n 1 "$RUN/unit.log")
	count "${pass:-0}" "${fail:-1}"
}

suite_property() {
	need_cluster
	shopt -s nullglob
	JUNHENG_BUILD=$BUILD node_tests tests/property/*.test.mjs
}

# C programs that need a database: each gets a fresh one, migrated
suite_integration() {
	local program name
	need_cluster
	for program in "$BUILD"/tests-integration/test_*; do
		[ -x "$program" ] && [ -f "$program" ] || continue
		name=c_$(basename "$program" | tr -cd 'a-z0-9_')
		psql -X -q -c "CREATE DATABASE $name TEMPLATE migrated" "$JHT_CLUSTER" || count 0 1
		JUNHENG_DATABASE_URL=$(database "$name") \
			tests/unit.sh "$program" | tee "$RUN/$name.log"
		read -r pass _ fail _ < <(tail -n 1 "$RUN/$name.log")
		count "${pass:-0}" "${fail:-1}"
	done
	: >"$RUN/exercised"
	node_tests tests/integration/*.test.mjs
	only_one 'operations never exercised' "$NODE" tests/lib/exercised.mjs "$RUN/exercised"
}

for suite in "${SUITES[@]}"; do
	echo "== $suite"
	case $suite in
	lint | unit | property | integration) "suite_$suite" ;;
	golden) ;; # part of unit
	*.test.mjs)
		need_cluster
		node_tests "$suite"
		;;
	*)
		echo "没有此测试 / no such suite: $suite"
		count 0 1
		;;
	esac
done
