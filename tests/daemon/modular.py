#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""modular_sockets: clients that look for a daemon of each driver find this one."""

import os
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402


def listener(path):
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(path)
    sock.listen(5)
    return sock


def links(daemon):
    return {name: os.readlink(os.path.join(daemon.dir, name)) for name in os.listdir(daemon.dir)
            if os.path.islink(os.path.join(daemon.dir, name))}


def set_conf(daemon, text):
    with open(daemon.conf, 'w') as handle:
        handle.write(text)



def test_links():
    names = 'modular_sockets = [ "virtqemud", "virtnetworkd", "virtstoraged", "virtlogd", "../virtd", "virtxend" ]\n'
    with Daemon(names, start=False) as daemon:
        listener(daemon.dir + '/virtnetworkd-sock').close()             # left behind
        os.symlink('/nowhere', daemon.dir + '/virtqemud-sock')
        other = listener(daemon.dir + '/virtstoraged-sock')             # of another daemon
        with open(daemon.dir + '/virtxend-sock-ro', 'w'):
            pass
        daemon.start()
        ends = ['-sock', '-admin-sock'] + ['-sock-ro'] * daemon.privileged
        wanted = {name + end: 'libvirt' + end for name in ('virtqemud', 'virtnetworkd', 'virtstoraged', 'virtxend') for end in ends}
        for name in 'virtstoraged-sock', 'virtxend-sock-ro':
            wanted.pop(name, None)
        wait_for(lambda: 'links: %s' % links(daemon), lambda: links(daemon) == wanted)
        log = daemon.log_text()
        for text in ('virtstoraged-sock is another daemon', "'virtlogd' is no daemon", "'../virtd' is no daemon",
                     *['virtxend-sock-ro is another daemon'] * daemon.privileged):
            assert text in log, (text, log)
        for name in 'virtqemud-sock', *['virtqemud-sock-ro'] * daemon.privileged:
            with Client(daemon.dir + '/' + name) as client:
                client.open()
                expect(name, client.call(NODE_INFO).code, 0)
        conf = open(daemon.conf).read()
        set_conf(daemon, conf.replace(names, 'modular_sockets = [ "virtproxyd" ]\n'))
        daemon.process.send_signal(signal.SIGHUP)
        wanted = {'virtproxyd' + end: 'libvirt' + end for end in ends}
        wait_for(lambda: 'links: %s' % links(daemon), lambda: links(daemon) == wanted)
        daemon.process.terminate()
        daemon.process.wait(20)
        expect('links at the end', links(daemon), {})
        assert os.path.exists(daemon.dir + '/virtstoraged-sock'), 'the other daemon has lost its socket'
        other.close()


def test_none():
    """Nobody wishes for it."""
    with Daemon() as daemon:
        daemon.serves()
        expect('links', links(daemon), {})


def test_their_client():
    """libvirt's client in its mode 'direct', which asks for virtqemud."""
    if SANITIZED or not os.path.exists('/usr/bin/virsh'):
        raise Skipped("no virsh of the distribution's, or a sanitizer's library in its way")
    with Daemon('modular_sockets = [ "virtqemud" ]\nunix_sock_rw_perms = "0777"\n', args=['--session'] if os.geteuid() == 0 else [], modules=('qemu',),
                start=False) as daemon:
        os.makedirs(daemon.dir + '/run')
        os.symlink(daemon.dir, daemon.dir + '/run/libvirt')
        daemon.start()
        os.chmod(daemon.dir, 0o777)     # it makes a lock there
        os.chmod(daemon.dir + '/run', 0o755)
        wait_for('no link', lambda: os.path.islink(daemon.dir + '/virtqemud-sock'))
        env = {name: value for name, value in daemon.env.items() if not name.startswith(('LD_', 'LIBVIRT', 'VIR_'))}
        # root's own are the system's for it
        user = {'user': 'games', 'group': 'games', 'extra_groups': []} if os.geteuid() == 0 else {}
        done = subprocess.run(['/usr/bin/virsh', '-c', 'qemu:///session?mode=direct', 'list', '--all'], env=env, capture_output=True,
                              text=True, timeout=60, **user)
        assert done.returncode == 0 and 'Id' in done.stdout, done


if __name__ == '__main__':
    main(globals())
