#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints from a NAME.keys, in the form that daemon/libvirtd.keys tells:
settings.py table|conf|page KEYS [PAGE TEMPLATE]."""

import re
import sys
import textwrap

# And the least and the most that one can be; None: as the line says.
KINDS = {'flag': (0, 1), 'number': None, 'seconds': (0, 1000000), 'limit': (0, 0x7fffffff)} | {
    kind: (0, 0) for kind in ('text', 'path', 'perms', 'uuid', 'texts', 'words')}
LINE = re.compile(r'(?P<name>[a-z0-9_]+) (?P<kind>[a-z]+)(?P<limits>( [^ =]+)*?)'
                  r'( (?P<how>=|example) (?P<value>.+?))?( -> (?P<member>\S+))?$')


class Key:
    def __init__(self, match):
        self.name, self.kind, self.value = match['name'], match['kind'], match['value']
        self.default = self.value if match['how'] == '=' else None
        self.member = match['member'] or self.name
        limits = match['limits'].split()
        self.words = limits[0] if self.kind == 'words' else None
        self.least, self.most = KINDS[self.kind] or limits


def parse(path):
    """What the file is about, and groups of (heading or None, keys, text)."""
    about, groups, keys, text, heading = '', [], [], [], None

    def end():
        nonlocal keys, text, heading
        if keys:
            groups.append((heading, keys, ' '.join(text)))
            keys, text, heading = [], [], None

    with open(path, encoding='utf-8') as handle:
        for number, line in enumerate(handle, 1):
            line = line.rstrip('\n')
            if line.startswith('    '):
                text.append(line.strip())
            elif line.startswith('about '):
                about = line[6:]
            elif line.startswith('== '):
                end()
                heading = line[3:]
            elif line and not line.startswith('#'):
                match = LINE.match(line)
                if not match or match['kind'] not in KINDS:
                    sys.exit('%s:%d: expected KEY KIND [= DEFAULT | example VALUE] [-> MEMBER]' % (path, number))
                if text:
                    end()
                keys.append(Key(match))
    end()
    return about, groups


def table(groups):
    print('/* Printed by settings.py. */')
    for _, keys, _ in groups:
        for key in keys:
            place = {'later': 'VIR_SETTING_LATER', 'nothing': 'VIR_SETTING_NOTHING'}.get(key.member, 'S(%s)' % key.member)
            default = key.default and '"%s"' % key.default.strip('"').replace('@sysconfdir@', '" VIR_SYSCONFDIR "')
            print('{ "%s", VIR_SETTING_%s, %s, %s, %s, %s, %s },' % (
                key.name, key.kind.upper(), place, key.least, key.most,
                '"%s"' % key.words if key.words else 'NULL', default or 'NULL'))
    print('{ NULL, VIR_SETTING_FLAG, 0, 0, 0, NULL, NULL }')


def commented(text):
    return textwrap.fill(text, 110, initial_indent='# ', subsequent_indent='# ')


def conf(groups, about):
    print(commented(about))
    for heading, keys, text in groups:
        if heading:
            print('\n\n# ---- %s ----' % heading)
        print('\n' + commented(text))
        for key in keys:
            print('#%s = %s' % (key.name, key.value))


def roff(text, names):
    text = text.replace('\\', '\\e').replace('-', '\\-')
    text = re.sub(r'\b([a-z][a-z\\-]*)\((\d)\)', r'\\fB\1\\fR(\2)', text)
    text = re.sub(r'\b(%s)\b' % '|'.join(names), r'\\fB\1\\fR', text)
    return '\n'.join('\\&' + line if line[0] in '.\'' else line for line in textwrap.wrap(text, 110))


def page(groups, template):
    names = [key.name for _, keys, _ in groups for key in keys]
    with open(template, encoding='utf-8') as handle:
        before, after = handle.read().split('@SETTINGS@\n')
    sys.stdout.write(before)
    for _, keys, text in groups:
        print('.TP')
        print('.BR ' + ' ", " '.join(key.name for key in keys))
        defaults = ['%s = %s' % (key.name, key.default) for key in keys if key.default]
        print(roff(text, names))
        if defaults:
            print(roff('Default: %s.' % ', '.join(defaults), names))
    sys.stdout.write(after)


def main():
    what, (about, groups) = sys.argv[1], parse(sys.argv[2])
    if what == 'page':
        page(groups, sys.argv[3])
    elif what == 'conf':
        conf(groups, about)
    else:
        table(groups)


if __name__ == '__main__':
    main()
