# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints what libvirtd asks before it serves a procedure.  wire/access.h and wire/access.c: which
permissions it needs, which objects its arguments name, which list it gives.  wire/access-objects.c:
how each kind of object is found and told of.  doc/org.libvirt.api.policy: all permissions, for polkit."""

from html import escape

from kinds import OBJECTS
from layout import wrap
from print_objects import strings
from print_protocol import HEAD, PROGRAMS

INTRO = """\
#ifndef WIRE_ACCESS_H
#define WIRE_ACCESS_H

#include <stddef.h>
#include <stdint.h>

#include <libvirt/libvirt.h>

/* What somebody may need permissions on. */
enum access_kind {
    ACCESS_CONNECT,
%s    ACCESS_KINDS
};
extern const char *const access_names[ACCESS_KINDS];        /* "storage_pool" */

/* What must hold of an argument for a permission to be needed. */
enum access_test {
    ACCESS_ANY = 1,                     /* one of these bits is set */
    ACCESS_NONE,                        /* none of these bits is set */
    ACCESS_IS,                          /* it has this value */
};

struct access_condition {
    uint16_t offset;                    /* of an unsigned int in the struct of the arguments */
    uint16_t test;                      /* enum access_test; 0 behind the last one */
    uint32_t value;
};

/* A permission on an object: of the connection, or the one that the call is about.  Needed if one of
 * the conditions holds; without any, always. */
struct access_rule {
    enum access_kind kind;
    const char *permission;             /* "read_secure" */
    struct access_condition conditions[2];
};

/* Where the arguments name an object. */
enum access_shape {
    ACCESS_HERE,                        /* its XDR struct lies there */
    ACCESS_POINTER,                     /* a pointer to it, or NULL */
    ACCESS_LIST,                        /* a pointer to several; their number lies at `count` */
};

struct access_handle {
    enum access_kind kind;
    enum access_shape shape;
    uint16_t offset, count;             /* in the struct of the arguments */
};

#define ACCESS_ABSENT 0xffff            /* an offset: it is not there */

static inline void *
access_at(const void *base, uint16_t offset)
{
    return (char *)(uintptr_t)base + offset;
}

/* Where the object comes from that the call is about. */
enum access_how {
    ACCESS_HANDLE,                      /* from the first of its handles of that kind */
    ACCESS_RESULT,                      /* it is what the call finds, at `offset` in the result */
    ACCESS_DOCUMENT,                    /* a document describes it; a second text, if there, is its name */
    ACCESS_NAME,                        /* its name is an argument */
    ACCESS_NOTHING,                     /* only the driver can know it, as when a file names it */
};

struct access_text {
    uint16_t offset;                    /* of the text, or of typed parameters and their number */
    uint16_t count;
    const char *param;                  /* the name of one of them; NULL: it is a text */
};

struct access_about {
    enum access_how how;
    enum access_kind kind;
    uint16_t offset;
    struct access_text text, name;      /* their offsets may be ACCESS_ABSENT */
};

/* A list of objects that a call gives. */
enum access_form {
    ACCESS_OBJECTS,                     /* they themselves */
    ACCESS_COUNT,                       /* how many there are */
    ACCESS_NAMES,                       /* their names */
    ACCESS_UUIDS,                       /* the texts of their uuids */
    ACCESS_IDS,                         /* their numbers */
};

struct access_items {
    enum access_form form;
    uint16_t list, n;                   /* the objects, each XDR struct first in its element, and their number */
    uint16_t element;                   /* bytes of one */
    uint16_t part;                      /* what of an object is given, in its XDR struct */
    uint16_t need;                      /* OBJECTS: an int of the arguments, whether they are wanted; or ABSENT: they are */
    uint16_t number;                    /* an int of the result, their number; ACCESS_ABSENT: none */
    uint16_t given, n_given;            /* NAMES, UUIDS, IDS: where they go in the result */
    uint16_t room;                      /* and how many are wanted, an int of the arguments */
    int procedure;                      /* of the program REMOTE, whose result `list` and `n` lie in */
    void (*prepare)(const void *args, void *ret_args);      /* makes its arguments; NULL: it is the call itself */
};

/* All that is to be asked about a procedure. */
struct access_needs {
    const struct access_rule *rules;
    size_t n_rules;
    const struct access_rule *filter;   /* what each item of a list or event needs; NULL: every caller sees all */
    const struct access_handle *handles;
    size_t n_handles;
    const struct access_about *about;   /* NULL: its handles */
    const struct access_items *items;
};

/* By number of the procedure. */
extern const struct access_needs %s;

/* ---- objects (wire/access-objects.c) ---- */

struct access_details;
struct rpc_object;

struct access_part {
    const char *place;                  /* in the document: "name", "@name", "mac/@address", or the text in "usage" */
    uint16_t offset;                    /* in the XDR struct: a char pointer, */
    uint16_t uuid;                      /* a uuid, */
    const char *const *words;           /* or an int, the place of the word here */
};

struct access_object {
    size_t size;                        /* of its XDR struct */
    const struct rpc_object *handles;
    /* A handle from the driver of what a client named; NULL: an error is set. */
    void *(*find)(virConnectPtr conn, const void *wire);
    void *(*find_by_name)(virConnectPtr conn, const char *name);        /* NULL: nothing is found so */
    /* By what rules tell it from others. */
    void (*tell)(virConnectPtr conn, const void *wire, struct access_details *details);
    void (*clear)(void *wire);          /* frees what an XDR struct owns */
    const struct access_part *parts;    /* how a document names it; ends without a place */
    enum access_kind owner_kind;        /* of what it is a part; ACCESS_CONNECT: of nothing */
    void (*set_owner)(void *wire, const void *owner);       /* borrows from OWNER, an XDR struct */
};
extern const struct access_object access_objects[ACCESS_KINDS];

/* In daemon/access/details.c: keep copies.  Where VALUE is NULL, nothing. */
void access_tell(struct access_details *details, const char *key, const char *value);
void access_tell_uuid(struct access_details *details, const char *key, const unsigned char *uuid);

#endif
"""
NONE = 'ACCESS_ABSENT'


def kind_of(name):
    return 'ACCESS_' + name.upper()


def condition(api, call, term):
    negated, argument, word = term
    arg = call.arg(argument)
    test = 'ACCESS_IS' if arg.kind != 'flags' else 'ACCESS_NONE' if negated else 'ACCESS_ANY'
    return '{ offsetof(struct %s, %s), %s, 0x%x }' % (
        call.struct_name('args'), arg.wire, test, api.values_of(call, argument, word).pop())


def rule(api, call, permission):
    terms = [condition(api, call, term) for term in permission.terms]
    return '{ %s, "%s", { %s } }' % (kind_of(permission.object), permission.name, ', '.join(terms) or '{ 0, 0, 0 }')


class Rows:
    """The rows of one table; calls with equal rows share them."""

    def __init__(self, ctype, name):
        self.ctype, self.name = ctype, name
        self.rows, self.known = [], {}

    def place(self, rows):
        """Pointer to the first of ROWS."""
        rows = tuple(rows)
        if not rows:
            return 'NULL'
        if rows not in self.known:
            self.known[rows] = len(self.rows)
            self.rows += rows
        return '&%s[%d]' % (self.name, self.known[rows])

    def text(self):
        if not self.rows:
            return ''
        return '\nstatic const struct %s %s[] = {\n%s};\n' % (
            self.ctype, self.name, ''.join('    %s,\n' % wrap(row, 4) for row in self.rows))


# ---- arguments -------------------------------------------------------------------

def handles(api, call):
    """Every place of the arguments that names an object."""
    struct = call.struct_name('args')
    for field in call.sends:
        source = field.source
        found = api.handles_in(source) if source in call.args else []
        if field.shape == 'array':          # said in `sends`
            found = [([], o) for o in api.handles() if o.access and 'remote_nonnull_%s' % o.wire == field.type]
        for path, handle in found:
            place = '.'.join([field.name] + path)
            shape = 'LIST' if field.shape == 'array' else 'POINTER' if source.nullable and not path else 'HERE'
            count = 'offsetof(struct %s, n_%s)' % (struct, field.name) if shape == 'LIST' else '0'
            yield '{ %s, ACCESS_%s, offsetof(struct %s, %s), %s }' % (
                kind_of(handle.access.name), shape, struct, place, count)


def text(api, call, source):
    struct = call.struct_name('args')
    if source is None:
        return '{ %s, 0, NULL }' % NONE
    argument, macro = source
    name = call.arg(argument).wire
    if not macro:
        return '{ offsetof(struct %s, %s), 0, NULL }' % (struct, name)
    value = next(m.value for m in api.macros if m.name == macro)
    return '{ offsetof(struct %s, %s), offsetof(struct %s, n_%s), %s }' % (struct, name, struct, name, value)


def about(api, call):
    """The row that tells where the call's object comes from; None: from a handle, or it needs none."""
    objects = [r for r in call.acl if r.object != 'connect']
    hows = {api.object_of(call, r) for r in objects}
    if not objects or hows == {'handle'}:
        return None
    how = hows.pop()
    sources = call.about.sources if call.about else []
    place = 'offsetof(struct %s, %s)' % (call.struct_name('ret'), call.result.wire) if how == 'result' else NONE
    document, name = (list(sources) + [None, None])[:2]
    return '{ ACCESS_%s, %s, %s, %s, %s }' % (
        how.upper(), kind_of(objects[0].object), place, text(api, call, document), text(api, call, name))


# ---- lists ----------------------------------------------------------------------

def listing(api, call, wire):
    """The call whose result has the objects that CALL lists."""
    if wire.sent:                           # names are all there is; which, depends on arguments
        if not any(a.kind == 'list' for a in call.args):
            return next(c for c in api.calls if c.filter and str(c.filter) == str(call.filter) and
                        any(a.kind == 'names' for a in c.args))
        return call
    return call.listing or call


class Items:
    def __init__(self, api, call):
        self.api, self.call = api, call
        self.wire = api.access_object(call.filter.object)
        self.lists = listing(api, call, self.wire)
        self.args, self.ret = call.struct_name('args'), call.struct_name('ret')
        self.field = next(f for f in self.lists.answers if f.shape == 'array')
        kinds = {a.kind: a for a in call.args}
        self.given = next((a for k, a in kinds.items() if k in ('names', 'names-old', 'ids')), None)
        array = any(f.shape == 'array' for f in call.answers)
        self.form = 'COUNT' if not array else 'OBJECTS' if not self.given else \
            'IDS' if self.given.kind == 'ids' else 'UUIDS' if self.given.kind == 'names-old' and \
            not any(p.name == 'name' for p in self.wire.parts) else 'NAMES'

    def own(self, struct, name):
        return 'offsetof(struct %s, %s)' % (struct, name)

    def number(self):
        field = next((f for f in self.call.answers if f.shape == 'one' and f.type in ('int', 'unsigned int')), None)
        return self.own(self.ret, field.name) if field else NONE

    def part(self):
        name = {'IDS': 'id', 'UUIDS': 'uuid', 'NAMES': 'name'}.get(self.form)
        found = [p for p in self.wire.parts if p.name == name]
        return 'offsetof(struct remote_nonnull_%s, %s)' % (self.wire.wire, found[0].wire) if found else '0'

    def row(self):
        ret = self.lists.struct_name('ret')
        need = next((f.name for f in self.call.sends if f.name == 'need_results'), None)
        given, room = ('given', 'room') if self.given else (None, None)
        if self.given:
            given = next(f.name for f in self.call.answers if f.shape == 'array')
            room = self.given.wire_count
        itself = self.lists is self.call and self.form == 'OBJECTS'
        values = ['ACCESS_' + self.form, self.own(ret, self.field.name), self.own(ret, 'n_' + self.field.name),
                  'sizeof(*((struct %s *)0)->%s)' % (ret, self.field.name), self.part(),
                  self.own(self.args, need) if need else NONE, self.number(),
                  self.own(self.ret, given) if given else NONE, self.own(self.ret, 'n_' + given) if given else NONE,
                  self.own(self.args, room) if room else NONE, 'REMOTE_PROC_' + self.lists.wire_name,
                  'NULL' if itself else 'prepare_' + self.call.wire_name.lower()]
        return '{ %s }' % ', '.join(values)

    def prepare(self):
        """A function that asks for all of the list with the arguments of the call."""
        if self.lists is self.call and self.form == 'OBJECTS':
            return ''
        struct = self.lists.struct_name('args')
        given = {} if not self.call.listing else dict(self.call.alias[1])
        lines = []
        for field in self.lists.sends:
            value = '1' if field.name == 'need_results' else None
            if field.role == 'count':
                value = str(next(f.limit for f in self.lists.answers if f.shape == 'array'))
            elif any(f.name == field.name for f in self.call.sends) and value is None:
                value = 'args->' + field.name
            value = value or given.get(field.name, '0')
            lines.append('        .%s = %s,\n' % (field.name, value))
        uses = any('args->' in line for line in lines)
        return ('\nstatic void\nprepare_%s(const void *args_, void *ret)\n{\n%s'
                '    *(struct %s *)ret = (struct %s){\n%s    };\n}\n') % (
            self.call.wire_name.lower(),
            '    const struct %s *args = args_;\n\n' % self.args if uses else '    (void)args_;\n',
            struct, struct, ''.join(lines))


# ---- the tables ---------------------------------------------------------------------

class Tables:
    def __init__(self, api):
        self.api = api
        self.rules, self.handles = Rows('access_rule', 'rules'), Rows('access_handle', 'handles')
        self.abouts, self.items = Rows('access_about', 'abouts'), Rows('access_items', 'lists')
        self.functions = []

    def needs(self, call):
        api = self.api
        rules = [rule(api, call, permission) for permission in call.acl]
        listed = self.rules.place([rule(api, call, call.filter)]) if call.filter else 'NULL'
        named = list(handles(api, call))
        where = about(api, call)
        lists = 'NULL'
        if call.filter and (call.listing or any(f.shape == 'array' for f in call.answers)):     # no event
            items = Items(api, call)
            self.functions.append(items.prepare())
            lists = self.items.place([items.row()])
        return '    [%d] = {\n        %s, %d, %s, %s, %d, %s, %s,\n    },\n' % (
            call.number, self.rules.place(rules), len(rules), listed, self.handles.place(named), len(named),
            self.abouts.place([where] if where else []), lists)


def source(api):
    tables = Tables(api)
    needs = ['\nconst struct access_needs %s_access[] = {\n%s};\n' % (
        program.lower(), ''.join(tables.needs(call) for call in api.procedures(program))) for program in PROGRAMS]
    names = ''.join('    [%s] = "%s",\n' % (kind_of(name), name) for name in ['connect'] + told(api))
    return ''.join([HEAD, '#include "wire/access.h"\n#include "wire/protocol.h"\n'
                    '\nconst char *const access_names[ACCESS_KINDS] = {\n%s};\n' % names] + tables.functions +
                   [rows.text() for rows in (tables.rules, tables.handles, tables.abouts, tables.items)] + needs)


def told(api):
    """The objects' names in permissions."""
    return sorted(o.access.name for o in api.handles() if o.access)


def header(api):
    return HEAD + INTRO % (''.join('    %s,\n' % kind_of(name) for name in told(api)),
                           ', '.join('%s_access[]' % program.lower() for program in PROGRAMS))


# ---- objects ----------------------------------------------------------------------

def owner_of(handle):
    """(part, kinds.Object) of what a handle is a part: a handle itself, or the name of one."""
    for part in handle.parts:
        if part.object or part.name in OBJECTS:
            return part, part.object or OBJECTS[part.name]
    return None, None


def find_owner(part, owner):
    """Expression for the handle of the owner."""
    if part.object:
        return 'find_%s(conn, &wire->%s)' % (owner.wire, part.wire)
    return '%sLookupByName(conn, wire->%s)' % (owner.ctype, part.wire)


def find(api, handle):
    call = api.call(handle.access.found)
    part, owner = owner_of(handle)
    first = 'conn' if not owner else 'owner'
    keys = [p.wire for p in handle.own for a in call.args
            if a.kind == p.kind and (a.name == p.name or p.kind == 'uuid')]
    keys = keys or [handle.own[0].wire]
    body = ['    const struct remote_nonnull_%s *wire = wire_;\n' % handle.wire]
    if owner:
        body.append('    RPC_AUTO(%s) %s owner = %s;\n' % (owner.wire, owner.ptr, find_owner(part, owner)))
    made = '%s(%s, wire->%s)' % (call.name, first, keys[0])
    body.append('\n    return %s;\n' % ('owner ? %s : NULL' % made if owner else made))
    return '\nstatic void *\nfind_%s(virConnectPtr conn, const void *wire_)\n{\n%s}\n' % (handle.wire, ''.join(body))


def find_by_name(api, handle):
    if not api.call(handle.ctype + 'LookupByName') or owner_of(handle)[1]:
        return ''
    return ('\nstatic void *\nname_%s(virConnectPtr conn, const char *name)\n{\n'
            '    return %sLookupByName(conn, name);\n}\n'
            % (handle.wire, handle.ctype))


def tell(api, handle):
    parts = {p.name: p for p in handle.parts}
    part, owner = owner_of(handle)
    foreign = any('.' in detail and not parts[detail.split('.')[0]].object for _, detail, _ in handle.access.details)
    body = ['    const struct remote_nonnull_%s *wire = wire_;\n' % handle.wire]
    if foreign:
        body.append('    RPC_AUTO(%s) %s owner = %s;\n    struct remote_nonnull_%s of = { 0 };\n' % (
            owner.wire, owner.ptr, find_owner(part, owner), owner.wire))
    body.append('\n')
    if foreign:
        body.append('    if (owner)\n        of = rpc_lend_%s(owner);\n' % owner.wire)
    else:
        body.append('    (void)conn;\n')
    for key, detail, when in handle.access.details:
        first, _, below = detail.partition('.')
        path, last = 'wire->' + parts[first].wire, parts[first]
        guard = ''
        if below:
            last = next(p for p in owner.parts if p.name == below)
            path = ('wire->%s.%s' % (parts[first].wire, last.wire)) if parts[first].object else 'of.' + last.wire
            guard = '' if parts[first].object else 'if (owner)\n        '
        if when:
            guard = 'if (wire->%s == %s)\n        ' % (parts[when[0]].wire, when[1])
        body.append('    %saccess_tell%s(details, "%s", %s);\n' % (
            guard, '_uuid' if last.kind == 'uuid' else '', key, path))
    head = 'tell_%s(virConnectPtr conn, const void *wire_, struct access_details *details)' % handle.wire
    return '\nstatic void\n%s\n{\n%s}\n' % (head, ''.join(body))


def clear(handle):
    return '\nstatic void\nclear_%s(void *wire_)\n{\n    struct remote_nonnull_%s *wire = wire_;\n\n%s}\n' % (
        handle.wire, handle.wire, ''.join('    free(%s);\n' % place for place in strings(handle)))


def words_of(api, handle):
    """{part: [words]}: the part is an enum, of which the conditions of details name constants."""
    found = {}
    for _, _, when in handle.access.details:
        enum = next((e for e in api.enums for c in e.constants if when and c.name == when[1]), None)
        if enum:
            names = [c for c in enum.constants if not c.sentinel]
            prefix = when[1].rsplit('_', 1)[0] + '_'
            found[when[0]] = [c.name[len(prefix):].lower() for c in sorted(names, key=lambda c: c.value)]
    return found


def parts(api, handle):
    words, out = words_of(api, handle), []
    for name, values in words.items():
        out.append('\nstatic const char *const %s_words[] = { %s, NULL };\n' % (
            handle.wire, ', '.join('"%s"' % value for value in values)))
    rows = []
    for name, place in handle.access.document:
        part = next(p for p in handle.parts if p.name == name)
        where = 'offsetof(struct remote_nonnull_%s, %s)' % (handle.wire, part.wire)
        kinds = {'string': '{ "%s", %s, 0, NULL }' % (place, where), 'uuid': '{ "%s", %s, 1, NULL }' % (place, where)}
        rows.append(kinds.get(part.kind) or '{ "%s", %s, 0, %s_words }' % (place, where, handle.wire))
    return ''.join(out) + '\nstatic const struct access_part %s_parts[] = {\n%s    { NULL, 0, 0, NULL }\n};\n' % (
        handle.wire, ''.join('    %s,\n' % row for row in rows))


def set_owner(handle):
    part, owner = owner_of(handle)
    if not owner:
        return ''
    value = '*owner' if part.object else 'owner->' + next(p.wire for p in owner.parts if p.name == 'name')
    return ('\nstatic void\nown_%s(void *wire_, const void *owner_)\n{\n    struct remote_nonnull_%s *wire = wire_;\n'
            '    const struct remote_nonnull_%s *owner = owner_;\n\n    wire->%s = %s;\n}\n'
            % (handle.wire, handle.wire, owner.wire, part.wire, value))


def object_row(api, handle):
    _, owner = owner_of(handle)
    return ('    [%s] = {\n        sizeof(struct remote_nonnull_%s), &rpc_%s, find_%s, %s, tell_%s, clear_%s,\n'
            '        %s_parts, %s, %s,\n    },\n'
            % (kind_of(handle.access.name), handle.wire, handle.wire, handle.wire,
               'name_' + handle.wire if find_by_name(api, handle) else 'NULL', handle.wire, handle.wire, handle.wire,
               kind_of(owner.access.name) if owner else 'ACCESS_CONNECT', 'own_' + handle.wire if owner else 'NULL'))


def objects(api):
    every = [o for o in api.handles() if o.access and api.call(o.access.found or '')]     # else no call needs it
    every.sort(key=lambda o: owner_of(o)[1] is not None)       # an owner stands above its parts
    out = [HEAD, '#include <stdlib.h>\n\n#include <libvirt/virterror.h>\n\n'
           '#include "wire/access.h"\n#include "wire/objects.h"\n']
    for handle in every:
        out += [find(api, handle), find_by_name(api, handle), tell(api, handle), clear(handle),
                parts(api, handle), set_owner(handle)]
    out.append('\nconst struct access_object access_objects[ACCESS_KINDS] = {\n%s};\n' %
               ''.join(object_row(api, handle) for handle in every))
    return ''.join(out)


# ---- for polkit ------------------------------------------------------------------

POLICY = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE policyconfig PUBLIC "-//freedesktop//DTD polkit Policy Configuration 1.0//EN"
    "http://www.freedesktop.org/software/polkit/policyconfig-1.dtd">
<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
<!-- What libvirtd asks polkit before each call where access_drivers = [ "polkit" ].  Printed from api/. -->
<policyconfig>
%s</policyconfig>
"""
ACTION = """\
  <action id="org.libvirt.api.%s">
    <description>%s</description>
    <message>You need permission to %s</message>
    <defaults>
      <allow_any>%s</allow_any>
      <allow_inactive>%s</allow_inactive>
      <allow_active>%s</allow_active>
    </defaults>
  </action>
"""


def policy(api):
    rows = []
    for name, permissions in sorted(api.permissions.items()):
        for permission, (anybody, what) in permissions.granted.items():
            answer = 'yes' if anybody else 'no'
            rows.append(ACTION % (('%s.%s' % (name, permission)).replace('_', '-'), escape(what[0].upper() + what[1:]),
                                  escape(what), answer, answer, answer))
    return POLICY % ''.join(rows)


def outputs(api):
    """(path, text) of every file."""
    yield from {'wire/access.h': header(api), 'wire/access.c': source(api), 'wire/access-objects.c': objects(api),
                'doc/org.libvirt.api.policy': policy(api)}.items()
