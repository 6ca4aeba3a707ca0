# SPDX-License-Identifier: LGPL-2.1-or-later
"""A user's own libvirtd below one temporary directory, driven by our virsh, with
real QEMU.  Guests are small, paused or without a disk unless a test boots one."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from beside import run_all, waits  # noqa: E402,F401
from proc import alive  # noqa: E402,F401

BUILD = os.environ.get('VIR_BUILD_DIR', '.')
SANITIZED = os.environ.get('VIR_SANITIZERS', 'no') != 'no'
SLOW = 8 if SANITIZED else 1            # factor for time limits
EMULATOR = '/usr/bin/qemu-system-x86_64'


def skip(why):
    print('skipped: ' + why)
    sys.exit(77)


if not os.access(EMULATOR, os.X_OK):
    skip('no ' + EMULATOR)


def domain(name, kind='qemu', devices="<memballoon model='none'/>", memory=32, more='', os_more='', machine='pc'):
    return ("<domain type='%s'><name>%s</name><memory unit='MiB'>%d</memory>"
            "<os><type arch='x86_64' machine='%s'>hvm</type>%s</os>%s<devices>%s</devices></domain>"
            % (kind, name, memory, machine, os_more, more, devices))


class Failed(Exception):
    pass


def own_network(*lines):
    """This program goes on in a network of its own, which LINES make, and an /etc of its own, whose bridge
    br0 QEMU's helper may use; it is skipped where that cannot be."""
    if os.geteuid() or subprocess.run(['unshare', '-n', '-m', 'true']).returncode:
        skip('no network of its own')
    if os.environ.get('VIR_INSIDE') != 'yes':
        os.execvpe('unshare', ['unshare', '-n', '-m', sys.executable] + sys.argv, dict(os.environ, VIR_INSIDE='yes'))
    for line in lines:
        subprocess.run(line.split(), check=True)
    etc = tempfile.mkdtemp()            # Debian's /etc has no qemu
    for line in ('mount -t tmpfs none ' + etc, 'cp -a /etc/. ' + etc, 'mount --move %s /etc' % etc):
        subprocess.run(line.split(), check=True)
    os.rmdir(etc)
    os.makedirs('/etc/qemu', exist_ok=True)
    with open('/etc/qemu/bridge.conf', 'w') as conf:
        conf.write('allow br0\n')


class World:
    """One daemon's world.  Everything that it started is ended with it."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='vq.')
        self.env = dict(os.environ, LIBVIRTD_TIMEOUT='30', HOME=self.dir)
        for name in ('CONFIG', 'CACHE', 'DATA'):
            self.env['XDG_%s_HOME' % name] = os.path.join(self.dir, name.lower())
        for name in ('ASAN', 'UBSAN', 'TSAN'):      # also of the daemon, whose standard error nobody reads
            self.env[name + '_OPTIONS'] = '%s:log_path=%s/report' % (os.environ.get(name + '_OPTIONS', ''), self.dir)
        self.env['XDG_RUNTIME_DIR'] = os.path.join(self.dir, 'run')
        os.mkdir(self.env['XDG_RUNTIME_DIR'], 0o700)
        self.config = os.path.join(self.dir, 'config/libvirt/qemu')
        self.state = os.path.join(self.dir, 'run/libvirt/qemu/run')
        self.log = os.path.join(self.dir, 'cache/libvirt/qemu/log')

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        try:
            self.end()
        except Failed:
            kind = Failed
            raise
        finally:
            if kind is None:
                shutil.rmtree(self.dir, ignore_errors=True)
            else:
                print('kept for a look: ' + self.dir)
                sys.stdout.flush()

    def end(self):
        for pid in self.emulators():
            kill(pid, signal.SIGKILL)
        pid = self.daemon()
        if pid:
            self.end_daemon(pid)
        self.check_reports()

    def end_daemon(self, pid):
        kill(pid, signal.SIGTERM)
        try:
            wait_for(lambda: not alive(pid), 10, 'the daemon leaves')
        except Failed:
            kill(pid, signal.SIGKILL)
            self.check_reports()
            raise

    def check_reports(self):
        """What sanitizers say of any program of this world."""
        for name in sorted(os.listdir(self.dir)):
            if name.startswith('report.'):
                with open(os.path.join(self.dir, name), errors='replace') as file:
                    raise Failed('a sanitizer reports: ' + file.read()[:6000])

    def running_files(self):
        """What the state directory holds for running guests."""
        return sorted(name for name in os.listdir(self.state) if name not in ('autostarted', 'driver.pid'))

    # ---- virsh

    def run(self, *args, timeout=60, stdin=None, pass_fds=()):
        """(status, standard output, standard error)"""
        done = subprocess.run(['virsh', '-q', '-c', 'qemu:///session'] + list(args), env=self.env, timeout=timeout * SLOW,
                              stdin=subprocess.DEVNULL if stdin is None else stdin, capture_output=True, text=True, pass_fds=pass_fds)
        return done.returncode, done.stdout, done.stderr

    def virsh(self, *args, **options):
        status, out, err = self.run(*args, **options)
        if status:
            raise Failed('virsh %s: %s' % (' '.join(args), err.strip()))
        return out.strip()

    def refused(self, *args, **options):
        """The error of a command that has to fail."""
        status, out, err = self.run(*args, **options)
        check(status != 0, 'virsh %s was not refused: %s' % (' '.join(args), out))
        return err.strip()

    def background(self, *args, stdin='/dev/null', stdout=subprocess.PIPE):
        with open(stdin) as file:
            return subprocess.Popen(['virsh', '-q', '-c', 'qemu:///session'] + list(args), env=self.env,
                                    stdin=file, stdout=stdout, stderr=subprocess.STDOUT, text=True)

    def write(self, xml, name='doc.xml'):
        path = os.path.join(self.dir, name)
        with open(path, 'w') as file:
            file.write(xml)
        return path

    def define(self, xml):
        return self.virsh('define', self.write(xml))

    def start(self, name, paused=True):
        self.virsh('start', name, *(['--paused'] if paused else []))
        return self.emulator(name)

    def state_of(self, name):
        return self.virsh('domstate', name, '--reason')

    # ---- processes

    def daemon(self):
        """Number of the running daemon; 0: none."""
        try:
            with open(os.path.join(self.dir, 'run/libvirt/libvirtd.pid')) as file:
                pid = int(file.read() or 0)
            return pid if alive(pid) else 0
        except (OSError, ValueError):
            return 0

    def daemon_files(self):
        """What the daemon has open."""
        found = []
        for entry in os.scandir('/proc/%d/fd' % self.daemon()):
            try:
                found.append(os.readlink(entry.path))
            except OSError:             # closed meanwhile
                pass
        return found

    def kill_daemon(self):
        pid = self.daemon()
        check(pid, 'no daemon runs')
        kill(pid, signal.SIGKILL)
        wait_for(lambda: not alive(pid), 5, 'the daemon is gone')

    def emulators(self):
        """Numbers of this world's emulators: they hold a log of its directory."""
        found = []
        for number in filter(str.isdigit, os.listdir('/proc')):
            try:
                if os.readlink('/proc/%s/fd/0' % number).startswith(self.log):
                    found.append(int(number))
            except OSError:
                pass
        return found

    def emulator(self, name):
        """The emulator of a running domain."""
        with open(os.path.join(self.state, name + '.xml')) as file:
            return int(re.search(r"pid='(\d+)'", file.read()).group(1))


def kill(pid, number):
    try:
        os.kill(pid, number)
    except OSError:
        pass


def check(fact, what):
    if not fact:
        raise Failed(what)


def equal(seen, wanted, what):
    if seen != wanted:
        raise Failed('%s: %r, not %r' % (what, seen, wanted))


def has(text, part):
    if part not in text:
        raise Failed('%r is not in %r' % (part, text))


def wait_for(fact, seconds, what):
    until = time.monotonic() + seconds * SLOW
    while not fact():
        if time.monotonic() > until:
            raise Failed('%s: not within %g s' % (what, seconds * SLOW))
        time.sleep(0.02)


class Timed:
    """with Timed(seconds, what): fails if it took longer."""

    def __init__(self, seconds, what):
        self.seconds, self.what = seconds * SLOW, what

    def __enter__(self):
        self.began = time.monotonic()
        return self

    def __exit__(self, kind, value, trace):
        self.took = time.monotonic() - self.began
        if kind is None:
            print('%-58s %7.3f s' % (self.what, self.took))
            check(self.took <= self.seconds, '%s took %.3f s, more than %g s' % (self.what, self.took, self.seconds))


class Injected:
    """with Injected(world, calls, fault): what strace does to these calls of the daemon's, as its -e inject says it."""

    def __init__(self, world, calls, fault):
        self.pid = world.daemon()
        self.words = ['strace', '-f', '-qq', '-o', '/dev/null', '-p', str(self.pid), '-e', 'trace=' + calls,
                      '-e', 'inject=%s:%s' % (calls, fault)]

    def is_held(self):
        with open('/proc/%d/status' % self.pid) as file:
            return 'TracerPid:\t%d\n' % self.process.pid in file.read() or self.process.poll() is not None

    def __enter__(self):
        self.process = subprocess.Popen(self.words)
        wait_for(self.is_held, 5, 'strace holds the daemon')

    def __exit__(self, kind, value, trace):
        self.process.terminate()
        self.process.wait()


def SlowDisk(world, seconds):
    """with SlowDisk(world, seconds): each fsync and rename of the daemon takes so long."""
    return Injected(world, 'fsync,renameat,renameat2', 'delay_enter=%d' % (seconds * 1000000))


def run_one(test):
    """In a world of its own."""
    passed = False
    try:
        with World() as world:
            test(world)
        print('ok   ' + test.__name__)
        passed = True
    except (Failed, subprocess.TimeoutExpired, OSError) as error:
        print('FAIL %s: %s: %s' % (os.path.basename(sys.argv[0]), test.__name__, error))
    sys.stdout.flush()
    return passed


def main(tests):
    wanted = sys.argv[1:]
    sys.exit(1 if run_all([test for test in tests if not wanted or test.__name__ in wanted], run_one) else 0)
