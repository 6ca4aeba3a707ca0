#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Define, start, look, pause, shut down, destroy, undefine; events; a guest that boots."""

import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time

from harness import SANITIZED, SLOW, Injected, SlowDisk, Timed, alive, check, domain, equal, has, main, wait_for, waits

CHANNEL = "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"


def persistent(world):
    world.define(domain('one'))
    equal(world.state_of('one'), 'shut off (unknown)', 'state when defined')
    pid = world.start('one')
    equal(world.state_of('one'), 'paused (user)', 'state when started paused')
    has(world.virsh('list'), 'one')
    info = world.virsh('dominfo', 'one')
    has(info, 'Persistent:     yes')
    check(re.search(r'Id: +\d+', info), 'no id: ' + info)
    has(world.refused('start', 'one'), 'already')
    world.virsh('resume', 'one')
    equal(world.state_of('one'), 'running (unpaused)', 'state when resumed')
    world.virsh('suspend', 'one')
    equal(world.state_of('one'), 'paused (user)', 'state when suspended')
    world.virsh('destroy', 'one')
    equal(world.state_of('one'), 'shut off (destroyed)', 'state when destroyed')
    check(not os.path.exists('/proc/%d' % pid), 'the emulator is still there')
    has(world.refused('destroy', 'one'), 'domain is not running')
    world.virsh('undefine', 'one')
    has(world.refused('domstate', 'one'), "failed to get domain 'one'")
    equal(os.listdir(world.config), ['autostart'], 'files of definitions')
    equal(world.running_files(), [], 'files of running guests')


def transient(world):
    world.virsh('create', world.write(domain('brief')), '--paused')
    has(world.virsh('dominfo', 'brief'), 'Persistent:     no')
    has(world.refused('undefine', 'brief'), 'transient')
    world.virsh('destroy', 'brief')
    equal(world.virsh('list', '--all', '--name'), '', 'a transient domain after its end')


def created_though_defined(world):
    """It runs as this document says, and its definition stays; also for another daemon."""
    uuid = '<uuid>f0d8f2bd-4d94-4546-82d2-cbf0a8c9b34d</uuid>'
    world.define(domain('one', more=uuid))
    small = world.write(domain('one', more=uuid, memory=24))
    world.virsh('create', small, '--paused')
    world.kill_daemon()
    has(world.virsh('dumpxml', 'one'), "<memory unit='KiB'>24576</memory>")
    has(world.virsh('dumpxml', 'one', '--inactive'), "<memory unit='KiB'>32768</memory>")
    has(world.refused('create', small, '--paused'), 'already running')
    has(world.refused('create', world.write(domain('two', more=uuid))), 'already defined')
    world.virsh('destroy', 'one')
    equal(world.state_of('one'), 'shut off (destroyed)', 'state')


def undefined_while_running(world):
    world.define(domain('one'))
    world.start('one')
    world.virsh('undefine', 'one')
    has(world.virsh('dominfo', 'one'), 'Persistent:     no')
    world.virsh('destroy', 'one')
    equal(world.virsh('list', '--all', '--name'), '', 'domains')


def redefined_while_running(world):
    world.define(domain('one', memory=32))
    world.start('one')
    uuid = world.virsh('domuuid', 'one')
    world.define(domain('one', memory=64, more='<uuid>%s</uuid>' % uuid))
    has(world.virsh('dumpxml', 'one'), "<memory unit='KiB'>32768</memory>")
    has(world.virsh('dumpxml', 'one', '--inactive'), "<memory unit='KiB'>65536</memory>")
    check("id='" not in world.virsh('dumpxml', 'one', '--inactive').split('\n')[0], 'an id in the inactive document')
    world.virsh('destroy', 'one')
    has(world.virsh('dumpxml', 'one'), "<memory unit='KiB'>65536</memory>")


@waits
def defined_as_it_ends(world):
    """A transient guest's process ends while its definition is written: the domain stays."""
    if not shutil.which('strace'):
        print('no strace: not tried')
        return
    world.virsh('create', world.write(domain('brief')), '--paused')
    path = world.write(world.virsh('dumpxml', 'brief'))
    pid = world.emulator('brief')
    with SlowDisk(world, 0.3 * SLOW):
        define = world.background('define', path)
        time.sleep(0.3 * SLOW)
        os.kill(pid, 9)
        check(define.wait(10 * SLOW) == 0, 'not defined')
    equal(world.state_of('brief'), 'shut off (crashed)', 'state')
    world.virsh('start', 'brief', '--paused')


@waits
def ended_as_it_is_noted(world):
    """A guest's process ends while its state is written: no file of it stays."""
    if not shutil.which('strace'):
        print('no strace: not tried')
        return
    world.define(domain('one'))
    pid = world.start('one')
    with SlowDisk(world, 0.3 * SLOW):
        resume = world.background('resume', 'one')
        time.sleep(0.2 * SLOW)
        os.kill(pid, 9)
        resume.wait(10 * SLOW)
    equal(world.state_of('one'), 'shut off (crashed)', 'state')
    equal(world.running_files(), [], 'files of running guests')


@waits
def slow_disk(world):
    """While a definition is written, which takes the disk seconds, nobody else waits for it."""
    if not shutil.which('strace'):
        print('no strace: not tried')
        return
    world.define(domain('one'))
    path = world.write(domain('two'))
    with SlowDisk(world, 5):
        define = world.background('define', path)
        time.sleep(0.5)
        for command in ('list --all', 'dominfo one', 'dumpxml one'):
            with Timed(0.5, command):       # strace is in the way
                world.virsh(command)
        check(define.poll() is None, 'it is written already')
    define.wait(20 * SLOW)
    equal(world.state_of('two'), 'shut off (unknown)', 'state')


def nothing_to_be_had(world):
    """Neither a process nor a descriptor: an error of the call that needs it, and only while it is so."""
    if not shutil.which('strace'):
        print('no strace: not tried')
        return
    world.define(domain('one'))
    world.define(domain('two'))
    world.start('two')
    files, there = len(world.daemon_files()), world.running_files()
    for calls, fault, words in (('clone,clone3,fork,vfork', 'EAGAIN', 'Resource temporarily unavailable'),
                                ('openat,pipe2,socketpair,memfd_create', 'ENFILE', 'Too many open files in system')):
        with Injected(world, calls, 'error=' + fault):
            for _ in range(5):
                has(world.refused('start', 'one', '--paused'), words)
                for command in ('list --all', 'dominfo one', 'resume two', 'suspend two'):
                    world.virsh(*command.split())
        equal(world.state_of('one'), 'shut off (failed)', 'state after ' + fault)
        equal(world.running_files(), there, 'files of running guests after ' + fault)
        world.start('one')
        world.virsh('destroy', 'one')
        wait_for(lambda: len(world.daemon_files()) <= files, 5, 'descriptors after ' + fault)


def names_and_uuids(world):
    world.define(domain('one'))
    has(world.refused('define', world.write(domain('one'))), "domain 'one' already exists with uuid")
    uuid = world.virsh('domuuid', 'one')
    has(world.refused('define', world.write(domain('two', more='<uuid>%s</uuid>' % uuid))),
        "domain 'one' is already defined with uuid " + uuid)
    equal(world.virsh('list', '--all', '--name'), 'one', 'domains')


def autodestroy(world):
    world.define(domain('one'))
    world.virsh('start one --paused --autodestroy; domstate one')
    wait_for(lambda: world.virsh('domstate', 'one') == 'shut off', 3, 'the guest goes with its connection')


def autodestroy_of_many(world):
    """Guests that do not end by themselves do not add up."""
    names = ['g%d' % i for i in range(5)]
    for name in names:
        world.define(domain(name))
    client = world.background(';'.join('start %s --paused --autodestroy' % name for name in names) +
                              '; event --event lifecycle --loop')
    wait_for(lambda: len(world.virsh('list', '--name').split()) == 5, 10, 'the guests run')
    for name in names:
        os.kill(world.emulator(name), signal.SIGSTOP)
    with Timed(2.5, 'the end of 5 stopped guests'):
        client.kill()
        wait_for(lambda: world.emulators() == [], 10, 'the guests end')
    client.communicate(timeout=10)
    # their processes are gone a moment before the daemon sees that
    wait_for(lambda: {world.state_of(name) for name in names} == {'shut off (destroyed)'}, 5, 'the states')


def what_cannot_be_now(world):
    """A call that the state of the guest forbids."""
    world.define(domain('one', more="<vcpu current='1'>2</vcpu>"))
    world.start('one')
    has(world.refused('shutdown', 'one'), 'Requested operation is not valid: domain is not running')
    world.virsh('suspend', 'one')
    world.virsh('resume', 'one')
    has(world.refused('resume', 'one'), 'Requested operation is not valid: domain is already running')
    equal(world.virsh('vcpucount', 'one', '--maximum', '--live'), '2', 'most vcpus')
    said = bindings(world, "print(dom.maxVcpus())")
    if said is not None:
        equal(said, '2\n', 'most vcpus')


def where_files_are(world):
    """Where users and scripts look for them."""
    world.define(domain('one'))
    pid = world.start('one')
    with open(os.path.join(world.dir, 'run/libvirt/qemu/run/one.pid')) as file:
        equal(file.read(), '%d\n' % pid, 'the file of the process number')
    check(os.path.getsize(os.path.join(world.dir, 'cache/libvirt/qemu/log/one.log')) > 0, 'the log is empty')
    world.virsh('destroy', 'one')
    equal(world.running_files(), [], 'files of running guests')


def autodestroy_at_the_end(world):
    """The connection and the daemon end at the same time."""
    world.define(domain('one'))
    for _ in range(4):
        client = world.background('start one --paused --autodestroy; event --event lifecycle --loop')
        wait_for(lambda: world.run('domstate', 'one')[1].strip() == 'paused', 5, 'the guest runs')
        daemon = world.daemon()
        os.kill(daemon, signal.SIGSTOP)
        client.kill()
        client.wait()
        os.kill(daemon, signal.SIGTERM)
        os.kill(daemon, signal.SIGCONT)
        wait_for(lambda: not alive(daemon), 5, 'the daemon leaves')
        equal(world.emulators(), [], 'emulators')


def failed_start(world):
    world.define(domain('one', devices=CHANNEL, os_more='<kernel>/no/such/kernel</kernel>'))
    error = world.refused('start', 'one')
    has(error, '/no/such/kernel')
    equal(world.state_of('one'), 'shut off (failed)', 'state')
    equal(world.running_files(), [], 'files of running guests')
    equal(world.emulators(), [], 'emulators')
    error = world.refused('create', world.write(domain('three', devices="<vsock><cid address='3'/></vsock>")))
    has(error, '<vsock>')
    for command in re.findall("'virsh ([a-z]+)", error):
        world.virsh('help', command)
    world.refused('create', world.write(domain('four', more="<memtune><hard_limit>100000</hard_limit></memtune>")))
    equal(world.running_files(), [], 'files of running guests')
    has(world.refused('create', world.write(domain('two', os_more='<kernel>/no/such/kernel</kernel>'))), 'kernel')
    equal(world.virsh('list', '--all', '--name'), 'one', 'domains')


def kvm(world):
    try:
        os.close(os.open('/dev/kvm', os.O_RDWR))
    except OSError:
        print('no usable /dev/kvm')
        return
    world.define(domain('fast', kind='kvm'))
    world.virsh('capabilities')
    with Timed(1.5, 'a paused KVM guest, virsh included'):
        world.start('fast')
    with Timed(1, 'its end, virsh included'):
        world.virsh('destroy', 'fast')


def crash(world):
    world.define(domain('one'))
    pid = world.start('one')
    os.kill(pid, 9)
    wait_for(lambda: world.state_of('one') == 'shut off (crashed)', 2, 'the end is noticed')


def ended_from_outside(world):
    """Somebody ends QEMU while it waits for the guest's power-off to reboot it."""
    world.define(domain('one'))
    pid = world.start('one', paused=False)
    world.virsh('reboot', 'one')
    os.kill(pid, signal.SIGTERM)
    wait_for(lambda: world.state_of('one') == 'shut off (shutdown)', 3, 'the end is noticed')


def events(world):
    world.define(domain('one'))
    out = os.path.join(world.dir, 'events')
    bells = iter(range(1000))

    def heard(name):
        with open(out) as file:
            return re.findall("event 'lifecycle' for domain '%s.*': (.*)" % name, file.read())

    def rings():
        world.define(domain('bell%d' % next(bells)))
        return heard('bell')

    with open(out, 'w') as file:
        watcher = world.background('event', '--event', 'lifecycle', '--loop', stdout=file)
    wait_for(rings, 5, 'the watcher listens')
    world.start('one')
    world.virsh('resume', 'one')
    world.virsh('destroy', 'one')
    world.virsh('undefine', 'one')
    wait_for(lambda: len(heard('one')) == 5, 2, 'the events')
    watcher.terminate()
    watcher.wait(10)
    equal(heard('one'), ['Started Booted', 'Suspended Paused', 'Resumed Unpaused', 'Stopped Destroyed', 'Undefined Removed'],
          'events')


BINDINGS = """
import sys, time
try:
    import libvirt, libvirt_qemu
except ImportError:
    sys.exit(77)
libvirt.registerErrorHandler(lambda *_: None, None)
libvirt.virEventRegisterDefaultImpl()
conn = libvirt.open('qemu:///session')
dom = conn.lookupByName('one')
"""


def bindings(world, script):
    """What SCRIPT prints with Debian's Python bindings; None where they cannot be had."""
    if SANITIZED:
        return None                     # a foreign program does not have their run-time library
    done = subprocess.run(['/usr/bin/python3', '-c', BINDINGS + script], env=world.env, stdout=subprocess.PIPE,
                          universal_newlines=True, timeout=60)
    if done.returncode == 77:
        print('no libvirt_qemu for /usr/bin/python3')
        return None
    equal(done.returncode, 0, 'the script')
    return done.stdout


def jobs_of_an_idle_guest(world):
    """As libvirt 9.0.0 tells them."""
    world.define(domain('one'))
    script = """
def tell(name, *args):
    try:
        print(name, *args, getattr(dom, name)(*args))
    except libvirt.libvirtError as error:
        print(name, *args, error.get_error_code(), error.get_error_domain())
for flags in 0, libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED:
    tell('jobStats', flags)
for name in 'jobInfo', 'abortJob', 'controlInfo':
    tell(name)
"""
    off = bindings(world, script)
    if off is None:
        return
    equal(off, "jobStats 0 55 20\njobStats 1 {'type': 0}\njobInfo 55 20\nabortJob 55 20\ncontrolInfo 55 20\n",
          'a guest that is off')
    world.start('one')
    equal(bindings(world, script), "jobStats 0 {'type': 0}\njobStats 1 {'type': 0}\njobInfo %s\nabortJob 55 10\n"
          "controlInfo [0, 0, 0]\n" % ([0] * 12), 'one that runs')


def monitor_events(world):
    world.define(domain('one'))
    world.start('one')
    seen = bindings(world, """
seen = []
def heard(conn, dom, event, seconds, micros, details, opaque):
    seen.append((dom.name(), event, details))
    assert abs(time.time() - seconds) < 60 and 0 <= micros < 1000000
libvirt_qemu.qemuMonitorEventRegister(conn, None, '^(STOP|RESUME)$', heard, None,
    libvirt_qemu.VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX)
dom.resume()
dom.suspend()
end = time.time() + 10
while time.time() < end and len(seen) < 2:
    libvirt.virEventRunDefaultImpl()
print(seen)
""")
    if seen is not None:
        equal(seen, "[('one', 'RESUME', None), ('one', 'STOP', None)]\n", 'events of the monitor')


def monitor_command(world):
    world.define(domain('one'))
    world.start('one')
    said = bindings(world, """
for command, flags in (('{"execute":"query-status"}', 0), ('info version', 1), ('{"execute":"no-such-command"}', 0),
                       ('no JSON', 0)):
    try:
        print(libvirt_qemu.qemuMonitorCommand(dom, command, flags))
    except libvirt.libvirtError as error:
        print('error: %s' % error)
""")
    if said is not None:
        for words in ('"status":"p', '\n7.', '"class":"CommandNotFound"', 'error: '):
            has(said, words)


def crowd(world):
    """Clients that want different things of the same guests: each is answered, and no guest runs twice."""
    names = ('one', 'two', 'three')
    for name in names:
        world.define(domain(name))
    script = 'start {0} --paused\nresume {0}\nsuspend {0}\ndumpxml {0}\ndomstate {0}\ndomstats\nlist --all\ndestroy {0}\n'
    clients = [world.background(stdin=world.write(script.format(names[i % 3]) * 4 + 'echo the end', 'script%d' % i))
               for i in range(9)]
    clients.append(world.background('event', '--all', '--loop', '--timeout', '5'))
    while any(client.poll() is None for client in clients[:9]):
        check(len(world.emulators()) <= len(names), 'a guest runs twice')
        time.sleep(0.05)
    for client in clients[:9]:
        out = client.communicate(timeout=10)[0]
        check('\nthe end' in out, 'a client was not served: ' + out[-1000:])
    clients[9].wait(60)
    for name in names:
        if world.virsh('domstate', name) != 'shut off':
            world.virsh('destroy', name)
        world.start(name)
        world.virsh('resume', name)
        world.virsh('destroy', name)
    equal(world.emulators(), [], 'emulators')


class Console:
    """virsh console without a terminal."""

    def __init__(self, world, name, how='--force'):
        keys, self.keys = os.pipe()
        self.process = subprocess.Popen(['virsh', '-c', 'qemu:///session', 'console', name, how], env=world.env,
                                        stdin=keys, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.close(keys)
        self.seen = b''

    def wait(self, text, seconds):
        """Whether the guest says TEXT in time; what came before it is forgotten."""
        until = time.monotonic() + seconds * SLOW
        while text not in self.seen:
            ready = select.select([self.process.stdout], [], [], max(0, until - time.monotonic()))[0]
            data = os.read(self.process.stdout.fileno(), 4096) if ready else b''
            if not data:
                return False
            self.seen += data
        self.seen = self.seen.split(text, 1)[1]
        return True

    def close(self):
        try:
            os.write(self.keys, b'\x1d')
        except BrokenPipeError:         # it has ended with the guest
            pass
        self.process.wait(10)
        os.close(self.keys)


def channels(world):
    """The socket of a channel without a path: the live document tells it, and it goes with the guest."""
    world.define(domain('one', devices=CHANNEL))
    check('<source' not in world.virsh('dumpxml', 'one'), 'a path before the start')
    pid = world.start('one')
    found = re.search("<source mode='bind' path='(.*)'/>", world.virsh('dumpxml', 'one'))
    check(found, 'the live document names no socket')
    with socket.socket(socket.AF_UNIX) as end:
        end.connect(found.group(1))
    check('<source' not in world.virsh('dumpxml', 'one', '--inactive'), 'the path is no part of the definition')
    os.kill(pid, 9)
    wait_for(lambda: world.state_of('one') == 'shut off (crashed)', 2, 'the end is noticed')
    equal(world.running_files(), [], 'files of running guests')
    name = 'x' * 200
    world.virsh('create', world.write(domain(name, devices=CHANNEL)), '--paused')
    has(' '.join(world.running_files()), world.virsh('domuuid', name) + '-channel0.sock')
    world.virsh('destroy', name)
    equal(world.running_files(), [], 'files of running guests')
    path = CHANNEL.replace('<target', "<source path='/%s'/><target" % name)
    error = world.refused('create', world.write(domain('two', devices=path)))
    has(error, '201 bytes')
    has(error, 'hint:')


def consoles(world):
    """A second reader is refused, or takes over by force and the one before it ends."""
    world.define(domain('one', devices="<serial type='pty'/>"))
    world.start('one')
    pty = re.search("pts/[0-9]+", world.virsh('dumpxml', 'one')).group(0)
    first = Console(world, 'one', '--safe')
    wait_for(lambda: any(pty in path for path in world.daemon_files()), 5, 'the console is open')
    has(world.refused('console', 'one'), 'Active console')
    for _ in range(6):
        second = Console(world, 'one', '--force')
        with Timed(3, 'the console before it ends'):
            first.process.wait(5 * SLOW)
        check(second.process.poll() is None, 'the new console has ended')
        first = second
    first.close()


def pressed(button, effect):
    """A guest may miss a press while it starts its daemon for it."""
    for _ in range(3):
        button()
        if effect():
            return True
    return False


def reboot_without_us(world):
    """Another daemon is there when the guest switches itself off."""
    pid = world.emulator('guest')
    world.virsh('reboot', 'guest')
    os.kill(pid, signal.SIGSTOP)
    world.kill_daemon()
    world.virsh('version')
    os.kill(pid, signal.SIGCONT)


def speaks(world):
    console = Console(world, 'guest')
    up = console.wait(b'GUEST UP', 60)
    console.close()
    return up


@waits
def boots(world):
    """The guest speaks on its console, reboots, outlives the daemon, and switches off."""
    guest = os.environ.get('VIR_GUEST_DIR')
    if not guest:
        print('VIR_GUEST_DIR is not set: nothing boots')
        return
    world.define(domain('guest', memory=128, more='<features><acpi/></features>', devices="<serial type='pty'/>",
                        os_more='<kernel>%s/vmlinuz</kernel><initrd>%s/initrd.gz</initrd>'
                                '<cmdline>console=ttyS0 quiet</cmdline>' % (guest, guest)))
    pid = world.start('guest', paused=False)
    console = Console(world, 'guest')
    check(console.wait(b'GUEST UP', 60), 'the guest did not speak: %r' % console.seen)
    check(pressed(lambda: world.virsh('reboot', 'guest'), lambda: console.wait(b'GUEST UP', 60)), 'no reboot')
    equal(world.emulator('guest'), pid, 'process after the reboot')
    equal(world.state_of('guest'), 'running (booted)', 'state after the reboot')
    console.close()
    world.kill_daemon()
    has(world.virsh('list'), 'guest')
    equal(world.state_of('guest'), 'running (booted)', 'state')
    check(pressed(lambda: reboot_without_us(world), lambda: speaks(world)), 'no reboot that another daemon began')
    equal(world.emulator('guest'), pid, 'process after that reboot')
    console = Console(world, 'guest')
    off = lambda: world.state_of('guest') == 'shut off (shutdown)'
    pressed(lambda: off() or world.run('shutdown', 'guest'), lambda: console.wait(b'GUEST DOWN', 10) or off())
    wait_for(off, 10, 'the guest is off')
    console.close()


main([persistent, transient, created_though_defined, undefined_while_running, redefined_while_running,
      defined_as_it_ends, ended_as_it_is_noted, slow_disk, nothing_to_be_had,
      names_and_uuids, autodestroy,
      autodestroy_of_many, what_cannot_be_now, where_files_are, autodestroy_at_the_end, failed_start, kvm, crash, ended_from_outside, events, jobs_of_an_idle_guest,
      monitor_events, crowd, monitor_command, channels,
      consoles, boots])
