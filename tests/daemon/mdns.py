#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Telling the network of the daemon: a real avahi-daemon on a bus of its own, in a network of its own."""

import os
import re
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from network import Certificates, free_port  # noqa: E402
from polkitd import Polkit, system_environment  # noqa: E402
from harness import BUILD, Daemon, Skipped, expect, main, wait_for, waits  # noqa: E402

AVAHI = '/usr/sbin/avahi-daemon'
CONF = '''[server]
host-name=virthost
use-ipv6=no
allow-interfaces=near
[publish]
publish-addresses=yes
'''
# Nothing that it says leaves these namespaces.
IN_A_ROOM = '''ip link add near type veth peer name far && ip addr add 192.0.2.7/24 dev near && ip link set near up &&
ip link set far up && ip link set lo up && mount -t tmpfs none /run && mkdir /run/avahi-daemon &&
exec "$0" --no-drop-root --no-chroot --no-rlimits --no-proc-title -f "$1"'''


class Network(Polkit):
    """A bus, and avahi-daemon."""

    def __init__(self):
        if not os.path.exists(AVAHI) or not shutil.which('avahi-browse'):
            raise Skipped('no avahi-daemon or avahi-browse')
        if not os.path.exists(BUILD + '/parts/mdns.so'):
            raise Skipped('built without libavahi-client')
        if os.geteuid() != 0 or subprocess.run(['unshare', '-mn', 'ip', 'link', 'add', 'near', 'type', 'veth'],
                                               stderr=subprocess.DEVNULL, check=False).returncode:
            raise Skipped('no network of its own can be made here')
        super().__init__('', polkitd=False)
        with open(self.dir + '/avahi.conf', 'w') as handle:
            handle.write(CONF)

    def begin(self):
        """avahi-daemon, when it answers."""
        avahi = self.run('unshare', '--mount', '--net', '--propagation', 'private', 'sh', '-c', IN_A_ROOM, AVAHI,
                         self.dir + '/avahi.conf')
        wait_for(lambda: 'avahi-daemon does not answer: ' + open(self.dir + '/stderr').read(),
                 lambda: self.browse() is not None, 20)
        return avahi

    def browse(self):
        """[name, port] of each libvirtd that the network knows; None: nobody answers."""
        done = subprocess.run(['avahi-browse', '--parsable', '--terminate', '--resolve', '--no-db-lookup', '_libvirt._tcp'],
                              env=dict(system_environment(), **self.env), capture_output=True, text=True, timeout=30,
                              check=False)
        if done.returncode:
            return None
        fields = [line.split(';') for line in done.stdout.splitlines() if line.startswith('=')]
        return sorted([re.sub(r'\\(\d{3})', lambda code: chr(int(code[1])), field[3]), int(field[8])] for field in fields)

    def knows(self, *wanted):
        wait_for(lambda: 'the network knows %r, not %r' % (self.browse(), wanted), lambda: self.browse() == list(wanted), 20)


class Told(Daemon):
    def __init__(self, network, conf, **options):
        super().__init__(conf, env=network.env, **options)

    def change(self, line):
        with open(self.conf, 'a') as handle:
            handle.write(line + '\n')
        self.process.send_signal(signal.SIGHUP)


@waits
def test_told():
    """The network knows the daemon while it is there, under the name that is set, at the port of ssh."""
    with Network() as network:
        network.begin()
        with Told(network, 'mdns_adv = 1\nmdns_name = "Guests of the lab"\n') as daemon:
            network.knows(['Guests of the lab', 22])
            daemon.change('mdns_name = "Others"')
            network.knows(['Others', 22])
            daemon.change('mdns_adv = 0')
            network.knows()
        network.knows()


@waits
def test_tls_port():
    """Where TLS is served it is that port."""
    with Network() as network:
        network.begin()
        port, certificates = free_port(), Certificates(network.dir)
        files = ''.join('%s_file = "%s/%s.pem"\n' % (key, certificates.dir, name)
                        for key, name in (('ca', 'cacert'), ('cert', 'cert'), ('key', 'key')))
        with Told(network, 'mdns_adv = 1\nmdns_name = "Safe"\ntls_port = "%d"\n%s' % (port, files), args=['--listen']):
            network.knows(['Safe', port])


@waits
def test_default_name():
    with Network() as network:
        network.begin()
        with Told(network, 'mdns_adv = 1\n'):
            network.knows(['Virtualization Host ' + os.uname().nodename.split('.')[0], 22])


@waits
def test_two_of_a_name():
    """Who comes second gets another name."""
    with Network() as network:
        network.begin()
        network.run('avahi-publish', '--service', 'Twin', '_libvirt._tcp', '4711')
        network.knows(['Twin', 4711])
        with Told(network, 'mdns_adv = 1\nmdns_name = "Twin"\n'):
            network.knows(['Twin', 4711], ['Twin #2', 22])


@waits
def test_avahi_comes_and_goes():
    """The daemon does not wait for avahi-daemon, and tells it when it comes, and again when it comes anew."""
    with Network() as network:
        with Told(network, 'mdns_adv = 1\nmdns_name = "Early"\n') as daemon:
            daemon.serves()
            avahi = network.begin()
            network.knows(['Early', 22])
            avahi.terminate()
            avahi.wait(10)
            network.begin()
            network.knows(['Early', 22])


def test_no_bus():
    """Where there is no bus that is a warning, and clients are served."""
    if not os.path.exists(BUILD + '/parts/mdns.so'):
        raise Skipped('built without libavahi-client')
    with Daemon('mdns_adv = 1\n', env={'DBUS_SYSTEM_BUS_ADDRESS': 'unix:path=/nowhere/bus'}) as daemon:
        daemon.serves()
        wait_for('no warning', lambda: 'the network cannot be told of this daemon' in daemon.log_text())


def test_off():
    with Daemon() as daemon:
        with open('/proc/%d/maps' % daemon.process.pid) as handle:
            maps = handle.read()
        expect('libraries', [word for word in ('avahi', 'dbus') if word in maps], [])


if __name__ == '__main__':
    main(globals())
