#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the daemon and the service manager say to each other: sockets, how it is, the watchdog."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

from harness import (BUILD, NODE_INFO, RESUME, SANITIZED, Daemon, Skipped, domain, expect, main, wait_for)
from network import Certificates, Remote, free_port


class Served(Daemon):
    """Started as the service manager does: with SOCKS, each with a name, and a socket to tell it things."""

    def __init__(self, conf='', **options):
        super().__init__(conf, start=False, **options)
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(self.dir + '/notify')
        self.manager.settimeout(10)
        self.env['NOTIFY_SOCKET'] = self.dir + '/notify'
        self.socks = []

    def listen(self, name, path=None, mode=0o600):
        """A socket at PATH, or at a free port, which is returned."""
        sock = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        sock.bind(path or ('127.0.0.1', 0))
        if path:
            os.chmod(path, mode)
        sock.listen(5)
        self.socks.append((name, sock))
        return None if path else sock.getsockname()[1]

    def begin(self, **env):
        fds = [sock.fileno() for _, sock in self.socks]
        # first out of the way of the numbers that they are to have
        script = '%s; %s; export LISTEN_PID=$$ LISTEN_FDS=%d LISTEN_FDNAMES=%s WATCHDOG_PID=$$; exec "$@"' % (
            '; '.join('exec %d<&%d' % (100 + i, fd) for i, fd in enumerate(fds)),
            '; '.join('exec %d<&%d' % (3 + i, 100 + i) for i in range(len(fds))),
            len(fds), ':'.join(name for name, _ in self.socks))
        self.process = subprocess.Popen(['bash', '-c', script, 'sh'] + self.command(), env=dict(self.env, **env),
                                        pass_fds=fds, stdin=subprocess.DEVNULL, stderr=open(self.dir + '/stderr', 'w'))
        return self

    def says(self):
        return dict(line.split('=', 1) for line in self.manager.recv(1000).decode().splitlines())


def test_unix_sockets():
    """Sockets handed over, and the word that it is ready."""
    with Served() as daemon:
        daemon.listen('libvirtd.socket', daemon.rw)
        daemon.listen('libvirtd-ro.socket', daemon.ro)
        daemon.begin()
        expect('word', daemon.says(), {'READY': '1', 'STATUS': 'Serving on 2 sockets'})
        daemon.serves()
        with daemon.client(readonly=True) as client:
            client.open()
            expect('read-only', client.call(RESUME, domain('well', 1)).code, 29)
        daemon.process.send_signal(signal.SIGTERM)
        expect('word', daemon.says()['STOPPING'], '1')
        expect('status', daemon.process.wait(5), 0)
        assert os.path.exists(daemon.rw), "the service manager's socket was removed"


def test_on_demand():
    """systemd's own program for it starts the daemon with the first client, and the daemon leaves when it is idle."""
    if not shutil.which('systemd-socket-activate'):
        raise Skipped('no systemd-socket-activate')
    port = free_port()
    with Daemon('auth_tcp = "none"\n', args=['--timeout', '1'], start=False) as daemon:
        words = [word for name in daemon.env for word in ('-E', name)]
        daemon.process = subprocess.Popen(
            ['systemd-socket-activate'] + words + ['-l', daemon.rw, '-l', '127.0.0.1:%d' % port,
             '--fdname=libvirtd.socket:libvirtd-tcp.socket'] + daemon.command(), env=daemon.env, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for('the first client has no answer', daemon.answers, 20)
        daemon.serves()
        with Remote(port) as client:
            expect('over TCP', client.open().call(NODE_INFO).code, 0)
        expect('status', daemon.process.wait(20), 0)
        expect('the socket is there', os.path.exists(daemon.rw), True)


def test_network_sockets():
    """TCP and TLS by the names of their sockets, whatever the settings say of listening, and by port."""
    if not os.path.exists(BUILD + '/parts/tls.so'):
        raise Skipped('built without GnuTLS')
    world = tempfile.mkdtemp(prefix='virn')
    try:
        certificates = Certificates(world)
        files = 'ca_file = "%s/cacert.pem"\ncert_file = "%s/cert.pem"\nkey_file = "%s/key.pem"\n' % (world, world, world)
        for named in (True, False):
            with Served(modules=('mock',)) as daemon:
                # LeakSanitizer loses its way in what GnuTLS has for each thread
                daemon.env['ASAN_OPTIONS'] = 'detect_leaks=0:exitcode=99'
                daemon.listen('libvirtd.socket', daemon.rw)
                tcp = daemon.listen('libvirtd-tcp.socket' if named else 'unknown')
                tls = daemon.listen('libvirtd-tls.socket' if named else 'unknown')
                with open(daemon.conf, 'a') as handle:
                    handle.write('auth_tcp = "none"\nlisten_tcp = 0\nlisten_tls = 0\n' + files)
                    if not named:
                        handle.write('tcp_port = "%d"\ntls_port = "%d"\n' % (tcp, tls))
                daemon.begin()
                expect('word', daemon.says()['STATUS'], 'Serving on 3 sockets')
                with Remote(tcp) as client:
                    expect('over TCP', client.open().call(NODE_INFO).code, 0)
                with Remote(tls) as client:
                    client.encrypt(certificates.context(ssl.PROTOCOL_TLS_CLIENT))
                    expect('over TLS', client.open().call(NODE_INFO).code, 0)
    finally:
        shutil.rmtree(world)


def test_other_sockets():
    """What is none of the daemon's is named and left alone, and a door that stands open is told."""
    if os.geteuid() != 0:
        raise Skipped('only the system\'s daemon is a danger')
    with Served() as daemon:
        daemon.listen('libvirtd.socket', daemon.rw, mode=0o666)
        daemon.listen('web.socket')
        daemon.begin()
        expect('word', daemon.says()['STATUS'], 'Serving on 1 sockets')
        log = daemon.log_text()
        assert "descriptor 4 ('web.socket') from the service manager is no socket that is served here" in log, log
        assert 'DANGER: everybody on this host may use ' + daemon.rw in log and 'SocketMode=0660' in log, log


def test_reload():
    """SIGHUP: reloading, and ready again; also when the file is wrong."""
    with Served() as daemon:
        daemon.listen('libvirtd.socket', daemon.rw)
        daemon.begin()
        expect('word', daemon.says()['READY'], '1')
        for wrong in ('', 'max_clients = "many"\n'):
            with open(daemon.conf, 'a') as handle:
                handle.write(wrong)
            before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            daemon.process.send_signal(signal.SIGHUP)
            said = daemon.says()
            expect('word', said.pop('RELOADING'), '1')
            assert before <= int(said.pop('MONOTONIC_USEC')) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            expect('word', daemon.says()['READY'], '1')
        assert 'settings stay as they are' in daemon.log_text()


def test_watchdog():
    """The loop says that it turns, twice in each period; one that does not says nothing."""
    with Served() as daemon:
        daemon.listen('libvirtd.socket', daemon.rw)
        daemon.begin(WATCHDOG_USEC='200000')
        expect('word', daemon.says()['READY'], '1')
        began = time.time()
        for _ in range(5):
            expect('word', daemon.says(), {'WATCHDOG': '1'})
        took = time.time() - began
        assert took < (5 if SANITIZED else 1.0), 'five signs of life took %.2f s' % took
        daemon.process.send_signal(signal.SIGSTOP)
        try:
            daemon.manager.settimeout(0.3)
            while True:
                daemon.says()
        except socket.timeout:
            pass
        finally:
            daemon.process.send_signal(signal.SIGCONT)
        daemon.manager.settimeout(10)
        expect('word', daemon.says(), {'WATCHDOG': '1'})


def test_nonsense():
    """What cannot be said of the sockets, or to the service manager, is as if it were not said."""
    for words in ('LISTEN_PID=$$ LISTEN_FDS=2147483648', 'LISTEN_PID=$$ LISTEN_FDS=4294967298',
                  'LISTEN_PID=$$ LISTEN_FDS=-1', 'LISTEN_PID=$$ LISTEN_FDS=many', 'LISTEN_PID=1 LISTEN_FDS=1',
                  'LISTEN_PID=$$ LISTEN_FDS=1', 'NOTIFY_SOCKET=/' + 'x' * 5000, 'NOTIFY_SOCKET=relative',
                  'WATCHDOG_USEC=0', 'WATCHDOG_USEC=-7', 'WATCHDOG_USEC=99999999999999999999', 'WATCHDOG_USEC=x'):
        daemon = Daemon(start=False)
        daemon.process = subprocess.Popen(
            ['bash', '-c', 'exec 3</dev/null; export %s; exec "$@"' % words, 'sh'] + daemon.command(), env=daemon.env)
        try:
            wait_for('it did not serve with ' + words[:40], daemon.answers)
            daemon.serves()
        finally:
            daemon.__exit__(None)


if __name__ == '__main__':
    main(globals())
