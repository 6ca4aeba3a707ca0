#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""No memory, at each place in turn: every request that may fail (of vir_try_alloc,
libxml2 and json-c) does so once in a run of its own.  What was asked for fails as an
error or comes about; the same thing asked for again comes about; nothing ends."""

import mmap
import os
import random
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402

PRELOAD = os.path.abspath(BUILD + '/tests/daemon/.libs/torture.so')
DEFINE, DUMP_XML, UNDEFINE, LIST_ALL, CREATE, ATTACH, DETACH = 11, 14, 35, 273, 196, 160, 161
NO_MEMORY = 2
LONG = os.environ.get('VIR_LONG', 'no') == 'yes'
SEED = 5

UUID = '<uuid>6695eb01-f6a4-8304-79aa-97f2502e1931</uuid>'
GUEST = ("<domain type='test' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><name>%s</name>" + UUID + "<title>a&amp;b</title>"
         "<metadata><a:b xmlns:a='urn:x' c='d'>e<!-- f --><![CDATA[g]]></a:b></metadata><memory unit='MiB'>64</memory>"
         "<vcpu cpuset='0-3'>2</vcpu><os><type>hvm</type></os><devices>"
         "<disk type='file'><source file='/x&#47;y'/><target dev='vda'/></disk>"
         "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/></interface></devices>%s</domain>")
QEMU_GUEST = ("<domain type='qemu'><name>t</name>" + UUID + "<memory unit='MiB'>32</memory>"
              "<os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>"
              "<devices><memballoon model='none'/></devices></domain>")
TABLET = "<input type='tablet' bus='usb'/>"     # QEMU lets it go without a guest that does
PAUSED, LIVE = 1, 1
LARGE = '<description>%s</description>' % ('<!-- x -->y&lt;' * 3000)


class Control:
    """The file by which the preloaded library is told."""

    def __init__(self, path):
        with open(path, 'w+b') as file:
            file.truncate(128)
            self.bytes = mmap.mmap(file.fileno(), 128)
        self.env = {'LD_PRELOAD': PRELOAD, 'VIR_TORTURE': path}

    def count(self):
        return struct.unpack_from('=Q', self.bytes, 0)[0]

    def arm(self, place):
        """The request that comes PLACE-th from now on fails; 0: none does."""
        struct.pack_into('=Q', self.bytes, 8, self.count() + place if place else 0)

    def where(self):
        return self.bytes[16:128].split(b'\0')[0].decode()


def places(n, all_to, sample):
    rest = list(range(all_to + 1, n + 1))
    random.Random(SEED).shuffle(rest)
    return list(range(1, min(n, all_to) + 1)) + sorted(rest[:sample])


def torture(control, what, once, all_to=64, sample=24):
    """ONCE is called for each of its own requests, for those behind ALL_TO for a SAMPLE of them; it
    returns its answer, None for an error that it takes for one of no memory."""
    once()                              # what is made once and kept
    control.arm(0)
    before = control.count()
    whole = once()
    assert whole is not None, what + ' fails with memory, too'
    n = control.count() - before
    assert n > 0, what + ' asks for no memory that may be missing'
    failed = 0
    tried = places(n, all_to, 10 ** 6 if LONG else sample)
    for place in tried:
        control.arm(place)
        try:
            answer = once()
            failed += answer is None
            control.arm(0)
            assert answer in (None, whole), 'it became %r' % answer
            assert once() == whole, 'not the same again'
        except (AssertionError, Closed, OSError) as problem:
            raise AssertionError('%s, place %d of %d, in %s: %s: %s' % (
                what, place, n, control.where(), type(problem).__name__, problem))
    print('%-28s %5d places, %4d tried, %4d of them an error' % (what, n, len(tried), failed))
    assert failed > 0, what + ': no request was missed'


def start(modules, **options):
    """(daemon, its control); the preloaded library costs the daemon nothing but time."""
    if SANITIZED or not os.path.exists(PRELOAD):
        raise Skipped('a sanitizer has its own memory')
    handle, path = tempfile.mkstemp(prefix='virt')
    os.close(handle)
    control = Control(path)
    daemon = Daemon(modules=modules, env=control.env, **options)
    os.unlink(path)
    return daemon, control


def test_documents():
    """A domain is defined, shown, listed and forgotten by the test driver."""
    daemon, control = start(('mock', 'test'))
    with daemon, daemon.client() as client:
        client.open('test:///default')
        for what, text in (('a small document', GUEST % ('small', '')), ('a large document', GUEST % ('large', LARGE))):
            def once(text=text):
                reply = client.call(DEFINE, string(text))
                if reply.code:
                    expect(reply.text, reply.code, NO_MEMORY)
                    return None
                shown = client.call(DUMP_XML, reply.body + bytes(4)).body
                for proc, body in ((LIST_ALL, struct.pack('>II', 1, 0)), (UNDEFINE, reply.body)):
                    expect('call %d' % proc, client.call(proc, body).code, 0)
                return shown
            torture(control, what, once)
        daemon.serves()


def test_qemu():
    """A guest starts, gets a device, loses it and ends: json-c reads what QEMU says."""
    if not os.access('/usr/bin/qemu-system-x86_64', os.X_OK):
        raise Skipped('no QEMU')
    daemon, control = start(('mock', 'qemu'), args=['--session'], memory=0)
    with daemon, daemon.client(timeout=60) as client:
        client.open('qemu:///session')
        guest = client.call(DEFINE, string(QEMU_GUEST)).body

        def once():
            codes = [client.call(CREATE, guest + struct.pack('>I', PAUSED)).code]
            if codes == [0]:
                codes += [client.call(proc, guest + string(TABLET) + struct.pack('>I', LIVE)).code for proc in (ATTACH, DETACH)]
                codes.append(client.call(DESTROY, guest).code)
            return None if any(codes) else 'all of it'
        torture(control, 'a guest of QEMU', once, 2, 10)
        expect('it is off', client.call(UNDEFINE, guest).code, 0)
        daemon.serves()


def test_validate():
    """virt-xml-validate ends with an error, not by a signal."""
    if SANITIZED or not os.path.exists(PRELOAD):
        raise Skipped('a sanitizer has its own memory')
    with tempfile.NamedTemporaryFile(prefix='virt') as file:
        control = Control(file.name)

        def once():
            done = subprocess.run(['virt-xml-validate', '-c', '-'], input=GUEST % ('a', ''), capture_output=True, text=True,
                                  env=dict(os.environ, **control.env), timeout=20)
            assert done.returncode == 0 or (done.returncode == 3 and 'memory' in done.stderr), \
                '%d: %s' % (done.returncode, done.stderr)
            return None if done.returncode else done.stdout
        torture(control, 'virt-xml-validate', once)


if __name__ == '__main__':
    main(globals())
