# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints wire/protocol.h and wire/protocol.c: the C struct of everything that
crosses the wire, the tables that encode it, the rows of all procedures."""

from layout import BY_HAND, Layout, wrap

PROGRAMS = ('REMOTE', 'QEMU', 'LXC', 'ADMIN')
HEAD = '/* SPDX-License-Identifier: LGPL-2.1-or-later */\n/* Printed from api/ by print_protocol.py. */\n'

# One procedure: program, number, flags, slot and table, flags that write, name, arguments, results.
ROW = """{
        0x%08x, %d, %s,
        %s, 0x%x, "%s",
        %s,
        %s,
    }"""


class Message:
    """One C struct of the wire: name, members, rows."""

    def __init__(self, layout, name, fields):
        self.layout, self.name, self.fields = layout, name, fields
        self.members, self.rows, self.key = [], [], []
        grouped = set()
        for field in fields:
            source = field.source
            kind = getattr(source, 'kind', None)
            if kind == 'struct' and field.role == 'field':
                public = layout.api.struct(source.word)
                if source.name not in grouped:
                    grouped.add(source.name)
                    self.members.append('struct %s %s;' % (public.tag, source.name))
                    self.key.append(source.word)
                self.add(field, source.name + '.', public)
            elif kind == 'array-new' and field.role == 'value':
                self.add_pointers(field)
            elif kind == 'list' and field.role == 'value':
                self.add_handles(field)
            else:
                self.members += layout.member(field)
                self.add(field)

    def add(self, field, path='', public=None):
        self.rows.append(self.layout.row(field, 'S', path, public))
        word, shape, limit = self.layout.resolve(field)
        self.key.append((word, shape, limit, field.c_name if public else ''))

    def add_pointers(self, field):
        """An array of pointers, as the public call hands it out."""
        word, _, limit = self.layout.resolve(field)
        self.members += ['unsigned int n_%s;' % field.name,
                         '%s **%s;' % (self.layout.c_type(word), field.name)]
        self.rows.append('XDR_LIST(XDR_POINTER_ARRAY, S, %s, n_%s, %d, &%s)'
                         % (field.name, field.name, limit, self.layout.descriptor(word)))
        self.key.append((word, 'pointers', limit, ''))

    def add_handles(self, field):
        """Handles that the public call hands out: the daemon lends them, the client makes them."""
        word, _, limit = self.layout.resolve(field)
        self.members += self.layout.member(field)
        self.rows.append('XDR_PACKED_LIST(S, %s, n_%s, %d, &%s)'
                         % (field.name, field.name, limit, self.layout.descriptor(word)))
        self.key.append((word, 'handles', limit, ''))

    def declaration(self):
        return 'struct %s {\n%s};\n' % (self.name, ''.join('    %s\n' % m for m in self.members))

    def table(self, ctype=None):
        least = sum(self.layout.least(f) for f in self.fields)
        owns = 'true' if any(self.layout.owns(f) for f in self.fields) else 'false'
        return '#define S %s\nXDR_TABLE(%s, %d, %s,\n%s);\n#undef S\n' % (
            ctype or 'struct ' + self.name, self.name, least, owns,
            ',\n'.join('    ' + wrap(row, 4) for row in self.rows))


class PublicType(Message):
    """A wire type that lies on a public struct: no declaration of its own."""

    def __init__(self, layout, name, fields, struct):
        self.layout, self.name, self.fields, self.struct = layout, name, fields, struct
        self.rows = [layout.row(f, 'S', '', struct) for f in fields]

    def declaration(self):
        return ''

    def table(self, ctype=None):
        return Message.table(self, 'struct ' + self.struct.tag)


class EnumType:
    """An enum as the element of an array."""

    rows = []

    def __init__(self, wire):
        self.name, self.last = wire.name, max(value for _, value in wire.cases)

    def declaration(self):
        return ''

    def table(self):
        return ('static const struct xdr_field %s_fields[] = { { XDR_ENUM, 4, 0, 0, 0, %d, NULL } };\n'
                'static const struct xdr_type xdr_%s = XDR_TYPE(int, 4, false, %s_fields);\n'
                % (self.name, self.last, self.name, self.name))


class Protocol:
    def __init__(self, api):
        self.api, self.layout = api, Layout(api)
        self.types, self.done = [], set()       # wire types in order of need
        self.messages = {}                      # struct name -> Message
        self.shapes = {}                        # key -> name of the table that serves it
        for program in PROGRAMS:
            for call in api.procedures(program):
                for which, fields in (('args', call.sends), ('ret', call.answers)):
                    self.message(call.struct_name(which), fields)
            for event in self.events(program):
                if event.old_name:
                    self.message(event.struct_name(True), event.wire_fields(True))
                self.message(event.struct_name(), event.wire_fields())

    def events(self, program):
        return [e for e in self.api.events if e.program.name == program and e.wire_name]

    def message(self, name, fields):
        if not fields or name in self.messages:
            return
        for field in fields:
            self.need(self.layout.resolve(field)[0])
        if name in self.done:                   # also the element of an array
            self.messages[name] = None
            return
        message = Message(self.layout, name, fields)
        self.messages[name] = message
        self.shapes.setdefault(tuple(message.key), name)
        self.layout.messages[name] = (fields, self.shapes[tuple(message.key)])

    def need(self, word):
        """Puts a wire type, after those it needs, on the list."""
        wire = self.api.wire_types.get(word)
        if word in self.done or word in BY_HAND or word in self.messages:
            return
        if not wire or wire.form not in ('struct', 'enum'):
            return
        self.done.add(word)
        if wire.form == 'enum':
            self.types.append(EnumType(wire))
            return
        for field in wire.fields:
            self.need(self.layout.resolve(field)[0])
        struct = self.layout.public(word)
        self.types.append(PublicType(self.layout, word, wire.fields, struct) if struct
                          else Message(self.layout, word, wire.fields))

    def table_of(self, name, fields):
        """C expression for the table of a message."""
        if not fields:
            return 'NULL'
        message = self.messages[name]
        return '&xdr_' + (self.shapes[tuple(message.key)] if message else name)

    # ---- header -------------------------------------------------------------

    def header(self):
        out = [HEAD, '#ifndef WIRE_PROTOCOL_H\n#define WIRE_PROTOCOL_H\n\n#include <libvirt/module.h>\n\n'
               '#include "rpc/procedure.h"\n']
        for program in PROGRAMS:
            numbers = [(c.wire_name, c.number) for c in self.api.procedures(program)]
            for event in self.events(program):
                numbers.append((event.wire_name, event.number))
                if event.old_name:
                    numbers.append((event.old_name, event.old_number))
            out.append('\nenum %s_procedure {\n%s};\n' % (program.lower(), ''.join(
                '    %s_PROC_%s = %d,\n' % (program, n, v) for n, v in sorted(numbers, key=lambda p: p[1]))))
        out += ['\n' + t.declaration() for t in self.types if t.declaration()]
        out += ['\n' + m.declaration() for m in self.messages.values() if m]
        for which in ('args', 'ret'):
            out.append('\n/* Room for the %s of any call. */\nunion rpc_any_%s {\n%s};\n' % (
                'arguments' if which == 'args' else 'results', which, ''.join(
                    '    struct %s %s;\n' % (name, name) for name, message in self.messages.items()
                    if message and name.endswith('_' + which))))
        out.append('\n')
        for program in PROGRAMS:
            low = program.lower()
            out.append('extern const struct rpc_procedure %s_procedures[];\n'
                       'extern const struct rpc_program rpc_%s_program;\n' % (low, low))
        out.append('\n#endif\n')
        return ''.join(out)

    # ---- tables -------------------------------------------------------------

    def source(self):
        out = [HEAD, '#include "rpc/params.h"\n#include "rpc/xdr-table.h"\n'
               '#include "wire/protocol.h"\n\n']
        for word, ctype, kind, size in (('int', 'int', 'INT', 4), ('uint', 'unsigned int', 'UINT', 4),
                                        ('hyper', 'long long', 'HYPER', 8),
                                        ('uhyper', 'unsigned long long', 'UHYPER', 8)):
            if any('&xdr_%s)' % word in row for row in self.all_rows()):
                out.append('static const struct xdr_field %s_fields[] = {\n'
                           '    { XDR_%s, %d, 0, 0, 0, 0, NULL }\n};\n'
                           'static const struct xdr_type xdr_%s = XDR_TYPE(%s, %d, false, %s_fields);\n'
                           % (word, kind, size, word, ctype, size, word))
        out.append('static const struct xdr_field string_fields[] = {\n'
                   '    { XDR_STRING, 0, 0, 0, 0, %d, NULL }\n};\n'
                   'static const struct xdr_type xdr_string = XDR_TYPE(char *, 4, true, string_fields);\n'
                   % self.layout.string_max())
        out += ['\n' + t.table() for t in self.types]
        out += ['\n' + m.table() for m in self.messages.values()
                if m and self.shapes[tuple(m.key)] == m.name]
        out += [self.program(name) for name in PROGRAMS]
        return ''.join(out)

    def all_rows(self):
        for message in self.types + [m for m in self.messages.values() if m]:
            for row in message.rows:
                yield row

    def program(self, name):
        low, rows = name.lower(), {}
        for call in self.api.procedures(name):
            rows[call.number] = self.call_row(call)
        for event in self.events(name):
            rows[event.number] = self.event_row(event, False)
            if event.old_name:
                rows[event.old_number] = self.event_row(event, True)
        program = self.api.programs[name]
        return ('\nconst struct rpc_procedure %s_procedures[] = {\n%s};\n\n'
                'const struct rpc_program rpc_%s_program = {\n    0x%08x, %d, "%s", %s_procedures, %d,\n};\n'
                % (low, ''.join('    [%d] = %s,\n' % (n, rows[n]) for n in sorted(rows)),
                   low, program.number, program.version, low, low, max(rows, default=0) + 1))

    def call_row(self, call):
        flags = ['RPC_CALL']
        if call.priority == 'high':
            flags.append('RPC_HIGH')
        if call.before == 'login':
            flags.append('RPC_BEFORE_LOGIN')
        if call.before:
            flags.append('RPC_BEFORE_OPEN')
        if call.needs == 'write':
            flags.append('RPC_WRITES')
        if call.stream:
            flags.append('RPC_STREAM_' + call.stream.upper())
        if call.fds in ('call', 'both'):
            flags.append('RPC_FDS_CALL')
        if call.fds in ('reply', 'both'):
            flags.append('RPC_FDS_REPLY')
        if any(field.type == 'opaque' for field in (call.sends or []) + (call.answers or [])):
            flags.append('RPC_BYTES')
        slot = '0, 0'
        if call.slot is not None:
            flags.append('RPC_HAS_SLOT')
            slot = 'VIR_SLOT_%s, VIR_TABLE_%s' % (call.slot_name, call.table.upper())
        return ROW % (call.program.number, call.number, ' | '.join(flags), slot, self.write_flags(call),
                      call.wire_name.lower(), self.table_of(call.struct_name('args'), call.sends),
                      self.table_of(call.struct_name('ret'), call.answers))

    def write_flags(self, call):
        """The bits of `needs write if FLAG|FLAG`."""
        bits = 0
        for word in call.needs.replace('write if ', '').split('|'):
            constant = self.api.constant(word)
            bits |= constant.value if constant else 0
        return bits

    def event_row(self, event, old):
        return ROW % (event.program.number, event.old_number if old else event.number, 'RPC_EVENT', '0, 0', 0,
                      (event.old_name if old else event.wire_name).lower(),
                      self.table_of(event.struct_name(old), event.wire_fields(old)), 'NULL')


def outputs(api):
    """(path, text) of every file."""
    protocol = Protocol(api)
    yield from {'wire/protocol.h': protocol.header(), 'wire/protocol.c': protocol.source()}.items()
