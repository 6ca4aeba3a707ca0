#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Our library as a client of our daemon, used by Debian's python3-libvirt:
events, streams, threads, lost connections, a daemon started on demand."""

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402

if SANITIZED:
    sys.exit(77)                        # a foreign program
try:
    import libvirt
except ImportError:
    sys.exit(77)

REMOTE_ONLY = None
CONSOLE = 201


def use_remote_only():
    """This process is a client: the mock driver is the daemon's alone."""
    global REMOTE_ONLY
    REMOTE_ONLY = Daemon(start=False, modules=('remote',))
    os.environ['LIBVIRT_DRIVER_DIR'] = REMOTE_ONLY.dir + '/modules'
    os.environ['LIBVIRT_MODULES_D'] = REMOTE_ONLY.dir + '/modules.d'
    libvirt.registerErrorHandler(lambda *ignored: None, None)
    libvirt.virEventRegisterDefaultImpl()

    def loop():
        while True:
            libvirt.virEventRunDefaultImpl()
    threading.Thread(target=loop, daemon=True).start()


def uri(daemon):
    return 'mock+unix:///default?socket=' + daemon.rw


def fails(what, code, call, *words):
    try:
        call()
    except libvirt.libvirtError as error:
        expect('%s: code' % what, error.get_error_code(), code)
        for word in words:
            assert word in str(error), '%s: %r does not say %r' % (what, str(error), word)
        return
    raise AssertionError('%s was possible' % what)


def test_calls():
    with Daemon() as daemon:
        conn = libvirt.open(uri(daemon))
        expect('guests', [dom.name() for dom in conn.listAllDomains()], ['well', 'sick'])
        expect('URI', conn.getURI(), uri(daemon))
        expect('type', conn.getType(), 'mock')
        expect('alive, encrypted', (conn.isAlive(), conn.isEncrypted()), (1, 0))
        dom = conn.lookupByName('well')
        expect('info', dom.info()[:2], [1, 1024])
        fails('a look-up', libvirt.VIR_ERR_NO_DOMAIN, lambda: conn.lookupByName('nobody'), "no domain 'nobody'")
        fails('what the mock has not', libvirt.VIR_ERR_NO_SUPPORT, dom.reset)
        reader = libvirt.openReadOnly(uri(daemon))
        fails('a change', libvirt.VIR_ERR_OPERATION_DENIED, reader.lookupByName('well').suspend)
        del dom
        expect('left', (reader.close(), conn.close()), (0, 0))


def test_events():
    with Daemon() as daemon:
        conn, other = libvirt.open(uri(daemon)), libvirt.open(uri(daemon))
        seen = []
        number = conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                             lambda c, dom, event, detail, _: seen.append((dom.name(), event)), None)
        conn.domainEventRegisterAny(conn.lookupByName('sick'), libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                    lambda c, dom, event, detail, _: seen.append(('only', dom.name())), None)
        other.lookupByName('well').suspend()
        wait_for('an event while idle', lambda: seen == [('well', libvirt.VIR_DOMAIN_EVENT_SUSPENDED)])
        del seen[:]
        conn.lookupByName('sick').suspend()
        wait_for('two events', lambda: len(seen) == 2)
        conn.domainEventDeregisterAny(number)
        for name in ('well', 'sick'):
            other.lookupByName(name).resume()
        wait_for('the last event', lambda: len(seen) > 2)
        expect('events', seen[2:], [('only', 'sick')])
        conn.close()
        other.close()


def test_lost_connection():
    with Daemon() as daemon:
        conn = libvirt.open(uri(daemon))
        reasons = []
        conn.registerCloseCallback(lambda c, reason, _: reasons.append(reason), None)
        daemon.process.kill()
        daemon.process.wait()
        wait_for('the close callback', lambda: reasons == [libvirt.VIR_CONNECT_CLOSE_REASON_EOF])
        expect('alive', conn.isAlive(), 0)
        fails('a call', libvirt.VIR_ERR_INTERNAL_ERROR, conn.getInfo, 'client socket is closed')
        conn.close()
        fails('opening', libvirt.VIR_ERR_SYSTEM_ERROR, lambda: libvirt.open(uri(daemon)), daemon.rw, 'hint:')
        daemon.start()
        libvirt.open(uri(daemon)).close()


def test_lost_behind_the_daemon():
    """A module's connection in libvirtd breaks: every client of it that listens hears of it once."""
    with Daemon() as daemon:
        conn, other = libvirt.open(uri(daemon)), libvirt.open(uri(daemon))
        reasons = []
        for _ in range(2):
            conn.registerCloseCallback(lambda c, reason, _: reasons.append(reason), None)
            conn.unregisterCloseCallback()
        conn.registerCloseCallback(lambda c, reason, _: reasons.append(reason), None)
        for c in (conn, other, conn):
            c.lookupByName('well').reboot()
        wait_for('the close callback', lambda: reasons == [libvirt.VIR_CONNECT_CLOSE_REASON_ERROR])
        other.registerCloseCallback(lambda c, reason, _: reasons.append(reason), None)
        expect('the daemon', (conn.getInfo()[2], len(reasons)), (1, 1))
        conn.close()
        other.close()


def test_interrupted():
    """A signal every millisecond in the midst of calls, long messages and streams: nothing is lost."""
    seen, data = [], b'0123456789abcdef' * 3000
    with Daemon() as daemon:
        conn = libvirt.open(uri(daemon))
        dom = conn.lookupByName('well')
        before = signal.signal(signal.SIGALRM, lambda *ignored: seen.append(1))
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        try:
            for _ in range(2000):
                expect('guests', (conn.getInfo()[2], len(conn.listAllDomains())), (1, 2))
            fails('a long name', libvirt.VIR_ERR_NO_DOMAIN, lambda: conn.lookupByName('x' * 100000))
            stream = conn.newStream(0)
            dom.openConsole(None, stream, 0)
            for _ in range(30):
                sent, got = 0, b''
                while sent < len(data):
                    sent += stream.send(data[sent:])
                while len(got) < len(data):
                    got += stream.recv(len(data))
                expect('an echo', got, data)
            stream.finish()
            for _ in range(50):
                libvirt.open(uri(daemon)).close()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        conn.close()
        assert len(seen) > 20, '%d signals' % len(seen)     # Python takes several for one


def test_frozen_daemon():
    with Daemon() as daemon:
        conn = libvirt.open(uri(daemon))
        reasons = []
        conn.registerCloseCallback(lambda c, reason, _: reasons.append(reason), None)
        expect('keepalive', conn.setKeepAlive(1, 2), 0)
        time.sleep(2.5)                 # what is measured: it answers
        expect('alive', (conn.isAlive(), reasons), (1, []))
        daemon.process.send_signal(signal.SIGSTOP)
        began = time.time()
        fails('a call', libvirt.VIR_ERR_SYSTEM_ERROR, conn.getInfo, 'no sign of life')
        took = time.time() - began
        assert 1.5 < took < 8, 'it took %.1f s' % took
        wait_for('the close callback', lambda: reasons == [libvirt.VIR_CONNECT_CLOSE_REASON_KEEPALIVE])
        daemon.process.send_signal(signal.SIGCONT)
        conn.close()


def test_threads():
    """Many threads, one connection; one of them waits for a sick guest."""
    with Daemon() as daemon:
        conn = libvirt.open(uri(daemon))
        problems, done = [], []

        def work(name):
            try:
                dom = conn.lookupByName(name)
                for _ in range(300):
                    if dom.info()[1] != 1024 or conn.getType() != 'mock':
                        problems.append(name)
                done.append(name)
            except libvirt.libvirtError as error:
                problems.append(str(error))

        stuck = threading.Thread(target=lambda: done.append(conn.lookupByName('sick').memoryStats()))
        stuck.start()
        threads = [threading.Thread(target=work, args=('well',)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        expect('problems', problems, [])
        expect('ended', done, ['well'] * 8)
        open(daemon.release, 'w').close()
        stuck.join(10)
        expect('the last one', done[-1], {'rss': 42})
        conn.close()


def test_streams():
    with Daemon() as daemon:
        conn = libvirt.open(uri(daemon))
        dom = conn.lookupByName('well')
        stream = conn.newStream()
        dom.openConsole(None, stream, 0)
        for data in (b'a', b'b' * 50000):
            expect('sent', stream.send(data), len(data))
            back = b''
            while len(back) < len(data):
                back += stream.recv(100000)
            expect('echo', back, data)
        stream.finish()
        stream = conn.newStream()
        fails('no such device', libvirt.VIR_ERR_INVALID_ARG, lambda: dom.openConsole('x', stream, 0), 'no console')

        stream = conn.newStream(libvirt.VIR_STREAM_NONBLOCK)
        dom.openConsole(None, stream, 0)
        expect('nothing yet', stream.recv(10), -2)
        got = []

        def ready(stream, events, opaque):
            got.append(stream.recv(1000))
        stream.eventAddCallback(libvirt.VIR_STREAM_EVENT_READABLE, ready, None)
        stream.send(b'hello')
        wait_for('data by callback', lambda: got == [b'hello'])
        stream.eventRemoveCallback()
        stream.send(b'broken?')

        def broken():
            try:
                stream.recv(10)
            except libvirt.libvirtError as error:
                got.append((error.get_error_code(), 'the mock stream broke' in str(error)))
            return len(got) > 1
        wait_for('a broken stream', broken)
        expect('why', got[1], (libvirt.VIR_ERR_OPERATION_FAILED, True))
        stream.abort()
        expect('the connection', conn.getType(), 'mock')
        conn.close()


def test_slow_reader():
    """A program that fetches late makes the server wait: neither memory nor the stream is lost."""
    piece, total, sent = bytes(range(256)) * 256, 64 << 20, [0]

    def pour(stream):
        while sent[0] < total:
            sent[0] += stream.send(piece)

    with Daemon('keepalive_interval = 1\nkeepalive_count = 1\n') as daemon:
        conn = libvirt.open(uri(daemon))
        stream = conn.newStream()
        conn.lookupByName('well').openConsole(None, stream, 0)
        before = own_memory()
        sender = threading.Thread(target=pour, args=(stream,))
        sender.start()
        wait_for('the first 16 MiB', lambda: sent[0] > 16 << 20, 20)
        time.sleep(3)                   # keepalive gives up who is silent for 2 s
        assert sent[0] < 40 << 20, 'nothing held the sender'    # the daemon holds some, too
        assert own_memory() - before < 24 << 10, 'memory grew by %d KiB' % (own_memory() - before)
        got = 0
        while got < total:
            data = stream.recv(len(piece))
            expect('what came', data == (piece * 2)[got % 256:][:len(data)], True)
            got += len(data)
        sender.join()
        stream.finish()
        conn.close()


def fetches_nothing(sock, heard):
    """A server that sends a stream and notes what a client says that does not fetch it."""
    def take(n):
        data = b''
        while len(data) < n:
            data += sock.recv(n - len(data)) or sys.exit()
        return data

    def say(proc, body, kind, serial, status=OK):
        sock.sendall(struct.pack('>IIIIIII', 28 + len(body), REMOTE, 1, proc, kind, serial, status) + body)

    def pour(serial):
        try:
            for _ in range(80):
                say(CONSOLE, bytes(250000), STREAM, serial, CONTINUE)
        except OSError:                 # the client has gone
            pass

    answers = {AUTH_LIST: struct.pack('>II', 1, 0), FEATURE: struct.pack('>I', 1), LOOKUP_NAME: domain('well', 1)}
    while True:
        size, program, _, proc, kind, serial, _ = struct.unpack('>IIIIIII', take(28))
        take(size - 28)
        if program != REMOTE:
            heard.append(proc)
        elif proc == CLOSE:
            return
        elif kind == CALL:
            say(proc, answers.get(proc, b''), REPLY, serial)
        if program == REMOTE and proc == CONSOLE and kind == CALL:
            threading.Thread(target=pour, args=(serial,), daemon=True).start()


def test_fetches_nothing():
    """Who cannot read a PING behind a stream says without it that he lives: libvirt's daemons drop him else."""
    with tempfile.TemporaryDirectory() as place, socket.socket(socket.AF_UNIX) as listener:
        heard = []
        listener.bind(place + '/socket')
        listener.listen()
        threading.Thread(target=lambda: fetches_nothing(listener.accept()[0], heard), daemon=True).start()
        conn = libvirt.open('mock+unix:///default?socket=' + place + '/socket')
        stream = conn.newStream(libvirt.VIR_STREAM_NONBLOCK)
        conn.lookupByName('well').openConsole(None, stream, 0)
        wait_for('a sign of life', lambda: heard and set(heard) == {2}, 6)
        stream.abort()
        conn.close()


def own_memory():
    """Resident KiB of this process."""
    with open('/proc/self/status') as file:
        return int(re.search(r'VmRSS:\s*(\d+)', file.read()).group(1))


def test_transports():
    fails('remote host', libvirt.VIR_ERR_SYSTEM_ERROR, lambda: libvirt.open('mock://localhost:1/?pkipath=/nowhere'),
          '/nowhere/cacert.pem', 'hint:')
    fails('nonsense', libvirt.VIR_ERR_INVALID_ARG, lambda: libvirt.open('mock+pigeon:///'), 'pigeon')
    fails('a long name', libvirt.VIR_ERR_SYSTEM_ERROR, lambda: libvirt.open('mock+unix:///?socket=/' + 'x' * 200))
    fails('no socket', libvirt.VIR_ERR_SYSTEM_ERROR, lambda: libvirt.open('mock+unix:///?socket=/nowhere/sock'),
          "Failed to connect socket to '/nowhere/sock'")


SESSION = '''
import libvirt, sys
libvirt.registerErrorHandler(lambda *ignored: None, None)
try:
    conn = libvirt.open('mock:///session')
    print(conn.getType(), len(conn.listAllDomains()))
except libvirt.libvirtError as error:
    print(error.get_error_code(), str(error).replace(chr(10), ' '))
'''


def sessions(env, n):
    started = [subprocess.Popen([sys.executable, '-c', SESSION], env=env, stdout=subprocess.PIPE, text=True)
               for _ in range(n)]
    return [process.communicate(timeout=60)[0].strip() for process in started]


def test_started_on_demand():
    """Eight clients at once start one daemon of the user."""
    with Daemon(start=False) as daemon:
        os.makedirs(daemon.dir + '/run')
        wrapper = daemon.dir + '/libvirtd'
        with open(wrapper, 'w') as handle:
            handle.write('#!/bin/sh\necho started >>%s/starts\nLIBVIRT_DRIVER_DIR=%s/modules exec %s/daemon/.libs/libvirtd "$@"\n'
                         % (daemon.dir, daemon.dir, BUILD))
        os.chmod(wrapper, 0o755)
        env = dict(daemon.env, LIBVIRTD_PATH=wrapper, LIBVIRT_DRIVER_DIR=REMOTE_ONLY.dir + '/modules')
        try:
            expect('answers', set(sessions(env, 8)), {'mock 2'})
            with open(daemon.dir + '/starts') as handle:
                expect('daemons started', handle.read().count('started'), 1)
            expect('one more', sessions(env, 1), ['mock 2'])
        finally:
            with open(daemon.dir + '/run/libvirt/libvirtd.pid') as handle:
                os.kill(int(handle.read()), signal.SIGTERM)


def test_without_runtime_directory():
    """Client and daemon agree on the directory when none is named, or a relative one."""
    for value in (None, 'relative'):
        with Daemon(start=False) as daemon:
            env = dict(daemon.env, XDG_RUNTIME_DIR=value or '', LIBVIRT_DRIVER_DIR=REMOTE_ONLY.dir + '/modules')
            wrapper = daemon.dir + '/libvirtd'
            with open(wrapper, 'w') as handle:
                handle.write('#!/bin/sh\nLIBVIRT_DRIVER_DIR=%s/modules exec %s/daemon/.libs/libvirtd "$@"\n'
                             % (daemon.dir, BUILD))
            os.chmod(wrapper, 0o755)
            env['LIBVIRTD_PATH'] = wrapper
            os.mkdir(daemon.dir + '/home')
            expect('answer', sessions(env, 1), ['mock 2'])
            assert os.path.exists(daemon.dir + '/cache/libvirt/libvirt-sock'), "it is not where libvirt's clients look"
            with open(daemon.dir + '/cache/libvirt/libvirtd.pid') as handle:
                os.kill(int(handle.read()), signal.SIGTERM)


def test_cannot_be_started():
    """The error repeats the daemon's last words."""
    with Daemon(start=False) as daemon:
        os.makedirs(daemon.dir + '/run')
        os.makedirs(daemon.dir + '/config/libvirt')
        with open(daemon.dir + '/config/libvirt/libvirtd.conf', 'w') as handle:
            handle.write('max_clients = "lots"\n')
        env = dict(daemon.env, LIBVIRT_DRIVER_DIR=REMOTE_ONLY.dir + '/modules')
        answer = sessions(env, 1)[0]
        assert 'libvirtd.conf:1' in answer and 'max_clients' in answer, answer
        env['LIBVIRTD_PATH'] = '/nowhere/libvirtd'
        answer = sessions(env, 1)[0]
        assert '/nowhere/libvirtd' in answer, answer


try:
    use_remote_only()
except Skipped as why:
    print('skip: %s' % why)
    sys.exit(77)
if __name__ == '__main__':
    try:
        main(globals())
    finally:
        REMOTE_ONLY.__exit__(None)
