#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Asks junheng-api in the same container whether it is ready; bash's own sockets, so that the image needs no
# HTTP client.
#
# usage: healthy PORT
# exit: 0 /readyz answered 200, 1 anything else
set -eu

exec 3<>"/dev/tcp/127.0.0.1/$1"
printf 'GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r -t 3 _ status _ <&3
[ "$status" = 200 ]
