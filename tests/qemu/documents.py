#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a definition becomes: each document below documents/ is what must be shown
for its input here (uuid and MAC addresses left out).  --update writes them anew:
read the difference.  And what is refused: at once, or at start with a sentence."""

import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys

from harness import EMULATOR, Failed, Timed, check, domain, equal, has, main

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'documents')
DISK = "<disk type='file'><source file='/x'/><target dev='%s'%s/>%s</disk>"
DRIVE = "<address type='drive' controller='%d' bus='%d' target='%d' unit='%d'/>"
RNG = "<rng model='virtio'><backend model='random'/>%s</rng>"
CHANNEL = "<channel type='unix'><target type='virtio' name='x'/>%s</channel>"
USER = "<interface type='user'>%s</interface>"

DEVICES = {
    'minimal': '',
    'cards': ''.join(USER % model for model in ('', "<model type='e1000'/>", "<model type='rtl8139'/>",
                                                "<model type='virtio'/><link state='down'/>")),
    'disks': "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/tmp/a'/>"
             "<target dev='vda'/></disk><disk type='file' device='disk'><source file='/tmp/b'/>"
             "<target dev='sda' bus='sata'/></disk><disk type='file' device='cdrom'><target dev='sdb' bus='sata'/></disk>",
    'ide': "<disk type='file' device='disk'><source file='/tmp/b'/><target dev='hda'/></disk>"
           "<disk type='file' device='cdrom'><target dev='hdc'/></disk>",
    'scsi': "<disk type='file' device='disk'><source file='/tmp/b'/><target dev='sda' bus='scsi'/></disk>"
            "<controller type='scsi' model='virtio-scsi'/>",
    'usb-hubs': "<input type='tablet' bus='usb'/>" * 4 + "<hub type='usb'><address type='usb' bus='0' port='2'/></hub>",
    'many-channels': "<controller type='virtio-serial' index='0' ports='3'/>" +
                     ''.join("<channel type='pty'><target type='virtio' name='%s'/></channel>" % name for name in 'abcd'),
    'lent': "<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/><address bus='0' target='0' unit='0'/>"
            "</source></hostdev>" + DISK % ('sda', '', '') + USER % '' +
            "<interface type='hostdev'><source><address type='pci' bus='1' slot='2' function='0'/></source></interface>",
    'ports': "<serial type='pty'><target type='usb-serial'/></serial><serial type='pty'><target type='pci-serial'/></serial>"
             "<parallel type='pty'><target port='2'/></parallel><parallel type='null'/>",
    'console-pair': "<serial type='unix'><source path='/x'/><log file='/y'/></serial><console type='pty'/>",
    'small-devices': "<tpm><backend type='passthrough'/></tpm><panic/><shmem name='x'><model type='ivshmem-plain'/></shmem>"
                     "<vsock/><memballoon model='none'><address type='pci' slot='9'/></memballoon><input type='evdev'>"
                     "<source dev='/dev/null'/></input>" + RNG % '',
    'characters': "<serial type='pty'/><console type='pty'><target type='virtio'/></console>"
                  "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"
                  "<channel type='unix'><target type='virtio' name='b'/></channel>",
    'console': '<console/>',
    'virtio-console': "<console type='pty'><target type='virtio'/></console>",
    'vnc': "<graphics type='vnc'/><input type='tablet' bus='usb'/>",
    'videos': "<graphics type='vnc' port='5999' listen='127.0.0.1' passwd='x'/><video><model type='virtio'/></video>"
              "<video><model type='qxl'/></video>",
    'rng': "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng><memballoon model='none'/>",
}
MORE = {
    'host-model': "<cpu mode='host-model'/>",
    'topology': "<vcpu current='1'>2</vcpu><cpu><topology sockets='2' cores='1' threads='1'/></cpu>"
                "<currentMemory>8192</currentMemory><features><pae/><apic/><acpi/></features><title>t</title>"
                "<metadata><a:b xmlns:a='urn:x'><a:c/></a:b></metadata>",
    'cpu-model': "<cpu mode='custom'><model>Nehalem</model><feature policy='disable' name='aes'/></cpu>"
                 "<clock offset='localtime'><timer name='hpet' present='no'/></clock><on_reboot>destroy</on_reboot>",
    'maximum': "<cpu mode='maximum'/>",
    'kept': "<memtune><hard_limit>100000</hard_limit></memtune><pm><suspend-to-disk enabled='no'/></pm>"
            "<genid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90e</genid>",
}

PCI = "<address type='pci' bus='%d' slot='%d' function='%d'/>"
USB2 = "<controller type='usb' index='0' model='ich9-%s'>%s</controller>"
ONE = {
    'pc-bridges': ''.join(DISK % ('vd' + letter, '', '') for letter in 'abcdefghijklmnopqrstuvwxyz') + USER % '' * 4,
    'pc-said-bus': USER % (PCI % (2, 3, 0)),
    'pc-multifunction': USER % (PCI % (0, 3, 0)) + USER % (PCI % (0, 3, 1)),
    'pc-zero-address': USER % (PCI % (0, 0, 0)),
    'pc-usb2': USB2 % ('ehci1', '') + ''.join(USB2 % ('uhci%d' % (n + 1), "<master startport='%d'/>" % (2 * n))
                                              for n in range(3)),
    'pc-controllers': "<controller type='scsi' model='virtio-scsi'/><controller type='usb' index='1'/>"
                      "<controller type='pci' index='1' model='pci-bridge'/><controller type='virtio-serial'/>",
    'pc-tcp': "<serial type='tcp'><source mode='bind' host='127.0.0.1' service='5811'/><protocol type='telnet'/></serial>",
    'pc-port1': "<serial type='null'><target port='1'/></serial>",
    'pc-video-memory': "<video><model type='vga' vram='9216'/></video>",
    'pc-watchdog': "<watchdog model='i6300esb' action='poweroff'/><video/><video><model type='virtio'/></video>",
    'pc-watchdog-isa': "<watchdog model='ib700'/>",
    'q35-watchdog': "<watchdog model='i6300esb'/>",
    'q35-said-bus': USER % ("<model type='e1000'/>" + PCI % (1, 1, 0)),
    'q35-said-port': USER % ("<model type='virtio'/>" + PCI % (4, 0, 0)),
    'q35-root-ports': "<controller type='pci' model='pcie-root'/>" + "<controller type='pci' model='pcie-root-port'/>" * 2
                      + USER % "<model type='virtio'/>",
    'q35-bridges': USER % '' * 33,
    'q35-empty-drive': "<disk type='block' device='cdrom'><target dev='sda' bus='sata'/></disk>",
    'q35-vnc-socket': "<graphics type='vnc' socket='/tmp/vnc.sock'/>",
}

PLACED = ("<graphics type='spice'/><controller type='usb' model='ich9-ehci1'/>" +
          ''.join("<controller type='usb' model='ich9-uhci%d'><master startport='%d'/></controller>" % (n + 1, 2 * n)
                  for n in range(3)) +
          ''.join("<sound model='%s'/>" % model for model in ('ich9', 'ich6', 'sb16', 'usb')) +
          "<redirdev bus='usb' type='spicevmc'/><input type='tablet' bus='usb'/><input type='tablet' bus='virtio'/>"
          "<hostdev mode='subsystem' type='usb'><source><vendor id='1'/><product id='2'/></source></hostdev>"
          "<hostdev mode='subsystem' type='pci'><source><address bus='9'/></source></hostdev>"
          "<disk type='file'><source file='/x'/><target dev='sda' bus='usb'/></disk><smartcard mode='host'/>"
          "<filesystem><source dir='/x'/><target dir='x'/></filesystem><shmem name='x'><model type='ivshmem-plain'/></shmem><vsock><cid auto='yes'/></vsock>"
          "<watchdog model='i6300esb'/><rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>" + USER % '')
PLACED_MEMORY = "<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>"
PLACED_ROOM = ("<maxMemory slots='4' unit='GiB'>1</maxMemory><cpu><numa><cell id='0' cpus='0' memory='16' unit='MiB'/>"
               "</numa></cpu>")
SOUND = "<sound model='ich6'>%s</sound>"
OLD_PATH = '/var/lib/libvirt/qemu/channel/target/domain-1-other/org.qemu.guest_agent.0'
BACKING = "<backingStore type='file'><format type='raw'/><source file='/tmp/base.img'/><backingStore/></backingStore>"
BUS = "<controller type='pci' index='%d' model='%s'/>"
ONE_MORE = {                            # name: devices, more, os_more
    'pc-spice': ("<graphics type='spice' port='-1' tlsPort='-1' autoport='yes'/>", '', ''),
    'pc-spice-port': ("<graphics type='spice' port='5910'/>", '', ''),
    'pc-sound-place': (USER % '' + SOUND % "<address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/>", '', ''),
    'pc-run-traces': ("<serial type='pty'><source path='/dev/pts/3'/></serial>" +
                      "<channel type='unix'><source mode='bind' path='%s'/><target type='virtio' name='org.qemu.guest_agent.0'/></channel>" % OLD_PATH +
                      "<channel type='unix'><source mode='bind'/><target type='virtio' name='b'/></channel>", '', ''),
    'pc-placed': (PLACED, '', ''),
    'q35-placed': (PLACED, '', ''),
    'q35-ehci': (USB2 % ('ehci1', ''), '', ''),
    'q35-bridge-port': ("<controller type='pci' model='pcie-root'/>" + "<controller type='pci' model='pcie-root-port'/>" * 6
                        + USER % '', '', ''),
    'pc-mdev': ("<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source>"
                "<address uuid='c2177883-f1bb-47f0-914d-32a22e3a8804'/></source></hostdev>", '', ''),
    'pc-listed': (''.join(DISK % pair for pair in (('vdb', '', ''), ('sda', '', ''), ('vda', '', ''))) +
                  "<controller type='usb' index='0' model='ich9-uhci1'><master startport='0'/></controller>" + USB2 % ('ehci1', ''), '', ''),
    'pc-expanders': (BUS % (1, 'pci-expander-bus') + BUS % (2, 'pci-expander-bus'), '', ''),
    'q35-expander': (BUS % (1, 'pcie-expander-bus'), '', ''),
    'q35-dmi': (BUS % (1, 'dmi-to-pci-bridge') + SOUND % '', '', ''),
    'q35-dmi-bridge': (BUS % (1, 'dmi-to-pci-bridge') + BUS % (2, 'pci-bridge') + SOUND % '', '', ''),
    'q35-switch': (BUS % (1, 'pcie-root-port') + BUS % (2, 'pcie-switch-upstream-port') +
                   BUS % (3, 'pcie-switch-downstream-port'), '', ''),
    'q35-transitional': ("<memballoon model='virtio-transitional'/>" + (RNG % '').replace("'virtio'", "'virtio-transitional'"), '', ''),
    'pc-memory': (PLACED_MEMORY * 2, PLACED_ROOM, ''),
    'pc-backing': ("<disk type='file'><driver name='qemu' type='qcow2'/><source file='/tmp/x'/>%s<target dev='vda'/></disk>"
                   % BACKING, '', ''),
    'pc-loader': ('', '', '<loader>/x</loader>'),
    'pc-passthrough': ('', "<cpu mode='host-passthrough'/>", ''),
    'pc-empty': ("<graphics type='vnc' display=':0' xauth='/x'/>", "<cpu mode='host-model'><model fallback='allow'/></cpu>"
                 '<title></title>', '<kernel></kernel><initrd></initrd><cmdline></cmdline>'),
}


def cases():
    for name, devices in ONE.items():
        yield name, domain('doc', memory=16, machine=name.split('-')[0], devices=devices)
    for name, (devices, more, os_more) in ONE_MORE.items():
        yield name, domain('doc', memory=16, machine=name.split('-')[0], devices=devices, more=more, os_more=os_more)
    for machine in ('pc', 'q35'):
        for name, devices in DEVICES.items():
            if (machine, name) != ('q35', 'ide'):
                yield '%s-%s' % (machine, name), domain('doc', memory=16, machine=machine, devices=devices)
        for name, more in MORE.items():
            yield '%s-%s' % (machine, name), domain('doc', memory=16, machine=machine, devices='', more=more)


def same_machines():
    """The documents name the machines of one version of QEMU."""
    said = subprocess.run([EMULATOR, '--version'], capture_output=True, text=True).stdout
    return 'version 7.2' in said


def definitions(world):
    if not same_machines():
        print('another QEMU than 7.2: dumps are not compared')
        return
    update = '--update' in os.environ.get('QEMU_DOCUMENTS', '')
    for name, xml in cases():
        world.define(xml)
        seen = world.virsh('dumpxml', 'doc', '--security-info') + '\n'
        again = world.write(seen, 'again.xml')
        world.virsh('define', again)
        equal(world.virsh('dumpxml', 'doc', '--security-info') + '\n', seen, name + ' defined from its own dump')
        world.virsh('undefine', 'doc')
        seen = re.sub(r'<uuid>.*</uuid>', '<uuid/>', re.sub(r"mac address='[^']*'", "mac address=''", seen))
        path = os.path.join(HERE, name + '.xml')
        if update:
            with open(path, 'w') as file:
                file.write(seen)
        with open(path) as file:
            equal(seen, file.read(), name)


def starts(world):
    """The real emulator takes the command line of everything that is not refused."""
    disks = [os.path.join(world.dir, name) for name in ('a', 'b')]
    for disk in disks:
        with open(disk, 'wb') as file:
            file.truncate(1 << 20)
    for name, xml in cases():
        if name in ('pc-kept', 'q35-kept', 'q35-vnc-socket', 'pc-bridges', 'pc-spice', 'pc-spice-port', 'pc-sound-place', 'pc-backing',
                    'pc-loader', 'pc-passthrough', 'pc-placed', 'q35-placed', 'pc-memory', 'pc-mdev', 'pc-listed', 'q35-transitional') or name.split('-', 1)[1] in ('lent', 'ports', 'console-pair', 'small-devices', 'expanders', 'expander', 'dmi', 'dmi-bridge', 'switch'):
            continue
        xml = xml.replace('/tmp/a', disks[0]).replace('/tmp/b', disks[1]).replace("type='qcow2'", "type='raw'")
        try:
            world.virsh('create', world.write(xml), '--paused')
        except Failed as error:
            raise Failed('%s: %s' % (name, error))
        if name.endswith('-vnc'):
            check(re.search(r"port='59\d\d' autoport='yes'", world.virsh('dumpxml', 'doc')), 'no vnc port')
        if name.endswith('-console'):
            check(re.search(r"<source path='/dev/pts/\d+'/>", world.virsh('dumpxml', 'doc')), 'no pty')
        world.virsh('destroy', 'doc')


def migratable(world):
    """What the other end of a migration adds itself is left out, and only that."""
    implied = ("<input type='keyboard' bus='ps2'", "model='piix3-uhci'", "model='pci-root'", '<audio ', '<listen ')
    world.define(domain('doc', devices="<graphics type='spice'/>"))
    for words in implied:
        has(world.virsh('dumpxml', 'doc'), words)
        check(words not in world.virsh('dumpxml', 'doc', '--migratable'), '%s goes along' % words)
    has(world.virsh('dumpxml', 'doc', '--migratable'), "<graphics type='spice' autoport='no'/>")
    world.virsh('undefine', 'doc')
    world.define(domain('doc', devices="<graphics type='vnc' socket='/a'><listen type='socket' socket='/a'/>"
                        "<listen type='address' address='1.2.3.4'/><listen type='network' network='n'/></graphics>"))
    equal(re.findall(r"<listen type='(\w+)'", world.virsh('dumpxml', 'doc', '--migratable')), ['network'],
          'where VNC listens beside a socket')
    world.virsh('undefine', 'doc')
    world.define(domain('doc', devices="<controller type='usb'/><controller type='usb'/><audio id='1' type='file'/>"
                        "<controller type='pci' model='pci-root'/><controller type='pci' model='pci-bridge'/>"))
    for words in implied[1:4]:
        has(world.virsh('dumpxml', 'doc', '--migratable'), words)
    world.virsh('undefine', 'doc')
    world.define(domain('doc', machine='q35', devices=CHANNEL % ''))
    numbers = re.findall(r"<controller type='pci' index='(\d+)'", world.virsh('dumpxml', 'doc', '--migratable'))
    kinds = re.findall(r"<controller type='([^']*)'", world.virsh('dumpxml', 'doc', '--migratable'))
    equal(numbers, sorted(numbers), 'the order of buses')
    equal(kinds, sorted(kinds, key=kinds.index), 'the order of controllers')
    world.virsh('undefine', 'doc')


def foreign(world):
    """What applications store has its namespaces, wherever they are declared."""
    xml = domain('doc', more='<metadata><a:b c:d="1"><a:e/></a:b><i:j xmlns:i="urn:i"><i:k/></i:j></metadata>').replace(
        '<domain ', '<domain xmlns:a="urn:a" xmlns:c="urn:c" xmlns:i="urn:other" xmlns:u="urn:unused" ')
    world.define(xml)
    seen = world.virsh('dumpxml', 'doc')
    has(seen, '<metadata xmlns:a="urn:a" xmlns:c="urn:c">\n    <a:b c:d="1">\n')
    has(seen, '<i:j xmlns:i="urn:i">')
    world.define(seen)
    equal(world.virsh('dumpxml', 'doc'), seen, 'defined from its own dump')


def secrets(world):
    world.define(domain('doc', devices="<graphics type='vnc' passwd='geheim'/>"))
    check('geheim' not in world.virsh('dumpxml', 'doc'), 'a password in a plain dump')
    has(world.virsh('dumpxml', 'doc', '--security-info'), 'geheim')
    check('geheim' not in world.virsh('-r', 'dumpxml', 'doc'), 'a password for readers')
    world.refused('-r', 'dumpxml', 'doc', '--security-info')
    with open(os.path.join(world.config, 'doc.xml')) as file:
        has(file.read(), 'geheim')
    equal(os.stat(os.path.join(world.config, 'doc.xml')).st_mode & 0o777, 0o600, 'mode of the definition')


REMEDIED = ("<graphics type='sdl'>", "type 'virtio-mmio'", "match='strict'", 'Memory tuning')


def refused_at_start(world):
    for devices, more, part in (
            ("<interface type='network'><source network='n'/></interface>", '', "type='network'"),
            ("<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='1' slot='0' function='0'/></source>"
             "</hostdev>", '', 'does not do <hostdev>'),
            ("<vsock model='virtio'><cid auto='yes'/></vsock>", '', 'does not do <vsock>'),
            ("<graphics type='sdl'/>", '', "<graphics type='sdl'>"),
            ("<graphics type='spice' port='5930' defaultMode='secure'/>", '', 'TLS'),
            ("<graphics type='egl-headless'/>", '', 'another screen'),
            ("<graphics type='dbus'/>", '', 'bus'),
            ("<graphics type='vnc' port='80'/>", '', '80'),
            ("<parallel type='tcp'><source mode='bind' host='::1' service='1'/><protocol type='tls'/></parallel>", '', 'tls'),
            ("<filesystem type='mount'><driver type='virtiofs'/><source dir='/tmp'/><target dir='t'/></filesystem>",
             "<memoryBacking><access mode='shared'/></memoryBacking>", 'virtiofs'),
            ("<disk type='network'><source protocol='rbd' name='x'/><target dev='vda'/></disk>", '', "protocol='rbd'"),
            ("<disk type='block' device='lun'><source dev='/dev/null'/><target dev='sda' bus='scsi'/></disk>", '', "device='lun'"),
            ('', '<memtune><hard_limit>100000</hard_limit></memtune>', 'Memory tuning'),
            ('', "<features><hyperv mode='passthrough'/></features>", 'hyperv'),
            ("<sound model='ich6'/><audio id='1' type='sdl' driver='alsa'/>", '', 'driver'),
            ("<disk type='file'><source file='/x'><seclabel model='dac' relabel='yes'><label>a:b</label></seclabel></source>"
             "<target dev='vda'/></disk>", '', 'seclabel'),
            ('', "<vcpu placement='auto'>1</vcpu>", 'numatune'),
            ('', '<on_crash>coredump-destroy</on_crash>', 'on_crash'),
            ('', "<clock><timer name='pit' tickpolicy='merge'/></clock>", 'merge'),
            ('', "<sysinfo type='smbios'><baseBoard><entry name='serial'>1</entry></baseBoard><baseBoard>"
             "<entry name='serial'>2</entry></baseBoard></sysinfo>", 'baseBoard'),
            (RNG % "<address type='virtio-mmio'/>", '', "type 'virtio-mmio'"),
            ("<interface type='user'><address type='usb' bus='0' port='1'/></interface>", '', "type 'usb'"),
            ("<memballoon model='virtio'><address type='isa'/></memballoon>", '', "type 'isa'"),
            ("<controller type='virtio-serial' index='0' model='virtio-transitional'/>", '', 'virtio-transitional'),
            ("<controller type='ide' index='0' model='ich6'/>", '', 'ich6'),
            (CHANNEL % "<address type='virtio-serial' controller='0' bus='1' port='1'/>", '', 'bus 1'),
            ("<disk type='file'><source file='/no/such' startupPolicy='optional'/><target dev='vda'/></disk>", '', 'optional')):
        world.define(domain('doc', devices=devices, more=more))
        error = world.refused('start', 'doc', '--paused')
        has(error, 'unsupported configuration')
        has(error, part)
        check(part not in REMEDIED or 'hint: ' in error, 'no remedy in ' + error)
        equal(world.emulators(), [], 'emulators')
        world.virsh('undefine', 'doc')


IMAGE = "<disk type='file'>%s<source file='/etc/os-release'/><target %s/>%s</disk>"


def serve_nbd(world):
    """An empty disk of 1 MiB behind a socket."""
    image, world.nbd = os.path.join(world.dir, 'nbd.raw'), os.path.join(world.dir, 'nbd.sock')
    with open(image, 'wb') as file:
        file.truncate(1 << 20)
    server = subprocess.Popen(['qemu-nbd', '-f', 'raw', '-x', 'x', '-t', '-e', '9', '-k', world.nbd, image])
    while not os.path.exists(world.nbd):
        if server.poll() is not None:
            raise Failed('qemu-nbd ended')
    return server


def acted_on(world):
    """What is taken is on the command line."""
    server = serve_nbd(world)
    try:
        on_the_command_line(world)
    finally:
        server.kill()
        server.wait()


def on_the_command_line(world):
    for devices, more, part in (
            ("<serial type='pty'><address type='isa' iobase='0x2f8' irq='0x3'/></serial>", '', '"iobase":760,"irq":3'),
            (ONE['pc-tcp'], '', '-chardev socket,id=charserial0,host=127.0.0.1,port=5811,telnet=on,server=on,wait=off'),
            (ONE['pc-usb2'], '', '"driver":"ich9-usb-uhci2","bus":"pci.0","addr":"0x2.0x1","masterbus":"usb.0","firstport":2'),
            (ONE['pc-video-memory'], '', '"vgamem_mb":16'),
            (ONE['pc-watchdog'], '', '{"driver":"i6300esb","id":"watchdog0","bus":"pci.0","addr":"0x4"}'),
            (ONE['pc-watchdog-isa'], '', '{"driver":"ib700","id":"watchdog0"}'),
            ("<disk type='file'><driver name='qemu' type='raw' discard='unmap'/><source file='/etc/os-release'/>"
             "<target dev='sda' bus='scsi'/><readonly/></disk><controller type='scsi' model='virtio-scsi'/>", '',
             '"read-only":true,"discard":"unmap"'),
            ("<disk type='file'><source file='/etc/os-release'/><target dev='sda' bus='scsi'/><readonly/></disk>"
             "<controller type='scsi' model='virtio-scsi'/>", '', '"device_id":"drive-scsi0-0-0-0"'),
            ("<disk type='file'><source file='/etc/os-release'/><target dev='sda' bus='scsi'/><readonly/>"
             "<serial>S1</serial></disk><controller type='scsi' model='virtio-scsi'/>", '', '"device_id":"S1"'),
            ("<graphics type='vnc'/><video><model type='bochs' vram='8192'/></video>", '', '"vgamem":8388608'),
            ("<graphics type='vnc'/><video><model type='qxl' vram64='65536'/></video>", '', '"vram64_size_mb":64'),
            ("<graphics type='vnc' listen=''/>", '', '-vnc 127.0.0.1:'),
            ("<graphics type='vnc'><listen type='address' address=''/></graphics>", '', '-vnc 127.0.0.1:'),
            ("<video><model type='virtio'/></video><video><model type='vga' primary='yes'/></video>", '', '"driver":"VGA"'),
            ('', "<cpu mode='maximum' migratable='off'/>", 'max,migratable=off'),
            ('', "<cpu check='full'><model>qemu64</model><feature name='vmx' policy='disable'/><feature name='lahf_lm'/>"
             "<feature name='hypervisor'/></cpu>", 'qemu64,vmx=off,lahf-lm=on,hypervisor=on '),
            ('', "<cpu match='strict'><vendor>AMD</vendor><model vendor_id='abcdefghijkl'>qemu64</model></cpu>",
             'qemu64,vendor=abcdefghijkl '),
            ('', "<cpu><model>qemu64</model><feature name='aes' policy='optional'/></cpu>", 'qemu64,aes=on'),
            ('', "<features><acpi/><vmport state='off'/><smm state='off'/></features>", ',vmport=off,smm=off,'),
            ('', "<features><tcg><tb-cache unit='MiB'>64</tb-cache></tcg></features>", '-accel tcg,tb-size=64'),
            ('', "<features><apic eoi='off'/><pmu state='off'/><kvm><hidden state='on'/></kvm><hyperv><relaxed state='on'/>"
             "<spinlocks state='on' retries='8191'/></hyperv></features>",
             ',kvm-pv-eoi=off,hv-relaxed=on,pmu=off,hv-spinlocks=0x1fff,kvm=off'),
            ('', "<features><vmcoreinfo/></features>", '{"driver":"vmcoreinfo"}'),
            ('', "<pm><suspend-to-mem enabled='no'/><suspend-to-disk enabled='yes'/></pm>",
             '-global PIIX4_PM.disable_s3=1 \\\n-global PIIX4_PM.disable_s4=0'),
            ("<sound model='ich6'><codec type='micro'/><audio id='7'/></sound><audio id='7' type='none'/>", '',
             '{"driver":"hda-micro","id":"sound0-codec0","bus":"sound0.0","cad":0,"audiodev":"audio7"}'),
            ("<graphics type='spice' autoport='yes'><image compression='off'/><jpeg compression='never'/><mouse mode='client'/>"
             "<streaming mode='filter'/><clipboard copypaste='no'/><filetransfer enable='no'/></graphics>", '',
             ',addr=127.0.0.1,disable-ticketing=on,image-compression=off,jpeg-wan-compression=never,streaming-video=filter,'
             'agent-mouse=on,disable-copy-paste=on,disable-agent-file-xfer=on,seamless-migration=on'),
            ("<graphics type='spice'><listen type='socket'/></graphics>", '', '-spice unix=on,addr='),
            ("<graphics type='vnc' powerControl='yes'><listen type='socket'/></graphics>", '', ',power-control=on,audiodev=audio1'),
            ("<graphics type='vnc' autoport='yes' websocket='-1'/>", '', ',websocket=on,audiodev=audio1'),
            ("<graphics type='dbus' p2p='yes'/>", '', '-display dbus,p2p=on'),
            ("<graphics type='spice'/><redirdev bus='usb' type='spicevmc'/><redirfilter><usbdev class='0x08' vendor='0x1234' "
             "product='0xBEEF' version='2.56' allow='yes'/><usbdev allow='no'/></redirfilter>", '',
             '"filter":"0x08:0x1234:0xBEEF:0x0256:1|-1:-1:-1:-1:0","bus":"usb.0","port":"1"'),
            ("<graphics type='spice'/><channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>", '',
             '-chardev spicevmc,id=charchannel0,name=vdagent'),
            ("<channel type='spiceport'><source channel='org.x.y'/><target type='virtio'/></channel><graphics type='spice'/>", '',
             '-chardev spiceport,id=charchannel0,name=org.x.y'),
            ("<channel type='qemu-vdagent'><source><clipboard copypaste='yes'/><mouse mode='client'/></source>"
             "<target type='virtio'/></channel>", '', '-chardev qemu-vdagent,id=charchannel0,clipboard=on,mouse=on'),
            ("<channel type='unix'><source mode='connect' path='/nobody'><reconnect enabled='yes' timeout='10'/></source>"
             "<log file='/dev/null' append='off'/><target type='virtio' name='u'/></channel>", '',
             'path=/nobody,reconnect=10,logfile=/dev/null,logappend=off'),
            ("<serial type='udp'><source mode='bind' host='127.0.0.1' service='5999'/>"
             "<source mode='connect' host='127.0.0.2' service='5998'/></serial>", '',
             '-chardev udp,id=charserial0,localaddr=127.0.0.1,localport=5999,host=127.0.0.2,port=5998'),
            ("<serial type='null'><target type='isa-debug'/><address type='isa' iobase='0x402'/></serial>", '',
             '{"driver":"isa-debugcon","chardev":"charserial0","id":"serial0","iobase":1026}'),
            ("<serial type='pty'><target type='usb-serial'/></serial>", '',
             '{"driver":"usb-serial","chardev":"charserial0","id":"serial0","bus":"usb.0","port":"1"}'),
            ("<serial type='pty'><target type='pci-serial'/></serial>", '', '"driver":"pci-serial"'),
            ("<parallel type='pty'/>", '', '{"driver":"isa-parallel","chardev":"charparallel0","id":"parallel0"}'),
            ('', "<clock offset='utc'><timer name='rtc' tickpolicy='catchup' track='guest'/><timer name='pit' tickpolicy='delay'/>"
             "<timer name='hpet' present='no'/><timer name='kvmclock' present='no'/><timer name='hypervclock' present='yes'/></clock>",
             '-rtc base=utc,clock=vm,driftfix=slew \\\n-global kvm-pit.lost_tick_policy=delay'),
            ('', "<clock offset='utc'><timer name='kvmclock' present='no'/><timer name='hypervclock' present='yes'/>"
             "<timer name='tsc' frequency='2000000000'/></clock>", 'qemu64,kvmclock=off,hv-time=on,tsc-frequency=2000000000'),
            ('', "<clock offset='absolute' start='1234567890'/>", '-rtc base=2009-02-13T23:31:30'),
            ('', "<sysinfo type='smbios'><bios><entry name='vendor'>A, B</entry></bios><system><entry name='sku'>k</entry></system>"
             "<chassis><entry name='asset'>4</entry></chassis><oemStrings><entry>x=1</entry><entry>y</entry></oemStrings></sysinfo>"
             "<sysinfo type='fwcfg'><entry name='opt/com.example/name'>v, w</entry></sysinfo>", "-fw_cfg 'name=opt/com.example/name,string=v,, w'"),
            ("<panic model='isa'><address type='isa' iobase='0x506'/></panic><panic model='hyperv'/>", '',
             '{"driver":"pvpanic","ioport":1286}'),
            ("<panic model='hyperv'/>", '', '-cpu qemu64,hv-crash'),
            ("<rng model='virtio-transitional'><rate bytes='1234' period='2000'/><backend model='random'>/dev/urandom</backend></rng>",
             '', '"driver":"virtio-rng-pci-transitional"'),
            ("<rng model='virtio'><rate bytes='1234' period='2000'/><backend model='builtin'/><driver ats='on' packed='off'/></rng>",
             '', '"rng":"objrng0","max-bytes":1234,"period":2000,"ats":true,"packed":false}'),
            ("<video><model type='virtio'><resolution x='800' y='600'/></model></video>", '', '"xres":800,"yres":600'),
            ("<memballoon model='virtio' autodeflate='on' freePageReporting='off'><stats period='7'/></memballoon>", '',
             '"deflate-on-oom":true,"free-page-reporting":false'),
            ("<shmem name='vir-test-shmem'><model type='ivshmem-plain'/><size unit='M'>1</size></shmem>", '',
             '{"driver":"ivshmem-plain","id":"shmem0","bus":"pci.0","addr":"0x3","memdev":"shmmem-shmem0"}'),
            ("<filesystem type='mount' accessmode='mapped' fmode='644'><driver type='path' wrpolicy='immediate'/><source dir='/tmp'/>"
             "<target dir='t'/><readonly/></filesystem>", '',
             '-fsdev local,security_model=mapped,fmode=0644,writeout=immediate,id=fsdev-fs0,path=/tmp,readonly=on'),
            (IMAGE % ("<driver type='raw' cache='none' detect_zeroes='on' error_policy='enospace' rerror_policy='report' queues='2' "
                     "queue_size='128' event_idx='off'/>", "dev='vda'", "<blockio logical_block_size='512' "
                     "physical_block_size='4096'/><geometry cyls='16' heads='2' secs='4'/>"), '',
             '"event_idx":false,"num-queues":2,"queue-size":128,"write-cache":"on","drive":"libvirt-1-format",'
             '"logical_block_size":512,"physical_block_size":4096,"cyls":16,"heads":2,"secs":4,"werror":"enospc","rerror":"report"'),
            (IMAGE.replace("/etc/os-release'/>", "/etc/os-release'><seclabel model='dac' relabel='no'/></source>") % ('', "dev='vda'", ''), '',
             '"filename":"/etc/os-release"'),
            (IMAGE % ("<driver type='raw' io='threads' copy_on_read='on'/>", "dev='vda'", ''), '',
             '{"driver":"copy-on-read","node-name":"libvirt-CoR-vda","file":{"driver":"raw","file":{"driver":"file","filename":'),
            (IMAGE % ('', "dev='sda' bus='usb' removable='on'", ''), '',
             '{"driver":"usb-storage","id":"usb-disk0","bus":"usb.0","port":"1","drive":"libvirt-1-format","removable":true'),
            (IMAGE % ('', "dev='sda' bus='scsi' rotation_rate='7200'", '<wwn>f123456789abcdef</wwn><vendor>SEAGATE</vendor>'
                     "<product>ST3</product>") + "<controller type='scsi' model='virtio-scsi'/>", '',
             '"wwn":17375808098319191535,"vendor":"SEAGATE","product":"ST3","rotation_rate":7200'),
            (IMAGE.replace('<disk', "<disk device='floppy'") % ('', "dev='fda' bus='fdc'", ''), '',
             '{"driver":"floppy","id":"fdc0-0-0","unit":0,"drive":"libvirt-1-format"'),
            (IMAGE % ("<driver type='raw' iothread='3'/>", "dev='vda'", ''),
             "<iothreads>2</iothreads><iothreadids><iothread id='3'/></iothreadids>",
             '{"qom-type":"iothread","id":"iothread3"}\' \\\n-object \'{"qom-type":"iothread","id":"iothread1"}'),
            (IMAGE.replace("/etc/os-release'/>", "/etc/os-release'><slices><slice type='storage' offset='0' size='512'/></slices></source>")
             % ('', "dev='vda'", '<readonly/>'), '', '{"driver":"raw","node-name":"libvirt-1-slice-sto","offset":0,"size":512,'),
            ("<disk type='network'><driver type='raw'/><source protocol='nbd' name='x'><host transport='unix' socket='%s'/></source>"
             "<target dev='vda'/></disk>" % world.nbd, '', '{"driver":"nbd","server":{"type":"unix","path":"'),
            ("<disk type='dir'><driver type='fat'/><source dir='/etc/dpkg'/><target dev='vda'/><readonly/></disk>", '',
             '{"driver":"vvfat","dir":"/etc/dpkg","floppy":false,"rw":false,'),
            ("<controller type='scsi' model='virtio-scsi'><driver queues='4' cmd_per_lun='2' max_sectors='64' ioeventfd='on' "
             "iothread='2' packed='on'/></controller>", '<iothreads>2</iothreads>',
             '"iothread":"iothread2","num_queues":4,"cmd_per_lun":2,"max_sectors":64,"ioeventfd":true,"packed":true'),
            ("<controller type='virtio-serial' ports='4' vectors='2'><driver ats='on'/></controller>", '',
             '"max_ports":4,"vectors":2,"ats":true'),
            ("<controller type='usb' model='nec-xhci' ports='8'/><input type='tablet' bus='usb'><address type='usb' bus='0' "
             "port='8'/></input>", '', '"p2":8,"p3":8'),
            ("<controller type='scsi' model='lsilogic'><driver iommu='on'/></controller>", '',
             '{"driver":"lsi","id":"scsi0","bus":"pci.0","addr":"0x2"}'),
            (''.join("<controller %s><alias name='ua-%s'/></controller>" % words for words in (
                ("type='virtio-serial' index='0'", 'serial'), ("type='scsi' index='0' model='virtio-scsi'", 'scsi'),
                ("type='sata' index='0'", 'sata'), ("type='pci' index='1' model='pci-bridge'", 'bridge'),
                ("type='usb' index='0' model='ich9-ehci1'", 'usb'), ("type='ccid' index='0'", 'reader'))) +
             "<controller type='usb' index='0' model='ich9-uhci1'><master startport='0'/></controller><channel type='pty'>"
             "<target type='virtio' name='a'/></channel><input type='tablet' bus='usb'/><smartcard mode='passthrough' type='null'/>"
             "<disk device='cdrom'><target dev='sda' bus='scsi'/></disk><disk device='cdrom'><target dev='sdb' bus='sata'/></disk>" +
             RNG % "<address type='pci' bus='1' slot='3'/>", '', '"bus":"ua-bridge"'),
            ("<smartcard mode='passthrough' type='unix'><source mode='bind' path='%s'/></smartcard>" % os.path.join(world.dir, 'card'),
             '', '{"driver":"ccid-card-passthru","chardev":"charsmartcard0","id":"smartcard0","bus":"ccid0.0"}'),
            ("<smartcard mode='passthrough' type='spicevmc'/><graphics type='spice'/>", '',
             '-chardev spicevmc,id=charsmartcard0,name=smartcard'),
            ("<hub type='usb'><address type='usb' bus='0' port='1'/></hub><controller type='ccid' index='0'><address type='usb' bus='0' "
             "port='1.2'/></controller><smartcard mode='passthrough' type='null'/>", '', '{"driver":"usb-ccid","id":"ccid0","bus":"usb.0","port":"1.2"}'),
            ("<input type='mouse' bus='virtio'/><input type='keyboard' bus='virtio'><driver ats='off'/></input>", '',
             '{"driver":"virtio-keyboard-pci","id":"input1","bus":"pci.0","addr":"0x4","ats":false}'),
            (IMAGE.replace('<disk', "<disk device='floppy'") % ('', "dev='fdb' bus='fdc'", "<boot order='3'/>"), '',
             '-global isa-fdc.bootindexB=3'),
            ("<controller type='pci' model='pci-root'><pcihole64 unit='GiB'>1</pcihole64></controller>", '',
             '-global i440FX-pcihost.pci-hole64-size=1048576K'),
            (BUS % (1, 'pci-expander-bus'), '', '{"driver":"pxb","id":"pci.1","bus":"pci.0","addr":"0x2","bus_nr":254}'),
            ("<graphics type='spice'/><video><model type='qxl'/></video>", '', '"vram64_size_mb":0'),
            ("<sound model='pcspk'/>", '', '-machine pcspk-audiodev=audio1'),
            ("<sound model='usb'/>", '', '{"driver":"usb-audio","id":"sound0","audiodev":"audio1","bus":"usb.0","port":"1"}'),
            ("<audio id='1' type='file' path='/dev/null' timerPeriod='50'><output mixingEngine='yes' fixedSettings='yes'>"
             "<settings frequency='44100' channels='2' format='s16'/></output></audio><sound model='ac97'/>", '',
             '{"id":"audio1","driver":"wav","timer-period":50,"path":"/dev/null","out":{"mixing-engine":true,'
             '"fixed-settings":true,"frequency":44100,"channels":2,"format":"s16"}}'),
            ("<disk type='file' device='cdrom'><source file='/no/such' startupPolicy='optional'/><target dev='hdc'/></disk>",
             '', '"driver":"ide-cd"')):
        world.define(domain('doc', devices=devices, more=more))
        world.virsh('start', 'doc', '--paused')
        with open(os.path.join(world.log, 'doc.log')) as file:
            has(file.read(), part)
        check('/no/such' not in world.virsh('dumpxml', 'doc'), 'the drive is not empty')
        world.virsh('destroy', 'doc')
        world.virsh('undefine', 'doc')
        os.unlink(os.path.join(world.log, 'doc.log'))
    passed(world)
    for model, part in (('virtio', '"driver":"virtio-iommu"'), ('intel', '{"driver":"intel-iommu","id":"iommu0","aw-bits":48}')):
        devices = "<iommu model='%s'>%s</iommu>" % (model, "<driver aw_bits='48'/>" if model == 'intel' else '')
        world.virsh('create', world.write(domain('iommu', machine='q35', devices=devices, more='<features><acpi/></features>')),
                    '--paused')
        with open(os.path.join(world.log, 'iommu.log')) as file:
            has(file.read(), part)
        world.virsh('destroy', 'iommu')
    ports = ''.join("<controller type='pci' index='%d' model='pcie-root-port'/>" % index for index in (1, 2, 12))
    world.virsh('create', world.write(domain('doc', machine='q35', devices=ports)), '--paused')


def passed(world):
    """What goes to QEMU behind our back."""
    words = ("<qemu:commandline><qemu:arg value='-global'/><qemu:arg value='virtio-net-pci.x-txburst=7'/><qemu:env name='VIR_A' value='b c'/>"
             "<qemu:env name='VIR_E'/></qemu:commandline>"
             "<qemu:override><qemu:device alias='net0'><qemu:frontend><qemu:property name='x-txtimer' type='signed' value='12345'/>"
             "<qemu:property name='event_idx' type='bool' value='false'/><qemu:property name='addr' type='string' value='0x9'/>"
             "<qemu:property name='bus' type='remove'/></qemu:frontend></qemu:device></qemu:override>"
             "<qemu:deprecation behavior='reject'/>")
    xml = domain('doc', devices=USER % "<model type='virtio'/>", more=words).replace(
        "<domain ", "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' ")
    world.define(xml)
    pid = world.start('doc')
    seen = world.virsh('qemu-monitor-command', 'doc', '--hmp', 'info qtree')
    card = seen[seen.index('dev: virtio-net-pci'):]
    for part in ('x-txburst = 7', 'x-txtimer = 12345', 'event_idx = false', 'addr = 09.0'):
        has(card, part)
    with open('/proc/%d/environ' % pid) as file:
        variables = file.read().split('\0')
    check('VIR_A=b c' in variables and 'VIR_E=' in variables, 'the variables are there: %s' % variables)
    with open('/proc/%d/cmdline' % pid) as file:
        has(file.read(), '-compat\0{"deprecated-output":"hide","deprecated-input":"reject"}')
    world.virsh('destroy', 'doc')
    world.virsh('undefine', 'doc')
    world.define(xml.replace("alias='net0'", "alias='net7'"))
    has(world.refused('start', 'doc', '--paused'), "'net7', which the guest has not")
    world.virsh('undefine', 'doc')


def certificates(world):
    """Of a smart card: the emulator's own is in a folder of the host's, which only QEMU names."""
    folder = os.path.join(world.dir, 'nss')
    card = "<smartcard mode='host-certificates'>%s<database>%s</database></smartcard>" % (
        ''.join('<certificate>%s</certificate>' % name for name in ('a,b', 'c', 'd')), folder)
    world.define(domain('doc', devices=card))
    error = world.refused('start', 'doc', '--paused')
    has(error, folder)
    has(error, 'certutil -N')
    if shutil.which('certutil'):
        os.mkdir(folder)
        with open(os.path.join(world.dir, 'noise'), 'wb') as file:
            file.write(os.urandom(4096))
        for action in (['-N', '--empty-password'], ['-S', '-s', 'CN=c', '-n', 'c', '-x', '-t', ',,', '-z', file.name]):
            subprocess.run(['certutil', '-d', 'sql:' + folder] + action, check=True, capture_output=True)
        world.virsh('start', 'doc', '--paused')
        with open(os.path.join(world.log, 'doc.log')) as file:
            has(file.read(), '"backend":"certificates","cert1":"a,b","cert2":"c","cert3":"d","db":"%s"' % folder)
        world.virsh('destroy', 'doc')
    else:
        print('no guest with such a card: no certutil (Debian: libnss3-tools)')
    world.define(domain('host', devices="<smartcard mode='host'/>"))
    if not os.path.exists('/etc/pki/nssdb'):
        has(world.refused('start', 'host', '--paused'), '/etc/pki/nssdb')


def limits(world):
    """What a disk may do is told to QEMU, which tells it again."""
    world.define(domain('doc', devices=IMAGE % ('', "dev='vda'", '<iotune><total_bytes_sec>1000000</total_bytes_sec>'
                 '<read_iops_sec>400</read_iops_sec><total_bytes_sec_max>2000000</total_bytes_sec_max>'
                 '<group_name>g</group_name></iotune><readonly/>')))
    world.virsh('start', 'doc', '--paused')
    told = json.loads(world.virsh('qemu-monitor-command', 'doc', '{"execute":"query-block"}'))['return'][0]['inserted']
    equal([told[key] for key in ('bps', 'iops_rd', 'bps_max', 'iops_wr', 'group')], [1000000, 400, 2000000, 0, 'g'], 'limits')
    world.virsh('destroy', 'doc')
    world.virsh('undefine', 'doc')


def zone(world):
    """The emulator's own time is that of the zone."""
    world.define(domain('doc', more="<clock offset='timezone' timezone='Europe/Berlin'/>"))
    pid = world.start('doc')
    with open('/proc/%d/environ' % pid) as file:
        check('TZ=Europe/Berlin' in file.read().split('\0'), 'the zone is not told')
    world.virsh('destroy', 'doc')
    world.virsh('undefine', 'doc')


def screens(world):
    """Spice's ports are shown, are the emulator's, differ, and are given back."""
    ports = []
    for name in ('one', 'two'):
        world.define(domain(name, devices="<graphics type='spice' autoport='yes'/>"))
        world.start(name)
        ports.append(int(re.search("type='spice' port='([0-9]+)'", world.virsh('dumpxml', name)).group(1)))
        socket.create_connection(('127.0.0.1', ports[-1])).close()
    check(ports[0] >= 5900 and ports[0] != ports[1], 'ports: %s' % ports)
    world.virsh('destroy', 'one')
    world.start('one')
    has(world.virsh('dumpxml', 'one'), "type='spice' port='%d'" % ports[0])
    for name in ('one', 'two'):
        world.virsh('destroy', name)
        world.virsh('undefine', name)


def boots(world):
    """What <os> says of the firmware."""
    for os_more, more, parts in (
            ("<bootmenu enable='yes' timeout='3000'/><bios rebootTimeout='0'/>", '',
             ['-boot menu=on,reboot-timeout=0,splash-time=3000,strict=on']),
            ("<bootmenu enable='no'/><bios useserial='yes'/>", "<devices><serial type='pty'/></devices>",
             ['-boot menu=off,strict=on', ',graphics=off,']),
            ("<bios useserial='yes'/>", "<devices><console type='pty'/></devices>", [',graphics=off,']),
            ("<acpi><table type='slic'>/etc/os-release</table></acpi>", '<features><acpi/></features>',
             ['-acpitable sig=SLIC,file=/etc/os-release']),
            ("<smbios mode='sysinfo'/>", "<sysinfo type='smbios'><bios><entry name='vendor'>A, B</entry></bios><system>"
             "<entry name='sku'>k</entry></system><oemStrings><entry>x=1</entry><entry>y</entry></oemStrings></sysinfo>",
             ["-smbios 'type=0,vendor=A,, B'", '-smbios type=1,sku=k', '-smbios type=11,value=x=1,value=y'])):
        world.define(domain('doc', os_more=os_more, more=more))
        world.virsh('start', 'doc', '--paused')
        with open(os.path.join(world.log, 'doc.log')) as file:
            log = file.read()
        for part in parts:
            has(log, part)
        world.virsh('destroy', 'doc')
        world.virsh('undefine', 'doc')
        os.unlink(os.path.join(world.log, 'doc.log'))


def firmware(world):
    """UEFI is chosen by the host's descriptors; its variables are a file of the guest's own."""
    code, variables = os.path.join(world.dir, 'X_CODE.fd'), os.path.join(world.dir, 'X_VARS.fd')
    for path in (code, variables):
        with open(path, 'wb') as file:
            file.write(path[-7:].encode() * (1 << 17))
    folder = os.path.join(world.dir, 'config', 'qemu', 'firmware')
    os.makedirs(folder)
    for name, features, interface in (('00-none.json', [], 'bios'), ('01-signed.json', ['secure-boot', 'requires-smm'], 'uefi'),
                                      ('02-plain.json', [], 'uefi')):
        with open(os.path.join(folder, name), 'w') as file:
            json.dump({'description': '', 'interface-types': [interface], 'features': features, 'tags': [], 'mapping': {
                'device': 'flash', 'executable': {'filename': code, 'format': 'raw'},
                'nvram-template': {'filename': variables, 'format': 'raw'}},
                'targets': [{'architecture': 'x86_64', 'machines': ['pc-i440fx-*', 'pc-q35-*']}]}, file)
    with open(os.path.join(folder, '03-broken.json'), 'w') as file:
        file.write('{')
    text = domain('doc', more='<features><acpi/></features>').replace('<os>', "<os firmware='efi'>")
    plain = text.replace('</os>', "<firmware><feature enabled='no' name='secure-boot'/></firmware></os>")
    for document, secure in ((text, True), (plain, False)):
        world.define(document)
        world.virsh('start', 'doc', '--paused')
        live = world.virsh('dumpxml', 'doc')
        kept = re.search('>(/.*/doc_VARS.fd)<', live).group(1)
        has(live, "<loader readonly='yes'%s type='pflash'>%s</loader>" % (" secure='yes'" if secure else '', code))
        equal("<smm state='on'/>" in live, secure, 'system management')
        equal(open(kept, 'rb').read(), open(variables, 'rb').read(), 'the variables')
        world.virsh('destroy', 'doc')
        has(world.virsh('dumpxml', 'doc'), "firmware='efi'")
        with open(kept, 'r+b') as file:
            file.write(b'kept')
        world.virsh('start', 'doc', '--paused')
        equal(open(kept, 'rb').read(4), b'kept', 'what the guest wrote')
        world.virsh('destroy', 'doc')
        world.virsh('start', 'doc', '--paused', '--reset-nvram')
        equal(open(kept, 'rb').read(), open(variables, 'rb').read(), 'the variables, anew')
        world.virsh('destroy', 'doc')
        has(world.refused('undefine', 'doc'), 'cannot undefine domain with nvram')
        world.virsh('undefine', 'doc', *(['--nvram'] if secure else ['--keep-nvram']))
        equal(os.path.exists(kept), not secure, 'the variables')
    world.define(text.replace('</os>', "<firmware><feature enabled='yes' name='enrolled-keys'/></firmware></os>"))
    has(world.refused('start', 'doc', '--paused'), "no firmware of this host is 'efi'")
    os.unlink(kept)
    world.virsh('undefine', 'doc')


def qcow2(backing):
    """An empty image of 1 MiB before a raw file BACKING: header, its table of counts, the counts, its map."""
    cluster = 1 << 16
    extensions = struct.pack('>II8sII', 0xe2792aca, 3, b'raw', 0, 0)
    header = struct.pack('>4sIQIIQIIQQIIQ', b'QFI\xfb', 2, 72 + len(extensions), len(backing), 16, 1 << 20, 0, 1,
                         3 * cluster, cluster, 1, 0, 0) + extensions + backing
    parts = (header, struct.pack('>Q', 2 * cluster), struct.pack('>4H', 1, 1, 1, 1), b'')
    return b''.join(part.ljust(cluster, b'\0') for part in parts)


def chain_ends(world):
    """<backingStore/> is obeyed; memory is what QEMU gives."""
    base, top = os.path.join(world.dir, 'base'), os.path.join(world.dir, 'top')
    with open(base, 'wb') as file:
        file.truncate(1 << 20)
    with open(top, 'wb') as file:
        file.write(qcow2(base.encode()))
    disk = "<disk type='file'><driver name='qemu' type='qcow2'/><source file='%s'/>%s<target dev='vda'/></disk>"
    for ends, opened in (('', True), ('<backingStore/>', False)):
        world.define(domain('doc', devices=disk % (top, ends)).replace("<memory unit='MiB'>32", "<memory>32769"))
        pid = world.start('doc')
        has(world.virsh('dumpxml', 'doc'), "<memory unit='KiB'>33792<")
        has(world.virsh('dumpxml', 'doc', '--inactive'), "<memory unit='KiB'>32769<")
        files = [os.readlink('/proc/%d/fd/%s' % (pid, fd)) for fd in os.listdir('/proc/%d/fd' % pid)]
        equal(base in files, opened, 'the file behind is open')
        world.virsh('destroy', 'doc')
        world.virsh('undefine', 'doc')


def refused_at_once(world):
    world.virsh('capabilities')         # the emulators have been asked: that is not what is timed here
    for xml, part in (
            (domain('doc', machine='nonsense'), 'nonsense'),
            (domain('doc', kind='xen'), 'xen'),
            (domain('doc', more='<vcpu>0</vcpu>'), 'vcpu'),
            (domain('doc', more='<vcpu>2147483648</vcpu>'), 'vcpu'),
            (domain('doc', more='<vcpu>5000</vcpu>'), 'vcpu'),
            (domain('doc', more="<vcpu current='3'>2</vcpu>"), 'online'),
            (domain('doc', more="<cpu><topology sockets='65536' cores='65536' threads='65536'/></cpu>"), 'topology'),
            (domain('doc', devices="<controller type='usb' index='4294967295'/>"), 'controller'),
            (domain('doc', devices="<disk type='file'><source file='/x'/><target dev='sda' bus='scsi'/><address "
                    "type='drive' controller='4000000000' bus='0' target='0' unit='0'/></disk>"), 'drive address'),
            (domain('doc', devices="<controller type='scsi' index='0'/>" * 2), "type 'scsi'"),
            (domain('doc', devices="<controller type='pci' index='1' model='pci-root'/>"), 'pci-root'),
            (domain('doc', machine='q35', devices="<video><model type='qxl'/></video>" * 4000), 'PCI'),
            (domain('doc', os_more="<boot dev='hd'/>", devices=DISK % ('vda', '', "<boot order='1'/>")), 'order to boot from'),
            (domain('doc', machine='q35', devices=DISK % ('hda', '', '')), 'IDE'),
            (domain('doc', devices="<watchdog model='diag288'/>"), 'diag288'),
            (domain('doc', devices="<watchdog model='ib700'/>" * 2), 'one watchdog'),
            (domain('doc', machine='q35', devices=USER % ("<model type='virtio'/>" + PCI % (1, 1, 0))), 'slot 0 only'),
            (domain('doc', devices=USER % (PCI % (0, 1, 0))), 'chipset'),
            (domain('doc', devices=DISK % ('hda', '', DRIVE % (1, 0, 0, 0))), 'ide bus'),
            (domain('doc', devices=DISK % ('sda', " bus='sata'", DRIVE % (0, 0, 1, 0))), 'sata bus'),
            (domain('doc', devices=DISK % ('sda', '', DRIVE % (0, 0, 1, 0))), 'scsi bus'),
            (domain('doc', devices=DISK % ('sda', '', DRIVE % (0, 0, 0, 1)) + DISK % ('sdb', '', '')), 'same drive'),
            (domain('doc', devices=DISK % ('vda', '', DRIVE % (0, 0, 0, 0))), "type 'drive'"),
            (domain('doc', devices=DISK % ('sda', '', "<address type='pci' slot='9'/>")), 'the address of a drive'),
            (domain('doc', devices=DISK % ('fda', '', '')), 'fdc'),
            (domain('doc', devices="<disk type='file' device='cdrom'><target dev='vda'/></disk>"), 'virtio bus'),
            (domain('doc', devices=DISK % ('vda1', '', '')), 'partition'),
            (domain('doc', devices="<disk type='file'><driver queues='2'/><source file='/x'/><target dev='sda' bus='scsi'/></disk>"),
             'queues'),
            (domain('doc', devices=USER % "<driver iommu='on'/>"), 'only cards of virtio'),
            (domain('doc', devices="<controller type='ide' index='0'><address type='pci' slot='9'/></controller>"), 'chipset'),
            (domain('doc', devices="<controller type='usb' model='none'/><hub type='usb'/>"), "'none'"),
            (domain('doc', devices="<controller type='usb' model='ich9-uhci1'/>"), 'accompanies'),
            (domain('doc', devices="<controller type='isa'/>"), "type 'isa'"),
            (domain('doc', devices="<input type='tablet' bus='usb'><address type='usb' bus='0' port='3'/></input>"), 'no port 3'),
            (domain('doc', devices="<input type='tablet' bus='usb'><address type='usb' bus='0' port='1.1'/></input>"), 'no hub'),
            (domain('doc', devices="<input type='tablet' bus='usb'><address type='usb' bus='0' port='1'/></input>" * 2),
             'two devices'),
            (domain('doc', devices="<input type='mouse' bus='usb' model='virtio'/>"), 'only devices on virtio'),
            (domain('doc', devices="<input type='mouse' bus='xen'/>"), "'xen'"),
            (domain('doc', devices=CHANNEL % "<address type='virtio-serial' controller='0' port='31'/>"), 'no port 31'),
            (domain('doc', devices=CHANNEL % "<address type='virtio-serial' controller='0' port='2'/>" * 2), 'two devices'),
            (domain('doc', devices=RNG % "<address type='ccw'/>"), "'ccw'"),
            (domain('doc', devices=USER % "<model type='usb-net'/>"), 'usb-net'),
            (domain('doc', devices="<serial type='pty'><target type='x'/></serial>"), "'x'"),
            (domain('doc', devices="<serial type='pty'><target><model name='isa-debugcon'/></target></serial>"), 'isa-debugcon'),
            (domain('doc', devices="<serial type='pty'><target port='4'/></serial>"), 'serial port 4'),
            (domain('doc', devices="<console type='pty'><target type='xen'/></console>"), "'xen'"),
            (domain('doc', os_more="<bios useserial='yes'/>"), 'writes to a serial port'),
            (domain('doc', os_more="<bios useserial='yes'/>", devices="<console type='pty'><target type='virtio'/></console>"),
             'writes to a serial port'),
            (domain('doc', devices="<tpm><backend type='passthrough'/></tpm>" * 2), 'one TPM'),
            (domain('doc', devices="<panic model='isa'/>" * 2), "two panic devices 'isa'"),
            (domain('doc', devices="<panic model='hyperv'><address type='isa'/></panic>"), 'no address'),
            (domain('doc', devices="<watchdog model='ib700'><address type='isa'/></watchdog>"), 'no address'),
            (domain('doc', devices="<nvram/>"), 'nvram'),
            (domain('doc', devices="<iommu model='intel'/>"), 'IOMMU'),
            (domain('doc', machine='q35', devices="<iommu model='intel'><driver intremap='on'/></iommu>"), 'ioapic'),
            (domain('doc', devices="<shmem name='x'><model type='ivshmem'/></shmem>"), 'any more'),
            (domain('doc', devices="<shmem name='a/b'><model type='ivshmem-plain'/></shmem>"), 'a/b'),
            (domain('doc', devices="<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/><address bus='0' "
                    "target='0' unit='0'/></source><address type='pci' slot='9'/></hostdev>"), 'address of a drive'),
            (domain('doc', devices="<disk type='block' device='lun'><source dev='/x'/><target dev='hda'/></disk>"), 'lun'),
            (domain('doc', devices="<graphics type='spice' tlsPort='5901'/>"), 'TLS'),
            (domain('doc', devices=DISK % ('vda', " removable='on'", '')), 'removable'),
            (domain('doc', devices=DISK % ('vda', " tray='open'", '')), 'tray'),
            (domain('doc', devices="<disk type='file'><source file=''/><target dev='vda'/></disk>"), 'source'),
            (domain('doc', devices="<disk type='block'><source file='/x'/><target dev='vda'/></disk>"), 'source'),
            (domain('doc', devices="<input type='tablet' bus='ps2'/>"), 'PS/2'),
            (domain('doc', devices="<input type='evdev' bus='ps2'><source dev='/dev/null'/></input>"), 'evdev'),
            (domain('doc', devices="<input type='evdev'/>"), 'needs an element <source>'),
            (domain('doc', devices="<input type='mouse' bus='usb'><address type='pci' slot='9'/></input>"), 'has a USB address'),
            (domain('doc', devices="<input type='mouse' bus='usb'><address type='usb' bus='0' port='x'/></input>"), "'x'"),
            (domain('doc', devices="<graphics type='vnc' passwd='123456789'/>"), 'password'),
            (domain('doc', devices="<graphics type='vnc' listen='1.2.3.4'><listen type='address' address='4.3.2.1'/>"
                    "</graphics>"), '4.3.2.1'),
            (domain('doc', devices="<graphics type='vnc'><listen type='address' socket='/x'/></graphics>"), 'socket'),
            (domain('doc', devices="<video><model type='none'/></video><video><model type='vga'/></video>"), 'none'),
            (domain('doc', devices="<video><model type='vga' heads='2'/></video>"), 'head'),
            (domain('doc', devices="<video><model type='vga' ram='1024'/></video>"), 'qxl'),
            (domain('doc', devices="<video><model type='qxl' primary='yes'/></video>" * 2), 'primary'),
            (domain('doc', devices="<console type='pty'/><console type='pty'/>"), 'console'),
            (domain('doc', devices="<serial type='pty'><target type='isa-serial'/><address type='pci' slot='9'/></serial>"),
             "type 'pci'"),
            (domain('doc', devices="<channel type='unix'><target type='virtio' name='x'/><address type='virtio-serial' "
                    "controller='0' bus='0' port='1a'/></channel>"), "'1a'"),
            (domain('doc', more='<on_poweroff>preserve</on_poweroff>'), 'on_poweroff'),
            (domain('doc', more='<on_reboot>rename-restart</on_reboot>'), 'on_reboot'),
            (domain('doc', more='<on_crash>rename-restart</on_crash>'), 'on_crash'),
            (domain('doc', more="<clock><timer name='platform'/></clock>"), 'platform'),
            (domain('doc', more="<cpu><feature name='aes'/></cpu>"), 'feature'),
            (domain('doc', more="<cpu><vendor>AMD</vendor></cpu>"), 'vendor'),
            (domain('doc', more="<cpu migratable='on'><model>qemu64</model></cpu>"), 'migratable'),
            (domain('doc', memory=0), 'memory'),
            (domain('doc', more='<uuid>x</uuid>'), 'uuid'),
            (domain('doc').replace('hvm', 'linux'), 'linux'),
            (domain('doc').replace("arch='x86_64'", "arch='sparc'"), 'sparc'),
            (domain('doc', devices='<emulator>/no/such/emulator</emulator>'), '/no/such/emulator'),
            (domain('doc', devices='<emulator>/bin/true</emulator>'), '/bin/true'),
            (domain('doc', devices="<disk type='file'><source file='/x'/><target dev='v'/></disk>"), "'v' has no bus"),
            (domain('doc', devices="<disk type='file'><source file='/x'/><target dev='vda'/></disk>" * 2), 'vda'),
            (domain('doc', devices="<interface type='user'><mac address='01:00:00:00:00:01'/></interface>"), 'multicast'),
            ('<network/>', 'domain'),
            ('nonsense', '')):
        with Timed(0.5, 'refused: ' + (part or 'text')):
            has(world.refused('define', world.write(xml)), part)
    equal(world.virsh('list', '--all', '--name'), '', 'domains')
    equal(os.listdir(world.config), ['autostart'], 'files')


def no_emulator(world):
    """A program that is none says itself why."""
    program = os.path.join(world.dir, 'emulator')
    for text, part in (('echo cannot find libnone.so >&2; exit 1', 'cannot find libnone.so'), ('exit 1', 'closed it')):
        with open(program, 'w') as file:
            file.write('#!/bin/sh\n%s\n' % text)
        os.chmod(program, 0o755)
        has(world.refused('define', world.write(domain('doc', devices='<emulator>%s</emulator>' % program))), part)


def hostile(world):
    many = ' '.join("a%d=''" % i for i in range(200000))
    for what, xml in (('200000 attributes', domain('doc').replace('<devices', '<devices ' + many, 1)),
                      ('40000 disks', domain('doc', devices="<disk type='file'><source file='/x'/><target dev='vda'/></disk>"
                                             * 40000)),
                      ('depth 10000', domain('doc', more='<a>' * 10000 + '</a>' * 10000)),
                      ('entities', '<!DOCTYPE domain [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
                       + domain('doc', more='<title>&e;</title>')),
                      ('5 MiB', domain('doc', more='<title>%s</title>' % ('x' * 5000000)))):
        with Timed(1, what):
            error = world.refused('define', world.write(xml))
        check('root:' not in error and len(error) < 5000, error[:200])
    equal(world.virsh('list', '--all', '--name'), '', 'domains')


main([definitions, starts, migratable, secrets, foreign, refused_at_start, acted_on, certificates, limits, zone, screens, boots, firmware, chain_ends, refused_at_once, no_emulator, hostile])
