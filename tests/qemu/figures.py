#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest's memory and disks: what is told of them, and changed of them, as the guest's kernel-less machine shows it."""

import json
import os
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


main([memory, disks])
