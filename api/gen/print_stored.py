# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the calls that a store of the driver library answers for a module: <libvirt/module-stored.h>
and driver/stored.c.  They follow from the line `lists` of an `object` entry."""

import textwrap

from layout import wrap
from print_core_calls import item_of
from print_handles import HEAD

# The end of a call's name -> the flag of the filter that it asks for.
QUESTIONS = {'IsActive': 'ACTIVE', 'IsPersistent': 'PERSISTENT', 'GetAutostart': 'AUTOSTART'}

INTRO = """
/*
 * Calls that the store of a connection answers: lists with their filters, counts, look-ups, and
 * what the filters know of one object.  A module names its store in connect_open, puts the rows
 * into its table, and tells in vir_store_kind what holds of an entry:
 *
 *     vir_connect_set_domain_store(conn, store);
 *     static const struct vir_domain_ops ops = { VIR_OPS(vir_domain_ops), VIR_STORED_DOMAIN(traits), ... };
 *
 * vir_KIND_listed: whether a list with FLAGS has an object of which FACTS hold, for who has no store.
 */
#ifndef LIBVIRT_MODULE_STORED_H
#define LIBVIRT_MODULE_STORED_H
"""


class Kind:
    """What is stored: a handle with `lists`."""

    def __init__(self, api, handle):
        self.handle, self.word = handle, handle.word
        name, self.groups = handle.lists
        self.list_all = api.call(name)
        self.prefix = api.flag_prefix(self.list_all)
        named = {part.name for part in handle.own}
        self.made = not handle.parent and named <= {'name', 'uuid', 'id'}
        self.found_by = [name for name in ('uuid', 'name') if name in named]
        self.active = self.flag('ACTIVE') if 'id' in named else None
        self.calls = [(call, body) for call in api.calls if call.slot is not None
                      for body in [self.answer(api, call)] if body]

    def flag(self, word):
        return self.prefix + word

    def mask(self, words):
        return ' | '.join(self.flag(word) for word in words)

    @property
    def flags(self):
        return '(%s)' % self.mask(word for group in self.groups for word in group) if self.groups else '0'

    @property
    def list_name(self):
        """vir_store_list_domains"""
        return 'vir_store_' + self.list_all.slot_name.replace('connect_list_all_', 'list_')

    def store(self, conn):
        return '%s_store(%s)' % (self.word, conn)

    def found(self, arg):
        """The entry of a handle."""
        store = self.store('vir_%s_connect(%s)' % (self.word, arg.name))
        given = ['vir_%s_%s(%s)' % (self.word, name, arg.name) for name in self.found_by]
        if 'uuid' in self.found_by:
            return 'vir_store_find_uuid(%s, %s)' % (store, ', '.join((given + ['NULL'])[:2]))
        return 'vir_store_find_name(%s, %s)' % (store, given[0])

    def listing(self, call):
        """An old call that counts or names."""
        flags = call.alias[1].get('flags', '0')
        items = next((a for a in call.args if a.kind in ('names', 'names-old', 'ids')), None)
        if any(a.kind == 'flags' for a in call.args):
            return None
        if not items:
            return 'store_count_listed(%s, &%s_object, %s)' % (self.store('conn'), self.word, flags)
        if items.kind == 'ids':
            return 'store_ids(%s, %s, %s)' % (self.store('conn'), items.name, items.count)
        return 'store_%ss(%s, &%s_object, (char **)%s, %s, %s)' % (
            item_of(self.handle)[1], self.store('conn'), self.word, items.name, items.count, flags)

    def answer(self, api, call):
        """The expression that is the answer of CALL; None: the store has none."""
        first = call.args[0] if call.args else None
        if call is self.list_all:
            return '%s(%s, conn, %s, flags)' % (self.list_name, self.store('conn'), call.args[1].name)
        if call.listing is self.list_all:
            return self.listing(call)
        if call.name.startswith(self.handle.ctype + 'LookupBy') and call.result.object is self.handle and \
                len(call.args) == 2 and first.kind == 'conn':
            key = call.name[len(self.handle.ctype) + 8:]
            form = {'ID': 'id(%s, %s)', 'Name': 'name(%s, %s)', 'UUID': 'uuid(%s, %s, NULL)'}.get(key)
            return form and 'store_found(&%s_object, conn, vir_store_find_%s)' % (
                self.word, form % (self.store('conn'), call.args[1].name))
        word = QUESTIONS.get(call.name[len(self.handle.ctype):]) if call.name.startswith(self.handle.ctype) else None
        if not word or not self.found_by or not any(word in group for group in self.groups):
            return None
        told = ', ' + call.args[1].name if len(call.args) > 1 else ''
        return 'store_%s(%s, &%s_object, %s%s)' % ('tells' if told else 'holds', self.found(first), self.word,
                                            self.flag(word), told)


def kinds(api):
    return [Kind(api, entry.handle) for entry in api.objects if entry.handle and entry.handle.lists]


def listed(kind):
    return 'bool vir_%s_listed(unsigned int facts, unsigned int flags)' % kind.word


def set_store(kind):
    return 'void vir_connect_set_%s_store(virConnectPtr conn, struct vir_store *store)' % kind.word


def list_head(kind):
    return 'int %s(struct vir_store *store, virConnectPtr conn, %s **ret_list, unsigned int flags)' % (
        kind.list_name, kind.handle.ptr)


def rows(kind):
    """The macro with a row for each call."""
    lines = ['#define VIR_STORED_%s(traits_)' % kind.word.upper()]
    for call, _ in kind.calls:
        flags = 'VIR_%s_LIST_FLAGS' % kind.word.upper() if call is kind.list_all else '0'
        lines.append('    .%s = { vir_stored_%s, %s, traits_ }%s' % (
            call.slot_name, call.slot_name, flags, ',' if call is not kind.calls[-1][0] else ''))
    return ' \\\n'.join(lines)


def header(all_kinds):
    out = [HEAD % 'Calls that a store answers.', INTRO]
    for kind in all_kinds:
        flags = textwrap.wrap('#define VIR_%s_LIST_FLAGS %s' % (kind.word.upper(), kind.flags), 100,
                              subsequent_indent='    ')
        out.append('\n%s\n' % ' \\\n'.join(flags))
        out += [wrap(head + ';') + '\n' for head in (set_store(kind), listed(kind))]
        if kind.handle.own:
            out.append('/* NULL for the list: only their number. */\n')
        out.append(wrap(list_head(kind) + ';') + '\n')
        out += [wrap(call.prototype('vir_stored_' + call.slot_name) + ';') + '\n' for call, _ in kind.calls]
        out.append(rows(kind) + '\n')
    out.append('\n#endif\n')
    return ''.join(out)


def define(head, body):
    """HEAD with the name on a line of its own."""
    at = head.index('vir_')
    return '\n%s\n%s\n{\n    %s\n}\n' % (head[:at].strip(), wrap(head[at:]), wrap(body, 4))


def maker(kind):
    parts = ', '.join('entry->' + part.name for part in kind.handle.own)
    return '\nstatic void *\nmake_%s(virConnectPtr conn, const struct vir_store_entry *entry)\n{\n' \
        '    return vir_%s_new(conn, %s);\n}\n' % (kind.word, kind.word, parts)


def constants(kind):
    out = ['\nstatic const char %s_key;  /* its address: of the store in a connection */\n' % kind.word]
    if kind.groups:
        out.append('static const struct store_group %s_groups[] = {\n' % kind.word)
        for group in kind.groups:
            out.append(textwrap.fill('{ %s, %s },' % (kind.mask(group), kind.flag(group[-1])), 105,
                                     initial_indent='    ', subsequent_indent='      ') + '\n')
        out.append('};\n')
    if kind.made:
        out.append(maker(kind))
    out.append('\nstatic const struct store_object %s_object = {\n' % kind.word)
    if kind.groups:
        out.append('    .groups = %s_groups, .n_groups = %d,\n' % (kind.word, len(kind.groups)))
    if kind.active:
        out.append('    .active = %s, .inactive = %s,\n' % (kind.active, kind.flag('INACTIVE')))
    if kind.made:
        out.append('    .make = make_%s,\n' % kind.word)
    out.append('};\n')
    return ''.join(out)


def functions(kind):
    word = kind.word
    yield '\nstatic struct vir_store *\n%s_store(virConnectPtr conn)\n{\n' \
        '    return vir_connect_data_of(conn, &%s_key);\n}\n' % (word, word)
    yield define(set_store(kind), 'vir_connect_set_data_of(conn, &%s_key, store);' % word)
    yield define(listed(kind), 'return store_listed(&%s_object, facts, flags);' % word)
    yield define(list_head(kind), 'return store_list(store, &%s_object, conn, (void ***)ret_list, flags);' % word)
    for call, body in kind.calls:
        yield define(call.prototype('vir_stored_' + call.slot_name), 'return %s;' % body)


def source(all_kinds):
    out = [HEAD % 'Calls that a store answers.', '#include "stored.h"\n']
    for kind in all_kinds:
        out.append(constants(kind))
        out += functions(kind)
    return ''.join(out)


def outputs(api):
    """(path, text) of every file."""
    all_kinds = kinds(api)
    yield 'include/libvirt/module-stored.h', header(all_kinds)
    yield 'driver/stored.c', source(all_kinds)
