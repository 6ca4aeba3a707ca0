#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A device of QEMU is known to its own files: no other file of modules/qemu names its struct, but for what is
between kinds (order.c), the table of controllers and the seats.  And each that may start can be built."""

import os
import re
import sys

TOP = os.path.join(os.environ.get('VIR_SOURCE_DIR', '.'), 'modules/qemu')
BETWEEN = re.compile(r'device/(order|controllers|pci|pci-buses|seat[\w-]*)\.[ch]$')


def kinds():
    with open(os.path.join(TOP, 'Makefile.am')) as file:
        return re.findall(r'device/(\w+)\.c', re.search(r'device_types =((?:.*\\\n)*.*)', file.read()).group(1))


def sources():
    for folder, _, names in os.walk(TOP):
        for name in names:
            if name.endswith(('.c', '.h')):
                yield os.path.relpath(os.path.join(folder, name), TOP)


bad = 0
devices = kinds()
for path in sorted(sources()):
    with open(os.path.join(TOP, path)) as file:
        lines = file.read().splitlines()
    own = re.match(r'device/(\w+)(-\w+)?\.[ch]$', path)
    for number, line in enumerate(lines, 1):
        for kind in re.findall(r'\bqemu_(\w+?)_def(?:_\w+)?\b', line):
            if kind in devices and not BETWEEN.match(path) and (not own or own.group(1) != kind):
                print('modules/qemu/%s:%d: names <%s>, of which only device/%s.c knows' % (path, number, kind, kind))
                bad += 1
with open(os.path.join(TOP, 'qemu.schema')) as file:
    refused = re.findall(r'^refuse devices/(\w+)$', file.read(), re.M)
for kind in devices:
    with open(os.path.join(TOP, 'device', kind + '.c')) as file:
        text = file.read()
    if kind not in refused and '.build = ' not in text:
        print('modules/qemu/device/%s.c: a guest may start with it (no `refuse devices/%s`), but .build is NULL' % (
            kind, kind))
        bad += 1
if len(devices) < 10:
    print('the list of kinds was not found in Makefile.am')
    bad += 1
sys.exit(1 if bad else 0)
