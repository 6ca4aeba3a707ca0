# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads .api files into the model.  A file is a list of entries; an entry is a
line in column 0 and its indented `key  value` lines; a line indented deeper
than its key continues the value.  `#` at the start of a line, or after two
spaces, begins a comment.  README.md in the folder above shows every key."""

import os
import re

import kinds
import model
from items import (ItemError, constant_item, nearest, read_about, read_access, read_acl, read_arg, read_document,
                   read_result, read_xdr, split_items)
from lines import Problem, entries_of

SETTINGS = ('about', 'header', 'library', 'module', 'table')
# What a handle can remember, beside another handle.
PARTS = ('string', 'uuid') + tuple(kinds.SCALARS)
HANDLE = re.compile(r'[a-z][a-z-]*(\s+[a-z][a-z_]*)?$')
VERSION = re.compile(r'\d+\.\d+\.\d+$')


class Reader:
    """Reads files into one Api; collects the problems it meets."""

    def __init__(self):
        self.api = model.Api()
        self.problems = []
        self.file = None
        self.now = {}               # settings of the file: header, library, table, program

    def read(self, path):
        self.file = os.path.basename(path)
        self.now = {'library': 'libvirt', 'program': 'REMOTE'}
        try:
            for line, head, keys in entries_of(path):
                try:
                    self.entry(line, head, keys)
                except Problem as problem:
                    self.problems.append(problem)
        except Problem as problem:
            self.problems.append(problem)

    def entry(self, line, head, keys):
        word, _, rest = head.partition(' ')
        rest = rest.strip()
        if word in SETTINGS:
            self.now[word] = rest
            if word == 'module':
                self.api.modules[self.now['header']] = rest
            if word == 'header':
                self.api.libraries[rest] = self.now['library']
                if rest == 'libvirt-%s.h' % self.file[:-4]:     # its main file speaks for it
                    self.api.about[rest] = self.now.get('about')
                self.api.about.setdefault(rest, self.now.get('about'))
            return
        if word == 'program' and not keys:
            self.need_program(line, rest)
            self.now['program'] = rest
            return
        reader = getattr(self, 'read_' + word.replace('-', '_'), None)
        if not reader:
            words = sorted(n[5:].replace('_', '-') for n in dir(self) if n.startswith('read_'))
            raise Problem(self.file, line, "'%s' begins no entry%s" % (word, nearest(word, words)),
                          'one of ' + ', '.join(words + list(SETTINGS)))
        if not rest:
            raise Problem(self.file, line, '%s without a name' % word, '`%s NAME`' % word)
        reader(line, rest, keys)

    def start(self, entry, line):
        entry.file, entry.line = self.file, line
        entry.header = self.now.get('header')
        self.api.order.setdefault(entry.header, []).append(entry)
        return entry

    def keys(self, entry, keys, allowed, repeat=()):
        """{key: (line, value)}; refuses unknown and doubled keys."""
        found = {}
        for line, key, value in keys:
            if key not in allowed:
                raise Problem(entry, line, "unknown key '%s'%s" % (key, nearest(key, allowed)),
                              'one of ' + ', '.join(allowed))
            if key in found and key not in repeat + ('more',):
                raise Problem(entry, line, "'%s' said twice" % key, 'one line (longer indent continues it)')
            found.setdefault(key, []).append((line, value))
        entry.since = self.version(entry, found.pop('since', [None])[0])
        entry.text = found.pop('text', [(0, None)])[0][1]
        entry.more = [value for _, value in found.pop('more', [])]
        return {key: (value if key in repeat else value[0]) for key, value in found.items()}

    def version(self, entry, said):
        if said and not VERSION.match(said[1]):
            raise Problem(entry, said[0], "'%s' is no version" % said[1], '`since 0.9.4`')
        return said[1] if said else None

    def need_program(self, line, name):
        if name not in self.api.programs:
            raise Problem(self.file, line, "unknown program '%s'" % name,
                          'one of ' + ', '.join(self.api.programs))

    def guard(self, entry, line, function, *args):
        """Runs an item reader; its complaint gets a place."""
        try:
            return function(*args)
        except ItemError as error:
            raise Problem(entry, line, error.what, error.expected) from None

    # ---- calls ----------------------------------------------------------

    CALL_KEYS = ('since', 'internal', 'slot', 'wire', 'takes', 'gives', 'sends', 'answers', 'needs',
                 'never', 'flag', 'acl', 'about', 'filter', 'stream', 'fds', 'as', 'local', 'unasked', 'stops',
                 'before', 'hand', 'was', 'contract', 'error',
                 'manual', 'argument', 'returns', 'text', 'more')

    def read_call(self, line, name, keys):
        call = self.start(model.Call(name), line)
        said = self.keys(call, keys, self.CALL_KEYS, repeat=('never', 'flag', 'contract', 'error', 'argument'))
        call.library, call.family = self.now['library'], self.now.get('table')
        call.internal = 'internal' in said
        if 'slot' in said:
            self.call_slot(call, *said['slot'])
        if 'wire' in said:
            self.call_wire(call, *said['wire'])
        xdr = self.now['program'] if not call.program else call.program.name
        takes_line, takes = said.get('takes', (line, ''))
        call.args = [self.guard(call, takes_line, read_arg, item) for item in split_items(takes)]
        gives_line, gives = said.get('gives', (line, 'status'))
        call.result = self.guard(call, gives_line, read_result, gives)
        for which in ('sends', 'answers'):
            if which in said:
                fields = [self.guard(call, said[which][0], read_xdr, item, xdr)
                          for item in split_items(said[which][1]) if item != '-']
                setattr(call, which, fields)
                call.said.add(which)
        self.call_rules(call, said)
        self.api.calls.append(call)

    def call_slot(self, call, line, value):
        words = value.split()
        if len(words) == 2:
            table = words.pop(0)
        else:
            table = self.now.get('table')
        if len(words) != 1 or not words[0].isdigit() or not table:
            raise Problem(call, line, "'%s' is no slot" % value, '`slot 57` or `slot TABLE 57`')
        call.table, call.slot, call.slot_line = table, int(words[0]), line

    def call_wire(self, call, line, value):
        match = re.match(r'([A-Z][A-Z0-9_]*)\s+(\d+)(?:\s+(low|high))?$', value)
        if not match:
            raise Problem(call, line, "'%s' is no wire procedure" % value, '`wire NAME NUMBER low|high`')
        self.need_program(line, self.now['program'])
        call.program = self.api.programs[self.now['program']]
        call.wire_name, call.number = match.group(1), int(match.group(2))
        call.priority = match.group(3) or 'low'

    def call_rules(self, call, said):
        if 'needs' in said:
            line, call.needs = said['needs']
            if not re.match(r'(read|write|none|write if \S+)$', call.needs):
                raise Problem(call, line, "'%s' is no need" % call.needs,
                              '`read`, `write`, `write if FLAG|FLAG` or `write if ARGUMENT=VALUE`')
        for line, value in said.get('never', []):
            call.never.append(tuple(value.replace(' ', '').split('+')))
            if len(call.never[-1]) < 2:
                raise Problem(call, line, "'%s' excludes nothing" % value, '`never FLAG+FLAG`')
        for line, value in said.get('flag', []):
            match = re.match(r'(\w+) needs ([\w|]+)$', value)
            if not match:
                raise Problem(call, line, "cannot read 'flag %s'" % value, '`flag FLAG needs FLAG|FLAG`')
            call.with_flags.append((match.group(1), match.group(2).split('|')))
        self.manual_keys(call, said)
        call.contracts = [value for _, value in said.get('contract', [])]
        call.manuals = said.get('manual', (0, ''))[1].split()
        call.acl_line = said.get('acl', (None, None))[0]
        for key in ('acl', 'filter'):
            if key in said:
                setattr(call, key, self.guard(call, said[key][0], read_acl, said[key][1]))
        if call.filter:
            call.filter = call.filter[0]
        if 'about' in said:
            call.about = self.guard(call, said['about'][0], read_about, said['about'][1])
        call.local = said.get('local', (0, None))[1]
        call.unasked, call.stops = 'unasked' in said, 'stops' in said
        for key, words in (('stream', ('read', 'write')), ('fds', ('call', 'reply', 'both')),
                           ('before', ('login', 'open'))):
            if key in said:
                line, value = said[key]
                value, _, sparse = value.partition(' sparse=')
                if value not in words:
                    raise Problem(call, line, "%s '%s'" % (key, value), 'one of ' + ', '.join(words))
                setattr(call, key, value)
                call.sparse = sparse or call.sparse
        if 'as' in said:
            call.alias_line, value = said['as']
            words = value.split()
            if not words or not all('=' in word for word in words[1:]):
                raise Problem(call, call.alias_line, "cannot read 'as %s'" % value, '`as CALL ARGUMENT=VALUE ...`')
            call.alias = (words[0], dict(word.split('=', 1) for word in words[1:]))
        if 'hand' in said:
            call.hand = set(said['hand'][1].split())
            if not call.hand or call.hand - {'front', 'stub', 'dispatch'}:
                raise Problem(call, said['hand'][0], "'%s' is no layer" % said['hand'][1],
                              '`hand` and some of front, stub, dispatch')
        call.old_names = said.get('was', (0, ''))[1].split()

    def manual_keys(self, entry, said):
        """What calls and manuals say alike."""
        for line, value in said.get('error', []):
            match = re.match(r'(VIR_ERR_\w+) (.+)$', value)
            if not match:
                raise Problem(entry, line, "cannot read 'error %s'" % value, '`error VIR_ERR_CODE when`')
            entry.errors.append(match.groups())
        for line, value in said.get('argument', []):
            name, _, words = value.partition(' ')
            if not words:
                raise Problem(entry, line, "'argument %s' says nothing" % value, '`argument NAME meaning`')
            entry.arguments[name] = words.strip()
        entry.returns = said.get('returns', (0, None))[1]

    def read_manual(self, line, name, keys):
        entry = model.Manual(name)
        entry.file, entry.line = self.file, line
        self.manual_keys(entry, self.keys(entry, keys, ('error', 'argument', 'returns', 'more'),
                                          repeat=('error', 'argument')))
        if name in self.api.manuals:
            raise Problem(entry, line, "manual '%s' is there already" % name, 'another name')
        self.api.manuals[name] = entry

    # ---- events ---------------------------------------------------------

    def read_event(self, line, name, keys):
        event = self.start(model.Event(name), line)
        said = self.keys(event, keys, ('since', 'calls', 'on', 'wire', 'old', 'carries', 'outer', 'text',
                                       'more'))
        self.need_program(line, self.now['program'])
        event.program = self.api.programs[self.now['program']]
        if 'wire' not in said:
            raise Problem(event, line, '%s has no `wire`' % name, '`wire NAME NUMBER`')
        event.callback = said.get('calls', (0, None))[1]
        if 'on' in said:
            arg = self.guard(event, said['on'][0], read_arg, said['on'][1])
            event.object, event.object_name = arg.object, arg.name
        for key, prefix in (('wire', ''), ('old', 'old_')):
            if key not in said:
                continue
            match = re.match(r'([A-Z0-9_]+)\s+(\d+)$', said[key][1])
            if not match:
                raise Problem(event, said[key][0], "'%s' is no wire message" % said[key][1],
                              '`%s NAME NUMBER`' % key)
            setattr(event, prefix + ('name' if prefix else 'wire_name'), match.group(1))
            setattr(event, prefix + 'number', int(match.group(2)))
        if 'carries' in said:
            event.fields = [self.guard(event, said['carries'][0], read_xdr, item, event.program.name)
                            for item in split_items(said['carries'][1])]
        outer = said.get('outer', (0, ''))[1].split()
        event.outer = [f for f in event.fields if f.name in outer]
        self.api.events.append(event)

    # ---- types ----------------------------------------------------------

    def read_enum(self, line, head, keys):
        name, _, since = head.partition(' ')
        enum = self.start(model.Enum(name), line)
        enum.since = self.version(enum, (line, since.strip()) if since else None)
        for number, key, value in keys:
            if key == 'text':
                enum.text = value
                continue
            enum.constants.append(self.guard(enum, number, constant_item, key, value, enum.since))
        self.api.enums.append(enum)

    def read_struct(self, line, name, keys):
        struct = self.start(model.Struct(name), line)
        said = self.keys(struct, keys, ('since', 'tag', 'field', 'wire', 'wire-name', 'typedef', 'text',
                                        'more'), repeat=('field',))
        struct.tag = said.get('tag', (0, struct.tag))[1]
        struct.typedef = said.get('typedef', (0, name))[1]
        for number, value in said.get('field', []):
            decl, _, text = value.partition(' -- ')
            match = re.match(r'(.*?[\s*])(\w+)(\[\w+\])?$|(union \{.*\}) (\w+)$', decl.strip())
            if not match:
                raise Problem(struct, number, "'%s' is no field" % decl, '`field TYPE NAME -- meaning`')
            ctype = match.group(4) or match.group(1).strip() + (match.group(3) or '')
            if match.group(1) and match.group(1).endswith('*') and not ctype.endswith(']'):
                ctype = match.group(1).strip()
            struct.fields.append(model.StructField(ctype, match.group(2) or match.group(5), text.strip()))
        if 'wire' in said:
            struct.wire = [self.guard(struct, said['wire'][0], read_xdr, item, self.now['program'])
                           for item in split_items(said['wire'][1])]
        if 'wire-name' in said:
            struct.wire_name = said['wire-name'][1]
            wire = model.WireType(struct.wire_name)
            wire.form, wire.fields, wire.struct = 'struct', struct.wire, struct
            wire.file, wire.line = self.file, line
            self.api.wire_types[wire.name] = wire
        self.api.structs.append(struct)

    def read_object(self, line, name, keys):
        entry = self.start(model.ObjectType(), line)
        entry.name = name
        said = self.keys(entry, keys, ('since', 'handle', 'wire-name', 'parts', 'sent', 'lists', 'access', 'found',
                                       'document', 'text', 'more'))
        entry.library, entry.program = self.now['library'], self.now['program']
        self.api.objects.append(entry)
        for key in ('parts', 'wire-name', 'sent', 'lists', 'access'):
            if key in said and 'handle' not in said:
                raise Problem(entry, said[key][0], '%s of no handle' % key, '`handle KIND` above it')
        if 'handle' not in said:
            return
        line, value = said['handle']
        if not HANDLE.match(value):
            raise Problem(entry, line, "'%s' names no handle" % value, '`handle KIND` or `handle KIND C-WORD`')
        entry.handle = kinds.OBJECTS[value.split()[0]]
        if entry.handle.ctype != name:
            raise Problem(entry, line, "'%s' is the kind of %s" % (entry.handle.kind, entry.handle.ctype))
        line, value = said.get('parts', (line, ''))
        entry.handle.parts = [self.handle_part(entry, line, item) for item in split_items(value)]
        if len(entry.handle.parts) > len(entry.handle.own) + 1:
            raise Problem(entry, line, 'two other handles in one', 'one at the most')
        if 'sent' in said:
            line, entry.handle.sent = said['sent']
            if [part.wire for part in entry.handle.parts] != [entry.handle.sent]:
                raise Problem(entry, line, "'%s' is not all that it remembers" % entry.handle.sent,
                              'its only part')
        if 'lists' in said:
            line, value = said['lists']
            call, _, groups = value.partition(' ')
            entry.handle.lists = (call, [group.split() for group in split_items(groups)])
            entry.lists_line = line
        if 'access' in said:
            entry.access_line = said['access'][0]
            entry.handle.access = self.guard(entry, entry.access_line, read_access, said['access'][1])
            entry.handle.access.found = said.get('found', (0, None))[1]
            if 'document' in said:
                entry.handle.access.document = self.guard(entry, said['document'][0], read_document,
                                                          said['document'][1])

    def read_permissions(self, line, name, keys):
        entry = model.Permissions(name)
        entry.file, entry.line = self.file, line
        for number, key, value in keys:
            match = re.match(r'(anybody\s+)?(\S.*)$', value)
            if not match or key in entry.granted:
                raise Problem(entry, number, "cannot read '%s %s'" % (key, value),
                              '`NAME [anybody] what it allows`, once')
            entry.granted[key] = (bool(match.group(1)), match.group(2))
        self.api.permissions[name] = entry

    def handle_part(self, entry, line, item):
        part = self.guard(entry, line, read_arg, item)
        if part.kind not in PARTS and not (part.object and part.object.wire):
            raise Problem(entry, line, "'%s' is no part of a handle" % item,
                          'an object that travels, or one of ' + ', '.join(PARTS))
        return part

    def read_callback(self, line, name, keys):
        entry = self.start(model.Callback(name), line)
        said = self.keys(entry, keys, ('since', 'takes', 'gives', 'text', 'more'))
        entry.ctype = said.get('gives', (0, 'void'))[1]
        for item in split_items(said.get('takes', (0, ''))[1]):
            match = re.match(r'(.*[\s*])(\w+)$', item)
            if not match:
                raise Problem(entry, said['takes'][0], "'%s' is no C parameter" % item, '`TYPE NAME`')
            entry.params.append((match.group(1) if match.group(1).endswith('*') else
                                 match.group(1).strip(), match.group(2)))
        self.api.callbacks.append(entry)

    def read_typedef(self, line, head, keys):
        entry = self.start(model.Typedef(), line)
        entry.name, _, entry.ctype = head.partition(' ')
        entry.ctype = entry.ctype.strip()
        self.keys(entry, keys, ('since', 'text', 'more'))
        self.api.typedefs.append(entry)

    def read_macro(self, line, head, keys):
        entry = self.start(model.Macro(), line)
        match = re.match(r'(\w+)(?:\(([\w, ]*)\))?\s*(.*)$', head)
        if not match:
            raise Problem(self.file, line, "'%s' is no macro" % head, '`macro NAME VALUE` or `macro NAME(PARAMS)`')
        entry.name, params, value = match.groups()
        said = self.keys(entry, keys, ('since', 'body', 'text', 'more'))
        entry.params = None if params is None else [p.strip() for p in params.split(',')]
        entry.value = said['body'][1] if 'body' in said else value
        entry.string = entry.value.startswith('"')
        if not entry.value:
            raise Problem(entry, line, 'macro without a value', '`macro NAME VALUE` or a `body` line')
        self.api.macros.append(entry)

    def read_variable(self, line, head, keys):
        entry = self.start(model.Variable(), line)
        entry.ctype, _, entry.name = head.rpartition(' ')
        entry.library = self.now['library']
        self.keys(entry, keys, ('since', 'text', 'more'))
        self.api.variables.append(entry)

    # ---- wire -----------------------------------------------------------

    def read_program(self, line, head, keys):
        entry = self.start(model.Program(), line)
        entry.name = head
        said = self.keys(entry, keys, ('since', 'number', 'text', 'more'))
        line, number = said.get('number', (line, ''))
        if not re.match(r'0x[0-9a-f]{8}$', number):
            raise Problem(entry, line, "'%s' is no number of a program" % number, '`number 0x20008086`')
        entry.number = int(number, 0)
        self.api.programs[head] = entry

    def read_wire_type(self, line, head, keys):
        name, _, alias = head.partition(' ')
        entry = model.WireType(name)
        entry.file, entry.line = self.file, line
        program = self.now['program']
        if alias:
            entry.form = 'alias'
            entry.fields = [self.guard(entry, line, read_xdr, alias, program)]
        for number, key, value in keys:
            if key == 'field':
                entry.form = 'struct'
                entry.fields.append(self.guard(entry, number, read_xdr, value, program))
            elif key == 'value':
                entry.form = 'enum'
                match = re.match(r'(\w+) (\d+)$', value)
                if not match:
                    raise Problem(entry, number, "cannot read 'value %s'" % value, '`value NAME NUMBER`')
                entry.cases.append((match.group(1), int(match.group(2))))
            elif key == 'switch':
                entry.form, entry.switch = 'union', value
            elif key == 'case':
                case, _, item = value.partition(' ')
                if not case.isdigit():
                    raise Problem(entry, number, "cannot read 'case %s'" % value, '`case NUMBER XDR-ITEM`')
                entry.cases.append((int(case), self.guard(entry, number, read_xdr, item.strip(), program)))
            else:
                raise Problem(entry, number, "unknown key '%s'" % key, 'field, value, switch or case')
        self.api.wire_types[name] = entry


def objects_of(paths):
    """The objects of these files, which must be known before any call is read."""
    for path in paths:
        for _, head, keys in entries_of(path):
            said = {key: value for _, key, value in keys}
            words = said.get('handle', '').split()
            if head.startswith('object ') and words:
                word = words[-1]
                yield kinds.Object(words[0], head[7:].strip(), word,
                                   said.get('wire-name', word if 'parts' in said else None), said.get('text'))


def read_files(paths):
    """(Api, [problems]) of these files; wire.api must come first."""
    reader = Reader()
    paths = sorted(paths, key=lambda p: (os.path.basename(p) != 'wire.api', p))
    try:
        kinds.learn(list(objects_of(paths)))
    except Problem as problem:
        return reader.api, [problem]
    for path in paths:
        reader.read(path)
    return reader.api, reader.problems
