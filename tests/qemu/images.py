# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests with images, and what the images hold, read and written by QEMU's own tools from outside."""

import hashlib
import json
import os
import re
import subprocess

from harness import domain, equal

PATTERN = 65536                         # bytes of each block that a test writes


def image(world, name, size='64M', form='qcow2'):
    path = os.path.join(world.dir, name)
    subprocess.run(['qemu-img', 'create', '-q', '-f', form, path, size], check=True)
    return path


def disk_of(path, target='vda', form='qcow2'):
    return ("<disk type='file'><driver name='qemu' type='%s'/><source file='%s'/><target dev='%s' bus='virtio'/></disk>"
            % (form, path, target))


def small(world, name='one', paths=None, form='qcow2', **options):
    paths = paths or [image(world, name + '.img', form=form)]
    devices = ''.join(disk_of(path, 'vd' + 'abcd'[i], form) for i, path in enumerate(paths))
    world.define(domain(name, devices="<memballoon model='none'/>" + devices, **options))
    return paths[0]


def put(path, number, form='qcow2'):
    """Block NUMBER of an image that nobody has open is filled with that number."""
    subprocess.run(['qemu-io', '-f', form, '-c', 'write -P %d %d %d' % (number, number * PATTERN, PATTERN), path],
                   check=True, stdout=subprocess.DEVNULL)


def put_live(world, name, target, number):
    """The same through the running emulator, as a guest would do it, down to the disk."""
    for what in ('write -P %d %d %d' % (number, number * PATTERN, PATTERN), 'flush'):
        answer = world.virsh('qemu-monitor-command', name, '--hmp', 'qemu-io -d /machine/peripheral/virtio-disk%d/virtio-backend "%s"'
                             % ('abcd'.index(target[2]), what))
        equal(answer, '', 'what QEMU says of it')


def contents(path, form='qcow2', snapshot=None):
    """A checksum of all that a guest would see."""
    raw = path + '.raw'
    subprocess.run(['qemu-img', 'convert', '-U', '-f', form, '-O', 'raw', path, raw] +
                   (['-l', 'snapshot.name=' + snapshot] if snapshot else []), check=True)
    with open(raw, 'rb') as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    os.unlink(raw)
    return digest


def expected(numbers, size=64 << 20):
    data = bytearray(size)
    for number in numbers:
        data[number * PATTERN:(number + 1) * PATTERN] = bytes([number]) * PATTERN
    return hashlib.sha256(data).hexdigest()


def chain_of(path):
    told = subprocess.run(['qemu-img', 'info', '-U', '--backing-chain', '--output=json', path], check=True, capture_output=True)
    return [one['filename'] for one in json.loads(told.stdout)]


def inside(path):
    told = subprocess.run(['qemu-img', 'info', '-U', '--output=json', path], check=True, capture_output=True)
    return [one['name'] for one in json.loads(told.stdout).get('snapshots', [])]


def sources(world, name, *options):
    return dict(line.split(None, 1) for line in world.virsh('domblklist', name, *options).splitlines())


def described(world, name, *options):
    """The files of the first disk's chain, as the document says."""
    xml = world.virsh('dumpxml', name, *options)
    return re.findall(r"<source file='([^']*)'", re.search(r'<disk.*?</disk>', xml, re.S).group(0))
