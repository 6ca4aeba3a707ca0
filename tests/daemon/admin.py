#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemon's administration as bytes: figures that are true, changes that take effect at once, and an
administrator who asks for what cannot be."""

import os
import random
import shutil
import ssl
import struct
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402
import network  # noqa: E402

ADMIN = 0x06900690
(CONNECT_OPEN, CONNECT_CLOSE, LIB_VERSION, LIST_SERVERS, LOOKUP_SERVER, GET_POOL, SET_POOL, LIST_CLIENTS, LOOKUP_CLIENT,
 CLIENT_INFO, CLIENT_CLOSE, GET_LIMITS, SET_LIMITS, GET_OUTPUTS, GET_FILTERS, SET_OUTPUTS, SET_FILTERS, UPDATE_TLS,
 SET_TIMEOUT) = range(1, 20)
INT, UINT, ULLONG, BOOLEAN, STRING = 1, 2, 4, 6, 7
INTERNAL, INVALID_ARG, FAILED, UNSUPPORTED, NO_SERVER, NO_CLIENT = 1, 8, 9, 74, 95, 96
SICK = domain('sick', 2) + struct.pack('>II', 4, 0)


def params(*items):
    """(name, number) or (name, type, packed value)"""
    body = struct.pack('>I', len(items))
    for item in items:
        kind, value = (UINT, struct.pack('>I', item[1])) if len(item) == 2 else item[1:]
        body += string(item[0]) + struct.pack('>i', kind) + value
    return body


class Reader:
    def __init__(self, body):
        self.body, self.at = body, 0

    def take(self, form):
        values = struct.unpack_from('>' + form, self.body, self.at)
        self.at += struct.calcsize('>' + form)
        return values[0]

    def text(self):
        size = self.take('I')
        text = self.body[self.at:self.at + size].decode()
        self.at += size + -size % 4
        return text

    def params(self):
        found = {}
        for _ in range(self.take('I')):
            name, kind = self.text(), self.take('i')
            found[name] = self.text() if kind == STRING else self.take('i' if kind == INT else 'I')
        return found

    def client(self):
        return self.text(), self.take('Q'), self.take('q'), self.take('I')


class Admin(Client):
    def __init__(self, daemon, opened=True, socket='libvirt-admin-sock'):
        super().__init__(daemon.dir + '/' + socket)
        if opened:
            expect('opening', self.ask(CONNECT_OPEN, struct.pack('>I', 0)).code, 0)

    def ask(self, proc, body=b''):
        return self.call(proc, body, prog=ADMIN)

    def get(self, proc, server='libvirtd'):
        reply = self.ask(proc, string(server) + struct.pack('>I', 0))
        assert reply.code == 0, reply.text
        return Reader(reply.body).params()

    def set(self, proc, *items, server='libvirtd'):
        return self.ask(proc, string(server) + params(*items) + struct.pack('>I', 0))

    def clients(self, server='libvirtd'):
        reply = self.ask(LIST_CLIENTS, string(server) + struct.pack('>II', 1, 0))
        assert reply.code == 0, reply.text
        reader = Reader(reply.body)
        return [reader.client() for _ in range(reader.take('I'))]

    def info(self, number, server='libvirtd'):
        reply = self.ask(CLIENT_INFO, named(server, number) + struct.pack('>I', 0))
        return Reader(reply.body).params() if reply.code == 0 else reply

    def end(self, number, server='libvirtd'):
        return self.ask(CLIENT_CLOSE, named(server, number) + struct.pack('>I', 0))

    def text(self, proc):
        return Reader(self.ask(proc, struct.pack('>I', 0)).body).text()


def named(server, number):
    return string(server) + struct.pack('>QqI', number, 0, 0)


# ---- what there is ---------------------------------------------------------------------------------

def test_servers():
    with Daemon() as daemon, Admin(daemon) as admin:
        reply = Reader(admin.ask(LIST_SERVERS, struct.pack('>II', 1, 0)).body)
        expect('servers', sorted(reply.text() for _ in range(reply.take('I'))), ['admin', 'libvirtd'])
        expect('only counted', admin.ask(LIST_SERVERS, struct.pack('>II', 0, 0)).body, struct.pack('>II', 0, 2))
        for name in ('admin', 'libvirtd'):
            expect(name, Reader(admin.ask(LOOKUP_SERVER, string(name) + bytes(4)).body).text(), name)
        for name in ('', 'Admin', 'libvirtd ', '%s%n', 'x' * 100000, '../admin', 'admin\x1b[2J'):
            reply = admin.ask(LOOKUP_SERVER, string(name) + bytes(4))
            expect('code for a name that nobody has', reply.code, NO_SERVER)
            assert 'Server not found: No server named' in reply.text, reply.text
            for proc, rest in ((GET_POOL, bytes(4)), (LIST_CLIENTS, bytes(8)), (UPDATE_TLS, bytes(4)),
                               (SET_POOL, bytes(8)), (LOOKUP_CLIENT, bytes(12))):
                expect('procedure %d' % proc, admin.ask(proc, string(name) + rest).code, NO_SERVER)
        expect('version', struct.unpack('>Q', admin.ask(LIB_VERSION).body)[0], 9000000)
        expect('unknown flags', admin.ask(LOOKUP_SERVER, string('admin') + struct.pack('>I', 1)).code, INVALID_ARG)


def test_daemon_of_a_driver():
    """Who looks for virtqemud finds this daemon, and the server that has its name."""
    with Daemon('modular_sockets = [ "virtqemud" ]\n') as daemon:
        wait_for('the link', lambda: os.path.islink(daemon.dir + '/virtqemud-admin-sock'))
        with Admin(daemon, socket='virtqemud-admin-sock') as admin, daemon.client() as client:
            client.open()
            expect('its clients', len(admin.clients('virtqemud')), 1)
            expect('another one', admin.ask(LOOKUP_SERVER, string('virtxend') + bytes(4)).code, NO_SERVER)


def test_who_is_there():
    with Daemon() as daemon, Admin(daemon) as admin, daemon.client() as client:
        client.open()
        (server, number, since, transport), = admin.clients()
        expect('client', (server, transport, abs(since - time.time()) < 60), ('libvirtd', 0, True))
        info = admin.info(number)
        expect('its process', (info['unix_process_id'], info['unix_user_id'], info['unix_group_id'], info['readonly']),
               (os.getpid(), os.getuid(), os.getgid(), 0))
        expect('looked up', Reader(admin.ask(LOOKUP_CLIENT, string('libvirtd') + struct.pack('>QI', number, 0)).body)
               .client(), (server, number, since, transport))
        for strange in (0, number + 1, 1 << 32 | number, (1 << 64) - 1):
            expect('nobody', admin.info(strange).code, NO_CLIENT)
            expect('nobody ends', admin.end(strange).code, NO_CLIENT)
        expect('in the other server', admin.info(admin.clients('admin')[0][1], 'admin')['unix_process_id'], os.getpid())
        figures = admin.get(GET_LIMITS)
        expect('figures', (figures['nclients'], figures['nclients_unauth']), (1, 0))
        with daemon.client():
            wait_for('one that has not spoken yet is not counted', lambda: admin.get(GET_LIMITS)['nclients'] == 2)
            expect('without a connection', admin.get(GET_LIMITS)['nclients_unauth'], 1)
        if daemon.privileged:
            with daemon.client(readonly=True) as looker:
                looker.open(readonly=True)
                assert admin.info(admin.clients()[-1][1])['readonly'] == 1


def test_ending_clients():
    with Daemon() as daemon, Admin(daemon) as admin:
        fds = daemon.fds()
        idle, busy, half, anonymous = (daemon.client() for _ in range(4))
        idle.open()
        busy.open().send(message(MEMORY_STATS, SICK))
        half.open().send(message(NODE_INFO, b'x' * 100)[:60])
        daemon.asked(1)
        wait_for('all four', lambda: len(admin.clients()) == 4)
        numbers = [client[1] for client in admin.clients()]
        for number in numbers:
            expect('ended', admin.end(number).code, 0)
            expect('again', admin.end(number).code, NO_CLIENT)
        for client in (idle, busy, half, anonymous):
            assert client.closed_within(5)
        expect('all gone', admin.clients(), [])
        own = admin.clients('admin')[0][1]
        admin.send(message(CLIENT_CLOSE, named('admin', own) + bytes(4), prog=ADMIN, serial=77))
        assert admin.closed_within(5)
        open(daemon.release, 'w').close()
        daemon.settle(fds - 1)
        daemon.serves()


def test_clients_of_other_hosts():
    """Where they come from, whom their certificates name, and who they have logged in as."""
    place, daemon = network.sasl_daemon()
    context = daemon.certificates.context(ssl.PROTOCOL_TLS_CLIENT)
    with daemon, Admin(daemon) as admin, network.Remote(daemon.tcp) as plain, network.Remote(daemon.tls) as encrypted:
        encrypted.encrypt(context)
        expect('it may log in', plain.call(AUTH_LIST).code, 0)
        address = {client: '127.0.0.1:%d' % client.sock.getsockname()[1] for client in (plain, encrypted)}
        found = {admin.info(number)['sock_addr']: (number, transport) for _, number, _, transport in admin.clients()}
        expect('transports', (found[address[plain]][1], found[address[encrypted]][1]), (1, 2))
        expect('without a login', admin.info(found[address[plain]][0]), {'readonly': 0, 'sock_addr': address[plain]})
        expect('by certificate', admin.info(found[address[encrypted]][0]),
               {'readonly': 0, 'sock_addr': address[encrypted], 'tls_x509_dname': 'CN=one'})
        expect('waiting', admin.get(GET_LIMITS)['nclients_unauth'], 2)
        expect('login', plain.call(network.SASL_STEP, network.begin_login(plain)).code, 0)
        name = admin.info(found[address[plain]][0])['sasl_user_name']
        assert name.split('@')[0] == 'fred', name
        for number, _ in found.values():
            expect('ended', admin.end(number).code, 0)
        assert plain.closed_within(5) and encrypted.closed_within(5)
    shutil.rmtree(place)


# ---- threads ------------------------------------------------------------------------------------------

def test_workers():
    """The figures while calls wait, and other limits for them: some end at once, none is lost."""
    with Daemon('min_workers = 1\nmax_workers = 6\nprio_workers = 3\n') as daemon, Admin(daemon) as admin:
        expect('idle', admin.get(GET_POOL), {'minWorkers': 1, 'maxWorkers': 6, 'nWorkers': 0, 'freeWorkers': 0,
                                             'prioWorkers': 3, 'jobQueueDepth': 0})
        stuck = [daemon.client().open() for _ in range(6)]
        for n, client in enumerate(stuck):
            client.send(message(MEMORY_STATS, string('sick') + bytes([n]) * 16 + struct.pack('>iII', 1, 4, 0)))
        daemon.asked(6)
        expect('busy', admin.get(GET_POOL)['nWorkers'], 6)
        expect('below those that run', admin.set(SET_POOL, ('maxWorkers', 2)).code, 0)
        expect('set', admin.get(GET_POOL)['maxWorkers'], 2)
        more = [daemon.client().open() for _ in range(3)]
        for n, client in enumerate(more):
            client.send(message(MEMORY_STATS, domain('well', 1) + struct.pack('>II', 4, 0)))
        wait_for('calls wait', lambda: admin.get(GET_POOL)['jobQueueDepth'] > 0)
        open(daemon.release, 'w').close()
        for client in stuck + more:
            expect('a late answer', client.receive().code, 0)
        wait_for(lambda: 'threads stay: %r' % admin.get(GET_POOL), lambda: admin.get(GET_POOL)['nWorkers'] <= 2)
        expect('more again', admin.set(SET_POOL, ('minWorkers', 3), ('maxWorkers', 8), ('prioWorkers', 0)).code, 0)
        figures = admin.get(GET_POOL)
        expect('set', [figures[name] for name in ('minWorkers', 'maxWorkers', 'prioWorkers')], [3, 8, 0])
        expect('nothing asked', admin.set(SET_POOL).code, 0)


def refused(admin, proc, code, *items):
    before = admin.get(proc - 1)
    reply = admin.set(proc, *items)
    expect('%r: %s' % (items, reply.text), reply.code, code)
    assert reply.text.strip(), 'no text'
    after = admin.get(proc - 1)
    expect('unchanged', [after[name] for name in after if 'ax' in name], [before[name] for name in before if 'ax' in name])


def test_impossible_numbers():
    with Daemon() as daemon, Admin(daemon) as admin:
        for items in ((('maxWorkers', 0),), (('minWorkers', 30),), (('maxWorkers', 4),), (('maxWorkers', 0xffffffff),),
                      (('prioWorkers', 0x80000000),), (('minWorkers', 5), ('minWorkers', 6)),
                      (('minWorkers', INT, struct.pack('>i', -1)),), (('maxWorkers', ULLONG, struct.pack('>Q', 9)),),
                      (('maxWorkers', STRING, string('9')),), (('minWorkers', 9), ('maxWorkers', 8))):
            refused(admin, SET_POOL, INVALID_ARG, *items)
        for name in ('', 'nWorkers', 'freeWorkers', 'jobQueueDepth', 'nclients_max', 'bogus', 'minworkers'):
            refused(admin, SET_POOL, UNSUPPORTED, (name, 1))
        for items in ((('nclients_max', 0xffffffff),), (('nclients_max', 19),), (('nclients_max', 0),),
                      (('nclients_unauth_max', 5001),), (('nclients_max', BOOLEAN, struct.pack('>i', 1)),)):
            refused(admin, SET_LIMITS, INVALID_ARG, *items)
        for name in ('nclients', 'nclients_unauth', 'minWorkers'):
            refused(admin, SET_LIMITS, UNSUPPORTED, (name, 1))
        assert admin.set(SET_POOL, *[('minWorkers', 1)] * 33).code, 'more parameters than the protocol allows'
        assert admin.set(SET_TIMEOUT, ('x', 1)).code
        refused(admin, SET_LIMITS, FAILED, ('nclients_max', 1000000))    # the limit on open files


def test_limit_on_clients():
    """Takes effect at once; nobody who is there has to go."""
    with Daemon() as daemon, Admin(daemon) as admin:
        there = [daemon.client().open() for _ in range(4)]
        extra = 16 if os.geteuid() == 0 else 0          # places that are root's
        expect('set', admin.set(SET_LIMITS, ('nclients_max', 3), ('nclients_unauth_max', 2)).code, 0)
        there += [daemon.client().open() for _ in range(3 + extra - 4)] if extra else []
        with daemon.client() as late:
            assert late.closed_within(5)
        for client in there:
            expect('who is there', client.call(NODE_INFO).code, 0)
        expect('set', admin.set(SET_LIMITS, ('nclients_max', 100)).code, 0)
        daemon.serves()
        expect('none', admin.set(SET_LIMITS, ('nclients_max', 0), ('nclients_unauth_max', 0)).code, 0)
        with daemon.client() as late:
            assert late.closed_within(5)
        figures = admin.get(GET_LIMITS)
        expect('figures', (figures['nclients_max'], figures['nclients_unauth_max']), (0, 0))


def test_limit_on_the_unauthenticated():
    with Daemon('max_anonymous_clients = 50\n') as daemon, Admin(daemon) as admin:
        waiting = [daemon.client() for _ in range(6)]
        wait_for('six wait', lambda: admin.get(GET_LIMITS)['nclients_unauth'] == 6)
        expect('set', admin.set(SET_LIMITS, ('nclients_unauth_max', 3)).code, 0)
        wait_for('the oldest make room for newer ones',
                 lambda: daemon.client().close() or admin.get(GET_LIMITS)['nclients_unauth'] <= 3)
        expect('any number', admin.set(SET_LIMITS, ('nclients_unauth_max', 0)).code, 0)
        more = [daemon.client() for _ in range(10)]
        wait_for('nobody has to go', lambda: admin.get(GET_LIMITS)['nclients_unauth'] >= 12)
        for client in waiting + more:
            client.close()


# ---- the daemon as a whole ----------------------------------------------------------------------------

def optional(text):
    return struct.pack('>I', 1) + string(text) + struct.pack('>I', 0)


def test_log():
    with Daemon() as daemon, Admin(daemon) as admin:
        expect('outputs', admin.text(GET_OUTPUTS), '2:file:' + daemon.log)
        other = daemon.dir + '/other'
        expect('set', admin.ask(SET_OUTPUTS, optional('1:file:%s 4:stderr' % other)).code, 0)
        expect('outputs', admin.text(GET_OUTPUTS), '1:file:%s 4:stderr' % other)
        expect('set', admin.ask(SET_FILTERS, optional('1:daemon')).code, 0)
        expect('filters', Reader(admin.ask(GET_FILTERS, bytes(4)).body[4:]).text(), '1:*daemon* ')
        with daemon.client() as client:
            client.open()
        wait_for('debug lines in the new file', lambda: ' debug : ' in open(other).read())
        for text in ('5:daemon', 'daemon', '1:', '0:x', '1:x y'):
            expect(text, admin.ask(SET_FILTERS, optional(text)).code, INVALID_ARG)
        for text in ('x', '1:nowhere', '9:stderr', '1:file:', '1:file'):
            expect(text, admin.ask(SET_OUTPUTS, optional(text)).code, INVALID_ARG)
        reply = admin.ask(SET_OUTPUTS, optional('1:file:/proc/nowhere'))
        assert reply.code and '/proc/nowhere' in reply.text, reply.text
        expect('filters', Reader(admin.ask(GET_FILTERS, bytes(4)).body[4:]).text(), '1:*daemon* ')
        expect('outputs', admin.text(GET_OUTPUTS), '1:file:%s 4:stderr' % other)
        expect('none', admin.ask(SET_FILTERS, bytes(8)).code, 0)
        expect('filters', admin.ask(GET_FILTERS, bytes(4)).body, struct.pack('>III', 1, 0, 0))
        expect('none', admin.ask(SET_OUTPUTS, optional('')).code, 0)
        expect('outputs', admin.text(GET_OUTPUTS), '3:stderr')


def test_environment_gives_way():
    """What the environment says counts until an administrator says something else."""
    with Daemon(env={'LIBVIRT_LOG_FILTERS': '3:env'}) as daemon, Admin(daemon) as admin:
        expect('filters', Reader(admin.ask(GET_FILTERS, bytes(4)).body[4:]).text(), '3:*env* ')
        admin.ask(SET_FILTERS, optional('4:other'))
        expect('filters', Reader(admin.ask(GET_FILTERS, bytes(4)).body[4:]).text(), '4:*other* ')


def test_timeout():
    with Daemon() as daemon:
        with Admin(daemon) as admin:
            expect('too long', admin.ask(SET_TIMEOUT, struct.pack('>II', 0xffffffff, 0)).code, INVALID_ARG)
            expect('set', admin.ask(SET_TIMEOUT, struct.pack('>II', 1, 0)).code, 0)
            expect('off', admin.ask(SET_TIMEOUT, struct.pack('>II', 0, 0)).code, 0)
            expect('on', admin.ask(SET_TIMEOUT, struct.pack('>II', 1, 0)).code, 0)
        expect('status of a daemon that nobody uses', daemon.process.wait(10), 0)


def test_no_certificates():
    with Daemon() as daemon, Admin(daemon) as admin:
        for server in ('libvirtd', 'admin'):
            reply = admin.ask(UPDATE_TLS, string(server) + bytes(4))
            expect('code', reply.code, INTERNAL)
            assert 'no tls service found' in reply.text, reply.text


def serial_of(port, context):
    client = network.Remote(port).encrypt(context)
    return client.sock.getpeercert()['serialNumber']


def test_certificates():
    """Read again when asked: new connections have the new; what cannot be used leaves the old."""
    with network.Network() as daemon, Admin(daemon) as admin:
        files, context = daemon.certificates, daemon.certificates.context(ssl.PROTOCOL_TLS_CLIENT)
        old = serial_of(daemon.tls, context)
        with network.Remote(daemon.tls) as there:
            there.encrypt(context).open()
            files.make('--generate-certificate', '--load-privkey', 'key.pem', '--load-ca-certificate', 'cacert.pem',
                       '--load-ca-privkey', 'cakey.pem', '--template', 'one.cfg', '--outfile', 'cert.pem')
            expect('before', serial_of(daemon.tls, context), old)
            expect('read', admin.ask(UPDATE_TLS, string('libvirtd') + bytes(4)).code, 0)
            new = serial_of(daemon.tls, context)
            assert new != old, 'the certificate is the old one'
            expect('who was there', there.call(NODE_INFO).code, 0)
        files.write('cert.pem', 'nothing')
        reply = admin.ask(UPDATE_TLS, string('libvirtd') + bytes(4))
        assert reply.code and 'cert.pem' in reply.text, reply.text
        os.unlink(files.dir + '/cert.pem')
        reply = admin.ask(UPDATE_TLS, string('libvirtd') + bytes(4))
        assert reply.code and 'cert.pem' in reply.text, reply.text
        expect('after', serial_of(daemon.tls, context), new)


# ---- who may ------------------------------------------------------------------------------------------

def test_each_program_in_its_place():
    with Daemon() as daemon, Admin(daemon) as admin, daemon.client() as client:
        expect('mode of the socket', os.stat(daemon.dir + '/libvirt-admin-sock').st_mode & 0o777, 0o700)
        for proc in (OPEN, NODE_INFO, AUTH_LIST):
            reply = admin.call(proc, struct.pack('>II', 0, 0))
            assert 'Cannot find program' in reply.text, reply.text
        client.open()
        for proc in range(1, 20):
            assert 'Cannot find program' in client.call(proc, bytes(8), prog=ADMIN).text
        with Admin(daemon, opened=False) as early:
            for proc in range(3, 20):
                assert early.ask(proc, bytes(8)).code, 'procedure %d before the connection is open' % proc
            assert early.ask(0).code and early.ask(20).code
            assert early.ask(CONNECT_OPEN, struct.pack('>I', 1)).code == INVALID_ARG


def test_so_many():
    """A lost administrator makes no room, one that never spoke does; the daemon's clients are another matter."""
    with Daemon('admin_max_clients = 3\n') as daemon:
        three = [Admin(daemon) for _ in range(3)]
        with Client(daemon.dir + '/libvirt-admin-sock') as late:
            assert late.closed_within(5)
        daemon.serves()
        three.pop().close()
        wait_for('a place', lambda: len(three[0].clients('admin')) == 2)
        three.append(Admin(daemon))
        expect('more', three[0].set(SET_LIMITS, ('nclients_max', 5), server='admin').code, 0)
        three.append(Admin(daemon))
        for admin in three:
            admin.close()


def test_only_the_owner():
    """Another user is refused whatever the permissions are."""
    if os.geteuid() != 0:
        raise Skipped('only root can be another user')
    with Daemon('unix_sock_admin_perms = "0777"\n') as daemon:
        os.chmod(daemon.dir, 0o755)
        child = os.fork()
        if child == 0:
            os.setuid(65534)
            try:
                with Client(daemon.dir + '/libvirt-admin-sock') as client:
                    os._exit(0 if client.closed_within(5) else 1)
            except BaseException:
                os._exit(2)
        expect('status of the other user', os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        assert 'it is not the user that this daemon runs as' in daemon.log_text()
        Admin(daemon).close()


def test_silent_administrators():
    with Daemon('admin_keepalive_interval = 1\nadmin_keepalive_count = 1\nkeepalive_interval = -1\n') as daemon:
        with Admin(daemon) as admin, daemon.client() as client:
            client.open()
            assert admin.closed_within(10), 'a silent administrator stays'
            expect('the others', client.call(NODE_INFO).code, 0)


def test_rubbish():
    """Every procedure with anything for arguments: an answer, or the end of that connection alone."""
    chance = random.Random(1)
    with Daemon() as daemon:
        admin = Admin(daemon)
        for _ in range(400):
            body = chance.choice([string('libvirtd'), string('admin'), b'']) + chance.randbytes(chance.randrange(80))
            try:
                admin.ask(chance.randrange(1, 20), body)
            except Closed:
                admin = Admin(daemon)
        with Admin(daemon) as fresh:
            for proc in (SET_OUTPUTS, SET_FILTERS):
                fresh.ask(proc, bytes(8))
            fresh.ask(SET_TIMEOUT, bytes(8))
            fresh.set(SET_LIMITS, ('nclients_max', 5000), ('nclients_unauth_max', 20))
        admin.close()
        daemon.serves()


def come_and_go(daemon, seed):
    chance = random.Random(seed)
    for _ in range(60):
        try:
            with daemon.client() as client:
                if chance.random() < 0.8:
                    client.login()
                    client.call(OPEN, struct.pack('>I', 1) + string('mock:///default') + bytes(4))
                    client.call(NODE_INFO)
        except (Closed, OSError):       # an administrator has ended it
            pass


def meddle(daemon, seed):
    chance = random.Random(seed)
    with Admin(daemon) as admin:
        for n in range(60):
            for _, number, _, _ in admin.clients()[:5]:
                admin.info(number)
                if chance.random() < 0.3:
                    admin.end(number)
            admin.set(SET_POOL, ('minWorkers', 1), ('maxWorkers', chance.randrange(1, 9)), ('prioWorkers', n % 3))
            admin.set(SET_LIMITS, ('nclients_max', 100 + n))
            admin.ask(SET_FILTERS, optional('%d:daemon' % chance.randrange(3, 5)))
            admin.ask(UPDATE_TLS, string('libvirtd') + bytes(4))
            if n % 20 == 0:
                daemon.process.send_signal(signal.SIGHUP)


def test_several_at_once():
    """Clients come and go, administrators list, look at and end them, and change all that can be changed."""
    with network.Network() as daemon:
        fds = daemon.fds()
        threads = [threading.Thread(target=work, args=(daemon, seed)) for seed in range(4)
                   for work in ((come_and_go, meddle) if seed < 3 else (come_and_go,))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        daemon.settle(fds + 2)
        daemon.serves()


def test_reload():
    """What was changed lasts until the settings are read again."""
    with Daemon('max_workers = 7\n') as daemon, Admin(daemon) as admin:
        expect('set', admin.set(SET_POOL, ('maxWorkers', 9)).code, 0)
        daemon.process.send_signal(signal.SIGHUP)
        wait_for('the settings', lambda: admin.get(GET_POOL)['maxWorkers'] == 7)


if __name__ == '__main__':
    main(globals())
