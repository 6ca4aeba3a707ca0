# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real polkitd on a bus of its own, with our policy files and rules of the test's; and how to be another user."""

import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402

SOURCE = os.environ.get('VIR_SOURCE_DIR', '.')
POLKITD = '/usr/lib/polkit-1/polkitd'
POLICIES = SOURCE + '/daemon/org.libvirt.unix.policy', BUILD + '/api/out/doc/org.libvirt.api.policy'
# Numbers by the names of procedures.
with open(BUILD + '/api/out/wire/remote_protocol.x') as protocol:
    PROC = {name: int(number) for name, number in re.findall(r'REMOTE_PROC_(\w+) = (\d+)', protocol.read())}
MANAGE = 'org.libvirt.unix.manage'
BUS = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
<allow eavesdrop="true"/>
</policy></busconfig>
'''



class Polkit:
    """The bus and, unless it is only for that, polkitd with RULES."""

    def __init__(self, rules, polkitd=True):
        self.rules = rules
        if os.geteuid() != 0:
            raise Skipped('only root can be several users')
        if not os.path.exists(POLKITD) or not shutil.which('dbus-daemon'):
            raise Skipped('no polkitd or dbus-daemon')
        if not os.path.exists(BUILD + '/parts/polkit.so'):
            raise Skipped('built without libsystemd')
        self.dir = tempfile.mkdtemp(prefix='polkit')
        os.chmod(self.dir, 0o755)
        self.bus = self.dir + '/dbus/system_bus_socket'
        self.env = {'DBUS_SYSTEM_BUS_ADDRESS': 'unix:path=' + self.bus}
        self.processes = []
        try:
            self.prepare()
            self.start(polkitd)
        except BaseException:
            self.__exit__()
            raise

    def prepare(self):
        for folder in 'rules', 'actions', 'dbus':
            os.mkdir('%s/%s' % (self.dir, folder))
        for policy in POLICIES:
            shutil.copy(policy, self.dir + '/actions')
        for name, text in ('bus.conf', BUS % self.bus), ('rules/test.rules', self.rules):
            with open('%s/%s' % (self.dir, name), 'w') as handle:
                handle.write(text)

    def start(self, polkitd=True):
        self.run('dbus-daemon', '--nofork', '--config-file=%s/bus.conf' % self.dir)
        wait_for('no bus', lambda: os.path.exists(self.bus))
        if not polkitd:
            return
        self.polkitd = self.run('unshare', '--mount', '--propagation', 'private', 'sh', '-ec',
                                'for d in /etc /usr/share; do mount --bind "$0/rules" $d/polkit-1/rules.d; done\n'
                                'mount --bind "$0/actions" /usr/share/polkit-1/actions\nexec "$1" --no-debug',
                                self.dir, POLKITD)
        wait_for('polkitd does not answer', self.answers, 20)

    def run(self, *words):
        process = subprocess.Popen(words, env=dict(system_environment(), **self.env), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=open(self.dir + '/stderr', 'a'))
        self.processes.append(process)
        return process

    def watch(self):
        """From now on all questions are written down."""
        self.heard = open(self.dir + '/questions', 'w+')
        self.monitor = subprocess.Popen(
            ['dbus-monitor', '--address', 'unix:path=' + self.bus, "member='CheckAuthorization'"],
            stdout=self.heard, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self.processes.append(self.monitor)

        def hears():
            self.answers()
            return MANAGE in self.text()
        wait_for('nothing is heard', hears)
        self.questions()

    def text(self):
        with open(self.heard.name) as said:
            return said.read()

    def questions(self):
        """{(action, its details as text)} since the last time."""
        self.answers()                  # its question stands behind all others
        wait_for('the last is not heard', lambda: MANAGE in self.text() and self.text().count(MANAGE) > self.marks)
        self.marks = self.text().count(MANAGE)
        text = self.text()
        calls, self.read = text[self.read:].split('method call'), len(text)
        found = set()
        for call in calls:
            texts = re.findall(r'string "(.*)"', call)
            action = next((n for n, text in enumerate(texts) if text.startswith('org.libvirt.api.')), None)
            if action is not None:
                found.add(' '.join([texts[action]] + ['='.join(pair) for pair in sorted(zip(
                    texts[action + 1:-1:2], texts[action + 2:-1:2]))]))
        return found

    heard, marks, read = None, 0, 0

    def answers(self):
        return subprocess.run(['pkcheck', '--action-id', MANAGE, '--process', str(os.getpid())],
                              env=dict(system_environment(), **self.env), capture_output=True).returncode == 0

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait(10)
        if self.heard:
            self.heard.close()
        shutil.rmtree(self.dir)


def system_environment():
    """Without what leads to the build's libraries."""
    return {name: value for name, value in os.environ.items() if not name.startswith(('LD_', 'LIBVIRT', 'VIR_'))}


def become(user):
    """A user by name, or by a number that nobody need have."""
    uid, gid = (user, user) if isinstance(user, int) else pwd.getpwnam(user)[2:4]
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


class As:
    """Runs WORK as a user in a process of its own; what it returns is the result's."""

    def __init__(self, user, work):
        self.end, child_end = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            become(user)
            try:
                said = work()
            except Exception as problem:
                said = type(problem).__name__
            os.write(child_end, json.dumps(said).encode())
            os._exit(0)
        os.close(child_end)

    def result(self):
        with open(self.end) as handle:
            said = handle.read()
        os.waitpid(self.pid, 0)
        return json.loads(said)
