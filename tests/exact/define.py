#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Defines documents on one connection and tells what became of each, as JSON: the
code of a refusal, or the dumps, and the dump of what its own dump defines.  Which
library this is, the caller's environment says.  Everything stays defined, so that
a daemon can be restarted and asked --again; what is left is the caller's to end.

    define.py URI KIND <documents.json >answers.json      documents: {name: text}
    define.py --again URI KIND <names.json >dumps.json"""

import json
import sys

import libvirt

DIED = 128 + 6
DOMAIN_DUMPS = {'plain': 0, 'secure': libvirt.VIR_DOMAIN_XML_SECURE, 'inactive': libvirt.VIR_DOMAIN_XML_INACTIVE,
                'migratable': libvirt.VIR_DOMAIN_XML_MIGRATABLE}


class Kind:
    """How objects of a kind are defined, found and dumped; which dump defines the same again (None: it cannot)."""

    def __init__(self, define, find, dumps, whole='plain'):
        self.define, self.find, self.dumps, self.whole = define, find, dumps, whole

    def dump(self, thing, name):
        describe = getattr(thing, 'XMLDesc', None) or thing.getXMLDesc
        return describe(self.dumps[name])


PLAIN = {'plain': 0}
KINDS = {
    'domain': Kind(lambda c, x: c.defineXMLFlags(x, 0), lambda c, n: c.lookupByName(n), DOMAIN_DUMPS, 'secure'),
    'network': Kind(lambda c, x: c.networkDefineXML(x), lambda c, n: c.networkLookupByName(n), PLAIN),
    'storagepool': Kind(lambda c, x: c.storagePoolDefineXML(x, 0), lambda c, n: c.storagePoolLookupByName(n), PLAIN),
    'interface': Kind(lambda c, x: c.interfaceDefineXML(x, 0), lambda c, n: c.interfaceLookupByName(n), PLAIN),
    'nodedev': Kind(lambda c, x: c.nodeDeviceCreateXML(x, 0), lambda c, n: c.nodeDeviceLookupByName(n), PLAIN),
    'storagevol': Kind(lambda c, x: c.storagePoolLookupByName('default-pool').createXML(x, 0),
                       lambda c, n: c.storagePoolLookupByName('default-pool').storageVolLookupByName(n), PLAIN),
    'domainsnapshot': Kind(lambda c, x: c.lookupByName('test').snapshotCreateXML(x, 0),
                           lambda c, n: c.lookupByName('test').snapshotLookupByName(n, 0), {'plain': 0}, None),
    'domaincheckpoint': Kind(lambda c, x: c.lookupByName('test').checkpointCreateXML(x, 0),
                             lambda c, n: c.lookupByName('test').checkpointLookupByName(n, 0), {'plain': 0}, None),
    'secret': Kind(lambda c, x: c.secretDefineXML(x, 0), None, PLAIN),
    'nwfilter': Kind(lambda c, x: c.nwfilterDefineXML(x), lambda c, n: c.nwfilterLookupByName(n), PLAIN),
}


def refusal(error):
    return {'code': error.get_error_code(), 'message': str(error)}


def answer(conn, kind, text):
    try:
        thing = kind.define(conn, text)
        told = {'dumps': {name: kind.dump(thing, name) for name in kind.dumps}}
    except libvirt.libvirtError as error:
        return refusal(error)
    if not kind.whole:
        return told
    try:
        told['again'] = kind.dump(kind.define(conn, told['dumps'][kind.whole]), kind.whole)
    except libvirt.libvirtError as error:
        told['again'] = refusal(error)
    return told


def dumps_of(conn, kind, name):
    try:
        thing = kind.find(conn, name)
        return {dump: kind.dump(thing, dump) for dump in kind.dumps}
    except libvirt.libvirtError as error:
        return refusal(error)


def main():
    again = sys.argv[1] == '--again'
    uri, kind = sys.argv[2 if again else 1:]
    libvirt.registerErrorHandler(lambda context, error: None, None)
    conn = libvirt.open(uri)
    given = json.load(sys.stdin)
    if again:
        told = {name: dumps_of(conn, KINDS[kind], name) for name in given}
    else:
        told = {name: answer(conn, KINDS[kind], text) for name, text in given.items()}
    if not conn.isAlive():              # the daemon died of one of them
        sys.exit(DIED)
    json.dump(told, sys.stdout)


if __name__ == '__main__':
    main()
