#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever is wrong with a module costs who needs it one warning and an error that give the
real reason, and nothing else: alone and all together, in a client, in the daemon's way of
loading, and asked of libvirt-module."""
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from loader import CHECKER, MOCKS, Checks, Directory  # noqa: E402

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


def manifest_of(name, words):
    """Puts there a good module with a manifest that says WORDS too."""
    def put(d):
        d.mock('good', name + '.so')
        with open('%s/%s.module' % (d.manifests, name), 'wb') as out:
            out.write(b'module: %s\nprovides: connection\nschemes: %s\n' % (name.encode(), name.encode()) + words)
    return put


def foreign(d):
    """Only root can give a file away; for others it is writable by all, which is refused before."""
    path = d.mock('good', 'foreign.so')
    if os.geteuid() == 0:
        os.chown(path, 12345, 12345)
    else:
        os.chmod(path, 0o666)


def same_name(d):
    d.mock('good', 'twice.so')
    for file in ('twice.module', 'twice-again.module'):
        d.manifest(file, 'module: twice\nprovides: connection\nschemes: %s\nload-in: client\n' % file[:5])


# what: (puts it there, the words of the warning and the error, the file that libvirt-module refuses,
#        the scheme of who wants it: None for nobody)
DEFECTS = {
    'garbage': (lambda d: d.file('garbage.so', b'this is no module\n' * 100), 'it has no ELF header', 'garbage.so',
                'garbage'),
    'empty file': (lambda d: d.file('empty.so'), 'the file is empty', 'empty.so', 'empty'),
    'no note': (lambda d: d.mock('noentry'), 'no note of VIR_MODULE_DEFINE', 'noentry.so', 'noentry'),
    'another name': (lambda d: d.mock('good', 'renamed.so'), "its note begins 'module: good'", 'renamed.so',
                     'renamed'),
    'cut off': (lambda d: d.file('short.so', open(MOCKS + '/good.so', 'rb').read(64)), 'it is cut off', 'short.so',
                'short'),
    'unresolved symbol': (lambda d: d.mock('unresolved'), 'undefined symbol: mock_symbol_that_nobody_has',
                          'unresolved.so', 'unresolved'),
    'too new ABI': (lambda d: d.mock('newabi'), 'built for driver ABI 7; this libvirt has driver ABI 0', 'newabi.so',
                    'newabi'),
    'short struct': (lambda d: d.mock('shortstruct'), 'its entry says that it has', 'shortstruct.so', 'shortstruct'),
    'bad table': (lambda d: d.mock('badtable'), "its table 'connect' says that it has 7 bytes", 'badtable.so',
                  'badtable'),
    'bad manifest inside': (lambda d: d.mock('badwords'), "badwords.so:3: unknown key 'skeme'", 'badwords.so',
                            'badwords'),
    'wrong name': (lambda d: d.mock('wrongname'), "its entry has the name 'somebody'", 'wrongname.so', 'wrongname'),
    'load fails': (lambda d: d.mock('loadfails'), 'its load() failed: the mock wants no work', 'loadfails.so',
                   'loadfails'),
    'load hangs': (lambda d: d.mock('loadhangs'), 'did not end within 2 seconds', 'loadhangs.so', 'loadhangs'),
    'load crashes': (lambda d: d.mock('loadcrashes'), 'ended the process', 'loadcrashes.so', 'loadcrashes'),
    'constructor aborts': (lambda d: d.mock('aborts'), 'ended the process by signal 6 (Aborted)', 'aborts.so',
                           'aborts'),
    'constructor hangs': (lambda d: d.mock('hangs'), 'did not end within 2 seconds', 'hangs.so', 'hangs'),
    'directory': (directory, 'it is a directory, not a file', 'directory.so', 'directory'),
    'FIFO': (fifo, 'it is a FIFO, not a file', 'fifo.so', 'fifo'),
    'dangling link': (dangling, 'a symbolic link to something that is not there', 'dangling.so', 'dangling'),
    'link': (link, 'it is a symbolic link', 'linked.so', 'linked'),
    'writable by all': (writable, 'others than its owner may write to the file', 'writable.so', 'writable'),
    "another user's": (foreign, 'belongs to user 12345, not to root' if os.geteuid() == 0 else 'others than its owner',
                       'foreign.so', 'foreign'),
    'manifest of another ABI': (manifest_of('told', b'abi: 3\n'), 'its manifest says driver ABI 3; this libvirt has driver ABI 0',
                                None, 'told'),
    'manifest of 10 MB': (manifest_of('long', b'#' * 10000000), 'long.module', None, 'long'),
    'manifest that is no UTF-8': (manifest_of('latin', b'description: caf\xe9\n'), 'latin.module:1: the file is not text',
                                  None, 'latin'),
    'bad file name': (lambda d: d.mock('good', 'Not-A-Name.so'), "its note begins 'module: good'", None, None),
    'broken manifest': (broken_manifest, "broken.module:2: unknown key 'provids'", None, 'broken'),
    'incomplete manifest': (incomplete_manifest, "'schemes:' is missing", None, 'incomplete'),
    'two manifests of one name': (same_name, "module 'twice' has the manifest", None, None),
    'two modules of one scheme': (lambda d: d.mock('rival'), "module 'good' takes URIs 'good:' already", None, None),
}


def warnings(result):
    return [line for line in result.stderr.splitlines() if line]


def in_client(what, put, words, scheme):
    """Who does not want it is told nothing; who wants it is told why."""
    with Directory() as d:
        d.mock('good')
        put(d)
        result = d.run('good:///')
        checks.that(result.returncode == 0 and 'good:///: mock' in result.stdout and not result.stderr,
                    what + ', client: nobody else is concerned', result)
        if not scheme:
            return
        begun = time.monotonic()
        result = d.run('good:///', scheme + ':///')
        said = warnings(result)
        checks.that('good:///: mock' in result.stdout and 'served' in result.stdout, what + ', client: served', result)
        checks.that(len(said) == 1 and said[0].startswith('libvirt: warning : ') and words in said[0],
                    what + ', client: one warning', *said)
        checks.that(': error ' in result.stdout and words in result.stdout and 'error 5:' not in result.stdout,
                    what + ', client: the error is the reason', result)
        checks.that(time.monotonic() - begun < 15, what + ', client: in good time')


def in_daemon(what, put, words):
    with Directory() as d:
        d.mock('good')
        put(d)
        begun = time.monotonic()
        result = d.run('--daemon', 'good:///')
        said = warnings(result)
        checks.that(result.returncode == 0 and 'good:///: mock' in result.stdout and 'served' in result.stdout,
                    what + ', daemon: the good module serves', result)
        checks.that(len(said) == 1 and said[0].startswith('libvirt: warning : '), what + ', daemon: one warning', *said)
        checks.that(any(words in line for line in said), what + ', daemon: the real reason: ' + words, *said)
        checks.that(time.monotonic() - begun < 15, what + ', daemon: in good time')


def all_together():
    with Directory() as d:
        d.mock('good')
        for put, _, _, _ in DEFECTS.values():
            put(d)
        begun = time.monotonic()
        result = d.run('good:///')
        checks.that('good:///: mock' in result.stdout and not result.stderr, 'all together: a client is served', result)
        checks.that(time.monotonic() - begun < 4, 'all together: and waits for none of them')
        result = d.run('--daemon', 'good:///')
        said = warnings(result)
        checks.that(result.returncode == 0 and 'good:///: mock' in result.stdout, 'all together: served', result)
        for what, (_, words, _, _) in DEFECTS.items():
            checks.that(any(words in line for line in said), 'all together: ' + what, *said)
        checks.that(len(said) == len(set(said)), 'all together: nothing twice', *said)


def many():
    """Hundreds of broken modules cost a client the reading of their first bytes."""
    with Directory() as d:
        d.mock('good')
        for i in range(150):
            d.file('garbage%d.so' % i, b'garbage' * 100)
            d.mock('aborts', 'aborts%d.so' % i)
        for uri in ('good:///', 'other:///'):
            begun = time.monotonic()
            result = d.run(uri)
            checks.that(not result.stderr and time.monotonic() - begun < 1, 'many: ' + uri, result)


def daemon_took(*mocks):
    with Directory() as d:
        for name in mocks:
            d.mock(name)
        begun = time.monotonic()
        checks.that(d.run('--daemon').returncode == 0, 'a daemon among those that hang')
        return time.monotonic() - begun


def hanging_together():
    """Two modules that never return delay the daemon's start as one does: by two seconds."""
    one, both = daemon_took('hangs'), daemon_took('hangs', 'loadhangs')
    checks.that(one > 1.9 and both < one + 1, 'asked together', one, both)


def kinds_of_errors():
    """The error of a connection whose module was refused is that refusal."""
    with Directory() as d:
        d.mock('loadfails')
        d.manifest('loadfails.module', 'module: loadfails\nprovides: connection\nschemes: loadfails\n')
        for mode in ((), ('--daemon',)):
            result = d.run(*mode, 'loadfails:///')
            checks.that("error 67: unsupported configuration: module 'loadfails' cannot be used: its load() failed: "
                        'the mock wants no work\nhint: give it some\n' in result.stdout,
                        'code, words and hint of load()', result)
        d.file('loadfails.so', b'')
        result = d.run('loadfails:///')
        checks.that("hint: 'libvirt-module --check %s/loadfails.so' tries it again\n" % d.modules in result.stdout,
                    'what helps', result)


def older_and_newer():
    """Tables and entries that are shorter or longer than ours: what both sides know counts."""
    with Directory() as d:
        d.mock('older')
        d.mock('newer')
        for mode in ((), ('--daemon',)):
            result = d.run(*mode, 'older:///', 'newer:///')
            checks.that('older:///: mock' in result.stdout and 'newer:///: mock' in result.stdout and
                        not result.stderr, 'older and newer', result)


def rivals():
    """A module that cannot be used does not stand before one that can."""
    with Directory() as d:
        d.mock('good')
        d.mock('rival')
        d.file('aaa.so', b'garbage')
        d.manifest('aaa.module', 'module: aaa\nprovides: connection\nschemes: good\n')
        for mode in ((), ('--daemon',)):
            result = d.run(*mode, 'good:///')
            checks.that('good:///: mock' in result.stdout, 'behind a broken one', result)
            checks.that("module 'aaa'" in warnings(result)[0], 'the broken one costs a warning', result)
        d.file('good.so', b'garbage')
        d.file('rival.so', b'garbage')
        result = d.run('good:///')
        checks.that("module 'aaa' cannot be used: it is no shared object" in result.stdout,
                    'where none can be used the first says why', result)


def what_it_said():
    with Directory() as d:
        result = d.run('--check', d.mock('asserts'), program=CHECKER)
        checks.that('the mock has a bad day' in result.stderr and 'ended the process by signal 6' in result.stdout,
                    'the words of an assertion', result)
        result = d.run('--machine', '--check', d.modules + '/asserts.so', program=CHECKER)
        checks.that(not result.stderr and 'error=' in result.stdout, 'options in another order, for programs', result)
        result = d.run(d.modules + '/asserts.so', '--check', '--machine', program=CHECKER)
        checks.that('error=' in result.stdout, 'the file first', result)
        result = d.run('asserts:///')
        checks.that("hint: 'libvirt-module --check %s/asserts.so' shows what it said" % d.modules in result.stdout,
                    'where to see them', result)


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
        checks.that('good:///: error ' in result.stdout, 'writable directory: nothing is loaded', result.stdout)
        result = d.run('--check', d.modules + '/good.so', program=CHECKER)
        checks.that('others than its owner may write to the directory' in result.stdout,
                    'writable directory: the check says the same', result)
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
        checks.that(result.returncode == 3 and "module 'loadfails' cannot be used" in result.stdout and
                    'says that it is critical' in result.stdout,
                    'a critical module stops the daemon', result)


# Most of the time is spent waiting for modules that never return.
with ThreadPoolExecutor(8) as pool:
    jobs = [pool.submit(all_together)]
    for defect, (puts, reason, refused, wanted) in DEFECTS.items():
        jobs.append(pool.submit(in_client, defect, puts, reason, wanted))
        jobs.append(pool.submit(asked, defect, puts, reason, refused))
        jobs.append(pool.submit(in_daemon, defect, puts, reason))
    jobs += [pool.submit(job) for job in (directory_writable, critical, kinds_of_errors, older_and_newer, rivals, what_it_said)]
    for job in jobs:
        job.result()
hanging_together()
many()
good_ones()
sys.exit(checks.end())
