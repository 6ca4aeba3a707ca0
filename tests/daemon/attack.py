#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A user who is nobody takes whatever he can get, by the read-only socket, TCP and TLS, with many processes
that are killed now and then: connections, descriptors, half messages, registrations, streams, bulk calls,
logins.  Meanwhile root's virsh lists and defines in less than 100 ms and another user's lists in less than
a second; afterwards the daemon holds what it held before.  For ATTACK_SECONDS."""

import os
import random
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402
import flood  # noqa: E402
import network  # noqa: E402
from proc import queued  # noqa: E402
import streams  # noqa: E402

SECONDS = float(os.environ.get('ATTACK_SECONDS', '20'))
SLOW = 10 if SANITIZED or SECONDS < 60 else 1       # beside other tests, which have the processors, too
NOBODY, SOMEBODY = 65534, 1
DEFINE, DUMP_XML, UNDEFINE, LIST_ALL, ALL_STATS = 11, 14, 35, 273, 344
GUEST = "<domain type='test'><name>%s</name>%s<memory>1024</memory><os><type>hvm</type></os></domain>"
GUESTS = ['n%d' % number for number in range(5)]    # of the attack
WELL, SICK = domain('well', 1), domain('sick', 2)
WAYS = 'ro', 'tcp', 'tls'
ENDS = OSError, Closed                  # the daemon has had enough
MIB = 1 << 20


# ---- one round of an attack: (daemon, a source of chance) -------------------------------------------

def held(chance):
    time.sleep(chance.choice((0, 0.1, 1, 5)))


def as_many_as_possible(most, get):
    """What GET returns, until it fails."""
    got = []
    try:
        while len(got) < most:
            got.append(get())
    except ENDS:
        pass
    return got


def each(crowd, do):
    """For those that are still there."""
    for client in crowd:
        try:
            do(client)
        except ENDS:
            pass


def connections(daemon, chance):
    """That say nothing, or only hello, or have opened."""
    way, how = chance.choice(WAYS), chance.randrange(3)
    crowd = as_many_as_possible(2000, lambda: daemon.enter(way) if how == 2 else daemon.connect(way))
    if how == 1:
        each(crowd, lambda client: client.send(message(AUTH_LIST)))
    held(chance)


def churn(daemon, chance):
    way = chance.choice(WAYS)
    for _ in range(200):
        with daemon.connect(way) as client:
            client.send(chance.randbytes(chance.randrange(1, 100)))


def shakes(daemon, chance):
    """Handshakes of TLS that end in the middle, where it is spoken and where it is not."""
    hello = struct.pack('>BHH', 22, 0x301, 400) + chance.randbytes(chance.randrange(300))
    crowd = as_many_as_possible(600, lambda: network.Remote(chance.choice((daemon.tls, daemon.tcp))))
    each(crowd, lambda client: client.send(hello[:chance.randrange(1, len(hello))]))
    held(chance)


def halves(daemon, chance):
    """Small before they have opened, large afterwards."""
    way, large = chance.choice(WAYS), chance.random() < 0.5
    crowd = as_many_as_possible(30 if large else 300, lambda: daemon.enter(way) if large else daemon.connect(way))

    def begin(client):
        client.sock.settimeout(1)
        if large:
            client.send(message(CAPABILITIES, length=0x2000000) + bytes(chance.randrange(20) * MIB))
        else:
            client.send(message(OPEN, length=60000) + bytes(chance.randrange(50000)))
    each(crowd, begin)
    held(chance)


def drops(daemon, chance):
    """A byte now and then."""
    crowd = as_many_as_possible(100, lambda: daemon.connect(chance.choice(('ro', 'tcp'))))
    for byte in message(OPEN, struct.pack('>I', 1) + string('mock:///default') + bytes(4))[:60]:
        each(crowd, lambda client: client.send(bytes([byte])))
        time.sleep(0.05)


def descriptors(daemon, chance):
    head = message(NODE_INFO, struct.pack('>I', 32), kind=CALL_FDS)
    crowd = as_many_as_possible(100, lambda: daemon.enter('ro'))
    each(crowd, lambda client: flood.send_fds(client, head[:chance.choice((2, 20, len(head)))], 32))
    held(chance)


def registrations(daemon, chance):
    """For events, and then they come and nobody reads them."""
    way = chance.choice(WAYS)
    crowd = as_many_as_possible(40, lambda: daemon.enter(way))
    one = message(EVENT_REGISTER, struct.pack('>iI', 0, 0))

    def register(client):
        client.sock.settimeout(0.5)
        for _ in range(100):
            client.send(one * 10)
    each(crowd, register)
    with daemon.enter('tcp') as client:
        for _ in range(chance.randrange(5)):
            client.call(SEND_KEY, WELL + struct.pack('>IIIII', 0, 50, 1, 30, 0))
    held(chance)


def stream_crowd(daemon, chance):
    with daemon.enter(chance.choice(('tcp', 'tls'))) as client:
        client.sock.settimeout(1)
        for serial in range(1, 1000):
            client.send(message(streams.CONSOLE, WELL + bytes(8), serial=serial))
            for _ in range(chance.randrange(3)):
                streams.put(client, bytes(chance.randrange(60000)), serial)
        held(chance)


def bulk(daemon, chance):
    """Long answers, which it reads, or does not."""
    way, reads = chance.choice(WAYS), chance.random() < 0.5
    crowd = as_many_as_possible(30, lambda: daemon.enter(way, chance.choice(('mock:///default', 'test:///default'))))
    calls = [message(ALL_STATS, struct.pack('>III', 0, 0, 0)), message(LIST_ALL, struct.pack('>iI', 1, 0)), message(CAPABILITIES)]

    def ask(client):
        client.sock.settimeout(1)
        client.send(chance.choice(calls) * 10)
        for _ in range(10 if reads else 0):
            client.receive()
    for _ in range(50):
        each(crowd, ask)


def sick(daemon, chance):
    """Calls that wait for a guest."""
    way = chance.choice(WAYS)
    crowd = as_many_as_possible(100, lambda: daemon.enter(way))
    each(crowd, lambda client: client.send(message(MEMORY_STATS, SICK + struct.pack('>II', 1, 0)) * 5))
    held(chance)


def pings(daemon, chance):
    with daemon.enter(chance.choice(WAYS)) as client:
        client.sock.settimeout(1)
        for _ in range(300):
            client.send(flood.PING)


def logins(daemon, chance):
    """Wrong ones, and such as are given up."""
    for _ in range(20):
        with daemon.connect('tls') as client:
            for _ in range(chance.randrange(1, 4)):
                step = network.begin_login(client, 'auth')
                client.call(network.SASL_STEP, step.replace(b'f', b'e'))


def documents(daemon, chance):
    """That become much in memory, or nothing."""
    text = chance.choice(("<x a='1'/>" * 50000, '<metadata>' + '<a>' * 200 + 'x' * MIB, '<description>%s</description>' % ('y' * 3900000)))
    with daemon.enter('tcp', 'test:///default') as client:
        reply = client.call(DEFINE, string(GUEST % (chance.choice(GUESTS), text)))
        if reply.code == 0:
            client.call(DUMP_XML, reply.body + bytes(4))
            client.call(UNDEFINE, reply.body)


ATTACKS = (connections, churn, shakes, halves, drops, descriptors, registrations, stream_crowd, bulk, sick, pings, logins, documents)


# ---- who attacks ------------------------------------------------------------------------------------

class Attacker:
    """A process that does ATTACK again and again; counts its rounds and failures in files of the directory DIR."""

    def __init__(self, daemon, attack, seed, until):
        self.attack = attack
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            os._exit(self.run(daemon, random.Random(seed), until))

    def run(self, daemon, chance, until):
        # what processors it takes is the kernel's to give, not the daemon's
        os.nice(19)
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        while time.monotonic() < until:
            try:
                self.attack(daemon, chance)
                os.write(daemon.rounds[self.attack.__name__], b'.')
            except ENDS:
                os.write(daemon.rounds[self.attack.__name__], b'x')
            except BaseException:
                traceback.print_exc()
                return 1
        return 0

    def ended(self, kill=False):
        """Whether it has, by itself; what ended unasked is a fault of the test."""
        if kill:
            os.kill(self.pid, signal.SIGKILL)
        pid, status = os.waitpid(self.pid, 0 if kill else os.WNOHANG)
        assert pid == 0 or kill or status == 0, 'the attack %s went wrong' % self.attack.__name__
        return pid != 0


# ---- those who want something -----------------------------------------------------------------------

class Wanted:
    """A virsh of a user of DAEMON, again and again: how long it took, and at least without what it and the daemon's loop
    waited for a processor, which others on this machine may have.  Nine of ten take less than MOST seconds, and all without
    that wait."""

    def __init__(self, what, daemon, uid, most, *words):
        self.what, self.daemon, self.uid, self.most, self.words, self.times, self.failed = what, daemon, uid, most, list(words), [], []

    def ask(self):
        daemon = self.daemon
        began, before = time.monotonic(), queued(daemon.process.pid)
        process = subprocess.Popen(['virsh', '-q'] + self.words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   user=self.uid, env=dict(os.environ, HOME=daemon.dir + '/home'))
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        took = time.monotonic() - began
        self.times.append((took - queued(process.pid) - queued(daemon.process.pid) + before, took))
        said = process.communicate()[1]
        if process.returncode:
            self.failed.append(said)

    def worst(self):
        return max(self.times)[0]

    def verdict(self, calm):
        """CALM: the same of a daemon that nobody attacks; what that takes is this machine's."""
        times, n = sorted(took for _, took in self.times), len(self.times)
        print('  %s: %d times, median %.1f ms, 99 %% %.1f ms, worst %.1f ms (%.1f ms without the wait for a processor), %d failed' % (
            self.what, n, times[n // 2] * 1000, times[n * 99 // 100] * 1000, times[-1] * 1000, self.worst() * 1000, len(self.failed)))
        return not self.failed and times[n * 9 // 10] < self.most * SLOW and self.worst() < self.most * SLOW + calm.worst()


def wants(daemon, calm):
    guest = daemon.dir + '/guest.xml'
    with open(guest, 'w') as file:
        file.write(GUEST % ('wanted', '<uuid>6695eb01-f6a4-8304-79aa-97f2502e1940</uuid>'))
    by = 'test+unix:///default?socket=%s'
    return [Wanted("root's list", daemon, 0, 0.1, '-c', by % daemon.rw, 'list', '--all'),
            Wanted("root's define", daemon, 0, 0.1, '-c', by % daemon.rw, 'define', guest),
            Wanted("another user's list", daemon, SOMEBODY, 1, '-r', '-c', by % daemon.ro, 'list', '--all'),
            Wanted('list of a daemon that nobody attacks', calm, 0, 60, '-c', by % calm.rw, 'list', '--all')]


def test_nobody():
    if os.geteuid() != 0:
        raise Skipped('only root can be two users')
    users = network.sasl_users()
    try:
        with network.OpenHouse(users) as daemon, Daemon(modules=('mock', 'test')) as calm:
            os.chmod(daemon.dir, 0o711)
            os.chmod(daemon.ro, 0o777)
            flood.warm(daemon)
            for way in WAYS * 10:               # what it opens for each for good
                daemon.enter(way).close()
            daemon.rounds = {attack.__name__: os.open('%s/%s' % (daemon.dir, attack.__name__), os.O_RDWR | os.O_CREAT | os.O_APPEND)
                             for attack in ATTACKS}
            asked, chance, seed = wants(daemon, calm), random.Random(1), 0
            for one in asked:
                one.ask()
                one.times.clear()               # the first time files are read
            before, fds, largest, most = daemon.rss(), daemon.fds(), 0, 0
            until = time.monotonic() + SECONDS
            attackers = [Attacker(daemon, attack, number, until) for number, attack in enumerate(ATTACKS)]
            while time.monotonic() < until:
                for one in asked:
                    one.ask()
                largest, most = max(largest, daemon.rss()), max(most, daemon.fds())
                if chance.random() < 0.1:       # somebody's processes may be killed
                    number = chance.randrange(len(attackers))
                    seed += 1
                    if not attackers[number].ended(kill=True):
                        raise AssertionError('an attacker lives on')
                    attackers[number] = Attacker(daemon, attackers[number].attack, 1000 + seed, until)
                time.sleep(0.05)
            for attacker in attackers:
                attacker.ended() or attacker.ended(kill=True)
            for name, fd in daemon.rounds.items():
                rounds = os.pread(fd, 1 << 24, 0)
                print('  %s: %d rounds, %d of them ended by the daemon' % (name, len(rounds), rounds.count(b'x')))
                assert rounds or SANITIZED, 'no round of %s' % name
            right = [one.verdict(asked[-1]) for one in asked]
            open(daemon.release, 'w').close()
            for guest in GUESTS:                # whose attacker was killed
                subprocess.run(['virsh', '-q'] + asked[0].words[:2] + ['undefine', guest], capture_output=True)
            print('  memory: %d KiB before, at most %d KiB; descriptors: %d, at most %d' % (before, largest, fds, most))
            daemon.settle(fds, 40)
            wait_for(lambda: '%d KiB, %d before' % (daemon.rss(), before), lambda: SANITIZED or daemon.rss() < before * 1.05, 60)
            print('  afterwards %d KiB, %d descriptors' % (daemon.rss(), daemon.fds()))
            assert all(right), 'somebody waited too long: %s' % [one.failed[:3] for one in asked]
            daemon.serves()
    finally:
        shutil.rmtree(users)


if __name__ == '__main__':
    main(globals())
