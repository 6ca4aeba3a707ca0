#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Memory and vcpus of a Linux come and go, and the guest says on its console what it has."""

import os
import re

from devices import ACPI, attach, detach, update
from harness import check, domain, equal, has, main, wait_for
from linux import FULL, Guest, need, os_of

CELLS = ("<maxMemory slots='4' unit='GiB'>1</maxMemory><vcpu current='1'>3</vcpu><cpu><numa>"
         "<cell id='0' cpus='0' memory='192' unit='MiB'><distances><sibling id='1' value='31'/></distances></cell>"
         "<cell id='1' cpus='1-2' memory='64' unit='MiB'/></numa></cpu>")
DIMM = "<memory model='dimm'><target><size unit='MiB'>128</size><node>1</node></target></memory>"
VIRTIO = ("<memory model='virtio-mem'><target><size unit='MiB'>128</size><node>0</node><block unit='MiB'>2</block>"
          "<requested unit='MiB'>%d</requested></target></memory>")
KEPT = ("<memory model='nvdimm' access='shared'><source><path>%s</path></source><target><size unit='MiB'>128</size><node>1</node>"
        "</target></memory>")


class Shell(Guest):
    """Its answers to commands."""

    count = 0

    def asks(self, command):
        self.count += 1
        self.say('echo "A%d=`%s`=A"' % (self.count, command))
        return self.wait(b'\nA%d=(.*?)=A' % self.count, 60).group(1).decode().strip()

    def kib(self):
        return int(self.asks("awk '/^MemTotal/{print $2}' /proc/meminfo"))


def booted(world, devices):
    world.define(domain('guest', more=ACPI + CELLS, os_more=os_of(FULL),
                        devices="<memballoon model='virtio'/><serial type='pty'/>" + devices))
    world.start('guest', paused=False)
    guest = Shell(world, 'guest')
    guest.wait(rb'GUEST UP', 120)
    return guest


def current(world):
    return int(re.search("<currentMemory unit='KiB'>([0-9]+)<", world.virsh('dumpxml', 'guest')).group(1))


def cells(world, guest):
    equal(guest.asks('ls -d /sys/devices/system/node/node[0-9] | wc -l'), '2', 'cells')
    equal(guest.asks('cat /sys/devices/system/node/node0/distance'), '10 31', 'distances')
    wait_for(lambda: guest.asks('ls /sys/block | grep pmem') == 'pmem0', 30, 'memory that keeps its content')
    equal(guest.asks('cat /sys/block/pmem0/size'), str((128 << 20) // 512), 'its size')


def vcpus(world, guest):
    equal(guest.asks('nproc'), '1', 'vcpus')
    world.virsh('setvcpus', 'guest', '3', '--live')
    for number in ('1', '2'):
        wait_for(lambda: guest.asks('ls /sys/devices/system/cpu | grep -c cpu%s' % number) == '1', 30, 'the vcpu ' + number)
        guest.asks('echo 1 >/sys/devices/system/cpu/cpu%s/online' % number)
    equal(guest.asks('nproc'), '3', 'vcpus')
    equal(guest.asks('cat /sys/devices/system/node/node1/cpulist'), '1-2', "vcpus of the second cell")
    # a guest that takes more than 5 s lets it go later
    world.run('setvcpus', 'guest', '2', '--live')
    wait_for(lambda: "current='2'" in world.virsh('dumpxml', 'guest'), 60, 'a vcpu goes')
    equal(guest.asks('nproc'), '2', 'vcpus')


def modules_of_memory(world, guest):
    guest.asks('echo online_movable >/sys/devices/system/memory/auto_online_blocks')
    before, shown = guest.kib(), world.virsh('dumpxml', 'guest')
    attach(world, 'guest', DIMM, '--live')
    wait_for(lambda: guest.kib() > before + 120000, 60, 'the guest has more memory')
    has(world.virsh('dominfo', 'guest'), 'Used memory:    %d KiB' % ((256 + 128) * 1024))
    world.run('detach-device', 'guest', world.write(DIMM, 'device.xml'), '--live')
    wait_for(lambda: world.virsh('dumpxml', 'guest') == shown, 60, 'the guest lets it go')
    check(abs(guest.kib() - before) < 4096, 'the memory of the guest')


def given(world, guest):
    """What virtio-mem gives is told as it comes."""
    before = guest.kib()
    attach(world, 'guest', VIRTIO % 0, '--live')
    events = world.background('event', 'guest', '--event', 'memory-device-size-change', '--timeout', '60')
    device = re.search("<memory model='virtio-mem'>.*?</memory>", world.virsh('dumpxml', 'guest'), re.S).group(0)
    update(world, 'guest', device.replace("<requested unit='KiB'>0", "<requested unit='KiB'>65536"), '--live')
    wait_for(lambda: "<current unit='KiB'>65536<" in world.virsh('dumpxml', 'guest'), 60, 'the guest takes it')
    check(guest.kib() > before + 60000, 'the memory of the guest')
    equal(current(world), (256 + 64) * 1024, 'the memory shown')
    device = re.search("<memory model='virtio-mem'>.*?</memory>", world.virsh('dumpxml', 'guest'), re.S).group(0)
    update(world, 'guest', device.replace("<requested unit='KiB'>65536", "<requested unit='KiB'>0"), '--live')
    wait_for(lambda: "<current unit='KiB'>0<" in world.virsh('dumpxml', 'guest'), 60, 'the guest gives it back')
    events.communicate()


def balloon(world, guest):
    """What is shown is what the balloon left."""
    full, before = current(world), guest.kib()
    world.virsh('setmem', 'guest', str(full - 32768), '--live')
    wait_for(lambda: current(world) == full - 32768, 60, 'the balloon grows')
    has(world.virsh('dominfo', 'guest'), 'Used memory:    %d KiB' % (full - 32768))
    has(world.virsh('dommemstat', 'guest'), 'actual %d' % (full - 32768))
    check(guest.kib() < before - 30000, 'the memory of the guest')


def found_again(world, guest):
    """What virtio-mem gave and the balloon left is known to the next daemon; which ends the console."""
    device = re.search("<memory model='virtio-mem'>.*?</memory>", world.virsh('dumpxml', 'guest'), re.S).group(0)
    update(world, 'guest', device.replace("<requested unit='KiB'>0", "<requested unit='KiB'>32768"), '--live')
    wait_for(lambda: "<current unit='KiB'>32768<" in world.virsh('dumpxml', 'guest'), 60, 'the guest takes it')
    before = current(world)
    world.kill_daemon()
    wait_for(lambda: current(world) == before, 10, 'the next daemon knows it')
    has(world.virsh('dumpxml', 'guest'), "<current unit='KiB'>32768<")


def one_guest(world):
    """For all of them: most of the time it boots."""
    path = os.path.join(world.dir, 'kept')
    with open(path, 'wb') as file:
        file.truncate(128 << 20)        # what is plugged in behind it is a whole block of Linux's
    guest = booted(world, KEPT % path)
    # a vcpu that goes is the last one: without KVM QEMU does not survive a change of memory behind that
    for case in (cells, modules_of_memory, given, balloon, found_again, vcpus):
        case(world, guest)
        if case == found_again:
            guest.close()
            guest = Shell(world, 'guest')
        print('ok   ' + case.__name__, flush=True)
    guest.close()


need(FULL)
main([one_guest])
