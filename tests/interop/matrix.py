#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each transport with each login, to our daemon and the distribution's, from our virsh and
theirs: the commands of commands.txt, an event, a list of 1000 domains are what they are in
process; so are the answers that Python and Perl get by our library from both daemons, and a
client without any library (bare.py)."""

import difflib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import bare
import realm
import sshd
import ways
from ways import HERE, SANITIZED, THEIRS, Authority, Daemon, free_port, report, skip

DOMAIN = '''<domain type='test'><name>%s</name><uuid>11111111-2222-4333-8444-%012d</uuid><memory>8192</memory>
<os><type>hvm</type></os></domain>'''
UNSERVED = 'not supported by the connection driver'
FILES = {
    'domain.xml': DOMAIN % ('d', 1), 'second.xml': DOMAIN % ('second', 2),
    'disk.xml': "<disk type='file'><source file='/tmp/none'/><target dev='vdz'/></disk>",
    'network.xml': '<network><name>n</name><uuid>11111111-2222-4333-8444-000000000003</uuid></network>',
    'pool.xml': "<pool type='dir'><name>p</name><uuid>11111111-2222-4333-8444-000000000004</uuid><target><path>/tmp/none</path>"
                '</target></pool>',
    'volume.xml': '<volume><name>v</name><capacity>1000000</capacity><target/></volume>',
    'interface.xml': "<interface type='ethernet' name='eth9'><mac address='aa:bb:cc:00:00:09'/></interface>",
    'secret.xml': '<secret><uuid>11111111-2222-4333-8444-000000000009</uuid></secret>',
}


def steady(text):
    """Without what differs from one run, daemon or library to another; of an error, that there is one."""
    text = re.sub(r'(CPU time: +)[\d.]+s', r'\1Ns', text)
    text = re.sub(r'(?m)^(\S+ [rt]x_\w+) \d+$', r'\1 N', text)
    text = re.sub(r'(?m)^(error|warning|hint): .*\n(?:(?:error|hint): .*\n)*', 'error\n', text)
    text = re.sub(r'(?m)^( (?:user|system|idle|iowait|usage|free|cached|buffers|total)\S*\s*:?) +[\d.]+.*$', r'\1 N', text)
    text = re.sub(r"\bid='\d+'", "id='N'", text)
    text = re.sub(r'(?m)^((?:user|system|idle|iowait|free|cached|buffers|total)\s*:) +\d.*$', r'\1 N', text)
    text = re.sub(r'(?m)^((?:Using|Running|Compiled).*)$', 'version', text)
    return re.sub(r'test\+?\w*://[^ \n]*', 'URI', text)


class Virsh:
    def __init__(self, whose, world):
        self.whose, self.world = whose, world
        self.env = None if whose == 'our' else THEIRS
        self.program = 'virsh' if whose == 'our' else '/usr/bin/virsh'

    def run(self, uri, *words, stdin='', env=None):
        done = subprocess.run([self.program, '-c', uri, *words], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=120, env=dict(self.env or os.environ, **env or {}))
        return done.stdout

    def session(self, uri, env=None, jobs=True):
        """What each command of commands.txt is answered.  JOBS: that a save or dump can be begun."""
        lines = self.world.commands
        if not jobs:                    # theirs waits for ever for a job that has failed before it begins to wait
            lines = [re.sub('^(save|dump) d ', r'\1 nobody ', line) for line in lines]
        text = self.run(uri, stdin=''.join('echo "--- %d"\n%s\n' % pair for pair in enumerate(lines)), env=env)
        parts = re.split(r'(?m)^--- (\d+)\n', text)[1:]
        return {self.world.commands[int(number)]: said if UNSERVED in said else steady(said.split('\n', 1)[-1])
                for number, said in zip(parts[::2], parts[1::2])}

    def hears(self, uri, env=None):
        """Whether an event comes that another client has caused."""
        waiting = subprocess.Popen([self.program, '-c', uri, 'event', '--domain', 'test', '--event', 'lifecycle', '--timeout', '20'],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   env=dict(self.env or os.environ, **env or {}))
        end = time.monotonic() + 20
        while waiting.poll() is None and time.monotonic() < end:
            self.run(uri, 'suspend test; resume test', env=env)
        return 'events received: 1' in waiting.communicate()[0]


class World:
    def __init__(self, path):
        self.path = path
        with open(os.path.join(HERE, 'commands.txt')) as file:
            self.commands = [line.strip().replace('DIR', path) for line in file if line.strip() and not line.startswith('#')]
        for name, text in FILES.items():
            self.write(name, text)
        self.many = self.write('many.xml', '<node>%s</node>' % ''.join(DOMAIN % ('many%d' % i, i) for i in range(1000)))
        authority = Authority(os.path.join(path, 'ca'))
        self.pki = authority.sign(os.path.join(path, 'pki'), 'server')
        authority.sign(self.pki, 'client')
        self.logins, self.env = {}, {}
        self.realm, self.known = None, {}
        self.make_logins()

    def write(self, name, text):
        path = os.path.join(self.path, name)
        with open(path, 'w') as file:
            file.write(text)
        return path

    def make_logins(self):
        """Parameter of a URI -> environment of the client, for each login that can be tried here."""
        keytab = '/nowhere'
        mechanisms = []
        if not realm.missing():
            self.realm = realm.Realm(self.path, free_port())
            self.realm.add('fred', 'secret')
            keytab = self.realm.keytab('libvirt/localhost')
            os.environ.update(KRB5_CONFIG=self.realm.conf, KRB5RCACHEDIR=self.path)
            THEIRS.update(KRB5_CONFIG=self.realm.conf)
            self.logins['auth=sasl.GSSAPI'] = self.realm.ticket('fred', 'secret')
            mechanisms.append('gssapi')
        if shutil.which('saslpasswd2'):
            subprocess.run(['saslpasswd2', '-p', '-f', self.path + '/users', '-a', 'libvirt', '-u', socket.gethostname(), 'fred'],
                           input=b'secret', check=True)
            auth = self.write('auth.conf', '[credentials-one]\nauthname=fred\npassword=secret\n[auth-libvirt-localhost]\n'
                              'credentials=one\n')
            os.chmod(auth, 0o600)
            for name in 'DIGEST-MD5', 'SCRAM-SHA-256':
                self.logins['auth=sasl.%s&authfile=%s' % (name, auth)] = {}
                mechanisms.append(name.lower())
        os.mkdir(self.path + '/sasl2')
        self.write('sasl2/libvirt.conf', 'mech_list: %s\nkeytab: %s\npwcheck_method: auxprop\nauxprop_plugin: sasldb\n'
                   'sasldb_path: %s/users\n' % (' '.join(mechanisms), keytab, self.path))
        os.environ['SASL_CONF_PATH'] = self.path + '/sasl2'

    def roads(self, unix, tcp, tls, sasl_tcp, sasl_tls, ssh):
        """Name, URI with %s for the path, environment."""
        certificates = 'pkipath=' + self.pki
        yield 'unix', 'test+unix://%%s?socket=%s' % unix, {}
        yield 'tcp', 'test+tcp://localhost:%d%%s' % tcp, {}
        yield 'tls', 'test+tls://localhost:%d%%s?%s' % (tls, certificates), {}
        for login, env in self.logins.items():
            name = re.search(r'sasl\.([\w-]+)', login)[1]
            if name != 'SCRAM-SHA-256':         # it does not encrypt
                yield 'tcp, ' + name, 'test+tcp://localhost:%d%%s?%s' % (sasl_tcp, login), env
            yield 'tls, ' + name, 'test+tls://localhost:%d%%s?%s&%s' % (sasl_tls, certificates, login), env
        if ssh and shutil.which('nc'):
            yield 'ssh', 'test+ssh://127.0.0.1:%d%%s?socket=%s&%s' % (ssh.port, unix, ssh.common()), {}


def compare(name, got, wanted):
    """Of two sessions; what no driver serves each virsh says in its own way."""
    commands = {line.split()[0] for line in got}
    lines = [line for command in wanted if got.get(command) != wanted[command] and (command not in got or UNSERVED not in wanted[command])
             for line in difflib.unified_diff(wanted[command].splitlines(), got.get(command, 'nothing').splitlines(),
                                              command, command, lineterm='')]
    report('%s: %d commands' % (name, len(commands)), len(commands) >= 150 and not lines, *lines[:40])


def try_roads(whose, roads, clients, wanted, many):
    """To the daemon WHOSE."""
    for name, uri, env in roads:
        for client in clients:
            title = '%s virsh to %s daemon, %s' % (client.whose, whose, name)
            compare(title, client.session(uri % '/default', env, jobs=whose == 'their'), wanted)
            if ',' in name:             # a login adds nothing to these
                continue
            report(title + ': 1000 domains', client.run(uri % client.world.many, 'list', '--name', env=env).split() == many)
            report(title + ': an event', client.hears(uri % '/default', env))


SAFETY = 'import libvirt, sys\nconn = libvirt.openAuth(sys.argv[1], [[libvirt.VIR_CRED_AUTHNAME, libvirt.VIR_CRED_PASSPHRASE], ' \
    'lambda *ignored: -1, None], 0)\nprint(conn.isSecure(), conn.isEncrypted(), conn.isAlive())'


def safety(whose, roads):
    """Whether a way is told to be safe, as their library does."""
    for name, uri, env in roads:
        ours, theirs = (subprocess.run([ways.PYTHON, '-c', SAFETY, uri % '/default'], capture_output=True, text=True, timeout=60,
                                       env=dict(base, **env)) for base in (ways.interpreter(), THEIRS))
        report('safety to %s daemon, %s: %s' % (whose, name, ours.stdout.strip()), ours.stdout and ours.stdout == theirs.stdout,
               ours, theirs)


def bindings(whose, roads, world):
    """Python and Perl on our library."""
    perl = subprocess.run(['/usr/bin/perl', '-MSys::Virt', '-e', '1'], capture_output=True).returncode == 0
    wanted, error = ways.answers('test:///default', ways.interpreter() if whose == 'our' else THEIRS)
    report('Python in process', len(wanted.splitlines()) > 150, error)
    for name, uri, env in roads:
        got, error = ways.answers(uri % '/default', dict(ways.interpreter(), **env))
        lines = [line for line in wanted.splitlines() if line not in got]
        report('Python on our library to %s daemon, %s: %d answers' % (whose, name, len(got.splitlines())),
               len(got.splitlines()) > 150 and len(lines) < 8, error, *lines[:10])
        if perl and 'authfile' not in uri:      # it opens without anybody who could be asked
            done = subprocess.run(['/usr/bin/perl', HERE + '/perl-client.pl', uri % '/default', ways.BUILD + '/core'],
                                  capture_output=True, text=True, timeout=60, env=dict(os.environ, **env))
            report('Perl on our library to %s daemon, %s' % (whose, name), done.returncode == 0, done.stdout, done.stderr)


def bare_client(whose, plain, sasl, world, known):
    """What one that has nothing of libvirt is answered; KNOWN: by which daemon and way something was first."""
    ways_there = {'unix': lambda: (bare.over_unix(plain.socket),),
                  'tcp': lambda: (socket.create_connection(('localhost', plain.tcp), timeout=20),),
                  'tls': lambda: (bare.over_tls(plain.tls, world.pki),)}
    if any('SCRAM' in login for login in world.logins):
        ways_there['tls, SCRAM'] = lambda: (bare.over_tls(sasl.tls, world.pki), ('fred', 'secret'))
    for name, connect in ways_there.items():
        got = dict(bare.conversation(*connect()))
        wrong = [(key, value, known[key]) for key, value in got.items()
                 if known.setdefault(key, value) != value and not (key == 'ways' and 'SCRAM' in name)]
        report('a client without libvirt to %s daemon, %s: %d answers' % (whose, name, len(got)), len(got) >= 17 and not wrong, wrong)


def our_daemon(world, ssh, clients):
    wanted = Virsh('our', world).session('test:///default', jobs=False)
    many = Virsh('our', world).run('test://' + world.many, 'list', '--name').split()
    plain = Daemon(world.path, world.pki)
    sasl = Daemon(world.path, world.pki, 'auth_tcp = "sasl"\nauth_tls = "sasl"\n')
    try:
        roads = list(world.roads(plain.socket, plain.tcp, plain.tls, sasl.tcp, sasl.tls, ssh))
        try_roads('our', roads, clients, wanted, many)
        if len(clients) > 1:
            safety('our', roads)
        bindings('our', roads, world)
        bare_client('our', plain, sasl, world, world.known)
    finally:
        plain.end()
        sasl.end()


def their_conf(world, tcp, tls, tcp_login, tls_login):
    return ('listen_tcp = 1\nlisten_tls = 1\nlisten_addr = "localhost"\ntcp_port = "%d"\ntls_port = "%d"\nauth_tcp = "%s"\n'
            'auth_tls = "%s"\nca_file = "%s/cacert.pem"\ncert_file = "%s/servercert.pem"\nkey_file = "%s/serverkey.pem"\n'
            'max_anonymous_clients = 100' % (tcp, tls, tcp_login, tls_login, world.pki, world.pki, world.pki))


class TheirDaemon:
    """Listens until it is let go."""

    def __init__(self, world, tcp_login, tls_login, more=''):
        self.tcp, self.tls = free_port(), free_port()
        conf = their_conf(world, self.tcp, self.tls, tcp_login, tls_login)
        self.process = subprocess.Popen([HERE + '/with-their-daemon', 'sh', '-c', 'echo @SOCKET@; exec cat'], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=dict(os.environ, VIR_THEIR_CONF='%s\n%s' % (conf, more)))
        self.socket = self.process.stdout.readline().strip()
        self.starts = self.socket.startswith('/') and all(self.listens(port) for port in (self.tcp, self.tls))

    def listens(self, port):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with socket.socket() as s:
                if s.connect_ex(('127.0.0.1', port)) == 0:
                    return True
            time.sleep(0.02)
        return False

    def end(self):
        self.process.stdin.close()
        self.process.wait(20)


def their_daemon(world, ssh, clients):
    if SANITIZED or not os.path.exists('/usr/sbin/libvirtd'):
        return
    plain, sasl = TheirDaemon(world, 'none', 'none'), TheirDaemon(world, 'sasl', 'sasl')
    try:
        if not plain.starts or not sasl.starts:
            print('# their daemon does not start')
            return
        roads = list(world.roads(plain.socket, plain.tcp, plain.tls, sasl.tcp, sasl.tls, ssh))
        theirs, unix = Virsh('their', world), roads[0][1]
        wanted, many = theirs.session(unix % '/default'), theirs.run(unix % world.many, 'list', '--name').split()
        try_roads('their', roads, [client for client in clients if client.whose == 'our'], wanted, many)
        safety('their', roads)
        bindings('their', roads, world)
        bare_client('their', plain, sasl, world, world.known)
    finally:
        plain.end()
        sasl.end()


def main():
    if not shutil.which('certtool'):
        skip('no certtool')
    path = tempfile.mkdtemp(prefix='matrix.')
    world = ssh = None
    try:
        os.environ['PATH'] = sshd.Client(path).path
        THEIRS['PATH'] = os.environ['PATH']
        ways.forgive_leaks(path, 'libcrypto', 'libgssapi_krb5', 'libkrb5')
        world = World(path)
        ssh = None if sshd.missing() else sshd.Sshd(path, free_port(), sshd.environment())
        clients = [Virsh('our', world)]
        if not SANITIZED and os.path.exists('/usr/bin/virsh'):
            clients.append(Virsh('their', world))
        for case in our_daemon, their_daemon:
            if len(sys.argv) < 2 or case.__name__ in sys.argv[1:]:
                case(world, ssh, clients)
    finally:
        if ssh:
            ssh.end()
        if world and world.realm:
            world.realm.end()
        shutil.rmtree(path)
    sys.exit(ways.failed != 0)


if __name__ == '__main__':
    main()
