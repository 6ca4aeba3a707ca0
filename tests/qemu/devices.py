# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices for the tests of what comes and goes: their elements, the calls, and all that QEMU has by name."""

import json
import os
import re
import subprocess

from harness import SANITIZED

DISK = "<disk type='file'><driver name='qemu' type='raw'/><source file='%s'/><target dev='%s' bus='%s'/></disk>"
CDROM = "<disk type='file' device='cdrom'>%s<target dev='hdc' bus='ide'/></disk>"
CARD = "<interface type='user'><mac address='52:54:00:00:00:%02x'/><model type='virtio'/>%s</interface>"
CHANNEL = "<channel type='unix'><target type='virtio' name='%s'/></channel>"
TABLET = "<input type='tablet' bus='usb'/>"
RNG = "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
SCSI = "<controller type='scsi' index='%d' model='virtio-scsi'/>"
NONE = "<memballoon model='none'/>"
ACPI = '<features><acpi/></features>'


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
