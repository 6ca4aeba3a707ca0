#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What ssh says when it does not come through is an error of one line and a remedy that
mends it."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import sshd
import ways
from ways import Authority, Daemon, free_port, report, skip, virsh

sys.path.insert(0, os.path.join(ways.HERE, '..'))
from page import Page  # noqa: E402


class Case:
    def __init__(self, world, client, server):
        self.world, self.client, self.server = world, client, server

    def ask(self, params, port=None, user=''):
        return virsh('test+ssh://%s127.0.0.1:%d/default?no_tty=1&%s' % (user, port or self.server.port, params), 'uri')

    def check(self, name, params, words, hints, **where):
        """One line of an error and one of a remedy, in which nothing acts on a terminal."""
        code, text = self.ask(params, **where)
        errors = [line for line in text.splitlines() if line != 'error: failed to connect to the hypervisor']
        right = (code == 1 and len(errors) == 2 and errors[0].startswith("error: Cannot recv data: ssh to '127.0.0.1': ") and
                 errors[1].startswith('hint: ') and all(word in errors[0] for word in words) and
                 all(word in errors[1] for word in hints) and not re.search('[\0-\x09\x0b-\x1f\x7f-\x9f]', text))
        report(name, right, repr(text))
        return errors[-1]


def log_in(case):
    """From an unknown host to one that is reached, by what each error says."""
    key = 'keyfile=%s/user' % case.server.dir
    case.check('an unknown key', 'proxy=native', ['Host key verification failed'],
               ['ssh -p %d 127.0.0.1' % case.server.port, 'known_hosts_verify=auto'])
    case.check('a login that is refused', 'proxy=native&known_hosts_verify=auto', ['Permission denied (publickey'],
               ['ssh-copy-id -p %d 127.0.0.1' % case.server.port, 'keyfile='])
    case.check('a user who is refused', 'proxy=native', ['Permission denied (publickey', 'nobody'],
               ['ssh-copy-id -p %d nobody@127.0.0.1' % case.server.port], user='nobody@')
    case.server.change_key()
    hint = case.check('a changed key', key, ['Host key for [127.0.0.1]:%d has changed' % case.server.port],
                      ['ssh-keygen -f', case.client.known])
    command = re.search(r"ssh-keygen -f '[^']*' -R '[^']*'", hint)
    done = subprocess.run(['sh', '-c', command[0] if command else 'false'], capture_output=True, text=True)
    report('its command forgets the old one', done.returncode == 0, done.stderr)
    case.check('then it is unknown', key, ['Host key verification failed'], ['known_hosts_verify=auto'])


def far_side(case):
    """sshd lets us in, and what is to be run there does not serve."""
    key = 'keyfile=%s/user&known_hosts_verify=auto' % case.server.dir
    case.check('no such program there', key + '&netcat=/nowhere/nc', ['/nowhere/nc', 'not found'], ['netcat=PATH'])
    if shutil.which('nc'):
        case.check('no such socket there', key + '&socket=/nowhere/sock', ['nc: '], ['no libvirtd serves'])
    case.check('no daemon there', key + '&proxy=native&name=test:///default?socket=/nowhere/sock',
               ['virt-ssh-helper: ', '/nowhere/sock'], ['on the other host: ', 'libvirtd -d'])
    case.check('nobody listens', key, ['Connection refused'], ['no sshd listens'], port=free_port())


def said(case):
    """A program that says much: of its words one line is shown, and nothing in them acts on a terminal."""
    path = os.path.join(case.world, 'says')
    for name, words, wanted in (
            ('the last words count', 'first\nlast\n\n', 'last'),
            ('what acts on a terminal is shown', 'a\033[31mred\r\n', r'a\x1b[31mred'),
            ('carriage returns end a line', 'one\rtwo\r\r\n', 'two'),
            ('a long banner before', 'banner\n' * 5000 + 'Permission denied (publickey).\n' + 'more\n', 'Permission denied (publickey)'),
            ('a warning that goes before', 'Permission denied (password).\nWarning: Permanently added x\n',
             'Permission denied (password)'),
            ('only what is said beside', 'Warning: Permanently added x\n', 'Warning: Permanently added x'),
            ('a line without end', 'x' * 100000, 'x' * 100)):
        with open(path + '.txt', 'w') as file:
            file.write(words)
        with open(path, 'w') as file:
            file.write('#!/bin/sh\ncat %s >&2\n' % shlex.quote(path + '.txt'))
        os.chmod(path, 0o755)
        code, text = virsh('test+ext:///default?command=' + path, 'uri')
        lines = [line for line in text.splitlines() if 'failed to connect' not in line and not line.startswith('hint: ')]
        report('words: ' + name, code == 1 and len(lines) == 1 and wanted in lines[0] and len(lines[0]) < 600, repr(text[:700]))


def page(case):
    """A host whose first key was given to us by other means."""
    home = os.path.join(case.world, 'home')
    os.makedirs(home + '/.ssh')
    daemon = Daemon(case.world, Authority(os.path.join(case.world, 'ca')).sign(os.path.join(case.world, 'pki'), 'server'))
    there = 'test+ssh://root@host.example.com/default?proxy=native&name=test:///default?socket=' + daemon.socket
    case.client.configure('StrictHostKeyChecking accept-new\nIdentityFile %s/.ssh/id_ed25519\nIdentityFile %s/user\n'
                          'Host host.example.com\nHostName 127.0.0.1\nPort %d\n' % (home, case.server.dir, case.server.port))
    steps = Page(report, 'ssh.md', {
        'ssh-copy-id -i': 'ssh-copy-id -f -i',           # the key that lets it in would be taken for the new one
        '-c qemu+ssh://root@host.example.com/system': "-c '%s'" % there,
        'qemu+ssh://root@host.example.com/system?': there + '&',
        'ssh-keyscan host.example.com': 'ssh-keyscan -p %d 127.0.0.1' % case.server.port}, 3)
    env = dict(os.environ, HOME=home)
    steps.do(1, env=env)
    with open(home + '/.ssh/id_ed25519.pub') as key, open(case.server.dir + '/home/.ssh/authorized_keys') as keys:
        report('ssh.md: the key is there', key.read() in keys.read())
    os.unlink(case.server.dir + '/authorized')
    steps.do(2, 'running', env=env)
    steps.do(3, 'running', env=env, cwd=home)
    daemon.end()


def main():
    if sshd.missing() or not shutil.which('certtool'):
        skip(sshd.missing() or 'no certtool')
    world = tempfile.mkdtemp(prefix='ssh.')
    server = None
    try:
        client = sshd.Client(world)
        os.environ['PATH'] = client.path
        server = sshd.Sshd(world, free_port(), sshd.environment())
        case = Case(world, client, server)
        for part in (log_in, far_side, said, page):
            if len(sys.argv) < 2 or part.__name__ in sys.argv[1:]:
                part(case)
    finally:
        if server:
            server.end()
        shutil.rmtree(world)
    sys.exit(ways.failed != 0)


main()
