#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/firewall.md as it is written: two hosts, each in a network of its own, nftables on the one
with the daemon."""

import os
import shutil
import subprocess
import sys
import tempfile

import ways
from ways import HERE, Authority, Daemon, report, skip

sys.path.insert(0, os.path.join(HERE, '..'))
from page import Page  # noqa: E402

US, OTHERS = '192.0.2', '198.51.100'    # networks: that of the page, and another
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


def other_host():
    """A process whose network is joined to ours."""
    host = subprocess.Popen(['unshare', '-n', 'sh', '-c', 'echo ready; exec cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    host.stdout.readline()
    there = ['nsenter', '-t', str(host.pid), '-n']
    run('ip', 'link', 'set', 'lo', 'up')
    run('ip', 'link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far', 'netns', str(host.pid))
    for net in US, OTHERS:
        run('ip', 'address', 'add', net + '.1/24', 'dev', 'near')
        run(*there, 'ip', 'address', 'add', net + '.2/24', 'dev', 'far')
    run('ip', 'link', 'set', 'near', 'up')
    run(*there, 'ip', 'link', 'set', 'far', 'up')
    return host, there


def page(world):
    authority = Authority(os.path.join(world, 'ca'))
    pki = authority.sign(os.path.join(world, 'pki'), 'server', address=US + '.1')
    authority.sign(pki, 'client')
    steps = Page(report, 'firewall.md', {'qemu://host.example.com/system': 'test://%s.1/default?pkipath=%s' % (US, pki)}, 2)
    host, there = other_host()
    daemon = None
    try:
        daemon = Daemon(world, pki, address='0.0.0.0', ports=(16509, 16514))

        def probe(net, port):
            done = subprocess.run(there + [ways.PYTHON, '-c', PROBE, net + '.1', str(port)], capture_output=True, text=True)
            return done.stdout.strip()

        for port in (16509, 16514):
            report('%d is open without a firewall' % port, probe(OTHERS, port) == 'open', probe(OTHERS, port))
        steps.do(1)
        for net, port, wanted in ((US, 16514, 'open'), (US, 16509, 'dropped'), (OTHERS, 16514, 'dropped')):
            report('%d is %s from %s.2' % (port, wanted, net), probe(net, port) == wanted, probe(net, port))
        steps.steps[1] = ' '.join(there) + ' ' + steps.steps[1]
        steps.do(2, 'running')
    finally:
        if daemon:
            daemon.end()
        host.stdin.close()
        host.wait(10)


def main():
    for program in ('nft', 'ip', 'nsenter', 'unshare', 'certtool'):
        if not shutil.which(program):
            skip('no ' + program)
    if os.geteuid():
        skip('networks are made by root')
    if sys.argv[1:] != ['inside']:
        if subprocess.run(['unshare', '-n', 'true'], capture_output=True).returncode:
            skip('no network of its own can be had')
        os.execvp('unshare', ['unshare', '-n', sys.executable, os.path.abspath(__file__), 'inside'])
    world = tempfile.mkdtemp(prefix='firewall.')
    try:
        page(world)
    finally:
        shutil.rmtree(world)
    sys.exit(ways.failed != 0)


main()
