#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The support matrix tells what the built modules implement: the test module
what `virsh list` and `dominfo` need, also where a fuller form answers, and nothing that is
no public function."""

import os
import re
import subprocess
import sys

SOURCE = os.environ.get('VIR_SOURCE_DIR', os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
BUILD = os.environ.get('VIR_BUILD_DIR', '.')
NEEDED = ('virConnectListAllDomains', 'virConnectNumOfDomains', 'virDomainGetInfo',
          'virDomainGetXMLDesc',
          'virDomainLookupByName', 'virDomainCreateWithFlags', 'virDomainCreate', 'virDomainDestroy',
          'virConnectGetAllDomainStats', 'virDomainDefineXMLFlags')


def functions():
    """Every public function."""
    with open(os.path.join(SOURCE, 'tests', 'abi', 'symbols.txt')) as symbols:
        return set(re.findall(r'\bvir[A-Z]\w+', symbols.read()))


def main():
    command = [sys.executable, os.path.join(SOURCE, 'tools', 'support-matrix')]
    text = subprocess.run(command, stdout=subprocess.PIPE, universal_newlines=True).stdout
    rows = [[cell.strip() for cell in line.strip('|').split('|')] for line in text.splitlines() if line[:1] == '|']
    if not rows or 'test' not in rows[0]:
        print('support: no column for the test module:\n' + text)
        return 1 if os.path.exists(os.path.join(BUILD, 'modules', 'built', 'test.so')) else 77
    column = rows[0].index('test')
    told = {row[0]: row[column] for row in rows[2:-1]}
    faults = ['%s is not told for the test module' % name for name in NEEDED if not told.get(name)]
    faults += ['%s is no public function' % name for name in set(told) - functions()]
    for fault in faults:
        print('support: ' + fault)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
