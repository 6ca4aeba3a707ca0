#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every rule of the .api language has a file bad/NAME.api that breaks it and
the message that tells so in bad/NAME.err.  A line `# lock: LINE` of a bad file
is put into slots.lock.  refusals.py --update writes the messages anew."""

import glob
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BAD = os.path.join(HERE, 'bad')
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(HERE, '..', '..', 'api', 'gen'), os.path.join(HERE, '..')]

import apigen                           # noqa: E402
import generator                        # noqa: E402


def complaint(path):
    """(exit status, messages) of apigen.py for one bad file."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(path, folder)
        for shared in ('objects.api', 'wire.api'):
            shutil.copy(os.path.join(HERE, 'small', shared), folder)
        with open(path) as bad, open(os.path.join(folder, 'slots.lock'), 'w') as lock:
            lock.writelines(line[len('# lock: '):] for line in bad if line.startswith('# lock: '))
        status, text = generator.run(apigen.main, '--api', folder, '--out', os.path.join(folder, 'out'))
        printed = os.path.exists(os.path.join(folder, 'out'))
        return status, text + ('something was printed\n' if printed else '')


def check(path):
    expected = path[:-4] + '.err'
    status, text = complaint(path)
    if '--update' in sys.argv:
        with open(expected, 'w') as handle:
            handle.write(text)
    with open(expected) as handle:
        want = handle.read()
    if status == 1 and text == want:
        return True
    print('refusals: %s: exit status %d, said\n%swanted\n%s' % (os.path.basename(path), status, text, want))
    return False


def main():
    paths = sorted(glob.glob(os.path.join(BAD, '*.api')))
    results = [check(path) for path in paths]
    return 0 if results and all(results) else 1


if __name__ == '__main__':
    sys.exit(main())
