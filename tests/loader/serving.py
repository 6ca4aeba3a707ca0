#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""libvirtd among bad modules of every kind: it starts, warns once for each, and
serves the good ones throughout."""
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from loader import BUILD, Checks, Directory  # noqa: E402

BAD = ('noentry', 'unresolved', 'newabi', 'shortstruct', 'wrongname', 'loadfails', 'loadhangs', 'loadcrashes',
       'aborts', 'hangs')
DAEMON = os.environ['LIBVIRTD_PATH']

for path in (DAEMON, BUILD + '/modules/built/test.so', BUILD + '/modules/built/remote.so'):
    if not os.path.exists(path):
        print('serving: skipped, %s is not built' % path)
        sys.exit(77)

checks = Checks('serving')


def fill(d):
    for name in ('test', 'remote'):
        shutil.copyfile('%s/modules/built/%s.so' % (BUILD, name), '%s/%s.so' % (d.modules, name))
    shutil.copyfile(os.environ['VIR_SOURCE_DIR'] + '/modules.d/remote.module', d.manifests + '/remote.module')
    for name in BAD:
        d.mock(name)
    d.file('garbage.so', b'garbage\n' * 100)
    d.file('empty.so')
    os.mkfifo(d.modules + '/fifo.so')
    os.mkdir(d.modules + '/directory.so')
    os.symlink('/nonexistent', d.modules + '/dangling.so')
    os.chmod(d.mock('good', 'writable.so'), 0o666)
    d.manifest('broken.module', 'module broken\n')
    return len(BAD) + 7


def virsh(d, command):
    """Through the daemon; the client has no module but the remote one."""
    env = d.env(LIBVIRT_DRIVER_DIR=d.root + '/client')
    uri = 'test+unix:///default?socket=%s/libvirt-sock' % d.root
    return subprocess.run(['virsh', '-c', uri, command], env=env, capture_output=True, text=True, timeout=60,
                          check=False)


with Directory() as d:
    expected = fill(d)
    os.mkdir(d.root + '/client')
    shutil.copyfile(BUILD + '/modules/built/remote.so', d.root + '/client/remote.so')
    with open(d.root + '/libvirtd.conf', 'w', encoding='utf-8') as conf:
        conf.write('unix_sock_dir = "%s"\n' % d.root)
    with open(d.root + '/stderr', 'w', encoding='utf-8') as stderr:
        daemon = subprocess.Popen([DAEMON, '-f', d.root + '/libvirtd.conf', '-p', d.root + '/pid'],
                                  env=d.env(XDG_RUNTIME_DIR=d.root + '/run'), stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=stderr)
    try:
        end = time.monotonic() + 90
        while not os.path.exists(d.root + '/libvirt-sock') and daemon.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        for _ in range(3):
            result = virsh(d, 'list --name')
            checks.that(result.returncode == 0 and result.stdout.split() == ['test'], 'the daemon serves', result)
        checks.that(daemon.poll() is None, 'the daemon lives')
    finally:
        daemon.terminate()
        checks.that(daemon.wait(20) == 0, 'the daemon ends well', daemon.returncode)
    with open(d.root + '/stderr', encoding='utf-8', errors='replace') as text:
        said = [line for line in text.read().splitlines() if 'is not used' in line]
    checks.that(len(said) == expected and len(set(said)) == expected, '%d warnings, each once' % expected, *said)
sys.exit(checks.end())
