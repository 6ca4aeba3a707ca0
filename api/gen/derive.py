# SPDX-License-Identifier: LGPL-2.1-or-later
"""Derives what an entry does not say itself: the wire types of an object from
its parts, the XDR items of a call from the kinds of its arguments and result,
and which C thing every item carries."""

import re

import manual
import model
from items import wire_type
from kinds import SCALARS
from model import XdrField


def part_type(part, program):
    """XDR type of one part of a handle: none is left out on the wire."""
    if part.object:
        return wire_type(part.object.wire, program, False)
    if part.kind == 'string':
        return wire_type('string', program, False)
    return 'remote_uuid' if part.kind == 'uuid' else SCALARS[part.kind][1]


def derive_object(entry, api):
    """The struct in which a handle travels, and its name where it may be absent."""
    wire = entry.handle.wire
    parts = [XdrField(part_type(part, entry.program), part.wire) for part in entry.handle.parts]
    whole = wire_type(wire, entry.program, False)
    for form, name, fields in (('struct', whole, parts),
                               ('alias', wire_type(wire, entry.program, True),
                                [XdrField(whole, 'value', 'optional')])):
        made = model.WireType(name)
        made.form, made.fields, made.file, made.line = form, fields, entry.file, entry.line
        api.wire_types[name] = made


def word_of(arg, word, program):
    """XDR type behind a kind's placeholder."""
    if word == 'STRING':
        return wire_type('string', program, arg.nullable or arg.positive)
    if word == 'NONNULL_STRING':
        return wire_type('string', program, False)
    if word == 'OBJECT':
        return wire_type(arg.object.wire, program, arg.nullable)
    if word == 'NONNULL_OBJECT':
        return wire_type(arg.object.wire, program, False)
    if word == 'PARAM':
        return wire_type('typed_param', program, False)
    return word


def item(arg, xtype, letter, program, api):
    """The XDR items of one part of an argument."""
    shape = 'array' if xtype.endswith('<>') else 'one'
    word = xtype.replace('<>', '')
    if word == 'FIELDS':
        struct = api.struct(arg.word)
        return [XdrField(f.type, f.name, f.shape, f.limit, arg, 'field', f.c_name, f.c_count)
                for f in struct.wire]
    if word == 'WIRE':
        word = api.struct(arg.word).wire_name
    word = word_of(arg, word, program)
    if letter == 'v' and arg.object and arg.object.sent and arg.object.kind == arg.kind:
        return [XdrField(part_type(arg.object.parts[0], program), arg.object.sent, 'one', None, arg)]
    if letter == 'v':
        return [XdrField(word, arg.wire, shape, arg.limit, arg, 'value', arg.name, arg.count)]
    if letter == 'n':
        return [XdrField(word, arg.wire_count, shape, None, arg, 'count', arg.count)]
    return [XdrField(word, letter, shape, None, arg, 'need')]


def result_items(call, program):
    result = call.result
    if not result.spec.xdr or not result.wire:
        return []
    word = result.spec.xdr
    if word == 'STRING':
        word = wire_type('string', program, result.nullable)
    elif word == 'OBJECT':
        word = wire_type(result.object.wire, program, False)
    return [XdrField(word, result.wire, 'one', None, result)]


def derive_call(call, api):
    """(sends, answers) that follow from the kinds.  An object or a string
    comes first among the results, a number last."""
    program = call.program.name
    sends = [f for arg in call.args for xtype, letter in arg.spec.sends
             for f in item(arg, xtype, letter, program, api)]
    outs = [f for arg in call.args for xtype, letter in arg.spec.answers
            for f in item(arg, xtype, letter, program, api)]
    result = result_items(call, program)
    answers = result + outs if call.result.spec.first else outs + result
    return sends, answers


def find_source(field, derived):
    """Ties a field that the entry said itself to what it carries: same name."""
    for other in derived:
        if other.name == field.name:
            field.source, field.role = other.source, other.role
            field.c_name, field.c_count = other.c_name, other.c_count
            return


def find_local_source(field, call):
    """The same for kinds that do not cross the wire by themselves."""
    for arg in call.args:
        if field.name in (arg.wire, arg.name):
            field.source, field.c_name = arg, arg.name
            return
    if call.result.wire == field.name:
        field.source = call.result


def derive(api):
    """Fills the wire types of objects; sends, answers and the manual text of every call."""
    for call in api.calls:
        call.listing = api.listing_of(call)
    manual.complete(api)
    for entry in api.objects:
        if entry.handle and entry.handle.wire:
            derive_object(entry, api)
    for call in api.calls:
        if not call.program:
            continue
        derived = dict(zip(('sends', 'answers'), derive_call(call, api)))
        for which in ('sends', 'answers'):
            if which not in call.said:
                setattr(call, which, derived[which])
                continue
            for field in getattr(call, which):
                find_source(field, derived[which])
                if not field.source:
                    find_local_source(field, call)
    for event in api.events:
        callback = next((c for c in api.callbacks if c.name == event.callback), None)
        if callback:
            event.c_fields = [p for p in callback.params if p[1] not in ('conn', 'opaque')]
            if event.object:
                event.c_fields = event.c_fields[1:]
        short = re.sub('^VIR_', '', event.name)
        for enum in api.enums:
            for constant in enum.constants:
                if constant.name == event.name:
                    event.id, event.enum = constant.value, enum
        event.family = short.split('_EVENT_ID')[0].lower()
