#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemon dies: guests do not, and the next daemon finds each of them once."""

import os
import re
import shutil
import signal
import subprocess
import time

from harness import Timed, alive, check, domain, equal, has, main, wait_for


def found_again(world):
    world.define(domain('one'))
    world.virsh('create', world.write(domain('brief')), '--paused')
    pid = world.start('one')
    ids = [world.virsh('domid', name) for name in ('one', 'brief')]
    world.virsh('resume', 'one')
    world.kill_daemon()
    world.virsh('version')              # the next daemon
    with Timed(1, 'list after the daemon was killed'):
        listed = world.virsh('list', '--name').split()
    equal(sorted(listed), ['brief', 'one'], 'running guests')
    equal([world.virsh('domid', name) for name in ('one', 'brief')], ids, 'ids')
    equal(world.emulator('one'), pid, 'process')
    wait_for(lambda: world.virsh('domstate', 'brief') == 'paused', 2, 'the paused guest is known to be paused')
    world.virsh('suspend', 'one')       # the monitor works
    equal(world.virsh('domstate', 'one'), 'paused', 'state')
    has(world.virsh('dominfo', 'brief'), 'Persistent:     no')
    world.virsh('create', world.write(domain('third')), '--paused')
    check(world.virsh('domid', 'third') not in ids, 'an id given twice')
    for name in ('one', 'brief', 'third'):
        world.virsh('destroy', name)
    equal(world.emulators(), [], 'emulators')


def long_when_written(world):
    """Definition and status of 12 MB: more than a message may have, and still found again."""
    world.define(domain('long', more="<description>%s</description>" % ("'" * 2000000)))
    world.start('long')
    check(os.path.getsize(os.path.join(world.config, 'long.xml')) > 12000000, 'the file is not long')
    world.kill_daemon()
    equal(world.virsh('list', '--all', '--persistent', '--state-paused', '--name'), 'long', 'what is found again')
    has(world.virsh('dominfo', 'long'), 'Persistent:     yes')
    world.virsh('destroy', 'long')
    equal(world.emulators(), [], 'emulators')


def ended_meanwhile(world):
    world.define(domain('one', devices="<channel type='unix'><target type='virtio'/></channel>"))
    pid = world.start('one')
    world.kill_daemon()
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not alive(pid), 3, 'the emulator is gone')
    equal(world.virsh('domstate', 'one'), 'shut off', 'state')
    equal(world.running_files(), [], 'files of running guests')
    world.start('one')


def broken_status(world, content):
    world.define(domain('one'))
    pid = world.start('one')
    world.kill_daemon()
    path = os.path.join(world.state, 'one.xml')
    with open(path) as file:
        text = file.read()
    os.unlink(path)
    if content is not None:
        with open(path, 'w') as file:
            file.write(content(text))
    equal(world.virsh('list', '--name'), 'one', 'running guests')
    has(world.refused('start', 'one'), 'already')
    equal(world.emulators(), [pid], 'emulators')
    equal(world.emulator('one'), pid, 'process in the new status file')
    if content is not None:
        check([f for f in os.listdir(world.state) if f.startswith('one.xml.')], 'the broken file was not kept')
    world.virsh('resume', 'one')
    world.virsh('destroy', 'one')
    equal(world.emulators(), [], 'emulators')
    world.start('one')


def truncated_status(world):
    broken_status(world, lambda text: text[:len(text) // 2])


def empty_status(world):
    broken_status(world, lambda text: '')


def lost_status(world):
    broken_status(world, None)


def lost_status_behind_a_link(world):
    """The logs lie elsewhere than their path says."""
    os.mkdir(os.path.join(world.dir, 'elsewhere'))
    os.symlink('elsewhere', os.path.join(world.dir, 'cache'))
    world.log = world.log.replace('/cache/', '/elsewhere/')
    broken_status(world, None)


def lost_status_of_transient(world):
    world.virsh('create', world.write(domain('brief')), '--paused')
    uuid = world.virsh('domuuid', 'brief')
    world.kill_daemon()
    os.unlink(os.path.join(world.state, 'brief.xml'))
    equal(world.virsh('list', '--name'), 'brief', 'running guests')
    equal(world.virsh('domuuid', 'brief'), uuid, 'uuid')
    world.virsh('destroy', 'brief')
    equal(world.virsh('list', '--all', '--name'), '', 'domains')


def copied_status(world):
    """A copy of a status file is no second guest."""
    world.define(domain('one'))
    pid = world.start('one')
    world.kill_daemon()
    for copy in ('a.xml', 'two.xml'):   # one is read first, one last
        shutil.copy(os.path.join(world.state, 'one.xml'), os.path.join(world.state, copy))
    equal(world.virsh('list', '--name'), 'one', 'running guests')
    equal([name for name in world.running_files() if name.endswith(('.xml', '.bad'))], ['a.xml.bad', 'one.xml', 'two.xml.bad'],
          'files of running guests')
    world.virsh('resume', 'one')
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: world.state_of('one') == 'shut off (crashed)', 5, 'the end is noticed')
    world.virsh('start', 'one')


def changed_status(world, name, **numbers):
    """Gives the status file of a guest other numbers."""
    path = os.path.join(world.state, name + '.xml')
    with open(path) as file:
        text = file.read()
    for key, value in numbers.items():
        text = re.sub(r"%s='\d+'" % key, "%s='%s'" % (key, value), text, count=1)
    with open(path, 'w') as file:
        file.write(text)


def start_time(pid):
    with open('/proc/%d/stat' % pid) as file:
        return file.read().rsplit(')', 1)[1].split()[19]


def number_of_a_stranger(world):
    """A status file with the number of another process, even with the time when that began, never
    harms that process."""
    world.define(domain('one'))
    stranger = subprocess.Popen(['sleep', '100'])
    try:
        for more in ({}, {'start': start_time(stranger.pid)}):
            pid = world.start('one')
            world.kill_daemon()
            os.kill(pid, signal.SIGKILL)
            wait_for(lambda: not alive(pid), 3, 'the emulator is gone')
            changed_status(world, 'one', pid=stranger.pid, **more)
            equal(world.virsh('domstate', 'one'), 'shut off', 'state')
            world.refused('destroy', 'one')
            equal(stranger.poll(), None, 'the stranger')
    finally:
        stranger.kill()
        stranger.wait()


def number_of_another_guest(world):
    """The same of another guest, which stays what it was; and the guest itself is found by its process."""
    pids = []
    for name in ('one', 'two'):
        world.define(domain(name))
        pids.append(world.start(name))
    world.kill_daemon()
    changed_status(world, 'one', pid=pids[1], start=start_time(pids[1]))
    equal(sorted(world.virsh('list', '--name').split()), ['one', 'two'], 'running guests')
    equal([world.emulator('one'), world.emulator('two')], pids, 'processes')
    world.virsh('destroy', 'one')
    equal([alive(pid) for pid in pids], [False, True], 'processes that live')


FOREIGN = '''mount -t tmpfs tmpfs {dir} && umask 077 && mkdir -p {dir}/run {log} && : >{log}/one.log && virsh -q -c qemu:///session list --name
status=$?; kill $(cat {dir}/run/libvirt/libvirtd.pid); exit $status'''


def guest_of_a_namesake(world):
    """A daemon whose directories have the same names, but are others, has other guests."""
    world.virsh('create', world.write(domain('one')), '--paused')
    script = ['unshare', '-m', 'sh', '-c', FOREIGN.format(dir=world.dir, log=world.log)]
    if os.geteuid() or subprocess.run(['unshare', '-m', 'true']).returncode:
        print('no private mounts: not tried')
        return
    other = subprocess.run(script, env=world.env, capture_output=True, text=True, timeout=60)
    equal((other.returncode, other.stdout.strip()), (0, ''), 'guests of the other daemon')
    equal(world.virsh('list', '--name'), 'one', 'own guests')


def impostor(world):
    """A process that says it is a guest is none: the log that it holds may be written to by others."""
    world.define(domain('one'))
    uuid = world.virsh('domuuid', 'one')
    world.kill_daemon()
    os.makedirs(world.log, exist_ok=True)
    path = os.path.join(world.log, 'one.log')
    with open(path, 'w') as log:
        os.chmod(path, 0o666)
    with open(path) as log:
        process = subprocess.Popen(['qemu', '-c', 'sleep 100; :', '-name', 'guest=one', '-uuid', uuid], executable='/bin/sh',
                                   stdin=log, start_new_session=True)
    try:
        equal(world.virsh('domstate', 'one'), 'shut off', 'state')
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def runtime_directory_wiped(world):
    world.define(domain('one'))
    pid = world.start('one')
    world.kill_daemon()
    for name in os.listdir(world.state):
        os.unlink(os.path.join(world.state, name))
    equal(world.virsh('list', '--name'), 'one', 'running guests')
    has(world.refused('start', 'one'), 'already')
    has(world.refused('suspend', 'one'), 'monitor')
    equal(world.emulators(), [pid], 'emulators')
    world.virsh('destroy', 'one')
    equal(world.emulators(), [], 'emulators')


def strange_numbers(world):
    """A status file that fits any process, or whose id cannot be counted on, is set aside."""
    world.define(domain('one'))
    for change in ((r"start='\d+'", "start='0'"), (r"start='\d+'", "start=''"), (r" id='\d+'", " id='2147483647'")):
        pid = world.start('one')
        world.kill_daemon()
        path = os.path.join(world.state, 'one.xml')
        with open(path) as file:
            text = file.read()
        with open(path, 'w') as file:
            file.write(re.sub(change[0], change[1], text))
        equal(world.virsh('list', '--name'), 'one', 'running guests')         # by its process
        check(int(world.virsh('domid', 'one')) < 1000, 'id')
        equal(world.emulators(), [pid], 'emulators')
        world.virsh('destroy', 'one')


def autostart(world):
    world.define(domain('one'))
    world.define(domain('two'))
    world.virsh('autostart', 'one')
    has(world.virsh('dominfo', 'one'), 'Autostart:      enable')
    equal(os.listdir(os.path.join(world.config, 'autostart')), ['one.xml'], 'marks')
    world.kill_daemon()
    world.virsh('version')
    time.sleep(0.5)
    equal(world.virsh('list', '--name'), '', 'started by a second daemon')
    world.kill_daemon()
    os.unlink(os.path.join(world.state, 'autostarted'))       # as after a boot
    world.virsh('version')
    wait_for(lambda: world.virsh('list', '--name') == 'one', 5, 'the guest starts with the host')
    world.virsh('destroy', 'one')
    world.virsh('autostart', 'one', '--disable')
    equal(os.listdir(os.path.join(world.config, 'autostart')), [], 'marks')


def killed_in_a_define_loop(world):
    """Always the old or the new definition, never a broken one, and no litter."""
    world.define(domain('one', memory=32))
    uuid = world.virsh('domuuid', 'one')
    path = world.write(domain('one', memory=48, more='<uuid>%s</uuid>' % uuid))
    for round in range(4):
        loop = world.background(';'.join(['define ' + path] * 200))
        time.sleep(0.05 + 0.03 * round)
        world.kill_daemon()
        loop.communicate(timeout=60)
        check(world.virsh('dumpxml', 'one').count('<memory ') == 1, 'the definition')
    world.kill_daemon()
    equal(world.virsh('list', '--all', '--name'), 'one', 'domains')
    equal(sorted(os.listdir(world.config)), ['autostart', 'one.xml'], 'files')


def second_driver(world):
    """Another daemon on the same directories starts without this driver."""
    world.define(domain('one'))
    world.start('one')
    second = subprocess.run(['libvirtd', '--session', '-v', '-t', '1', '-p', os.path.join(world.dir, 'second.pid')], env=world.env,
                            capture_output=True, text=True, timeout=60)
    check('another daemon' in second.stderr or second.returncode != 0, second.stderr)
    equal(len(world.emulators()), 1, 'emulators')
    world.virsh('destroy', 'one')


main([second_driver, found_again, long_when_written, ended_meanwhile, copied_status, truncated_status, empty_status, lost_status,
      lost_status_behind_a_link,
      lost_status_of_transient, number_of_a_stranger, number_of_another_guest, guest_of_a_namesake,
      strange_numbers, impostor, runtime_directory_wiped, autostart,
      killed_in_a_define_loop])
