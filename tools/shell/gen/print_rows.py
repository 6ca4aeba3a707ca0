# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tables: all text in one string, so that a row holds no address that the dynamic linker has to mend."""
from model import Wrong

NOWHERE = 'SHELL_NOWHERE'
KINDS = {'flag': 'SHELL_FLAG', 'string': 'SHELL_STRING', 'command': 'SHELL_COMMAND', 'number': 'SHELL_NUMBER',
         'size': 'SHELL_SIZE', 'word': 'SHELL_WORD', 'words': 'SHELL_WORDS', 'file': 'SHELL_FILE',
         'rest': 'SHELL_REST', 'object': 'SHELL_OBJECT', 'objects': 'SHELL_OBJECTS', 'alias': 'SHELL_ALIAS'}
MARKS = {'required': 'SHELL_REQUIRED', 'named': 'SHELL_NAMED', 'empty': 'SHELL_EMPTY_OK', 'loop': 'SHELL_LOOPS',
         'string': 'SHELL_AS_STRING', 'number': 'SHELL_AS_NUMBER', 'unlimited': 'SHELL_UNLIMITED', 'alone': 'SHELL_ALONE',
         'unfound': 'SHELL_UNFOUND', 'numbered': 'SHELL_NUMBERED'}
COMMAND_MARKS = {'local': 'SHELL_LOCAL', 'loop': 'SHELL_LOOP', 'lenient': 'SHELL_LENIENT',
                 'hidden': 'SHELL_HIDDEN'}


class Strings:
    def __init__(self):
        self.places, self.texts, self.end = {}, [], 0
        self.add('""')

    def add(self, text):
        """TEXT as C writes it; where it begins."""
        if text not in self.places:
            self.places[text] = self.end
            self.texts.append(text)
            self.end += len(bytes(text[1:-1], 'ascii').decode('unicode_escape')) + 1
        return self.places[text]

    def printed(self):
        if self.end > 0xfff0:
            raise Wrong('shellgen.py', 'more text than an offset of 16 bits reaches')
        lines = ['    %s "\\0"' % text for text in self.texts]
        return 'const char shell_strings[] =\n' + '\n'.join(lines) + ';\n\n'


def mask(marks, names):
    return ' | '.join(names[mark] for mark in sorted(marks)) or '0'


class Tables:
    def __init__(self, model):
        self.model, self.strings = model, Strings()
        self.options, self.rules, self.limits, self.commands = [], [], [], []

    def word_list(self, option):
        """Where its words lie one behind the other, an empty one at their end."""
        return self.strings.add('"' + '\\0'.join(option.values['words']) + '\\0"')

    def limit(self, option):
        values = option.values
        low = values.get('unit', '1') if option.kind == 'size' else values.get('from', '0')
        high = values.get('to', 'ULLONG_MAX' if option.kind == 'size' else 'LLONG_MAX')
        row = '{ %s, %s, %s }' % (low, high, values.get('default', '0'))
        if row not in self.limits:
            self.limits.append(row)
        return str(self.limits.index(row))

    def option_row(self, command, option):
        values, name = option.values, option.member()
        members = option.members(self.model.kinds)
        offsets = ['offsetof(struct %s_args, %s)' % (command.ident, member) for _, member in members]
        if values.get('bits'):
            offsets.append('offsetof(struct %s_args, %s)' % (command.ident, values['bits']))
        offsets += [NOWHERE] * (2 - len(offsets))
        detail = '0'
        if option.kind == 'flag':
            detail = values.get('bit', '0')
        elif option.kind in ('number', 'size'):
            detail = self.limit(option)
        elif option.kind in ('word', 'words'):
            detail = str(self.word_list(option))
        elif option.kind in ('object', 'objects'):
            detail = ' | '.join('SHELL_BY_' + way.upper() for way in values.get('by', ['any']))
        text = '"%s"' % values['target'] if option.kind == 'alias' else option.text
        cells = ['.name = %d, .text = %d' % (self.strings.add('"%s"' % option.name), self.strings.add(text)),
                 '.kind = ' + KINDS[option.kind], '.flags = ' + mask(option.marks, MARKS),
                 '.member = ' + offsets[0], '.beside = ' + offsets[1], '.detail = ' + detail]
        if 'refused' in values:
            cells.append('.refused = %d' % self.strings.add(values['refused']))
        if 'of' in values:
            cells.append('.object = ' + self.model.kinds[values['of']].constant())
        return '    { ' + ', '.join(cells) + ' },'

    def add_rule(self, verb, option, other, third, message):
        self.rules.append('    { SHELL_RULE_%s, .option = %d, .other = %d, .third = %d, .text = %d },'
                          % (verb.upper(), option, other, third, self.strings.add(message) if message else 0))

    def add_rules(self, command):
        numbers = {option.name: number for number, option in enumerate(command.options)}
        rules = [(number, rule) for number, option in enumerate(command.options) for rule in option.rules]
        for wanted in ('excludes', 'needs'):
            for number, (verb, others, message) in rules:
                for other in others if verb == wanted else ():
                    first, _, second = other.partition('|')
                    if first in numbers:
                        self.add_rule(verb, number, numbers[first], numbers.get(second, numbers[first]), message)
        if command.one_of:
            others = [numbers[name] for name in command.one_of[0]]
            self.add_rule('requires', others[0], others[1], others[-1], command.one_of[1])

    def add_command(self, command):
        first_option, first_rule = len(self.options), len(self.rules)
        if command.target:
            cells = ['.name = %d, .title = %d' % (self.strings.add('"%s"' % command.name),
                                                  self.strings.add('"%s"' % command.target)),
                     '.flags = SHELL_HIDDEN']
        else:
            self.options += [self.option_row(command, option) for option in command.options]
            self.add_rules(command)
            cells = ['.name = %d, .title = %d, .text = %d' %
                     tuple(self.strings.add(text) for text in ('"%s"' % command.name, command.title,
                                                               command.text or '""')),
                     '.first_option = %d, .n_options = %d' % (first_option, len(command.options)),
                     '.first_rule = %d, .n_rules = %d' % (first_rule, len(self.rules) - first_rule),
                     '.flags = ' + mask(command.marks, COMMAND_MARKS),
                     '.size = ' + ('sizeof(struct %s_args)' % command.ident if command.options else '0'),
                     '.run = call_' + (command.run or command.name).replace('-', '_')]
        self.commands.append('    { ' + ',\n      '.join(cells) + ' },')

    def printed(self):
        groups = []
        for keyword, title in self.model.groups:
            first = len(self.commands)
            for command in sorted(self.model.commands, key=lambda command: command.name):
                if command.group == keyword:
                    self.add_command(command)
            groups.append('    { .keyword = %d, .title = %d, .first = %d, .n = %d },'
                          % (self.strings.add('"%s"' % keyword), self.strings.add(title), first,
                             len(self.commands) - first))

        def table(kind, name, rows):
            return 'const struct %s %s[] = {\n%s\n};\n\n' % (kind, name, '\n'.join(rows))
        return (self.strings.printed() + table('shell_limits', 'shell_limits', ['    %s,' % e for e in self.limits]) +
                table('shell_option', 'shell_options', self.options) + table('shell_rule', 'shell_rules', self.rules) +
                table('shell_command', 'shell_commands', self.commands) +
                'const unsigned int shell_n_commands = %d;\n\n' % len(self.commands) +
                table('shell_group', 'shell_groups', groups) +
                'const unsigned int shell_n_groups = %d;\n' % len(groups))
