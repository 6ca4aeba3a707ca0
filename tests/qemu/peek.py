#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is read of a guest from outside, and what is told of its disks: memory, raw images, thresholds, errors."""

import os
import re
import subprocess
import sys

from harness import SANITIZED, check, equal, has, main, wait_for
from images import disk_of, image, put, put_live, small

# Calls that virsh has no command for, in a program of their own: PROGRAM FUNCTION ARGUMENTS
PROGRAM = r'''
import ctypes, os, sys
lib = ctypes.CDLL('libvirt.so.0')
lib.virConnectOpen.restype = lib.virDomainLookupByName.restype = ctypes.c_void_p
lib.virGetLastErrorMessage.restype = ctypes.c_char_p
dom = ctypes.c_void_p(lib.virDomainLookupByName(ctypes.c_void_p(lib.virConnectOpen(b'qemu:///session')), b'one'))
call, start, size, flags = sys.argv[1], *map(int, sys.argv[-3:])
room = ctypes.create_string_buffer(max(size, 1))
name = [sys.argv[2].encode()] if call == 'virDomainBlockPeek' else []
if getattr(lib, call)(dom, *name, ctypes.c_ulonglong(start), ctypes.c_size_t(size), room, flags) < 0:
    sys.exit('%d: %s' % (lib.virGetLastErrorCode(), lib.virGetLastErrorMessage().decode()))
sys.stdout.write(room.raw[:size].hex())
'''


def peek(world, call, *args):
    done = subprocess.run([sys.executable, '-c', PROGRAM, call] + [str(arg) for arg in args], env=world.env, text=True,
                          capture_output=True)
    return bytes.fromhex(done.stdout) if done.returncode == 0 else done.stderr


def raw_disk(world):
    path = image(world, 'raw', form='raw')
    put(path, 7, 'raw')
    small(world, paths=[path], form='raw')
    for where in ('off', 'running'):
        equal(peek(world, 'virDomainBlockPeek', 'vda', 7 * 65536 - 2, 6, 0), b'\0\0\7\7\7\7', 'a disk of a guest that is ' + where)
        equal(peek(world, 'virDomainBlockPeek', path, (64 << 20) - 4, 4, 0), bytes(4), 'its end')
        has(peek(world, 'virDomainBlockPeek', 'vda', (64 << 20) - 4, 8, 0), "8: invalid argument: 'vda' starting from 67108860 has only 4 bytes")
        has(peek(world, 'virDomainBlockPeek', 'vdx', 0, 8, 0), "8: invalid argument: disk 'vdx' not found in domain")
        world.start('one') if where == 'off' else None
    world.virsh('destroy', 'one')
    world.virsh('undefine', 'one')
    small(world)
    has(peek(world, 'virDomainBlockPeek', 'vda', 0, 8, 0), "peeking is only supported for disk with 'raw' format not 'qcow2'")


def memory(world):
    """The first instruction of a PC is at 0xfffffff0: a far jump, as the monitor shows it, too."""
    small(world)
    has(peek(world, 'virDomainMemoryPeek', 0, 8, 2), 'domain is not running')
    world.start('one')
    shown = re.findall(r'0x([0-9a-f]{2})', world.virsh('qemu-monitor-command', 'one', '--hmp', 'xp /8bx 0xfffffff0').replace('\r', ''))
    for flags in (1, 2):
        seen = peek(world, 'virDomainMemoryPeek', 0xfffffff0, 8, flags)
        equal(seen, bytes.fromhex(''.join(shown)), 'the first instruction')
        equal(seen[0], 0xea, 'a far jump')
    has(peek(world, 'virDomainMemoryPeek', 0, 8, 0), '8: invalid argument: flags parameter must be VIR_MEMORY_VIRTUAL')
    equal(len(peek(world, 'virDomainMemoryPeek', 0, 4 << 20, 2)), 4 << 20, 'bytes of much memory')
    equal([name for name in os.listdir(world.state) if name.startswith('peek')], [], 'files that are left')


def threshold(world):
    """Told once when the file has grown so far, by both names of the image."""
    path = small(world)
    has(world.refused('domblkthreshold', 'one', 'vda', '1M'), 'domain is not running')
    world.start('one')
    for name in ('vdx', 'vda[9]', 'vda[1', 'vda[1]x'):
        has(world.refused('domblkthreshold', 'one', name, '1M'), "failed to find disk '%s'" % name)
    with open(os.path.join(world.dir, 'events'), 'w+') as told:
        listener = world.background('event', '--domain', 'one', '--event', 'block-threshold', '--loop', '--timeout', '60', stdout=told)

        def seen():
            with open(told.name) as again:
                return re.findall(r'dev: (.*)', again.read())
        for number in range(1, 100):    # it may take the listener a moment to be there
            world.virsh('domblkthreshold', 'one', 'vda' if number % 2 else 'vda[1]', '1')
            put_live(world, 'one', 'vda', number)
            if seen():
                break
        wait_for(lambda: len(seen()) >= 2, 10, 'events')
        listener.terminate()
        listener.wait()
        check(re.match(r'vda\(%s\) 1 \d+$' % re.escape(path), seen()[0]), seen()[0])
        check(re.match(r'vda\[1\]\(%s\) 1 \d+$' % re.escape(path), seen()[1]), seen()[1])


def errors(world):
    """A disk whose server is gone: the firmware reads of it, and the guest stops."""
    path, socket = image(world, 'served', form='raw'), os.path.join(world.dir, 'nbd')
    put(path, 0, 'raw')
    server = subprocess.Popen(['qemu-nbd', '-f', 'raw', '-x', 'x', '-t', '-k', socket, path])
    try:
        wait_for(lambda: os.path.exists(socket), 10, 'a server')
        world.virsh('define', world.write(
            "<domain type='qemu'><name>one</name><memory unit='MiB'>32</memory><os><type arch='x86_64' machine='pc'>hvm</type></os>"
            "<devices><memballoon model='none'/><disk type='network'><driver type='raw' error_policy='stop'/>"
            "<source protocol='nbd' name='x'><host transport='unix' socket='%s'/></source><target dev='vda'/></disk>%s</devices></domain>"
            % (socket, disk_of(image(world, 'other'), 'vdb'))))
        has(world.refused('domblkerror', 'one'), 'domain is not running')
        world.start('one')
        equal(world.virsh('domblkerror', 'one'), 'No errors found', 'errors')
    finally:
        server.kill()
        server.wait()
    world.virsh('resume', 'one')
    wait_for(lambda: world.state_of('one') == 'paused (I/O error)', 60, 'the guest stops')
    equal(world.virsh('domblkerror', 'one'), 'vda: unspecified error', 'errors')


if __name__ == '__main__':
    main(([] if SANITIZED else [raw_disk, memory]) + [threshold, errors])     # an interpreter without the sanitizer
