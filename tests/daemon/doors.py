#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""At the door of TCP and TLS: the wrong protocol, handshakes that end in the middle, logins that are wrong,
endless or come again.  And crowds at every door, beside which root waits for nothing."""

import os
import resource
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402
import network  # noqa: E402
from network import SASL_INIT, SASL_START, SASL_STEP, Remote, begin_login, chars  # noqa: E402

AUTH_FAILED = 45
SOON = 0.1 * (10 if SANITIZED else 1)


def hello():
    """The first message of a handshake, as a client of OpenSSL's says it."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname='localhost').do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()


def median_of_root(daemon, n=20):
    """Seconds that a new client of root's waits for its first answers."""
    times = []
    for _ in range(n):
        began = time.time()
        daemon.serves(5)
        times.append(time.time() - began)
    return sorted(times)[n // 2]


def test_wrong_protocol():
    """Who does not speak TLS where it is spoken, and the other way round, is hung up on at once."""
    with network.Network() as daemon:
        fds = daemon.fds()
        plain, encrypted = Remote(daemon.tls), Remote(daemon.tcp)
        plain.send(message(AUTH_LIST))
        encrypted.send(hello())
        assert plain.closed_within(2), 'plain bytes on the port of TLS'
        assert encrypted.closed_within(2), 'a handshake on the port of TCP'
        for data in (b'\x16\x03\x01\xff\xff', b'\x15\x03\x03\0\2\2\x28', b'\x16\x03\x03\0\0' * 100, b'GET / HTTP/1.1\r\n\r\n'):
            client = Remote(daemon.tls)
            client.send(data)
            if data[1:] != b'\x03\x01\xff\xff':         # that one says that more will come
                assert client.closed_within(2), data[:10]
            client.close()
        daemon.settle(fds)
        daemon.serves()


def test_renegotiation():
    """A session of TLS 1.2 is not begun anew by who already has one: the connection ends, and nobody else notices."""
    if not shutil.which('openssl'):
        raise Skipped('no openssl')
    with network.Network('auth_tls = "none"\n') as daemon:
        place = daemon.certificates.dir
        with subprocess.Popen(['openssl', 's_client', '-tls1_2', '-connect', '127.0.0.1:%d' % daemon.tls, '-cert', place + '/cert.pem',
                               '-key', place + '/key.pem', '-CAfile', place + '/cacert.pem'],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as client:
            said = b''
            while b'Verify return code' not in said:
                line = client.stdout.readline()
                assert line, said
                said += line
            began = daemon.cpu()
            client.stdin.write(b'R\n' * 50)
            client.stdin.flush()
            try:
                client.wait(5)
            except subprocess.TimeoutExpired:
                client.kill()
                raise AssertionError('the session goes on')
        assert daemon.cpu() - began < 1
        daemon.serves()


@waits
def test_half_handshakes():
    """500 of them and 600 that say nothing, each for as long as a login may take: root's calls wait for nothing, and then all are
    gone."""
    with network.Network('max_anonymous_clients = 600\n') as daemon:
        daemon.serves()
        fds, began, said = daemon.fds(), time.time(), hello()
        crowd = []
        for n in range(500):
            client = Remote(daemon.tls, source='127.0.0.%d' % (1 + n % 10))
            try:
                client.send(said[:1 + n * (len(said) - 2) // 500])
            except OSError:
                pass                    # there is no place for it
            crowd.append(client)
        crowd += [Remote(daemon.tcp, source='127.0.0.%d' % (1 + n % 10)) for n in range(600)]
        waited = median_of_root(daemon)
        assert waited < SOON, 'root waits %.0f ms' % (waited * 1000)
        there = [sum(not client.closed_within(0.001) for client in some) for some in (crowd[:500], crowd[500:])]
        assert there[0] > 300 and there[1] == 600, 'only %d of 500 and %d of 600 are there' % tuple(there)
        wait_for(lambda: '%d descriptors' % daemon.fds(), lambda: daemon.fds() <= fds, 40)
        assert time.time() - began > 25, 'they were cut before their time'
        daemon.serves()


def test_wrong_logins():
    """Three that fail end the connection; what is empty, endless, or no name is one that fails."""
    users = network.sasl_users()
    with network.OpenHouse(users) as daemon:
        client = daemon.connect('tls')
        codes = []
        try:
            for _ in range(5):
                step = begin_login(client, 'auth')
                codes.append(client.call(SASL_STEP, step.replace(b'\0\0\0f', b'\0\0\0e')).code)
        except Closed:
            pass
        expect('three wrong passwords', codes[:2], [AUTH_FAILED] * 2)
        assert len(codes) <= 3, '%d logins of one client failed' % len(codes)

        for name, data in (('no such mechanism', (b'MAGIC', b'')), ('an empty name', (b'', b'')), ('a name with NUL', (b'DIGEST-MD5\0x', b'')),
                           ('a long name', (b'X' * 60000, b''))):
            client = daemon.connect('tls')
            client.call(AUTH_LIST)
            client.call(SASL_INIT)
            reply = client.call(SASL_START, string(data[0].decode('latin-1')) + struct.pack('>I', 0) + chars(data[1]))
            assert reply.code in (AUTH_FAILED, 39), '%s: %d %s' % (name, reply.code, reply.text)

        client, turns = daemon.connect('tls'), 0        # the same turn, again and again
        client.call(AUTH_LIST)
        client.call(SASL_INIT)
        client.call(SASL_START, string('DIGEST-MD5') + struct.pack('>I', 1) + chars(b''))
        try:
            while turns < 100:
                expect('a turn of nothing', client.call(SASL_STEP, struct.pack('>I', 1) + chars(b'')).code, AUTH_FAILED)
                turns += 1
        except (Closed, OSError):
            pass
        assert turns <= 3, '%d turns' % turns

        client = daemon.connect('tls')
        client.call(AUTH_LIST)
        step = begin_login(client, 'auth').replace(b'\0\0\0r', b'\0\0\0\0', 1)
        expect('a name with NUL in it', client.call(SASL_STEP, step).code, AUTH_FAILED)

        client = daemon.connect('tls')                  # a login is not begun again by who has one
        step = begin_login(client, 'auth')
        expect('a right login', client.call(SASL_STEP, step).code, 0)
        for proc, body in ((SASL_STEP, step), (SASL_INIT, b''), (SASL_START, string('DIGEST-MD5') + bytes(8))):
            assert client.call(proc, body).code in (AUTH_FAILED, 39), 'procedure %d after the login' % proc
        client.login = lambda: None
        client.open()
        daemon.serves()
    shutil.rmtree(users)


def test_crowds():
    """At each door as many as get in, that say nothing or have opened: root's calls wait for nothing, and then
    everything is as it was."""
    users = network.sasl_users()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with network.OpenHouse(users) as daemon:
        daemon.enter('tls').close()
        daemon.serves()
        fds = daemon.fds()
        for way, opened, n in (('unix', True, 600), ('ro', True, 600), ('ro', False, 2000), ('tcp', False, 600), ('tls', False, 600)):
            if way == 'ro' and not daemon.privileged:
                continue
            crowd = []
            for _ in range(n):
                try:
                    crowd.append(daemon.enter(way) if opened else Remote(daemon.tls) if way == 'tls' else daemon.connect(way))
                except (Closed, OSError):
                    pass                # there is no place for it
            waited = median_of_root(daemon)
            assert waited < SOON, '%d by %s: root waits %.0f ms' % (len(crowd), way, waited * 1000)
            for client in crowd:
                client.close()
            daemon.settle(fds, 10)
        daemon.serves()
    shutil.rmtree(users)


def idle_crowd(daemon, way, n):
    """As many of N as get in, which have opened a connection and want nothing more of it; each address of other hosts has its share."""
    crowd = []
    for number in range(n):
        source = '127.0.1.%d' % (1 + number % 100)
        try:
            if way == 'tls':
                client = Remote(daemon.tls, source=source).encrypt(daemon.context)
            else:
                client = Remote(daemon.tcp, source=source) if way == 'tcp' else daemon.client(readonly=way == 'ro')
            crowd.append(client.open())
        except (Closed, OSError):
            pass
    return crowd


def fill_sockets(daemon, ways, n, least):
    """N at each of the sockets, of which at least so many get in; they all stay while root comes."""
    for way in ways:
        idle_crowd(daemon, way, 1)[0].close()
    daemon.serves()
    fds, crowds = daemon.fds(), {}
    for way in ways:
        crowds[way] = idle_crowd(daemon, way, n)
        waited = median_of_root(daemon)
        assert waited < SOON, '%d on %s: root waits %.0f ms' % (len(crowds[way]), way, waited * 1000)
        assert len(crowds[way]) >= least, 'only %d of %d are on %s' % (len(crowds[way]), n, way)
    print('  %s: root waits %.1f ms; %d descriptors' % (', '.join('%d by %s' % (len(crowds[way]), way) for way in ways), waited * 1000,
                                                        daemon.fds()))
    for crowd in crowds.values():
        for client in crowd[0], crowd[-1]:
            expect('an idle one', client.call(NODE_INFO).code, 0)
        for client in crowd:
            client.close()
    daemon.settle(fds, 20)
    daemon.serves()


@waits
def test_full_house():
    """5000 that are idle on each socket."""
    most, n = resource.getrlimit(resource.RLIMIT_NOFILE)[1], 300 if SANITIZED else 5000
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if os.geteuid() != 0 or most < 4 * n:
        raise Skipped('only %d files may be open, or there is one socket only' % most)
    with Daemon('max_clients = %d\n' % (n + 10)) as daemon:
        fill_sockets(daemon, ('unix', 'ro'), n, n)
    with network.Network('max_clients = %d\nauth_tls = "none"\nauth_tcp = "none"\n' % (n + 10)) as daemon:
        daemon.context = daemon.certificates.context(ssl.PROTOCOL_TLS_CLIENT)
        # a process that may open 20000 files takes fewer on each of four sockets
        fill_sockets(daemon, ('tcp', 'tls'), n, n // 4)


def test_many_programs():
    """200 virsh at once: each gets its answer."""
    with Daemon(modules=('mock', 'test')) as daemon:
        uri = 'test+unix:///default?socket=' + daemon.rw
        n = 40 if SANITIZED else 200
        running = [subprocess.Popen(['virsh', '-q', '-c', uri, 'list', '--name'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                    text=True) for _ in range(n)]
        expect('answers', {process.communicate(timeout=60)[0].strip() for process in running}, {'test'})
        daemon.serves()


if __name__ == '__main__':
    main(globals())
