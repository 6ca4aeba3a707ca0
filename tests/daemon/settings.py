#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""libvirtd.conf key by key: what daemon/libvirtd.keys says is so, and Debian's file is understood."""

import os
import re
import struct
import subprocess
import sys

from harness import AUTH_LIST, BUILD, Daemon, Skipped, expect, main

SOURCE = os.environ.get('VIR_SOURCE_DIR', '.')
sys.path.insert(0, SOURCE + '/driver')
sys.dont_write_bytecode = True
import settings  # noqa: E402

KEYS = [key for _, group, _ in settings.parse(SOURCE + '/daemon/libvirtd.keys')[1] for key in group]

# Values that will not do, and what the message tells of right ones.
WRONG = {
    'flag': (('2', 'can be 1 at most'), ('"yes"', 'must be a number'), ('-1', 'must be a number')),
    'seconds': (('"often"', 'must be a number'), ('1000001', 'can be 1000000 at most')),
    'text': (('7', 'must be a text in quotes'), ('[ "a" ]', 'must be a text in quotes')),
    'path': (('7', 'must be a text in quotes'), ('"run/libvirt"', 'does not begin with /')),
    'perms': (('"rwx"', 'such as "0770"'), ('"07777"', 'such as "0770"'), ('770', 'must be a text in quotes')),
    'uuid': (('"me"', 'uuidgen(1)'), ('"00000000-0000-0000-0000-000000000000"', 'uuidgen(1)')),
    'texts': (('7', 'must be a list'),),
}


def wrong_values(key):
    if key.kind == 'words':
        return (('"%s"' % word, 'one of ' + key.words) for word in ('magic', '', key.words, key.words.split('|')[0][:-1]))
    if key.kind == 'number':
        low = [(str(int(key.least) - 1), 'must be %s at least' % key.least)] if int(key.least) else []
        return low + [(str(int(key.most) + 1), 'can be %s at most' % key.most), ('"5"', 'must be a number')]
    return WRONG[key.kind]


def test_wrong_values():
    """Each is refused with the file, the line and what is right."""
    with Daemon(start=False) as daemon:
        for key in KEYS:
            for value, right in wrong_values(key):
                with open(daemon.conf, 'w') as handle:
                    # the last line keeps one that starts all the same in its place
                    handle.write('# one line before\n%s = %s\n' % (key.name, value))
                    handle.write('' if key.name == 'unix_sock_dir' else 'unix_sock_dir = "%s"\n' % daemon.dir)
                done = subprocess.run(['timeout', '10'] + daemon.command(), env=daemon.env, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, text=True, check=False)
                what = '%s = %s: status %d, %s' % (key.name, value, done.returncode, done.stdout)
                assert done.returncode == 1 and key.name in done.stdout, what
                assert daemon.conf + ':2: ' in done.stdout and right in done.stdout, what


def test_file():
    """The file that is installed says nothing but the defaults, and each of its lines can be used as it stands."""
    with open(BUILD + '/daemon/libvirtd.conf') as handle:
        text = handle.read()
    names = re.findall(r'^#([a-z_]+) = ', text, re.M)
    expect('keys of the file', sorted(names), sorted(key.name for key in KEYS))
    lines = '\n'.join(line[1:] if re.match(r'#[a-z_]+ = ', line) else line for line in text.splitlines())
    # not this machine's: folders, groups, other hosts, the kernel's audit log
    lines = re.sub(r'^(unix_sock_dir|unix_sock_group|log_outputs|metrics_listen|auth_unix_r[ow]) = .*$', '', lines,
                   flags=re.M)
    with Daemon(lines) as daemon:
        daemon.serves()
        log = daemon.log_text()
        assert 'unknown setting' not in log, log
        later = sorted(re.findall(r'([a-z_]+) is not served by this version', log))
        expect('keys that do nothing', later, sorted(key.name for key in KEYS if key.member == 'later' and '\n%s = ' % key.name in lines))


def test_their_file():
    """Every key of the file of Debian's package is known."""
    try:
        with open('/etc/libvirt/libvirtd.conf') as handle:
            theirs = set(re.findall(r'^#?([a-z_]+) *= ', handle.read(), re.M))
    except OSError:
        raise Skipped('the package libvirt-daemon-system is not installed, or its file is not to be read')
    expect('keys that are missing', theirs - {key.name for key in KEYS}, set())
    assert len(theirs) > 40, theirs


def test_manual():
    """The manual page tells each key."""
    with open(BUILD + '/daemon/libvirtd.8') as handle:
        page = handle.read()
    for key in KEYS:
        assert re.search(r'^\.BR .*\b%s\b' % key.name, page, re.M), key.name
    assert '@' not in re.sub(r'@EXAMPLE', '', page), 'a name of a folder was left in libvirtd.8'


def test_description():
    """A line of libvirtd.keys that cannot be is told with its place."""
    with Daemon(start=False) as daemon:
        path = daemon.dir + '/keys'
        for line in ('max_clients', 'max_clients numbr 1 2 = 3', 'Max text'):
            with open(path, 'w') as handle:
                handle.write('# first\n' + line + '\n')
            done = subprocess.run([sys.executable, '-B', settings.__file__, 'table', path], stderr=subprocess.PIPE, text=True,
                                  stdout=subprocess.DEVNULL, check=False)
            assert done.returncode == 1 and path + ':2: expected KEY KIND' in done.stderr, (line, done.stderr)


def test_old_name():
    """unix_sock_auth stands for both sockets where the newer names are not there."""
    if os.geteuid() != 0:
        raise Skipped('root alone has the read-only socket')
    for conf, wanted in (('unix_sock_auth = "sasl"\n', (1, 1)),
                         ('unix_sock_auth = "sasl"\nauth_unix_ro = "none"\n', (0, 1)),
                         ('unix_sock_auth = "none"\n', (0, 0))):
        # the harness sets what the text does not name
        rest = ''.join('# %s\n' % name for name in ('auth_unix_ro', 'auth_unix_rw') if name not in conf)
        with Daemon('unix_sock_rw_perms = "0777"\n' + conf + rest, start=False) as daemon:
            os.chmod(daemon.dir, 0o711)
            daemon.start()
            os.seteuid(65534)
            try:
                ways = []
                for readonly in (True, False):
                    with daemon.client(readonly) as client:
                        ways.append(struct.unpack('>II', client.call(AUTH_LIST).body)[1])
            finally:
                os.seteuid(0)
            expect('ways to log in with %r' % conf, tuple(ways), wanted)


def capabilities(daemon):
    uri = 'qemu+unix:///session?socket=' + daemon.rw
    done = subprocess.run([BUILD + '/run', 'virsh', '-c', uri, 'capabilities'], env=daemon.env, stdout=subprocess.PIPE,
                          text=True, check=True)
    found = re.search(r'<uuid>(.*?)</uuid>', done.stdout)
    return found and found.group(1)


def test_host_uuid():
    """Clients are told the UUID that the settings say, or the source that they name."""
    given = '8b1f23ac-2f6c-4c3c-9ec0-6c9ea1d9a6f3'
    with Daemon('host_uuid = "%s"\n' % given, modules=('qemu',), args=['--session'], memory=None) as daemon:
        expect('host_uuid', capabilities(daemon), given)
    try:
        with open('/etc/machine-id') as handle:
            machine = handle.read().strip()
    except OSError:
        machine = ''
    if not re.fullmatch('[0-9a-f]{32}', machine):
        raise Skipped('this machine has no /etc/machine-id')
    with Daemon('host_uuid_source = "machine-id"\n', modules=('qemu',), args=['--session'], memory=None) as daemon:
        expect('host_uuid_source', capabilities(daemon).replace('-', ''), machine)


if __name__ == '__main__':
    main(globals())
