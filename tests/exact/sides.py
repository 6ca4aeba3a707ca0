# SPDX-License-Identifier: LGPL-2.1-or-later
"""The two that are compared: the distribution's libvirt and this build's, each asked
in a process of its own (define.py); for qemu behind a private daemon."""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'qemu'))
BUILD = os.environ.get('VIR_BUILD_DIR', '.')
PYTHON = '/usr/bin/python3'
DEFINE = os.path.join(HERE, 'define.py')
THEIR_DAEMON = os.path.join(HERE, '..', 'interop', 'with-their-daemon')
SECONDS = 900


class Missing(Exception):
    """What this machine does not have: the test is skipped."""


class Died(Exception):
    """A program ended by a signal."""


def output(command, env, given=''):
    done = subprocess.run(command, input=given, capture_output=True, text=True, env=env, timeout=SECONDS)
    if done.returncode == 77:
        raise Missing(done.stdout.strip())
    if done.returncode < 0 or done.returncode > 128:
        raise Died(' '.join(command))
    if done.returncode:
        raise RuntimeError('%s: %s %s' % (' '.join(command), done.stdout[-500:], done.stderr[-2000:]))
    return done.stdout


class Side:
    """One of the two libvirts: how a program is run beside it, and where it is then."""

    def __init__(self, uri, env, wrapper=()):
        self.uri, self.env, self.wrapper = uri, env, list(wrapper)

    def run(self, script, *words, given=''):
        return output(self.wrapper + [PYTHON, script] + list(words), self.env, given)

    def ask(self, kind, documents):
        return json.loads(self.run(DEFINE, self.uri, kind, given=json.dumps(documents)))

    def ask_mortal(self, kind, documents):
        """What is said of those that it outlives: its parser may break its heap on what is wrong."""
        try:
            return self.ask(kind, documents)
        except Died as why:
            if len(documents) == 1:
                print('%s died of %s' % (why, *documents))
                return {}
        names = list(documents)
        halves = names[:len(names) // 2], names[len(names) // 2:]
        return {name: said for half in halves
                for name, said in self.ask_mortal(kind, {name: documents[name] for name in half}).items()}

    def ask_again(self, kind, names):
        return json.loads(self.run(DEFINE, '--again', self.uri, kind, given=json.dumps(names)))


def their_env():
    env = {name: value for name, value in os.environ.items() if name not in ('LD_LIBRARY_PATH', 'LIBVIRT_DRIVER_DIR')}
    if os.environ.get('VIR_SANITIZERS', 'no') != 'no':
        raise Missing('foreign programs do not run with sanitizers')
    if subprocess.run([PYTHON, '-c', 'import libvirt'], env=env, capture_output=True).returncode:
        raise Missing('no python3-libvirt')
    return env


class Test:
    """test:///default in the process that asks."""
    name = 'test'

    def __enter__(self):
        self.theirs = Side('test:///default', their_env())
        self.ours = Side('test:///default', dict(os.environ))
        return self

    def __exit__(self, *error):
        pass

    def restart(self):
        return False


class Qemu:
    """qemu behind a daemon: theirs ends with each question, ours with this object."""
    name = 'qemu'

    def __enter__(self):
        self.theirs = Side('qemu+unix:///%s?socket=@SOCKET@' % ('session' if os.geteuid() else 'system'),
                           their_env(), [THEIR_DAEMON])
        from harness import World
        self.world = World()
        self.ours = Side('qemu:///session', self.world.env)
        return self

    def __exit__(self, *error):
        self.world.__exit__(*error)

    def restart(self):
        """Whether all has to be read from files now."""
        self.world.kill_daemon()
        return True
