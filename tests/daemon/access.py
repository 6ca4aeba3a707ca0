#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Permission for single calls: a daemon with access_drivers = [ "polkit" ], a real polkitd with rules of the test's,
and a driver with two objects of every kind, "mine" and "yours"."""

import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from polkitd import *  # noqa: E402

DENIED, FROM_ACCESS = 88, 55
INTERNAL_ERROR, NO_DOMAIN, XML_DETAIL = 1, 42, 35
XML = PROC['DOMAIN_GET_XML_DESC']
DEFINE = PROC['DOMAIN_DEFINE_XML']
LOOKUP_ID = PROC['DOMAIN_LOOKUP_BY_ID']
LOOKUP_UUID = PROC['DOMAIN_LOOKUP_BY_UUID']
STATS = PROC['CONNECT_GET_ALL_DOMAIN_STATS']
LIST_ALL = PROC['CONNECT_LIST_ALL_DOMAINS']
NETWORK_XML = PROC['NETWORK_GET_XML_DESC']
VOL_PATH = PROC['STORAGE_VOL_GET_PATH']
# Who may do everything; with "mine" alone; what the policy file gives everybody.
ALL, MINE, NOBODY = 'games', 'man', 'nobody'
RULES = '''polkit.addRule(function(action, subject) {
    if (action.id.indexOf("org.libvirt.api.") != 0)
        return polkit.Result.NOT_HANDLED;
    if (subject.user == "games")
        return polkit.Result.YES;
    if (subject.user != "man")
        return polkit.Result.NOT_HANDLED;
    if (action.id.indexOf("org.libvirt.api.connect.") == 0)
        return polkit.Result.YES;
    var keys = ["domain_name", "network_name", "pool_name", "node_device_name", "secret_usage_volume", "nwfilter_name",
                "interface_name", "nwfilter_binding_portdev"];
    for (var i in keys)
        if (action.lookup(keys[i]))
            return action.lookup(keys[i]) == "mine" ? polkit.Result.YES : polkit.Result.NO;
    return polkit.Result.NO;
});
'''
CONF = 'access_drivers = [ "polkit" ]\nunix_sock_rw_perms = "0777"\n'


class AccessDaemon(Daemon):
    def __init__(self, polkit, conf='', **env):
        super().__init__(CONF + conf, env=dict(polkit.env, **env), modules=('objects',))
        os.chmod(self.dir, 0o755)


def uuid(n):
    return bytes([n & 255, n >> 8]) + b'\0' * 14


def named(name, n):
    """A network, pool or filter."""
    return string(name) + uuid(n)


def as_user(daemon, user, work, readonly=False):
    """What WORK(client) returns, done by USER."""
    def run():
        with daemon.client(readonly, timeout=60) as client:
            return work(client.open('objects:///'))
    return As(user, run).result()


def on_connection(daemon, work):
    with daemon.client(timeout=60) as client:
        return work(client.open('objects:///'))


def tell(reply):
    return [reply.code, reply.domain if reply.code else 0, reply.text]


def code(daemon, user, proc, body=b''):
    return as_user(daemon, user, lambda client: client.call(proc, body).code)


def strings(body):
    """A list of texts."""
    n, at, found = struct.unpack('>I', body[:4])[0], 4, []
    for _ in range(n):
        size = struct.unpack('>I', body[at:at + 4])[0]
        found.append(body[at + 4:at + 4 + size].decode())
        at += 4 + (size + 3) // 4 * 4
    return found


def xml(name, n, flags=0):
    return domain(name, n) + struct.pack('>I', flags)


def test_refusal():
    """What a call without its permission says, and that it was not served."""
    with Polkit(RULES) as polkit, AccessDaemon(polkit) as daemon:
        expect('what everybody may', code(daemon, NOBODY, XML, xml('mine', 1)), 0)
        said = as_user(daemon, NOBODY, lambda client: tell(client.call(RESUME, domain('mine', 1))))
        expect('a change', said[:2], [DENIED, FROM_ACCESS])
        assert said[2].startswith("access denied: 'Objects' denied access\nhint: "), said
        assert 'org.libvirt.api.domain.suspend' in said[2] or 'org.libvirt.api.domain.' in said[2], said
        expect('with passwords', code(daemon, NOBODY, XML, xml('mine', 1, 1)), DENIED)
        expect('who may', code(daemon, ALL, XML, xml('mine', 1, 1)), 0)
        expect('a call of the read-only socket',
               as_user(daemon, NOBODY, lambda client: client.call(XML, xml('mine', 1)).code, readonly=True), 0)


def test_root():
    """Root is not asked about, and so waits for nobody."""
    with Polkit(RULES) as polkit, AccessDaemon(polkit) as daemon, daemon.client() as client:
        polkit.polkitd.send_signal(signal.SIGSTOP)
        client.open('objects:///')
        began = time.time()
        expect('a change', client.call(RESUME, domain('mine', 1)).code, 0)
        assert time.time() - began < 1
        assert 'libsystemd' not in open('/proc/%d/maps' % daemon.process.pid).read(), 'somebody was asked'


def test_other_hosts():
    """Polkit knows nobody who comes over the network."""
    with socket.socket() as chosen:
        chosen.bind(('127.0.0.1', 0))
        port = chosen.getsockname()[1]
    with Polkit(RULES) as polkit:
        with Daemon(CONF + 'listen_tcp = 1\nlisten_tls = 0\nauth_tcp = "none"\nlisten_addr = "127.0.0.1"\n'
                    'tcp_port = "%d"\n' % port, args=['--listen'], env=polkit.env, modules=('objects',)) as daemon, daemon.client() as client:
            client.sock.close()
            client.sock = socket.create_connection(('127.0.0.1', port), 10)
            client.login()
            reply = client.call(OPEN, struct.pack('>I', 1) + string('objects:///') + struct.pack('>I', 0))
            expect('a connection', (reply.code, client.call(RESUME, domain('mine', 1)).code), (DENIED, INTERNAL_ERROR))
            log = daemon.log_text()
            assert 'it knows processes of this host only' in log and 'refuses every call over TCP' in log, log


def test_one_guest():
    """Who may do all with one guest finds no other, by whatever way."""
    with Polkit(RULES) as polkit, AccessDaemon(polkit) as daemon:
        for what, proc, mine, yours in (('its description', XML, xml('mine', 1), xml('yours', 2)),
                                        ('by name', LOOKUP_NAME, string('mine'), string('yours')),
                                        ('by uuid', LOOKUP_UUID, uuid(1), uuid(2)),
                                        ('by number', LOOKUP_ID, struct.pack('>i', 1), struct.pack('>i', 2)),
                                        ('of a network', NETWORK_XML, named('mine', 1) + b'\0' * 4,
                                         named('yours', 2) + b'\0' * 4),
                                        ('of a volume', VOL_PATH, string('mine') + string('yours') + string('?'),
                                         string('yours') + string('mine') + string('?'))):
            expect(what, [code(daemon, MINE, proc, mine), code(daemon, MINE, proc, yours)], [0, DENIED])
        expect('one that is not there', code(daemon, MINE, LOOKUP_NAME, string('none')), NO_DOMAIN)


def lists(client):
    """Each way to list or count."""
    room, every, count = struct.pack('>i', 10), struct.pack('>iI', 1, 0), struct.pack('>iI', 0, 0)
    said = {}
    for kind in 'DOMAINS', 'NETWORKS', 'STORAGE_POOLS', 'INTERFACES', 'SECRETS', 'NWFILTERS':
        said['all ' + kind] = struct.unpack('>I', client.call(PROC['CONNECT_LIST_ALL_' + kind], every).body[-4:])[0]
        said['count ' + kind] = struct.unpack('>II', client.call(PROC['CONNECT_LIST_ALL_' + kind], count).body)
        said['old count ' + kind] = struct.unpack('>i', client.call(PROC['CONNECT_NUM_OF_' + kind]).body)[0]
        listed = client.call(PROC['CONNECT_LIST_' + kind], room).body
        said['old list ' + kind] = strings(listed) if kind != 'DOMAINS' else [n for n, in struct.iter_unpack('>i', listed)]
    said['defined'] = strings(client.call(PROC['CONNECT_LIST_DEFINED_DOMAINS'], room).body)
    said['of one'] = strings(client.call(PROC['CONNECT_LIST_DEFINED_DOMAINS'], struct.pack('>i', 1)).body)
    said['of none'] = strings(client.call(PROC['CONNECT_LIST_DEFINED_DOMAINS'], struct.pack('>i', 0)).body)
    said['devices'] = strings(client.call(PROC['NODE_LIST_DEVICES'], struct.pack('>IiI', 0, 10, 0)).body)
    counted = client.call(PROC['NODE_NUM_OF_DEVICES'], struct.pack('>II', 0, 0)).body
    said['number of devices'] = struct.unpack('>i', counted)[0]
    said['volumes'] = strings(client.call(PROC['STORAGE_POOL_LIST_VOLUMES'], named('mine', 1) + room).body)
    said['bindings'] = struct.unpack('>I', client.call(PROC['CONNECT_LIST_ALL_NWFILTER_BINDINGS'], every).body[-4:])[0]
    said['statistics'] = struct.unpack('>I', client.call(STATS, struct.pack('>III', 0, 0, 0)).body[:4])[0]
    return said


def test_lists():
    """What somebody may not see is absent, and is not counted."""
    with Polkit(RULES) as polkit, AccessDaemon(polkit) as daemon:
        for what, said in as_user(daemon, MINE, lists).items():
            wanted = {'count': [0, 1], 'old count': 1, 'old list': ['mine'], 'all': 1, 'defined': ['mine'],
                      'of one': ['mine'], 'of none': [], 'devices': ['mine'], 'number of devices': 1,
                      'volumes': ['mine', 'yours'], 'bindings': 1, 'statistics': 1, 'old list SECRETS': ['01000000-0000-0000-0000-000000000000'],
                      'old list DOMAINS': [1, 1]}
            expect(what, said, wanted.get(what, wanted.get(what.rsplit(' ', 1)[0])))
        everything = as_user(daemon, ALL, lists)
        expect('who may all', (everything['defined'], everything['of one'], everything['count NETWORKS']),
               (['mine', 'yours'], ['mine'], [0, 2]))


def test_forged():
    """A handle that has the name of one guest and the uuid of another is that of the uuid, for permissions and for the
    driver, which looks at the name."""
    with Polkit(RULES) as polkit, AccessDaemon(polkit) as daemon:
        expect('a permitted name', code(daemon, MINE, XML, xml('mine', 2)), DENIED)
        said = as_user(daemon, MINE, lambda client: client.call(XML, xml('yours', 1)).body.hex())
        expect('a permitted uuid', bytes.fromhex(said), string('mine'))
        expect('a uuid of nobody', code(daemon, MINE, XML, xml('mine', 9)), NO_DOMAIN)
        expect('of a network', code(daemon, MINE, NETWORK_XML, named('mine', 2) + b'\0' * 4), DENIED)
        key = string('yours') + string('mine') + string('/mine/mine')
        expect('the key of a volume', code(daemon, MINE, VOL_PATH, key), DENIED)
        chosen = struct.pack('>I', 2) + domain('mine', 2) + domain('mine', 1) + struct.pack('>II', 0, 0)
        said = as_user(daemon, MINE, lambda client: client.call(STATS, chosen).body[:4].hex())
        expect('statistics', said, '00000001')


# ---- events ---------------------------------------------------------------------------

def names_of_events(client, n, names):
    """The names of N events, whichever come."""
    said = []
    while len(said) < n:
        message = client.receive()
        if message.kind == MESSAGE:
            said += [name for name in names if string(name) in message.body]
    return said


def test_events():
    """Only those about what the client may see, in their order; and none is lost by that."""
    def listen(client):
        for proc in EVENT_REGISTER, PROC['CONNECT_NETWORK_EVENT_REGISTER_ANY']:
            expect('register', client.call(proc, struct.pack('>iI', 0, 0)).code, 0)
        with open(daemon.dir + '/listens', 'w'):
            pass
        return names_of_events(client, 40, ('mine', 'yours'))

    with Polkit(RULES) as polkit, AccessDaemon(polkit) as daemon, daemon.client() as root:
        os.chmod(daemon.dir, 0o777)
        root.open('objects:///')
        for user, names in (MINE, ['mine'] * 40), (ALL, (['mine', 'yours'] + ['mine', 'yours']) * 10):
            listener = As(user, lambda: on_connection(daemon, listen))
            wait_for('nobody listens', lambda: os.path.exists(daemon.dir + '/listens'))
            os.unlink(daemon.dir + '/listens')
            for _ in range(20):         # each emits one about every guest, one about every network
                expect('emit', root.call(RESUME, domain('mine', 1)).code, 0)
            expect('what %s hears' % user, listener.result(), names)


@waits
def test_event_storm():
    """Events that polkit is slow about are held up to a limit; then the connection ends and all is given back."""
    with FalseBus(yes, way=2) as bus, AccessDaemon(bus, OBJECTS_N='1000') as daemon, daemon.client() as root:
        root.open('objects:///')
        before = daemon.rss()
        ready, told = os.pipe()

        def listen(client):
            for _ in range(5):
                client.call(EVENT_REGISTER, struct.pack('>iI', 0, 0))
            os.write(told, b'x')
            return client.closed_within(60)

        listener = As(ALL, lambda: on_connection(daemon, listen))
        os.read(ready, 1)
        began = time.time()
        for _ in range(60):             # of 5000 events each
            asked = time.time()
            root.call(RESUME, domain('mine', 1))
            assert time.time() - asked < 1, 'root waited %.2f s' % (time.time() - asked)
        expect('it was cut off', listener.result(), True)
        wait_for(lambda: 'it holds %d KiB, %d before' % (daemon.rss(), before),
                 lambda: SANITIZED or daemon.rss() < before + 32768, 20)
        assert time.time() - began < 40


# ---- a polkitd that is not well ----------------------------------------------------------

def timed(daemon, user, proc, body):
    """[code, text, seconds] of a call over a connection of its own."""
    def run():
        with daemon.client(timeout=60) as client:
            client.login()
            began = time.time()
            opened = client.call(OPEN, struct.pack('>I', 1) + string('objects:///') + struct.pack('>I', 0))
            reply = opened if opened.code else client.call(proc, body)
            return [reply.code, reply.text, time.time() - began]
    return As(user, run)


@waits
def test_hangs():
    """One that does not answer: its callers are refused in 10 s, then at once; root waits for nobody; and when it goes
    on all is as before."""
    with Polkit(RULES) as polkit, AccessDaemon(polkit) as daemon, daemon.client() as root:
        root.open('objects:///')
        expect('before', timed(daemon, ALL, XML, xml('mine', 1)).result()[0], 0)
        polkit.polkitd.send_signal(signal.SIGSTOP)
        began = time.time()
        waiting = [timed(daemon, ALL if n % 2 else MINE, XML, xml('mine', 1)) for n in range(40)]
        while time.time() < began + 9:
            asked = time.time()
            expect('root', root.call(RESUME, domain('mine', 1)).code, 0)
            assert time.time() - asked < 0.5, 'root waited %.2f s' % (time.time() - asked)
            time.sleep(0.1)
        for code, text, seconds in [process.result() for process in waiting]:
            assert code == DENIED and seconds < 25, (code, text, seconds)
        assert time.time() - began < 25, 'the last of 40 waited %.1f s' % (time.time() - began)
        code, text, seconds = timed(daemon, ALL, XML, xml('mine', 1)).result()
        assert code == DENIED and seconds < 12, (text, seconds)
        assert 'does not answer in time' in daemon.log_text(), daemon.log_text()
        polkit.polkitd.send_signal(signal.SIGCONT)
        wait_for('it goes on', lambda: timed(daemon, ALL, XML, xml('mine', 1)).result()[0] == 0, 10)


def test_gone():
    """Who hangs up while polkit is asked leaves no thread and no descriptor behind."""
    def ask_and_leave():
        client = daemon.client().login()
        client.send(message(OPEN, struct.pack('>I', 1) + string('objects:///') + struct.pack('>I', 0), serial=99))
        try:
            client.sock.settimeout(0.5)
            client.receive()
            return 'it was answered'
        except socket.timeout:
            return 0

    with Polkit(RULES) as polkit, AccessDaemon(polkit) as daemon:
        expect('before', timed(daemon, ALL, XML, xml('mine', 1)).result()[0], 0)
        fds = daemon.fds()
        polkit.polkitd.send_signal(signal.SIGSTOP)
        for process in [As(ALL, ask_and_leave) for _ in range(8)]:
            expect('an answer', process.result(), 0)
        daemon.settle(fds, 5)
        polkit.polkitd.send_signal(signal.SIGCONT)
        expect('after them', timed(daemon, ALL, XML, xml('mine', 1)).result()[0], 0)


def test_not_there():
    """Neither polkitd nor the bus; and a bus that comes back."""
    with Polkit(RULES) as polkit, AccessDaemon(polkit) as daemon:
        expect('before', code(daemon, ALL, XML, xml('mine', 1)), 0)     # a connection to the bus is kept
        for process in polkit.processes[1], polkit.processes[0]:
            process.terminate()
            process.wait()
            said = timed(daemon, ALL, XML, xml('mine', 1)).result()
            assert said[0] == DENIED and 'cannot be asked' in said[1] and said[2] < 5, said
        assert 'polkit cannot be asked for permissions' in daemon.log_text(), daemon.log_text()
        polkit.start()
        expect('another bus', code(daemon, ALL, XML, xml('mine', 1)), 0)


class FalseBus:
    """A bus whose polkit says SAYS(serial of the question): bytes, or None to hang up."""

    def __init__(self, says, way=0):
        self.way = way                  # seconds that what was sent together takes
        self.dir = tempfile.mkdtemp(prefix='falsebus')
        os.chmod(self.dir, 0o755)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.dir + '/bus')
        self.listener.listen()
        self.env = {'DBUS_SYSTEM_BUS_ADDRESS': 'unix:path=%s/bus' % self.dir}
        self.says = says
        threading.Thread(target=self.run, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.listener.close()
        shutil.rmtree(self.dir)

    def run(self):
        try:
            while True:
                threading.Thread(target=self.serve, args=(self.listener.accept()[0],), daemon=True).start()
        except OSError:                 # the test is over
            pass

    def serve(self, sock):
        try:
            self.answer(sock)
        except OSError:                 # the daemon has hung up
            pass

    def answer(self, sock):
        """One connection: login, Hello, then what polkit says to each call."""
        with sock:
            data, begun = b'', False
            while True:
                more = sock.recv(65536)
                if not more:
                    return
                time.sleep(self.way)
                data += more
                while not begun and b'\r\n' in data:
                    line, _, data = data.partition(b'\r\n')
                    begun = line == b'BEGIN'
                    sock.sendall(b'DATA\r\n' if b'AUTH' in line else b'OK 0123456789abcdef0123456789abcdef\r\n'
                                 if b'DATA' in line else b'ERROR\r\n' if not begun else b'')
                while begun and len(data) >= 16:
                    body, serial, fields = struct.unpack('<III', data[4:16])
                    size = 16 + (fields + 7) // 8 * 8 + body
                    if len(data) < size:
                        break
                    call, data = data[:size], data[size:]
                    said = self.says(serial) if b'Hello' not in call else \
                        bus_reply(serial, b's', struct.pack('<I', 4) + b':1.1\0')
                    if said is None:
                        return
                    sock.sendall(said)


def bus_reply(serial, signature, body):
    """A D-Bus message: the answer to a call."""
    fields = struct.pack('<BBBBI', 5, 1, ord('u'), 0, serial)
    if signature:
        fields += struct.pack('<BBBBB', 8, 1, ord('g'), 0, len(signature)) + signature + b'\0'
    head = struct.pack('<BBBBIII', ord('l'), 2, 1, 1, len(body), serial, len(fields))
    return head + fields + b'\0' * (-len(fields) % 8) + body


def yes(serial):
    return bus_reply(serial, b'(bba{ss})', struct.pack('<IIII', 1, 0, 0, 0))


def test_garbage():
    """What is no answer is a no, and does no harm."""
    answers = {'rubbish': lambda serial: os.urandom(512),
               'another type': lambda serial: bus_reply(serial, b's', struct.pack('<I', 3) + b'yes\0'),
               'nothing': lambda serial: bus_reply(serial, b'', b''),
               'half of it': lambda serial: bus_reply(serial, b'(bb)', struct.pack('<II', 1, 0)),
               'after a password': lambda serial: bus_reply(serial, b'(bba{ss})', struct.pack('<IIII', 0, 1, 0, 0)),
               'too long': lambda serial: bus_reply(serial, b'(bba{ss})', struct.pack('<IIII', 1, 0, 1 << 20, 0)),
               'for another': lambda serial: yes(serial + 1000) + bus_reply(serial, b'', b''),
               'it hangs up': lambda serial: None}
    for what, says in answers.items():
        with FalseBus(says) as bus, AccessDaemon(bus) as daemon:
            said = timed(daemon, ALL, XML, xml('mine', 1)).result()
            assert said[0] == DENIED and said[2] < 12, (what, said)
            with daemon.client() as root:
                expect('root', root.open('objects:///').call(RESUME, domain('mine', 1)).code, 0)
    with FalseBus(yes) as bus, AccessDaemon(bus) as daemon:
        expect('an honest one', timed(daemon, ALL, XML, xml('mine', 1)).result()[0], 0)


def test_many():
    """A list of many is asked about by many questions at once: one after the other they would take 30 s."""
    def listed(client):
        began = time.time()
        body = client.call(LIST_ALL, struct.pack('>iI', 1, 0)).body
        return [struct.unpack('>I', body[:4])[0], time.time() - began]

    with FalseBus(yes, way=0.03) as bus, AccessDaemon(bus, OBJECTS_N='1000') as daemon:
        n, seconds = as_user(daemon, ALL, listed)
        assert n == 1000 and seconds < 6, (n, seconds)


def test_reload():
    """From when the settings are read again on, who is connected already is asked about, too."""
    with Polkit(RULES) as polkit, AccessDaemon(polkit) as daemon:
        ready, told = os.pipe()
        with open(daemon.conf) as conf:
            text = conf.read()

        def before_and_after(client):
            first = client.call(RESUME, domain('mine', 1)).code
            os.write(told, b'x')
            wait_for('it is never asked about', lambda: client.call(RESUME, domain('mine', 1)).code == DENIED, 10)
            return first

        daemon.stop()
        for drivers in '[ ]', '[ "none" ]':
            with open(daemon.conf, 'w') as conf:
                conf.write(text.replace('[ "polkit" ]', drivers))
            daemon.start()
            attempt = As(NOBODY, lambda: on_connection(daemon, before_and_after))
            os.read(ready, 1)
            with open(daemon.conf, 'w') as conf:
                conf.write(text)
            daemon.process.send_signal(signal.SIGHUP)
            expect('with access_drivers = %s' % drivers, attempt.result(), 0)
            daemon.stop()
        with open(daemon.conf, 'w') as conf:
            conf.write(text.replace('"polkit"', '"selinux"'))
        daemon.process = subprocess.Popen(daemon.command(), env=daemon.env, stderr=subprocess.PIPE, text=True)
        said = daemon.process.communicate(timeout=20)[1]
        assert daemon.process.returncode and 'access_drivers has "selinux"' in said, said


# ---- documents --------------------------------------------------------------------------

def test_documents():
    """What a document describes is known by its name before anybody parses it; where that can be read in two ways it
    is not served."""
    def defined(text, user=MINE):
        raw = text if isinstance(text, bytes) else text.encode()
        return code(daemon, user, PROC['DOMAIN_DEFINE_XML'], struct.pack('>I', len(raw)) + raw + b'\0' * (-len(raw) % 4))

    with Polkit(RULES) as polkit, AccessDaemon(polkit) as daemon:
        for text in ('<domain><name>mine</name></domain>',
                     "<?xml version='1.0'?><domain><!-- <name>yours</name> --><name>mi&#110;e</name></domain>",
                     '<domain><devices><name>yours</name></devices><name>mine</name></domain>',
                     "<domain a='<name>yours</name>'><name>mine</name></domain>"):
            expect(text, defined(text), 0)
        for text in ('<domain><name>yours</name></domain>', '<domain></domain>', 'no document', '',
                     '<domain><!-- <name>mine</name> --><name>yours</name></domain>',
                     "<domain a='<name>mine</name>'><name>yours</name></domain>", '<domain><name>&#121;ours</name></domain>',
                     '<domain><devices><name>mine</name></devices><name>yours</name></domain>'):
            expect(text, defined(text), DENIED)
        for name in ('m\u00efne', 'mine\u200b', '&quot;mine&quot;', "mine' || 'yours", '$(mine)', 'mine\\0yours', 'm' * 4096):
            text = '<domain><name>%s</name></domain>' % name
            expect(text[:40], [defined(text), defined(text, ALL)], [DENIED, 0])
        raw = b'<domain><name>mine\xff</name></domain>'
        expect('no UTF-8', [defined(raw), defined(raw, ALL)], [DENIED, DENIED])
        assert 'a detail is not UTF-8' in daemon.log_text(), daemon.log_text()
        for text in ('<domain><name>mine</name><name>yours</name></domain>',
                     '<domain><name>%s</name></domain>' % ('m' * 4097), '<domain><name>mine&#13;</name></domain>',
                     '<domain><name>mi<![CDATA[ne]]></name></domain>', '<domain><name>mi<!-- -->ne</name></domain>',
                     "<domain><x:name xmlns:x='y'>mine</x:name></domain>", '<domain><name>&e;</name></domain>',
                     '<!DOCTYPE d [<!ENTITY e "mine">]><domain><name>&e;</name></domain>',
                     '<domain><name> mine</name></domain>', '<domain><name>mine</name><uuid>?</uuid></domain>'):
            expect(text, defined(text), XML_DETAIL)


def optional(text):
    return struct.pack('>I', 1) + string(text) if text else bytes(4)


def given(*params):
    """Typed parameters, all strings."""
    return struct.pack('>I', len(params)) + b''.join(string(name) + struct.pack('>i', 7) + string(text) for name, text in params)


def incoming(document, name):
    """Every call that prepares for the guest of a document, which is to be called NAME, as a host that sends one makes it."""
    flags, cookie, where = bytes(8), bytes(4), optional('tcp://127.0.0.1:9')
    said = [('destination_xml', document)] + [('destination_name', name)] * bool(name)
    rest = flags + optional(name) + bytes(8) + string(document)
    return {'DOMAIN_MIGRATE_PREPARE2': where + rest, 'DOMAIN_MIGRATE_PREPARE_TUNNEL': rest,
            'DOMAIN_MIGRATE_PREPARE3': cookie + where + rest, 'DOMAIN_MIGRATE_PREPARE_TUNNEL3': cookie + rest,
            'DOMAIN_MIGRATE_PREPARE3_PARAMS': given(*said) + cookie + bytes(4),
            'DOMAIN_MIGRATE_PREPARE_TUNNEL3_PARAMS': given(*said) + cookie + bytes(4)}


def test_incoming():
    """A guest that comes from another host is the one that its document names, or the call by another name; libvirtd 9.0.0 asks
    the same of it.  What only a file or a process tells is root's alone, where the driver asks nobody about it."""
    mine, yours = ("<domain type='qemu'><name>%s</name><uuid>44444444-0000-0000-0000-000000000000</uuid></domain>" % name
                   for name in ('mine', 'yours'))
    with Polkit(RULES) as polkit, AccessDaemon(polkit) as daemon:
        for document, name, refused in ((mine, None, False), (yours, None, True), (mine, 'yours', True), (yours, 'mine', False)):
            for call, body in incoming(document, name).items():
                said = code(daemon, MINE, PROC[call], body)
                expect('%s of %s as %s' % (call, document, name), said == DENIED, refused)
                assert said not in (39, XML_DETAIL), '%s: error %d' % (call, said)
        twice = given(('destination_xml', mine), ('destination_xml', yours)) + bytes(8)
        expect('two documents', code(daemon, MINE, PROC['DOMAIN_MIGRATE_PREPARE3_PARAMS'], twice), 8)
        polkit.watch()
        for call, body in incoming(yours, 'new').items():
            code(daemon, ALL, PROC[call], body)
            expect(call, {question for question in polkit.questions() if '.domain.' in question},
                   {'org.libvirt.api.domain.%s connect_driver=Objects domain_name=new domain_uuid=44444444-0000-0000-0000-000000000000'
                    % permission for permission in ('migrate', 'start', 'write')})
        image = string('/nowhere/image')
        for call, body in (('DOMAIN_RESTORE_PARAMS', given(('file', '/nowhere/image')) + bytes(4)),
                           ('DOMAIN_SAVE_IMAGE_DEFINE_XML', image + string(mine) + bytes(4)),
                           ('DOMAIN_MIGRATE_PREPARE', optional(None) + bytes(8) + optional('mine') + bytes(8))):
            said = as_user(daemon, ALL, lambda client: tell(client.call(PROC[call], body)))
            expect(call, (said[:2], 'root alone' in said[2]), ([DENIED, FROM_ACCESS], True))
            assert on_connection(daemon, lambda client: client.call(PROC[call], body).code) not in (DENIED, 39), call
        said = as_user(daemon, ALL, lambda client: tell(client.call(2, struct.pack('>II', 1, 0), prog=QEMU)))
        expect('a process', (said[:2], 'root alone' in said[2]), ([DENIED, FROM_ACCESS], True))


def test_files():
    """The guest of a file that a call names: the driver asks about it, and who may not does not get it."""
    with Polkit(RULES) as polkit, AccessDaemon(polkit) as daemon:
        calls = {'DOMAIN_RESTORE': (b'', ['start', 'write']), 'DOMAIN_RESTORE_FLAGS': (bytes(8), ['start', 'write']),
                 'DOMAIN_SAVE_IMAGE_GET_XML_DESC': (bytes(4), ['write'])}
        polkit.watch()
        for call, (rest, permissions) in calls.items():
            for user, name, wanted in ((MINE, 'mine', 0), (MINE, 'yours', DENIED), (NOBODY, 'mine', DENIED), (ALL, 'yours', 0),
                                       (ALL, 'silent', INTERNAL_ERROR), ('root', 'silent', 0)):
                said = as_user(daemon, user, lambda client: tell(client.call(PROC[call], string('/nowhere/' + name) + rest)))
                expect('%s of %s by %s' % (call, name, user), said[0], wanted)
                assert wanted != DENIED or 'org.libvirt.api.domain.' in said[2], said
            polkit.questions()
            code(daemon, ALL, PROC[call], string('/nowhere/yours') + rest)
            expect(call, {question for question in polkit.questions() if '.domain.' in question},
                   {'org.libvirt.api.domain.%s connect_driver=Objects domain_name=yours domain_uuid=02000000-0000-0000-0000-000000000000'
                    % permission for permission in permissions})


def test_images():
    """The same with guests that QEMU's driver has saved."""
    if not os.path.exists('/usr/bin/qemu-system-x86_64'):
        raise Skipped('no QEMU')

    def by(user, call, name, rest=b'', image=True):
        def ask(client):
            what = string('%s/%s.image' % (daemon.dir, name)) if image else made[name]
            return client.call(PROC[call], what + rest)
        if user == 'root':
            return ask(root)

        def run():
            with daemon.client(timeout=60) as client:
                return tell(ask(client.open('qemu:///session')))[0]
        return As(user, run).result()

    guest = ("<domain type='qemu'><name>%s</name><memory unit='MiB'>16</memory><os><type arch='x86_64' machine='pc'>hvm</type></os>"
             "<devices><memballoon model='none'/></devices></domain>")
    with Polkit(RULES) as polkit, Daemon(CONF, env=polkit.env, modules=('qemu',), args=['--session'], memory=None) as daemon, \
            daemon.client(timeout=60) as root:
        os.chmod(daemon.dir, 0o755)
        root.open('qemu:///session')
        made = {name: root.call(DEFINE, string(guest % name)).body for name in ('mine', 'yours')}
        for name in made:
            expect('start of ' + name, root.call(PROC['DOMAIN_CREATE_WITH_FLAGS'], made[name] + struct.pack('>I', 1)).code, 0)
            expect('save of ' + name, by('root', 'DOMAIN_SAVE', name, string('%s/%s.image' % (daemon.dir, name)), image=False).code, 0)
        for user, name, wanted in ((MINE, 'yours', DENIED), (NOBODY, 'mine', DENIED), (MINE, 'mine', 0)):
            for call, rest in (('DOMAIN_SAVE_IMAGE_GET_XML_DESC', bytes(4)), ('DOMAIN_RESTORE', b''), ('DOMAIN_RESTORE_FLAGS', bytes(8))):
                if call.startswith('DOMAIN_RESTORE') and wanted == 0:
                    continue
                expect('%s of %s by %s' % (call, name, user), by(user, call, name, rest), wanted)
        uuid_of = {name: re.search('<uuid>.*</uuid>', by('root', 'DOMAIN_SAVE_IMAGE_GET_XML_DESC', name, bytes(4)).body[4:].decode()).group(0)
                   for name in made}
        for name, wanted in (('yours', DENIED), ('mine', 0)):
            document = string((guest % name).replace('<memory', uuid_of[name] + '<memory'))
            expect('a change of ' + name, by(MINE, 'DOMAIN_SAVE_IMAGE_DEFINE_XML', name, document + bytes(4)), wanted)
        for name in made:
            expect(name + ' is off', struct.unpack('>I', root.call(GET_INFO, made[name]).body[:4])[0], 5)
        expect('restored', by(MINE, 'DOMAIN_RESTORE', 'mine'), 0)
        expect('it is there', struct.unpack('>I', root.call(GET_INFO, made['mine']).body[:4])[0] in (1, 3), True)


# ---- as docs/access.md says -----------------------------------------------------------

def blocks():
    """The pieces of the page that are typed or written into files."""
    with open(SOURCE + '/docs/access.md') as page:
        return re.findall(r'```\w+\n(.*?)```', page.read(), re.DOTALL)


def virsh(daemon, user, *words):
    """(status, what it said) of our virsh."""
    env = dict(os.environ, HOME='/nonexistent')
    command = [BUILD + '/tools/virsh/.libs/virsh', '-c', 'test+unix:///default?socket=' + daemon.rw]
    done = subprocess.run(command + list(words), capture_output=True, text=True, timeout=60, env=env,
                          preexec_fn=lambda: become(user), stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def define(daemon, *names):
    """By root, with what a document of a guest needs at the least."""
    for name in names:
        path = '%s/%s.xml' % (daemon.dir, name)
        with open(path, 'w') as handle:
            handle.write("<domain type='test'><name>%s</name><memory>1024</memory>"
                         "<os><type>hvm</type></os></domain>" % name)
        expect('define ' + name, virsh(daemon, 'root', 'define', path)[0], 0)


def test_page():
    conf, rules, command = blocks()
    with Polkit(rules.replace('"ann"', '"games"').replace('"bob"', '"man"')) as polkit:
        with Daemon(conf, env=polkit.env, modules=('test',)) as daemon, daemon.client() as keeper:
            keeper.open('test:///default')      # its host lives as long as somebody is connected
            os.chmod(daemon.dir, 0o755)
            if not As('games', lambda: os.access(BUILD + '/tools/virsh/.libs/virsh', os.X_OK)).result():
                raise Skipped('other users do not reach the build')
            define(daemon, 'web', 'bobs', 'other')
            start = command.split()[3:]
            expect('the command', start, ['start', 'web'])
            code, text = virsh(daemon, 'nobody', *start)
            assert code == 1 and "access denied: 'TEST' denied access" in text, text
            assert 'org.libvirt.api.domain.start' in text, text
            for what, user, status, words in (
                    ('ann starts', 'games', 0, start), ('ann stops', 'games', 0, ['destroy', 'web']),
                    ('ann and another', 'games', 1, ['start', 'other']),
                    ('ann removes', 'games', 1, ['undefine', 'web']),
                    ('ann looks', 'games', 0, ['dumpxml', 'other']), ('bob looks', 'man', 1, ['dumpxml', 'other']),
                    ('bob and his own', 'man', 0, ['start', 'bobs'])):
                code, text = virsh(daemon, user, *words)
                assert code == status, '%s: %s' % (what, text)
            for user, names in ('games', ['bobs', 'other', 'test', 'web']), ('man', ['bobs']):
                expect('what %s sees' % user, sorted(virsh(daemon, user, 'list', '--all', '--name')[1].split()), names)


if __name__ == '__main__':
    main(globals())
