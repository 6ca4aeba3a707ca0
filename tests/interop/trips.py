#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How often a program on a distant host waits: the round trips of opening and closing a
connection and of virsh list, to our daemon and the distribution's.  What is said before
anybody has logged in does no harm where somebody has to."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import threading

import matrix
import ways
from ways import PYTHON, Authority, Daemon, free_port, report, skip, virsh

AWAY = 0.03                             # seconds from one end to the other
TRIES = 5                               # who is kept waiting by a busy host says his word a trip later
OPEN = 'import libvirt, sys\nlibvirt.open(sys.argv[1]).close()'
# one that asks, whose daemon lets root in by the answer to AUTH_LIST while it serves the calls behind it
OPENER = '''
import libvirt, sys
libvirt.virEventRegisterDefaultImpl()
libvirt.registerErrorHandler(lambda *a: None, None)
for _ in range(100):
    conn = libvirt.open(sys.argv[1])
    if conn.setKeepAlive(5, 3) != 0 or len(conn.listAllDomains()) != 1:
        sys.exit('no keepalive')
    conn.close()
'''
# by this process as nobody, who has to log in and cannot
NOBODY = '''
import libvirt, os, sys
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
libvirt.registerErrorHandler(lambda *a: None, None)
try:
    libvirt.open%s(sys.argv[1])
    print('open')
except libvirt.libvirtError as e:
    print(e.get_error_code(), e)
'''


class Relay(threading.Thread):
    """Between a socket of its own and TARGET (a path or a port), each piece AWAY late; counts how often the client
    spoke again only after it had been answered."""

    def __init__(self, target, path):
        super().__init__(daemon=True)
        self.target, self.path, self.port = target, path, None if isinstance(target, str) else free_port()
        self.trips, self.answered = 0, True
        self.loop, self.over, self.ready = None, asyncio.Event(), threading.Event()
        self.start()
        self.ready.wait(20)

    def run(self):
        asyncio.run(self.listen())

    async def listen(self):
        self.loop = asyncio.get_running_loop()
        if self.port:
            await asyncio.start_server(self.serve, '127.0.0.1', self.port)
        else:
            await asyncio.start_unix_server(self.serve, self.path)
        self.ready.set()
        await self.over.wait()

    async def serve(self, reader, writer):
        there = (await asyncio.open_connection('127.0.0.1', self.target) if self.port
                 else await asyncio.open_unix_connection(self.target))
        await asyncio.gather(self.way(reader, there[1], self.asked), self.way(there[0], writer, self.told))

    def asked(self):
        self.trips += self.answered
        self.answered = False

    def told(self):
        self.answered = True

    async def way(self, source, sink, note):
        try:
            while data := await source.read(1 << 20):
                note()
                self.loop.call_later(AWAY, sink.write, data)
        except OSError:
            pass
        self.loop.call_later(AWAY, sink.close)

    def end(self):
        self.loop.call_soon_threadsafe(self.over.set)
        self.join(20)


def trips(target, uri, command):
    """Of COMMAND over URI, in which RELAY is the way to the relay; and what it said, if it failed."""
    relay = Relay(target, os.path.join(tempfile.mkdtemp(dir=os.environ['HOME']), 'relay'))
    uri = uri.replace('RELAY', str(relay.port or relay.path))
    done = subprocess.run([word.replace('URI', uri) for word in command], capture_output=True, text=True, timeout=60,
                          env=ways.interpreter())
    relay.end()
    return relay.trips, done.returncode and done.stdout + done.stderr


def count(name, target, uri, limit, command):
    said = []
    while len(said) < TRIES and (not said or said[-1][0] > limit):
        said.append(trips(target, uri, command))
    report('%s: %d trips' % (name, limit), said[-1][0] <= limit and not any(error for _, error in said), said)


def far(whose, world, pki, unix, tcp, tls):
    """The node has many domains: one of them would be asked about alone."""
    node = os.path.join(world, 'node.xml')
    with open(node, 'w') as file:
        file.write('<node>%s</node>' % ''.join(matrix.DOMAIN % ('d%d' % i, i) for i in range(1, 101)))
    privileged = os.geteuid() == 0
    for way, target, uri, opens, lists in (
            ('unix', unix, 'test+unix://PATH?socket=RELAY', 3 - privileged, 4 - privileged),
            ('tcp', tcp, 'test+tcp://127.0.0.1:RELAYPATH', 2, 4),
            ('tls', tls, 'test+tls://127.0.0.1:RELAYPATH?pkipath=' + pki, 3, 4)):
        count('%s daemon, %s, open and close' % (whose, way), target, uri.replace('PATH', '/default'), opens,
              [PYTHON, '-c', OPEN, 'URI'])
        count('%s daemon, %s, list' % (whose, way), target, uri.replace('PATH', node), lists,
              ['virsh', '-c', 'URI', 'list', '--all'])


def root_by_polkit(world, pki):
    """Their daemon asks nobody else's leave for root, but only once root has asked how to log in."""
    theirs = matrix.TheirDaemon(World(pki), 'none', 'none', 'auth_unix_rw = "polkit"\nunix_sock_rw_perms = "0777"\n')
    try:
        if os.geteuid() != 0 or not theirs.starts:
            print('# nobody is root, or their daemon does not start')
            return
        uri = 'test+unix:///default?socket=' + theirs.socket
        done = subprocess.run([PYTHON, '-c', OPENER, uri], capture_output=True, text=True, timeout=60)
        report('their daemon, polkit, root', done.returncode == 0, done.stdout + done.stderr)
        os.chmod(os.path.dirname(theirs.socket), 0o755)
        for name, function in (('a user', ''), ('a reader', 'ReadOnly')):
            said = subprocess.run([PYTHON, '-c', NOBODY % function, uri], capture_output=True, text=True, timeout=60)
            report('their daemon, polkit, %s' % name, said.stdout and 'open' not in said.stdout and
                   'authentication required' not in said.stdout, said.stdout + said.stderr)
    finally:
        theirs.end()


class World:
    def __init__(self, pki):
        self.pki = pki


def their_daemon(world, pki):
    theirs = matrix.TheirDaemon(World(pki), 'none', 'none')
    try:
        if theirs.starts:
            far('their', world, pki, theirs.socket, theirs.tcp, theirs.tls)
        else:
            print('# their daemon does not start')
    finally:
        theirs.end()


def our_daemon(world, pki):
    daemon = Daemon(world, pki)
    far('our', world, pki, daemon.socket, daemon.tcp, daemon.tls)
    daemon.end()


def refused_certificate(world, pki):
    """What was sent behind the handshake does not hide why nobody is let in."""
    daemon = Daemon(world, pki, 'tls_allowed_dn_list = [ "CN=nobody" ]\n')
    for _ in range(5):
        code, text = virsh('test+tls://127.0.0.1:%d/session?pkipath=%s' % (daemon.tls, pki), 'uri')
        report('who is not let in hears so', code and 'of our certificate or IP address' in text and 'hint: ' in text,
               text)
    daemon.end()


def main():
    if not shutil.which('certtool'):
        skip('no certtool')
    world = os.environ['HOME'] = tempfile.mkdtemp(prefix='trips.')
    os.chmod(world, 0o755)
    try:
        authority = Authority(os.path.join(world, 'ca'))
        pki = authority.sign(os.path.join(world, 'pki'), 'server')
        authority.sign(pki, 'client')
        cases = [our_daemon, refused_certificate]
        if not ways.SANITIZED and os.path.exists('/usr/sbin/libvirtd'):
            cases += [their_daemon, root_by_polkit]
        for case in cases:
            if len(sys.argv) < 2 or case.__name__ in sys.argv[1:]:
                case(world, pki)
    finally:
        shutil.rmtree(world)
    sys.exit(ways.failed != 0)


if __name__ == '__main__':
    main()
