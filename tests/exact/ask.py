#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the calls of a connection that standard input says, a JSON list of [method, arguments ...], and prints what
each gave: a JSON list of [result] or [null, code, message].  ask.py URI"""

import json
import sys

import libvirt

libvirt.registerErrorHandler(lambda *ignored: None, None)


def answer(conn, method, *arguments):
    try:
        return [getattr(conn, method)(*arguments)]
    except libvirt.libvirtError as error:
        return [None, error.get_error_code(), error.get_error_message()]


CONNECTION = libvirt.open(sys.argv[1])
json.dump([answer(CONNECTION, *call) for call in json.load(sys.stdin)], sys.stdout)
