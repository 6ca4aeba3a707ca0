#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The domain capabilities of machines, kinds of guests and emulators, at the distribution's libvirt and at ours: the
same but for what this driver does not do, which is listed here and not claimed."""

import json
import os
import re
import sys
import xml.etree.ElementTree as ET

import sides

ASK = os.path.join(sides.HERE, 'ask.py')
SYSTEM, I386, MICRO = ('/usr/bin/qemu-system-' + name for name in ('x86_64', 'i386', 'x86_64-microvm'))
# What theirs has and ours not, by element and enumeration.
NOT_DONE = {'disk/diskDevice': {'lun'}, 'graphics/type': {'sdl'}, 'video/modelType': {'vmvga', 'ramfb'},
            'rng/backendModel': {'egd'}, 'filesystem/driverType': {'handle', 'virtiofs'}, 'tpm/backendModel': {'external'}}
# Elements that it has not at all; and that this emulator has not, though theirs says so.  Of i386's under TCG theirs
# chooses a model for host-model that leaves out less and adds more.
LACKS = {(MICRO, None): {'filesystem', 'virtio'}, ('i686', 'qemu'): {'host-model'}}
ABSENT = {'hostdev', 'genid', 'backup', 'sev'}

CALLS = [(None, arch, machine, kind) for arch in ('x86_64', 'i686') for kind in ('kvm', 'qemu')
         for machine in ('pc', 'q35', 'microvm', 'isapc', 'x-remote', 'pc-i440fx-1.4', 'pc-q35-2.4')]
CALLS += [(None, None, None, None), (None, 'i686', None, None), (None, None, None, 'qemu'),
          (SYSTEM, 'i686', None, None), (MICRO, None, None, None), (MICRO, None, 'microvm', None)]
WRONG = [(None, None, 'none', None), (None, None, 'nosuch', None), (None, None, None, 'xen'),
         (None, None, None, 'nonsense'), (None, 'nonsense', None, None), (None, 'aarch64', None, None),
         ('/usr/bin/nothing', None, None, None), ('qemu-system-x86_64', None, None, None),
         (I386, None, None, None), (I386, 'x86_64', None, None)]


def tidy(text, seen, lacks=()):
    """The document without what NOT_DONE, ABSENT and LACKS list; SEEN: which of these were in it."""
    root = ET.fromstring(text)
    for element in list(root.iter()):
        name = element.get('name', element.tag)
        if (name in ABSENT or name in lacks) and element.get('supported') == 'yes':
            seen.update({name} - set(lacks))
            element.set('supported', 'no')
            element[:] = []
            element.text = None
            continue
        for enum in element.findall('enum'):
            place = '%s/%s' % (element.tag, enum.get('name'))
            for value in list(enum):
                if value.text in NOT_DONE.get(place, ()) or (value.text in lacks and place == 'video/modelType'):
                    seen.add(place + '/' + value.text)
                    enum.remove(value)
    return [re.sub(r'\s+', ' ', line.strip()) for line in ET.tostring(root, encoding='unicode').split('\n')]


def lacks(call):
    path, arch, _, kind = call
    return LACKS.get((path, None), set()) | LACKS.get((arch, kind), set())


def differences(theirs, ours):
    return sorted(['- ' + line for line in set(theirs) - set(ours)] + ['+ ' + line for line in set(ours) - set(theirs)])


def main():
    asked = json.dumps([['getDomainCapabilities'] + list(call) for call in CALLS + WRONG])
    bad, seen, claimed = 0, set(), set()
    with sides.Qemu() as both:
        theirs = json.loads(both.theirs.run(ASK, both.theirs.uri, given=asked))
        ours = json.loads(both.ours.run(ASK, both.ours.uri, given=asked))
    for call, their, our in zip(CALLS, theirs, ours):
        if None in (their[0], our[0]):
            same = their[1:2] == our[1:2]
        else:
            one, other = tidy(their[0], seen, lacks(call)), tidy(our[0], claimed, {'host-model'} & lacks(call))
            same = one == other
        if not same:
            print('offers: %s:' % (call,), differences(one, other)[:20] if our[0] and their[0] else (their, our))
            bad += 1
    for call, their, our in zip(WRONG, theirs[len(CALLS):], ours[len(CALLS):]):
        if their[0] is not None or their[1:2] != our[1:2]:
            print('offers: %s: %s, but ours %s' % (call, their, our))
            bad += 1
    if claimed:
        print('offers: claimed, and not done:', ' '.join(sorted(claimed)))
    print('offers: %d documents and %d errors, %d differ; not done: %s'
          % (len(CALLS), len(WRONG), bad, ' '.join(sorted(seen))))
    return 1 if bad or claimed or not seen else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except sides.Missing as missing:
        print('offers: %s: skipped' % missing)
        sys.exit(77)
