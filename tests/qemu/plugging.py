#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices under attack: documents that somebody made to hurt, many clients at one guest,
a guest that dies in between, a daemon that is killed in the middle."""

import json
import os
import re
import signal
import socket
import subprocess
import time

from harness import Timed, alive, check, domain, equal, has, kill, main, wait_for

ACPI = '<features><acpi/></features>'
NONE = "<memballoon model='none'/>"
RNG = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
CHANNEL = "<channel type='unix'><target type='virtio' name='c%d'/></channel>"
SERIAL = "<controller type='virtio-serial' index='0'/>"
HOSTILE = [
    '', '<', '<disk>', '<domain/>', '<rng/>', '<cow/>', '<disk/><disk/>', '&a;', '\x01',
    '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///dev/zero">]><rng>&a;</rng>',
    '<a>' * 100000, '<rng' + ''.join(" a%d='1'" % n for n in range(100000)) + '/>',
    '<disk>' + '<target dev="vda"/>' * 50000 + '</disk>', '<channel>' * 200 + '</channel>' * 200,
    "<disk type='file' device='disk'><source file='%s'/><target dev='vdz' bus='virtio'/></disk>" % ('/x' * 500000),
    "<disk type='file'><source file='/dev/zero'/><target dev='../../x' bus='virtio'/></disk>",
    "<disk type='block'><source dev='/dev/tty'/><target dev='vdz' bus='virtio'/></disk>",
    "<disk type='network'><source protocol='nbd' name='x'><host name='%s' port='99999999999'/></source>"
    "<target dev='vdz' bus='virtio'/></disk>" % ('h' * 100000),
    "<interface type='user'><mac address='ff:ff:ff:ff:ff:ff'/></interface>",
    "<interface type='user'><model type='virtio,id=x'/></interface>",
    "<controller type='scsi' index='4294967296'/>", "<controller type='usb' index='-1' model='qemu-xhci' ports='4294967295'/>",
    "<memory model='dimm'><target><size unit='EiB'>99999999999999999999</size><node>0</node></target></memory>",
    "<rng model='virtio'><backend model='egd' type='unix'><source path='%s'/></backend></rng>" % ('p' * 300),
    "<hostdev mode='subsystem' type='pci'><source><address domain='0xffff' bus='0xff' slot='0x1f' function='7'/></source></hostdev>",
    "<chardev/>", "<input type='tablet' bus='usb'/>" * 3, "<video><model type='qxl' ram='4294967295'/></video>",
]


def hostile_documents(world):
    """Each is an error in the running guest, soon, and changes nothing there; a definition may take
    what cannot be started."""
    world.define(domain('one', more=ACPI, devices=NONE))
    world.start('one')
    before = world.virsh('dumpxml', 'one')
    pid = world.daemon()
    for text in HOSTILE:
        path = world.write(text, 'device.xml')
        for command in ('attach-device', 'detach-device', 'update-device'):
            with Timed(3, '%.40r %s' % (text, command)):
                world.refused(command, 'one', path, '--live')
            with Timed(3, '%.40r %s of the definition' % (text, command)):
                world.run(command, 'one', path, '--config')
    equal(world.virsh('dumpxml', 'one'), before, 'the document')
    equal(world.daemon(), pid, 'the daemon')


def plug_again_and_again(world, xml, times):
    """A client that attaches and detaches; what fails may fail."""
    path = world.write(xml, 'device-%d.xml' % abs(hash(xml)))
    return world.background('; '.join('attach-device one %s --live; detach-device one %s --live' % (path, path)
                                      for _ in range(times)))


def many_clients(world):
    """Eight at one guest: the daemon lives, and its document is what QEMU has."""
    world.define(domain('one', more=ACPI, devices=NONE + SERIAL))
    world.start('one')
    pid = world.daemon()
    clients = [plug_again_and_again(world, CHANNEL % (n % 4), 5) for n in range(8)]
    for client in clients:
        client.communicate(timeout=120)
    equal(world.daemon(), pid, 'the daemon')
    for n in range(4):
        path = world.write(CHANNEL % n, 'device.xml')
        if "name='c%d'" % n in world.virsh('dumpxml', 'one'):
            world.virsh('detach-device', 'one', path, '--live')
        world.virsh('attach-device', 'one', path, '--live')
        world.virsh('detach-device', 'one', path, '--live')
    check('<channel' not in world.virsh('dumpxml', 'one'), 'a channel stayed')


def guest_dies(world):
    """QEMU is killed while clients plug: each of them gets an answer, and the guest starts anew."""
    world.define(domain('one', more=ACPI, devices=NONE + SERIAL))
    for pause in (0.1, 0.3, 0.6):
        world.start('one')
        clients = [plug_again_and_again(world, CHANNEL % n, 4) for n in range(4)]
        time.sleep(pause)
        kill(world.emulator('one'), signal.SIGKILL)
        for client in clients:
            client.communicate(timeout=60)
        wait_for(lambda: world.state_of('one').startswith('shut off'), 10, 'the guest is off')
        check('<channel' not in world.virsh('dumpxml', 'one'), 'a channel of a guest that is off')
    world.start('one')                  # it stands still, and lets nothing go
    world.virsh('attach-device', 'one', world.write(RNG, 'rng.xml'), '--live')
    client = world.background('detach-device', 'one', world.write(RNG, 'rng.xml'), '--live')
    time.sleep(0.5)
    kill(world.emulator('one'), signal.SIGKILL)
    with Timed(2, 'a device of a guest that ends'):
        has(client.communicate()[0], "domain 'one' ended before its device 'rng0' went")


class Stopped:
    """with Stopped(pid): it does nothing meanwhile."""

    def __init__(self, pid):
        self.pid = pid

    def __enter__(self):
        kill(self.pid, signal.SIGSTOP)

    def __exit__(self, kind, value, trace):
        kill(self.pid, signal.SIGCONT)


def status_has(world, name, text):
    with open(os.path.join(world.state, name + '.xml')) as file:
        return text in file.read()


def kill_in_the_middle(world, guest, command, path):
    """The command is with an emulator that reads it only when the daemon is gone."""
    with Stopped(guest):
        client = world.background(command, 'one', path, '--live')
        wait_for(lambda: unread(guest), 5, 'the daemon has told the emulator')
        world.kill_daemon()
    client.communicate(timeout=60)


def unread(pid):
    """Does the monitor's end that belongs to the emulator hold words that it has not read?"""
    inodes = set()
    for entry in os.scandir('/proc/%d/fd' % pid):
        try:
            inodes.update(re.findall(r'socket:\[(\d+)\]', os.readlink(entry.path)))
        except OSError:
            pass
    lines = subprocess.run(['ss', '-x', '-n', '-H'], capture_output=True, text=True).stdout.splitlines()
    return any(line.split()[2] != '0' and line.split()[5] in inodes for line in lines)


def comes_and_goes(world, xml, mark):
    """At once, whatever the daemon before has left."""
    path = world.write(xml, 'device.xml')
    if mark in world.virsh('dumpxml', 'one'):       # it came, or is about to go
        world.run('detach-device', 'one', path, '--live')
        wait_for(lambda: mark not in world.virsh('dumpxml', 'one'), 5, 'the device goes')
    world.virsh('attach-device', 'one', path, '--live')
    has(world.virsh('dumpxml', 'one'), mark)
    return path


PTY = "<channel type='pty'><target type='virtio' name='c2'/></channel>"
RNG = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
NIC = "<interface type='user'><mac address='52:54:00:00:00:0%d'/><model type='virtio'/></interface>"


def settles(world, xml, mark):
    """A device that only a guest lets go is there or can come: what is half there stands in no other's way."""
    if mark not in world.virsh('dumpxml', 'one'):
        world.virsh('attach-device', 'one', world.write(xml, 'device.xml'), '--live')
    has(world.virsh('dumpxml', 'one'), mark)


def daemon_is_killed(world):
    """In the middle of an attach or a detach: the next daemon finds the guest, and the device can come and go."""
    world.define(domain('one', more=ACPI, devices=NONE + SERIAL))
    guest = world.start('one')
    for command in ('attach-device', 'detach-device'):
        for xml, mark in ((CHANNEL % 1, "name='c1'"), (PTY, "name='c2'")):
            kill_in_the_middle(world, guest, command, world.write(xml, 'device.xml'))
            equal(world.emulator('one'), guest, 'the guest')
            path = comes_and_goes(world, xml, mark)
    world.virsh('detach-device', 'one', path, '--live')
    check(mark not in world.virsh('dumpxml', 'one'), 'the device stayed')
    kill_in_the_middle(world, guest, 'attach-device', world.write(NIC % 1, 'device.xml'))
    world.virsh('attach-device', 'one', world.write(RNG, 'device.xml'), '--live')
    settles(world, NIC % 1, '52:54:00:00:00:01')
    settles(world, NIC % 2, '52:54:00:00:00:02')
    check(alive(guest), 'the guest ended')
    has(world.state_of('one'), 'paused')


def attach_is_cut_off(world):
    """The daemon is killed as soon as the device is in the emulator: its terminal is found all the same."""
    world.define(domain('one', more=ACPI, devices=NONE + SERIAL))
    world.start('one')
    world.virsh('attach-device', 'one', world.write(PTY, 'device.xml'), '--live')
    world.kill_daemon()
    path = os.path.join(world.state, 'one.xml')
    with open(path) as file:
        text = file.read()
    place = re.search(r"\s*<source path='(/dev/pts/\d+)'/>", text)
    check(place, 'the status file tells no terminal')
    with open(path, 'w') as file:
        file.write(text.replace(place.group(0), ''))
    wait_for(lambda: place.group(1) in world.virsh('dumpxml', 'one'), 5, 'the terminal is learnt')


class Monitor:
    """The emulator's monitor, while no daemon has it."""

    def __init__(self, world, name):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(os.path.join(world.state, world.uuid + '.monitor'))
        self.file = self.socket.makefile('rw')
        self.file.readline()
        self.say('qmp_capabilities')

    def say(self, command, **arguments):
        words = {name.replace('_', '-'): value for name, value in arguments.items()}
        self.file.write(json.dumps({'execute': command, 'arguments': words}) + '\n')
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if 'event' not in answer:
                check('error' not in answer, '%s: %s' % (command, answer))
                return answer['return']

    def medium(self):
        """Of the drive, and all nodes."""
        drive = [one for one in self.say('query-block') if one['qdev'] == 'ide0-1-0'][0]
        return drive.get('inserted', {}).get('file'), len(self.say('query-named-block-nodes', flat=True))

    def close(self):
        self.file.close()
        self.socket.close()


CDROM = ("<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>%s<target dev='hdc' bus='ide'/></disk>")


def medium_is_half_changed(world):
    """The daemon is killed at each step of it: the next change is possible, and the one before leaves nothing."""
    files = [world.write('x' * 4096, 'medium%d' % n) for n in range(3)]
    media = [CDROM % ("<source file='%s'/>" % path) for path in files]
    for first in (media[0], CDROM % ''):
        world.define(domain('one', devices=NONE + first))
        world.start('one')
        world.uuid = world.virsh('domuuid', 'one')
        before = medium_without_daemon(world)
        for steps in (2, 4, 6):
            half_change(world, files[1], steps)
            world.virsh('update-device', 'one', world.write(media[2], 'device.xml'), '--live')
            world.virsh('update-device', 'one', world.write(first, 'device.xml'), '--live')
            equal(medium_without_daemon(world), before, 'the medium and the number of nodes after %d steps' % steps)
        world.virsh('destroy', 'one')
        world.virsh('undefine', 'one')


def medium_without_daemon(world):
    world.kill_daemon()
    monitor = Monitor(world, 'one')
    medium = monitor.medium()
    monitor.close()
    return medium


def half_change(world, path, steps):
    """As the daemon changes a medium, but so many steps of it."""
    number = max([int(n) for n in re.findall("index='(\\d+)'/>", world.virsh('dumpxml', 'one'))] + [0]) + 1
    storage, node = 'libvirt-%d-storage' % number, 'libvirt-%d-format' % number
    world.kill_daemon()
    monitor = Monitor(world, 'one')
    image = {'driver': 'file', 'filename': path, 'node-name': storage}
    for command, words in ([('blockdev-add', {'driver': 'raw', 'file': image, 'node-name': node, 'read-only': True}),
                            ('blockdev-open-tray', {'id': 'ide0-1-0', 'force': True}),
                            ('blockdev-remove-medium', {'id': 'ide0-1-0'}),
                            ('blockdev-insert-medium', {'id': 'ide0-1-0', 'node-name': node}),
                            ('blockdev-close-tray', {'id': 'ide0-1-0'})])[:steps]:
        monitor.say(command, **words)
    monitor.close()


def daemon_is_killed_anywhere(world):
    """At moments that chance chooses."""
    world.define(domain('one', more=ACPI, devices=NONE + SERIAL))
    guest = world.start('one')
    for pause in (0.05, 0.1, 0.2, 0.3):
        client = plug_again_and_again(world, CHANNEL % 1, 3)
        time.sleep(pause)
        world.kill_daemon()
        client.communicate(timeout=60)
        equal(world.emulator('one'), guest, 'the guest')
        world.virsh('detach-device', 'one', comes_and_goes(world, CHANNEL % 1, "name='c1'"), '--live')
    check(alive(guest), 'the guest ended')


LONG = os.environ.get('VIR_LONG', 'no') == 'yes'
main([hostile_documents, many_clients, guest_dies, daemon_is_killed, attach_is_cut_off,
      medium_is_half_changed] +
     [daemon_is_killed_anywhere] * LONG)
