#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The support matrix tells what the built modules implement: the test module
what `virsh list` and `dominfo` need, and nothing that is no slot."""

import os
import subprocess
import sys

SOURCE = os.environ.get('VIR_SOURCE_DIR', os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
BUILD = os.environ.get('VIR_BUILD_DIR', '.')
NEEDED = ('connect_open', 'connect_list_all_domains', 'domain_get_info', 'domain_get_xml_desc',
          'domain_lookup_by_name', 'domain_create_with_flags', 'domain_define_xml_flags')


def slots():
    """Every slot name there is."""
    with open(os.path.join(SOURCE, 'api', 'slots.lock')) as lock:
        return {line.split()[2] for line in lock if not line.startswith('#')}


def main():
    command = [sys.executable, os.path.join(SOURCE, 'tools', 'support-matrix')]
    text = subprocess.run(command, stdout=subprocess.PIPE, universal_newlines=True).stdout
    rows = [[cell.strip() for cell in line.strip('|').split('|')] for line in text.splitlines() if line[:1] == '|']
    if not rows or 'test' not in rows[0]:
        print('support: no column for the test module:\n' + text)
        return 1 if os.path.exists(os.path.join(BUILD, 'modules', 'built', 'test.so')) else 77
    column = rows[0].index('test')
    told = {row[0]: row[column] for row in rows[2:-1]}
    faults = ['%s is not told for the test module' % slot for slot in NEEDED if not told.get(slot)]
    faults += ['%s is no slot' % slot for slot in set(told) - slots()]
    for fault in faults:
        print('support: ' + fault)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
