#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""virsh in hands and places that nobody thought of: an error and a status, never a crash."""

import os
import subprocess
import sys

failures = 0


def virsh(*args, **options):
    done = subprocess.run(['virsh', '-q', '-c', 'test:///default'] + list(args), capture_output=True, timeout=60, **options)
    return done.returncode, (done.stdout + done.stderr).decode(errors='replace')


def report(name, good, said):
    global failures
    failures += not good
    print('%s - %s%s' % ('ok' if good else 'not ok', name, '' if good else ': ' + repr(said[:300])))


def words():
    code, said = virsh('list', 'a' * 100000)
    report('a long word', code == 1 and 'unexpected data' in said, said)
    code, said = virsh('dumpxml', '--', '--all')
    report('a name like an option', code == 1 and "'--all'" in said, said)
    code, said = virsh('list "all')
    report('a quote that does not end', code == 1 and 'missing "' in said, said)
    code, said = virsh('list', '--nothing')
    report('an unknown option', code == 1 and '--nothing' in said, said)


def input_of(text):
    code, said = virsh(input=text)
    return code, said.replace('virsh # ', '')


def batches():
    code, said = input_of(b'echo a\n' * 100000)
    report('100 000 lines', code == 0 and said.count('a\n') >= 100000, said)
    code, said = input_of(b'echo \0 b\nech\0o c\n\xff\xfe\necho last\n')
    report('no text', 'last' in said, said)
    code, said = input_of(b'echo ' + b'x' * (1 << 20) + b'\necho last\n')
    report('a long line', 'last' in said, said)


def outputs():
    with open('/dev/full', 'w') as full:
        done = subprocess.run(['virsh', '-c', 'test:///default', 'capabilities'], stdout=full, stderr=subprocess.PIPE)
    report('a full disk', done.returncode == 1 and b'No space left' in done.stderr, done.stderr.decode())
    ends = os.pipe()
    os.close(ends[0])
    done = subprocess.run(['virsh', '-c', 'test:///default', 'capabilities'], stdout=ends[1], stderr=subprocess.PIPE)
    report('nobody reads', (done.returncode != 0, done.stderr) == (True, b''), done.stderr.decode())


def homeless():
    """A user whom the host does not know, and who has no folder."""
    bare = {name: value for name, value in os.environ.items() if name not in ('HOME', 'XDG_RUNTIME_DIR', 'XDG_CACHE_HOME')}
    nobody = {'user': 54321, 'group': 54321, 'extra_groups': []} if os.geteuid() == 0 else {}
    if not nobody:
        print('skip - homeless: only root can become another user')
        return
    try:
        code, said = virsh('list', env=bare, **nobody)
    except PermissionError:
        print('skip - homeless: nobody else may pass the folder of this build')
        return
    report('homeless: a host in memory', code == 0 and 'test' in said, said)
    code, said = virsh('-c', 'qemu:///session', 'list', env=bare, **nobody)
    report('homeless: a daemon of its own', code == 1 and 'set XDG_RUNTIME_DIR' in said, said)


words()
batches()
outputs()
homeless()
sys.exit(1 if failures else 0)
