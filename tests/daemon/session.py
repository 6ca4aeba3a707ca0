#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client's life: login, open, close, keepalive, and how many there may be."""

import os
import resource
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402

OPEN_MOCK = struct.pack('>I', 1) + string('mock:///default') + struct.pack('>I', 0)
PING, PONG = 1, 2


def keepalive(proc):
    return message(proc, prog=KEEPALIVE, kind=MESSAGE)


def test_order():
    with Daemon() as daemon, daemon.client() as client:
        reply = client.call(NODE_INFO)
        expect('a call before open', (reply.code, 'connection not open' in reply.text), (1, True))
        expect('feature 10', client.call(FEATURE, struct.pack('>i', 10)).body, struct.pack('>i', 1))
        expect('feature 1', client.call(FEATURE, struct.pack('>i', 1)).body, struct.pack('>i', 0))
        expect('open', client.call(OPEN, OPEN_MOCK).code, 0)
        expect('open twice', client.call(OPEN, OPEN_MOCK).code, 1)
        expect('login again', client.call(AUTH_LIST).code, 0)
        for proc in (67, 68, 69, 70):
            assert client.call(proc, b'').code in (39, 45), proc
        expect('a call', client.call(NODE_INFO).code, 0)
        expect('close', client.call(CLOSE).code, 0)
        expect('close twice', client.call(CLOSE).code, 0)
        expect('a call after close', client.call(NODE_INFO).code, 1)


def test_login():
    """Where it is asked for, nothing goes before it; where it is not, nobody need ask."""
    with Daemon('auth_unix_rw = "polkit"\n') as daemon:
        if not daemon.privileged:
            raise Skipped('only root can be two users')
        os.chmod(daemon.dir, 0o711)
        os.chmod(daemon.rw, 0o777)
        with daemon.client() as root:
            expect('root', root.call(OPEN, OPEN_MOCK).code, 0)
        os.seteuid(65534)
        try:
            client, reader = daemon.client(), daemon.client(readonly=True)
        finally:
            os.seteuid(0)
        for _ in range(2):
            for proc, body in ((OPEN, OPEN_MOCK), (NODE_INFO, b''), (CLOSE, b''), (FEATURE, struct.pack('>i', 10))):
                reply = client.call(proc, body)
                expect('call %d before login' % proc, (reply.code, reply.text.split(':')[-1].strip()),
                       (39, 'authentication required'))
            expect('what to do', client.call(AUTH_LIST).body, struct.pack('>II', 1, 2))
        expect('a reader', reader.call(OPEN, OPEN_MOCK).code, 0)
        client.close()
        reader.close()


def test_open_arguments():
    with Daemon() as daemon, daemon.client() as client:
        client.login()
        for name in 'nobody:///', '::bad', 'x' * 60000, '':
            reply = client.call(OPEN, struct.pack('>I', 1) + string(name) + struct.pack('>I', 0))
            assert reply.status == ERROR, '%s was opened' % name[:20]
        expect('open at last', client.call(OPEN, OPEN_MOCK).code, 0)


def test_open_flags():
    """Debian's client of an ordinary user sets bits 1 and 2 for itself; only bit 0 is ours."""
    with Daemon() as daemon:
        for flags, code in (6, 0), (7, 29):
            with daemon.client() as client:
                client.open(readonly=flags)
                expect('flags %d' % flags, client.call(RESUME, domain('well', 1)).code, code)


def test_one_write():
    """All that a session needs in one write: answered in order."""
    with Daemon() as daemon:
        for _ in range(50):
            with daemon.client() as client:
                client.send(message(AUTH_LIST, serial=0) + message(FEATURE, struct.pack('>i', 10), serial=1) +
                            message(OPEN, OPEN_MOCK, serial=2) + message(NODE_INFO, serial=3) +
                            message(CLOSE, serial=4))
                expect('serials', [client.receive().serial for _ in range(5)], [0, 1, 2, 3, 4])


def test_many_sessions():
    with Daemon() as daemon:
        daemon.serves()
        fds = daemon.fds()
        before = None
        for round in range(2000):
            with daemon.client() as client:
                client.open()
                client.call(CAPABILITIES)
            if round == 500:
                before = daemon.rss()
        daemon.settle(fds)
        assert SANITIZED or daemon.rss() < before * 1.05 + 512, 'memory: %d, then %d' % (before, daemon.rss())


@waits
def test_keepalive():
    with Daemon('keepalive_interval = 1\nkeepalive_count = 2\n') as daemon:
        with daemon.client() as client:
            client.send(keepalive(PING))
            expect('PONG before login', client.receive().proc, PONG)
            client.open()
            client.send(keepalive(PONG) * 1000 + keepalive(PING))
            expect('PONG', client.receive().proc, PONG)
        with daemon.client() as client:
            client.open()
            client.sock.settimeout(2.5)
            try:
                client.fill(1)
                raise AssertionError('a PING to a client that does not know it')
            except socket.timeout:
                pass
        with daemon.client() as client:
            client.open()
            client.call(FEATURE, struct.pack('>i', 10))
            began = time.time()
            reply = client.receive()
            expect('PING', (reply.prog, reply.proc, reply.kind), (KEEPALIVE, PING, MESSAGE))
            client.send(keepalive(PONG))
            assert client.closed_within(8), 'a client without a sign of life stays'
            assert time.time() - began > 3, 'cut too early'


def test_ping_while_busy():
    """A client whose calls all wait is still answered its PING."""
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        stats = domain('sick', 2) + struct.pack('>II', 4, 0)
        for serial in range(50):
            client.send(message(MEMORY_STATS, stats, serial=serial))
        client.send(keepalive(PING))
        expect('PONG', client.receive().proc, PONG)
        open(daemon.release, 'w').close()
        expect('replies', sorted(client.receive().serial for _ in range(50)), list(range(50)))


def test_backpressure():
    """20 000 calls by one who does not read."""
    with Daemon() as daemon:
        daemon.serves()
        before = daemon.rss()
        with daemon.client() as client:
            client.open()
            client.sock.settimeout(1)
            sent = 0
            try:
                for _ in range(20000):
                    client.send(message(CAPABILITIES))
                    sent += 1
            except socket.timeout:
                pass
            assert sent < 20000, 'all was taken'
            assert daemon.rss() < before + 4096, 'memory grew by %d KiB' % (daemon.rss() - before)
            daemon.serves()
            client.sock.settimeout(10)
            for _ in range(sent):
                expect('a late reply', client.receive().code, 0)


def test_anonymous():
    """Who has not opened a connection makes room for who comes."""
    with Daemon('max_anonymous_clients = 20\n') as daemon:
        idle = [daemon.client() for _ in range(200)]
        daemon.serves()
        assert not any(client.closed_within(0.001) for client in idle[:20]), 'many that come at once do not get in'
        time.sleep(1.1)
        daemon.serves()
        daemon.serves(readonly=True)
        left = sum(not client.closed_within(0.01) for client in idle)
        assert 0 < left <= 20, '%d of 200 idle clients are left' % left


def test_full_listener():
    """A full read-only socket leaves the other one alone; root has places of its own."""
    with Daemon('max_clients = 50\nmax_anonymous_clients = 1000\n') as daemon:
        fds = daemon.fds()
        held = [daemon.client(readonly=True).open() for _ in range(50)]
        daemon.serves()
        if os.geteuid() == 0:
            daemon.serves(readonly=True)
            held += [daemon.client(readonly=True).open() for _ in range(16)]
        late = daemon.client(readonly=True)
        assert late.closed_within(1), 'more than max_clients'
        daemon.serves()
        assert daemon.log_text().count('was refused') == 1, 'refused clients are not logged once'
        for client in held:
            client.close()
        daemon.settle(fds)
        daemon.serves(readonly=True)


def test_no_descriptors():
    """One that cannot be taken in for want of a descriptor is refused, and does not keep the loop busy."""
    with Daemon() as daemon:
        clients = [daemon.client().open() for _ in range(5)]
        used = {int(fd) for fd in os.listdir('/proc/%d/fd' % daemon.process.pid)}
        free = min(set(range(len(used) + 1)) - used)
        before = resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (free, before[1]))
        began = daemon.cpu()
        with daemon.client() as more:
            assert more.closed_within(2), 'it waits for ever'
            time.sleep(1)               # what is measured
        assert daemon.cpu() - began < 0.5, 'the loop was busy for %.2f s' % (daemon.cpu() - began)
        for client in clients:
            expect('the others', client.call(NODE_INFO).code, 0)
        resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, before)
        daemon.serves()


def test_share_of_user():
    """One user cannot have all places of a socket."""
    if os.geteuid() != 0:
        return
    with Daemon('max_clients = 100\nmax_anonymous_clients = 1000\n') as daemon:
        os.chmod(daemon.dir, 0o755)
        pipe, child_pipe = os.pipe()
        child_end, end = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.setuid(65534)
            held, n = [], 0
            for _ in range(100):
                client = daemon.client(readonly=True)
                try:
                    client.open()
                    held.append(client)
                except (Closed, OSError):
                    pass
            os.write(child_pipe, b'%d' % len(held))
            os.close(end)
            os.read(child_end, 1)       # until the other process has seen enough
            os._exit(0)
        n = int(os.read(pipe, 16))
        assert 32 <= n <= 64, 'one user has %d of 100 places' % n
        daemon.serves(readonly=True)
        os.close(end)
        os.waitpid(pid, 0)


@waits
def test_deadlines():
    """30 s to open a connection and for each message; all at once, to wait once."""
    with Daemon('keepalive_interval = 0\nmax_anonymous_clients = 1000\n') as daemon:
        began = time.time()
        silent = [daemon.client() for _ in range(5)]
        partial = [daemon.client().open() for _ in range(5)]
        for client, n in zip(partial, (1, 3, 4, 20, 40)):
            client.send(message(LOOKUP_NAME, string('a' * 40))[:n])
        slow = [daemon.client().open() for _ in range(200)]
        idle = daemon.client().open()
        data = message(LOOKUP_NAME, string('a' * 2000))
        while time.time() < began + 25:
            for client in slow:
                client.send(data[:1])
            data = data[1:]
            time.sleep(0.1)
        assert not any(client.closed_within(0.01) for client in silent + partial + slow), 'cut before its time'
        daemon.serves()
        for what, clients in (('silent', silent), ('partial', partial), ('slow', slow)):
            for client in clients:
                assert client.closed_within(max(began + 34 - time.time(), 0.1)), 'a %s client stays' % what
        expect('an idle client stays', idle.call(NODE_INFO).code, 0)


def test_files_of_test_hosts():
    """The system's daemon reads for a client that may only read what everybody may."""
    guest = '<domain type="test"><name>x</name><memory>1</memory><os><type>hvm</type></os></domain>'
    with Daemon(modules=('mock', 'test')) as daemon:
        files = {'secret': '<node/>', 'open': '<node/>', 'guest': guest, 'beside': '<node><domain file="guest"/></node>'}
        for name, text in files.items():
            with open('%s/%s' % (daemon.dir, name), 'w') as handle:
                handle.write(text)
            os.chmod('%s/%s' % (daemon.dir, name), 0o600 if name in ('secret', 'guest') else 0o644)
        os.chmod(daemon.dir, 0o711)
        os.symlink('secret', daemon.dir + '/link')
        os.symlink('open', daemon.dir + '/way')
        os.mkdir(daemon.dir + '/private', 0o700)
        os.link(daemon.dir + '/open', daemon.dir + '/private/open')
        os.symlink('private/open', daemon.dir + '/through')
        codes = {'open': (0, 0), 'way': (0, 0), 'secret': (0, 29), 'link': (0, 29), 'beside': (0, 29),
                 'private/open': (0, 29), 'through': (0, 29), 'nothing': (27, 29)}
        for name, wanted in codes.items():
            uri = struct.pack('>I', 1) + string('test://%s/%s' % (daemon.dir, name)) + b'\0' * 4
            for readonly in (False, True):
                with daemon.client(readonly) as client:
                    expect('%s, read-only: %s' % (name, readonly), client.call(OPEN, uri).code, wanted[readonly])


if __name__ == '__main__':
    main(globals())
