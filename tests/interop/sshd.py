# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real sshd on loopback, and an ssh that knows nothing of the user who runs the tests:
his home is not $HOME for it, but what the system's list of users says."""

import os
import shutil
import socket
import subprocess
import tempfile
import time


def missing():
    """Why there can be none here; None: it can."""
    if not os.path.exists('/usr/sbin/sshd') or not shutil.which('ssh'):
        return 'no sshd'
    return 'sshd wants root' if os.geteuid() else None


def keygen(path):
    subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', path], check=True)


class Client:
    """An ssh in front of all others in PATH, with a list of known hosts of its own."""

    def __init__(self, world):
        self.dir = tempfile.mkdtemp(prefix='ssh', dir=world)
        self.known = os.path.join(self.dir, 'known_hosts')
        with open(os.path.join(self.dir, 'config'), 'w') as file:
            file.write('UserKnownHostsFile %s\nGlobalKnownHostsFile /dev/null\nIdentityAgent none\nIdentityFile %s/none\n'
                       % (self.known, self.dir))
        path = os.path.join(self.dir, 'ssh')
        with open(path, 'w') as file:
            file.write('#!/bin/sh\nexec %s -F %s/config "$@"\n' % (shutil.which('ssh'), self.dir))
        os.chmod(path, 0o755)
        self.path = self.dir + ':' + os.environ['PATH']

    def configure(self, text):
        with open(os.path.join(self.dir, 'config'), 'a') as file:
            file.write(text)


class Sshd:
    """For this user, with a key of its own."""

    def __init__(self, world, port, environment):
        self.dir, self.port = tempfile.mkdtemp(prefix='s', dir=world), port
        os.mkdir(os.path.join(self.dir, 'home'))
        for name in ('host', 'user'):
            keygen(os.path.join(self.dir, name))
        shutil.copy(os.path.join(self.dir, 'user.pub'), os.path.join(self.dir, 'authorized'))
        os.makedirs('/run/sshd', exist_ok=True)
        with open(os.path.join(self.dir, 'conf'), 'w') as file:
            file.write('ListenAddress 127.0.0.1:%d\nHostKey %s/host\nAuthorizedKeysFile %s/authorized %s/home/.ssh/authorized_keys\nPidFile none\n'
                       'StrictModes no\nUsePAM no\nPermitRootLogin yes\nSetEnv %s\n'
                       % (self.port, self.dir, self.dir, self.dir,
                          ' '.join('%s="%s"' % pair for pair in dict(environment, HOME=self.dir + '/home').items())))
        self.start()

    def start(self):
        self.process = subprocess.Popen(['/usr/sbin/sshd', '-D', '-f', os.path.join(self.dir, 'conf')],
                                        stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with socket.socket() as s:
                if s.connect_ex(('127.0.0.1', self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError('sshd does not start')

    def change_key(self):
        """The host gets another one."""
        self.end()
        for name in ('host', 'host.pub'):
            os.unlink(os.path.join(self.dir, name))
        keygen(os.path.join(self.dir, 'host'))
        self.start()

    def common(self):
        """Parameters that libvirt 9.0.0 knows, too."""
        return 'keyfile=%s/user&no_verify=1&no_tty=1' % self.dir

    def params(self):
        return 'keyfile=%s/user&known_hosts=%s/known&known_hosts_verify=auto&no_tty=1' % (self.dir, self.dir)

    def end(self):
        self.process.terminate()
        self.process.wait(10)


def environment():
    """What programs of the build need at the other end."""
    names = [name for name in os.environ if name.startswith(('LIBVIRT', 'VIR_', 'LD_LIBRARY', 'ASAN', 'UBSAN'))] + ['PATH']
    return {name: os.environ[name] for name in names}
