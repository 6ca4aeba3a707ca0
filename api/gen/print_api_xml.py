# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the description of the API in the XML form that bindings are
generated from: libvirt-api.xml and those of the companion libraries."""

from xml.sax.saxutils import escape

import describe
import model


def attr(text):
    return escape(str(text), {"'": '&apos;'})


def base(entry):
    return entry.header[:-2]


def info(entry, indent='      '):
    if entry.text:
        yield '%s<info><![CDATA[%s]]></info>' % (indent, '\n\n'.join([entry.text] + list(entry.more)))


def element(tag, attributes, children):
    """One element; attributes with value None are left out."""
    head = '    <%s %s' % (tag, ' '.join("%s='%s'" % (k, attr(v)) for k, v in attributes if v is not None))
    children = list(children)
    if not children:
        yield head + '/>'
        return
    yield head + '>'
    yield from children
    yield '    </%s>' % tag


def exports(entry):
    """[(symbol, type)] of an entry."""
    if isinstance(entry, model.Macro):
        return [(entry.name, 'macro')]
    if isinstance(entry, model.Enum):
        return [(c.name, 'enum') for c in entry.constants] + [(entry.name, 'typedef')]
    if isinstance(entry, model.ObjectType):
        return [(entry.name, 'typedef'), (entry.name + 'Ptr', 'typedef')]
    if isinstance(entry, model.Struct):
        return [(name_of(entry), 'typedef'), (entry.name + 'Ptr', 'typedef'), (entry.tag, 'struct')]
    if isinstance(entry, model.Typedef):
        return [(entry.name, 'typedef')]
    if isinstance(entry, model.Variable):
        return [(entry.name, 'variable')]
    if isinstance(entry, model.Callback) or isinstance(entry, model.Call) and not entry.internal:
        return [(entry.name, 'function')]
    return []


def name_of(entry):
    return getattr(entry, 'typedef', entry.name)


ORDER = ('macro', 'enum', 'typedef', 'struct', 'variable', 'function')


def files(api, headers):
    yield '  <files>'
    for header in headers:
        yield "    <file name='%s'>" % header[:-2]
        yield '     <summary>%s</summary>' % escape(api.about[header] or header)
        yield '     <description>%s</description>' % escape(api.about[header] or header)
        symbols = [s for entry in api.order[header] for s in exports(entry)]
        for name, kind in sorted(symbols, key=lambda s: (ORDER.index(s[1]), s[0])):
            yield "     <exports symbol='%s' type='%s'/>" % (name, kind)
        yield '    </file>'
    yield '  </files>'


def macro(entry):
    params = None if entry.params is None else ','.join(entry.params)
    value = ('string', entry.value.strip('"')) if entry.string else ('raw', entry.value)
    args = ["      <arg name='%s' info=''/>" % p for p in entry.params or []]
    return element('macro', [('name', entry.name), ('file', base(entry)), ('params', params), value,
                             ('version', entry.since)], list(info(entry)) + args)


def constant(enum, item):
    return element('enum', [('name', item.name), ('file', base(enum)), ('value', item.value),
                            ('type', enum.name), ('version', item.since), ('info', item.text or None)], [])


def field(ctype, name, text):
    if ctype.startswith('union'):
        yield "      <field name='%s' type='union' info='%s'>" % (name, attr(text))
        yield '        <union>'
        for part in ctype[len('union {'):-1].split(';'):
            if part.strip():
                kind, _, member = part.strip().rpartition(' ')
                stars = len(member) - len(member.lstrip('*'))
                yield "          <field name='%s' type='%s' info=''/>" % (
                    member.lstrip('*'), attr((kind + ' ' + '*' * stars).strip()))
        yield '        </union>'
        yield '      </field>'
        return
    if '[' in ctype:
        ctype = model.declare(ctype, name)
    yield "      <field name='%s' type='%s' info='%s'/>" % (name, attr(ctype), attr(text))


def struct(entry):
    fields = [line for f in entry.fields for line in field(f.ctype, f.name, f.text)]
    yield from element('struct', [('name', name_of(entry)), ('file', base(entry)),
                                  ('type', 'struct ' + entry.tag), ('version', entry.since)],
                       list(info(entry)) + fields)
    yield from typedef(entry, entry.name + 'Ptr', name_of(entry) + ' *')


def opaque(entry):
    yield from element('struct', [('name', entry.name), ('file', base(entry)),
                                  ('type', 'struct _' + entry.name), ('version', entry.since)], [])
    yield from typedef(entry, entry.name + 'Ptr', entry.name + ' *')


def typedef(entry, name, ctype):
    return element('typedef', [('name', name), ('file', base(entry)), ('type', ctype),
                               ('version', entry.since)], info(entry))


def alias(api, entry):
    """A typedef; another name for a struct is told as the struct."""
    if not entry.ctype.startswith('struct '):
        return typedef(entry, entry.name, entry.ctype)
    target = next(s for s in api.structs if s.tag == entry.ctype[7:])
    fields = [line for f in target.fields for line in field(f.ctype, f.name, f.text)]
    return element('struct', [('name', entry.name), ('file', base(entry)), ('type', entry.ctype),
                              ('version', entry.since)], fields)


def result(ctype, words):
    return "      <return type='%s'%s/>" % (attr(ctype), " info='%s'" % attr(words) if words else '')


def arg(ctype, name, words):
    return "      <arg name='%s' type='%s' info='%s'/>" % (name, attr(ctype), attr(words))


def function(api, call):
    children = list(info(call)) + [result(call.result.ctype, describe.result_words(call))]
    children += [arg(*row) for row in describe.parameters(call)]
    return element('function', [('name', call.name), ('file', base(call)),
                                ('module', api.modules.get(call.header, base(call))), ('version', call.since)],
                   children)


def functype(entry):
    children = list(info(entry)) + [result(entry.ctype, '')]
    children += [arg(ctype.strip(), name, '') for ctype, name in entry.params]
    return element('functype', [('name', entry.name), ('file', base(entry)), ('module', base(entry)),
                                ('version', entry.since)], children)


def variable(entry):
    return element('variable', [('name', entry.name), ('file', base(entry)), ('type', entry.ctype),
                                ('version', entry.since)], info(entry))


def symbols(api, headers):
    entries = sorted((e for h in headers for e in api.order[h]), key=lambda e: e.name)

    def each(kind, printer):
        for entry in entries:
            if isinstance(entry, kind):
                yield from printer(entry)

    yield '  <symbols>'
    yield from each(model.Macro, macro)
    constants = sorted(((c.name, e, c) for e in entries if isinstance(e, model.Enum) for c in e.constants),
                       key=lambda row: row[0])
    for _, enum, item in constants:
        yield from constant(enum, item)
    yield from each(model.ObjectType, opaque)
    yield from each(model.Struct, struct)
    yield from each(model.Enum, lambda e: typedef(e, e.name, 'enum'))
    yield from each(model.Typedef, lambda e: alias(api, e))
    yield from each(model.Variable, variable)
    yield from each(model.Callback, functype)
    yield from each(model.Call, lambda c: [] if c.internal else function(api, c))
    yield '  </symbols>'


def outputs(api):
    for library in model.NODES:
        headers = [h for h in api.order if h and api.libraries[h] == library]
        if not headers:
            continue
        lines = ["<?xml version='1.0' encoding='UTF-8'?>".replace("'", '"'), "<api name='%s'>" % library]
        lines += files(api, headers)
        lines += symbols(api, headers)
        yield 'doc/%s-api.xml' % library, '\n'.join(lines + ['</api>', ''])
