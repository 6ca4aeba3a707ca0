#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Secrets of a daemon: what is on disk and what is not, restarts, kills, a full disk, keys, and who sees a value."""

import base64
import os
import random
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402
from page import Page  # noqa: E402

KEY = bytes(range(100, 132))


def uuid(number):
    return '5ec2e700-0000-4000-8000-%012d' % number


class Keeper(Daemon):
    """A user's daemon with secrets."""

    def __init__(self, modules=('secret',), **options):
        super().__init__(args=['--session'], modules=modules, **options)

    def __enter__(self):
        self.kept = self.dir + '/config/libvirt/secrets'
        return self

    def conf_file(self, text):
        os.makedirs(self.dir + '/config/libvirt', exist_ok=True)
        with open(self.dir + '/config/libvirt/secret.conf', 'w') as handle:
            handle.write(text)

    def uri(self, scheme='secret'):
        return '%s+unix:///session?socket=%s' % (scheme, self.rw)

    def virsh(self, *words, scheme='secret', text=None):
        return subprocess.run(['virsh', '-q', '-c', self.uri(scheme), *words], input=text, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=60)

    def do(self, *words, **options):
        done = self.virsh(*words, **options)
        assert done.returncode == 0, '%s: %s' % (words, done.stderr)
        return done.stdout.strip()

    def define(self, number, attributes='', usage=''):
        path = '%s/%d.xml' % (self.dir, number)
        with open(path, 'w') as handle:
            handle.write('<secret %s><uuid>%s</uuid>%s</secret>' % (attributes, uuid(number), usage))
        return self.virsh('secret-define', path)

    def set(self, number, value):
        path = '%s/%d.value' % (self.dir, number)
        with open(path, 'w') as handle:
            handle.write(value)
        return self.virsh('secret-set-value', uuid(number), '--plain', '--file', path)

    def get(self, number):
        done = self.virsh('secret-get-value', uuid(number), '--plain')
        return done.stdout if done.returncode == 0 else done.stderr

    def files(self):
        return sorted(os.listdir(self.kept))

    def put(self, name, text):
        with open('%s/%s' % (self.kept, name), 'w') as handle:
            handle.write(text)

    def text(self, number, suffix):
        with open('%s/%s.%s' % (self.kept, uuid(number), suffix)) as handle:
            return handle.read()

    def again(self, env=None):
        self.stop()
        self.env.update(env or {})
        return self.start()

    def kill(self):
        self.process.kill()
        self.process.wait()


def test_restart():
    with Keeper() as daemon:
        for number, attributes in (1, ''), (2, "private='yes'"), (3, "ephemeral='yes'"), (4, ''):
            expect('define', daemon.define(number, attributes).returncode, 0)
            expect('set', daemon.set(number, 'value %d' % number).returncode, 0)
        expect('changed to ephemeral', daemon.define(4, "ephemeral='yes'").returncode, 0)
        expect('files', daemon.files(), [uuid(n) + s for n in (1, 2) for s in ('.base64', '.xml')])
        for name in daemon.files():
            expect('mode of ' + name, os.stat(daemon.kept + '/' + name).st_mode & 0o7777, 0o600)
        expect('mode of the folder', os.stat(daemon.kept).st_mode & 0o7777, 0o700)
        expect('what it holds', daemon.text(1, 'base64'), 'dmFsdWUgMQ==')
        daemon.put(uuid(50) + '.base64', 'bm9ib2R5')            # nobody's
        daemon.put(uuid(51) + '.xml', '<secret')
        daemon.put(uuid(52) + '.xml', '<secret><uuid>%s</uuid></secret>' % uuid(53))
        daemon.put(uuid(1) + '.xml.new', 'x')
        daemon.again()
        expect('list', daemon.do('secret-list').split(), [uuid(1), 'Unused', uuid(2), 'Unused'])
        expect('value', daemon.get(1), 'value 1')
        assert 'secret is private' in daemon.get(2)
        for name in (uuid(50) + '.base64', uuid(51) + '.xml', uuid(51) + '.xml.bad', uuid(52) + '.xml'):
            assert name in daemon.files(), (name, daemon.files())
        log = daemon.log_text()
        assert uuid(51) in log and 'the file holds the secret ' + uuid(53) in log, log
        daemon.put(uuid(1) + '.base64', 'n*nsense')
        daemon.again()
        assert 'does not have a value' in daemon.get(1)
        assert 'it is not in base64' in daemon.log_text() and 'nsense' not in daemon.log_text()
        done = daemon.set(1, 'half\0value')
        assert done.returncode == 1 and 'it has a byte 0' in done.stderr, done
        assert 'does not have a value' in daemon.get(1)
        expect('set again', daemon.set(1, 'new').returncode, 0)
        daemon.do('secret-undefine', uuid(1))
        assert not [name for name in daemon.files() if name.startswith(uuid(1) + '.') and not name.endswith('.new')]


def test_kill():
    """In the middle of a change: the value is the old or the new one, and nothing else is left."""
    with Keeper() as daemon:
        daemon.define(1)
        old = 'first'
        daemon.set(1, old)
        for turn in range(8):
            new = ('%d' % turn) * 60000
            with open(daemon.dir + '/new', 'w') as handle:
                handle.write(new)
            words = 'secret-set-value %s --plain --file %s/new; ' % (uuid(1), daemon.dir)
            client = subprocess.Popen(['virsh', '-q', '-c', daemon.uri(), words * 50], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            path = '%s/%s.base64' % (daemon.kept, uuid(1))
            before = os.stat(path).st_ino
            wait_for('nothing is written', lambda: os.stat(path).st_ino != before)
            time.sleep(random.random() * 0.02)                  # anywhere in the next change
            daemon.kill()
            client.wait(30)
            daemon.start()
            assert daemon.get(1) in (old, new), daemon.get(1)[:80]
            expect('files', daemon.files(), [uuid(1) + '.base64', uuid(1) + '.xml'])
            old = new


def test_full():
    """A disk without room: what fails changes nothing, and removing something helps."""
    if os.geteuid() or subprocess.run(['unshare', '-m', 'true'], stderr=subprocess.DEVNULL).returncode:
        raise Skipped('no file system of its own can be mounted')
    with Keeper(start=False) as daemon:
        os.mkdir(daemon.dir + '/config')
        command = daemon.command()
        daemon.command = lambda: ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs -o size=512k tmpfs "$0" && exec "$@"',
                                  daemon.dir + '/config'] + command
        daemon.start()
        for number in range(1, 30):
            if daemon.define(number).returncode:
                break
            if number > 1 and daemon.set(number, 'a' * 60000).returncode:
                break
            if number == 1:
                daemon.set(1, 'small')
        assert 3 < number < 20, number
        done = daemon.set(1, 'b' * 60000)
        assert done.returncode == 1 and 'No space left' in done.stderr and 'bbb' not in done.stderr, done.stderr
        expect('the old value', daemon.get(1), 'small')
        assert 'bbb' not in daemon.log_text()
        for number in 2, 3:
            daemon.do('secret-undefine', uuid(number))
        expect('room again', daemon.set(1, 'b' * 60000).returncode, 0)
        expect('the new value', daemon.get(1), 'b' * 60000)


def test_thousand():
    with Keeper() as daemon:
        lines = []
        for number in range(1000):
            path = '%s/%d.xml' % (daemon.dir, number)
            with open(path, 'w') as handle:
                handle.write("<secret ephemeral='%s'><uuid>%s</uuid><usage type='ceph'><name>n%d</name></usage></secret>"
                             % ('yes' if number % 2 else 'no', uuid(number), number))
            lines.append('secret-define %s\n' % path)
        daemon.do(text=''.join(lines))
        began = time.time()
        expect('listed', len(daemon.do('secret-list').splitlines()), 1000)
        expect('listed', len(daemon.do('secret-list', '--ephemeral').splitlines()), 500)
        took = time.time() - began
        assert took < 2, 'two lists took %.1f s' % took
        daemon.again()
        expect('after a restart', len(daemon.do('secret-list').splitlines()), 500)


def test_key():
    with Keeper(start=False) as daemon:
        key = daemon.dir + '/key'
        with open(key, 'wb') as handle:
            handle.write(KEY)
        daemon.start()
        daemon.define(1)
        daemon.define(2)
        daemon.set(1, 'in the open')
        daemon.set(2, 'in the open, too')
        daemon.conf_file('secrets_encryption_key = "%s"\n' % key)
        daemon.again()
        expect('what was written without a key', daemon.get(1), 'in the open')
        daemon.set(1, 'a value that nobody sees')
        expect('files', daemon.files(), [uuid(1) + '.aes256cbc', uuid(1) + '.xml', uuid(2) + '.base64', uuid(2) + '.xml'])
        sealed = base64.b64decode(daemon.text(1, 'aes256cbc'), validate=True)
        expect('bytes', len(sealed), 16 + 32)
        if shutil.which('openssl'):
            opened = subprocess.run(['openssl', 'enc', '-d', '-aes-256-cbc', '-K', KEY.hex(), '-iv', sealed[:16].hex()],
                                    input=sealed[16:], stdout=subprocess.PIPE, check=True).stdout
            expect('what openssl makes of it', opened, b'a value that nobody sees')
        daemon.again()
        expect('after a restart', daemon.get(1), 'a value that nobody sees')
        daemon.set(1, 'a value that nobody sees')
        assert base64.b64decode(daemon.text(1, 'aes256cbc')) != sealed, 'twice the same initialization vector'

        def lost(what, words, conf, env=None):
            daemon.conf_file(conf)
            daemon.again(env)
            assert 'does not have a value' in daemon.get(1), (what, daemon.get(1))
            assert words in daemon.log_text(), (what, daemon.log_text())
        lost('no key', 'it is encrypted, and there is no key', 'encrypt_data = 0\nsecrets_encryption_key = "%s"\n' % key)
        with open(daemon.dir + '/other', 'wb') as handle:
            handle.write(KEY[::-1])
        lost('another key', 'it was encrypted with another key', 'secrets_encryption_key = "%s/other"\n' % daemon.dir)
        os.mkdir(daemon.dir + '/credentials')
        shutil.copy(key, daemon.dir + '/credentials/secrets-encryption-key')
        daemon.conf_file('')
        daemon.again({'CREDENTIALS_DIRECTORY': daemon.dir + '/credentials'})
        expect('by the credential', daemon.get(1), 'a value that nobody sees')
        daemon.conf_file('encrypt_data = 0\n')
        daemon.again()
        daemon.set(1, 'in the open')
        assert uuid(1) + '.aes256cbc' not in daemon.files()
        assert KEY.hex() not in daemon.log_text()


def test_no_key():
    """Where values shall be encrypted and cannot be, none is written; the reason is told."""
    for conf, words in (('encrypt_data = 1\n', 'there is no key'), ('secrets_encryption_key = "/nowhere"\n', '/nowhere'),
                        ('secrets_encryption_key = "%s"\n', '5 bytes, and 32 are wanted'),
                        ('encrypt_data = "x"\n', 'secret.conf:1')):
        with Keeper(start=False) as daemon:
            with open(daemon.dir + '/short', 'w') as handle:
                handle.write('short')
            daemon.conf_file(conf.replace('%s', daemon.dir + '/short'))
            daemon.start()
            done = daemon.virsh('secret-list')
            assert done.returncode == 1 and words in done.stderr, done.stderr
            assert not os.path.exists(daemon.kept) or not daemon.files()


def test_unknown():
    with Keeper(start=False) as daemon:
        daemon.conf_file('encrypt_date = 0\n')
        daemon.start()
        daemon.do('secret-list')
        assert 'encrypt_data' in daemon.log_text(), daemon.log_text()


def dumped(pid):
    """The memory that a core dump would have."""
    with open('/proc/%d/smaps' % pid) as maps, open('/proc/%d/mem' % pid, 'rb') as memory:
        place = None
        for line in maps:
            found = re.match(r'([0-9a-f]+)-([0-9a-f]+) rw', line)
            if found or re.match(r'[0-9a-f]+-[0-9a-f]+ ', line):
                place = found and [int(edge, 16) for edge in found.groups()]
            elif line.startswith('VmFlags:') and place and ' dd' not in line:
                memory.seek(place[0])
                try:
                    yield memory.read(place[1] - place[0])
                except OSError:
                    pass


def test_unseen():
    """A value is in no log, however much is written there, and in no memory that a core dump would have."""
    if SANITIZED:
        raise Skipped('released memory is kept for a while')
    with Keeper(env={'LIBVIRT_DEBUG': '1', 'LIBVIRT_LOG_OUTPUTS': '1:stderr'}) as daemon:
        daemon.define(1)
        daemon.define(2, "ephemeral='yes' private='yes'")
        marks = ['Vergissmeinnicht-%d-' % n for n in range(4)]
        daemon.set(1, marks[0] * 100)
        daemon.set(2, marks[1] * 1000)
        assert daemon.get(1) == marks[0] * 100
        daemon.set(1, marks[2] * 3000)
        daemon.get(1)
        daemon.set(1, marks[3] * 2)
        daemon.get(1)
        text = daemon.log_text() + daemon.stderr()
        assert len(text) > 1000, 'nothing is written'
        for mark in marks:
            for form in mark.encode(), base64.b64encode((mark * 3).encode())[:20]:
                assert form.decode() not in text
                for part in dumped(daemon.process.pid):
                    at = part.find(form)
                    assert at < 0, '%r is in a core dump: %r' % (form, part[max(0, at - 100):at + 40])


def test_join():
    """On connections of hypervisors of the same privilege; not on those of the imaginary host."""
    with Keeper(modules=('secret', 'qemu', 'test'), memory=None) as daemon:
        daemon.define(1)
        expect('qemu', daemon.do('secret-list', scheme='qemu').split(), [uuid(1), 'Unused'])
        done = subprocess.run(['virsh', '-c', 'test+unix:///default?socket=' + daemon.rw, 'secret-list'],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 1 and 'not supported' in done.stderr, done.stderr
        for path in 'system', '', 'nonsense':
            done = subprocess.run(['virsh', '-c', daemon.uri().replace('session', path, 1), 'secret-list'],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            assert done.returncode == 1 and 'try secret:///session' in done.stderr, done.stderr


def test_page():
    """docs/secrets.md, as it is written."""
    with Keeper(start=False) as daemon:
        conf = daemon.dir + '/config/libvirt'
        os.makedirs(conf)

        def report(what, right, *details):
            assert right, (what, details)
        page = Page(report, 'secrets.md', {'secret:///system': daemon.uri(), '/etc/libvirt': conf}, 2)
        page.do(2, cwd=daemon.dir)
        daemon.start()
        assert 'volume /var/lib/libvirt/images/mail.luks' in page.do(1, cwd=daemon.dir)
        expect('files', sorted(name[36:] for name in daemon.files()), ['.aes256cbc', '.xml'])
        assert not os.path.exists(daemon.dir + '/passphrase')


if __name__ == '__main__':
    main(globals())
