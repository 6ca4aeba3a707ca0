# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rules that hold between entries.  Each gives back a list of problems."""

import manual
from items import nearest
from lines import Problem


def doubles(entries, key, what):
    """Entries that share what must be unique."""
    seen = {}
    for entry in entries:
        value = key(entry)
        if value is None:
            continue
        if value in seen:
            first = seen[value]
            yield Problem(entry, entry.line, '%s %s is already that of %s (%s:%d)' % (
                what, ' '.join(map(str, value)), first.name, first.file, first.line))
        seen.setdefault(value, entry)


def check_numbers(api):
    yield from doubles(api.calls, lambda c: (c.name,), 'name')
    yield from doubles(api.calls, lambda c: (c.program.name, c.number) if c.program else None, 'wire number')


def check_flags(api, call):
    """Flags are named by constants that exist."""
    for arg in call.args:
        if arg.kind == 'flags' and arg.word != 'none' and not api.enum(arg.word):
            yield Problem(call, call.line, "no enum '%s'%s" % (
                arg.word, nearest(arg.word, [e.name for e in api.enums])), '`flags ENUM` or `flags none`')
    names = [name for group in call.never for name in group]
    names += [name for flag, needed in call.with_flags for name in [flag] + needed]
    if call.needs.startswith('write if ') and '=' not in call.needs:
        names += call.needs[9:].split('|')
    if (call.never or call.needs.startswith('write if ')) and not any(a.name == 'flags' for a in call.args):
        if '=' not in call.needs:
            yield Problem(call, call.line, '%s has rules about flags but takes none' % call.name)
    for name in names + [code for code, _ in call.errors]:
        if not api.constant(name):
            yield Problem(call, call.line, "no constant '%s'" % name, 'a constant of an enum')


def check_sentinels(api):
    """Nothing that a program uses stands behind the sentinel of its enum."""
    for enum in api.enums:
        marks = [constant.sentinel for constant in enum.constants]
        if marks != sorted(marks):
            name = enum.constants[marks.index(True)].name
            yield Problem(enum, enum.line, "'%s' is marked `last` but is not the last one" % name,
                          '`last` behind the others only')


def check_acl(api, call):
    """Conditions of permissions are flags, or values of an argument, that the call takes."""
    for rule in call.acl:
        if len(rule.terms) > 2:
            yield Problem(call, call.acl_line, "'%s' has %d parts" % (rule.condition, len(rule.terms)), 'two at the most')
        for _, argument, word in rule.terms:
            if len(api.values_of(call, argument, word)) != 1:
                yield Problem(call, call.acl_line, "'%s' is no condition of %s" % (rule.condition, call.name),
                              'flags that it takes, or `ARGUMENT=CONSTANT`')


def check_permissions(api, call):
    """Permissions are there, and it is known which object they are on; nothing is open by being forgotten."""
    if call.program and call.program.name in ('REMOTE', 'QEMU', 'LXC') and not call.acl_line:
        yield Problem(call, call.line, '%s crosses the wire without `acl`' % call.name,
                      '`acl OBJECT:PERMISSION`, or `acl none` for what everybody may')
    for rule in call.acl + ([call.filter] if call.filter else []):
        known = api.permissions.get(rule.object)
        if not known:
            yield Problem(call, call.acl_line, "no permissions on '%s'%s" % (
                rule.object, nearest(rule.object, api.permissions)), 'a `permissions` entry')
        elif rule.name not in known.granted:
            yield Problem(call, call.acl_line, "no permission '%s'%s" % (rule, nearest(rule.name, known.granted)),
                          'a line of `permissions %s`' % rule.object)
        elif rule.object != 'connect' and not api.access_object(rule.object):
            yield Problem(call, call.acl_line, "no object is '%s' for permissions" % rule.object,
                          '`access %s` in its `object` entry' % rule.object)
        elif rule is not call.filter and rule.object != 'connect' and call.program and not api.object_of(call, rule):
            yield Problem(call, call.acl_line, "which object '%s' is on is not said" % rule,
                          '`about document ARGUMENT`, `about name ARGUMENT` or `about nothing`')
    handles = [api.access_object(rule.object) for rule in call.acl]
    if call.about and call.about.how == 'name' and not all(h and api.call(h.ctype + 'LookupByName') for h in handles):
        yield Problem(call, call.acl_line, "nothing finds the object of '%s' by its name" % call.name,
                      '`about nothing`')
    for argument, macro in call.about.sources if call.about else []:
        if not call.arg(argument) or (macro and not any(m.name == macro for m in api.macros)):
            yield Problem(call, call.acl_line, "'about' names '%s'" % (macro or argument),
                          'an argument, or `ARGUMENT:MACRO`')


def check_access(api):
    """What an object's `access`, `found` and `document` name is there."""
    for entry in api.objects:
        access = entry.handle.access if entry.handle else None
        if not access:
            continue
        parts = {part.name for part in entry.handle.parts}
        named = [part.split('.')[0] for _, part, _ in access.details] + [part for part, _ in access.document]
        named += [condition[0] for _, _, condition in access.details if condition]
        for name in named:
            if name not in parts:
                yield Problem(entry, entry.access_line, "'%s' is no part of %s%s" % (
                    name, entry.name, nearest(name, parts)))
        used = any(rule.object == access.name for call in api.calls for rule in call.acl)
        if used and not api.call(access.found or ''):
            yield Problem(entry, entry.access_line, "no call '%s' finds it" % access.found, '`found CALL`')


def check_alias(api, call):
    """What `as` names exists and takes the rest of the arguments."""
    if not call.alias:
        return
    other = api.call(call.alias[0])
    if not other:
        yield Problem(call, call.alias_line, "no call '%s'%s" % (
            call.alias[0], nearest(call.alias[0], [c.name for c in api.calls])))
        return
    params = [n for _, n in other.c_params()]
    for name in call.alias[1]:
        if name not in params:
            yield Problem(call, call.alias_line, "%s takes no '%s'" % (other.name, name),
                          'one of ' + ', '.join(params))
    left = len(params) - len(call.alias[1])
    if api.listing_of(call):
        return
    if 'front' not in call.hand and left != len(call.c_params()):
        yield Problem(call, call.alias_line, '%s takes %d arguments more than %s gives' % (
            other.name, left - len(call.c_params()), call.name), '`ARGUMENT=VALUE` for each of them')


def check_manual(api, call):
    """What its manual text speaks of is there."""
    for name in call.manuals:
        if name not in api.manuals:
            yield Problem(call, call.line, "no manual '%s'%s" % (name, nearest(name, api.manuals)),
                          'a `manual` entry')
    params = [name for _, name in call.c_params()]
    words = manual.words_of(call)
    for entry in [call] + manual.shared(api, call):
        for name in entry.arguments:
            if name not in params:
                yield Problem(entry, entry.line, "%s takes no '%s'" % (call.name, name),
                              'one of ' + (', '.join(params) or 'none'))
        for word in manual.open_words(entry, words):
            yield Problem(entry, entry.line, "%s has nothing for '{%s}'" % (call.name, word),
                          'one of ' + (', '.join(words) or 'none'))


def check_local(call):
    """A call without a driver reads what the handle remembers."""
    if not call.local:
        return
    first = call.first_object()
    if not first:
        yield Problem(call, call.line, '%s is local but takes no handle' % call.name)
        return
    words = ['free', 'ref', 'connect'] + [part.name.replace('_', '-') for part in first.object.parts]
    words += [word + '-text' for word in words if word == 'uuid']
    if call.local not in words:
        yield Problem(call, call.line, "local '%s'" % call.local, 'one of ' + ', '.join(words))


def check_call(api, call):
    if not call.internal and not call.since:
        yield Problem(call, call.line, '%s has no `since`' % call.name, '`since 9.0.0`')
    if not call.internal and not call.header:
        yield Problem(call, call.line, '%s stands in no header' % call.name, '`header FILE` above it')
    if not call.text:
        yield Problem(call, call.line, '%s has no `text`' % call.name, 'one sentence for its users')
    for arg in call.args:
        if arg.kind in ('struct', 'array', 'uarray', 'array-new') and not api.struct(arg.word):
            yield Problem(call, call.line, "no struct '%s'%s" % (
                arg.word, nearest(arg.word, [s.name for s in api.structs])))
        if arg.kind in ('list', 'handles') and call.program and not arg.object.wire:
            yield Problem(call, call.line, "'%s' cannot travel" % arg.word, 'an object with `parts`')
        if arg.kind == 'callback' and not any(c.name == arg.word for c in api.callbacks):
            yield Problem(call, call.line, "no callback '%s'%s" % (
                arg.word, nearest(arg.word, [c.name for c in api.callbacks])))
    yield from check_flags(api, call)
    yield from check_acl(api, call)
    yield from check_permissions(api, call)
    yield from check_alias(api, call)
    yield from check_manual(api, call)
    yield from check_local(call)


def check_events(api):
    for event in api.events:
        if not any(c.name == event.callback for c in api.callbacks):
            yield Problem(event, event.line, "no callback '%s'" % event.callback, '`calls CALLBACK`')
        if '_EVENT_ID_' not in event.name:
            yield Problem(event, event.line, "'%s' names no family" % event.name, '`event VIR_FAMILY_EVENT_ID_NAME`')
        if not event.text:
            yield Problem(event, event.line, '%s has no `text`' % event.name, 'one sentence for its users')


def check_lists(api):
    """The call that lists an object is there, and each of its flags stands in one group."""
    for entry in api.objects:
        if not entry.lists_line:
            continue
        name, groups = entry.handle.lists
        call = api.call(name)
        if not call or not any(a.kind == 'list' and a.object is entry.handle for a in call.args):
            yield Problem(entry, entry.lists_line, "'%s' does not list %s" % (name, entry.name),
                          'a call that takes `list %s`' % entry.handle.kind)
            continue
        prefix = api.flag_prefix(call)
        enum = next((api.enum(a.word) for a in call.args if a.kind == 'flags'), None)
        words = sorted(word for group in groups for word in group)
        if words != sorted(c.name[len(prefix):] for c in (enum.constants if enum else [])):
            yield Problem(entry, entry.lists_line, 'the groups are not the flags of %s' % name,
                          'the end of the name of each flag, once')


def check_programs(api):
    for name in ('REMOTE', 'QEMU', 'LXC'):
        if name not in api.programs:
            yield Problem('wire.api', 1, "no program '%s'" % name, '`program %s`' % name)


def check(api):
    problems = list(check_programs(api)) + list(check_numbers(api))
    problems += doubles([c for e in api.enums for c in placed(e)], lambda c: (c.name,), 'constant')
    for call in api.calls:
        problems += check_call(api, call)
    problems += check_events(api)
    problems += check_sentinels(api)
    problems += check_lists(api)
    problems += check_access(api)
    problems += [Problem(m, m.line, "no constant '%s'" % code, 'a constant of an enum')
                 for m in api.manuals.values() for code, _ in m.errors if not api.constant(code)]
    return problems


def placed(enum):
    """Constants, with the place of their enum."""
    for constant in enum.constants:
        constant.file, constant.line = enum.file, enum.line
        yield constant


WORDS = ('int', 'unsigned int', 'hyper', 'unsigned hyper', 'char', 'unsigned char', 'unsigned short',
         'double', 'opaque', 'chars')


def check_cycles(api):
    """No wire type contains itself."""
    def inside(name, above):
        entry = api.wire_types.get(name)
        if name in above:
            return Problem(entry, entry.line, "wire type '%s' contains itself" % name)
        fields = [] if not entry or entry.form == 'enum' else \
            entry.fields if entry.form != 'union' else [f for _, f in entry.cases]
        return next(filter(None, (inside(f.type, above + [name]) for f in fields)), None)

    problems = [inside(name, []) for name in api.wire_types]
    return [p for p in problems if p][:1]


def check_wire(api):
    """Every XDR type exists; every array has its limit."""
    problems = check_cycles(api)

    def fields_of(entry, fields):
        for field in fields:
            if field.type not in WORDS and field.type not in api.wire_types and \
                    not field.type.endswith('_msg'):
                problems.append(Problem(entry, entry.line, "no wire type '%s'%s" % (
                    field.type, nearest(field.type, api.wire_types)), 'a `wire-type` entry'))
            if field.type in ('opaque', 'chars') and field.shape not in ('array', 'vector'):
                problems.append(Problem(entry, entry.line, "'%s' has no size" % field.name,
                                        '`%s<MAXIMUM>` or `%s[SIZE]`' % (field.name, field.name)))
            if field.shape == 'array' and not field.limit:
                problems.append(Problem(entry, entry.line, "'%s' has no limit" % field.name,
                                        '`%s<MAXIMUM>`' % field.name))

    for call in api.calls:
        fields_of(call, call.sends + call.answers)
    for entry in api.wire_types.values():
        fields_of(entry, entry.fields if entry.form != 'union' else [f for _, f in entry.cases])
    for event in api.events:
        fields_of(event, event.fields)
        problems += check_payload(event)
    return problems


def check_payload(event):
    """What an event carries is what its callback takes."""
    if event.object and event.program.name == 'REMOTE' and event.id is None:
        yield Problem(event, event.line, "no constant '%s'" % event.name, 'a constant of an enum')
    # typed parameters are two parameters of the callback
    carried = sum(2 if f.type.endswith('typed_param') else 1 for f in event.fields)
    if carried != len(event.c_fields):
        yield Problem(event, event.line, '%s takes %d values, the event carries %d' % (
            event.callback, len(event.c_fields), carried))
