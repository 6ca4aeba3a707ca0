#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the group may write to is used where that group is its owner alone, as
under a umask of 002, and refused with any other.  Users and groups are those of
files of the test, in a mount namespace, where the caller is user 0."""
import os
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from loader import CHECKER, OPENER, Checks, Directory  # noqa: E402

checks = Checks('groups')
NAMESPACE = ['unshare', '--mount'] + ([] if os.geteuid() == 0 else ['--map-root-user'])

# what: (the caller in /etc/passwd, his group in /etc/group, whether it is his alone)
GROUPS = {
    'a private group': ('owner:x:0:0', 'owner:x:0:', True),
    'a private group that names its owner': ('owner:x:0:0', 'owner:x:0:owner', True),
    'a group with another member': ('owner:x:0:0', 'owner:x:0:owner,guest', False),
    'a group of another name': ('owner:x:0:0', 'staff:x:0:', False),
    'not the primary group': ('owner:x:0:1', 'owner:x:0:', False),
    'a group that nobody knows': ('owner:x:0:0', 'other:x:1:', False),
    'an owner whom nobody knows': ('other:x:1:0', 'owner:x:0:', False),
}


def file(d, name, line):
    path = d.root + '/' + name
    with open(path, 'w', encoding='utf-8') as out:
        out.write(line + '\n')
    return path


def run(d, user, group, *command):
    """Runs COMMAND where USER and GROUP are all that /etc knows."""
    script = 'mount --bind "$1" /etc/passwd && mount --bind "$2" /etc/group && shift 2 && exec "$@"'
    return subprocess.run([*NAMESPACE, 'sh', '-c', script, 'sh', file(d, 'passwd', user + '::/:/bin/sh'),
                           file(d, 'group', group), *command],
                          env=d.env(), capture_output=True, text=True, timeout=60)


def module(d, mode):
    path = d.mock('good')
    os.chmod(path, mode)
    return path


def of_a_file(what, user, group, alone):
    with Directory() as d:
        result = run(d, user, group, CHECKER, '--check', module(d, 0o664))
        expected = ': can be used' if alone else "others than its owner may write to the file '"
        checks.that(result.returncode == (0 if alone else 1) and expected in result.stdout, 'file, ' + what, result)


def of_a_directory(what, user, group, alone):
    with Directory() as d:
        module(d, 0o644)
        os.chmod(d.modules, 0o775)
        result = run(d, user, group, OPENER, 'good:///')
        if alone:
            checks.that('good:///: mock' in result.stdout and not result.stderr, 'directory, ' + what, result)
        else:
            checks.that("others than its owner may write to the directory '" in result.stderr,
                        'directory, ' + what, result)


def writable_by_all():
    with Directory() as d:
        result = run(d, 'owner:x:0:0', 'owner:x:0:', CHECKER, '--check', module(d, 0o666))
        checks.that(result.returncode == 1, 'a private group does not excuse the others', result)


def access_list():
    """The bits of the group are the mask of a list that lets user 7 write."""
    entries = ((0x01, 6, 0xffffffff), (0x02, 6, 7), (0x04, 4, 0xffffffff), (0x10, 6, 0xffffffff), (0x20, 4, 0xffffffff))
    with Directory() as d:
        path = module(d, 0o664)
        try:
            os.setxattr(path, 'system.posix_acl_access',
                        struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *entry) for entry in entries))
        except OSError as error:
            print('groups: no access lists in %s: %s' % (d.root, error))
            return
        result = run(d, 'owner:x:0:0', 'owner:x:0:', CHECKER, '--check', path)
        checks.that(result.returncode == 1 and 'others than its owner' in result.stdout, 'an access list', result)


if subprocess.run([*NAMESPACE, 'true'], capture_output=True, check=False).returncode != 0:
    print('groups: skipped: this user may make no mount namespace')
    sys.exit(77)
for name, (caller, his_group, his_alone) in GROUPS.items():
    of_a_file(name, caller, his_group, his_alone)
    of_a_directory(name, caller, his_group, his_alone)
writable_by_all()
access_list()
sys.exit(checks.end())
