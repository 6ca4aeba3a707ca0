# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the public headers."""

import re
import textwrap

import model
from model import declare

# The umbrella header includes those of libvirt.so.0 but errors.
UMBRELLA = 'libvirt.h'
APART = 'virterror.h'
COMMON = 'libvirt-common.h'


def comment(text, indent=''):
    """A comment of one or more lines; `(Since 1.2.3)` stays together."""
    lines = textwrap.wrap(text.replace('(Since ', '(Since\0'), 76 - len(indent))
    lines = [line.replace('\0', ' ') for line in lines]
    if len(lines) == 1 and len(lines[0]) < 74 - len(indent):
        return ['%s/* %s */' % (indent, lines[0])]
    return [indent + '/*'] + ['%s * %s' % (indent, line) for line in lines] + [indent + ' */']


def documented(entry):
    since = '(Since %s)' % entry.since
    return comment('%s %s' % (entry.text, since) if entry.text else since)


def print_object(entry):
    yield from documented(entry)
    yield 'typedef struct _%s %s;' % (entry.name, entry.name)
    yield 'typedef %s *%sPtr;' % (entry.name, entry.name)


def print_enum(enum):
    if enum.text:
        yield from comment(enum.text)
    yield 'typedef enum {'
    sentinels = False
    for constant in enum.constants:
        if constant.sentinel != sentinels:
            yield '# ifdef VIR_ENUM_SENTINELS' if constant.sentinel else '# endif'
            sentinels = constant.sentinel
        note = constant.text + ' ' if constant.text else ''
        value = '%d' % constant.value if constant.shift is None else \
            '1%s << %d' % ('U' if constant.shift == 31 else '', constant.shift)
        yield '    %s = %s, /* %s(Since %s) */' % (constant.name, value, note, constant.since)
    if sentinels:
        yield '# endif'
    yield '} %s;' % enum.name


def print_struct_names(struct):
    yield 'typedef struct %s %s;' % (struct.tag, struct.typedef)
    yield 'typedef %s *%sPtr;' % (struct.typedef, struct.name)


def print_struct(struct):
    yield from documented(struct)
    yield 'struct %s {' % struct.tag
    for field in struct.fields:
        note = '  /* %s */' % field.text if field.text else ''
        yield '    %s;%s' % (declare(field.ctype, field.name), note)
    yield '};'


def print_callback(callback):
    params = ', '.join(declare(*p) for p in callback.params) or 'void'
    yield from documented(callback)
    yield from fold('typedef %s' % declare(callback.ctype, '(*%s)(%s);' % (callback.name, params)))


def print_typedef(entry):
    yield from documented(entry)
    yield 'typedef %s;' % declare(entry.ctype, entry.name)


def print_macro(macro):
    yield from documented(macro)
    params = '' if macro.params is None else '(%s)' % ', '.join(macro.params)
    value = macro.value
    if len(value) > 70:
        value = '\\\n    ' + value
    yield '# define %s%s %s' % (macro.name, params, value)


def print_variable(variable):
    yield from documented(variable)
    yield 'extern %s %s;' % (variable.ctype, variable.name)


def fold(prototype):
    """A declaration, its parameters folded below one another."""
    head, paren, params = prototype.rpartition('(')
    if len(prototype) <= 80:
        return [prototype]
    pad = ' ' * (len(head) + 1)
    if len(pad) > 50:
        pad = ' ' * 8
        return [head + paren] + [pad + p for p in params.replace(', ', ',\n').split('\n')]
    lines = params.replace(', ', ',\n').split('\n')
    return [head + paren + lines[0]] + [pad + line for line in lines[1:]]


def print_call(call):
    if call.internal:
        return
    yield from documented(call)
    yield from fold(call.prototype() + ';')


# In the order of a header.
PRINTERS = ((model.ObjectType, print_object), (model.Macro, print_macro), (model.Enum, print_enum),
            (model.Typedef, print_typedef), (model.Struct, print_struct), (model.Callback, print_callback),
            (model.Variable, print_variable), (model.Call, print_call))


def defined_in(api):
    """{type name: header}"""
    where = {}
    for header, entries in api.order.items():
        for entry in entries:
            if isinstance(entry, (model.ObjectType, model.Struct)):
                where[entry.name + 'Ptr'] = where[entry.name] = header
            elif isinstance(entry, (model.Enum, model.Callback, model.Typedef, model.Macro)):
                where[entry.name] = header
    return where


def words(text):
    return set(re.findall(r'\b(?:vir|VIR)\w+', text))


def mentions(entry):
    """Names of other types in a declaration."""
    if isinstance(entry, model.Call):
        return set() if entry.internal else words(entry.prototype())
    if isinstance(entry, model.Callback):
        return words(' '.join([entry.ctype] + [t for t, _ in entry.params]))
    if isinstance(entry, model.Struct):
        return words(' '.join(f.ctype for f in entry.fields))
    if isinstance(entry, model.Macro):
        return words(entry.value)
    return words(getattr(entry, 'ctype', None) or '')


def includes(api, header):
    """Headers that HEADER needs."""
    where = defined_in(api)
    needed = {where[word] for entry in api.order[header] for word in mentions(entry) if word in where}
    return needed - {header, None}


def in_order(entries):
    """The entries, each behind those of this header that it mentions."""
    by_name = {e.name: e for e in entries if not isinstance(e, (model.Call, model.Event))}
    by_name.update({e.name + 'Ptr': e for e in entries if isinstance(e, model.ObjectType)})
    done, ordered = set(), []
    ranks = [kind for kind, _ in PRINTERS]

    def rank(entry):
        return next((n for n, kind in enumerate(ranks) if isinstance(entry, kind)), len(ranks))

    def place(entry):
        if id(entry) in done:
            return
        done.add(id(entry))
        for name in sorted(mentions(entry)):
            if name in by_name:
                place(by_name[name])
        ordered.append(entry)

    for entry in sorted(entries, key=rank):
        place(entry)
    return ordered


def guard_name(header):
    return re.sub(r'\W', '_', header.upper())


def header_text(api, header):
    needed = includes(api, header)
    if header != COMMON:
        needed.add(COMMON)
    if api.libraries[header] != 'libvirt' or header == APART:
        if needed - {COMMON}:
            needed = {UMBRELLA} | (needed & {APART})
    lines = ['/* SPDX-License-Identifier: LGPL-2.1-or-later */']
    lines += comment('%s  Printed from api/; part of %s.' % (api.about[header] or header, api.libraries[header]))
    lines += ['#ifndef %s' % guard_name(header), '# define %s' % guard_name(header), '']
    if header == COMMON:
        lines += ['# include <string.h>', '# include <sys/types.h>', '']
    lines += ['# include <libvirt/%s>' % name for name in sorted(needed, key=include_order)]
    lines += ['', '# ifdef __cplusplus', 'extern "C" {', '# endif',
              '# if defined(__GNUC__) && defined(VIR_BUILDS_LIBVIRT)',
              '#  pragma GCC visibility push(default)', '# endif', '']
    entries = api.order[header]
    for entry in entries:
        if isinstance(entry, model.Struct):
            lines += print_struct_names(entry)
    for entry in in_order(entries):
        for kind, printer in PRINTERS:
            if isinstance(entry, kind):
                text = list(printer(entry))
                lines += [''] + text if text else []
    lines.append('')
    lines += ['# if defined(__GNUC__) && defined(VIR_BUILDS_LIBVIRT)', '#  pragma GCC visibility pop',
              '# endif', '# ifdef __cplusplus', '}', '# endif', '', '#endif', '']
    return '\n'.join(lines)


def include_order(header):
    return (header != COMMON, header != 'libvirt-host.h', header)


def umbrella_text(api):
    lines = ['/* SPDX-License-Identifier: LGPL-2.1-or-later */',
             '/* The whole public interface of libvirt.so.0 but for errors (virterror.h).',
             ' * Printed from api/. */',
             '#ifndef LIBVIRT_H', '# define LIBVIRT_H', '']
    names = [h for h in api.order if h and api.libraries[h] == 'libvirt' and h != APART]
    lines += ['# include <libvirt/%s>' % name for name in sorted(names, key=include_order)]
    return '\n'.join(lines + ['', '#endif', ''])


def outputs(api):
    for header in api.order:
        if header:
            yield 'include/libvirt/' + header, header_text(api, header)
    yield 'include/libvirt/' + UMBRELLA, umbrella_text(api)
