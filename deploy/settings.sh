# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: Apache-2.0
#
# The settings of one instance: what the environment leaves open is resolved from JUNHENG_VAR and JUNHENG_PORT.
#
# usage: read by deploy/run.sh (`. deploy/settings.sh`), which provides VAR, CLUSTER and fail(); not a program
#        of its own. Sets and exports JUNHENG_*; sets HOST (where to reach the API) and PRIVATE (1: the database is
#        our own cluster).
# exit: 1 through fail(), when a setting makes no sense

listens() {
	(: <"/dev/tcp/$1/$2") 2>/dev/null
}

# JUNHENG_PORT=0: three neighbours that are free (API, alerts, spare), kept for the next start
pick_port() {
	if [ -s "$VAR/port" ]; then
		JUNHENG_PORT=$(<"$VAR/port")
		return
	fi
	local try port
	for try in {1..50}; do
		port=$((12000 + (RANDOM + try) % 7000))
		if ! listens 127.0.0.1 $port && ! listens 127.0.0.1 $((port + 1)) &&
			! listens 127.0.0.1 $((port + 2)); then
			JUNHENG_PORT=$port
			echo "$port" >"$VAR/port"
			return
		fi
	done
	fail "没有空闲端口 / no free port"
}

# local_address HOST: where this machine reaches what listens on HOST
local_address() {
	case $1 in
	0.0.0.0 | '*') echo 127.0.0.1 ;;
	:: | '[::]') echo '[::1]' ;;
	\[*) echo "$1" ;;
	*:*) echo "[$1]" ;;
	*) echo "$1" ;;
	esac
}

# own_endpoint URL: the endpoint to connect to what is bound there
own_endpoint() {
	case $1 in
	tcp://*) echo "tcp://$(local_address "$(h=${1#tcp://} && echo "${h%:*}")"):${1##*:}" ;;
	*) echo "$1" ;;
	esac
}

# A Unix socket's address holds 107 bytes, and a comma would end an element of the list of endpoints.
default_changes() {
	local LC_ALL=C ipc="ipc://$VAR/changes.sock"
	if [[ ${#ipc} -le 106 && $ipc != *,* ]]; then
		echo "$ipc"
	else
		echo "tcp://127.0.0.1:$((JUNHENG_PORT + 2))"
	fi
}

resolve_settings() {
	JUNHENG_BIND=${JUNHENG_BIND:-127.0.0.1}
	JUNHENG_PORT=${JUNHENG_PORT:-8080}
	# two neighbours may be taken for the bus
	[[ $JUNHENG_PORT =~ ^[0-9]{1,5}$ ]] && JUNHENG_PORT=$((10#$JUNHENG_PORT)) && [ "$JUNHENG_PORT" -le 65533 ] ||
		fail "JUNHENG_PORT: $JUNHENG_PORT"
	[ "$JUNHENG_PORT" -ne 0 ] || pick_port
	HOST=$(local_address "$JUNHENG_BIND")
	JUNHENG_URL=http://$HOST:$JUNHENG_PORT
	JUNHENG_KEY_FILE=$VAR/admin.key
	JUNHENG_VAR=$VAR
	JUNHENG_CHANGES_BIND=${JUNHENG_CHANGES_BIND:-$(default_changes)}
	JUNHENG_CHANGES_CONNECT=${JUNHENG_CHANGES_CONNECT:-$(own_endpoint "$JUNHENG_CHANGES_BIND")}
	JUNHENG_ALERTS_BIND=${JUNHENG_ALERTS_BIND:-tcp://127.0.0.1:$((JUNHENG_PORT + 1))}
	JUNHENG_ALERTS_CONNECT=${JUNHENG_ALERTS_CONNECT:-$(own_endpoint "$JUNHENG_ALERTS_BIND")}
	unset JUNHENG_KEY
	export JUNHENG_BIND JUNHENG_PORT JUNHENG_URL JUNHENG_KEY_FILE JUNHENG_VAR JUNHENG_CHANGES_BIND \
		JUNHENG_CHANGES_CONNECT JUNHENG_ALERTS_BIND JUNHENG_ALERTS_CONNECT
}

# With JUNHENG_DATABASE_URL set the database is somebody else's, and only used; except where the text is our
# own cluster's, as after `. var/env`.
choose_database() {
	PRIVATE=1
	if [ -n "${JUNHENG_DATABASE_URL:-}" ] &&
		[ "$JUNHENG_DATABASE_URL" != "$("$CLUSTER" url "$VAR" 2>/dev/null || :)" ]; then
		PRIVATE=0
	fi
}

# quote TEXT: for sh
quote() {
	printf "'%s'" "${1//\'/\'\\\'\'}"
}

settings_text() {
	local name
	echo "# 正在使用的设置，用法 / the settings in use, to be read with:  . $(quote "$VAR/env")"
	for name in BIND PORT URL KEY_FILE VAR DATABASE_URL CHANGES_BIND CHANGES_CONNECT ALERTS_BIND \
		ALERTS_CONNECT; do
		name=JUNHENG_$name
		echo "export $name=$(quote "${!name}")"
	done
}

write_env() {
	(umask 077 && settings_text >"$VAR/env.new")
	mv -- "$VAR/env.new" "$VAR/env"
}
