# SPDX-License-Identifier: LGPL-2.1-or-later
"""The arguments of each command, the functions of those that are one public call, and the kinds of objects."""
import re


def arguments(command):
    return ', const struct %s_args *args' % command.ident if command.options else ''


def header(name, commands, model, tables, base):
    guard = 'ROWS_%s_H' % re.sub(r'\W', '_', name).upper()
    text = '/* Printed from %s.commands. */\n#ifndef %s\n#define %s\n\n#include "%s"\n\n' % (name, guard, guard, base)
    for command in commands:
        if command.options:
            members = ''.join('    %s%s;\n' % member for member in command.members(model.kinds))
            text += 'struct %s_args {\n%s};\n' % (command.ident, members)
        for option in command.options:
            if 'words' in option.values:
                text += 'enum { %s_%s_words = %d };\n' % (command.ident, option.member(), tables.word_list(option))
        if not command.target and not command.run and not command.steps:
            text += 'int run_%s(struct shell *vsh%s);\n' % (command.ident, arguments(command))
        text += '\n'
    return text + '#endif\n'


def argument(word):
    if word == 'conn':
        return 'vsh->conn'
    return re.sub(r'^(!?)([a-z])', r'\1args->\2', word)


def call_text(call):
    return '%s(%s)' % (call[0], ', '.join(argument(word) for word in call[1]))


def step_text(command, step):
    """The statement that a step is."""
    calls = [call_text(call) for call in step.calls]
    call = calls[0] if len(calls) == 1 else 'args->flags ? %s : %s' % (calls[1], calls[0]) if calls else ''
    objects = [option for option in command.options if option.kind == 'object']
    files = [option for option in command.options if option.kind == 'file']
    done, failed = step.done or 'NULL', step.failed or 'NULL'
    typed = 'args->%s_text' % objects[0].member() if objects else 'NULL'
    if step.verb == 'does':
        return 'return shell_did(vsh, %s, %s, %s, %s);' % (call, typed, done, failed)
    if step.verb == 'makes':
        return 'return shell_made(vsh, %s, %s, args->%s_path, %s, %s);' % (
            'SHELL_' + step.kind.upper(), call, files[0].member(), done, failed)
    if step.verb == 'shows':
        xpath = 'args->xpath, args->wrap' if command.option('xpath') else 'NULL, false'
        return 'return virsh_show_document(vsh, %s, %s, %s);' % (call, xpath, failed)
    if step.verb == 'uuid':
        return 'return shell_show_uuid(vsh, SHELL_%s, args->%s);' % (step.kind.upper(), objects[0].member())
    return 'return shell_show_%s(vsh, %s, %s);' % ('own_text' if step.freed else 'text', call, failed)


def command_functions(command):
    text = ''
    if command.steps:
        lines = []
        for step in command.steps:
            if step.condition:
                lines.append('    if (args->%s)\n        %s' % (step.condition.replace('-', '_'),
                                                               step_text(command, step)))
            else:
                lines.append('    ' + step_text(command, step))
        text = 'static int\nrun_%s(struct shell *vsh%s)\n{\n%s\n}\n\n' % (
            command.ident, arguments(command), '\n'.join(lines))
    if command.run or command.target:
        return ''
    given = ', args' if command.options else ''
    unused = '' if command.options else '    (void)args;\n'
    return text + 'static int\ncall_%s(struct shell *vsh, const void *args)\n{\n%s    return run_%s(vsh%s);\n}\n\n' % (
        command.ident, unused, command.ident, given)


# What a kind of object can do, by the name of its member: (result, arguments, call).
KIND_MEMBERS = [
    ('by-id', 'by_id', 'void *', 'void *conn, int id', '%s(conn, id)'),
    ('by-uuid', 'by_uuid', 'void *', 'void *conn, const char *text', '%s(conn, text)'),
    ('by-name', 'by_name', 'void *', 'void *conn, const char *text', '%s(conn, text)'),
    ('by-mac', 'by_mac', 'void *', 'void *conn, const char *text', '%s(conn, text)'),
]


def wrapper(kind, member, result, parameters, body):
    return 'static %s\n%s_%s(%s)\n{\n%s}\n\n' % (result, kind.name, member, parameters, body)


LIST_BODY = """    %(type)s *objects = NULL;
    const int n = %(call)s(conn, &objects, flags);

    *ret_objects = NULL;
    if (n >= 0) {
        *ret_objects = vir_alloc_array((size_t)n + 1, sizeof(**ret_objects));
        for (int i = 0; i < n; i++)
            (*ret_objects)[i] = objects[i];
        free(objects);
    }
    return n;
"""


def kind_text(kind):
    """(its functions, its row): typed calls behind untyped ones."""
    text, cells = '', ['.noun = %s, .missing = %s' % (kind.noun, kind.missing)]
    for key, member, result, parameters, call in KIND_MEMBERS:
        if key in kind.calls:
            text += wrapper(kind, member, result, parameters, '    return %s;\n' % (call % kind.calls[key]))
            cells.append('.%s = %s_%s' % (member, kind.name, member))
    if 'list' in kind.calls:
        text += wrapper(kind, 'list', 'int', 'void *conn, void ***ret_objects, unsigned int flags',
                        LIST_BODY % {'type': kind.type(), 'call': kind.calls['list']})
        cells.append('.list = %s_list' % kind.name)
    if 'find' in kind.calls:
        cells.append('.find = %s' % kind.calls['find'])
    if 'nameless' not in kind.marks:
        text += wrapper(kind, 'name', 'const char *', 'void *object', '    return %sGetName(object);\n' % kind.api)
        cells.append('.name = %s_name' % kind.name)
    if 'by-uuid' in kind.calls:
        text += wrapper(kind, 'uuid', 'int', 'void *object, char *text',
                        '    return %sGetUUIDString(object, text);\n' % kind.api)
        cells.append('.uuid = %s_uuid' % kind.name)
    text += wrapper(kind, 'release', 'void', 'void *object', '    %sFree(object);\n' % kind.api)
    cells.append('.release = %s_release' % kind.name)
    if 'absent' in kind.calls:
        cells.append('.absent = %s' % kind.calls['absent'])
    if 'quiet' in kind.marks:
        cells.append('.quiet = true')
    return text, '    [%s] = { %s },\n' % (kind.constant(), ', '.join(cells))


def kinds_header(model):
    text = '/* Printed from the kinds of objects. */\n#ifndef SHELL_KINDS_H\n#define SHELL_KINDS_H\n\n'
    text += 'enum shell_object_kind {\n%s};\n\n' % ''.join('    %s,\n' % kind.constant()
                                                          for kind in model.kinds.values())
    return text + '#endif\n'


def kinds_text(model):
    texts = [kind_text(kind) for kind in model.kinds.values()]
    return ''.join(text for text, _ in texts) + 'const struct shell_kind shell_kinds[] = {\n%s};\n' % ''.join(
        row for _, row in texts)
