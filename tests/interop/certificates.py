#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Certificates: what is wrong with our own is said when they are loaded, what is wrong
with the other end's refuses it; libvirt 9.0.0 on the same files is right and wrong in
the same cases.  Names and addresses that are let in, reading them again and when not to,
revoking, the tools, and the page that tells how to make some."""

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import ways
from ways import HERE, PYTHON, SANITIZED, THEIRS, Authority, Daemon, certtool, report, virsh

sys.path.insert(0, os.path.join(ways.HERE, '..'))
from page import Page  # noqa: E402

USES = 'tls_www_server\ntls_www_client\nsigning_key\nencryption_key\n'
DAYS = 'expiration_days = 30\n'
PAST = 'activation_date = "2020-01-01"\nexpiration_date = "2021-01-01"\n'
FUTURE = 'activation_date = "2040-01-01"\nexpiration_date = "2041-01-01"\n'
# what OpenSSL calls critical,serverAuth and critical,clientAuth
ONLY = {'server': 'add_critical_extension = "2.5.29.37 0x300a06082b06010505070301"\nsigning_key\n',
        'client': 'add_critical_extension = "2.5.29.37 0x300a06082b06010505070302"\nsigning_key\n'}
OTHER = {'server': 'client', 'client': 'server'}


def run(words, **more):
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, **more)
    return done.returncode, done.stdout + done.stderr


class Maker(Authority):
    """Signs what is not as it should be, too."""

    def make(self, where, who, uses=USES, days=DAYS, bits=2048, sha='SHA256', cn='localhost'):
        """WHOcert.pem and WHOkey.pem in WHERE, with the CA's certificate."""
        os.makedirs(where, exist_ok=True)
        self.write('one.cfg', 'organization = "Example, Inc"\ncn = "%s"\ndns_name = %s\nip_address = 127.0.0.1\n%s%s'
                   % (cn, cn.replace(' ', '-'), uses, days))
        key, cert = os.path.join(where, who + 'key.pem'), os.path.join(where, who + 'cert.pem')
        certtool(self.dir, '--generate-privkey', '--key-type', 'rsa', '--bits', str(bits), '--outfile', key)
        certtool(self.dir, '--generate-certificate', '--load-privkey', key, '--load-ca-certificate', 'cacert.pem',
                 '--load-ca-privkey', 'cakey.pem', '--hash', sha, '--template', 'one.cfg', '--outfile', cert)
        shutil.copy(os.path.join(self.dir, 'cacert.pem'), where)
        return where

    def intermediate(self, directory):
        """A CA that this one has signed."""
        sub = Maker(directory, 'below')
        sub.write('sub.cfg', 'cn = "below"\nca\ncert_signing_key\n' + DAYS)
        certtool(directory, '--generate-certificate', '--load-privkey', 'cakey.pem', '--load-ca-certificate',
                 self.dir + '/cacert.pem', '--load-ca-privkey', self.dir + '/cakey.pem', '--template', 'sub.cfg',
                 '--outfile', 'cacert.pem')
        return sub

    def revoke(self, cert, out):
        self.write('crl.cfg', 'crl_next_update = 30\ncrl_number = 1\n')
        certtool(self.dir, '--generate-crl', '--load-ca-privkey', 'cakey.pem', '--load-ca-certificate', 'cacert.pem',
                 '--load-certificate', cert, '--template', 'crl.cfg', '--outfile', out)


def wrong_ones(world, ca, who):
    """Name, folder, words of what is said of them, whether they are refused."""
    other = Maker(os.path.join(world, 'other-%s' % who), 'another CA')

    def folder(name):
        return os.path.join(world, 'wrong-%s-%s' % (who, name.replace(' ', '-')))

    for name, how, words, grave in (
            ('expired', {'days': PAST}, ['has expired on 2021-01-01', 'certtool --generate-certificate'], True),
            ('not yet valid', {'days': FUTURE}, ['is not valid before 2040-01-01', 'timedatectl'], True),
            ("a CA's", {'uses': 'ca\ncert_signing_key\nsigning_key\n'}, ["is a CA's, not a %s's" % who], True),
            ('of wrong usage', {'uses': 'encryption_key\n'}, ['key usage', "'signing_key'"], True),
            ('of wrong purpose', {'uses': ONLY[OTHER[who]]}, ['key purpose', "'tls_www_%s'" % who], True),
            ('of wrong purpose that is not critical', {'uses': 'tls_www_%s\nsigning_key\nencryption_key\n' % OTHER[who]},
             ['key purpose'], False),
            ('signed by SHA-1', {'sha': 'SHA1'}, ['weak algorithm', 'SHA1'], True),
            ('of a weak key', {'bits': 1024}, ['weak key of 1024 bits', '--bits 3072'], False)):
        yield name, ca.make(folder(name), who, **how), words, grave
    where = other.make(folder('of another CA'), who)
    shutil.copy(os.path.join(ca.dir, 'cacert.pem'), where)
    yield 'of another CA', where, ['was not signed by the CA of', "'CN=another CA'"], True
    where = ca.make(folder('mismatch'), who)
    certtool(where, '--generate-privkey', '--key-type', 'rsa', '--bits', '2048', '--outfile', who + 'key.pem')
    yield 'of another key', where, ['do not match'], True
    for name, lines, word in (('no CA that signs', 'cn = "test CA"\nsigning_key\n' + DAYS, 'CA'),
                              ('a CA that has expired', 'cn = "test CA"\nca\ncert_signing_key\n' + PAST, 'has expired')):
        where = shutil.copytree(ca.good, folder(name))
        ca.write('bad.cfg', lines)
        certtool(ca.dir, '--generate-self-signed', '--load-privkey', 'cakey.pem', '--template', 'bad.cfg',
                 '--outfile', where + '/cacert.pem')
        yield name, where, ['the CA certificate ' + where + '/cacert.pem', word, '--generate-self-signed'], True


def open_code(uri, env):
    """What python's libvirt says: code and text, or 0."""
    done = subprocess.run([PYTHON, '-c', 'import libvirt, sys\nlibvirt.registerErrorHandler(lambda *a: None, None)\n'
                           'try:\n    libvirt.open(sys.argv[1])\n    print(0)\n'
                           'except libvirt.libvirtError as e:\n    print(e.get_error_code(), e)', uri],
                          capture_output=True, text=True, timeout=60, env=env)
    code, _, text = done.stdout.partition(' ')
    return int(code or -1), text + done.stderr


def our_own_client(world, ca, daemon):
    """A client looks at its own, and a server that it gets them shown at whose they are."""
    uri = 'test+tls://localhost:%d/default?pkipath=' % daemon.tls
    for name, where, words, grave in ca.wrong['client']:
        code, text = virsh(uri + where, 'uri', env=dict(os.environ, LIBVIRT_LOG_OUTPUTS='3:stderr'))
        report("client's own: " + name, (code != 0) == grave and all(word in text for word in words), code, text)
        if not SANITIZED:
            ours, theirs = (open_code(uri + where, env) for env in (dict(os.environ), THEIRS))
            report("client's own: %s: their code" % name, ours[0] == theirs[0], ours, theirs)
        if grave and name not in ('of another key', 'no CA that signs', 'a CA that has expired'):
            code, text = virsh(uri + where + '&no_sanity=1', 'uri')
            report("server's view: the client's is " + name, code and ('of our certificate' in text or 'handshake' in text),
                   text)
            if not SANITIZED:
                theirs = virsh(uri + where + '&no_sanity=1', 'uri', env=THEIRS, program='/usr/bin/virsh')
                report("server's view: their client's is " + name, theirs[0] != 0, theirs)


def start(world, pki, conf=''):
    """The daemon, or what it said instead."""
    try:
        return Daemon(world, pki, conf), ''
    except RuntimeError as error:
        return None, str(error)


def their_start(pki):
    """Whether libvirt 9.0.0's daemon takes them, and what it said."""
    conf = ('listen_tls = 1\nlisten_addr = "localhost"\ntls_port = "%d"\nca_file = "%s/cacert.pem"\ncert_file = "%s/servercert.pem"\n'
            'key_file = "%s/serverkey.pem"' % (ways.free_port(), pki, pki, pki))
    # its sockets are there before it looks at them
    code, text = run([HERE + '/with-their-daemon', 'sh', '-c', 'sleep 0.5; unset LD_LIBRARY_PATH LIBVIRT_DRIVER_DIR; '
                      'exec /usr/bin/virsh -c "test+unix:///default?socket=@SOCKET@" uri'],
                     env=dict(os.environ, VIR_THEIR_CONF=conf))
    return code == 0, text


def our_own_server(world, ca):
    """The daemon looks at its own before it starts; told not to, its clients do."""
    for name, where, words, grave in ca.wrong['server']:
        daemon, text = start(world, where)
        if daemon:
            text = open(daemon.log).read()
            daemon.end()
        report("server's own: " + name, (daemon is None) == grave and all(word in text for word in words), text)
        if not SANITIZED and os.path.exists('/usr/sbin/libvirtd'):
            runs, said = their_start(where)
            report("server's own: %s: theirs %s" % (name, 'starts' if runs else 'does not start'), runs == (not grave), said)
        if grave and name != 'of another key':
            daemon = Daemon(world, where, 'tls_no_sanity_certificate = 1\n')
            uri = 'test+tls://localhost:%d/default?pkipath=%s' % (daemon.tls, ca.good)
            code, text = virsh(uri, 'uri')
            if 'CA' not in name or name in ("a CA's", 'of another CA'):
                report("client's view: the server's is " + name, code and ('Failed to verify' in text or 'handshake' in text),
                       text)
                if not SANITIZED:
                    theirs = virsh(uri, 'uri', env=THEIRS, program='/usr/bin/virsh')
                    report("their client's view: the server's is " + name, theirs[0] != 0, theirs)
            daemon.end()


def their_server(world, ca):
    """Our client at libvirt 9.0.0's daemon: right and wrong ones, which are sent unchecked."""
    if SANITIZED or not os.path.exists('/usr/sbin/libvirtd'):
        return
    port, cases = ways.free_port(), [('right ones', ca.good, True)]
    for name, where, _, grave in ca.wrong['client']:
        if 'CA that' not in name and name != 'of another key':
            cases.append((name, where, not grave))
    script = os.path.join(world, 'ask')
    with open(script, 'w') as file:
        for number, (_, where, _) in enumerate(cases):
            file.write('virsh -c "test+tls://localhost:%d/default?no_sanity=1&pkipath=%s" uri >/dev/null 2>&1; echo "%d: $?"\n'
                       % (port, where, number))
    conf = ('listen_tls = 1\nlisten_addr = "localhost"\ntls_port = "%d"\nca_file = "%s/cacert.pem"\ncert_file = "%s/servercert.pem"\n'
            'key_file = "%s/serverkey.pem"' % (port, ca.good, ca.good, ca.good))
    _, text = run([HERE + '/with-their-daemon', 'sh', '-c', 'sleep 0.5; exec sh ' + script],
                  env=dict(os.environ, VIR_THEIR_CONF=conf))
    for number, (name, _, right) in enumerate(cases):
        report("their server's view of a client's: " + name, '%d: %d\n' % (number, not right) in text + '\n', text)


def chains(world, ca):
    """An intermediate one stands behind the server's or the client's own."""
    sub = ca.intermediate(os.path.join(world, 'sub'))
    for whole in (True, False):
        where = os.path.join(world, 'chain-%s' % whole)
        for who in ('server', 'client'):
            sub.make(where, who, cn='localhost')
            if whole:
                with open('%s/%scert.pem' % (where, who), 'a') as file:
                    file.write(open(sub.dir + '/cacert.pem').read())
        shutil.copy(os.path.join(ca.dir, 'cacert.pem'), where)
        daemon, text = start(world, where)
        if whole:
            code, said = virsh('test+tls://localhost:%d/default?pkipath=%s' % (daemon.tls, where), 'uri') if daemon else (1, text)
            report('a chain with an intermediate one', code == 0, said)
        else:
            report('a chain without it', not daemon and 'cat intermediate.pem' in text, text)
        if daemon:
            daemon.end()


def lists(world, ca):
    """Whom tls_allowed_dn_list and tls_allowed_ip_list let in."""
    name = subprocess.run(['virt-pki-query-dn', ca.good + '/clientcert.pem'], capture_output=True, text=True).stdout.strip()
    report('the name has a comma of its own', '\\,' in name, name)
    for what, conf, right in (
            ('the name as it is printed', 'tls_allowed_dn_list = [ "CN=nobody", "%s" ]\n' % name, True),
            ('a pattern', 'tls_allowed_dn_list = [ "O=Example*,CN=local*" ]\n', True),
            ('another name', 'tls_allowed_dn_list = [ "CN=nobody*" ]\n', False),
            ('a part of the name', 'tls_allowed_dn_list = [ "CN=localhost" ]\n', False),
            ('an empty list', 'tls_allowed_dn_list = [ ]\n', False),
            ('another name, not verified', 'tls_allowed_dn_list = [ "CN=nobody*" ]\ntls_no_verify_certificate = 1\n', True),
            ('an address', 'tls_allowed_ip_list = [ "127.0.*", "::1" ]\n', True),
            ('another address', 'tls_allowed_ip_list = [ "192.168.0.*" ]\n', False),
            ('another address, not verified', 'tls_allowed_ip_list = [ "192.168.0.*" ]\ntls_no_verify_address = 1\n', True)):
        daemon = Daemon(world, ca.good, conf)
        code, text = virsh('test+tls://localhost:%d/default?pkipath=%s' % (daemon.tls, ca.good), 'uri')
        report('let in by %s' % what, (code == 0) == right and (right or 'of our certificate or IP address' in text), text)
        if not right:
            log = open(daemon.log).read()
            report('the log has who was not let in by %s' % what, (name if 'dn' in conf else ' 127.0.0.1' if '127.0.0.1' in log
                                                                  else ' ::1') in log, log)
        daemon.end()


class Held:
    """A connection that lasts."""

    def __init__(self, uri):
        self.process = subprocess.Popen(['virsh', '-q', '-c', uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, bufsize=1)

    def answers(self):
        self.process.stdin.write('domname 1\n')
        self.process.stdin.flush()
        while True:
            line = self.process.stdout.readline()
            if not line or line.strip() == 'test':
                return bool(line)

    def end(self):
        self.process.stdin.close()
        self.process.wait(20)


def hang_up(daemon, words):
    """Until the log says so behind what it has."""
    old = os.path.getsize(daemon.log)
    daemon.process.send_signal(signal.SIGHUP)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with open(daemon.log) as log:
            log.seek(old)
            text = log.read()
        if 'settings were read again' in text:
            report('HUP: ' + (words or 'nothing to say'), words in text, text)
            return
        time.sleep(0.02)
    report('HUP is heard', False)


def reload(world, ca):
    """Certificates are read again, sessions keep theirs; who is revoked is refused at both ends."""
    pki = shutil.copytree(ca.good, os.path.join(world, 'reload'))
    crl, empty = pki + '/crl.pem', ca.make(os.path.join(world, 'revoked'), 'client', cn='somebody else')
    ca.revoke(empty + '/clientcert.pem', crl)
    daemon = Daemon(world, pki, 'crl_file = "%s"\nlog_level = 2\n' % crl)
    uri = 'test+tls://localhost:%d/default?pkipath=' % daemon.tls
    held = Held(uri + ca.good)
    report('a session', held.answers())
    code, text = virsh(uri + empty, 'uri')
    log = open(daemon.log).read()
    report('a client that is revoked is refused', code and 'of our certificate' in text, text)
    report('the log says who', 'revoked' in log and 'somebody else' in log, log)

    ca.revoke(ca.good + '/clientcert.pem', crl)
    code, text = virsh(uri + ca.good, 'uri')
    report('not before HUP', code == 0, text)
    hang_up(daemon, '')
    code, text = virsh(uri + ca.good, 'uri')
    report('a list read again refuses', code and 'of our certificate' in text, text)
    report('the session stays', held.answers())
    code, text = virsh(uri + empty, 'uri')
    report('and lets in whom it does not name any more', code == 0, text)

    for name in ('servercert.pem', 'serverkey.pem', 'cacert.pem', 'crl.pem'):
        path = os.path.join(pki, name)
        right = open(path).read()
        with open(path, 'w') as file:
            file.write('no certificate\n')
        hang_up(daemon, 'the certificates stay as they were')
        code, text = virsh(uri + empty, 'uri')
        report('the old ones serve when %s is broken' % name, code == 0, text)
        with open(path, 'w') as file:
            file.write(right)

    ca.make(pki, 'server', cn='elsewhere.example')
    hang_up(daemon, '')
    code, text = virsh(uri + empty, 'uri')
    report('a new certificate serves new clients', code and "not for 'localhost'" in text, text)
    report('and the session stays', held.answers())
    held.end()
    daemon.end()

    daemon = Daemon(world, ca.good)
    mine = shutil.copytree(ca.good, os.path.join(world, 'knows'))
    ca.revoke(ca.good + '/servercert.pem', mine + '/cacrl.pem')
    code, text = virsh('test+tls://localhost:%d/default?pkipath=%s' % (daemon.tls, mine), 'uri')
    report('a server that is revoked is refused', code and 'revoked' in text, text)
    daemon.end()


class Opener:
    """One process that opens connections, and how often it has opened its key file."""

    SCRIPT = '''
import libvirt, sys
libvirt.registerErrorHandler(lambda *a: None, None)
for line in sys.stdin:
    try:
        libvirt.open(line.strip()).close()
        print('open', flush=True)
    except libvirt.libvirtError as e:
        print(str(e).replace(chr(10), ' '), flush=True)
'''

    def __init__(self, uri, key):
        self.uri = uri
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.watch = self.libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.libc.inotify_add_watch(self.watch, key.encode(), 0x20) < 0:     # IN_OPEN
            raise OSError(ctypes.get_errno(), 'inotify')
        self.process = subprocess.Popen([PYTHON, '-c', self.SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1)

    def says(self, more=''):
        """Of one more connection: 'open', or the error."""
        print(self.uri + more, file=self.process.stdin)
        return self.process.stdout.readline().strip()

    def loads(self):
        """How often since it was asked last."""
        try:
            return len(os.read(self.watch, 1 << 16)) // 16
        except BlockingIOError:
            return 0

    def end(self):
        self.process.stdin.close()
        self.process.wait(20)
        os.close(self.watch)


def kept(world, ca):
    """A client loads its files once, and again as soon as one of them is another; what it knows of one URI is not
    taken for another's."""
    pki, daemon = ca.settled, Daemon(world, ca.good)
    while time.time() < os.stat(pki + '/cacert.pem').st_ctime + 4:      # younger files are loaded each time
        time.sleep(0.05)
    client = Opener('test+tls://localhost:%d/default?pkipath=%s' % (daemon.tls, pki), pki + '/clientkey.pem')
    said = [client.says() for _ in range(4)]
    report('kept: four connections', said == ['open'] * 4, said)
    report('kept: loaded once', client.loads() == 1)
    said = [client.says(more) for more in ('&tls_priority=NORMAL:-VERS-TLS1.3', '', '&tls_priority=NORMAL:-VERS-TLS1.3')]
    report('kept: with other algorithms', said == ['open'] * 3, said)
    report('kept: those are loaded once, too', client.loads() == 1)

    ca.revoke(ca.good + '/servercert.pem', pki + '/cacrl.pem')
    said = client.says()
    report('kept: a list that comes is seen', 'revoked' in said, said)
    ca.revoke(pki + '/clientcert.pem', pki + '/cacrl.pem')
    said = client.says()
    report('kept: one in its place', said == 'open', said)
    os.unlink(pki + '/cacrl.pem')
    other = Maker(os.path.join(world, 'not-ours'), 'another CA').dir + '/cacert.pem'
    for name, text, words in (('cacert.pem', open(other).read(), 'was not signed by the CA'),
                              ('clientcert.pem', 'no certificate\n', 'cannot be read'),
                              ('clientkey.pem', 'no key\n', 'Unable to set x509 key')):
        right = open(os.path.join(pki, name)).read()
        with open(os.path.join(pki, name), 'w') as file:
            file.write(text)
        said = client.says()
        report('kept: another %s is seen' % name, words in said, said)
        with open(os.path.join(pki, name), 'w') as file:
            file.write(right)
        said = client.says()
        report('kept: the right %s again' % name, said == 'open', said)
    os.rename(pki + '/clientkey.pem', pki + '/away')
    said = client.says()
    report('kept: one that goes is seen', 'of our certificate' in said and 'clientkey.pem' in said, said)
    client.end()
    daemon.end()


def tools(world, ca):
    """virt-pki-validate and virt-pki-query-dn."""
    cert = ca.good + '/clientcert.pem'
    code, text = run(['virt-pki-query-dn', cert])
    report('virt-pki-query-dn', code == 0 and 'CN=localhost' in text, text)
    if os.path.exists('/usr/bin/virt-pki-query-dn'):
        theirs = run(['/usr/bin/virt-pki-query-dn', cert], env=THEIRS)
        report('virt-pki-query-dn prints what theirs does', (code, text) == theirs, text, theirs)
    for words in (['/nowhere'], [ca.dir + '/ca.cfg'], []):
        code, text = run(['virt-pki-query-dn'] + words)
        report('virt-pki-query-dn %s' % words, code == 1 and text, code, text)
    code, text = run(['virt-pki-validate', '--path', ca.good])
    report('virt-pki-validate: right', code == 0 and text.count('right: ') == 3 and 'wrong' not in text, code, text)
    for who in ('server', 'client'):
        for name, where, words, grave in ca.wrong[who]:
            code, text = run(['virt-pki-validate', '-p', where])
            report('virt-pki-validate: %s %s' % (who, name), code == grave and all(word in text for word in words)
                   and text.count('hint: ') == text.count('wrong: ') + text.count('doubtful: '), code, text)
    for name, where, *_ in ca.wrong['server']:
        if name in ('expired', "a CA's", 'of wrong usage', 'of wrong purpose', 'of another CA'):
            mended = shutil.copytree(where, os.path.join(world, 'mended-' + name.replace(' ', '-').replace("'", '')))
            shutil.copy(ca.dir + '/cakey.pem', mended)
            with open(mended + '/server.info', 'w') as file:
                file.write('cn = "localhost"\ndns_name = localhost\n' + USES + DAYS)
            code, text = run(['virt-pki-validate', '-p', mended])
            run(['sh', '-c', re.search('certtool --generate-certificate.*', text)[0]], cwd=mended)
            code, text = run(['virt-pki-validate', '-p', mended])
            report('virt-pki-validate: its command mends: ' + name, code == 0 and 'doubtful' not in text, text)
    empty = tempfile.mkdtemp(dir=world)
    code, text = run(['virt-pki-validate', '--user'], env=dict(os.environ, HOME=empty))
    report('virt-pki-validate: nothing', code == 1 and 'is missing' in text and 'install -D' in text, text)
    half = shutil.copytree(ca.good, os.path.join(world, 'half'))
    os.unlink(half + '/serverkey.pem')
    code, text = run(['virt-pki-validate', '-p', half])
    report('virt-pki-validate: no key', code == 1 and 'serverkey.pem is missing' in text, text)
    half = shutil.copytree(ca.good, os.path.join(world, 'open'))
    os.chmod(half + '/serverkey.pem', 0o644)
    code, text = run(['virt-pki-validate', '-p', half])
    report('virt-pki-validate: an open key', code == 0 and 'chmod o-r %s/serverkey.pem' % half in text, text)
    for words in (['--user', '--system'], ['x'], ['--what']):
        code, text = run(['virt-pki-validate'] + words)
        report('virt-pki-validate %s' % words, code == 2, text)


def page(world):
    """docs/certificates.md is done as it is written, for localhost and below our own folder."""
    etc, home, work = (tempfile.mkdtemp(prefix=name, dir=world) for name in ('etc', 'home', 'work'))
    steps = Page(report, 'certificates.md', {'host.example.com': 'localhost', '/etc/pki': etc}, 6)
    for number in range(1, 6):
        steps.do(number, cwd=work, env=dict(os.environ, HOME=home))
    names = re.findall(r'tls_allowed_dn_list = .*', steps.text)
    pki = os.path.join(world, 'page')
    os.mkdir(pki)
    for path in ('CA/cacert.pem', 'libvirt/servercert.pem', 'libvirt/private/serverkey.pem'):
        shutil.copy(os.path.join(etc, path), pki)
    daemon = Daemon(world, pki, 'crl_file = "%s/cacrl.pem"\nlog_level = 2\n%s\n' % (pki, names[0])
                    if os.path.exists(pki + '/cacrl.pem') else 'log_level = 2\n%s\n' % names[0])
    uri = 'test+tls://localhost:%d/default?pkipath=%s/.pki/libvirt' % (daemon.tls, home)
    code, said = virsh(uri, 'uri')
    report('certificates.md: connected', code == 0, said)
    daemon.end()
    steps.do(6, cwd=work)
    daemon = Daemon(world, pki, 'crl_file = "%s/cacrl.pem"\n' % work)
    uri = 'test+tls://localhost:%d/default?pkipath=%s/.pki/libvirt' % (daemon.tls, home)
    code, said = virsh(uri, 'uri')
    report('certificates.md: revoked', code and 'of our certificate' in said, said)
    daemon.end()


def main():
    if not shutil.which('certtool'):
        ways.skip('no certtool')
    world = tempfile.mkdtemp(prefix='certificates.')
    wanted = sys.argv[1:]
    try:
        ca = Maker(os.path.join(world, 'ca'))
        ca.good = ca.make(os.path.join(world, 'good'), 'server')
        ca.make(ca.good, 'client')
        ca.settled = shutil.copytree(ca.good, os.path.join(world, 'settled'))
        ca.wrong = {who: list(wrong_ones(world, ca, who)) for who in OTHER}
        daemon = Daemon(world, ca.good)
        code, text = virsh('test+tls://localhost:%d/default?pkipath=%s' % (daemon.tls, ca.good), 'uri')
        log = re.sub('.*DANGER: auth_tcp.*\n', '', open(daemon.log).read())    # there is TCP, too
        report('right ones', code == 0 and 'warn' not in text + log, text, log)
        for case in (lambda: our_own_client(world, ca, daemon), lambda: our_own_server(world, ca), lambda: their_server(world, ca),
                     lambda: chains(world, ca),
                     lambda: lists(world, ca), lambda: reload(world, ca), lambda: kept(world, ca), lambda: tools(world, ca),
                     lambda: page(world)):
            if SANITIZED and case.__code__.co_names[0] == 'kept':
                continue                # a foreign program
            if not wanted or case.__code__.co_names[0] in wanted:
                case()
        daemon.end()
    finally:
        shutil.rmtree(world)
    sys.exit(ways.failed != 0)


main()
