#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest's memory and disks: what is told of them, and changed of them, as the guest's kernel-less machine shows it."""

import json
import os
import re
import subprocess

from harness import domain, equal, has, main, check

BALLOON = "<memballoon model='virtio'/>"


def asked(world, name, command, **arguments):
    request = json.dumps({'execute': command, 'arguments': arguments})
    return json.loads(world.virsh('qemu-monitor-command', name, request))['return']


def of(text, key):
    return next(line.split()[-1] for line in text.splitlines() if line.split()[0] == key)


def memory(world):
    world.define(domain('doc', memory=64, devices=BALLOON))
    has(world.refused('dommemstat', 'doc'), 'not running')
    world.virsh('setmem', 'doc', '40000', '--config')
    has(world.virsh('dumpxml', 'doc'), "<currentMemory unit='KiB'>40000<")
    world.virsh('setmaxmem', 'doc', '98304', '--config')
    has(world.virsh('dumpxml', 'doc'), "<memory unit='KiB'>98304<")
    world.virsh('setmaxmem', 'doc', '32768', '--config')
    has(world.virsh('dumpxml', 'doc'), "<currentMemory unit='KiB'>32768<")
    has(world.refused('setmem', 'doc', '40000', '--config'), 'more than the maximum')
    pid = world.start('doc')
    told = world.virsh('dommemstat', 'doc')
    equal(of(told, 'actual'), '32768', 'what the balloon leaves')
    with open('/proc/%d/status' % pid) as file:
        resident = int(next(line.split()[1] for line in file if line.startswith('VmRSS')))
    check(abs(int(of(told, 'rss')) - resident) < resident / 2, 'resident: %s' % told)
    world.virsh('setmem', 'doc', '20000', '--live')
    has(world.refused('setmem', 'doc', '40000', '--live'), 'more than the maximum')
    has(world.refused('setmaxmem', 'doc', '65536', '--live'), 'cannot resize the maximum memory on an active domain')
    world.virsh('dommemstat', 'doc', '--period', '7', '--live', '--config')
    equal(asked(world, 'doc', 'qom-get', path='/machine/peripheral/balloon0', property='guest-stats-polling-interval'), 7, 'period')
    has(world.virsh('dumpxml', 'doc', '--inactive'), "<stats period='7'/>")
    world.virsh('inject-nmi', 'doc')
    has(world.refused('dompmwakeup', 'doc'), 'does not sleep')
    world.virsh('destroy', 'doc')
    world.define(domain('bare', devices="<memballoon model='none'/>"))
    world.start('bare')
    has(world.refused('setmem', 'bare', '20000', '--live'), 'without a memballoon')
    has(world.virsh('dommemstat', 'bare'), 'rss')


def disks(world):
    image = os.path.join(world.dir, 'image.qcow2')
    subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', image, '64M'], check=True)
    world.define(domain('doc', devices="<disk type='file'><driver name='qemu' type='qcow2'/><source file='%s'/><target dev='vda'/>"
                        "</disk><disk type='file' device='cdrom'><target dev='hdc'/></disk>" % image))
    equal(of(world.virsh('domblkinfo', 'doc', 'vda'), 'Physical:'), str(os.path.getsize(image)), 'its file')
    world.start('doc')
    told = world.virsh('domblkinfo', 'doc', image)
    equal(of(told, 'Capacity:'), str(64 << 20), 'its size')
    equal(of(told, 'Allocation:'), str(os.stat(image).st_blocks * 512), 'its blocks')
    world.virsh('blockresize', 'doc', 'vda', '131072')
    equal(asked(world, 'doc', 'query-named-block-nodes')[0]['image']['virtual-size'], 128 << 20, 'the new size')
    equal(of(world.virsh('domblkinfo', 'doc', 'vda'), 'Capacity:'), str(128 << 20), 'its new size')
    has(world.virsh('domblkstat', 'doc', 'vda'), 'vda rd_req ')
    has(world.refused('domblkstat', 'doc', 'vdx'), "no disk 'vdx'")


def pictures(world):
    """What the screen shows, as a PNG: more of it when there is more to see, and nothing is left in QEMU."""
    world.define(domain('one', devices="<video><model type='virtio' heads='2'/></video><video><model type='virtio'/></video>"))
    has(world.refused('screenshot', 'one', os.path.join(world.dir, 'off')), 'not running')
    world.start('one', paused=False)
    for screen in ('0', '2'):
        path = os.path.join(world.dir, 'screen%s.png' % screen)
        world.virsh('screenshot', 'one', path, '--screen', screen)
        with open(path, 'rb') as file:
            picture = file.read()
        equal((picture[:8], picture[-8:-4]), (b'\x89PNG\r\n\x1a\n', b'IEND'), 'picture')
        check(int.from_bytes(picture[16:20], 'big') >= 320, 'it is wide enough')
    has(world.refused('screenshot', 'one', path, '--screen', '3'), 'no such screen ID 3')
    has(world.refused('screenshot', 'one', '/nonexistent/x.png'), 'cannot create file')
    said = subprocess.run(['virsh', '-q', '-c', 'qemu:///session', 'screenshot', 'one'], env=world.env, cwd=world.dir,
                          capture_output=True, text=True, timeout=60, check=True).stdout.strip()
    name = re.fullmatch(r'Screenshot saved to (one-[-0-9:]+\.png), with type of image/png', said).group(1)
    check(os.path.exists(os.path.join(world.dir, name)), name)
    equal(asked(world, 'one', 'query-fdsets'), [{'fds': [], 'fdset-id': 4711}], 'descriptors that are left in QEMU')


main([memory, disks, pictures])
