#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The processor of a guest: what its document left to the host is in the live one and in images of it, whatever
becomes of the daemon, and QEMU has just that.  (What is refused, and what QEMU is told: exact/guest-cpus.py.)"""

import json
import os
import re
import time

from harness import EMULATOR, Timed, check, domain, equal, main, wait_for
import harness

MODEL = "<cpu mode='host-model'/>"


def put(path, line):
    """The program PATH, a shell's."""
    with open(path + '.new', 'w') as file:
        file.write('#!/bin/sh\n' + line + '\n')
    os.chmod(path + '.new', 0o755)
    os.rename(path + '.new', path)


def has(text, *parts):
    for part in parts:
        harness.has(text, part)


def processor(xml):
    return re.search(r'  <cpu\b(?:[^>]*/>|.*?</cpu>)', xml, re.S).group(0)


def argument(pid):
    with open('/proc/%d/cmdline' % pid) as file:
        words = file.read().split('\0')
    return words[words.index('-cpu') + 1]


def given(world, name, feature):
    """What QEMU says of a feature of the first processor."""
    asked = {'execute': 'qom-get', 'arguments': {'path': '/machine/unattached/device[0]', 'property': feature}}
    return json.loads(world.virsh('qemu-monitor-command', name, json.dumps(asked)))['return']


def features(text, policy):
    return re.findall("policy='%s' name='([^']*)'" % policy, text)


def told(world):
    world.define(domain('one', more=MODEL))
    shown = processor(world.virsh('dumpxml', 'one', '--update-cpu'))
    equal(processor(world.virsh('dumpxml', 'one')).split(), "<cpu mode='host-model' check='partial'/>".split(), 'defined')
    pid = world.start('one')
    live = processor(world.virsh('dumpxml', 'one'))
    has(live, "<cpu mode='custom' match='exact' check='full'>", "fallback='forbid'", '<vendor>')
    equal((features(live, 'require'), features(live, 'disable')), (features(shown, 'require'), features(shown, 'disable')),
          'what --update-cpu showed')
    check(features(live, 'require'), 'no feature is beside the model')
    for name in features(live, 'require') + features(live, 'disable'):
        word = name.replace('_', '-')
        equal(given(world, 'one', word), name in features(live, 'require'), 'what QEMU has of ' + name)
        has(argument(pid), ',%s=%s' % (word, 'on' if name in features(live, 'require') else 'off'))
    equal(processor(world.virsh('dumpxml', 'one', '--inactive')).split(), "<cpu mode='host-model' check='partial'/>".split(),
          'defined while it runs')


def corrected(world):
    """QEMU leaves out a feature that the host lacks: the document tells, and the next daemon knows what was asked for."""
    world.define(domain('one', more="<cpu mode='custom' check='none'><model>qemu64</model><feature name='rdctl-no'/></cpu>"))
    world.start('one')
    for again in (False, True):
        if again:
            world.kill_daemon()
        live, asked = (processor(world.virsh('dumpxml', 'one', *more)) for more in ((), ('--migratable',)))
        has(live, "check='full'", "<feature policy='disable' name='rdctl-no'/>", "<feature policy='require' name='hypervisor'/>")
        has(asked, "check='none'", "<feature policy='require' name='rdctl-no'/>")
        check('hypervisor' not in asked, 'more was asked for: ' + asked)


def saved(world):
    world.define(domain('one', more=MODEL))
    told_before = argument(world.start('one'))
    image = world.dir + '/image'
    other = world.write(domain('one', more="<cpu><model>qemu64</model></cpu>").replace(
        '<name>', '<uuid>%s</uuid><name>' % world.virsh('domuuid', 'one')), 'other.xml')
    has(world.refused('save', 'one', image, '--xml', other), 'would see -cpu')
    world.virsh('save', 'one', image, '--xml', world.write(world.virsh('dumpxml', 'one', '--inactive')))
    world.virsh('restore', image, '--paused')
    world.virsh('save', 'one', image)
    has(processor(world.virsh('save-image-dumpxml', image)), "mode='custom'")
    has(world.refused('restore', image, '--xml', other), 'would see -cpu')
    world.virsh('restore', image, '--paused')
    equal(argument(world.emulator('one')), told_before, 'told to the emulator that goes on')


def never_runs(world):
    """QEMU's word comes before the guest's first step."""
    world.define(domain('one', more="<cpu check='full'><model>qemu64</model><feature name='rdctl-no'/></cpu>"))
    has(world.refused('start', 'one'), "check='full'", 'it lacks: rdctl-no')
    equal(world.state_of('one'), 'shut off (failed)', 'state')
    wait_for(lambda: not world.emulators(), 5, 'no emulator is left')


def asked_apart(world):
    """Who wants to know the processor of a start waits for an emulator that hangs; nobody else does."""
    path = os.path.join(world.dir, 'emulator')
    put(path, 'exec %s "$@"' % EMULATOR)
    world.define(domain('one', more="<cpu mode='host-model'/>", devices="<emulator>%s</emulator>" % path))
    has(world.virsh('dumpxml', 'one', '--update-cpu'), "mode='custom'")
    put(path, 'exec sleep 100')         # another one: it is asked anew
    waiting = world.background('dumpxml', 'one', '--update-cpu')
    time.sleep(.5)
    check(waiting.poll() is None, 'nobody waits for the emulator')
    with Timed(1, 'dumpxml, beside who waits'):
        world.virsh('dumpxml', 'one')
    check(waiting.poll() is None, 'the emulator was not waited for')
    has(waiting.communicate(timeout=30)[0], path)


if __name__ == '__main__':
    main([told, corrected, saved, never_runs, asked_apart])
