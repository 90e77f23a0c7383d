#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds docker-compose.yml and uses what it starts, for real: images, order of start, health, hardening, a key, a
# report that comes back judged, a restarted database, an orderly end. No registry is needed: the base image comes
# from debootstrap. A few minutes.
#
# usage: tests/docker.sh       (root; installs docker.io docker-compose debootstrap when missing)
# environment: DOCKER_HOST  a daemon to use instead of a private one
#              ROOTFS       a debootstrap tree (minbase, bookworm) to use instead of making one
#              KEEP=1       leave the private daemon's folder behind, for a look
#
# A private dockerd lives in a temporary folder; daemon, containers, images, its bridge and its packet filter rules
# are gone afterwards.
#
# exit: 0 passed, 1 failed, 77 cannot run here
set -euo pipefail

ROOT=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
T=
DAEMON=
BASE=debian:bookworm-slim
IMPORTED=0
UP=0

say() {
	printf '%s\n' "$*" >&2
}

step() {
	printf '[%3ds] %s\n' "$SECONDS" "$*" >&2
}

fail() {
	say "not ok: $*"
	exit 1
}

skip() {
	say "skipped: $*"
	exit 77
}

compose() {
	docker-compose --project-directory "$ROOT" -f "$ROOT/docker-compose.yml" "$@"
}

# ---- daemon and base image -----------------------------------------------------------------------

install_tools() {
	local need=() tool
	for tool in docker.io:dockerd docker-compose:docker-compose debootstrap:debootstrap curl:curl \
		iptables:iptables iproute2:ip; do
		command -v "${tool#*:}" >/dev/null || need+=("${tool%:*}")
	done
	[ ${#need[@]} -eq 0 ] && return
	step "installing ${need[*]}"
	apt-get -q update >&2 || :
	# RUNLEVEL: the package must not start a daemon of its own
	RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends --no-remove \
		install "${need[@]}" >"$T/apt.log" 2>&1 || { tail -n 20 "$T/apt.log" >&2 && skip "${need[*]}"; }
}

# The packet filter as it is; a table that does not exist yet is written as an empty one, else restoring
# would leave what dockerd puts into it.
save_filter() {
	local saved
	saved=$(iptables-save)
	printf '%s\n' "$saved"
	grep -q '^\*filter' <<<"$saved" ||
		printf '%s\n' '*filter' ':INPUT ACCEPT' ':FORWARD ACCEPT' ':OUTPUT ACCEPT' COMMIT
	grep -q '^\*nat' <<<"$saved" ||
		printf '%s\n' '*nat' ':PREROUTING ACCEPT' ':INPUT ACCEPT' ':OUTPUT ACCEPT' ':POSTROUTING ACCEPT' COMMIT
}

start_daemon() {
	if docker info >/dev/null 2>&1; then
		step "using the daemon that runs here"
		return
	fi
	save_filter >"$T/iptables"
	cat /proc/sys/net/ipv4/ip_forward >"$T/ip_forward"
	ls /sys/class/net >"$T/links"
	export DOCKER_HOST=unix://$T/docker.sock
	dockerd --data-root "$T/data" --exec-root "$T/run" --pidfile "$T/dockerd.pid" -H "$DOCKER_HOST" \
		>"$T/dockerd.log" 2>&1 &
	DAEMON=$!
	local try
	for try in {1..150}; do
		! docker info >/dev/null 2>&1 || return 0
		kill -0 "$DAEMON" 2>/dev/null || break
		sleep 0.2
	done
	tail -n 20 "$T/dockerd.log" >&2
	skip "dockerd does not start here ($try)"
}

# the mirror that this machine itself uses, if its sources name one in the usual way
mirror() {
	local found
	found=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null |
		grep -v '^#' | grep -oE 'https?://[^ ]+/debian/?( |$)' || :)
	read -r found _ <<<"$found"
	printf '%s\n' "${found:-http://deb.debian.org/debian}"
}

base_image() {
	! docker image inspect "$BASE" >/dev/null 2>&1 || return 0
	local tree=${ROOTFS:-} from
	if [ -z "$tree" ]; then
		tree=$T/rootfs
		from=$(mirror)
		step "debootstrap from $from"
		debootstrap --variant=minbase bookworm "$tree" "$from" >"$T/debootstrap.log" 2>&1 || {
			tail -n 5 "$T/debootstrap.log" >&2
			skip "debootstrap"
		}
	fi
	step "importing $BASE"
	tar -C "$tree" --exclude=./proc/* --exclude=./sys/* --exclude=./dev/* -c . | docker import - "$BASE" >/dev/null
	IMPORTED=1
}

# Puts the machine back: what dockerd changed in it, and what it keeps mounted.
stop_daemon() {
	[ -n "$DAEMON" ] || return 0
	kill -TERM "$DAEMON" 2>/dev/null || :
	wait "$DAEMON" 2>/dev/null || :
	local point bridge
	while read -r _ point _; do
		case $point in
		"$T"/*) umount -l "$point" 2>/dev/null || : ;;
		esac
	done </proc/mounts
	for bridge in /sys/class/net/br-* /sys/class/net/docker0; do
		bridge=${bridge##*/}
		# only bridges that were not there before
		[ ! -d "/sys/class/net/$bridge/bridge" ] || grep -Fxq -- "$bridge" "$T/links" ||
			ip link del "$bridge" 2>/dev/null || :
	done
	iptables-restore <"$T/iptables" 2>/dev/null || :
	cat "$T/ip_forward" >/proc/sys/net/ipv4/ip_forward 2>/dev/null || :
}

clean_up() {
	local status=$?
	trap '' INT TERM HUP
	trap - EXIT
	if [ "$UP" = 1 ]; then
		[ "$status" -eq 0 ] || compose logs --no-color --tail 40 >&2 || :
		compose down -v -t 5 --rmi all >/dev/null 2>&1 || :
	fi
	[ "$IMPORTED" = 0 ] || docker rmi "$BASE" >/dev/null 2>&1 || :
	stop_daemon
	[ "${KEEP:-0}" = 1 ] || rm -rf -- "$T"
	exit "$status"
}

# ---- using it ------------------------------------------------------------------------------------

free_port() {
	local port
	for _ in {1..50}; do
		port=$((15000 + RANDOM % 5000))
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# call METHOD PATH [BODY]: prints the body, then the status on a line of its own
call() {
	local body=()
	[ $# -lt 3 ] || body=(-H 'Content-Type: application/json' --data "$3")
	curl --noproxy '*' -sS -m 10 -X "$1" -H "Authorization: Bearer $KEY" "${body[@]}" -w '\n%{http_code}\n' "$URL$2"
}

# expect "STATUSES" METHOD PATH [BODY]: fails unless the status is among them; the body is in $ANSWER
expect() {
	local wanted=$1 out
	shift
	out=$(call "$@") || fail "$*: no answer"
	ANSWER=${out%$'\n'*}
	case " $wanted " in
	*" ${out##*$'\n'} "*) ;;
	*) fail "$1 $2: ${out##*$'\n'} instead of $wanted: $ANSWER" ;;
	esac
}

# kept PATH START: fails unless the answer is a file that begins so
kept() {
	local status
	status=$(curl --noproxy '*' -sS -m 60 -H "Authorization: Bearer $KEY" -o "$T/kept" -w '%{http_code}' "$URL$1")
	[ "$status" = 200 ] || fail "$1: $status: $(head -c 400 "$T/kept")"
	[ "$(head -c "${#2}" "$T/kept")" = "$2" ] || fail "$1: is something else"
}

# await SECONDS COMMAND...: until it succeeds
await() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.3
	done
}

ready() {
	[ "$(curl --noproxy '*' -s -m 3 -o /dev/null -w '%{http_code}' "$URL/readyz")" = 200 ]
}

judged() {
	expect "200 404" GET "/v1/counties/340207/status?period=2025"
	[[ $ANSWER =~ \"version\":\ ?([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge "$VERSION" ]
}

check_config() {
	step "docker-compose.yml"
	: >"$T/empty.env"
	if env -u JUNHENG_DB_PASSWORD docker-compose -f "$ROOT/docker-compose.yml" --env-file "$T/empty.env" \
		config -q 2>"$T/config.log"; then
		fail "starts without a password"
	fi
	grep -q JUNHENG_DB_PASSWORD "$T/config.log" || fail "does not say which setting is missing"
	compose config -q
}

# Non-root, nothing writable, no capabilities, bounded memory, published on loopback alone.
check_hardening() {
	local name id facts address
	for name in postgres api monitor; do
		id=$(compose ps -q "$name")
		facts=$(docker inspect -f '{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}
{{.HostConfig.SecurityOpt}} {{gt .HostConfig.Memory 0}}' "$id")
		[[ $facts =~ ^1000[12]:1000[12]\ true\ \[ALL\] ]] || fail "$name: $facts"
		[[ $facts == *'[no-new-privileges:true] true'* ]] || fail "$name: $facts"
		for address in $(docker inspect -f \
			'{{range .HostConfig.PortBindings}}{{range .}}{{.HostIp}} {{end}}{{end}}' "$id"); do
			[ "$address" = 127.0.0.1 ] || fail "$name: published on $address"
		done
		docker exec "$id" sh -c '! touch /probe 2>/dev/null' || fail "$name: can write to its root"
	done
}

use_it() {
	step "a key"
	KEY=$(compose run --rm -T ctl key create --quiet --role admin --region all --label docker 2>"$T/key.log" |
		tail -n 1 | tr -d '\r')
	[ -n "$KEY" ] || { cat "$T/key.log" >&2 && fail "no key"; }
	step "a county, a school, a report, and what is judged of it"
	expect "200 201" PUT /v1/regions/34 '{"name":"安徽省"}'
	expect "200 201" PUT /v1/regions/3402 '{"name":"芜湖市"}'
	expect "200 201" PUT /v1/regions/340207 '{"name":"鸠江区"}'
	expect "200 201" PUT /v1/schools/2134000001 \
		'{"name":"示例小学","county":"340207","kind":"211","locale":"111","sponsor":"1"}'
	expect "200 201" PUT /v1/reports/2025/2134000001 '{"stages":{"primary":{"students":450}}}'
	[[ $ANSWER =~ \"version\":\ ?([0-9]+) ]] || fail "no version: $ANSWER"
	VERSION=${BASH_REMATCH[1]}
	await 10 judged || fail "not judged: $ANSWER"
	kept "/v1/counties/340207/form.xlsx?period=2025" PK
	kept "/v1/counties/340207/report.pdf?period=2025" %PDF-
	(: <"/dev/tcp/127.0.0.1/$JUNHENG_ALERTS_PORT") || fail "the alerts' port does not answer"
}

restart_database() {
	step "the database restarts"
	compose restart -t 10 postgres >/dev/null 2>&1
	await 60 ready || fail "not ready after the database came back"
	expect 200 GET "/v1/counties/340207/status?period=2025"
}

[ "$(id -u)" -eq 0 ] || skip "root is needed"
T=$(mktemp -d /tmp/jhdocker.XXXXXX)
trap clean_up EXIT
trap 'exit 130' INT TERM HUP
install_tools
start_daemon
base_image

export DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0 COMPOSE_PROJECT_NAME=junhengtest
JUNHENG_DB_PASSWORD=$(od -An -vtx1 -N16 /dev/urandom | tr -d ' \n')
JUNHENG_PORT=$(free_port)
JUNHENG_ALERTS_PORT=$(free_port)
export JUNHENG_DB_PASSWORD JUNHENG_PORT JUNHENG_ALERTS_PORT
URL=http://127.0.0.1:$JUNHENG_PORT
KEY=

check_config
UP=1
step "building"
compose build >"$T/build.log" 2>&1 || { tail -n 40 "$T/build.log" >&2 && fail "build"; }
step "starting"
compose up -d >"$T/up.log" 2>&1 || { tail -n 20 "$T/up.log" >&2 && fail "up"; }
await 60 ready || fail "/readyz is not 200"
step "ready"
check_hardening
use_it
restart_database
step "an orderly end"
compose stop -t 20 >/dev/null 2>&1
[ "$(docker inspect -f '{{.State.ExitCode}}' "$(compose ps -aq api)")" = 0 ] || fail "api did not end with 0"
[ "$(docker inspect -f '{{.State.ExitCode}}' "$(compose ps -aq monitor)")" = 0 ] || fail "monitor did not end with 0"
step "ok"
