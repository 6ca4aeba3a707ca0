#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""200 guests that are started and destroyed at once, while numbers of processes come again and again: all is done,
whoever else asks is served, no process and no file is left, and nobody else's process is hurt."""

import os
import re
import signal
import subprocess
import sys
import threading
import time

from harness import SANITIZED, check, domain, equal, main, wait_for
from proc import queued

GUESTS = 40 if SANITIZED else 200
ROUNDS = 2
NUMBERS = '/proc/sys/kernel/ns_last_pid'        # of this namespace of processes: the next one gets the next number
SCRIPT = 'start {0} --paused\ndestroy {0}\n' * ROUNDS + 'echo the end'


def own_numbers():
    """This program goes on in a namespace of its own of processes, if it may: others' numbers stay theirs."""
    if os.environ.get('VIR_INSIDE') == 'yes' or subprocess.run(['unshare', '-pf', '--mount-proc', 'true'], capture_output=True).returncode:
        return
    os.execvpe('unshare', ['unshare', '-pf', '--kill-child', '--mount-proc', sys.executable] + sys.argv,
               dict(os.environ, VIR_INSIDE='yes'))


def status_of(number):
    """(state, parent) of a process, or None."""
    try:
        with open('/proc/%s/stat' % number) as file:
            words = file.read().rsplit(')', 1)[1].split()
        return words[0], int(words[1])
    except (OSError, IndexError):
        return None


def zombies(parent):
    """Children that have ended and that it has not fetched."""
    return sum(status_of(number) == ('Z', parent) for number in filter(str.isdigit, os.listdir('/proc')))


def is_fast():
    try:
        os.close(os.open('/dev/kvm', os.O_RDWR))
        return True
    except OSError:
        return False


def places(top):
    """All files and folders below it, but logs."""
    return sorted(os.path.relpath(os.path.join(at, name), top) for at, folders, files in os.walk(top) for name in folders + files
                  if not name.endswith('.log') and '.log.' not in name)


class Strangers(threading.Thread):
    """Processes of somebody else that get the numbers of those that have ended: nobody but us ends them."""

    def __init__(self, world):
        super().__init__()
        self.world, self.ending, self.theirs, self.hurt, self.ours = world, False, set(), [], set()
        self.first = world.daemon() + 100

    def again(self):
        """The first numbers are given once more, as far as they are free; without this when all have been used."""
        try:
            with open(NUMBERS, 'w') as file:
                file.write(str(self.first))
        except OSError:
            pass

    def run(self):
        while not self.ending:
            self.again()                # for emulators
            for _ in range(4):
                time.sleep(0.05)
                self.theirs.update(self.world.emulators())
            self.again()                # for those that come in their places
            here = [subprocess.Popen(['sleep', '1000']) for _ in range(40)]
            self.ours.update(process.pid for process in here)
            time.sleep(0.2)
            for process in here:
                if process.poll() is not None:
                    self.hurt.append((process.pid, process.returncode))
                process.send_signal(signal.SIGUSR1)
                process.wait()

    def end(self):
        self.ending = True
        self.join()


class Others(threading.Thread):
    """Somebody who lists the guests; what he and the daemon's loop wait for a processor does not count."""

    def __init__(self, world):
        super().__init__()
        self.world, self.ending, self.times, self.most = world, False, [], 0

    def run(self):
        while not self.ending:
            daemon = self.world.daemon()
            began, before = time.monotonic(), queued(daemon)
            process = self.world.background('list', '--name')
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            self.times.append(time.monotonic() - began - queued(process.pid) - queued(daemon) + before)
            self.most = max(self.most, len(process.communicate()[0].split()))
            time.sleep(0.1)

    def end(self):
        self.ending = True
        self.join()


def memory(pid):
    with open('/proc/%d/status' % pid) as file:
        return int(re.search(r'VmRSS:\s+(\d+)', file.read()).group(1))


def storm(world):
    names = ['g%03d' % number for number in range(GUESTS)]
    kind = 'kvm' if is_fast() else 'qemu'
    for name in names[:1]:              # what is made once
        world.define(domain(name, kind, memory=16))
        world.start(name)
        world.virsh('destroy', name)
    for name in names[1:]:
        world.write(domain(name, kind, memory=16), name + '.xml')
    world.virsh(*[';'.join('define %s/%s.xml' % (world.dir, name) for name in names[1:])])
    scripts = {name: world.write(SCRIPT.format(name), name + '.script') for name in names}
    pid = world.daemon()
    time.sleep(2)
    before, files, size = places(world.dir), len(world.daemon_files()), memory(pid)
    strangers, others = Strangers(world), Others(world)
    strangers.start()
    others.start()
    began = time.monotonic()
    clients = [world.background(stdin=scripts[name]) for name in names]
    try:
        for client in clients:
            out = client.communicate(timeout=300)[0]
            check('the end' in out and 'error' not in out, 'a guest was not started and destroyed: ' + out[-500:])
    finally:
        took = time.monotonic() - began
        for client in clients:
            client.kill()
            client.communicate()
        strangers.end()
        others.end()
    print('  %d guests (%s), %d starts and as many ends in %.1f s; at most %d at once; a list took %.3f s at most of %d' % (
        GUESTS, kind, GUESTS * ROUNDS, took, others.most, max(others.times), len(others.times)))
    again = strangers.theirs & strangers.ours
    print('  %d numbers of emulators came again' % len(again))
    equal(strangers.hurt, [], 'strangers that somebody ended')
    equal(world.daemon(), pid, 'the daemon')
    equal(world.emulators(), [], 'emulators')
    wait_for(lambda: zombies(pid) == 0, 5, 'ended processes are fetched')
    equal(places(world.dir), before, 'files')
    wait_for(lambda: len(world.daemon_files()) <= files, 10, 'the daemon has as few files open as before')
    equal({world.state_of(name) for name in names[::20]}, {'shut off (destroyed)'}, 'states')
    # what is free goes back when a worker of the daemon rests, and the last guests were cleaned up without one
    wait_for(lambda: world.virsh('nodecpustats') and (SANITIZED or memory(pid) < size * 1.1), 30, 'it takes %d KiB again, not %d' % (size, memory(pid)))
    print('  %d KiB before, %d KiB after' % (size, memory(pid)))
    check(max(others.times) < 1 or SANITIZED, 'a list took %.2f s' % max(others.times))


own_numbers()
main([storm])
