#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who waits for whom: a guest that does not answer, a module that lied, clients
that die in the middle of a call."""

import os
import resource
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
from hung import HungMount, own_mounts  # noqa: E402

SICK = domain('sick', 2) + struct.pack('>II', 4, 0)
WELL = domain('well', 1) + struct.pack('>II', 4, 0)
NUM_OF_NETWORKS, SUSPEND = 52, 34


def timed(client, proc, body=b''):
    began = time.time()
    expect('call %d' % proc, client.call(proc, body).code, 0)
    return time.time() - began


def test_sick_guest():
    """40 callers of a guest that does not answer: everybody else is served at once."""
    with Daemon() as daemon:
        stuck = [daemon.client(readonly=n % 2).open() for n in range(40)]
        for client in stuck:
            client.send(message(MEMORY_STATS, SICK, serial=1000))
        daemon.asked(4)
        with daemon.client() as client:
            client.open()
            for what, proc, body in (('statistics', MEMORY_STATS, WELL), ('info', GET_INFO, domain('well', 1)),
                                     ('a list', 273, struct.pack('>iI', 1, 0)), ('the node', NODE_INFO, b''),
                                     ('destroy of the sick one', DESTROY, domain('sick', 2)),
                                     ('resume of the sick one', RESUME, domain('sick', 2))):
                took = timed(client, proc, body)
                assert took < 1, '%s took %.2f s' % (what, took)
        assert daemon.status('Threads') < 16, '%d threads' % daemon.status('Threads')
        daemon.serves()
        open(daemon.release, 'w').close()
        for client in stuck:
            expect('a late answer', client.receive().code, 0)


def test_many_sick_guests():
    """More guests that do not answer than there are threads: threads come, a second each."""
    with Daemon('max_workers = 4\n') as daemon, daemon.client() as client:
        client.open()
        stuck = [daemon.client().open() for _ in range(6)]
        for n, one in enumerate(stuck):
            one.send(message(MEMORY_STATS, string('sick') + bytes([n]) * 16 + struct.pack('>iII', 1, 4, 0)))
        daemon.asked(4)
        took = timed(client, MEMORY_STATS, WELL)
        assert took < 6, 'another guest waited %.1f s' % took
        open(daemon.release, 'w').close()
        for one in stuck:
            one.receive()


def test_killed_callers():
    """Clients that vanish while their calls wait."""
    with Daemon() as daemon:
        fds = daemon.fds()
        for _ in range(100):
            client = daemon.client()
            client.open()
            client.send(message(MEMORY_STATS, SICK) + message(MEMORY_STATS, WELL))
            client.close()
        daemon.serves()
        open(daemon.release, 'w').close()
        daemon.settle(fds)
        daemon.serves()


def test_gone_callers():
    """Calls that were not begun go with who made them, and what he held with them; but what he wanted changed is."""
    with Daemon() as daemon:
        daemon.serves()
        fds, rss = daemon.fds(), daemon.rss()
        for _ in range(1000):
            with daemon.client() as client:
                client.open()
                client.send(message(MEMORY_STATS, SICK) * 5)
        daemon.settle(fds + 40)         # of those that the guest was asked for each holds a file, too
        with daemon.client() as client:
            client.open()
            client.send(message(SUSPEND, domain('sick', 2)))
            expect('another call', client.call(NODE_INFO).code, 0)
        daemon.settle(fds + 41)
        daemon.serves()
        open(daemon.release, 'w').close()
        daemon.settle(fds)

        def paused():
            with daemon.client() as client:
                return client.open().call(GET_INFO, domain('sick', 2)).body[:4] == struct.pack('>I', 3)
        wait_for('the guest is not paused', paused)
        assert SANITIZED or daemon.rss() < rss + 8192, '%d KiB, then %d' % (rss, daemon.rss())


def test_gone_while_answered():
    """Clients that go while their calls end, and others of them would begin: nothing of that is an error."""
    with Daemon('max_client_requests = 2\n') as daemon:
        fds = daemon.fds()
        for _ in range(3000):
            with daemon.client() as client:
                client.open()
                client.send(message(MEMORY_STATS, WELL) * 10)
        daemon.settle(fds)
        daemon.serves()
        expect('errors', [line for line in daemon.log_text().splitlines() if ' error ' in line][:3], [])


def test_killed_processes():
    """kill -9 of clients at any moment."""
    with Daemon() as daemon:
        fds = daemon.fds()
        for round in range(200):
            pid = os.fork()
            if pid == 0:
                client = daemon.client()
                client.open()
                client.call(EVENT_REGISTER, struct.pack('>iI', 0, 0))
                while True:
                    client.call(NODE_INFO)
                    client.call(RESUME, domain('well', 1))
            time.sleep(0.0005 * (round % 20))
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        daemon.settle(fds)
        daemon.serves()


def test_in_flight_limit():
    """No more than max_client_requests of a client's calls wait at once."""
    with Daemon('max_client_requests = 2\n') as daemon:
        with daemon.client() as client:
            client.open()
            for n in range(3):
                client.send(message(MEMORY_STATS, domain('well', 1)[:8] + bytes([9 + n]) + b'\0' * 15 +
                                    struct.pack('>iII', 1, 4, 0), serial=n))
            expect('serials', sorted(client.receive().serial for _ in range(3)), [0, 1, 2])
            client.send(message(MEMORY_STATS, SICK, serial=1) + message(MEMORY_STATS, SICK, serial=2) +
                        message(NODE_INFO, serial=3))
            client.sock.settimeout(0.5)
            try:
                raise AssertionError('call %d passed two that wait' % client.receive().serial)
            except socket.timeout:
                pass
            client.sock.settimeout(10)
            open(daemon.release, 'w').close()
            expect('serials', sorted(client.receive().serial for _ in range(3)), [1, 2, 3])


def test_no_thread():
    """A call for which no thread can be had gets an error; the next one may have more luck."""
    if SANITIZED:
        raise Skipped('a sanitizer needs the memory')
    with Daemon() as daemon, daemon.client() as client:
        open_mock = struct.pack('>I', 1) + string('mock:///default') + bytes(4)
        unlimited = resource.prlimit(daemon.process.pid, resource.RLIMIT_AS)
        # no room for the stack of a thread
        resource.prlimit(daemon.process.pid, resource.RLIMIT_AS, (daemon.status('VmSize') * 1024, unlimited[1]))
        for _ in range(3):
            reply = client.call(OPEN, open_mock)
            expect('open', (reply.code, 'no thread' in reply.text), (38, True))
        resource.prlimit(daemon.process.pid, resource.RLIMIT_AS, unlimited)
        expect('open', client.call(OPEN, open_mock).code, 0)
        expect('warnings', daemon.log_text().count('cannot start a worker thread'), 1)
        daemon.serves()


def test_liar():
    """A module that says a call cannot wait, and waits or computes: said once, then the pool serves it."""
    for lie in ('MOCK_LIAR', 'MOCK_BUSY'):
        with Daemon(env={lie: '50'}) as daemon, daemon.client() as client, daemon.client() as other:
            client.open()
            other.open()
            said = 'connect_get_capabilities (mock:///default) held up the event loop'
            expect('warnings', daemon.log_text().count('from now on'), 0)
            client.call(CAPABILITIES)
            # it is said after the reply has gone
            wait_for('a warning', lambda: said in daemon.log_text() and 'from now on' in daemon.log_text())
            client.send(message(CAPABILITIES, serial=5) * 3)
            if lie == 'MOCK_LIAR':      # else the other waits for a processor
                took = timed(other, NODE_INFO)
                assert took < 0.045, 'another client waited %.3f s' % took
            for _ in range(3):
                client.receive()
            expect('warnings', daemon.log_text().count('from now on'), 1)


def test_slow_for_once():
    """What was slow is served where it says again when it was quick often enough in a row; the next time it has to be that twice
    as often."""
    with Daemon('log_level = 2\n', env={'MOCK_LIAR': '50'}) as daemon, daemon.client() as client:
        try:                                # a call that has to wait for a processor is not quick: the threads to come inherit this
            os.setpriority(os.PRIO_PROCESS, daemon.process.pid, -15)
        except PermissionError:
            pass
        client.open()
        said = daemon.log_text

        def calls(n):
            for _ in range(n):
                expect('a call', client.call(CAPABILITIES).code, 0)

        for times, often in (1, 64), (2, 128):
            calls(1)
            wait_for('a warning', lambda: said().count('from now on') == times)
            open(daemon.release, 'w').close()
            calls(often - 1)
            os.unlink(daemon.release)           # not in a row
            calls(1)
            open(daemon.release, 'w').close()
            calls(often - 1)
            expect('it is quick again', said().count('is quick again'), times - 1)
            wait_for('it is not quick again', lambda: calls(often // 8) or said().count('is quick again') == times, 30)
            os.unlink(daemon.release)
        expect('warnings', said().count('from now on'), 2)


def test_liar_beside_others():
    """What one module does slowly another does where it says: also while the pool is busy."""
    with Daemon('min_workers = 1\nmax_workers = 1\n', env={'MOCK_LIAR': '50'}, modules=('mock', 'test')) as daemon, \
            daemon.client() as client, daemon.client() as other, daemon.client() as sick:
        other.open('test:///default')
        sick.open()
        client.open()
        client.call(CAPABILITIES)
        wait_for('a warning', lambda: 'from now on' in daemon.log_text())
        sick.send(message(MEMORY_STATS, SICK))
        daemon.asked(1)
        expect('the other module', other.call(CAPABILITIES).code, 0)
        client.send(message(CAPABILITIES))
        assert not client.closed_within(0.2) and not client.buffer, 'the pool did not serve it'
        open(daemon.release, 'w').close()
        expect('the liar, at last', client.receive().code, 0)


def test_slow_to_join():
    """A module that is slow to join a connection, for networks, keeps that client waiting alone."""
    with Daemon(modules=('mock', 'nets')) as daemon, daemon.client() as client, daemon.client() as other:
        other.open()
        client.open('mock:///slow')
        client.send(message(NUM_OF_NETWORKS))
        took = timed(other, NODE_INFO)
        assert took < 1, 'another client waited %.3f s' % took
        assert not client.closed_within(0.2) and not client.buffer, 'the module was not slow'
        open(daemon.release, 'w').close()
        reply = client.receive()
        expect('networks', (reply.code, reply.body), (0, struct.pack('>I', 7)))


@waits
def test_hung_mount():
    """A connection that a file is needed for, where nothing is answered, waits for it alone; it ends with its client."""
    if os.geteuid() != 0 or not os.access('/dev/fuse', os.W_OK) or not own_mounts():
        raise Skipped('no file system can be mounted')
    with Daemon(modules=('mock', 'test')) as daemon:
        fds = daemon.fds()
        os.mkdir(daemon.dir + '/hung')
        mount = HungMount(daemon.dir + '/hung')
        stuck = [daemon.client() for _ in range(10)]
        for client in stuck:
            client.login().send(message(OPEN, struct.pack('>I', 1) + string('test://%s/hung/node.xml' % daemon.dir) + bytes(4)))
        for _ in range(20):
            daemon.serves()
        assert not any(client.closed_within(0.01) or client.buffer for client in stuck), 'a file was read'
        for client in stuck[5:]:
            client.close()
        daemon.serves()
        mount.end()
        for client in stuck[:5]:
            expect('a file that cannot be read', client.receive().status, ERROR)
            client.close()
        daemon.settle(fds)


def test_loaded_host():
    """Calls that take long because other programs have the processor stay where they are."""
    with Daemon(env={'MOCK_BUSY': '3'}) as daemon, daemon.client() as client:
        client.open()
        cpu = min(os.sched_getaffinity(0))
        os.sched_setaffinity(daemon.process.pid, {cpu})
        load = [subprocess.Popen([sys.executable, '-c', 'while True: pass'],
                                 preexec_fn=lambda: os.sched_setaffinity(0, {cpu})) for _ in range(4)]
        try:
            took = max(timed(client, CAPABILITIES) for _ in range(30))
        finally:
            for process in load:
                process.kill()
                process.wait()
        assert took > 0.008, 'the machine is not loaded: %.3f s' % took
        expect('warnings', daemon.log_text().count('from now on'), 0)


def test_one_connection_many_threads():
    """Replies come as they are ready, not in the order of the calls."""
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        client.send(message(MEMORY_STATS, SICK, serial=1) + message(NODE_INFO, serial=2))
        expect('first answer', client.receive().serial, 2)
        open(daemon.release, 'w').close()
        expect('second answer', client.receive().serial, 1)


@waits
def test_threads_leave():
    with Daemon('min_workers = 0\n') as daemon:
        daemon.serves()
        idle = daemon.status('Threads')
        assert idle <= 4, '%d threads' % idle
        clients = [daemon.client().open() for _ in range(10)]
        for n, client in enumerate(clients):
            client.send(message(MEMORY_STATS, string('sick') + bytes([n]) * 16 + struct.pack('>iII', 1, 4, 0)))
        daemon.asked(10)
        assert daemon.status('Threads') >= idle + 9, '%d threads' % daemon.status('Threads')
        open(daemon.release, 'w').close()
        for client in clients:
            client.receive()
        wait_for(lambda: '%d threads stay' % daemon.status('Threads'), lambda: daemon.status('Threads') <= idle, 20)
        assert SANITIZED or daemon.rss() < 10240, '%d KiB' % daemon.rss()


@waits
def test_threads_rest():
    """Those that are kept leave with the last client, but for one, and come again with the next one."""
    with Daemon('min_workers = 5\n') as daemon:
        alone = daemon.status('Threads')        # a sanitizer has one, too
        daemon.serves()
        for _ in range(2):
            clients = [daemon.client().open() for _ in range(5)]
            for n, client in enumerate(clients):
                client.send(message(MEMORY_STATS, string('sick') + bytes([n]) * 16 + struct.pack('>iII', 1, 4, 0)))
            wait_for('no thread for each', lambda: daemon.status('Threads') >= alone + 5)
            open(daemon.release, 'w').close()
            for client in clients:
                expect('a call', client.receive().code, 0)
            for client in clients[1:]:
                client.close()
            time.sleep(2.5)
            assert daemon.status('Threads') >= alone + 5, 'beside a client %d threads stay' % daemon.status('Threads')
            clients[0].close()
            wait_for(lambda: '%d threads' % daemon.status('Threads'), lambda: daemon.status('Threads') == alone + 1)
            os.unlink(daemon.release)


def test_end_with_waiting_calls():
    """Calls that nobody has begun when the daemon ends: dropped, and their connections closed."""
    unloaded = tempfile.mktemp(prefix='vird')
    with Daemon('max_workers = 1\n', env={'MOCK_UNLOADED': unloaded}) as daemon:
        clients = [daemon.client().open() for _ in range(3)]
        for client, body in zip(clients, (SICK, SICK, WELL)):
            client.send(message(MEMORY_STATS, body, serial=1000))
        daemon.asked(1)
    with open(unloaded) as handle:
        expect('connections open at the end', handle.read(), '0')
    os.unlink(unloaded)


def test_reload_while_busy():
    """Other limits take effect while threads look at them."""
    with Daemon('max_workers = 1\n') as daemon:
        clients = [daemon.client().open() for _ in range(4)]
        with open(daemon.conf, 'a') as handle:
            handle.write('max_workers = 4\n')
        for n in range(50):
            if n % 10 == 0:
                daemon.process.send_signal(signal.SIGHUP)
            for client in clients:
                client.send(message(MEMORY_STATS, WELL, serial=1000))
            for client in clients:
                expect('a call', client.receive().code, 0)
        stuck = [daemon.client().open() for _ in range(3)]
        for n, client in enumerate(stuck):
            client.send(message(MEMORY_STATS, string('sick') + bytes([n]) * 16 + struct.pack('>iII', 1, 4, 0)))
        daemon.asked(3)
        took = timed(clients[0], MEMORY_STATS, WELL)
        assert took < 0.5, 'the fourth thread came after %.1f s' % took


def test_wrong_answers():
    """A module that says numbers that cannot be, or no text, harms that call only."""
    many = domain('well', 1) + struct.pack('>II', 10, 0)
    for number, items in (('11', 10), ('2000000000', 10), ('-7', None), ('-2147483648', None)):
        with Daemon(env={'MOCK_WRONG': number}) as daemon, daemon.client() as client:
            client.open()
            reply = client.call(MEMORY_STATS, many)
            if items is None:
                expect(number, (reply.status, reply.code != 0), (ERROR, True))
            else:
                expect(number, (reply.status, struct.unpack('>I', reply.body[:4])[0]), (OK, items))
            expect('no text', client.call(CAPABILITIES).body[18:24], b'\xff\xc0\x80\xed\xa0\x80')
            expect('another call', client.call(NODE_INFO).code, 0)
            daemon.serves()


if __name__ == '__main__':
    main(globals())
