# SPDX-License-Identifier: LGPL-2.1-or-later
"""Says in words what an entry says in kinds: for man pages, the API
description and whoever else documents a call."""

from kinds import OBJECTS

KIND_WORDS = {
    'string': 'text', 'path': 'a file name; a relative one is seen from the calling process',
    'uuid': 'a UUID, 16 bytes', 'uuid-text': 'a UUID as text', 'uuid-out': 'receives the UUID, 16 bytes',
    'uuid-text-out': 'receives the UUID as text, VIR_UUID_STRING_BUFLEN bytes',
    'strings': 'texts', 'uints': 'numbers', 'bytes': 'bytes', 'cpumap': 'a bit for each host CPU, the lowest first',
    'params': 'typed parameters', 'fd': 'an open file descriptor; the caller still owns it',
    'fds': 'open file descriptors; the caller still owns them', 'opaque': 'handed to the callback as it is',
    'freecb': 'frees @opaque when it is no longer needed; may be NULL',
    'string-new': 'receives a text that the caller frees',
    'strings-new': 'receives texts, ended by NULL; the caller frees each and the array',
    'names': 'receives names that the caller frees', 'names-old': 'receives names that the caller frees',
    'ids': 'receives numbers', 'params-fill': 'receives typed parameters',
    'params-new': 'receives typed parameters, to be freed with virTypedParamsFree',
    'cpumaps-fill': 'receives maps, a bit for each host CPU', 'buffer': 'receives the bytes',
    'bytes-new': 'receives bytes that the caller frees'}
COUNT_WORDS = {'params-fill': 'size of @%s; receives how many there are', 'params-new': 'receives how many there are',
               'names': 'size of @%s', 'names-old': 'size of @%s', 'ids': 'size of @%s',
               'cpumap': 'bytes of @%s', 'cpumaps-fill': 'bytes of one map in @%s', 'bytes': 'bytes of @%s',
               'buffer': 'bytes of @%s', 'bytes-new': 'receives the bytes of @%s'}


# What a module owes for an argument; "new" is from malloc and the caller frees it.
CONTRACTS = {
    'path': '@%s is absolute',
    'stream': '@%s is given its calls with vir_stream_set_ops',
    'fd': '@%s stays the caller\'s: dup it', 'fds': '@%s stay the caller\'s: dup them',
    'list': '@%s becomes a new array of handles, NULL behind the last; NULL only counts',
    'array-new': '@%s becomes a new array of new structures, NULL behind the last',
    'strings-new': '@%s becomes a new array of new texts, NULL behind the last',
    'string-new': '@%s becomes a new text', 'bytes-new': '@%s becomes new bytes, @%s their number',
    'names': '@%s takes at most @%s new texts', 'names-old': '@%s takes at most @%s new texts',
    'ids': '@%s takes at most @%s', 'array': '@%s takes at most @%s', 'uarray': '@%s takes at most @%s',
    'buffer': '@%s takes @%s bytes',
    'params-fill': '@%s has room for *@%s, which becomes the number that was filled; without room, that there is',
    'params-new': '@%s becomes a new array, for virTypedParamsFree, of *@%s',
    'cpumaps-fill': '@%s takes maps of @%s bytes each, is NULL if that is 0'}
GIVES = {'string': 'a new text', 'bytes': 'new bytes', 'borrowed': 'a text that lives as long as the connection',
         'bool': '1 or 0'}
COUNTED = ('list', 'array-new', 'strings-new', 'names', 'names-old', 'ids', 'array', 'uarray')


def contract(call):
    """Phrases for whoever fills the slot of a call."""
    for arg in call.args:
        words = CONTRACTS.get(arg.kind)
        if words and arg is not call.first_object():
            yield words.replace('@', '') % ((arg.name, arg.count)[:words.count('%s')])
        if arg.nullable:
            yield '%s may be NULL' % arg.name
    kind = call.result.kind
    if kind in GIVES:
        yield 'gives ' + GIVES[kind]
    elif kind in ('int', 'uint') and any(arg.kind in COUNTED for arg in call.args):
        yield 'gives their number'
    yield from call.contracts


def object_words(kind):
    """What a handle of KIND is: "a guest"."""
    text = OBJECTS[kind].text
    return text[0].lower() + text[1:].rstrip('.')


def flags_words(arg):
    return 'no flags are defined yet, pass 0' if arg.word == 'none' else 'bitwise or of %s' % arg.word


def argument_words(arg):
    if arg.kind == 'flags':
        return flags_words(arg)
    if arg.kind == 'list':
        thing = object_words(arg.word).split(' ', 1)[1]
        return 'receives handles (%s), ended by NULL; NULL only counts' % thing
    if arg.kind in OBJECTS:
        words = object_words(arg.kind)
    elif arg.kind == 'struct':
        words = 'receives a %s' % arg.word
    elif arg.kind in ('array', 'uarray', 'array-new'):
        words = 'receives %s structures' % arg.word
    elif arg.kind == 'callback':
        words = 'called when it happens'
    elif arg.kind.endswith('*'):
        words = 'receives a number'
    elif arg.kind == 'c':
        return ''
    else:
        words = KIND_WORDS.get(arg.kind, 'a number')
    return words + (', or NULL' if arg.nullable else '')


def parameters(call):
    """[(C type, name, words)] of the C parameters."""
    rows = []
    for arg in call.args:
        for ctype, name in arg.c_params():
            if name in call.arguments:
                rows.append((ctype, name, call.arguments[name]))
            elif name == arg.name:
                rows.append((ctype, name, argument_words(arg)))
            else:
                words = COUNT_WORDS.get(arg.kind, 'how many @%s there are')
                rows.append((ctype, name, words % arg.name if '%' in words else words))
    return rows


def result_words(call):
    kind = call.result.kind
    if call.returns:
        return call.returns
    if kind == 'void':
        return ''
    if kind == 'status':
        return '0 on success, -1 on failure'
    if kind == 'bool':
        return '1 yes, 0 no, -1 on failure'
    if kind in ('int', 'uint'):
        return 'a number, -1 on failure'
    if kind in ('ulong', 'ullong'):
        return 'a number, 0 on failure'
    if kind == 'string':
        return 'a text that the caller frees, NULL on failure'
    if kind == 'borrowed':
        return 'a text that belongs to the library, NULL on failure'
    if kind == 'bytes':
        return 'bytes that the caller frees, NULL on failure'
    if kind in OBJECTS:
        if call.local:
            return 'a handle without a reference of its own, NULL on failure'
        return 'a handle, to be released with %sFree, NULL on failure' % OBJECTS[kind].ctype \
            if kind != 'conn' else 'a connection, to be released with virConnectClose, NULL on failure'
    return ''


def rules(call):
    """Sentences about what excludes what and who may call."""
    for group in call.never:
        yield '%s exclude each other.' % ' and '.join(group)
    for flag, needed in call.with_flags:
        yield '%s needs %s.' % (flag, ' or '.join(needed))
    if call.alias and call.slot is not None and not call.listing:
        extra = ', '.join('%s = %s' % pair for pair in call.alias[1].items())
        yield 'The same as %s with %s.' % (call.alias[0], extra)
    for rule in call.acl:
        yield 'Access rule: %s%s.' % (rule, ' with flags %s' % rule.condition if rule.condition else '')
    if call.filter:
        yield 'Only what the caller may see is listed: %s of each.' % call.filter
    if call.stream:
        yield 'The stream carries bytes %s the server%s.' % (
            'to' if call.stream == 'write' else 'from',
            ', with holes left out under %s' % call.sparse if call.sparse else '')
    if call.fds:
        yield 'Passes open files, so it works over a UNIX socket only.'
