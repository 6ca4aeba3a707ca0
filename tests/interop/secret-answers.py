#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes, changes, reads and removes secrets of a daemon, rightly and wrongly, and prints every answer, error and event
on a line: who compares the output of two runs compares two daemons.  secret-answers.py URI [--words]"""

import re
import sys
import time

import libvirt

KINDS = {'volume': 'volume', 'ceph': 'name', 'iscsi': 'target', 'tls': 'name', 'vtpm': 'name'}
seen = []


def uuid(number):
    return '5ec2e700-0000-4000-8000-%012d' % number


def document(number=None, kind=None, ident=None, say='', **attributes):
    attributes = ''.join(" %s='%s'" % pair for pair in attributes.items())
    text = '<secret%s>' % attributes + ('<uuid>%s</uuid>' % uuid(number) if number is not None else '') + say
    if kind:
        text += "<usage type='%s'><%s>%s</%s></usage>" % (kind, KINDS[kind], ident, KINDS[kind])
    return text + '</secret>'


# What a document may be, and what it may not.
DOCUMENTS = [
    document(1), document(2, ephemeral='yes'), document(3, private='yes'), document(4, ephemeral='yes', private='yes'),
    document(10, 'volume', '/images/a'), document(11, 'ceph', 'client.a secret'), document(12, 'iscsi', 'iqn.2013-07.a:b'),
    document(13, 'tls', 'TLS a'), document(14, 'vtpm', 'tpm a'), document(15, say='<description>of &lt; and &amp;</description>'),
    document(16, say='<description></description>'), document(17, say='<description>a</description><description>b</description>'),
    document(18, ephemeral='maybe'), document(18, private='maybe'), document(18, ephemeral=''), document(18, private=''),
    '<secret><uuid>nonsense</uuid></secret>', '<secret><uuid></uuid></secret>', '<secret/>', '<secrets/>',
    '<domain/>', "<secret><usage/></secret>", "<secret><usage type='none'/></secret>", "<secret><usage type='other'/></secret>",
    "<secret><usage type='volume'/></secret>", "<secret><usage type='volume'><volume/></usage></secret>",
    "<secret><usage type='volume'><name>a</name></usage></secret>", "<secret><usage type='ceph'/></secret>",
    "<secret><usage type='ceph'><name></name></usage></secret>", "<secret><usage type='iscsi'/></secret>",
    "<secret><usage type='tls'/></secret>", "<secret><usage type='vtpm'/></secret>", "<secret><usage type=''/></secret>",
    '<secret><uuid>%s</uuid><other>a</other></secret>' % uuid(19), '<secret foo="a"><uuid>%s</uuid></secret>' % uuid(20),
    '<secret><uuid> %s </uuid></secret>' % uuid(22), '<secret><uuid>%s</uuid></secret>' % uuid(23).upper().replace('-', ''),
    "<secret><uuid>%s</uuid><usage type='volume'><volume> /images/b </volume></usage></secret>" % uuid(24),
    "<secret><usage type='tls'><name>c</name></usage><uuid>%s</uuid><usage type='tls'><name>d</name></usage></secret>" % uuid(25),
    # the same again, and what contradicts what is there
    document(1), document(1, say='<description>new</description>'), document(1, 'tls', 'another'), document(10),
    document(10, 'volume', '/images/a'), document(10, 'volume', '/images/b'), document(10, 'ceph', '/images/a'),
    document(30, 'volume', '/images/a'), document(31, 'ceph', '/images/a'), document(None, 'volume', '/images/a'),
    document(2), document(1, ephemeral='yes'), document(1), document(3), document(3, private='yes'), document(4, private='yes'),
    document(13, 'tls', 'TLS a', private='yes', ephemeral='yes'), document(13, 'tls', 'TLS a'),
]


def plain(value):
    if isinstance(value, libvirt.virSecret):
        return 'secret %s %d %s' % (named(value.UUIDString()), value.usageType(), value.usageID())
    if isinstance(value, (list, tuple)):
        return sorted((plain(v) for v in value), key=str)
    return named(value) if isinstance(value, str) else value


def named(text):
    """Without identities that were made up."""
    return re.sub(r'(?!5ec2e700)\b[0-9a-f]{8}-[0-9a-f-]{27}', 'SOME-UUID', text)


def ask(label, function, *args):
    try:
        value = function(*args)
        print(label, args, '=', repr(plain(value)))
        return value
    except libvirt.libvirtError as error:
        words = ' ' + named(str(error)) if '--words' in sys.argv else ''
        print(label, args, '! %s %s%s' % (error.get_error_code(), error.get_error_domain(), words))
    return None


def happened(wanted=1):
    """So many events, as they come: a moment after the answer, perhaps."""
    end = time.monotonic() + 10
    while len(seen) < wanted and time.monotonic() < end:
        libvirt.virEventRunDefaultImpl()
    for line in seen:
        print('   event', line)
    seen.clear()


def on_event(_conn, secret, *what):
    seen.append((named(secret.UUIDString()), secret.usageType(), secret.usageID()) + what[:-1])


def lists(conn):
    ask('numOfSecrets', conn.numOfSecrets)
    ask('listSecrets', conn.listSecrets)
    for flags in list(range(16)) + [16, 1 << 31 >> 1]:
        ask('listAllSecrets', conn.listAllSecrets, flags)


def values(conn, number):
    secret = ask('lookup', conn.secretLookupByUUIDString, uuid(number))
    if not secret:
        return
    ask('value', secret.value)
    for value in b'', b'a', b'\0\xff\n', b'x' * 65536, b'x' * 65537, b'last':
        try:
            print('setValue', len(value), '=', secret.setValue(value, 0))
            happened()
        except libvirt.libvirtError as error:
            print('setValue', len(value), '! %d %d' % (error.get_error_code(), error.get_error_domain()))
        ask('value', lambda: len(secret.value()))
    for flags in 1, 2:
        ask('setValue', secret.setValue, b'never', flags)
        ask('value', secret.value, flags)
        ask('XMLDesc', secret.XMLDesc, flags)
    ask('value', secret.value)


def main(uri):
    libvirt.registerErrorHandler(lambda *ignored: None, None)
    libvirt.virEventRegisterDefaultImpl()
    libvirt.virEventAddTimeout(500, lambda *ignored: None, None)        # so that waiting ends
    conn = libvirt.open(uri)
    for what in 'getType', 'isEncrypted', 'isSecure', 'isAlive':
        ask(what, getattr(conn, what))
    for call in 'getVersion', 'getInfo', 'getCapabilities', 'numOfDomains', 'listAllDomains':
        ask(call, getattr(conn, call))
    lists(conn)
    numbers = [conn.secretEventRegisterAny(None, event, on_event, None) for event in (0, 1)]
    for text in DOCUMENTS:
        secret = ask('define', conn.secretDefineXML, text, 0)
        if secret:
            happened()
            ask('XMLDesc', secret.XMLDesc)
            if not secret.UUIDString().startswith('5ec2e700'):
                ask('undefine', secret.undefine)
                happened()
    for flags in 1, 2, 3:
        for text in document(40), '<secret><uuid>%s</uuid><other/></secret>' % uuid(41), '<secret a="b"/>':
            secret = ask('define', conn.secretDefineXML, text, flags)
            if secret:
                ask('undefine', secret.undefine)
                happened(2)
    for number in range(1, 26):
        secret = ask('lookup', conn.secretLookupByUUIDString, uuid(number))
        if secret:
            ask('XMLDesc', secret.XMLDesc)
    lists(conn)
    for kind in range(-1, 7):
        for ident in '', '/images/a', 'TLS a', 'iqn.2013-07.a:b', 'nobody':
            ask('lookupByUsage', conn.secretLookupByUsage, kind, ident)
    for number in 1, 2, 3, 4, 10, 99:
        values(conn, number)
    # what remains of a value when the secret is defined anew
    for text in document(1, say='<description>a</description>'), document(1, ephemeral='yes'), document(1), document(1, private='yes'):
        secret = ask('define', conn.secretDefineXML, text, 0)
        happened()
        ask('value', secret.value)
    old = [conn.secretLookupByUUIDString(uuid(number)) for number in (1, 2, 10)]
    for secret in old:
        ask('undefine', secret.undefine)
        happened()
        for call in 'undefine', 'XMLDesc', 'value':
            ask(call, getattr(secret, call))
        ask('setValue', secret.setValue, b'a', 0)
    ask('define', conn.secretDefineXML, document(30, 'volume', '/images/a'), 0)
    happened()
    # of one secret only
    one = conn.secretLookupByUUIDString(uuid(30))
    for number in numbers:
        conn.secretEventDeregisterAny(number)
    number = conn.secretEventRegisterAny(one, 1, on_event, None)
    for secret in conn.secretLookupByUUIDString(uuid(11)), one:
        secret.setValue(b'abc', 0)
    happened()
    ask('deregister', conn.secretEventDeregisterAny, number)
    ask('deregister', conn.secretEventDeregisterAny, number)
    lists(conn)
    conn.close()
    conn = libvirt.openReadOnly(uri)
    secret = conn.secretLookupByUUIDString(uuid(11))
    for call in 'XMLDesc', 'value', 'undefine', 'usageID':
        ask('read-only ' + call, getattr(secret, call))
    ask('read-only setValue', secret.setValue, b'a', 0)
    ask('read-only define', conn.secretDefineXML, '<nonsense/>', 0)
    conn.close()


if __name__ == '__main__':
    main(sys.argv[1])
