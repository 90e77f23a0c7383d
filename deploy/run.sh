#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts and stops everything on this machine: private PostgreSQL, junheng-api, junheng-monitor.
#
# usage: deploy/run.sh run|up|down|status
#   run     in the foreground, both logs on the terminal; Ctrl-C stops everything in order
#   up      in the background; returns when /readyz answers 200; repeated, starts what is not running
#   down    stops what `up` or `run` started (repeatable)
#   status  says what runs
#
# State lives in $JUNHENG_VAR (var/): admin.key, env (the settings in use, for `. var/env`), logs, pid files, and
# PostgreSQL's data (deploy/cluster.sh) unless JUNHENG_DATABASE_URL names another database.
#
# environment: JUNHENG_PORT=8080 (0: a free one, kept in var/port), JUNHENG_BIND, JUNHENG_SAMPLE=0 (start empty),
#              JUNHENG_VAR, JUNHENG_BUILD=build (folder of the binaries), and all that the programs read.
#              Unless set: alerts on tcp port JUNHENG_PORT + 1, changes on a Unix socket in JUNHENG_VAR.
#
# exit: 0 ok, 1 failed, 2 usage, 3 status: not all running
set -euo pipefail
umask 022

ROOT=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
READY_S=30
STOP_S=15
LOCK_S=120
SERVICES='api monitor'

CHILD=		# what the script waits for; ended when the script is told to stop
FOREGROUND=0	# 1 once `run` owns what it started
TAILS=()
SERVER=		# process number of PostgreSQL, as seen last

say() {
	printf '%s\n' "$*" >&2
}

fail() {
	say "junheng: $*"
	exit 1
}

# shellcheck source=/dev/null
. "$ROOT/deploy/settings.sh"

usage() {
	say "用法 / usage: deploy/run.sh run|up|down|status"
	exit 2
}

# ---- processes -----------------------------------------------------------------------------------

# started PID: when it started, in the kernel's ticks; false when it is gone or a zombie. With the number
# alone a pid file from before a reboot could name anybody.
started() {
	local stat='' fields
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	read -ra fields <<<"${stat##*) }"
	case ${fields[0]} in
	Z | X) return 1 ;;
	esac
	echo "${fields[19]}"
}

# remember NAME PID: in a pid file, with its start
remember() {
	echo "$2 $(started "$2" || echo gone)" >"$VAR/junheng-$1.pid"
}

# pid_of NAME: prints it; false if it does not run
pid_of() {
	local pid='' since=''
	{ read -r pid since <"$VAR/junheng-$1.pid"; } 2>/dev/null || return 1
	[[ $pid =~ ^[0-9]+$ ]] || return 1
	[ "$(started "$pid" || :)" = "$since" ] || return 1
	echo "$pid"
}

# Runs a command so that a signal to the script takes effect at once, not when the command ends.
interruptible() {
	local status=0
	"$@" <&0 9>&- &
	CHILD=$!
	wait "$CHILD" || status=$?
	CHILD=
	return "$status"
}

LOG_MAX=$((32 * 1024 * 1024))

# Started in a session of its own: Ctrl-C must not reach it, the order of stopping is ours.
start_service() {
	local log=$VAR/junheng-$1.log
	if [ -f "$log" ] && [ "$(stat -c %s -- "$log")" -gt "$LOG_MAX" ]; then
		mv -- "$log" "$log.1"
	fi
	[ -e "$log" ] || (umask 077 && : >"$log")
	setsid "$BUILD/junheng-$1" </dev/null >>"$log" 2>&1 9>&- &
	remember "$1" $!
}

# stop_service NAME: asks, waits, and in the end does not ask any more
stop_service() {
	local pid try
	if pid=$(pid_of "$1"); then
		kill -TERM "$pid" 2>/dev/null || :
		for ((try = 0; try < STOP_S * 20; try++)); do
			pid_of "$1" >/dev/null || break
			sleep 0.05
		done
		if pid_of "$1" >/dev/null; then
			say "junheng-$1 没有按时停止，强制结束 / did not stop in time, killed"
			kill -KILL "$pid" 2>/dev/null || :
			while pid_of "$1" >/dev/null; do sleep 0.05; done
		fi
	fi
	rm -f -- "$VAR/junheng-$1.pid"
}

stop_all() {
	local status=0
	stop_service monitor
	stop_service api
	[ ! -e "$VAR/pg.lock" ] || "$CLUSTER" stop "$VAR" 9>&- || status=1
	rm -f -- "$VAR/run.pid"
	return "$status"
}

# runner: the process number of a `run` at work; false without one
runner() {
	local pid='' since=''
	{ read -r pid since <"$VAR/run.pid"; } 2>/dev/null || return 1
	[[ $pid =~ ^[0-9]+$ && $pid != "$$" ]] || return 1
	[ "$(started "$pid" || :)" = "$since" ] || return 1
	echo "$pid"
}

lock() {
	exec 9>"$VAR/lock"
	flock -n 9 && return
	say "等待另一个启动或停止 / waiting for another start or stop: $VAR/lock"
	interruptible flock -w "$LOCK_S" "$VAR/lock" true || fail "仍被占用 / still busy: $VAR/lock"
	flock -w 5 9 || fail "仍被占用 / still busy: $VAR/lock"
}

unlock() {
	exec 9>&-
}

# ---- starting ------------------------------------------------------------------------------------

check_binaries() {
	local name
	for name in junheng-api junheng-monitor junhengctl; do
		[ -x "$BUILD/$name" ] || fail "没有 / there is no $BUILD/$name: make"
	done
}

start_database() {
	if [ "$PRIVATE" = 1 ]; then
		local status=0
		"$CLUSTER" status "$VAR" >/dev/null || status=$?
		# a key and a sample that belong to a cluster which is gone
		[ "$status" -ne 4 ] || rm -f -- "$VAR/admin.key" "$VAR/sample.loaded"
		[ "$status" -ne 4 ] || say "正在建立数据库 / making the database: $VAR"
		interruptible "$CLUSTER" start "$VAR" || exit 1
		JUNHENG_DATABASE_URL=$("$CLUSTER" url "$VAR")
	fi
	export JUNHENG_DATABASE_URL
}

make_admin_key() {
	[ ! -s "$VAR/admin.key" ] || return 0
	(umask 077 && : >"$VAR/admin.key.new")
	interruptible "$BUILD/junhengctl" key create --quiet --role admin --region all \
		--label 'first start' >"$VAR/admin.key.new" || fail "未能建立管理员密钥 / could not make the admin key"
	[ -s "$VAR/admin.key.new" ] || fail "未能建立管理员密钥 / could not make the admin key"
	mv -- "$VAR/admin.key.new" "$VAR/admin.key"
}

# A server that moved (its port was taken while it was down) leaves running services with the old address.
settings_changed() {
	[ -e "$VAR/env" ] || return 1
	settings_text | cmp -s - "$VAR/env" && return 1
	return 0
}

check_ports() {
	pid_of api >/dev/null || ! listens "${HOST//[\[\]]/}" "$JUNHENG_PORT" ||
		fail "端口 $JUNHENG_PORT 被占用，请设 JUNHENG_PORT / port $JUNHENG_PORT is taken, set JUNHENG_PORT"
	pid_of monitor >/dev/null || [[ ! $JUNHENG_ALERTS_CONNECT =~ ^tcp://([0-9.]+):([0-9]+)$ ]] ||
		! listens "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" ||
		fail "端口 ${BASH_REMATCH[2]} 被占用，请设 JUNHENG_ALERTS_BIND / port ${BASH_REMATCH[2]} is taken, set it"
}

hint_if_rebuilt() {
	local name pid
	for name in $SERVICES; do
		pid=$(pid_of "$name") || continue
		case $(readlink "/proc/$pid/exe") in
		*' (deleted)') say "junheng-$name 运行的是旧程序 / runs an older build: make down && make up" ;;
		esac
	done
}

ready() {
	curl --noproxy '*' -fs -m 2 -o /dev/null "$JUNHENG_URL/readyz" 9>&-
}

show_log() {
	say "---- $VAR/junheng-$1.log"
	tail -n 20 -- "$VAR/junheng-$1.log" >&2 || :
}

await_ready() {
	local end=$((SECONDS + READY_S)) name
	until ready; do
		for name in $SERVICES; do
			if ! pid_of "$name" >/dev/null; then
				show_log "$name"
				fail "junheng-$name 启动后退出 / ended right after its start"
			fi
		done
		if [ "$SECONDS" -ge "$end" ]; then
			show_log api
			fail "$READY_S 秒内未就绪 / not ready within $READY_S s: $JUNHENG_URL/readyz"
		fi
		sleep 0.05
	done
	# the monitor has no address to ask: alive after the API became ready has to do
	if ! pid_of monitor >/dev/null; then
		show_log monitor
		fail "junheng-monitor 启动后退出 / ended right after its start"
	fi
}

load_sample() {
	[ "${JUNHENG_SAMPLE:-1}" != 0 ] && [ ! -e "$VAR/sample.loaded" ] || return 0
	say "正在载入示例省份（虚构数据） / loading the sample province (made-up data)"
	# through a file: its size is known, so the progress bar can tell how much is left
	interruptible "$BUILD/junhengctl" sample "$ROOT/deploy/sample" >"$VAR/sample.ndjson" ||
		fail "未能生成示例 / could not make the sample"
	interruptible "$BUILD/junhengctl" import "$VAR/sample.ndjson" ||
		fail "未能载入示例 / could not load the sample"
	rm -f -- "$VAR/sample.ndjson"
	date -u +%Y-%m-%dT%H:%M:%SZ >"$VAR/sample.loaded"
}

start_all() {
	local name
	check_binaries
	choose_database
	check_ports
	start_database
	if settings_changed && { pid_of api || pid_of monitor; } >/dev/null; then
		say "设置变了，重新启动 / settings changed, restarting"
		stop_service monitor
		stop_service api
		check_ports
	fi
	write_env
	if ! pid_of api >/dev/null || ! pid_of monitor >/dev/null; then
		interruptible "$BUILD/junhengctl" migrate >"$VAR/migrate.log" 2>&1 || {
			cat "$VAR/migrate.log" >&2
			fail "未能升级数据库结构 / could not migrate the database"
		}
		rm -f -- "$VAR/migrate.log"
		make_admin_key
		for name in $SERVICES; do
			pid_of "$name" >/dev/null || start_service "$name"
		done
	fi
	await_ready
	load_sample
	hint_if_rebuilt
}

# ---- ending --------------------------------------------------------------------------------------

# Every way out of `run` passes here, so nothing is left running; `up` leaves what it started.
on_exit() {
	local status=$?
	trap '' HUP INT TERM
	trap - EXIT
	[ -z "$CHILD" ] || kill -TERM "$CHILD" 2>/dev/null || :
	if [ "$FOREGROUND" = 1 ]; then
		say "正在停止 / stopping"
		stop_all || status=1
		# a moment for the last lines of the logs
		[ ${#TAILS[@]} -eq 0 ] || sleep 0.2
	fi
	[ ${#TAILS[@]} -eq 0 ] || kill -TERM "${TAILS[@]}" 2>/dev/null || :
	exit "$status"
}

where_things_are() {
	cat <<TEXT
就绪 / ready
  接口 API           $JUNHENG_URL
  管理员密钥 key     $VAR/admin.key
  预警 alerts        $JUNHENG_ALERTS_CONNECT  (ZeroMQ SUB)
  设置 settings      $VAR/env
  日志 logs          $VAR/junheng-api.log  $VAR/junheng-monitor.log
TEXT
}

follow() {
	local log=$VAR/junheng-$1.log
	# in a session of its own, so that Ctrl-C leaves it until the last lines are shown; --pid ends it when this
	# script is killed
	setsid tail -n 0 -s 0.1 --pid=$$ -f -- "$log" 9>&- |
		setsid sed -u "s/^/$2 | /" >&2 9>&- &
	TAILS+=($!)
}

# ---- commands ------------------------------------------------------------------------------------

do_up() {
	local pid
	lock
	if pid=$(runner); then
		say "已在前台运行 / runs in the foreground: make run (pid $pid)"
		return 0
	fi
	trap on_exit EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	start_all
	where_things_are
}

# Cheap while the server that was seen last lives; if it does not, it may have been restarted by hand.
watch_database() {
	[ "$PRIVATE" = 1 ] || return 0
	[ -z "$SERVER" ] || ! started "$SERVER" >/dev/null || return 0
	"$CLUSTER" status "$VAR" >/dev/null 9>&- || sleep 2
	"$CLUSTER" status "$VAR" >/dev/null 9>&- || fail "PostgreSQL 意外停止 / stopped unexpectedly: $VAR/pg.log"
	local data=$VAR
	[ ! -s "$VAR/pglocation" ] || data=$(<"$VAR/pglocation")
	SERVER=$(sed -n 1p "$data/pgdata/postmaster.pid" 2>/dev/null || :)
}

do_run() {
	local pid name
	lock
	if pid=$(runner) || pid=$(pid_of api) || pid=$(pid_of monitor); then
		fail "已在运行 / runs already (pid $pid): make down"
	fi
	FOREGROUND=1
	trap on_exit EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	echo "$$ $(started $$)" >"$VAR/run.pid"
	start_all
	where_things_are
	echo "  停止 stop          Ctrl-C"
	trap 'exit 0' INT TERM HUP
	follow api 'api    '
	follow monitor monitor
	unlock
	while :; do
		sleep 1 &
		CHILD=$!
		wait "$CHILD" || :
		CHILD=
		for name in $SERVICES; do
			pid_of "$name" >/dev/null || fail "junheng-$name 意外退出 / ended unexpectedly"
		done
		watch_database
	done
}

do_down() {
	local pid try
	[ -d "$VAR" ] || return 0
	if pid=$(runner); then
		kill -TERM "$pid" 2>/dev/null || :
		for ((try = 0; try < (STOP_S * 2 + 60) * 10; try++)); do
			runner >/dev/null || break
			sleep 0.1
		done
	fi
	lock
	stop_all || fail "未能停止 PostgreSQL / could not stop PostgreSQL"
}

do_status() {
	local name pid all=0
	for name in $SERVICES; do
		if pid=$(pid_of "$name"); then
			echo "junheng-$name: 运行中 / running (pid $pid)"
		else
			echo "junheng-$name: 已停止 / stopped"
			all=3
		fi
	done
	[ ! -e "$VAR/pg.lock" ] || "$CLUSTER" status "$VAR" || all=3
	return "$all"
}

main() {
	[ $# -eq 1 ] || usage
	case $1 in
	run | up | down | status) ;;
	*) usage ;;
	esac
	CLUSTER=$ROOT/deploy/cluster.sh
	VAR=${JUNHENG_VAR:-$ROOT/var}
	BUILD=${JUNHENG_BUILD:-$ROOT/build}
	unset JUNHENG_BUILD
	case $1 in
	run | up)
		"$ROOT/deploy/install.sh" run
		mkdir -p -- "$VAR"
		;;
	esac
	[ ! -d "$VAR" ] || VAR=$(cd -- "$VAR" && pwd -P)
	[ ! -d "$BUILD" ] || BUILD=$(cd -- "$BUILD" && pwd -P)
	case $1 in
	run | up) resolve_settings ;;
	esac
	"do_$1"
}

main "$@"
