#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the table of processors from x86.cpus, which says what its lines are.  print.py FILE > TABLE"""

import sys

REGISTERS = ('eax', 'ebx', 'ecx', 'edx')


class Wrong(Exception):
    pass


class Cpus:
    def __init__(self):
        self.vendors, self.features, self.models, self.others = [], {}, [], {}

    def feature(self, name, *words):
        words = list(words)
        msr = words[0] == 'msr' and words.pop(0) == 'msr'
        leaf, _, subleaf = words.pop(0).partition('.')
        register, bit = REGISTERS.index(words.pop(0)), int(words.pop(0))
        also = words[1].split(',') if words[:1] == ['aka'] else []
        stays = words[-1:] == ['stays']
        if name in self.features:
            raise Wrong('the feature %s is there already' % name)
        self.features[name] = '{ "%s", %s, %s, %su, %su, %d, %d, %s }' % (
            name, c_words(also), 'true' if msr else 'false', leaf, subleaf or '0', register, bit, 'true' if stays else 'false')

    def model(self, name, where, vendor, signatures):
        signatures = [] if signatures == '-' else [signature(word) for word in signatures.split(',')]
        self.models.append((name, where, vendor, signatures, [], []))

    def has(self, words):
        for word in words:
            name = word.lstrip('-')
            if name not in self.features:
                raise Wrong('the model %s has an unknown feature %s' % (self.models[-1][0], name))
            self.models[-1][5 if word[0] == '-' else 4].append(name)


def signature(word):
    family, model, steppings = (word.split('/') + ['0-255'])[:3]
    first, _, last = steppings.partition('-')
    return '{ %s, %s, %s, %s }' % (family, model, first, last or first)


def c_words(words):
    return '"%s"' % ''.join(word + '\\0' for word in words) if words else 'NULL'


def bits(cpus, names):
    order, words = list(cpus.features), [0] * ((len(cpus.features) + 63) // 64)
    for name in names:
        at = order.index(name)
        words[at // 64] |= 1 << at % 64
    return '{ { %s } }' % ', '.join('%#xu' % word for word in words)


def read(path):
    cpus = Cpus()
    with open(path, encoding='ascii') as file:
        for number, line in enumerate(file, 1):
            words = line.split('#')[0].split()
            try:
                if not words:
                    continue
                if line[0] == ' ':
                    cpus.has(words)
                elif words[0] == 'vendor':
                    cpus.vendors.append('{ "%s", "%s" }' % tuple(words[1:]))
                elif words[0] == 'other':
                    cpus.others[words[1]] = words[2:]
                elif words[0] in ('feature', 'model'):
                    getattr(cpus, words[0])(*words[1:])
                else:
                    raise Wrong('a line begins with vendor, feature, model or other')
            except (Wrong, ValueError, IndexError, TypeError) as error:
                sys.exit('%s:%d: %s' % (path, number, error))
    return cpus


def table(name, kind, rows):
    return 'const struct qemu_cpu_%s qemu_cpu_%s[] = {\n%s};\nconst size_t qemu_cpu_n_%s = %d;\n' % (
        kind, name, ''.join('    %s,\n' % row for row in rows), name, len(rows))


def main():
    cpus = read(sys.argv[1])
    print('/* Printed by print.py from x86.cpus. */\n#include "cpu/table.h"\n')
    print('_Static_assert(%d <= 64 * QEMU_CPU_WORDS, "more features than bits");\n' % len(cpus.features))
    print(table('vendors', 'vendor', cpus.vendors))
    print(table('features', 'feature', cpus.features.values()))
    for name, _, _, signatures, _, _ in cpus.models:
        if signatures:
            print('static const struct qemu_cpu_signature of_%s[] = { %s };'
                  % (name.replace('-', '_'), ', '.join(signatures)))
    print()
    print(table('models', 'kind', ['{ "%s", %s, %s, %s, %s, %d, %s, %s }' % (
        name, 'NULL' if vendor == '-' else '"%s"' % vendor, 'true' if where in ('both', 'host') else 'false',
        'true' if where in ('both', 'guest') else 'false', 'of_' + name.replace('-', '_') if signatures else 'NULL',
        len(signatures), bits(cpus, has), bits(cpus, had)) for name, where, vendor, signatures, has, had in cpus.models]))
    for arch, names in cpus.others.items():
        print('const char qemu_cpu_others_%s[] = %s;' % (arch, c_words(names)))


if __name__ == '__main__':
    main()
