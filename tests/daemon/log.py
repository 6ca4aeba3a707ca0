#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the daemon's log goes, and that it holds nobody up."""

import os
import re
import signal
import socket
import subprocess
import time

from harness import (LOOKUP_NAME, Client, Daemon, Skipped, alive, expect, main, string, wait_for)

AUTH_POLKIT = 70
FIELDS = ['MESSAGE', 'PRIORITY', 'SYSLOG_FACILITY', 'LIBVIRT_SOURCE', 'CODE_FILE', 'CODE_LINE', 'CODE_FUNC']

# Its own /run/systemd/journal and /dev, with sockets of the test.
IN_A_ROOM = '''
mount -t tmpfs none /run && mkdir -p /run/systemd/journal && mount --bind "$0/journal" /run/systemd/journal &&
for f in null zero urandom; do touch "$0/dev/$f" && mount --bind /dev/$f "$0/dev/$f" || exit 1; done &&
mount --rbind "$0/dev" /dev && exec "$@"
'''


def receiver(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind(path)
    sock.settimeout(10)
    return sock


class Room(Daemon):
    """In a mount namespace where the journal and the system's log are this test's."""

    def __init__(self, outputs, conf=''):
        if os.geteuid() != 0 or subprocess.run(['unshare', '-m', 'true'], stderr=subprocess.DEVNULL, check=False).returncode:
            raise Skipped('no mount namespace can be made here')
        super().__init__(conf, start=False)
        self.journal = receiver(self.dir + '/journal/socket')
        self.syslog = receiver(self.dir + '/dev/log')
        with open(self.conf) as handle:
            lines = [line for line in handle if 'log_outputs' not in line]
        with open(self.conf, 'w') as handle:
            handle.writelines(lines + (['log_outputs = "%s"\n' % outputs] if outputs else []))
        self.start()

    def command(self):
        return ['unshare', '-m', 'sh', '-c', IN_A_ROOM, self.dir] + super().command()


def fail_once(daemon):
    """A call that ends in an error, which is logged."""
    with daemon.client() as client:
        client.open()
        expect('code', client.call(LOOKUP_NAME, string('nobody')).code, 42)


def until(sock, wanted):
    """The first datagram with WANTED in it."""
    while True:
        data = sock.recv(65536)
        if wanted in data:
            return data.decode()


def fields(entry):
    return dict(line.split('=', 1) for line in entry.splitlines())


def test_journal():
    """Each entry has the fields that journalctl's users ask for; errors also domain and code."""
    with Room('2:journald', 'log_level = 2\n') as daemon:
        entry = fields(until(daemon.journal, b'listening on'))
        expect('fields', list(entry), FIELDS)
        expect('values', [entry[name] for name in ('PRIORITY', 'SYSLOG_FACILITY', 'LIBVIRT_SOURCE', 'CODE_FILE', 'CODE_FUNC')],
               ['6', '3', 'daemon', 'daemon/serve/listener.c', 'daemon_listener_add'])
        assert int(entry['CODE_LINE']) > 0
        fail_once(daemon)
        entry = fields(until(daemon.journal, b'LIBVIRT_CODE'))
        expect('fields of an error', list(entry), FIELDS + ['LIBVIRT_DOMAIN', 'LIBVIRT_CODE'])
        expect('values', (entry['PRIORITY'], entry['LIBVIRT_CODE']), ('3', '42'))
        assert int(entry['LIBVIRT_DOMAIN']) > 0 and 'nobody' in entry['MESSAGE'], entry


def test_syslog():
    with Room('2:syslog:some-name', 'log_level = 2\n') as daemon:
        text = until(daemon.syslog, b'listening on')
        assert re.fullmatch(r'<30>\w{3} [ \d]\d \d\d:\d\d:\d\d some-name\[%d\]: listening on .*' % daemon.process.pid, text), text
        fail_once(daemon)
        assert until(daemon.syslog, b'nobody').startswith('<27>')


def test_default():
    """Without a word about it a daemon that nobody sees tells the journal, and nothing below warnings."""
    with Room(None) as daemon:
        fail_once(daemon)
        entry = fields(daemon.journal.recv(65536).decode())
        assert entry['PRIORITY'] in '34', entry


def test_background():
    """A session's daemon in the background has a file, whose name stands in the manual."""
    with Daemon(args=['-d', '--session'], start=False) as daemon:
        with open(daemon.conf) as handle:
            lines = [line for line in handle if 'log_outputs' not in line]
        with open(daemon.conf, 'w') as handle:
            handle.writelines(lines)
        subprocess.run(daemon.command(), env=daemon.env, check=True, timeout=20)
        with open(daemon.pidfile) as handle:
            pid = int(handle.read())
        try:
            fail_once(daemon)
            with open(daemon.dir + '/cache/libvirt/libvirtd.log') as handle:
                assert "no domain" in handle.read()
        finally:
            os.kill(pid, signal.SIGTERM)
            wait_for('it does not end', lambda: not alive(pid))


def test_nobody_reads():
    """Journal, system log and standard error that take nothing more do not delay a call."""
    with Room('1:journald 1:syslog:x 1:stderr', 'log_filters = "1:daemon"\n') as daemon:
        end, out = os.pipe()
        try:
            daemon.stop()
            plain = daemon.command
            daemon.command = lambda: ['sh', '-c', 'exec 2>&%d "$@"' % out, 'sh'] + plain()
            os.set_inheritable(out, True)
            daemon.process = subprocess.Popen(daemon.command(), env=daemon.env, stdin=subprocess.DEVNULL,
                                              stdout=subprocess.DEVNULL, pass_fds=[out])
            wait_for('it does not start', daemon.answers, 20)
            for _ in range(900):
                fail_once(daemon)
            daemon.serves()
        finally:
            os.close(out)
            os.close(end)


def test_full_disk():
    """What cannot be written is dropped, and told when there is room again."""
    with Daemon(start=False) as daemon:
        os.mkfifo(daemon.dir + '/fifo')
        end = os.open(daemon.dir + '/fifo', os.O_RDONLY | os.O_NONBLOCK)
        try:
            with open(daemon.conf, 'a') as handle:
                handle.write('log_outputs = "1:file:/dev/full 2:file:%s/fifo"\n' % daemon.dir)
            daemon.start()
            for _ in range(900):
                fail_once(daemon)
            daemon.serves()
            while len(os.read(end, 1 << 20)) == 1 << 20:
                pass
            fail_once(daemon)
            text = os.read(end, 65536).decode()
            assert re.match(r'\n\d+ lines could not be written here\n\d{4}-', text), text[:200]
        finally:
            os.close(end)


def test_reload():
    """SIGHUP begins a new file where the old one was moved away."""
    with Daemon('log_level = 2\n') as daemon:
        os.rename(daemon.log, daemon.log + '.1')
        daemon.process.send_signal(signal.SIGHUP)
        wait_for('no new file', lambda: 'settings were read again' in daemon.log_text())
        fail_once(daemon)
        wait_for('the error is not in the new file', lambda: 'nobody' in daemon.log_text())


def test_failed_logins():
    """However often somebody fails to log in, the log says it twenty times in ten seconds at most."""
    if os.geteuid() != 0:
        raise Skipped('a daemon of an ordinary user lets no other one in')
    with Daemon('auth_unix_rw = "polkit"\n', start=False) as daemon:
        daemon.env['DBUS_SYSTEM_BUS_ADDRESS'] = 'unix:path=%s/nowhere' % daemon.dir
        os.chmod(daemon.dir, 0o711)
        daemon.start()
        began = time.time()
        os.seteuid(65534)
        try:
            for _ in range(60):
                with Client(daemon.rw) as client:
                    client.login()
                    assert client.call(AUTH_POLKIT).code != 0
        finally:
            os.seteuid(0)
        lines = daemon.log_text().count('cannot log in')
        assert 1 <= lines <= 20 * (1 + int((time.time() - began) / 10)), '%d lines' % lines


if __name__ == '__main__':
    main(globals())
