#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every way to a daemon gives the same answers (answers.py): unix, tcp, tls, ssh by a
real sshd, a program; from our client and the distribution's, to our daemon and
theirs.  And what is wrong with certificates is said."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

import sshd

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from proc import alive  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get('VIR_BUILD_DIR', '.')
PYTHON = '/usr/bin/python3'
SANITIZED = os.environ.get('VIR_SANITIZERS', 'no') != 'no'
THEIRS = {name: value for name, value in os.environ.items() if name not in ('LD_LIBRARY_PATH', 'LIBVIRT_DRIVER_DIR')}


def skip(why):
    print('skipped: ' + why)
    sys.exit(77)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def certtool(directory, *words):
    subprocess.run(['certtool'] + list(words), cwd=directory, check=True, capture_output=True)


def forgive_leaks(world, *libraries):
    """What others' libraries keep is no leak of ours."""
    with open(os.path.join(world, 'leaks'), 'w') as file:
        file.write(''.join('leak:%s\n' % library for library in libraries))
    os.environ['LSAN_OPTIONS'] = 'print_suppressions=0:suppressions=' + file.name


class Authority:
    """A CA of our own, and what it signs."""

    def __init__(self, directory, name='test CA'):
        self.dir = directory
        os.mkdir(directory)
        self.write('ca.cfg', 'cn = "%s"\nca\ncert_signing_key\nexpiration_days = 30\n' % name)
        certtool(directory, '--generate-privkey', '--key-type', 'ecdsa', '--outfile', 'cakey.pem')
        certtool(directory, '--generate-self-signed', '--load-privkey', 'cakey.pem', '--template', 'ca.cfg',
                 '--outfile', 'cacert.pem')

    def write(self, name, text):
        with open(os.path.join(self.dir, name), 'w') as file:
            file.write(text)

    def sign(self, where, who, dates='expiration_days = 30\n', host='localhost', address='127.0.0.1'):
        """Files WHOcert.pem and WHOkey.pem in the directory WHERE, with the CA's own."""
        os.makedirs(where, exist_ok=True)
        self.write('one.cfg', 'cn = "%s"\ndns_name = %s\nip_address = %s\ntls_www_server\ntls_www_client\n'
                   'signing_key\nencryption_key\n%s' % (host, host, address, dates) if host == 'localhost' else
                   'cn = "%s"\ndns_name = %s\ntls_www_server\nsigning_key\n%s' % (host, host, dates))
        key, cert = os.path.join(where, who + 'key.pem'), os.path.join(where, who + 'cert.pem')
        certtool(self.dir, '--generate-privkey', '--key-type', 'rsa', '--bits', '2048', '--outfile', key)
        certtool(self.dir, '--generate-certificate', '--load-privkey', key, '--load-ca-certificate', 'cacert.pem',
                 '--load-ca-privkey', 'cakey.pem', '--template', 'one.cfg', '--outfile', cert)
        shutil.copy(os.path.join(self.dir, 'cacert.pem'), where)
        return where


class Daemon:
    """Ours, of a user's session, that listens on every way."""

    def __init__(self, world, pki, conf='', address='localhost', ports=None):
        self.tcp, self.tls = ports or (free_port(), free_port())
        self.dir = tempfile.mkdtemp(prefix='d', dir=world)
        self.socket = os.path.join(self.dir, 'libvirt-sock')
        path = os.path.join(self.dir, 'conf')
        with open(path, 'w') as file:
            file.write('unix_sock_dir = "%s"\nlisten_tcp = 1\nauth_tcp = "none"\ntcp_port = "%d"\ntls_port = "%d"\n'
                       '%sca_file = "%s/cacert.pem"\ncert_file = "%s/servercert.pem"\n'
                       'key_file = "%s/serverkey.pem"\n%s' % (self.dir, self.tcp, self.tls, 'listen_addr = "%s"\n' % address if address else '', pki, pki, pki, conf))
        self.log = os.path.join(self.dir, 'log')
        env = dict(os.environ, HOME=self.dir, XDG_RUNTIME_DIR=self.dir, XDG_CONFIG_HOME=self.dir + '/config',
                   XDG_CACHE_HOME=self.dir + '/cache')
        with open(self.log, 'w') as log:
            self.process = subprocess.Popen([self.program(), '--listen', '-f', path] + self.session(), env=env,
                                            stdout=log, stderr=log)
        end = time.monotonic() + 20
        while not os.path.exists(self.socket):
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError('the daemon does not start: ' + open(self.log).read())
            time.sleep(0.01)

    def program(self):
        return os.path.join(BUILD, 'daemon/.libs/libvirtd')

    def session(self):
        return ['--session'] if os.geteuid() == 0 else []

    def end(self):
        self.process.terminate()
        self.process.wait(20)


def virsh(uri, *words, env=None, program='virsh'):
    done = subprocess.run([program, '-c', uri] + list(words), capture_output=True, text=True, timeout=60,
                          env=env or os.environ)
    return done.returncode, done.stdout + done.stderr


def interpreter():
    """The environment of an interpreter that opens our library: a sanitizer's runtime must come first."""
    if not SANITIZED:
        return os.environ
    runtime = subprocess.check_output(['gcc', '-print-file-name=libasan.so'], text=True).strip()
    return dict(os.environ, LD_PRELOAD=runtime, ASAN_OPTIONS='detect_leaks=0:exitcode=99')


def answers(uri, env=None):
    done = subprocess.run([PYTHON, os.path.join(HERE, 'answers.py'), uri], capture_output=True, text=True, timeout=120,
                          env=env or interpreter())
    # the guests of test:///default get their ids and times anew in each daemon, not in each connection
    return re.sub(r'conn\.(isEncrypted|isSecure|getURI).*\n', '', done.stdout), done.stderr


def relay(world, uri):
    """A program that reaches the daemon of URI."""
    path = os.path.join(world, 'relay')
    with open(path, 'w') as file:
        file.write('#!/bin/sh\nexec virt-ssh-helper "%s"\n' % uri)
    os.chmod(path, 0o755)
    return path


failed = 0


def report(name, right, *details):
    global failed
    print('%sok - %s' % ('' if right else 'not ', name))
    if not right:
        failed += 1
        for detail in details:
            print('  ' + str(detail)[:2000])


def ways(world, daemon, pki):
    path = 'test:///default?socket=' + daemon.socket
    there = '%s/default?pkipath=%s'
    yield 'unix', 'test+unix:///default?socket=' + daemon.socket
    yield 'tcp', 'test+tcp://localhost:%d/default' % daemon.tcp
    yield 'tcp by address', 'test+tcp://127.0.0.1:%d/default' % daemon.tcp
    yield 'tls', 'test+tls://localhost:%d' % daemon.tls + there % ('', pki)
    yield 'tls without naming it', 'test://localhost:%d' % daemon.tls + there % ('', pki)
    yield 'ext', 'test+ext:///default?command=' + relay(world, path)
    if not sshd.missing():
        server = sshd.Sshd(world, free_port(), sshd.environment())
        try:
            helped, there = 'name=' + urllib.parse.quote(path), '127.0.0.1:%d' % server.port
            yield 'ssh', 'test+ssh://%s/default?proxy=native&%s&%s' % (there, helped, server.params())
            if shutil.which('nc'):
                yield 'ssh and nc', 'test+ssh://%s/default?socket=%s&%s' % (there, daemon.socket, server.params())
            yield 'libssh', 'test+libssh://%s/default?%s&%s' % (there, helped, server.params())
        finally:
            server.end()


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(('::1', 0))
        return True
    except OSError:
        return False


def by_ipv6(world, authority):
    """A daemon that only it reaches."""
    pki = authority.sign(os.path.join(world, 'pki6'), 'server', address='::1')
    authority.sign(pki, 'client')
    daemon = Daemon(world, pki, address='::1')
    yield 'tcp by IPv6', 'test+tcp://[::1]:%d/default' % daemon.tcp
    yield 'tls by IPv6', 'test+tls://[::1]:%d/default?pkipath=%s' % (daemon.tls, pki)
    daemon.end()


def same(clients, wanted, these):
    """Each of THESE (name, URI) gives the answers WANTED."""
    for name, uri in these:
        for whose, env in clients:
            if whose != 'ours' and name in ('libssh', 'ssh', 'ssh and nc', 'ext'):
                continue                # its own helper would be asked for our daemon
            got, error = answers(uri, env)
            # what a daemon knows of itself and a connection in process does not
            lines = [line for line in wanted.splitlines() if line not in got]
            report('%s, %s client: %d answers' % (name, whose, len(got.splitlines())),
                   len(got.splitlines()) > 150 and len(lines) < 8, error, *lines[:10])


def certificates(world, good, daemon):
    """What is wrong with whose."""
    other = Authority(os.path.join(world, 'other'), 'another CA').sign(os.path.join(world, 'other-pki'), 'client')
    uri = 'test+tls://%s:%d/default?pkipath=%s'
    cases = [
        ('of another CA', uri % ('localhost', daemon.tls, other), ['Failed to verify', 'issuer is unknown']),
        ('no CA', uri % ('localhost', daemon.tls, '/nowhere'), ['Cannot read CA certificate', '/nowhere/cacert.pem']),
    ]
    for name, where, words in cases:
        code, text = virsh(where, 'uri')
        report('certificates: ' + name, code and all(word in text for word in words), text)
    bare = os.path.join(world, 'bare')
    os.mkdir(bare)
    shutil.copy(os.path.join(good, 'cacert.pem'), bare)
    code, text = virsh(uri % ('localhost', daemon.tls, bare), 'uri')
    report('certificates: a client without one', code and 'of our certificate' in text and 'clientkey.pem into' in text, text)
    mixed = os.path.join(world, 'mixed')
    shutil.copytree(other, mixed)
    shutil.copy(os.path.join(good, 'cacert.pem'), mixed)
    code, text = virsh(uri % ('localhost', daemon.tls, mixed) + '&no_sanity=1', 'uri')
    report('certificates: a client of another CA', code and 'of our certificate' in text, text)
    code, text = virsh(uri % ('localhost', daemon.tls, other) + '&no_verify=1', 'uri')
    report('certificates: no_verify trusts the server, which does not trust us', code and 'of our certificate' in text, text)


def wrong_servers(world, authority, client):
    for name, how, words in (
            ('has expired', {'dates': 'activation_date = "2020-01-01"\nexpiration_date = "2021-01-01"\n'}, ['expired']),
            ('is for another host', {'host': 'elsewhere.example'}, ["not for 'localhost'"])):
        pki = authority.sign(os.path.join(world, name.replace(' ', '-')), 'server', **how)
        daemon = Daemon(world, pki, 'tls_no_sanity_certificate = 1\n')
        code, text = virsh('test+tls://localhost:%d/default?pkipath=%s' % (daemon.tls, client), 'uri')
        report('certificates: the server\'s ' + name, code and all(word in text for word in words), text)
        code, text = virsh('test+tls://localhost:%d/default?pkipath=%s&no_verify=1' % (daemon.tls, client), 'uri')
        report('certificates: the server\'s %s, and no_verify' % name, code == 0, text)
        daemon.end()


def refusals():
    for name, uri, words in (
            ('nobody listens', 'test+tcp://127.0.0.1:%d/default' % free_port(), ['unable to connect', 'refused']),
            ('no such host', 'test+tcp://nobody.invalid/default', ['unable to resolve', 'nobody.invalid']),
            ('no program', 'test+ext:///default', ['command']),
            ('the program ends', 'test+ext:///default?command=/bin/false', ['lost']),
            ('an unknown proxy', 'test+ssh://127.0.0.1/default?proxy=magic', ['magic', 'netcat']),
            ('a host with a command', 'test+ssh://$(id)/default?command=/bin/false', ['a shell would take']),
            ('a user with a command', 'test+ssh://a%60id%60@127.0.0.1/default?command=/bin/false', ['a shell would take']),
            ('a socket that is an option', 'test+ssh://127.0.0.1/default?socket=-e&command=/bin/false', ["begins with '-'"]),
            ('an unknown way', 'test+pigeon://127.0.0.1/default', ['pigeon', 'tcp'])):
        code, text = virsh(uri, 'uri')
        report(name, code and all(word in text for word in words), text)


def children(pid):
    """All below it, of every generation."""
    with open('/proc/%d/task/%d/children' % (pid, pid)) as file:
        own = [int(word) for word in file.read().split()]
    return own + [below for child in own for below in children(child)]


def ends(world, daemon):
    """A program between us and the daemon: whose end goes ends the others, and words of its own are none of the protocol's."""
    path = 'test:///default?socket=' + daemon.socket
    program = relay(world, path)
    for name, words in (('noise', 'Welcome to this host.\n'), ('long noise', 'x' * 100000), ('a short word', 'hi')):
        noisy = os.path.join(world, 'noisy')
        with open(noisy, 'w') as file:
            file.write("#!/bin/sh\nprintf '%%s' '%s'\nexec %s\n" % (words, program))
        os.chmod(noisy, 0o755)
        began = time.monotonic()
        code, text = virsh('test+ext:///default?command=' + noisy, 'uri')
        report('%s before the protocol: %s' % (name, text.splitlines()[-1:]), code == 1 and time.monotonic() - began < 5, text)
    fds = '/proc/%d/fd' % daemon.process.pid
    before = len(os.listdir(fds))
    running = subprocess.Popen(['virsh', '-c', 'test+ext:///default?command=' + program, 'event', '--all', '--loop'],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 10
    while (len(os.listdir(fds)) <= before or not children(running.pid)) and time.monotonic() < end:
        before = min(before, len(os.listdir(fds)))      # the connection before this one may have been there yet
        time.sleep(0.01)
    helpers = children(running.pid)
    report('a helper runs', helpers and len(os.listdir(fds)) > before)
    running.kill()
    running.wait()
    while (len(os.listdir(fds)) > before or any(alive(pid) for pid in helpers)) and time.monotonic() < end:
        time.sleep(0.01)
    report('a client that is killed ends its helper and the connection',
           len(os.listdir(fds)) <= before and not any(alive(pid) for pid in helpers))
    running = subprocess.Popen(['virsh', '-c', 'test+ext:///default?command=' + program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    end = time.monotonic() + 10
    while not children(running.pid) and time.monotonic() < end:
        time.sleep(0.01)
    running.stdin.write('uri\n')
    running.stdin.flush()
    while 'test+ext' not in running.stdout.readline():
        pass
    for pid in children(running.pid):
        os.kill(pid, signal.SIGKILL)
    text = running.communicate('list\n', timeout=20)[0]
    report('a helper that is killed is an error of the next call', 'error: ' in text, text)


def main():
    if not shutil.which('certtool'):
        skip('no certtool')
    clients = [('ours', None)]
    if not SANITIZED and subprocess.run([PYTHON, '-c', 'import libvirt'], env=THEIRS).returncode == 0:
        clients.append(('their', THEIRS))
    world = tempfile.mkdtemp(prefix='ways.')
    daemon = None
    try:
        os.environ['PATH'] = sshd.Client(world).path
        authority = Authority(os.path.join(world, 'ca'))
        pki = authority.sign(os.path.join(world, 'pki'), 'server')
        authority.sign(pki, 'client')
        daemon = Daemon(world, pki)
        wanted, error = answers('test:///default')
        report('in process', len(wanted.splitlines()) > 150, error)
        same(clients, wanted, ways(world, daemon, pki))
        if has_ipv6():
            same(clients, wanted, by_ipv6(world, authority))
        ends(world, daemon)
        certificates(world, pki, daemon)
        wrong_servers(world, authority, pki)
        refusals()
    finally:
        if daemon:
            daemon.end()
        shutil.rmtree(world)
    sys.exit(failed != 0)


if __name__ == '__main__':
    main()
