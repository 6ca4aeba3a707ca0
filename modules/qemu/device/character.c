/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host's end of serial ports, consoles and channels.
 */
#include "device/character.h"
#include "qmp/qmp.h"

void
qemu_character_set_path(struct qemu_character *end, const char *path)
{
    while (!path && end->n_sources)
        qemu_character_source_def_free(end->sources[--end->n_sources]);
    if (!path)
        return;
    if (!end->n_sources) {
        end->sources = vir_realloc_array(end->sources, 1, sizeof(*end->sources));
        end->sources[end->n_sources++] = qemu_character_source_def_new();
    }
    qemu_set_text(&end->sources[0]->path, path);
}

void
qemu_character_complete(const struct qemu_board *board, struct qemu_character *end)
{
    if (board->running)
        return;
    qemu_set_text(&end->tty, NULL);
    if (end->type == QEMU_CHARTYPE_PTY)
        qemu_character_set_path(end, NULL);
}

static bool
is_connecting(const struct qemu_character *end)
{
    return qemu_character_source(end)->mode == QEMU_CHARACTER_SOURCE_MODE_CONNECT;
}

int
qemu_character_startable(const char *element, const struct qemu_character *end)
{
    enum qemu_character_protocol_type protocol = end->protocol.type;
    bool socket = end->type == QEMU_CHARTYPE_UNIX, file = end->type == QEMU_CHARTYPE_FILE;
    const char *path = qemu_character_path(end);
    bool tcp = end->type == QEMU_CHARTYPE_TCP, telnet = protocol == QEMU_CHARACTER_PROTOCOL_TYPE_TELNET;

    if (protocol > QEMU_CHARACTER_PROTOCOL_TYPE_RAW && !(tcp && telnet))
        return qemu_refuse("protocol", "type", WORD(character_protocol_type, protocol));
    if (!socket && !file && !tcp && end->type != QEMU_CHARTYPE_PTY && end->type != QEMU_CHARTYPE_NULL)
        return qemu_refuse(element, "type", WORD(chartype, end->type));
    if (tcp && !end->n_sources)
        return vir_error(VIR_ERR_XML_ERROR, "the <%s type='tcp'> has no <source>", element);
    if ((socket || file) && !path)
        return vir_error(VIR_ERR_XML_ERROR, "the <%s type='%s'> has no <source path='...'>", element,
                         WORD(chartype, end->type));
    if (socket && strlen(path) > QEMU_MAX_SOCKET_PATH) {
        vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<%s>: the path of its socket has %zu bytes, more than %d: %s",
                  element, strlen(path), QEMU_MAX_SOCKET_PATH, path);
        vir_error_hint("give the <%s> a shorter <source path='...'>", element);
        return -1;
    }
    return 0;
}

/* ---- for QEMU ------------------------------------------------------------------------------ */

static void
put_listening(struct json_object *data, const struct qemu_character *end)
{
    qemu_put_bool(data, "server", !is_connecting(end));
    if (!is_connecting(end))
        qemu_put_bool(data, "wait", false);
}

static struct json_object *
address(const char *type, const char *key, const char *value)
{
    struct json_object *at = qemu_object("type", type);

    qmp_add(at, "data", qemu_object(key, value));
    return at;
}

static const char *
put_backend(struct json_object *data, const struct qemu_character *end)
{
    const struct qemu_character_source_def *source = qemu_character_source(end);
    struct json_object *at;

    switch (end->type) {
    case QEMU_CHARTYPE_UNIX:
        qmp_add(data, "addr", address("unix", "path", source->path));
        put_listening(data, end);
        return "socket";
    case QEMU_CHARTYPE_TCP:
        at = address("inet", "host", source->host ? source->host : "");
        qemu_put(qmp_get(at, "data"), "port", source->service);
        qmp_add(data, "addr", at);
        if (end->protocol.type == QEMU_CHARACTER_PROTOCOL_TYPE_TELNET)
            qemu_put_bool(data, "telnet", true);
        put_listening(data, end);
        return "socket";
    case QEMU_CHARTYPE_FILE:
        qemu_put(data, "out", source->path);
        if (source->append == VIR_XML_YES)
            qemu_put_bool(data, "append", true);
        return "file";
    default:
        return WORD(chartype, end->type);
    }
}

void
qemu_character_build(const struct qemu_device *of, const struct qemu_character *end,
                     struct qemu_pieces *pieces)
{
    VIR_AUTO_FREE char *id = vir_strdup_printf("char%s", of->alias.name);
    struct json_object *data = qmp_new_object(), *args = qemu_object("id", id), *backend;

    backend = qemu_object("type", put_backend(data, end));
    qmp_add(backend, "data", data);
    qmp_add(args, "backend", backend);
    qemu_pieces_add(pieces, QEMU_CHARDEV, args);
    if (end->type == QEMU_CHARTYPE_PTY)
        qemu_pieces_ask(pieces, "query-chardev");
}

struct json_object *
qemu_character_device(const char *driver, const struct qemu_device *of)
{
    VIR_AUTO_FREE char *chardev = vir_strdup_printf("char%s", of->alias.name);
    struct json_object *device = qemu_object("driver", driver);

    qemu_put(device, "chardev", chardev);
    qemu_put(device, "id", of->alias.name);
    return device;
}

/* ---- what QEMU chose ------------------------------------------------------------------------- */

/* The path in what QEMU calls the file of a character device; NULL: it is no pty.  The daemon
 * opens that path. */
static const char *
pty_of_file(const char *file)
{
    static const char start[] = "pty:/dev/pts/";
    const char *number = file + sizeof(start) - 1;

    if (strncmp(file, start, sizeof(start) - 1) != 0 || !*number || number[strspn(number, "0123456789")])
        return NULL;
    return file + 4;
}

/* NULL: none. */
static const char *
pty_of(struct json_object *answer, const char *alias)
{
    size_t n = json_object_is_type(answer, json_type_array) ? json_object_array_length(answer) : 0;

    for (size_t i = 0; i < n; i++) {
        struct json_object *one = json_object_array_get_idx(answer, i);
        const char *label = qmp_get_string(one, "label"), *file = qmp_get_string(one, "filename");

        if (label && file && strncmp(label, "char", 4) == 0 && strcmp(label + 4, alias) == 0)
            return pty_of_file(file);
    }
    return NULL;
}

void
qemu_character_learn(const struct qemu_device *of, struct qemu_character *end,
                     struct json_object *answers)
{
    const char *path = end->type == QEMU_CHARTYPE_PTY
        ? pty_of(qmp_get(answers, "query-chardev"), of->alias.name) : NULL;

    if (path)
        qemu_character_set_path(end, path);
}
