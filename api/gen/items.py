# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the small items inside the values of an .api file: arguments, results,
XDR fields, constants, access rules."""

import difflib
import re

import model
from kinds import KINDS, OBJECTS, RESULTS

XDR_WORDS = ('unsigned int', 'unsigned hyper', 'unsigned char', 'unsigned short', 'int', 'hyper', 'char',
             'double', 'opaque', 'chars')
# NAME, NAME+COUNT, NAME:WIRE, NAME<LIMIT>, NAME[SIZE]
NAME = re.compile(r'(?P<name>\w+)(?:\+(?P<count>\w+))?(?::(?P<wire>\w+)(?:\+(?P<wire_count>\w+))?)?'
                  r'(?:<(?P<limit>\d+)>|\[(?P<size>\d+)\])?$')
ARG_FORM = '`KIND NAME`, with +COUNT, :WIRE-NAME and <LIMIT> where the kind needs them'


class ItemError(Exception):
    def __init__(self, what, expected=None):
        Exception.__init__(self, what)
        self.what, self.expected = what, expected


def nearest(word, words):
    """`, did you mean ...?` or nothing."""
    close = difflib.get_close_matches(word, list(words), 1)
    return ' (did you mean %s?)' % close[0] if close else ''


def split_items(text):
    """Items parted by `;`."""
    return [item.strip() for item in text.split(';') if item.strip()]


def parse_name(text, item, form):
    match = NAME.match(text)
    if not match:
        raise ItemError("cannot read '%s'" % item, form)
    return match.groupdict()


def read_arg(item):
    """`string? dxml` (may be NULL), `uint! nvcpus` (not 0), `int+ id` (not
    negative), `params params+nparams<16>`,
    `flags virDomainXMLFlags`."""
    raw = re.match(r'c\(([^)]*)\)\s*(\w+)(\?)?$', item)
    if raw:
        return model.Arg('c', raw.group(2), word=raw.group(1), nullable=bool(raw.group(3)))
    words = item.split() or ['']
    kind = words.pop(0)
    mark = kind[-1:]
    kind = kind.rstrip('?!+')
    if kind not in KINDS:
        raise ItemError("unknown kind '%s' in '%s'%s" % (kind, item, nearest(kind, KINDS)),
                        'a kind of the table in api/gen/kinds.py')
    spec = KINDS[kind]
    word = None
    if spec.word:
        if not words:
            raise ItemError("'%s' lacks its %s" % (item, spec.word), '`%s %s NAME`' % (kind, spec.word.upper()))
        word = words.pop(0)
        if kind == 'flags' and not words:
            words = ['flags']
        if spec.word == 'object' and word not in OBJECTS:
            raise ItemError("unknown object '%s' in '%s'%s" % (word, item, nearest(word, OBJECTS)),
                            'one of ' + ', '.join(sorted(OBJECTS)))
    if len(words) != 1:
        raise ItemError("cannot read '%s'" % item, ARG_FORM)
    parts = parse_name(words[0], item, ARG_FORM)
    if spec.counted != bool(parts['count']):
        raise ItemError("'%s' %s" % (item, 'lacks its count' if spec.counted else 'has a count'),
                        '`%s NAME%s`' % (kind, '+COUNT' if spec.counted else ''))
    limit = parts['limit']
    return model.Arg(kind, parts['name'], word, parts['count'], parts['wire'], parts['wire_count'],
                     int(limit) if limit else None, mark == '?', mark == '!', mark == '+')


def read_result(item):
    """`status`, `string xml`, `domain dom`, `int num`, `c(unsigned int)`."""
    raw = re.match(r'c\(([^)]*)\)$', item)
    if raw:
        return model.Result('c', word=raw.group(1))
    words = item.split() or ['']
    kind = words[0].rstrip('?')
    if kind not in RESULTS or len(words) > 2:
        raise ItemError("unknown result '%s'%s" % (item, nearest(kind, RESULTS)),
                        'one of ' + ', '.join(sorted(RESULTS)))
    return model.Result(kind, wire=words[1] if len(words) > 1 else None, nullable=words[0].endswith('?'))


def wire_type(word, program, nullable):
    """The full name behind a short one: `string`, `domain?`, `typed_param`."""
    prefix = 'admin' if program == 'ADMIN' else 'remote'
    objects = {o.wire for o in OBJECTS.values() if o.wire}
    if word == 'string' or word in objects:
        return '%s_%s%s' % (prefix, '' if nullable else 'nonnull_', word)
    if re.match('(remote|admin|qemu|lxc|keepalive|vir|rpc)', word):
        return word
    return '%s_%s' % (prefix, word)


def read_xdr(item, program='REMOTE'):
    """`unsigned hyper cacheSize`, `string? name`, `opaque cookie<4194304>`, `string *name`."""
    form = '`XDR-TYPE NAME`, NAME<LIMIT> or NAME[SIZE]'
    match = re.match(r'(%s|[a-zA-Z_]\w*\??)\s+(\*?)(\S+)$' % '|'.join(XDR_WORDS), item)
    if not match:
        raise ItemError("cannot read '%s'" % item, form)
    word, star, name = match.groups()
    parts = parse_name(name, item, form)
    if word not in XDR_WORDS:
        word = wire_type(word.rstrip('?'), program, word.endswith('?'))
    shape, limit = 'one', None
    if parts['limit']:
        shape, limit = 'array', int(parts['limit'])
    elif parts['size']:
        shape, limit = 'vector', int(parts['size'])
    elif star:
        shape = 'optional'
    return model.XdrField(word, parts['wire'] or parts['name'], shape, limit,
                          c_name=parts['name'], c_count=parts['count'])


def constant_item(name, value, since):
    """`VIR_DOMAIN_RUNNING  1  0.0.3 -- runs`; `last` marks a sentinel."""
    rest, _, text = value.partition('-- ')
    words = rest.split()
    sentinel = 'last' in words
    words = [w for w in words if w != 'last']
    match = re.match(r'(?:(-?\d+)|(0x[0-9a-fA-F]+)|1<<(\d+))$', words[0]) if words else None
    if not match or len(words) > 2 or not re.match('[A-Z_][A-Z0-9_a-z]*$', name):
        raise ItemError("cannot read '%s %s'" % (name, value), '`NAME VALUE [SINCE] [last] [-- meaning]`')
    number = 1 << int(match.group(3)) if match.group(3) else int(words[0], 0)
    shift = int(match.group(3)) if match.group(3) else None
    return model.Constant(name, number, words[1] if len(words) > 1 else since, text.strip(), sentinel, shift)


def read_access(text):
    """`domain domain_name=name domain_uuid=uuid`, with `[PART=CONSTANT]` behind a detail that depends on it."""
    name, *words = text.split()
    details = []
    for word in words:
        match = re.match(r'(\w+)=(\w+(?:\.\w+)?)(?:\[(\w+)=(\w+)\])?$', word)
        if not match:
            raise ItemError("cannot read '%s'" % word,
                            '`DETAIL=PART`, `DETAIL=PART.PART` or `DETAIL=PART[PART=CONSTANT]`')
        details.append((match.group(1), match.group(2), match.groups()[2:] if match.group(3) else None))
    return model.Access(name, details)


def read_document(text):
    """`name=name mac=mac/@address`: parts, and where the document has them below its element."""
    places = [re.match(r'(\w+)=((?:\w+|(?:\w+/)?@\w+|\w+/\*))$', word) for word in text.split()]
    if None in places:
        raise ItemError("cannot read '%s'" % text,
                        '`PART=ELEMENT`, `PART=@ATTRIBUTE`, `PART=ELEMENT/@ATTRIBUTE` or `PART=ELEMENT/*`')
    return [match.groups() for match in places]


def read_about(text):
    """`document xml`, `name params:MACRO`, `nothing`."""
    how, *words = text.split()
    least, most = {'document': (1, 2), 'name': (1, 1), 'nothing': (0, 0)}.get(how, (1, 0))
    if not least <= len(words) <= most:
        raise ItemError("cannot read 'about %s'" % text, '`document ARGUMENT [NAME]`, `name ARGUMENT` or `nothing`')
    return model.About(how, [(word.split(':')[0], word.split(':')[1] if ':' in word else None) for word in words])


def read_acl(text):
    """`domain:write; domain:save[!LIVE|CONFIG]`, `none`."""
    if text == 'none':
        return []
    rules = []
    for item in split_items(text):
        match = re.match(r'([a-z_]+):([a-z_]+)(?:\[(\S+)\])?$', item)
        terms = [re.match(r'(!?)(?:(\w+)=)?(\w+)$', term) for term in match.group(3).split('|')] \
            if match and match.group(3) else []
        if not match or None in terms:
            raise ItemError("cannot read '%s'" % item, '`OBJECT:PERMISSION` or `OBJECT:PERMISSION[FLAG]`')
        rules.append(model.Permission(*match.groups(), [
            (bool(term.group(1)), term.group(2) or 'flags', term.group(3)) for term in terms]))
    return rules
