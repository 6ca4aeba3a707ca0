#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemon as a process: options, settings, signals, files, start and end."""

import os
import re
import signal
import socket
import stat
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402

PROGRAM = BUILD + '/daemon/.libs/libvirtd'


def run(*args, env=None):
    done = subprocess.run([PROGRAM] + list(args), capture_output=True, text=True, timeout=20, env=env)
    return done.returncode, done.stdout, done.stderr


def refused(conf, *words):
    """The daemon does not start, and says why."""
    daemon = Daemon(conf, start=False)
    try:
        status, _, text = run('-f', daemon.conf, '-p', daemon.pidfile, env=daemon.env)
        expect('%s: status' % conf, status, 1)
        for word in words:
            assert word in text, '%s: %r does not say %r' % (conf, text, word)
    finally:
        daemon.__exit__(None)


def test_options():
    status, out, _ = run('--help')
    expect('--help', (status, '--config' in out and '--timeout' in out), (0, True))
    status, out, _ = run('--version')
    expect('--version', (status, bool(re.fullmatch(r'libvirtd \(libvirt\) 9\.0\.0\n', out))), (0, True))
    for wrong in (['--nonsense'], ['-t', 'x'], ['-t'], ['-t', '-1'], ['word'], ['-f']):
        status, _, err = run(*wrong)
        expect(wrong, (status, bool(err)), (1, True))
    status, _, err = run('-f', '/nowhere/libvirtd.conf')
    expect('a missing file', (status, '/nowhere/libvirtd.conf' in err), (1, True))


def test_settings():
    refused('max_clients = "many"', 'libvirtd.conf:3', 'max_clients')
    refused('max_clients = 0', 'max_clients')
    refused('unix_sock_rw_perms = "rwx"', 'unix_sock_rw_perms')
    refused('unix_sock_rw_perms = 770', 'unix_sock_rw_perms')
    refused('auth_unix_rw = "magic"', 'auth_unix_rw', 'magic')
    refused('this is no setting', 'libvirtd.conf:3')
    refused('log_outputs = "nonsense"', 'nonsense')
    refused('log_filters = "9:x"', '9:x')
    if os.geteuid() == 0:
        refused('unix_sock_group = "no-such-group"', 'no-such-group')


def test_warnings():
    with Daemon('max_client = 7\novs_timeout = 1\nkeepalive_interval = -1\n') as daemon:
        daemon.serves()
        lines = [line for line in daemon.log_text().splitlines() if 'libvirtd.conf' in line]
        expect('warnings', len(lines), 2)
        assert any(re.search(r'libvirtd\.conf:3.*max_client\b.*max_clients', line) for line in lines), lines
        assert any('ovs_timeout is not served' in line for line in lines), lines


def test_dangers():
    """What is dangerous in an administrator's file is obeyed, and said once with the remedy."""
    if os.geteuid() != 0:
        raise Skipped('the system\'s daemon is root\'s')
    with Daemon('unix_sock_rw_perms = "0777"\n', start=False) as daemon:
        for mode, owner in ((0o666, 0), (0o644, 65534)):
            os.chmod(daemon.conf, mode)
            os.chown(daemon.conf, owner, 0)
            os.chmod(daemon.dir, 0o711)
            daemon.start()
            os.seteuid(65534)
            try:
                daemon.client().open().close()
            finally:
                os.seteuid(0)
            lines = [line for line in daemon.log_text().splitlines() if 'libvirtd.conf' in line]
            expect('warnings', len(lines), 2)
            for line, words in zip(lines, (('DANGER', '"0777"', 'unix_sock_group', '"0770"'),
                                           ('everybody may write' if owner == 0 else 'another user owns', '0644'))):
                assert ': warning :' in line and all(word in line for word in words), line
            daemon.stop()
            os.unlink(daemon.log)
    with Daemon('unix_sock_rw_perms = "0777"\nauth_unix_rw = "polkit"\n') as daemon:
        assert 'DANGER' not in daemon.log_text()


def test_listen_option():
    """--listen serves other hosts as the settings say, and says what it lacks for that."""
    with Daemon('listen_tls = 1\nca_file = "/nowhere/ca.pem"\n', args=['-l'], start=False) as daemon:
        try:
            daemon.start()
            raise AssertionError('it starts without certificates')
        except AssertionError as error:
            assert '/nowhere/ca.pem' in str(error) and 'listen_tls = 0' in str(error), error
    with Daemon('listen_tls = 0\n', args=['-l']) as daemon:
        daemon.serves()
        assert 'DANGER' not in daemon.log_text(), daemon.log_text()
    with Daemon('listen_tls = 0\nlisten_tcp = 1\nauth_tcp = "none"\ntcp_port = "0"\nlisten_addr = "127.0.0.1"\n',
                args=['-l']) as daemon:
        daemon.serves()
        expect('warnings of an open network', daemon.log_text().count('DANGER: auth_tcp'), 1)


class FewFiles(Daemon):
    """May open 1024 files."""

    def command(self):
        return ['prlimit', '--nofile=1024:1024'] + super().command()


def test_few_files():
    """Where few files may be open, a small max_clients holds all the same, and streams take less."""
    with FewFiles('max_clients = 20\nlog_level = 2\n') as daemon:
        clients = [daemon.client().open() for _ in range(20)]
        expect('calls', [client.call(NODE_INFO).code for client in clients], [0] * 20)
        said = re.search(r'1024 open files are allowed: at most 20 clients on each socket and (\d+) streams',
                         daemon.log_text())
        assert said and 0 < int(said.group(1)) < 512, daemon.log_text()


def test_permissions():
    with Daemon('unix_sock_ro_perms = "0750"\n') as daemon:
        paths = (daemon.rw, daemon.ro) if daemon.privileged else (daemon.rw,)
        modes = [oct(stat.S_IMODE(os.stat(path).st_mode)) for path in paths]
        expect('modes', modes, ['0o700', '0o750'][:len(paths)])
    if os.geteuid() == 0:
        with Daemon('unix_sock_group = "daemon"\n') as daemon:
            info = os.stat(daemon.rw)
            expect('mode and group', (oct(stat.S_IMODE(info.st_mode)), info.st_gid), ('0o770', 1))


def test_polkit_of_other_hosts():
    """Polkit can be asked about processes of this host only."""
    with Daemon('listen_tls = 0\nlisten_tcp = 1\nlisten_addr = "127.0.0.1"\ntcp_port = "0"\nauth_tcp = "polkit"\n'
                'auth_unix_ro = "polkit"\n', args=['-l']) as daemon:
        lines = [line for line in daemon.log_text().splitlines() if 'libvirtd.conf' in line]
        assert len(lines) == 1 and 'auth_tcp = "polkit" lets nobody in' in lines[0], lines


def test_pid_file():
    with Daemon() as daemon:
        with open(daemon.pidfile) as handle:
            expect('pid file', int(handle.read()), daemon.process.pid)
        status, _, err = run('-f', daemon.conf, '-p', daemon.pidfile, env=daemon.env)
        expect('a second daemon', (status, 'pid %d' % daemon.process.pid in err), (1, True))
        status, _, err = run('-f', daemon.conf, '-p', daemon.pidfile + '2', env=daemon.env)
        expect('a second daemon, other file', (status, daemon.rw in err), (1, True))
        daemon.serves()
        daemon.stop()
        expect('left behind', [p for p in (daemon.pidfile, daemon.rw, daemon.ro) if os.path.exists(p)], [])


def test_killed_and_restarted():
    with Daemon() as daemon:
        daemon.serves()     # killed sooner, the child that tries the modules keeps the sockets a moment longer
        for _ in range(5):
            daemon.process.kill()
            daemon.process.wait()
            daemon.start()
            daemon.serves()


def test_end():
    """SIGTERM: calls in progress end, nothing lasts 3 s."""
    with Daemon() as daemon, daemon.client() as client, daemon.client() as idle:
        client.open()
        idle.open()
        client.send(message(MEMORY_STATS, domain('sick', 2) + struct.pack('>II', 1, 0), serial=7))
        daemon.asked(1)
        began = time.time()
        daemon.process.send_signal(signal.SIGTERM)
        wait_for('it does not end', lambda: not os.path.exists(daemon.rw))
        open(daemon.release, 'w').close()
        expect('the call in progress', client.receive().serial, 7)
        expect('status', daemon.process.wait(5), 0)
        assert time.time() - began < 3, 'it took %.1f s' % (time.time() - began)
    with Daemon() as daemon, daemon.client() as client:
        client.open()
        client.send(message(MEMORY_STATS, domain('sick', 2) + struct.pack('>II', 1, 0)))
        daemon.asked(1)
        began = time.time()
        daemon.process.send_signal(signal.SIGTERM)
        expect('status with a stuck call', daemon.process.wait(5), 0)
        assert time.time() - began < 3, 'it took %.1f s' % (time.time() - began)


def test_reload():
    with Daemon('max_client_requests = 1\nlog_level = 2\n') as daemon, daemon.client() as client:
        client.open()
        stats = message(MEMORY_STATS, domain('sick', 2) + struct.pack('>II', 1, 0))
        with open(daemon.conf, 'a') as handle:
            handle.write('max_client_requests = 3\n')
        daemon.process.send_signal(signal.SIGHUP)
        wait_for('settings', lambda: 'settings were read again' in daemon.log_text())
        client.send(stats + message(NODE_INFO, serial=3))
        expect('two at once', client.receive().serial, 3)
        with open(daemon.conf, 'a') as handle:
            handle.write('rubbish here\n')
        daemon.process.send_signal(signal.SIGHUP)
        wait_for('a warning', lambda: 'settings stay as they are' in daemon.log_text())
        daemon.serves()


def test_many_reloads():
    """However often it is told to, it reads its settings again, and serves."""
    with Daemon('log_level = 2\n') as daemon, daemon.client() as client:
        client.open()
        for n in range(1, 301):
            daemon.process.send_signal(signal.SIGHUP)
            if n % 50 == 0:
                daemon.serves(5)
        wait_for('settings', lambda: 'settings were read again' in daemon.log_text())
        fds = daemon.fds()
        for _ in range(100):
            daemon.process.send_signal(signal.SIGHUP)
            expect('a call', client.call(NODE_INFO).code, 0)
        daemon.serves(5)
        daemon.settle(fds)


def test_early_end():
    """SIGTERM while it starts: it ends soon, and the next one starts."""
    with Daemon(start=False) as daemon:
        for n in range(20):
            daemon.process = subprocess.Popen(daemon.command(), env=daemon.env, stdin=subprocess.DEVNULL,
                                              stdout=subprocess.DEVNULL, stderr=open(daemon.dir + '/stderr', 'w'))
            time.sleep(n * (0.03 if SANITIZED else 0.003))
            daemon.process.send_signal(signal.SIGTERM)
            status = daemon.process.wait(10)
            assert status in (0, -signal.SIGTERM), 'it ended with %d: %s' % (status, daemon.stderr())
        daemon.start()
        daemon.serves()


def said_in(script, daemon, **options):
    """What becomes of a daemon that SCRIPT of a shell starts, with a file system of its own."""
    done = subprocess.run(['unshare', '-m', 'sh', '-ec', script], env=daemon.env, capture_output=True, text=True, timeout=30, **options)
    return done.returncode, done.stderr


def test_poor_surroundings():
    """Where nothing can be written, and for a user whom nobody knows: what is wrong is said, and it ends."""
    if os.geteuid() != 0 or subprocess.run(['unshare', '-m', 'true'], capture_output=True).returncode:
        raise Skipped('only root has file systems of its own')
    with Daemon(start=False) as daemon:
        place = daemon.dir + '/closed'
        os.mkdir(place)
        with open(daemon.conf, 'a') as handle:
            handle.write('unix_sock_dir = "%s/libvirt"\n' % place)
        closed = 'mount -t tmpfs -o size=64k none %s; %%s mount -o remount,ro %s; exec %s -f %s -p ' % (place, place, PROGRAM, daemon.conf)
        for name, script, words in (
                ('sockets', closed % '' + daemon.pidfile, [place, 'Read-only file system']),
                ('a pid file', closed % ('mkdir %s/libvirt;' % place) + place + '/pid', [place + '/pid', 'Read-only file system'])):
            status, text = said_in(script, daemon)
            expect('%s on what can only be read' % name, (status, [word for word in words if word not in text]), (1, []))
        os.chmod(daemon.dir, 0o711)
        open(daemon.dir + '/empty', 'w').close()
        bare = {name: value for name, value in daemon.env.items() if name not in ('HOME', 'LOGNAME', 'USER') and not name.startswith('XDG_')}
        try:
            done = subprocess.run([PROGRAM, '-f', daemon.dir + '/empty'], env=bare, user=54321, group=54321, extra_groups=[],
                                  capture_output=True, text=True, timeout=30)
        except PermissionError:
            raise Skipped('nobody else may pass the folder of this build')
        expect('a user without name or home', (done.returncode, 'XDG_RUNTIME_DIR' in done.stderr), (1, True))


BARE = """
mount -t tmpfs none {root}
cd {root}
mkdir usr etc
mount --rbind /usr usr
for link in lib lib64 bin sbin; do cp -a /$link .; done
mkdir -p .{build}
mount --bind {build} .{build}
printf 'unix_sock_dir = "/{place}"\\nauth_unix_rw = "none"\\nlog_outputs = "2:stderr"\\n' >etc/libvirtd.conf
mount -o remount,{how} {root}
exec chroot {root} {program} -f /etc/libvirtd.conf -p /pid
"""


def test_bare_root():
    """A root with nothing in it but programs, neither /run nor /dev nor /proc: it serves, and says what it does without; where
    that root can only be read it says so, and ends."""
    build = os.path.realpath(BUILD)
    if SANITIZED:
        raise Skipped('a sanitizer needs /proc')
    if os.geteuid() != 0 or subprocess.run(['unshare', '-m', 'true'], capture_output=True).returncode or not os.path.islink('/lib'):
        raise Skipped('only root has file systems of its own')
    with Daemon(start=False) as daemon:
        root = daemon.dir + '/root'
        os.mkdir(root)
        daemon.env['LIBVIRT_DRIVER_DIR'] = os.path.join(build, PLACES['mock'])
        how = {'root': root, 'build': build, 'program': os.path.realpath(PROGRAM)}
        status, text = said_in(BARE.format(how='ro', place='sockets', **how), daemon)
        expect('a root that can only be read', (status, 'Read-only file system' in text), (1, True))
        daemon.process = subprocess.Popen(['unshare', '-m', 'sh', '-ec', BARE.format(how='rw', place='run/libvirt', **how)],
                                          env=daemon.env, stdin=subprocess.DEVNULL, stderr=open(daemon.dir + '/stderr', 'w'))
        daemon.rw = '/proc/%d/root/run/libvirt/libvirt-sock' % daemon.process.pid
        wait_for(lambda: 'it does not serve: ' + daemon.stderr(), daemon.answers, 20)
        with daemon.client() as client:
            reply = client.call(OPEN, struct.pack('>I', 1) + string('mock:///default') + bytes(4))
            expect('a connection', (reply.status, '/dev/null' in daemon.stderr()), (ERROR, True))
        daemon.stop()
        expect('status', daemon.process.returncode, 0)


def test_module_upgraded():
    """A new file in the place of a module that runs: the old code stays until the next start."""
    with Daemon(modules=('mock', 'test')) as daemon, daemon.client() as client:
        client.open()
        for name in 'mock', 'test':
            path = '%s/modules/%s.so' % (daemon.dir, name)
            with open(path + '.new', 'w') as handle:
                handle.write('the next version\n')
            os.rename(path + '.new', path)
        expect('a call', client.call(NODE_INFO).code, 0)
        daemon.serves()
        with daemon.client() as other:
            other.open('test:///default')
            expect('the other module', other.call(NODE_INFO).code, 0)


def test_environment():
    """An environment that misleads programs which ask it."""
    env = {'LC_ALL': 'xx_YY.nonsense', 'LANG': '/dev/zero', 'TZ': '/dev/zero', 'IFS': '/', 'PATH': '.:/nowhere',
           'LIBVIRT_DEFAULT_URI': 'nobody:///', 'TMPDIR': '/nowhere'}
    with Daemon(modules=('mock', 'test'), env=env) as daemon, daemon.client() as client:
        daemon.serves()
        client.open('test:///default')
        expect('a document', client.call(11, string('<domain type="test"><name>x</name><memory>1</memory>'
                                                    '<os><type>hvm</type></os></domain>')).code, 0)


def test_folders():
    """What is missing above the sockets: of a session for its user alone, else for everybody to pass."""
    for args, mode in ([], 0o755 if os.geteuid() == 0 else 0o700), (['--session'], 0o700):
        with Daemon(args=args, start=False) as daemon:
            above = daemon.dir + '/above'
            daemon.rw = above + '/libvirt/libvirt-sock'
            with open(daemon.conf, 'a') as handle:
                handle.write('unix_sock_dir = "%s/libvirt"\n' % above)
            daemon.start()
            for path in above, above + '/libvirt':
                expect('mode of %s %s' % (path, args), oct(stat.S_IMODE(os.stat(path).st_mode)), oct(mode))


def test_timeout():
    with Daemon(args=['-t', '1']) as daemon:
        with daemon.client() as client:
            client.open()
            try:
                raise AssertionError('it left with status %d, and a client' % daemon.process.wait(2.2))
            except subprocess.TimeoutExpired:
                pass
        expect('left alone', daemon.process.wait(4), 0)


def test_background():
    daemon = Daemon(args=['-d'], start=False)
    try:
        began = subprocess.run(daemon.command(), env=daemon.env, timeout=20, capture_output=True, text=True)
        expect('libvirtd -d', (began.returncode, began.stderr), (0, ''))
        with daemon.client() as client:         # it serves when -d returns
            client.open()
        with open(daemon.pidfile) as handle:
            pid = int(handle.read())
        again = subprocess.run(daemon.command(), env=daemon.env, timeout=20, capture_output=True, text=True)
        expect('a second', (again.returncode, 'pid %d' % pid in again.stderr), (1, True))
        os.kill(pid, signal.SIGTERM)
        wait_for('it did not end', lambda: not alive(pid))
    finally:
        daemon.__exit__(None)


if __name__ == '__main__':
    main(globals())
