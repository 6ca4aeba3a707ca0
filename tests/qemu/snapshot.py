#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Snapshots: inside of images, in files of their own, with and without memory; guests that
go back to one; and what is left when QEMU or the daemon ends in the middle.  What an image
holds is read by QEMU's own tools, from outside."""

import json
import os
import re
import signal
import subprocess

from harness import Injected, Timed, alive, check, domain, equal, has, kill, main, wait_for
from images import chain_of, contents, described, disk_of, expected, image, inside, put, put_live, small, sources
from linux import SMALL, Guest, need, os_of

MISSING = 'Domain snapshot not found: no domain snapshot with matching name '


def names(world, name, *options):
    return world.virsh('snapshot-list', name, '--name', *options).split()


def metadata(world, name):
    folder = os.path.join(world.config, 'snapshot', name)
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


# ---- inside of images

def inside_while_off(world):
    path = small(world)
    put(path, 1)
    world.virsh('snapshot-create-as', 'one', 'first', 'of two')
    put(path, 2)
    world.virsh('snapshot-create-as', 'one', 'second')
    put(path, 3)
    equal(inside(path), ['first', 'second'], 'snapshots in the image')
    equal(contents(path, snapshot='first'), expected([1]), 'contents of the first')
    equal(contents(path, snapshot='second'), expected([1, 2]), 'contents of the second')
    world.virsh('snapshot-revert', 'one', 'first')
    equal(contents(path), expected([1]), 'contents')
    equal(world.virsh('snapshot-current', 'one', '--name'), 'first', 'the current one')
    world.virsh('snapshot-create-as', 'one', 'third')
    equal(world.virsh('snapshot-parent', 'one', 'third'), 'first', 'parent')
    equal(names(world, 'one', '--from', 'first'), ['second', 'third'], 'children')
    world.virsh('snapshot-delete', 'one', 'first')
    equal(inside(path), ['second', 'third'], 'snapshots in the image')
    equal(names(world, 'one', '--roots'), ['second', 'third'], 'roots')
    equal(contents(path, snapshot='second'), expected([1, 2]), 'contents of the second')
    has(world.refused('snapshot-create-as', 'one', 'third'), 'domain moment third already exists')
    has(world.refused('snapshot-revert', 'one', 'first'), MISSING + "'first'")


def inside_with_memory(world):
    """The guest's memory and disk are as they were: it counts on from where it was, and its disk has not what came later."""
    need(SMALL)
    path = image(world, 'guest.img')
    world.define(domain('guest', memory=160, os_more=os_of(SMALL),
                        devices="<memballoon model='none'/><serial type='pty'/>" + disk_of(path)))
    world.start('guest', paused=False)
    guest = Guest(world, 'guest')
    guest.wait(rb'GUEST UP', 240)
    put_live(world, 'guest', 'vda', 1)
    guest.say('word=before')
    guest.say('echo SAID $word .')
    guest.wait(rb'SAID before \.', 60)
    world.virsh('snapshot-create-as', 'guest', 'memory', timeout=240)
    equal(world.virsh('domstate', 'guest'), 'running', 'state')
    put_live(world, 'guest', 'vda', 2)
    guest.say('word=after')
    guest.say('echo SAID $word .')
    guest.wait(rb'SAID after \.', 60)
    guest.close()
    was = world.emulator('guest')
    world.virsh('snapshot-revert', 'guest', 'memory', timeout=240)
    equal(world.state_of('guest'), 'running (from snapshot)', 'state')
    check(not alive(was), 'the old emulator is gone')
    guest = Guest(world, 'guest')
    guest.wait(rb'Connected', 10)
    guest.say('echo SAID $word .')
    guest.wait(rb'SAID before \.', 120)
    guest.close()
    world.virsh('destroy', 'guest')
    equal(contents(path), expected([1]), 'contents')
    world.virsh('snapshot-revert', 'guest', 'memory', '--paused', timeout=240)
    equal(world.state_of('guest'), 'paused (from snapshot)', 'state')
    world.virsh('snapshot-delete', 'guest', 'memory')
    equal(inside(path), [], 'snapshots in the image')


def events_of_reverting(world):
    small(world)
    world.virsh('snapshot-create-as', 'one', 'off')
    world.start('one')
    world.virsh('snapshot-create-as', 'one', 'on')
    with open(os.path.join(world.dir, 'events'), 'w+') as told:
        listener = world.background('event', '--domain', 'one', '--event', 'lifecycle', '--loop', stdout=told)
        wait_for(lambda: 'Defined' in seen(told) or world.virsh('desc', 'one', 'x', '--live') is not None, 5, 'an event')
        for line in ('on', 'off', 'off --running', 'off --paused', 'on --running'):
            world.virsh('snapshot-revert', 'one', *line.split())
        wait_for(lambda: seen(told).count('Defined') == 5, 10, 'all events')
        listener.terminate()
        listener.wait()
        words = re.findall(r"'one': (\w+ \w+)", seen(told))
    equal(words, ['Stopped Snapshot', 'Started Snapshot', 'Suspended Snapshot', 'Defined Snapshot',
                  'Stopped Snapshot', 'Defined Snapshot',
                  'Resumed Unpaused', 'Started Snapshot', 'Defined Snapshot',
                  'Stopped Snapshot', 'Started Snapshot', 'Suspended Snapshot', 'Defined Snapshot',
                  'Stopped Snapshot', 'Started Snapshot', 'Resumed Snapshot', 'Defined Snapshot'], 'events')


def seen(file):
    file.flush()
    with open(file.name) as again:
        return again.read()


# ---- in files of their own

def chain_of_twenty(world):
    """Each image has what was written while it was the last one; the definition and the document know all of them."""
    path = small(world)
    world.start('one')
    for i in range(1, 21):
        put_live(world, 'one', 'vda', i)
        world.virsh('snapshot-create-as', 'one', 's%d' % i, '--disk-only')
    put_live(world, 'one', 'vda', 21)
    files = [os.path.join(world.dir, 'one.s%d' % i) for i in range(20, 0, -1)] + [path]
    equal(described(world, 'one'), files, 'images')
    equal(sources(world, 'one')['vda'], files[0], 'the last image')
    equal(sources(world, 'one', '--inactive')['vda'], files[0], 'the last image of the definition')
    equal(chain_of(files[0]), files, 'images by what they say')
    world.kill_daemon()
    equal(described(world, 'one'), files, 'images')
    equal(sorted(names(world, 'one')), sorted('s%d' % i for i in range(1, 21)), 'snapshots')
    equal(names(world, 'one', '--leaves'), ['s20'], 'leaves')
    world.virsh('destroy', 'one')
    for i, file in enumerate(reversed(files)):
        equal(contents(file), expected(range(1, i + 2)), 'contents of ' + file)
    world.start('one')
    equal(described(world, 'one'), files, 'images of the next run')
    for i in (10, 20, 1):               # of the middle, the last one, the first one
        world.virsh('snapshot-delete', 'one', 's%d' % i)
        files.remove(os.path.join(world.dir, 'one.s%d' % i))
        equal(described(world, 'one'), files, 'images without s%d' % i)
        check(not os.path.exists(os.path.join(world.dir, 'one.s%d' % i)), 'its file is gone')
        for name in names(world, 'one'):
            check('one.s%d<' % i not in world.virsh('snapshot-dumpxml', 'one', name).replace("'", '<'),
                  'snapshot %s names an image that is gone' % name)
    world.virsh('destroy', 'one')
    equal(contents(files[0]), expected(range(1, 22)), 'contents')
    equal(chain_of(files[0]), files, 'images by what they say')


def outside_while_off(world):
    path = small(world)
    put(path, 1)
    world.virsh('snapshot-create-as', 'one', 'over', '--disk-only')
    overlay = os.path.join(world.dir, 'one.over')
    equal(sources(world, 'one')['vda'], overlay, 'image')
    put(overlay, 2)
    world.virsh('snapshot-create-as', 'one', 'top', '--disk-only')
    put(os.path.join(world.dir, 'one.top'), 3)
    equal(contents(path), expected([1]), 'contents below')
    has(world.refused('snapshot-revert', 'one', 'over'), 'revert to external snapshot not supported yet')
    has(world.refused('undefine', 'one'), 'cannot delete inactive domain with 2 snapshots')
    has(world.refused('snapshot-delete', 'one', 'over', '--children'), 'deletion of external children disk snapshots not supported')
    world.virsh('snapshot-delete', 'one', 'over')
    equal(chain_of(os.path.join(world.dir, 'one.top')), [os.path.join(world.dir, 'one.top'), path], 'images')
    world.virsh('snapshot-delete', 'one', 'top')
    equal(sources(world, 'one')['vda'], path, 'image')
    equal(contents(path), expected([1, 2, 3]), 'contents')
    equal([name for name in os.listdir(world.dir) if name in ('one.over', 'one.top')], [], 'overlays that are left')
    world.virsh('undefine', 'one')


def several_disks_or_none(world):
    """What cannot be made for one disk is made for none."""
    paths = [image(world, name) for name in ('a.img', 'b.img')]
    small(world, paths=paths)
    world.start('one')
    before = sources(world, 'one')
    with open(os.path.join(world.dir, 'b.s'), 'w') as file:
        file.write('in the way')
    has(world.refused('snapshot-create-as', 'one', 's', '--disk-only'), 'already exists and is not a block device')
    has(world.refused('snapshot-create-as', 'one', 's', '--disk-only', '--diskspec', 'vdb,file=/proc/nowhere'),
        "cannot create the file '/proc/nowhere'")
    equal(sources(world, 'one'), before, 'images')
    equal(names(world, 'one'), [], 'snapshots')
    check(not os.path.exists(os.path.join(world.dir, 'a.s')), 'an overlay is left')
    world.virsh('snapshot-create-as', 'one', 's', '--disk-only', '--atomic', '--diskspec', 'vdb,snapshot=no')
    equal(sources(world, 'one'), {'vda': os.path.join(world.dir, 'a.s'), 'vdb': paths[1]}, 'images')


def empty_file(world):
    """One that was there is taken, also while the guest runs, and is not removed where the snapshot fails."""
    paths = [image(world, name) for name in ('a.img', 'b.img')]
    small(world, paths=paths)
    mine, other = [os.path.join(world.dir, name) for name in ('mine', 'other')]
    for running in (False, True):
        if running:
            world.start('one')
        open(mine, 'w').close()
        world.refused('snapshot-create-as', 'one', 's', '--disk-only', '--diskspec', 'vda,file=' + mine,
                      '--diskspec', 'vdb,file=/proc/nowhere')
        check(os.path.exists(mine), 'the file of the user stays')
        equal(sources(world, 'one'), dict(zip(('vda', 'vdb'), paths)), 'images')
        os.unlink(mine)
        open(mine, 'w').close()
        world.virsh('snapshot-create-as', 'one', 's', '--disk-only', '--diskspec', 'vda,file=' + mine, '--diskspec', 'vdb,file=' + other)
        equal(sources(world, 'one'), {'vda': mine, 'vdb': other}, 'images')
        world.virsh('snapshot-delete', 'one', 's')


def definition_not_written(world):
    """No overlay is left over."""
    small(world)
    with Injected(world, 'rename,renameat,renameat2', 'error=ENOSPC'):
        world.refused('snapshot-create-as', 'one', 's', '--disk-only')
    equal((sorted(os.listdir(world.dir)).count('one.s'), names(world, 'one')), (0, []), 'what is left')


def not_written_down(world):
    """No image is changed where the snapshot could not be remembered."""
    path = small(world)
    os.makedirs(os.path.join(world.config, 'snapshot'))
    world.write('', os.path.join(world.config, 'snapshot', 'one'))
    for words in ((), ('--disk-only',)):
        world.refused('snapshot-create-as', 'one', 's', *words)
        equal((names(world, 'one'), sources(world, 'one'), inside(path)), ([], {'vda': path}, []), 'what there is')
    os.unlink(os.path.join(world.config, 'snapshot', 'one'))
    world.virsh('snapshot-create-as', 'one', 's')
    equal(metadata(world, 'one'), ['s.xml'], 'files')


def reused_file(world):
    path = small(world, form='raw')
    world.start('one')
    has(world.refused('snapshot-create-as', 'one', 'r', '--disk-only', '--reuse-external'), 'missing existing file for disk vda')
    over = os.path.join(world.dir, 'one.r')
    subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', path, over], check=True)
    world.virsh('snapshot-create-as', 'one', 'r', '--disk-only', '--reuse-external')
    put_live(world, 'one', 'vda', 7)
    world.virsh('destroy', 'one')
    equal(contents(path, 'raw'), expected([]), 'contents below')
    equal(contents(over), expected([7]), 'contents')


def memory_in_a_file(world):
    """The memory's file is what a restore takes, with the images as they were."""
    need(SMALL)
    path = image(world, 'guest.img')
    world.define(domain('guest', memory=160, os_more=os_of(SMALL),
                        devices="<memballoon model='none'/><serial type='pty'/>" + disk_of(path)))
    world.start('guest', paused=False)
    guest = Guest(world, 'guest')
    guest.wait(rb'GUEST UP', 240)
    guest.say('word=before')
    guest.say('echo SAID $word .')
    guest.wait(rb'SAID before \.', 60)
    memory = os.path.join(world.dir, 'memory')
    for options in ([], ['--live']):
        world.virsh('snapshot-create-as', 'guest', 's' + ''.join(options), '--memspec', 'file=%s%d' % (memory, len(options)), *options,
                    timeout=240)
        equal(world.virsh('domstate', 'guest'), 'running', 'state')
    guest.say('word=after')
    guest.say('echo SAID $word .')
    guest.wait(rb'SAID after \.', 60)
    guest.close()
    equal(described(world, 'guest'), [os.path.join(world.dir, 'guest.s--live'), os.path.join(world.dir, 'guest.s'), path], 'images')
    has(world.virsh('snapshot-info', 'guest', 's'), 'external')
    world.virsh('destroy', 'guest')
    for file in (memory + '0', memory + '1'):
        world.virsh('restore', file, timeout=240)
        guest = Guest(world, 'guest')
        guest.wait(rb'Connected', 10)
        guest.say('echo SAID $word .')
        guest.wait(rb'SAID before \.', 120)
        guest.close()
        world.virsh('destroy', 'guest')


# ---- what is not made, and what is said

def refusals(world):
    path = small(world, form='raw')
    has(world.refused('snapshot-create-as', 'one', 'a'), 'internal snapshot for disk vda unsupported for storage type raw')
    has(world.refused('snapshot-create-as', 'one', 'a', '--memspec', 'file=%s.m' % path),
        'memory state cannot be saved with offline or disk-only snapshot')
    world.start('one')
    for words, says in (
            (('a/b',), "invalid snapshot name 'a/b': name can't contain '/'"),
            (('..',), "invalid snapshot name '..': name can't start with '.'"),
            (('a', '--quiesce'), 'VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY'),
            (('a', '--disk-only', '--quiesce'), 'domain is not running'),          # it is paused
            (('a', '--memspec', 'snapshot=no'), 'internal snapshot for disk vda unsupported'),
            (('a', '--disk-only', '--diskspec', 'vda,snapshot=internal'), 'disk vda requested internal'),
            (('a', '--live'), 'live snapshot creation is supported only during full system snapshots'),
            (('a', '--disk-only', '--diskspec', 'vdx'), "no disk named 'vdx'"),
            (('a', '--disk-only', '--diskspec', 'vda,snapshot=no'), 'nothing selected for snapshot'),
            (('a', '--disk-only', '--diskspec', 'vda,driver=vmdk'), 'external snapshot format for disk vda is unsupported: vmdk')):
        has(world.refused('snapshot-create-as', 'one', *words), says)
    equal(names(world, 'one'), [], 'snapshots')
    equal(metadata(world, 'one'), [], 'files')


def of_the_network(world):
    """What such a disk is does not fit in a document below a file."""
    world.define(domain('one', devices="<memballoon model='none'/><disk type='network'><driver name='qemu' type='raw'/><source "
                        "protocol='nbd' name='x'><host name='127.0.0.1' port='1'/></source><target dev='vda' bus='virtio'/></disk>"))
    over = world.write('', 'over')
    xml = world.virsh('dumpxml', 'one')
    for words in ((), ('--reuse-external',)):
        has(world.refused('snapshot-create-as', 'one', 's', '--disk-only', '--diskspec', 'vda,file=' + over, *words),
            'only a disk that is a file or a device can have one')
    equal((world.virsh('dumpxml', 'one'), os.path.getsize(over)), (xml, 0), 'document and file')


def nothing_remembered(world):
    path = small(world)
    world.virsh('snapshot-create-as', 'one', 'n', '--no-metadata')
    equal(inside(path), ['n'], 'snapshots in the image')
    equal(names(world, 'one'), [], 'snapshots')
    world.start('one')
    world.virsh('snapshot-create-as', 'one', 'h', '--halt')
    equal(world.state_of('one'), 'shut off (from snapshot)', 'state')
    world.virsh('snapshot-delete', 'one', 'h', '--metadata')
    equal(sorted(inside(path)), ['h', 'n'], 'snapshots in the image')
    equal(names(world, 'one'), [], 'snapshots')


def said_anew(world):
    path = small(world)
    world.virsh('snapshot-create-as', 'one', 'a')
    world.virsh('snapshot-create-as', 'one', 'b')
    xml = world.virsh('snapshot-dumpxml', 'one', 'b')
    file = world.write(xml, 'b.xml')
    world.virsh('snapshot-delete', 'one', 'b', '--metadata')
    equal(inside(path), ['a', 'b'], 'snapshots in the image')
    world.virsh('snapshot-create', 'one', file, '--redefine', '--current')
    equal(world.virsh('snapshot-current', 'one', '--name'), 'b', 'the current one')
    equal(world.virsh('snapshot-dumpxml', 'one', 'b'), xml, 'document')
    for old, new, says in (('<name>b<', '<name>a<', 'cannot set moment a as its own parent'),
                           ('<name>a<', '<name>z<', 'parent z for moment b not found'),
                           ('<state>shutoff', '<state>running', 'cannot change between online and offline snapshot state in snapshot b'),
                           ):
        if says:
            world.write(xml.replace(old, new, 1), 'wrong.xml')
            has(world.refused('snapshot-create', 'one', os.path.join(world.dir, 'wrong.xml'), '--redefine'), says)


def name_of_another(world):
    """What an earlier document calls the domain, as before it was renamed, is no name to write a definition under."""
    small(world)
    small(world, 'victim')
    victim, uuid = world.virsh('dumpxml', 'victim'), world.virsh('domuuid', 'one')
    world.virsh('snapshot-create-as', 'one', 'a')
    xml = world.virsh('snapshot-dumpxml', 'one', 'a').replace('<name>one<', '<name>victim<')
    file = world.write(xml, 'anew.xml')
    has(world.refused('snapshot-create', 'one', file, '--redefine'),
        "unsupported configuration: Target domain name 'victim' does not match source 'one'")
    world.virsh('snapshot-delete', 'one', 'a', '--metadata')
    world.virsh('snapshot-create', 'one', file, '--redefine')
    world.virsh('snapshot-revert', 'one', 'a')
    equal(world.virsh('dumpxml', 'victim'), victim, 'the definition of the other')
    has(world.virsh('dumpxml', 'one'), '<name>one<')
    world.kill_daemon()
    equal(world.virsh('dumpxml', 'victim'), victim, 'the definition of the other')
    equal(world.virsh('domuuid', 'one'), uuid, 'uuid')


def disk_is_gone(world):
    """An overlay that was not merged stays, and so does everything else."""
    paths = [image(world, name) for name in ('a.img', 'b.img')]
    overlays = [os.path.join(world.dir, name) for name in ('a.s', 'b.s')]
    small(world, paths=paths)
    world.virsh('snapshot-create-as', 'one', 's', '--disk-only')
    for path in overlays:
        put(path, 3)
    world.virsh('detach-disk', 'one', 'vdb', '--config')
    for running in (False, True):
        if running:
            world.start('one')
        has(world.refused('snapshot-delete', 'one', 's'), "invalid argument: disk 'vdb' not found in domain")
        equal([contents(path) for path in paths + overlays], [expected([])] * 2 + [expected([3])] * 2, 'contents')
        equal((names(world, 'one'), sources(world, 'one')), (['s'], {'vda': overlays[0]}), 'snapshots and images')


def files_of_others(world):
    """What a document says is no reason to remove a file."""
    path = small(world)
    world.virsh('snapshot-create-as', 'one', 's', '--disk-only')
    overlay = os.path.join(world.dir, 'one.s')
    precious = world.write('precious', 'precious')
    xml = world.virsh('snapshot-dumpxml', 'one', 's')
    more = xml.replace('<disks>', "<disks><disk name='zzz' snapshot='external' type='file'><source file='%s'/></disk>" % precious)
    for text, says in ((more, 'unsupported configuration: too many disk snapshot requests for domain'),
                       (xml.replace("name='vda'", "name='zzz'"), "no disk named 'zzz'")):
        has(world.refused('snapshot-create', 'one', world.write(text, 'anew.xml'), '--redefine'), says)
    equal(world.virsh('snapshot-dumpxml', 'one', 's'), xml, 'document')
    disks = re.compile('  <disks>.*</disks>\n', re.S)
    world.virsh('snapshot-create', 'one', world.write(disks.sub('', xml).replace("<memory snapshot='no'/>", "<memory "
                "snapshot='external' file='%s'/>" % precious), 'anew.xml'), '--redefine')
    has(world.virsh('snapshot-dumpxml', 'one', 's'), "<source file='%s'/>" % overlay)
    world.virsh('snapshot-create', 'one', world.write(xml.replace("<source file='%s'/>\n    </disk>\n  </disks>" % overlay,
                "<source file='%s'/>\n    </disk>\n  </disks>" % precious), 'anew.xml'), '--redefine')
    has(world.virsh('snapshot-dumpxml', 'one', 's'), precious)
    for running in (False, True):
        if running:
            world.start('one')
        has(world.refused('snapshot-delete', 'one', 's'), 'invalid argument: ')
        check(os.path.exists(precious) and os.path.exists(overlay), 'the files are there')
        equal((names(world, 'one'), chain_of(overlay)), (['s'], [overlay, path]), 'snapshots and images')


def inside_of_an_overlay(world):
    """libvirt 9.0.0 loses the inner one."""
    small(world)
    world.virsh('snapshot-create-as', 'one', 'outer', '--disk-only')
    world.virsh('snapshot-create-as', 'one', 'inner')
    has(world.refused('snapshot-delete', 'one', 'outer'), 'internal snapshot as child not supported')
    equal(inside(os.path.join(world.dir, 'one.outer')), ['inner'], 'snapshots in the overlay')
    world.virsh('snapshot-revert', 'one', 'inner')
    world.virsh('snapshot-delete', 'one', 'inner')
    world.virsh('snapshot-delete', 'one', 'outer')
    equal((names(world, 'one'), os.path.exists(os.path.join(world.dir, 'one.outer'))), ([], False), 'what is left')


# ---- what outlives

def transient(world, name, n):
    path = image(world, name + '.img')
    world.virsh('create', world.write(domain(name, devices="<memballoon model='none'/>" + disk_of(path))), '--paused')
    for number in range(n):
        world.virsh('snapshot-create-as', name, 's%d' % number, '--disk-only')


def end_of_a_transient_one(world):
    """Its snapshots go with it, also those that a merge is about; and other guests are heard meanwhile."""
    transient(world, 'gone', 8)
    small(world, 'other')
    world.start('other')
    pid = world.emulator('gone')
    with Injected(world, 'fsync', 'delay_enter=500000'):
        worker = world.background('snapshot-delete', 'gone', 's0')
        file = os.path.join(world.config, 'snapshot', 'gone', 's2.xml')
        was = os.stat(file).st_ino
        wait_for(lambda: os.stat(file).st_ino != was, 60, 'the merge is carried over to the others')
        kill(pid, signal.SIGKILL)
        wait_for(lambda: not alive(pid), 10, 'the emulator is gone')
        with Timed(2, 'the other guest answers'):
            world.virsh('domblkinfo', 'other', 'vda')
        worker.communicate()
        wait_for(lambda: metadata(world, 'gone') == [], 60, 'its snapshots are forgotten')
    equal(world.virsh('list', '--all', '--name').split(), ['other'], 'domains')


def end_while_no_daemon_runs(world):
    transient(world, 'gone', 1)
    pid = world.emulator('gone')
    world.kill_daemon()
    kill(pid, signal.SIGKILL)
    wait_for(lambda: not alive(pid), 10, 'the emulator is gone')
    equal(world.virsh('list', '--all', '--name').split(), [], 'domains')
    equal(metadata(world, 'gone'), [], 'files')
    small(world, 'gone')
    world.virsh('snapshot-create-as', 'gone', 'mine')
    text = world.virsh('dumpxml', 'gone')
    world.kill_daemon()
    file = os.path.join(world.config, 'gone.xml')
    uuid = re.search('<uuid>(.*)</uuid>', text).group(1)
    with open(file) as kept:
        text = kept.read()
    with open(file, 'w') as kept:       # another one of that name
        kept.write(text.replace(uuid, '11111111-2222-3333-4444-555555555555'))
    equal(names(world, 'gone'), [], 'snapshots of the other')
    check('mine.xml.bad' in metadata(world, 'gone'), 'the file is kept')


def found_again(world):
    """By a daemon that begins, and in the form that libvirt 9.0.0 writes."""
    small(world)
    for name in 'abc':
        world.virsh('snapshot-create-as', 'one', name)
    world.virsh('snapshot-revert', 'one', 'a')
    world.virsh('snapshot-create-as', 'one', 'd')
    folder = os.path.join(world.config, 'snapshot', 'one')
    equal(metadata(world, 'one'), ['a.xml', 'b.xml', 'c.xml', 'd.xml'], 'files')
    for name in 'abcd':
        with open(os.path.join(folder, name + '.xml')) as file:
            has(file.read(), '<active>%d</active>\n</domainsnapshot>' % (name == 'd'))
        equal(os.stat(os.path.join(folder, name + '.xml')).st_mode & 0o777, 0o600, 'mode')
    tree = world.virsh('snapshot-list', 'one', '--tree')
    texts = [world.virsh('snapshot-dumpxml', 'one', name) for name in 'abcd']
    world.kill_daemon()
    with open(os.path.join(folder, 'broken.xml'), 'w') as file:
        file.write('<domainsnapshot>')
    equal(world.virsh('snapshot-list', 'one', '--tree'), tree, 'tree')
    equal([world.virsh('snapshot-dumpxml', 'one', name) for name in 'abcd'], texts, 'documents')
    equal(world.virsh('snapshot-current', 'one', '--name'), 'd', 'the current one')
    check('broken.xml.bad' in metadata(world, 'one'), 'a broken file is kept')
    for name in ('broken.xml', 'broken.xml.bad'):
        os.unlink(os.path.join(folder, name))
    world.virsh('undefine', 'one', '--snapshots-metadata')
    equal(metadata(world, 'one'), [], 'files')
    equal(os.path.exists(folder), False, 'folder')


def emulator_killed(world):
    """While it makes an external snapshot, and while it merges one: what was written is there, and what is told is so."""
    path = small(world)
    world.start('one')
    put_live(world, 'one', 'vda', 1)
    for number in range(8):
        pid = world.emulator('one')
        worker = world.background('snapshot-create-as', 'one', 'k%d' % number, '--disk-only')
        try:
            worker.wait(0.05 * number)
        except subprocess.TimeoutExpired:
            pass
        kill(pid, signal.SIGKILL)
        worker.communicate()
        wait_for(lambda: not alive(pid), 10, 'the emulator is gone')
        wait_for(lambda: world.virsh('domstate', 'one') != 'running', 10, 'it is seen')
        top = sources(world, 'one')['vda']
        equal(chain_of(top)[-1], path, 'the first image')
        equal(contents(top), expected([1]), 'contents of ' + top)
        for name in names(world, 'one'):
            check(os.path.exists(os.path.join(world.dir, 'one.' + name)), 'a snapshot that is listed has its image: ' + name)
        world.start('one')
        equal(described(world, 'one'), chain_of(top), 'images')


def frozen_emulator(world):
    """It does late what it was told, when nobody waits for it any more: what is told is so, and nothing is lost."""
    path = small(world)
    overlay = os.path.join(world.dir, 'one.s')
    world.start('one')
    put_live(world, 'one', 'vda', 1)
    pid, kept = world.emulator('one'), os.path.join(world.config, 'one.xml')
    was = os.stat(kept).st_ino
    worker = world.background('snapshot-create-as', 'one', 's', '--disk-only')
    wait_for(lambda: os.stat(kept).st_ino != was or worker.poll() is not None, 60, 'the definition is written')
    os.kill(pid, signal.SIGSTOP)        # it may have heard of the transaction, or will
    worker.communicate()
    if worker.returncode:
        has(world.refused('snapshot-create-as', 'one', 't', '--disk-only'), 'did not answer')
    os.kill(pid, signal.SIGCONT)
    put_live(world, 'one', 'vda', 2)
    inserted = json.loads(world.virsh('qemu-monitor-command', 'one', '{"execute":"query-block"}'))['return'][0]['inserted']
    equal(inserted['image']['filename'], overlay, 'what QEMU writes on')
    check(os.path.exists(overlay), 'that is a file')
    wait_for(lambda: [sources(world, 'one')['vda'], sources(world, 'one', '--inactive')['vda']] == [overlay] * 2, 90, 'it is told')
    equal(described(world, 'one'), [overlay, path], 'images')
    wait_for(lambda: world.run('snapshot-create-as', 'one', 'u', '--disk-only')[0] == 0, 90, 'a snapshot is made again')
    world.virsh('destroy', 'one')
    equal(contents(sources(world, 'one')['vda']), expected([1, 2]), 'contents')


def daemon_killed(world):
    path = small(world)
    world.start('one')
    put_live(world, 'one', 'vda', 1)
    for number in range(6):
        worker = world.background('snapshot-create-as', 'one', 'd%d' % number, '--disk-only')
        try:
            worker.wait(0.05 * number)
        except subprocess.TimeoutExpired:
            pass
        world.kill_daemon()
        worker.communicate()
        drives = json.loads(world.virsh('qemu-monitor-command', 'one', '{"execute":"query-block"}'))['return']
        inserted = [one['inserted']['image']['filename'] for one in drives if 'inserted' in one]
        wait_for(lambda: [sources(world, 'one')['vda']] == inserted, 10, 'the image that QEMU writes on is told')
        equal(described(world, 'one'), chain_of(inserted[0]), 'images')
    world.virsh('destroy', 'one')
    top = sources(world, 'one')['vda']
    equal(contents(top), expected([1]), 'contents')
    equal(chain_of(top)[-1], path, 'the first image')


if __name__ == '__main__':
    main([inside_while_off, inside_with_memory, events_of_reverting, chain_of_twenty, outside_while_off, several_disks_or_none,
          reused_file, empty_file, definition_not_written,
          not_written_down, memory_in_a_file, refusals, of_the_network, nothing_remembered, said_anew, name_of_another, disk_is_gone, files_of_others, inside_of_an_overlay,
          found_again, emulator_killed, daemon_killed, frozen_emulator, end_of_a_transient_one,
          end_while_no_daemon_runs])
