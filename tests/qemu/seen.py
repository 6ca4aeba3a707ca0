#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices of each kind come and go, and the guest, a Linux with a full kernel, says on its console that they did."""

import os
import re
import time

from devices import ACPI, CARD, CHANNEL, DISK, NONE, RNG, SCSI, TABLET, attach, detach, image, things
from harness import SLOW, check, domain, equal, has, main, wait_for
from linux import FULL, Guest, need, os_of

ROUNDS = 100 if os.environ.get('VIR_LONG', 'no') == 'yes' else 5


def booted(world):
    world.define(domain('guest', memory=192, more=ACPI, os_more=os_of(FULL),
                        devices=NONE + "<serial type='pty'/>" + SCSI % 0 + "<controller type='virtio-serial' index='0'/>"))
    world.start('guest', paused=False)
    guest = Guest(world, 'guest')
    guest.wait(rb'GUEST UP', 120)
    time.sleep(1)                       # its drivers find the last devices
    return guest


def one_round(world, guest, xml, mark):
    """MARK: what the guest sees more of."""
    usual, shown = guest.devices(), world.virsh('dumpxml', 'guest')
    attach(world, 'guest', xml, '--live')
    wait_for(lambda: sum(mark in word for word in guest.devices()) > sum(mark in word for word in usual), 60,
             'the guest sees ' + xml)
    # a guest that takes more than 5 s lets it go later
    world.run('detach-device', 'guest', world.write(xml, 'device.xml'), '--live')
    wait_for(lambda: guest.devices() == usual, 60, 'the guest sees it no more: ' + xml)
    wait_for(lambda: world.virsh('dumpxml', 'guest') == shown, 10, 'the document is without it: ' + xml)


def kinds(world, guest):
    """Every kind that QEMU plugs, but for USB controllers."""
    path = image(world, 'a')
    before, shown = things(world, 'guest'), world.virsh('dumpxml', 'guest')
    for xml, mark in (
            (DISK % (path, 'vdb', 'virtio'), 'block:vd'), (DISK % (path, 'sdb', 'scsi'), 'block:sd'),
            (CARD % (1, ''), 'net:eth'), ((CARD % (2, '')).replace("type='virtio'", "type='e1000'"), 'net:eth'),
            (CHANNEL % 'org.example.0', 'port:org.example.0'), ("<console type='pty'><target type='virtio'/></console>", 'vport:vport'),
            (TABLET, 'input:QEMU_QEMU_USB_Tablet'), ("<input type='keyboard' bus='usb'/>", 'input:QEMU_QEMU_USB_Keyboard'),
            (RNG, 'rng:virtio'), ("<watchdog model='i6300esb'/>", 'dog:watchdog'), (SCSI % 1, 'host:host'),
            ("<controller type='virtio-serial' index='1'/>", 'virtio:virtio')):
        one_round(world, guest, xml, mark)
        print('came and went: ' + mark, flush=True)
    equal(world.virsh('dumpxml', 'guest'), shown, 'document')
    equal(things(world, 'guest'), before, 'what QEMU has')


def rounds(world, guest):
    """A disk and a card, often: no name, node, descriptor or place is lost."""
    path = image(world, 'a')
    before, shown = things(world, 'guest'), world.virsh('dumpxml', 'guest')
    files = len(world.daemon_files())
    places = set()
    for _ in range(ROUNDS):
        for xml, part, mark in ((DISK % (path, 'vdb', 'virtio'), "<alias name='virtio-disk1'/>", 'block:vd'),
                                (CARD % (1, ''), "<alias name='net0'/>", 'net:eth')):
            attach(world, 'guest', xml, '--live')
            now = world.virsh('dumpxml', 'guest')
            has(now, part)
            places.add(re.search(part + r"\s*(<address type='pci'.*/>)", now).group(1))
            wait_for(lambda: any(mark in word for word in guest.devices()), 60, 'the guest sees ' + xml)
            detach(world, 'guest', xml, '--live')
            wait_for(lambda: not any(mark in word for word in guest.devices()), 60, 'the guest sees it no more')
    equal(len(places), 1, 'places')
    equal(world.virsh('dumpxml', 'guest'), shown, 'document')
    equal(things(world, 'guest'), before, 'what QEMU has')
    check(len(world.daemon_files()) <= files + 1, 'open files of the daemon')


def pressed(world, guest):
    """Keys, by number and by name: its drivers read those that were meant, pressed and released."""
    keyboard = "<input type='keyboard' bus='usb'/>"
    attach(world, 'guest', keyboard, '--live')
    wait_for(lambda: any('USB_Keyboard' in word for word in guest.devices()), 60, 'the guest sees a keyboard')
    guest.say('for e in /dev/input/event*; do cat $e >/${e##*/}.read & done; echo LISTENS')
    guest.wait(rb'LISTENS\r?\n', 30)
    time.sleep(2)                       # all are open
    world.virsh('send-key', 'guest', 'KEY_A')
    world.virsh('send-key', 'guest', '--codeset', 'usb', '0x1d')        # Z
    world.virsh('send-key', 'guest', '--codeset', 'win32', 'VK_F5', '--holdtime', '50')
    time.sleep(1)
    guest.say('cat /*.read | hexdump -v -e \'8/2 "%x " "\\n"\' | tr "\\n" " "; echo KEYS END')
    words = guest.wait(rb'((?:[0-9a-f]+ )+)KEYS END', 30).group(1).decode().split()
    seen = {(words[i + 1], words[i + 2]) for i in range(len(words) - 2) if words[i] == '1'}
    for key, code in ('KEY_A', 30), ('KEY_Z', 44), ('KEY_F5', 63):
        check({('%x' % code, '1'), ('%x' % code, '0')} <= seen, '%s (%d) among %s' % (key, code, sorted(seen)))
    detach(world, 'guest', keyboard, '--live')


def fires(world, guest):
    """A watchdog that nobody feeds: who listens hears of it, and what it did shows."""
    attach(world, 'guest', "<watchdog model='i6300esb' action='pause'/>", '--live')
    wait_for(lambda: any('dog:watchdog' in word for word in guest.devices()), 60, 'the guest sees the watchdog')
    events = world.background('event', 'guest', '--event', 'watchdog', '--timeout', '60')
    time.sleep(1)                       # it listens
    os.write(guest.keys, b'watchdog -T 2 -t 1000 /dev/watchdog\n')
    has(events.communicate(timeout=90 * SLOW)[0], "event 'watchdog' for domain 'guest': pause")
    equal(world.state_of('guest'), 'paused (watchdog)', 'state')


def one_guest(world):
    """For all of them: most of the time it boots."""
    guest = booted(world)
    for case in (pressed, kinds, rounds, fires):
        case(world, guest)
        print('ok   ' + case.__name__, flush=True)
    guest.close()


need(FULL)
main([one_guest])
