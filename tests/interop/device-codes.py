#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Attaches, detaches and updates a device of each kind, in the definition and in the running guest, each at a
guest as it was, and prints the error code of each (0: done).  device-codes.py URI DIR [said]: DIR for images;
said: with the messages."""

import sys

import libvirt

URI, DIR = sys.argv[1:3]
SAID = sys.argv[3:] == ['said']
LIVE, CONFIG, FORCE = 1, 2, 4
VERBS = {'attach': libvirt.virDomain.attachDeviceFlags, 'detach': libvirt.virDomain.detachDeviceFlags,
         'update': libvirt.virDomain.updateDeviceFlags}


def image(name, content=b''):
    path = '%s/%s' % (DIR, name)
    with open(path, 'wb') as file:
        file.write(content.ljust(510, b'\0') + b'\x55\xaa' if content else b'')
        file.truncate(1 << 20)
    return path


# A boot sector that gives back every PCI device that is asked for, at each tick of the BIOS's timer: qemu/hotplug.py
BOOT = image('boot', bytes.fromhex('fb6631c0ba10ae66efba04ae66ed6685c07405ba08ae66eff4ebe6'))
IMAGE, OTHER, MEDIUM = image('image'), image('other'), image('medium')


def disk(target, bus, more='', source=IMAGE, device='disk'):
    return ("<disk type='file' device='%s'><driver name='qemu' type='raw'/>%s<target dev='%s' bus='%s'/>%s</disk>"
            % (device, source and "<source file='%s'/>" % source, target, bus, more))


def card(mac, model='virtio', more=''):
    return ("<interface type='user'><mac address='52:54:00:00:00:%02x'/><model type='%s'/>%s</interface>"
            % (mac, model, more))


DOMAIN = """<domain type='qemu'><name>codes</name><uuid>11111111-2222-4333-8444-000000000003</uuid>
<memory unit='MiB'>32</memory><os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features><devices>
<emulator>/usr/bin/qemu-system-x86_64</emulator>%s%s%s%s%s
<controller type='usb' index='0' model='piix3-uhci'/><controller type='scsi' index='0' model='virtio-scsi'/>
<channel type='unix'><target type='virtio' name='first'/></channel><serial type='pty'/>
<graphics type='vnc' autoport='yes' listen='127.0.0.1' passwd='abc'/><video><model type='vga'/></video>
<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
<memballoon model='virtio'/></devices></domain>
""" % (disk('hda', 'ide', source=BOOT), disk('hdc', 'ide', source='', device='cdrom'),
       disk('sdb', 'scsi', source=OTHER), card(1), card(2, 'e1000'))

VNC = "<graphics type='vnc' autoport='yes' listen='127.0.0.1' passwd='abc' %s/>"

DEVICES = {
    'disk virtio': disk('vda', 'virtio'), 'disk scsi': disk('sda', 'scsi'), 'disk usb': disk('sdc', 'usb'),
    'disk ide': disk('hdb', 'ide'), 'disk sata': disk('sdd', 'sata'),
    'disk floppy': disk('fdb', 'fdc', device='floppy'),
    'disk twice': disk('hda', 'ide'), 'disk there': disk('sdb', 'scsi', source=OTHER),
    'disk no file': disk('vda', 'virtio', source='/no/such'), 'disk no target': disk('', 'virtio'),
    'disk odd target': disk('4', 'virtio'), 'disk odd bus': disk('vda', 'nubus'),
    'disk lost controller': disk('sdz', 'scsi', "<address type='drive' controller='7' bus='0' target='0' unit='0'/>"),
    'disk taken unit': disk('sdz', 'scsi', "<address type='drive' controller='0' bus='0' target='0' unit='1'/>"),
    'disk taken slot': disk('vda', 'virtio', "<address type='pci' domain='0' bus='0' slot='2' function='0'/>"),
    'disk lost bus': disk('vda', 'virtio', "<address type='pci' domain='0' bus='9' slot='2' function='0'/>"),
    'disk alias': disk('vda', 'virtio', "<alias name='ua-mine'/>"),
    'disk read-only': disk('sdb', 'scsi', '<readonly/>', source=OTHER),
    'cdrom medium': disk('hdc', 'ide', source=MEDIUM, device='cdrom'),
    'cdrom empty': disk('hdc', 'ide', source='', device='cdrom'),
    'cdrom new': disk('hdd', 'ide', source=MEDIUM, device='cdrom'),
    'cdrom scsi': disk('sda', 'scsi', source='', device='cdrom'),
    'cdrom no file': disk('hdc', 'ide', source='/no/such', device='cdrom'),
    'disk as cdrom': disk('hda', 'ide', source=MEDIUM, device='cdrom'),
    'disk unknown': disk('vdx', 'virtio'),
    'card virtio': card(9), 'card e1000': card(9, 'e1000'), 'card there': card(1),
    'card link': card(1, more="<link state='down'/>"),
    'card model': card(1, 'e1000'), 'card odd model': card(9, 'nosuch'), 'card network': """<interface type='network'>
        <mac address='52:54:00:00:00:09'/><source network='nosuch'/></interface>""",
    'card no mac': "<interface type='user'><model type='virtio'/></interface>",
    'controller scsi': "<controller type='scsi' index='3' model='virtio-scsi'/>",
    'controller scsi there': "<controller type='scsi' index='0' model='virtio-scsi'/>",
    'controller usb': "<controller type='usb' index='3' model='qemu-xhci'/>",
    'controller usb there': "<controller type='usb' index='0' model='piix3-uhci'/>",
    'controller virtio-serial': "<controller type='virtio-serial' index='3'/>",
    'controller virtio-serial there': "<controller type='virtio-serial' index='0'/>",
    'controller ide': "<controller type='ide' index='0'/>", 'controller sata': "<controller type='sata' index='3'/>",
    'controller pci': "<controller type='pci' index='3' model='pci-bridge'/>",
    'controller pci there': "<controller type='pci' index='0' model='pci-root'/>",
    'channel': "<channel type='unix'><target type='virtio' name='second'/></channel>",
    'channel pty': "<channel type='pty'><target type='virtio' name='second'/></channel>",
    'channel there': "<channel type='unix'><target type='virtio' name='first'/></channel>",
    'channel odd': "<channel type='pty'><target type='nosuch' name='second'/></channel>",
    'serial': "<serial type='pty'/>", 'serial second': "<serial type='pty'><target port='1'/></serial>",
    'serial there': "<serial type='pty'><target port='0'/></serial>", 'parallel': "<parallel type='pty'/>",
    'console': "<console type='pty'/>", 'console virtio': "<console type='pty'><target type='virtio'/></console>",
    'input tablet': "<input type='tablet' bus='usb'/>", 'input mouse usb': "<input type='mouse' bus='usb'/>",
    'input keyboard virtio': "<input type='keyboard' bus='virtio'/>", 'input ps2': "<input type='mouse' bus='ps2'/>",
    'graphics vnc': VNC % '', 'graphics password': (VNC % '').replace('abc', 'xyz'),
    'graphics any port': VNC % "port='-1'",
    'graphics port': "<graphics type='vnc' port='5999' autoport='no' listen='127.0.0.1' passwd='abc'/>",
    'graphics listen': (VNC % '').replace('127', '0'), 'graphics keymap': VNC % "keymap='de'",
    'graphics valid to': VNC % "passwdValidTo='2031-01-01T00:00:00'",
    'graphics unlistened': "<graphics type='vnc' autoport='yes' passwd='abc'/>",
    'graphics spice': "<graphics type='spice' autoport='yes'/>",
    'video': "<video><model type='virtio'/></video>", 'video there': "<video><model type='vga'/></video>",
    'sound': "<sound model='ich6'/>", 'audio': "<audio id='7' type='none'/>",
    'watchdog': "<watchdog model='i6300esb' action='reset'/>", 'watchdog ib700': "<watchdog model='ib700'/>",
    'watchdog odd': "<watchdog model='nosuch'/>",
    'rng': "<rng model='virtio'><backend model='random'>/dev/random</backend></rng>",
    'rng there': "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
    'memballoon': "<memballoon model='virtio'/>", 'memballoon none': "<memballoon model='none'/>",
    'memballoon period': "<memballoon model='virtio'><stats period='5'/></memballoon>",
    'memory': "<memory model='dimm'><target><size unit='MiB'>128</size></target></memory>",
    'hostdev lost': """<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/><product id='0x5678'/>
        </source></hostdev>""",
    'redirdev': "<redirdev bus='usb' type='tcp'><source mode='connect' host='127.0.0.1' service='1'/></redirdev>",
    'smartcard': "<smartcard mode='host'/>",
    'filesystem': "<filesystem><source dir='/tmp'/><target dir='t'/></filesystem>",
    'shmem': "<shmem name='s'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>",
    'vsock': "<vsock model='virtio'><cid auto='yes'/></vsock>", 'panic': "<panic model='isa'/>",
    'tpm': "<tpm model='tpm-tis'><backend type='emulator' version='2.0'/></tpm>", 'iommu': "<iommu model='intel'/>",
    'hub': "<hub type='usb'/>", 'nvram': '<nvram/>', 'lease': "<lease><key>k</key><target path='/tmp/l'/></lease>",
    'nothing': '', 'no document': 'x', 'no device': '<gadget/>', 'open end': "<disk type='file'>",
}


def outcome(call, *args):
    try:
        return call(*args) or 0, ''
    except libvirt.libvirtError as error:
        return error.get_error_code(), error.get_error_message()


class Guest:
    def __init__(self, conn):
        self.conn = conn
        self.dom = conn.defineXML(DOMAIN)
        self.start()

    def start(self):
        if self.dom.isActive():
            self.dom.destroy()
        self.dom.create()
        self.usual = self.shown()

    def shown(self):
        return self.dom.XMLDesc(libvirt.VIR_DOMAIN_XML_SECURE)

    def config(self, verb, xml):
        said = outcome(VERBS[verb], self.dom, xml, CONFIG)
        self.conn.defineXML(DOMAIN)
        return said

    def live(self, verb, xml):
        said = outcome(VERBS[verb], self.dom, xml, LIVE)
        if self.shown() != self.usual:
            self.start()
        return said


def main():
    libvirt.registerErrorHandler(lambda *_: None, None)
    guest = Guest(libvirt.open(URI))
    for name, xml in DEVICES.items():
        for verb in VERBS:
            for how in ('config', 'live'):
                code, text = getattr(guest, how)(verb, xml)
                print('%s %s %s: %d%s' % (name, verb, how, code, ' ' + text if SAID and code else ''), flush=True)
    guest.dom.destroy()
    guest.dom.undefine()


main()
