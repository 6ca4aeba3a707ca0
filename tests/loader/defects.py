#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever is wrong with a module costs one warning that gives the real reason,
and nothing else: alone and all together, in a client, in the daemon's way of
loading, and asked of libvirt-module."""
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from loader import CHECKER, Checks, Directory  # noqa: E402

checks = Checks('defects')


def fifo(d):
    os.mkfifo(d.modules + '/fifo.so')


def directory(d):
    os.mkdir(d.modules + '/directory.so')


def dangling(d):
    os.symlink('/nonexistent/module.so', d.modules + '/dangling.so')


def link(d):
    d.mock('good', '../outside.so')
    os.symlink(d.root + '/outside.so', d.modules + '/linked.so')


def writable(d):
    os.chmod(d.mock('good', 'writable.so'), 0o666)


def broken_manifest(d):
    d.mock('good', 'broken.so')
    d.manifest('broken.module', 'module: broken\nprovids: connection\nschemes: broken\n')


def incomplete_manifest(d):
    d.mock('good', 'incomplete.so')
    d.manifest('incomplete.module', 'module: incomplete\nprovides: connection\n')


def same_name(d):
    d.mock('good', 'twice.so')
    for file in ('twice.module', 'twice-again.module'):
        d.manifest(file, 'module: twice\nprovides: connection\nschemes: %s\nload-in: client\n' % file[:5])


# what: (puts it there, the warning's words, the file that libvirt-module refuses)
DEFECTS = {
    'garbage': (lambda d: d.file('garbage.so', b'this is no module\n' * 100), 'invalid ELF header', 'garbage.so'),
    'empty file': (lambda d: d.file('empty.so'), 'the file is empty', 'empty.so'),
    'no entry': (lambda d: d.mock('noentry'), "no entry 'vir_module_noentry'", 'noentry.so'),
    'unresolved symbol': (lambda d: d.mock('unresolved'), 'undefined symbol: mock_symbol_that_nobody_has',
                          'unresolved.so'),
    'too new ABI': (lambda d: d.mock('newabi'), 'built for driver ABI 7; this libvirt has driver ABI 0', 'newabi.so'),
    'short struct': (lambda d: d.mock('shortstruct'), 'its entry says that it has', 'shortstruct.so'),
    'wrong name': (lambda d: d.mock('wrongname'), "its entry has the name 'somebody'", 'wrongname.so'),
    'load fails': (lambda d: d.mock('loadfails'), 'its load() failed: unsupported configuration: the mock wants no work',
                   'loadfails.so'),
    'load hangs': (lambda d: d.mock('loadhangs'), 'did not end within 2 seconds', 'loadhangs.so'),
    'load crashes': (lambda d: d.mock('loadcrashes'), 'ended the process', 'loadcrashes.so'),
    'constructor aborts': (lambda d: d.mock('aborts'), 'ended the process by signal 6 (Aborted)', 'aborts.so'),
    'constructor hangs': (lambda d: d.mock('hangs'), 'did not end within 2 seconds', 'hangs.so'),
    'directory': (directory, 'it is a directory, not a file', 'directory.so'),
    'FIFO': (fifo, 'it is a FIFO, not a file', 'fifo.so'),
    'dangling link': (dangling, 'a symbolic link to something that is not there', 'dangling.so'),
    'link': (link, 'it is a symbolic link', 'linked.so'),
    'writable by all': (writable, 'others than its owner may write to the file', 'writable.so'),
    'bad file name': (lambda d: d.mock('good', 'Not-A-Name.so'), 'cannot be the name of a module', None),
    'broken manifest': (broken_manifest, "broken.module:2: unknown key 'provids'", None),
    'incomplete manifest': (incomplete_manifest, "'schemes:' is missing", None),
    'two manifests of one name': (same_name, "module 'twice' has the manifest", None),
    'two modules of one scheme': (lambda d: d.mock('rival'), "module 'good' takes URIs 'good:' already", None),
}


def warnings(result):
    return [line for line in result.stderr.splitlines() if line]


def one_alone(what, put, words):
    with Directory() as d:
        d.mock('good')
        put(d)
        for mode in ((), ('--daemon',)):
            begun = time.monotonic()
            result = d.run(*mode, 'good:///')
            took = time.monotonic() - begun
            name = '%s, %s' % (what, mode[0] if mode else 'client')
            if mode and what == 'two manifests of one name':
                continue                # that module is for clients
            said = warnings(result)
            checks.that(result.returncode == 0 and 'good:///: mock' in result.stdout and 'served' in result.stdout,
                        name + ': the good module serves', result)
            checks.that(len(said) == 1 and said[0].startswith('libvirt: warning : '), name + ': one warning', said)
            checks.that(any(words in line for line in said), name + ': the real reason: ' + words, said)
            checks.that(took < 15, name + ': in good time', took)


def all_together():
    with Directory() as d:
        d.mock('good')
        for put, _, _ in DEFECTS.values():
            put(d)
        for mode in ((), ('--daemon',)):
            result = d.run(*mode, 'good:///')
            said = warnings(result)
            expected = dict(DEFECTS)
            if mode:
                expected.pop('two manifests of one name')
            checks.that(result.returncode == 0 and 'good:///: mock' in result.stdout, 'all together: served', result)
            for what, (_, words, _) in expected.items():
                if what == 'two manifests of one name':
                    words = 'is not used: module'
                checks.that(any(words in line for line in said), 'all together: ' + what, *said)
            checks.that(len(said) == len(set(said)), 'all together: nothing twice', *said)


def asked(what, put, words, file):
    if not file:
        return
    with Directory() as d:
        put(d)
        result = d.run('--check', d.modules + '/' + file, program=CHECKER)
        checks.that(result.returncode == 1 and ': cannot be used: ' in result.stdout and words in result.stdout,
                    'libvirt-module --check: ' + what, result)


def directory_writable():
    with Directory() as d:
        d.mock('good')
        os.chmod(d.modules, 0o777)
        result = d.run('good:///')
        said = warnings(result)
        checks.that(len(said) == 1 and 'others than its owner may write to the directory' in said[0],
                    'writable directory: one warning', result)
        checks.that('error 5:' in result.stdout, 'writable directory: nothing is loaded', result.stdout)
        d.manifest('good.module', 'module: good\nprovides: connection\nschemes: good\n')
        result = d.run('good:///', 'good:///')
        checks.that(len(warnings(result)) == 1, 'writable directory, with a manifest: one warning', result)
        checks.that(result.stdout.count('others than its owner may write to the directory') == 2,
                    'writable directory, with a manifest: who wants the module is told', result)


def good_ones():
    with Directory() as d:
        d.mock('good')
        d.mock('noisy')
        result = d.run('good:///', 'noisy:///')
        checks.that(result.returncode == 0 and 'noisy:///: mock' in result.stdout, 'good modules serve', result)
        result = d.run('--check', d.modules + '/good.so', program=CHECKER)
        checks.that(result.returncode == 0 and result.stdout.endswith(': can be used\n'), 'check of a good one', result)
        result = subprocess.run([CHECKER, '--check', 'good.so'], cwd=d.modules, env=d.env(), capture_output=True,
                                text=True, check=False)
        checks.that(result.stdout == 'good.so: can be used\n', 'check of a file without a folder', result)
        left = os.listdir(d.root + '/tmp')
        checks.that(not left, 'the check leaves nothing behind', left)


def critical():
    with Directory() as d:
        d.mock('loadfails')
        d.manifest('x.module', 'module: loadfails\nprovides: connection\nschemes: x\ncritical: yes\n')
        result = d.run('--daemon')
        checks.that(result.returncode == 3 and "module 'loadfails', which is critical" in result.stdout,
                    'a critical module stops the daemon', result)


# Most of the time is spent waiting for modules that never return.
with ThreadPoolExecutor(8) as pool:
    jobs = [pool.submit(all_together)]
    for defect, (puts, reason, refused) in DEFECTS.items():
        jobs.append(pool.submit(one_alone, defect, puts, reason))
        jobs.append(pool.submit(asked, defect, puts, reason, refused))
    jobs += [pool.submit(job) for job in (directory_writable, critical)]
    for job in jobs:
        job.result()
good_ones()
sys.exit(checks.end())
