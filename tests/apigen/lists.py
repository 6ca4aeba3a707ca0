#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""api/files.mk lists exactly the files that are there, and the headers that
are printed: one that is forgotten would be missing from the tarball."""

import glob
import os
import re
import sys

SOURCE = os.environ.get('VIR_SOURCE_DIR', os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
BUILD = os.environ.get('VIR_BUILD_DIR', '.')


def listed():
    """{variable: set of names} of files.mk."""
    with open(os.path.join(SOURCE, 'api', 'files.mk')) as handle:
        text = handle.read().replace('\\\n', ' ')
    return {name: set(value.split()) for name, value in re.findall(r'^(\w+) = (.*)$', text, re.M)}


def there(folder, pattern):
    return {os.path.relpath(path, folder) for path in glob.glob(os.path.join(folder, pattern))}


def main():
    api = os.path.join(SOURCE, 'api')
    include = os.path.join(BUILD, 'api', 'out', 'include', 'libvirt')
    found = {'api_files': there(api, '*.api'), 'api_gen': there(api, 'gen/*.py'),
             'api_headers': there(include, '*.h')}
    lists = listed()
    faults = 0
    for name, files in found.items():
        for path in sorted(files ^ lists.get(name, set())):
            print('lists: %s: %s is %s' % (name, path, 'not listed' if path in files else 'listed but not there'))
            faults += 1
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
