#!/bin/sh
# What the tests need on a bare Debian beyond Node, npm and Go: a browser for the pages we make, an InfluxDB to stream to.
# Run as root: sh build/debian.sh [package...]     (all of them unless said)
set -eu
[ $# -gt 0 ] || set -- chromium influxdb
had_influxdb=$(command -v influxd || true)
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"
# Its package starts a server for the whole network; the tests start their own on the loopback.
if [ -z "$had_influxdb" ] && command -v influxd >/dev/null && [ -d /run/systemd/system ]; then
  systemctl disable --quiet --now influxdb
fi
