#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""One QEMU is stopped by SIGSTOP, or its disk lies where nothing is answered: its own calls end, and no other guest notices."""

import os
import signal
import time

from harness import SLOW, Timed, check, domain, equal, has, main, wait_for, waits
from hung import HungMount, own_mounts

BALLOON = "<memballoon model='virtio'/>"


def two_guests(world):
    for name in ('sick', 'well'):
        world.define(domain(name, devices=BALLOON))
        world.start(name)
    pid = world.emulator('sick')
    os.kill(pid, signal.SIGSTOP)
    return pid


def cheap_calls(world):
    two_guests(world)
    for command in ('list', 'dominfo sick', 'domstate sick', 'dumpxml sick', 'domid sick'):
        with Timed(0.5, command):
            world.virsh(command)


def destroy(world):
    two_guests(world)
    with Timed(2, 'destroy'):
        world.virsh('destroy', 'sick')
    equal(world.state_of('sick'), 'shut off (destroyed)', 'state')
    world.virsh('resume', 'well')


def destroy_while_another_call_hangs(world):
    two_guests(world)
    hanging = world.background('resume', 'sick')
    time.sleep(0.3)
    with Timed(2, 'destroy beside a hanging call'):
        world.virsh('destroy', 'sick')
    with Timed(1, 'the hanging call ends with the guest'):
        out = hanging.communicate(timeout=20)[0]
    check(hanging.returncode != 0, 'the hanging call succeeded: ' + out)


@waits
def monitor_calls_end(world):
    pid = two_guests(world)
    first = world.background('resume', 'sick')
    time.sleep(0.3)
    others = [world.background('suspend', 'sick') for _ in range(5)]
    for command in ('resume well', 'suspend well', 'resume well', 'domstats well', 'dominfo well'):
        with Timed(1, command + ', meanwhile'):
            world.virsh(command)
    with Timed(12, 'the first call of the stopped guest'):
        out = first.communicate(timeout=30)[0]
    has(out, 'did not answer')
    has(out, 'hint:')
    for other in others:
        out = other.communicate(timeout=60)[0]
        check(other.returncode != 0 and ("did not answer" in out or "another call" in out), 'a waiting call: ' + out)
    os.kill(pid, signal.SIGCONT)        # its late answers are nobody's
    world.virsh('suspend', 'sick')
    equal(world.virsh('domstate', 'sick'), 'paused', 'state')
    world.virsh('resume', 'sick')
    equal(world.virsh('domstate', 'sick'), 'running', 'state')


@waits
def many_commands(world):
    """Who comes late does not wait for each who came before; what needs no QEMU does not wait for them."""
    two_guests(world)
    callers = [world.background('resume', 'sick') for _ in range(30)]
    with Timed(30, '30 callers of the stopped guest'):
        for _ in range(5):
            for command in ('dominfo sick', 'dumpxml sick'):
                with Timed(1, command + ', meanwhile'):
                    world.run(*command.split())
        for caller in callers:
            has(caller.communicate(timeout=60 * SLOW)[0], 'sick')
    equal([caller.returncode for caller in callers], [1] * 30, 'statuses')


def bulk_statistics(world):
    two_guests(world)
    with Timed(1.5, 'bulk statistics, the first time'):
        out = world.virsh('domstats')
    has(out, "Domain: 'sick'")
    has(out, "Domain: 'well'")
    with Timed(0.5, 'bulk statistics, the second time'):
        world.virsh('domstats')


def many_callers(world):
    two_guests(world)
    callers = [world.background('domstats', 'sick') for _ in range(40)]
    for _ in range(5):
        with Timed(2, 'another guest beside 40 callers'):
            world.virsh('suspend', 'well')
            world.virsh('resume', 'well')
    for caller in callers:
        caller.communicate(timeout=60)


def control_is_told(world):
    """While QEMU owes an answer its control is occupied; the question does not wait."""
    pid = two_guests(world)
    equal(world.virsh('domcontrol', 'well'), 'ok', 'control of the other guest')
    equal(world.virsh('domcontrol', 'sick'), 'ok', 'control of one that nobody asks')
    hanging = world.background('resume', 'sick')
    time.sleep(0.3)
    with Timed(0.5, 'domcontrol'):
        told = world.virsh('domcontrol', 'sick')
    check(told.startswith('occupied (') and float(told[10:-2]) > 0.1, 'domcontrol: ' + told)
    os.kill(pid, signal.SIGCONT)
    hanging.communicate(timeout=20)
    equal(world.virsh('domcontrol', 'sick'), 'ok', 'control when it has answered')
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: world.state_of('sick') == 'shut off (crashed)', 5, 'the end is noticed')
    has(world.refused('domcontrol', 'sick'), 'domain is not running')


def daemon_restart(world):
    two_guests(world)
    world.kill_daemon()
    with Timed(2, 'a new daemon beside a stopped guest'):
        has(world.virsh('list'), 'sick')
    with Timed(0.5, 'dominfo of the stopped guest'):
        world.virsh('dominfo', 'sick')
    with Timed(2, 'destroy'):
        world.virsh('destroy', 'sick')


def many_daemons(world):
    """Each leaves a connection that the stopped QEMU has not taken yet; its socket is full."""
    pid = two_guests(world)
    for _ in range(5):
        world.kill_daemon()
        world.virsh('version')
    has(world.refused('resume', 'sick'), 'monitor')
    os.kill(pid, signal.SIGCONT)
    wait_for(lambda: world.run('resume', 'sick')[0] == 0, 10, 'the guest listens again')
    equal(world.virsh('domstate', 'sick'), 'running', 'state')
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: world.state_of('sick') == 'shut off (crashed)', 5, 'the end is noticed')


@waits
def hung_mount(world):
    """Who needs a file there waits for it some seconds, and nobody else; the daemon starts and ends without it."""
    if os.geteuid() != 0 or not os.access('/dev/fuse', os.W_OK) or not own_mounts():
        print('no file system can be mounted: not tried')
        return
    place = os.path.join(world.dir, 'hung')
    os.mkdir(place)
    world.define(domain('well'))
    world.start('well')
    mount = HungMount(place)
    world.define(domain('sick', devices="<disk type='file'><source file='%s/disk'/><target dev='hda'/></disk>" % place))
    starting = world.background('start', 'sick')
    callers = [world.background('domblkinfo', 'sick', 'hda') for _ in range(40)]

    def nobody_waits(what):
        for command in ('list --all', 'dominfo sick', 'dumpxml sick', 'domblklist sick', 'resume well', 'suspend well', 'domstats'):
            with Timed(1, '%s, %s' % (command, what)):
                world.virsh(*command.split())

    equal([caller.poll() for caller in callers + [starting]], [None] * 41, 'who waits')
    for _ in range(3):
        nobody_waits('beside 41 callers')
    with Timed(3, 'the end of the daemon'):
        world.end_daemon(world.daemon())
    for caller in callers + [starting]:
        caller.communicate(timeout=20 * SLOW)
        check(caller.returncode != 0, 'a call succeeded without its daemon')
    with Timed(2, 'a new daemon'):
        has(world.virsh('list', '--all'), 'sick')
    starting = world.background('start', 'sick')
    nobody_waits('on the new daemon')
    mount.end()
    has(starting.communicate(timeout=20 * SLOW)[0], place + '/disk')
    check(starting.returncode == 1, 'it has started')
    equal(world.state_of('sick'), 'shut off (failed)', 'state')


@waits
def hung_files(world):
    """Every call that needs a file there says which, after some seconds; its guest is as it was, and can do other things then."""
    if os.geteuid() != 0 or not os.access('/dev/fuse', os.W_OK) or not own_mounts():
        print('no file system can be mounted: not tried')
        return
    place = os.path.join(world.dir, 'hung')
    os.mkdir(place)
    for name in 'saved', 'dumped':
        world.define(domain(name))
        world.start(name)
    mount = HungMount(place)
    path = place + '/file'
    world.define(domain('sick', devices="<disk type='file'><source file='%s'/><target dev='hda'/></disk>" % path))
    calls = [('start', 'sick'), ('domblkinfo', 'sick', 'hda'), ('save', 'saved', path), ('restore', path), ('dump', 'dumped', path),
             ('save-image-dumpxml', path), ('save-image-define', path, world.write(domain('saved')))]
    began = time.monotonic()
    callers = [world.background(*call) for call in calls]
    for call, caller in zip(calls, callers):
        said = caller.communicate(timeout=60 * SLOW)[0]
        check(caller.returncode == 1, '%s: %s' % (' '.join(call), said))
        has(said, "'%s': Connection timed out" % path)
    took = time.monotonic() - began
    check(9 < took < 20 * SLOW, 'they waited %.1f s' % took)
    equal([world.state_of(name) for name in ('saved', 'dumped', 'sick')], ['paused (user)'] * 2 + ['shut off (failed)'], 'states')
    for name in 'saved', 'dumped':
        with Timed(2, 'what %s can do beside it' % name):
            world.virsh('save', name, os.path.join(world.dir, name))
    mount.end()
    wait_for(lambda: place not in ' '.join(world.daemon_files()), 5, 'nothing of it is open')


main([cheap_calls, destroy, destroy_while_another_call_hangs, monitor_calls_end, many_commands, bulk_statistics, many_callers,
      control_is_told, daemon_restart, many_daemons, hung_mount, hung_files])
