#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""libvirtd under valgrind: starts, asks its modules, serves, ends, without an error."""

import os
import shutil
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402

LIST_DOMAINS, OPEN_CONSOLE = 273, 201

if SANITIZED or not shutil.which('valgrind'):
    print('valgrind is not there, or the build has a sanitizer')
    sys.exit(77)


class Watched(Daemon):
    def command(self):
        return ['valgrind', '--error-exitcode=99', '--leak-check=full', '--child-silent-after-fork=yes',
                '--log-file=%s/valgrind' % self.dir] + super().command()


def under_valgrind(module, uri, args=()):
    with Watched(modules=('mock', module), memory=0, start=False, args=args) as daemon:
        daemon.start(120)
        with daemon.client(timeout=60) as client:
            client.open(uri)
            for proc, body in ((NODE_INFO, b''), (CAPABILITIES, b''), (LIST_DOMAINS, struct.pack('>II', 1, 0))):
                expect('call %d' % proc, client.call(proc, body).code, 0)
            if uri.startswith('mock'):
                expect('a stream', client.call(OPEN_CONSOLE, domain('well', 1) + bytes(8)).code, 0)
        daemon.process.terminate()
        status = daemon.process.wait(60)
        with open(daemon.dir + '/valgrind') as handle:
            report = handle.read()
        assert status == 0 and ' 0 errors' in report, 'status %d\n%s' % (status, report)


def test_mock():
    under_valgrind('mock', 'mock:///default')


def test_test():
    under_valgrind('test', 'test:///default')


def test_qemu():
    under_valgrind('qemu', 'qemu:///session', ['--session'])    # away from the system's guests


if __name__ == '__main__':
    main(globals())
