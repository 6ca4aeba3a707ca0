#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clocks that jump: the wall clock, set by an hour, a day or a second, moves no deadline; and a host that
slept, or a daemon or client that was stopped for longer than any deadline, loses nobody who is there."""

import datetime
import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402

PRELOAD = os.path.abspath(BUILD + '/tests/daemon/.libs/wall-clock.so')
KEEPALIVE_CONF = 'keepalive_interval = 1\nkeepalive_count = 2\n'
PING, PONG = 1, 2
DAY = 86400


class Answering(threading.Thread):
    """A client that says that it lives whenever it is asked, and counts that."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.client, self.asked, self.gone = daemon.client(), 0, False
        self.client.open()
        self.client.call(FEATURE, struct.pack('>i', 10))
        self.client.sock.settimeout(None)
        self.start()

    def run(self):
        try:
            while True:
                reply = self.client.receive()
                if (reply.prog, reply.proc) == (KEEPALIVE, PING):
                    self.asked += 1
                    self.client.send(message(PONG, prog=KEEPALIVE, kind=MESSAGE))
        except (Closed, OSError):
            self.gone = True


class Waiting:
    """Clients that a deadline threatens: two that have not opened a connection, one of them in the middle of a message,
    and one in the middle of a later one."""

    def __init__(self, daemon):
        self.silent, self.early, self.late = daemon.client(), daemon.client(), daemon.client().open()
        self.call = message(AUTH_LIST, serial=1), message(LOOKUP_NAME, string('well'), serial=2)
        self.early.send(self.call[0][:20])
        self.late.send(self.call[1][:30])

    def go_on(self):
        self.early.send(self.call[0][20:])
        self.late.send(self.call[1][30:])

    def are_there(self):
        expect('the answer to a login that took long', self.early.receive().serial, 1)
        expect('the answer to a call that took long', self.late.receive().serial, 2)
        self.silent.open()


@waits
def test_wall_clock():
    if SANITIZED:
        raise Skipped('a sanitizer has to be the first that is preloaded')

    def jump(seconds):
        with open(path, 'r+b') as file:
            file.write(struct.pack('=q', seconds))
        daemon.serves()

    def said_at():
        """The date in the log of what is said now."""
        before = len(daemon.log_text())
        with daemon.client() as client:
            client.send(message(LOOKUP_NAME, length=4))
            assert client.closed_within(2)
        with daemon.client() as client:
            client.open().call(LOOKUP_NAME, string('nobody'))
        wait_for('nothing is logged', lambda: re.search(r'^\d{4}-', daemon.log_text()[before:], re.M))
        return datetime.date.fromisoformat(re.search(r'^(\d{4}-\d\d-\d\d)', daemon.log_text()[before:], re.M).group(1))

    with Daemon(KEEPALIVE_CONF, start=False) as daemon:
        path = daemon.dir + '/clock'
        with open(path, 'wb') as file:
            file.write(bytes(8))
        daemon.env.update(LD_PRELOAD=PRELOAD, VIR_CLOCK=path)
        daemon.start()
        today, there, threatened = said_at(), [Answering(daemon) for _ in range(5)], Waiting(daemon)
        for seconds in (3600, -3600, DAY, -DAY, 20 * 365 * DAY, -20 * 365 * DAY, 0) + (1, -1) * 10:
            jump(seconds)
            time.sleep(0.02)
        jump(2 * DAY)
        assert said_at() >= today + datetime.timedelta(days=1), 'the daemon did not notice'
        threatened.go_on()
        threatened.are_there()
        with daemon.client() as deaf:           # it is cut as ever: after 3 s, when it does not answer
            deaf.open()
            deaf.call(FEATURE, struct.pack('>i', 10))
            began = time.monotonic()
            jump(-2 * DAY)
            jump(0)
            assert deaf.closed_within(8), 'who gives no sign of life stays'
            assert time.monotonic() - began > 2, 'it was cut at once'
        expect('who went', [one.gone for one in there], [False] * 5)
        assert all(one.asked for one in there), 'nobody was asked whether he lives'


@waits
def test_stopped_daemon():
    """Nobody is judged by what he could not do meanwhile, and all that came meanwhile counts."""
    with Daemon(KEEPALIVE_CONF) as daemon:
        there = [Answering(daemon) for _ in range(10)]
        time.sleep(1.1)                         # the others are asked when these are not
        there += [Answering(daemon) for _ in range(10)]
        time.sleep(2)
        threatened = Waiting(daemon)
        daemon.process.send_signal(signal.SIGSTOP)
        time.sleep(5)                           # three times as long as keepalive is patient
        threatened.go_on()
        daemon.process.send_signal(signal.SIGCONT)
        threatened.are_there()
        asked = [one.asked for one in there]
        wait_for('not all were asked since', lambda: all(one.asked > n + 2 for one, n in zip(there, asked)), 15)
        expect('who went', [one.gone for one in there], [False] * 20)


CLIENT = '''
import libvirt, sys, threading
libvirt.registerErrorHandler(lambda *ignored: None, None)
libvirt.virEventRegisterDefaultImpl()
def loop():
    while True:
        libvirt.virEventRunDefaultImpl()
threading.Thread(target=loop, daemon=True).start()
conn = libvirt.open(sys.argv[1])
conn.setKeepAlive(1, 2)
conn.registerCloseCallback(lambda conn, reason, opaque: print('closed', reason, flush=True), None)
print('open', flush=True)
for line in sys.stdin:
    print(conn.isAlive(), conn.getType(), flush=True)
'''


@waits
def test_stopped_client():
    """Our library asks for signs of life, too, and has not heard any while its program was stopped."""
    if SANITIZED:
        raise Skipped('an interpreter without the sanitizer')
    with Daemon('keepalive_interval = 0\n') as daemon, Daemon(start=False, modules=('remote',)) as client:
        env = dict(client.env, LIBVIRT_DRIVER_DIR=client.dir + '/modules')
        process = subprocess.Popen(['/usr/bin/python3', '-c', CLIENT, 'mock+unix:///default?socket=' + daemon.rw], env=env,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        with process:
            expect('the client', process.stdout.readline(), 'open\n')
            time.sleep(1.5)                     # it has asked once
            process.send_signal(signal.SIGSTOP)
            time.sleep(5)
            process.send_signal(signal.SIGCONT)
            time.sleep(2.5)                     # it has asked again
            process.stdin.write('\n')
            process.stdin.close()
            expect('what it says', process.stdout.read(), '1 mock\n')


if __name__ == '__main__':
    main(globals())
