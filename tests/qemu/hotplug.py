#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices that come, go and change: in definitions, in guests that answer, in guests that do not."""

import os
import re
import time

from devices import (ACPI, BINDINGS, CARD, CDROM, CHANNEL, DISK, NONE, RNG, SCSI, TABLET, attach, detach, image, shows,
                     things, update)
from harness import SANITIZED, Timed, check, domain, equal, has, main, wait_for, waits

# A boot sector that gives every PCI device of a pc back that is asked for, at each tick of the BIOS's timer:
#   sti; again: xor eax,eax; mov dx,0xae10; out dx,eax; mov dx,0xae04; in eax,dx; test eax,eax; jz rest
#   mov dx,0xae08; out dx,eax; rest: hlt; jmp again
EJECTOR = bytes.fromhex('fb6631c0ba10ae66efba04ae66ed6685c07405ba08ae66eff4ebe6')


def definitions(world):
    """In a definition; what came with a device stays, as on libvirt 9.0.0."""
    path = image(world, 'a')
    world.define(domain('one', devices=NONE + CDROM % ''))
    before = world.virsh('dumpxml', 'one')
    for xml, part in ((DISK % (path, 'vda', 'virtio'), "dev='vda'"), (CARD % (1, ''), '52:54:00:00:00:01'),
                      (RNG, '<rng'), (TABLET, "type='tablet'")):
        attach(world, 'one', xml, '--config')
        check(shows(world, 'one', part), 'not there: ' + part)
        detach(world, 'one', xml, '--config')
        equal(world.virsh('dumpxml', 'one'), before, 'document after ' + part)
    attach(world, 'one', DISK % (path, 'sda', 'scsi'), '--config')
    check(shows(world, 'one', "<controller type='scsi' index='0'"), 'no controller came with the disk')
    update(world, 'one', CDROM % ("<source file='%s'/>" % path), '--config')
    check(re.search(r"cdrom'>\s*<driver name='qemu' type='raw'/>\s*<source", world.virsh('dumpxml', 'one')), 'no medium')
    world.kill_daemon()
    check(shows(world, 'one', "dev='sda'"), 'lost in a restart')
    for verb, xml, how, part in (
            ('attach', DISK % (path, 'sda', 'scsi'), '--config', 'already'),
            ('attach', DISK % (path, 'vda', 'virtio'), '--live', 'not running'),
            ('attach', "<graphics type='vnc'/>", '--config', 'not supported'),
            ('attach', '<gadget/>', '--config', "unknown device type 'gadget'"),
            ('attach', '', '--config', 'empty'),
            ('attach', DISK % (path, 'hda', 'virtio') + 'x', '--config', ''),
            ('attach', DISK % (path, '4', 'virtio'), '--config', "'4'"),
            ('detach', DISK % (path, 'vdx', 'virtio'), '--config', 'device not found'),
            ('detach', CARD % (9, ''), '--config', 'device not found'),
            ('update', DISK % (path, 'vdx', 'virtio'), '--config', 'invalid argument'),
            ('attach', "<smartcard mode='host'/>", '--config', 'virsh: edit'),
            ('update', RNG, '--config', 'not supported')):
        has(world.refused(verb + '-device', 'one', world.write(xml, 'device.xml'), how), part)


def without_guest(world):
    """What QEMU lets go by itself, in a guest that is paused; twice, with the same names."""
    path = image(world, 'a')
    world.define(domain('one', devices=NONE + SCSI % 0 + CHANNEL % 'first'))
    world.start('one')
    before, shown = things(world, 'one'), world.virsh('dumpxml', 'one')
    for xml, part in ((DISK % (path, 'sda', 'scsi'), "<alias name='scsi0-0-0-0'/>"),
                      (CHANNEL % 'second', "<alias name='channel1'/>"), (TABLET, "<alias name='input2'/>")):
        for _ in range(2):
            attach(world, 'one', xml, '--live')
            check(shows(world, 'one', part), 'not there: ' + part)
            check(not BINDINGS or things(world, 'one') != before, 'QEMU has it not: ' + part)
            detach(world, 'one', xml, '--live')
            equal(world.virsh('dumpxml', 'one'), shown, 'document after ' + part)
            equal(things(world, 'one'), before, 'what QEMU has after ' + part)
    check(not shows(world, 'one', "dev='sda'", '--inactive'), 'in the definition too')
    equal([name for name in world.running_files() if name.endswith('.sock')], ['one-channel0.sock'], 'sockets')
    attach(world, 'one', DISK % (path, 'sda', 'scsi'), '--live', '--config')
    check(shows(world, 'one', "dev='sda'", '--inactive'), 'not in the definition')
    detach(world, 'one', DISK % (path, 'sda', 'scsi'), '--live', '--config')
    check(not shows(world, 'one', "dev='sda'", '--inactive'), 'still in the definition')


def refused_live(world):
    path = image(world, 'a')
    world.define(domain('one', more=ACPI, devices=NONE + CHANNEL % 'a' + CDROM % '' + DISK % (path, 'hda', 'ide')
                        + CARD % (1, '')))
    world.start('one')
    before, shown = things(world, 'one'), world.virsh('dumpxml', 'one')
    for verb, xml, part in (
            ('attach', DISK % (path, 'hda', 'ide'), 'already'),
            ('attach', DISK % (path, 'hdb', 'ide'), 'cannot be attached'),
            ('attach', DISK % ('/no/such', 'vda', 'virtio'), "Cannot access storage file '/no/such'"),
            ('attach', DISK % (path, 'vda', 'virtio'), 'lock'),         # hda has it
            ('attach', "<serial type='pty'/>", 'virsh: --config'),
            ('attach', "<video><model type='virtio'/></video>", 'not supported'),
            ('attach', "<input type='mouse' bus='ps2'/>", 'not supported'),
            ('attach', "<interface type='network'><source network='n'/></interface>", "type='network'"),
            ('attach', "<controller type='usb' index='3' model='qemu-xhci'/>", 'not supported'),
            ('detach', "<controller type='usb' index='3' model='qemu-xhci'/>", 'not supported'),
            ('detach', "<sound model='ich6'/>", 'not supported'),
            ('detach', "<controller type='virtio-serial' index='0'/>", 'in use'),
            ('attach', (DISK % (path, 'sda', 'scsi')).replace("name='qemu'", "name='qemu' queues='2'"), 'have queues'),
            ('detach', (DISK % (path, 'sda', 'scsi')).replace("name='qemu'", "name='qemu' queues='2'"), 'device not found'),
            ('attach', (DISK % (path, 'hdb', 'ide')).replace(
                '</disk>', "<address type='drive' controller='0' bus='0' target='0' unit='0'/></disk>"), 'at that address'),
            ('update', DISK % (path, 'fda', 'fdc'), 'cannot be on the fdc bus'),
            ('detach', "<controller type='ide' index='0'/>", 'not supported'),
            ('detach', DISK % (path, 'vdx', 'virtio'), 'virsh: dumpxml'),
            ('update', DISK % (path + 'x', 'hda', 'ide'), 'cannot be changed'),
            ('update', CARD % (9, ''), 'device not found'),
            ('update', (CARD % (1, '')).replace("type='virtio'", "type='e1000'"), 'link state')):
        has(world.refused(verb + '-device', 'one', world.write(xml, 'device.xml'), '--live'), part)
    equal(world.virsh('dumpxml', 'one'), shown, 'document')
    equal(things(world, 'one'), before, 'what QEMU has')
    world.define(domain('full', machine='q35', more=ACPI, devices=NONE))
    world.start('full')
    attach(world, 'full', RNG, '--live')
    has(world.refused('attach-device', 'full', world.write(RNG, 'device.xml'), '--live'), 'No more available PCI slots')


def taken(world):
    """A name, or a place in the boot order, that another device has: a daemon would not read it again."""
    mine = CARD % (1, "<boot order='1'/><alias name='ua-mine'/>")
    world.define(domain('one', devices=NONE + mine))
    world.start('one')
    before = things(world, 'one')
    for how in ('--live', '--config'):
        shown = world.virsh('dumpxml', 'one', *(['--inactive'] if how == '--config' else []))
        for xml, part in ((RNG.replace('</rng>', "<alias name='ua-mine'/></rng>"), 'ua-mine'),
                          (CARD % (2, "<boot order='1'/>"), 'order')):
            has(world.refused('attach-device', 'one', world.write(xml, 'device.xml'), how), part)
        equal(world.virsh('dumpxml', 'one', *(['--inactive'] if how == '--config' else [])), shown, 'document')
    equal(things(world, 'one'), before, 'what QEMU has')
    world.kill_daemon()
    equal(world.state_of('one'), 'paused (user)', 'state for another daemon')


def order_said_by_os(world):
    """A device with a place in the order to boot from, where <os> says it: nobody could define that again."""
    drive = "<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/>%s</disk>"
    order = "<boot order='1'/>"
    world.define(domain('one', devices=NONE + drive % '', os_more="<boot dev='hd'/>"))
    world.start('one')
    for how in ('--live', '--config'):
        for verb, xml in (('attach-device', CARD % (1, order)), ('update-device', drive % order)):
            has(world.refused(verb, 'one', world.write(xml, 'device.xml'), how), 'order')
        world.define(world.virsh('dumpxml', 'one', '--inactive'))


def no_pair(world):
    """A console that is no serial port is detached without one."""
    console = "<console type='null'><target type='virtio'/></console>"
    world.define(domain('one', devices=NONE + "<serial type='null'><target type='usb-serial'/></serial>" + console))
    detach(world, 'one', console, '--config')
    check(shows(world, 'one', 'usb-serial'), 'the port has gone with the console')


def changed(world):
    """Another medium, a cable, a password."""
    first, second = image(world, 'a'), image(world, 'b')
    world.define(domain('one', devices=NONE + CDROM % '<serial>mine</serial>' + CARD % (1, '') +
                        "<graphics type='vnc' passwd='abc'/>"))
    pid = world.start('one')

    def medium():
        """What is open behind the drive's nodes."""
        names = (os.readlink('/proc/%d/fd/%s' % (pid, fd)) for fd in os.listdir('/proc/%d/fd' % pid))
        return [name for name in names if name in (first, second)]

    before = things(world, 'one')
    for path in (first, second, first):
        update(world, 'one', CDROM % ("<source file='%s'/>" % path), '--live')
        equal(medium(), [path], 'medium')
        check(shows(world, 'one', path), 'the medium is not shown')
    attach(world, 'one', CDROM % ("<source file='%s'/>" % second), '--live')
    equal(medium(), [second], 'medium that was attached')
    has(world.refused('update-device', 'one', world.write(CDROM % "<source file='/no/such'/>", 'device.xml')), '/no/such')
    for other, part in (('<serial>x</serial>', 'drive cannot be changed'), ("<boot order='7'/>", 'order to boot from')):
        xml = CDROM % ("<source file='%s'/>%s" % (first, other))
        has(world.refused('update-device', 'one', world.write(xml, 'device.xml')), part)
    equal(medium(), [second], 'medium after a refusal')
    check(shows(world, 'one', '<serial>mine</serial>'), 'the drive has lost its serial number')
    update(world, 'one', CDROM % '', '--live', '--force')
    equal(medium(), [], 'medium that was ejected')
    equal(things(world, 'one'), before, 'what QEMU has')
    update(world, 'one', CARD % (1, "<link state='down'/>"), '--live')
    check(shows(world, 'one', "<link state='down'/>"), 'the link is not shown')
    update(world, 'one', CARD % (1, "<link state='up'/>"), '--live')
    check(shows(world, 'one', "<link state='up'/>"), 'the link is not shown')
    card = "<interface type='user'><model type='virtio'/>%s</interface>"
    update(world, 'one', card % "<link state='down'/>", '--live')
    check(shows(world, 'one', '52:54:00:00:00:01'), 'the card that the guest has is not shown')
    has(world.refused('update-device', 'one', world.write(card % "<boot order='5'/>", 'device.xml')), 'order to boot from')
    display = world.virsh('vncdisplay', 'one')
    update(world, 'one', "<graphics type='vnc' port='-1' autoport='yes' passwd='xyz'/>", '--live')
    has(world.virsh('dumpxml', 'one', '--security-info'), "passwd='xyz'")
    equal(world.virsh('vncdisplay', 'one'), display, 'where the screen is, after another password')




def ejecting(world, name, disks=''):
    boot = image(world, 'boot', EJECTOR)
    world.define(domain(name, more=ACPI, devices=NONE + DISK % (boot, 'hda', 'ide') + disks))
    world.start(name, paused=False)


def a_hundred_times(world):
    """A guest that gives back what it is asked for: no name, node, descriptor or place is lost."""
    path = image(world, 'a')
    ejecting(world, 'one')
    kinds = ((DISK % (path, 'vda', 'virtio'), "<alias name='virtio-disk0'/>"), (CARD % (1, ''), "<alias name='net0'/>"))
    for xml, _ in kinds:                # the first wait is for the guest to boot
        attach(world, 'one', xml, '--live')
        wait_for(lambda: world.run('detach-device', 'one', world.write(xml, 'device.xml'), '--live')[0] == 0 or
                 not shows(world, 'one', 'virtio'), 30, 'the guest gives a device back')
    before, shown = things(world, 'one'), world.virsh('dumpxml', 'one')
    files = len(world.daemon_files())
    places = set()
    with Timed(100, '100 times a disk and a card came and went'):
        for _ in range(20 if SANITIZED else 100):
            for xml, part in kinds:
                attach(world, 'one', xml, '--live')
                now = world.virsh('dumpxml', 'one')
                has(now, part)
                places.add(re.search(part + r"\s*(<address type='pci'.*/>)", now).group(1))
                detach(world, 'one', xml, '--live')
    equal(len(places), 1, 'places')
    equal(world.virsh('dumpxml', 'one'), shown, 'document')
    equal(things(world, 'one'), before, 'what QEMU has')
    check(len(world.daemon_files()) <= files + 1, 'open files of the daemon')


@waits
def late_answer(world):
    """Who does not answer within 5 s gets an error, and the device goes when the guest says so; also when the
    daemon was another meanwhile."""
    path = image(world, 'a')
    ejecting(world, 'one')
    attach(world, 'one', DISK % (path, 'vda', 'virtio'), '--live')
    attach(world, 'one', CARD % (1, ''), '--live')
    # the guest lives: it lets a first device go
    attach(world, 'one', RNG, '--live')
    wait_for(lambda: world.run('detach-device', 'one', world.write(RNG, 'device.xml'), '--live')[0] == 0 or
             not shows(world, 'one', '<rng'), 30, 'the guest gives a device back')
    world.virsh('suspend', 'one')
    began = time.monotonic()
    with Timed(7, 'a guest that does not answer'):
        has(world.refused('detach-device', 'one', world.write(DISK % (path, 'vda', 'virtio'), 'device.xml'), '--live'),
            'has not let the device')
    check(time.monotonic() - began > 4.5, 'it did not wait')
    check(shows(world, 'one', "dev='vda'"), 'the disk is not shown, but there')
    world.virsh('resume', 'one')
    wait_for(lambda: not shows(world, 'one', "dev='vda'"), 10, 'the disk goes')
    wait_for(lambda: 'libvirt-2-format' not in things(world, 'one')[0], 10, 'its nodes go')
    world.virsh('suspend', 'one')
    world.refused('detach-device', 'one', world.write(CARD % (1, ''), 'device.xml'), '--live')
    world.virsh('resume', 'one')
    world.kill_daemon()
    wait_for(lambda: not shows(world, 'one', '52:54:00:00:00:01'), 10, 'the card goes with another daemon')
    wait_for(lambda: 'hostnet0' not in things(world, 'one')[0], 10, 'what stood behind it goes')
    attach(world, 'one', CARD % (1, ''), '--live')      # its names are free
    world.kill_daemon()
    check(shows(world, 'one', '52:54:00:00:00:01'), 'what was attached is lost in a restart')


main([definitions, without_guest, refused_live, taken, order_said_by_os, no_pair, changed, a_hundred_times, late_answer])
