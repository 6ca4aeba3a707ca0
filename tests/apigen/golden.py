#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is printed from small/*.api equals small/expected, file by file.
After a wanted change: tests/apigen/golden.py --update, and read the diff."""

import difflib
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SMALL = os.path.join(HERE, 'small')
EXPECTED = os.path.join(SMALL, 'expected')
APIGEN = os.path.join(HERE, '..', '..', 'api', 'gen', 'apigen.py')


def tree(folder):
    """{path below the folder: lines}"""
    found = {}
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            with open(path, encoding='utf-8') as handle:
                found[os.path.relpath(path, folder)] = handle.read().splitlines()
    return found


def compare(want, got):
    """Prints the differences; how many files differ."""
    faults = 0
    for path in sorted(set(want) | set(got)):
        diff = list(difflib.unified_diff(want.get(path, []), got.get(path, []), 'expected/' + path,
                                         'printed/' + path, lineterm=''))
        if diff or (path in want) != (path in got):
            faults += 1
            print('\n'.join(diff[:60]) or '%s: in one of the trees only' % path)
    return faults


def main():
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, '-B', APIGEN, '--api', SMALL, '--out', out]
        if subprocess.run(command).returncode:
            print('golden: apigen.py failed')
            return 1
        if '--update' in sys.argv:
            shutil.rmtree(EXPECTED, ignore_errors=True)
            shutil.copytree(out, EXPECTED)
        times = {p: os.stat(os.path.join(out, p)).st_mtime_ns for p in tree(out)}
        faults = compare(tree(EXPECTED), tree(out))
        subprocess.run(command, check=True)
        for path, time in times.items():
            if os.stat(os.path.join(out, path)).st_mtime_ns != time:
                print('golden: %s was written again though nothing changed' % path)
                faults += 1
    if faults:
        print('golden: %d files differ' % faults)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
