# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the symbol maps: a version node for each release that added calls,
the older one its parent."""

from model import NODES

# What libvirt.so.0 shows to its companion libraries and to libvirtd alone.
PRIVATE = {'libvirt': ['LIBVIRT_PRIVATE_ABI_0 {', '    global:', '        vir_core;', '};', '']}


def version(since):
    return tuple(int(part) for part in since.split('.'))


def map_text(api, library):
    nodes = {}
    for entry in api.public() + api.variables:
        if entry.library == library:
            nodes.setdefault(entry.since, []).append(entry.name)
    lines = ['# Symbols of %s.so.0 by the release that added them.  Printed from api/.' % library]
    parent = None
    for since in sorted(nodes, key=version):
        node = NODES[library] + since
        lines += [node + ' {', '    global:'] + ['        %s;' % name for name in sorted(nodes[since])]
        if not parent:
            lines += ['    local:', '        *;']
        lines += ['}%s;' % (' ' + parent if parent else ''), '']
        parent = node
    return '\n'.join(lines + PRIVATE.get(library, []))


def outputs(api):
    for library in sorted(set(api.libraries.values())):
        yield 'core/%s.map' % library, map_text(api, library)
