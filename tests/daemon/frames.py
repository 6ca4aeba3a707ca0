#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Frames, headers and bodies that no honest client sends."""

import array
import os
import random
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402

MIB = 1 << 20


def hangs_up(daemon, data, opened=False, seconds=1.0):
    with daemon.client() as client:
        if opened:
            client.open()
        client.send(data)
        return client.closed_within(seconds)


def test_lengths():
    with Daemon() as daemon:
        for length in (0, 1, 4, 27, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1):
            for opened in (False, True):
                assert hangs_up(daemon, struct.pack('>I', length), opened), 'length %d' % length
        head = message(NODE_INFO, length=32 * MIB + 4)
        assert not hangs_up(daemon, head, opened=True, seconds=0.3), 'the longest message'
        head = message(NODE_INFO, length=32 * MIB + 5)
        assert hangs_up(daemon, head, opened=True), 'one byte too long'
        assert not hangs_up(daemon, message(AUTH_LIST, length=256 * 1024), seconds=0.3), '256 KiB before it is open'
        assert hangs_up(daemon, message(AUTH_LIST, length=256 * 1024 + 1)), 'more than 256 KiB before it is open'
        daemon.serves()


def test_announced_memory():
    """What is only announced takes no memory; what is sent goes again."""
    with Daemon() as daemon:
        clients = [daemon.client().open() for _ in range(20)]
        before = daemon.rss()
        for client in clients:
            client.send(message(NODE_INFO, length=32 * MIB))
        daemon.serves()                 # what came before this has been read
        assert daemon.rss() < before + 2048, 'an announced length took %d KiB' % (daemon.rss() - before)
        for client in clients:
            client.close()
        daemon.serves()


def test_many_big_messages():
    """However many clients send unfinished messages, memory has a limit."""
    with Daemon('max_anonymous_clients = 100\n') as daemon:
        clients = []
        part = message(LOOKUP_NAME, b'x' * (24 * MIB), length=32 * MIB)
        for _ in range(30):
            client = daemon.client().open()
            client.sock.settimeout(5)
            try:
                client.send(part)
            except OSError:
                pass
            clients.append(client)
        # AddressSanitizer keeps up to 256 MiB of what was freed
        assert daemon.rss() < (700 if SANITIZED else 400) * 1024, '%d MiB' % (daemon.rss() // 1024)
        daemon.serves()
        for client in clients:
            client.close()
        wait_for(lambda: '%d MiB stay' % (daemon.rss() // 1024), lambda: SANITIZED or daemon.rss() < 40 * 1024)


def test_big_message():
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        expect('junk after the arguments', client.call(NODE_INFO, b'\0' * (32 * MIB - 24)).code, 0)
        expect('a string that long', client.call(LOOKUP_NAME, string('x' * (32 * MIB - 32))).code, 39)
        expect('the next call', client.call(NODE_INFO).code, 0)


def test_big_message_in_parts():
    """What a long message took is given back, though other clients have unfinished ones."""
    with Daemon() as daemon, daemon.client() as slow, daemon.client() as client:
        slow.send(message(AUTH_LIST, length=1000))
        client.open()
        before = daemon.rss()
        data = message(NODE_INFO, bytes(24 * MIB), serial=7)
        client.send(data[:20 * MIB])
        daemon.serves()
        client.send(data[20 * MIB:])
        expect('the answer', client.receive().serial, 7)
        # the answer goes before the buffer does
        wait_for(lambda: '%d KiB more' % (daemon.rss() - before), lambda: SANITIZED or daemon.rss() < before + 8192)
        daemon.serves()


def test_byte_by_byte():
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        for byte in message(NODE_INFO, serial=77):
            client.send(bytes([byte]))
        expect('serial', client.receive().serial, 77)
        client.send(b''.join(message(NODE_INFO, serial=n) for n in (5, 5, 0, 2 ** 32 - 1)))
        expect('serials', sorted(client.receive().serial for _ in range(4)), [0, 5, 5, 2 ** 32 - 1])


def test_headers():
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        for options, code in (({'prog': 0x12345678}, 39), ({'vers': 2}, 39), ({'vers': 0}, 39), ({'prog': 0}, 39),
                              ({'status': 77}, 39), ({'status': ERROR}, 39)):
            expect(options, client.call(NODE_INFO, **options).code, code)
        for number in (-1, 0, 99999, 2 ** 31 - 1, -2 ** 31, 107, 169, 318, 362, 444, 511, 512):
            reply = client.call(number)
            expect('procedure %d' % number, (reply.code, 'unknown procedure' in reply.text), (39, True))
        expect('the next call', client.call(NODE_INFO).code, 0)


def test_types():
    with Daemon() as daemon:
        for kind in (REPLY, MESSAGE, 5, 7, 99, 2 ** 32 - 1):
            assert hangs_up(daemon, message(NODE_INFO, struct.pack('>I', 0), kind=kind), opened=True), kind
        with daemon.client() as client:
            client.open()
            for kind, status in ((STREAM, CONTINUE), (STREAM, OK), (STREAM, 77), (6, CONTINUE)):
                client.send(message(NODE_INFO, b'data', kind=kind, status=status, serial=9))
                got = client.receive()
                expect('the answer', (got.kind, got.proc, got.serial, got.code, 'no stream 9' in got.text),
                       (STREAM, NODE_INFO, 9, 39, True))
            for number, kind in ((1, CALL), (9, CALL), (9, MESSAGE), (2, MESSAGE)):
                client.send(message(number, prog=KEEPALIVE, kind=kind))
            expect('the next call', client.call(NODE_INFO, serial=10).code, 0)
        daemon.serves()


def test_descriptors():
    with Daemon() as daemon:
        fds = daemon.fds()
        assert hangs_up(daemon, message(NODE_INFO, b'', kind=CALL_FDS), opened=True), 'no count'
        assert hangs_up(daemon, message(NODE_INFO, struct.pack('>I', 33), kind=CALL_FDS), opened=True), 'too many'
        announced = message(NODE_INFO, struct.pack('>I', 1), kind=CALL_FDS)
        assert hangs_up(daemon, announced + message(NODE_INFO), opened=True), 'announced and not sent'
        for n in (1, 32, 200):
            with daemon.client() as client:
                client.open()
                null = os.open('/dev/null', os.O_RDONLY)
                rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [null] * n))]
                for _ in range(20):
                    client.sock.sendmsg([message(NODE_INFO, serial=n)], rights)
                    expect('a call with stray descriptors', client.receive().serial, n)
                os.close(null)
        with daemon.client() as client:
            client.open()
            null = os.open('/dev/null', os.O_RDONLY)
            for n in (0, 1, 32):
                client.send(message(NODE_INFO, struct.pack('>I', n), kind=CALL_FDS, serial=n))
                for _ in range(n):
                    client.sock.sendmsg([b'\0'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [null]))])
                expect('a call with %d descriptors' % n, (client.receive().serial, n), (n, n))
            os.close(null)
        null = os.open('/dev/null', os.O_RDONLY)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [null] * 32))]
        for refused in (dict(prog=KEEPALIVE, kind=CALL_FDS), dict(kind=5)):
            with daemon.client() as client:
                client.send(message(NODE_INFO, struct.pack('>I', 32), **refused))
                client.sock.sendmsg([b'\0' * 32], rights)
                if refused['kind'] == CALL_FDS:
                    expect('a call of keepalive', client.receive().code, 39)
                else:
                    assert client.closed_within(1), 'a reply with descriptors'
        os.close(null)
        daemon.settle(fds)
        daemon.serves()


def test_bodies():
    """Arguments that cannot be: error 39, and the connection stays.  What 9.0.0 reads is read."""
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        for body in (b'', b'\0', b'\0' * 3, struct.pack('>I', 2 ** 32 - 1), struct.pack('>I', 4 * MIB + 1) + b'a' * 8,
                     struct.pack('>I', 5) + b'ab'):
            reply = client.call(LOOKUP_NAME, body)
            expect('look-up with %r' % body[:12], reply.code, 39)
        expect('a guest without an id', client.call(GET_INFO, domain('well', 1)[:-4]).code, 39)
        for true in (1, 2, 0x01000000):
            wanted = struct.pack('>iI', 0, true)
            expect('true, and nothing', client.call(EVENT_REGISTER, wanted).code, 39)
            expect('true, and a guest', client.call(EVENT_REGISTER, wanted + domain('well', 1)).code, 0)
        expect('other padding', client.call(LOOKUP_NAME, struct.pack('>I', 5) + b'well?xyz').code, 42)
        expect('bytes behind the end', client.call(LOOKUP_NAME, string('well') + b'more').code, 0)
        expect('the next call', client.call(LOOKUP_NAME, string('well')).code, 0)


def test_numbers():
    """Counts whose 32-bit product is small, or negative."""
    with Daemon() as daemon, daemon.client(readonly=True) as client:
        client.open()
        pages = struct.pack('>III', 2, 4, 4)
        for cells in (0x80000001, 0x80000000, 2 ** 32 - 1):
            reply = client.call(340, pages + struct.pack('>iII', 0, cells, 0))
            assert reply.status == ERROR, 'free pages of %#x cells' % cells
        for proc, body in ((227, struct.pack('>iiI', 0, -1, 0)), (228, struct.pack('>iiI', 0, -1, 0)),
                           (38, struct.pack('>i', -1)), (38, struct.pack('>i', 2 ** 31 - 1)),
                           (101, struct.pack('>ii', 0, -1)), (101, struct.pack('>ii', 0, 2 ** 31 - 1))):
            assert client.call(proc, body).status == ERROR, 'procedure %d' % proc
        daemon.serves(readonly=True)


def test_all_procedures_empty():
    """Every number of every program with nothing in it: always an answer."""
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        for prog, last in ((REMOTE, 460), (QEMU, 12), (LXC, 4)):
            for number in range(-1, last):
                if prog == REMOTE and number == CLOSE:
                    continue
                reply = client.call(number, prog=prog)
                expect('reply to %d' % number, (reply.kind in (REPLY, 5), reply.proc), (True, number))
        daemon.serves()


def test_random_bodies():
    source = random.Random(4711)
    with Daemon() as daemon:
        client = daemon.client().open()
        before = None
        for round in range(10000):
            number = source.randrange(3, 444)
            body = source.randbytes(4 * source.randrange(0, 30))
            if source.random() < 0.5:
                body = domain('well', 1) + body
            reply = client.call(number, body)
            assert reply.proc == number
            if round == 2000:
                before = daemon.rss()
        assert SANITIZED or daemon.rss() < before * 1.05 + 1024, 'memory: %d, then %d' % (before, daemon.rss())
        client.close()
        daemon.serves()


def test_behind_logins():
    """Logins, which the pool serves one at a time, behind an opening, all in one piece: each is answered at once."""
    calls = [(AUTH_LIST, b''), (OPEN, struct.pack('>I', 1) + string('mock:///default') + bytes(4))]
    calls += [(AUTH_POLKIT, b'')] * 6 + [(NODE_INFO, b'')]
    with Daemon() as daemon:
        for _ in range(300):
            with daemon.client() as client:
                client.send(b''.join(message(proc, body, serial=serial) for serial, (proc, body) in enumerate(calls)))
                assert {client.receive().serial for _ in calls} == set(range(len(calls)))


def test_garbage_connections():
    source = random.Random(4712)
    with Daemon() as daemon:
        fds = daemon.fds()
        before = None
        for round in range(10000):
            client = daemon.client()
            client.send(source.randbytes(source.randrange(4, 200)))
            client.close()
            if round == 3000:
                daemon.settle(fds)
                before = daemon.rss()
        daemon.settle(fds)
        assert SANITIZED or daemon.rss() < before * 1.05 + 512, 'memory: %d, then %d' % (before, daemon.rss())
        assert len(daemon.log_text()) < 100000, 'the log grew to %d bytes' % len(daemon.log_text())
        daemon.serves()


if __name__ == '__main__':
    main(globals())
