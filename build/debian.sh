#!/bin/sh
# What the tests need on a bare Debian beyond Node, npm and Go: a browser for the pages we make.
# Run as root: sh build/debian.sh
set -eu
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium
