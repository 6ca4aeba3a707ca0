#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Enum constants and struct layouts of the printed headers equal enums.txt
and structs.txt: the compiler checks one static assertion for each."""

import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get('VIR_BUILD_DIR', '.')
INCLUDE = os.path.join(BUILD, 'api', 'out', 'include')
HEADERS = ('libvirt', 'virterror', 'libvirt-qemu', 'libvirt-lxc', 'libvirt-admin')


def lines(name):
    with open(os.path.join(HERE, name)) as handle:
        return [line.rstrip() for line in handle if not line.startswith('#')]


def enum_asserts():
    for line in lines('enums.txt'):
        if line.startswith(' '):
            name, value = line.split()
            yield '_Static_assert((long long)%s == %sLL, "%s is not %s");' % (name, value, name, value)
        else:
            yield 'extern %s use_%s;' % (line, line)


def struct_asserts():
    name = None
    for line in lines('structs.txt'):
        match = re.match(r' +(.+)@(\d+)\+(\d+)$', line)
        if match:
            field, offset, size = match.groups()
            yield '_Static_assert(__builtin_offsetof(%s, %s) == %s, "%s.%s is not at %s");' % (
                name, field, offset, name, field, offset)
            yield '_Static_assert(sizeof(((%s *)0)->%s) == %s, "%s.%s has not %s bytes");' % (
                name, field, size, name, field, size)
            continue
        name, size, align = re.match(r'(\w+) (\d+):(\d+)$', line).groups()
        yield '_Static_assert(sizeof(%s) == %s, "%s has not %s bytes");' % (name, size, name, size)
        yield '_Static_assert(_Alignof(%s) == %s, "%s is not aligned to %s");' % (name, align, name, align)


def compiles(compiler, lines):
    with tempfile.NamedTemporaryFile('w', suffix='.c') as handle:
        handle.write('\n'.join(lines + ['']))
        handle.flush()
        return subprocess.run(compiler + ['-std=gnu11', '-fsyntax-only', '-I', INCLUDE, handle.name]).returncode == 0


def is_sentinel(line):
    """By its name, as programs know them; ADD_LAST is a place in a list."""
    return re.search(r'\w_LAST\b', line) and '_ADD_LAST' not in line


def main():
    if not os.path.isdir(INCLUDE):
        print('header-values: no %s' % INCLUDE)
        return 1
    compiler = os.environ.get('CC', 'cc').split()
    includes = ['#include <libvirt/%s.h>' % h for h in HEADERS]
    source = ['#define VIR_ENUM_SENTINELS'] + includes + list(enum_asserts())
    # The offsets are those of x86_64; elsewhere `long` may be smaller.
    source += ['#if defined(__x86_64__) && defined(__LP64__)'] + list(struct_asserts()) + ['#endif']
    plain = includes + [line for line in enum_asserts() if not is_sentinel(line)]
    if compiles(compiler, source) and compiles(compiler, plain):
        return 0
    print('header-values: the headers differ from the tables')
    return 1


if __name__ == '__main__':
    sys.exit(main())
