#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest's console, in both directions, over each transport with each login, by our library and the
distribution's; by ours from their daemon, too, with VIR_LONG=yes."""

import os
import shutil
import subprocess
import sys
import tempfile

import matrix
import sshd
import ways
from ways import SANITIZED, THEIRS, Daemon, free_port, report, skip

GUEST = os.environ.get('VIR_GUEST_DIR', '/nowhere')
LINES = 2000
LONG = os.environ.get('VIR_LONG', 'no') == 'yes'
DOMAIN = '''<domain type='qemu'><name>guest</name><memory unit='MiB'>128</memory><os><type arch='x86_64' machine='pc'>hvm</type>
<kernel>%s/vmlinuz</kernel><initrd>%s/initrd.gz</initrd><cmdline>console=ttyS0 quiet</cmdline></os><features><acpi/></features>
<devices><serial type='pty'/><memballoon model='none'/></devices></domain>'''
CLIENT = r'''
import libvirt, signal, sys
signal.alarm(90)                # nothing comes
conn = libvirt.openAuth(sys.argv[1], [[libvirt.VIR_CRED_AUTHNAME, libvirt.VIR_CRED_PASSPHRASE], lambda *ignored: -1, None], 0)
if sys.argv[2:]:
    conn.createXML(open(sys.argv[2]).read(), 0)
stream = conn.newStream(0)
conn.lookupByName('guest').openConsole(None, stream, libvirt.VIR_DOMAIN_CONSOLE_FORCE)
seen = b''

def wait(word):
    """Until the guest has said it; what came before."""
    global seen
    while word not in seen:
        data = stream.recv(65536)
        if not data:
            sys.exit('the stream ends: %r' % seen[-500:])
        seen += data
    before, seen = seen.split(word, 1)
    return before

if sys.argv[2:]:
    wait(b'GUEST UP')
stream.send(b'\necho a$((20+3))b\n')
wait(b'a23b')
stream.send(b'seq 1 %d; echo end$((1+1))\n' % LINES)
numbers = wait(b'end2').decode().rsplit('1+1))', 1)[-1].split()     # behind the echo of what was typed
print('whole' if numbers == [str(i) for i in range(1, LINES + 1)] else numbers[:5] + numbers[-5:])
stream.abort()
'''.replace('LINES', str(LINES))


def speak(uri, env, *more):
    done = subprocess.run([ways.PYTHON, '-c', CLIENT, uri, *more], capture_output=True, text=True, timeout=120, env=env)
    return done.stdout.strip(), '%s status %d' % (done.stderr, done.returncode)


def try_roads(whose, roads, path, world, libraries):
    document = world.write('guest.xml', DOMAIN % (GUEST, GUEST))
    for number, (name, uri, login) in enumerate(roads):
        uri = (uri % path).replace('test+', 'qemu+', 1)
        for library, env in libraries:
            first = [document] if number == 0 and (library, env) == libraries[0] else []
            said, error = speak(uri, dict(env, **login), *first)
            report('%s library, %s daemon, %s' % (library, whose, name), said == 'whole', said, error)
            if first and said != 'whole':
                return
    subprocess.run(['virsh', '-c', (roads[0][1] % path).replace('test+', 'qemu+', 1), 'destroy', 'guest'], capture_output=True)


def roads_of(world, daemon, ssh):
    """Where TCP asks for a login and TLS does not."""
    roads = world.roads(daemon.socket, daemon.tcp, daemon.tls, daemon.tcp, daemon.tls, ssh)
    return [road for road in roads if road[0] != 'tcp' and not road[0].startswith('tls,')]


def our_daemon(world, ssh):
    daemon = Daemon(world.path, world.pki, 'auth_tcp = "sasl"\n')
    libraries = [('our', ways.interpreter())] + ([('their', THEIRS)] if not SANITIZED else [])
    try:
        try_roads('our', roads_of(world, daemon, ssh), '/session', world, libraries)
    finally:
        daemon.end()


def their_daemon(world, ssh):
    if SANITIZED or not os.path.exists('/usr/sbin/libvirtd'):
        return
    daemon = matrix.TheirDaemon(world, 'sasl', 'none')
    try:
        if not daemon.starts:
            print('# their daemon does not start')
            return
        try_roads('their', roads_of(world, daemon, ssh), '/system', world, [('our', ways.interpreter())])
    finally:
        daemon.end()


def main():
    if not os.path.exists(GUEST + '/vmlinuz'):
        skip('no %s/vmlinuz: set VIR_GUEST_DIR to what guest/make-guest made' % GUEST)
    if not os.access('/usr/bin/qemu-system-x86_64', os.X_OK) or not shutil.which('certtool'):
        skip('no qemu-system-x86_64 or certtool')
    if subprocess.run([ways.PYTHON, '-c', 'import libvirt'], env=THEIRS).returncode:
        skip('no python3-libvirt')
    path = tempfile.mkdtemp(prefix='console.')
    world = ssh = None
    try:
        os.environ['PATH'] = sshd.Client(path).path
        THEIRS['PATH'] = os.environ['PATH']
        ways.forgive_leaks(path, 'libcrypto', 'libgssapi_krb5', 'libkrb5')
        world = matrix.World(path)
        ssh = None if sshd.missing() else sshd.Sshd(path, free_port(), sshd.environment())
        for case in our_daemon, their_daemon:
            if case.__name__ in sys.argv[1:] if sys.argv[1:] else LONG or case is our_daemon:
                case(world, ssh)
    finally:
        if ssh:
            ssh.end()
        if world and world.realm:
            world.realm.end()
        shutil.rmtree(path)
    sys.exit(ways.failed != 0)


main()
