# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the handles: what `object` entries say of them, on its way from the
core (structs, constructors, accessors) through the driver library (doors) to the
modules (prototypes)."""

from layout import wrap
from model import declare

HEAD = '/* SPDX-License-Identifier: LGPL-2.1-or-later */\n/* %s  Printed from api/. */\n'


class Function:
    """A function of the driver interface: vir_NAME."""

    def __init__(self, ctype, name, params):
        self.ctype, self.name, self.params = ctype, name, params

    def head(self):
        return 'vir_%s(%s)' % (self.name, ', '.join(declare(*p) for p in self.params))

    def prototype(self):
        return wrap(declare(self.ctype, self.head()) + ';') + '\n'

    def definition(self, body):
        return '\n%s\n%s\n{\n%s}\n' % (self.ctype.strip(), wrap(self.head()), body)

    def call(self, table):
        return '%s%s(%s)' % (table, self.name, ', '.join(name for _, name in self.params))


def owner(handle):
    """(C type, name) of what a handle holds a reference on."""
    if handle.parent:
        return handle.parent.c_params()[0]
    return 'virConnectPtr', 'conn'


def constructor(handle):
    return Function(handle.ptr, handle.word + '_new',
                    [owner(handle)] + [param for part in handle.own for param in part.c_params()])


def accessors(handle):
    """[(Function, part or None: the owner)]"""
    ctype, name = owner(handle)
    given = [(handle.ptr, handle.kind)]
    yield Function(ctype, '%s_%s' % (handle.word, 'connect' if name == 'conn' else name), given), None
    for part in handle.own:
        yield Function(part.c_params()[0][0], '%s_%s' % (handle.word, part.name), given), part


def functions(handle):
    return [constructor(handle)] + [function for function, _ in accessors(handle)]


# ---- <libvirt/module-handles.h> ---------------------------------------------------

INTRO = """
/*
 * The handles of all kinds of objects.  A constructor returns a new reference, or
 * NULL with an error set for a text or a uuid that cannot be; the handle holds a
 * reference on its first argument.  What the other functions return lives as long
 * as the handle.
 */
#ifndef LIBVIRT_MODULE_HANDLES_H
#define LIBVIRT_MODULE_HANDLES_H
"""


def prototypes(handles):
    out = [HEAD % 'Making and reading handles.', INTRO]
    for handle in handles:
        out.append('\n')
        out += ['/* NULL for %s is the empty text. */\n' % part.name for part in handle.own if part.nullable]
        out += [function.prototype() for function in functions(handle)]
    out.append('\n#endif\n')
    return ''.join(out)


# ---- the core ---------------------------------------------------------------------

def member(part):
    if part.kind == 'uuid':
        return 'unsigned char %s[VIR_UUID_BUFLEN];' % part.name
    return declare(part.c_params()[0][0], part.name) + ';'


def struct(handle):
    return '\nstruct _%s {\n    struct vir_object object;\n%s};\n' % (
        handle.ctype, ''.join('    %s\n' % member(part) for part in handle.own))


def structs(every, handles):
    return ''.join([
        HEAD % 'What handles are; object.h includes it.',
        '\n/* Kinds of handles: the low byte of the magic word. */\nenum vir_kind {\n    VIR_KIND_NONE,\n',
        ''.join('    %s,\n' % handle.constant for handle in every),
        '    VIR_KIND_LAST\n};\n'] + [struct(handle) for handle in handles])


def checks(handle):
    """What must hold before a handle is made."""
    kind = handle.parent.object.constant if handle.parent else 'VIR_KIND_CONNECT'
    yield 'vir_object_may_own(%s, %s, "%s")' % (owner(handle)[1], kind, handle.ctype)
    for part in handle.own:
        if part.kind in ('string', 'uuid') and not part.nullable:
            yield 'vir_object_%s_ok(%s, "%s", "%s")' % (
                'text' if part.kind == 'string' else 'uuid', part.name, handle.ctype, part.name)


def make(handle):
    """Texts stand behind the struct, in the same allocation."""
    me, texts = handle.kind, [part.name for part in handle.own if part.kind == 'string']
    out = ['    %s %s;\n' % (handle.ptr, me)]
    if texts:
        out.append('    char *place;\n')
    out.append('\n    if (!%s)\n        return NULL;\n' % ' ||\n        !'.join(checks(handle)))
    size = ''.join(' + vir_object_text_size(%s)' % name for name in texts)
    out.append('    %s\n' % wrap('%s = vir_object_new(%s, sizeof(*%s)%s, %s);' % (
        me, handle.constant, me, size, owner(handle)[1]), 4))
    if texts:
        out.append('    place = (char *)(%s + 1);\n' % me)
    for part in handle.own:
        place = '%s->%s' % (me, part.name)
        if part.kind == 'string':
            out.append('    %s = vir_object_put_text(&place, %s);\n' % (place, part.name))
        elif part.kind == 'uuid':
            out.append('    memcpy(%s, %s, VIR_UUID_BUFLEN);\n' % (place, part.name))
        else:
            out.append('    %s = %s;\n' % (place, part.name))
    out.append('    return %s;\n' % me)
    return ''.join(out)


def read(handle, part):
    if part is None:
        return '    return %s->object.owner;\n' % handle.kind
    if part.kind in ('string', 'uuid'):
        return '    return %s->%s;\n' % (handle.kind, part.name)
    # a started or stopped guest gets another id
    return '    return __atomic_load_n(&%s->%s, __ATOMIC_RELAXED);\n' % (handle.kind, part.name)


def core(every, handles):
    codes = ''.join('    [%s] = VIR_ERR_INVALID_%s,\n' % (
        handle.constant, (handle.wire or handle.kind).upper()) for handle in every)
    out = [HEAD % 'Making and reading handles.', '#include "object.h"\n\n#include <string.h>\n',
           '\nconst uint8_t vir_kind_codes[VIR_KIND_LAST] = {\n%s};\n' % codes]
    for handle in handles:
        out.append(constructor(handle).definition(make(handle)))
        out += [function.definition(read(handle, part)) for function, part in accessors(handle)]
    return ''.join(out)


# ---- the driver library -----------------------------------------------------------

def door_list(handles):
    """The rows of struct vir_core, which private.h wants as a macro."""
    names = ['F(%s)' % function.name for handle in handles for function in functions(handle)]
    lines = [' '.join(names[i:i + 4]) for i in range(0, len(names), 4)]
    return HEAD % 'Functions of the handles in struct vir_core; private.h includes it.' + \
        '#define VIR_CORE_HANDLE_FUNCTIONS(F) \\\n    %s\n' % ' \\\n    '.join(lines)


def doors(handles):
    out = [HEAD % 'The way from modules to the handles in libvirt.so.0.', '#include "core/private.h"\n']
    out += [function.definition('    return %s;\n' % function.call('vir_core.'))
            for handle in handles for function in functions(handle)]
    return ''.join(out)


def outputs(api):
    """(path, text) of every file."""
    every = api.handles()
    handles = [handle for handle in every if handle.parts]
    yield 'include/libvirt/module-handles.h', prototypes(handles)
    yield 'core/handles.h', structs(every, handles)
    yield 'core/handles.c', core(every, handles)
    yield 'core/handle-doors.h', door_list(handles)
    yield 'driver/handles.c', doors(handles)
