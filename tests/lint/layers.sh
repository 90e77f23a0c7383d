#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Includes point down only, and each foreign library has one home. usage: tests/lint/layers.sh [--self-test]
set -uo pipefail
bad=0
declare -A may=(
	[base]='base' [domain]='domain base' [json]='json domain base' [store]='store domain base'
	[bus]='bus base' [api]='api store bus json domain base'
	[monitor]='monitor store bus json domain base' [ctl]='ctl store bus json domain base'
)
# what the pure layer may take from the system: no input or output, no clock, no allocation
domain_system='stdbool.h stddef.h stdint.h string.h math.h float.h limits.h inttypes.h assert.h gmp.h stdlib.h'
homes=(ulfius.h:api orcania.h:api yder.h:api microhttpd.h:api xlsxwriter.h:api libpq-fe.h:store zmq.h:bus
	'jansson.h:json ctl' 'curl/curl.h:ctl' 'csv.h:json' zip.h:json expat.h:json 'zlib.h:api ctl' iconv.h:json 'sodium.h:store api ctl' 'gmp.h:domain')

has() { [[ " $1 " == *" $2 "* ]]; }

# check LAYER FILE KIND NAME: one #include
check() {
	local entry
	if [ "$3" = '"' ]; then
		has "${may[$1]}" "${4%%/*}" && return
		[[ $4 == *.inc ]] && [ "$1" = store ] && return
	else
		for entry in "${homes[@]}"; do
			[ "$4" != "${entry%%:*}" ] || { has "${entry#*:}" "$1" && return; echo "$2: <$4>"; bad=1; return; }
		done
		[ "$1" = domain ] || return 0
		has "$domain_system" "$4" && return
	fi
	echo "$2: $1 不得引用 / must not include $4"
	bad=1
}

if [ "${1:-}" = --self-test ]; then
	check domain x.c '"' store/store.h >/dev/null && [ "$bad" -eq 1 ] && exit 0
	exit 1
fi
cd "$(dirname "$0")/../.." || exit 1
"$0" --self-test || { echo 'layers: the check itself does not work' >&2; exit 1; }
while IFS=: read -r file line; do
	layer=${file#services/} layer=${layer%%/*}
	[[ $line =~ ^[[:space:]]*#[[:space:]]*include[[:space:]]*([\"\<])([^\">]+) ]] || continue
	check "$layer" "$file" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
done < <(grep -rHE '^[[:space:]]*#[[:space:]]*include' services --include='*.[ch]' --include='*.def')
exit "$bad"
