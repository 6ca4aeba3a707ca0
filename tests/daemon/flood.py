#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clients that send and send: memory, log and the other clients stay as they are."""

import os
import signal
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402

PING = message(1, prog=KEEPALIVE, kind=MESSAGE) * 1000
TEST_DOMAIN = (string('test') + bytes.fromhex('6695eb01f6a4830479aa97f2502e193f') + struct.pack('>i', 1))
CREATE, DEFINE, DUMP_XML = 9, 11, 14
MIB = 1 << 20


def warm(daemon):
    """Resident memory after some ordinary clients, in KiB."""
    for _ in range(30):
        daemon.serves(5)
    return daemon.rss()


def stays(daemon, before, what):
    if not SANITIZED:
        assert daemon.rss() < before + 4096, '%s: %d KiB, then %d' % (what, before, daemon.rss())


def test_pings_unread():
    """A client that asks 300 000 times for a sign of life and reads none of them."""
    with Daemon() as daemon:
        before = warm(daemon)
        with daemon.client() as client:
            client.open()
            for _ in range(300):
                client.send(PING)
            daemon.serves()
            stays(daemon, before, 'PONGs that nobody reads')


def test_events_unread():
    """Events for a client that does not read go with it."""
    with Daemon(modules=('mock', 'test')) as daemon:
        before = warm(daemon)
        with daemon.client() as deaf, daemon.client() as other:
            deaf.open('test:///default')
            expect('subscription', deaf.call(EVENT_REGISTER, struct.pack('>iI', 0, 0)).code, 0)
            other.open('test:///default')
            for _ in range(500 if SANITIZED else 2000):
                other.call(DESTROY, TEST_DOMAIN)
                other.call(CREATE, TEST_DOMAIN)
            daemon.serves()
        daemon.serves()
        time.sleep(0.2)
        stays(daemon, before, 'events that nobody read')


def test_replies_unread():
    """Long replies that 30 clients do not read: all together they have a limit."""
    with Daemon(modules=('mock', 'test')) as daemon, daemon.client() as client:
        client.open('test:///default')
        guest = client.call(DEFINE, string("<domain type='test'><name>long</name><title>%s</title><memory>1</memory>"
                                           "<os><type>hvm</type></os></domain>" % ('x' * 4000000))).body
        deaf = [daemon.client().open('test:///default') for _ in range(30)]
        for other in deaf:
            other.send(message(DUMP_XML, guest + bytes(4)) * 5)
        highest, still = 0, 0
        while still < 20:
            time.sleep(0.05)
            rss = daemon.rss()
            still = still + 1 if rss <= highest else 0
            highest = max(rss, highest)
        assert SANITIZED or highest < 450 * 1024, 'up to %d MiB' % (highest // 1024)
        expect('the others', client.call(NODE_INFO).code, 0)
        daemon.serves()
        for other in deaf:
            other.close()
        end = time.time() + 20          # their calls run on
        while not SANITIZED and daemon.rss() > 60 * 1024:
            assert time.time() < end, '%d MiB stay' % (daemon.rss() // 1024)
            time.sleep(0.05)


def test_log_of_mistakes():
    """Whoever asks for nonsense all day does not fill the disk."""
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        for _ in range(20000):
            client.send(message(LOOKUP_NAME, b'\0\0\0\xff'))
            client.receive()
        assert len(daemon.log_text()) < MIB, 'the log grew to %d bytes' % len(daemon.log_text())


def test_module_warning():
    """What is wrong with a module is said once, where libvirtd.conf wants the log."""
    with Daemon(start=False) as daemon:
        with open(daemon.dir + '/modules/garbage.so', 'w') as handle:
            handle.write('this is no module\n' * 100)
        daemon.start()
        daemon.serves()
        lines = [line for line in daemon.log_text().splitlines() if 'garbage' in line]
        expect('lines about the module', (len(lines), ': warning :' in lines[0]) if lines else 0, (1, True))
        expect('standard error', daemon.stderr(), '')


def test_far_controller():
    """A disk on a controller far away does not make all those before it."""
    xml = ("<domain type='test'><name>far</name><memory>1000</memory><os><type>hvm</type></os><devices>"
           "<disk type='file'><source file='/x'/><target dev='sda' bus='scsi'/>"
           "<address type='drive' controller='%d' bus='0' target='0' unit='0'/></disk></devices></domain>")
    with Daemon(modules=('mock', 'test')) as daemon, daemon.client() as client:
        client.open('test:///default')
        for number in (4000000000, 2 ** 32 - 1):
            began = time.time()
            expect('controller %d' % number, client.call(DEFINE, string(xml % number)).code, 27)
            assert time.time() - began < 1
        expect('controller 3', client.call(DEFINE, string(xml % 3)).code, 0)


def test_files_in_the_way():
    """Nothing but an old socket makes room for a socket, and a FIFO is no pid file."""
    with Daemon(start=False) as daemon:
        for path, make in ((daemon.rw, lambda path: open(path, 'w').close()), (daemon.pidfile, os.mkfifo)):
            make(path)
            try:
                daemon.start()
                raise RuntimeError('%s was taken' % path)
            except AssertionError as problem:
                assert os.path.basename(path) in str(problem), problem
            assert os.path.exists(path), '%s is gone' % path
            os.unlink(path)
        daemon.start()
        daemon.serves()


def test_signals():
    """Signals that mean nothing to it do not end the daemon."""
    with Daemon() as daemon:
        for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE, signal.SIGHUP, signal.SIGCHLD):
            for _ in range(50):
                daemon.process.send_signal(number)
        daemon.serves(5)


if __name__ == '__main__':
    main(globals())
