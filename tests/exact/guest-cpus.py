#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests' processors on the distribution's libvirt and on ours: whether a document is taken and starts (the code of a
refusal), what its emulator is told of the processor, and what the document says before and after it started.

    guest-cpus.py [NAME...]         NAME: of a document; or else with VIR_LONG=1 all, and some otherwise, by VIR_SEED
    guest-cpus.py --ask URI         starts the documents of standard input, {name: text}, and prints what each gave"""

import json
import os
import random
import re
import shlex
import socket
import struct
import sys

import measure
import sides

SAMPLE, PART = 12, 60
UUID = '5f0c2b1e-7d1c-4f6e-9f0e-%012d'
INACTIVE, UPDATED, MIGRATABLE = 2, 4, 8         # of virDomainXMLFlags


# ---- one side, in a process of its own

def processor(text):
    found = re.search(r'^  <cpu\b(?:[^>]*/>|.*?</cpu>)\n', text, re.S | re.M)
    return found and [line.strip() for line in found.group(0).splitlines()]


def logs(uri):
    """Where the daemon behind URI writes what it started: theirs has a /var of its own."""
    found = re.search('socket=(.*)', uri)
    if not found:
        return os.path.join(os.environ['XDG_CACHE_HOME'], 'libvirt/qemu/log')
    with socket.socket(socket.AF_UNIX) as asked:
        asked.connect(found.group(1))
        pid = struct.unpack('3i', asked.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
    folder = '/proc/%d/root/var/log/libvirt/qemu' % pid
    return os.path.join(os.path.dirname(found.group(1)), 'cache/libvirt/qemu/log') if os.geteuid() else folder


def argument(path):
    """What is behind -cpu of the emulator that was started last."""
    try:
        with open(path, errors='replace') as file:
            found = re.findall(r'^-cpu (.*?) *\\?$', file.read(), re.M)
    except OSError:
        return None
    return shlex.split(found[-1])[0] if found else None


def told(libvirt, domain, flags):
    try:
        return processor(domain.XMLDesc(flags))
    except libvirt.libvirtError as error:
        return error.get_error_code()


def answer(libvirt, conn, text, folder):
    kept = {}
    try:
        domain = conn.defineXML(text)
    except libvirt.libvirtError as error:
        return {'define': error.get_error_code(), 'message': str(error)}
    kept['defined'] = told(libvirt, domain, INACTIVE)
    kept['updated'] = told(libvirt, domain, INACTIVE | UPDATED)
    try:
        domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
        kept['live'] = told(libvirt, domain, 0)
        kept['live updated'] = told(libvirt, domain, UPDATED)
        kept['live migratable'] = told(libvirt, domain, MIGRATABLE)
        kept['then inactive'] = told(libvirt, domain, INACTIVE)
        domain.destroy()
    except libvirt.libvirtError as error:
        kept['start'] = error.get_error_code()
        kept['message'] = str(error)
    kept['argument'] = argument(os.path.join(folder, domain.name() + '.log'))
    kept['afterwards'] = told(libvirt, domain, INACTIVE)
    domain.undefine()
    return kept


def ask(uri):
    import libvirt
    libvirt.registerErrorHandler(lambda context, error: None, None)
    conn, folder = libvirt.open(uri), logs(uri)
    json.dump({name: answer(libvirt, conn, text, folder) for name, text in json.load(sys.stdin).items()}, sys.stdout)


# ---- documents

def feature(name, policy='require'):
    return "<feature policy='%s' name='%s'/>" % (policy, name)


def cpu(mode='', model='', more='', fallback='', vendor='', **attributes):
    if mode:
        attributes['mode'] = mode
    text = ''.join(" %s='%s'" % each for each in attributes.items())
    if model:
        model = '<model%s>%s</model>' % (fallback and " fallback='%s'" % fallback, model)
    return '<cpu%s>%s%s%s</cpu>' % (text, model, vendor and '<vendor>%s</vendor>' % vendor, more)


HOST = 'host-model'
FEATURES = ('x2apic', 'pclmuldq', 'svm', 'invtsc', 'rdctl-no', 'topoext', 'ht')
POLICIES = ('force', 'require', 'optional', 'disable', 'forbid')


def rows():
    """(name, <cpu>, the machine, what else is in the document)"""
    yield 'nothing', '', 'pc', ''
    yield 'topology', cpu(more="<topology sockets='1' cores='1' threads='1'/>"), 'pc', ''
    for machine in ('pc', 'q35', 'pc-i440fx-2.8', 'pc-q35-4.2'):
        yield 'host-model ' + machine, cpu(HOST), machine, ''
    for check in ('none', 'partial', 'full'):
        yield 'host-model check ' + check, cpu(HOST, check=check), 'pc', ''
        yield 'EPYC check ' + check, cpu('custom', 'EPYC', check=check), 'pc', ''
        yield 'qemu64 check ' + check, cpu('custom', 'qemu64', check=check), 'pc', ''
        yield 'kvm64 check ' + check, cpu('custom', 'kvm64', check=check), 'pc', ''
        yield 'passed check ' + check, cpu('host-passthrough', check=check), 'pc', ''
        yield 'most check ' + check, cpu('maximum', check=check), 'pc', ''
    for match in ('minimum', 'exact', 'strict'):
        for model in ('486', 'kvm64', 'Haswell', 'EPYC'):
            yield '%s match %s' % (model, match), cpu('custom', model, match=match), 'pc', ''
    for fallback in ('allow', 'forbid'):
        for model in ('Skylake-Client-noTSX-IBRS', 'cpu64-rhel6', 'Nonsense', 'Haswell-noTSX-IBRS', 'n270'):
            yield '%s fallback %s' % (model, fallback), cpu('custom', model, fallback=fallback), 'pc', ''
        yield 'host-model fallback ' + fallback, "<cpu mode='host-model'><model fallback='%s'/></cpu>" % fallback, 'pc', ''
    for vendor in ('Intel', 'AMD', 'Nobody'):
        for model in ('kvm64', 'EPYC'):
            yield '%s of %s' % (model, vendor), cpu('custom', model, vendor=vendor), 'pc', ''
    for policy in POLICIES:
        for name in FEATURES:
            yield 'kvm64 %s %s' % (policy, name), cpu('custom', 'kvm64', feature(name, policy)), 'pc', ''
        for name in ('x2apic', 'svm', 'nonsense', 'invtsc'):
            yield 'host-model %s %s' % (policy, name), cpu(HOST, '', feature(name, policy)), 'pc', ''
        yield 'passed %s svm' % policy, cpu('host-passthrough', '', feature('svm', policy)), 'pc', ''
        yield 'most %s svm' % policy, cpu('maximum', '', feature('svm', policy)), 'pc', ''
        yield '486 strict %s vme' % policy, cpu('custom', '486', feature('vme', policy), match='strict'), 'pc', ''
        yield '486 least %s vme' % policy, cpu('custom', '486', feature('vme', policy), match='minimum'), 'pc', ''
        yield 'EPYC full %s svm' % policy, cpu('custom', 'EPYC', feature('svm', policy), check='full'), 'pc', ''
    for word in ('on', 'off'):
        yield 'passed migratable ' + word, cpu('host-passthrough', migratable=word), 'pc', ''
        yield 'passed invtsc migratable ' + word, cpu('host-passthrough', '', feature('invtsc'), migratable=word), 'pc', ''
        yield 'most migratable ' + word, cpu('maximum', migratable=word), 'pc', ''
        yield 'host-model migratable ' + word, cpu(HOST, migratable=word), 'pc', ''
    yield 'host-model of its maker', "<cpu mode='host-model'><model vendor_id='Linux KVM Hv'/></cpu>", 'pc', ''
    yield 'custom of its maker', "<cpu><model vendor_id='Linux KVM Hv'>qemu64</model></cpu>", 'pc', ''
    for letters in ('short', 'longer than it', "with, comma!"):
        yield 'maker ' + letters, "<cpu><model vendor_id='%s'>kvm64</model></cpu>" % letters, 'pc', ''
    yield 'least forbidding', cpu('custom', '486', fallback='forbid', vendor='AMD', match='minimum'), 'pc', ''
    yield 'least with a maker', cpu('custom', 'kvm64', feature('x2apic', 'optional'), vendor='Intel', match='minimum'), 'pc', ''
    yield 'least unknown', cpu('custom', 'Nonsense', match='minimum'), 'pc', ''
    yield 'host-model forbidding', "<cpu mode='host-model'><model fallback='forbid'>EPYC</model><vendor>AMD</vendor></cpu>", 'q35', ''
    yield 'passed nonsense', cpu('host-passthrough', '', feature('nonsense')), 'pc', ''
    yield 'most nonsense', cpu('maximum', '', feature('nonsense', 'forbid')), 'pc', ''
    yield 'host-model named', cpu(HOST, 'Haswell'), 'pc', ''
    yield 'host-model topology', cpu(HOST, more="<topology sockets='1' cores='1' threads='1'/>"), 'pc', ''
    yield 'host-model cells', cpu(HOST, more="<numa><cell id='0' cpus='0' memory='64' unit='MiB'/></numa>"), 'pc', ''
    yield 'model alone', cpu('', 'qemu64'), 'pc', ''
    yield 'model alone that lacks', cpu('', 'Haswell'), 'pc', ''
    yield 'host-model counter', cpu(HOST), 'pc', "<clock offset='utc'><timer name='tsc' frequency='2445404000'/></clock>"
    yield 'kvm64 twice', cpu('custom', 'kvm64', feature('svm') + feature('x2apic', 'disable')), 'q35', ''
    yield 'spelled otherwise', cpu('custom', 'qemu64', feature('pclmulqdq') + feature('sse4-1', 'disable')), 'pc', ''
    yield 'unknown feature', cpu('custom', 'qemu64', feature('nonsense')), 'pc', ''
    yield 'unknown feature optional', cpu('custom', 'qemu64', feature('nonsense', 'optional')), 'pc', ''
    yield 'qemu only feature', cpu('custom', 'qemu64', feature('kvmclock', 'disable')), 'pc', ''
    yield 'register', cpu('custom', 'qemu64', feature('rdctl-no')), 'pc', ''
    yield 'monitored', cpu('custom', 'qemu64', feature('cmt') + feature('mbm_total')), 'pc', ''
    yield 'whole host-model', cpu(HOST, check='full', more=feature('vmx', 'optional')), 'q35', ''
    yield 'pae off', cpu('custom', 'qemu32'), 'pc', "<features><acpi/><apic/><pae/></features>"
    yield 'pvspinlock', cpu(HOST), 'pc', "<features><acpi/><pvspinlock state='on'/></features>"
    yield 'hyperv', cpu(HOST), 'pc', "<features><acpi/><hyperv><relaxed state='on'/><vapic state='on'/></hyperv></features>"


def documents():
    number = 0
    for kind in ('kvm', 'qemu'):
        for name, text, machine, more in rows():
            number += 1
            yield '%s %s' % (kind, name), (
                "<domain type='%s'><name>g%d</name><uuid>%s</uuid><memory unit='MiB'>64</memory><os><type arch='x86_64' "
                "machine='%s'>hvm</type></os>%s%s<devices><memballoon model='none'/></devices></domain>"
                % (kind, number, UUID % number, machine, more, text))


# ---- the two compared

def differences(their, our):
    ignored = {'message'}
    if 'start' in their and 'start' in our and None in (their['argument'], our['argument']):
        ignored.add('argument')         # one refused before its emulator ran, the other when it answered
    for what in sorted((set(their) | set(our)) - ignored):
        if their.get(what) != our.get(what):
            yield what


def show(name, what, their, our):
    print('guest-cpus: %s: %s:\n    %s\n    but ours %s' % (name, what, their.get(what), our.get(what)))
    for side in (their, our):
        if 'message' in side:
            print('    ' + side['message'])


def compare():
    """In parts: theirs takes a second and more for each start."""
    every = dict(documents())
    names = sys.argv[1:] or list(every)
    if not sys.argv[1:] and not os.environ.get('VIR_LONG'):
        names = random.Random(os.environ.get('VIR_SEED', '1')).sample(names, SAMPLE)
    theirs, ours = {}, {}
    with sides.Qemu() as both:
        for start in range(0, len(names), PART):
            asked = json.dumps({name: every[name] for name in names[start:start + PART]})
            for side, told in ((both.theirs, theirs), (both.ours, ours)):
                told.update(json.loads(side.run(os.path.abspath(__file__), '--ask', side.uri, given=asked)))
    bad = 0
    for name in names:
        wrong = list(differences(theirs[name], ours[name]))
        for what in wrong:
            show(name, what, theirs[name], ours[name])
        bad += bool(wrong)
    print('guest-cpus: %d documents, theirs starts %d of them, %d differ'
          % (len(names), sum('live' in their for their in theirs.values()), bad))
    return 1 if bad else 0


if __name__ == '__main__':
    if sys.argv[1:2] == ['--ask']:
        ask(sys.argv[2])
    else:
        measure.run_test(compare)
