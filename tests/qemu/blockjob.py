#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Block jobs: images of a running guest that are pulled up, written down and copied; what is told of them, and what is left when QEMU or the
daemon ends in the middle.  What an image holds is read by QEMU's own tools, from outside."""

import os
import re
import signal
import subprocess

from harness import alive, check, equal, has, kill, main, wait_for
from images import chain_of, contents, described, expected, image, put, put_live, small, sources

SLOW = ('--bandwidth', '1', '--bytes')
BUSY = "disk 'vda' already in active block job"


def overlay(world, name, below, form='qcow2'):
    path = os.path.join(world.dir, name)
    subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', form, '-b', below, path], check=True)
    return path


def block(i):
    """A slow job copies what lies within half a MiB, and then waits: no two are so near."""
    return 1 + 12 * i


def blocks(n, *more):
    return expected([block(i) for i in range(n)] + list(more))


def chain(world, n=3, **options):
    """The guest one, paused, on N images: i0 to iN-1, each of which has a block of its own.  The uppermost first."""
    paths = [image(world, 'i0')]
    put(paths[0], block(0))
    for i in range(1, n):
        paths.append(overlay(world, 'i%d' % i, paths[-1]))
        put(paths[-1], block(i))
    small(world, paths=[paths[-1]], **options)
    world.start('one')
    return paths[::-1]


def told(world, disk='vda'):
    """The fields of blockjob --raw; None: there is no job."""
    return dict(line.strip().split('=') for line in world.virsh('blockjob', 'one', disk, '--raw').splitlines()) or None


def disk_xml(world, *options):
    return re.search(r'<disk.*?</disk>', world.virsh('dumpxml', 'one', *options), re.S).group(0)


def nodes(world):
    """The numbers that QEMU's nodes of formats have."""
    names = re.findall(r'"node-name": ?"libvirt-(\d+)-format"',
                       world.virsh('qemu-monitor-command', 'one', '{"execute":"query-named-block-nodes"}'))
    return sorted(set(map(int, names)))


def jobs(world):
    return re.findall(r'"id": ?"([^"]*-libvirt-[^"]*)"', world.virsh('qemu-monitor-command', 'one', '{"execute":"query-jobs"}'))


def nothing_left(world, xml):
    """Neither a job nor a node that the document does not tell."""
    equal(jobs(world), [], 'jobs of QEMU')
    equal(nodes(world), sorted(set(map(int, re.findall(r"index='(\d+)'", xml)))), 'nodes of QEMU')


def ended(world, pid):
    wait_for(lambda: not alive(pid), 10, 'QEMU ends')
    wait_for(lambda: world.virsh('domstate', 'one') == 'shut off', 10, 'the guest is off')


class Events:
    """with Events(world) as events: the block-job events of the guest; events.seen() is a list of words."""

    def __init__(self, world):
        self.world, self.path = world, os.path.join(world.dir, 'events')

    def __enter__(self):
        self.file = open(self.path, 'w')
        self.listener = self.world.background('event', '--domain', 'one', '--all', '--loop', stdout=self.file)
        wait_for(lambda: self.world.virsh('metadata', 'one', 'urn:x', '--key', 'x', '--set', '<x/>', '--live') is not None and
                 'metadata-change' in self.text(), 10, 'an event')
        return self

    def __exit__(self, *ignored):
        self.listener.terminate()
        self.listener.wait()
        self.file.close()

    def text(self):
        with open(self.path) as file:
            return file.read()

    def seen(self):
        return re.findall(r"event 'block-job(?:-2)?' for domain 'one': (.*)", self.text())

    def wait(self, *wanted):
        wait_for(lambda: len(self.seen()) >= len(wanted), 10, 'events %r' % (wanted,))
        equal(self.seen(), list(wanted), 'events')


# ---- pull

def pull(world):
    top, middle, base = chain(world)
    with Events(world) as events:
        equal(world.virsh('blockpull', 'one', 'vda', '--base', base, '--wait'), '', 'what is said')
        events.wait('Block Pull for %s completed' % top, 'Block Pull for vda completed')
    equal(described(world, 'one'), [top, base], 'images')
    equal(chain_of(top), [top, base], 'images by what they say')
    put_live(world, 'one', 'vda', 9)
    has(world.virsh('blockpull', 'one', top, '--wait', '--verbose'), 'Block Pull: [100 %]')
    equal(described(world, 'one'), [top], 'images')
    has(disk_xml(world), '<backingStore/>')
    nothing_left(world, disk_xml(world))
    os.unlink(middle)
    os.unlink(base)
    world.virsh('destroy', 'one')
    equal(contents(top), blocks(3, 9), 'contents')
    world.start('one')


def pull_in_a_chain_of_twenty(world):
    paths = chain(world, 20)
    index = re.findall(r"backingStore type='file' index='(\d+)'", disk_xml(world))
    world.virsh('blockpull', 'one', 'vda', '--base', 'vda[%s]' % index[9], '--wait')
    equal(described(world, 'one'), paths[:1] + paths[10:], 'images')
    for path in paths[1:10]:
        os.unlink(path)
    world.virsh('blockpull', 'one', 'vda', '--base', paths[18], '--wait')
    equal(described(world, 'one'), [paths[0], paths[18], paths[19]], 'images')
    world.virsh('destroy', 'one')
    equal(chain_of(paths[0]), [paths[0], paths[18], paths[19]], 'images by what they say')
    equal(contents(paths[0]), blocks(20), 'contents')


def relative_names(world):
    """The image below stays one that lies beside, where all are called so."""
    paths = [image(world, 'r0')]
    for i in range(1, 4):
        subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', 'r%d' % (i - 1), 'r%d' % i],
                       cwd=world.dir, check=True)
        paths.append(os.path.join(world.dir, 'r%d' % i))
    small(world, paths=[paths[3]])
    world.start('one')
    world.virsh('blockpull', 'one', 'vda', '--base', 'r1', '--wait', '--keep-relative')
    has(subprocess.run(['qemu-img', 'info', '-U', paths[3]], capture_output=True, text=True).stdout, 'backing file: r1 ')
    equal(described(world, 'one'), [paths[3], paths[1], paths[0]], 'images')
    world.virsh('destroy', 'one')
    world.start('one')
    equal(described(world, 'one'), [paths[3], paths[1], paths[0]], 'images of the next run')


# ---- commit

def commit_below(world):
    """Of images that the guest does not write."""
    paths = chain(world, 20)
    with Events(world) as events:
        world.virsh('blockcommit', 'one', 'vda', '--top', paths[5], '--base', paths[12], '--wait')
        events.wait('Block Commit for %s completed' % paths[0], 'Block Commit for vda completed')
    equal(described(world, 'one'), paths[:5] + paths[12:], 'images')
    world.virsh('blockcommit', 'one', 'vda', '--top', paths[4], '--shallow', '--wait', '--delete')
    equal(described(world, 'one'), paths[:4] + paths[12:], 'images')
    check(not os.path.exists(paths[4]), 'its file is gone')
    world.virsh('blockcommit', 'one', 'vda', '--top', paths[1], '--wait', '--delete')
    equal(described(world, 'one'), [paths[0], paths[-1]], 'images')
    equal([path for path in paths if os.path.exists(path)], [paths[0]] + paths[5:12] + [paths[-1]], 'files')
    nothing_left(world, disk_xml(world))
    put_live(world, 'one', 'vda', 250)
    world.virsh('destroy', 'one')
    equal(chain_of(paths[0]), [paths[0], paths[-1]], 'images by what they say')
    equal(contents(paths[0]), blocks(20, 250), 'contents')
    world.start('one')


def commit_active(world):
    """The guest goes on in what lies below, or where it was."""
    top, middle, base = paths = chain(world)
    with Events(world) as events:
        has(world.run('blockcommit', 'one', 'vda', '--active', '--shallow', '--wait', '--verbose')[1], 'Block commit: [100 %]')
        events.wait('Active Block Commit for %s ready' % top, 'Active Block Commit for vda ready')
        has(disk_xml(world), "<mirror type='file' job='active-commit' ready='yes'>")
        check('<mirror' not in disk_xml(world, '--inactive'), 'the definition tells of a job')
        equal(told(world)['type'], 'Active Block Commit', 'the job')
        put_live(world, 'one', 'vda', 7)
        for words in (('blockcommit', 'one', 'vda', '--active'), ('blockpull', 'one', 'vda')):
            has(world.refused(*words), 'block copy still active: ' + BUSY)
        world.virsh('blockjob', 'one', 'vda', '--pivot')
        equal(events.seen()[2:], ['Active Block Commit for %s completed' % middle, 'Active Block Commit for vda completed'], 'events')
    equal(described(world, 'one'), [middle, base], 'images')
    equal(sources(world, 'one', '--inactive')['vda'], middle, 'the image of the definition')
    nothing_left(world, disk_xml(world))
    put_live(world, 'one', 'vda', 8)
    world.virsh('blockcommit', 'one', 'vda', '--active', '--keep-overlay')
    equal(described(world, 'one'), [middle, base], 'images')
    put_live(world, 'one', 'vda', 9)
    world.virsh('blockcommit', 'one', 'vda', '--pivot', '--delete')
    equal(described(world, 'one'), [base], 'images')
    check(not os.path.exists(middle), 'its file is gone')
    put_live(world, 'one', 'vda', 10)
    world.virsh('snapshot-create-as', 'one', 's', '--disk-only')
    world.virsh('snapshot-delete', 'one', 's')
    world.virsh('destroy', 'one')
    equal(contents(base), blocks(3, 7, 8, 9, 10), 'contents')
    world.start('one')


# ---- copy

def copy_shallow_and_full(world):
    """The guest goes on in the copy, or has left a copy of what its disk was."""
    top, middle, base = chain(world)
    new = [os.path.join(world.dir, 'new%d' % i) for i in range(4)]
    with Events(world) as events:
        has(world.refused('blockcopy', 'one', 'vda', new[0]), 'domain is not transient')
        has(world.run('blockcopy', 'one', 'vda', new[0], '--transient-job', '--wait', '--verbose')[1], 'Block Copy: [100 %]')
        has(disk_xml(world), "<mirror type='file' file='%s' format='qcow2' job='copy' ready='yes'>" % new[0])
        put_live(world, 'one', 'vda', 7)
        world.virsh('blockjob', 'one', 'vda', '--abort')
        events.wait(*['Block Copy for %s %s' % (name, what) for what in ('ready', 'canceled') for name in (top, 'vda')])
    equal(contents(new[0]), blocks(3, 7), 'contents of the copy')
    equal(chain_of(new[0]), [new[0]], 'images of the copy')
    equal(described(world, 'one'), [top, middle, base], 'images')
    put_live(world, 'one', 'vda', 8)
    world.virsh('blockcopy', 'one', 'vda', new[1], '--transient-job', '--shallow', '--pivot')
    equal(described(world, 'one'), [new[1], middle, base], 'images')
    equal(sources(world, 'one', '--inactive')['vda'], new[1], 'the image of the definition')
    nothing_left(world, disk_xml(world))
    put_live(world, 'one', 'vda', 9)
    equal(contents(top), blocks(3, 7, 8), 'contents of the image that was left')
    world.virsh('blockcopy', 'one', 'vda', new[2], '--transient-job', '--pivot', '--format', 'raw', '--synchronous-writes',
                '--granularity', '65536', '--buf-size', '1048576')
    equal(described(world, 'one'), [new[2]], 'images')
    put_live(world, 'one', 'vda', 10)
    nothing_left(world, disk_xml(world))
    world.virsh('destroy', 'one')
    equal(contents(new[1]), blocks(3, 7, 8, 9), 'contents of the shallow copy')
    equal(contents(new[2], 'raw'), blocks(3, 7, 8, 9, 10), 'contents')
    world.start('one')
    put_live(world, 'one', 'vda', 11)
    world.virsh('undefine', 'one')
    world.virsh('blockcopy', 'one', 'vda', new[3], '--format', 'qcow2', '--pivot')
    world.virsh('destroy', 'one')
    equal(contents(new[3]), blocks(3, 7, 8, 9, 10, 11), 'contents')


def copy_into_what_is_there(world):
    """A file that is there keeps what it says of images below it."""
    top, middle, base = chain(world)
    other = os.path.join(world.dir, 'other')
    subprocess.run(['cp', middle, other], check=True)
    new = overlay(world, 'new', other)
    words = ('blockcopy', 'one', 'vda', new, '--transient-job', '--pivot', '--shallow')
    has(world.refused(*words), 'external destination file for disk vda already exists and is not a block device')
    world.virsh(*words, '--reuse-external')
    equal(described(world, 'one'), [new, other, base], 'images')
    nothing_left(world, disk_xml(world))
    put_live(world, 'one', 'vda', 7)
    xml = world.write("<disk><source file='%s'/><driver type='raw'/></disk>" % (new + '.raw'))
    world.virsh('blockcopy', 'one', 'vda', '--xml', xml, '--transient-job', '--finish')
    equal(contents(new + '.raw', 'raw'), blocks(3, 7), 'contents of the copy')
    world.virsh('destroy', 'one')
    equal(chain_of(new), [new, other, base], 'images by what they say')
    equal(contents(new), blocks(3, 7), 'contents')


# ---- a job that goes on

def speed_and_abort(world):
    paths = chain(world, 6)
    top = paths[0]
    equal(told(world), None, 'a job')
    with Events(world) as events:
        world.virsh('blockpull', 'one', 'vda', *SLOW)
        equal((told(world)['type'], told(world)['bandwidth'], told(world)['end']), ('Block Pull', '1', str(64 << 20)), 'the job')
        world.virsh('blockjob', 'one', 'vda', '--bandwidth', '1k')
        equal(world.virsh('blockjob', 'one', 'vda', '--raw', '--bytes').split()[-3], 'bandwidth=1024', 'speed')
        for words in (('blockpull', 'one', 'vda'), ('snapshot-create-as', 'one', 's', '--disk-only'),
                      ('snapshot-create-as', 'one', 's'), ('detach-disk', 'one', 'vda'), ('blockresize', 'one', 'vda', '1G')):
            has(world.refused(*words), BUSY)
        for words in (('save', 'one', os.path.join(world.dir, 'saved')), ('managedsave', 'one')):
            has(world.refused(*words), 'domain has active block job')
        check(not os.path.exists(os.path.join(world.dir, 'saved')), 'an image is left')
        has(world.refused('blockjob', 'one', 'vda', '--pivot'), "block job 'pull-vda-libvirt-1-format' not ready for pivot yet")
        world.virsh('blockjob', 'one', 'vda', '--abort')
        equal(told(world), None, 'a job')
        has(world.refused('blockjob', 'one', 'vda', '--abort'), 'disk vda does not have an active block job')
        has(world.refused('blockjob', 'one', 'vda', '1'), 'disk vda does not have an active block job')
        world.virsh('blockpull', 'one', 'vda', *SLOW)
        world.virsh('blockjob', 'one', 'vda', '--abort', '--async')
        wait_for(lambda: told(world) is None, 10, 'the job ends')
        has(world.run('blockpull', 'one', 'vda', '--wait', '--timeout', '1', *SLOW)[1], 'Pull aborted')
        events.wait(*['Block Pull for %s canceled' % name for _ in range(3) for name in (top, 'vda')])
    equal(described(world, 'one'), paths, 'images')
    nothing_left(world, disk_xml(world))
    world.virsh('destroy', 'one')
    equal(contents(top), blocks(6), 'contents')


def refusals(world):
    top, middle, base = chain(world)
    beneath = "could not find image '%s' beneath '" + top + "' in chain for 'vda'"
    for words, says in (
            (('blockpull', 'one', 'vdx'), "disk 'vdx' not found in domain"),
            (('blockpull', 'one', 'vda', '--base', '/x'), beneath % '/x'),
            (('blockpull', 'one', 'vda', '--base', top), beneath % top),
            (('blockpull', 'one', 'vda', '--base', 'vda[9]'), "could not find backing store index '9' in chain for 'vda'"),
            (('blockpull', 'one', 'vda', '--base', 'vdb[2]'), "requested target 'vdb' does not match target 'vda'"),
            (('blockpull', 'one', 'vda', '--base', base, '--keep-relative'), "can't keep relative backing relationship"),
            (('blockpull', 'one', 'vda', '--keep-relative'), 'is valid only with non-null base'),
            (('blockpull', 'one', 'vda', '--bandwidth', '-1'), 'bandwidth must be less than 8796093022207'),
            (('blockcommit', 'one', 'vda'), "commit of 'vda' active layer requires active flag"),
            (('blockcommit', 'one', 'vda', '--base', '/x'), beneath % '/x'),
            (('blockcommit', 'one', 'vda', '--top', '/x'), "could not find image '/x' in chain for 'vda'"),
            (('blockcommit', 'one', 'vda', '--top', base), "could not find base image in chain for 'vda'"),
            (('blockcommit', 'one', 'vda', '--top', middle, '--active'), "active commit requested but '%s' is not active" % middle),
            (('blockcommit', 'one', 'vda', '--shallow', '--base', base, '--active'),
             "base '%s' is not immediately below '%s' in chain for '%s'" % (base, top, top)),
            (('blockcommit', 'one', 'vda', '--top', middle, '--keep-relative'), "can't keep relative backing relationship"),
            (('blockcommit', 'one', 'vda', '--pivot', '--keep-overlay'), 'mutually exclusive'),
            (('blockcopy', 'one', 'vda'), 'need either --dest or --xml'),
            (('blockcopy', 'one', 'vda', '/x', '--reuse-external', '--transient-job'),
             'missing destination file for disk vda: /x: No such file or directory'),
            (('blockcopy', 'one', 'vda', '/dev/null', '--blockdev', '--transient-job'), "'/dev/null' is not a block device"),
            (('blockcopy', 'one', 'vda', '/nowhere/x', '--transient-job'), 'failed to create copy target: No such file or directory'),
            (('blockcopy', 'one', 'vda', '/x', '--transient-job', '--granularity', '3'), 'granularity must be power of 2'),
            (('blockcopy', 'one', 'vda', '/x', '--transient-job', '--shallow', '--format', 'raw'),
             "shallow copy of disk 'vda' into a raw file is not possible"),
            (('blockjob', 'one', 'vdx'), "disk 'vdx' not found in domain")):
        has(world.refused(*words), says)
    world.virsh('destroy', 'one')
    for words in (('blockpull', 'one', 'vda'), ('blockjob', 'one', 'vda'), ('blockjob', 'one', 'vda', '--abort')):
        has(world.refused(*words), 'domain is not running')


# ---- ends in the middle

# What is begun of a chain, and the images of the guest when it has ended: by their places in the chain.
KINDS = {
    'pull': (lambda paths: ('blockpull', 'one', 'vda'), [0]),
    'commit': (lambda paths: ('blockcommit', 'one', 'vda', '--top', paths[1]), [0, 2]),
    'active commit': (lambda paths: ('blockcommit', 'one', 'vda', '--active'), [2]),
    'copy': (lambda paths: ('blockcopy', 'one', 'vda', paths[0] + '.copy', '--transient-job'), ['.copy']),
    'shallow copy': (lambda paths: ('blockcopy', 'one', 'vda', paths[0] + '.copy', '--transient-job', '--shallow'), ['.copy', 1, 2]),
    'pull to base': (lambda paths: ('blockpull', 'one', 'vda', '--base', paths[2]), [0, 2]),
}

STAYING = ('active commit', 'copy', 'shallow copy')            # until they are ended


def each_kind(world):
    for kind, (words, left) in KINDS.items():
        paths = chain(world)
        yield kind, paths, words(paths), [paths[i] if i in range(3) else paths[0] + i for i in left]
        world.virsh('destroy', 'one')
        world.virsh('undefine', 'one')
        for path in paths + [paths[0] + '.copy']:
            if os.path.exists(path):
                os.unlink(path)


def emulator_killed(world):
    """Nothing is lost, and the definition tells the images that the guest had."""
    for kind, paths, words, left in each_kind(world):
        world.virsh(*words, *SLOW)
        put_live(world, 'one', 'vda', 7)
        pid = world.emulator('one')
        kill(pid, signal.SIGKILL)
        ended(world, pid)
        equal(sources(world, 'one')['vda'], paths[0], 'the image, ' + kind)
        equal(contents(paths[0]), blocks(3, 7), 'contents, ' + kind)
        has(world.refused('blockjob', 'one', 'vda'), 'domain is not running')
        world.start('one')
        equal(described(world, 'one'), paths, 'images of the next run, ' + kind)


def finish(world, kind, events):
    """The job of this kind comes to its end, or is brought there."""
    if kind in STAYING:
        wait_for(lambda: "ready='yes'" in disk_xml(world), 20, 'it is ready, ' + kind)
        world.virsh('blockjob', 'one', 'vda', '--pivot')
    wait_for(lambda: told(world) is None, 20, 'the job ends, ' + kind)
    if events:
        wanted = 4 if kind in STAYING else 2
        wait_for(lambda: len(events.seen()) >= wanted, 5, 'its events')
        equal(len(events.seen()), wanted, 'events, ' + kind)


def daemon_killed(world):
    """The next one finds the job as it is, and carries out what it came to."""
    for kind, paths, words, left in each_kind(world):
        world.virsh(*words, *SLOW)
        world.kill_daemon()
        job = told(world)
        check(job and job['bandwidth'] == '1', 'the job, %s: %r' % (kind, job))
        has(world.refused(*words), BUSY)
        world.kill_daemon()
        with Events(world) as events:
            world.virsh('blockjob', 'one', 'vda', '--bandwidth', '0')
            finish(world, kind, events)
        equal(described(world, 'one'), left, 'images, ' + kind)
        nothing_left(world, disk_xml(world))
        put_live(world, 'one', 'vda', 7)
        world.virsh('destroy', 'one')
        equal(chain_of(left[0]), left, 'images by what they say, ' + kind)
        equal(contents(left[0]), blocks(3, 7), 'contents, ' + kind)
        world.start('one')
        equal(described(world, 'one'), left, 'images of the next run, ' + kind)


def daemon_killed_at_any_time(world):
    """Whatever it was about to do, documents and QEMU agree as soon as there is a daemon."""
    for number in range(8):
        for kind, paths, words, left in each_kind(world):
            worker = world.background(*words, *(['--wait', '--pivot'] if kind in STAYING else []))
            try:
                worker.wait(0.02 * number)
            except subprocess.TimeoutExpired:
                pass
            world.kill_daemon()
            worker.wait()
            if told(world) and kind in STAYING:
                wait_for(lambda: 'mirror' not in disk_xml(world) or "ready='" in disk_xml(world), 20, 'it is ready, ' + kind)
                world.run('blockjob', 'one', 'vda', '--abort')          # it may be ending already
            wait_for(lambda: told(world) is None, 20, 'the job ends, ' + kind)
            images = described(world, 'one')
            check(images in (paths, left), 'images, %s: %r' % (kind, images))
            check('<mirror' not in disk_xml(world), 'a job is told of, ' + kind)
            wait_for(lambda: jobs(world) == [], 5, 'no job is left in QEMU, ' + kind)
            nothing_left(world, disk_xml(world))
            put_live(world, 'one', 'vda', 7)
            world.virsh('destroy', 'one')
            equal(sources(world, 'one')['vda'], images[0], 'the image of the definition, ' + kind)
            equal(chain_of(images[0]), images, 'images by what they say, ' + kind)
            equal(contents(images[0]), blocks(3, 7), 'contents, ' + kind)
            world.start('one')


if __name__ == '__main__':
    main([pull, pull_in_a_chain_of_twenty, relative_names, commit_below, commit_active, copy_shallow_and_full,
          copy_into_what_is_there, speed_and_abort, refusals, emulator_killed, daemon_killed,
          daemon_killed_at_any_time])
