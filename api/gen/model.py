# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the .api files say, as objects.  The reader fills them, the printers
read them; nothing here knows how an .api file is written."""

import os.path
import re

from kinds import KINDS, OBJECTS, RESULTS

NODES = {'libvirt': 'LIBVIRT_', 'libvirt-qemu': 'LIBVIRT_QEMU_',
         'libvirt-lxc': 'LIBVIRT_LXC_', 'libvirt-admin': 'LIBVIRT_ADMIN_'}


def snake(name):
    """virDomainGetXMLDesc -> domain_get_xml_desc"""
    name = re.sub('^vir(?=[A-Z])', '', name)
    name = re.sub(r'([a-z0-9])([A-Z])', r'\1_\2', name)
    return re.sub(r'([A-Z])([A-Z][a-z])', r'\1_\2', name).lower()


def declare(ctype, name):
    """A C declaration of NAME; arrays are written `char[32]`."""
    array = re.match(r'(.*?)(\[.*\])$', ctype)
    if array:
        return '%s %s%s' % (array.group(1), name, array.group(2))
    return ctype + name if ctype.endswith('*') else '%s %s' % (ctype, name)


class Entry:
    """Where something was said, and since when it exists."""

    name = since = header = file = text = None
    line = 0
    more = ()                       # paragraphs of a full manual text


class XdrField:
    """One item of an XDR struct.  `shape`: 'one', 'array' (limit), 'vector'
    (fixed count) or 'optional'.  `type` is an XDR word (int, unsigned hyper,
    string, opaque, ...) or the name of a wire type.  `source` is the Arg or the
    Result that the item carries (None: neither); `role` says which part of it:
    'value', 'count', 'need' (are results wanted), 'field' (of a struct).  `c_name`
    and `c_count` are the C names of the same thing."""

    def __init__(self, xtype, name, shape='one', limit=None, source=None, role='value',
                 c_name=None, c_count=None):
        self.type, self.name, self.shape, self.limit = xtype, name, shape, limit
        self.source, self.role = source, role
        self.c_name, self.c_count = c_name or name, c_count

    def __repr__(self):
        tail = {'array': '<%s>' % self.limit, 'vector': '[%s]' % self.limit}.get(self.shape, '')
        return '%s %s%s%s' % (self.type, '*' if self.shape == 'optional' else '', self.name, tail)


class Arg:
    """One argument of a call; a counted one stands for two C parameters."""

    def __init__(self, kind, name, word=None, count=None, wire=None, wire_count=None, limit=None,
                 nullable=False, positive=False, natural=False):
        self.positive = positive            # a number that must not be 0
        self.natural = natural              # a number that must not be negative
        self.kind, self.name, self.word, self.count = kind, name, word, count
        self.wire = wire or name            # name of its XDR item
        self.wire_count = wire_count or count
        self.limit, self.nullable = limit, nullable
        self.spec = KINDS[kind]

    @property
    def object(self):
        return OBJECTS.get(self.word if self.kind in ('list', 'handles') else self.kind)

    def c_params(self):
        """[(C type, name)], one or two."""
        return [(self._c_type(ctype), self.name if letter == 'v' else self.count)
                for ctype, letter in self.spec.c]

    def _c_type(self, ctype):
        if 'TYPE' in ctype:
            return ctype.replace('TYPE', self.word)
        if 'OBJECT' in ctype:
            return ctype.replace('OBJECT', self.object.ptr)
        return ctype


class Result:
    """What a call returns."""

    def __init__(self, kind, wire=None, word=None, limit=None, nullable=False):
        self.kind, self.wire, self.word, self.limit, self.nullable = kind, wire, word, limit, nullable
        self.spec = RESULTS[kind]

    @property
    def ctype(self):
        return self.word if self.kind == 'c' else self.spec.ctype

    @property
    def object(self):
        return OBJECTS.get(self.kind)

    @property
    def failure(self):
        """The C value that means failure; None: the call cannot fail."""
        return self.spec.failure


class Permission:
    """What a call needs on an object.  `terms`: [(negated, argument, word)], one of which must
    hold for it to be needed; none: always.  A word is a constant, or the end of the name of a
    flag of the call."""

    def __init__(self, obj, name, condition=None, terms=()):
        self.object, self.name, self.condition, self.terms = obj, name, condition, terms

    def __str__(self):
        return '%s:%s' % (self.object, self.name)


class Permissions(Entry):
    """All that there are on one kind of object.  `granted`: {name: (whether everybody has it where
    nothing else is said, what it allows)}."""

    def __init__(self, name):
        self.name = name
        self.granted = {}


class Access:
    """How an object is told to who decides about it: `name` in permissions, `details` [(key, part or
    PART.part of what it is part of, (argument, constant) or None)], `found` the call that finds it,
    `document` [(part, place in its document)]."""

    def __init__(self, name, details):
        self.name, self.details = name, details
        self.found, self.document = None, []


class About:
    """Where the object of a call's permissions comes from, if no argument is its handle: `how` document,
    name or nothing; `sources` [(argument, macro of the name among typed parameters or None)]."""

    def __init__(self, how, sources):
        self.how, self.sources = how, sources


class Call(Entry):
    """One public function, or one internal call between the layers."""

    def __init__(self, name):
        self.name = name
        self.internal = False       # no public symbol
        self.library = None         # libvirt, libvirt-qemu, ...
        self.family = None          # driver table of the file it stands in
        self.table = None           # driver table, None: no slot
        self.slot = self.slot_line = None       # number in the table; where it is said
        self.program = None         # Program, None: does not cross the wire
        self.wire_name = None       # DOMAIN_SAVE_FLAGS
        self.number = None
        self.priority = 'low'
        self.args = []
        self.result = None
        self.sends = []             # XdrField, derived or said
        self.answers = []
        self.said = set()           # which of sends, answers the entry says itself
        self.needs = 'read'         # read, write, or 'write if ...'
        self.never = []             # groups of flags that exclude each other: [(enum names)]
        self.with_flags = []        # [(flag, [flags of which it needs one])]
        self.errors = []            # [(code, when)] that deserve a word
        self.acl = []               # [Permission]
        self.filter = None          # Permission that each item of a list needs
        self.acl_line = None
        self.about = None           # About
        self.stream = None          # read, write: direction seen from the client
        self.sparse = None          # flag that makes the stream carry holes
        self.fds = None             # call, reply, both
        self.alias = None           # (name of the fuller call, {its argument: C value}) behind `as`
        self.listing = None         # the call that lists handles, of which this old one counts or names some
        self.local = None           # property of the object that the call returns without any driver
        self.hand = set()           # layers written by hand: front, stub, dispatch
        self.unasked = False        # the public function knows the answer: modules/remote leaves the slot empty
        self.stops = False          # afterwards the guest does not run: its handle loses the id
        self.before = None          # login, open: served on a connection that is not so far yet
        self.old_names = []
        self.returns = None         # what the result means, where its kind does not say it
        self.arguments = {}         # C parameter -> what it means, where its kind does not say it
        self.contracts = []         # what a module that fills the slot owes, beside what the kinds say
        self.manuals = []           # names of the Manuals it shares with other calls

    @property
    def slot_name(self):
        """The same word in every layer."""
        if self.wire_name and self.program.name == 'REMOTE':
            return self.wire_name.lower()
        return snake(self.name)

    @property
    def node(self):
        """Symbol version."""
        return NODES[self.library] + self.since

    def c_params(self):
        return [param for arg in self.args for param in arg.c_params()]

    def prototype(self, name=None):
        """Its C declaration, that of a function of another NAME too."""
        params = ', '.join(declare(t, n) for t, n in self.c_params()) or 'void'
        return declare(self.result.ctype, '%s(%s)' % (name or self.name, params))

    def arg(self, name):
        for arg in self.args:
            if name in (arg.name, arg.count):
                return arg
        return None

    def first_object(self):
        """The argument whose connection serves the call; None: a global call."""
        for arg in self.args:
            if arg.object and arg.kind not in ('list', 'handles'):
                return arg
        return None

    def struct_name(self, which):
        """XDR struct of the arguments ('args') or results ('ret'); None if empty."""
        fields = self.sends if which == 'args' else self.answers
        if not fields:
            return None
        return '%s_%s_%s' % (self.program.prefix, self.wire_name.lower(), which)


class Event(Entry):
    """Something that happens, as it reaches a callback and the wire."""

    def __init__(self, name):
        self.name = name            # VIR_DOMAIN_EVENT_ID_LIFECYCLE
        self.id = None              # its number; None: a family of one
        self.callback = None        # name of the callback type
        self.object = None          # Object
        self.object_name = None     # name of the object's XDR item
        self.program = None
        self.wire_name = self.number = None
        self.old_name = self.old_number = None      # without a callback id; payload wrapped as `msg`
        self.fields = []            # XdrField of the payload, object and callback id left out
        self.outer = []             # those of `fields` that only the newer form has, before `msg`
        self.c_fields = []          # [(C type, name)] of the callback between object and opaque

    @property
    def short(self):
        """domain_lifecycle"""
        return re.sub('^vir_|_event_id', '', self.name.lower())

    def wire_fields(self, old=False):
        """XDR items of a message, in order."""
        prefix = self.program.prefix
        head = [XdrField('int', 'callbackID')]
        obj = [] if not self.object else \
            [XdrField('%s_nonnull_%s' % ('remote', self.object.wire), self.object_name)]
        inner = [f for f in self.fields if f not in self.outer]
        if old:
            return obj + inner
        if self.old_name:
            return head + self.outer + [XdrField('%s_%s_msg' % (prefix, self.old_name.lower()), 'msg')]
        if not self.object:
            return self.fields
        return head + obj + self.fields

    def struct_name(self, old=False):
        return '%s_%s_msg' % (self.program.prefix, (self.old_name if old else self.wire_name).lower())


class Constant:
    def __init__(self, name, value, since, text='', sentinel=False, shift=None):
        self.name, self.value, self.since, self.text, self.sentinel = name, value, since, text, sentinel
        self.shift = shift          # said as 1<<shift


class Enum(Entry):
    def __init__(self, name):
        self.name = name            # may be None-like '' for an enum without a typedef
        self.constants = []


class StructField:
    """`xdr` is its wire item, None: does not cross the wire."""

    def __init__(self, ctype, name, text='', xdr=None):
        self.ctype, self.name, self.text, self.xdr = ctype, name, text, xdr


class Struct(Entry):
    """A public struct.  `wire` lists its XDR items in wire order, names are
    those of the C fields."""

    def __init__(self, name):
        self.name = name            # NAMEPtr is its pointer type
        self.tag = '_' + name
        self.typedef = name         # NAME, for some old ones NAMEStruct
        self.fields = []
        self.wire = []
        self.wire_name = None       # remote_vcpu_info: when it travels as a struct of its own


class Manual(Entry):
    """What the manual of several calls says: `errors`, `returns`, `arguments`
    and `more` as in a Call, with {words} that differ from call to call."""

    returns = None

    def __init__(self, name):
        self.name = name
        self.errors = []
        self.arguments = {}


class ObjectType(Entry):
    """An opaque type: virDomain, virDomainPtr.  `handle` is its kinds.Object,
    None where calls do not name it."""

    handle = library = program = lists_line = access_line = None


class Callback(Entry):
    def __init__(self, name):
        self.name = name
        self.ctype = 'void'
        self.params = []            # [(C type, name)]


class Typedef(Entry):
    ctype = None


class Macro(Entry):
    """`params` None: a plain value; `string`: the value is a string literal."""

    value = params = None
    string = False


class Variable(Entry):
    """A public variable."""

    ctype = library = None
    node = property(lambda self: NODES[self.library] + self.since)


class WireType(Entry):
    """`form`: 'struct', 'alias' (one field, its type is another name for it),
    'enum' ([(name, value)]), 'union' (switch type, [(case, XdrField)])."""

    form = None

    def __init__(self, name):
        self.name = name
        self.fields = []
        self.cases = []
        self.switch = None


class Program(Entry):
    number = None
    version = 1
    prefix = property(lambda self: self.name.lower())


class Api:
    """All of it, in the order of the files."""

    def __init__(self):
        self.programs, self.wire_types = {}, {}
        self.calls, self.events, self.enums, self.structs = [], [], [], []
        self.objects, self.callbacks, self.typedefs, self.macros, self.variables = [], [], [], [], []
        self.order = {}             # header -> entries in the order of the files
        self.libraries = {}         # header -> library
        self.about = {}             # header -> what its file is about
        self.modules = {}           # header -> the `module` of its functions in the description in XML
        self.manuals = {}           # name -> Manual
        self.permissions = {}       # object -> Permissions

    def call(self, name):
        return next((c for c in self.calls if c.name == name), None)

    def public(self):
        return [c for c in self.calls if not c.internal]

    def handles(self):
        """The kinds of handles that the core makes."""
        return [o.handle for o in self.objects if o.handle and o.library == 'libvirt']

    def tables(self):
        """{table: [calls by slot number]}"""
        tables = {}
        for call in self.calls:
            if call.slot is not None:
                tables.setdefault(call.table, []).append(call)
        for calls in tables.values():
            calls.sort(key=lambda c: c.slot)
        return tables

    def procedures(self, program):
        """Calls of a program that cross the wire, by number."""
        return sorted((c for c in self.calls if c.program and c.program.name == program),
                      key=lambda c: c.number)

    def access_object(self, name):
        """The kinds.Object that permissions call so; None for the connection."""
        return next((o.handle for o in self.objects if o.handle and o.handle.access and o.handle.access.name == name),
                    None)

    def handles_in(self, arg):
        """[(path of parts, kinds.Object)]: the handles of an argument that somebody may need permissions on."""
        def below(handle, path):
            if handle.access:
                return [(path, handle)]
            return [found for part in handle.parts if part.object for found in below(part.object, path + [part.wire])]
        return below(arg.object, []) if arg.object and arg.kind != 'list' else []

    def object_of(self, call, rule):
        """How the object of a rule of CALL is known: 'handle' of an argument, 'result', or as `about` says."""
        if call.about:
            return call.about.how
        if any(handle.access.name == rule.object for arg in call.args for _, handle in self.handles_in(arg)):
            return 'handle'
        gives = call.result.object and call.result.object.access
        return 'result' if gives and gives.name == rule.object and rule.name == 'getattr' else None

    def listing_of(self, call):
        """The call behind `as` if it lists handles and CALL only counts or names them."""
        target = self.call(call.alias[0]) if call.alias else None
        lists = [any(a.kind == 'list' for a in c.args) for c in (target, call) if c]
        return target if lists == [True, False] else None

    def values_of(self, call, argument, word):
        """The values that WORD of a permission can mean."""
        arg = call.arg(argument)
        enum = arg and arg.kind == 'flags' and self.enum(arg.word)
        if enum:
            return {c.value for c in enum.constants if c.name == word or c.name.endswith('_' + word)}
        constant = arg and self.constant(word)
        return {constant.value} if constant else set()

    def constant(self, name):
        for enum in self.enums:
            for constant in enum.constants:
                if constant.name == name:
                    return constant
        return None

    def flag_prefix(self, call):
        """What the names of all flags of CALL begin with; empty: it takes none."""
        arg = next((a for a in call.args if a.kind == 'flags'), None)
        enum = arg and self.enum(arg.word)
        names = [constant.name for constant in enum.constants] if enum else ['']
        return re.match('(.*_)?', os.path.commonprefix(names)).group(0)

    def struct(self, name):
        return next((s for s in self.structs if s.name == name), None)

    def enum(self, name):
        return next((e for e in self.enums if e.name == name), None)
