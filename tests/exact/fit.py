# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes a random document fit together: what one element says has to be what another
means (targets and buses, places, identities, what a kind of source needs)."""

import uuid
import xml.etree.ElementTree as ET

from fit_devices import PCI, Devices, below, complete, drop

PREFIX = {'virtio': 'vd', 'ide': 'hd', 'scsi': 'sd', 'sata': 'sd', 'usb': 'sd', 'fdc': 'fd', 'xen': 'xvd',
          'uml': 'ubd', 'sd': 'sd'}
# What an element has to say, whatever else it says.
NEEDS = {'reservations': {'managed': 'yes'}, 'vcpusched': {'vcpus': '0-1'}, 'iothreadsched': {'iothreads': '1'},
         'reconnect': {'enabled': 'yes', 'timeout': '5'}, 'stimer': {'state': 'on'}, 'spinlocks': {'state': 'on', 'retries': '4096'},
         'dirty-ring': {'state': 'on', 'size': '4096'}, 'vendor_id': {'state': 'on', 'value': 'abc'},
         'acceleration': {'accel3d': 'yes'}, 'max_size': {'unit': 'KiB'}, 'inbound': {'average': '100'}, 'outbound': {'average': '100'},
         'memorytune': {'vcpus': '4-7'}, 'settings': {}}
CHARACTERS = ('serial', 'parallel', 'console', 'channel', 'smartcard', 'redirdev')
# The attributes of the kinds of places, and what stands in them.
PLACES = {'pci': PCI, 'drive': {'controller': '0', 'bus': '0', 'target': '0', 'unit': '0'}, 'usb': {'bus': '0', 'port': '1'},
          'virtio-serial': {'controller': '0', 'bus': '0', 'port': '1'}, 'ccid': {'controller': '0', 'slot': '0'},
          'isa': {'iobase': '0x505', 'irq': '0x5'}, 'dimm': {'slot': '0', 'base': '0x100000000'},
          'spapr-vio': {'reg': '0x1000'}, 'ccw': {'cssid': '0xfe', 'ssid': '0x0', 'devno': '0x0001'}}
# Where QEMU has its devices on a PC, where it is no PCI slot; of disks and inputs by their bus.
SEATS = {'serial': 'isa', 'panic': 'isa', 'smartcard': 'ccid', 'channel': 'virtio-serial', 'redirdev': 'usb', 'hub': 'usb',
         'memory': 'dimm', 'tpm': 'spapr-vio', 'usb': 'usb', 'scsi': 'drive', 'ide': 'drive', 'sata': 'drive', 'fdc': 'drive',
         'nvram': 'spapr-vio', 'console': 'virtio-serial', 'parallel': 'isa'}
CELLS = '<numa><cell id="0" cpus="0-7" memory="1048576" unit="KiB"/></numa>'


class Fitter(Devices):
    """One document, ROOT, of a driver; DICE choose where there is a choice."""

    def __init__(self, root, driver, dice):
        self.root, self.qemu, self.dice = root, driver == 'qemu', dice
        self.devices = root.findall('devices/*')

    def fit(self, name):
        self.identify(name)
        self.system()
        self.sections()
        for device in self.devices:
            getattr(self, 'fit_' + device.tag, lambda device: None)(device)
            if device.tag in CHARACTERS:
                self.character(device)
        for element in self.root.iter():
            complete(element, NEEDS.get(element.tag, {}))
            getattr(self, 'any_' + element.tag.replace('-', '_'), lambda element: None)(element)
        self.memory()
        self.targets()
        self.places()
        self.unique()

    def identify(self, name):
        self.root.attrib.pop('id', None)
        self.root.find('name').text = name
        if self.root.find('uuid') is None:
            self.root.insert(1, ET.Element('uuid'))
        self.root.find('uuid').text = str(uuid.uuid5(uuid.NAMESPACE_DNS, name))

    # ---- outside <devices>

    def system(self):
        root = self.root
        for tag, text in (('memory', '1048576'), ('vcpu', '8')):
            below(root, tag).text = below(root, tag).text or text
        if root.find('resource') is not None:
            below(root.find('resource'), 'partition').text = '/machine'
        system = below(root, 'os')
        kind = below(system, 'type')
        kind.text = 'hvm'
        if system.find('nvram') is not None or system.find('loader') is not None:
            drop(system, 'firmware')
            system.attrib.pop('firmware', None)
            loader = below(system, 'loader')
            loader.text = loader.text or '/x/loader'
            if system.find('nvram') is not None:
                loader.attrib.update(type='pflash', readonly='yes')
                loader.attrib.pop('stateless', None)
                if system.find('nvram/source') is not None:
                    complete(system.find('nvram'), {'type': 'file'})
                self.storage(system.find('nvram'))
                for encryption in system.iterfind('nvram/source/encryption'):
                    complete(encryption, {'engine': 'qemu'})        # libvirt has no usual one here
        elif system.find('firmware') is not None:
            system.set('firmware', 'efi')
        loader = system.find('loader')
        if self.qemu and (system.get('firmware') == 'efi' or (loader is not None and loader.get('type') == 'pflash')):
            below(below(root, 'features'), 'acpi')
        if self.qemu and any(root.find(path) is not None for path in (
                'devices/iommu', 'features/smm/tseg', "devices/controller[@model='pcie-root']")):
            kind.set('machine', 'q35')

    def sections(self):
        root = self.root
        for element in root.iter('idmap'):
            for tag in ('uid', 'gid'):
                complete(below(element, tag), {'start': '0', 'target': '1000', 'count': '10'})
                element.find(tag).set('start', '0')
        if root.find('iothreads') is None and root.find(".//*[@iothread]") is not None or \
                root.find(".//iothreadsched") is not None:
            below(root, 'iothreads').text = '4'
        clock = root.find('clock')
        if clock is not None:
            complete(clock, {'timezone': {'timezone': 'Europe/Berlin'}, 'absolute': {'start': '5'}}.get(
                clock.get('offset'), {}))
        cpu = root.find('cpu')
        if cpu is not None and cpu.get('mode', 'custom') == 'custom' and len(cpu):
            below(cpu, 'model').text = 'qemu64'
            cpu.attrib.pop('migratable', None)
        for tune in root.iterfind('cputune/*'):
            for monitor in tune.findall('monitor'):
                monitor.set('vcpus', tune.get('vcpus', '0-3'))
        if root.find('vcpus') is not None:
            below(root, 'vcpu').attrib.pop('current', None)
            for vcpu in root.iterfind('vcpus/vcpu'):
                if vcpu.get('id') == '0' and self.dice.random() < 0.9:
                    vcpu.attrib.update(enabled='yes', hotpluggable='no')
                    if 'order' in vcpu.attrib:
                        vcpu.set('order', '1')

    def memory(self):
        """NUMA cells where something is said about them, room for memory that is plugged in."""
        root = self.root
        plugged = root.find('devices/memory') is not None
        if plugged and root.find('maxMemory') is None:
            ET.SubElement(root, 'maxMemory', slots='16').text = '8388608'
        most = root.find('maxMemory')
        if most is not None:
            complete(most, {'slots': '16'})
        if root.find('cpu/numa') is None and (
                plugged or root.find('numatune/memnode') is not None or (self.qemu and most is not None) or
                root.find('devices//target/node') is not None):
            cpu = root.find('cpu')
            if cpu is None:
                cpu = ET.SubElement(root, 'cpu')
            cpu.append(ET.fromstring(CELLS))
        for numa in root.iterfind('cpu/numa'):
            if numa.find('interconnects') is not None:
                for cell in numa.findall('cell'):
                    complete(cell, {'id': '0', 'cpus': '0-7'})
            for way in numa.iterfind('interconnects/*[@cache]'):
                level = numa.find('cell/cache')
                if level is None:
                    level = ET.fromstring('<cache level="1" associativity="direct" policy="writeback">'
                                          '<size value="8" unit="KiB"/><line value="64" unit="B"/></cache>')
                    numa.find('cell').append(level)
                way.set('cache', level.get('level'))

    # ---- places

    def targets(self):
        letters = list('abcdefghijklmnopqrstuvwxyz')
        if self.dice.random() < 0.2:
            self.dice.shuffle(letters)
        for disk in self.root.iterfind('devices/disk'):
            target = below(disk, 'target')
            target.set('dev', PREFIX[target.get('bus') or 'virtio'] + letters.pop(0))

    def seat(self, device):
        """The kind of place that DEVICE has in QEMU."""
        bus = device.get('bus') or (device.find('target').get('bus') if device.tag == 'disk' else None)
        if device.tag == 'hostdev':
            bus = {'usb': 'usb', 'scsi': 'scsi'}.get(device.get('type'))
        if device.tag == 'controller' and device.get('type') == 'ccid':
            return 'usb'
        return SEATS.get(bus or device.tag, 'pci')

    def places(self):
        for device in self.root.iterfind('devices/*'):
            for address in device.findall('address'):
                if self.qemu or address.get('type') in ('ccid', 'usb') or self.seat(device) in ('usb', 'drive', 'ccid'):
                    self.place(address, device)
                elif address.get('type') in PLACES:
                    self.number(address, address.get('type'))
        for address in self.root.iterfind('.//parentaddr/address'):
            self.number(address, 'pci')

    def place(self, address, device):
        """ADDRESS becomes one that DEVICE can have; now and then it stays."""
        kind = self.seat(device)
        if address.get('type') != kind and self.dice.random() < 0.95:
            given = dict(address.attrib)
            address.attrib.clear()
            address.set('type', kind)
            address.attrib.update((name, PLACES[kind][name]) for name in PLACES[kind])
            if kind == 'pci' and 'multifunction' in given:
                address.set('multifunction', given['multifunction'])
        self.number(address, kind)
        if kind == 'usb':
            self.usb()
        if kind == 'virtio-serial' and self.root.find("devices/controller[@type='virtio-serial']") is None:
            ET.SubElement(self.root.find('devices'), 'controller', type='virtio-serial', index='0')

    def number(self, address, kind):
        """Numbers in the notation of the kind of place, and those that it must have."""
        for name, value in PLACES.get(kind, {}).items():
            if name in address.attrib or name in ('slot', 'port'):
                address.set(name, value)
        if kind == 'pci' and 'slot' in address.attrib:
            address.set('slot', '0x1%x' % self.dice.randrange(15))

    def unique(self):
        """What must not occur twice gets a number of its own, or goes."""
        seen = set()
        for element in self.root.iter():
            for tag, attribute in (('alias', 'name'), ('boot', 'order')):
                child = element.find(tag)
                if child is None or attribute not in child.attrib:
                    continue
                if tag == 'alias':
                    child.set('name', 'ua-%d' % len(seen))
                elif (tag, child.get(attribute)) in seen:
                    child.set(attribute, str(10 + len(seen)))
                seen.add((tag, child.get(attribute)))
        for device in self.root.iterfind('devices/*'):
            address = device.find('address')
            if address is not None and tuple(sorted(address.items())) in seen:
                device.remove(address)
            elif address is not None:
                seen.add(tuple(sorted(address.items())))
