#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clients that send and send: memory, log and the other clients stay as they are."""

import array
import os
import random
import resource
import signal
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402

PING = message(1, prog=KEEPALIVE, kind=MESSAGE) * 1000
TEST_DOMAIN = (string('test') + bytes.fromhex('6695eb01f6a4830479aa97f2502e193f') + struct.pack('>i', 1))
CREATE, DEFINE, DUMP_XML, UNDEFINE, OPEN_CONSOLE = 9, 11, 14, 35, 201
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
        wait_for('events that nobody read', lambda: SANITIZED or daemon.rss() < before + 4096)


def test_unread_together():
    """Two clients that read nothing, and get the same events in turn: what one leaves goes back, though the other stays."""
    with Daemon(modules=('mock', 'test')) as daemon:
        before = warm(daemon)
        with daemon.client() as one, daemon.client() as two, daemon.client() as other:
            for client in (one, two):
                client.open('test:///default')
                for _ in range(100):
                    expect('subscription', client.call(EVENT_REGISTER, struct.pack('>iI', 0, 0)).code, 0)
            other.open('test:///default')
            for _ in range(400):
                other.call(DESTROY, TEST_DOMAIN)
                other.call(CREATE, TEST_DOMAIN)
            both = daemon.rss() - before
            assert SANITIZED or both > 8192, 'no more than %d KiB lie unread' % both
            one.close()
            wait_for(lambda: '%d of %d KiB are there' % (daemon.rss() - before, both),
                     lambda: SANITIZED or daemon.rss() - before < both * 0.7)
            other.call(NODE_INFO)


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
        # their calls run on
        wait_for(lambda: '%d MiB stay' % (daemon.rss() // 1024), lambda: SANITIZED or daemon.rss() < 60 * 1024, 20)


def test_crowd_gone():
    """After a crowd that kept all threads busy, and held much of every size, the daemon holds what it held before."""
    with Daemon('max_workers = 60\n') as daemon:
        chance = random.Random(1)

        def crowd(n):
            stuck = [daemon.client().open() for _ in range(n // 4)]
            for number, client in enumerate(stuck):
                client.send(message(MEMORY_STATS, string('sick') + bytes([number]) * 16 + struct.pack('>iII', 1, 4, 0)))
            clients = [daemon.client().open() for _ in range(n)]
            for client in clients:
                client.sock.settimeout(0.1)
                size = chance.choice((100, 1000, 10000, 100000))
                rest = message(DEFINE, string('x' * 200000))[:chance.choice((100, 1000, 10000, 100000))]
                try:                    # it is not read from while it does not read its replies
                    client.send((message(CAPABILITIES) * chance.randrange(20) + message(DEFINE, string('x' * size))) * 5 + rest)
                except OSError:
                    pass
            daemon.serves()
            largest = daemon.rss()
            open(daemon.release, 'w').close()
            chance.shuffle(clients)
            for client in clients + stuck:
                client.close()
            wait_for('threads stay', lambda: daemon.status('Threads') < 4, 20)
            os.unlink(daemon.release)
            return largest
        crowd(10)
        time.sleep(2)
        before = daemon.rss()
        largest = crowd(300)
        wait_for(lambda: 'it takes %d KiB, at most %d, %d before' % (daemon.rss(), largest, before),
                 lambda: SANITIZED or daemon.rss() < before * 1.05 + 300, 5)
        print('  %d KiB before, at most %d, then %d' % (before, largest, daemon.rss()))


def strangers(daemon, n):
    """Read-only connections of another user."""
    os.chmod(daemon.dir, 0o711)
    os.seteuid(65534)
    try:
        return [daemon.client(readonly=True).open() for _ in range(n)]
    finally:
        os.seteuid(0)


def send_fds(client, data, n):
    """The bytes, and as many descriptors with them."""
    null = os.open('/dev/null', os.O_RDONLY)
    client.sock.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [null] * n))])
    os.close(null)


def test_descriptors_unannounced():
    """Descriptors that no message asked for are closed when they come."""
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        before = daemon.fds()
        clients = [daemon.client().open() for _ in range(50)]
        head = message(NODE_INFO, struct.pack('>I', 1), kind=CALL_FDS)
        for part in (head[:2], head[:20], head):
            for other in clients:
                send_fds(other, part, 32)
            # the last message has announced one, and its byte is still to come
            allowed = before + len(clients) * (2 if part == head else 1)
            wait_for(lambda: '%d descriptors' % daemon.fds(), lambda: daemon.fds() <= allowed)
            clients = [other.close() or daemon.client().open() for other in clients]
        daemon.serves()


def test_descriptors_announced():
    """A user's messages may hold so many descriptors, and no more; root gets in."""
    with Daemon() as daemon:
        before = daemon.fds()
        clients = strangers(daemon, 50)
        for client in clients:
            send_fds(client, message(NODE_INFO, struct.pack('>I', 32), kind=CALL_FDS), 31)
        wait_for(lambda: '%d descriptors' % daemon.fds(), lambda: daemon.fds() <= before + len(clients) + 256)
        left = [client for client in clients if not client.closed_within(0.01)]
        expect('clients that stay', len(left), 256 // 31)
        daemon.serves()
        strangers(daemon, 1)[0].close()
        for client in left:
            client.close()
        daemon.settle(before)


def test_descriptors_ahead():
    """Calls that wait for their turn hold few descriptors."""
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        before = daemon.fds()
        call = message(MEMORY_STATS, struct.pack('>I', 32) + domain('sick', 2) + struct.pack('>II', 1, 0), kind=CALL_FDS)
        client.sock.settimeout(0.5)
        try:
            for _ in range(100):
                send_fds(client, call, 1)
                send_fds(client, b'\0' * 32, 31)
        except socket.timeout:
            pass
        held = daemon.fds() - before
        assert held < 160, '%d descriptors' % held
        daemon.serves()


def test_no_descriptor_left():
    """The daemon does not spin while it can take nobody in, and takes in who waits afterwards."""
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        pid, limits = daemon.process.pid, resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, limits[1]))      # below the one it keeps to refuse with
        with daemon.client() as waiting:
            waiting.send(message(AUTH_LIST, serial=3))
            before = daemon.cpu()
            time.sleep(0.5)             # what is measured
            used = daemon.cpu() - before
            assert used < 0.1, '%.2f s of processor time in half a second' % used
            expect('a call meanwhile', client.call(NODE_INFO).code, 0)
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
            expect('who waited', waiting.receive().serial, 3)
        daemon.serves()


def test_streams():
    """Streams have a limit, and one that goes makes room."""
    with Daemon() as daemon, daemon.client(timeout=30) as client:
        client.open()
        body = domain('well', 1) + bytes(8)
        codes = [client.call(OPEN_CONSOLE, body, serial=number).code for number in range(1, 2100)]
        expect('streams', (codes.count(0), codes[-1]), (2048, 9))
        client.send(message(OPEN_CONSOLE, kind=STREAM, serial=1, status=OK))
        client.call(NODE_INFO, serial=5000)
        expect('another one', client.call(OPEN_CONSOLE, body, serial=5001).code, 0)
        daemon.serves()


GUEST = ("<domain type='test'><name>%s</name><memory>65536</memory><os><type>hvm</type></os>%s</domain>")


def test_large_documents():
    """Eight clients with documents that become much in memory: some get an error, the daemon lives."""
    large = ('<description>%s</description>' % ('y' * 3900000),
             "<metadata><a:b xmlns:a='urn:x'>%s</a:b></metadata>" % ("<a:c d='e'/>" * 80000))
    with Daemon(modules=('mock', 'test'), memory=256 * MIB) as daemon:
        codes = set()

        def define(number):
            for text in large:
                try:
                    with daemon.client(timeout=60) as client:
                        client.open('test:///default')
                        codes.add(client.call(DEFINE, string(GUEST % ('n%d' % number, text))).code)
                except (Closed, OSError):
                    pass                # no memory for the message itself
        threads = [threading.Thread(target=define, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        daemon.serves(10)
        assert codes <= {0, 2, 9}, codes


def test_full_memory():
    """Small documents until there is no memory, for the call or for what it holds: then short calls are
    served, and room can be made.  The pool's threads take no heap each that the others cannot use."""
    disks = ''.join("<disk><target dev='sd%s'/></disk>" % (chr(97 + n // 26) + chr(97 + n % 26)) for n in range(640))
    if SANITIZED:
        raise Skipped('a sanitizer needs the memory')
    with Daemon(modules=('mock', 'test'), memory=256 * MIB) as daemon, daemon.client(timeout=60) as client:
        client.open('test:///default')
        for _ in range(500):            # slow, because stopped: from now on such calls are the pool's
            client.send(message(DEFINE, string(GUEST % ('slow', '<devices>%s</devices>' % disks))))
            time.sleep(0.001)
            daemon.process.send_signal(signal.SIGSTOP)
            time.sleep(0.01)
            daemon.process.send_signal(signal.SIGCONT)
            client.receive()
            if 'the pool serves it' in daemon.log_text():
                break
        expect('who serves', 'the pool serves it' in daemon.log_text(), True)
        text = '<description>%s</description>' % ('y' * 30000)
        guests, reply = [], None
        while not reply or reply.code == 0:
            reply = client.call(DEFINE, string(GUEST % ('n%d' % len(guests), text)))
            guests.append(reply.body)
            assert len(guests) < 20000
        expect('the last', (reply.code, 'memory' in reply.text), (2, True))
        assert len(guests) > 3000, 'there was room for %d guests' % len(guests)
        expect('a short call', client.call(NODE_INFO).code, 0)
        daemon.serves()
        for guest in guests[:-1]:
            expect('undefine', client.call(UNDEFINE, guest).code, 0)
        expect('a document', client.call(DEFINE, string(GUEST % ('again', text))).code, 0)


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
    """Nothing but an old socket makes room for a socket, nothing but a file is a pid file, and a
    stale one means nothing.  No link is followed."""
    with Daemon(start=False) as daemon:
        victim = daemon.dir + '/victim'

        def plain(path):
            with open(path, 'w') as handle:
                handle.write('1\n')    # the pid of somebody else

        plain(victim)
        for path, make in ((daemon.rw, plain), (daemon.rw, os.mkdir), (daemon.pidfile, os.mkfifo),
                           (daemon.rw, lambda path: os.symlink(victim, path)),
                           (daemon.pidfile, lambda path: os.symlink(victim, path)), (daemon.pidfile, os.mkdir)):
            make(path)
            try:
                daemon.start()
                raise RuntimeError('%s was taken' % path)
            except AssertionError as problem:
                assert path in str(problem), problem
            assert os.path.lexists(path), '%s is gone' % path
            (os.rmdir if os.path.isdir(path) else os.unlink)(path)
        with open(victim) as handle:
            expect('what a link led to', handle.read(), '1\n')
        plain(daemon.pidfile)
        daemon.start()
        daemon.serves()
        with open(daemon.pidfile) as handle:
            expect('the pid file', int(handle.read()), daemon.process.pid)


def test_signals():
    """Signals that mean nothing to it do not end the daemon."""
    with Daemon() as daemon:
        for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE, signal.SIGHUP, signal.SIGCHLD):
            for _ in range(50):
                daemon.process.send_signal(number)
        daemon.serves(5)


if __name__ == '__main__':
    main(globals())
