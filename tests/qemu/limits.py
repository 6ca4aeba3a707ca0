#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Limits of disks that change while the guest runs, asked and set by a program: the guest's QEMU
has them, the documents say them, and disks of a group share them."""

import json
import os
import subprocess

from harness import check, domain, equal, has, main, skip

PYTHON = '/usr/bin/python3'
ASK = """
import json, sys, libvirt
libvirt.registerErrorHandler(lambda context, error: None, None)
guest = libvirt.open('qemu:///session').lookupByName('one')
disk, flags, params = json.loads(sys.argv[1])
try:
    print(json.dumps(guest.setBlockIoTune(disk, params, flags) if params else guest.blockIoTune(disk, flags)))
except libvirt.libvirtError as error:
    print(json.dumps({'code': error.get_error_code(), 'message': str(error)}))
"""
LIVE, CONFIG = 1, 2
DISK = "<disk type='file'><driver name='qemu' type='raw'/><source file='%s'/><target dev='vd%s'/>%s</disk>"
GROUP = '<iotune><total_bytes_sec>1000000</total_bytes_sec><group_name>g</group_name></iotune>'


def ask(world, disk, flags, params=None):
    done = subprocess.run([PYTHON, '-c', ASK, json.dumps([disk, flags, params])], env=world.env, capture_output=True, text=True)
    check(done.returncode == 0, done.stderr)
    return json.loads(done.stdout)


def of_qemu(world, disk):
    drives = json.loads(world.virsh('qemu-monitor-command', 'one', '{"execute":"query-block"}'))['return']
    return next(drive['inserted'] for drive in drives if 'virtio-disk%d/' % disk in drive['qdev'])


def limits(world):
    paths = [os.path.join(world.dir, name) for name in 'abc']
    for path in paths:
        with open(path, 'wb') as file:
            file.truncate(1 << 20)
    world.define(domain('one', devices=DISK % (paths[0], 'a', GROUP) + DISK % (paths[1], 'b', GROUP) + DISK % (paths[2], 'c', '')))
    world.virsh('start', 'one', '--paused')
    equal((of_qemu(world, 0)['bps'], of_qemu(world, 0)['group'], of_qemu(world, 2)['bps']), (1000000, 'g', 0), 'limits at start')
    equal(ask(world, 'vda', LIVE, {'read_iops_sec': 300, 'read_iops_sec_max': 900, 'read_iops_sec_max_length': 4}), 0, 'set')
    for disk in (0, 1):
        seen = of_qemu(world, disk)
        equal((seen['bps'], seen['iops_rd'], seen['iops_rd_max'], seen['iops_rd_max_length']), (1000000, 300, 900, 4),
              'limits of disk %d' % disk)
    equal(ask(world, 'vdb', LIVE)['read_iops_sec_max'], 900, 'of the other disk of the group')
    equal(ask(world, 'vda', CONFIG)['read_iops_sec'], 0, 'of the definition')
    equal(len(ask(world, 'vdc', LIVE)), 20, 'limits that there are')
    has(world.virsh('dumpxml', 'one'), '<read_iops_sec_max_length>4</read_iops_sec_max_length>')
    check('iops' not in world.virsh('dumpxml', 'one', '--inactive'), 'the definition has changed')
    equal(ask(world, paths[2], CONFIG, {'write_bytes_sec': 77}), 0, 'set in the definition, by the file')
    has(world.virsh('dumpxml', 'one', '--inactive'), '<write_bytes_sec>77</write_bytes_sec>')
    equal(of_qemu(world, 2)['bps_wr'], 0, 'of the running guest')
    world.kill_daemon()
    equal(ask(world, 'vda', LIVE, {'total_bytes_sec': 0, 'write_bytes_sec': 5}), 0, 'set: what is not said of bytes is 0')
    equal((of_qemu(world, 1)['bps'], of_qemu(world, 1)['bps_wr']), (0, 5), 'limits after another daemon took over')


def refused(world):
    limits(world)
    before = ask(world, 'vdc', LIVE)
    for params, code, word in (({'total_bytes_sec': 1, 'read_bytes_sec': 2}, 8, 'too'),
                               ({'read_iops_sec': 5, 'read_iops_sec_max': 1}, 67, 'less'),
                               ({'write_bytes_sec_max': 9}, 67, 'needs write_bytes_sec'),
                               ({'write_bytes_sec_max_length': 3}, 67, 'needs write_bytes_sec_max'),
                               ({'total_iops_sec': 1 << 60}, 82, '1000000000000000')):
        seen = ask(world, 'vdc', LIVE, params)
        equal(seen.get('code') if isinstance(seen, dict) else seen, code, 'the code for %s' % params)
        has(seen['message'], word)
    equal(ask(world, 'vdz', LIVE, {'total_bytes_sec': 1})['code'], 8, 'a disk that is not there')
    equal(ask(world, 'vdc', LIVE), before, 'the limits')


if __name__ == '__main__':
    if os.environ.get('VIR_SANITIZERS', 'no') != 'no':
        skip('foreign programs do not run with sanitizers')
    if subprocess.run([PYTHON, '-c', 'import libvirt'], capture_output=True).returncode:
        skip('no python3-libvirt')
    main([limits, refused])
