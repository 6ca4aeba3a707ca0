#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""One user cannot take what others need: memory, places, turns."""

import os
import select
import signal
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *                   # noqa: F401,F403,E402

NOBODY = 65534
CREATE_XML, NUM_OF_DOMAINS = 10, 51
GUEST = "<domain type='test'><name>g%d</name><memory>1024</memory><os><type>hvm</type></os></domain>"


def two_users(daemon):
    if not daemon.privileged:
        raise Skipped('only root can be two users')
    os.chmod(daemon.dir, 0o711)
    os.chmod(daemon.ro, 0o777)


def as_nobody(function):
    os.seteuid(NOBODY)
    try:
        return function()
    finally:
        os.seteuid(0)


def test_memory():
    """Half of the memory for messages is one user's at most; who holds most is cut off, not who comes."""
    with Daemon() as daemon:
        two_users(daemon)
        clients = as_nobody(lambda: [daemon.client(readonly=True).open() for _ in range(20)])
        for client in clients:
            try:
                client.send(message(CAPABILITIES, length=0x2000000) + b'A' * (16 << 20))
            except OSError:
                pass                    # cut off
        with daemon.client() as root:
            root.open()
            expect('a call of root with 200 KiB', root.call(LOOKUP_NAME, string('x' * 200000)).code != 0, True)
        cut = sum(client.closed_within(0.05) for client in clients)
        assert 8 <= cut < 20, '%d of 20 clients with 16 MiB each were cut off' % cut
        assert daemon.rss() < 300 << 10, 'the daemon takes %d KiB' % daemon.rss()
        daemon.serves()


def test_crowd():
    """A hundred that come at once all get in, however few may be anonymous for long."""
    with Daemon('max_anonymous_clients = 5\n') as daemon:
        clients = [daemon.client() for _ in range(100)]
        for client in clients:
            client.open()
        expect('those that get an answer', sum(client.call(NODE_INFO).code == 0 for client in clients), 100)
        for client in clients:
            client.close()


def test_anonymous_of_others():
    """Who has not opened a connection makes room for his own, never for another's."""
    with Daemon('max_anonymous_clients = 5\n') as daemon:
        two_users(daemon)
        patient = daemon.client(readonly=True)
        time.sleep(1.1)
        crowd = as_nobody(lambda: [daemon.client(readonly=True) for _ in range(30)])
        time.sleep(1.1)
        crowd += as_nobody(lambda: [daemon.client(readonly=True) for _ in range(3)])
        assert sum(client.closed_within(0.01) for client in crowd) >= 25, 'the crowd stays'
        patient.open()
        patient.close()


def flood(clients, stop):
    """Each has five calls on their way, all the time."""
    one = message(CAPABILITIES, serial=7)
    poll = select.epoll()
    by_fd = {client.sock.fileno(): client for client in clients}
    for fd, client in by_fd.items():
        client.sock.setblocking(False)
        client.sock.send(one * 5)
        poll.register(fd, select.EPOLLIN)
    while not stop.is_set():
        for fd, _ in poll.poll(0.1):
            try:
                by_fd[fd].sock.recv(1 << 16)
                by_fd[fd].sock.send(one * 2)
            except BlockingIOError:
                pass
            except OSError:
                poll.unregister(fd)


def test_turns():
    """A user with hundreds of busy connections leaves others their turns."""
    with Daemon() as daemon:
        two_users(daemon)
        clients = as_nobody(lambda: [daemon.client(readonly=True).open() for _ in range(300)])
        stop = threading.Event()
        thread = threading.Thread(target=flood, args=(clients, stop))
        thread.start()
        try:
            time.sleep(0.5)
            for _ in range(20):
                daemon.serves(seconds=1.0)
        finally:
            stop.set()
            thread.join()
        for client in clients:
            client.close()


def test_urgent():
    """Root need not wait until fifty users that came before have had their turns."""
    users = 50
    with Daemon('unix_sock_rw_perms = "0777"\n', modules=('mock', 'test')) as daemon:
        two_users(daemon)

        def enter(uid):
            os.seteuid(uid)
            try:
                return daemon.client().open('test:///default')
            finally:
                os.seteuid(0)
        clients = [enter(1000 + n) for n in range(users)]
        with enter(0) as root:
            domains = struct.unpack('>I', root.call(NUM_OF_DOMAINS).body)[0]
            daemon.process.send_signal(signal.SIGSTOP)
            for n, client in enumerate(clients):        # each leaves a guest behind its turn
                client.send(message(NODE_INFO) * 200 + message(CREATE_XML, string(GUEST % n) + bytes(4), serial=99))
            root.send(message(NUM_OF_DOMAINS))
            daemon.process.send_signal(signal.SIGCONT)
            before = struct.unpack('>I', root.receive().body)[0] - domains
            assert before < users / 2, '%d of %d users had their turn before root' % (before, users)
        for client in clients:
            while (reply := client.receive()).serial != 99:
                pass
            expect('a guest more', reply.code, 0)
            client.close()


def test_workers():
    """Where one user's calls, which wait, have all threads, root's go on at once, and before those that wait for a thread."""
    with Daemon('max_workers = 4\nprio_workers = 0\n') as daemon:
        two_users(daemon)
        clients = as_nobody(lambda: [daemon.client(readonly=True).open() for _ in range(20)])
        for n, client in enumerate(clients):
            client.send(message(MEMORY_STATS, string('sick') + bytes([n]) * 16 + struct.pack('>iII', 1, 4, 0)))
        daemon.asked(4)
        for _ in range(5):
            began = time.time()
            with daemon.client() as root:
                root.open()
                expect('statistics', root.call(MEMORY_STATS, domain('well', 1) + struct.pack('>II', 4, 0)).code, 0)
            took = time.time() - began
            assert took < 0.3, 'root waited %.2f s' % took
        open(daemon.release, 'w').close()
        for client in clients:
            expect('a late answer', client.receive().code, 0)
            client.close()


if __name__ == '__main__':
    main(globals())
