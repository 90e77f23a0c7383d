#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A private PostgreSQL 15 cluster in a folder of its own.
#
# usage: deploy/cluster.sh init|start|stop|status|url|destroy DIR
#   init     makes the cluster if there is none (repeatable)
#   start    init, then starts it and waits until it answers; running already: does nothing
#   stop     fast shutdown; nothing is left running (repeatable)
#   status   says whether it runs
#   url      prints the libpq connection string (role and database are both `junheng`)
#   destroy  stop, then deletes the cluster with all its data
#
# Root cannot run PostgreSQL: it then runs as the user `postgres` (or as whoever owns the data). Where
# that user cannot reach DIR, the data live in /var/tmp/junheng-<hash of DIR>, and DIR/pglocation says so.
# In DIR: pgdata, sock, pg.log (last start and what followed), pg.port, pg.password (0600).
#
# environment: CLUSTER_FAST=1  no fsync: for tests only, a crash of the machine loses the data
#              PGBIN           folder of initdb and postgres (/usr/lib/postgresql/15/bin)
#
# exit: 0 ok, 1 failed, 2 usage, 3 status: not running, 4 status: no cluster there
set -euo pipefail
umask 022

PGBIN=${PGBIN:-/usr/lib/postgresql/15/bin}
LOG_MAX=$((8 * 1024 * 1024))
# A Unix socket's address holds 107 bytes; libpq and PostgreSQL need the same text, so keep off the edge.
SOCKET_MAX=100
SOCKET_FILE=/.s.PGSQL.65535

say() {
	printf '%s\n' "$*" >&2
}

fail() {
	say "cluster: $*"
	exit 1
}

usage() {
	say "用法 / usage: deploy/cluster.sh init|start|stop|status|url|destroy DIR"
	exit 2
}

# as_pg COMMAND...: runs it as the cluster's user, without the lock and from a folder that user may enter
as_pg() {
	(cd / && exec "${AS_PG[@]}" "$@") 9>&-
}

# own DIR MODE: makes the folder for the cluster's user; false if this file system does not allow it
own() {
	mkdir -p -- "$1" && chmod "$2" -- "$1" || return 1
	[ "$PGUSER_OS" = "$ME" ] || chown "$PGUSER_OS:" -- "$1" 2>/dev/null
}

# in_sticky DIR: a folder of ours below /var/tmp or /tmp, where anybody could have made that name first
in_sticky() {
	mkdir -m 700 -- "$1" 2>/dev/null || :
	ours "$1" && own "$1" 700
}

# ours DIR: a real folder, and nobody else's
ours() {
	[ -d "$1" ] && [ ! -L "$1" ] || return 1
	case $(stat -c %U -- "$1") in
	"$ME" | "$PGUSER_OS") return 0 ;;
	*) return 1 ;;
	esac
}

# ---- where things are ----------------------------------------------------------------------------

reachable() {
	[ "$PGUSER_OS" != "$ME" ] || return 0
	as_pg test -x "$DIR" || return 1
	own "$DIR/.probe" 700 && rmdir -- "$DIR/.probe"
}

# The folder that holds pgdata. A name that was given away once is kept, for the data are there.
locate() {
	LOC=$DIR
	if [ -s "$DIR/pglocation" ]; then
		LOC=$(<"$DIR/pglocation")
		return
	fi
	[ ! -e "$DIR/pgdata" ] || return 0
	[ "$1" = init ] || return 0
	reachable && return
	rm -rf -- "$DIR/.probe"
	LOC=/var/tmp/junheng-$HASH
	if [ -e "$LOC/pgdata" ]; then
		# DIR was deleted and its password with it: the data are of no use to us, but not ours to delete
		LOCATED_OLD=$LOC.old-$(date +%s)
		halt "$LOC/pgdata" || :
		mv -- "$LOC" "$LOCATED_OLD"
		say "旧数据移到 / data of a former cluster set aside: $LOCATED_OLD"
	fi
	in_sticky "$LOC" || fail "不能使用 / cannot use $LOC: 属于他人 / it belongs to somebody else"
	say "用户 $PGUSER_OS 无法进入 $DIR，数据放在 / cannot enter it, so the data live in $LOC"
	printf '%s\n' "$LOC" >"$DIR/pglocation"
}

# The data's owner runs the server, whoever calls; fresh data belong to the caller, or to `postgres`.
choose_user() {
	ME=$(id -un)
	PGUSER_OS=$ME
	AS_PG=(env)
	local data=$DIR/pgdata
	[ ! -s "$DIR/pglocation" ] || data=$(<"$DIR/pglocation")/pgdata
	if [ "$(id -u)" -eq 0 ]; then
		PGUSER_OS=postgres
		[ ! -e "$data" ] || PGUSER_OS=$(stat -c %U -- "$data")
		id -u "$PGUSER_OS" >/dev/null 2>&1 ||
			fail "没有用户 / there is no user '$PGUSER_OS': deploy/install.sh run"
		AS_PG=(setpriv --reuid "$PGUSER_OS" --regid "$(id -g "$PGUSER_OS")" --init-groups --)
	elif [ -e "$data" ] && [ ! -O "$data" ]; then
		fail "$data 属于 / belongs to $(stat -c %U -- "$data"): 请用同一用户 / use the same user"
	fi
}

# The socket's folder: DIR's own; a short one where that is too long, or would be read as a list of hosts;
# else none (TCP on loopback).
choose_socket() {
	local LC_ALL=C
	SOCK=$LOC/sock
	SHORT=/tmp/junheng-$HASH
	if [[ $((${#SOCK} + ${#SOCKET_FILE})) -le $SOCKET_MAX && $SOCK != *,* ]]; then
		return 0
	fi
	SOCK=$SHORT
	if [ "$1" = init ]; then
		in_sticky "$SHORT" || SOCK=
	else
		ours "$SHORT" || SOCK=
	fi
}

# ---- is it running? ------------------------------------------------------------------------------

is_alive() {
	local stat=
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	[[ ! $stat =~ \)\ [ZX] ]]
}

# is_server PID PGDATA: a process number alone proves nothing, after a crash it may be anybody's
is_server() {
	local stat='' cwd
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	# a zombie that nobody reaped is gone for us
	[[ $stat =~ ^[0-9]+\ \((postgres|postmaster)\)\ [^ZX] ]] || return 1
	# unreadable in some containers: then the name has to do
	cwd=$(readlink "/proc/$1/cwd" 2>/dev/null) || return 0
	[ "$cwd" = "$2" ]
}

# server_pid PGDATA: prints it; false if none runs
server_pid() {
	local pid=
	{ read -r pid <"$1/postmaster.pid"; } 2>/dev/null || :
	[[ $pid =~ ^[0-9]+$ ]] || return 1
	is_server "$pid" "$1" || return 1
	printf '%s\n' "$pid"
}

# any_process PGDATA: some process of the cluster is left (children may outlive a killed server for a moment)
any_process() {
	{ readlink /proc/[0-9]*/cwd 2>/dev/null || :; } | grep -Fxq -- "$1"
}

answers() {
	"$PGBIN/pg_isready" -q -t 3 -h "${SOCK:-127.0.0.1}" -p "$PORT" 9>&-
}

# the port of the running server, else the one it had last, else nothing
read_port() {
	PORT=
	[ ! -s "$DIR/pg.port" ] || PORT=$(<"$DIR/pg.port")
	if server_pid "$LOC/pgdata" >/dev/null; then
		PORT=$(sed -n 4p "$LOC/pgdata/postmaster.pid")
	fi
	[[ $PORT =~ ^[0-9]+$ ]] || PORT=
}

# ---- init ----------------------------------------------------------------------------------------

make_password() {
	(umask 077 && od -An -vtx1 -N24 /dev/urandom | tr -d ' \n' >"$DIR/pg.password.new")
	[ "$(wc -c <"$DIR/pg.password.new")" -eq 48 ] || fail "/dev/urandom"
	mv -- "$DIR/pg.password.new" "$DIR/pg.password"
}

run_initdb() {
	local new=$1 sync=()
	[ "${CLUSTER_FAST:-0}" != 1 ] || sync=(--no-sync)
	as_pg tee "$new/pw" <"$DIR/pg.password" >/dev/null &&
		as_pg "$PGBIN/initdb" -D "$new/pgdata" -U junheng --pwfile="$new/pw" --auth=scram-sha-256 \
			--encoding=UTF8 --locale=C.UTF-8 --data-checksums "${sync[@]}" </dev/null &&
		as_pg "$PGBIN/postgres" --single -D "$new/pgdata" -c fsync=off postgres \
			<<<'CREATE DATABASE junheng;' &&
		as_pg tee -a "$new/pgdata/postgresql.conf" <<<"include_if_exists = 'junheng.conf'"
}

# Made beside and renamed when whole: a killed init leaves nothing that looks like a cluster.
do_init() {
	[ ! -e "$LOC/pgdata" ] || return 0
	[ -x "$PGBIN/initdb" ] || fail "没有 / no $PGBIN/initdb: deploy/install.sh run"
	rm -rf -- "$LOC"/pgdata.new.*
	local new=$LOC/pgdata.new.$$
	own "$new" 700 || fail "不能建立 / cannot make $new"
	make_password
	# a failed statement does not fail the single-user server: its log has to be looked at
	if ! run_initdb "$new" >"$DIR/initdb.log" 2>&1 || grep -q 'ERROR:' "$DIR/initdb.log"; then
		cat "$DIR/initdb.log" >&2
		rm -rf -- "$new"
		fail "initdb 失败 / failed"
	fi
	[ "${CLUSTER_FAST:-0}" = 1 ] || sync -f "$new"
	mv -- "$new/pgdata" "$LOC/pgdata"
	rm -rf -- "$new" "$DIR/initdb.log" "$DIR/pg.port"
}

# ---- start ---------------------------------------------------------------------------------------

# A free port below the range that the kernel gives to outgoing connections, so it stays free.
pick_port() {
	local try
	for try in {1..50}; do
		PORT=$((20000 + (RANDOM * 32768 + RANDOM + try) % 12000))
		(: <"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null || return 0
	done
	fail "没有空闲端口 / no free port"
}

write_settings() {
	local fast='' socket=''
	[ "${CLUSTER_FAST:-0}" != 1 ] || fast='fsync = off
full_page_writes = off'
	# a list of names, hence double quotes within the single ones
	if [ -n "$SOCK" ]; then
		socket=${SOCK//\"/\"\"}
		socket=\"${socket//\'/\'\'}\"
	fi
	as_pg tee "$LOC/pgdata/junheng.conf" >/dev/null <<CONF
# written by deploy/cluster.sh at each start
listen_addresses = '127.0.0.1'
port = $PORT
unix_socket_directories = '$socket'
max_connections = 100
shared_buffers = 128MB
synchronous_commit = on
wal_compression = lz4
max_wal_size = 1GB
wal_writer_delay = 10ms
log_line_prefix = '%m [%p] %q%u@%d '
timezone = 'UTC'
log_timezone = 'UTC'
$fast
CONF
}

open_log() {
	local log=$LOC/pg.log
	if [ -f "$log" ] && [ "$(stat -c %s -- "$log")" -gt "$LOG_MAX" ]; then
		mv -- "$log" "$log.1"
	fi
	[ -e "$log" ] || (umask 077 && : >"$log")
	[ "$PGUSER_OS" = "$ME" ] || chown "$PGUSER_OS:" -- "$log"
	[ "$LOC" = "$DIR" ] || ln -sfn -- "$log" "$DIR/pg.log"
}

# What a crash leaves behind. PostgreSQL itself would refuse if the old number now is another process
# of the same user, or a zombie; only when no process of this cluster is left are the files certainly stale.
drop_stale_pid() {
	local left
	left=$(find "$LOC/pgdata/postmaster.pid" ${SOCK:+"$SOCK"} -name 'postmaster.pid' -o \
		-name '.s.PGSQL.*' 2>/dev/null || :)
	[ -n "$left" ] || return 0
	local try
	for try in {1..100}; do
		if ! any_process "$LOC/pgdata"; then
			rm -f -- "$LOC/pgdata/postmaster.pid" ${SOCK:+"$SOCK"/.s.PGSQL.*}
			return 0
		fi
		sleep 0.1
	done
	fail "旧进程还在 / processes of the former server are still there (try $try): $LOC/pgdata"
}

# await PID: until the server says that it is ready; false once it is gone
await() {
	local state try
	for try in {1..2400}; do
		state=$(sed -n '1p;8p' "$LOC/pgdata/postmaster.pid" 2>/dev/null || :)
		case $state in
		"$1
ready"*) return 0 ;;
		esac
		is_alive "$1" || return 1
		sleep 0.05
	done
	say "不应答 / does not answer (${try}): $LOC/pg.log"
	return 1
}

# try_start: one attempt on $PORT; 2 = the port is taken, another one may do
#
# Not through pg_ctl start: it hands the folder's name to a shell, and then not every name works.
try_start() {
	local log=$LOC/pg.log before
	write_settings || return 1
	before=$(stat -c %s -- "$log")
	# each step becomes the next one, so that $! is the server itself, and the lock is not inherited
	(cd / && exec 9>&- && exec "${AS_PG[@]}" setsid "$PGBIN/postgres" -D "$LOC/pgdata") \
		</dev/null >>"$log" 2>&1 &
	if await $!; then
		printf '%s\n' "$PORT" >"$DIR/pg.port"
		return 0
	fi
	tail -c "+$((before + 1))" -- "$log" >"$DIR/pg.start"
	! grep -q 'Address already in use' "$DIR/pg.start" || return 2
	tail -n 20 -- "$DIR/pg.start" >&2
	return 1
}

do_start() {
	local try status
	if server_pid "$LOC/pgdata" >/dev/null && [ -n "$PORT" ]; then
		for try in {1..300}; do
			! answers || return 0
			sleep 0.1
		done
		fail "服务器在运行但不应答 / the server runs but does not answer: $LOC/pg.log"
	fi
	drop_stale_pid
	[ -z "$SOCK" ] || own "$SOCK" 700 || fail "$SOCK"
	open_log
	[ -n "$PORT" ] || pick_port
	for try in {1..8}; do
		status=0
		try_start || status=$?
		rm -f -- "$DIR/pg.start"
		case $status in
		0) return 0 ;;
		2) pick_port ;;
		*) break ;;
		esac
	done
	fail "启动失败 / did not start: $LOC/pg.log"
}

# ---- stop, status, url ---------------------------------------------------------------------------

# halt PGDATA: false if something still runs afterwards
halt() {
	local try mode=fast
	for try in {1..50}; do
		if server_pid "$1" >/dev/null; then
			as_pg "$PGBIN/pg_ctl" -D "$1" -m "$mode" -w -t 60 -s stop </dev/null >/dev/null 2>&1 ||
				mode=immediate
		fi
		any_process "$1" || return 0
		sleep 0.1
	done
	say "$try: $1"
	return 1
}

do_stop() {
	[ -e "$LOC/pgdata" ] || return 0
	halt "$LOC/pgdata" || fail "未能停止 / could not stop: $LOC/pgdata"
	! ours "$SHORT" || rmdir -- "$SHORT" 2>/dev/null || :
}

do_status() {
	if [ ! -e "$LOC/pgdata" ]; then
		echo "没有数据库 / no cluster: $DIR"
		exit 4
	fi
	if [ -n "$PORT" ] && server_pid "$LOC/pgdata" >/dev/null && answers; then
		echo "运行中 / running: $LOC/pgdata, port $PORT, socket ${SOCK:-(none)}"
		exit 0
	fi
	echo "已停止 / stopped: $LOC/pgdata"
	exit 3
}

# percent TEXT: for a URL
percent() {
	local LC_ALL=C text=$1 out='' c i
	for ((i = 0; i < ${#text}; i++)); do
		c=${text:i:1}
		case $c in
		[A-Za-z0-9/._~-]) out+=$c ;;
		*) out+=$(printf '%%%02X' "'$c") ;;
		esac
	done
	printf '%s' "$out"
}

do_url() {
	[[ -n $PORT && -s $DIR/pg.password ]] || fail "还没有启动过 / was never started: $DIR"
	local password
	password=$(<"$DIR/pg.password")
	if [ -n "$SOCK" ]; then
		echo "postgresql://junheng:$password@/junheng?host=$(percent "$SOCK")&port=$PORT"
	else
		echo "postgresql://junheng:$password@127.0.0.1:$PORT/junheng"
	fi
}

do_destroy() {
	do_stop
	rm -rf -- "$LOC/pgdata" "$LOC"/pgdata.new.* "$LOC/sock" "$LOC/pg.log" "$LOC/pg.log.1"
	[ "$LOC" = "$DIR" ] || rmdir -- "$LOC" || :
	rm -rf -- "$DIR"/pg.{log,port,password,start,lock} "$DIR/pglocation" "$DIR/initdb.log"
}

main() {
	[[ $# -eq 2 && -n $2 ]] || usage
	local verb=$1 mode=use
	case $verb in
	init | start)
		mode=init
		mkdir -p -- "$2"
		;;
	stop | status | url | destroy) ;;
	*) usage ;;
	esac
	if [ ! -d "$2" ]; then
		[ "$verb" != status ] || { echo "没有数据库 / no cluster: $2" && exit 4; }
		[ "$verb" != url ] || fail "没有文件夹 / no such folder: $2"
		exit 0
	fi
	DIR=$(cd -- "$2" && pwd -P)
	HASH=$(printf '%s' "$DIR" | sha256sum | cut -c1-12)
	choose_user
	case $verb in
	init | start | stop | destroy)
		exec 9>"$DIR/pg.lock"
		flock -w 180 9 || fail "另一个进程占用 / another process is at work: $DIR/pg.lock"
		;;
	esac
	locate "$mode"
	choose_socket "$mode"
	case $verb in
	init) do_init ;;
	start) do_init && read_port && do_start ;;
	stop) do_stop ;;
	status) read_port && do_status ;;
	url) read_port && do_url ;;
	destroy) do_destroy ;;
	esac
}

main "$@"
