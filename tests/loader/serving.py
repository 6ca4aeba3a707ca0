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
from loader import BUILD, CHECKER, Checks, Directory  # noqa: E402

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


def virsh(d, command, scheme='test'):
    """Through the daemon; the client has no module but the remote one."""
    env = d.env(LIBVIRT_DRIVER_DIR=d.root + '/client')
    uri = '%s+unix:///default?socket=%s/libvirt-sock' % (scheme, d.root)
    return subprocess.run(['virsh', '-c', uri, command], env=env, capture_output=True, text=True, timeout=60,
                          check=False)


def start(d, settings='', **env):
    """libvirtd; its standard error is d.root/stderr."""
    with open(d.root + '/libvirtd.conf', 'w', encoding='utf-8') as conf:
        conf.write('unix_sock_dir = "%s"\n%s' % (d.root, settings))
    os.mkdir(d.root + '/client')
    shutil.copyfile(BUILD + '/modules/built/remote.so', d.root + '/client/remote.so')
    with open(d.root + '/stderr', 'w', encoding='utf-8') as stderr:
        daemon = subprocess.Popen([DAEMON, '-f', d.root + '/libvirtd.conf', '-p', d.root + '/pid'],
                                  env=d.env(XDG_RUNTIME_DIR=d.root + '/run', **env), stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=stderr)
    end = time.monotonic() + 90
    while not os.path.exists(d.root + '/libvirt-sock') and daemon.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    return daemon


def said(d, words, file='stderr'):
    with open('%s/%s' % (d.root, file), encoding='utf-8', errors='replace') as text:
        return [line for line in text.read().splitlines() if words in line]


def end(daemon):
    daemon.terminate()
    checks.that(daemon.wait(20) == 0, 'the daemon ends well', daemon.returncode)


def among_bad_ones():
    with Directory() as d:
        expected = fill(d)
        daemon = start(d)
        try:
            for _ in range(3):
                result = virsh(d, 'list --name')
                checks.that(result.returncode == 0 and result.stdout.split() == ['test'], 'the daemon serves',
                            result)
            checks.that(daemon.poll() is None, 'the daemon lives')
        finally:
            end(daemon)
        warnings = said(d, 'is not used')
        checks.that(len(warnings) == expected and len(set(warnings)) == expected,
                    '%d warnings, each once' % expected, *warnings)


def put(d, mock):
    """Another file in the place of the module `good`."""
    d.mock(mock, 'new')
    os.rename(d.modules + '/new', d.modules + '/good.so')


def with_good(d):
    d.manifest('good.module', 'module: good\nprovides: connection\nschemes: good\n')
    shutil.copyfile(BUILD + '/modules/built/remote.so', d.modules + '/remote.so')
    shutil.copyfile(os.environ['VIR_SOURCE_DIR'] + '/modules.d/remote.module', d.manifests + '/remote.module')


def serves(d, scheme):
    """Whether virsh is served within ten seconds: a module is tried again a moment later."""
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        result = virsh(d, 'uri', scheme)
        if result.returncode == 0:
            return True
        time.sleep(0.1)
    print(result)
    return False


def repaired():
    """A module that was refused is tried again when it is another file; what is open stays."""
    with Directory() as d:
        with_good(d)
        put(d, 'noentry')
        daemon = start(d, 'log_outputs = "1:file:%s/log"\n' % d.root)
        try:
            for mock, words in (('noentry', 'no note of VIR_MODULE_DEFINE'), ('aborts', "its note begins 'module: aborts'")):
                put(d, mock)
                for _ in range(2):
                    result = virsh(d, 'uri', 'good')
                    checks.that(result.returncode == 1 and words in result.stderr, 'refused: ' + mock, result)
                    checks.that("good.so' tries it again" in result.stderr, 'what helps', result)
            put(d, 'good')
            result = virsh(d, 'uri', 'good')
            checks.that(result.returncode == 0, 'repaired', result)
            put(d, 'aborts')
            result = virsh(d, 'uri', 'good')
            checks.that(result.returncode == 0, 'what is open stays', result)
        finally:
            end(daemon)
        warnings = said(d, 'is not used', 'log')
        checks.that(len(warnings) == 2, 'a warning for each reason', *warnings)
        errors = said(d, 'error :', 'log')
        checks.that(errors and 'warning :' in said(d, 'good', 'log')[0] and len(errors) == 4,
                    'an error for each client, none at the start', *errors)


def passing():
    """What failed once, the helper or the module's own load(), works a moment later."""
    with Directory() as d:
        with_good(d)
        d.mock('good')
        d.mock('failsonce')
        once = d.file('../once', ('#!/bin/sh\nmkdir %s/failed 2>/dev/null && exit 1\nexec %s "$@"\n'
                                  % (d.root, CHECKER)).encode(), 0o755)      # modules are tried at the same time
        daemon = start(d, LIBVIRT_MODULE_CHECK=once)
        try:
            checks.that(serves(d, 'good'), 'the helper was slow once')
            checks.that(serves(d, 'failsonce'), 'load() failed once')
        finally:
            end(daemon)
        warnings = said(d, 'is not used')
        checks.that(len(warnings) == 2 and 'cannot be checked' in ''.join(warnings) and
                    'the mock is not awake yet' in ''.join(warnings), 'both failed at the start', *warnings)


among_bad_ones()
repaired()
passing()
sys.exit(checks.end())
