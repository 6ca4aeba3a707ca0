#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two hosts, each in a network of its own: docs/firewall.md as it is written, IPv6, names with several
addresses."""

import os
import shutil
import subprocess
import sys
import tempfile
import time

import ways
from ways import HERE, Authority, Daemon, report, skip

sys.path.insert(0, os.path.join(HERE, '..'))
from page import Page  # noqa: E402

US, OTHERS, SIX = '192.0.2', '198.51.100', '2001:db8::'     # networks: that of the page, and others
PROBE = '''import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=0.7).close()
    print('open')
except TimeoutError:
    print('dropped')
except OSError as error:
    print(error)
'''


def run(*words):
    subprocess.run(words, check=True, capture_output=True)


class Hosts:
    """Ours, with a daemon, and another one: a process whose network is joined to ours."""

    def __init__(self, world):
        self.other = subprocess.Popen(['unshare', '-n', 'sh', '-c', 'echo ready; exec cat'], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE)
        self.other.stdout.readline()
        self.there = ['nsenter', '-t', str(self.other.pid), '-n']
        self.daemon = None
        run('ip', 'link', 'set', 'lo', 'up')
        run('ip', 'link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far', 'netns', str(self.other.pid))
        for net in US + '.%d/24', OTHERS + '.%d/24', SIX + '%d/64':
            quick = ['nodad'] if net.startswith(SIX) else []
            run('ip', 'address', 'add', net % 1, 'dev', 'near', *quick)
            run(*self.there, 'ip', 'address', 'add', net % 2, 'dev', 'far', *quick)
        run('ip', 'link', 'set', 'near', 'up')
        run(*self.there, 'ip', 'link', 'set', 'far', 'up')
        authority = Authority(os.path.join(world, 'ca'))
        self.pki = authority.sign(os.path.join(world, 'pki'), 'server', address=US + '.1')
        authority.sign(self.pki, 'client')
        self.daemon = Daemon(world, self.pki, address='', ports=(16509, 16514))

    def probe(self, address, port):
        done = subprocess.run(self.there + [ways.PYTHON, '-c', PROBE, address, str(port)], capture_output=True, text=True)
        return done.stdout.strip()

    def virsh(self, uri, *words):
        """What it says there, its status, and how long it took."""
        began = time.monotonic()
        done = subprocess.run(self.there + ['virsh', '-c', uri, *words], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr, time.monotonic() - began

    def end(self):
        if self.daemon:
            self.daemon.end()
        self.other.stdin.close()
        self.other.wait(10)


def page(hosts):
    steps = Page(report, 'firewall.md', {
        'qemu://host.example.com/system': 'test://%s.1/default?pkipath=%s' % (US, hosts.pki)}, 2)
    for port in (16509, 16514):
        report('%d is open without a firewall' % port, hosts.probe(OTHERS + '.1', port) == 'open')
    steps.do(1)
    for address, port, wanted in ((US + '.1', 16514, 'open'), (US + '.1', 16509, 'dropped'), (OTHERS + '.1', 16514, 'dropped'),
                                  (SIX + '1', 16514, 'dropped')):
        report('%s:%d is %s' % (address, port, wanted), hosts.probe(address, port) == wanted, hosts.probe(address, port))
    steps.steps[1] = ' '.join(hosts.there) + ' ' + steps.steps[1]
    steps.do(2, 'running')


def names(hosts, world):
    """Behind that firewall: of a name's addresses the first that answers is taken, and the others cost nothing."""
    with open(os.path.join(world, 'hosts'), 'w') as file:
        for address in OTHERS + '.1', SIX + '1', US + '.1':
            file.write('%s mixed.test\n' % address)
        file.write('%s1 six.test\n' % SIX)
    run('mount', '--bind', file.name, '/etc/hosts')
    uri = 'test://%s/default?no_verify=1&pkipath=' + hosts.pki
    code, text, took = hosts.virsh(uri % 'mixed.test', 'uri')
    report('three addresses, two of which are dead: %.1f s' % took, code == 0 and took < 3, text)
    run('nft', 'add', 'rule', 'inet', 'filter', 'input', 'ip6', 'saddr', SIX + '/64', 'accept')
    for where in 'six.test', '[%s1]' % SIX:
        for way, port in ('tcp', 16509), ('tls', 16514):
            code, text, _ = hosts.virsh((uri % ('%s:%d' % (where, port))).replace('test:', 'test+%s:' % way, 1), 'list')
            report('IPv6: %s by %s' % (where, way), code == 0 and 'running' in text, text)
    run('nft', 'add', 'rule', 'inet', 'filter', 'input', 'reject')
    code, text, took = hosts.virsh((uri % (OTHERS + '.1')).replace('test:', 'test+tcp:', 1), 'uri')
    report('a firewall that says no: %.1f s' % took, code and 'refused' in text and "'%s.1:16509'" % OTHERS in text, text)


def main():
    for program in ('nft', 'ip', 'nsenter', 'unshare', 'certtool'):
        if not shutil.which(program):
            skip('no ' + program)
    if os.geteuid():
        skip('networks are made by root')
    if sys.argv[1:] != ['inside']:
        if subprocess.run(['unshare', '-n', '-m', 'true'], capture_output=True).returncode:
            skip('no network of its own can be had')
        os.execvp('unshare', ['unshare', '-n', '-m', sys.executable, os.path.abspath(__file__), 'inside'])
    world = tempfile.mkdtemp(prefix='hosts.')
    hosts = None
    try:
        hosts = Hosts(world)
        page(hosts)
        names(hosts, world)
    finally:
        if hosts:
            hosts.end()
        shutil.rmtree(world)
    sys.exit(ways.failed != 0)


main()
