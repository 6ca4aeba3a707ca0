#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""libvirt-guests.sh: guests of our daemon end and start with their host; those of Debian's are saved, too."""

import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../daemon'))
from harness import BUILD, Daemon, Skipped, expect, main, wait_for, waits  # noqa: E402

SCRIPT = BUILD + '/packaging/guests/libvirt-guests.sh'
PLAIN = {key: value for key, value in os.environ.items() if not key.startswith(('LD_', 'LIBVIRT'))}
NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']


def document(name, number, kind='test', devices=''):
    return ('<domain type="%s"><name>%s</name><uuid>5e3c1f0a-0000-4000-8000-00000000000%d</uuid><memory>32768</memory>'
            '<os><type>hvm</type></os><features><acpi/></features><devices>%s</devices></domain>'
            % (kind, name, number, devices))


class Host:
    """A daemon's URI, and virsh for it."""

    def __init__(self, uri, directory, env, prefix=()):
        self.uri, self.dir, self.env, self.prefix = uri, directory, env, list(prefix)
        self.list = directory + '/guests'

    def virsh(self, *words):
        done = subprocess.run(self.prefix + ['virsh', '-c', self.uri] + list(words), env=self.env, capture_output=True,
                              text=True, timeout=60, check=False)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def define(self, *documents):
        for i, text in enumerate(documents):
            path = '%s/guest%d.xml' % (self.dir, i)
            with open(path, 'w') as handle:
                handle.write(text)
            os.chmod(path, 0o644)
            self.virsh('define', path)

    def states(self, *names):
        return [self.virsh('domstate', name).strip() for name in names]

    def run(self, action, status=0, **settings):
        done = subprocess.run(self.prefix + ['sh', SCRIPT, action], env={**self.env, 'URIS': self.uri, 'LISTFILE': self.list, **settings},
                              capture_output=True, text=True, timeout=90, check=False)
        expect('status of %s: %s%s' % (action, done.stdout, done.stderr), done.returncode, status)
        return done.stdout + done.stderr


class Ours(Daemon):
    def __init__(self, module):
        super().__init__(modules=(module,), args=['--session'], memory=None)
        uri = 'test+unix:///default?socket=' if module == 'test' else 'qemu+unix:///session?socket='
        env = dict(os.environ, HOME=self.dir)
        self.host = Host(uri + self.rw, self.dir, env)
        if module == 'test':            # its guests are there as long as somebody looks
            self.looks = self.client().open('test:///default')


def test_end_and_start():
    """Those that ran end, one by one and at once, and start again; others do not, nor those that run already."""
    with Ours('test') as daemon:
        host = daemon.host
        host.define(document('one', 1), document('a b', 2), document('off', 3))
        names = 'test', 'one', 'a b'
        for parallel in '0', '2':
            for name in 'one', 'a b':
                host.virsh('start', name)
            host.run('stop', PARALLEL_SHUTDOWN=parallel)
            expect('states', host.states(*names), ['shut off'] * 3)
            with open(host.list) as handle:
                line = handle.read().split()
            expect('written down', (line[0], len(line)), (host.uri, 4))
            host.virsh('start', 'one')
            said = host.run('start', ON_BOOT='start')
            assert 'one runs already' in said and 'starting a b' in said, said
            expect('states', host.states(*names, 'off'), ['running'] * 3 + ['shut off'])
            expect('the list stays', os.path.exists(host.list), False)
            for name in 'one', 'a b':
                host.virsh('destroy', name)


def test_ignore():
    """By default none is started, and what was written down is forgotten."""
    with Ours('test') as daemon:
        host = daemon.host
        host.run('stop')
        host.run('start')
        expect('state', host.states('test'), ['shut off'])
        expect('the list stays', os.path.exists(host.list), False)
        host.run('start', ON_BOOT='start')
        expect('state', host.states('test'), ['shut off'])


def test_cannot():
    """What a driver cannot, or a guest does not, is told, and the others have their turn."""
    with Ours('test') as daemon:
        host = daemon.host
        said = host.run('stop', status=1, ON_SHUTDOWN='suspend')
        assert 'test is not saved' in said, said
        expect('state', host.states('test'), ['running'])
        said = host.run('stop', URIS='test+unix:///default?socket=/nowhere/sock ' + host.uri)
        assert 'nobody answers' in said, said
        expect('state', host.states('test'), ['shut off'])


@waits
def test_timeout():
    """Guests without a system do not end: they are told after their time, one by one or all at once."""
    if not os.path.exists('/usr/bin/qemu-system-x86_64'):
        raise Skipped('no QEMU')
    with Ours('qemu') as daemon:
        host = daemon.host
        emulator = '<emulator>/usr/bin/qemu-system-x86_64</emulator>'
        host.define(document('deaf', 1, 'qemu', emulator), document('dumb', 2, 'qemu', emulator))
        for name in 'deaf', 'dumb':
            host.virsh('start', name)
        began = time.time()
        said = host.run('stop', status=1, SHUTDOWN_TIMEOUT='1', PARALLEL_SHUTDOWN='2')
        assert 'still running after 1 s: deaf dumb' in said or 'still running after 1 s: dumb deaf' in said, said
        said = host.run('stop', status=1, SHUTDOWN_TIMEOUT='1')
        assert said.count('still running after 1 s:') == 2, said
        assert time.time() - began < 30
        for name in 'deaf', 'dumb':
            host.virsh('destroy', name)


@waits
def test_save():
    """ON_SHUTDOWN=suspend, with Debian's daemon: a guest is saved and goes on where it was."""
    if os.geteuid() != 0 or not os.path.exists('/usr/sbin/libvirtd') or not os.path.exists('/usr/bin/qemu-system-x86_64'):
        raise Skipped("Debian's libvirtd or QEMU is not installed, or cannot be run as another user")
    directory = tempfile.mkdtemp(prefix='virdg')
    env = dict(PLAIN, HOME=directory, **{name: directory + '/' + name for name in (
        'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_DATA_HOME')})
    sock = directory + '/XDG_RUNTIME_DIR/libvirt/libvirt-sock'
    os.mkdir(env['XDG_RUNTIME_DIR'], 0o700)
    for path in directory, env['XDG_RUNTIME_DIR']:
        os.chown(path, 65534, 65534)
    os.chmod(directory, 0o755)
    with open(directory + '/conf', 'w') as handle:
        handle.write('log_outputs = "3:file:%s/log"\n' % directory)
    daemon = subprocess.Popen(NOBODY + ['/usr/sbin/libvirtd', '-f', directory + '/conf', '-p', directory + '/pid'], env=env,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for("Debian's libvirtd does not start", lambda: os.path.exists(sock), 20)
        host = Host('qemu+unix:///session?socket=' + sock, directory, env, NOBODY)
        host.define(document('kept', 1, 'qemu', '<emulator>/usr/bin/qemu-system-x86_64</emulator>'))
        host.virsh('start', 'kept')
        host.run('stop', ON_SHUTDOWN='suspend')
        expect('state', host.states('kept'), ['shut off'])
        assert 'Managed save:   yes' in host.virsh('dominfo', 'kept')
        host.run('start', ON_BOOT='start', ON_SHUTDOWN='suspend')
        expect('state', host.states('kept'), ['running'])
        assert 'restored' in host.virsh('domstate', '--reason', 'kept')
        host.virsh('destroy', 'kept')
    finally:
        daemon.terminate()
        daemon.wait(20)
        shutil.rmtree(directory)


def test_usage():
    for settings, word in (({'ON_BOOT': 'maybe'}, 'ON_BOOT is'), ({'ON_SHUTDOWN': ''}, None), ({'START_DELAY': 'x'}, 'START_DELAY'),
                           ({'SHUTDOWN_TIMEOUT': '-1'}, 'SHUTDOWN_TIMEOUT')):
        done = subprocess.run(['sh', SCRIPT, 'start'], env=dict(PLAIN, LISTFILE='/nowhere/list', **settings), capture_output=True,
                              text=True, check=False)
        expect('status with %r' % settings, done.returncode, 1 if word else 0)
        assert not word or word in done.stderr, done.stderr
    expect('no word', subprocess.run(['sh', SCRIPT], stderr=subprocess.DEVNULL, check=False).returncode, 2)
    if shutil.which('shellcheck'):
        done = subprocess.run(['shellcheck', SCRIPT], capture_output=True, text=True, check=False)
        expect('shellcheck', (done.returncode, done.stdout), (0, ''))


if __name__ == '__main__':
    main(globals())
