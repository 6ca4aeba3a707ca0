#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The agent inside a guest, played by this program at the host's end of the channel: what it is sent, what its answers
become, and that one which lies, hangs or floods costs its own calls alone, and those no longer than their time."""

import json
import os
import socket
import threading
import time

from harness import SLOW, Timed, check, domain, equal, has, main, wait_for

LIAR = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'liar')
NAME = 'opens-its-channel'
ANSWERS = {
    'guest-get-time': 1000000000123456789, 'guest-ping': {}, 'guest-get-host-name': {'host-name': 'mock'},
    'guest-fsfreeze-freeze': 3, 'guest-fsfreeze-freeze-list': 2, 'guest-fsfreeze-thaw': 3, 'guest-set-time': {},
    'guest-fstrim': {}, 'guest-set-vcpus': 1, 'guest-set-user-password': {},
    'guest-get-vcpus': [{'logical-id': 0, 'online': True, 'can-offline': False},
                        {'logical-id': 1, 'online': True, 'can-offline': True}],
    'guest-get-users': [{'user': 'ann', 'login-time': 1234.5678, 'domain': 'D'}, {'user': 'bob', 'login-time': 0.001}],
    'guest-get-timezone': {'zone': 'CET', 'offset': 3600},
    'guest-get-osinfo': {'id': 'i', 'name': 'n', 'variant': 'v', 'variant-id': 'vi', 'kernel-version': 'kv'},
    'guest-get-fsinfo': [
        {'name': 'vda1', 'mountpoint': '/', 'type': 'ext4', 'used-bytes': 100, 'total-bytes': 200, 'disk': [
            {'bus-type': 'virtio', 'bus': 0, 'unit': 0, 'target': 0, 'serial': 'S', 'dev': '/dev/vda1',
             'pci-controller': {'domain': 0, 'bus': 0, 'slot': 9, 'function': 0}}]},
        {'name': 'sdx', 'mountpoint': '/x', 'type': 'vfat', 'disk': [
            {'bus-type': 'scsi', 'bus': 0, 'unit': 3, 'target': 0,
             'pci-controller': {'domain': 0, 'bus': 0, 'slot': 8, 'function': 0}}]},
        {'name': 'sdy', 'mountpoint': '/y', 'type': 'xfs', 'disk': [
            {'bus-type': 'scsi', 'bus': 0, 'unit': 4, 'target': 0,
             'pci-controller': {'domain': 0, 'bus': 0, 'slot': 8, 'function': 0}}]}],
    'guest-get-disks': [
        {'name': '/dev/vda', 'partition': False, 'dependencies': [], 'alias': 'sys', 'address': {
            'bus-type': 'virtio', 'bus': 0, 'unit': 0, 'target': 0, 'serial': 'S',
            'pci-controller': {'domain': 0, 'bus': 0, 'slot': 9, 'function': 0}}},
        {'name': '/dev/vda1', 'partition': True, 'dependencies': ['/dev/vda', '/dev/b']}],
    'guest-network-get-interfaces': [
        {'name': 'eth0', 'hardware-address': '52:54:00:11:22:33', 'ip-addresses': [
            {'ip-address': '10.0.0.1', 'ip-address-type': 'ipv4', 'prefix': 24}]},
        {'name': 'eth0:1', 'hardware-address': '52:54:00:11:22:33', 'ip-addresses': [
            {'ip-address': '10.0.0.2', 'ip-address-type': 'ipv4', 'prefix': 8},
            {'ip-address': 'fe80::1', 'ip-address-type': 'ipv6', 'prefix': 64}]},
        {'name': 'sit0'}],
    'guest-ssh-get-authorized-keys': {'keys': ['k1', 'k2']}, 'guest-ssh-add-authorized-keys': {},
    'guest-ssh-remove-authorized-keys': {},
}
PARTING = ('guest-shutdown', 'guest-suspend-ram', 'guest-suspend-disk', 'guest-suspend-hybrid')
# What virsh of libvirt 9.0.0 prints of these answers: all but the targets, whose disks its guest had not.
GUESTINFO = """user.count          : 2
user.0.name         : ann
user.0.domain       : D
user.0.login-time   : 1234567
user.1.name         : bob
user.1.login-time   : 1
os.id               : i
os.name             : n
os.variant          : v
os.variant-id       : vi
os.kernel-version   : kv
timezone.name       : CET
timezone.offset     : 3600
hostname            : mock
fs.count            : 3
fs.0.name           : sdy
fs.0.mountpoint     : /y
fs.0.fstype         : xfs
fs.0.disk.count     : 1
fs.1.name           : sdx
fs.1.mountpoint     : /x
fs.1.fstype         : vfat
fs.1.disk.count     : 1
fs.1.disk.0.alias   : sdd
fs.2.name           : vda1
fs.2.mountpoint     : /
fs.2.fstype         : ext4
fs.2.total-bytes    : 200
fs.2.used-bytes     : 100
fs.2.disk.count     : 1
fs.2.disk.0.alias   : vda
fs.2.disk.0.serial  : S
fs.2.disk.0.device  : /dev/vda1
disk.count          : 2
disk.0.name         : /dev/vda
disk.0.partition    : no
disk.0.serial       : S
disk.0.alias        : vda
disk.0.guest_alias  : sys
disk.1.name         : /dev/vda1
disk.1.partition    : yes
disk.1.dependency.count: 2
disk.1.dependency.0.name: /dev/vda
disk.1.dependency.1.name: /dev/b
if.count            : 2
if.0.name           : eth0
if.0.hwaddr         : 52:54:00:11:22:33
if.0.addr.count     : 3
if.0.addr.0.type    : ipv4
if.0.addr.0.addr    : 10.0.0.1
if.0.addr.0.prefix  : 24
if.0.addr.1.type    : ipv4
if.0.addr.1.addr    : 10.0.0.2
if.0.addr.1.prefix  : 8
if.0.addr.2.type    : ipv6
if.0.addr.2.addr    : fe80::1
if.0.addr.2.prefix  : 64
if.1.name           : sit0
if.1.hwaddr         :
if.1.addr.count     : 0"""


class Agent:
    """Waits at PATH as QEMU does, and answers as self.how says; self.heard: the commands, but those for synchronization."""

    def __init__(self, path):
        self.how, self.heard, self.syncs, self.connections, self.end = '', [], 0, 0, None
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(5)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            self.end = self.listener.accept()[0]
            self.connections += 1
            buffer = b''
            try:
                while data := self.end.recv(65536):
                    buffer += data
                    while b'\n' in buffer:
                        line, buffer = buffer.split(b'\n', 1)
                        self.take(line)
            except OSError:             # the daemon hung up while it was talked to
                pass

    def say(self, value):
        self.end.sendall(json.dumps(value).encode() + b'\n')

    def flood(self, what):
        how = self.how
        while self.how == how:
            self.end.sendall(what * 1000)

    def take(self, line):
        check(line.startswith(b'\xff') or b'guest-sync' not in line, 'a delimiter before ' + repr(line))
        command = json.loads(line.lstrip(b'\xff'))
        if command['execute'].startswith('guest-sync'):
            self.synchronize(command)
        else:
            self.heard.append(line.decode())
            self.obey(command['execute'])

    def synchronize(self, command):
        number = command['arguments']['id']
        self.syncs += 1
        if self.how == 'knows only guest-sync' and command['execute'] != 'guest-sync':
            self.say({'error': {'class': 'CommandNotFound', 'desc': 'what?'}})
            return
        if self.how in ('says nothing', 'another number'):
            if self.how == 'another number':
                for other in (number + 1, -1, str(number), None, [number]):
                    self.say({'return': other})
            return
        if self.how == 'floods':
            self.flood(b'{"return":1}\n')
        if self.how == 'floods without end of line':
            self.flood(b'{"return":1,')
        if self.how == 'stammers':
            self.end.sendall(b'garbage\n{"return":1}\n{"x":\n\n\xff\xff{"return":"half')
        if self.how != 'knows only guest-sync':
            self.end.sendall(b'\xff')
        self.say({'return': number})

    def obey(self, name):
        if self.how == 'hangs':
            return
        if self.how == 'leaves':
            self.end.shutdown(socket.SHUT_RDWR)
        elif self.how == 'answers late':
            time.sleep(3)
            self.say({'return': 5000000000})
        elif self.how == 'floods in its answer':
            self.flood(b'{"return":[[[[')
        elif self.how == 'too deep':
            self.end.sendall(b'{"return":' + b'[' * 100000 + b'\n')
        elif self.how.startswith('{') or self.how == 'garbage':
            self.end.sendall(self.how.encode() + b'\n')
        elif name not in PARTING:
            self.say({'return': ANSWERS[name]} if name in ANSWERS else
                     {'error': {'class': 'CommandNotFound', 'desc': 'The command %s has not been found' % name}})


def begin(world, start=True):
    """The agent of a guest whose emulator says that its channel was opened."""
    path = os.path.join(world.dir, 'agent.sock')
    world.define(domain(NAME, devices="<emulator>%s</emulator><memballoon model='none'/>"
                        "<disk type='file' device='disk'><source file='%s'/><target dev='vda' bus='virtio'/>"
                        "<address type='pci' domain='0' bus='0' slot='9' function='0'/></disk>"
                        "<disk type='file' device='disk'><source file='%s'/><target dev='sdd' bus='scsi'/>"
                        "<address type='drive' controller='0' bus='0' target='0' unit='3'/></disk>"
                        "<controller type='scsi' index='0' model='virtio-scsi'><address type='pci' domain='0' bus='0' "
                        "slot='8' function='0'/></controller>"
                        "<channel type='unix'><source mode='bind' path='%s'/><target type='virtio' "
                        "name='org.qemu.guest_agent.0'/></channel>" % (LIAR, world.write('x', 'a'), world.write('x', 'b'), path),
                        more="<vcpu>2</vcpu><features><acpi/></features>"))
    agent = Agent(path)
    if start:
        world.virsh('start', NAME)
        wait_for(lambda: "state='connected'" in world.virsh('dumpxml', NAME), 5, 'the channel is connected')
    return agent


def command(world, *words):
    return world.virsh('qemu-agent-command', NAME, *words)


def refused(world, seconds, *words):
    with Timed(seconds, ' '.join(words)):
        return world.refused(*words, timeout=100)


# ---- what works

def quiesced(world):
    """The guest's file systems hold still while QEMU turns to the overlays, and go on in any case."""
    agent = begin(world)
    for target in ('vda', 'sdd'):
        os.truncate(os.path.join(world.dir, {'vda': 'a', 'sdd': 'b'}[target]), 1 << 20)
    words = ['snapshot-create-as', NAME, 's', '--disk-only', '--quiesce', '--diskspec', 'sdd,snapshot=no', '--diskspec',
             'vda,file=' + os.path.join(world.dir, 'over')]
    heard = [json.loads(line)['execute'] for line in agent.heard]
    world.run(*words)
    equal([json.loads(line)['execute'] for line in agent.heard][len(heard):], ['guest-fsfreeze-freeze', 'guest-fsfreeze-thaw'],
          'what the agent was told')


def says(world):
    """What each call sends, and prints: that of libvirt 9.0.0."""
    agent = begin(world)
    keys = world.write('ssh-rsa CCCC two@y\n', 'keys')
    for words, sent, printed in (
            (['domtime', NAME], '{"execute":"guest-get-time"}', 'Time: 1000000000'),
            (['domtime', NAME, '--pretty'], '{"execute":"guest-get-time"}', 'Time: 2001-09-09 01:46:40'),
            (['domtime', NAME, '--time', '5'], '{"execute":"guest-set-time","arguments":{"time":5000000000}}', ''),
            (['domtime', NAME, '--sync'], '{"execute":"guest-set-time"}', ''),
            (['domhostname', NAME], '{"execute":"guest-get-host-name"}', 'mock'),
            (['domfsfreeze', NAME], '{"execute":"guest-fsfreeze-freeze"}', ''),
            (['domfsfreeze', NAME, '/a', '/b'],
             '{"execute":"guest-fsfreeze-freeze-list","arguments":{"mountpoints":["/a","/b"]}}', ''),
            (['domfsthaw', NAME], '{"execute":"guest-fsfreeze-thaw"}', ''),
            (['domfstrim', NAME, '--minimum', '5'], '{"execute":"guest-fstrim","arguments":{"minimum":5}}', ''),
            (['set-user-password', NAME, 'ann', 'pw'], '{"execute":"guest-set-user-password","arguments":{"crypted":false,'
             '"username":"ann","password":"cHc="}}', ''),
            (['set-user-password', NAME, 'ann', 'pw', '--encrypted'], '{"execute":"guest-set-user-password","arguments":'
             '{"crypted":true,"username":"ann","password":"cHc="}}', ''),
            (['guestvcpus', NAME], '{"execute":"guest-get-vcpus"}',
             'vcpus          : 0-1\nonline         : 0-1\nofflinable     : 1'),
            (['guestvcpus', NAME, '1', '--disable'],
             '{"execute":"guest-set-vcpus","arguments":{"vcpus":[{"logical-id":1,"online":false}]}}', ''),
            (['setvcpus', NAME, '1', '--guest'],
             '{"execute":"guest-set-vcpus","arguments":{"vcpus":[{"logical-id":1,"online":false}]}}', ''),
            (['vcpucount', NAME, '--guest'], '{"execute":"guest-get-vcpus"}', '2'),
            (['get-user-sshkeys', NAME, 'ann'],
             '{"execute":"guest-ssh-get-authorized-keys","arguments":{"username":"ann"}}', 'k1k2'),
            (['set-user-sshkeys', NAME, 'ann', '--file', keys], '{"execute":"guest-ssh-add-authorized-keys","arguments":'
             '{"username":"ann","keys":["ssh-rsa CCCC two@y",""],"reset":false}}', ''),
            (['set-user-sshkeys', NAME, 'ann', '--reset'], '{"execute":"guest-ssh-add-authorized-keys","arguments":'
             '{"username":"ann","keys":[],"reset":true}}', ''),
            (['set-user-sshkeys', NAME, 'ann', '--file', keys, '--remove'], '{"execute":"guest-ssh-remove-authorized-keys",'
             '"arguments":{"username":"ann","keys":["ssh-rsa CCCC two@y",""]}}', ''),
            (['qemu-agent-command', NAME, '{"execute":"guest-ping"}'], '{"execute":"guest-ping"}', '{"return":{}}'),
            (['qemu-agent-command', NAME, '--pretty', '{"execute":"guest-ping"}'], '{"execute":"guest-ping"}',
             '{\n  "return": {\n\n  }\n}')):
        agent.heard.clear()
        equal(world.virsh(*words), printed, ' '.join(words))
        equal(agent.heard[-1], sent, ' '.join(words))
    check(agent.syncs >= 20, 'synchronizations')
    equal(agent.connections, 1, 'connections')
    with open(os.path.join(world.log, NAME + '.log')) as log:
        equal(log.read().count('noted rtc-reset-reinjection'), 2, 'clocks that were set')
    equal('\n'.join(line.rstrip() for line in world.virsh('guestinfo', NAME).split('\n')), GUESTINFO, 'guestinfo')
    equal(world.virsh('guestinfo', NAME, '--timezone'), 'timezone.name       : CET\ntimezone.offset     : 3600', 'one kind')
    equal([row.split() for row in world.virsh('domfsinfo', NAME).split('\n')],
          [['/y', 'sdy', 'xfs'], ['/x', 'sdx', 'vfat', 'sdd'], ['/', 'vda1', 'ext4', 'vda']], 'file systems')
    addresses = world.virsh('domifaddr', NAME, '--source', 'agent')
    for row in (' eth0       52:54:00:11:22:33    ipv4         10.0.0.1/24',
                ' -          -                    ipv6         fe80::1/64', ' sit0       N/A                  N/A          N/A'):
        has(addresses, row.strip())


def refusals(world):
    """Without a guest, an agent, or one that knows the command."""
    agent = begin(world, start=False)
    for words in (['domtime', NAME], ['guestinfo', NAME], ['domfsinfo', NAME], ['guestvcpus', NAME],
                  ['shutdown', NAME, '--mode', 'agent'], ['qemu-agent-command', NAME, '{"execute":"guest-ping"}']):
        has(world.refused(*words), 'Requested operation is not valid: domain is not running')
    has(world.refused('vcpucount', NAME, '--guest'), 'invalid argument: vCPU count provided by the guest agent can only be '
        'requested for live domains')
    world.define(domain('plain'))
    world.start('plain', paused=False)
    for words in (['domtime', 'plain'], ['reboot', 'plain', '--mode', 'agent'], ['domfsfreeze', 'plain']):
        has(world.refused(*words), 'argument unsupported: QEMU guest agent is not configured')
    world.virsh('start', NAME, '--paused')
    has(world.refused('domtime', NAME), 'Requested operation is not valid: domain is not running')
    has(world.virsh('dumpxml', NAME), "<target type='virtio' name='org.qemu.guest_agent.0' state='disconnected'/>")
    world.virsh('resume', NAME)
    wait_for(lambda: "state='connected'" in world.virsh('dumpxml', NAME), 5, 'the channel is connected')
    for words, error in (
            (['qemu-agent-command', NAME, '{"execute":"guest-nonsense"}'],
             "internal error: unable to execute QEMU agent command 'guest-nonsense': The command guest-nonsense has not been found"),
            (['qemu-agent-command', NAME, 'nonsense'], 'internal error: cannot parse json'),
            (['qemu-agent-command', NAME, '--timeout', '0', '{}'], 'timeout must be positive'),
            (['qemu-agent-command', NAME, '--block', '--async', '{}'], 'timeout, async and block options are exclusive'),
            (['guest-agent-timeout', NAME, '--timeout', '-3'], "invalid argument: guest agent timeout '-3' is less than the minimum '-2'"),
            (['domfsthaw', NAME, '/a'], 'argument unsupported: specifying mountpoints is not supported'),
            (['domfstrim', NAME, '--mountpoint', '/a'], 'argument unsupported: Specifying mount point is not supported for now'),
            (['dompmsuspend', NAME, 'mem', '--duration', '5'], 'argument unsupported: Duration not supported. Use 0 for now'),
            (['guestvcpus', NAME, '0', '--disable'], "Operation not supported: vCPU '0' is not offlinable"),
            (['guestvcpus', NAME, '7', '--disable'], "invalid argument: guest is missing vCPUs '7'"),
            (['guestvcpus', NAME, 'x', '--enable'], "invalid argument: Failed to parse bitmap 'x'"),
            (['guestvcpus', NAME, '1'], 'One of options --enable or --disable is required by option --cpulist'),
            (['setvcpus', NAME, '3', '--guest'], 'invalid argument: requested vcpu count is greater than the count of enabled '
             'vcpus in the domain: 3 > 2'),
            (['domhostname', NAME, '--source', 'lease'], 'no hostname found'),
            (['set-user-sshkeys', NAME, 'ann'], 'Option --file is required')):
        has(world.refused(*words), error)
    heard = len(agent.heard)
    world.virsh('suspend', NAME)
    world.run('domtime', NAME)
    equal(len(agent.heard), heard, 'commands to a guest that is paused')


def lifecycle(world):
    """Who listens hears of the channel; a new daemon knows how it is, and how long to wait."""
    agent = begin(world, start=False)
    events = world.background('event', NAME, '--event', 'agent-lifecycle', '--loop', '--timeout', str(8 * SLOW))
    time.sleep(1 * SLOW)
    world.virsh('start', NAME)
    wait_for(lambda: "state='connected'" in world.virsh('dumpxml', NAME), 5, 'the channel is connected')
    world.virsh('guest-agent-timeout', NAME, '--timeout', '1')
    equal(world.virsh('domhostname', NAME), 'mock', 'name')
    text = events.communicate(timeout=60 * SLOW)[0]
    has(text, "state: 'disconnected' reason: 'domain started'")
    has(text, "state: 'connected' reason: 'channel event'")
    world.kill_daemon()
    wait_for(lambda: "state='connected'" in world.virsh('dumpxml', NAME), 5, 'the next daemon sees the channel')
    equal(world.virsh('domhostname', NAME), 'mock', 'name')
    equal(agent.connections, 2, 'connections')
    agent.how = 'hangs'
    has(refused(world, 3, 'domtime', NAME), 'Guest agent is not responding')


def meanwhile(world):
    """A channel that the guest opens or closes while devices come."""
    begin(world)
    world.virsh('attach-device', NAME, world.write("<channel type='unix'><target type='virtio' name='org.example.1'/></channel>"),
                '--live')
    wait_for(lambda: "name='org.example.1' state='connected'" in world.virsh('dumpxml', NAME), 5, 'the new one is open')
    has(world.virsh('dumpxml', NAME), "name='org.qemu.guest_agent.0' state='connected'")
    world.virsh('attach-device', NAME, world.write("<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"),
                '--live')
    has(world.virsh('dumpxml', NAME), "name='org.qemu.guest_agent.0' state='disconnected'")
    has(world.refused('domtime', NAME), 'Guest agent is not responding: QEMU guest agent is not connected')


def parting(world):
    """Commands that are not answered: the channel ends; and the ways to power off in the order that the flags say."""
    agent = begin(world)
    sleeper = world.background('dompmsuspend', NAME, 'mem')
    wait_for(lambda: agent.heard, 5, 'the agent is told')
    agent.end.shutdown(socket.SHUT_RDWR)
    equal((sleeper.wait(10 * SLOW), agent.heard[-1]), (0, '{"execute":"guest-suspend-ram"}'), 'suspend')
    agent.how = '{"error":{"class":"GenericError","desc":"no way"}}'
    has(world.refused('dompmsuspend', NAME, 'disk'), "unable to execute QEMU agent command 'guest-suspend-disk': no way")
    has(world.refused('reboot', NAME, '--mode', 'agent'), "unable to execute QEMU agent command 'guest-shutdown': no way")
    equal(agent.heard[-1], '{"execute":"guest-shutdown","arguments":{"mode":"reboot"}}', 'reboot')
    equal(world.virsh('domstate', NAME), 'running', 'state')
    heard = len(agent.heard)
    world.virsh('shutdown', NAME, '--mode', 'agent,acpi')
    equal(agent.heard[heard:], ['{"execute":"guest-shutdown","arguments":{"mode":"powerdown"}}'], 'first the agent')
    wait_for(lambda: world.virsh('domstate', NAME) == 'shut off', 10, 'then the button')


# ---- what does not

def hangs(world):
    """Its calls end at their time; the guest's others, and other guests', do not wait at all."""
    agent = begin(world)
    world.define(domain('honest'))
    world.start('honest')
    world.virsh('guest-agent-timeout', NAME, '--timeout', '2')
    for how in ('hangs', 'says nothing', 'another number', 'floods', 'floods without end of line', 'floods in its answer'):
        agent.how = how
        has(refused(world, 4, 'domtime', NAME), 'Guest agent is not responding')
        agent.how = ''
        wait_for(lambda: world.run('domtime', NAME)[1].startswith('Time: 1000000000'), 10, 'it answers again after: ' + how)
    agent.how = 'hangs'
    waiting = [world.background('domtime', NAME) for _ in range(8)]
    time.sleep(0.5 * SLOW)
    with Timed(1, "a call to the monitor of that guest"):
        world.virsh('qemu-monitor-command', NAME, '{"execute":"query-status"}')
    with Timed(1, "another guest's"):
        world.virsh('suspend', 'honest')
    with Timed(6, 'all that waited'):
        for one in waiting:
            equal(one.wait(60 * SLOW), 1, 'status')
            has(one.stdout.read(), 'Guest agent is not responding')
    waiting = world.background('qemu-agent-command', NAME, '--block', '{"execute":"guest-ping"}')
    time.sleep(0.5 * SLOW)
    with Timed(2, 'destroy'):
        world.virsh('destroy', NAME)
    equal(waiting.wait(5 * SLOW), 1, 'who waited without a limit')


def late(world):
    """An answer to an earlier call is nobody's."""
    agent = begin(world)
    world.virsh('guest-agent-timeout', NAME, '--timeout', '1')
    agent.how = 'answers late'
    has(refused(world, 3, 'domtime', NAME), 'Guest agent is not responding')
    agent.how = ''
    time.sleep(3 * SLOW)
    equal(world.virsh('domtime', NAME), 'Time: 1000000000', 'the answer to this call')
    agent.how = 'stammers'
    equal(world.virsh('domtime', NAME), 'Time: 1000000000', 'what is before the delimiter is dropped')
    agent.how = 'knows only guest-sync'
    equal(world.virsh('domtime', NAME), 'Time: 1000000000', 'the older way')
    has(world.refused('qemu-agent-command', NAME, '--async', '{"execute":"guest-ping"}'),
        'Guest agent is not responding: Guest agent not available for now')


def nonsense(world):
    """Answers that are none: an error each, and the next call works."""
    agent = begin(world)
    calls = (['domtime', NAME], ['domhostname', NAME], ['domifaddr', NAME, '--source', 'agent'], ['domfsinfo', NAME],
             ['domfsfreeze', NAME], ['guestinfo', NAME, '--user'], ['guestinfo', NAME, '--timezone'],
             ['guestinfo', NAME, '--hostname'], ['guestinfo', NAME, '--filesystem'], ['guestinfo', NAME, '--disk'],
             ['guestinfo', NAME, '--interface'], ['guestvcpus', NAME], ['get-user-sshkeys', NAME, 'ann'])
    for how in ('garbage', '{"x":1}', '{"return":"text"}', '{"return":[1]}', '{"return":[{}]}', '{"return":-5}', '{"error":{}}',
                '{"error":"x"}', '{"return":null}', 'too deep', 'leaves'):
        agent.how = how
        for words in calls:
            world.refused(*words)
        agent.how = ''
        equal(world.virsh('domtime', NAME), 'Time: 1000000000', 'the next call after ' + how)
    agent.how = '{"return":[]}'
    equal(world.virsh('guestinfo', NAME, '--user'), 'user.count          : 0', 'nobody')
    equal(world.virsh('guestinfo', NAME, '--disk'), '', 'no disk')
    agent.how = '{"error":{"class":"CommandNotFound","desc":"what"}}'
    equal(world.virsh('guestinfo', NAME), '', 'an agent that knows nothing')
    has(world.refused('guestinfo', NAME, '--os'), "unable to execute QEMU agent command 'guest-get-osinfo': what")


main([says, quiesced, refusals, lifecycle, meanwhile, parting, hangs, late, nonsense])
