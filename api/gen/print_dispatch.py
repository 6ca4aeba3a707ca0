# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints wire/dispatch.c: how libvirtd serves each procedure.  A dispatch
function rebuilds the handles, calls the public function and puts what it gave
into the result struct, which the caller encodes and frees.  Calls marked
`hand dispatch` are only named in the tables."""

from layout import Layout, wrap
from print_protocol import HEAD, PROGRAMS
from print_stubs import Unprintable


class Dispatch:
    def __init__(self, call, layout):
        self.call, self.layout = call, layout
        self.handles, self.locals, self.before, self.actual, self.after = [], [], [], [], []
        self.uses_conn = False
        for arg in call.args:
            self.argument(arg)
        self.result = self.result_lines()
        for field in call.answers:          # the handle itself comes back, with what changed
            if getattr(field.source, 'kind', None) == 'domain' and field.source is not call.result:
                self.after.append('rpc_put_domain(&ret->%s, %s);' % (field.name, field.source.name))

    def bad(self, arg):
        return Unprintable(self.call, 'no dispatch can be printed for `%s %s`' % (arg.kind, arg.name),
                           'dispatch')

    def item(self, which, arg, role=None):
        """Name of the XDR item that carries ARG."""
        for field in getattr(self.call, which):
            source = field.source or self.call.arg(field.name)
            if source is arg and (role is None or field.role == role) and field.name != 'need_results':
                return field
        raise self.bad(arg)

    def argument(self, arg):
        kind = arg.kind
        if kind == 'conn':
            self.uses_conn = True
            self.actual.append('conn')
        elif kind == 'stream':
            self.locals.append('virStreamPtr %s = daemon_call_stream(call);' % arg.name)
            self.handles.append(arg.name)
            self.actual.append(arg.name)
        elif arg.object and kind != 'list':
            self.handle(arg)
        elif kind == 'c' and arg.word == 'size_t':
            self.actual.append('sizeof(ret->%s)' % self.call.args[self.call.args.index(arg) - 1].name)
        elif not arg.spec.out:
            self.plain(arg)
        else:
            self.output(arg)

    def handle(self, arg):
        self.uses_conn = True
        item = self.item('sends', arg).name
        source = '&args->' + item
        if arg.object.sent:
            source = '&(struct remote_nonnull_%s){ args->%s }' % (arg.object.wire, item)
        self.locals.append('RPC_AUTO(%s) %s %s = rpc_get_%s(conn, %s);' % (
            arg.object.wire, arg.object.ptr, arg.name, arg.object.wire, source))
        self.handles.append(arg.name)
        self.actual.append(arg.name)

    def plain(self, arg):
        if len(arg.spec.c) == 1:
            if arg.kind in ('c', 'fd', 'callback', 'opaque', 'freecb'):
                raise self.bad(arg)
            value = 'args->' + self.item('sends', arg).name
            if arg.kind == 'flags' and any(a.kind == 'params-fill' for a in self.call.args):
                self.flags, value = value, value + ' & ~VIR_TYPED_PARAM_STRING_OKAY'
            self.actual.append(value)
            return
        item = self.item('sends', arg).name
        cast = {'strings': '(const char **)'}.get(arg.kind, '')
        for ctype, name in arg.c_params():
            if name == arg.count:
                self.actual.append(('(int)' if ctype == 'int' else '') + 'args->n_' + item)
            else:
                self.actual.append(cast + 'args->' + item)

    # ---- what the call writes -------------------------------------------------

    def output(self, arg):
        kind = arg.kind
        if kind == 'struct':
            self.actual.append('&ret->' + arg.name)
        elif kind == 'ulong*':              # not as wide as the wire on every machine
            item = self.item('answers', arg).name
            self.locals.append('unsigned long %s = 0;' % arg.name)
            self.actual.append('&' + arg.name)
            self.after.append('ret->%s = %s;' % (item, arg.name))
        elif kind.endswith('*') or kind == 'string-new':
            self.actual.append('&ret->' + self.item('answers', arg).name)
        elif kind in ('names', 'names-old', 'ids', 'array', 'uarray'):
            self.room(arg)
        elif kind == 'params-fill':
            self.params_fill(arg)
        elif kind == 'params-new':
            self.params_new(arg)
        elif kind in ('strings-new', 'array-new'):
            self.whole_array(arg)
        elif kind == 'list':
            self.handle_list(arg)
        elif kind == 'buffer':
            self.buffer(arg)
        else:
            raise self.bad(arg)

    def need_room(self, arg, wanted, size):
        field = self.item('answers', arg, 'value')
        self.before.append('if (daemon_room("%s", %s, %d, %s, &ret->%s) < 0)\n        return -1;'
                           % (arg.count, wanted, field.limit, size, field.name))
        return field.name

    def room(self, arg):
        """The caller says how many items it wants; the result is their number."""
        wanted = 'args->' + self.item('sends', arg, 'count').name
        name = self.need_room(arg, wanted, 'sizeof(*ret->%s)' % self.item('answers', arg, 'value').name)
        self.actual += ['ret->' + name, wanted]
        self.after.append('ret->n_%s = daemon_at_most(rc, %s);' % (name, wanted))

    def params_fill(self, arg):
        wanted = 'args->' + self.item('sends', arg, 'count').name
        name = self.need_room(arg, wanted, 'sizeof(*ret->%s)' % self.item('answers', arg, 'value').name)
        self.locals.append('int %s = %s;' % (arg.count, wanted))
        self.actual += ['ret->' + name, '&' + arg.count]
        number = next((f.name for f in self.call.answers if f.role == 'count' and f.source is arg), None)
        if number:
            self.after.append('ret->%s = %s;' % (number, arg.count))
        self.after.append('ret->n_%s = daemon_at_most(%s, %s);' % (name, arg.count, wanted))
        self.params = name

    def params_new(self, arg):
        name = self.item('answers', arg, 'value').name
        self.locals.append('int %s = 0;' % arg.count)
        self.actual += ['&ret->' + name, '&' + arg.count]
        self.after.append('ret->n_%s = daemon_at_most(%s, INT_MAX);' % (name, arg.count))
        if any(f.name == arg.count for f in self.call.answers):
            self.after.append('ret->%s = %s;' % (arg.count, arg.count))

    def need(self):
        """Condition under which a list is wanted; None: always."""
        return 'args->need_results' if any(f.name == 'need_results' for f in self.call.sends) else None

    def whole_array(self, arg):
        name = self.item('answers', arg, 'value').name
        need = self.need()
        self.actual.append('%s&ret->%s%s' % (need + ' ? ' if need else '', name, ' : NULL' if need else ''))
        self.after.append('ret->n_%s = ret->%s ? (unsigned int)rc : 0;' % (name, name))

    def handle_list(self, arg):
        field = self.item('answers', arg, 'value')
        self.locals.append('%s *%s = NULL;' % (arg.object.ptr, arg.name))
        self.actual.append('args->need_results ? &%s : NULL' % arg.name)
        self.checked = ('daemon_put_list(call, &rpc_%s, %s, rc, %d, &ret->%s, &ret->n_%s)'
                        % (arg.object.wire, arg.name, field.limit, field.name, field.name))

    checked = flags = params = None

    def buffer(self, arg):
        wanted = 'args->' + self.item('sends', arg, 'count').name
        name = self.need_room(arg, wanted, '1')
        self.actual += [wanted, 'ret->' + name]
        self.after.append('ret->n_%s = %s;' % (name, wanted))

    # ---- what the call returns ------------------------------------------------

    def result_item(self):
        return next((f.name for f in self.call.answers if f.source is self.call.result), None)

    def result_lines(self):
        """(declaration or None, condition of failure, statements)"""
        result, item = self.call.result, self.result_item()
        kind = result.kind
        if kind in ('status', 'int', 'uint', 'bool'):
            lines = []
            if item:
                lines.append('ret->%s = %src;' % (item, '(unsigned int)' if kind == 'uint' else ''))
            return 'int rc;', self.checked + ' < 0' if self.checked else 'rc < 0', lines
        if kind in ('ulong', 'ullong'):
            return None, '!ret->' + item, []
        if kind in ('string', 'borrowed'):
            if result.nullable:             # NULL may be an answer: only an error says it is not
                return None, '!ret->%s && virGetLastErrorCode() != VIR_ERR_OK' % item, []
            return None, '!ret->' + item, []
        if result.object:
            return ('RPC_AUTO(%s) %s rc = NULL;' % (result.object.wire, result.object.ptr), '!rc',
                    ['rpc_put_%s(&ret->%s, rc);' % (result.object.wire, item)])
        raise Unprintable(self.call, 'no dispatch can be printed for its result', 'dispatch')

    def assignment(self, public):
        result, item = self.call.result, self.result_item()
        if result.kind in ('ulong', 'ullong', 'string'):
            return 'ret->%s = %s;' % (item, public)
        if result.kind == 'borrowed':
            return 'ret->%s = vir_strdup(%s);' % (item, public)
        return 'rc = %s;' % public

    # ---- text -------------------------------------------------------------------

    def text(self):
        call = self.call
        declaration, failed, results = self.result
        args, ret = call.struct_name('args'), call.struct_name('ret')
        out = ['\nstatic int\nserve_%s(struct daemon_call *call, const void *args_, void *ret_)\n{\n'
               % name_of(call)]
        for name, struct, const in (('args', args, 'const '), ('ret', ret, '')):
            if struct:
                out.append('    %sstruct %s *%s = %s_;\n' % (const, struct, name, name))
        if self.uses_conn:
            out.append('    virConnectPtr conn = daemon_call_conn(call);\n')
        out += ['    %s\n' % wrap(line, 4) for line in self.locals]
        if declaration:
            out.append('    %s\n' % declaration)
        out.append('\n')
        for name, used in (('args_', args), ('ret_', ret)):
            if not used:
                out.append('    (void)%s;\n' % name)
        missing = ' || '.join('!' + h for h in self.handles) or '!conn'
        out.append('    if (%s)\n        return -1;\n' % missing)
        out += ['    %s\n' % wrap(line, 4) for line in self.before]
        public = '%s(%s)' % (call.name, ', '.join(self.actual))
        out.append('    %s\n' % wrap(self.assignment(public), 4))
        tail = self.after + results
        if self.params and self.flags:
            tail.append('daemon_drop_strings(ret->%s, &ret->n_%s, %s);'
                        % (self.params, self.params, self.flags))
        if not tail:
            out.append('    return %s ? -1 : 0;\n}\n' % failed)
            return ''.join(out)
        out.append('    if (%s)\n        return -1;\n' % wrap(failed, 8))
        out += ['    %s\n' % line for line in tail]
        out.append('    return 0;\n}\n')
        return ''.join(out)


def name_of(call):
    """Names are unique over the programs: QEMU's and LXC's bear a prefix."""
    prefix = '' if call.program.name == 'REMOTE' else call.program.prefix + '_'
    return prefix + call.wire_name.lower()


def server(call):
    """C name of the function that serves a call."""
    if 'dispatch' in call.hand:
        return 'daemon_serve_' + name_of(call)
    if call.internal:
        return 'daemon_serve_internal'
    return 'serve_' + name_of(call)


def source(api):
    layout = Layout(api)
    out = [HEAD, '/* Serves every procedure that needs no thought. */\n'
           '#include <limits.h>\n\n#include "daemon/wire.h"\n#include "wire/dispatch.h"\n']
    for program in PROGRAMS:
        for call in api.procedures(program):
            if server(call).startswith('serve_'):
                out.append(Dispatch(call, layout).text())
    for program in PROGRAMS:
        rows = ''.join('    [%d] = %s,\n' % (c.number, server(c)) for c in api.procedures(program))
        out.append('\nconst daemon_serve_fn daemon_%s_serve[] = {\n%s};\n' % (program.lower(), rows))
    return ''.join(out)


def header(api):
    by_hand = {server(c) for p in PROGRAMS for c in api.procedures(p)}
    return ('%s#ifndef WIRE_DISPATCH_H\n#define WIRE_DISPATCH_H\n\n'
            '#include "daemon/dispatch.h"\n\n%s\n#endif\n') % (
        HEAD, ''.join(wrap('int %s(struct daemon_call *call, const void *args, void *ret);' % name) + '\n'
                      for name in sorted(by_hand) if name.startswith('daemon_')))


def outputs(api):
    """(path, text) of every file."""
    yield from {'wire/dispatch.c': source(api), 'wire/dispatch.h': header(api)}.items()
