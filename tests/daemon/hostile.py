#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Documents of every kind that somebody made to hurt: through virt-xml-validate, and
domains through the modules that read them.  Each is answered soon, by processor time,
and memory stays as it is."""

import glob
import os
import re
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import *  # noqa: E402

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../fuzz/corpus/document')
SLOW = 30 if SANITIZED else 1           # factor for time and memory
SECONDS = 0.3 * SLOW                    # of processor time, of documents up to 4 MiB
LARGEST = 128 * 1024 * SLOW             # KiB of virt-xml-validate: its limits are those of one's own files
DEFINE, UNDEFINE = 11, 35
VALID, NOT_WELL_FORMED, INVALID = 0, 1, 3
MOST = 4 << 20                          # bytes of a document

LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + ''.join('<!ENTITY %s "%s">' % (chr(98 + n), '&%s;' % chr(97 + n) * 10)
                                                   for n in range(8)) + ']>'
STRANGE = ''.join(map(chr, (0x202e, 0x2066, 0x1f600, 0x301, 0xfeff, 0x10ffff, 0x85, 0x2028)))
NUMBERS = ('18446744073709551616', '-1', '9' * 100000, '1e9', '0x' + 'f' * 50000, '4294967296', '0' * 200000 + '1')


def filled(piece, most=MOST - 100000):
    """PIECE again and again: well below the limit of elements."""
    return piece * min(most // len(piece.encode()), 60000 // max(piece.count('<'), 1))


def numbered(piece, count):
    return ''.join(piece.replace('#', str(n)) for n in range(count))


class Document:
    """One of the corpus, taken apart: its root's start tag, and what the root holds."""

    def __init__(self, text):
        found = re.match(r'\s*<(\w+)([^>]*?)(/?)>(.*?)(?:</\1>)?\s*$', text, re.S)
        self.root, self.attributes, _, self.inner = found.groups()

    def __call__(self, inner=None, attributes='', head=''):
        return '%s<%s%s %s>%s</%s>' % (head, self.root, self.attributes, attributes,
                                       self.inner if inner is None else inner, self.root)

    def shapes(self):
        own, leaf = self.inner, re.search(r'>[^<>]*[^<>\s][^<>]*</', self.inner)
        value = re.search(r"='[^']*'", self.inner) or re.search(r'="[^"]*"', self.inner)
        yield 'deep', self('<a>' * 250 + '</a>' * 250 + own)
        yield 'too deep', self('<a>' * 100000 + '</a>' * 100000)
        yield 'itself in itself', self(self(self(self(own))))
        yield 'wide', self(filled('<x/>', 360000) + own)
        yield 'twins', self(filled(own or '<x/>', 3 << 20))
        yield 'a twin of each element', self(''.join(filled('<%s/>' % name, 30000) for name in sorted(set(re.findall(r'<(\w+)', own)))))
        yield 'attributes', self(attributes=numbered(" a#='#'", 250))
        yield 'too many attributes', self(attributes=numbered(" a#='#'", 200000))
        yield 'many elements with attributes', self(filled("<x a='1' b='2' c='3'/>", 700000))
        yield 'the same attribute twice', self(attributes="x='1' x='2'")
        yield 'names', self(numbered('<n#/>', 90000))
        yield 'the same name', self(filled('<name>same</name>', 1500000) + own)
        yield 'names that differ', self(numbered('<name>n#</name>', 40000) + own)
        yield 'text', self('y' * (MOST - 100000))
        yield 'text and elements', self(filled('y<x/>', 400000) + own)
        yield 'comments', self(filled('<!---->', 600000) + own)
        yield 'sections', self(filled('<![CDATA[]]>', 1000000) + own)
        yield 'instructions', self(filled('<?a b?>') + own)
        yield 'entities', self('&a;', head=LAUGHS)
        yield 'an entity of a file', self('&a;', head='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///dev/zero">]>')
        yield 'characters by number', self(filled('&#65;') + own)
        yield 'namespaces', self(attributes=numbered(" xmlns:p#='urn:#'", 250))
        yield 'nested namespaces', self(numbered("<p#:a xmlns:p#='urn:#'>", 240) + own)
        yield 'namespaces one by one', self(filled("<p:a xmlns:p='urn:x'/>", 1500000) + own)
        yield 'unicode', self(filled('<x %s="%s"/>' % ('\u00e9' * 20, STRANGE), 500000) + own)
        yield 'no characters', self('\ufffe\x01\udc80'.encode('utf-8', 'surrogatepass').decode('utf-8', 'replace') + '\x01')
        for number in NUMBERS:
            yield 'the number %.20s' % number, self(re.sub(r'(?<=[\'">])\d+(?=[\'"<])', number, own))
        if leaf:
            yield 'a long text', self(own.replace(leaf.group(), '>%s</' % filled('\u00e4<!-- -->', 900000), 1))
            yield 'a strange text', self(own.replace(leaf.group(), '>%s</' % (STRANGE * 10000), 1))
        if value:
            yield 'a long value', self(own.replace(value.group(), "='%s'" % filled('7,'), 1))


def documents():
    found = {}
    for path in sorted(glob.glob(CORPUS + '/*.xml')):
        with open(path, encoding='utf-8') as file:
            document = Document(file.read())
        found.setdefault(document.root, document)
    return found


def validate(text):
    """(status, seconds of processor time, most memory in KiB, standard error)"""
    with subprocess.Popen(['virt-xml-validate', '-'], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as process:
        process.stdin.write(text.encode('utf-8', 'surrogatepass'))
        process.stdin.close()
        said = process.stderr.read().decode(errors='replace')
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, said


def test_every_kind():
    kinds = documents()
    expect('kinds', len(kinds), 17)
    slowest, largest = (0, ''), (0, '')
    for root, document in kinds.items():
        for shape, text in document.shapes():
            what = '%s: %s' % (root, shape)
            for _ in range(3):          # another's work on the machine counts, too
                status, seconds, memory, said = validate(text)
                if seconds < SECONDS:
                    break
            assert status in (VALID, NOT_WELL_FORMED, INVALID), '%s: %d %s' % (what, status, said[-500:])
            assert seconds < SECONDS, '%s took %.0f ms' % (what, seconds * 1000)
            assert memory < LARGEST, '%s took %d MiB' % (what, memory >> 10)
            slowest, largest = max(slowest, (seconds, what)), max(largest, (memory, what))
    print('the slowest: %.0f ms, %s; the largest: %d MiB, %s' % (slowest[0] * 1000, slowest[1], largest[0] >> 10, largest[1]))


def caches_and_ways():
    """A cell with as many caches as a list may have, and as many ways to the last of them."""
    caches = numbered("<cache level='#' associativity='none' policy='none'><size value='1'/><line value='1'/></cache>", 4090)
    ways = "<latency initiator='0' target='0' cache='4089' type='access' value='5'/>" * 4090
    return "<numa><cell cpus='0' memory='65536'>%s</cell><interconnects>%s%s</interconnects></numa>" % (
        caches, ways, ways.replace('latency', 'bandwidth').replace("value='5'", "value='5' unit='KiB'"))


def labels():
    """(of the domain, disks): as many labels as a list may have, and disks with as many others each."""
    disk = "<disk type='file'><source file='/x'>%s</source><target dev='vd%s'/></disk>"
    others = numbered("<seclabel model='x#'/>", 4090)
    return numbered("<seclabel type='none' model='m#'/>", 4090), ''.join(disk % (others, letter) for letter in 'bcdefghijklmnopqrstuv')


def many_disks(letters='abcdefghijklmnopqrstuvwxyz'):
    """As many as a list may have, by the order of their letters."""
    names = [one + two + three for one in letters for two in letters for three in letters][:4090]
    return ''.join("<disk type='file'><source file='/x'/><target dev='vd%s' bus='virtio'/></disk>" % name for name in names)


def define_all(module, uri, kind, args=()):
    base = ("<domain type='%s'><name>d</name><memory>65536</memory><os><type arch='x86_64'>hvm</type></os><devices>"
            "<disk type='file'><source file='/x'/><target dev='vda' bus='virtio'/></disk></devices></domain>" % kind)
    with Daemon(modules=('mock', module), args=args) as daemon, daemon.client(timeout=60) as client:
        client.open(uri)
        document = Document(base)
        shapes = list(document.shapes()) + [
            ('too wide', document('<x/>' * 800000)),
            ('caches', base.replace('<devices>', '<cpu>%s</cpu><devices>' % caches_and_ways())),
            ('labels', base.replace('</devices>', '%s</devices>%s' % labels()[::-1])),
            ('disks', base.replace('</devices>', many_disks() + '</devices>'))]
        for again in range(2):
            for shape, text in shapes:
                if len(text.encode('utf-8', 'surrogatepass')) > MOST - 100:
                    continue            # no message of that size
                for _ in range(3):
                    before = daemon.cpu()
                    reply = client.call(DEFINE, string(text))
                    took = daemon.cpu() - before
                    if took <= SECONDS:
                        break
                assert took <= SECONDS + 0.01, '%s took %.0f ms' % (shape, took * 1000)     # the clock ticks each 10 ms
                assert reply.code == 0 or reply.text, shape
                if reply.code == 0:
                    expect(shape + ', forgotten', client.call(UNDEFINE, reply.body).code, 0)
            if not again:
                rss = daemon.rss()
        assert daemon.rss() < rss + 8192 * SLOW, 'memory: %d KiB, then %d KiB' % (rss, daemon.rss())
        daemon.serves()


def test_test():
    define_all('test', 'test:///default', 'test')


def test_qemu():
    define_all('qemu', 'qemu:///session', 'qemu', ['--session'])


if __name__ == '__main__':
    main(globals())
