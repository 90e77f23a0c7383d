#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Brings in the foreign clients of the tests, exactly as tests/package-lock.json has them; does
# nothing while they are there. usage: tests/packages.sh
set -euo pipefail
cd "$(dirname "$0")"
stamp=node_modules/.lock
! cmp -s package-lock.json "$stamp" || exit 0
npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error >&2
cp package-lock.json "$stamp"
