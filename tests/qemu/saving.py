#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests that are saved and go on, and their memory in core files: a Linux counts on its
console meanwhile, and says itself that nothing is lost."""

import os
import re
import stat
import subprocess

from harness import Timed, alive, check, domain, equal, has, main, wait_for
from linux import SMALL, Guest, need, os_of

COUNT = 'i=0; while :; do i=$((i+1)); echo N $i .; usleep 20000; done'
MARK = 'a mark that only this guest has 4711'


def small(world, name='one', **options):
    world.define(domain(name, devices="<memballoon model='none'/><serial type='pty'/>", **options))


def path_of(world, name='image'):
    return os.path.join(world.dir, name)


def numbers(seen):
    return [int(n) for n in re.findall(rb'N (\d+) \.', seen)]


class SlowWrites:
    """with SlowWrites(pid): each write of this emulator to a file takes 10 ms."""

    def __init__(self, pid):
        self.pid = pid
        self.words = ['strace', '-f', '-qq', '-o', '/dev/null', '-p', str(pid), '-e', 'trace=writev',
                      '-e', 'inject=writev:delay_enter=10000']

    def held(self):
        with open('/proc/%d/status' % self.pid) as file:
            return 'TracerPid:\t%d\n' % self.process.pid in file.read()

    def __enter__(self):
        self.process = subprocess.Popen(self.words)
        wait_for(self.held, 5, 'strace holds the emulator')

    def __exit__(self, kind, value, trace):
        self.process.terminate()
        self.process.wait()


def booted(world, more=''):
    world.define(domain('guest', memory=160, os_more=os_of(SMALL).replace('quiet', 'quiet ' + MARK), more=more,
                        devices="<memballoon model='none'/><serial type='pty'/>"))
    world.start('guest', paused=False)
    guest = Guest(world, 'guest')
    guest.wait(rb'GUEST UP', 120)
    return guest


def counts_on(world, save, restore):
    """The guest stands still, is saved, restored, and goes on with the next number."""
    guest = booted(world)
    guest.say(COUNT)
    guest.wait(rb'N 20 ', 60)
    world.virsh('suspend', 'guest')
    guest.drain()
    world.virsh(*save)
    guest.close()
    equal(world.state_of('guest'), 'shut off (saved)', 'state')
    seen = numbers(guest.whole)
    world.virsh(*restore)
    equal(world.virsh('domstate', 'guest'), 'paused', 'state')
    guest = Guest(world, 'guest')
    guest.wait(rb'Connected', 10)
    world.virsh('resume', 'guest')
    guest.wait(rb'N %d ' % (seen[-1] + 20), 60)
    seen += numbers(guest.whole)
    equal(seen, list(range(1, len(seen) + 1)), 'numbers')
    guest.close()


def counts_through_file(world):
    counts_on(world, ('save', 'guest', path_of(world)), ('restore', path_of(world)))


def counts_through_managed_save(world):
    counts_on(world, ('managedsave', 'guest', '--bypass-cache'), ('start', 'guest'))
    equal(os.listdir(os.path.join(world.config, 'save')), [], 'images that are left')


def states(world):
    """What flags, the state before, and a later wish make of a saved guest."""
    small(world)
    image = path_of(world)
    for paused, flags, wish, then in (
            (False, [], [], 'running (restored)'), (True, [], [], 'paused (migrating)'),
            (False, ['--paused'], [], 'paused (migrating)'), (True, ['--running'], [], 'running (restored)'),
            (False, [], ['--paused'], 'paused (migrating)'), (True, [], ['--running'], 'running (restored)')):
        world.start('one', paused=paused)
        world.virsh('save', 'one', image, *flags)
        equal(world.state_of('one'), 'shut off (saved)', 'state')
        equal(world.running_files(), [], 'files of a run')
        world.virsh('restore', image, *wish)
        equal(world.state_of('one'), then, 'state after %s %s %s' % (paused, flags, wish))
        world.virsh('destroy', 'one')


def managed(world):
    """The driver's own image is the next start's, once."""
    small(world)
    own = os.path.join(world.config, 'save/one.save')
    equal(world.virsh('list', '--all', '--with-managed-save', '--name'), '', 'saved')
    has(world.refused('managedsave-dumpxml', 'one'), 'does not have managed save image')
    world.start('one')
    world.virsh('managedsave', 'one')
    equal(world.virsh('list', '--all', '--with-managed-save', '--name'), 'one', 'saved')
    has(world.virsh('dominfo', 'one'), 'Managed save:   yes')
    has(world.virsh('managedsave-dumpxml', 'one'), '<name>one</name>')
    has(world.refused('undefine', 'one'), 'managed save image exists')
    world.kill_daemon()
    equal(world.virsh('list', '--all', '--with-managed-save', '--name'), 'one', 'saved, after a restart')
    world.virsh('start', 'one')
    check(not os.path.exists(own), 'the image is there yet')
    equal(world.virsh('list', '--with-managed-save', '--name'), '', 'saved')
    world.virsh('managedsave', 'one')
    world.virsh('start', 'one', '--force-boot')
    equal(world.state_of('one'), 'running (booted)', 'state')
    check(not os.path.exists(own), 'the image is there yet')
    world.virsh('managedsave', 'one')
    world.virsh('managedsave-remove', 'one')
    check(not os.path.exists(own), 'the image is there yet')
    world.start('one')
    world.virsh('managedsave', 'one')
    with open(own, 'r+b') as file:
        file.truncate(90000)
    has(world.refused('start', 'one'), 'force-boot')
    check(os.path.exists(own), 'an image that cannot be read is gone')
    with open(own, 'r+b') as file:
        file.write(b'\0' * 4096)
    world.kill_daemon()
    has(world.virsh('dominfo', 'one'), 'Managed save:   yes')
    has(world.refused('start', 'one'), 'force-boot')
    check(os.path.exists(own), 'an image with a damaged head is gone')
    os.truncate(own, 0)                 # the host went down before its first byte was on the disk
    world.kill_daemon()
    has(world.virsh('dominfo', 'one'), 'Managed save:   no')
    check(not os.path.exists(own), 'the image is there yet')
    world.start('one')
    world.virsh('managedsave', 'one')
    world.virsh('undefine', 'one', '--managed-save')
    check(not os.path.exists(own), 'the image is there yet')


def documents(world):
    """The document in an image, and another in its place, if the guest does not notice."""
    small(world, more='<title>before</title>')
    image = path_of(world)
    world.start('one', paused=False)
    shown = world.virsh('dumpxml', 'one', '--migratable')
    with_disk = shown.replace('</devices>', "<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk></devices>")
    has(world.refused('save', 'one', image, '--xml', world.write(with_disk)), 'would see')
    equal(world.state_of('one'), 'running (booted)', 'state after a refusal')
    check(not os.path.exists(image), 'a file is left')
    world.virsh('save', 'one', image, '--xml', world.write(shown.replace('before', 'after')))
    has(world.virsh('save-image-dumpxml', image), '<title>after</title>')
    world.virsh('save-image-define', image, world.write(shown.replace('before', 'later')), '--paused')
    has(world.virsh('save-image-dumpxml', image), '<title>later</title>')
    for wrong, words in ((shown.replace("unit='KiB'>32768", "unit='KiB'>65536"), '-m'), (with_disk, 'ide-cd'),
                         (shown.replace('<name>one', '<name>two'), 'two'), ('<domain/>', 'type')):
        has(world.refused('save-image-define', image, world.write(wrong)), words)
        has(world.refused('restore', image, '--xml', world.write(wrong)), words)
    world.virsh('restore', image, '--xml', world.write(shown.replace('before', 'at last')))
    equal(world.state_of('one'), 'paused (migrating)', 'state')
    has(world.virsh('dumpxml', 'one'), '<title>at last</title>')


def faulty(world):
    """Files that are no image of a guest, or not all of one: said at once, and nothing is left of the try."""
    small(world)
    image, bad = path_of(world), path_of(world, 'bad')
    world.start('one')
    world.virsh('save', 'one', image)
    with open(image, 'rb') as file:
        whole = file.read()
    os.mkfifo(path_of(world, 'fifo'))
    for content, words in (
            (b'', 'header'), (b'x' * 300, 'magic'), (b'LibvirtQemudPart' + whole[16:], 'incomplete'),
            (whole[:16] + b'\x09' + whole[17:], 'version'), (whole[:28] + b'\x63' + whole[29:], 'format 99'),
            (whole[:20] + b'\xff\xff\xff\xff' + whole[24:], 'length'), (whole[:20] + b'\0\0\0\0' + whole[24:], 'length'),
            (whole[:3000], 'cut off'), (whole[:-100000], 'qemu'), (whole[:92] + whole[-400000:], 'Start tag')):
        with open(bad, 'wb') as file:
            file.write(content)
        with Timed(5, 'an image with a wrong %s' % words):
            has(world.refused('restore', bad), words)
        equal(world.state_of('one').split()[0], 'shut', 'state')
    has(world.refused('restore', path_of(world, 'fifo')), 'neither a file')
    has(world.refused('restore', path_of(world, 'nothing')), 'No such file')
    equal(world.emulators(), [], 'emulators')
    world.virsh('restore', image)
    has(world.refused('save', 'one', '/nonexistent/x'), 'No such file')
    has(world.refused('save', 'one', path_of(world, 'fifo')), 'neither a file')
    has(world.refused('restore', image), 'already active')
    equal(world.virsh('domstate', 'one'), 'paused', 'state')


def packed(world):
    """Images that libvirt packed by a program."""
    small(world)
    image, other = path_of(world), path_of(world, 'packed')
    world.start('one')
    world.virsh('save', 'one', image)
    with open(image, 'rb') as file:
        whole = file.read()
    begin = 92 + int.from_bytes(whole[20:24], 'little')
    for number, program in ((1, 'gzip'), (2, 'bzip2'), (3, 'xz')):
        body = subprocess.run([program, '-c'], input=whole[begin:], stdout=subprocess.PIPE, check=True).stdout
        with open(other, 'wb') as file:
            file.write(whole[:28] + bytes([number, 0, 0, 0]) + whole[32:begin] + body)
        world.virsh('restore', other)
        equal(world.virsh('domstate', 'one'), 'paused', program)
        world.virsh('destroy', 'one')
    with open(other, 'wb') as file:
        file.write(whole[:28] + bytes([1, 0, 0, 0]) + whole[32:begin] + b'this is not what gzip makes')
    has(world.refused('restore', other), "'gzip' cannot unpack")
    equal(world.virsh('domstate', 'one'), 'shut off', 'state')


def interrupted(world):
    """A save that its client stops, or that a daemon does not live to end: the guest goes on, or is saved whole."""
    guest = booted(world)
    guest.say('dd if=/dev/urandom of=/noise bs=1M count=8 2>/dev/null; echo DO""NE')
    guest.wait(rb'DONE', 90)
    guest.say(COUNT)
    guest.wait(rb'N 5 ', 30)
    image = path_of(world)
    with SlowWrites(world.emulator('guest')):
        saving = world.background('save', 'guest', image)
        wait_for(lambda: 'Memory processed' in world.run('domjobinfo', 'guest')[1], 20, 'the job shows how far it is')
        equal(world.state_of('guest'), 'paused (saving)', 'state')
        has(world.virsh('dominfo', 'guest'), 'paused')
        world.virsh('domjobabort', 'guest')
        has(saving.communicate(timeout=30)[0], 'canceled by client')
        check(not os.path.exists(image), 'a file is left')
        wait_for(lambda: world.state_of('guest') == 'running (save canceled)', 10, 'it goes on')
        guest.wait(rb'N 40 ', 60)
        saving = world.background('save', 'guest', image)
        wait_for(lambda: os.path.exists(image) and os.path.getsize(image) > 200000, 20, 'it is written')
        world.kill_daemon()
        saving.communicate(timeout=30)
        wait_for(lambda: world.virsh('domstate', 'guest') == 'running', 30, 'it goes on under the next daemon')
        wait_for(lambda: not os.path.exists(image), 10, 'what was written of it is gone')
    guest.close()
    guest = Guest(world, 'guest')
    guest.wait(rb'N \d+ ', 30)
    guest.close()
    world.virsh('save', 'guest', image)
    world.virsh('restore', image)
    equal(world.state_of('guest'), 'running (restored)', 'state')


def full_disk(world):
    """What does not fit is an error, and the guest goes on."""
    small(world)
    place = path_of(world, 'full')
    os.mkdir(place)
    if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', place], stderr=subprocess.DEVNULL, check=False).returncode:
        print('not tried: no disk may be mounted')
        return
    try:
        world.start('one', paused=False)
        for command in ('save', 'dump'):
            has(world.refused(command, 'one', place + '/image'), 'No space left')
            check(not os.path.exists(place + '/image'), 'a file is left')
            wait_for(lambda: world.virsh('domstate', 'one') == 'running', 10, 'it goes on')
        world.virsh('save', 'one', path_of(world))
    finally:
        subprocess.run(['umount', '-l', place], check=True)


def block_device(world):
    """One on which a guest does not fit is still there."""
    space, node = path_of(world, 'space'), path_of(world, 'node')
    with open(space, 'wb') as file:
        file.truncate(131072)
    made = subprocess.run(['losetup', '--show', '-f', space], capture_output=True, text=True, check=False)
    if made.returncode:
        print('not tried: no loop device')
        return
    try:
        os.mknod(node, stat.S_IFBLK | 0o600, os.stat(made.stdout.strip()).st_rdev)
        small(world)
        world.start('one')
        for command in ('save', 'dump'):
            world.refused(command, 'one', node)
            check(stat.S_ISBLK(os.lstat(node).st_mode), 'the device is gone')
        equal(world.virsh('domstate', 'one'), 'paused', 'state')
    finally:
        subprocess.run(['losetup', '-d', made.stdout.strip()], check=True)


def cores(world):
    """A core file has what is in the guest's memory."""
    guest = booted(world)
    for i, (flags, begin, then) in enumerate((
            ([], b'QEVM', 'running (unpaused)'), (['--live'], b'QEVM', 'running (unpaused)'),
            (['--memory-only'], b'\x7fELF', 'running (unpaused)'),
            (['--memory-only', '--live'], b'\x7fELF', 'running (unpaused)'),
            (['--memory-only', '--format', 'kdump-zlib'], b'makedumpfile', 'running (unpaused)'),
            (['--memory-only', '--crash'], b'\x7fELF', 'shut off (crashed)'))):
        core = path_of(world, 'core%d' % i)
        world.virsh('dump', 'guest', core, *flags)
        with open(core, 'rb') as file:
            content = file.read()
        check(content.startswith(begin), 'a core file of %s begins with %r' % (flags, content[:16]))
        check('--format' in flags or MARK.encode() in content, 'the mark is not in the core file of %s' % flags)
        equal(world.state_of('guest'), then, 'state after %s' % flags)
        if then.startswith('running'):
            guest.say('echo ALI""VE')
            guest.wait(rb'ALIVE', 30)
    guest.close()


need(SMALL)
main([counts_through_file, counts_through_managed_save, states, managed, documents, faulty, packed, interrupted, full_disk,
      block_device, cores])
