#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Read-only means read-only: every procedure of every program on the read-only
socket.  readonly.txt lists what may be called there; all else is denied before
its arguments are looked at, and that is also so for a read-only connection on
the other socket."""

import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402

DENIED = 29


def allowed():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'readonly.txt')) as handle:
        rows = [line.split() for line in handle if line[0] != '#']
    return {(int(program, 16), int(number)) for program, number in rows}


def check(client):
    may = allowed()
    wrong = []
    for prog, last in ((REMOTE, 444), (QEMU, 8), (LXC, 2)):
        for number in range(1, last):
            if prog == REMOTE and number in (OPEN, CLOSE):
                continue
            reply = client.call(number, prog=prog)
            unknown = reply.code == 39 and 'unknown procedure' in reply.text
            if not unknown and (reply.code != DENIED) != ((prog, number) in may):
                wrong.append('%x/%d: code %d (%s)' % (prog, number, reply.code, reply.text))
    assert not wrong, '\n'.join(wrong)


def test_readonly_socket():
    with Daemon() as daemon, daemon.client(readonly=True) as client:
        check(client.open())


def test_readonly_flag():
    with Daemon() as daemon, daemon.client() as client:
        check(client.open(readonly=True))


def test_words():
    """The refusal is that of the call, as a program gets it from the library."""
    with Daemon() as daemon, daemon.client(readonly=True) as client:
        client.open()
        for proc, domain, name in ((10, 20, 'virDomainCreateXML'), (RESUME, 20, 'virDomainResume'),
                                   (42, 19, 'virNetworkDestroy'), (80, 18, 'virStoragePoolDestroy'),
                                   (146, 30, 'virSecretUndefine'), (193, 35, 'virDomainSnapshotDelete'),
                                   (62, 20, 'domain_migrate_perform')):
            reply = client.call(proc)
            expect('refusal of %d' % proc, (reply.code, reply.domain, reply.text),
                   (DENIED, domain, 'operation forbidden: read only access prevents ' + name))


def test_flag_does_not_help():
    """A client of the read-only socket that asks for more."""
    with Daemon() as daemon, daemon.client(readonly=True) as client:
        client.open(readonly=False)
        for proc in (RESUME, DESTROY, GET_INFO):
            expect('call %d' % proc, client.call(proc, domain('well', 1)).code, 0 if proc == GET_INFO else DENIED)
        secure = domain('well', 1) + struct.pack('>I', 1)
        expect('XML with secrets', client.call(14, secure).code, DENIED)
        expect('XML', client.call(14, domain('well', 1) + struct.pack('>I', 0)).code, 0)


if __name__ == '__main__':
    main(globals())
