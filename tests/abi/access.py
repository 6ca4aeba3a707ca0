#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The permissions that are printed for each procedure are those of access.txt."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

with open(HERE + '/access.txt', encoding='utf-8') as lines:
    want = [line.split(' ', 2) for line in lines.read().splitlines() if not line.startswith('#')]
result = subprocess.run([os.environ['VIR_BUILD_DIR'] + '/tests/abi/access'], check=True, universal_newlines=True,
                        input=''.join('%s %s\n' % (program, number) for program, number, _ in want),
                        stdout=subprocess.PIPE)
have = [line[1:] for line in result.stdout.splitlines()]
bad = ['%s %s: %s, wanted %s' % (program, number, got, needs)
       for (program, number, needs), got in zip(want, have) if got != needs]
if len(have) != len(want) or len(want) < 390:
    bad.append('%d procedures asked, %d answers' % (len(want), len(have)))
print('\n'.join(bad) or 'access: %d procedures' % len(want))
sys.exit(1 if bad else 0)
