#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Entry point of the PostgreSQL container: makes the cluster in the volume /data if there is none, then
# becomes the server. Arguments go to `postgres` (for example -c shared_buffers=1GB).
#
# environment: JUNHENG_DB_PASSWORD, or JUNHENG_DB_PASSWORD_FILE (a secret): the role's password. It is read
#              when the cluster is made; later it is changed with ALTER ROLE.
#
# exit: 1 no password or no cluster; else that of postgres
set -euo pipefail
umask 077

DATA=/data/pgdata

fail() {
	printf '%s\n' "postgres: $*" >&2
	exit 1
}

password() {
	if [ -n "${JUNHENG_DB_PASSWORD_FILE:-}" ]; then
		cat -- "$JUNHENG_DB_PASSWORD_FILE"
	else
		printf '%s' "${JUNHENG_DB_PASSWORD:-}"
	fi
}

# Made beside and renamed when whole: a killed container leaves no half cluster.
make_cluster() {
	local new=/data/pgdata.new
	rm -rf -- "$new"
	[ -n "$(password)" ] || fail "请设置 / set JUNHENG_DB_PASSWORD"
	initdb -D "$new" -U junheng --pwfile=<(password) --auth=scram-sha-256 --encoding=UTF8 \
		--locale=C.UTF-8 --data-checksums
	echo 'host all all all scram-sha-256' >>"$new/pg_hba.conf"
	postgres --single -D "$new" postgres <<<'CREATE DATABASE junheng;'
	sync -f "$new"
	mv -- "$new" "$DATA"
}

[ -e "$DATA" ] || make_cluster
# what a killed container leaves: the number in it may be a process of this one; nothing else uses this volume
rm -f -- "$DATA/postmaster.pid"
unset JUNHENG_DB_PASSWORD JUNHENG_DB_PASSWORD_FILE
exec postgres -D "$DATA" -c listen_addresses='*' -c unix_socket_directories=/tmp \
	-c log_timezone=UTC -c timezone=UTC -c wal_compression=lz4 -c wal_writer_delay=10ms "$@"
