#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Transient disks: what is written to them goes to an image that goes with the guest, whoever ends it meanwhile."""

import hashlib
import os
import re
import signal
import subprocess

from harness import check, domain, equal, has, kill, main, wait_for

SHARED = " shareBacking='yes'"


def image(world, name, form='qcow2'):
    path = os.path.join(world.dir, name)
    subprocess.run(['qemu-img', 'create', '-q', '-f', form, path, '16M'], check=True)
    return path


def disk(path, form='qcow2', target='vda', how=''):
    return ("<disk type='file'><driver name='qemu' type='%s'/><source file='%s'/><target dev='%s' bus='virtio'/><transient%s/></disk>"
            % (form, path, target, how))


def digest(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def guest(name, devices):
    return domain(name, devices="<memballoon model='none'/>" + devices, more='<features><acpi/></features>')


def write(world, name, overlay, alias='virtio-disk0'):
    """As the guest would, a part of its disk: it is in the image on top, then."""
    before = os.path.getsize(overlay)
    world.virsh('qemu-monitor-command', name, '--hmp',
                'qemu-io -d /machine/peripheral/%s/virtio-backend "write -P 7 0 64k"' % alias)
    check(os.path.getsize(overlay) >= before + 64 * 1024, 'nothing was written to ' + overlay)


def forgotten(world):
    paths = {form: image(world, 'a.' + form, form) for form in ('qcow2', 'raw')}
    before = {path: digest(path) for path in paths.values()}
    for form, path in paths.items():
        world.define(guest('one', disk(path, form)))
        pid = world.start('one')
        overlay = path + '.TRANSIENT-one'
        live = world.virsh('dumpxml', 'one')
        has(live, "<source file='%s' index='2'/>" % overlay)
        has(re.sub(r'\s+', '', live), "<backingStoretype='file'index='1'><formattype='%s'/><sourcefile='%s'/>" % (form, path))
        has(live, '<transient/>')
        write(world, 'one', overlay)
        world.kill_daemon()             # the next one knows it
        has(world.virsh('domblklist', 'one'), overlay)
        if form == 'raw':
            kill(pid, signal.SIGKILL)
            wait_for(lambda: world.virsh('domstate', 'one') == 'shut off', 5, 'the end of the guest is seen')
        else:
            world.virsh('destroy', 'one')
        check(not os.path.exists(overlay), 'the image on top stays')
        equal(digest(path), before[path], 'the image below')
        has(world.virsh('dumpxml', 'one'), "<source file='%s'/>" % path)
        world.virsh('undefine', 'one')


def gone_meanwhile(world):
    """The guest ends while no daemon is there."""
    path = image(world, 'a.qcow2')
    world.define(guest('one', disk(path)))
    pid = world.start('one')
    world.kill_daemon()
    kill(pid, signal.SIGKILL)
    equal(world.virsh('domstate', 'one'), 'shut off', 'state')
    check(not os.path.exists(path + '.TRANSIENT-one'), 'the image on top stays')


def shared(world):
    path = image(world, 'a.qcow2')
    for name in ('one', 'two'):
        world.define(guest(name, disk(path, how=SHARED)))
        world.start(name)
        write(world, name, '%s.TRANSIENT-%s' % (path, name))
    for name in ('one', 'two'):
        world.virsh('destroy', name)


def plugged(world):
    paths = [image(world, name) for name in ('a.qcow2', 'b.qcow2')]
    world.define(guest('one', disk(paths[0])))
    world.start('one', paused=False)
    world.virsh('attach-device', 'one', world.write(disk(paths[1], target='vdb'), 'disk.xml'), '--live')
    write(world, 'one', paths[1] + '.TRANSIENT-one', 'virtio-disk1')
    world.virsh('destroy', 'one')
    equal(sorted(name for name in os.listdir(world.dir) if 'TRANSIENT' in name), [], 'images that stay')


def refused(world):
    path = image(world, 'a.qcow2')
    overlay = path + '.TRANSIENT-one'
    with open(overlay, 'w') as file:
        file.write('of another')
    world.define(guest('one', disk(path)))
    has(world.refused('start', 'one'), 'exists already')
    with open(overlay) as file:
        equal(file.read(), 'of another', 'the file that was there')
    os.unlink(overlay)
    world.start('one')
    for words in (['save', 'one', world.dir + '/image'], ['managedsave', 'one'], ['dump', 'one', world.dir + '/core'],
                  ['snapshot-create-as', 'one', 's']):
        has(world.refused(*words), "has the transient disk 'vda'")
    for words in (['blockpull', 'one', 'vda'], ['snapshot-create-as', 'one', 's', '--disk-only']):
        has(world.refused(*words), "not supported on transient disk 'vda'")
    equal(world.virsh('domstate', 'one'), 'paused', 'state')
    world.virsh('dump', 'one', world.dir + '/core', '--memory-only')


if __name__ == '__main__':
    main([forgotten, gone_meanwhile, shared, plugged, refused])
