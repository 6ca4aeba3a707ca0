# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the public functions, one file for each .api file.  What a function
does around the module's slot is core/call.h; here are the checks that hold
for every implementation: an argument that must not be NULL, a count that
must not be negative."""

import textwrap

from kinds import SCALARS
from model import declare

# Kinds whose pointer must be given.
POINTERS = ('string', 'path', 'uuid', 'uuid-text', 'uuid-out', 'uuid-text-out', 'struct', 'bytes', 'uints',
            'string-new', 'strings-new', 'array-new', 'cpumap', 'strings', 'params', 'params-new')

HEAD = """\
/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Public functions of %s.  Printed from api/. */
#include <limits.h>
#include <string.h>

#include "call.h"
#include "calls/lists.h"
#include "core/calls.h"

#pragma GCC diagnostic ignored "-Wunused-parameter"
"""


def printed(call):
    """Whether the public function is printed."""
    return not (call.internal or 'front' in call.hand)


def is_pointer(ctype):
    return ctype.endswith(('*', 'Ptr'))


def fills_params(call):
    """Whether the call writes typed parameters into an array of the caller.
    All callers understand strings now: their flag that says so means nothing."""
    return any(a.kind == 'params-fill' or a.kind == 'c' and a.word == 'virTypedParameterPtr'
               for a in call.args) and any(a.kind == 'flags' for a in call.args)


class Body:
    """The lines of one function."""

    def __init__(self, api, call):
        self.api, self.call = api, call
        self.object = call.first_object()
        self.number = 'VIR_CALL_' + call.name
        self.lines = []
        self.faults = []            # (C name, why) of all that is refused

    def refused(self, *reasons):
        """The C names that are refused for one of REASONS, each once."""
        return list(dict.fromkeys(what for what, why in self.faults if why in reasons))

    def bad(self, condition, what, why):
        self.faults.append((what, why))
        failure = self.call.result.failure
        args = '%s, %s, "%s", VIR_BAD_%s' % (self.number, self.object.name, what, why)
        self.lines.append('    if (%s)' % condition)
        if failure == 'NULL':
            self.lines.append('        return vir_call_bad_null(%s);' % args)
        elif failure == '0':
            self.lines.append('        return vir_call_bad(%s) + 1;' % args)
        else:
            self.lines.append('        return vir_call_bad(%s);' % args)

    def check(self, arg):
        """What must hold for one argument."""
        name, count = arg.name, arg.count
        if arg.object and arg is not self.object and arg.kind not in ('list', 'handles'):
            test = '%s && ' % name if arg.nullable else ''
            self.lines.append('    if (%svir_call_other(%s, %s, %s, %s, "%s") < 0)' % (
                test, self.number, self.object.name, name, arg.object.constant, name))
            self.lines.append('        return %s;' % self.call.result.failure)
        elif arg.kind in POINTERS or arg.kind.endswith('*') or arg.kind == 'c' and is_pointer(arg.word):
            if not arg.nullable:
                self.bad('!' + name, name, 'NULL')
            elif count and arg.kind not in ('params-new',):
                self.bad('%s && !%s' % (count, name), name, 'NULL')
        if arg.kind in ('params', 'uints', 'cpumap'):
            if arg.nullable:
                self.bad('%s < 0' % count, count, 'NEGATIVE')
            else:
                self.bad('%s <= 0' % count, count, 'ZERO')
        if arg.kind == 'uints':
            self.bad('%s > %d' % (count, arg.limit), count, 'TOO_BIG')
        elif arg.kind == 'params-new':
            self.bad('!' + count, count, 'NULL')
        elif arg.kind == 'params-fill':
            self.bad('!' + count, count, 'NULL')
            self.bad('*%s < 0' % count, count, 'NEGATIVE')
            self.bad('*%s && !%s' % (count, name), name, 'NULL')
        elif arg.kind in ('array', 'names', 'names-old'):
            self.bad('%s < 0' % count, count, 'NEGATIVE')
            self.bad('%s && !%s' % (count, name), name, 'NULL')
        elif arg.kind in ('uarray', 'buffer', 'fds'):
            self.bad('%s && !%s' % (count, name), name, 'NULL')
        elif arg.kind == 'cpumaps-fill':
            self.check_cpumaps(arg)
        elif arg.kind == 'fd':
            self.bad('%s < 0' % name, name, 'NEGATIVE')
        elif arg.natural:
            self.bad(name + ' < 0', name, 'NEGATIVE')
        elif arg.positive and arg.kind in SCALARS:
            self.bad(name + ' <= 0' if arg.kind == 'int' else '!' + name, name, 'ZERO')

    def check_cpumaps(self, arg):
        name, count = arg.name, arg.count
        self.bad('%s ? %s <= 0 : %s != 0' % (name, count, count), count, 'ZERO')
        maps = [a for a in self.call.args if a.kind == 'array' or a.name == 'ncpumaps']
        if maps:
            number = maps[0].count or maps[0].name
            if maps[0].kind == 'int':
                self.bad('%s <= 0' % number, number, 'ZERO')
            self.bad('%s && %s > INT_MAX / %s' % (count, number, count), number, 'TOO_BIG')

    def paths(self):
        """Makes file names absolute."""
        for arg in self.call.args:
            if arg.kind == 'path':
                self.lines += ['    absolute = vir_call_path(%s, %s);' % (self.object.name, arg.name),
                               '    if (!absolute)', '        return %s;' % self.call.result.failure]

    def give(self, value):
        """The slot's result on its way out."""
        name, failure = self.object.name, self.call.result.failure
        if failure == '-1':
            return 'vir_call_int(%s, %s)' % (name, value)
        if failure == 'NULL':
            return 'vir_call_ptr(%s, %s)' % (name, value)
        return 'vir_call_number(%s, %s)' % (name, value)

    def write_rule(self):
        """A call that needs a read-write connection for one value of an argument."""
        if '=' in self.call.needs:
            self.lines += ['    if (%s && vir_call_write(%s, %s) < 0)' % (
                self.call.needs[9:].replace('=', ' == '), self.number, self.object.name),
                           '        return %s;' % self.call.result.failure]


def pointer(call, name='', args=None):
    params = ', '.join(t for t, _ in (args or call.c_params()))
    return declare(call.result.ctype, '(*%s)(%s)' % (name, params))


def argument(call, name):
    return 'absolute' if any(a.kind == 'path' and a.name == name for a in call.args) else name


def plain_values(call):
    return [argument(call, n) for _, n in call.c_params()]


def alias_values(api, call):
    """Arguments of the fuller form, in its order."""
    other = api.call(call.alias[0])
    rest = plain_values(call)
    return [call.alias[1][n] if n in call.alias[1] else rest.pop(0) for _, n in other.c_params()]


def flags_of(call):
    """The flags that the core checks."""
    names = [a.name for a in call.args if a.kind == 'flags']
    if names:
        return names[0]
    return call.alias[1].get('flags', '0') if call.alias else '0'


def head(call):
    params = ', '.join(declare(t, n) for t, n in call.c_params())
    yield declare(call.result.ctype, '').strip()
    yield from textwrap.wrap('%s(%s)' % (call.name, params), 106, subsequent_indent=' ' * (len(call.name) + 1))
    yield '{'


def check_alone(body):
    """The checks of a function that enters no slot."""
    yield '    if (vir_call_check(%s, %s, 0) < 0)' % (body.number, body.object.name)
    yield '        return %s;' % (body.call.result.failure or '(%s)-1' % body.call.result.ctype)
    for arg in body.call.args:
        body.check(arg)
    yield from body.lines


def local_lines(call):
    """What a function does that only touches the handle."""
    obj, handle = call.first_object().name, call.first_object().object
    out = next((a.name for a in call.args if a.spec.out), None)
    if call.local == 'free':
        return ['vir_object_unref(%s);' % obj, 'return 0;']
    if call.local == 'ref':
        return ['vir_object_ref(%s);' % obj, 'return 0;']
    if call.local == 'connect':
        return ['return %s->object.conn;' % obj]
    if call.local == 'uuid':
        return ['memcpy(%s, %s->uuid, VIR_UUID_BUFLEN);' % (out, obj), 'return 0;']
    if call.local == 'uuid-text':
        return ['vir_uuid_format(%s->uuid, %s);' % (obj, out), 'return 0;']
    cast = '(%s)' % call.result.ctype if call.result.kind == 'c' else ''
    return ['return %svir_%s_%s(%s);' % (cast, handle.word, call.local.replace('-', '_'), obj)]


def local_function(api, call):
    yield from head(call)
    yield from check_alone(Body(api, call))
    yield from ('    ' + line for line in local_lines(call))
    yield '}'
    yield ''


def uuid_text_function(api, call):
    """A look-up by the text of a uuid: the look-up by uuid."""
    body, text = Body(api, call), next(a.name for a in call.args if a.kind == 'uuid-text')
    yield from head(call)
    yield '    unsigned char uuid[VIR_UUID_BUFLEN];'
    yield ''
    yield from check_alone(body)
    yield '    if (vir_call_uuid(%s, %s, %s, uuid) < 0)' % (body.number, body.object.name, text)
    yield '        return NULL;'
    yield '    return %s(%s, uuid);' % (call.alias[0], body.object.name)
    yield '}'
    yield ''


def item_of(handle):
    """(enum vir_list_item, the part) that old calls give of a handle."""
    names = [part.name for part in handle.parts]
    return ('VIR_LIST_NAME', 'name') if 'name' in names else ('VIR_LIST_UUID', 'uuid')


def list_function(call):
    """An old call: the module's own, or an answer from its list of handles."""
    handle = next(a for a in call.listing.args if a.kind == 'list').object
    items = next((a for a in call.args if a.kind in ('names', 'names-old', 'ids')), None)
    flagged = '_flags' if any(a.kind == 'flags' for a in call.args) else ''
    given = ['VIR_CALL_' + call.name, call.first_object().name]
    if items:
        given += ['(void *)' + items.name, items.count]
    given.append('flags' if flagged else call.alias[1].get('flags', '0'))
    if items:
        item, part = ('VIR_LIST_ID', 'id') if items.kind == 'ids' else item_of(handle)
        given += [item, 'offsetof(struct _%s, %s)' % (handle.ctype, part)]
    yield from head(call)
    text = 'return vir_list_%s%s(%s);' % ('items' if items else 'count', flagged, ', '.join(given))
    yield from textwrap.wrap(text, 102, initial_indent='    ', subsequent_indent='        ')
    yield '}'
    yield ''


def function(api, call):
    if call.listing:
        return list_function(call)
    if call.local:
        return local_function(api, call)
    if any(a.kind == 'uuid-text' for a in call.args):
        return uuid_text_function(api, call)
    return slot_function(api, call)


def slot_function(api, call):
    body = Body(api, call)
    obj = body.object.name
    yield from head(call)
    if fills_params(call):
        yield '    flags &= ~(unsigned int)VIR_TYPED_PARAM_STRING_OKAY;'
        yield ''
    if any(a.kind == 'path' for a in call.args):
        yield '    VIR_AUTO_FREE char *absolute = NULL;'
    for arg in call.args:
        body.check(arg)
    body.write_rule()
    body.paths()
    values = ', '.join(plain_values(call))
    if call.alias and call.slot is not None:
        other = api.call(call.alias[0])
        yield '    bool other = false;'
        yield '    vir_fn call = vir_call_enter_as(%s, %s, %s, &other);' % (body.number, obj, flags_of(call))
        result = ['    if (other)',
                  '        return %s;' % body.give('((%s)call)(%s)' % (
                      pointer(other), ', '.join(alias_values(api, call)))),
                  '    return %s;' % body.give('((%s)call)(%s)' % (pointer(call), values))]
    else:
        target = api.call(call.alias[0]) if call.alias else call
        if call.alias:
            values = ', '.join(alias_values(api, call))
        yield '    %s =' % pointer(target, 'call')
        yield '        (__typeof__(call))vir_call_enter(%s, %s, %s);' % (body.number, obj, flags_of(call))
        result = ['    return %s;' % body.give('call(%s)' % values)]
    yield ''
    yield '    if (!call)'
    yield '        return %s;' % call.result.failure
    yield from body.lines
    yield from result
    yield '}'
    yield ''


def outputs(api):
    files = {}
    for call in api.public():
        files.setdefault(call.file, []).append(call)
    for name, calls in files.items():
        stem = name[:-4]
        bodies = [line for call in calls if printed(call) for line in function(api, call)]
        if bodies:
            yield 'core/calls-%s.c' % stem, '\n'.join([HEAD % calls[0].header] + bodies)
