# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the events: for each a payload, a constructor that copies into it,
the function that hands it to a program's callback, and one that frees it."""

import textwrap

from model import declare

# family of the id's name -> constant; its object is that of the event
FAMILIES = {
    'domain': 'VIR_EVENT_DOMAIN', 'network': 'VIR_EVENT_NETWORK', 'storage_pool': 'VIR_EVENT_STORAGE_POOL',
    'node_device': 'VIR_EVENT_NODE_DEVICE', 'secret': 'VIR_EVENT_SECRET', 'qemu': 'VIR_EVENT_QEMU_MONITOR',
}
# kind of a handle's part -> its member of struct vir_event_object; others: the same name
MEMBER = {'int': 'id'}
C_OF_XDR = {'int': 'int', 'unsigned int': 'unsigned int', 'hyper': 'long long',
            'unsigned hyper': 'unsigned long long'}


class Number:
    """A payload's field: how it is declared, passed, copied, freed, delivered.  This one is a
    number; `free` is None where nothing is held."""

    free = None

    def __init__(self, field):
        self.name = field.name
        self.ctype = C_OF_XDR.get(field.type)

    def parameter(self):
        return declare(self.ctype, self.name)

    def member(self):
        return self.parameter() + ';'

    def copy(self):
        return '.%s = %s,' % (self.name, self.name)

    def argument(self):
        return 'p->' + self.name


class Text(Number):
    def parameter(self):
        return 'const char *' + self.name

    def member(self):
        return 'char *%s;' % self.name

    def copy(self):
        return '.%s = vir_strdup(%s),' % (self.name, self.name)

    def free(self):
        return 'free(p->%s);' % self.name


class Params(Number):
    """Typed parameters: an array and its number."""

    def parameter(self):
        return 'virTypedParameterPtr %s, int n%s' % (self.name, self.name)

    def member(self):
        return 'virTypedParameterPtr %s; int n%s;' % (self.name, self.name)

    def copy(self):
        return '.%s = copy_params(%s, n%s), .n%s = n%s,' % ((self.name,) * 5)

    def free(self):
        return 'virTypedParamsFree(p->%s, p->n%s);' % (self.name, self.name)

    def argument(self):
        return 'p->%s, p->n%s' % (self.name, self.name)


class Struct(Number):
    """A public struct; copy_WORD and free_WORD stand in HEAD."""

    ctype = word = None

    def __init__(self, field):
        self.name = field.name

    def parameter(self):
        return 'const %s *%s' % (self.ctype, self.name)

    def member(self):
        return '%s %s;' % (self.ctype, self.name)

    def copy(self):
        return '.%s = copy_%s(%s),' % (self.name, self.word, self.name)

    def free(self):
        return 'free_%s(&p->%s);' % (self.word, self.name)

    def argument(self):
        return '&p->' + self.name


class Address(Struct):
    ctype, word = 'virDomainEventGraphicsAddress', 'address'


class Subject(Struct):
    ctype, word = 'virDomainEventGraphicsSubject', 'subject'


# XDR type -> the class of its field; texts have many types, numbers the rest
CLASSES = {'remote_typed_param': Params, 'remote_domain_event_graphics_address': Address,
           'remote_domain_event_graphics_identity': Subject}


def field_of(field):
    return CLASSES.get(field.type, Text if field.type.endswith('_string') else Number)(field)


def told(api):
    """The events that have a constructor, with their fields."""
    return [(e, [field_of(f) for f in e.fields]) for e in api.events if e.family in FAMILIES]


def constructor(event, fields):
    params = [declare(*p) for part in event.object.parts for p in part.c_params()]
    params += [f.parameter() for f in fields]
    head = 'vir_event_%s(' % event.short
    return 'struct vir_event *', head, ', '.join(params)


def declarations(api):
    lines = ['/* ---- events ---- */', '', '/* Families of events; their numbers are those of the public',
             ' * enums, a QEMU monitor event has number 0. */', 'enum vir_event_family {']
    lines += ['    %s,' % constant for constant in FAMILIES.values()]
    lines += ['    VIR_EVENT_CONNECTION, /* that it closed: vir_connect_closed */', '    VIR_EVENT_FAMILIES', '};', '']
    lines += ['/* Constructors: strings and arrays are copied; never NULL. */']
    for event, fields in told(api):
        ctype, head, params = constructor(event, fields)
        lines += textwrap.wrap('%s%s%s);' % (ctype, head, params), 106, subsequent_indent='        ')
    return lines + ['']


HEAD = """\
/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Constructors and deliverers of all events.  Printed from api/. */
#include <stdlib.h>

#include "core/private.h"

#define CB(type) ((type)callback)

static virTypedParameterPtr
copy_params(virTypedParameterPtr params, int nparams)
{
    virTypedParameterPtr copy = vir_alloc_array(nparams, sizeof(*copy));
    int i;

    for (i = 0; i < nparams; i++) {
        copy[i] = params[i];
        if (params[i].type == VIR_TYPED_PARAM_STRING)
            copy[i].value.s = vir_strdup(params[i].value.s);
    }
    return copy;
}

static virDomainEventGraphicsAddress
copy_address(const virDomainEventGraphicsAddress *from)
{
    return (virDomainEventGraphicsAddress){ from->family, vir_strdup(from->node), vir_strdup(from->service) };
}

static void
free_address(virDomainEventGraphicsAddress *address)
{
    free(address->node);
    free(address->service);
}

static virDomainEventGraphicsSubject
copy_subject(const virDomainEventGraphicsSubject *from)
{
    virDomainEventGraphicsSubject copy = { from->nidentity, NULL };
    int i;

    copy.identities = vir_alloc_array(from->nidentity, sizeof(*copy.identities));
    for (i = 0; i < from->nidentity; i++) {
        copy.identities[i].type = vir_strdup(from->identities[i].type);
        copy.identities[i].name = vir_strdup(from->identities[i].name);
    }
    return copy;
}

static void
free_subject(virDomainEventGraphicsSubject *subject)
{
    int i;

    for (i = 0; i < subject->nidentity; i++) {
        free(subject->identities[i].type);
        free(subject->identities[i].name);
    }
    free(subject->identities);
}
"""


def event_code(event, fields):
    short = event.short
    if fields:
        yield 'struct %s {' % short
        yield from ('    ' + f.member() for f in fields)
        yield '};'
        yield ''
    yield 'static void'
    yield 'deliver_%s(virConnectPtr conn, void *object, const void *payload, void (*callback)(void), ' \
          'void *opaque)' % short
    yield '{'
    if fields:
        yield '    struct %s *p = (struct %s *)payload;' % (short, short)
    else:
        yield '    (void)payload;'
    yield ''
    arguments = ''.join(f.argument() + ', ' for f in fields)
    if event.callback.endswith('GenericCallback'):
        arguments = ''
    yield '    CB(%s)(conn, object, %sopaque);' % (event.callback, arguments)
    yield '}'
    yield ''
    frees = [f.free() for f in fields if f.free]
    if frees:
        yield 'static void'
        yield 'clear_%s(void *payload)' % short
        yield '{'
        yield '    struct %s *p = payload;' % short
        yield ''
        yield from ('    ' + line for line in frees)
        yield '}'
        yield ''
    if event.family == 'qemu':
        yield 'static const char *'
        yield 'key_%s(const void *payload)' % short
        yield '{'
        yield '    return ((const struct %s *)payload)->event;' % short
        yield '}'
        yield ''
    yield 'static const struct vir_event_type type_%s = {' % short
    yield '    %s, %d, %s,' % (FAMILIES[event.family], event.id or 0,
                               'sizeof(struct %s)' % short if fields else '0')
    yield '    deliver_%s, %s, %s' % (short, 'clear_' + short if frees else 'NULL',
                                      'key_' + short if event.family == 'qemu' else 'NULL')
    yield '};'
    yield ''
    ctype, head, params = constructor(event, fields)
    yield ctype.strip()
    yield from textwrap.wrap(head + params + ')', 100, subsequent_indent=' ' * len(head))
    yield '{'
    about = ', '.join('.%s = %s' % (MEMBER.get(part.kind, part.name), part.name) for part in event.object.parts)
    yield '    struct vir_event_object object = { %s };' % about
    if fields:
        yield '    struct %s payload = {' % short
        yield from ('        ' + f.copy() for f in fields)
        yield '    };'
    yield ''
    yield '    return vir_core.event_new(&type_%s, &object, %s);' % (short, '&payload' if fields else 'NULL')
    yield '}'
    yield ''


def outputs(api):
    lines = [HEAD]
    for event, fields in told(api):
        lines += event_code(event, fields)
    yield 'driver/events.c', '\n'.join(lines)
