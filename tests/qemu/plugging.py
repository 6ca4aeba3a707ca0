#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices under attack: documents that somebody made to hurt, many clients at one guest,
a guest that dies in between, a daemon that is killed in the middle."""

import os
import signal
import time

from harness import Timed, alive, check, domain, equal, has, kill, main, wait_for

ACPI = '<features><acpi/></features>'
NONE = "<memballoon model='none'/>"
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
    world.start('one')
    world.virsh('destroy', 'one')


def daemon_is_killed(world):
    """In the middle of an attach: the next daemon finds the guest, and the device can come and go."""
    world.define(domain('one', more=ACPI, devices=NONE + SERIAL))
    world.start('one')
    guest = world.emulator('one')
    for pause in (0.05, 0.1, 0.2, 0.3):
        client = plug_again_and_again(world, CHANNEL % 1, 3)
        time.sleep(pause)
        world.kill_daemon()
        client.communicate(timeout=60)
        equal(world.emulator('one'), guest, 'the guest')
        path = world.write(CHANNEL % 1, 'device.xml')
        if '<channel' in world.virsh('dumpxml', 'one'):         # perhaps on its way out
            world.run('detach-device', 'one', path, '--live')
            wait_for(lambda: '<channel' not in world.virsh('dumpxml', 'one'), 5, 'the channel goes')
        world.virsh('attach-device', 'one', path, '--live')
        world.virsh('detach-device', 'one', path, '--live')
    check(alive(guest), 'the guest ended')
    has(world.state_of('one'), 'paused')


# What a daemon that was killed left in QEMU without a device (a chardev) is not taken back yet, so the last
# one fails now and then.
LONG = os.environ.get('VIR_LONG', 'no') == 'yes'
main([hostile_documents, many_clients, guest_dies] + [daemon_is_killed] * LONG)
