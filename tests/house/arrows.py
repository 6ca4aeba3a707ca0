#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which file uses which: by what it includes, and by the symbols of its object.  Within a part of the tree no
two files may use each other, nor two of its folders, over however many others.  `arrows.py PART` prints the arrows."""

import os
import re
import shutil
import subprocess
import sys

SOURCE = os.environ.get('VIR_SOURCE_DIR', '.')
BUILD = os.environ.get('VIR_BUILD_DIR', '.')
PARTS = ['modules/qemu', 'modules/remote', 'modules/secret', 'modules/test', 'modules/xen', 'common', 'core', 'driver', 'rpc', 'admin', 'daemon',
         'tools/shell', 'tools/virsh', 'tools/virt-admin']


def sources(part):
    """Paths below PART."""
    top = os.path.join(SOURCE, part)
    return {os.path.relpath(os.path.join(folder, name), top) for folder, _, names in os.walk(top) for name in names
            if name.endswith(('.c', '.h'))}


def included(part, files):
    """(file, the file that it includes): by its path from the top, below PART, or beside it."""
    for file in files:
        with open(os.path.join(SOURCE, part, file)) as text:
            for name in re.findall(r'^#\s*include "(.*)"', text.read(), re.M):
                for way in (os.path.relpath(name, part), name, os.path.join(os.path.dirname(file), name)):
                    if os.path.normpath(way) in files:
                        yield file, os.path.normpath(way)


def objects(part, files):
    """(file, its object); libtool's have the library's name before theirs."""
    for folder, _, names in os.walk(os.path.join(BUILD, part)):
        inside = os.path.relpath(folder, os.path.join(BUILD, part)).removesuffix('.libs')
        for name in (name for name in names if name.endswith('.o')):
            for way in (name, re.sub(r'^\w+?-', '', name)):
                file = os.path.normpath(os.path.join(inside, way[:-1] + 'c'))
                if file in files:
                    yield file, os.path.join(folder, name)
                    break


def used(part, files):
    """(file, the file that defines a function or variable of its)."""
    defined, wanted = {}, {}
    file_of = {path: file for file, path in objects(part, files)}
    said = subprocess.run(['nm', '-A', '-P', '-g', *file_of], check=True, capture_output=True, text=True).stdout
    for path, name, kind in (re.match(r'(.*): (\S+) (\S)', line).groups() for line in said.splitlines()):
        if name.startswith('vir_module_'):              # by a macro of the headers, for the module's every file
            continue
        if kind == 'U':
            wanted.setdefault(file_of[path], set()).add(name)
        else:
            defined.setdefault(name, set()).add(file_of[path])
    for file, names in wanted.items():
        for name in names:
            if len(defined.get(name, ())) == 1:         # several: programs that have a function of that name each
                yield file, next(iter(defined[name]))


def circles(arrows):
    """Groups of nodes each of which reaches the others (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in arrows.get(node, ()):
            if other not in index:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == index[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for node in sorted(arrows):
        if node not in index:
            visit(node)
    return found


def graph(pairs):
    arrows = {}
    for one, other in pairs:
        if one != other:
            arrows.setdefault(one, set()).add(other)
    return arrows


def show(arrows):
    for node in sorted(arrows):
        print('  %s -> %s' % (node, ' '.join(sorted(arrows[node]))))


def check(part):
    files = sources(part)
    if not any(True for _ in objects(part, files)):
        return 0                                # this build leaves the part out
    pairs = set(included(part, files)) | set(used(part, files))
    bad = 0
    folders = [(os.path.dirname(one), os.path.dirname(other)) for one, other in pairs]
    for what, arrows in (('folders', graph((one, other) for one, other in folders if one and other)),
                         ('files', graph(pairs))):
        if sys.argv[1:]:
            print('%s of %s' % (what, part))
            show(arrows)
        for circle in circles(arrows):
            print('a circle of %s in %s:' % (what, part))
            show({node: arrows[node] & set(circle) for node in circle})
            bad += 1
    return bad


if not shutil.which('nm'):
    print('skipped: no nm')
    sys.exit(77)
sys.exit(1 if sum(check(part) for part in sys.argv[1:] or PARTS) else 0)
