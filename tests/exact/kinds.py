#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Documents of every kind that libvirt has, at random from the peer's schemas.  Ours
are read and written by the vocabulary (rewrite): what was written is read again and
comes out equal, no element of the input is missing, and the peer's schema takes it.
Where the peer serves a kind its dump is compared, too: what it refuses or drops ours
may refuse and drop.  A sample; VIR_LONG=yes: all."""

import ipaddress
import os
import random
import re
import subprocess
import sys
import uuid
import xml.etree.ElementTree as ET

import compare
import invent
import measure
from grammar import Grammar, Writer
from sides import BUILD, HERE, Missing, Side, THEIR_DAEMON, their_env

SCHEMAS = ['domain', 'network', 'networkport', 'capability', 'domaincaps', 'cpu', 'storagepool', 'storagepoolcaps',
           'storagevol', 'nodedev', 'secret', 'interface', 'nwfilter', 'nwfilterbinding', 'domainsnapshot',
           'domaincheckpoint', 'domainbackup']
# Kinds that the peer serves to anybody who defines one, and by which driver.
SERVED = {'domain': 'qemu+unix:///system?socket=@SOCKET@', 'network': 'test:///default', 'storagepool': 'test:///default', 'interface': 'test:///default',
          'storagevol': 'test:///default', 'domainsnapshot': 'test:///default', 'domaincheckpoint': 'test:///default',
          'secret': 'secret+unix:///system?socket=@SOCKET@', 'nwfilter': 'nwfilter+unix:///system?socket=@SOCKET@'}
# What a document has in any case, and values by the end of a path, where libvirt wants more than its schema.
NAMED = ('network', 'pool', 'volume', 'domainsnapshot', 'domaincheckpoint')
CHILDREN = {'volume': {'capacity': '1048576'}}
for DOMAIN in ('domainsnapshot/domain', 'domainsnapshot/inactiveDomain', 'domaincheckpoint/domain'):
    CHILDREN[DOMAIN] = {'name': 'a', 'memory': '1024', 'os': ''}
    CHILDREN[DOMAIN + '/os'] = {'type': 'exe'}
ATTRIBUTES = {'network/ip': {'address': '10.0.0.1'}, 'interface/ip': {'address': '10.0.0.1'}}
for END in ('network/inbound', 'network/outbound', 'networkport/inbound', 'networkport/outbound'):
    ATTRIBUTES[END] = {'average': '100'}
for ROOT in ('domainsnapshot', 'domaincheckpoint'):
    ATTRIBUTES.update({ROOT + '/domain': {'type': 'test'}, ROOT + '/iothreadsched': {'iothreads': '1'},
                       ROOT + '/vcpusched': {'vcpus': '0'}})
VALUES = {'ip/@address': '10.0.0.1', 'ip/@netmask': '255.255.255.0', 'ip/@prefix': '24',
          'ip/@family': 'ipv4', 'route/@family': 'ipv4', 'route/@address': '10.1.0.0',
          'route/@prefix': '16', 'route/@netmask': '255.255.0.0', 'route/@gateway': '10.0.0.2',
          'target/format/@type': 'raw', 'backingStore/format/@type': 'raw',
          'cache/@associativity': 'direct', 'cache/@policy': 'writeback', 'address/@function': '0x1',
          '@cpus': '0-3,^2', '@cpuset': '0-3,^2', '@siblings': '0-3,^2', '@vcpus': '0-3', 'topology/@threads': '2', 'creationTime/text()': '7', 'vcpu/text()': '4',
          'domain/maxMemory/text()': '4096', 'inactiveDomain/maxMemory/text()': '4096',
          'domain/memory/text()': '2048', 'inactiveDomain/memory/text()': '2048'}
# Elements whose numbers, any by the schema, do not overflow in this unit.
for SIZED in ('size', 'line', 'bandwidth', 'bank', 'control', 'cell', 'memory', 'capacity', 'allocation', 'available', 'clusterSize'):
    VALUES[SIZED + '/@unit'] = 'KiB'
# Numbers of PCI are hexadecimal only with 0x, whatever the schema says.
for NUMBER in ('domain', 'bus', 'slot'):
    VALUES['address/@' + NUMBER] = '0x0a'
SEED = 3
LONG = os.environ.get('VIR_LONG', 'no') == 'yes'
SAMPLE = 10 ** 6 if LONG else 60
# Per cent of the documents that have to be right.
DUE = {'domain': 98, 'network': 100, 'networkport': 100, 'capability': 100, 'domaincaps': 100, 'cpu': 100,
       'storagepool': 100, 'storagepoolcaps': 100, 'storagevol': 100, 'nodedev': 100, 'secret': 100,
       'interface': 100, 'nwfilter': 100, 'nwfilterbinding': 100, 'domainsnapshot': 98, 'domaincheckpoint': 100,
       'domainbackup': 100}


def normalise(root):
    """Variables, MAC addresses and numbers as a driver writes them."""
    for element in root.iter():
        for name, text in element.items():
            if text.startswith('$'):
                element.set(name, text.replace(' ', '').replace('[@0]', ''))
            elif name.endswith('macaddr') or name.endswith('macmask'):
                element.set(name, ':'.join('%02x' % int(byte, 16) for byte in text.split(':')))
            elif re.fullmatch(r'(\d+\.){3}\d+', text):
                element.set(name, '.'.join(str(int(byte)) for byte in text.split('.')))
            elif re.fullmatch(r'[0-9A-Fa-f:.]+:[0-9A-Fa-f:.]+', text):
                try:
                    element.set(name, str(ipaddress.ip_address(text)))
                except ValueError:
                    pass                # both refuse it


def complete(root, schema, number):
    name = '%s-%d' % (schema, number)
    if root.tag in NAMED:
        if root.find('name') is None:
            ET.SubElement(root, 'name')
        root.find('name').text = name
    elif 'name' in root.attrib:
        root.set('name', name)
    for way, children in CHILDREN.items():
        top, _, below = way.partition('/')
        for element in root.findall(below or '.') if top == root.tag else []:
            for tag, text in children.items():
                if element.find(tag) is None:
                    ET.SubElement(element, tag).text = text
    for element in root.iter():
        for name, value in ATTRIBUTES.get(root.tag + '/' + element.tag, {}).items():
            element.attrib.setdefault(name, value)
    for clock in root.iter('clock'):    # neither side takes one without
        if clock.get('offset') == 'timezone':
            clock.attrib.setdefault('timezone', 'UTC')
    for end in root.iter('outbound'):   # what is granted is granted to what comes in
        end.attrib.pop('floor', None)
    if schema == 'nwfilter':
        normalise(root)
    made = root.find('uuid')
    if made is not None:
        made.text = str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


def value(path):
    """The one of VALUES by the end of PATH."""
    return next((VALUES[end] for end in ('/'.join(path[-n:]) for n in (3, 2, 1)) if end in VALUES), None)


def documents(schema):
    """About every path of the schema, or some of them; domains as in invented.py."""
    if schema == 'domain':
        inventor = invent.Inventor(invent.SCHEMA, 'qemu', SEED)
        paths = list(inventor.paths)
        random.Random(SEED).shuffle(paths)
        return dict(inventor.document(number, path, 0.1, 0) for number, path in enumerate(paths[:SAMPLE]))
    grammar = Grammar(os.path.join(measure.SCHEMAS, schema + '.rng'))
    dice = random.Random(SEED)
    paths = [path for path in grammar.paths() if path[1:2] not in (('domain',), ('inactiveDomain',)) or len(path) < 4]
    dice.shuffle(paths)
    writer = Writer(grammar, dice, value, 0.1)
    made = {}
    for number, path in enumerate(paths[:SAMPLE]):
        root = writer.document(path)
        complete(root, schema, number)
        made['%s-%05d' % (schema, number)] = ET.tostring(root, encoding='unicode')
    return made


def rewrite(texts, *words):
    """For each (code, text or error, microseconds)."""
    if not texts:
        return {}
    done = subprocess.run([os.path.join(BUILD, 'tests/exact/rewrite'), *words], input='\0'.join(texts.values()) + '\0',
                          capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise RuntimeError('rewrite ended with %d: %s' % (done.returncode, done.stderr[-500:]))
    answers = {}
    for name, said in zip(texts, done.stdout.split('\0')):
        head, _, text = said.partition('\n')
        code, took = head.split()
        answers[name] = (int(code), text, int(took))
    return answers


def lost(given, written):
    """Attributes and texts of a document, and the elements that hold some, that are not in another."""
    have = set(compare.paths(compare.Node(ET.fromstring(written))))
    missing = [path for path in compare.paths(compare.Node(ET.fromstring(given)))
               if path not in have and ('@' in path or 'text()' in path)]
    return sorted({path.rpartition('/')[0] if path.rpartition('/')[0] not in have else path for path in missing})


def by_itself(schema, given, theirs, table, wrong):
    """Read, written and read again; WRONG gets the names of those that are not right."""
    first = rewrite(given)
    taken = {name: text for name, (code, text, _) in first.items() if code == 0}
    again = rewrite(taken)
    for name, (code, text, _) in first.items():
        if code and 'code' not in theirs.get(name, {}):
            said = re.sub(r'.*column \d+: ', '', text)
            table.add(name, '%s: %s' % (schema, said[:100]), 'refused %d' % code, None, None)
            wrong.add(name)
    for name, text in taken.items():
        if again[name][1] != text:
            table.add(name, schema, 'another when it is read again', text[:50], again[name][1][:80])
            wrong.add(name)
        for path in lost_of_ours(given[name], text, theirs.get(name, {})):
            if table.exceptions.meant(schema, compare.Difference(path, 'lost', None, None), given[name]):
                continue
            table.add(name, path, 'lost', None, None)
            wrong.add(name)
    crooked = measure.invalid(schema, {name: given[name] for name in taken})
    for name, why in measure.invalid(schema, taken).items():
        if name in crooked:
            continue
        table.add(name, schema, 'refused by the schema', None, why)
        wrong.add(name)
    return taken


def lost_of_ours(given, written, theirs):
    """What ours lose and the peer does not."""
    if 'code' in theirs:
        return []
    try:
        missing = lost(given, written)
        dropped = lost(given, theirs['dumps']['plain']) if 'dumps' in theirs else []
    except ET.ParseError as error:
        return [str(error)]
    return [path for path in missing if not any(path == other or path.startswith(other + '/') for other in dropped)]


def well_formed(text):
    try:
        return ET.fromstring(text) is not None
    except ET.ParseError:
        return False


def ask_peer(schema, given):
    uri = SERVED[schema]
    return Side(uri, their_env(), [THEIR_DAEMON] if '@SOCKET@' in uri else []).ask(schema, given)


def against_peer(given, taken, theirs, table):
    """Compares the dumps of those that both take."""
    compared = 0
    inactive = rewrite({name: given[name] for name in taken}, 'inactive')
    for name, (_, text, _) in inactive.items():
        if 'dumps' in theirs.get(name, {}) and well_formed(text):
            compared += 1
            table.differ(name, given[name], {'plain': theirs[name]['dumps']['plain']}, {'plain': text})
    return compared


def main():
    if not os.path.isdir(measure.SCHEMAS):
        raise Missing('no ' + measure.SCHEMAS)
    words = sys.argv[1:]
    most = next((int(word) for word in words if word.isdigit()), 15)
    failed = False
    for schema in [word for word in words if word in SCHEMAS] or SCHEMAS:
        table = compare.Table(schema, compare.Exceptions(os.path.join(HERE, 'exceptions')))
        wrong = set()
        given = documents(schema)
        theirs = ask_peer(schema, given) if schema in SERVED else {}
        taken = by_itself(schema, given, theirs, table, wrong)
        compared = 0 if schema == 'domain' else against_peer(given, taken, theirs, table)    # invented.py
        print('\n'.join(table.lines(most)))
        right = 100.0 * (len(given) - len(wrong)) / len(given)
        print('%s: %d documents, %d (%.2f %%) read, written and valid; %d compared with the peer, %d dumped alike'
              % (schema, len(given), len(given) - len(wrong), right, compared, table.equal))
        if right < DUE[schema]:
            print('FAIL %s: %d %% are due' % (schema, DUE[schema]))
            failed = True
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == '__main__':
    measure.run_test(main)
