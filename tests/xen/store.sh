#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The xen module's reading of the store: without any xenstore, then against a
# real xenstored where xenstored-anywhere (beside xen-host) can start one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/find-xen-host"

"$VIR_BUILD_DIR/tests/xen/store"
[[ -n $xen_host ]] || { echo "store.sh: no xen-host: skipping the part with a real xenstored"; exit 77; }
anywhere=$(dirname "$xen_host")/xenstored-anywhere
status=0
"$anywhere" "$VIR_BUILD_DIR/tests/xen/store" || status=$?
((status != 125)) || { echo "store.sh: no xenstored"; exit 77; }
exit "$status"
