#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program that runs with another user's privilege obeys no variable of its environment:
none that names modules, manifests, helpers, a URI, a log, or a user's folders."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from loader import BUILD, Checks, Directory  # noqa: E402

checks = Checks('secure')
SECURE = BUILD + '/tests/loader/.libs/secure'
if not os.path.exists(SECURE):
    SECURE = BUILD + '/tests/loader/secure'


def run(d, secure, *args, **env):
    """As root for user 65534, as a set-user-id program runs; or as root alone."""
    def become():
        os.setresuid(65534 if secure else 0, 0, 0)
    return subprocess.run([SECURE, *args], env=d.env(**env), preexec_fn=become, capture_output=True, text=True,
                          check=False, timeout=60)


def main():
    if os.geteuid() != 0:
        print('secure: skipped: only root can run a program with the privilege of another user')
        return 77
    with Directory() as d:
        d.mock('good')
        d.manifest('good.module', 'module: good\nprovides: connection\nschemes: good\n')
        result = run(d, False, 'good:///')
        checks.that('good:///: mock' in result.stdout, 'alone it is obeyed', result)
        log = d.root + '/log'
        for name, value in (('LIBVIRT_DEBUG', '1'), ('LIBVIRT_LOG_OUTPUTS', '1:file:' + log)):
            result = run(d, True, 'good:///', **{name: value, 'LIBVIRT_DEFAULT_URI': 'good:///'})
            checks.that('good:///: error' in result.stdout, 'no module', result)
            checks.that('debug' not in result.stderr and not os.path.exists(log), 'no log: ' + name, result)
        result = run(d, True, '', LIBVIRT_DEFAULT_URI='good:///env')
        checks.that('good:///env' not in result.stdout, 'no URI', result)
        result = run(d, True, '--daemon', LIBVIRT_MODULE_CHECK='/bin/false')
        checks.that("'/bin/false'" not in result.stderr, 'no helper', result)
        checks.that(not os.path.exists(d.root + '/cache/libvirt') and not os.path.exists(d.root + '/config/libvirt'),
                    'no folders of the user')
    return checks.end()


sys.exit(main())
