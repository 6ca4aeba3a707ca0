# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the devices of a random document fit: what a kind of source needs, what one
attribute means for another."""

import xml.etree.ElementTree as ET

# The host's end of a character device: what its kinds need of a source.
ENDS = {'dev': {'path': '/dev/ttyS0'}, 'file': {'path': '/x/f'}, 'pipe': {'path': '/x/p'}, 'unix': {'path': '/x/s'},
        'tcp': {'host': '127.0.0.1', 'service': '7777'}, 'udp': {'host': '127.0.0.1', 'service': '7777'},
        'spiceport': {'channel': 'org.a'}, 'dbus': {'channel': 'org.a'},
        'nmdm': {'master': '/dev/nmdm0A', 'slave': '/dev/nmdm0B'}, 'pty': {}, 'null': {}, 'vc': {}, 'stdio': {}}
SOURCES = {'file': {'file': '/x/a'}, 'block': {'dev': '/dev/sdz'}, 'dir': {'dir': '/x'},
           'network': {'protocol': 'nbd', 'name': 'p/i'}, 'nvme': {'type': 'pci', 'managed': 'yes', 'namespace': '1'},
           'vhostuser': {'type': 'unix', 'path': '/x/s'}, 'vhostvdpa': {'dev': '/dev/vhost-vdpa-0'},
           'volume': {'pool': 'p', 'volume': 'v'}}
CARDS = {'network': {'network': 'default'}, 'bridge': {'bridge': 'br0'}, 'direct': {'dev': 'eth0'},
         'internal': {'name': 'n'}, 'vdpa': {'dev': '/dev/vhost-vdpa-0'},
         'vhostuser': {'type': 'unix', 'path': '/x/s', 'mode': 'client'}, 'vds': {
             'switchid': '12345678-1234-1234-1234-123456789abc', 'portid': '1', 'portgroupid': 'g', 'connectionid': '1'},
         'mcast': {'address': '230.0.0.1', 'port': '7'}, 'client': {'address': '10.0.0.1', 'port': '7'},
         'server': {'address': '10.0.0.1', 'port': '7'}}
# What the ports of a switch need to be known.
PORTS = {'802.1Qbg': {'managerid': '1', 'typeid': '2', 'typeidversion': '3'}, '802.1Qbh': {'profileid': 'a'}}
# Models of PCI controllers by their chips.
CHIPS = {'pci-bridge': 'pci-bridge', 'pcie-root-port': 'pcie-root-port', 'ioh3420': 'pcie-root-port',
         'pcie-pci-bridge': 'pcie-to-pci-bridge', 'i82801b11-bridge': 'dmi-to-pci-bridge'}
PCI = {'domain': '0x0000', 'bus': '0x00', 'slot': '0x10', 'function': '0x0'}


def below(element, tag):
    """The child of that name, made where it is missing."""
    child = element.find(tag)
    return ET.SubElement(element, tag) if child is None else child


def complete(element, wanted):
    for name, value in wanted.items():
        element.attrib.setdefault(name, value)


def drop(element, *tags):
    for tag in tags:
        for child in element.findall(tag):
            element.remove(child)


class Devices:
    """What Fitter does about devices: fit_NAME for each of that name, any_NAME for any element."""

    # ---- sources of storage

    def storage(self, element):
        """What ELEMENT has a source and a type for."""
        kind = element.get('type', 'file')
        source = element.find('source')
        if source is None:
            return
        complete(source, SOURCES.get(kind, {}))
        if kind == 'nvme':
            complete(below(source, 'address'), dict(PCI, type='pci', bus='0x02'))
        if kind == 'network':
            if source.get('protocol') in ('iscsi', 'http', 'https', 'ftp', 'ftps', 'tftp', 'ssh', 'nfs', 'gluster', 'nbd'):
                for host in [below(source, 'host')] + source.findall('host')[1:]:
                    if host.get('transport') != 'unix':
                        complete(host, {'name': 'h.example'})
            for cookie in source.iterfind('cookies'):
                source.set('protocol', 'https')
        if kind == 'volume' and source.get('mode') not in (None, 'host', 'direct'):
            source.set('mode', 'host')
        elif kind in ('vhostuser',):
            source.set('mode', 'client')

    def any_backingStore(self, element):
        if element.find('source') is None or element.find('format') is None:
            element[:] = []
            element.attrib.clear()
        self.storage(element)

    def any_mirror(self, element):
        self.storage(element)

    def any_dataStore(self, element):
        self.storage(element)

    def any_reservations(self, element):
        source = element.find('source')
        if source is not None:
            source.attrib.update(type='unix', path='/x/pr', mode='client')
            element.set('managed', 'no')

    def any_auth(self, element):
        for secret in element.iterfind('secret'):
            secret.set('type', self.dice.choice(['ceph', 'iscsi']))

    def any_route(self, element):
        if element.get('family') != 'ipv6':
            element.attrib.pop('netmask', None)
            element.attrib.update(address='10.0.0.0', prefix='8')
            element.set('gateway', '10.0.0.1')
        else:
            element.attrib.update(address='2001:db8::', prefix='32', gateway='2001:db8::1')

    def any_virtualport(self, element):
        parameters = element.find('parameters')
        given = set(parameters.attrib) if parameters is not None else set()
        for kind, wanted in PORTS.items():
            if given & set(wanted):
                element.set('type', kind)
        complete(element, {'type': 'openvswitch'})
        if element.get('type') in PORTS:
            complete(below(element, 'parameters'), PORTS[element.get('type')])

    def any_boot(self, element):
        if element.get('order') == '0':
            element.set('order', '1')

    def any_acpi(self, element):
        if element.get('index') == '0':
            element.set('index', '1')

    def any_iothread(self, element):
        if 'thread_pool_min' in element.attrib:
            complete(element, {'thread_pool_max': '8'})

    any_defaultiothread = any_iothread

    def any_seclabel(self, element):
        if self.qemu and element.get('type') != 'none':
            complete(element, {'model': 'dac'})
            if element.find('label') is not None:
                element.find('label').text = '+0:+0'

    # ---- devices

    def fit_disk(self, disk):
        device, kind = disk.get('device', 'disk'), disk.get('type', 'file')
        target = below(disk, 'target')
        if device in ('cdrom', 'floppy'):
            target.set('bus', 'fdc' if device == 'floppy' else self.dice.choice(['ide', 'sata', 'scsi']))
        source = disk.find('source')
        if source is None and device != 'cdrom':
            source = ET.SubElement(disk, 'source')
        if disk.get('rawio') or disk.get('sgio') or disk.find('source/reservations') is not None:
            disk.attrib.update(device='lun', type='block')
            kind = 'block'
            source = below(disk, 'source')
            source.attrib.clear()
            drop(source, 'encryption', 'slices')
            drop(disk, 'encryption', 'wwn', 'vendor', 'product', 'transient')
            target.set('bus', 'scsi')
            if disk.get('sgio'):
                disk.set('sgio', 'filtered')
        if 'removable' in target.attrib:
            target.set('bus', 'usb')
        if disk.find('vendor') is not None or disk.find('product') is not None or disk.find('wwn') is not None:
            target.set('bus', 'scsi')
        if 'tray' in target.attrib and device == 'disk':
            disk.set('device', 'cdrom')
            target.set('bus', 'scsi')
        if target.get('bus', 'virtio') != 'virtio':
            disk.attrib.pop('model', None)
        if disk.find('transient') is not None:
            drop(disk, 'readonly')
            disk.set('type', 'file')
            kind = 'file'
        if disk.find('driver/metadata_cache/max_size') is not None:
            disk.find('driver').set('type', 'qcow2')
        self.storage(disk)
        if kind in ('vhostuser', 'vhostvdpa'):
            drop(disk, 'backingStore', 'mirror', 'encryption', 'auth', 'iotune', 'transient', 'readonly', 'shareable',
                 'geometry', 'serial', 'wwn', 'blockio')
            disk.attrib.pop('snapshot', None)
            target.set('bus', 'virtio')
            self.share()
        if kind == 'dir':
            below(disk, 'driver').set('type', 'fat')
            below(disk, 'readonly')

    def share(self):
        """The guest's memory can be seen by a program beside the emulator."""
        backing = self.root.find('memoryBacking')
        if backing is None:
            backing = ET.SubElement(self.root, 'memoryBacking')
        below(backing, 'source').set('type', 'memfd')
        below(backing, 'access').set('mode', 'shared')

    def fit_interface(self, card):
        kind = card.get('type')
        if kind in CARDS:
            source = below(card, 'source')
            if len(source) == 0 or kind == 'vhostuser':
                complete(source, CARDS[kind])
            if kind == 'vhostuser':
                source.attrib.update(CARDS[kind])
            elif kind == 'direct' and source.get('mode') not in (None, 'vepa', 'bridge', 'private', 'passthrough'):
                source.set('mode', 'bridge')
        if kind == 'vhostuser':
            below(card, 'model').set('type', 'virtio')
            self.share()
        if self.qemu and card.find('ip') is not None:
            card.set('type', 'user')
        driver = card.find('driver')
        if driver is not None and {'iommu', 'ats', 'packed', 'page_per_vq'} & set(driver.attrib):
            below(card, 'model').set('type', 'virtio')
        backend = card.find('backend')
        if backend is not None:         # libvirt 9.0.0 does not know the word that its schema has
            backend.attrib.pop('type', None)

    def fit_redirdev(self, _device):
        self.usb()

    def fit_controller(self, controller):
        driver = controller.find('driver')
        chip = controller.find('model')
        if self.qemu and chip is not None:
            chip.set('name', self.dice.choice(sorted(CHIPS)))
            controller.attrib.update(type='pci', model=CHIPS[chip.get('name')], index='1')
            self.root.find('os/type').set('machine', 'pc' if chip.get('name') == 'pci-bridge' else 'q35')
        if driver is not None and 'iothread' in driver.attrib or controller.get('type') == 'scsi' and driver is not None:
            controller.attrib.update(type='scsi', model='virtio-scsi')
        master = controller.find('master')
        if master is not None:
            controller.attrib.update(type='usb', model='ich9-uhci1', index='0')
            if self.root.find("devices/controller[@model='ich9-ehci1']") is None:
                ET.SubElement(below(self.root, 'devices'), 'controller', type='usb', model='ich9-ehci1', index='0')
        target = controller.find('target')
        if self.qemu and target is not None and {'chassis', 'port'} & set(target.attrib):
            controller.attrib.update(type='pci', model='pcie-root-port', index='1')
            self.root.find('os/type').set('machine', 'q35')
        elif target is not None and 'chassisNr' in target.attrib:
            controller.attrib.update(type='pci', model='pci-bridge', index='1')
        if controller.find('target/node') is not None:
            controller.attrib.update(type='pci', model='pci-expander-bus', index='1')
            below(controller, 'target').set('busNr', '40')

    def usb(self):
        if self.root.find("devices/controller[@type='usb']") is None:
            ET.SubElement(below(self.root, 'devices'), 'controller', type='usb', model='qemu-xhci', index='0')

    def fit_hostdev(self, device):
        kind = device.get('type')
        rom = device.find('rom')
        if self.qemu and rom is not None and rom.attrib and kind in ('usb', 'scsi'):
            device.attrib.update(type='pci')
            drop(device, 'source')
            complete(below(below(device, 'source'), 'address'), dict(PCI, bus='0x02'))
            return
        adapter = device.find('source/adapter')
        if kind == 'scsi' and adapter is not None and 'name' not in adapter.attrib and not device.get('protocol'):
            adapter.set('name', 'scsi_host0')

    def fit_shmem(self, device):
        if device.find('msi') is not None:
            below(device, 'server').set('path', '/x/shm')
        if device.find('server') is not None:
            drop(device, 'size')
            below(device, 'model').set('type', 'ivshmem-doorbell')
        else:
            below(device, 'model').set('type', 'ivshmem-plain')

    def fit_filesystem(self, device):
        if device.find('boot') is not None:
            device.attrib.pop('accessmode', None)
            below(device, 'driver').set('type', 'virtiofs')
        driver = device.find('driver')
        if driver is not None and driver.get('type') == 'virtiofs':
            device.attrib.pop('accessmode', None)
            self.share()
        if device.get('fmode') or device.get('dmode'):
            device.set('accessmode', 'mapped')
        if self.qemu:
            device.set('type', 'mount')
            source = below(device, 'source')
            if 'dir' not in source.attrib and 'socket' not in source.attrib:
                source.set('dir', '/x')

    def fit_audio(self, audio):
        for end in audio:
            if end.tag in ('input', 'output') and end.find('settings') is not None:
                end.attrib.update(mixingEngine='yes', fixedSettings='yes')
        for end in audio:
            if end.get('bufferLength') == '0':
                end.set('bufferLength', '100')

    def fit_sound(self, sound):
        audio = sound.find('audio')
        if audio is not None and self.root.find('devices/audio') is None:
            ET.SubElement(below(self.root, 'devices'), 'audio', id=audio.get('id', '1'), type='none')

    def fit_tpm(self, tpm):
        backend = below(tpm, 'backend')
        if backend.find('active_pcr_banks') is not None:
            backend.attrib.update(type='emulator', version='2.0')
        if backend.get('type') == 'external':
            source = below(backend, 'source')
            complete(source, {'type': 'unix', 'path': '/x/tpm', 'mode': 'connect'})

    def fit_video(self, video):
        driver = video.find('driver')
        if driver is not None and {'iommu', 'ats', 'packed', 'page_per_vq'} & set(driver.attrib):
            below(video, 'model').set('type', 'virtio')
        if video.find('model[@vgamem]') is not None:
            video.find('model').attrib.update(type='qxl', vgamem='16384')
        if video.find('model/acceleration[@rendernode]') is not None:
            video.find('model').set('type', 'virtio')
            below(video, 'driver').set('name', 'vhostuser')
            self.share()

    def fit_memory(self, device):
        if self.qemu:
            below(below(device, 'target'), 'node').text = '0'

    def fit_iommu(self, iommu):
        if self.qemu:
            below(below(self.root, 'features'), 'acpi')
        if iommu.get('model') != 'virtio':
            drop(iommu, 'address')

    def character(self, device):
        kind = device.get('type', 'pty')
        if self.qemu and device.tag == 'console' and device.find('address') is not None:
            below(device, 'target').set('type', 'virtio')
        if device.tag == 'smartcard' and device.get('mode') != 'passthrough':
            return
        wanted = ENDS.get(kind)
        if wanted:
            for source in device.findall('source') or [below(device, 'source')]:
                complete(source, wanted)
        if kind in ('spiceport', 'spicevmc') and self.qemu and self.root.find("devices/graphics[@type='spice']") is None:
            ET.SubElement(below(self.root, 'devices'), 'graphics', type='spice')
        if kind == 'spicevmc' and device.tag == 'channel':
            target = below(device, 'target')
            target.attrib.clear()
            target.attrib.update(type='virtio', name='com.redhat.spice.0')
