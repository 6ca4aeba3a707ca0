#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The host's processor, names of models, processors compared with the host's and the hypervisor's, and what several
have in common, at the distribution's libvirt and at ours: the same results and codes of errors, and virsh's output.

    cpus.py --virsh URI         runs the lines of virsh of standard input, a JSON list, and prints what each gave"""

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile

import sides

ASK = os.path.join(sides.HERE, 'ask.py')
ARCHS = ('x86_64', 'i686', 'aarch64', 'armv6l', 'armv7l', 'ppc64', 'ppc64le', 's390x', 's390', 'mips', 'riscv64', 'nonsense')
FAIL, FEATURES, MIGRATABLE = 1, 1, 2


def cpu(model, more='', attributes='', arch=''):
    return '<cpu%s>%s%s%s</cpu>' % (attributes, arch and '<arch>%s</arch>' % arch,
                                    model and '<model>%s</model>' % model, more)


def feature(name, policy=None):
    return "<feature%s name='%s'/>" % (" policy='%s'" % policy if policy else '', name)


MODELS = ('486', 'pentium', 'pentium3', 'kvm32', 'kvm64', 'qemu32', 'qemu64', 'Conroe', 'Westmere', 'Haswell',
          'Skylake-Client-IBRS', 'Opteron_G1', 'Opteron_G2', 'EPYC', 'EPYC-Milan', 'Dhyana', 'cpu64-rhel6')
COMPARED = [cpu(model) for model in MODELS] + [cpu(model, arch='x86_64') for model in MODELS[:6]] + [
    cpu('486', attributes=" match='strict'"), cpu('486', attributes=" match='minimum'"),
    cpu('pentium', feature('mmx', 'forbid')), cpu('pentium', feature('mmx', 'disable')),
    cpu('486', feature('vmx', 'require')), cpu('486', feature('vmx', 'optional')), cpu('486', feature('vmx', 'force')),
    cpu('486', feature('vmx', 'forbid')), cpu('EPYC', feature('svm', 'disable') + feature('monitor', 'disable')),
    cpu('486', '<vendor>Intel</vendor>'), cpu('486', '<vendor>AMD</vendor>'), cpu('486', '<vendor>Nobody</vendor>'),
    cpu('486', arch='ppc64'), cpu('486', arch='i686'), cpu('Nonsense'), cpu('486', feature('nonsense')),
    cpu('', attributes=" mode='host-passthrough'"), cpu('', attributes=" mode='host-model'"), '<cpu', '<disk/>', '']
HOSTS = [cpu(model, '<vendor>%s</vendor>' % vendor, arch='x86_64') for model, vendor in (
    ('kvm64', 'AMD'), ('Haswell', 'Intel'), ('Westmere', 'Intel'), ('EPYC', 'AMD'), ('486', 'Intel'), ('EPYC-Milan', 'AMD'))]
COMMON = [[host] for host in HOSTS] + [
    HOSTS[1:3], [cpu('Westmere', feature('vmx') + feature('invtsc') + '<vendor>Intel</vendor>', arch='x86_64')],
    [HOSTS[0], HOSTS[1]], [cpu('EPYC')], [cpu('Nonsense', arch='x86_64')], [cpu('486', feature('nonsense'), arch='x86_64')],
    [cpu('486', attributes=" mode='custom'", arch='x86_64')], [cpu('', arch='x86_64')],
    ['<cpu'], []]


# Two of these have something in common, or are of different makers.
PAIRED = ('486', 'kvm64', 'qemu64', 'n270', 'core2duo', 'Conroe', 'Penryn', 'Nehalem', 'SandyBridge', 'Haswell', 'Broadwell',
          'Skylake-Client-IBRS', 'Cascadelake-Server', 'Opteron_G2', 'Opteron_G5', 'EPYC', 'EPYC-Rome', 'EPYC-Milan', 'Dhyana')
SEVERAL = [[cpu('EPYC', feature('x2apic') + feature('topoext'), arch='x86_64'),
            cpu('EPYC-Rome', feature('x2apic') + feature('topoext') + feature('hypervisor'), arch='x86_64')],
           [cpu('Westmere', feature('vmx') + feature('pdpe1gb'), arch='x86_64'),
            cpu('Haswell', feature('vmx') + feature('invtsc'), arch='x86_64')],
           [cpu(model, arch='x86_64') for model in ('Haswell', 'Broadwell', 'SandyBridge')],
           [cpu(model, '<vendor>Intel</vendor>', arch='x86_64') for model in ('Haswell', 'n270')],
           [cpu(model, '<vendor>Intel</vendor>', arch='x86_64') for model in ('kvm64', 'EPYC')],
           [cpu('EPYC', arch='x86_64'), cpu('kvm64', arch='x86_64'), cpu('Haswell', arch='x86_64')],
           [cpu('kvm64', arch='x86_64'), cpu('EPYC', arch='x86_64'), cpu('Haswell', arch='x86_64')]]


def common():
    pairs = [[cpu(model, arch='x86_64') for model in pair] for pair in itertools.combinations(PAIRED, 2)]
    for texts in pairs + SEVERAL:
        for flags in (0, FEATURES, MIGRATABLE, FEATURES | MIGRATABLE) if texts in SEVERAL else (0,):
            yield ['baselineCPU', texts, flags]
            for kind in ('kvm', 'qemu'):
                yield ['baselineHypervisorCPU', None, None, None, kind, texts, flags]


def calls():
    yield from common()
    yield ['getCapabilities']
    for arch in ARCHS:
        yield ['getCPUModelNames', arch]
    for text in COMPARED:
        for flags in (0, FAIL):
            yield ['compareCPU', text, flags]
            for kind in ('kvm', 'qemu'):
                yield ['compareHypervisorCPU', None, None, None, kind, text, flags]
    for texts in COMMON:
        for flags in (0, FEATURES, MIGRATABLE, FEATURES | MIGRATABLE):
            yield ['baselineCPU', texts, flags]


def result(call, answer):
    """Of an error the code; of the capabilities the host's processor without its pages, and what is done here."""
    if answer[0] is None:
        return answer[1:2]
    if call[0] != 'getCapabilities':
        return answer
    found = re.search(r'<host>.*?(<cpu>.*?)\n *<pages', answer[0], re.S).group(1)
    abilities = re.findall(r'<migration_features>.*?</migration_features>|<features>.*?</features>', answer[0], re.S)
    return [line.strip() for line in '\n'.join([found] + abilities).split('\n') if '<topology' not in line]


FILES = {'host': '<?xml version="1.0"?>\n' + HOSTS[0], 'two': '\n'.join(HOSTS[1:3]), 'guest': cpu('486', feature('vmx', 'optional')),
         'domain': '<domain>%s</domain>' % cpu('pentium3'), 'none': '<domain/>', 'unknown': cpu('Nonsense'),
         'mode': "<domainCapabilities><cpu><mode name='host-model' supported='yes'><model fallback='forbid'>pentium</model>"
                 '</mode></cpu></domainCapabilities>'}


def lines(directory):
    for name in FILES:
        path = os.path.join(directory, name)
        for more in ('', '--error', '--validate'):
            yield ['cpu-compare', path] + more.split()
            yield ['hypervisor-cpu-compare', path, '--virttype', 'qemu'] + more.split()
        for more in ('', '--features', '--migratable'):
            if name in ('host', 'two', 'none', 'unknown'):
                yield ['cpu-baseline', path] + more.split()
        if name in ('host', 'guest', 'domain', 'mode', 'none'):
            yield ['hypervisor-cpu-baseline', path, '--virttype', 'qemu', '--machine', 'q35']
    yield ['hypervisor-cpu-baseline', '--model', 'pentium', '--features']
    yield ['hypervisor-cpu-baseline']
    for arch in ('x86_64', 'ppc64', 'aarch64', 'mips'):
        yield ['cpu-models', arch]


def run_lines(uri):
    done = [subprocess.run(['virsh', '-c', uri] + line, capture_output=True, text=True) for line in json.load(sys.stdin)]
    json.dump([[one.returncode, one.stdout, one.stderr] for one in done], sys.stdout)


def compare_lines(both):
    bad = 0
    with tempfile.TemporaryDirectory(prefix='cpus.') as directory:
        for name, text in FILES.items():
            with open(os.path.join(directory, name), 'w', encoding='ascii') as file:
                file.write(text)
        asked = list(lines(directory))
        theirs, ours = (json.loads(side.run(os.path.abspath(__file__), '--virsh', side.uri, given=json.dumps(asked)))
                        for side in (both.theirs, both.ours))
    for line, their, our in zip(asked, theirs, ours):
        if their[:2] != our[:2] or their[2][:14] != our[2][:14]:
            print('cpus: virsh %s: %s, but ours %s' % (' '.join(line), their, our))
            bad += 1
    print('cpus: %d lines of virsh, %d differ' % (len(asked), bad))
    return bad


def main():
    if sys.argv[1:2] == ['--virsh']:
        return run_lines(sys.argv[2])
    asked = list(calls())
    with sides.Qemu() as both:
        bad_lines = compare_lines(both)
        theirs, ours = (json.loads(side.run(ASK, side.uri, given=json.dumps(asked))) for side in (both.theirs, both.ours))
    bad = 0
    for call, their, our in zip(asked, theirs, ours):
        if result(call, their) != result(call, our):
            print('cpus: %s: %s, but ours %s' % (call, their, our))
            bad += 1
    print('cpus: %d calls, %d errors among them, %d differ' % (len(asked), sum(their[0] is None for their in theirs), bad))
    return 1 if bad + bad_lines else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except sides.Missing as missing:
        print('cpus: %s: skipped' % missing)
        sys.exit(77)
