#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""QEMU's guest agent in a Linux (guest/make-guest made it): what is set through it is seen inside, and what is inside is
told by it."""

import os
import re
import time

from harness import SLOW, Timed, check, domain, equal, has, main, wait_for
from linux import SMALL, Guest, need, os_of

SYSTEM = os.path.join(SMALL, 'agent')
DEVICES = ("<memballoon model='none'/><serial type='pty'/>"
           "<disk type='file' device='disk'><driver name='qemu' type='raw' discard='unmap'/><source file='%s'/>"
           "<target dev='vda' bus='virtio'/></disk>"
           "<interface type='user'><mac address='52:54:00:11:22:33'/><model type='virtio'/></interface>"
           "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>")
MORE = ("<vcpu>2</vcpu><features><acpi/></features><pm><suspend-to-mem enabled='yes'/><suspend-to-disk enabled='yes'/></pm>")


def connected(world):
    return "name='org.qemu.guest_agent.0' state='connected'" in world.virsh('dumpxml', 'guest')


def booted(world):
    path = os.path.join(world.dir, 'disk')
    with open(path, 'wb') as file:
        file.truncate(64 << 20)
    world.define(domain('guest', memory=256, more=MORE, os_more=os_of(SYSTEM), devices=DEVICES % path))
    world.start('guest', paused=False)
    guest = Guest(world, 'guest')
    has(world.refused('domtime', 'guest'), 'Guest agent is not responding: QEMU guest agent is not connected')
    guest.wait(rb'GUEST UP', 240)
    wait_for(lambda: connected(world), 60, 'the agent is there')
    guest.wait(rb'/ # ', 60)
    return guest


def inside(guest, command):
    """What COMMAND prints in the guest."""
    guest.say('echo BEGIN; %s; echo THE""END' % command)
    return guest.wait(rb'BEGIN\r\n(.*?)THEEND', 60).group(1).decode().replace('\r', '').strip()


def tells(world, guest):
    """What is asked is what the guest says itself."""
    equal(world.virsh('domhostname', 'guest'), inside(guest, 'hostname'), 'name')
    told = int(re.search(r'\d+', world.virsh('domtime', 'guest')).group())
    check(abs(int(inside(guest, 'date +%s')) - told) < 20 * SLOW, 'clock')
    info = dict(re.split(r' *: ?', line, maxsplit=1) for line in world.virsh('guestinfo', 'guest').split('\n'))
    equal(info['os.kernel-release'], inside(guest, 'uname -r'), 'kernel')
    equal((info['os.id'], info['hostname'], info['timezone.offset']), ('small', 'agent.example.org', '0'), 'system')
    equal((info['fs.count'], info['fs.0.mountpoint'], info['fs.0.name'], info['fs.0.disk.0.alias']),
          ('1', '/mnt', 'vda', 'vda'), 'file system')
    equal((info['disk.0.name'], info['disk.0.alias']), ('/dev/vda', 'vda'), 'disk')
    cards = world.virsh('domifaddr', 'guest', '--source', 'agent')
    has(cards, 'eth0       52:54:00:11:22:33')
    has(cards, '127.0.0.1/8')
    equal(world.virsh('domfsinfo', 'guest').split(), ['/mnt', 'vda', 'ext4', 'vda'], 'file systems')


def obeys(world, guest):
    """What is set is so inside."""
    world.virsh('domtime', 'guest', '--time', '1000000000')
    year = inside(guest, 'date +%Y')
    equal(year, '2001', 'year')
    world.virsh('domtime', 'guest', '--now')
    check(int(inside(guest, 'date +%s')) > 1700000000, 'clock')
    equal(world.virsh('guestvcpus', 'guest', '1', '--disable'), '', 'disable')
    equal(inside(guest, 'cat /sys/devices/system/cpu/online'), '0', 'vcpus')
    equal(world.virsh('vcpucount', 'guest', '--guest'), '1', 'vcpus that it tells')
    world.virsh('setvcpus', 'guest', '2', '--guest')
    equal(inside(guest, 'cat /sys/devices/system/cpu/online'), '0-1', 'vcpus')
    world.virsh('set-user-password', 'guest', 'ann', 'secret')
    equal(inside(guest, 'cat /run/passwords'), 'ann:secret', 'password')
    world.virsh('set-user-sshkeys', 'guest', 'ann', '--file', world.write('ssh-rsa AAAA one@x\nssh-rsa BBBB two@y', 'keys'))
    equal(inside(guest, 'cat /home/ann/.ssh/authorized_keys'), 'ssh-rsa AAAA one@x\nssh-rsa BBBB two@y', 'keys')
    world.virsh('set-user-sshkeys', 'guest', 'ann', '--remove', '--file', world.write('ssh-rsa AAAA one@x', 'keys'))
    equal(inside(guest, 'cat /home/ann/.ssh/authorized_keys'), 'ssh-rsa BBBB two@y', 'keys')
    equal(world.virsh('get-user-sshkeys', 'guest', 'ann'), 'ssh-rsa BBBB two@y', 'keys that it tells')
    world.virsh('qemu-agent-command', 'guest',
                '{"execute":"guest-exec","arguments":{"path":"/bin/touch","arg":["/tmp/touched"]}}')
    equal(inside(guest, 'sleep 1; ls /tmp'), 'touched', 'what was run')


def freezes(world, guest):
    """What is written waits until it may."""
    equal(world.virsh('domfsfreeze', 'guest', '/mnt'), '', 'freeze')
    guest.say('(echo x >/mnt/file; echo WRIT""TEN) &')
    time.sleep(3 * SLOW)
    guest.say('echo THE""RE')
    guest.wait(rb'THERE', 30)
    check(b'WRITTEN' not in guest.whole, 'it was written meanwhile')
    has(world.refused('domfsfreeze', 'guest'), 'unable to execute QEMU agent command')
    world.virsh('domfsthaw', 'guest')
    wait_for(lambda: guest.drain() is None and b'WRITTEN' in guest.whole, 30, 'it is written then')


def trims(world, guest):
    """Blocks that files had go back to the host."""
    path = os.path.join(world.dir, 'disk')
    inside(guest, 'dd if=/dev/urandom of=/mnt/big bs=1M count=20; sync')
    full = os.stat(path).st_blocks
    inside(guest, 'rm /mnt/big; sync')
    world.virsh('domfstrim', 'guest')
    check(os.stat(path).st_blocks < full - 20000, 'blocks: %d, and %d before' % (os.stat(path).st_blocks, full))


def sleeps(world, guest):
    world.virsh('dompmsuspend', 'guest', 'mem')
    wait_for(lambda: world.virsh('domstate', 'guest') == 'pmsuspended', 30, 'it sleeps')
    has(world.refused('domtime', 'guest'), 'domain is not running')
    world.virsh('dompmwakeup', 'guest')
    wait_for(lambda: connected(world), 60, 'the agent is there again')
    wait_for(lambda: world.run('domtime', 'guest')[0] == 0, 30, 'and answers')


def survives(world, guest):
    """Another daemon, and the agent goes on."""
    world.kill_daemon()
    with Timed(10, 'the next daemon asks the agent'):
        wait_for(lambda: world.run('domhostname', 'guest')[0] == 0, 10, 'it is connected to the agent')
        equal(world.virsh('domhostname', 'guest'), 'agent.example.org', 'name')


def leaves(world, guest):
    """Reboot and power-off by the agent."""
    guest.close()
    with Timed(30, 'reboot'):
        world.virsh('reboot', 'guest', '--mode', 'agent')
    again = Guest(world, 'guest')
    wait_for(lambda: not connected(world), 60, 'the agent is gone')
    wait_for(lambda: connected(world), 240, 'the agent is there again')
    again.close()
    world.virsh('shutdown', 'guest', '--mode', 'agent')
    wait_for(lambda: world.virsh('domstate', 'guest', '--reason') == 'shut off (shutdown)', 60, 'it is off')


def one_guest(world):
    """For all of them: most of the time it boots."""
    guest = booted(world)
    for case in (tells, obeys, freezes, trims, sleeps, survives, leaves):
        case(world, guest)
        print('ok   ' + case.__name__, flush=True)


need(SYSTEM)
main([one_guest])
