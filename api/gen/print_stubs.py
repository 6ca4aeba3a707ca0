# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints wire/stubs.c and wire/stubs.h: what modules/remote puts into its
driver tables.  A stub fills the arguments struct, calls, and moves the results
to the caller.  Calls marked `hand stub` are only declared."""

from layout import Layout, wrap
from model import declare
from print_protocol import HEAD, PROGRAMS
from lines import Problem


def parent_of(handle, name):
    """C expression for the handle that HANDLE, a variable NAME, is a part of."""
    return 'vir_%s_%s(%s)' % (handle.word, handle.parent.name, name)


def connect_of(handle, name):
    """C expression for its connection."""
    if handle.kind == 'conn':
        return name
    if handle.parent:
        return connect_of(handle.parent.object, parent_of(handle, name))
    return 'vir_%s_connect(%s)' % (handle.word, name)


class Unprintable(Problem):
    """A call whose kinds no stub or dispatch can be printed for."""

    def __init__(self, call, what, layer):
        Problem.__init__(self, call, call.line, '%s: %s' % (call.name, what), '`hand %s`' % layer)


class Stub:
    def __init__(self, call, layout):
        self.call, self.layout = call, layout
        self.first = call.first_object()
        self.conn = connect_of(self.first.object, self.first.name)
        self.fill, self.before, self.checks, self.take, self.result = [], [], [], [], None
        self.leftover = False       # something in ret stays to be freed
        self.fail = call.result.failure
        if call.fds:
            raise Unprintable(call, 'no stub can be printed for calls that pass descriptors', 'stub')
        for field in call.sends:
            self.send(field)
        for field in call.answers:
            self.answer(field)
        if call.stops:               # which no reply says
            self.take.append('vir_domain_set_id(%s, -1);' % self.first.name)

    def bad(self, field):
        return Unprintable(self.call, 'no stub can be printed for `%r`' % field, 'stub')

    def owner(self, handle):
        """What a handle in the reply is made from: the connection or another handle."""
        first = self.first
        if handle.parent and handle.parent.object is first.object:
            return first.name
        if handle.parent and handle is first.object:
            return parent_of(handle, first.name)
        return self.conn

    # ---- arguments ----------------------------------------------------------

    def send(self, field):
        arg, name = field.source or self.call.arg(field.name), field.name
        kind = getattr(arg, 'kind', None)
        if name == 'need_results' and not arg:
            self.set(name, self.optional_list().name + ' != NULL')
            return
        if arg is None or arg is self.call.result:
            raise self.bad(field)
        if kind == 'params-new':            # the server sends what it has up to here
            self.set(name, str(arg.limit))
        elif field.role == 'need':
            self.set(name, arg.name + ' != NULL')
        elif field.role == 'count':
            self.set(name, ('*' if kind == 'params-fill' else '') + arg.count)
        elif arg.object and arg.object.sent:
            self.set(name, 'rpc_lend_%s(%s).%s' % (arg.object.wire, arg.name, arg.object.sent))
        elif kind == 'flags' and self.strings_wanted():
            self.set(name, arg.name + ' | VIR_TYPED_PARAM_STRING_OKAY')
        elif arg.object:
            self.set(name, 'rpc_lend_%s(%s)' % (arg.object.wire, arg.name))
        elif kind in ('string', 'path'):
            self.set(name, '(char *)(uintptr_t)' + arg.name)
        elif kind == 'uuid':
            self.before.append('memcpy(args.%s, %s, VIR_UUID_BUFLEN);' % (name, arg.name))
        elif kind in ('strings', 'uints', 'bytes', 'cpumap', 'params'):
            cast = {'strings': '(char **)(uintptr_t)', 'bytes': '(unsigned char *)(uintptr_t)'}.get(kind, '')
            self.set('n_' + name, self.count(arg))
            self.set(name, cast + arg.name)
        elif arg.spec.c and len(arg.spec.c) == 1 and not arg.spec.out and kind not in ('c', 'fd'):
            self.set(name, ('(unsigned int)' if kind == 'size' else '') + arg.name)
        else:
            raise self.bad(field)

    def strings_wanted(self):
        """Old clients knew no parameters that are strings; who does says so in the flags."""
        return any(a.kind == 'params-fill' for a in self.call.args)

    def optional_list(self):
        """The list that is only counted when the caller gives NULL for it."""
        return next(a for a in self.call.args if a.kind in ('array-new', 'strings-new'))

    def count(self, arg):
        ctype = dict((n, t) for t, n in arg.c_params())[arg.count]
        return arg.count if ctype == 'unsigned int' else '(unsigned int)' + arg.count

    def set(self, member, value):
        self.fill.append('.%s = %s' % (member, value))

    # ---- results ------------------------------------------------------------

    def answer(self, field):
        source = field.source or self.call.arg(field.name)
        if source is None:
            raise self.bad(field)
        if source is self.call.result:
            self.answer_result(field)
        elif field.role == 'field':
            line = '*%s = ret.%s;' % (source.name, source.name)
            if line not in self.take:
                self.take.append(line)
        else:
            self.answer_arg(field, source)

    def answer_result(self, field):
        result, name = self.call.result, field.name
        if result.kind == 'string':
            self.result = 'ret.' + name
        elif result.object:
            self.leftover = True
            self.result = 'rpc_%s.make(%s, &ret.%s)' % (result.object.wire, self.owner(result.object), name)
        elif result.kind in ('int', 'uint', 'bool', 'ulong', 'ullong'):
            if self.result is None:         # a list's own count wins
                self.result = ('remote_natural(ret.%s)' if result.spec.ctype == 'int' else 'ret.%s') % name
        else:
            raise self.bad(field)

    def answer_arg(self, field, arg):
        name, kind = field.name, arg.kind
        items = 'ret.%s, ret.n_%s' % (name, name)
        if kind == 'count*':
            self.checks.append('remote_take_number(ret.%s, %s)' % (name, arg.name))
        elif kind.endswith('*'):
            self.give(arg, '*%s = ret.%s;' % (arg.name, name))
        elif kind == 'string-new':
            self.give(arg, '*%s = vir_steal(&ret.%s);' % (arg.name, name))
            self.leftover = self.leftover or arg.nullable
        elif kind == 'strings-new':
            self.move('remote_take_strings(&%s, %s)' % (items, arg.name))
            count = self.count_item()
            if count:
                self.result = '%s ? %s : remote_natural(ret.%s)' % (arg.name, self.result, count)
        elif kind in ('names', 'names-old'):
            self.move('remote_take_names(%s, %s, %s)' % (items, arg.name, arg.count))
        elif kind in ('ids', 'array', 'uarray'):
            self.move('remote_take_array(%s, sizeof(*ret.%s), %s, (unsigned int)%s)'
                      % (items, name, arg.name, arg.count))
            if self.count_item():           # without room, the caller asked how many there are
                self.result = '%s ? %s : remote_room(ret.%s)' % (arg.count, self.result, self.count_item())
        elif kind in ('params-fill', 'params-new') and (field.role == 'count' or field.name == arg.count):
            return                          # taken with the parameters
        elif kind == 'params-fill':
            number = next((f.name for f in self.call.answers if f.source is arg and f.role == 'count'), None)
            self.move('remote_take_params(%s, %s, %s, %s)'
                      % (items, 'ret.' + number if number else '0', arg.name, arg.count), status=True)
        elif kind == 'params-new':
            count_type = dict((n, t) for t, n in arg.c_params())[arg.count]
            self.take += ['*%s = vir_steal(&ret.%s);' % (arg.name, name),
                          '*%s = (%s)ret.n_%s;' % (arg.count, count_type.rstrip(' *'), name)]
        elif kind == 'list':
            self.leftover = True
            self.move_list(arg, 'remote_take_list(&rpc_%s, %s, %s, %s)' % (
                arg.object.wire, self.owner(arg.object), items, arg.name), field)
        elif kind == 'domain':              # the handle itself comes back: a start gave it an id
            self.leftover = True
            self.take.append('vir_domain_set_id(%s, ret.%s.id);' % (arg.name, name))
        elif kind == 'array-new':
            self.leftover = True
            self.take.append('if (%s)\n        *%s = vir_steal(&ret.%s);' % (arg.name, arg.name, name))
            self.result = '(int)ret.n_' + name
            if arg.nullable:
                self.result = '%s ? %s : remote_natural(ret.%s)' % (arg.name, self.result, self.count_item())
        elif kind == 'bytes-new':
            self.leftover = True
            self.take += ['if (%s)\n        *%s = ret.n_%s;' % (arg.count, arg.count, name),
                          'if (%s)\n        *%s = vir_steal(&ret.%s);' % (arg.name, arg.name, name)]
        elif kind == 'buffer':
            self.move('remote_take_buffer(%s, %s, %s)' % (items, arg.name, arg.count))
        else:
            raise self.bad(field)

    def give(self, arg, line):
        self.take.append(('if (%s)\n        ' % arg.name if arg.nullable else '') + line)

    def move(self, expression, status=False):
        """EXPRESSION moves items to the caller and gives their number or -1."""
        self.leftover = True
        if status or self.call.result.kind == 'status':
            self.result = expression + ' < 0 ? -1 : 0'
        else:
            self.result = expression

    def move_list(self, arg, expression, field):
        count = self.count_item()
        if not count:
            raise self.bad(field)
        self.result = '%s ? %s : remote_natural(ret.%s)' % (arg.name, expression, count)

    def count_item(self):
        return next((f.name for f in self.call.answers if f.source is self.call.result), None)

    # ---- text ---------------------------------------------------------------

    def signature(self):
        params = ', '.join(declare(t, n) for t, n in self.call.c_params())
        return 'remote_%s(%s)' % (self.call.slot_name, params)

    def text(self):
        call, out = self.call, []
        ctype = call.result.ctype
        out.append('\nstatic %s\n%s\n{\n' % (ctype.strip(), wrap(self.signature())))
        out.append('    const struct rpc_procedure *proc = %s;\n' % procedure(call))
        args, ret = call.struct_name('args'), call.struct_name('ret')
        if args:
            out.append('    struct %s args = {\n%s    };\n'
                       % (args, ''.join('        %s,\n' % f for f in self.fill)))
        if ret:
            out.append('    struct %s ret;\n' % ret)
        if self.leftover:
            out.append('    %s;\n' % declare(ctype, 'result'))
        out.append('\n')
        out += ['    (void)%s;\n' % arg.name for arg in self.unused()]
        out += ['    %s\n' % line for line in self.before]
        out.append('    if (%s < 0)\n        return %s;\n' % (self.call_expression(args, ret), self.fail))
        out += ['    if (%s < 0) {\n        xdr_free(proc->ret, &ret);\n        return %s;\n    }\n' % (check, self.fail)
                for check in self.checks]
        out += ['    %s\n' % line for line in self.take]
        result = self.result or '0'
        if self.leftover:
            out.append('    result = %s;\n    xdr_free(proc->ret, &ret);\n    return result;\n}\n'
                       % wrap(result, 4))
        else:
            out.append('    return %s;\n}\n' % result)
        return ''.join(out)

    def unused(self):
        """The size of a struct: ours is known."""
        return [a for a in self.call.args if a.kind == 'c' and a.word == 'size_t']

    def call_expression(self, args, ret):
        stream = next((a for a in self.call.args if a.kind == 'stream'), None)
        return '%s(remote_of(%s), proc, %s, %s%s)' % (
            'remote_stream_open' if stream else 'remote_call', self.conn,
            '&args' if args else 'NULL', '&ret' if ret else 'NULL', ', ' + stream.name if stream else '')


def procedure(call):
    return '&%s_procedures[%s_PROC_%s]' % (call.program.prefix, call.program.name, call.wire_name)



def stubs(api):
    """[(call, Stub or None when by hand)] of every slot that modules/remote fills."""
    layout, found = Layout(api), []
    for table_name, calls in api.tables().items():
        for call in calls:
            if table_name == 'stream' or call.unasked:
                continue
            by_hand = not call.program or 'stub' in call.hand
            found.append((call, None if by_hand else Stub(call, layout)))
    return found


def source(api):
    found = stubs(api)
    out = [HEAD, '/* The stubs: every slot of modules/remote that needs no thought. */\n'
           '#include <string.h>\n\n#include "modules/remote/wire.h"\n#include "wire/stubs.h"\n']
    out += [stub.text() for call, stub in found if stub]
    out += [table(name, calls) for name, calls in sorted(by_table(found).items())]
    return ''.join(out)


def by_table(found):
    tables = {}
    for call, _ in found:
        tables.setdefault(call.table, []).append(call)
    return tables


def table(name, calls):
    rows = ''.join('    .%s = { remote_%s, ~0u, 0 },\n' % (c.slot_name, c.slot_name) for c in calls)
    return ('\nconst struct vir_%s_ops remote_%s_ops = {\n    VIR_OPS(vir_%s_ops),\n%s};\n'
            % (name, name, name, rows))


def header(api):
    found = stubs(api)
    out = [HEAD, '#ifndef WIRE_STUBS_H\n#define WIRE_STUBS_H\n\n#include <libvirt/module.h>\n\n']
    out += ['extern const struct vir_%s_ops remote_%s_ops;\n' % (n, n) for n in sorted(by_table(found))]
    out.append('\n/* By hand: calls-*.c. */\n')
    for call, stub in found:
        if not stub:
            out.append(wrap(call.prototype('remote_' + call.slot_name) + ';') + '\n')
    out.append('\n#endif\n')
    return ''.join(out)


def outputs(api):
    """(path, text) of every file."""
    yield from {'wire/stubs.c': source(api), 'wire/stubs.h': header(api)}.items()
