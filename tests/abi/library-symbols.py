#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The four public libraries export exactly the symbols, version nodes and
parents of symbols.txt, and libvirt.so.0 its one private symbol besides."""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get('VIR_BUILD_DIR', '.')
PRIVATE = {'libvirt.so.0': {'LIBVIRT_PRIVATE_ABI_0': {'vir_core'}}}


def wanted():
    """{library: ({node: parent}, {node: symbols})}"""
    tables, library, node = {}, None, None
    with open(os.path.join(HERE, 'symbols.txt')) as handle:
        for line in handle:
            if line.startswith('#'):
                continue
            if not line.startswith(' '):
                library = line.strip()
                tables[library] = ({}, {})
            elif not line.startswith('  '):
                node, _, parent = line.strip().partition(' < ')
                tables[library][0][node] = parent
                tables[library][1][node] = set()
            else:
                tables[library][1][node].add(line.strip())
    return tables


def readelf(option, path):
    return subprocess.run(['readelf', '-W', option, path], stdout=subprocess.PIPE, check=True,
                          universal_newlines=True).stdout


def nodes_of(path):
    """{node: parent} of the version definitions."""
    nodes, node = {}, None
    for line in readelf('-V', path).splitlines():
        match = re.search(r'Index: (\d+)\s+Cnt: \d+\s+Name: (\S+)', line)
        if match:
            node = match.group(2) if match.group(1) != '1' else None
            if node:
                nodes[node] = ''
        match = re.search(r'Parent \d+: (\S+)', line)
        if match and node:
            nodes[node] = match.group(1)
    return nodes


def symbols_of(path):
    """{node: symbols} that the library defines."""
    symbols = {}
    for line in readelf('--dyn-syms', path).splitlines():
        words = line.split()
        if len(words) < 8 or not words[0][:-1].isdigit() or words[6] in ('UND', 'ABS') or words[4] == 'LOCAL':
            continue
        name, _, node = words[7].partition('@')
        symbols.setdefault(node.lstrip('@'), set()).add(name)
    return symbols


def compare(library, nodes, symbols):
    folder = 'admin' if library == 'libvirt-admin.so.0' else 'core'
    path = os.path.join(BUILD, folder, '.libs', library)
    if not os.path.exists(path):
        print('%s is not built' % path)
        return 1
    faults = 0
    private = PRIVATE.get(library, {})
    found_nodes, found = nodes_of(path), symbols_of(path)
    for node in sorted(set(nodes) | set(found_nodes)):
        if node in private:
            continue
        if nodes.get(node) != found_nodes.get(node):
            print('%s: node %s: parent %r, should be %r' % (library, node, found_nodes.get(node), nodes.get(node)))
            faults += 1
    for node in sorted(set(symbols) | set(found)):
        want = symbols.get(node) or private.get(node) or set()
        for name in sorted(want ^ found.get(node, set())):
            print('%s: %s@%s is %s' % (library, name, node, 'missing' if name in want else 'too much'))
            faults += 1
    return faults


def main():
    faults = sum(compare(library, *tables) for library, tables in wanted().items())
    if faults:
        print('library-symbols: %d differences' % faults)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
