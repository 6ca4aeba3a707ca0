# SPDX-License-Identifier: LGPL-2.1-or-later
"""The argument and result kinds that an .api entry may use: a closed set, and
the objects that `object` entries add.

A kind knows the C parameters that it stands for and what of it crosses the
wire.  `v` is the argument's name, `n` the name of its count (NAME+COUNT)."""


class Object:
    """What an `object` entry says of its handles: the word for them in `takes`
    and `gives`, their C type, the word in the names of C functions, that of their
    wire type (None: they do not travel), the parts that a handle remembers, and what
    it is for people ("A guest.")."""

    def __init__(self, kind, ctype, word=None, wire=None, text=None):
        self.kind, self.ctype, self.word, self.wire = kind, ctype, word or kind, wire
        self.text = text or 'A %s.' % kind
        self.parts = []             # Arg, in wire order
        self.sent = None            # XDR name of the part as which alone an argument travels; None: as a whole
        self.access = None          # model.Access
        self.lists = None           # (name of the call that lists them, [[ends of flags of which one holds]])

    @property
    def ptr(self):
        return self.ctype + 'Ptr'

    @property
    def constant(self):
        """Its number in the core."""
        return 'VIR_KIND_' + self.word.upper()

    @property
    def parent(self):
        """The part that is a handle itself; None: the connection comes first."""
        return next((part for part in self.parts if part.object), None)

    @property
    def own(self):
        """The parts that belong to this handle alone."""
        return [part for part in self.parts if not part.object]


OBJECTS = {}

# kind -> (C type, XDR type)
SCALARS = {
    'int': ('int', 'int'),
    'uint': ('unsigned int', 'unsigned int'),
    'llong': ('long long', 'hyper'),
    'ullong': ('unsigned long long', 'unsigned hyper'),
    'ulong': ('unsigned long', 'unsigned hyper'),
    'size': ('size_t', 'unsigned int'),
}


class Kind:
    """One kind of argument.

    c       C parameters in order, as (type, 'v' or 'n')
    sends   XDR items of the arguments struct, as (type, name letter or fixed name)
    answers XDR items of the result struct
    word    what follows the kind's name: None, 'object', 'enum', 'struct', 'callback'
    out     the call writes through it
    local   nothing of it crosses the wire by itself"""

    def __init__(self, c, sends=(), answers=(), word=None, out=False, local=False):
        self.c, self.sends, self.answers = c, sends, answers
        self.word, self.out, self.local = word, out, local
        self.counted = any(letter == 'n' for _, letter in c)


def _kinds():
    table = {
        'string': Kind([('const char *', 'v')], [('STRING', 'v')]),
        # a file name: made absolute before it is passed on
        'path': Kind([('const char *', 'v')], [('STRING', 'v')]),
        'uuid': Kind([('const unsigned char *', 'v')], [('remote_uuid', 'v')]),
        'uuid-text': Kind([('const char *', 'v')], local=True),
        'uuid-out': Kind([('unsigned char *', 'v')], out=True, local=True),
        'uuid-text-out': Kind([('char *', 'v')], out=True, local=True),
        'flags': Kind([('unsigned int', 'v')], [('unsigned int', 'v')], word='enum'),
        'strings': Kind([('const char **', 'v'), ('unsigned int', 'n')], [('NONNULL_STRING<>', 'v')]),
        'uints': Kind([('unsigned int *', 'v'), ('int', 'n')], [('unsigned int<>', 'v')]),
        'bytes': Kind([('const unsigned char *', 'v'), ('size_t', 'n')], [('opaque<>', 'v')]),
        'cpumap': Kind([('unsigned char *', 'v'), ('int', 'n')], [('opaque<>', 'v')]),
        'params': Kind([('virTypedParameterPtr', 'v'), ('int', 'n')], [('PARAM<>', 'v')]),
        'fd': Kind([('int', 'v')], local=True),
        'fds': Kind([('unsigned int', 'n'), ('int *', 'v')], local=True),
        'callback': Kind([('TYPE', 'v')], word='callback', local=True),
        'opaque': Kind([('void *', 'v')], local=True),
        'freecb': Kind([('virFreeCallback', 'v')], local=True),
        # written by the call
        'string-new': Kind([('char **', 'v')], answers=[('STRING', 'v')], out=True),
        'bytes-new': Kind([('unsigned char **', 'v'), ('size_t *', 'n')], answers=[('opaque<>', 'v')], out=True),
        'strings-new': Kind([('char ***', 'v')], answers=[('NONNULL_STRING<>', 'v')], out=True),
        'names': Kind([('char ** const', 'v'), ('int', 'n')], [('int', 'n')],
                      [('NONNULL_STRING<>', 'v')], out=True),
        'names-old': Kind([('char **', 'v'), ('int', 'n')], [('int', 'n')],
                          [('NONNULL_STRING<>', 'v')], out=True),
        'ids': Kind([('int *', 'v'), ('int', 'n')], [('int', 'n')], [('int<>', 'v')], out=True),
        'params-fill': Kind([('virTypedParameterPtr', 'v'), ('int *', 'n')], [('int', 'n')],
                            [('PARAM<>', 'v'), ('int', 'n')], out=True),
        'params-new': Kind([('virTypedParameterPtr *', 'v'), ('int *', 'n')],
                           answers=[('PARAM<>', 'v')], out=True),
        'list': Kind([('OBJECT **', 'v')], [('int', 'need_results')], [('NONNULL_OBJECT<>', 'v')],
                     word='object', out=True),
        'handles': Kind([('OBJECT *', 'v')], word='object', local=True),
        'cpumaps-fill': Kind([('unsigned char *', 'v'), ('int', 'n')], [('int', 'n')],
                             [('opaque<>', 'v')], out=True),
        'buffer': Kind([('size_t', 'n'), ('void *', 'v')], [('unsigned int', 'n')],
                       [('opaque<>', 'v')], out=True),
        'struct': Kind([('TYPEPtr', 'v')], answers=[('FIELDS', 'v')], word='struct', out=True),
        'array': Kind([('TYPEPtr', 'v'), ('int', 'n')], [('int', 'n')], [('WIRE<>', 'v')],
                      word='struct', out=True),
        'uarray': Kind([('TYPEPtr', 'v'), ('unsigned int', 'n')], [('unsigned int', 'n')],
                       [('WIRE<>', 'v')], word='struct', out=True),
        'array-new': Kind([('TYPEPtr **', 'v')], answers=[('WIRE<>', 'v')], word='struct', out=True),
        # how many there are, for a caller who makes room for as many
        'count*': Kind([('int *', 'v')], answers=[('int', 'v')], out=True),
        # any other C type, as c(TYPE): nothing crosses the wire unless `sends` and `answers` say so
        'c': Kind([('TYPE', 'v')], word='c', local=True),
    }
    for name, (ctype, xdr) in SCALARS.items():
        table[name] = Kind([(ctype, 'v')], [(xdr, 'v')])
        table[name + '*'] = Kind([(ctype + ' *', 'v')], answers=[(xdr, 'v')], out=True)
    for obj in OBJECTS.values():
        sends = [('OBJECT', 'v')] if obj.wire else []
        table[obj.kind] = Kind([(obj.ptr, 'v')], sends, local=not obj.wire)
    return table


class ResultKind:
    """One kind of result: C type, XDR type, the C value that says failure."""

    def __init__(self, ctype, xdr, failure, first=False):
        self.ctype, self.xdr, self.failure, self.first = ctype, xdr, failure, first


_RESULTS = {
    'status': ResultKind('int', None, '-1'),
    'void': ResultKind('void', None, None),
    'int': ResultKind('int', 'int', '-1'),
    'uint': ResultKind('int', 'unsigned int', '-1'),    # an int that travels unsigned
    'bool': ResultKind('int', 'int', '-1'),
    'ulong': ResultKind('unsigned long', 'unsigned hyper', '0'),
    'ullong': ResultKind('unsigned long long', 'unsigned hyper', '0'),
    'string': ResultKind('char *', 'STRING', 'NULL', first=True),
    'borrowed': ResultKind('const char *', 'STRING', 'NULL', first=True),
    'bytes': ResultKind('unsigned char *', None, 'NULL', first=True),
    'c': ResultKind('TYPE', None, None),
}

KINDS, RESULTS = {}, {}


def learn(objects):
    """Objects are kinds of argument and of result; the .api files name them."""
    for table in (OBJECTS, KINDS, RESULTS):
        table.clear()
    OBJECTS.update((o.kind, o) for o in objects)
    KINDS.update(_kinds())
    RESULTS.update(_RESULTS)
    RESULTS.update((o.kind, ResultKind(o.ptr, 'OBJECT' if o.wire else None, 'NULL', first=True))
                   for o in objects)
