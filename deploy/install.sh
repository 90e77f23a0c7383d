#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs the Debian packages that are missing, and nothing else; when all are there it costs one
# dpkg-query and changes nothing.
#
# usage: deploy/install.sh [build|run|test|libs|pdf]...      (without arguments: build run)
#   build  compiler and libraries to build     run   PostgreSQL and tools that deploy/run.sh needs, and pdf
#   test   what `make test` and lint need      libs  shared libraries alone (the images use it)
#   pdf    what makes PDF reports, and a Chinese font
#
# Not root: through sudo. Never removes a package, and never makes, starts or changes Debian's own
# PostgreSQL cluster (port 5432): junheng has its own, see deploy/cluster.sh.
# SKIP_INSTALL=1 skips everything, for systems that bring the packages in another way.
#
# exit: 0 all there, 1 installing failed, 2 usage, 3 cannot install here (no apt-get, no sudo)
set -eu

# ---- the one table of packages -------------------------------------------------------------------
# yq reads proto/openapi.yaml during the build; libcurl is the gnutls one, as libulfius-dev wants it
BUILD='gcc make pkg-config binutils xxd yq
	libulfius-dev libjansson-dev libpq-dev libzmq3-dev libsodium-dev libgmp-dev
	libcurl4-gnutls-dev libxlsxwriter-dev libcsv-dev zlib1g-dev
	libzip-dev libexpat1-dev'
PDF='weasyprint fonts-wqy-microhei'
RUN="postgresql-15 curl util-linux $PDF"
TEST='libcmocka-dev clang clang-format clang-tidy libclang-rt-14-dev pmccabe shellcheck bear
	poppler-utils chromium libfaketime'
TEST_NODE='nodejs'	# only when no node is on PATH: it may come from elsewhere
TEST_NPM='npm'		# only when no npm is on PATH
LIBS='libulfius2.7 libjansson4 libpq5 libzmq5 libsodium23 libgmp10 libcurl3-gnutls libxlsxwriter4
	libcsv3 zlib1g libzip4 libexpat1'
# --------------------------------------------------------------------------------------------------

CLUSTER_D=/etc/postgresql-common/createcluster.d
CLUSTER_CONF=

say() {
	printf '%s\n' "$*" >&2
}

usage() {
	say "用法 / usage: deploy/install.sh [build|run|test|libs|pdf]..."
	exit 2
}

have() {
	command -v "$1" >/dev/null 2>&1
}

# as_root COMMAND...: runs it as root
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo -- "$@"
	fi
}

# wanted GROUP...: the packages of the groups, separated by white space
wanted() {
	for group in "$@"; do
		case $group in
		build) echo "$BUILD" ;;
		run) echo "$RUN" ;;
		libs) echo "$LIBS" ;;
		pdf) echo "$PDF" ;;
		test)
			echo "$TEST"
			have node || echo "$TEST_NODE"
			have npm || echo "$TEST_NPM"
			;;
		esac
	done
}

# missing PACKAGE...: those that are not installed, on one line
missing() {
	there=$(dpkg-query -W -f '${db:Status-Status}:${Package}\n' "$@" 2>/dev/null || :)
	for package in "$@"; do
		case "
$there
" in
		*"
installed:$package
"*) ;;
		*) printf '%s ' "$package" ;;
		esac
	done
}

# Without this the package would make and start a cluster "main" on 5432 that nobody asked for. It is a
# drop-in for the time of this installation only, so that the machine's defaults stay as they were.
no_main_cluster() {
	case " $* " in
	*" postgresql-15 "*) ;;
	*) return 0 ;;
	esac
	[ ! -e "$CLUSTER_D/junheng.conf" ] || as_root rm -f "$CLUSTER_D/junheng.conf"
	as_root mkdir -p "$CLUSTER_D"
	CLUSTER_CONF=$CLUSTER_D/junheng.conf
	echo 'create_main_cluster = false' | as_root tee "$CLUSTER_CONF" >/dev/null
}

clean_up() {
	if [ -n "$CLUSTER_CONF" ]; then
		as_root rm -f "$CLUSTER_CONF"
		CLUSTER_CONF=
	fi
}

refuse() {
	say "缺少软件包 / missing packages: $*"
	say "$WHY"
	say "请以管理员身份执行 / run as root:  apt-get install --no-install-recommends $*"
	exit 3
}

check_can_install() {
	if ! have apt-get; then
		WHY='这里没有 apt-get（需要 Debian 12） / there is no apt-get here (made for Debian 12)'
		refuse "$@"
	fi
	if [ "$(id -u)" -ne 0 ] && ! have sudo; then
		WHY='不是 root，也没有 sudo / not root, and there is no sudo'
		refuse "$@"
	fi
}

install_packages() {
	say "正在安装 / installing: $*"
	[ "$(id -u)" -eq 0 ] || say "需要 sudo 权限 / this asks for sudo"
	trap clean_up EXIT
	trap 'exit 1' HUP INT TERM
	no_main_cluster "$@"
	# old lists name versions that the mirror no longer has; a failure here may still leave the
	# packages in the cache, so the installation decides
	as_root apt-get -q -o DPkg::Lock::Timeout=300 update >&2 ||
		say "apt-get update 失败，继续 / apt-get update failed, going on"
	if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
		--no-install-recommends --no-remove install "$@" >&2; then
		say "安装失败 / installation failed: $*"
		say "本项目面向 Debian 12；与已装软件包冲突时不会擅自卸载 /" \
			"made for Debian 12; where packages conflict, none is removed for you"
		exit 1
	fi
	clean_up
}

[ "${SKIP_INSTALL:-0}" != 1 ] || exit 0
[ $# -gt 0 ] || set -- build run
for group in "$@"; do
	case $group in
	build | run | test | libs | pdf) ;;
	*) usage ;;
	esac
done

# package names have no blanks: splitting is meant
# shellcheck disable=SC2046
set -- $(wanted "$@")
if have dpkg-query; then
	# shellcheck disable=SC2046
	set -- $(missing "$@")
fi
[ $# -gt 0 ] || exit 0
check_can_install "$@"
install_packages "$@"
