#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Logging in by a ticket of a real KDC, over tcp, which it encrypts, and over tls: our client
and the distribution's to our daemon, ours to theirs.  What is wrong with a ticket is said with
what mends it.  docs/kerberos.md, as it is written."""

import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

import realm
import ways
from ways import HERE, SANITIZED, THEIRS, Authority, Daemon, answers, free_port, report, skip, virsh

sys.path.insert(0, os.path.join(ways.HERE, '..'))
from page import Page  # noqa: E402


class Recorder:
    """Passes on what goes through its port, and keeps it."""

    def __init__(self, to):
        self.to, self.bytes = to, b''
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        near = self.listener.accept()[0]
        far = socket.create_connection(('127.0.0.1', self.to))
        threads = [threading.Thread(target=self.pump, args=pair) for pair in ((near, far), (far, near))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        near.close()
        far.close()

    def pump(self, source, sink):
        while data := source.recv(65536):
            self.bytes += data
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


class World:
    def __init__(self, path):
        self.path = path
        authority = Authority(os.path.join(path, 'ca'))
        self.pki = authority.sign(os.path.join(path, 'pki'), 'server')
        authority.sign(self.pki, 'client')
        self.realm = realm.Realm(path, free_port())
        for user in ('fred', 'mallory', 'late'):
            self.realm.add(user, 'secret')
        self.keytab = self.realm.keytab('libvirt/localhost')
        self.realm.add('libvirt/127.0.0.1')
        # whoever asks this process' environment finds the realm, and no ticket
        os.environ.update(KRB5_CONFIG=self.realm.conf, KRB5CCNAME=self.realm.dir + '/nobody', KRB5RCACHEDIR=path)
        THEIRS.update(KRB5_CONFIG=self.realm.conf, KRB5CCNAME=self.realm.dir + '/nobody')
        self.fred = self.realm.ticket('fred', 'secret')

    def sasl(self, name, keytab):
        """SASL's configuration, for who starts a daemon."""
        where = os.path.join(self.path, name)
        os.mkdir(where)
        with open(os.path.join(where, 'libvirt.conf'), 'w') as file:
            file.write('mech_list: gssapi\nkeytab: %s\n' % keytab)
        return where

    def daemon(self, sasl, conf='', **environment):
        old = dict(os.environ)
        os.environ.update(SASL_CONF_PATH=sasl, **environment)
        try:
            return Daemon(self.path, self.pki, 'auth_tcp = "sasl"\nauth_tls = "sasl"\nlog_level = 2\n' + conf)
        finally:
            os.environ.clear()
            os.environ.update(old)

    def uris(self, daemon, host='localhost'):
        return (('tcp', 'test+tcp://%s:%d/default' % (host, daemon.tcp)),
                ('tls', 'test+tls://%s:%d/default?pkipath=%s' % (host, daemon.tls, self.pki)))


def log_of(daemon):
    with open(daemon.log) as log:
        return log.read()


def right_tickets(world, clients):
    daemon = world.daemon(world.sasl('sasl', world.keytab), 'sasl_allowed_username_list = [ "fred" ]\n')
    mallory = world.realm.ticket('mallory', 'secret')
    wanted, _ = answers('test:///default')
    for way, uri in world.uris(daemon):
        for whose, env in clients:
            program = '/usr/bin/virsh' if env else 'virsh'
            code, text = virsh(uri, 'dumpxml', 'test', env=dict(env or os.environ, **world.fred), program=program)
            report('over %s, %s client' % (way, whose), code == 0 and '</domain>' in text, text)
            code, text = virsh(uri, 'uri', env=dict(env or os.environ, **mallory), program=program)
            report('who is not on the list, over %s, %s client' % (way, whose), code and 'authentication failed' in text, text)
            got, error = answers(uri, dict(env or ways.interpreter(), **world.fred))
            lines = [line for line in wanted.splitlines() if line not in got]
            report('over %s, %s client: %d answers' % (way, whose, len(got.splitlines())),
                   len(got.splitlines()) > 150 and len(lines) < 8, error, *lines[:10])
    report("the log names who was not on the list", "sasl_allowed_username_list does not name 'mallory'" in log_of(daemon),
           log_of(daemon))
    recorder = Recorder(daemon.tcp)
    code, text = virsh('test+tcp://localhost:%d/default' % recorder.port, 'dumpxml', 'test', env=dict(os.environ, **world.fred))
    report('nobody reads along', code == 0 and b'GSSAPI' in recorder.bytes and b'test:///default' not in recorder.bytes
           and b'domain' not in recorder.bytes, text)
    daemon.end()
    stranger = world.realm.write('other.conf', open(world.realm.conf).read().replace(
        'default_realm = ' + world.realm.name, 'default_realm = OTHER.TEST'))
    daemon = world.daemon(world.sasl('sasl-other', world.keytab), 'sasl_allowed_username_list = [ "fred@%s" ]\n' % world.realm.name,
                          KRB5_CONFIG=stranger)
    code, text = virsh(world.uris(daemon)[0][1], 'uri', env=dict(os.environ, **world.fred))
    report('of another realm than the host: by the whole principal', code == 0, text, log_of(daemon))
    daemon.end()


def wrong_tickets(world):
    """One sentence, and what mends it."""
    daemon = world.daemon(world.sasl('sasl-wrong', world.keytab))
    late = world.realm.ticket('late', 'secret', '-l', '1s')
    realmless = world.realm.write('realmless.conf', '[libdefaults]\ndefault_realm = NOWHERE.TEST\ndns_lookup_kdc = false\n'
                                  'dns_canonicalize_hostname = false\n')
    elsewhere = world.realm.write('elsewhere.conf', open(world.realm.conf).read() +
                                  '[domain_realm]\nlocalhost = NOWHERE.TEST\n')
    lasts_until = time.monotonic() + 1.1        # a ticket's times are whole seconds
    while time.monotonic() < lasts_until:
        time.sleep(0.05)
    for way, uri in world.uris(daemon):
        for name, ticket, words in (
                ('no ticket', {}, ['No Kerberos credentials available', 'kinit USER@REALM']),
                ('an expired ticket', late, ['xpired', 'kinit USER@REALM']),
                ('a host of another realm', dict(world.fred, KRB5_CONFIG=elsewhere), ['NOWHERE.TEST', 'hint: ']),
                ('a realm that is not there', dict(KRB5_CONFIG=realmless), ['No Kerberos credentials', 'kinit USER@REALM'])):
            code, text = virsh(uri, 'uri', env=dict(os.environ, **ticket))
            errors = text.splitlines()[1:]
            report('%s, over %s' % (name, way), code and len(errors) == 2 and errors[0].startswith('error: authentication failed: ')
                   and errors[1].startswith('hint: ') and all(word in text for word in words), text)
    code, text = virsh(world.uris(daemon, 'ip6-nobody.invalid')[0][1], 'uri', env=dict(os.environ, **world.fred))
    report('a host that is not there', code and 'unable to resolve' in text, text)
    code, text = virsh(world.uris(daemon, '127.0.0.1')[0][1], 'uri', env=dict(os.environ, **world.fred))
    report('a name whose key the daemon does not have', code and 'the log of the daemon there says why' in text and
           'ktadd -k /etc/libvirt/krb5.tab' in log_of(daemon), text, log_of(daemon))
    world.realm.run('kadmin.local', 'delprinc', 'libvirt/127.0.0.1')
    fresh = world.realm.ticket('fred', 'secret', '-f')
    code, text = virsh(world.uris(daemon, '127.0.0.1')[0][1], 'uri', env=dict(os.environ, **fresh))
    report('a name that the realm does not know', code and 'libvirt/127.0.0.1@' in text and 'addprinc' in text, text)
    daemon.end()


def keytab_comes_and_goes(world):
    """At each login the file is looked at: the daemon is not started anew for it."""
    path = os.path.join(world.path, 'krb5.tab')
    daemon, other = world.daemon(world.sasl('sasl-none', path)), world.realm.keytab('libvirt/elsewhere')
    for way, uri in world.uris(daemon):
        before = len(log_of(daemon))
        code, text = virsh(uri, 'uri', env=dict(os.environ, **world.fred))
        said = log_of(daemon)[before:]
        report('no keytab, over ' + way, code and 'authentication failed' in text and 'no mechanism available' in said and
               'its file cannot be read (keytab)' in said, text, said)
        for name, keytab, right in (('a keytab that was put there', world.keytab, True), ('one of another host', other, False),
                                    ('and the right one again', world.keytab, True)):
            shutil.copy(keytab, path)
            code, text = virsh(uri, 'uri', env=dict(os.environ, **world.fred))
            report('%s, over %s' % (name, way), code == 0 if right else code and 'authentication failed' in text, text, log_of(daemon))
        os.unlink(path)
    daemon.end()


def their_daemon(world):
    if SANITIZED or not os.path.exists('/usr/sbin/libvirtd'):
        return
    tcp, tls = free_port(), free_port()
    conf = ('listen_tcp = 1\nlisten_tls = 1\nlisten_addr = "localhost"\ntcp_port = "%d"\ntls_port = "%d"\nauth_tcp = "sasl"\n'
            'auth_tls = "sasl"\nca_file = "%s/cacert.pem"\ncert_file = "%s/servercert.pem"\nkey_file = "%s/serverkey.pem"'
            % (tcp, tls, world.pki, world.pki, world.pki))
    one = 'for i in $(seq 100); do virsh -c "%s" dumpxml test >%s/out 2>&1 && break; sleep 0.1; done; cat %s/out'
    script = '; '.join(one % (uri, world.path, world.path) for uri in (
        'test+tcp://localhost:%d/default' % tcp, 'test+tls://localhost:%d/default?pkipath=%s' % (tls, world.pki)))
    done = subprocess.run([HERE + '/with-their-daemon', 'sh', '-c', script], capture_output=True, text=True, timeout=120,
                          env=dict(os.environ, VIR_THEIR_CONF=conf, SASL_CONF_PATH=world.sasl('sasl-theirs', world.keytab),
                                   **world.fred))
    report('our client to their daemon, tcp and tls', done.stdout.count('</domain>') == 2, done.stdout, done.stderr)


def no_kdc(world):
    """It is gone, and the ticket for the host was not had yet."""
    daemon = world.daemon(world.sasl('sasl-gone', world.keytab))
    fred = world.realm.ticket('fred', 'secret', '-P')
    world.realm.end()
    code, text = virsh(world.uris(daemon)[0][1], 'uri', env=dict(os.environ, **fred))
    report('the KDC has gone', code and 'Cannot contact any KDC' in text and 'port 88' in text, text)
    daemon.end()
    world.realm.start()


def page(world):
    etc, work = (os.path.join(world.path, name) for name in ('etc', 'work'))
    for name in (etc + '/libvirt', etc + '/sasl2', work):
        os.makedirs(name)
    port = free_port()
    steps = Page(report, 'kerberos.md', {'host.example.com': 'localhost', '/etc/libvirt': etc + '/libvirt', '/etc/sasl2': etc + '/sasl2',
                                 'libvirt/host.example.com': 'libvirt/page.localhost',
                                 'qemu+tcp://host.example.com/system': 'test+tcp://localhost:%d/default' % port}, 3)
    # this realm has its principal of that name already
    steps.do(1, cwd=work, env=dict(os.environ, **world.realm.environ))
    world.realm.run('kadmin.local', 'ktadd', '-k', work + '/libvirt.keytab', 'libvirt/localhost')
    steps.do(2, cwd=work)
    with open(etc + '/libvirt/libvirtd.conf') as file:
        conf = file.read().replace('listen_tcp = 1\nauth_tcp = "sasl"\nauth_tls = "sasl"\n', '')
    daemon = world.daemon(etc + '/sasl2', conf)
    steps.steps[2] = steps.steps[2].replace(':%d/' % port, ':%d/' % daemon.tcp)
    home = dict(os.environ, KRB5CCNAME=work + '/cache')
    steps.do(3, 'running', env=home, input='secret\n')
    daemon.end()


def main():
    if realm.missing() or not shutil.which('certtool'):
        skip(realm.missing() or 'no certtool')
    if not os.path.exists('/usr/lib/%s/sasl2/libgssapiv2.so' % os.uname().machine) and not subprocess.run(
            'find /usr/lib -path "*sasl2/libgssapiv2.so" | grep -q .', shell=True).returncode == 0:
        skip('no libsasl2-modules-gssapi-mit')
    clients = [('our', None)]
    if not SANITIZED and os.path.exists('/usr/bin/virsh'):
        clients.append(('their', THEIRS))
    path = tempfile.mkdtemp(prefix='kerberos.')
    world = None
    try:
        world = World(path)
        # the plug-in keeps what it has of a ticket, where TLS encrypts
        ways.forgive_leaks(path, 'libgssapi_krb5', 'libkrb5')
        for case in (lambda: right_tickets(world, clients), lambda: wrong_tickets(world),
                     lambda: keytab_comes_and_goes(world), lambda: their_daemon(world),
                     lambda: no_kdc(world), lambda: page(world)):
            if len(sys.argv) < 2 or case.__code__.co_names[0] in sys.argv[1:]:
                case()
    finally:
        if world:
            world.realm.end()
        shutil.rmtree(path)
    sys.exit(ways.failed != 0)


main()
