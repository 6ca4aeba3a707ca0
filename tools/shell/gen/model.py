# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a .commands file can say, and what is wrong with one that says it badly."""
import difflib
import re

RESERVED = {'auto', 'break', 'case', 'char', 'const', 'continue', 'default', 'do', 'double', 'else', 'enum',
            'extern', 'float', 'for', 'goto', 'if', 'inline', 'int', 'long', 'register', 'restrict', 'return',
            'short', 'signed', 'sizeof', 'static', 'struct', 'switch', 'typedef', 'union', 'unsigned', 'void',
            'volatile', 'while', 'linux', 'unix'}


class Wrong(Exception):
    def __init__(self, place, what):
        Exception.__init__(self, '%s: %s' % (place, what))


def nearest(word, words):
    found = difflib.get_close_matches(word, list(words), 1)
    return "; did you mean '%s'?" % found[0] if found else ''


def identifier(name):
    name = name.replace('-', '_')
    return name + '_' if name in RESERVED else name


class Kind:
    """A kind of object that options name."""

    def __init__(self, place, name, api, noun):
        self.place, self.name, self.api, self.noun = place, name, api, noun
        self.missing = '"failed to get %s \'%%s\'"' % noun.strip('"')
        self.calls = {}                 # by-name, by-uuid, by-id, by-mac, list, find: public functions
        self.marks = set()

    def type(self):
        return self.api + 'Ptr'

    def constant(self):
        return 'SHELL_' + self.name.upper()


class Option:
    def __init__(self, place, kind, name):
        self.place, self.kind, self.name = place, kind, name
        self.text = None
        self.marks = set()              # required, named, empty, loop
        self.values = {}                # from, to, default, unit, bit, of, by, words, refused, target
        self.rules = []                 # (excludes or needs, [other options], message or None)

    def member(self):
        return identifier(self.name)

    def members(self, kinds):
        """What it adds to the arguments of its command: [(type, name)]."""
        name = self.member()
        if self.kind == 'flag':
            return [('bool ', name)]
        if self.kind in ('string', 'command'):
            return [('const char *', name)]
        if self.kind in ('number', 'size'):
            return [('long long ' if self.kind == 'number' else 'unsigned long long ', name),
                    ('bool ', 'has_' + name)]
        if self.kind == 'word':
            return [('int ', name)]
        if self.kind == 'words':
            return [('unsigned int ', name), ('bool ', 'has_' + name)]
        if self.kind == 'file':
            return [('char *', name), ('const char *', name + '_path')]
        if self.kind == 'rest':
            return [('char *const *', name), ('size_t ', 'n_' + name)]
        if self.kind == 'object':
            return [(kinds[self.values['of']].type() + ' ', name), ('const char *', name + '_text')]
        if self.kind == 'objects':
            return [(kinds[self.values['of']].type() + ' *', name), ('size_t ', 'n_' + name)]
        return []


class Command:
    def __init__(self, place, name, title, group):
        self.place, self.name, self.title, self.group = place, name, title, group
        self.text = None
        self.marks = set()
        self.options, self.steps = [], []
        self.one_of = None              # ([options], message): one of them must be given
        self.run = None                 # the command whose function serves, if not its own
        self.target = None              # of an alias

    def members(self, kinds):
        members = []
        for option in self.options:
            members += option.members(kinds)
        bits = []
        for option in self.options:
            place = option.values.get('bits')
            if place and place not in bits:
                bits.append(place)
        return [('unsigned int ', name) for name in bits] + members

    def option(self, name):
        for option in self.options:
            if option.name == name:
                return option
        return None


class Step:
    """A command that is one public call and what is said about it needs no function of its own."""

    def __init__(self, place, verb, condition, kind, calls):
        self.place, self.verb, self.condition, self.kind, self.calls = place, verb, condition, kind, calls
        self.freed = False              # the caller owns the text that is printed
        self.done = self.failed = None


class Model:
    def __init__(self):
        self.groups, self.kinds, self.shared, self.commands, self.files = [], {}, {}, [], {}
        self.own = 'own'                # the group of the commands that every tool has

    def check(self):
        names = {}
        for command in self.commands:
            if command.name in names:
                raise Wrong(command.place, "command '%s' stands at %s already"
                            % (command.name, names[command.name].place))
            names[command.name] = command
        for command in self.commands:
            for other in (command.target, command.run):
                if other and other not in names:
                    raise Wrong(command.place, "no command '%s'%s" % (other, nearest(other, names)))
            self.check_command(command)

    def check_command(self, command):
        seen = set()
        for option in command.options:
            if option.name in seen:
                raise Wrong(option.place, "'%s' has an option '%s' already" % (command.name, option.name))
            seen.add(option.name)
        for option in command.options:
            if option.kind == 'alias':
                target = option.values['target'].split('=')[0]
                if target not in seen:
                    raise Wrong(option.place, "'%s' has no option '%s'%s"
                                % (command.name, target, nearest(target, seen)))
            for verb, others, _ in option.rules:
                for other in [one for word in others for one in word.split('|')]:
                    if other not in seen and not option.values.get('shared'):
                        raise Wrong(option.place, "'%s' %s '%s', which '%s' does not have%s"
                                    % (option.name, verb, other, command.name, nearest(other, seen)))
            if option.kind in ('object', 'objects') and option.values['of'] not in self.kinds:
                raise Wrong(option.place, "no kind of object '%s'%s"
                            % (option.values['of'], nearest(option.values['of'], self.kinds)))
        for other in command.one_of[0] if command.one_of else []:
            if other not in seen:
                raise Wrong(command.place, "'%s' has no option '%s'%s" % (command.name, other, nearest(other, seen)))
        if command.run and command.options:
            raise Wrong(command.place, "a command that another one's function serves has no options of its own")
        for step in command.steps:
            self.check_step(command, step)

    def check_step(self, command, step):
        members = {name for _, name in command.members(self.kinds)} | {'conn'}
        words = [step.condition] if step.condition else []
        for call in step.calls:
            words += [word.lstrip('!') for word in call[1]]
        if len(step.calls) > 1:
            words.append('flags')
        for word in words:
            if re.match(r'[a-z]', word) and word not in members:
                raise Wrong(step.place, "'%s' is no argument of '%s'%s"
                            % (word, command.name, nearest(word, members)))
        if step.kind and step.kind not in self.kinds:
            raise Wrong(step.place, "no kind of object '%s'%s" % (step.kind, nearest(step.kind, self.kinds)))
