# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private libvirtd with the mock driver, and a client that speaks raw bytes.

Everything lies below one temporary directory; the daemon runs with a memory
limit and is asked at the end whether it still serves and leaked nothing."""

import os
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from beside import run_all, waits  # noqa: E402,F401
from proc import alive  # noqa: E402,F401

REMOTE, QEMU, LXC, KEEPALIVE = 0x20008086, 0x20008087, 0x00068000, 0x6b656570
CALL, REPLY, MESSAGE, STREAM, CALL_FDS, REPLY_FDS = 0, 1, 2, 3, 4, 5
OK, ERROR, CONTINUE = 0, 1, 2
OPEN, CLOSE, FEATURE, AUTH_LIST, AUTH_POLKIT, NODE_INFO = 1, 2, 60, 66, 70, 6
LOOKUP_NAME, RESUME, MEMORY_STATS, GET_INFO, DESTROY, SEND_KEY = 23, 28, 159, 16, 12, 226
CAPABILITIES, EVENT_REGISTER = 7, 316

BUILD = os.environ.get('VIR_BUILD_DIR', '.')
SANITIZED = os.environ.get('VIR_SANITIZERS', 'no') != 'no'
MEMORY = 1 << 30


def string(text):
    data = text.encode()
    return struct.pack('>I', len(data)) + data + b'\0' * (-len(data) % 4)


def domain(name, number):
    """The mock's guests: well (1) and sick (2)."""
    return string(name) + bytes([number]) + b'\0' * 15 + struct.pack('>i', number)


def message(proc, body=b'', prog=REMOTE, vers=1, kind=CALL, serial=0, status=OK, length=None):
    size = 28 + len(body) if length is None else length
    return struct.pack('>IIIiIII', size, prog, vers, proc, kind, serial & 0xffffffff, status) + body


class Closed(Exception):
    pass


class Reply:
    def __init__(self, head, body):
        (self.length, self.prog, self.vers, self.proc, self.kind, self.serial, self.status) = head
        self.body = body

    @property
    def code(self):
        """The error's code, 0 for success."""
        return struct.unpack('>i', self.body[:4])[0] if self.status == ERROR else 0

    @property
    def domain(self):
        return struct.unpack('>i', self.body[4:8])[0]

    @property
    def text(self):
        if self.status != ERROR or self.body[8:12] != b'\0\0\0\1':
            return ''
        size = struct.unpack('>I', self.body[12:16])[0]
        return self.body[16:16 + size].decode()


class Client:
    def __init__(self, path, timeout=10):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(timeout)
        end = time.time() + timeout
        while True:
            try:
                self.sock.connect(path)
                break
            except BlockingIOError:     # the queue of the listener is full
                if time.time() > end:
                    raise
                time.sleep(0.001)
        self.serial = 0
        self.buffer = b''

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.close()

    def close(self):
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data)

    def fill(self, n):
        while len(self.buffer) < n:
            try:
                data = self.sock.recv(1 << 16)
            except (ConnectionResetError, BrokenPipeError):
                raise Closed()
            if not data:
                raise Closed()
            self.buffer += data

    def receive(self):
        self.fill(28)
        head = struct.unpack('>IIIiIII', self.buffer[:28])
        self.fill(head[0])
        body, self.buffer = self.buffer[28:head[0]], self.buffer[head[0]:]
        if head[4] == REPLY_FDS:        # nobody fetches the descriptors; a byte for each lies behind the message
            n, body = struct.unpack('>I', body[:4])[0], body[4:]
            self.fill(n)
            self.buffer = self.buffer[n:]
        return Reply(head, body)

    def call(self, proc, body=b'', **options):
        """Sends a call and waits for its reply; other messages are dropped."""
        self.serial += 1
        options.setdefault('serial', self.serial)
        self.send(message(proc, body, **options))
        while True:
            reply = self.receive()
            if reply.kind in (REPLY, REPLY_FDS) and reply.serial == options['serial'] & 0xffffffff:
                return reply

    def login(self):
        assert self.call(AUTH_LIST).code == 0
        return self

    def open(self, uri='mock:///default', readonly=False):
        self.login()
        reply = self.call(OPEN, struct.pack('>I', 1) + string(uri) + struct.pack('>I', readonly))
        assert reply.code == 0, reply.text
        return self

    def closed_within(self, seconds):
        """Whether the daemon hangs up (what it says before does not matter)."""
        self.sock.settimeout(seconds)
        try:
            while True:
                self.buffer = b''
                self.fill(1)
        except Closed:
            return True
        except socket.timeout:
            return False
        finally:
            self.sock.settimeout(10)


class Skipped(Exception):
    """What this machine or user cannot do."""


# Who reaches a socket may use it, unless the test says otherwise.
NO_LOGIN = 'auth_unix_ro = "none"', 'auth_unix_rw = "none"'

# Modules of tests, and where they are built.
PLACES = {'mock': 'tests/daemon/.libs', 'objects': 'tests/daemon/.libs', 'nets': 'tests/loader/.libs'}


class Daemon:
    def __init__(self, conf='', args=(), env=None, start=True, modules=('mock',), memory=MEMORY):
        files = {name: '%s/%s/%s.so' % (BUILD, PLACES.get(name, 'modules/built'), name) for name in modules}
        for name, path in files.items():
            if not os.path.exists(path):
                raise Skipped('module %s is not built' % name)
        self.dir = tempfile.mkdtemp(prefix='vird')
        self.log = self.dir + '/log'
        self.rw, self.ro = self.dir + '/libvirt-sock', self.dir + '/libvirt-sock-ro'
        self.pidfile = self.dir + '/pid'
        self.conf = self.dir + '/libvirtd.conf'
        self.release = self.dir + '/release'
        self.memory = memory
        self.privileged = os.geteuid() == 0
        self.args = list(args)
        os.mkdir(self.dir + '/modules')
        os.mkdir(self.dir + '/modules.d')
        for name, path in files.items():
            shutil.copy(path, self.dir + '/modules/%s.so' % name)
        with open(self.conf, 'w') as handle:
            handle.write('unix_sock_dir = "%s"\nlog_outputs = "2:file:%s"\n%s\n' % (self.dir, self.log, conf))
            handle.writelines(line + '\n' for line in NO_LOGIN if line.split()[0] not in conf)
        self.env = dict(os.environ, LIBVIRT_DRIVER_DIR=self.dir + '/modules', MOCK_RELEASE=self.release, JOIN_RELEASE=self.release,
                        LIBVIRT_MODULES_D=self.dir + '/modules.d', XDG_RUNTIME_DIR=self.dir + '/run',
                        XDG_CONFIG_HOME=self.dir + '/config', XDG_CACHE_HOME=self.dir + '/cache',
                        HOME=self.dir + '/home', **(env or {}))
        self.process = None
        if start:
            self.start()

    def __enter__(self):
        return self

    def __exit__(self, kind, *ignored):
        for pid in self.emulators().values():
            os.kill(pid, signal.SIGKILL)
        self.stop()
        if kind:
            sys.stderr.write(self.log_text()[-4000:])
        shutil.rmtree(self.dir, ignore_errors=True)

    def emulators(self):
        """The processes of the guests that this daemon has started with --session, by their names."""
        state, found = self.dir + '/run/libvirt/qemu/run', {}
        for name in os.listdir(state) if os.path.isdir(state) else ():
            if name.endswith('.xml'):
                with open(state + '/' + name) as handle:
                    pid = re.search(r"pid='(\d+)'", handle.read())
                if pid and alive(int(pid.group(1))):
                    found[name[:-len('.xml')]] = int(pid.group(1))
        return found

    def limit(self):
        if self.memory and not SANITIZED:
            resource.setrlimit(resource.RLIMIT_AS, (self.memory, self.memory))

    def command(self):
        return [BUILD + '/daemon/.libs/libvirtd', '-f', self.conf, '-p', self.pidfile] + self.args

    def start(self, seconds=20):
        self.process = subprocess.Popen(self.command(), env=self.env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=open(self.dir + '/stderr', 'w'),
                                        preexec_fn=self.limit)
        wait_for(lambda: 'the daemon did not start: %s' % self.stderr(),
                 lambda: self.answers() or self.process.poll() is not None, seconds)
        assert self.process.poll() is None, 'the daemon did not start: %s' % self.stderr()
        return self

    def answers(self):
        """Whether somebody does; a socket is there a moment before."""
        try:
            with Client(self.rw) as client:
                client.call(AUTH_LIST)
            return True
        # Closed: by a child that one killed before was just starting, and that kept its socket open
        except (OSError, Closed):
            return False

    def stderr(self):
        if not os.path.exists(self.dir + '/stderr'):
            return ''
        with open(self.dir + '/stderr') as handle:
            return handle.read()

    def log_text(self):
        try:
            with open(self.log, errors='replace') as handle:
                return handle.read()
        except OSError:
            return ''

    def stop(self):
        if self.process and self.process.poll() is None:
            open(self.release, 'w').close()
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError('the daemon did not end on SIGTERM')
        self.check_reports()

    def check_reports(self):
        """What sanitizers say goes to standard error."""
        text = self.stderr() if self.process else ''
        assert 'Sanitizer' not in text and 'runtime error' not in text, text[:6000]

    def client(self, readonly=False, timeout=10):
        if readonly and not self.privileged:
            raise Skipped('the daemon of an ordinary user has no read-only socket')
        return Client(self.ro if readonly else self.rw, timeout)

    def status(self, key):
        with open('/proc/%d/status' % self.process.pid) as handle:
            return int(re.search(r'^%s:\s+(\d+)' % key, handle.read(), re.M).group(1))

    def rss(self):
        """KiB"""
        return self.status('VmRSS')

    def fds(self):
        return len(os.listdir('/proc/%d/fd' % self.process.pid))

    def cpu(self):
        """Seconds of processor time so far."""
        with open('/proc/%d/stat' % self.process.pid) as handle:
            times = handle.read().rsplit(')', 1)[1].split()[11:13]
        return sum(map(int, times)) / os.sysconf('SC_CLK_TCK')

    def settle(self, fds, seconds=5):
        """Waits until the daemon has as few descriptors as at the start."""
        wait_for(lambda: '%d descriptors, %d at the start' % (self.fds(), fds), lambda: self.fds() <= fds, seconds)

    def asked(self, n):
        """Waits until N calls have reached the sick guest."""
        path = self.release + '.asked'
        wait_for('the sick guest was asked less than %d times' % n,
                 lambda: os.path.exists(path) and os.stat(path).st_size >= n)

    def serves(self, seconds=1.0, readonly=False):
        """A new client gets its answer in time."""
        began = time.time()
        with self.client(readonly, timeout=seconds * 5) as client:
            client.open()
            assert client.call(NODE_INFO).code == 0
        took = time.time() - began
        assert took < seconds, 'a new client waited %.2f s' % took
        assert self.process.poll() is None


def wait_for(what, condition, seconds=5):
    end = time.time() + seconds
    while not condition():
        assert time.time() < end, what() if callable(what) else what
        time.sleep(0.01)


def expect(what, seen, wanted):
    assert seen == wanted, '%s: %r, expected %r' % (what, seen, wanted)


def run_one(test):
    began = time.time()
    passed = True
    try:
        test()
        print('ok   %s (%.1f s)' % (test.__name__, time.time() - began))
    except Skipped as why:
        print('skip %s: %s' % (test.__name__, why))
    except (AssertionError, Closed, OSError) as problem:
        passed = False
        print('FAIL %s %s: %s: %s' % (os.path.basename(sys.argv[0]), test.__name__, type(problem).__name__, problem))
    sys.stdout.flush()
    return passed


def main(namespace):
    """Runs the functions test_* of a script; says which one failed."""
    wanted = sys.argv[1:]
    tests = [test for name, test in namespace.items() if name.startswith('test_') and (not wanted or name in wanted)]
    sys.exit(1 if run_all(tests, run_one) else 0)
