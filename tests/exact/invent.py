#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random domain documents: each of the schema's paths in turn is what a document is
about, and a little more stands beside it.  Names and numbers that have to fit to one
another (targets, buses, identities) are made to fit; the rest is as the dice fall."""

import random
import xml.etree.ElementTree as ET

from fit import Fitter
from grammar import Grammar, Writer

SCHEMA = '/usr/share/libvirt/schemas/domain.rng'
# Values by the end of a path, where what the schema allows would rarely be accepted.
VALUES = {
    'domain/memory/text()': ['1048576', '524288'], 'domain/currentMemory/text()': ['524288'],
    'domain/maxMemory/text()': ['8388608'],
    'domain/memory/@unit': ['KiB'], 'domain/currentMemory/@unit': ['KiB'], 'domain/maxMemory/@unit': ['KiB'],
    'domain/vcpu/text()': ['8'], 'domain/vcpu/@current': ['1', '8'], 'domain/iothreads/text()': ['4'],
    'vcpupin/@vcpu': ['0', '1', '7'], 'vcpus/vcpu/@id': ['0', '1'], 'vcpusched/@vcpus': ['0-1', '3'],
    'cachetune/@vcpus': ['0-3'], 'memorytune/@vcpus': ['4-7'], 'monitor/@vcpus': ['0-3'], 'iothreadpin/@iothread': ['1', '2'],
    'iothreadsched/@iothreads': ['1', '1-2'], 'driver/@iothread': ['1'],
    'os/type/text()': ['hvm'], 'os/type/@arch': ['x86_64'], 'os/type/@machine': ['pc', 'q35'],
    '@cpuset': ['0', '0-1', '0-3,^2'], '@nodeset': ['0'], 'numa/cell/@cpus': ['0', '1'], 'numa/cell/@id': ['0'],
    'cell/@memory': ['524288'], 'cell/@unit': ['KiB'], 'distances/sibling/@id': ['0'], 'sibling/@value': ['10'],
    'cache/@level': ['3'], 'latency/@initiator': ['0'], 'latency/@target': ['0'], 'bandwidth/@initiator': ['0'],
    'interconnects/bandwidth/@target': ['0'], 'memnode/@cellid': ['0'], 'target/node/text()': ['0'],
    'devices/emulator/text()': ['/usr/bin/qemu-system-x86_64'],
    'interface/mac/@address': ['52:54:00:12:34:56', '02:00:00:00:00:01'],
    'disk/@device': ['disk', 'cdrom'], 'controller/@index': ['0', '1'],
    'global_quota/text()': ['2000'], 'quota/text()': ['2000'], 'period/text()': ['2000'], 'global_period/text()': ['2000'],
    'emulator_quota/text()': ['2000'], 'emulator_period/text()': ['2000'], 'iothread_quota/text()': ['2000'],
    'iothread_period/text()': ['2000'], 'cookies/cookie/text()': ['a'], 'cookie/@name': ['c'],
    'defaultiothread/@thread_pool_min': ['1'], 'iothread/@thread_pool_min': ['1'], 'iothread/@thread_pool_max': ['8'],
    'defaultiothread/@thread_pool_max': ['8'], 'block/text()': ['4096'], 'source/@mode': ['bind', 'connect'],
    'secret/@type': ['passphrase'], 'auth/secret/@type': ['iscsi'], 'source/@port': ['7'], 'source/@address': ['10.0.0.1'],
    'clock/@timezone': ['Europe/Berlin'], 'route/@address': ['10.0.0.0'], 'route/@prefix': ['8'], 'route/@family': ['ipv4'],
    'route/@gateway': ['10.0.0.1'], 'route/@netmask': None,
    'resource/partition/text()': ['/machine'], 'audio/@id': ['1'], '@uid': ['0x0001'], '@fid': ['0x00000001'],
    'vendor/@id': ['0x1234'], 'product/@id': ['0x5678'], 'master/@startport': ['0', '2'], 'audio/@timerPeriod': ['10'],
    'source/@name': ['p/i'], 'snapshot/@name': ['s'], 'topology/@sockets': ['2'], 'topology/@cores': ['2'],
    'topology/@threads': ['2'], 'topology/@dies': ['1'], 'monitor/@level': ['3'], 'bandwidth/text()': ['20'],
    'node/@bandwidth': ['20'], 'format/@type': ['raw', 'qcow2'], 'source/@namespace': ['1'], 'page/@size': ['2048'],
    'page/@unit': ['KiB'], 'memory/@model': ['dimm'], 'thread_pool_min': ['1'], 'target/size/text()': ['131072'],
    'target/@port': ['0', '1'], 'encryption/@format': ['luks'], 'host/@port': ['7'],
    'sysinfo/entry/@name': ['opt/org.a/b'], 'disk/driver/@name': ['qemu'], 'target/model/@name': ['isa-serial'],
    'property/@type': ['string'], 'size/@unit': ['KiB'], 'cid/@address': ['5'], 'source/adapter/@name': ['scsi_host0'],
}
# The same for QEMU alone.
QEMU_VALUES = {
    'acceleration/@accel2d': ['no'], 'on_reboot/text()': ['destroy', 'restart'], 'on_poweroff/text()': ['destroy', 'restart'],
    'on_crash/text()': ['destroy', 'restart', 'preserve', 'coredump-destroy', 'coredump-restart'],
}


class Inventor:
    def __init__(self, schema, driver, seed):
        self.grammar = Grammar(schema)
        self.driver, self.seed = driver, seed
        self.paths = self.grammar.paths()
        self.dice = None                # of the document that is being written

    def value(self, path):
        words = list(path)
        for start in range(max(len(words) - 4, 0), len(words)):
            end = '/'.join(words[start:])
            known = (self.driver == 'qemu' and QEMU_VALUES.get(end)) or VALUES.get(end)
            if known:
                return self.dice.choice(known)
        if path == ('domain', '@type'):
            return self.driver
        return None

    def document(self, number, goal, near, far):
        """(name, text) of document NUMBER, in which GOAL occurs; how much else, NEAR and FAR say."""
        self.dice = random.Random('%s %d %d' % (self.driver, self.seed, number))
        root = Writer(self.grammar, self.dice, self.value, near, far).document(goal)
        name = 'd%05d' % number
        Fitter(root, self.driver, self.dice).fit(name)
        return name, ET.tostring(root, encoding='unicode')
