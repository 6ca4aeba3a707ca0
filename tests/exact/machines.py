#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What virt-install prints, started paused on the distribution's libvirt and on ours, in a
network of the test's own: whatever the one starts, the other starts, and both emulators
say the same of themselves: devices, buses, addresses, images, characters, memory.

    machines.py [NAME...]        NAME: of a document; or else with VIR_LONG=1 all, and 8 of them otherwise, by VIR_SEED"""

import json
import os
import random
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

import compare
import measure
from sides import HERE, Missing, Qemu
from harness import own_network

START = os.path.join(HERE, 'start.py')
CORPUS = os.path.join(HERE, 'corpus.py')
SAMPLE = 8
# What a document says of a host, as this one has it.
FILES = {'a.img': 'raw', 'a.iso': 'raw', 'bios.bin': '/usr/share/seabios/bios.bin', 'a.qcow2': 'qcow2',
         'OVMF_CODE.fd': '/usr/share/OVMF/OVMF_CODE_4M.fd', 'VARS.fd': '/usr/share/OVMF/OVMF_VARS_4M.fd',
         'rom': '/usr/share/seabios/vgabios-cirrus.bin'}
MAKERS = ('/var/lib/swtpm-localca', '/var/log/swtpm')  # of TPMs: what they sign with, and their logs
NETWORK = ('ip link set lo up', 'ip link add br0 type bridge', 'ip link set br0 up', 'ip link add eth0 type veth peer name eth1',
           'ip link set eth0 up', 'ip link set eth1 up', 'ip addr add 192.0.2.1/24 dev br0')


def make_files(directory):
    for name, source in FILES.items():
        path = os.path.join(directory, name)
        if source.startswith('/'):
            with open(source, 'rb') as there, open(path, 'wb') as here:
                here.write(there.read())
        else:
            subprocess.run(['qemu-img', 'create', '-q', '-f', source, path, '1M'], check=True)
    # no kernel that a guest would run: it is paused
    with open('/usr/lib/ipxe/qemu/efi-e1000.rom', 'rb') as there, open(os.path.join(directory, 'vmlinuz'), 'wb') as here:
        here.write(there.read())
    with open(os.path.join(directory, 'initrd'), 'wb') as here:
        here.write(b'x')


def fitted(text, directory):
    """The same document for a host without KVM, virtual networks and servers."""
    domain = ET.fromstring(re.sub(r'(name|host)="h"', r'\1="127.0.0.1"', text.replace('/x/', directory + '/')))
    domain.set('type', 'qemu')
    for data in domain.findall('metadata'):
        domain.remove(data)
    cpu = domain.find('cpu')
    if cpu is not None and cpu.get('mode') == 'host-passthrough':
        for name in ('mode', 'check', 'migratable'):
            cpu.attrib.pop(name, None)
        for child in cpu.findall('cache'):
            cpu.remove(child)
    for card in domain.iter('interface'):
        if card.get('type') in ('network', 'vhostuser'):      # whose other end nobody is
            card.set('type', 'user')
            card.remove(card.find('source'))
        if card.get('type') == 'direct' and card.find('virtualport') is not None:
            card.remove(card.find('virtualport'))       # the switch never answers
    for disk in domain.iter('disk'):
        source = disk.find('source')
        if disk.get('type') == 'network' and source.get('protocol') == 'rbd':
            disk.set('type', 'file')
            disk.remove(source)
            ET.SubElement(disk, 'source', file=os.path.join(directory, 'a.img'))
    return ET.tostring(domain, encoding='unicode')


# ---- what was told, without what only one run has

def plain(text):
    text = re.sub(r'(/[^\s",]*)?/(run|lib|libvirt|channel|target|swtpm)/[^\s",]*/', '/…/', text)
    text = re.sub(r'pty:/dev/pts/\d+|/dev/pts/\d+', 'pty', text)
    text = re.sub(r'(fd:|port=|:)(59|57)\d\d', r'\1PORT', text)
    return text


def tree(text):
    """Lines of a tree by their path, those of a bus or device that has a name by that."""
    found, stack = {}, []
    for line in plain(text).split('\n'):
        depth = len(line) - len(line.lstrip())
        del stack[depth // 2:]
        stack += [''] * (depth // 2 - len(stack)) + [line.strip()]
        path = '/'.join(part.split(' = ')[0] if ' = ' in part else part for part in stack)
        base, n = path, 1
        while path in found:
            n += 1
            path = '%s#%d' % (base, n)
        found[path] = line.strip()
    return found


def leaves(value, path=''):
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, path + '/' + name)
    elif isinstance(value, list):
        def key(one):
            for name in ('label', 'id', 'qdev', 'device', 'bus', 'slot'):
                if isinstance(one, dict) and name in one and not isinstance(one[name], dict):
                    return str(one[name]) or str(one.get('qdev'))
            return ''
        for n, one in enumerate(value):
            yield from leaves(one, '%s[%s]' % (path, key(one) or n))
    else:
        yield path, plain(str(value))


def told(answers):
    for name, answer in answers.items():
        yield from ((name + ' ' + path, value) for path, value in
                    (tree(answer).items() if isinstance(answer, str) else leaves(answer)))


def differences(theirs, ours):
    one, other = dict(told(theirs['told'])), dict(told(ours['told']))
    for path in list(one) + [path for path in other if path not in one]:
        if one.get(path) != other.get(path):
            yield compare.Difference(path, 'missing' if path not in other else 'added' if path not in one else 'value',
                                     one.get(path), other.get(path))


def tell(table, name, document, theirs, ours):
    """Rows for what only the peer starts, and for what its emulator says otherwise."""
    table.asked += 1
    if 'code' in theirs:                # its reasons are of this host or of its own
        table.agreed += 1
        return
    if 'code' in ours:
        refusal = compare.Difference(ours['message'].split('\n')[0], 'refused', None, None)
        if table.exceptions.meant('machines', refusal, document):
            table.agreed += 1
        else:
            table.add(name, refusal.path, refusal.what, 'started', ours['code'])
        return
    table.agreed += 1
    table.accepted += 1
    found = [one for one in differences(theirs, ours) if not table.exceptions.meant('machines', one, document)]
    for one in found:
        table.add(name, one.path, one.what, one.theirs, one.ours)
    table.equal += not found


def printed(pair):
    """Made once a build; by the test that defines them, too."""
    path = os.path.join(measure.cache(), 'virt-install-%s.json' % pair.name)
    if not os.path.exists(path):
        if not os.access('/usr/bin/virt-install', os.X_OK):
            raise Missing('no virt-install')
        with open(path + '.new', 'w') as file:
            file.write(pair.theirs.run(CORPUS, pair.theirs.uri))
        os.rename(path + '.new', path)
    with open(path) as file:
        return json.load(file)


def chosen(documents):
    names = [word for word in sys.argv[1:] if word in documents]
    if not names and os.environ.get('VIR_LONG') != '1':
        names = random.Random(int(os.environ.get('VIR_SEED', '1'))).sample(sorted(documents), SAMPLE)
    return {name: documents[name] for name in names or documents}


def compared():
    with Qemu() as pair, tempfile.TemporaryDirectory(prefix='vm.') as directory:
        make_files(directory)
        documents = {name: fitted(text, directory) for name, text in chosen(printed(pair)).items()}
        table = compare.Table('machines', compare.Exceptions(os.path.join(HERE, 'exceptions')))
        given = json.dumps(documents)
        theirs, ours = (json.loads(side.run(START, side.uri, given=given)) for side in (pair.theirs, pair.ours))
        for name, text in documents.items():
            tell(table, name, text, theirs[name], ours[name])
    print('\n'.join(table.lines(60)))
    print(table.summary())
    return 0 if table.percent() == (100, 100) else 1


def main():
    own_network(*NETWORK)
    for path in filter(os.path.isdir, MAKERS):
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'mode=1777', 'none', path], check=True)
    return compared()


if __name__ == '__main__':
    measure.run_test(main)
