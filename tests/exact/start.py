#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts documents paused on one connection, one after the other, and tells of each what
its emulator says of itself, as JSON: the code of a refusal, or the answers.

    start.py URI <documents.json >answers.json      documents: {name: text}"""

import json
import re
import sys

import libvirt
import libvirt_qemu

COMMANDS = ('query-block', 'query-chardev', 'query-pci', 'query-memory-size-summary', 'query-iothreads',
            'query-memory-devices', 'query-tpm')


def asked(domain):
    told = {'qtree': libvirt_qemu.qemuMonitorCommand(domain, 'info qtree',
                                                     libvirt_qemu.VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP)}
    for command in COMMANDS:
        told[command] = json.loads(libvirt_qemu.qemuMonitorCommand(domain, json.dumps({'execute': command}), 0))['return']
    return told


def answer(conn, text):
    try:
        domain = conn.createXML(text, libvirt.VIR_DOMAIN_START_PAUSED)
    except libvirt.libvirtError as error:
        return {'code': error.get_error_code(), 'message': re.sub(r'^\S+ ', '', str(error))}
    try:
        return {'told': asked(domain)}
    finally:
        domain.destroy()


def main():
    libvirt.registerErrorHandler(lambda context, error: None, None)
    conn = libvirt.open(sys.argv[1])
    json.dump({name: answer(conn, text) for name, text in json.load(sys.stdin).items()}, sys.stdout)


if __name__ == '__main__':
    main()
