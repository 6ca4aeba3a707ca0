#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Number, name, priority and XDR form of every procedure are those of shapes.txt.
"$VIR_BUILD_DIR/tests/rpc/xdr-all" --shapes | diff "$VIR_SOURCE_DIR/tests/rpc/shapes.txt" - || {
    echo "shapes.sh: the wire changed (< promised, > built)"
    exit 1
}
