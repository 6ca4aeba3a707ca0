# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints wire/remote_protocol.x and its neighbours: the protocol in the
language of RFC 4506, for readers and for generators of other clients."""

from print_protocol import PROGRAMS

HEAD = '/* -*- c -*- Printed from api/: a reference, nothing is compiled from it. */\n'


def item(field):
    """One declaration; `chars` is our word for the primitive string."""
    word = 'string' if field.type == 'chars' else field.type
    tail = {'array': '<%s>' % field.limit, 'vector': '[%s]' % field.limit}.get(field.shape, '')
    return '%s %s%s%s;' % (word, '*' if field.shape == 'optional' else '', field.name, tail)


def block(head, lines, end='};'):
    return '\n%s {\n%s%s\n' % (head, ''.join('    %s\n' % line for line in lines), end)


def wire_type(wire):
    if wire.form == 'alias':
        field = wire.fields[0]
        name = field.name
        field.name = wire.name
        text = '\ntypedef %s\n' % item(field)
        field.name = name
        return text
    if wire.form == 'enum':
        return block('enum ' + wire.name, ['%s = %d,' % c for c in wire.cases[:-1]]
                     + ['%s = %d' % wire.cases[-1]])
    if wire.form == 'union':
        return block('union %s switch (%s)' % (wire.name, wire.switch),
                     [line for number, field in wire.cases
                      for line in ('case %d:' % number, '    ' + item(field))])
    return block('struct ' + wire.name, [item(f) for f in wire.fields])


def program(api, name):
    entry = api.programs[name]
    prefix = entry.prefix
    messages, numbers = {}, {}
    for call in api.procedures(name):
        numbers[call.number] = call.wire_name
        for which, fields in (('args', call.sends), ('ret', call.answers)):
            if fields:
                messages[call.struct_name(which)] = fields
    for event in api.events:
        if event.program.name != name or not event.wire_name:
            continue
        for old in ((True, False) if event.old_name else (False,)):
            numbers[event.old_number if old else event.number] = event.old_name if old else event.wire_name
            messages[event.struct_name(old)] = event.wire_fields(old)
    out = [HEAD]
    if name == 'REMOTE':
        out += [wire_type(w) for w in ordered(api)
                if not w.name.startswith('admin') and w.name not in messages]
    else:
        out.append('\n%include "remote_protocol.x"\n')
        out += [wire_type(w) for w in ordered(api) if name == 'ADMIN' and w.name.startswith('admin')]
    out += [block('struct ' + struct, [item(f) for f in fields]) for struct, fields in messages.items()]
    upper = prefix.upper()
    out.append('\nconst %s_PROGRAM = 0x%08x;\nconst %s_PROTOCOL_VERSION = %d;\n'
               % (upper, entry.number, upper, entry.version))
    lines = ['%s_PROC_%s = %d' % (upper, numbers[n], n) for n in sorted(numbers)]
    out.append(block('enum %s_procedure' % prefix, [line + ',' for line in lines[:-1]] + lines[-1:]))
    return ''.join(out)


def ordered(api):
    """Wire types, each after those that it needs."""
    done, out = set(), []

    def visit(wire):
        if wire.name in done:
            return
        done.add(wire.name)
        for field in wire.fields + [f for _, f in wire.cases if hasattr(f, 'type')]:
            if field.type in api.wire_types:
                visit(api.wire_types[field.type])
        out.append(wire)

    for wire in api.wire_types.values():
        visit(wire)
    return out


def outputs(api):
    """(path, text) of every file."""
    for name in PROGRAMS:
        yield 'wire/%s_protocol.x' % name.lower(), program(api, name)
