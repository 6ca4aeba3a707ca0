#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What follows when a guest ends is chosen while it runs: QEMU does it."""

from harness import check, domain, equal, has, main, wait_for


def actions(world, *options):
    return [line.split('>')[1].split('<')[0] for line in world.virsh('dumpxml', 'one', *options).splitlines() if '<on_' in line]


def reboots(world):
    """A reset is an end from now on, and then none again."""
    world.define(domain('one'))
    pid = world.start('one')
    world.virsh('set-lifecycle-action', 'one', 'reboot', 'destroy', '--live')
    equal(actions(world), ['destroy', 'destroy', 'destroy'], 'actions')
    equal(actions(world, '--inactive'), ['destroy', 'restart', 'destroy'], 'actions of the definition')
    world.virsh('set-lifecycle-action', 'one', 'reboot', 'restart')
    world.virsh('qemu-monitor-command', 'one', '--hmp', 'system_reset')
    world.virsh('resume', 'one')
    equal(world.emulator('one'), pid, 'its emulator after a reset')
    world.virsh('set-lifecycle-action', 'one', 'reboot', 'destroy', '--live', '--config')
    world.kill_daemon()
    equal(actions(world), ['destroy', 'destroy', 'destroy'], 'actions after a restart')
    world.virsh('reset', 'one')
    wait_for(lambda: world.virsh('domstate', 'one') == 'shut off', 10, 'a reset ends it')
    equal(actions(world), ['destroy', 'destroy', 'destroy'], 'actions of the definition')


def crashes(world):
    """QEMU waits or ends, as was said last."""
    world.define(domain('one', devices="<memballoon model='none'/><panic model='isa'/>"))
    world.start('one')
    world.virsh('set-lifecycle-action', 'one', 'crash', 'preserve', '--live')
    equal(actions(world), ['destroy', 'restart', 'preserve'], 'actions')
    world.virsh('set-lifecycle-action', 'one', 'crash', 'restart', '--config')
    equal(actions(world, '--inactive'), ['destroy', 'restart', 'restart'], 'actions of the definition')


def refusals(world):
    world.define(domain('one'))

    def refused(words, *more):
        has(world.refused('set-lifecycle-action', 'one', *more), words)
        equal(actions(world), ['destroy', 'restart', 'destroy'], 'actions')

    refused("error: Invalid lifecycle type 'x'.", 'x', 'destroy')
    refused("error: Invalid lifecycle action 'x'.", 'reboot', 'x')
    for row in ('poweroff rename-restart', 'poweroff preserve', 'poweroff coredump-destroy', 'reboot coredump-restart',
                'reboot preserve', 'crash rename-restart'):
        refused('error: Unable to change lifecycle action.\nerror: unsupported configuration: ', *row.split())
    refused('Requested operation is not valid: domain is not running', 'crash', 'preserve', '--live')
    world.virsh('set-lifecycle-action', 'one', 'poweroff', 'restart')
    has(world.refused('set-lifecycle-action', 'one', 'reboot', 'destroy'), 'unsupported configuration: ')
    check(actions(world) == ['restart', 'restart', 'destroy'], 'actions')


main([reboots, crashes, refusals])
