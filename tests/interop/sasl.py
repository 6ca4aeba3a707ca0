#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Logging in by SASL's names and passwords, over tcp and tls, from our client and the
distribution's: what is right, what is wrong, what is longest.  Our configuration file as
it is installed, saslauthd, docs/sasl.md as it is written."""

import os
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

import realm
import ways
from ways import HERE, PYTHON, SANITIZED, THEIRS, Authority, Daemon, answers, free_port, report, skip, virsh

sys.path.insert(0, os.path.join(ways.HERE, '..'))
from page import Page  # noqa: E402

SASL_INIT, SASL_START, SASL_STEP = 67, 68, 69


class World:
    def __init__(self, path):
        self.path = path
        authority = Authority(os.path.join(path, 'ca'))
        self.pki = authority.sign(os.path.join(path, 'pki'), 'server')
        authority.sign(self.pki, 'client')
        self.users = os.path.join(path, 'users')
        for user in ('fred', 'mallory'):
            subprocess.run(['saslpasswd2', '-p', '-f', self.users, '-a', 'libvirt', '-u', socket.gethostname(), user],
                           input=b'secret', check=True)

    def sasl(self, name, text):
        """A folder with SASL's configuration."""
        where = os.path.join(self.path, name)
        os.mkdir(where)
        with open(os.path.join(where, 'libvirt.conf'), 'w') as file:
            file.write(text)
        return where

    def daemon(self, sasl, conf):
        os.environ['SASL_CONF_PATH'] = sasl
        try:
            return Daemon(self.path, self.pki, 'log_level = 2\n' + conf)
        finally:
            del os.environ['SASL_CONF_PATH']

    def tls(self, daemon, more=''):
        return 'test+tls://localhost:%d/default?pkipath=%s&%s' % (daemon.tls, self.pki, more)

    def auth(self, user, password):
        """The parameter of a URI that answers for who logs in."""
        path = os.path.join(self.path, 'auth-%s-%s' % (user, password))
        with open(path, 'w') as file:
            file.write('[credentials-one]\nauthname=%s\nusername=%s\npassword=%s\n\n[auth-libvirt-localhost]\n'
                       'credentials=one\n' % (user, user, password))
        os.chmod(path, 0o600)
        return 'authfile=' + path


def log_of(daemon):
    with open(daemon.log) as log:
        return log.read()


# ---- what a client may send ----------------------------------------------------------------

def call(sock, number, body=b''):
    """The reply to a call of the remote protocol."""
    sock.sendall(struct.pack('>IIIiIII', 28 + len(body), 0x20008086, 1, number, 0, 1, 0) + body)
    size = struct.unpack('>I', sock.recv(4, socket.MSG_WAITALL))[0]
    return sock.recv(size - 4, socket.MSG_WAITALL)


def speak(port, *calls):
    """What is answered to the last of them; b'': the connection was closed."""
    try:
        with socket.create_connection(('localhost', port), timeout=20) as sock:
            for number, body in calls:
                said = call(sock, number, body)
            return said
    except (ConnectionError, struct.error):
        return b''


def start(mechanism, data):
    """Arguments of SASL_START: characters take four bytes each."""
    name = mechanism + bytes(-len(mechanism) % 4)
    return (struct.pack('>I', len(mechanism)) + name + struct.pack('>II', 0, len(data)) +
            struct.pack('>%dI' % len(data), *data))


def turns(daemon):
    said = speak(daemon.tcp, (SASL_INIT, b''), (SASL_STEP, bytes(8)))
    report('a step before the start', b'authentication failed' in said, said)
    said = speak(daemon.tcp, (SASL_START, start(b'DIGEST-MD5', b'')))
    report('a start before anything', b'SASL was not begun' in said, said)
    for n, whole in ((65536, True), (65537, False)):
        said = speak(daemon.tcp, (SASL_INIT, b''), (SASL_START, start(b'DIGEST-MD5', b'x' * n)))
        report('%d bytes of a turn' % n, (b'authentication failed' if whole else b'the limit is 65536') in said, said[:300])
    said = speak(daemon.tcp, (SASL_START, start(b'DIGEST-MD5', b'x' * 20000)))
    report('before a login has begun a message is 66 KiB long', said == b'', said[:300])
    said = speak(daemon.tcp, (SASL_INIT, b''), (SASL_START, start(b'DIGEST-MD5', b'x' * 65000) + bytes(8192)))
    report('and 258 KiB while it lasts', said == b'', said[:300])
    report('the daemon serves on', speak(daemon.tcp, (SASL_INIT, b'')) != b'' and daemon.process.poll() is None)


# ---- logging in ------------------------------------------------------------------------------

def passwords(world, clients):
    """DIGEST-MD5, which encrypts, over tcp, SCRAM over tls; what follows is the same as without."""
    sasl = world.sasl('sasl', 'mech_list: digest-md5 scram-sha-256\npwcheck_method: auxprop\nauxprop_plugin: sasldb\n'
                      'sasldb_path: %s\n' % world.users)
    daemon = world.daemon(sasl, 'auth_tcp = "sasl"\nauth_tls = "sasl"\nsasl_allowed_username_list = [ "fred@*", "fred" ]\n')
    strict = world.daemon(sasl, 'auth_tcp = "sasl"\ntcp_min_ssf = 256\n')
    turns(daemon)
    tcp, tls, fred = 'test+tcp://localhost:%d/default?' % daemon.tcp, world.tls(daemon), world.auth('fred', 'secret')
    for whose, env in clients:
        program = '/usr/bin/virsh' if env else 'virsh'
        for name, uri in (('DIGEST-MD5 over tcp', tcp), ('what the server likes best over tls', tls),
                          ('SCRAM over tls', tls + 'auth=sasl.SCRAM-SHA-256&')):
            code, text = virsh(uri + fred, 'dumpxml', 'test', env=env, program=program)
            report('%s, %s client' % (name, whose), code == 0 and '</domain>' in text, text)
            got, error = answers(uri + fred, env)
            report('%s, %s client: %d answers' % (name, whose, len(got.splitlines())), len(got.splitlines()) > 150, error)
        for name, user, password in (('a wrong password', 'fred', 'wrong'), ('nobody', 'nobody', 'secret'),
                                     ('who is not on the list', 'mallory', 'secret')):
            for way, uri in (('tcp', tcp), ('tls', tls)):
                code, text = virsh(uri + world.auth(user, password), 'uri', env=env, program=program)
                report('%s over %s, %s client' % (name, way, whose), code and 'authentication failed' in text, text)
    for name, uri, words in (
            ('a mechanism that is not there', tcp + 'auth=sasl.plain&' + fred, ['not supported by server']),
            ('a part of the name of one', tls + 'auth=sasl.scram-sha-2&' + fred, ['not supported by server']),
            ('nobody can answer', tcp, ['authentication']),
            ('what encrypts too little', 'test+tcp://localhost:%d/default?%s' % (strict.tcp, fred), ['authentication failed'])):
        code, text = virsh(uri, 'uri')
        report(name, code and all(word in text for word in words), text)
    path = fred.split('=')[1]
    os.chmod(path, 0o644)
    code, text = virsh(tcp + fred, 'uri')
    report('a file that others can read is used, and it is said', code == 0 and text.count('warning : ' + path) == 1, text)
    os.chmod(path, 0o600)
    os.mkfifo(path + '.fifo')
    # DIGEST-MD5 keeps what it asked for when nobody answers.
    code, text = virsh(tcp + fred + '.fifo', 'uri', env=dict(os.environ, ASAN_OPTIONS='detect_leaks=0:exitcode=99'))
    report('what is no file is not waited for', code == 1 and path + '.fifo' in text, text)
    log = log_of(daemon)
    report('the log says why', "does not name 'mallory" in log and 'saslpasswd2 -a libvirt' in log and
           'secret' not in log.replace("module 'secret' opened from", '').replace('/secret.so', ''), log)
    report('and what would encrypt', 'tcp_min_ssf' in log_of(strict), log_of(strict))
    strict.end()
    for key, cipher in ((128, 'AES-128-GCM'), (256, 'AES-256-GCM')):
        code, text = virsh(tls + 'tls_priority=NORMAL:-CIPHER-ALL:%2B' + cipher + '&' + fred, 'uri')
        said = re.findall('.*logged in as fred.*', log_of(daemon))
        report('%s: %d bits' % (cipher, key), code == 0 and said[-1].endswith(' %d bits' % key), text, said[-1])
    daemon.end()


def on_terminal(command, answers):
    """What a command says on a terminal where each prompt is answered, and its status."""
    pid, master = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    text, left, end = '', list(answers), time.monotonic() + 30
    while time.monotonic() < end:
        if not select.select([master], [], [], 1)[0]:
            continue
        try:
            data = os.read(master, 4096)
        except OSError:
            break
        text += data.decode(errors='replace')
        if left and left[0][0] in text:
            os.write(master, left.pop(0)[1].encode() + b'\n')
    else:
        os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    os.close(master)
    return os.waitstatus_to_exitcode(status), text


def typed(world):
    """virsh asks on the terminal; the password is not shown."""
    sasl = world.sasl('sasl-typed', 'mech_list: scram-sha-256\npwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: %s\n'
                      % world.users)
    daemon = world.daemon(sasl, 'auth_tls = "sasl"\n')
    for password, right in ('secret', True), ('wrong', False):
        code, text = on_terminal(['virsh', '-c', world.tls(daemon), 'list'],
                                 (('authentication name:', 'fred'), ('password:', password)))
        report('typed: ' + password, (code == 0) == right and 'authentication name:' in text and 'password:' in text and
               password not in text and ('running' in text) == right, code, text)
    daemon.end()


def shipped(world):
    """The file that is installed, but for its places: SCRAM over tls, nothing over tcp, where it does not encrypt."""
    with open(os.path.join(ways.BUILD, 'daemon/libvirt.conf')) as file:
        text = file.read()
    sysconfdir = os.environ['VIR_SYSCONFDIR'] if 'VIR_SYSCONFDIR' in os.environ else re.search('sasldb_path: (.*)/libvirt/', text)[1]
    etc = os.path.join(world.path, 'shipped-etc')
    os.makedirs(etc + '/libvirt')
    report('it names the places of this build', 'sasldb_path: %s/libvirt/passwd.db\n' % sysconfdir in text and
           'keytab: %s/libvirt/krb5.tab\n' % sysconfdir in text, text)
    sasl = world.sasl('sasl-shipped', text.replace(sysconfdir + '/', etc + '/'))
    done = subprocess.run(['saslpasswd2', '-p', '-a', 'libvirt', 'fred'], input=b'secret', capture_output=True,
                          env=dict(os.environ, SASL_CONF_PATH=sasl))
    report('saslpasswd2 -a libvirt', done.returncode == 0 and os.path.exists(etc + '/libvirt/passwd.db'), done)
    daemon = world.daemon(sasl, 'auth_tcp = "sasl"\nauth_tls = "sasl"\nauth_unix_rw = "sasl"\n')
    fred = world.auth('fred', 'secret')
    code, text = virsh(world.tls(daemon, fred), 'uri')
    report('installed file: over tls', code == 0, text, log_of(daemon))
    code, text = virsh('test+tcp://localhost:%d/default?%s' % (daemon.tcp, fred), 'uri')
    report('installed file: over tcp', code and 'authentication failed' in text, text, log_of(daemon))
    subprocess.run(['saslpasswd2', '-d', '-a', 'libvirt', 'fred'], env=dict(os.environ, SASL_CONF_PATH=sasl), check=True)
    code, text = virsh(world.tls(daemon, fred), 'uri')
    report('installed file: who was taken away', code and 'authentication failed' in text, text)
    daemon.end()


def by_socket(world, clients):
    """SCRAM over the unix socket, for root as well, by a client that has nothing of libvirt; DIGEST-MD5, which could
    encrypt, but does not there."""
    if os.geteuid():
        return
    path = os.path.join(world.path, 'client')
    shutil.copytree(HERE, path, ignore=lambda _, names: [name for name in names if name != 'bare.py'])
    os.chmod(world.path, 0o755)
    sasl = world.sasl('sasl-unix', 'mech_list: scram-sha-256 digest-md5\npwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: %s\n'
                      % world.users)
    daemon = world.daemon(sasl, 'auth_unix_rw = "sasl"\nunix_sock_rw_perms = "0777"\nsasl_allowed_username_list = [ "fred" ]\n')
    os.chmod(daemon.dir, 0o755)
    open_to_all = world.daemon(sasl, '')
    for user, name, password, right in (('games', 'fred', 'secret', True), ('games', 'fred', 'wrong', False),
                                        ('games', 'mallory', 'secret', False), ('games', '', '', False), ('root', '', '', False),
                                        ('root', 'fred', 'secret', True)):
        login = ', (%r, %r)' % (name, password) if name else ''
        done = subprocess.run([PYTHON, '-c', 'import bare, sys\nprint(len(list(bare.conversation(bare.over_unix(sys.argv[1])%s))))'
                               % login, daemon.socket], cwd=path, env={'PYTHONPATH': path}, user=user, group=user, extra_groups=[],
                              capture_output=True, text=True)
        report('unix: %s is %r with %r' % (user, name, password), (done.returncode == 0) == right, done)
    auth = world.auth('fred', 'secret')
    shutil.chown(auth.partition('=')[2], 'games')
    carrier = os.path.join(path, 'carrier')
    with open(carrier, 'w') as file:
        file.write('#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n')
    os.chmod(carrier, 0o755)
    for whose, env in clients:
        for way, where in (('unix', 'unix:///default?'), ('ssh', 'ssh://localhost/default?proxy=netcat&command=%s&' % carrier)):
            uri = 'test+%sauth=sasl.DIGEST-MD5&socket=%s&%s' % (where, daemon.socket, auth)
            done = subprocess.run([PYTHON, '-c', 'import libvirt, sys\nconn = libvirt.openAuth(sys.argv[1], [[2, 5], lambda *_: -1, None])\n'
                                   'print(conn.isSecure(), conn.listDefinedDomains(), conn.listDomainsID())', uri],
                                  env=env or ways.interpreter(), user='games', group='games', extra_groups=[],
                                  capture_output=True, text=True, timeout=60)
            report('%s: DIGEST-MD5, %s client' % (way, whose), done.stdout == '1 [] [1]\n', done)
        with open(carrier + '-of-users', 'w') as file:
            file.write('#!/bin/sh\nexec nc -U %s\n' % open_to_all.socket)
        os.chmod(file.name, 0o755)
        done = subprocess.run([PYTHON, '-c', 'import libvirt, sys\nprint(libvirt.open(sys.argv[1]).isSecure())',
                               'test+ext://localhost/default?command=' + file.name], env=env or ways.interpreter(),
                              capture_output=True, text=True, timeout=60)
        report('ext: of what carries the bytes nothing is known, %s client' % whose, done.stdout == '0\n', done)
    log = log_of(daemon)
    report('unix: the log has who', log.count('logged in as fred, encrypted by 0 bits') == log.count('logged in as fred') > 1, log)
    daemon.end()
    open_to_all.end()


def elsewhere(world):
    """Passwords that a KDC keeps, asked by saslauthd."""
    if realm.missing() or not shutil.which('saslauthd', path=realm.PATH):
        print('# saslauthd is not tried: ' + (realm.missing() or 'it is not there'))
        return
    kdc = realm.Realm(world.path, free_port())
    mux = os.path.join(world.path, 'mux')
    os.mkdir(mux)
    kdc.add('fred', 'kerberos')
    with open(mux + '/conf', 'w') as file:
        file.write('krb5_keytab: %s\nkrb5_verify_principal: libvirt\n' % kdc.keytab('libvirt/localhost', 'libvirt/' + socket.gethostname()))
    asker = subprocess.Popen(['saslauthd', '-a', 'kerberos5', '-O', mux + '/conf', '-m', mux, '-n', '1', '-d'], start_new_session=True,
                             env=dict(os.environ, **kdc.environ), stdout=subprocess.DEVNULL, stderr=open(mux + '/log', 'w'))
    daemon = None
    try:
        end = time.monotonic() + 20
        while not os.path.exists(mux + '/mux') and time.monotonic() < end:
            time.sleep(0.02)
        sasl = world.sasl('sasl-plain', 'mech_list: plain\npwcheck_method: saslauthd\nsaslauthd_path: %s/mux\n' % mux)
        daemon = world.daemon(sasl, 'auth_tcp = "sasl"\nauth_tls = "sasl"\n')
        for name, uri, right in (('plain over tls', world.tls(daemon, world.auth('fred', 'kerberos')), True),
                                 ('plain over tls, a wrong password', world.tls(daemon, world.auth('fred', 'wrong')), False),
                                 ('plain over tcp', 'test+tcp://localhost:%d/default?%s'
                                  % (daemon.tcp, world.auth('fred', 'kerberos')), False)):
            code, text = virsh(uri, 'uri')
            report(name, (code == 0) == right and (right or 'authentication failed' in text), text, log_of(daemon),
                   open(mux + '/log').read())
        report('passwords are in no log', 'kerberos' not in log_of(daemon).replace('Kerberos', ''))
        asker.terminate()
        asker.wait(20)
        code, text = virsh(world.tls(daemon, world.auth('fred', 'kerberos')), 'uri')
        report('saslauthd has gone', code and 'authentication failed' in text and 'testsaslauthd -s libvirt' in log_of(daemon), text, log_of(daemon))
    finally:
        if daemon:
            daemon.end()
        if asker.poll() is None:
            asker.terminate()
            asker.wait(20)
        kdc.end()


def page(world):
    etc, home = (os.path.join(world.path, name) for name in ('etc', 'home'))
    for name in ('libvirt', 'sasl2'):
        os.makedirs(os.path.join(etc, name))
    os.mkdir(home)
    tls = free_port()
    steps = Page(report, 'sasl.md', {'host.example.com': 'localhost', '/etc/': etc + '/', 'mkdir -p ~/': 'mkdir -p ~/',
                             'qemu://host.example.com/system': 'test+tls://localhost:%d/default?pkipath=%s' % (tls, world.pki)}, 3)
    steps.do(1, env=dict(os.environ, SASL_CONF_PATH=etc + '/sasl2'))
    with open(etc + '/libvirt/libvirtd.conf') as file:
        daemon = world.daemon(etc + '/sasl2', file.read())
    steps.steps[1] = steps.steps[1].replace(':%d/' % tls, ':%d/' % daemon.tls).replace('-c test', "-c 'test").replace(' list', "' list")
    steps.do(2, 'running', env=dict(os.environ, HOME=home, XDG_CONFIG_HOME=home + '/.config'))
    daemon.end()
    steps.do(3)
    report("step 3's file is as tried above", 'mech_list: plain\npwcheck_method: saslauthd\nsaslauthd_path: ' in
           open(etc + '/sasl2/libvirt.conf').read())


def main():
    if not shutil.which('certtool') or not shutil.which('saslpasswd2'):
        skip('no certtool' if shutil.which('saslpasswd2') else 'no saslpasswd2')
    clients = [('our', None)]
    if not SANITIZED and subprocess.run([PYTHON, '-c', 'import libvirt'], env=THEIRS).returncode == 0:
        clients.append(('their', THEIRS))
    path = tempfile.mkdtemp(prefix='sasl.')
    try:
        world = World(path)
        # OpenSSL keeps what the plug-in of DIGEST-MD5 has it load
        ways.forgive_leaks(path, 'libcrypto')
        for case in (lambda: passwords(world, clients), lambda: typed(world),
                     lambda: shipped(world), lambda: by_socket(world, clients), lambda: elsewhere(world), lambda: page(world)):
            if len(sys.argv) < 2 or case.__code__.co_names[0] in sys.argv[1:]:
                case()
    finally:
        shutil.rmtree(path)
    sys.exit(ways.failed != 0)


main()
