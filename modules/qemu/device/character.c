/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host's end of character devices: serial and parallel ports, consoles, channels,
 * lent USB devices, smart cards.
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

/* What QEMU calls it, and what it needs. */
static const struct backend {
    const char *name;                   /* QEMU's; NULL: it has none */
    bool path, host, channel;           /* it needs a file of the host, another host, a name in another program */
    bool spice;                         /* only for who has a name there */
} backends[] = {
    [QEMU_CHARTYPE_NULL] = { .name = "null" }, [QEMU_CHARTYPE_VC] = { .name = "vc" },
    [QEMU_CHARTYPE_PTY] = { .name = "pty" }, [QEMU_CHARTYPE_DEV] = { .name = "serial", .path = true },
    [QEMU_CHARTYPE_FILE] = { .name = "file", .path = true }, [QEMU_CHARTYPE_PIPE] = { .name = "pipe", .path = true },
    [QEMU_CHARTYPE_STDIO] = { .name = "stdio" }, [QEMU_CHARTYPE_UDP] = { .name = "udp", .host = true },
    [QEMU_CHARTYPE_TCP] = { .name = "socket", .host = true }, [QEMU_CHARTYPE_UNIX] = { .name = "socket", .path = true },
    [QEMU_CHARTYPE_SPICEVMC] = { .name = "spicevmc", .spice = true }, [QEMU_CHARTYPE_SPICEPORT] = { .name = "spiceport", .channel = true },
    [QEMU_CHARTYPE_QEMU_VDAGENT] = { .name = "qemu-vdagent" }, [QEMU_CHARTYPE_DBUS] = { .name = "dbus", .channel = true },
    [QEMU_CHARTYPE_NMDM] = { NULL },
};

static const char *const spice_names[] = {
    [QEMU_CHARACTER_AGENT] = "vdagent", [QEMU_CHARACTER_USB] = "usbredir", [QEMU_CHARACTER_SMARTCARD] = "smartcard", [QEMU_CHARACTER_USES] = NULL,
};

static int
check_socket(const char *element, const char *path)
{
    if (strlen(path) <= QEMU_MAX_SOCKET_PATH)
        return 0;
    vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<%s>: the path of its socket has %zu bytes, more than %d: %s",
              element, strlen(path), QEMU_MAX_SOCKET_PATH, path);
    vir_error_hint("give the <%s> a shorter <source path='...'>", element);
    return -1;
}

int
qemu_character_startable(const char *element, enum qemu_character_use use, const struct qemu_character *end)
{
    enum qemu_character_protocol_type protocol = end->protocol.type;
    const struct backend *backend = &backends[end->type ? end->type : QEMU_CHARTYPE_PTY];
    const char *path = qemu_character_path(end);

    if (protocol > QEMU_CHARACTER_PROTOCOL_TYPE_RAW &&
        !(end->type == QEMU_CHARTYPE_TCP && protocol == QEMU_CHARACTER_PROTOCOL_TYPE_TELNET))
        return qemu_refuse("protocol", "type", WORD(character_protocol_type, protocol));
    if (!backend->name || (backend->spice && !spice_names[use]))
        return qemu_refuse(element, "type", WORD(chartype, end->type));
    if ((backend->host || backend->channel) && !end->n_sources)
        return vir_error(VIR_ERR_XML_ERROR, "the <%s type='%s'> has no <source>", element, WORD(chartype, end->type));
    if (backend->path && !path)
        return vir_error(VIR_ERR_XML_ERROR, "the <%s type='%s'> has no <source path='...'>", element,
                         WORD(chartype, end->type));
    return end->type == QEMU_CHARTYPE_UNIX ? check_socket(element, path) : 0;
}

/* ---- for QEMU ------------------------------------------------------------------------------ */

static void
put_listening(struct json_object *data, const struct qemu_character_source_def *source)
{
    bool connects = source->mode == QEMU_CHARACTER_SOURCE_MODE_CONNECT;

    qemu_put_bool(data, "server", !connects);
    if (!connects)
        qemu_put_bool(data, "wait", false);
    if (source->reconnect.enabled == VIR_XML_YES)
        qemu_put_number(data, "reconnect", source->reconnect.timeout);
}

static struct json_object *
address(const char *type, const char *key, const char *value)
{
    struct json_object *at = qemu_object("type", type);

    qmp_add(at, "data", qemu_object(key, value));
    return at;
}

static struct json_object *
inet_address(const struct qemu_character_source_def *source)
{
    struct json_object *at = address("inet", "host", source->host ? source->host : "");

    qemu_put(qmp_get(at, "data"), "port", source->service ? source->service : "0");
    return at;
}

/* The end that connects is the other host's, the one that binds is ours. */
static void
put_udp(struct json_object *data, const struct qemu_character *end)
{
    for (size_t i = 0; i < end->n_sources; i++)
        qmp_add(data, end->sources[i]->mode == QEMU_CHARACTER_SOURCE_MODE_BIND ? "local" : "remote",
                inet_address(end->sources[i]));
}

static void
put_agent(struct json_object *data, const struct qemu_character_source_def *source)
{
    if (!source)
        return;
    if (source->clipboard.copypaste)
        qemu_put_bool(data, "clipboard", source->clipboard.copypaste == VIR_XML_YES);
    if (source->mouse.mode)
        qemu_put_bool(data, "mouse", source->mouse.mode == QEMU_CHARACTER_SOURCE_MOUSE_MODE_CLIENT);
}

static void
put_backend(struct json_object *data, enum qemu_character_use use, const struct qemu_character *end)
{
    const struct qemu_character_source_def *source = qemu_character_source(end);

    switch (end->type) {
    case QEMU_CHARTYPE_UNIX:
        qmp_add(data, "addr", address("unix", "path", source->path));
        put_listening(data, source);
        break;
    case QEMU_CHARTYPE_TCP:
        qmp_add(data, "addr", inet_address(source));
        if (end->protocol.type == QEMU_CHARACTER_PROTOCOL_TYPE_TELNET)
            qemu_put_bool(data, "telnet", true);
        put_listening(data, source);
        break;
    case QEMU_CHARTYPE_UDP:
        put_udp(data, end);
        break;
    case QEMU_CHARTYPE_FILE:
        qemu_put(data, "out", source->path);
        if (source->append == VIR_XML_YES)
            qemu_put_bool(data, "append", true);
        break;
    case QEMU_CHARTYPE_DEV:
    case QEMU_CHARTYPE_PIPE:
        qemu_put(data, "device", source->path);
        break;
    case QEMU_CHARTYPE_SPICEVMC:
        qemu_put(data, "type", spice_names[use]);
        break;
    case QEMU_CHARTYPE_SPICEPORT:
        qemu_put(data, "fqdn", source->channel);
        break;
    case QEMU_CHARTYPE_DBUS:
        qemu_put(data, "name", source->channel);
        break;
    case QEMU_CHARTYPE_QEMU_VDAGENT:
        put_agent(data, source);
        break;
    default:
        break;
    }
    qemu_put(data, "logfile", end->log.file);
    if (end->log.append)
        qemu_put_bool(data, "logappend", end->log.append == VIR_XML_YES);
}

void
qemu_character_build(const struct qemu_device *of, enum qemu_character_use use, const struct qemu_character *end,
                     struct qemu_pieces *pieces)
{
    VIR_AUTO_FREE char *id = vir_strdup_printf("char%s", of->alias.name);
    struct json_object *data = qmp_new_object(), *args = qemu_object("id", id), *backend;
    bool parallel = end->type == QEMU_CHARTYPE_DEV && use == QEMU_CHARACTER_PARALLEL;

    backend = qemu_object("type", parallel ? "parallel" : backends[end->type ? end->type : QEMU_CHARTYPE_PTY].name);
    put_backend(data, use, end);
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
