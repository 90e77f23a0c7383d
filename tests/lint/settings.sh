#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# deploy/env.example lists every setting of services/base/settings.def with its default, and no other (but for the two names that only docker-compose knows).
# docker-compose.yml hands on, or gives itself, every setting of the API and the monitor: what somebody writes into .env takes effect.
# usage: tests/lint/settings.sh      exit: 0 the same, 1 not
set -euo pipefail
cd "$(dirname "$0")/../.."

from_table() {
	awk -F '"' '/^SETTING\(/ {
		split($1, cell, /[(,]/)
		print "JUNHENG_" cell[2] "=" $2
	}' services/base/settings.def | sort
}

from_example() {
	sed -nE 's/^#?(JUNHENG_[A-Z_]+=.*)$/\1/p' deploy/env.example |
		grep -vE '^JUNHENG_(DB_PASSWORD|ALERTS_PORT)=' | sort
}

diff <(from_table) <(from_example) >&2 || {
	echo 'settings: < services/base/settings.def, > deploy/env.example differ' >&2
	exit 1
}

# of the API (A) and the monitor (M), by the column of who reads it
of_services() {
	awk -F , '/^SETTING\(/ && $7 ~ /[AM]/ { sub(/^SETTING\(/, "", $1); print "JUNHENG_" $1 }' services/base/settings.def | sort
}

in_compose() {
	sed -nE 's/^ +(JUNHENG_[A-Z_]+):.*$/\1/p' docker-compose.yml | sort -u
}

missing=$(comm -23 <(of_services) <(in_compose))
[ -z "$missing" ] || {
	echo "settings: docker-compose.yml does not hand on: $missing" >&2
	exit 1
}
