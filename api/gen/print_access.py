# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints wire/access.h and wire/access.c: which permissions each procedure needs, for
who asks them before it is served."""

from layout import wrap
from print_protocol import HEAD, PROGRAMS

INTRO = """\
#ifndef WIRE_ACCESS_H
#define WIRE_ACCESS_H

#include <stddef.h>
#include <stdint.h>

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

/* A permission on an object: of the connection for "connect", else of the one that the
 * arguments name.  Needed if one of the conditions holds; without any, always. */
struct access_rule {
    const char *object, *permission;
    struct access_condition conditions[2];
};

/* All rules of a procedure, and what each item of a list that it gives needs for the caller
 * to see it; NULL: every caller sees all. */
struct access_needs {
    const struct access_rule *rules;
    size_t n_rules;
    const struct access_rule *filter;
};

/* By number of the procedure. */
"""


def condition(api, call, term):
    negated, argument, word = term
    arg = call.arg(argument)
    test = 'ACCESS_IS' if arg.kind != 'flags' else 'ACCESS_NONE' if negated else 'ACCESS_ANY'
    return '{ offsetof(struct %s, %s), %s, 0x%x }' % (
        call.struct_name('args'), arg.wire, test, api.values_of(call, argument, word).pop())


def rule(api, call, permission):
    terms = [condition(api, call, term) for term in permission.terms]
    return '{ "%s", "%s", { %s } }' % (permission.object, permission.name, ', '.join(terms) or '{ 0, 0, 0 }')


class Rules:
    """The rows of all rules; calls with equal rules share them."""

    def __init__(self):
        self.rows, self.known = [], {}

    def place(self, rows):
        rows = tuple(rows)
        if rows not in self.known:
            self.known[rows] = len(self.rows)
            self.rows += rows
        return self.known[rows]


def needs(api, call, rules):
    items = [rule(api, call, permission) for permission in call.acl]
    place = '&rules[%d]' % rules.place(items) if items else 'NULL'
    listed = '&rules[%d]' % rules.place([rule(api, call, call.filter)]) if call.filter else 'NULL'
    return '    [%d] = { %s, %d, %s },\n' % (call.number, place, len(items), listed)


def source(api):
    rules = Rules()
    tables = ['\nconst struct access_needs %s_access[] = {\n%s};\n' % (
        program.lower(), ''.join(needs(api, call, rules) for call in api.procedures(program)))
        for program in PROGRAMS]
    return ''.join([HEAD, '#include "wire/access.h"\n#include "wire/protocol.h"\n\n'
                    'static const struct access_rule rules[] = {\n'] +
                   ['    %s,\n' % wrap(row, 4) for row in rules.rows] + ['};\n'] + tables)


def header():
    return ''.join([HEAD, INTRO, 'extern const struct access_needs %s;\n\n#endif\n' %
                    ', '.join('%s_access[]' % program.lower() for program in PROGRAMS)])


def outputs(api):
    """(path, text) of every file."""
    yield from {'wire/access.h': header(), 'wire/access.c': source(api)}.items()
