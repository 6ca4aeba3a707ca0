#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a program opens of a guest by descriptors and streams: its screens and its channels."""

import ctypes
import os
import socket

from harness import BUILD, SANITIZED, check, domain, equal, has, main, skip

SCREENS = "<memballoon model='none'/><graphics type='vnc'><listen type='none'/></graphics>"
CHANNELS = """<memballoon model='none'/><channel type='unix'><target type='virtio' name='a.b'/></channel>
<channel type='pty'><target type='virtio' name='c.d'/></channel><channel type='unix'>
<source mode='bind' path='%s'/><target type='virtio' name='e.f'/></channel>"""
FORCE, SKIP_AUTH = 1, 1
OPERATION_FAILED, INTERNAL_ERROR, INVALID_ARG, OPERATION_INVALID = 9, 1, 8, 55


class Client:
    """A connection of this process to the world's daemon."""

    def __init__(self, world):
        os.environ.update(world.env)
        self.lib = lib = ctypes.CDLL(os.path.join(BUILD, 'core/.libs/libvirt.so.0'))
        for name in ('virConnectOpen', 'virDomainLookupByName', 'virStreamNew', 'virGetLastErrorMessage'):
            getattr(lib, name).restype = ctypes.c_void_p
        lib.virGetLastErrorMessage.restype = ctypes.c_char_p
        self.quiet = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(lambda *_: None)
        lib.virSetErrorFunc(None, self.quiet)
        self.conn = ctypes.c_void_p(lib.virConnectOpen(b'qemu:///session'))
        check(self.conn, 'it connects')

    def domain(self, name):
        return ctypes.c_void_p(self.lib.virDomainLookupByName(self.conn, name.encode()))

    def stream(self):
        return ctypes.c_void_p(self.lib.virStreamNew(self.conn, 0))

    def refused(self, ret, code, words):
        equal(ret, -1, 'what is returned')
        equal(self.lib.virGetLastErrorCode(), code, 'code: ' + self.lib.virGetLastErrorMessage().decode())
        has(self.lib.virGetLastErrorMessage().decode(), words)


def screens(world):
    world.define(domain('one', devices=SCREENS))
    client = Client(world)
    lib, dom = client.lib, client.domain('one')
    client.refused(lib.virDomainOpenGraphicsFD(dom, 0, 0), OPERATION_INVALID, 'domain is not running')
    world.start('one')
    dom = client.domain('one')
    with socket.socket(fileno=lib.virDomainOpenGraphicsFD(dom, 0, 0)) as viewer:
        equal(viewer.recv(12), b'RFB 003.008\n', 'what the screen says first')
    ours, theirs = socket.socketpair()
    equal(lib.virDomainOpenGraphics(dom, 0, theirs.fileno(), SKIP_AUTH), 0, 'a socket is given')
    theirs.close()
    equal(ours.recv(12), b'RFB 003.008\n', 'what the screen says first')
    has(world.virsh('qemu-monitor-command', 'one', '--hmp', 'info vnc'), 'Client')
    ours.close()
    client.refused(lib.virDomainOpenGraphicsFD(dom, 1, 0), INTERNAL_ERROR, 'No graphics backend with index 1')
    with open('/dev/null') as null:
        client.refused(lib.virDomainOpenGraphics(dom, 0, null.fileno(), 0), INVALID_ARG, 'must be a socket')


def channels(world):
    """One program at a time has a channel, by its alias or its name, unless another takes over by force."""
    path = os.path.join(world.dir, 'third')
    world.define(domain('one', devices=CHANNELS % path))
    client = Client(world)
    lib = client.lib
    world.start('one')
    dom = client.domain('one')
    first, second, third = client.stream(), client.stream(), client.stream()
    open_one = lib.virDomainOpenChannel
    equal(open_one(dom, None, first, 0), 0, 'the first channel')
    for name in (b'a.b', b'channel0', None):
        client.refused(open_one(dom, name, second, 0), OPERATION_FAILED, 'Active channel stream exists for this domain')
    equal(open_one(dom, b'a.b', second, FORCE), 0, 'it is taken over')
    check(lib.virStreamRecv(first, ctypes.create_string_buffer(1), 1) <= 0, 'the first one reads on')
    check(lib.virStreamSend(second, b'x', 1) == 1, 'the second one writes')
    equal(open_one(dom, b'channel2', third, 0), 0, 'another channel')
    client.refused(open_one(dom, b'c.d', client.stream(), 0), INTERNAL_ERROR, 'channel c.d is not using a UNIX socket')
    client.refused(open_one(dom, b'no', client.stream(), 0), INTERNAL_ERROR, 'cannot find channel no')
    client.refused(open_one(dom, b'a.b', client.stream(), 2), INVALID_ARG, 'unsupported flags')
    with open('/proc/net/unix') as table:
        ends = [line for line in table if line.rstrip().endswith(path)]
    equal(len(ends), 2, 'sockets of the third channel: it listens, and is connected')
    lib.virStreamAbort(third)
    equal(open_one(dom, b'e.f', client.stream(), 0), 0, 'it is free again')
    world.virsh('destroy', 'one')
    client.refused(open_one(dom, b'a.b', client.stream(), 0), OPERATION_INVALID, 'domain is not running')


if SANITIZED:
    skip('an interpreter without the sanitizer')
main([screens, channels])
