# SPDX-License-Identifier: LGPL-2.1-or-later
"""How XDR structs lie in C: the members of the C struct, the rows of the
table that the encoder walks, the fewest bytes on the wire."""

# XDR word -> (C type, kind of the row, bytes on the wire)
NUMBERS = {
    'int': ('int', 'XDR_INT', 4),
    'unsigned int': ('unsigned int', 'XDR_UINT', 4),
    'hyper': ('long long', 'XDR_HYPER', 8),
    'unsigned hyper': ('unsigned long long', 'XDR_UHYPER', 8),
    'char': ('int', 'XDR_INT', 4),
    'unsigned char': ('unsigned int', 'XDR_UINT', 4),
    'unsigned short': ('unsigned int', 'XDR_UINT', 4),
}
ELEMENTS = {'int': 'xdr_int', 'unsigned int': 'xdr_uint', 'hyper': 'xdr_hyper',
            'unsigned hyper': 'xdr_uhyper', 'string': 'xdr_string'}
# Laid out by hand in rpc/params.c, straight onto the public struct.
BY_HAND = {'remote_typed_param': ('virTypedParameter', 12)}


class Layout:
    """Knows every wire type of an Api.  A type that travels as a public struct
    is laid out onto that struct."""

    def __init__(self, api):
        self.api = api
        self.messages = {}          # name of a message -> (its fields, the table that serves it)

    # ---- one type -----------------------------------------------------------

    def resolve(self, field):
        """(word, shape, limit) with aliases followed; `string` and `string?` are words of ours."""
        word, shape, limit = field.type, field.shape, field.limit
        if word.endswith('_nonnull_string'):
            return 'string', shape, limit
        if word.endswith('_string') and word in self.api.wire_types:
            return 'string?', shape, limit
        wire = self.api.wire_types.get(word)
        if wire and wire.form == 'alias':
            inner = wire.fields[0]
            if shape == 'one':
                return self.resolve(inner)
            return self.resolve(inner)[0], shape, limit
        return word, shape, limit

    def string_max(self):
        return self.api.wire_types['remote_nonnull_string'].fields[0].limit

    def public(self, word):
        """The public struct that a wire type lies on, or None.  One that holds an
        object cannot be used: a handle is no XDR."""
        wire = self.api.wire_types.get(word)
        struct = getattr(wire, 'struct', None)
        if struct and not any('_nonnull_' in f.type and not f.type.endswith('string') for f in struct.wire):
            return struct
        return None

    def c_type(self, word):
        """The C type of one value of WORD."""
        if word in BY_HAND:
            return BY_HAND[word][0]
        if word in NUMBERS:
            return NUMBERS[word][0]
        if word in ('string', 'string?'):
            return 'char *'
        if self.is_enum(word):
            return 'int'
        struct = self.public(word)
        return 'struct ' + (struct.tag if struct else word)

    def is_enum(self, word):
        wire = self.api.wire_types.get(word)
        return bool(wire) and wire.form == 'enum'

    def descriptor(self, word):
        """The C name of the table of WORD."""
        if word in ELEMENTS:
            return ELEMENTS[word]
        if word in self.messages:
            return 'xdr_' + self.messages[word][1]
        return 'xdr_' + word

    # ---- members ------------------------------------------------------------

    def member(self, field):
        """C declarations of a field in a struct of ours."""
        word, shape, limit = self.resolve(field)
        name = field.name
        if shape == 'vector':
            return ['%s %s[%d];' % ('unsigned char' if word == 'opaque' else 'char', name, limit)]
        if shape == 'array':
            ctype = {'opaque': 'unsigned char', 'char': 'char'}.get(word) or self.c_type(word)
            star = ctype + '*' if ctype.endswith('*') else ctype + ' *'
            return ['unsigned int n_%s;' % name, '%s%s;' % (star, name)]
        if shape == 'optional':
            return ['%s *%s;' % (self.c_type(word), name)]
        ctype = self.c_type(word)
        return ['%s%s%s;' % (ctype, '' if ctype.endswith('*') else ' ', name)]

    # ---- rows ---------------------------------------------------------------

    def row(self, field, struct, path='', public=False):
        """The table row of FIELD in the C type STRUCT; PATH leads to the member."""
        word, shape, limit = self.resolve(field)
        name = path + (field.c_name if public else field.name)
        place = '%s, %s' % (struct, name)
        if shape == 'vector':
            return 'XDR_PLACE(%s, %s)' % ('XDR_OPAQUE' if word == 'opaque' else 'XDR_CHARS', place)
        if shape == 'array':
            return self.list_row(field, word, limit, struct, path, public)
        if shape == 'optional':
            return 'XDR_MAYBE(%s, &%s)' % (place, self.descriptor(word))
        if word == 'string' and self.inline(field, public):
            return 'XDR_SHORT_NAME(%s)' % place
        if word in ('string', 'string?'):
            return 'XDR_TEXT%s(%s, %d)' % ('' if word == 'string' else '_OR_NULL', place, self.string_max())
        if word in NUMBERS or self.is_enum(word):
            return 'XDR_NUMBER(%s, %s)' % (NUMBERS.get(word, NUMBERS['int'])[1], place)
        return 'XDR_INSIDE(%s, &%s)' % (place, self.descriptor(word))

    def list_row(self, field, word, limit, struct, path, public):
        if public:
            name, count = path + field.c_name, field.c_count and path + field.c_count
        else:
            name, count = path + field.name, path + 'n_' + field.name
        if word == 'char' and (public or not count):
            return 'XDR_PLACE(XDR_CHAR_LIST, %s, %s)' % (struct, name)
        kind = {'opaque': 'XDR_BYTES', 'char': 'XDR_CHAR_BYTES'}.get(word, 'XDR_ARRAY')
        if public and self.points(field, public):
            kind = 'XDR_POINTER_ARRAY'
        table = 'NULL' if kind in ('XDR_BYTES', 'XDR_CHAR_BYTES') else '&' + self.descriptor(word)
        return 'XDR_LIST(%s, %s, %s, %s, %d, %s)' % (kind, struct, name, count, limit, table)

    @staticmethod
    def c_field(field, public):
        return next(f for f in public.fields if f.name == field.c_name) if public else None

    def inline(self, field, public):
        found = self.c_field(field, public) if public else None
        return bool(found) and found.ctype.endswith(']')

    def points(self, field, public):
        return self.c_field(field, public).ctype.count('*') == 2 and self.resolve(field)[0] != 'string'

    # ---- figures ------------------------------------------------------------

    def least(self, field):
        """Fewest bytes of a field on the wire."""
        word, shape, limit = self.resolve(field)
        if shape == 'vector':
            return (limit + 3) // 4 * 4 if word == 'opaque' else limit * 4
        if shape in ('array', 'optional') or word in ('string', 'string?'):
            return 4
        if word in BY_HAND:
            return BY_HAND[word][1]
        if word in NUMBERS:
            return NUMBERS[word][2]
        if self.is_enum(word):
            return 4
        return sum(self.least(f) for f in self.fields_of(word))

    def owns(self, field):
        """Whether a field holds memory of its own."""
        word, shape, _ = self.resolve(field)
        if shape == 'array':
            return True
        if shape == 'optional' or word in ('string', 'string?') or word in BY_HAND:
            return True
        if shape == 'vector' or word in NUMBERS or self.is_enum(word):
            return False
        return any(self.owns(f) for f in self.fields_of(word))

    def fields_of(self, word):
        return self.messages[word][0] if word in self.messages else self.api.wire_types[word].fields


def wrap(text, indent=0):
    """Breaks a long line after a comma."""
    lines, room = [], 104 - indent
    while len(text) > room:
        cut = text.rfind(', ', 0, room)
        if cut < 0:
            break
        lines.append(text[:cut + 1])
        text = text[cut + 2:]
    pad = '\n' + ' ' * (indent + 8)
    return pad.join(lines + [text])
