#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Streams through the daemon: both ways, slowly, ended and broken by each side."""

import os
import random
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402

CONSOLE = 201

def console(client, serial=500, name=None):
    body = domain('well', 1) + (struct.pack('>I', 1) + string(name) if name else struct.pack('>I', 0)) + b'\0' * 4
    return client.call(CONSOLE, body, serial=serial)


def put(client, data, serial=500, status=CONTINUE, kind=STREAM):
    client.send(message(CONSOLE, data, kind=kind, serial=serial, status=status))


def take(client, serial=500):
    while True:
        got = client.receive()
        if got.kind == STREAM and got.serial == serial:
            return got


def read(client, n, serial=500):
    data = b''
    while len(data) < n:
        got = take(client, serial)
        expect('status', got.status, CONTINUE)
        data += got.body
    return data


def test_echo():
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        expect('open', console(client).code, 0)
        for data in (b'a', b'hello' * 100, b'x' * 60000):
            put(client, data)
            expect('echo', read(client, len(data)), data)
        expect('a call meanwhile', client.call(NODE_INFO).code, 0)
        put(client, b'', status=OK)
        got = take(client)
        expect('finish', (got.status, got.body), (OK, b''))
        put(client, b'late')
        expect('a call afterwards', client.call(NODE_INFO).code, 0)


def test_many_small():
    """100 000 tiny packets, read as they come."""
    source = random.Random(1)
    data = source.randbytes(100000).translate(bytes.maketrans(b'!?#', b'...'))
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        console(client)
        back = b''
        for i in range(0, len(data), 500):
            client.send(b''.join(message(CONSOLE, data[j:j + 1], kind=STREAM, serial=500, status=CONTINUE)
                                 for j in range(i, i + 500)))
            back += read(client, 500)
        expect('echo', back == data, True)


def is_stopped(daemon, client, chunk, most):
    """A client that sends CHUNK for ever gets rid of less than MOST bytes, and they take no memory for long."""
    before, sent = daemon.rss(), 0
    client.sock.settimeout(1)
    try:
        while sent < 2 * most:
            sent += client.sock.send(chunk)
    except OSError:
        pass
    assert sent < most, '%d bytes were taken' % sent
    assert SANITIZED or daemon.rss() < before + 8192, 'memory grew by %d KiB' % (daemon.rss() - before)
    daemon.serves()


def test_backpressure():
    """A client that sends and does not read is not read from."""
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        console(client)
        is_stopped(daemon, client, message(CONSOLE, b'z' * 65536, kind=STREAM, serial=500, status=CONTINUE), 16 << 20)


def test_empty_pieces():
    """What has no bytes takes memory all the same."""
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        console(client)
        put(client, b'z' * 100000)
        is_stopped(daemon, client, message(CONSOLE, kind=STREAM, serial=500, status=CONTINUE) * 1000, 8 << 20)


def test_ends():
    with Daemon() as daemon, daemon.client() as client:
        fds = daemon.fds()
        client.open()
        expect('no such device', console(client, 1, 'nobody').status, ERROR)
        console(client, 2)
        put(client, b'bye!', 2)
        expect('data', read(client, 4, 2), b'bye!')
        got = take(client, 2)
        expect('end of file', (got.status, got.body), (CONTINUE, b''))
        put(client, b'', 2, OK)
        expect('finish', take(client, 2).status, OK)
        console(client, 3)
        put(client, b'what?', 3)
        got = take(client, 3)
        expect('broken', (got.status, got.code, 'the mock stream broke' in got.text), (ERROR, 9, True))
        put(client, b'', 3, OK)
        console(client, 5)
        put(client, b'what#', 5)
        expect('a hole that is not told', take(client, 5).status, ERROR)
        console(client, 4)
        put(client, b'', 4, ERROR)
        expect('abort', take(client, 4).status, OK)
        for serial in range(10, 200):
            console(client, serial)
        expect('a call', client.call(NODE_INFO).code, 0)
        client.close()
        daemon.settle(fds)
        daemon.serves()


def test_rubbish():
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        console(client)
        put(client, b'\0' * 11, kind=6)
        assert take(client).status == ERROR, 'a hole of 11 bytes'
        console(client, 501)
        put(client, struct.pack('>QI', 2 ** 63 - 1, 0), 501, kind=6)
        assert take(client, 501).status == ERROR, 'a hole in a console'
        console(client, 502)
        put(client, b'', 502, status=77)
        got = take(client, 502)
        expect('unknown status', (got.status, got.code), (ERROR, 39))
        daemon.serves()


def test_all_together():
    """Input that streams do not take has a limit for all clients; who has most of it goes."""
    with Daemon() as daemon, daemon.client() as other:
        other.open()
        before = daemon.rss()
        clients = [daemon.client().open() for _ in range(15)]
        piece = message(CONSOLE, b'z' * (30 << 20), kind=STREAM, serial=500, status=CONTINUE)
        highest = 0
        for client in clients:
            console(client)
            try:
                client.send(piece)
            except OSError:
                pass                    # it was the largest already
            expect('the others', other.call(NODE_INFO).code, 0)
            highest = max(highest, daemon.rss())
        assert SANITIZED or highest < before + 350 * 1024, 'up to %d MiB' % (highest // 1024)
        for client in clients:
            client.close()
        wait_for(lambda: '%d MiB stay' % (daemon.rss() // 1024),
                 lambda: SANITIZED or daemon.rss() < before + 16384)
        daemon.serves()


def test_vanishing_clients():
    with Daemon() as daemon:
        daemon.serves()
        fds = daemon.fds()
        for round in range(200):
            with daemon.client() as client:
                client.open()
                console(client)
                put(client, b'data' * (round * 10))
        daemon.settle(fds)
        daemon.serves()


if __name__ == '__main__':
    main(globals())
