#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Virtual CPUs that come and go, and threads that run where and how the document says: seen in QEMU and in /proc."""

import json
import os
import re

from harness import domain, equal, has, main, wait_for

NONE = "<memballoon model='none'/>"
ACPI = '<features><acpi/></features>'
CPUS = sorted(os.sched_getaffinity(0))
ONE = '%d' % CPUS[-1]


def ask(world, name, command, **arguments):
    request = json.dumps({'execute': command, 'arguments': arguments})
    return json.loads(world.virsh('qemu-monitor-command', name, request))['return']


def vcpus(world, name):
    """{number: thread} of QEMU."""
    return {cpu['cpu-index']: cpu['thread-id'] for cpu in ask(world, name, 'query-cpus-fast')}


def iothreads(world, name):
    return {thread['id']: thread for thread in ask(world, name, 'query-iothreads')}


def numbers(world):
    """Of a definition: nothing runs."""
    world.define(domain('doc', devices=NONE, more="<vcpu current='1'>4</vcpu>"))
    world.virsh('setvcpus', 'doc', '3', '--config')
    has(world.virsh('dumpxml', 'doc'), "current='3'>4</vcpu>")
    has(world.refused('setvcpus', 'doc', '5', '--config'), '5 > 4')
    world.virsh('setvcpus', 'doc', '2', '--config', '--maximum')
    has(world.virsh('dumpxml', 'doc'), "<vcpu placement='static'>2</vcpu>")
    world.virsh('setvcpus', 'doc', '4', '--config', '--maximum')
    world.virsh('setvcpus', 'doc', '3', '--config', '--hotpluggable')
    has(world.virsh('dumpxml', 'doc'), "<vcpu id='2' enabled='yes' hotpluggable='yes'/>")
    world.virsh('setvcpu', 'doc', '2', '--disable', '--config')
    has(world.virsh('dumpxml', 'doc'), "current='2'>4</vcpu>")
    for words, part in ((('0', '--disable'), "vcpu '0'"), (('7', '--enable'), 'vcpu 7'), (('1', '--enable'), 'already'),
                        (('x', '--enable'), "bitmap 'x'")):
        has(world.refused('setvcpu', 'doc', *words, '--config'), part)
    has(world.refused('setvcpus', 'doc', '2', '--live'), 'not running')
    world.define(domain('topology', devices=NONE, more="<vcpu>4</vcpu><cpu><topology sockets='2' cores='2' threads='1'/></cpu>"))
    has(world.refused('setvcpus', 'topology', '8', '--config', '--maximum'), 'topology')
    for listed, part in (("<vcpu id='0' enabled='yes' hotpluggable='yes'/>", 'vcpu 0'),
                         ("<vcpu id='0' enabled='yes' order='1'/><vcpu id='1' enabled='yes' hotpluggable='yes'/>", 'order')):
        has(world.refused('define', world.write(domain('bad', more="<vcpu>2</vcpu><vcpus>%s</vcpus>" % listed))), part)


def plugging(world):
    """They come into the running guest, and into the one that begins; a daemon that is killed meanwhile sees them."""
    world.define(domain('doc', devices=NONE, more="<vcpu current='1'>4</vcpu>" + ACPI))
    world.start('doc')
    equal(sorted(vcpus(world, 'doc')), [0], 'vcpus')
    world.virsh('setvcpus', 'doc', '2', '--live')
    world.virsh('setvcpu', 'doc', '3', '--enable', '--live')
    equal(sorted(vcpus(world, 'doc')), [0, 1, 3], 'vcpus')
    live = world.virsh('dumpxml', 'doc')
    for part in ("current='3'>4</vcpu>", "<vcpu id='0' enabled='yes' hotpluggable='no' order='1'/>",
                 "<vcpu id='1' enabled='yes' hotpluggable='yes' order='2'/>", "<vcpu id='2' enabled='no' hotpluggable='yes'/>",
                 "<vcpu id='3' enabled='yes' hotpluggable='yes' order='3'/>"):
        has(live, part)
    equal(world.virsh('vcpucount', 'doc', '--live'), '3', 'vcpus')
    has(world.refused('setvcpus', 'doc', '9', '--live'), '9 > 4')
    has(world.refused('setvcpu', 'doc', '0', '--disable', '--live'), "vcpu '0'")
    world.kill_daemon()
    equal(world.virsh('vcpucount', 'doc', '--live'), '3', 'vcpus for the next daemon')
    has(world.virsh('vcpuinfo', 'doc'), 'VCPU:           3')
    ask(world, 'doc', 'device_add', driver='qemu64-x86_64-cpu', id='vcpu2',
        **{'socket-id': 2, 'core-id': 0, 'thread-id': 0})
    world.kill_daemon()
    wait_for(lambda: world.virsh('vcpucount', 'doc', '--live') == '4', 10, 'a vcpu that no daemon saw come')
    world.virsh('destroy', 'doc')
    world.virsh('undefine', 'doc')
    world.define(domain('doc', devices=NONE, more="<vcpu>4</vcpu><vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/>"
                        "<vcpu id='3' enabled='yes' hotpluggable='yes'/></vcpus>" + ACPI))
    world.virsh('start', 'doc')
    equal(sorted(vcpus(world, 'doc')), [0, 3], 'vcpus at the start')
    has(world.refused('setvcpus', 'doc', '0', '--live'), '0 processors')
    world.virsh('destroy', 'doc')
    world.define(domain('fixed', devices=NONE, more='<vcpu>2</vcpu>' + ACPI))
    world.start('fixed')
    has(world.refused('setvcpus', 'fixed', '1', '--live'), 'hotpluggable')


def places(world):
    """What is bound is bound for the kernel; at the start, and while the guest runs."""
    tune = ("<vcpu cpuset='%s' current='2'>3</vcpu><iothreads>1</iothreads><cputune><vcpupin vcpu='1' cpuset='%s'/>"
            "<emulatorpin cpuset='%s'/><iothreadpin iothread='1' cpuset='%s'/><vcpusched vcpus='1' scheduler='batch'/>"
            "<iothreadsched iothreads='1' scheduler='idle'/><emulatorsched scheduler='batch'/></cputune>"
            % (ONE, CPUS[0], CPUS[0], ONE))
    world.define(domain('doc', devices=NONE, more=tune + ACPI))
    pid = world.start('doc')
    tasks, thread = vcpus(world, 'doc'), iothreads(world, 'doc')['iothread1']['thread-id']
    equal([os.sched_getaffinity(tasks[0]), os.sched_getaffinity(tasks[1]), os.sched_getaffinity(pid),
           os.sched_getaffinity(thread)], [{CPUS[-1]}, {CPUS[0]}, {CPUS[0]}, {CPUS[-1]}], 'where threads run')
    equal([os.sched_getscheduler(task) for task in (tasks[0], tasks[1], thread, pid)],
          [os.SCHED_OTHER, os.SCHED_BATCH, os.SCHED_IDLE, os.SCHED_BATCH], 'how they are scheduled')
    events = world.background('event', 'doc', '--event', 'tunable', '--timeout', '20')
    wait_for(lambda: world.virsh('vcpupin', 'doc', '0', str(CPUS[0]), '--live', '--config') == '' and
             events.poll() is not None, 20, 'an event')         # once it listens
    has(events.communicate()[0], 'cputune.vcpupin0: %d' % CPUS[0])
    equal(os.sched_getaffinity(tasks[0]), {CPUS[0]}, 'a vcpu that was bound')
    for how in ((), ('--inactive',)):
        has(world.virsh('dumpxml', 'doc', *how), "<vcpupin vcpu='0' cpuset='%d'/>" % CPUS[0])
    has(world.virsh('vcpupin', 'doc', '0', '--config'), str(CPUS[0]))
    world.virsh('emulatorpin', 'doc', ONE, '--live')
    equal(os.sched_getaffinity(pid), {CPUS[-1]}, 'the emulator')
    world.virsh('iothreadpin', 'doc', '1', str(CPUS[0]), '--live')
    equal(os.sched_getaffinity(thread), {CPUS[0]}, 'a thread for I/O')
    world.virsh('setvcpus', 'doc', '3', '--live')
    equal(os.sched_getaffinity(vcpus(world, 'doc')[2]), {CPUS[-1]}, 'a vcpu that came')
    info = world.virsh('vcpuinfo', 'doc')
    equal([len(re.findall('State: +running', info)), len(re.findall('VCPU:', info))], [3, 3], 'vcpus that are told')
    for words, part in ((('vcpupin', 'doc', '9', '0', '--config'), 'out of range'), (('vcpupin', 'doc', '9', '0', '--live'), 'out of range'),
                        (('iothreadpin', 'doc', '9', '0', '--live'), 'iothread 9')):
        has(world.refused(*words), part)
    world.virsh('destroy', 'doc')
    world.define(domain('fifo', devices=NONE, more="<cputune><vcpusched vcpus='0' scheduler='fifo' priority='98'/></cputune>"))
    status, _, error = world.run('start', 'fifo', '--paused')
    if status:
        has(error, "by the policy 'fifo' with the priority 98")         # who may not
    else:
        equal(os.sched_getscheduler(vcpus(world, 'fifo')[0]), os.SCHED_FIFO, 'the policy')


def io(world):
    """Threads for I/O come, go, and wait as they are told."""
    world.define(domain('doc', devices=NONE, more="<iothreads>1</iothreads><iothreadids><iothread id='4' thread_pool_min='1' "
                        "thread_pool_max='3'/></iothreadids>"))
    has(world.virsh('iothreadinfo', 'doc'), '4  ')
    world.start('doc')
    equal(iothreads(world, 'doc')['iothread4']['thread-id'] > 0, True, 'the thread')
    equal(ask(world, 'doc', 'qom-get', path='/objects/iothread4', property='thread-pool-max'), 3, 'the pool')
    world.virsh('iothreadadd', 'doc', '7', '--live', '--config')
    equal(sorted(iothreads(world, 'doc')), ['iothread4', 'iothread7'], 'threads')
    for how in ((), ('--inactive',)):
        has(world.virsh('dumpxml', 'doc', *how), "<iothreads>2</iothreads>")
    world.virsh('iothreadset', 'doc', '7', '--poll-max-ns', '5000', '--thread-pool-max', '5')
    equal(iothreads(world, 'doc')['iothread7']['poll-max-ns'], 5000, 'how long it polls')
    has(world.virsh('dumpxml', 'doc'), "<iothread id='7' thread_pool_max='5'/>")
    world.virsh('iothreaddel', 'doc', '7', '--live', '--config')
    equal(sorted(iothreads(world, 'doc')), ['iothread4'], 'threads')
    for words, part in ((('iothreadadd', 'doc', '4'), "'4'"), (('iothreaddel', 'doc', '9'), "'9'"), (('iothreadadd', 'doc', '0'), "'0'"),
                        (('iothreadset', 'doc', '4', '--poll-max-ns', '1', '--config'), 'persistent polling')):
        has(world.refused(*words), part)
    with open(os.path.join(world.dir, 'disk'), 'wb') as file:
        file.truncate(1 << 20)
    world.define(domain('used', more='<iothreads>1</iothreads>', devices=NONE + "<disk type='file'><driver name='qemu' iothread='1'/>"
                        "<source file='%s/disk'/><target dev='vda'/></disk>" % world.dir))
    world.start('used')
    for how in ('--live', '--config'):
        has(world.refused('iothreaddel', 'used', '1', how), 'thread for I/O 1')


def groups(world):
    """A user's own guests are in no control group: that is said."""
    world.define(domain('doc', devices=NONE))
    for command, part in (('memtune', 'Memory tuning'), ('schedinfo', 'CPU tuning'), ('blkiotune', 'Block I/O tuning')):
        has(world.refused(command, 'doc'), part + ' is not available in session mode')
    has(world.virsh('numatune', 'doc'), 'numa_mode      : strict')
    world.virsh('numatune', 'doc', '--mode', 'interleave', '--nodeset', '0', '--config')
    has(world.virsh('dumpxml', 'doc'), "<memory mode='interleave' nodeset='0'/>")
    pid = world.start('doc')
    has(world.refused('numatune', 'doc', '--nodeset', '0', '--live'), 'NUMA tuning is not available in session mode')
    has(world.refused('cpu-stats', 'doc'), 'CPUACCT')
    with open('/proc/%d/cmdline' % pid) as file:
        has(file.read(), '"policy":"interleave"')


if len(CPUS) < 2:
    print('one CPU alone: what is bound cannot be told from what is not')
main([numbers, plugging, places, io, groups])
