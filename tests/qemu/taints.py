#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What dominfo says of a guest whose faults are hard to understand: as libvirt 9.0.0, in its order."""

import os

from harness import check, domain, equal, has, main

EXTRA = "<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:arg value='-name'/><qemu:arg value='x'/></qemu:commandline>"


def messages(world, name):
    return [line[16:] for line in world.virsh('dominfo', name).split('Security', 1)[-1].splitlines()
            if line[16:].startswith(('tainted', 'deprecated'))]


def told(world):
    world.define(domain('plain'))
    world.define(domain('odd', machine='pc-i440fx-1.7', more=EXTRA))
    equal(messages(world, 'odd'), [], 'messages of a guest that is off')
    world.start('plain')
    world.start('odd')
    equal(messages(world, 'plain'), [], 'messages of a plain guest')
    old = ['tainted: use of deprecated configuration settings', "deprecated configuration: machine type 'pc-i440fx-1.7'"]
    equal(messages(world, 'odd'), ['tainted: custom configuration parameters specified'] + old, 'messages')
    world.virsh('qemu-monitor-command', 'odd', '--hmp', 'info name')
    for _ in range(2):
        equal(messages(world, 'odd'), ['tainted: custom configuration parameters specified',
                                       'tainted: custom monitor control commands issued'] + old, 'messages')
        world.kill_daemon()             # the next one knows
    with open(os.path.join(world.log, 'odd.log')) as log:
        text = log.read()
    number = world.virsh('domid', 'odd')
    has(text, ': Domain id=%s is tainted: custom-argv\n' % number)
    has(text, ': Domain id=%s is tainted: deprecated-config\n' % number)
    with open(os.path.join(world.log, 'plain.log')) as log:
        check('tainted' not in log.read(), 'a plain guest is tainted in its log')
    world.virsh('destroy', 'odd')
    equal(messages(world, 'odd'), [], 'messages of a guest that is off')


main([told])
