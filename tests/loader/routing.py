#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which module gets which URI: manifests in layers, lazy opening, load-in,
priorities and probes, libvirt.conf, the environment."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from loader import CHECKER, OPENER, Checks, Directory  # noqa: E402

checks = Checks('routing')

GOOD = 'module: good\nprovides: connection\nschemes: good\n'


def opens(d, uri, expected, what, *mode, **env):
    result = d.run(*mode, uri, **env)
    checks.that('%s: %s\n' % (uri, expected) in result.stdout and not result.stderr, what, result)


def refuses(d, uri, words, what, *mode, **env):
    result = d.run(*mode, uri, **env)
    checks.that(': error ' in result.stdout and words in result.stdout, what, result)


def manifests():
    with Directory() as d:
        d.mock('good')
        d.manifest('good.module', GOOD)
        opens(d, 'good:///', 'mock', 'by manifest')
        refuses(d, 'good+tcp://host/', 'no connection driver available for', 'a transport is not for it')
        refuses(d, 'good://host/', 'no connection driver available for', 'a server is not for it')
        refuses(d, 'other:///', "no connection driver available for URI 'other:///'", 'unknown scheme')
        d.manifest('good.module', GOOD + 'load-in: daemon\n')
        refuses(d, 'good:///', 'no connection driver', 'not for clients')
        opens(d, 'good:///', 'mock', 'but for the daemon', '--daemon')
        d.manifest('good.module', GOOD.replace('schemes: good', 'schemes: *'))
        opens(d, 'anything+ssh://me@host:77/x?y=z', 'mock', 'the catch-all takes the rest')
        d.manifest('good.module', 'module:\n')
        refuses(d, 'good:///', 'no connection driver', 'switched off')


def lazy():
    """A module with a manifest is opened when it is needed, and only then."""
    with Directory() as d:
        d.mock('good')
        d.mock('aborts')
        d.manifest('aborts.module', 'module: aborts\nprovides: connection\nschemes: aborts\n')
        opens(d, 'good:///', 'mock', 'an unused module is not opened')
        d.file('aborts.so', b'garbage' * 100)
        result = d.run('aborts:///', 'good:///')
        checks.that("module 'aborts' cannot be used: it is no shared object" in result.stdout,
                    'the reason reaches who wanted it', result)
        checks.that('good:///: mock' in result.stdout, 'the other serves', result)
        checks.that(len(result.stderr.splitlines()) == 1, 'one warning', result.stderr)


def defaults():
    with Directory() as d:
        d.mock('good')
        d.manifest('good.module', GOOD + 'probe: %s/here\ndefault-uri: good:///system good:///session\n' % d.root)
        refuses(d, '', 'no hypervisor was found', 'no probe, no default')
        d.file('../here')
        wanted = 'system' if os.geteuid() == 0 else 'session'
        result = d.run('', LIBVIRT_DEBUG='1')
        checks.that("'good:///%s' goes to module 'good'" % wanted in result.stderr, 'the probe decides', result)
        opens(d, '', 'mock', 'LIBVIRT_DEFAULT_URI', LIBVIRT_DEFAULT_URI='good:///env')
        for wrong, right in (('good://system', 'good:///system'), ('good://session/x', 'good:///session')):
            refuses(d, wrong, 'invalid URI %s (maybe you want %s)' % (wrong, right), 'a slash forgotten')
        refuses(d, '', "URI 'bad:///'", 'LIBVIRT_DEFAULT_URI wins', LIBVIRT_DEFAULT_URI='bad:///')
        refuses(d, 'nonsense', 'does not include a driver name', 'no scheme')
        opens(d, 'good', 'mock', 'a scheme alone')


def configuration():
    """libvirt.conf of a user: as somebody who is not root."""
    with Directory() as d:
        d.mock('good')
        d.manifest('good.module', GOOD)
        os.makedirs(d.root + '/config/libvirt')
        with open(d.root + '/config/libvirt/libvirt.conf', 'w', encoding='utf-8') as conf:
            conf.write('uri_aliases = [ "short=good:///long", "a.b-c_d = good:///x" ]\nuri_default = "good:///conf"\n')
        env = d.env()
        prefix = []
        if os.geteuid() == 0:
            os.chmod(d.root, 0o755)
            os.mkdir(d.root + '/cache')
            os.chown(d.root + '/cache', 65534, 65534)
            prefix = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
            if subprocess.run(prefix + ['true'], check=False).returncode or subprocess.run(
                    prefix + ['test', '-x', OPENER], check=False).returncode:
                print('routing: libvirt.conf is not tested: another user cannot run %s' % OPENER)
                return
        result = subprocess.run(prefix + [OPENER, '', 'short', 'a.b-c_d', 'longer'], env=env, capture_output=True,
                                text=True, check=False)
        checks.that(result.stdout.count(': mock') == 3, 'uri_default and uri_aliases', result)
        checks.that("URI 'longer' does not include" in result.stdout, 'an alias must be whole', result)
        result = subprocess.run(prefix + [OPENER, ''], env=dict(env, LIBVIRT_DEFAULT_URI='short'), capture_output=True,
                                text=True, check=False)
        checks.that(': mock' in result.stdout, 'an alias in LIBVIRT_DEFAULT_URI', result)
        with open(d.root + '/config/libvirt/libvirt.conf', 'a', encoding='utf-8') as conf:
            conf.write('uri_default = "a.b-c_d"\n')
        result = subprocess.run(prefix + [OPENER, ''], env=env, capture_output=True, text=True, check=False)
        checks.that(': mock' in result.stdout, 'an alias in uri_default', result)
        os.chmod(d.root + '/config/libvirt/libvirt.conf', 0)
        result = subprocess.run(prefix + [OPENER, ''], env=env, capture_output=True, text=True, check=False)
        checks.that("libvirt.conf': Permission denied" in result.stdout, 'an own file that cannot be read', result)
        os.chmod(d.root + '/config/libvirt/libvirt.conf', 0o644)
        with open(d.root + '/config/libvirt/libvirt.conf', 'w', encoding='utf-8') as conf:
            conf.write('\nuri_default = 7\n')
        result = subprocess.run(prefix + [OPENER, ''], env=env, capture_output=True, text=True, check=False)
        checks.that('libvirt.conf:2: ' in result.stdout, 'a wrong setting: file and line', result)
        verdicts(d, prefix, env)


def verdicts(d, prefix, env):
    """That a module without a manifest can be used is asked once for each state of its file."""
    os.remove(d.manifests + '/good.module')

    def good(checker=CHECKER):
        return subprocess.run(prefix + [OPENER, 'good:///'], env=dict(env, LIBVIRT_MODULE_CHECK=checker),
                              capture_output=True, text=True, check=False)

    checks.that('cannot be checked' in good('/bin/false').stdout, 'it is asked')
    checks.that('good:///: mock' in good().stdout, 'a refusal that may pass is not remembered')
    checks.that('good:///: mock' in good('/bin/false').stdout, 'a good module is')
    d.mock('good', 'new')
    os.rename(d.modules + '/new', d.modules + '/good.so')
    checks.that('cannot be checked' in good('/bin/false').stdout, 'another file is asked anew')


def relative():
    """A folder that depends on where the program stands is none."""
    with Directory() as d:
        d.mock('good')
        result = subprocess.run([OPENER, 'good:///'], env=dict(d.env(), LIBVIRT_DRIVER_DIR='modules'), cwd=d.root,
                                capture_output=True, text=True, check=False)
        checks.that('good:///: error' in result.stdout, 'a relative folder of modules', result)


def listing():
    with Directory() as d:
        d.mock('good')
        d.manifest('good.module', GOOD + 'load-in: both\npriority: 3\ndescription: A good one\n')
        result = d.run('--list', program=CHECKER)
        for line in ('module=good', 'schemes=good', 'load-in=both', 'priority=3', 'provides=connection',
                     'description=A good one', 'manifest=%s/good.module' % d.manifests):
            checks.that(line + '\n' in result.stdout, '--list says ' + line, result)
        result = d.run('--dump', 'good', program=CHECKER)
        checks.that('name=good\n' in result.stdout and 'slot connect_get_type nonblocking\n' in result.stdout,
                    '--dump', result)
        result = d.run('--slots', 'good', program=CHECKER)
        checks.that(result.stdout == 'virConnectGetType flags=0x0 nonblocking\n', '--slots', result)
        checks.that(d.run('--dump', 'nobody', program=CHECKER).returncode == 1, '--dump of nothing')
        checks.that(d.run('--nonsense', program=CHECKER).returncode == 2, 'a wrong option')
        checks.that(d.run(program=CHECKER).returncode == 2, 'no option')
        result = d.run('--list', '--dump', 'good', program=CHECKER)
        checks.that(result.returncode == 2 and not result.stdout, 'two options that exclude each other', result)
        with open('/dev/full', 'w') as full:
            result = subprocess.run([CHECKER, '--list'], env=d.env(), stdout=full, stderr=subprocess.PIPE, text=True)
        checks.that(result.returncode == 1 and 'No space left' in result.stderr, 'a full disk', result)


manifests()
lazy()
defaults()
configuration()
relative()
listing()
sys.exit(checks.end())
