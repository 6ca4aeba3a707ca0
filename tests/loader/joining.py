#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Modules that serve a family of calls on the connections of others."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from loader import BUILD, Checks, Directory  # noqa: E402

checks = Checks('joining')

with Directory() as d:
    d.mock('good')
    for name, priority in (('bare', 90), ('nets', 50)):
        d.mock(name)
        d.manifest(name + '.module', 'module: %s\nprovides: network\npriority: %d\n' % (name, priority))
    result = d.run(program=BUILD + '/tests/loader/joining', JOIN_RELEASE=d.root + '/release')
    said = result.stdout.splitlines()
    checks.that(result.returncode == 0, 'it ends well', result)
    checks.that('quick: 7' in said and 'slow: 7' in said, 'the networks of both', *said)
    checks.that('it waited for the other connection' not in said, 'neither waits for the other', *said)
    for what in ('opened', 'closed'):
        checks.that(said.count('nets ' + what) == 2, 'nets: each connection is ' + what, *said)
    checks.that(not any(line.startswith('bare') for line in said), 'what has no table is not opened', *said)
sys.exit(checks.end())
