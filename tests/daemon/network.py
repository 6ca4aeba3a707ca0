#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clients of other hosts, over TCP, TLS and SASL, that do what no library does."""

import ctypes
import fcntl
import hashlib
import os
import re
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import termios
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *                   # noqa: F401,F403,E402

SASL_INIT, SASL_START, SASL_STEP = 67, 68, 69
CLONE_NEWNET, IPV6_FREEBIND = 0x40000000, 78


def free_port():
    with socket.socket() as s:
        s.bind(('', 0))
        return s.getsockname()[1]


def chars(data):
    """An array of char: a word for each."""
    return struct.pack('>%dI' % (len(data) + 1), len(data), *data)


class Certificates:
    """A CA and one certificate of it, for everybody; removed with DIRECTORY."""

    def __init__(self, directory):
        if not shutil.which('certtool'):
            raise Skipped('no certtool')
        self.dir = directory
        self.write('ca.cfg', 'cn = "CA"\nca\ncert_signing_key\nexpiration_days = 3\n')
        self.write('one.cfg', 'cn = "one"\ndns_name = localhost\nip_address = 127.0.0.1\ntls_www_server\n'
                   'tls_www_client\nsigning_key\nexpiration_days = 3\n')
        self.make('--generate-privkey', '--key-type', 'ecdsa', '--outfile', 'cakey.pem')
        self.make('--generate-self-signed', '--load-privkey', 'cakey.pem', '--template', 'ca.cfg', '--outfile',
                  'cacert.pem')
        self.make('--generate-privkey', '--key-type', 'ecdsa', '--outfile', 'key.pem')
        self.make('--generate-certificate', '--load-privkey', 'key.pem', '--load-ca-certificate', 'cacert.pem',
                  '--load-ca-privkey', 'cakey.pem', '--template', 'one.cfg', '--outfile', 'cert.pem')

    def write(self, name, text):
        with open(self.dir + '/' + name, 'w') as file:
            file.write(text)

    def make(self, *words):
        subprocess.run(['certtool'] + list(words), cwd=self.dir, check=True, capture_output=True)

    def context(self, protocol):
        context = ssl.SSLContext(protocol)
        context.check_hostname = False
        context.load_verify_locations(self.dir + '/cacert.pem')
        context.load_cert_chain(self.dir + '/cert.pem', self.dir + '/key.pem')
        context.verify_mode = ssl.CERT_REQUIRED
        return context


class Network(Daemon):
    """Listens on TCP and TLS, too."""

    def __init__(self, conf='', **options):
        self.world = tempfile.mkdtemp(prefix='virn')
        self.certificates = Certificates(self.world)
        self.tcp, self.tls = free_port(), free_port()
        super().__init__('listen_tcp = 1\ntcp_port = "%d"\ntls_port = "%d"\nca_file = "%s/cacert.pem"\n'
                         'cert_file = "%s/cert.pem"\nkey_file = "%s/key.pem"\n%s'
                         % (self.tcp, self.tls, self.world, self.world, self.world, conf), args=['--listen'], **options)

    def stop(self):
        super().stop()
        shutil.rmtree(self.world, ignore_errors=True)


class Remote(Client):
    def __init__(self, port, host='127.0.0.1', source=None):
        family = socket.AF_INET6 if ':' in host else socket.AF_INET
        self.sock = socket.socket(family)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        # the port is free again at once, however many have been here
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.sock.settimeout(10)
        if source:
            if ':' in source:
                self.sock.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
            self.sock.bind((source, 0))
        self.sock.connect((host, port))
        self.serial, self.buffer = 0, b''

    def encrypt(self, context):
        self.sock = context.wrap_socket(self.sock)
        byte = self.sock.recv(1)
        if not byte:
            raise Closed()
        expect('the byte that lets in', byte, b'\1')
        return self

    def on_the_way(self, port):
        """Bytes from the daemon that nobody has read."""
        there = struct.unpack('i', fcntl.ioctl(self.sock.fileno(), termios.FIONREAD, b'\0' * 4))[0]
        own = self.sock.getsockname()[1]
        with open('/proc/net/tcp') as table:
            for line in table:
                words = line.split()
                if words[1].endswith(':%04X' % port) and words[2].endswith(':%04X' % own):
                    return there + int(words[4].split(':')[0], 16)
        raise AssertionError('the connection is gone')


# ---- bytes that stay behind ---------------------------------------------------

def fill_up(client, port):
    """Calls, without reading replies, until one does not fit into the socket; their number."""
    step, before = 0, 0
    for calls in range(1, 5000):
        client.send(message(LOOKUP_NAME, string('x' * 8000), serial=calls))
        if calls < 4:                   # until our end of the socket is full
            time.sleep(0.3)
            step, before = client.on_the_way(port) - before, client.on_the_way(port)
            continue
        end = time.time() + 0.5
        while client.on_the_way(port) < before + step and time.time() < end:
            time.sleep(0.0005)
        if client.on_the_way(port) < before + step:
            return calls
        before += step
    raise AssertionError('the socket takes everything')


def test_last_record():
    """A reply that was encrypted, but did not fit into the socket, comes when there is room."""
    with Network() as daemon:
        client = Remote(daemon.tls).encrypt(daemon.certificates.context(ssl.PROTOCOL_TLS_CLIENT))
        client.open()
        calls = fill_up(client, daemon.tls)
        for serial in range(1, calls + 1):
            expect('a reply of %d' % calls, client.receive().serial, serial)
        client.close()


def test_records_together():
    """Many records in a segment, and segments that end anywhere in one: each call is answered when all of it is there."""
    with Network('auth_tls = "none"\n') as daemon:
        client = Remote(daemon.tls)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        session = daemon.certificates.context(ssl.PROTOCOL_TLS_CLIENT).wrap_bio(incoming, outgoing)
        bytes_in = []

        def fetch():
            incoming.write(client.sock.recv(1 << 16))

        def shake(step):
            while True:
                try:
                    done = step()
                except ssl.SSLWantReadError:
                    client.sock.sendall(outgoing.read())
                    fetch()
                    continue
                client.sock.sendall(outgoing.read())
                return done

        def replies(n):
            """The serials of N of them."""
            found = []
            while len(found) < n:
                bytes_in.append(shake(lambda: session.read(1 << 16)))
                data = b''.join(bytes_in)
                while len(data) >= 28 and len(data) >= struct.unpack('>I', data[:4])[0]:
                    size, _, _, _, _, serial, _ = struct.unpack('>IIIiIII', data[:28])
                    found.append(serial)
                    data = data[size:]
                bytes_in[:] = [data]
            return sorted(found)

        shake(session.do_handshake)
        expect('the byte that lets in', shake(lambda: session.read(1)), b'\1')
        for body in (message(AUTH_LIST, serial=1), message(OPEN, struct.pack('>I', 1) + string('mock:///default') + bytes(4), serial=2)):
            session.write(body)
        client.sock.sendall(outgoing.read())
        expect('the beginning', replies(2), [1, 2])
        for size in (1 << 16, 1, 3, 70, 511, 512, 513, 1000):
            for serial in range(40):
                session.write(message(NODE_INFO, serial=serial) if serial % 7 else message(LOOKUP_NAME, string('x' * 700), serial=serial))
            data = outgoing.read()
            for at in range(0, len(data), size):
                client.sock.sendall(data[at:at + size])
            expect('pieces of %d bytes' % size, replies(40), list(range(40)))
        client.close()
        daemon.serves()


# ---- SASL ------------------------------------------------------------------------

def sasl_users():
    """A directory with a user, and how he may log in."""
    if not shutil.which('saslpasswd2'):
        raise Skipped('no saslpasswd2')
    place = tempfile.mkdtemp(prefix='virs')
    with open(place + '/libvirt.conf', 'w') as file:
        file.write('mech_list: digest-md5 anonymous\npwcheck_method: auxprop\nauxprop_plugin: sasldb\n'
                   'sasldb_path: %s/users\n' % place)
    subprocess.run(['saslpasswd2', '-p', '-f', place + '/users', '-a', 'libvirt', '-u', socket.gethostname(), 'fred'],
                   input=b'secret', check=True)
    with open(place + '/leaks', 'w') as file:
        file.write('leak:libcrypto\n')         # OpenSSL keeps what the plug-in has it load
    return place


def sasl_environment(place):
    return {'SASL_CONF_PATH': place, 'LSAN_OPTIONS': 'print_suppressions=0:suppressions=%s/leaks' % place}


def sasl_daemon():
    place = sasl_users()
    return place, Network('auth_tls = "sasl"\n', env=sasl_environment(place))


def md5(data):
    return hashlib.md5(data).digest()


def digest_response(challenge, qop):
    """What fred answers, by RFC 2831; QOP "auth-conf": who wants everything encrypted."""
    said = dict(re.findall(r'([a-z-]+)="?([^",]*)"?', challenge.decode()))
    realm, nonce, cnonce, uri = said['realm'], said['nonce'], 'abcdef', 'libvirt/localhost'
    secret = md5(('fred:%s:secret' % realm).encode()) + (':%s:%s' % (nonce, cnonce)).encode()
    encrypts = qop == 'auth-conf'
    what = 'AUTHENTICATE:' + uri + (':' + '0' * 32 if encrypts else '')
    proof = '%s:%s:00000001:%s:%s:%s' % (md5(secret).hex(), nonce, cnonce, qop, md5(what.encode()).hex())
    return ('username="fred",realm="%s",nonce="%s",cnonce="%s",nc=00000001,qop=%s,%s'
            'digest-uri="%s",response=%s,charset=utf-8'
            % (realm, nonce, cnonce, qop, 'cipher="rc4",maxbuf=65536,' if encrypts else '', uri, md5(proof.encode()).hex())).encode()


def begin_login(client, qop='auth-conf'):
    """As far as the last turn, which is returned."""
    expect('the way', client.call(AUTH_LIST).body, struct.pack('>II', 1, 1))
    expect('the beginning', client.call(SASL_INIT).code, 0)
    reply = client.call(SASL_START, string('DIGEST-MD5') + struct.pack('>I', 1) + chars(b''))
    expect('the challenge', reply.code, 0)
    return struct.pack('>I', 0) + chars(digest_response(reply.body[15::4], qop))


class OpenHouse(Network):
    """By unix and TCP who comes is let in; by TLS only fred.  USERS: sasl_users()."""

    def __init__(self, users, conf='', **options):
        super().__init__('auth_tcp = "none"\nauth_tls = "sasl"\n' + conf, modules=('mock', 'test'),
                         env=sasl_environment(users), **options)
        self.context = self.certificates.context(ssl.PROTOCOL_TLS_CLIENT)

    def connect(self, way):
        if way in ('unix', 'ro'):
            return self.client(readonly=way == 'ro')
        return Remote(self.tcp) if way == 'tcp' else Remote(self.tls).encrypt(self.context)

    def enter(self, way, uri='mock:///default'):
        """A client with an open connection."""
        client = self.connect(way)
        if way == 'tls':
            expect('login', client.call(SASL_STEP, begin_login(client, 'auth')).code, 0)
            client.login = lambda: None
        return client.open(uri)


def test_login_by_hand():
    place, daemon = sasl_daemon()
    with daemon:
        client = Remote(daemon.tcp)
        reply = client.call(SASL_STEP, begin_login(client))
        expect('complete', (reply.code, reply.body[:4]), (0, struct.pack('>I', 1)))
        assert not client.closed_within(0.3), 'who has logged in is cut off'
    shutil.rmtree(place)


def test_plain_behind_login():
    """What somebody puts behind the last turn, unencrypted, is not served: it ends the connection."""
    place, daemon = sasl_daemon()
    with daemon:
        for extra in (message(OPEN, struct.pack('>I', 1) + string('mock:///default') + struct.pack('>I', 0)),
                      message(NODE_INFO)[:20]):
            client = Remote(daemon.tcp)
            client.send(message(SASL_STEP, begin_login(client), serial=77) + extra)
            expect('complete', client.receive().body[:4], struct.pack('>I', 1))
            assert client.closed_within(2), 'the connection goes on'
            expect('what came behind the reply', client.buffer, b'')
    shutil.rmtree(place)


def test_many_logins():
    """Many at a time, in several threads of the daemon."""
    place, daemon = sasl_daemon()
    done = []

    def log_in():
        client = Remote(daemon.tcp)
        done.append(client.call(SASL_STEP, begin_login(client)).code)

    with daemon:
        threads = [threading.Thread(target=log_in) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    expect('logins', done, [0] * 20)
    shutil.rmtree(place)


def test_rubbish_behind_login():
    """Pieces of no length, of any length, and with a wrong signature end the connection, and nothing else."""
    place, daemon = sasl_daemon()
    with daemon:
        for piece in (bytes(4), b'\xff' * 4, struct.pack('>I', 65537) + bytes(65537), struct.pack('>I', 1) + b'x',
                      struct.pack('>I', 48) + os.urandom(48), struct.pack('>I', 60000) + os.urandom(60000)):
            client = Remote(daemon.tcp)
            expect('a login', client.call(SASL_STEP, begin_login(client)).code, 0)
            try:
                client.send(piece)
            except OSError:
                pass                    # it has hung up before it had all
            assert client.closed_within(2), 'the connection goes on after %r' % piece[:8]
        half = Remote(daemon.tcp)
        half.call(SASL_STEP, begin_login(half))
        half.send(struct.pack('>I', 60000) + bytes(30000))
        daemon.serves()
        assert not half.closed_within(0.1), 'half a piece is no fault yet'
    shutil.rmtree(place)


def test_anonymous():
    """Nobody is let in without a name, whatever the file of SASL lists."""
    place, daemon = sasl_daemon()
    with daemon:
        client = Remote(daemon.tls).encrypt(daemon.certificates.context(ssl.PROTOCOL_TLS_CLIENT))
        assert b'ANONYMOUS' not in client.call(SASL_INIT).body
        reply = client.call(SASL_START, string('ANONYMOUS') + struct.pack('>I', 0) + chars(b'me'))
        expect('anonymous', reply.code, 45)
    shutil.rmtree(place)


# ---- servers that lie ------------------------------------------------------------

REPLIES = {AUTH_LIST: struct.pack('>II', 1, 0), FEATURE: struct.pack('>i', 0), OPEN: b''}
REFUSAL = struct.pack('>iiI', 3, 7, 1) + string('no') + struct.pack('>iIIIIiiI', 2, 0, 0, 0, 0, 0, 0, 0)


def read_all(sock, n):
    data = b''
    while len(data) < n:
        piece = sock.recv(n - len(data))
        if not piece:
            raise Closed()
        data += piece
    return data


def serve(sock, replies=REPLIES):
    """Answers calls until a long one begins."""
    while True:
        head = struct.unpack('>IIIiIII', read_all(sock, 28))
        if head[0] > 1 << 20:
            return
        read_all(sock, head[0] - 28)
        body = replies.get(head[3])
        sock.sendall(message(head[3], REFUSAL if body is None else body, kind=REPLY, serial=head[5],
                             status=OK if body is not None else ERROR))


class Liar(threading.Thread):
    """Serves one client with FUNCTION."""

    def __init__(self, function):
        super().__init__(daemon=True)
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self.listener.bind(('127.0.0.1', 0))
        self.listener.listen()
        self.port = self.listener.getsockname()[1]
        self.function = function
        self.start()

    def run(self):
        with self.listener.accept()[0] as sock:
            sock.settimeout(20)
            try:
                self.function(sock)
            except (Closed, OSError):
                pass


def virsh(uri, *words, seconds=20, **env):
    try:
        done = subprocess.run(['virsh', '-c', uri] + list(words), capture_output=True, text=True, timeout=seconds,
                              env=dict(os.environ, **env))
    except subprocess.TimeoutExpired:
        raise AssertionError('virsh does not end')
    return done.returncode, done.stdout + done.stderr


def test_server_ends_midway():
    """A server that stops reading, and then breaks the connection, while a long message is on its way."""
    with tempfile.TemporaryDirectory() as place:
        certificates = Certificates(place)
        for name in ('cert', 'key'):
            shutil.copy('%s/%s.pem' % (place, name), '%s/client%s.pem' % (place, name))
        with open(place + '/long.xml', 'w') as file:
            file.write('<domain><description>%s</description></domain>' % ('x' * 3900000))

        def lie(sock):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            with certificates.context(ssl.PROTOCOL_TLS_SERVER).wrap_socket(sock, server_side=True) as tls:
                tls.sendall(b'\1')
                serve(tls)
                time.sleep(1.5)         # what is tested: the client waits with part of it sent

        code, text = virsh('test+tls://127.0.0.1:%d/default?pkipath=%s' % (Liar(lie).port, place), 'define',
                              place + '/long.xml')
        assert code and 'is lost' in text, text


def test_less_than_wanted():
    """Who wants SASL is not content with nothing."""
    code, text = virsh('test+tcp://127.0.0.1:%d/default?auth=sasl' % Liar(serve).port, 'uri')
    assert code and 'rejected' in text, text


TOO_EARLY = struct.pack('>i', 39) + REFUSAL[4:]


def test_asked_too_early():
    """What was sent before the server had let anybody in is sent again if it was refused for that, and not else."""
    with tempfile.TemporaryDirectory() as place:
        certificates = Certificates(place)
        for name in ('cert', 'key'):
            shutil.copy('%s/%s.pem' % (place, name), '%s/client%s.pem' % (place, name))

        def opened(**answers):
            """The error there was, and what was asked for; ANSWERS: errors or None, one after the other."""
            asked = []

            def lie(sock):
                with certificates.context(ssl.PROTOCOL_TLS_SERVER).wrap_socket(sock, server_side=True) as tls:
                    tls.sendall(b'\1')
                    while CLOSE not in asked:
                        size, procedure, serial = struct.unpack('>I8xi4xI4x', read_all(tls, 28))
                        read_all(tls, size - 28)
                        error = (answers.get({FEATURE: 'feature', OPEN: 'open'}.get(procedure)) or [None]).pop(0)
                        asked.append(procedure)
                        tls.sendall(message(procedure, error or REPLIES.get(procedure, b''), kind=REPLY, serial=serial,
                                            status=ERROR if error else OK))

            liar = Liar(lie)
            code, text = virsh('test+tls://127.0.0.1:%d/default?pkipath=%s' % (liar.port, place), 'uri')
            liar.join(20)
            return code and text, asked

        first = [AUTH_LIST, FEATURE, OPEN]
        for name, answers, wanted in (
                ('nothing', {}, []), ('its features', {'feature': [TOO_EARLY, None]}, [FEATURE]),
                ('the connection', {'open': [TOO_EARLY, None]}, [FEATURE, OPEN]),
                ('both', {'feature': [TOO_EARLY, None], 'open': [TOO_EARLY, None]}, [FEATURE, OPEN])):
            text, asked = opened(**answers)
            expect('refused at first: ' + name, (text, asked[:len(first + wanted)], asked.count(OPEN)),
                   (0, first + wanted, 1 + wanted.count(OPEN)))
        for name, error, again in (('another reason', REFUSAL, []), ('for ever', TOO_EARLY, [FEATURE, OPEN])):
            text, asked = opened(open=[error] * 9)
            asked = [one for one in asked if one != CLOSE]
            expect('refused: ' + name, ('no' in str(text), asked), (True, first + again))


def pass_on(one, other):
    """Bytes as they come, until an end."""
    try:
        while True:
            data = one.recv(1 << 16)
            if not data:
                break
            other.sendall(data)
    except OSError:
        pass


def test_plain_before_encryption():
    """What somebody on the way puts behind the last reply to a login is not taken for the server's."""
    place, daemon = sasl_daemon()
    with open(place + '/auth', 'w') as file:
        file.write('[credentials-one]\nauthname=fred\npassword=secret\n[auth-libvirt-default]\ncredentials=one\n')
    os.chmod(place + '/auth', 0o600)

    def meddle(extra):
        def lie(sock):
            there = socket.create_connection(('127.0.0.1', daemon.tcp))
            threading.Thread(target=pass_on, args=(sock, there), daemon=True).start()
            procedure = complete = 0
            while procedure != SASL_STEP or not complete:
                head = read_all(there, 28)
                size, procedure = struct.unpack('>I8xi12x', head)[:2]
                body = read_all(there, size - 28)
                complete = body[:4] == struct.pack('>I', 1)
                sock.sendall(head + body + (extra if procedure == SASL_STEP and complete else b''))
            pass_on(there, sock)
        return virsh('mock+tcp://127.0.0.1:%d/default?authfile=%s/auth' % (Liar(lie).port, place), 'uri', seconds=30,
                     LSAN_OPTIONS=daemon.env['LSAN_OPTIONS'])

    with daemon:
        code, text = meddle(b'')
        expect('somebody who only listens', (code, 'mock+tcp' in text), (0, True))
        code, text = meddle(message(OPEN, kind=REPLY, length=100)[:27])
        assert code and 'before its encryption' in text, text
    shutil.rmtree(place)


# ---- crowds ------------------------------------------------------------------------

def own_network():
    """This process and its daemons from now on have a network of their own, where fd00::/16 is local."""
    if os.geteuid() != 0 or ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise Skipped('only root can have a network of its own')
    for words in ('link set lo up', '-6 route add local fd00::/16 dev lo'):
        if subprocess.run(['ip'] + words.split()).returncode:
            raise Skipped('no IPv6')


@waits
def test_addresses_without_number():
    """All addresses of one IPv6 network are one user; those of another one have places of their own."""
    own_network()
    with Network('listen_addr = "::"\nmax_clients = 100\nauth_tcp = "none"\n') as daemon:
        crowd = [Remote(daemon.tcp, 'fd00::1', 'fd00::2:%x' % n) for n in range(1, 91)]
        time.sleep(0.3)
        there = sum(not client.closed_within(0.002) for client in crowd)
        expect('clients of one network', there, 64)
        expect('another network', Remote(daemon.tcp, 'fd00::1', 'fd00:0:0:5::1').call(AUTH_LIST).code, 0)


def garbage(port, n, addresses, alive):
    """N connections that say nothing sensible, some of which stay."""
    for i in range(n):
        try:
            client = Remote(port, source='127.0.0.%d' % (1 + i % addresses))
            client.send(os.urandom(64) if i % 3 else message(NODE_INFO, length=66000) + b'x' * 60000)
            if i % 2:
                alive.append(client)
            else:
                client.close()
            if len(alive) > 600:
                alive.pop(0).close()
        except OSError:
            pass


def test_garbage():
    """Thousands of connections that speak no protocol cost root's calls nothing, and leave nothing."""
    n = 500 if SANITIZED else 3000
    with Network() as daemon:
        daemon.serves()
        fds, rss, alive, times = daemon.fds(), daemon.rss(), [], []
        threads = [threading.Thread(target=garbage, args=(port, n, 20, alive)) for port in (daemon.tcp, daemon.tls)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            began = time.time()
            daemon.serves(seconds=3)
            times.append(time.time() - began)
            time.sleep(0.02)
        for client in alive:
            client.close()
        daemon.settle(fds)
        wait_for(lambda: 'it takes %d KiB, %d before' % (daemon.rss(), rss),
                 lambda: SANITIZED or daemon.rss() < rss + 4096)
        times.sort()
        print('  %d connections each; a call beside them: median %.1f ms, worst %.1f ms; %d KiB' %
              (n, times[len(times) // 2] * 1000, times[-1] * 1000, daemon.rss()))
        assert SANITIZED or times[len(times) // 2] < 0.1, 'a call waited %.3f s' % times[len(times) // 2]


if __name__ == '__main__':
    main(globals())
