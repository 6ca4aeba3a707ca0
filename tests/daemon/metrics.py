#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Figures for Prometheus: what is told, where, and that nobody is waited for."""

import http.client
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import time

from harness import (BUILD, Closed, LOOKUP_NAME, NODE_INFO, Daemon, Skipped, expect, main, string, wait_for)
from network import free_port

AUTH_POLKIT = 70
PARTS = os.environ.get('LIBVIRT_PARTS_DIR', '')
DOCS = os.environ.get('VIR_SOURCE_DIR', '.') + '/docs/metrics.md'
SAMPLE = re.compile(r'([a-z_]+)(?:\{(.*)\})? (\S+)$')


class Local(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path):
        super().__init__('localhost', timeout=10)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(self.path)


class Told(Daemon):
    def __init__(self, where=None, conf='', **options):
        if not os.path.exists(PARTS + '/metrics-http.so'):
            raise Skipped('built without libmicrohttpd')
        self.port = None if where else free_port()
        self.where = where or '127.0.0.1:%d' % self.port
        super().__init__('metrics_listen = "%s"\n%s' % (self.where, conf), **options)

    def http(self):
        if self.port:
            return http.client.HTTPConnection('127.0.0.1', self.port, timeout=10)
        return Local(self.where[len('unix:'):])

    def ask(self, method='GET', path='/metrics'):
        http_client = self.http()
        http_client.request(method, path)
        answer = http_client.getresponse()
        text = answer.read().decode()
        http_client.close()
        return answer, text

    def page(self):
        answer, text = self.ask()
        expect('status', answer.status, 200)
        expect('type', answer.getheader('Content-Type'), 'text/plain; version=0.0.4; charset=utf-8')
        return text


class Samples(dict):
    def __missing__(self, key):
        raise AssertionError('%s{%s} is not told' % key)


def samples(page):
    """{(name, labels): value}"""
    found = {}
    for line in page.splitlines():
        if not line.startswith('#'):
            name, labels, value = SAMPLE.match(line).groups()
            assert (name, labels) not in found, 'twice: ' + line
            found[name, labels] = float(value)
    return Samples(found)


WELL = r'driver="mock",domain="w\"e\\l\nl?",uuid="01000000-0000-0000-0000-000000000000"'
SICK = 'driver="mock",domain="sick",uuid="02000000-0000-0000-0000-000000000000"'


def test_page():
    """The daemon's figures are what its clients have done, the guests' what the driver says."""
    with Told() as daemon, daemon.client() as client:
        client.open()
        for _ in range(5):
            client.call(NODE_INFO)
        client.call(LOOKUP_NAME, string('nobody'))
        page = daemon.page()
        seen = samples(page)
        expect('calls', seen['libvirtd_calls_total', None] - len(('AUTH_LIST of start', 'AUTH_LIST', 'OPEN')), 6)
        expect('calls that failed', seen['libvirtd_calls_failed_total', None], 1)
        expect('clients', seen['libvirtd_clients', 'listener="%s",user="%d"' % (daemon.rw, os.getuid())], 1)
        expect('threads', seen['process_threads', None], daemon.status('Threads'))
        expect('most files', seen['process_max_fds', None] > 100, True)
        assert abs(seen['process_start_time_seconds', None] - os.stat('/proc/%d' % daemon.process.pid).st_mtime) < 60
        assert 0.5 < seen['process_resident_memory_bytes', None] / (daemon.rss() * 1024) < 2
        expect('the driver', seen['libvirtd_driver_answers', 'driver="mock"'], 1)
        for labels, answers in ((WELL, 1), (SICK, 0)):
            expect('answers', seen['libvirt_domain_answers', labels], answers)
            expect('state', seen['libvirt_domain_state', labels], 1)
            expect('processor time', seen['libvirt_domain_cpu_seconds_total', labels], 1.5)
            expect('memory', seen['libvirt_domain_memory_bytes', labels], 1 << 20)
            expect('a processor', seen['libvirt_domain_vcpu_seconds_total', labels + ',vcpu="1"'], 2)
            expect('a disk', seen['libvirt_domain_block_read_bytes_total', labels + ',device="vda"'], float(12345678901234567))
            expect('a disk without a name', seen['libvirt_domain_block_read_bytes_total', labels + ',device="1"'], 7)
        assert 'nobody' not in page
        if not shutil.which('promtool'):
            raise Skipped('the rest: no promtool')
        done = subprocess.run(['promtool', 'check', 'metrics'], input=page, capture_output=True, text=True, check=False)
        expect('promtool', (done.returncode, done.stdout, done.stderr), (0, '', ''))


def test_other_users():
    """Who is refused, and who cannot log in, is counted; connections are told by user."""
    if os.geteuid() != 0:
        raise Skipped('only root can be several users')
    for conf, counted in (('max_clients = 1\nauth_unix_rw = "none"\n', 'libvirtd_clients_refused_total'),
                          ('auth_unix_rw = "polkit"\n', 'libvirtd_logins_failed_total')):
        with Told(conf=conf + 'unix_sock_rw_perms = "0777"\n', start=False) as daemon:
            daemon.env['DBUS_SYSTEM_BUS_ADDRESS'] = 'unix:path=%s/nowhere' % daemon.dir
            os.chmod(daemon.dir, 0o711)
            daemon.start()
            everybody = 'libvirtd_clients', 'listener="%s",user="0"' % daemon.rw
            wait_for('who asked whether it answers stays', lambda: samples(daemon.page()).get(everybody, 0) == 0)
            os.seteuid(65534)
            try:
                first, second = daemon.client(), daemon.client()
                for client in first, second:
                    try:
                        client.login()
                        client.call(AUTH_POLKIT)
                    except (Closed, OSError):
                        pass
            finally:
                os.seteuid(0)
            seen = samples(daemon.page())
            n = 1 if 'refused' in counted else 2
            expect(counted, seen[counted, None], n)
            expect('connections', seen['libvirtd_clients', 'listener="%s",user="65534"' % daemon.rw], n)
            expect('not open', seen['libvirtd_clients_not_open', 'listener="%s"' % daemon.rw], n)
            for client in first, second:
                client.close()


def test_documented():
    """docs/metrics.md tells every metric with its type and words, and no other."""
    with Told() as daemon:
        page = daemon.page()
    with open(DOCS) as handle:
        told = set(re.findall(r'^\| `([a-z_]+)` \| ([a-z]+) \| (.*) \|$', handle.read(), re.M))
    with open(os.path.dirname(DOCS) + '/../daemon/metrics/families.h') as handle:
        known = set(re.findall(r'^\{ "([a-z_]+)", "([a-z]+)", "(.*?)", "', handle.read(), re.M))
    kinds = dict(re.findall(r'^# TYPE (\S+) (\S+)$', page, re.M))
    known |= {(name, kinds[name], words) for name, words in re.findall(r'^# HELP (\S+) (.*)$', page, re.M)}
    expect('not told', known - told, set())
    expect('told, but not there', told - known, set())


def test_slow_driver():
    """A driver that waits for a sick guest is marked, holds up nobody, and is not asked again meanwhile."""
    with Told(env={'MOCK_SLOW_STATS': '1'}) as daemon:
        for first in (True, False):
            began = time.time()
            seen = samples(daemon.page())
            took = time.time() - began
            assert took < (2.5 if first else 0.9), 'a page took %.2f s' % took
            expect('the driver', seen['libvirtd_driver_answers', 'driver="mock"'], 0)
            assert not [key for key in seen if key[0].startswith('libvirt_domain')]
        daemon.serves()
        asked = daemon.release + '.asked'
        expect('questions', os.stat(asked).st_size if os.path.exists(asked) else 0, 1)
        open(daemon.release, 'w').close()
        wait_for('it is not asked again', lambda: samples(daemon.page())['libvirtd_driver_answers', 'driver="mock"'] == 1)


def test_frozen_guest():
    """What is known of a guest whose QEMU does not answer is told, soon, and it is marked."""
    if not os.path.exists('/usr/bin/qemu-system-x86_64'):
        raise Skipped('no QEMU')
    labels = 'driver="qemu",domain="frozen",uuid="5e3c1f0a-0000-4000-8000-000000000009"'
    with Told(modules=('qemu',), args=['--session'], memory=None) as daemon:
        with open(daemon.dir + '/guest.xml', 'w') as handle:
            handle.write('<domain type="qemu"><name>frozen</name><uuid>5e3c1f0a-0000-4000-8000-000000000009</uuid>'
                         '<memory>32768</memory><os><type>hvm</type></os><devices><memballoon model="virtio"/>'
                         '<emulator>/usr/bin/qemu-system-x86_64</emulator></devices></domain>')
        subprocess.run([BUILD + '/run', 'virsh', '-c', 'qemu+unix:///session?socket=' + daemon.rw, 'create', daemon.dir + '/guest.xml'],
                       env=daemon.env, check=True, stdout=subprocess.DEVNULL)
        expect('answers', samples(daemon.page())['libvirt_domain_answers', labels], 1)
        os.kill(daemon.emulators()['frozen'], signal.SIGSTOP)
        seen = {}
        for _ in range(3):
            began = time.time()
            seen = samples(daemon.page())
            took = time.time() - began
            assert took < 1.5, 'a page took %.2f s' % took
            expect('memory', seen['libvirt_domain_memory_bytes', labels], 32 << 20)
            expect('the driver', seen['libvirtd_driver_answers', 'driver="qemu"'], 1)
        wait_for('it is not marked', lambda: samples(daemon.page())['libvirt_domain_answers', labels] == 0, 10)


def test_many_at_once():
    """Many connections, more than half of them silent, and the page still comes; none is left behind."""
    with Told() as daemon:
        daemon.page()
        fds = daemon.fds()
        silent = [daemon.http() for _ in range(8)]
        for one in silent:
            one.connect()
        busy = [daemon.http() for _ in range(6)]
        for one in busy:
            one.request('GET', '/metrics')
        for one in busy:
            expect('status', one.getresponse().status, 200)
            one.close()
        for one in silent:
            one.close()
        daemon.page()
        daemon.settle(fds)


def test_other_requests():
    with Told() as daemon:
        for method, path, status in (('GET', '/', 404), ('GET', '/metrics/../etc/passwd', 404), ('DELETE', '/metrics', 405),
                                     ('HEAD', '/metrics', 200)):
            answer, text = daemon.ask(method, path)
            expect(method + ' ' + path, answer.status, status)
            assert 'libvirtd_' not in text, text
        for host, status in (('127.0.0.1:9', 200), ('localhost', 200), ('[::1]:9', 200), ('example.com', 403),
                             ('localhost.example.com', 403), ('127.0.0.1.example.com', 403)):
            client = daemon.http()
            client.request('GET', '/metrics', headers={'Host': host})
            expect('asked for as ' + host, client.getresponse().status, status)
            client.close()
        with socket.create_connection(('127.0.0.1', daemon.port)) as sock:
            sock.sendall(b'\0\xff' * 40000 + b'\r\n\r\n')
        daemon.page()


def test_unix_socket():
    directory = '/tmp/vird-metrics-%d' % os.getpid()
    with Told('unix:' + directory) as daemon:
        expect('mode', oct(stat.S_IMODE(os.stat(directory).st_mode)), '0o600')
        assert ('libvirtd_calls_total', None) in samples(daemon.page())
        daemon.stop()
        expect('the socket stays', os.path.exists(directory), False)


def test_where():
    """Nowhere but on this host; what cannot be is refused with the file and what is right."""
    for where, word in (('0.0.0.0:9177', 'everybody who reaches'), ('[::]:9177', 'everybody'), ('192.0.2.1:9177', 'everybody'),
                        ('9177', 'HOST:PORT'), (':9177', 'HOST:PORT'), ('127.0.0.1:no-such-port', 'libvirtd.conf'),
                        ('unix:relative', 'libvirtd.conf')):
        try:
            with Told(where):
                raise ValueError(where + ' is served')
        except AssertionError as error:
            assert word in str(error) and 'metrics_listen is "%s"' % where in str(error), error


def test_reload():
    """SIGHUP moves it, or ends it."""
    with Told() as daemon:
        old = daemon.port
        daemon.page()
        daemon.port = free_port()
        for line in ('metrics_listen = "127.0.0.1:%d"\n' % daemon.port, 'metrics_listen = ""\n'):
            with open(daemon.conf, 'a') as handle:
                handle.write(line)
            daemon.process.send_signal(signal.SIGHUP)
            wait_for('the old place is still served', lambda: not is_served(old))
            if daemon.port != old:
                wait_for('the new place is not served', lambda: is_served(daemon.port))
                daemon.page()
            old = daemon.port


def test_foreign_file():
    """What lies where the socket shall be, and is none, stays: refused, and not removed by the next one."""
    path = '/tmp/vird-metrics-%d' % os.getpid()
    with Told() as daemon:
        try:
            with open(path, 'w') as handle:
                handle.write('a letter')
            for where in 'unix:' + path, '':
                old = daemon.port
                with open(daemon.conf, 'a') as handle:
                    handle.write('metrics_listen = "%s"\n' % where)
                daemon.process.send_signal(signal.SIGHUP)
                wait_for('the old place is still served', lambda: not is_served(old))
            daemon.stop()
            with open(path) as handle:
                expect('the file', handle.read(), 'a letter')
        finally:
            os.unlink(path)


def is_served(port):
    try:
        socket.create_connection(('127.0.0.1', port)).close()
        return True
    except ConnectionRefusedError:
        return False


def test_off():
    """Who does not want it pays nothing: no library, no thread."""
    with Daemon() as daemon:
        with open('/proc/%d/maps' % daemon.process.pid) as handle:
            maps = handle.read()
        assert 'microhttpd' not in maps and 'metrics-http' not in maps


if __name__ == '__main__':
    main(globals())
