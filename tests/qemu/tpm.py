#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Emulated TPMs: the program behind one lives as long as its guest's QEMU, and what it stores
as long as the guest is known."""

import glob
import json
import os
import subprocess
import sys

from harness import check, domain, equal, has, main, skip, wait_for

TPM = "<tpm model='%s'><backend type='emulator'%s>%s</backend></tpm><memballoon model='none'/>"
LOCAL = '/var/lib/swtpm-localca'


def programs(world):
    """Those that serve a TPM of this world."""
    found = []
    for number in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open('/proc/%s/cmdline' % number) as file:
                words = file.read().split('\0')
        except OSError:
            continue
        if words[0].endswith('/swtpm') and any(world.dir in word for word in words):
            found.append(words)
    return found


def stored(world):
    return [path for path in glob.glob(world.config + '/swtpm/*/*/*') if path.endswith('permall')]


def read(paths):
    return [open(path, 'rb').read() for path in paths]


def emulated(world):
    """It is there, what it stores stays from start to start, and goes when the guest is not defined any more."""
    world.define(domain('one', machine='q35', devices=TPM % ('tpm-crb', '', '')))
    has(world.virsh('dumpxml', 'one'), "<backend type='emulator' version='2.0'/>")
    world.virsh('start', 'one', '--paused')
    said = json.loads(world.virsh('qemu-monitor-command', 'one', '{"execute":"query-tpm"}'))['return'][0]
    equal((said['model'], said['options']['type']), ('tpm-crb', 'emulator'), 'what QEMU has')
    check('--tpm2' in programs(world)[0], 'it is of version 2.0')
    world.kill_daemon()
    equal(len(programs(world)), 1, 'programs without a daemon')
    world.virsh('destroy', 'one')
    wait_for(lambda: not programs(world), 10, 'the program ends with its guest')
    first = read(stored(world))
    check(len(first) == 1 and len(first[0]) > 1000, 'it has stored keys')
    world.virsh('start', 'one')
    world.virsh('destroy', 'one')
    wait_for(lambda: not programs(world), 10, 'the program ends with its guest')
    equal(len(stored(world)), 1, 'what is stored')
    world.virsh('undefine', 'one', '--keep-tpm')
    equal(len(stored(world)), 1, 'what is stored when it shall stay')
    world.define(domain('one', machine='q35', devices=TPM % ('tpm-crb', '', '')))
    world.virsh('undefine', 'one')
    equal(len(stored(world)), 1, 'what another guest of that name stored')


def forgotten(world):
    """With a guest that is not defined, unless it is said to stay."""
    world.virsh('create', world.write(domain('one', devices=TPM % ('tpm-tis', '', ''))), '--paused')
    check('--tpm2' not in programs(world)[0], 'it is of version 1.2')
    equal(len(stored(world)), 1, 'what is stored')
    world.virsh('destroy', 'one')
    equal(stored(world), [], 'what is stored afterwards')
    world.define(domain('two', devices=TPM % ('tpm-tis', " version='2.0' persistent_state='yes'",
                                              '<active_pcr_banks><sha384/></active_pcr_banks>')))
    world.virsh('start', 'two', '--paused')
    world.virsh('destroy', 'two')
    with open(os.path.join(world.log, 'two-swtpm.log')) as file:
        has(file.read(), 'Successfully activated PCR banks sha384 among')
    world.virsh('undefine', 'two')
    equal(len(stored(world)), 1, 'what is stored of one that shall stay')
    uuid = os.path.basename(os.path.dirname(os.path.dirname(stored(world)[0])))
    world.define(domain('two', devices=TPM % ('tpm-tis', " version='2.0' persistent_state='yes'", '')).replace(
        '<memory', '<uuid>%s</uuid><memory' % uuid, 1))
    world.virsh('undefine', 'two', '--tpm')
    equal(stored(world), [], 'what is stored of one that shall go')


def failed(world):
    """A guest that does not start leaves no program and no file."""
    bad = ("<qemu:commandline><qemu:arg value='-device'/><qemu:arg value='no-such'/></qemu:commandline>")
    xml = domain('one', devices=TPM % ('tpm-tis', " version='2.0'", ''), more=bad).replace(
        "<domain ", "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' ")
    has(world.refused('create', world.write(xml)), 'no-such')
    wait_for(lambda: not programs(world), 10, 'the program ends')
    equal(stored(world), [], 'what is stored')
    has(world.refused('define', world.write(domain('two', devices=TPM % ('tpm-crb', " version='1.2'", '')))), '2.0')
    world.define(domain('two', devices="<tpm><backend type='passthrough'><device path='/no/such'/></backend></tpm>"))
    has(world.refused('start', 'two'), '/no/such')


if __name__ == '__main__':
    if not os.access('/usr/bin/swtpm_setup', os.X_OK):
        skip('no swtpm')
    if os.geteuid() == 0 and os.environ.get('VIR_INSIDE') != 'yes':     # makers of TPMs of our own
        if not os.path.isdir(LOCAL) or subprocess.run(['unshare', '-m', 'true']).returncode:
            skip('no ' + LOCAL)
        os.execvpe('unshare', ['unshare', '-m', sys.executable] + sys.argv, dict(os.environ, VIR_INSIDE='yes'))
    if os.geteuid() == 0:
        subprocess.run(['mount', '-t', 'tmpfs', 'none', LOCAL], check=True)
    main([emulated, forgotten, failed])
