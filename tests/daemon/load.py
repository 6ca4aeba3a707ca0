#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Everything at once: calls, events, streams, logins, half messages and clients that vanish, by unix, TCP
and TLS, beside an administrator, who asks for figures, ends clients, changes limits and has settings read
again.  For LOAD_SECONDS; mostly of use in a build with a sanitizer."""

import os
import random
import shutil
import signal
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402
import admin  # noqa: E402
import metrics  # noqa: E402
import network  # noqa: E402
import streams  # noqa: E402

SECONDS = float(os.environ.get('LOAD_SECONDS', '4'))
(CREATE, DEFINE, DUMP_XML, UNDEFINE, REBOOT, SUSPEND, DEREGISTER, LIST_ALL, ALL_STATS) = 9, 11, 14, 35, 27, 33, 317, 273, 344
GUEST = "<domain type='test'><name>%s</name><memory>1024</memory><os><type>hvm</type></os></domain>"
WELL, SICK = domain('well', 1), domain('sick', 2)
KEY = WELL + struct.pack('>IIIII', 0, 20, 1, 30, 0)
ENDS = OSError, Closed                  # the administrator ends clients, and some have no patience


class Loaded(network.OpenHouse):
    def __init__(self, users):
        self.users, self.done, self.ends, self.wrong = users, {}, 0, []
        super().__init__(users, 'keepalive_interval = 1\nmax_clients = 300\nmetrics_listen = "unix:%s/metrics"\n' % users)
        open(self.release, 'w').close()     # the sick guest answers


# ---- what clients do: (daemon, way, a source of chance) ----------------------------------------------

def calls(daemon, way, chance):
    with daemon.enter(way, 'test:///default') as client:
        name = 'g%d' % chance.randrange(8)      # others have the same
        for _ in range(chance.randrange(1, 10)):
            guest = client.call(DEFINE, string(GUEST % name))
            if guest.code == 0:
                for proc, rest in ((CREATE, b''), (DUMP_XML, bytes(4)), (GET_INFO, b''), (DESTROY, b''), (UNDEFINE, b'')):
                    if client.call(proc, guest.body + rest).code == 0 and proc == CREATE:
                        expect('a list', client.call(LIST_ALL, struct.pack('>iI', 1, 0)).code, 0)
            client.call(CAPABILITIES)
        if chance.random() < 0.5:
            client.call(CLOSE)


def many_calls(daemon, way, chance):
    """Several on their way at once."""
    with daemon.enter(way) as client:
        for proc, body in ((NODE_INFO, b''), (MEMORY_STATS, WELL + struct.pack('>II', 1, 0)), (GET_INFO, SICK),
                           (MEMORY_STATS, SICK + struct.pack('>II', 1, 0)), (LOOKUP_NAME, string('nobody'))) * 4:
            client.send(message(proc, body, serial=chance.randrange(1 << 32)))
        for _ in range(chance.randrange(20)):
            client.receive()


def events(daemon, way, chance):
    with daemon.enter(way) as client, daemon.enter('unix') as other:
        numbers = [client.call(EVENT_REGISTER, struct.pack('>iI', 0, 0)).body for _ in range(chance.randrange(1, 20))]
        other.call(SEND_KEY, KEY)
        other.call(RESUME, WELL)
        for number in numbers[:chance.randrange(20)]:
            client.call(DEREGISTER, number)


def echoes(daemon, way, chance):
    """Streams, ended by either side or by nobody."""
    with daemon.enter(way) as client:
        for serial in range(500, 500 + chance.randrange(1, 5)):
            expect('a console', streams.console(client, serial).code, 0)
            data = b'x' * chance.randrange(1, 30000)
            streams.put(client, data, serial)
            if chance.random() < 0.8:
                streams.read(client, len(data), serial)
            how = chance.randrange(4)
            if how < 2:
                streams.put(client, b'', serial, status=(OK, ERROR)[how])
            elif how == 2:
                streams.put(client, b'?', serial)
        expect('a call', client.call(NODE_INFO, serial=9).code, 0)


def halves(daemon, way, chance):
    """Part of a message, before and after all others."""
    client = daemon.connect(way) if chance.random() < 0.5 else daemon.enter(way)
    with client:
        if chance.random() < 0.5:
            client.send(message(LOOKUP_NAME, string('well')) * 3)
        client.send(message(DEFINE, string(GUEST % 'half'))[:chance.randrange(1, 100)])
        if chance.random() < 0.2:
            time.sleep(chance.random())


def rubbish(daemon, way, chance):
    with daemon.connect(way) as client:
        client.send(chance.randbytes(chance.randrange(4, 200)))
        client.closed_within(chance.random() / 50)


def logins(daemon, way, chance):
    """Right ones, wrong ones, and given up in the middle."""
    with daemon.connect('tls') as client:
        for _ in range(3):
            step = network.begin_login(client, 'auth')
            if chance.random() < 0.3:
                break
            if client.call(network.SASL_STEP, step if chance.random() < 0.5 else step.replace(b'f', b'e')).code == 0:
                break


def figures(daemon, way, chance):
    client = metrics.Local(daemon.users + '/metrics')
    client.request('GET', '/metrics')
    expect('status', client.getresponse().status, 200)
    client.close()


def administer(daemon, way, chance):
    with admin.Admin(daemon) as one:
        clients = one.clients()
        if clients:
            one.info(chance.choice(clients)[1])
            if chance.random() < 0.3:
                one.end(chance.choice(clients)[1])
        one.get(admin.GET_POOL)
        one.get(admin.GET_LIMITS)
        expect('workers', one.set(admin.SET_POOL, ('minWorkers', 1), ('maxWorkers', chance.randrange(5, 30))).code, 0)
        expect('limits', one.set(admin.SET_LIMITS, ('nclients_max', chance.randrange(200, 300))).code, 0)
        expect('filters', one.ask(admin.SET_FILTERS, struct.pack('>I', 1) + string(
            chance.choice(['', '1:rpc', '4:daemon 2:test'])) + bytes(4)).code, 0)
        expect('certificates', one.ask(admin.UPDATE_TLS, string('libvirtd') + bytes(4)).code, 0)


def settings(daemon, way, chance):
    """Read again, changed."""
    text = daemon.settings + 'max_client_requests = %d\nmax_workers = %d\n' % (chance.randrange(3, 9), chance.randrange(5, 30))
    with open(daemon.conf + '.new', 'w') as file:
        file.write(text)
    os.rename(daemon.conf + '.new', daemon.conf)
    daemon.process.send_signal(signal.SIGHUP)
    time.sleep(0.2)


def again(daemon, what, way, seed, until):
    chance = random.Random(seed)
    while time.monotonic() < until and not daemon.wrong:
        try:
            what(daemon, way, chance)
            daemon.done[what.__name__, way] = daemon.done.get((what.__name__, way), 0) + 1
        except ENDS:
            daemon.ends += 1
        except Exception as problem:        # a thread that ends unheard tests nothing
            daemon.wrong.append('%s by %s: %s: %s' % (what.__name__, way, type(problem).__name__, problem))


def test_everything():
    users = network.sasl_users()
    try:
        with Loaded(users) as daemon:
            with open(daemon.conf) as file:
                daemon.settings = file.read()
            daemon.serves(5)
            fds, until = daemon.fds(), time.monotonic() + SECONDS
            work = [(what, way) for what in (calls, many_calls, events, echoes, halves, rubbish) for way in ('unix', 'tcp', 'tls')]
            work += [(logins, 'tls'), (figures, 'http'), (administer, 'unix'), (settings, 'file')]
            threads = [threading.Thread(target=again, args=(daemon, what, way, seed, until))
                       for seed, (what, way) in enumerate(work)]
            for thread in threads:
                thread.start()
            memory = []
            while any(thread.is_alive() for thread in threads):
                memory.append(daemon.rss())
                time.sleep(SECONDS / 100)
            for thread in threads:
                thread.join()
            expect('what went wrong', daemon.wrong, [])
            quarter = len(memory) // 4
            early, late = (sorted(part)[len(part) // 2] for part in (memory[quarter:2 * quarter], memory[3 * quarter:]))
            print('  memory: median %d KiB in the second quarter of the time, %d in the last' % (early, late))
            assert SANITIZED or late < early + 8192, 'memory grows'
            print('  %s; %d ended before' % (', '.join('%s by %s %d' % (*key, n) for key, n in daemon.done.items()), daemon.ends))
            expect('what was never done', [(what.__name__, way) for what, way in work if (what.__name__, way) not in daemon.done], [])
            daemon.settle(fds, 20)
            daemon.serves(5)
    finally:
        shutil.rmtree(users)


if __name__ == '__main__':
    main(globals())
