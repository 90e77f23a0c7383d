#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Debian's Prometheus and Alertmanager, for make bench-peers: the installed programs, else the packages' own, unpacked
# into DIR. Nothing is installed, and no service of the system is started.
#
# usage: tests/bench/peers.sh DIR     exit: 0 both are in DIR, 1 they cannot be had here
set -eu
mkdir -p "$1"
cd "$1"
DIR=$(pwd -P)

unpack() {
	echo "正在下载 / downloading: $1" >&2
	if ! { apt-get -q download "$1" && dpkg -x "$1"_*.deb . && rm -f "$1"_*.deb; } >&2; then
		echo "没有 $1:请先 apt-get update,或安装此软件包(不必启动) /" \
			"there is no $1: apt-get update first, or install that package (it need not run)" >&2
		exit 1
	fi
}

# It looks for its templates in /usr/share: for its eyes only, what was unpacked lies over that.
wrap() {
	cat >"$1" <<SCRIPT
#!/bin/sh
exec unshare -rm sh -c 'mount -t overlay overlay -o "lowerdir=$DIR/usr/share:/usr/share" /usr/share && exec "\$@"' sh "$DIR/usr/bin/$1" "\$@"
SCRIPT
	chmod +x "$1"
}

for name in prometheus prometheus-alertmanager; do
	[ ! -x "$name" ] || continue
	if [ -x "/usr/bin/$name" ]; then
		ln -s "/usr/bin/$name" "$name"
	else
		unpack "$name"
		wrap "$name"
	fi
done
