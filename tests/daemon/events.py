#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events of both families, and clients that do not read them."""

import os
import select
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402

LIFECYCLE, CALLBACK_LIFECYCLE = 107, 318
REGISTER_OLD, DEREGISTER_OLD, REGISTER_ANY, DEREGISTER_ANY, DEREGISTER = 105, 106, 167, 168, 317
RESUMED = 4


def many(n):
    """SEND_KEY of the mock: N events."""
    return domain('well', 1) + struct.pack('>IIIII', 0, n, 1, 30, 0)


def register(client, event=0, dom=None):
    body = struct.pack('>i', event) + (struct.pack('>I', 1) + dom if dom else struct.pack('>I', 0))
    reply = client.call(EVENT_REGISTER, body)
    assert reply.code == 0, reply.text
    return struct.unpack('>i', reply.body)[0]


def resume(daemon, name='well', number=1):
    with daemon.client() as client:
        client.open()
        expect('resume', client.call(RESUME, domain(name, number)).code, 0)


def event(client):
    while True:
        reply = client.receive()
        if reply.kind == MESSAGE and reply.prog == REMOTE:
            return reply


def test_families():
    with Daemon() as daemon, daemon.client() as new, daemon.client(readonly=True) as old:
        new.open()
        number = register(new)
        old.open()
        expect('registration', old.call(REGISTER_OLD).body, struct.pack('>i', 1))
        expect('twice', old.call(REGISTER_OLD).code, 8)
        expect('the same by number', old.call(REGISTER_ANY, struct.pack('>i', 0)).code, 8)
        resume(daemon)
        what = domain('well', 1) + struct.pack('>ii', RESUMED, 0)
        got = event(new)
        expect('new family', (got.proc, got.serial, got.status, got.body),
               (CALLBACK_LIFECYCLE, 0, 0, struct.pack('>i', number) + what))
        got = event(old)
        expect('old family', (got.proc, got.body), (LIFECYCLE, what))
        expect('end', new.call(DEREGISTER, struct.pack('>i', number)).code, 0)
        expect('end', old.call(DEREGISTER_OLD).code, 0)
        resume(daemon)
        daemon.serves()                 # the loop had a turn
        for client in (new, old):
            expect('a call, and nothing before it', (client.send(message(NODE_INFO, serial=9)),
                                                     client.receive().serial), (None, 9))


def test_one_guest():
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        number = register(client, dom=domain('sick', 2))
        resume(daemon, 'well', 1)
        resume(daemon, 'sick', 2)
        got = event(client)
        expect('event', got.body, struct.pack('>i', number) + domain('sick', 2) + struct.pack('>ii', RESUMED, 0))


def test_wrong_registrations():
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        for number in (-1, 27, 1000, 2 ** 31 - 1):
            expect('event %d' % number, client.call(EVENT_REGISTER, struct.pack('>iI', number, 0)).status, ERROR)
            expect('old %d' % number, client.call(REGISTER_ANY, struct.pack('>i', number)).status, ERROR)
            expect('end of %d' % number, client.call(DEREGISTER, struct.pack('>i', number)).status, ERROR)
            expect('old end of %d' % number, client.call(DEREGISTER_ANY, struct.pack('>i', number)).status, ERROR)
        for proc in (313, 368, 374, 380):
            expect('family %d' % proc, client.call(proc, struct.pack('>iI', 77, 0)).status, ERROR)
        number = register(client)
        with daemon.client() as other:
            other.open()
            expect("another one's", other.call(DEREGISTER, struct.pack('>i', number)).status, ERROR)
        daemon.serves()


def test_many_registrations():
    with Daemon() as daemon:
        fds = daemon.fds()
        with daemon.client() as client:
            client.open()
            n = 0
            while n < 5000 and client.call(EVENT_REGISTER, struct.pack('>iI', n % 20, 0)).code == 0:
                n += 1
            assert 1000 <= n < 5000, '%d registrations' % n
            daemon.serves()
        daemon.settle(fds)
        daemon.serves()


def test_deaf_client():
    """A client that reads no events is let go before it costs much memory."""
    with Daemon() as daemon:
        daemon.serves()
        before = daemon.rss()
        with daemon.client() as deaf, daemon.client() as caller, daemon.client() as reader:
            deaf.open()
            for _ in range(8):
                register(deaf)
            reader.open()
            number = register(reader)
            caller.open()
            for _ in range(40):
                expect('events', caller.call(SEND_KEY, many(1000)).code, 0)
                for _ in range(1000):
                    expect('event', event(reader).proc, CALLBACK_LIFECYCLE)
            assert SANITIZED or daemon.rss() < before + 40 * 1024, 'memory grew by %d KiB' % (daemon.rss() - before)
            watch = select.poll()       # reading what there is would make it hear
            watch.register(deaf.sock, 0)
            assert watch.poll((60 if SANITIZED else 5) * 1000), 'a deaf client stays'
            expect('the others', reader.call(DEREGISTER, struct.pack('>i', number)).code, 0)
        daemon.serves()


def test_events_and_death():
    """Registered clients that vanish while events are on their way."""
    with Daemon() as daemon, daemon.client() as caller:
        caller.open()
        fds = daemon.fds()
        for _ in range(300):
            client = daemon.client()
            client.open()
            client.send(message(EVENT_REGISTER, struct.pack('>iI', 0, 0)))
            caller.send(message(SEND_KEY, many(20)))
            client.close()
            caller.receive()
        daemon.settle(fds)
        daemon.serves()


def test_registrations_of_all():
    """Many clients with many registrations each: every event would keep the daemon from all others."""
    def refused(client):
        client.open()
        client.send(b''.join(message(EVENT_REGISTER, b'\0' * 8, serial=100 + i) for i in range(2000)))
        return sum(client.receive().code == 29 for i in range(2000))
    with Daemon() as daemon:
        clients = [daemon.client(readonly=daemon.privileged) for i in range(17)]
        expect('refused to the first', refused(clients[0]), 0)
        assert sum(refused(client) for client in clients[1:]) > 0, '34000 registrations were possible'
        for client in clients[1:]:
            client.close()
        wait_for('those who left still count', lambda: refused(daemon.client()) == 0)
        daemon.serves()
        resume(daemon)
        expect('an event', event(clients[0]).proc, CALLBACK_LIFECYCLE)
        clients[0].close()


if __name__ == '__main__':
    main(globals())
