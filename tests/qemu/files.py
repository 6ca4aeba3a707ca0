#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names that cannot be, files that are not definitions, disks that are full."""

import ctypes
import os
import sys
import time
import uuid
import xml.etree.ElementTree as tree

from harness import EMULATOR, Timed, World, check, domain, equal, has, main, wait_for


def snapshot(world):
    """Every file below the world's directories, except the document and the log."""
    return sorted(os.path.join(top, name) for top, dirs, names in os.walk(world.dir)
                  for name in names + dirs if name != 'doc.xml' and '/cache' not in top)


def bad_names(world):
    world.define(domain('good'))
    before = snapshot(world)
    for name in ('.', '..', '../x', 'a/b', '', 'a&#10;b', 'a&#7;b', '&#x1b;[31m', 'x' * 300):
        with Timed(0.5, 'name %.20r' % name):
            error = world.refused('define', world.write(domain(name)))
        check('\\n\\n' not in error, error)
        equal(snapshot(world), before, 'files after the name %r' % name)
        world.refused('create', world.write(domain(name)))
        equal(snapshot(world), before, 'files after the name %r' % name)
    equal(world.virsh('list', '--all', '--name'), 'good', 'domains')


def odd_names(world):
    """Strange, but allowed; they are never given to a shell or taken for an option."""
    for name in ('-rf', '.hidden', '.a.12345678.new', '$(id)', 'a;b', 'a,b=c', 'gr\u00fc\u00dfe', ' lead', '%s%n', 'x' * 240, "it's"):
        xml = domain(name)
        world.define(xml)
        has(world.virsh('list', '--all', '--name'), name.strip())
        uuid = [line for line in world.virsh('list', '--all', '--uuid').splitlines() if line][0]
        world.virsh('start', uuid, '--paused')
        world.kill_daemon()
        equal(world.virsh('domstate', uuid), 'paused', 'state of %r' % name) if name != ' lead' else None
        world.virsh('destroy', uuid)
        world.virsh('undefine', uuid)
    equal(os.listdir(world.config), ['autostart'], 'files')


def strange_files(world):
    world.define(domain('good'))
    world.kill_daemon()
    for name, content in (('empty.xml', ''), ('garbage.xml', '\0\1\2'), ('half.xml', domain('half')[:60]),
                          ('other.xml', domain('another')), ('network.xml', '<network/>'), ('.hidden.xml', 'x')):
        with open(os.path.join(world.config, name), 'w') as file:
            file.write(content)
    os.mkfifo(os.path.join(world.config, 'fifo.xml'))
    os.mkdir(os.path.join(world.config, 'directory.xml'))
    os.symlink('/nowhere', os.path.join(world.config, 'dangling.xml'))
    os.mkfifo(os.path.join(world.state, 'fifo.xml'))
    world.env['LIBVIRT_LOG_OUTPUTS'] = '3:file:%s/messages' % world.dir
    with Timed(3, 'start beside strange files'):
        equal(world.virsh('list', '--all', '--name'), 'good', 'domains')
    with open(os.path.join(world.dir, 'messages')) as file:
        messages = file.read()
    for name in ('empty', 'garbage', 'half', 'other', 'network', '.hidden', 'fifo', 'directory', 'dangling'):
        has(messages, "/%s.xml' is left out" % name)
    has(messages, "run/fifo.xml' is set aside")


def linked_definition(world):
    """An administrator keeps a definition elsewhere: it is read there, and what is defined here stays here."""
    world.define(domain('one', memory=32))
    uuid = world.virsh('domuuid', 'one')
    world.kill_daemon()
    path, elsewhere = os.path.join(world.config, 'one.xml'), os.path.join(world.dir, 'elsewhere.xml')
    os.rename(path, elsewhere)
    os.symlink(elsewhere, path)
    equal(world.virsh('list', '--all', '--name'), 'one', 'domains')
    world.define(domain('one', memory=64, more='<uuid>%s</uuid>' % uuid))
    world.kill_daemon()
    has(world.virsh('dumpxml', 'one'), "<memory unit='KiB'>65536</memory>")
    with open(elsewhere) as file:
        has(file.read(), "<memory unit='KiB'>32768</memory>")


def parts(element):
    """What a document can lack: (parent, child) and (element, attribute)."""
    for child in element:
        yield element, child
        yield from parts(child)
    for name in element.attrib:
        yield element, name


def lacking(text):
    """The document TEXT once for each part of its devices that it can lack."""
    for i in range(len(list(parts(tree.fromstring(text).find('devices'))))):
        doc = tree.fromstring(text)
        doc.find('name').text = 'lacking-%d' % i
        doc.find('uuid').text = str(uuid.uuid4())
        element, part = list(parts(doc.find('devices')))[i]
        if isinstance(part, str):
            del element.attrib[part]
        else:
            element.remove(part)
        yield 'lacking-%d' % i, tree.tostring(doc, encoding='unicode')


def incomplete_definitions(world):
    """A file was edited by hand, and lacks what each definition has otherwise: it starts or is
    refused, and the daemon stays.  A program that tells what QEMU can do, and else ends at once, is
    enough of an emulator."""
    disks = ''.join("<disk type='file' device='cdrom'><target dev='%s' bus='%s'/></disk>" % disk
                    for disk in (('hda', 'ide'), ('sda', 'scsi'), ('sdb', 'sata')))
    world.define(domain('whole', more='<currentMemory>8192</currentMemory>',
                        devices=disks + "<interface type='user'/><serial type='pty'/><channel type='unix'><target type='virtio'/>"
                        "</channel><input type='tablet' bus='usb'/><graphics type='vnc'/><rng model='virtio'><backend "
                        "model='random'>/dev/urandom</backend></rng><disk type='file'><source file='%s'/>"
                        "<target dev='vda'/></disk>" % world.write('', 'disk.img')))
    ends = world.write('#!/bin/sh\ncase "$*" in *none,accel=*) exec %s "$@";; esac\n' % EMULATOR, 'ends')
    os.chmod(ends, 0o755)
    text = world.virsh('dumpxml', 'whole').replace(EMULATOR, ends)
    world.kill_daemon()
    for name, xml in lacking(text):
        with open(os.path.join(world.config, name + '.xml'), 'w') as file:
            file.write(xml)
    world.virsh('version')
    daemon = world.daemon()
    names = [name for name in world.virsh('list', '--all', '--name').split() if name != 'whole']
    tried = 0
    for name in names:
        error = world.refused('start', name)
        check('Connection refused' not in error, 'the emulator was faster than its monitor: ' + error)
        tried += 'closed the monitor' in error
        equal(world.daemon(), daemon, 'the daemon after the start of %s in %s' % (name, world.config))
    print('%d of %d incomplete definitions start' % (tried, len(names)))
    check(tried > 100, 'few start')


def disks_that_are_none(world):
    """Found before QEMU runs, which would wait for some of them."""
    fifo, there = os.path.join(world.dir, 'fifo'), os.path.join(world.dir, 'there')
    os.mkfifo(fifo)
    open(there, 'w').close()
    disk = "<disk type='%s'><source %s='%s'/><target dev='vda'/></disk>"
    for devices, more, words in ((disk % ('file', 'file', '/no/such'), '', "Cannot access storage file '/no/such': No such file"),
                                 (disk % ('file', 'file', fifo), '', 'no regular file or block device'),
                                 (disk % ('file', 'file', '/dev/ptmx'), '', 'no regular file or block device'),
                                 (disk % ('file', 'file', world.dir), '', 'no regular file or block device'),
                                 (disk % ('block', 'dev', there), '', 'no block device'),
                                 ('', '<kernel>%s</kernel>' % fifo, 'no regular file'),
                                 ('', '<kernel>%s</kernel><initrd>/no/such</initrd>' % there, "Cannot access boot file '/no/such'")):
        path = world.write(domain('one', devices=devices, os_more=more))
        with Timed(1, words):
            has(world.refused('create', path), words)
    check(not os.path.exists(world.log) or os.listdir(world.log) == [], 'QEMU was started')


def fifo_as_log(world):
    world.define(domain('one'))
    os.makedirs(world.log, exist_ok=True)
    os.mkfifo(os.path.join(world.log, 'one.log'))
    with Timed(3, 'start with a FIFO as log'):
        has(world.refused('start', 'one', '--paused'), 'log file')
    os.unlink(os.path.join(world.log, 'one.log'))
    victim = os.path.join(world.dir, 'victim')
    open(victim, 'w').close()
    os.symlink(victim, os.path.join(world.log, 'one.log'))
    world.refused('start', 'one', '--paused')
    equal(os.path.getsize(victim), 0, 'size of a file behind a link')
    equal(world.emulators(), [], 'emulators')


def full_disk(world):
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() or libc.unshare(0x20000) or libc.mount(b'none', b'/', None, 0x44000, None):
        print('no private mounts: not tried')
        return
    world.define(domain('one', memory=32))
    world.kill_daemon()
    os.rename(world.config, world.config + '.kept')
    os.mkdir(world.config)
    check(libc.mount(b'tmpfs', world.config.encode(), b'tmpfs', 0, b'size=32k') == 0, 'tmpfs')
    os.system('cp -a %s.kept/. %s/' % (world.config, world.config))
    has(world.virsh('list', '--all'), 'one')
    uuid = world.virsh('domuuid', 'one')
    with open(os.path.join(world.config, 'filler'), 'w') as file:
        try:
            file.write('x' * 100000)
            file.flush()
        except OSError:
            pass
    error = world.refused('define', world.write(domain('one', memory=64, more='<uuid>%s</uuid>' % uuid)))
    has(error, 'No space left')
    has(world.virsh('dumpxml', 'one'), "<memory unit='KiB'>32768</memory>")
    has(world.refused('define', world.write(domain('two'))), 'No space left')
    equal(world.virsh('list', '--all', '--name'), 'one', 'domains')
    equal(sorted(os.listdir(world.config)), ['autostart', 'filler', 'one.xml'], 'files')
    os.unlink(os.path.join(world.config, 'filler'))
    world.define(domain('one', memory=64, more='<uuid>%s</uuid>' % uuid))
    world.kill_daemon()
    libc.umount2(world.config.encode(), 2)


main([bad_names, odd_names, strange_files, linked_definition, incomplete_definitions, disks_that_are_none, fifo_as_log, full_disk])
