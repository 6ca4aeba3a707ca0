# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints wire/objects.h and wire/objects.c: handles as XDR structs and back, for
both ends of the wire."""

from layout import wrap
from model import declare
from print_handles import owner

HEAD = '/* SPDX-License-Identifier: LGPL-2.1-or-later */\n/* Handles on the wire.  Printed from api/. */\n'

INTRO = """\
/*
 * Handles as XDR structs and back.  rpc_lend_X: for encoding; the strings belong to
 * the handle, so the struct is used while the handle lives and never freed.
 * rpc_put_X: a copy that owns its strings.  rpc_get_X: a handle for what the other
 * end named; NULL with an error set, also when CONN is NULL (no connection is open;
 * the error is set already).  rpc_drop_X: releases a handle and keeps the thread's
 * error.
 */
#ifndef WIRE_OBJECTS_H
#define WIRE_OBJECTS_H

#include "wire/protocol.h"

/* RPC_AUTO(domain) virDomainPtr dom = ...: rpc_drop_domain at the end of the scope. */
#define RPC_AUTO(object) __attribute__((cleanup(rpc_drop_##object)))

/* The same for lists of handles of one kind. */
struct rpc_object {
    size_t size;                        /* of the XDR struct */
    /* OWNER is the connection, or the handle of which the new one is a part. */
    void *(*make)(void *owner, const void *wire);
    void (*lend)(void *wire, void *handle);     /* rpc_lend_X; and rpc_put_X */
    void (*put)(void *wire, void *handle);
};
"""


def struct(handle):
    return 'struct remote_nonnull_' + handle.wire


def heads(handle):
    """Prototypes of lend, put, get, drop."""
    wire = handle.wire
    return ['%s rpc_lend_%s(%s)' % (struct(handle), wire, declare(handle.ptr, 'handle')),
            'void rpc_put_%s(%s *wire, %s)' % (wire, struct(handle), declare(handle.ptr, 'handle')),
            '%s rpc_get_%s(virConnectPtr conn, const %s *wire)' % (handle.ptr, wire, struct(handle)),
            'void rpc_drop_%s(%s *handle)' % (wire, handle.ptr)]


def header(handles):
    out = [HEAD, INTRO]
    for handle in handles:
        out.append('\n')
        out += [wrap(head + ';') + '\n' for head in heads(handle)]
        out.append('extern const struct rpc_object rpc_%s;\n' % handle.wire)
    out.append('\n#endif\n')
    return ''.join(out)


def define(head, body):
    """HEAD with the name on a line of its own."""
    ctype, space, rest = head.partition(' rpc_')
    return '\n%s\n%s\n{\n%s}\n' % (ctype, wrap('rpc_' + rest), body)


def lend(handle):
    out = ['    %s wire = {\n' % struct(handle)]
    copies = []
    for part in handle.parts:
        value = 'vir_%s_%s(handle)' % (handle.word, part.name)
        if part.object:
            out.append('        .%s = rpc_lend_%s(%s),\n' % (part.wire, part.object.wire, value))
        elif part.kind == 'string':     # the XDR structs are not const, the encoder is
            out.append('        .%s = (char *)(uintptr_t)%s,\n' % (part.wire, value))
        elif part.kind == 'uuid':
            copies.append('    memcpy(wire.%s, %s, VIR_UUID_BUFLEN);\n' % (part.wire, value))
        else:
            out.append('        .%s = %s,\n' % (part.wire, value))
    return ''.join(out + ['    };\n\n'] + copies + ['    return wire;\n'])


def strings(handle, path='wire->'):
    """The places of all texts of a handle's struct."""
    for part in handle.parts:
        if part.object:
            yield from strings(part.object, '%s%s.' % (path, part.wire))
        elif part.kind == 'string':
            yield path + part.wire


def put(handle):
    return '    *wire = rpc_lend_%s(handle);\n' % handle.wire + ''.join(
        '    %s = vir_strdup(%s);\n' % (place, place) for place in strings(handle))


def new(handle, first):
    """Expression for a new handle that FIRST owns."""
    return 'vir_%s_new(%s)' % (handle.word, ', '.join([first] + ['wire->' + p.wire for p in handle.own]))


def get(handle):
    ctype, name = owner(handle)
    made = '    return %s ? %s : NULL;\n' % (name, new(handle, name))
    if not handle.parent:
        return made
    return '    RPC_AUTO(%s) %s %s = rpc_get_%s(conn, &wire->%s);\n\n%s' % (
        handle.parent.object.wire, ctype, name, handle.parent.object.wire, handle.parent.wire, made)


def drop(handle):
    return '    if (*handle)\n        vir_object_unref(*handle);\n'


def table(handle):
    wire = handle.wire
    return ('\nstatic void *\nmake_%s(void *owner, const void *wire_)\n{\n    const %s *wire = wire_;\n\n'
            '    return %s;\n}\n' % (wire, struct(handle), new(handle, 'owner')) +
            '\nstatic void\nlend_%s(void *wire, void *handle)\n{\n    *(%s *)wire = rpc_lend_%s(handle);\n}\n'
            % (wire, struct(handle), wire) +
            '\nstatic void\nput_%s(void *wire, void *handle)\n{\n    rpc_put_%s(wire, handle);\n}\n' % ((wire,) * 2) +
            '\nconst struct rpc_object rpc_%s = {\n    sizeof(%s), make_%s, lend_%s, put_%s,\n};\n'
            % ((wire, struct(handle)) + (wire,) * 3))


def source(handles):
    out = [HEAD, '#include <string.h>\n\n#include "wire/objects.h"\n']
    for handle in handles:
        out += [define(head, body(handle)) for head, body in zip(heads(handle), (lend, put, get, drop))]
        out.append(table(handle))
    return ''.join(out)


def outputs(api):
    """(path, text) of every file."""
    handles = [handle for handle in api.handles() if handle.wire]
    yield from {'wire/objects.h': header(handles), 'wire/objects.c': source(handles)}.items()
