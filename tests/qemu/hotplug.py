#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices that come, go and change: in definitions, in guests that answer, in guests that do not."""

import json
import os
import re
import select
import subprocess
import time

from harness import SANITIZED, SLOW, Timed, check, domain, equal, has, main, wait_for

DISK = "<disk type='file'><driver name='qemu' type='raw'/><source file='%s'/><target dev='%s' bus='%s'/></disk>"
CDROM = "<disk type='file' device='cdrom'>%s<target dev='hdc' bus='ide'/></disk>"
CARD = "<interface type='user'><mac address='52:54:00:00:00:%02x'/><model type='virtio'/>%s</interface>"
CHANNEL = "<channel type='unix'><target type='virtio' name='%s'/></channel>"
TABLET = "<input type='tablet' bus='usb'/>"
RNG = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
SCSI = "<controller type='scsi' index='%d' model='virtio-scsi'/>"
NONE = "<memballoon model='none'/>"
ACPI = '<features><acpi/></features>'

# A boot sector that gives every PCI device of a pc back that is asked for, at each tick of the BIOS's timer:
#   sti; again: xor eax,eax; mov dx,0xae10; out dx,eax; mov dx,0xae04; in eax,dx; test eax,eax; jz rest
#   mov dx,0xae08; out dx,eax; rest: hlt; jmp again
EJECTOR = bytes.fromhex('fb6631c0ba10ae66efba04ae66ed6685c07405ba08ae66eff4ebe6')


def image(world, name, content=b''):
    path = os.path.join(world.dir, name)
    with open(path, 'wb') as file:
        file.write(content.ljust(510, b'\0') + b'\x55\xaa' if content else b'')
        file.truncate(1 << 20)
    return path


ASK = """
import json, sys
import libvirt, libvirt_qemu
dom = libvirt.open('qemu:///session').lookupByName(sys.argv[1])
print(json.dumps([json.loads(libvirt_qemu.qemuMonitorCommand(dom, json.dumps(c), 0))['return']
                  for c in json.loads(sys.argv[2])]))
"""
BINDINGS = not SANITIZED and subprocess.run(['/usr/bin/python3', '-c', 'import libvirt_qemu'],
                                            capture_output=True).returncode == 0


def qmp(world, name, *commands):
    """QEMU's answers, by Debian's Python bindings (which do not run with a sanitized library)."""
    return json.loads(subprocess.run(['/usr/bin/python3', '-c', ASK, name, json.dumps(commands)], env=world.env,
                                     check=True, timeout=60, stdout=subprocess.PIPE).stdout)


def things(world, name):
    """Everything that QEMU has by name, and what it has open; without the bindings, that alone."""
    files = len(os.listdir('/proc/%d/fd' % world.emulator(name)))
    if not BINDINGS:
        return set(), files
    nodes, characters, devices, objects, networks = qmp(
        world, name, {'execute': 'query-named-block-nodes'}, {'execute': 'query-chardev'},
        {'execute': 'qom-list', 'arguments': {'path': '/machine/peripheral'}},
        {'execute': 'qom-list', 'arguments': {'path': '/objects'}},
        {'execute': 'human-monitor-command', 'arguments': {'command-line': 'info network'}})
    return ({node['node-name'] for node in nodes} | {character['label'] for character in characters} |
            {thing['name'] for thing in devices + objects} | set(re.findall(r'hostnet\d+', networks)), files)


def attach(world, name, xml, *how):
    world.virsh('attach-device', name, world.write(xml, 'device.xml'), *how)


def detach(world, name, xml, *how):
    world.virsh('detach-device', name, world.write(xml, 'device.xml'), *how)


def update(world, name, xml, *how):
    world.virsh('update-device', name, world.write(xml, 'device.xml'), *how)


def shows(world, name, part, *how):
    return part in world.virsh('dumpxml', name, *how)


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
            ('attach', '', '--config', 'unknown device type'),
            ('attach', DISK % (path, 'hda', 'virtio') + 'x', '--config', ''),
            ('attach', DISK % (path, '4', 'virtio'), '--config', "'4'"),
            ('detach', DISK % (path, 'vdx', 'virtio'), '--config', 'device not found'),
            ('detach', CARD % (9, ''), '--config', 'device not found'),
            ('update', DISK % (path, 'vdx', 'virtio'), '--config', 'invalid argument'),
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
            ('attach', DISK % (path, 'hda', 'ide'), 'cannot be changed'),
            ('attach', DISK % (path, 'hdb', 'ide'), 'not supported'),
            ('attach', DISK % ('/no/such', 'vda', 'virtio'), "Cannot access storage file '/no/such'"),
            ('attach', DISK % (path, 'vda', 'virtio'), 'lock'),         # hda has it
            ('attach', "<serial type='pty'/>", 'not supported'),
            ('attach', "<video><model type='virtio'/></video>", 'not supported'),
            ('attach', "<input type='mouse' bus='ps2'/>", 'not supported'),
            ('attach', "<interface type='network'><source network='n'/></interface>", "type='network'"),
            ('detach', "<controller type='virtio-serial' index='0'/>", 'in use'),
            ('detach', "<controller type='ide' index='0'/>", 'not supported'),
            ('detach', DISK % (path, 'vdx', 'virtio'), 'device not found'),
            ('update', DISK % (path, 'hda', 'ide'), 'cannot be changed'),
            ('update', CARD % (9, ''), 'device not found'),
            ('update', (CARD % (1, '')).replace("type='virtio'", "type='e1000'"), 'link state')):
        has(world.refused(verb + '-device', 'one', world.write(xml, 'device.xml'), '--live'), part)
    equal(world.virsh('dumpxml', 'one'), shown, 'document')
    equal(things(world, 'one'), before, 'what QEMU has')
    world.define(domain('full', machine='q35', more=ACPI, devices=NONE))
    world.start('full')
    attach(world, 'full', RNG, '--live')
    has(world.refused('attach-device', 'full', world.write(RNG, 'device.xml'), '--live'), 'No more available PCI slots')


def changed(world):
    """Another medium, a cable, a password."""
    first, second = image(world, 'a'), image(world, 'b')
    world.define(domain('one', devices=NONE + CDROM % '' + CARD % (1, '') + "<graphics type='vnc' passwd='abc'/>"))
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
    equal(medium(), [second], 'medium after a refusal')
    update(world, 'one', CDROM % '', '--live', '--force')
    equal(medium(), [], 'medium that was ejected')
    equal(things(world, 'one'), before, 'what QEMU has')
    update(world, 'one', CARD % (1, "<link state='down'/>"), '--live')
    check(shows(world, 'one', "<link state='down'/>"), 'the link is not shown')
    update(world, 'one', CARD % (1, "<link state='up'/>"), '--live')
    check(shows(world, 'one', "<link state='up'/>"), 'the link is not shown')
    update(world, 'one', "<graphics type='vnc' port='-1' autoport='yes' passwd='xyz'/>", '--live')
    has(world.virsh('dumpxml', 'one', '--security-info'), "passwd='xyz'")




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
        for _ in range(100):
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


class Guest:
    """A Linux that tells which PCI devices it sees."""

    def __init__(self, world, name):
        keys, self.keys = os.pipe()
        self.process = subprocess.Popen(['virsh', '-c', 'qemu:///session', 'console', name, '--force'], env=world.env,
                                        stdin=keys, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.close(keys)
        self.seen = b''

    def wait(self, pattern, seconds):
        until = time.monotonic() + seconds * SLOW
        while not re.search(pattern, self.seen):
            ready = select.select([self.process.stdout], [], [], max(0, until - time.monotonic()))[0]
            data = os.read(self.process.stdout.fileno(), 4096) if ready else b''
            check(data, 'the guest says only %r' % self.seen[-500:])
            self.seen += data
        found = re.search(pattern, self.seen)
        self.seen = self.seen[found.end():]
        return found

    def devices(self):
        os.write(self.keys, b'echo SEES $(ls /sys/bus/pci/devices | wc -l)/\n')
        return int(self.wait(rb'SEES (\d+)/', 20).group(1))

    def close(self):
        os.write(self.keys, b'\x1d')
        self.process.wait(10)
        os.close(self.keys)


def linux(world):
    """The guest itself says that a device came and went."""
    kernel = os.environ.get('VIR_GUEST_DIR')
    if not kernel:
        print('VIR_GUEST_DIR is not set: nothing boots')
        return
    path = image(world, 'a')
    world.define(domain('guest', memory=128, more=ACPI, devices=NONE + "<serial type='pty'/>",
                        os_more='<kernel>%s/vmlinuz</kernel><initrd>%s/initrd.gz</initrd>'
                                '<cmdline>console=ttyS0 quiet</cmdline>' % (kernel, kernel)))
    world.start('guest', paused=False)
    guest = Guest(world, 'guest')
    guest.wait(b'GUEST UP', 60)
    usual = guest.devices()
    for xml in (DISK % (path, 'vda', 'virtio'), CARD % (1, ''), RNG, SCSI % 0, "<watchdog model='i6300esb'/>"):
        attach(world, 'guest', xml, '--live')
        wait_for(lambda: guest.devices() == usual + 1, 10, 'the guest sees ' + xml)
        detach(world, 'guest', xml, '--live')
        equal(guest.devices(), usual, 'what the guest sees without ' + xml)
    guest.close()


main([definitions, without_guest, refused_live, changed, a_hundred_times, late_answer, linux])
