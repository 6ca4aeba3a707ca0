#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every public header compiles alone, without a warning, in C99 and in C++."""

import os
import shutil
import subprocess
import sys
import tempfile

BUILD = os.environ.get('VIR_BUILD_DIR', '.')
INCLUDE = os.path.join(BUILD, 'api', 'out', 'include')
FLAGS = ['-Wall', '-Wextra', '-Wundef', '-Werror', '-fsyntax-only', '-I', INCLUDE]


def compilers():
    """[(what, command)]"""
    found = [('C99', os.environ.get('CC', 'cc').split() + ['-x', 'c', '-std=c99', '-Wstrict-prototypes'])]
    cxx = os.environ.get('CXX', 'c++').split()
    if shutil.which(cxx[0]):
        found.append(('C++98', cxx + ['-x', 'c++', '-std=c++98']))
        found.append(('C++17', cxx + ['-x', 'c++', '-std=c++17']))
    return found


def compiles(command, header, sentinels):
    with tempfile.NamedTemporaryFile('w', suffix='.c') as handle:
        handle.write('%s#include <libvirt/%s>\n#include <libvirt/%s>\nextern int something;\n' % (
            '#define VIR_ENUM_SENTINELS\n' if sentinels else '', header, header))
        handle.flush()
        return subprocess.run(command + FLAGS + [handle.name]).returncode == 0


def main():
    # These are parts of module.h and of module-kit.h.
    parts = {'module-calls.h', 'module-handles.h', 'module-stored.h'}
    headers = sorted(set(os.listdir(os.path.join(INCLUDE, 'libvirt'))) - parts)
    faults = ['%s in %s' % (header, what) for header in headers for what, command in compilers()
              for sentinels in (False, True) if not compiles(command, header, sentinels)]
    for fault in faults:
        print('headers-alone: cannot compile ' + fault)
    return 1 if faults or len(headers) < 18 else 0


if __name__ == '__main__':
    sys.exit(main())
