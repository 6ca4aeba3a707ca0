#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What QEMU's driver refuses when it is defined (modules/qemu/rules.schema): a document
for each kind of rule, with the code and words of what is said."""

import os

from harness import check, domain, has, main

SHARED = "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>"
THREADS = '<iothreads>2</iothreads>'
ROOM = "<maxMemory slots='2'>1048576</maxMemory><cpu><numa><cell memory='65536'/></numa></cpu>"
UNSUPPORTED, INTERNAL, XML = 'unsupported configuration', 'internal error', 'XML error'


def disk(driver, target, rest='', words='', source="<source file='/x'/>"):
    return "<disk %s><driver %s/>%s<target %s/>%s</disk>" % (words, driver, source, target, rest)


def net(protocol, attributes='', below="<host name='h'/>"):
    return "<source protocol='%s' name='p/i' %s>%s</source>" % (protocol, attributes, below)


def encryption(words):
    return "<encryption %s><secret type='passphrase' usage='x'/></encryption>" % words


def card(rest, words="type='user'"):
    return "<interface %s>%s</interface>" % (words, rest)


def filesystem(driver, words='', rest='', source="<source dir='/x'/>"):
    return "<filesystem %s><driver %s/>%s<target dir='t'/>%s</filesystem>" % (words, driver, source, rest)


def controller(model, rest='', words="type='pci' index='1'"):
    return "<controller %s model='%s'>%s</controller>" % (words, model, rest)


def lent(kind, rest, source='', words=''):
    return "<hostdev type='%s' %s><source %s</source>%s</hostdev>" % (kind, words, source, rest)


def backing(kind, image, source):
    return disk("type='qcow2'", VDA, "<backingStore type='%s'><format type='%s'/>%s<backingStore/></backingStore>" % (
        kind, image, source))


UUID = "><address uuid='c2177883-f1bb-47f0-914d-32a22e3a8804'/>"
SENDS, LISTENS = "<source host='a' service='1'/>", "<source mode='bind' host='b' service='2'/>"
VDA, SCSI = "dev='vda'", "dev='sda' bus='scsi'"
VIRTIOFS = "type='virtiofs'"
# What is said, the words of it, devices, what stands above them.
ROWS = [
    (UNSUPPORTED, 'serial number', disk('', SCSI, '<serial>x</serial>', "type='block' device='lun'", "<source dev='/x'/>")),
    (UNSUPPORTED, 'keep copies', disk("copy_on_read='on'", SCSI, '', "device='cdrom'")),
    (UNSUPPORTED, 'keeps no copies', disk("copy_on_read='on'", VDA, '<readonly/>')),
    (UNSUPPORTED, 'need not be transient', disk('', VDA, '<readonly/><transient/>')),
    (UNSUPPORTED, 'can be transient', disk('', VDA, '<transient/>', "type='block'", "<source dev='/x'/>")),
    (UNSUPPORTED, 'share an image', disk('', "dev='hda'", "<transient shareBacking='yes'/>")),
    (UNSUPPORTED, 'translates', disk('', VDA, "<geometry cyls='1' heads='2' secs='3' trans='lba'/>")),
    (UNSUPPORTED, 'no geometry', disk('', "dev='sda' bus='usb'", "<geometry cyls='1' heads='2' secs='3'/>")),
    (INTERNAL, 'turn', disk('', "dev='vda' rotation_rate='7'")),
    (UNSUPPORTED, 'cache', disk("io='native'", VDA)),
    (UNSUPPORTED, 'raw images', disk("type='qcow2'", VDA, '<shareable/>')),
    (UNSUPPORTED, 'kind fat', disk("type='fat'", VDA)),
    (UNSUPPORTED, 'kind fat', disk('', VDA, '<readonly/>', "type='dir'", "<source dir='/x'/>")),
    (UNSUPPORTED, 'written to a directory', disk("type='fat'", VDA, '', "type='dir'", "<source dir='/x'/>")),
    (UNSUPPORTED, 'such format', disk("type='iso'", VDA)),
    (UNSUPPORTED, 'thread', disk("iothread='1'", SCSI), THREADS),
    (UNSUPPORTED, 'iothreads', disk("iothread='1'", VDA)),
    (UNSUPPORTED, 'TCP', disk('', VDA, '', "type='network'", net('nfs', '', "<host transport='unix' socket='/x'/>"))),
    (UNSUPPORTED, 'TFTP', disk('', VDA, '', "type='network'", net('tftp'))),
    (UNSUPPORTED, 'librbd', disk('', VDA, encryption("format='luks2'"))),
    (UNSUPPORTED, 'qcow', disk('', VDA, encryption("format='qcow'"))),
    (UNSUPPORTED, 'not encrypted', disk("type='vmdk'", VDA, encryption("format='luks'"))),
    (UNSUPPORTED, 'RBD', disk('', VDA, encryption("format='luks' engine='librbd'"))),
    (UNSUPPORTED, 'memory', disk('', VDA, '', "type='vhostuser'", "<source type='unix' path='/x'/>")),
    (UNSUPPORTED, 'kind fat', backing('dir', 'raw', "<source dir='/x'/>")),
    (UNSUPPORTED, 'only directories', backing('file', 'fat', "<source file='/x'/>")),
    (UNSUPPORTED, 'no such format', backing('file', 'iso', "<source file='/x'/>")),
    (UNSUPPORTED, 'over TCP', backing('network', 'raw', net('nfs', '', "<host transport='unix' socket='/x'/>"))),
    (UNSUPPORTED, 'no TFTP', backing('network', 'raw', net('tftp'))),
    (UNSUPPORTED, 'luks2', backing('file', 'raw', "<source file='/x'>%s</source>" % encryption("format='luks2'"))),
    (UNSUPPORTED, 'qcow any more', backing('file', 'raw', "<source file='/x'>%s</source>" % encryption("format='qcow'"))),
    (UNSUPPORTED, 'not encrypted', backing('file', 'vmdk', "<source file='/x'>%s</source>" % encryption("format='luks'"))),
    (UNSUPPORTED, 'not in RBD', backing('file', 'raw', "<source file='/x'>%s</source>" % encryption(
        "format='luks' engine='librbd'"))),
    (UNSUPPORTED, 'raw images', disk('', VDA, '<shareable/>', "type='volume'", "<source pool='p' volume='v'/>")),
    (UNSUPPORTED, 'one of the host', lent('pci', "<teaming type='persistent'/>", "><address bus='3'/>")),
    (XML, 'from 1 to', "<audio id='1' type='alsa'><input mixingEngine='yes' fixedSettings='yes'><settings channels='0'/></input></audio>"),
    (UNSUPPORTED, 'from 1 to 255', controller('pci-bridge', "<target chassisNr='0'/>")),
    (INTERNAL, 'qemu:env', '', "<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:env name='4'/>"
     '</qemu:commandline>'),
    (XML, 'can have 2', "<serial type='udp'>%s</serial>" % (SENDS + LISTENS * 2)),
    (XML, 'can have 1', "<serial type='tcp'>%s</serial>" % (SENDS * 2)),
    (INTERNAL, 'to send to', "<serial type='udp'>%s</serial>" % LISTENS),
    (XML, 'has a socket', disk('', SCSI, '', "type='block' device='lun'",
                               "<source dev='/x'><reservations managed='no'/></source>")),
    (XML, 'policy of writing', '', ROOM.replace("'65536'/>", "'65536'><cache level='1' associativity='direct' policy='none'>"
                                                "<size value='8' unit='KiB'/></cache></cell>")),
    (UNSUPPORTED, 'relabels nothing', disk('', VDA, '', '', "<source file='/x'><seclabel relabel='no'/></source>"),
     "<seclabel type='none'/>"),
    (UNSUPPORTED, 'routes on the host', card("<source><route address='10.0.0.0' prefix='8' gateway='10.0.0.1'/></source>")),
    (UNSUPPORTED, 'addresses on the host', card("<source><ip address='10.0.0.1'/></source>")),
    (UNSUPPORTED, 'from 1 to', "<video><model type='qxl'><resolution x='0' y='4'/></model></video>"),
    (UNSUPPORTED, 'routes', card("<route address='10.0.0.0' prefix='8' gateway='10.0.0.1'/>")),
    (UNSUPPORTED, 'its address', card("<source bridge='b'/><ip address='10.0.0.1'/>", "type='bridge'")),
    (UNSUPPORTED, '64 bits', card("<ip address='fe80::1' prefix='63'/>")),
    (XML, '4 to 27', card("<ip address='10.0.0.1' prefix='28'/>")),
    (UNSUPPORTED, 'vDPA', card("<source dev='/x'/><model type='e1000'/>", "type='vdpa'")),
    (UNSUPPORTED, 'frame', card("<mtu size='1500'/>")),
    (UNSUPPORTED, 'power of two', card("<model type='virtio'/><driver rx_queue_size='257'/>")),
    (UNSUPPORTED, 'gathered', card("<coalesce><rx><frames max='7'/></rx></coalesce>")),
    (UNSUPPORTED, 'that goes', card("<teaming type='transient' persistent='ua-x'/>")),
    (UNSUPPORTED, 'that stays', card("<model type='e1000'/><teaming type='persistent'/>")),
    (UNSUPPORTED, 'firmware', card("<rom bar='on'/><address type='isa'/>")),
    (UNSUPPORTED, 'type mount', filesystem('', "type='file'", '', "<source file='/x'/>")),
    (UNSUPPORTED, 'are mapped', filesystem('', "fmode='0600'")),
    (UNSUPPORTED, 'pass as they are', filesystem(VIRTIOFS, "accessmode='mapped'"), SHARED),
    (UNSUPPORTED, 'always write', filesystem(VIRTIOFS, '', '<readonly/>'), SHARED),
    (UNSUPPORTED, 'no models', filesystem(VIRTIOFS, "model='virtio'"), SHARED),
    (UNSUPPORTED, 'is shared', filesystem(VIRTIOFS)),
    (INTERNAL, 'no such file systems', filesystem("type='loop'")),
    (UNSUPPORTED, 'graphics card', "<video><model type='vbox'/></video>"),
    (UNSUPPORTED, 'surfaces', "<video><model type='virtio'><acceleration accel2d='yes'/></model></video>"),
    (UNSUPPORTED, 'of virtio draw', "<video><model type='vga'><acceleration accel3d='yes'/></model></video>"),
    (XML, 'size of the screen', "<video><model type='cirrus'><resolution x='3' y='4'/></model></video>"),
    (INTERNAL, 'sound card', "<sound model='ich7'/>"),
    (UNSUPPORTED, 'Spice', "<audio id='1' type='spice'/>"),
    (UNSUPPORTED, 'goes to Spice', "<redirdev bus='usb' type='spicevmc'/>"),
    (UNSUPPORTED, 'no place', "<video><model type='ramfb'/><address type='pci' slot='9'/></video>"),
    (UNSUPPORTED, 'power of two', "<video><model type='qxl' vgamem='2000'/></video>"),
    (UNSUPPORTED, 'first one', "<video><model type='qxl'/></video><video><model type='bochs'/></video>"),
    (UNSUPPORTED, 'bootloader', '', '<bootloader_args>a</bootloader_args>'),
    (UNSUPPORTED, 'balloon of Xen', "<memballoon model='xen'><address type='pci' slot='9'/></memballoon>"),
    (UNSUPPORTED, 'one model', "<input type='mouse' bus='virtio' model='virtio-transitional'/>"),
    (INTERNAL, 'PS/2', "<input type='tablet' bus='ps2'/>"),
    (UNSUPPORTED, 'NUMA cells', "<memory model='dimm'><target><size>4096</size></target></memory>", ROOM),
    (UNSUPPORTED, 'sgx-epc', "<memory model='sgx-epc'><target><size>4096</size></target></memory>", ROOM),
    (UNSUPPORTED, 'filters nothing', lent('pci', '', "writeFiltering='yes'><address bus='3'/>")),
    (UNSUPPORTED, 'boots from', lent('mdev', "<boot order='1'/>", UUID, "model='vfio-pci'")),
    (UNSUPPORTED, 'on PCI have', lent('usb', "<rom bar='on'/>", "><address bus='1' device='2'/>")),
    (UNSUPPORTED, 'displayed', lent('mdev', '', UUID, "model='vfio-pci' display='on'")),
    (UNSUPPORTED, 'no such screen', "<graphics type='rdp'/>"),
    (UNSUPPORTED, 'virtio-scsi', controller('lsilogic', "<driver queues='3'/>", "type='scsi'")),
    (UNSUPPORTED, 'iothreads', controller('virtio-scsi', "<driver iothread='1'/>", "type='scsi'")),
    (UNSUPPORTED, '<controller> wants the thread for I/O 3', controller('virtio-scsi', "<driver iothread='3'/>", "type='scsi'"),
     THREADS),
    (UNSUPPORTED, '<disk> wants the thread for I/O 2', disk("iothread='2'", VDA),
     THREADS + "<iothreadids><iothread id='7'/></iothreadids>"),
    (UNSUPPORTED, 'no SCSI controller', controller('zz', words="type='scsi'")),
    (UNSUPPORTED, 'no USB controller', controller('virtio', words="type='usb'")),
    (UNSUPPORTED, 'no PCI controller', controller('pci')),
    (UNSUPPORTED, 'no IDE controller', controller('virtio', words="type='ide'")),
    (UNSUPPORTED, 'no virtio-serial', controller('piix3', words="type='virtio-serial'")),
    (UNSUPPORTED, 'have no models', controller('piix3', words="type='sata'")),
    (UNSUPPORTED, 'one smart card', "<smartcard mode='host'/>" * 2),
    (UNSUPPORTED, 'slot 0', "<smartcard mode='host'><address type='ccid' controller='0' slot='1'/></smartcard>"),
    (XML, 'needs 3', "<smartcard mode='host-certificates'><certificate>a</certificate></smartcard>"),
    (UNSUPPORTED, 'one IDE', "<controller type='ide' index='1'/>"),
    (UNSUPPORTED, 'has a busNr', controller('pci-bridge', "<target busNr='3'/>")),
    (UNSUPPORTED, 'have a chassis', controller('pci-bridge', "<target chassis='3'/>")),
    (UNSUPPORTED, 'no such bridge', controller('pci-bridge', "<model name='pxb'/>")),
    (UNSUPPORTED, 'expander-bus', controller('pcie-expander-bus')),
    (XML, 'that there is', controller('pci-expander-bus', '<target><node>0</node></target>')),
    (INTERNAL, 'PCIe', controller('pcie-root-port')),
    (INTERNAL, 'no model', "<controller type='pci' index='1'/>"),
    (INTERNAL, 'usb controller', controller('piix3-uhci', "<address type='pci' slot='9'/>", "type='usb'")),
    (UNSUPPORTED, 'index of ACPI', "<input type='mouse' bus='usb'><acpi index='3'/></input>"),
    (UNSUPPORTED, 'zpci', card("<address type='pci' slot='9'><zpci uid='0x0001'/></address>")),
    (UNSUPPORTED, 'by virtio', "<input type='passthrough' bus='usb'><source evdev='/x'/></input>"),
]


def refused(world):
    for kind, part, devices, *above in ROWS:
        error = world.refused('define', world.write(domain('doc', devices=devices, more=''.join(above))))
        has(error, kind)
        has(error, part)


BECOMES = [
    (card('', "type='hostdev'").replace('><', '><source><address type="pci"/></source><', 1),
     ["<address type='pci' domain='0x0000' bus='0x00' slot='0x00' function='0x0'/>"]),
    (lent('pci', '', "><address bus='0x3'/>"), ["<address domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>"]),
    (lent('scsi', '', "><adapter type='fc_host' name='scsi_host0' managed='no'/><address bus='0' target='0' unit='0'/>"),
     ["<adapter name='scsi_host0'/>"]),
    (disk('', VDA, encryption("format='luks'")), ["<encryption format='luks' engine='qemu'>"]),
    (disk('', VDA, '', "type='vhostuser'", "<source type='unix' path='/x'/>"),
     ["<disk type='vhostuser' device='disk' snapshot='no'>"], SHARED),
    ("<memory model='dimm'><target><size>4096</size><node>0</node></target><address type='usb' bus='1' port='1'/></memory>",
     ["<memory unit='KiB'>69632</memory>", "<currentMemory unit='KiB'>69632</currentMemory>", "<address type='dimm' slot='0'/>"],
     ROOM),
    ("<memballoon model='none'><acpi index='3'/></memballoon>", ["<memballoon model='none'/>"]),
    ("<graphics type='vnc' autoport='no'/>", ["<graphics type='vnc' autoport='no'>"]),
    ("<graphics type='vnc' passwd='a' connected='keep'/>", ["<graphics type='vnc' port='-1' autoport='yes' connected='keep'>"]),
    ("<graphics type='vnc' connected='keep'/>", ["<graphics type='vnc' port='-1' autoport='yes'>"]),
    ("<graphics type='vnc' websocket='5700'><listen type='none'/></graphics>", ["<graphics type='vnc'>"]),
    ("<graphics type='vnc' socket='/a'><listen type='network' network='x'/></graphics>",
     ["<graphics type='vnc' socket='/a'>", "<listen type='socket' socket='/a'/>"]),
    ("<graphics type='vnc'><listen type='address' address='1.2.3.4'/></graphics>",
     ["<graphics type='vnc' port='-1' autoport='yes' listen='1.2.3.4'>"]),
    ("<graphics type='spice' listen='1.2.3.4'/>", ["<graphics type='spice'>", "<listen type='none'/>"]),
    ("<graphics type='spice' port='-1' tlsPort='-1' autoport='no'/>", ["<graphics type='spice' autoport='yes'>"]),
    ("<shmem name='a'><model type='ivshmem-plain'/><size>99</size></shmem>", ["<size unit='M'>4</size>"]),
    ('', ["check='none'>"], "<cpu check='full'/>"),
    (filesystem(VIRTIOFS, "accessmode='mapped'", '<readonly/>', "<source socket='/x'/>"), ['<readonly/>'], SHARED),
    (card("<source><vendor id='1'/><product id='2'/><address bus='1' device='3'/></source>", "type='hostdev'"),
     ["<product id='0x0002'/>\n        <address type='usb' bus='1' device='3'/>"]),
    (card("<source><vendor id='1'/><product id='2'/><address type='pci' bus='3'/></source>", "type='hostdev'"),
     ["<source>\n        <address type='pci'"]),
    ("<console type='null'><target type='virtio' port='5'/></console>", ["<target type='virtio' port='0'/>"]),
    ("<serial type='null'/><console type='null'><target type='virtio'/></console>",
     ["<target type='serial' port='0'/>", "<target type='virtio' port='1'/>"]),
    ("<serial type='udp'>%s</serial>" % (SENDS + LISTENS),
     ["<source mode='bind' host='b' service='2'/>\n      <source mode='connect' host='a' service='1'/>"]),
    ("<serial type='udp'>%s</serial>" % (SENDS + "<source mode='bind'/>"),
     ["<serial type='udp'>\n      <source mode='connect'"]),
    ("<redirdev bus='usb' type='pty'><source path='/x'/></redirdev>", ["<redirdev bus='usb' type='pty'>\n      <address"]),
    ("<graphics type='vnc' listen='a'><listen type='network' network='n' address='b'/></graphics>", ["network='n'/>"]),
    ('', ["<model fallback='allow'>x</model>"], "<cpu mode='host-model'><model>x</model></cpu>"),
    ("<vsock><cid auto='yes'/><driver packed='on'/></vsock>", ["<driver packed='on'/>"]),
    ("<filesystem><source socket='/x'/><target dir='t'/></filesystem>", ["<filesystem type='mount'>"]),
    (card("<backend vhost='/x' tap='/y'/>"), ["<backend tap='/y'/>"]),
    ("<parallel type='unix'><source mode='connect' path='/x'><reconnect enabled='no'/><seclabel model='dac' relabel='no'/>"
     "</source></parallel>", ["<seclabel model='dac' relabel='no'/>\n        <reconnect enabled='no'/>"]),
    (disk('', VDA, '', '', "<source file='/x'><ssl verify='yes'/></source><backingStore><format type='raw'/></backingStore>"),
     ["<source file='/x'/>\n      <backingStore/>"]),
    ("<video><model type='virtio' vram='3000'/></video>", ["<model type='virtio' vram='4096' heads='1' primary='yes'/>"]),
    ("<video><model type='ramfb'/></video>", ["<model type='ramfb' heads='1' primary='yes'/>\n    </video>"]),
    ("<video><model type='none' vram='3'/></video>", ["<model type='none'/>"]),
    (controller('pci-bridge', '<pcihole64>1</pcihole64>'), ["<target chassisNr='1'/>", '<address']),
    (disk("queue_size='16'", SCSI), ["queue_size='16'"]),
]


def becomes(world):
    """What is completed, and what says nothing."""
    for devices, lines, *above in BECOMES:
        world.define(domain('doc', devices=devices, more=''.join(above)))
        text = world.virsh('dumpxml', 'doc')
        for line in lines:
            has(text, line)
        world.virsh('undefine', 'doc')


def firmware(world):
    """The memory of a firmware that is only read is a file of the guest's."""
    loader = "<loader type='pflash' readonly='yes'>/x</loader>"
    features = '<features><acpi/></features>'
    own = os.path.join(os.path.dirname(world.config), 'qemu/nvram/doc_VARS.fd')
    for given, shown in (('', '<nvram>%s</nvram>' % own), ("<nvram template='/t'/>", "<nvram template='/t'>%s</nvram>" % own),
                         ('<nvram>/y</nvram>', '<nvram>/y</nvram>')):
        world.define(domain('doc', more=features, os_more=loader + given))
        has(world.virsh('dumpxml', 'doc'), shown)
        world.virsh('undefine', 'doc', '--nvram')
    world.define(domain('doc', more=features, os_more=loader.replace("readonly='yes'", "stateless='yes'")))
    check('<nvram' not in world.virsh('dumpxml', 'doc'), 'a memory of what has none')
    world.virsh('undefine', 'doc')


def taken(world):
    """What is just not refused."""
    for devices, *above in (
            [disk("iothread='1'", VDA), THREADS + "<iothreadids><iothread id='7'/></iothreadids>"],
            [disk("iothread='7'", VDA), THREADS + "<iothreadids><iothread id='7'/></iothreadids>"], [filesystem(VIRTIOFS), SHARED],
            [disk("io='native' cache='none'", VDA, '<shareable/>')],
            [card("<model type='virtio'/><driver rx_queue_size='256'/><teaming type='persistent'/>")],
            [card("<ip address='10.0.0.1' prefix='27'/><ip address='fe80::1' prefix='64'/>")]):
        world.define(domain('doc', devices=devices, more=''.join(above)))
        world.virsh('undefine', 'doc')


main([refused, becomes, firmware, taken])
