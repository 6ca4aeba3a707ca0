#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random domain documents: each of the schema's paths in turn is what a document is
about, and a little more stands beside it.  Names and numbers that have to fit to one
another (targets, buses, identities) are made to fit; the rest is as the dice fall."""

import random
import uuid
import xml.etree.ElementTree as ET

from grammar import Grammar, Writer

SCHEMA = '/usr/share/libvirt/schemas/domain.rng'
PREFIX = {'virtio': 'vd', 'ide': 'hd', 'scsi': 'sd', 'sata': 'sd', 'usb': 'sd', 'fdc': 'fd', 'xen': 'xvd',
          'uml': 'ubd', 'sd': 'sd'}

# Values by the end of a path, where what the schema allows would rarely be accepted.
VALUES = {
    'domain/memory/text()': ['1048576', '524288'], 'domain/currentMemory/text()': ['524288'],
    'domain/maxMemory/text()': ['8388608'],
    'domain/memory/@unit': ['KiB'], 'domain/currentMemory/@unit': ['KiB'], 'domain/maxMemory/@unit': ['KiB'],
    'domain/vcpu/text()': ['8'], 'domain/vcpu/@current': ['1', '8'], 'domain/iothreads/text()': ['4'],
    'vcpupin/@vcpu': ['0', '1', '7'], 'vcpus/vcpu/@id': ['0', '1'], 'vcpusched/@vcpus': ['0-1', '3'],
    'cachetune/@vcpus': ['0-3'], 'memorytune/@vcpus': ['4-7'], 'monitor/@vcpus': ['0-3'], 'iothreadpin/@iothread': ['1', '2'],
    'iothreadsched/@iothreads': ['1', '1-2'], 'driver/@iothread': ['1'],
    'os/type/text()': ['hvm'], 'os/type/@arch': ['x86_64'], 'os/type/@machine': ['pc', 'q35'],
    '@cpuset': ['0', '0-1', '0-3,^2'], '@nodeset': ['0'], 'numa/cell/@cpus': ['0', '1'], 'numa/cell/@id': ['0'],
    'cell/@memory': ['524288'], 'cell/@unit': ['KiB'], 'distances/sibling/@id': ['0'], 'sibling/@value': ['10'],
    'cache/@level': ['3'], 'latency/@initiator': ['0'], 'latency/@target': ['0'], 'bandwidth/@initiator': ['0'],
    'interconnects/bandwidth/@target': ['0'], 'memnode/@cellid': ['0'], 'target/node/text()': ['0'],
    'devices/emulator/text()': ['/usr/bin/qemu-system-x86_64'],
    'interface/mac/@address': ['52:54:00:12:34:56', '02:00:00:00:00:01'],
    'disk/@device': ['disk', 'cdrom'], 'controller/@index': ['0', '1'],
    'global_quota/text()': ['2000'], 'quota/text()': ['2000'], 'period/text()': ['2000'], 'global_period/text()': ['2000'],
    'emulator_quota/text()': ['2000'], 'emulator_period/text()': ['2000'], 'iothread_quota/text()': ['2000'],
    'iothread_period/text()': ['2000'], 'cookies/cookie/text()': ['a'], 'cookie/@name': ['c'],
    'defaultiothread/@thread_pool_min': ['1'], 'iothread/@thread_pool_min': ['1'], 'iothread/@thread_pool_max': ['8'],
    'defaultiothread/@thread_pool_max': ['8'], 'block/text()': ['4096'], 'source/@mode': ['bind', 'connect'],
    'secret/@type': ['passphrase'], 'auth/secret/@type': ['iscsi'], 'source/@port': ['7'], 'source/@address': ['10.0.0.1'],
    'clock/@timezone': ['Europe/Berlin'], 'route/@address': ['10.0.0.0'], 'route/@prefix': ['8'], 'route/@family': ['ipv4'],
    'route/@gateway': ['10.0.0.1'], 'route/@netmask': None,
    'resource/partition/text()': ['/machine'], 'audio/@id': ['1'], '@uid': ['0x0001'], '@fid': ['0x00000001'],
    'vendor/@id': ['0x1234'], 'product/@id': ['0x5678'], 'master/@startport': ['0', '2'], 'audio/@timerPeriod': ['10'],
    'source/@name': ['p/i'], 'snapshot/@name': ['s'], 'topology/@sockets': ['2'], 'topology/@cores': ['2'],
    'topology/@threads': ['2'], 'topology/@dies': ['1'], 'monitor/@level': ['3'], 'bandwidth/text()': ['20'],
    'node/@bandwidth': ['20'], 'format/@type': ['raw', 'qcow2'], 'source/@namespace': ['1'], 'page/@size': ['2048'],
    'page/@unit': ['KiB'], 'memory/@model': ['dimm'], 'thread_pool_min': ['1'], 'target/size/text()': ['131072'],
    'size/@unit': ['KiB'], 'cid/@address': ['5'], 'source/adapter/@name': ['scsi_host0'],
}
# The host's end of a character device: what its kinds need of a source.
ENDS = {'dev': {'path': '/dev/ttyS0'}, 'file': {'path': '/x/f'}, 'pipe': {'path': '/x/p'}, 'unix': {'path': '/x/s'},
        'tcp': {'host': '127.0.0.1', 'service': '7777'}, 'udp': {'host': '127.0.0.1', 'service': '7777'},
        'spiceport': {'channel': 'org.a'}, 'dbus': {'channel': 'org.a'},
        'nmdm': {'master': '/dev/nmdm0A', 'slave': '/dev/nmdm0B'}, 'pty': {}, 'null': {}, 'vc': {}, 'stdio': {}}
SOURCES = {'file': {'file': '/x/a'}, 'block': {'dev': '/dev/sdz'}, 'dir': {'dir': '/x'},
           'network': {'protocol': 'nbd', 'name': 'p/i'}, 'nvme': {'type': 'pci', 'managed': 'yes', 'namespace': '1'},
           'vhostuser': {'type': 'unix', 'path': '/x/s'}, 'vhostvdpa': {'dev': '/dev/vhost-vdpa-0'}, 'volume': {'pool': 'p', 'volume': 'v'}}
CARDS = {'network': {'network': 'default'}, 'bridge': {'bridge': 'br0'}, 'direct': {'dev': 'eth0'},
         'internal': {'name': 'n'}, 'vdpa': {'dev': '/dev/vhost-vdpa-0'},
         'mcast': {'address': '230.0.0.1', 'port': '7'}, 'client': {'address': '10.0.0.1', 'port': '7'},
         'server': {'address': '10.0.0.1', 'port': '7'}}
# What an element has to say, whatever else it says.
NEEDS = {'reservations': {'managed': 'yes'}, 'vcpusched': {'vcpus': '0-1'}, 'iothreadsched': {'iothreads': '1'},
         'reconnect': {'enabled': 'yes', 'timeout': '5'}, 'stimer': {'state': 'on'}, 'spinlocks': {'state': 'on', 'retries': '4096'},
         'dirty-ring': {'state': 'on', 'size': '4096'}, 'vendor_id': {'state': 'on', 'value': 'abc'},
         'acceleration': {'accel3d': 'yes'}, 'inbound': {'average': '100'}, 'outbound': {'average': '100'},
         'virtualport': {'type': 'openvswitch'}, 'memorytune': {'vcpus': '4-7'}, 'settings': {}}
CHARACTERS = ('serial', 'parallel', 'console', 'channel', 'smartcard', 'redirdev')


def below(element, tag):
    """The child of that name, made where it is missing."""
    child = element.find(tag)
    return ET.SubElement(element, tag) if child is None else child


def complete(element, wanted):
    for name, value in wanted.items():
        element.attrib.setdefault(name, value)


class Inventor:
    def __init__(self, schema, driver, seed):
        self.grammar = Grammar(schema)
        self.driver, self.dice = driver, random.Random(seed)
        self.paths = self.grammar.paths()
        self.number = 0

    def value(self, path):
        words = list(path)
        for start in range(max(len(words) - 4, 0), len(words)):
            known = VALUES.get('/'.join(words[start:]))
            if known:
                return self.dice.choice(known)
        if path == ('domain', '@type'):
            return self.driver
        return None

    def document(self, goal):
        """(name, text) of a document in which GOAL occurs."""
        self.number += 1
        writer = Writer(self.grammar, self.dice, self.value, self.dice.choice([0.0, 0.03, 0.1]))
        root = writer.document(goal)
        name = 'd%05d' % self.number
        self.fit(root, name)
        return name, ET.tostring(root, encoding='unicode')

    # ---- what has to fit

    def fit(self, root, name):
        self.identify(root, name)
        self.head(root)
        for disk in root.iterfind('devices/disk'):
            self.disk(disk)
        for card in root.iterfind('devices/interface'):
            if card.get('type') in CARDS and len(below(card, 'source')) == 0:
                complete(below(card, 'source'), CARDS[card.get('type')])
        for tag in CHARACTERS:
            for device in root.iterfind('devices/' + tag):
                self.character(device)
        for element in root.iter('backingStore'):
            if element.find('source') is None or element.find('format') is None:
                element[:] = []
                element.attrib.clear()
        for element in root.iter():
            complete(element, NEEDS.get(element.tag, {}))
            if element.tag == 'address':
                self.address(element)
        self.targets(root)
        self.unique(root)

    def identify(self, root, name):
        root.attrib.pop('id', None)
        root.find('name').text = name
        if root.find('uuid') is None:
            root.insert(1, ET.Element('uuid'))
        root.find('uuid').text = str(uuid.uuid5(uuid.NAMESPACE_DNS, name))

    def head(self, root):
        for tag, text in (('memory', '1048576'), ('vcpu', '8')):
            below(root, tag).text = below(root, tag).text or text
        if root.find('resource') is not None:
            below(root.find('resource'), 'partition').text = '/machine'
        for element in root.iter('idmap'):
            for tag in ('uid', 'gid'):
                complete(below(element, tag), {'start': '0', 'target': '1000', 'count': '10'})
        system = below(root, 'os')
        below(system, 'type').text = 'hvm'
        if system.find('nvram') is not None or system.find('loader') is not None:
            system.attrib.pop('firmware', None)
            loader = below(system, 'loader')
            loader.text = loader.text or '/x/loader'
            if system.find('nvram') is not None:
                loader.attrib.update(type='pflash', readonly='yes')
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

    def disk(self, disk):
        source = disk.find('source')
        if source is None and disk.get('device', 'disk') != 'cdrom':
            source = ET.SubElement(disk, 'source')
        kind = disk.get('type', 'file')
        if source is not None and kind in SOURCES:
            complete(source, SOURCES[kind])
            if kind == 'nvme':
                complete(below(source, 'address'), {'type': 'pci', 'domain': '0x0000', 'bus': '0x02', 'slot': '0x00',
                                                    'function': '0x0'})
        if kind in ('vhostuser', 'vhostvdpa'):
            for tag in ('backingStore', 'mirror', 'encryption', 'auth', 'iotune', 'transient'):
                for child in disk.findall(tag):
                    disk.remove(child)

    def character(self, device):
        kind = device.get('type', 'pty')
        if device.tag == 'smartcard' and device.get('mode') != 'passthrough':
            return
        wanted = ENDS.get(kind)
        if wanted:
            for source in device.findall('source') or [below(device, 'source')]:
                complete(source, wanted)

    def address(self, element):
        """Numbers in the notation of the kind of place."""
        if element.get('type') in ('drive', 'ccid', 'virtio-serial', 'usb'):
            for name in ('controller', 'bus', 'target', 'unit', 'slot'):
                if name in element.attrib:
                    element.set(name, '0')
            if 'port' in element.attrib:
                element.set('port', '1')
        elif element.get('type') in ('pci', None):
            numbers = {'domain': '0x0000', 'bus': '0x00', 'slot': '0x1%x' % self.dice.randrange(15), 'function': '0x0'}
            element.attrib.update((name, numbers[name]) for name in numbers if name in element.attrib or
                                  (name == 'slot' and element.get('type')))

    def targets(self, root):
        taken = {}
        for disk in root.iterfind('devices/disk'):
            target = below(disk, 'target')
            prefix = PREFIX[target.get('bus') or 'virtio']
            number = taken[prefix] = taken.get(prefix, -1) + 1
            target.set('dev', prefix + 'abcdefghijklmnopqrstuvwxyz'[number])

    def unique(self, root):
        """What must not occur twice gets a number of its own, or goes."""
        seen = set()
        for element in root.iter():
            for tag, attribute in (('alias', 'name'), ('boot', 'order')):
                child = element.find(tag)
                if child is None or attribute not in child.attrib:
                    continue
                if tag == 'alias':
                    child.set('name', 'ua-%d' % len(seen))
                elif (tag, child.get(attribute)) in seen:
                    child.set(attribute, str(10 + len(seen)))
                seen.add((tag, child.get(attribute)))
        for device in root.iterfind('devices/*'):
            address = device.find('address')
            if address is not None and tuple(sorted(address.items())) in seen:
                device.remove(address)
            elif address is not None:
                seen.add(tuple(sorted(address.items())))
