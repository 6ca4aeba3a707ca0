#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every procedure and every permission, as api/ says them: a call without one of the permissions that it needs is
refused, one with them is not, and one that lacks another permission is not either.  For each permission there is a
user who has all but that, a real polkitd, and a driver that has an object of each kind."""

import os
import select
import socket
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '../../api/gen')]
sys.dont_write_bytecode = True
from polkitd import *  # noqa: E402
import apigen  # noqa: E402
from layout import Layout  # noqa: E402

DENIED, READ_ONLY, RPC_ERROR = 88, 29, 39
FIRST_UID = 20000                       # users that nobody has
CONF = 'access_drivers = [ "polkit" ]\nunix_sock_rw_perms = "0777"\n'
api, problems = apigen.load(SOURCE + '/api')
assert not problems, problems
layout = Layout(api)
PROGRAMS = {'REMOTE': REMOTE, 'QEMU': QEMU, 'LXC': LXC}
# The daemon answers these, whatever the permissions; the first is tried with each user.
OURS = {'CONNECT_OPEN', 'CONNECT_CLOSE', 'AUTH_LIST', 'CONNECT_SUPPORTS_FEATURE'}
# Of these the driver asks what they are about.
ASKED = {'DOMAIN_RESTORE', 'DOMAIN_RESTORE_FLAGS', 'DOMAIN_SAVE_IMAGE_GET_XML_DESC'}
PERMISSIONS = [(o, p) for o, entry in sorted(api.permissions.items()) for p in entry.granted]
USER = {permission: FIRST_UID + n for n, permission in enumerate(PERMISSIONS)}
EVERYTHING = FIRST_UID + len(PERMISSIONS)
RULES = '''polkit.addRule(function(action, subject) {
    var missing = {%s};
    if (action.id.indexOf("org.libvirt.api.") != 0)
        return polkit.Result.NOT_HANDLED;
    return missing[subject.user] == action.id ? polkit.Result.NO : polkit.Result.YES;
});
'''

# Who may do all, but nothing with what is called "yours".
NOT_YOURS = '''polkit.addRule(function(action, subject) {
    if (action.id.indexOf("org.libvirt.api.") != 0)
        return polkit.Result.NOT_HANDLED;
    var names = ["domain_name", "network_name", "pool_name", "nwfilter_name"];
    for (var i in names)
        if (action.lookup(names[i]) == "yours")
            return polkit.Result.NO;
    return (action.lookup("secret_uuid") || "").indexOf("02") == 0 ? polkit.Result.NO : polkit.Result.YES;
});
'''
UUID = '*'                              # in values: the first byte of every uuid


def action(permission):
    return ('org.libvirt.api.%s.%s' % permission).replace('_', '-')


def document(call):
    """What describes the object of kind OBJECT that is there."""
    handle = api.access_object(next(rule.object for rule in call.acl if rule.object != 'connect'))
    attributes, inside = '', ''
    for part, place in handle.access.document:
        text = {'uuid': '01000000-0000-0000-0000-000000000000', 'usage_type': 'volume'}.get(part, 'mine')
        if place.startswith('@'):
            attributes += " %s='%s'" % (place[1:], text)
        elif '@' in place:
            inside += "<%s %s='%s'/>" % (place.split('/')[0], place.split('@')[1], text)
        elif '/' not in place:
            inside += '<%s>%s</%s>' % (place, text, place)
    return '<document%s>%s</document>' % (attributes, inside)


def param(name, text):
    """A typed parameter: a string."""
    return string(name) + struct.pack('>i', 7) + string(text)


def params(call, field):
    """Those that say what the call is about."""
    given = [(argument, macro) for argument, macro in (call.about.sources if call.about else [])
             if macro and field.source is call.arg(argument)]
    values = [next(m.value for m in api.macros if m.name == macro).strip('"') for _, macro in given]
    return struct.pack('>I', len(values)) + b''.join(
        param(value, document(call) if value.endswith('xml') else 'mine') for value in values)


def encode(call, field, values):
    """An XDR item: all texts are the name of the object, unless they are its description."""
    word, shape, limit = layout.resolve(field)
    if field.name in values:
        return struct.pack('>I', values[field.name])
    if word == 'remote_typed_param':
        return params(call, field)
    if shape in ('array', 'optional'):
        return b'\0' * 4
    if shape == 'vector':               # a uuid
        return bytes([values.get(UUID, 1)]) + b'\0' * (limit - 1)
    if word in ('string', 'string?'):
        first = call.about.sources[0][0] if call.about and call.about.how == 'document' else None
        text = document(call) if first and field.source is call.arg(first) else 'mine'
        return (struct.pack('>I', 1) if word == 'string?' else b'') + string(text)
    if word in ('int', 'unsigned int'):
        return struct.pack('>I', 1 if field.name == 'id' else 0)
    if word in ('hyper', 'unsigned hyper'):
        return b'\0' * 8
    inside = {UUID: values.get(UUID, 1)}
    return b''.join(encode(call, inner, inside) for inner in api.wire_types[word].fields)


def holds(call, term, values):
    negated, argument, word = term
    arg = call.arg(argument)
    value, given = api.values_of(call, argument, word).pop(), values.get(arg.wire, 0)
    if arg.kind != 'flags':
        return given == value
    return not given & value if negated else bool(given & value)


def variants(call):
    """[({XDR item: value}, permissions needed with it)]: without flags, and with each that a permission hangs on."""
    tries = [{}]
    for rule in call.acl:
        for _, argument, word in rule.terms:
            tries.append({call.arg(argument).wire: api.values_of(call, argument, word).pop()})
    unique = [values for n, values in enumerate(tries) if values not in tries[:n]]
    return [(values, [(rule.object, rule.name) for rule in call.acl
                      if not rule.terms or any(holds(call, term, values) for term in rule.terms)])
            for values in unique]


def calls():
    for program, number in PROGRAMS.items():
        for call in api.procedures(program):
            if call.wire_name not in OURS and not call.before:
                yield number, call


def body(call, values):
    return b''.join(encode(call, field, values) for field in call.sends)


def rows():
    """{user: [(program, procedure, arguments, whether it is refused, what it is called)]}"""
    found = {}
    for program, call in calls():
        for values, needed in variants(call):
            row = (program, call.number, body(call, values))
            name = '%s%s' % (call.wire_name, ' %r' % values if values else '')
            unknown = call.about and call.about.how == 'nothing' and call.wire_name not in ASKED
            for permission in needed:
                if permission != ('connect', 'getattr'):    # who lacks that opens no connection
                    found.setdefault(USER[permission], []).append(
                        row + (True, '%s without %s:%s' % ((name,) + permission)))
            found.setdefault(EVERYTHING, []).append(row + (bool(unknown), name + ' with all'))
            others = [(o, p) for o, p in PERMISSIONS
                      if (o, p) not in needed and needed and o == needed[0][0] and p != 'getattr']
            if others and not unknown:
                found.setdefault(USER[others[0]], []).append(
                    row + (False, '%s without %s:%s' % ((name,) + others[0])))
    return found


def wrong(daemon, work):
    """What was not as it should, of one user's rows."""
    bad = []
    with daemon.client(timeout=60) as client:
        client.open('objects:///')
        for program, number, arguments, refused, name in work:
            reply = client.call(number, arguments, prog=program)
            if (reply.code == DENIED) != refused:
                bad.append('%s: %d (%s)' % (name, reply.code, reply.text))
            elif reply.code == RPC_ERROR and 'descriptors' not in reply.text:
                bad.append('%s: %s' % (name, reply.text))
            elif refused and 'without' in name and action(tuple(name.split()[-1].split(':'))) not in reply.text and \
                    'root' not in reply.text:
                bad.append('%s: another one is said to be missing: %s' % (name, reply.text))
    return bad


class Matrix:
    """The daemon with all users."""

    def __init__(self, conf=CONF, rules=None):
        missing = ', '.join('"%d": "%s"' % (uid, action(permission)) for permission, uid in USER.items())
        self.polkit = Polkit(rules or RULES % missing)
        try:
            self.daemon = Daemon(conf, env=self.polkit.env, modules=('objects',))
        except BaseException:
            self.polkit.__exit__()
            raise
        os.chmod(self.daemon.dir, 0o755)

    def __enter__(self):
        return self.daemon

    def __exit__(self, *error):
        try:
            self.daemon.__exit__(*(error or (None,)))
        finally:
            self.polkit.__exit__()


def test_every_permission():
    with Matrix() as daemon:
        work = rows()
        expect('users', len(work), len(PERMISSIONS))     # one for everything; nobody lacks connect:getattr
        bad = [line for user, found in work.items() for line in As(user, lambda: wrong(daemon, found)).result()]
        n = sum(map(len, work.values()))
        assert n > 1200, n
        print('%d calls of %d users' % (n, len(work)))
        assert not bad, '%d of %d:\n%s' % (len(bad), n, '\n'.join(bad[:40]))


def send_files(client, program, number, arguments, n):
    """(reply, descriptors that came with it, what N descriptors that went with the call were told until all were closed)"""
    inside, outside = os.pipe()
    client.serial += 1
    client.send(message(number, struct.pack('>I', n) + arguments, prog=program, kind=CALL_FDS, serial=client.serial))
    for _ in range(n):
        socket.send_fds(client.sock, [b'\0'], [outside])
    os.close(outside)
    data, fds, _, _ = socket.recv_fds(client.sock, 1 << 16, 32)
    while len(data) < struct.unpack('>I', data[:4])[0] + (data[19] == REPLY_FDS):
        more, others, _, _ = socket.recv_fds(client.sock, 1 << 16, 32)
        data, fds = data + more, fds + others
    told = b''
    while select.select([inside], [], [], 5)[0]:
        piece = os.read(inside, 1 << 16)
        if not piece:
            break
        told += piece
    else:
        told += b' and somebody keeps them'
    os.close(inside)
    for fd in fds:
        os.close(fd)
    head = struct.unpack('>IIIiIII', data[:28])
    return Reply(head, data[32 if head[4] == REPLY_FDS else 28:head[0]]), len(fds), told


def files_of(client, refused, permission=None):
    """What was wrong with the calls that carry descriptors, for who lacks PERMISSION and is REFUSED with a code what needs it."""
    bad = []
    for program, call in calls():
        needed = [(rule.object, rule.name) for rule in call.acl if not rule.terms]
        for n in (0, 1, 32) if call.fds and (not permission or permission in needed) else ():
            wrong_number = call.wire_name == 'DOMAIN_OPEN_GRAPHICS' and n != 1
            reply, back, told = send_files(client, program, call.number, body(call, {}), n)
            allowed = not refused and program != LXC            # there is no container
            if refused:
                right = reply.code == refused
            else:
                right = reply.code == 0 if allowed and not wrong_number else reply.code not in (0, DENIED)
            takes = n if allowed and not wrong_number and call.fds != 'reply' else 0
            if not right or back != (allowed and call.fds != 'call') or told != b'mine' * takes:
                bad.append('%s with %d: %d (%s), %d came back, told %r' % (call.wire_name, n, reply.code, reply.text, back, told))
    return bad


def test_descriptors():
    """Who may not make a call that carries descriptors hands none to the driver and gets none; the daemon keeps none."""
    carrying = [call for _, call in calls() if call.fds]
    assert len(carrying) >= 7, len(carrying)
    needed = sorted({(rule.object, rule.name) for call in carrying for rule in call.acl} - {('connect', 'getattr')})

    def opened(readonly, refused, permission=None):
        with daemon.client(readonly) as client:
            client.open('objects:///')
            return files_of(client, refused, permission)

    def stranger():
        with daemon.client() as client:
            return files_of(client, RPC_ERROR)

    with Matrix() as daemon:
        As(EVERYTHING, lambda: opened(False, 0)).result()
        fds = daemon.fds()
        expect('with all', As(EVERYTHING, lambda: opened(False, 0)).result(), [])
        for permission in needed:
            expect('without %s:%s' % permission, As(USER[permission], lambda: opened(False, DENIED, permission)).result(), [])
        expect('for reading', As(EVERYTHING, lambda: opened(True, READ_ONLY)).result(), [])
        daemon.settle(fds)
    with Matrix(CONF + 'auth_unix_rw = "sasl"\n') as daemon:
        fds = daemon.fds()
        expect('without a login', As(EVERYTHING, stranger).result(), [])
        daemon.settle(fds)


def test_forged_handles():
    """A handle with the name of what is permitted and the uuid of what is not, in every call that takes one."""
    def attempt():
        bad = []
        with daemon.client(timeout=60) as client:
            client.open('objects:///')
            for program, call in taking:
                said = [client.call(call.number, body(call, {UUID: n}), prog=program).code for n in (1, 2)]
                if said[0] == DENIED or said[1] != DENIED:
                    bad.append('%s: %s' % (call.wire_name, said))
        return bad

    taking = [(program, call) for program, call in calls() if any(
        rule.object in ('domain', 'network', 'network_port', 'storage_pool', 'nwfilter', 'secret') and
        not rule.terms and api.object_of(call, rule) == 'handle' for rule in call.acl)]
    assert len(taking) > 200, len(taking)
    with Matrix(rules=NOT_YOURS) as daemon:
        expect('wrong', As(EVERYTHING, attempt).result(), [])


def test_no_connection():
    """Without connect:getattr there is none, for no call."""
    def attempt():
        with daemon.client() as client:
            client.login()
            opened = client.call(OPEN, struct.pack('>I', 1) + string('objects:///') + struct.pack('>I', 0)).code
            return [opened] + sorted({client.call(call.number, body(call, {}), prog=program).code
                                      for program, call in calls()})

    with Matrix() as daemon:
        expect('open, calls', As(USER['connect', 'getattr'], attempt).result(), [DENIED, 1])


def test_no_login():
    """Who has not logged in calls nothing, and nobody is asked about it."""
    def attempt():
        with daemon.client() as client:
            said = {client.call(call.number, body(call, {}), prog=program).text for program, call in calls()}
            return sorted(said)

    with Matrix(CONF + 'auth_unix_rw = "sasl"\n') as daemon:
        expect('every call', As(EVERYTHING, attempt).result(), ['authentication required'])


def test_read_only():
    """All permissions do not help who came by the socket for reading."""
    def attempt():
        bad = []
        with daemon.client(readonly=True) as client:
            client.open('objects:///')
            for program, call in calls():
                code = client.call(call.number, body(call, {}), prog=program).code
                if (code == READ_ONLY) != (call.needs == 'write') and not call.needs.startswith('write if'):
                    bad.append('%s: %d' % (call.wire_name, code))
        return bad

    with Matrix() as daemon:
        expect('wrong', As(EVERYTHING, attempt).result(), [])


if __name__ == '__main__':
    main(globals())
