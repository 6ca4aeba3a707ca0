#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a daemon does in days: a million calls, ten thousand guests that start and end, a thousand daemons one after the other; SOAK
times as many.  Memory does not grow, no descriptor stays, nothing lies about."""

import os
import signal
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402
import network  # noqa: E402

SOAK = float(os.environ.get('SOAK', '0.05'))
CALLS, STARTS, RESTARTS = (int(n * SOAK) for n in (1000000, 10000, 1000))
CREATE, DEFINE, DUMP_XML, UNDEFINE, LIST_ALL, ALL_STATS = 10, 11, 14, 35, 273, 344
HOSTNAME, VERSION = 59, 4
GUEST = "<domain type='test'><name>%s</name><memory>1024</memory><vcpu>4</vcpu><os><type>hvm</type></os></domain>"
URI = 'test:///default'
GROWS = 1024                            # KiB, in all that is done


class Steady:
    """Whether DAEMON holds in the last three quarters of what is done what it held in the first one."""

    def __init__(self, daemon, what):
        self.daemon, self.what, self.seen, self.began = daemon, what, [], time.monotonic()

    def look(self):
        self.seen.append((self.daemon.rss(), self.daemon.fds()))

    def verdict(self, n):
        took, quarter = time.monotonic() - self.began, len(self.seen) // 4
        early, late = ([max(column) for column in zip(*part)] for part in (self.seen[:quarter], self.seen[quarter:]))
        print('  %s: %d in %.1f s; at most %d KiB and %d descriptors in the first quarter, %d and %d in the others' % (
            self.what, n, took, *early, *late))
        assert late[1] <= early[1], 'descriptors stay'
        assert SANITIZED or late[0] <= early[0] + GROWS, 'memory grows'


def mixed(guest):
    """One of each kind of call, of which two fail."""
    return [message(LIST_ALL, struct.pack('>iI', 1, 0)), message(NODE_INFO), message(DUMP_XML, guest + bytes(4)),
            message(GET_INFO, guest), message(LOOKUP_NAME, string('nobody')), message(CAPABILITIES), message(VERSION), message(HOSTNAME),
            message(ALL_STATS, struct.pack('>III', 0, 0, 0)), message(DUMP_XML, domain('nobody', 9) + bytes(4))]


def calls(daemon, way, n):
    """N of them, by one connection."""
    with daemon.client() if way == 'unix' else network.Remote(daemon.tcp) as client:
        client.open(URI)
        guest = client.call(LOOKUP_NAME, string('test')).body
        some = mixed(guest)
        failed = 0
        for _ in range(n // len(some)):
            client.send(b''.join(some))
            failed += sum(client.receive().status == ERROR for _ in some)
        expect('calls that failed', failed, n // len(some) * 2)


def test_calls():
    with network.Network('auth_tcp = "none"\n', modules=('mock', 'test')) as daemon:
        steady = Steady(daemon, 'calls')
        for number in range(40):
            calls(daemon, ('unix', 'tcp')[number % 2], CALLS // 40)
            daemon.settle(min((fds for _, fds in steady.seen), default=daemon.fds()))
            steady.look()
        steady.verdict(CALLS)
        daemon.serves()


def test_guests():
    """They run four at a time, and somebody hears of it."""
    with Daemon(modules=('mock', 'test')) as daemon, daemon.client() as client, daemon.client() as listener:
        client.open(URI)
        listener.open(URI)
        listener.call(EVENT_REGISTER, struct.pack('>iI', 0, 0))
        steady, running = Steady(daemon, 'guests'), []
        for number in range(STARTS):
            reply = client.call(CREATE, string(GUEST % ('g%d' % number)) + bytes(4))
            expect('a start', (reply.code, reply.text), (0, ''))
            running.append(reply.body)
            if len(running) == 4:
                for guest in running:
                    expect('an end', client.call(DESTROY, guest).code, 0)
                expect('events', {listener.receive().kind for _ in range(2 * len(running))}, {MESSAGE})
                running = []
            if number % (STARTS // 40 or 1) == 0:
                steady.look()
        steady.verdict(STARTS)


def test_restarts():
    """Ended and killed in turn."""
    with Daemon(modules=('mock', 'test')) as daemon:
        daemon.stop()
        there, began, longest = sorted(os.listdir(daemon.dir)), time.monotonic(), 0
        for number in range(RESTARTS):
            since = time.monotonic()
            daemon.start()
            with daemon.client() as client:
                expect('a call', client.open(URI).call(LIST_ALL, struct.pack('>iI', 1, 0)).code, 0)
            longest = max(longest, time.monotonic() - since)
            if number % 2:
                daemon.process.send_signal(signal.SIGKILL)
                daemon.process.wait()
            else:
                daemon.stop()
        print('  restarts: %d in %.1f s; the longest took %.0f ms' % (RESTARTS, time.monotonic() - began, longest * 1000))
        daemon.start()
        daemon.stop()
        expect('what lies about', sorted(os.listdir(daemon.dir)), there)
        assert longest < 2 * (5 if SANITIZED else 1), 'a start took %.1f s' % longest


if __name__ == '__main__':
    main(globals())
