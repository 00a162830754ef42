#!/usr/bin/env bash
# Asks the server on this port of this machine whether it is alive. Needs nothing but bash, so that the image stays small.
set -euo pipefail
port=${1:?"usage: healthcheck.sh PORT"}

exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$port" >&3
read -r -t 2 _ status _ <&3
[ "$status" = 200 ]
