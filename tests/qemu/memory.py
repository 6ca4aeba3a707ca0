#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest's memory: what it is made of, its NUMA cells, and what is plugged in, as QEMU and the host show it."""

import json
import os
import re

from devices import attach, detach, update
from harness import Failed, check, domain, equal, has, main

NONE = "<memballoon model='none'/>"
ACPI = '<features><acpi/></features>'
BACKING = '<memoryBacking>%s</memoryBacking>'
CELLS = '<vcpu>2</vcpu><cpu><numa>%s</numa></cpu>'
TWO = "<cell id='0' cpus='0' memory='16384'%s>%s</cell><cell id='1' cpus='1' memory='16384'>%s</cell>"
ROOM = ("<maxMemory slots='4' unit='MiB'>1024</maxMemory>" + ACPI +
        "<vcpu>2</vcpu><cpu><numa><cell id='0' cpus='0-1' memory='32768'/></numa></cpu>")
DIMM = "<memory model='dimm'%s>%s<target><size unit='MiB'>64</size><node>0</node></target>%s</memory>"
VIRTIO = ("<memory model='virtio-mem'><target><size unit='MiB'>64</size><node>0</node><block unit='MiB'>2</block>"
          "<requested unit='MiB'>%d</requested></target></memory>")
FILE = "<memory model='%s'%s><source><path>%s</path>%s</source><target><size unit='MiB'>64</size>%s</target></memory>"
PMEM_FILE = "<memory model='virtio-pmem'><source><path>%s</path></source><target><size unit='MiB'>64</size></target></memory>"


def ask(world, name, command, **arguments):
    request = json.dumps({'execute': command, 'arguments': arguments})
    return json.loads(world.virsh('qemu-monitor-command', name, request))['return']


def command_line(world, name):
    """What the emulator was started with, from /proc."""
    with open('/proc/%d/cmdline' % world.emulator(name)) as file:
        return file.read().rstrip('\0').replace('\0', ' ')


def memdevs(world, name):
    return {device['id']: device for device in ask(world, name, 'query-memdev')}


def rows(world):
    """A document, and what QEMU is told."""
    file = '"mem-path":"%s/config/libvirt/qemu/ram/' % world.dir
    nv = os.path.join(world.dir, 'nv')
    with open(nv, 'wb') as image:
        image.truncate(64 << 20)
    for more, devices, parts in (
            ('', '', ['memory-backend=pc.ram', '{"qom-type":"memory-backend-ram","id":"pc.ram","size":33554432}']),
            (BACKING % '<nosharepages/>', '', [',mem-merge=off']),
            (BACKING % "<source type='memfd'/><access mode='shared'/>", '',
             ['{"qom-type":"memory-backend-memfd","id":"pc.ram","share":true,"x-use-canonical-path-for-ramblock-id":false']),
            (BACKING % "<source type='file'/><discard/>", '', [file, '/pc.ram","discard-data":true']),
            (BACKING % "<access mode='private'/>", '', [file, '"share":false']),
            (BACKING % "<allocation mode='immediate' threads='2'/>", '', ['"prealloc":true,"prealloc-threads":2']),
            (BACKING % "<source type='anonymous'/>", '', ['"memory-backend-ram"']),
            (CELLS % (TWO % ('', '', '')), '',
             ['"id":"ram-node0","size":16777216}', '-numa node,nodeid=0,cpus=0,memdev=ram-node0',
              '-numa node,nodeid=1,cpus=1,memdev=ram-node1', '-m size=32768k ']),
            (CELLS.replace('2', '4', 1) % "<cell cpus='0,2-3' memory='16385'/><cell cpus='1' memory='16384'/>", '',
             ['-m size=33792k ', 'nodeid=0,cpus=0,cpus=2-3,memdev']),
            (CELLS % (TWO % (" memAccess='shared' discard='no'", '', '')), '',
             [file, '/ram-node0","discard-data":false,"share":true', '{"qom-type":"memory-backend-ram","id":"ram-node1"']),
            (CELLS % (TWO % ('', "<distances><sibling id='1' value='21'/></distances>", '')), '',
             ['-numa dist,src=0,dst=0,val=10 -numa dist,src=0,dst=1,val=21 -numa dist,src=1,dst=0,val=21 '
              '-numa dist,src=1,dst=1,val=10']),
            (CELLS % ((TWO % ('', "<cache level='1' associativity='direct' policy='writeback'><size value='10' unit='KiB'/>"
                              "<line value='8' unit='B'/></cache>", '')) +
                      "<interconnects><latency initiator='0' target='0' type='access' value='5'/>"
                      "<latency initiator='0' target='0' cache='1' type='read' value='5'/>"
                      "<bandwidth initiator='0' target='0' type='access' value='204800' unit='KiB'/></interconnects>"), '',
             [',hmat=on', 'cpus=0,initiator=0,memdev',
              '-numa hmat-lb,initiator=0,target=0,hierarchy=first-level,data-type=read-latency,latency=5',
              '-numa hmat-lb,initiator=0,target=0,hierarchy=memory,data-type=access-bandwidth,bandwidth=204800K',
              '-numa hmat-cache,node-id=0,size=10K,level=1,associativity=direct,policy=write-back,line=8']),
            ("<numatune><memory mode='interleave' nodeset='0'/></numatune>", '', ['"host-nodes":[0],"policy":"interleave"']),
            ("<numatune><memory mode='restrictive' nodeset='0'/></numatune>", '', ['"id":"pc.ram","size":33554432}']),
            ("<numatune><memory nodeset='0'/></numatune>" + BACKING % "<allocation mode='immediate'/>", '',
             ['{"qom-type":"thread-context","id":"tc-pc.ram","node-affinity":[0]}', '"prealloc-context":"tc-pc.ram"']),
            ("<numatune><memory mode='strict' nodeset='0'/><memnode cellid='1' mode='preferred' nodeset='0'/></numatune>" +
             CELLS % (TWO % ('', '', '')), '', ['"policy":"bind"}', '"policy":"preferred"}']),
            (ROOM, DIMM % ('', '', ''),
             ['-m size=32768k,slots=4,maxmem=1048576k', '{"qom-type":"memory-backend-ram","id":"memdimm0","size":67108864}',
              '{"driver":"pc-dimm","id":"dimm0","node":0,"memdev":"memdimm0","slot":0}']),
            (ROOM, DIMM % (" access='shared'", '<source><nodemask>0</nodemask><pagesize>4</pagesize></source>',
                           "<address type='dimm' slot='2' base='0x100000000'/>"),
             ['/dimm2","share":true', '"host-nodes":[0],"policy":"bind"', '"slot":2,"addr":4294967296']),
            (ROOM, VIRTIO % 32, ['"id":"memvirtiomem0","reserve":false', '"block-size":2097152,"requested-size":33554432']),
            (ROOM, FILE % ('nvdimm', '', nv, "<alignsize unit='MiB'>2</alignsize>",
                           "<node>0</node><label><size unit='KiB'>128</size></label><readonly/>"),
             [',nvdimm=on', '"prealloc":true,"size":67108864,"align":2097152',
              '"label-size":131072,"unarmed":true,"memdev":"memnvdimm0"']),
            (ROOM, PMEM_FILE % nv, ['"id":"memvirtiopmem0"', '"share":true', '"driver":"virtio-pmem-pci"'])):
        world.define(domain('doc', devices=NONE + devices, more=more))
        world.virsh('start', 'doc', '--paused')
        for part in parts:
            has(command_line(world, 'doc'), part)
        world.virsh('destroy', 'doc')
        check(not os.path.exists(world.dir + '/config/libvirt/qemu/ram') or
              os.listdir(world.dir + '/config/libvirt/qemu/ram') == [], 'files of memory stay: ' + more + devices)
        world.virsh('undefine', 'doc')


def refused(world):
    """At once, or at the start where it depends on the host; with the remedy."""
    for more, devices, part in (
            ("<vcpu placement='auto'>1</vcpu>", '', "nodeset='0'"),
            ("<numatune><memory mode='strict' nodeset='777'/></numatune>", '', 'NUMA node 777 is unavailable'),
            (ROOM, DIMM % ('', '<source><nodemask>777</nodemask></source>', ''), 'NUMA node 777 is unavailable'),
            (BACKING % "<hugepages><page size='3' unit='GiB'/></hugepages>", '', 'hugetlbfs with pages of 3145728 KiB')):
        world.define(domain('doc', devices=NONE + devices, more=more))
        has(world.refused('start', 'doc', '--paused'), part)
        world.virsh('undefine', 'doc')
    for more, devices, part in (
            (CELLS % (TWO % ('', '', '')) + BACKING % "<hugepages><page size='2048' nodeset='0'/><page size='4' nodeset='0-1'/></hugepages>",
             '', 'two sizes of pages'),
            ('', DIMM % ('', '', ''), 'has none'),
            (ROOM.replace("slots='4'", "slots='1'"), DIMM % ('', '', '') * 2, '1 slots'),
            (ROOM.replace('1024<', '64<'), DIMM % ('', '', ''), 'more than <maxMemory>'),
            (ROOM, (DIMM % ('', '', '')).replace('<node>0', '<node>1'), 'NUMA cell 1'),
            (ROOM, DIMM % ('', '', "<address type='dimm' slot='4'/>"), 'no slot 4'),
            (ROOM, DIMM % ('', '', "<address type='dimm' slot='2'/>") * 2, 'slot 2'),
            (ROOM, VIRTIO % 3, 'multiple'), (ROOM, VIRTIO % 128, 'requested'),
            (ROOM, (VIRTIO % 2).replace('>2</block', '>3</block'), 'power of two'),
            (ROOM, FILE % ('nvdimm', '', '/x', '', "<node>0</node><label><size unit='KiB'>64</size></label>"), '128 KiB'),
            (ROOM, FILE % ('nvdimm', '', '/x', '', "<node>0</node><label><size unit='MiB'>64</size></label>"), 'smaller'),
            (ROOM, FILE % ('virtio-pmem', '', '/x', '', '<node>0</node>'), 'no NUMA cell'),
            (ROOM, "<memory model='nvdimm'><target><size>65536</size><node>0</node></target></memory>", '<path>'),
            (ROOM, "<memory model='sgx-epc'><target><size>65536</size></target></memory>", 'sgx-epc')):
        has(world.refused('define', world.write(domain('doc', devices=NONE + devices, more=more))), part)


def cells(world):
    """QEMU has them, with their sizes and distances; each comes from its own part."""
    world.define(domain('doc', devices=NONE, more=CELLS % (
        TWO % ('', "<distances><sibling id='1' value='31'/></distances>", '')) +
        "<numatune><memnode cellid='1' mode='preferred' nodeset='0'/></numatune>"))
    has(world.virsh('dumpxml', 'doc'), "<sibling id='0' value='31'/>")
    world.start('doc')
    told = world.virsh('qemu-monitor-command', 'doc', '--hmp', 'info numa')
    for part in ('2 nodes', 'node 0 cpus: 0', 'node 0 size: 16 MB', 'node 1 cpus: 1', 'node 1 size: 16 MB'):
        has(told, part)
    have = memdevs(world, 'doc')
    equal({name: (have[name]['policy'], have[name]['host-nodes']) for name in have},
          {'ram-node0': ('default', []), 'ram-node1': ('preferred', [0])}, 'where memory comes from')
    image = os.path.join(world.dir, 'image')
    world.virsh('save', 'doc', image)
    text = world.virsh('save-image-dumpxml', image)
    for change in (("value='31'", "value='32'"), ("memory='16384'", "memory='17408'")):
        check(change[0] in text, 'the document of the image: ' + text)
        world.refused('restore', image, '--xml', world.write(text.replace(*change)))
    world.virsh('restore', image, '--paused')
    has(world.virsh('qemu-monitor-command', 'doc', '--hmp', 'info numa'), 'node 1 size: 16 MB')


def huge(world):
    """Large pages, if the host has a file system of them and enough."""
    with open('/proc/meminfo') as file:
        pages = re.search(r'HugePages_Free:\s+(\d+)', file.read())
    with open('/proc/mounts') as file:
        mounts = [line.split()[1] for line in file if line.split()[2] == 'hugetlbfs']
    if not pages or int(pages.group(1)) < 32 or not mounts or not os.access(mounts[0], os.W_OK):
        print('no large pages: not tried')
        return
    world.define(domain('doc', devices=NONE, more=BACKING % '<hugepages/>'))
    pid = world.start('doc')
    with open('/proc/%d/smaps' % pid) as file:
        has(file.read(), 'KernelPageSize:     2048 kB')
    world.virsh('destroy', 'doc')
    check(not [name for name in os.listdir(mounts[0] + '/libvirt/qemu') if name.endswith('-doc')], 'a directory stays')


def shared(world):
    """What is shared is so for the kernel, and its file goes with the guest."""
    world.define(domain('doc', devices=NONE, more=BACKING % "<source type='file'/><access mode='shared'/>"))
    pid = world.start('doc')
    with open('/proc/%d/maps' % pid) as file:
        lines = [line for line in file if 'libvirt/qemu/ram/' in line]
    check(lines and all('rw-s' in line for line in lines), 'mapped: %s' % lines)
    path = lines[0].split()[-1]
    equal(os.path.getsize(path), 32 << 20, 'the file')
    world.virsh('destroy', 'doc')
    check(not os.path.exists(os.path.dirname(path)), 'the directory stays')


def locked(world):
    world.define(domain('doc', devices=NONE, more=BACKING % '<locked/>'))
    try:
        pid = world.start('doc')
    except Failed as error:
        has(str(error), 'lock')         # a user may lock little
        return
    with open('/proc/%d/status' % pid) as file:
        check(int(re.search(r'VmLck:\s+(\d+)', file.read()).group(1)) >= 32768, 'not locked')


def plugged(world):
    """Memory is attached, changed, and stays where QEMU puts it; the document adds up."""
    world.define(domain('doc', devices=NONE, more=ROOM))
    world.start('doc')
    attach(world, 'doc', DIMM % ('', '', ''), '--live', '--config')
    attach(world, 'doc', VIRTIO % 0, '--live')
    have = {device['data']['id']: device['data'] for device in ask(world, 'doc', 'query-memory-devices')}
    equal(sorted(have), ['dimm0', 'virtiomem0'], 'memory devices')
    live = world.virsh('dumpxml', 'doc')
    has(live, "<address type='dimm' slot='0' base='0x%x'/>" % have['dimm0']['addr'])
    has(live, "<memory unit='KiB'>163840<")
    has(live, "<currentMemory unit='KiB'>98304<")
    has(live, "<current unit='KiB'>0<")
    has(world.virsh('dominfo', 'doc'), 'Used memory:    98304 KiB')
    has(world.virsh('dumpxml', 'doc', '--inactive'), "<memory unit='KiB'>98304<")
    virtio = re.search("<memory model='virtio-mem'>.*?</memory>", live, re.S).group(0)
    update(world, 'doc', virtio.replace("<requested unit='KiB'>0", "<requested unit='KiB'>8192"), '--live')
    device = [d['data'] for d in ask(world, 'doc', 'query-memory-devices') if d['data']['id'] == 'virtiomem0'][0]
    equal(device['requested-size'], 8 << 20, 'requested')
    has(world.virsh('dumpxml', 'doc'), "<requested unit='KiB'>8192<")
    for change, part in ((("<requested unit='KiB'>0", "<requested unit='KiB'>3"), 'multiple'),
                         (("<size unit='KiB'>65536", "<size unit='KiB'>131072"), '')):
        path = world.write(virtio.replace(*change), 'device.xml')
        has(world.refused('update-device', 'doc', path, '--live'), part)
    has(world.refused('update-device', 'doc', world.write(DIMM % ('', '', ''), 'device.xml'), '--live'), "model 'dimm'")
    for xml, part in (((DIMM % ('', '', '')).replace('64<', '2048<'), 'more than <maxMemory>'),
                      ((DIMM % ('', '', '')).replace('<node>0', '<node>7'), 'NUMA cell 7')):
        has(world.refused('attach-device', 'doc', world.write(xml, 'device.xml'), '--live'), part)
    equal(len(ask(world, 'doc', 'query-memory-devices')), 2, 'memory devices')
    world.kill_daemon()
    has(world.virsh('dumpxml', 'doc'), "<requested unit='KiB'>8192<")
    has(world.virsh('dominfo', 'doc'), 'Used memory:    98304 KiB')
    detach(world, 'doc', DIMM % ('', '', ''), '--config')
    has(world.virsh('dumpxml', 'doc', '--inactive'), "<memory unit='KiB'>32768<")


main([rows, refused, cells, huge, shared, locked, plugged])
