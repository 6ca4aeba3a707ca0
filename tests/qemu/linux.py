# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests that are a Linux (guest/make-guest made it), spoken to on their console."""

import os
import re
import select
import subprocess
import time

from harness import SLOW, check, skip

SMALL = os.environ.get('VIR_GUEST_DIR', '/nowhere')     # the kernel for clouds
FULL = os.path.join(SMALL, 'full')                      # with drivers for all of QEMU's devices


def need(system):
    if not os.path.exists(system + '/vmlinuz'):
        skip('no %s/vmlinuz: set VIR_GUEST_DIR to what guest/make-guest made' % system)


def os_of(system):
    """What <os> says of it."""
    return ('<kernel>%s/vmlinuz</kernel><initrd>%s/initrd.gz</initrd><cmdline>console=ttyS0 quiet</cmdline>'
            % (system, system))


class Guest:
    """A Linux that tells which devices it has."""

    def __init__(self, world, name):
        keys, self.keys = os.pipe()
        self.process = subprocess.Popen(['virsh', '-c', 'qemu:///session', 'console', name, '--force'], env=world.env,
                                        stdin=keys, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.close(keys)
        self.seen = self.whole = b''

    def wait(self, pattern, seconds):
        until = time.monotonic() + seconds * SLOW
        while not re.search(pattern, self.seen, re.S):
            ready = select.select([self.process.stdout], [], [], max(0, until - time.monotonic()))[0]
            data = os.read(self.process.stdout.fileno(), 4096) if ready else b''
            check(data, 'the guest says only %r' % self.seen[-500:])
            self.seen += data
            self.whole += data
        found = re.search(pattern, self.seen, re.S)
        self.seen = self.seen[found.end():]
        return found

    def drain(self):
        """What it wrote before it was stopped."""
        while select.select([self.process.stdout], [], [], 0.5)[0]:
            data = os.read(self.process.stdout.fileno(), 4096)
            check(data, 'the console has ended')
            self.whole += data

    def devices(self):
        os.write(self.keys, b'sees\n')
        return self.wait(rb'SEES (.*?) END', 60).group(1).decode().split()

    def close(self):
        try:
            os.write(self.keys, b'\x1d')
        except BrokenPipeError:         # the guest is off
            pass
        self.process.wait(10)
        os.close(self.keys)

    def say(self, line):
        os.write(self.keys, line.encode() + b'\n')
