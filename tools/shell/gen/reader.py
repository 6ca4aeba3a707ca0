# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads .commands files into a model; see README.md for the language."""
import os
import re

from model import Command, Kind, Model, Option, Step, Wrong, nearest

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s"]+')
CALL = re.compile(r'(\w+)\(([^)]*)\)')
OPTION_KINDS = {'flag', 'string', 'command', 'number', 'size', 'word', 'words', 'file', 'rest', 'object', 'objects',
                'alias'}
MARKS = {'required', 'named', 'empty', 'loop', 'string', 'number', 'unlimited', 'alone', 'unfound', 'numbered'}
COMMAND_MARKS = {'local', 'loop', 'lenient', 'hidden'}
KIND_CALLS = {'by-id', 'by-uuid', 'by-name', 'by-mac', 'list', 'find', 'absent'}
VERBS = {'does', 'makes', 'shows', 'prints', 'uuid'}


def lines_of(path):
    """(place, indent, text) of every statement; deeper lines go on with the one before."""
    name, statement = os.path.basename(path), None
    with open(path, encoding='ascii') as file:
        for number, line in enumerate(file, 1):
            text = re.sub(r'^\s*#.*', '', line.rstrip('\n')).rstrip()
            if not text:
                continue
            indent = len(text) - len(text.lstrip(' '))
            if statement and indent > 2:
                statement = (statement[0], statement[1], statement[2] + ' ' + text.strip())
                continue
            if statement:
                yield statement
            statement = ('%s:%d' % (name, number), indent, text.strip())
    if statement:
        yield statement


def is_text(token):
    return token.startswith('"')


class Words:
    """The tokens of one statement, taken from the left."""

    def __init__(self, place, text):
        self.place, self.tokens = place, TOKEN.findall(text)

    def take(self, what):
        if not self.tokens:
            raise Wrong(self.place, 'expected %s at the end of the line' % what)
        return self.tokens.pop(0)

    def take_text(self, what):
        token = self.take(what)
        if not is_text(token):
            raise Wrong(self.place, "expected %s in quotes instead of '%s'" % (what, token))
        return token

    def take_words(self, stops):
        words = []
        while self.tokens and not is_text(self.tokens[0]) and self.tokens[0] not in stops:
            words.append(self.tokens.pop(0))
        return words

    def end(self):
        if self.tokens:
            raise Wrong(self.place, "did not expect '%s'" % self.tokens[0])


def join(texts):
    return '"' + ''.join(text[1:-1] for text in texts) + '"'


class Reader:
    def __init__(self):
        self.model = Model()
        self.group = self.command = self.kind = None

    def read(self, path):
        self.group = self.command = self.kind = None
        self.model.files[os.path.basename(path)] = commands = []
        for place, indent, text in lines_of(path):
            before = len(self.model.commands)
            self.statement(Words(place, text), indent, text)
            commands += self.model.commands[before:]

    def statement(self, words, indent, text):
        word = words.take('a word')
        if indent == 0:
            self.command = self.kind = None
            known = {'group': self.read_group, 'option': self.read_shared, 'command': self.read_command,
                     'alias': self.read_alias, 'kind': self.read_kind}
            if word not in known:
                raise Wrong(words.place, "'%s' begins nothing here%s" % (word, nearest(word, known)))
            return known[word](words)
        if self.kind:
            return self.kind_line(words, word)
        if not self.command:
            raise Wrong(words.place, "'%s' belongs to no command" % word)
        return self.command_line(words, word, text)

    def read_group(self, words):
        keyword = words.take('the keyword of a group')
        if words.tokens:
            self.model.groups.append((keyword, words.take_text('its title')))
        if words.tokens[:1] == ['own']:
            words.take('own')
            self.model.own = keyword
        words.end()
        if keyword == 'own':
            keyword = self.model.own
        elif keyword not in [group for group, _ in self.model.groups]:
            raise Wrong(words.place, "group '%s' has no title yet" % keyword)
        self.group = keyword

    def read_kind(self, words):
        name, api = words.take('a name'), words.take('the beginning of its functions, as virDomain')
        self.kind = self.model.kinds[name] = Kind(words.place, name, api, words.take_text('its noun'))
        words.end()

    def kind_line(self, words, word):
        if word in KIND_CALLS:
            self.kind.calls[word] = words.take('a public function')
        elif word == 'missing':
            self.kind.missing = words.take_text('a message')
        elif word in ('nameless', 'quiet'):
            self.kind.marks.add(word)
        else:
            raise Wrong(words.place, "a kind of object has no '%s'%s"
                        % (word, nearest(word, KIND_CALLS | {'missing', 'nameless', 'quiet'})))
        words.end()

    def read_shared(self, words):
        name = words.take('a name for the row')
        option = self.read_option(words, words.take('a kind of option'))
        option.values['shared'] = True
        self.model.shared[name] = option

    def read_command(self, words):
        if not self.group:
            raise Wrong(words.place, 'a command outside any group')
        name = words.take('the name of a command')
        self.command = Command(words.place, name, words.take_text('its title'), self.group)
        words.end()
        self.model.commands.append(self.command)

    def read_alias(self, words):
        command = Command(words.place, words.take('a name'), None, self.group)
        command.target = words.take('the command that it stands for')
        words.end()
        self.model.commands.append(command)

    def command_line(self, words, word, text):
        command = self.command
        if word == 'text':
            command.text = join([words.take_text('a sentence') for _ in list(words.tokens)])
        elif word == 'is':
            for mark in words.take_words(()):
                if mark not in COMMAND_MARKS:
                    raise Wrong(words.place, "no command is '%s'%s" % (mark, nearest(mark, COMMAND_MARKS)))
                command.marks.add(mark)
        elif word == 'requires':
            others = words.take_words(())
            if not 2 <= len(others) <= 3:
                raise Wrong(words.place, 'expected two or three options, one of which is required')
            command.one_of = (others, words.take_text('a message'))
        elif word == 'run':
            command.run = words.take('a command')
        elif word in VERBS:
            command.steps.append(self.read_step(words, word, text))
            return
        elif word in ('done', 'failed'):
            if not command.steps:
                raise Wrong(words.place, "'%s' of what?" % word)
            setattr(command.steps[-1], word, join([words.take_text('a message') for _ in list(words.tokens)]))
        elif word in OPTION_KINDS:
            command.options.append(self.read_option(words, word))
        elif word in self.model.shared:
            command.options.append(self.model.shared[word])
        else:
            raise Wrong(words.place, "no kind of option, no shared row '%s'%s"
                        % (word, nearest(word, OPTION_KINDS | set(self.model.shared))))
        words.end()

    def read_step(self, words, verb, text):
        condition = kind = None
        if words.tokens[:1] == ['if']:
            words.take('if')
            condition = words.take('an argument')
        if verb in ('makes', 'uuid'):
            kind = words.take('a kind of object')
        if verb == 'uuid':
            return Step(words.place, verb, condition, kind, [])
        calls = [(name, [word.strip() for word in arguments.split(',') if word.strip()])
                 for name, arguments in CALL.findall(text)]
        if not calls:
            raise Wrong(words.place, "expected a call such as virDomainSuspend(domain) behind '%s'" % verb)
        step = Step(words.place, verb, condition, kind, calls)
        step.freed = words.tokens[:1] == ['freed']
        return step

    def read_option(self, words, kind):
        if kind not in OPTION_KINDS:
            raise Wrong(words.place, "no kind of option '%s'%s" % (kind, nearest(kind, OPTION_KINDS)))
        option = Option(words.place, kind, words.take('the name of an option'))
        if kind == 'alias':
            option.values['target'] = words.take('the option that it stands for')
            words.end()
            return option
        if kind in ('object', 'objects'):
            option.values['of'] = option.name
        while words.tokens:
            self.option_word(option, words, words.take('a word'))
        if option.text is None:
            raise Wrong(option.place, "option '%s' is not explained" % option.name)
        if kind in ('word', 'words') and 'words' not in option.values:
            raise Wrong(option.place, "option '%s' takes no words" % option.name)
        return option

    def option_word(self, option, words, word):
        kind = option.kind
        if is_text(word):
            if option.text is not None:
                raise Wrong(words.place, 'a second explanation')
            option.text = word
        elif word in ('excludes', 'needs'):
            others = words.take_words(('excludes', 'needs'))
            message = words.take('') if words.tokens and is_text(words.tokens[0]) else None
            option.rules.append((word, others, message))
        elif word in MARKS:
            option.marks.add(word)
        elif (kind in ('number', 'size') and word in ('from', 'to', 'default', 'unit')) or \
                (kind in ('object', 'objects') and word == 'of'):
            option.values[word] = words.take("what follows '%s'" % word)
        elif kind == 'object' and word == 'by':
            option.values['by'] = words.take_words(MARKS)
        elif kind == 'number' and word == 'refused':
            option.values['refused'] = words.take_text('a message')
        elif kind in ('word', 'words') and word == '=':
            option.values['words'] = words.take_words(MARKS | {'refused'})
            if words.tokens[:1] == ['refused']:
                words.take('refused')
                option.values['refused'] = words.take_text('a message')
        elif kind == 'flag' and re.match(r'([a-z_]+:)?VIR_\w+$', word):
            place, _, bit = word.rpartition(':')
            option.values['bits'], option.values['bit'] = place or 'flags', bit
        else:
            raise Wrong(words.place, "a %s has no '%s'" % (kind, word))


def read_all(paths):
    reader = Reader()
    for path in paths:
        reader.read(path)
    reader.model.check()
    return reader.model
