#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The systemd units let the programs do what they do not complain about when it is refused: lower the priority of bulk work
# (services/base/priority.h), which the group @resources forbids.
# usage: tests/lint/units.sh [--self-test]      exit: 0 allowed, 1 refused
set -euo pipefail

# allowed FILE: whether the last filter that is about setpriority lets it through
allowed() {
	awk '
	/^SystemCallFilter=/ {
		sub(/^SystemCallFilter=/, "")
		no = sub(/^~/, "")
		for (i = 1; i <= NF; i++)
			if ($i == "@resources" || $i == "@system-service" || $i == "setpriority") yes = !no
	}
	END { exit !yes }' "$1"
}

if [ "${1:-}" = --self-test ]; then
	if allowed <(printf 'SystemCallFilter=@system-service\nSystemCallFilter=~@privileged @resources\n'); then
		exit 1
	fi
	exit 0
fi
cd "$(dirname "$0")/../.."
"$0" --self-test || { echo 'units: the check itself does not work' >&2; exit 1; }
for unit in deploy/*.service; do
	allowed "$unit" || { echo "units: $unit refuses setpriority" >&2; exit 1; }
done
