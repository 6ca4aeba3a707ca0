#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An emulator that lies on its monitor harms its own guest's calls only."""

import os
import re
import signal
import time

from harness import EMULATOR, SLOW, Timed, alive, check, domain, equal, has, main, wait_for, waits

LIAR = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'liar')


def liar(name, more=''):
    return domain(name, more=more, devices="<emulator>%s</emulator><memballoon model='virtio'/>" % LIAR)


def resident(pid):
    with open('/proc/%d/status' % pid) as file:
        return int(re.search(r'VmRSS:\s+(\d+)', file.read()).group(1))


def still_fine(world):
    """Another guest, meanwhile; and the liar can be ended."""
    with Timed(1, 'another guest'):
        world.virsh('suspend', 'honest')


def prepare(world, name):
    world.define(domain('honest'))
    world.start('honest')
    world.define(liar(name))
    world.virsh('start', name, '--paused')


def end(world, name):
    still_fine(world)
    if world.virsh('domstate', name) != 'shut off':
        with Timed(2, 'destroy of ' + name):
            world.virsh('destroy', name)
    equal(world.virsh('domstate', name), 'shut off', 'state of ' + name)


def nonsense(world):
    for name, expected in (('garbage', 'cannot be used'), ('empty-object', 'cannot be used'), ('deep', 'cannot be used')):
        prepare(world, name)
        with Timed(1, name):
            has(world.refused('resume', name), expected)
        has(world.refused('resume', name), 'monitor')
        end(world, name)
        world.virsh('destroy', 'honest')
        world.virsh('undefine', 'honest')


def endless_line(world):
    prepare(world, 'endless-line')
    before = resident(world.daemon())
    with Timed(5, 'endless line'):
        has(world.refused('resume', 'endless-line'), '10 MiB')
    check(resident(world.daemon()) < before + 32 * 1024 * SLOW, 'the daemon grew to %d KiB' % resident(world.daemon()))
    end(world, 'endless-line')


def many_values(world):
    """Few bytes that become many: ten million of {}."""
    prepare(world, 'objects')
    before = resident(world.daemon())
    call = world.background('resume', 'objects')
    with Timed(1, 'another guest meanwhile'):
        world.virsh('resume', 'honest')
    has(call.communicate(timeout=60)[0], 'too many values')
    check(resident(world.daemon()) < before + 16 * 1024 * SLOW, 'the daemon grew to %d KiB' % resident(world.daemon()))
    end(world, 'objects')


@waits
def wrong_id(world):
    prepare(world, 'wrong-id')
    with Timed(12, 'answers for other calls'):
        has(world.refused('resume', 'wrong-id'), 'did not answer')
    end(world, 'wrong-id')


def answers_twice(world):
    prepare(world, 'twice')
    world.virsh('resume', 'twice')
    world.virsh('suspend', 'twice')
    end(world, 'twice')


def hangs_up(world):
    prepare(world, 'hangs-up')
    with Timed(1, 'end of file within an answer'):
        has(world.refused('resume', 'hangs-up'), 'closed')
    equal(world.virsh('domstate', 'hangs-up'), 'paused', 'state')       # its process lives
    end(world, 'hangs-up')


def dies(world):
    prepare(world, 'dies')
    with Timed(1, 'death within an answer'):
        world.refused('resume', 'dies')
    wait_for(lambda: world.state_of('dies') == 'shut off (crashed)', 2, 'the end is noticed')


@waits
def late(world):
    prepare(world, 'late')
    with Timed(12, 'a late answer'):
        has(world.refused('resume', 'late'), 'did not answer')
    time.sleep(2)                       # it has come now, for nobody
    world.virsh('suspend', 'late')
    world.virsh('resume', 'late')
    end(world, 'late')


def small_lies(world):
    prepare(world, 'no-class')
    has(world.refused('resume', 'no-class'), 'error without description')
    end(world, 'no-class')
    world.virsh('destroy', 'honest')
    prepare(world, 'no-number') if False else world.define(liar('no-number'))
    world.virsh('start', 'honest', '--paused')
    world.virsh('start', 'no-number', '--paused')
    has(world.virsh('domstats', '--balloon', 'no-number'), 'balloon.current=32768')
    end(world, 'no-number')


def storm(world):
    prepare(world, 'storm')
    call = world.background('resume', 'storm')
    with Timed(1, 'another guest within an event storm'):
        world.virsh('resume', 'honest')
    check(call.wait(30 * SLOW) == 0, 'the call within the storm')
    end(world, 'storm')


def refuses_devices(world):
    """What the host had for a device that did not come goes, and nobody hears of the device any more."""
    world.define(liar('refuses-devices', more='<features><acpi/></features>'))
    world.virsh('start', 'refuses-devices')
    before = world.running_files(), world.virsh('dumpxml', 'refuses-devices')
    path = world.write("<channel type='unix'><target type='virtio' name='a'/></channel>")
    for _ in range(2):
        has(world.refused('attach-device', 'refuses-devices', path, '--live'), 'not that one')
        equal((world.running_files(), world.virsh('dumpxml', 'refuses-devices')), before, 'files and document')
    with open(os.path.join(world.state, 'refuses-devices.xml')) as file:
        check('<channel' not in file.read(), 'the status file tells of it')


def fails_at_once(world):
    """What a guest tells before its start is over is not lost."""
    world.define(liar('fails-at-once'))
    world.virsh('start', 'fails-at-once')
    equal(world.state_of('fails-at-once'), 'paused (I/O error)', 'state')


def escapes(world):
    """QEMU's words do not act on who reads them, and are not endless."""
    prepare(world, 'escapes')
    error = world.refused('resume', 'escapes')
    has(error, r'\x1b[31m\xe2\x80\xaered ')
    check(not {'\x1b', '\u202e'} & set(error) and len(error) < 2000, repr(error[:200]))
    end(world, 'escapes')


def log_bytes(world, name):
    return sum(entry.stat().st_size for entry in os.scandir(world.log) if entry.name.startswith(name))


def shouts(world):
    """Whatever a guest writes, its log stays small, its end is kept, and nobody waits."""
    prepare(world, 'shouts')
    with open(os.path.join(world.log, 'shouts.log'), 'a') as file:
        file.write('x' * (2 << 20))
    world.kill_daemon()
    for _ in range(2):                  # the second time with a daemon that found the guest
        world.virsh('resume', 'shouts')
        for _ in range(3):
            with Timed(1, 'another guest'):
                world.virsh('resume', 'honest')
                world.virsh('suspend', 'honest')
        world.virsh('suspend', 'shouts')
        wait_for(lambda: 'the last word' in log_text(world, 'shouts'), 5, 'the last word is in the log')
        check(log_bytes(world, 'shouts') <= 4 * (2 << 20), 'the logs have %d bytes' % log_bytes(world, 'shouts'))
        world.kill_daemon()
    check(os.path.exists(os.path.join(world.log, 'shouts.log.0')), 'no older log')
    end(world, 'shouts')


def log_text(world, name, more=''):
    with open(os.path.join(world.log, name + '.log' + more)) as file:
        return file.read()


def shouts_at_nobody(world):
    """A guest that writes while there is no daemon goes on; what it says then is kept, if it is little."""
    prepare(world, 'notes')
    pid = world.emulator('notes')
    world.kill_daemon()
    for text in ('quiet words', 'x' * 200000, 'too late'):
        with open('/proc/%d/fd/2' % pid, 'wb', buffering=0) as file:
            os.set_blocking(file.fileno(), False)
            try:
                file.write(text.encode() + b'\n')
            except BlockingIOError:
                pass
    world.virsh('version')              # the next daemon
    wait_for(lambda: 'quiet words' in log_text(world, 'notes'), 5, 'what was said meanwhile is in the log')
    world.virsh('resume', 'notes')
    wait_for(lambda: 'noted cont' in log_text(world, 'notes'), 5, 'the next words are in the log')


def log_is_lost(world):
    """The log of a running guest was removed: the next daemon knows the guest all the same."""
    world.define(domain('one'))
    pid = world.start('one')
    world.kill_daemon()
    os.unlink(os.path.join(world.log, 'one.log'))
    equal(world.virsh('list', '--name'), 'one', 'running guests')
    world.virsh('destroy', 'one')
    check(not alive(pid), 'the emulator lives')


def told(world):
    with open(os.path.join(world.log, 'notes.log')) as file:
        return re.findall(r'^noted set_link .*"name": "net(\d+)"', file.read(), re.M)


def many_words(world):
    """The monitor is told of every card that is unplugged, however many."""
    cards = "<interface type='user'><model type='virtio'/><link state='down'/></interface>" * 70
    world.define(domain('notes', machine='q35', devices='<emulator>%s</emulator>%s' % (LIAR, cards)))
    world.virsh('start', 'notes', '--paused')
    wait_for(lambda: told(world) == [str(i) for i in range(70)], 2, 'QEMU was told of every card')


def strange_places(world):
    """A pty that is none, a port that cannot be: nobody opens the one, and the status file stays readable."""
    world.define(domain('strange-places', devices="<emulator>%s</emulator><serial type='pty'/><graphics type='vnc'/>" % LIAR))
    world.virsh('start', 'strange-places', '--paused')
    live = world.virsh('dumpxml', 'strange-places')
    has(live, "port='-1'")
    check('/dev/pts/..' not in live, live)
    has(world.refused('console', 'strange-places', stdin=os.openpty()[1]), 'PTY')
    world.kill_daemon()
    equal(world.virsh('list', '--name'), 'strange-places', 'running guests')
    equal([name for name in os.listdir(world.state) if name.endswith('.bad')], [], 'files that were set aside')


RESTART = '<on_poweroff>restart</on_poweroff>'


def runs_anew(world, name, pid):
    try:
        return world.run('domstate', name)[1].strip() == 'running' and world.emulator(name) != pid
    except FileNotFoundError:           # it ran, and has ended since
        return False


def restarts(world):
    """A guest that switches itself off runs again, also one that is not defined."""
    path = world.write(liar('powers-off', RESTART))
    for commands in ('define %s; start powers-off' % path, 'create ' + path):
        world.virsh(commands)
        pid = world.emulator('powers-off')
        world.virsh('shutdown', 'powers-off')
        wait_for(lambda: runs_anew(world, 'powers-off', pid), 5, 'the guest runs again after ' + commands)
        world.virsh('destroy', 'powers-off')
        world.run('undefine', 'powers-off')
        equal(world.virsh('list', '--all', '--name'), '', 'domains')
    world.define(liar('powers-off', RESTART))
    world.run('start powers-off --autodestroy; shutdown powers-off; list; list; list')
    time.sleep(0.5 * SLOW)
    equal(world.emulators(), [], 'emulators after the end of a connection')


def panics(world):
    """What follows a crash is said by on_crash, not by on_poweroff."""
    world.define(liar('panics', RESTART))
    world.virsh('start', 'panics')
    events = world.background('event --event lifecycle --loop --timeout 3')
    time.sleep(0.3 * SLOW)
    world.virsh('shutdown', 'panics')
    wait_for(lambda: world.state_of('panics') == 'shut off (crashed)', 3, 'the crash is noticed')
    has(events.communicate(timeout=20 * SLOW)[0], "Stopped Crashed")
    equal(world.emulators(), [], 'emulators')
    world.virsh('undefine', 'panics')
    world.define(liar('panics', '<on_crash>restart</on_crash>'))
    world.virsh('start', 'panics')
    pid = world.emulator('panics')
    world.virsh('shutdown', 'panics')
    wait_for(lambda: runs_anew(world, 'panics', pid), 5, 'the guest runs again')


def restart_as_the_daemon_leaves(world):
    """What has begun comes to its end, and the next daemon finds it."""
    world.define(liar('wakes-slowly', RESTART))
    world.virsh('start', 'wakes-slowly')
    pid = world.emulator('wakes-slowly')
    world.virsh('shutdown', 'wakes-slowly')
    wait_for(lambda: world.emulators() not in ([], [pid]), 5, 'the guest starts again')
    daemon = world.daemon()
    os.kill(daemon, signal.SIGTERM)
    wait_for(lambda: not alive(daemon), 5, 'the daemon leaves')
    equal(world.virsh('list', '--name'), 'wakes-slowly', 'running guests')
    world.virsh('suspend', 'wakes-slowly')


@waits
def hanging_emulator(world):
    """Who asks a second time what an emulator can do does not wait a second time."""
    path = os.path.join(world.dir, 'hangs')
    with open(path, 'w') as file:
        file.write('#!/bin/sh\nexec sleep 100\n')
    os.chmod(path, 0o755)
    document = world.write(domain('one', devices='<emulator>%s</emulator>' % path))
    with Timed(7, 'the first time'):
        error = world.refused('define', document)
    with Timed(0.5, 'the second time'):
        equal(world.refused('define', document), error, 'the second error')
    os.utime(path, (1, 1))              # another program
    with open(path, 'w') as file:
        file.write('#!/bin/sh\nexec %s "$@"\n' % EMULATOR)
    world.virsh('define', document)


def bad_starts(world):
    for name, part in (('garbage-greeting', ''), ('dies-at-greeting', 'a last word')):
        world.define(liar(name))
        with Timed(3, name):
            has(world.refused('start', name), part)
        equal(world.virsh('domstate', name), 'shut off', 'state')
    equal(world.emulators(), [], 'emulators')


@waits
def no_greeting(world):
    """A start that hangs can be ended, and ends by itself."""
    world.define(domain('honest'))
    world.start('honest')
    world.define(liar('no-greeting'))
    start = world.background('start', 'no-greeting')
    time.sleep(0.5 * SLOW)
    still_fine(world)
    with Timed(2, 'destroy of a hanging start'):
        world.virsh('destroy', 'no-greeting')
    with Timed(1, 'the start ends with it'):
        start.communicate(timeout=30)
    check(start.returncode != 0, 'the start succeeded')
    with Timed(33, 'a start without an answer'):
        has(world.refused('start', 'no-greeting'), 'did not answer')
    equal(world.virsh('domstate', 'no-greeting'), 'shut off', 'state')


CDROM = ("<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='%s'/>"
         "<target dev='hdc' bus='ide'/></disk>")


def trays(world):
    """A change of the medium that fails half way: what the document says is what is in the drive."""
    first, second = (world.write('x' * 4096, name) for name in ('first', 'second'))
    change = ('update-device', '%s', world.write(CDROM % second, 'device.xml'), '--live')
    for name, changed in (('opens-its-tray', True), ('loses-its-medium', False)):
        world.define(domain(name, devices='<emulator>%s</emulator>' % LIAR + CDROM % first))
        world.virsh('start', name, '--paused')
        words = [word.replace('%s', name) for word in change]
        if changed:
            world.virsh(*words)
        else:
            has(world.refused(*words), 'not that one')
        equal(re.findall("source file='(.*?)' index='(.*?)'", world.virsh('dumpxml', name)),
              [(second, '2') if changed else (first, '1')], 'the medium of ' + name)
        equal(re.findall('noted libvirt-(.*)-format', log_text(world, name)), ['2' if changed else '1'],
              'what %s has' % name)
        world.virsh('destroy', name)


main([trays, nonsense, endless_line, many_values, wrong_id, answers_twice, hangs_up, dies, late, small_lies, storm, many_words, strange_places, refuses_devices, fails_at_once, escapes, shouts, shouts_at_nobody, log_is_lost, restarts, panics,
      restart_as_the_daemon_leaves, hanging_emulator, bad_starts, no_greeting])
