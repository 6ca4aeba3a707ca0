# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints how events cross the wire: wire/forward.c (libvirtd: a callback for
each event, which sends the message) and wire/receive.c (modules/remote: from a
message to the event that the core delivers)."""

from layout import Layout, wrap
from model import declare
from print_event_types import Subject
from print_protocol import HEAD

FAMILIES = {'domain': 'DOMAIN', 'network': 'NETWORK', 'storage_pool': 'STORAGE',
            'node_device': 'NODEDEV', 'secret': 'SECRET'}
SUBJECT = Subject.ctype


def sent(api):
    """Events that are messages about an object."""
    return [e for e in api.events if e.wire_name and e.object]


def pairs(event):
    """[(XDR item, its C parameters)]: both lists are in the same order."""
    params, found = list(event.c_fields), []
    for field in event.fields:
        count = 2 if field.shape == 'array' and SUBJECT not in params[0][0] else 1
        found.append((field, params[:count]))
        params = params[count:]
    assert not params, event.name
    return found


# ---- libvirtd ------------------------------------------------------------------

def forward_name(event):
    return 'daemon_forward_qemu_monitor' if event.program.name == 'QEMU' else 'forward_' + event.short


def set_item(layout, field, params, inner):
    """Lines that put C parameters into an XDR item."""
    place = 'msg.%s%s' % (inner, field.name)
    ctype, name = params[0]
    word = layout.resolve(field)[0]
    if SUBJECT in ctype:
        return ['%s = %s->identities;' % (place, name),
                'msg.%sn_%s = (unsigned int)%s->nidentity;' % (inner, field.name, name)]
    if field.shape == 'array':
        return ['%s = %s;' % (place, name),
                'msg.%sn_%s = (unsigned int)%s;' % (inner, field.name, params[1][1])]
    if word in ('string', 'string?'):
        return ['%s = (char *)(uintptr_t)%s;' % (place, name)]
    return ['%s = %s%s;' % (place, '*' if ctype.endswith('*') else '', name)]


def forward(event, layout):
    head = [('virConnectPtr', 'conn'), (event.object.ptr, event.object_name)]
    params = head + event.c_fields + [('void *', 'opaque')]
    static = '' if event.program.name == 'QEMU' else 'static '
    inner = 'msg.' if event.old_name else ''
    out = ['\n%svoid\n%s\n{\n' % (static, wrap('%s(%s)' % (
        forward_name(event), ', '.join(declare(t, n) for t, n in params)))),
           '    struct daemon_subscription *sub = opaque;\n    struct %s msg = {\n'
           '        .callbackID = sub->callback,\n        .%s%s = rpc_lend_%s(%s),\n    };\n\n'
           '    (void)conn;\n'
           % (event.struct_name(), inner, event.object_name, event.object.wire, event.object_name)]
    for field, given in pairs(event):
        where = '' if field in event.outer else inner
        out += ['    %s\n' % line for line in set_item(layout, field, given, where)]
    place = '&msg.%s%s' % (inner, event.object_name)
    new = '&%s_procedures[%s_PROC_%s], &msg, %s' % (event.program.prefix, event.program.name, event.wire_name, place)
    if event.old_name:
        old = '&%s_procedures[%s_PROC_%s], &msg.msg, %s' % (
            event.program.prefix, event.program.name, event.old_name, place)
        out.append('    if (sub->old)\n        daemon_event_send(sub, %s);\n'
                   '    else\n        daemon_event_send(sub, %s);\n}\n' % (old, new))
    else:
        out.append('    daemon_event_send(sub, %s);\n}\n' % new)
    return ''.join(out)


def forwarders(api):
    layout = Layout(api)
    out = [HEAD, '/* The callbacks that libvirtd registers for its clients. */\n'
           '#include "daemon/wire.h"\n\n'
           '#define FORWARD(f) ((virConnectDomainEventGenericCallback)(void (*)(void))(f))\n']
    out += [forward(e, layout) for e in sent(api)]
    for family in FAMILIES:
        rows = ''.join('    [%d] = FORWARD(%s),\n' % (e.id, forward_name(e))
                       for e in sent(api) if e.family == family)
        out.append('\nstatic const virConnectDomainEventGenericCallback forward_%s[] = {\n%s};\n'
                   % (family, rows))
    out.append('\nconst struct daemon_forwarders daemon_forwarders[DAEMON_FAMILIES] = {\n%s};\n' % ''.join(
        '    [DAEMON_FAMILY_%s] = {\n'
        '        sizeof(forward_%s) / sizeof(forward_%s[0]), forward_%s,\n    },\n'
        % (c, f, f, f) for f, c in FAMILIES.items()))
    return ''.join(out)


# ---- modules/remote --------------------------------------------------------------

def get_item(layout, field, params, inner):
    """C arguments taken from an XDR item."""
    place = inner + field.name
    ctype = params[0][0]
    if SUBJECT in ctype:
        return ['&(%s){ (int)%sn_%s, %s }' % (SUBJECT, inner, field.name, place)]
    if field.shape == 'array':
        return [place, '(int)%sn_%s' % (inner, field.name)]
    if ctype.endswith('*') and layout.resolve(field)[0] not in ('string', 'string?'):
        return ['&' + place]
    return [place]


def receive(event, layout, old):
    """A function from a message's struct to an event."""
    name = 'receive_%s%s' % ('old_' if old else '', event.short)
    wrapped = event.old_name and not old
    inner = 'msg->msg.' if wrapped else 'msg->'
    args = ['%s%s.%s' % (inner, event.object_name, part.wire) for part in event.object.parts]
    for field, params in pairs(event):
        if old and field in event.outer:
            args.append('0')                # the old form does not say it
        else:
            args += get_item(layout, field, params, 'msg->' if field in event.outer else inner)
    return name, ('\nstatic struct vir_event *\n%s(const void *msg_)\n{\n    const struct %s *msg = msg_;\n\n'
                  '    return %s;\n}\n' % (name, event.struct_name(old),
                                           wrap('vir_event_%s(%s)' % (event.short, ', '.join(args)), 4)))


def receivers(api):
    layout, rows = Layout(api), {'REMOTE': {}, 'QEMU': {}}
    out = [HEAD, '/* Events from the messages of a daemon. */\n#include "modules/remote/wire.h"\n'
           '#include "wire/receive.h"\n']
    for event in sent(api):
        for old in ((False, True) if event.old_name else (False,)):
            name, text = receive(event, layout, old)
            out.append(text)
            rows[event.program.name][event.old_number if old else event.number] = name
    for program, made in rows.items():
        out.append('\nconst remote_receive_fn %s_receivers[] = {\n%s};\n\n'
                   'const int %s_n_receivers = %d;\n' % (
            program.lower(), ''.join('    [%d] = %s,\n' % (n, made[n]) for n in sorted(made)),
            program.lower(), max(made, default=0) + 1))
    return ''.join(out)


def receive_header(api):
    structs = ''.join('    struct %s %s;\n' % (n, n) for e in sent(api)
                      for n in [e.struct_name()] + ([e.struct_name(True)] if e.old_name else []))
    return (HEAD + '#ifndef WIRE_RECEIVE_H\n#define WIRE_RECEIVE_H\n\n#include "wire/protocol.h"\n\n'
            '/* From a message\'s struct to an event, by number of the message; NULL: not an event. */\n'
            'typedef struct vir_event *(*remote_receive_fn)(const void *msg);\n'
            'extern const remote_receive_fn remote_receivers[], qemu_receivers[];\n'
            'extern const int remote_n_receivers, qemu_n_receivers;\n\n'
            '/* Room for any of these messages. */\nunion remote_any_event {\n%s};\n\n#endif\n' % structs)


def outputs(api):
    """(path, text) of every file."""
    yield from {'wire/forward.c': forwarders(api), 'wire/receive.c': receivers(api),
            'wire/receive.h': receive_header(api)}.items()
