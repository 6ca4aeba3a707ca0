#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Another name for a domain: what is on disk follows, and what libvirt 9.0.0 refuses is refused in its words."""

import os
import subprocess

from harness import check, domain, equal, has, main

DISK = """<memballoon model='none'/><disk type='file'><driver name='qemu' type='qcow2'/><source file='%s'/>
<target dev='vda' bus='virtio'/></disk>"""


def with_disk(world, name):
    path = os.path.join(world.dir, name + '.qcow2')
    subprocess.run(['qemu-img', 'create', '-q', '-f', 'qcow2', path, '1M'], check=True)
    return domain(name, devices=DISK % path)


def files(world):
    return sorted(os.path.relpath(os.path.join(where, name), world.config)
                  for where, _, names in os.walk(world.config) for name in names)


def follows(world):
    """Definition, autostart and snapshots have the new name, also for the next daemon; the guest starts."""
    world.define(with_disk(world, 'one'))
    uuid = world.virsh('domuuid', 'one')
    world.virsh('autostart', 'one')
    world.virsh('snapshot-create-as', 'one', 'first')
    world.virsh('snapshot-create-as', 'one', 'second')
    world.virsh('domrename', 'one', 'two')
    for _ in range(2):
        equal(world.virsh('list', '--all', '--name'), 'two', 'names')
        equal(world.virsh('domuuid', 'two'), uuid, 'its uuid')
        has(world.refused('domuuid', 'one'), "failed to get domain 'one'")
        has(world.virsh('dumpxml', 'two'), '<name>two</name>')
        has(world.virsh('dominfo', 'two'), 'Autostart:      enable')
        equal(world.virsh('snapshot-list', 'two', '--name').split(), ['first', 'second'], 'snapshots')
        equal(world.virsh('snapshot-current', 'two', '--name'), 'second', 'the current one')
        equal(files(world), ['autostart/two.xml', 'snapshot/two/first.xml', 'snapshot/two/second.xml', 'two.xml'], 'files')
        world.kill_daemon()
    world.virsh('snapshot-revert', 'two', 'first')
    equal(world.virsh('list', '--all', '--name'), 'two', 'the name after it went back to a snapshot of the old name')
    world.virsh('snapshot-delete', 'two', 'first')
    world.start('two')
    equal(world.virsh('domstate', 'two'), 'paused', 'state')
    world.define(domain('one'))         # the old name is free


def refusals(world):
    world.define(domain('one'))
    world.define(domain('other'))

    def refused(name, words):
        has(world.refused('domrename', 'one', name), 'error: ' + words)
        equal(world.virsh('list', '--all', '--name').split(), ['one', 'other'], 'names')
        equal([name for name in files(world) if '/' not in name], ['one.xml', 'other.xml'], 'files')

    refused('one', "Requested operation is not valid: Can't rename domain to itself")
    refused('other', "Requested operation is not valid: domain with name 'other' already exists")
    refused('a/b', 'XML error: ')
    refused('.', 'XML error: ')
    refused('x' * 300, 'XML error: ')
    world.start('one')
    refused('two', 'Requested operation is not valid: cannot rename active domain')
    world.virsh('managedsave', 'one')
    refused('two', "Requested operation is not valid: domain with a managed saved state can't be renamed")
    world.virsh('managedsave-remove', 'one')
    world.virsh('domrename', 'one', 'two')


def disk_refuses(world):
    """What cannot be written leaves the domain as it was."""
    world.define(with_disk(world, 'one'))
    world.virsh('snapshot-create-as', 'one', 'first')
    os.makedirs(os.path.join(world.config, 'snapshot/two'))
    with open(os.path.join(world.config, 'snapshot/two/stray'), 'w'):
        pass
    has(world.refused('domrename', 'one', 'two'), 'cannot rename')
    for _ in range(2):
        equal(world.virsh('list', '--all', '--name'), 'one', 'names')
        equal(world.virsh('snapshot-list', 'one', '--name'), 'first', 'snapshots')
        world.kill_daemon()
    os.unlink(os.path.join(world.config, 'snapshot/two/stray'))
    world.virsh('domrename', 'one', 'two')
    equal(world.virsh('snapshot-list', 'two', '--name'), 'first', 'snapshots')


def events(world):
    """The old name is undefined, then the new one defined."""
    world.define(domain('a'))
    waiting = world.background('event', '--event', 'lifecycle', '--loop', '--timeout', '3')
    names = ['a', 'b']
    for _ in range(30):                 # it listens some day
        world.virsh('domrename', *names)
        names.reverse()
    said = [line for line in waiting.communicate()[0].splitlines() if line.startswith("event '")]
    check(len(said) > 2, 'no event is told: %r' % said)
    for first, then in zip(said[::2], said[1::2]):
        was = first.split("'")[3]
        equal(first, "event 'lifecycle' for domain '%s': Undefined Renamed" % was, 'the first event')
        equal(then, "event 'lifecycle' for domain '%s': Defined Renamed" % {'a': 'b', 'b': 'a'}[was], 'the second')


main([follows, refusals, disk_refuses, events])
