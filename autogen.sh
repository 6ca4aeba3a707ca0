#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes ./configure; given arguments (or --configure), runs it with them.
set -e
cd "$(dirname "$0")"
autoreconf --install --force
[ $# -eq 0 ] && { echo "now: ./configure && make"; exit 0; }
[ "$1" = --configure ] && shift
exec ./configure "$@"
