#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What QEMU's driver refuses when it is defined (modules/qemu/rules.schema): a document
for each kind of rule, with the code and words of what is said."""

from harness import domain, has, main

SHARED = "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>"
THREADS = '<iothreads>2</iothreads>'
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
    (UNSUPPORTED, 'one model', "<input type='mouse' bus='virtio' model='virtio-transitional'/>"),
    (INTERNAL, 'PS/2', "<input type='tablet' bus='ps2'/>"),
    (UNSUPPORTED, 'by virtio', "<input type='passthrough' bus='usb'><source evdev='/x'/></input>"),
]


def refused(world):
    for kind, part, devices, *above in ROWS:
        error = world.refused('define', world.write(domain('doc', devices=devices, more=''.join(above))))
        has(error, kind)
        has(error, part)


def taken(world):
    """What is just not refused."""
    for devices, *above in (
            [disk("iothread='1'", VDA), THREADS], [filesystem(VIRTIOFS), SHARED],
            [disk("io='native' cache='none'", VDA, '<shareable/>')],
            [card("<model type='virtio'/><driver rx_queue_size='256'/><teaming type='persistent'/>")],
            [card("<ip address='10.0.0.1' prefix='27'/><ip address='fe80::1' prefix='64'/>")]):
        world.define(domain('doc', devices=devices, more=''.join(above)))
        world.virsh('undefine', 'doc')


main([refused, taken])
