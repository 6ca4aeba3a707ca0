/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The pieces that devices are made of, and the three ways that they go; see
 * pieces.h.
 */
#include "device/controllers.h"
#include "device/pieces.h"
#include "qmp/monitor.h"

#include <stdio.h>
#include <stdlib.h>

/* How each kind is said: as an option, and to the monitor, there and back. */
static const struct {
    const char *option, *add, *remove, *id;     /* id: the member of ARGS that names it */
} ways[] = {
    [QEMU_OBJECT] = { "-object", "object-add", "object-del", "id" },
    [QEMU_CHARDEV] = { "-chardev", "chardev-add", "chardev-remove", "id" },
    [QEMU_NETDEV] = { "-netdev", "netdev_add", "netdev_del", "id" },
    [QEMU_BLOCKDEV] = { "-blockdev", "blockdev-add", "blockdev-del", "node-name" },
    [QEMU_DEVICE] = { "-device", "device_add", "device_del", "id" },
    [QEMU_AUDIODEV] = { "-audiodev", NULL, NULL, "id" },
};

/* ---- the list ---------------------------------------------------------------------------- */

static struct qemu_piece *
add_piece(struct qemu_pieces *pieces, struct qemu_piece piece)
{
    pieces->list = vir_realloc_array(pieces->list, pieces->n + 1, sizeof(*pieces->list));
    pieces->list[pieces->n] = piece;
    return &pieces->list[pieces->n++];
}

void
qemu_pieces_add(struct qemu_pieces *pieces, enum qemu_piece_kind kind, struct json_object *args)
{
    add_piece(pieces, (struct qemu_piece){ .kind = kind, .args = args });
}

void
qemu_pieces_setting(struct qemu_pieces *pieces, const char *command, struct json_object *args)
{
    add_piece(pieces, (struct qemu_piece){ .kind = QEMU_SETTING, .name = vir_strdup(command), .args = args });
}

void
qemu_pieces_option(struct qemu_pieces *pieces, const char *name, const char *text)
{
    add_piece(pieces, (struct qemu_piece){ .kind = QEMU_OPTION, .name = vir_strdup(name),
                                           .text = vir_strdup(text) });
}

void
qemu_pieces_ask(struct qemu_pieces *pieces, const char *command)
{
    for (size_t i = 0; i < pieces->n; i++)
        if (pieces->list[i].kind == QEMU_QUESTION && strcmp(pieces->list[i].name, command) == 0)
            return;
    add_piece(pieces, (struct qemu_piece){ .kind = QEMU_QUESTION, .name = vir_strdup(command) });
}

void
qemu_pieces_ask_property(struct qemu_pieces *pieces, const char *object, const char *property)
{
    struct json_object *args = qmp_new_object();

    qmp_add(args, "path", qmp_new_string(object));
    qmp_add(args, "property", qmp_new_string(property));
    add_piece(pieces, (struct qemu_piece){ .kind = QEMU_QUESTION, .name = vir_strdup("qom-get"),
                                           .text = vir_strdup(property), .args = args });
}

bool
qemu_pieces_asked(const struct qemu_pieces *pieces)
{
    for (size_t i = 0; i < pieces->n; i++)
        if (pieces->list[i].kind == QEMU_QUESTION)
            return true;
    return false;
}

void
qemu_pieces_free(struct qemu_pieces *pieces)
{
    for (size_t i = 0; i < pieces->n; i++) {
        free(pieces->list[i].name);
        free(pieces->list[i].text);
        json_object_put(pieces->list[i].args);
    }
    free(pieces->list);
    memset(pieces, 0, sizeof(*pieces));
}

/* ---- to a command line ---------------------------------------------------------------------- */

static void
add_arg(struct qemu_command *command, char *arg)
{
    command->argv = vir_realloc_array(command->argv, command->n + 2, sizeof(*command->argv));
    command->argv[command->n++] = arg;
    command->argv[command->n] = NULL;
}

void
qemu_command_add(struct qemu_command *command, const char *option, const char *value)
{
    add_arg(command, vir_strdup(option));
    if (value)
        add_arg(command, vir_strdup(value));
}

void
qemu_command_addf(struct qemu_command *command, const char *option, const char *fmt, ...)
{
    char *value;
    va_list args;

    va_start(args, fmt);
    if (vasprintf(&value, fmt, args) < 0)
        abort();
    va_end(args);
    add_arg(command, vir_strdup(option));
    add_arg(command, value);
}

static const char *
json_text(struct json_object *value)
{
    return qmp_text(value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

void
qemu_command_json(struct qemu_command *command, const char *option, struct json_object *value)
{
    qemu_command_add(command, option, json_text(value));
    json_object_put(value);
}

void
qemu_buf_add_text(struct vir_buf *buf, const char *text)
{
    for (const char *c = text ? text : ""; *c; c++)
        vir_buf_add_mem(buf, *c == ',' ? ",," : c, *c == ',' ? 2 : 1);
}

static void
add_value(struct vir_buf *buf, const char *key, struct json_object *value)
{
    if (json_object_is_type(value, json_type_boolean)) {
        vir_buf_addf(buf, ",%s=%s", key, json_object_get_boolean(value) ? "on" : "off");
        return;
    }
    vir_buf_addf(buf, ",%s=", key);
    qemu_buf_add_text(buf, json_object_get_string(value));
}

/* What a chardev's member is called on a command line; LOCAL: of our own address. */
static const char *
member_name(const char *key, bool local)
{
    static const struct { const char *key, *name; bool local; } names[] = {
        { "out", "path", false }, { "device", "path", false }, { "fqdn", "name", false }, { "type", "name", false },
        { "host", "localaddr", true }, { "port", "localport", true },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].local == local && strcmp(names[i].key, key) == 0)
            return names[i].name;
    return key;
}

/* There an address is not apart, and a socket that does not listen says nothing of it. */
static void
add_members(struct vir_buf *buf, struct json_object *data, bool local)
{
    json_object_object_foreach(data, key, value) {
        if (json_object_is_type(value, json_type_object))
            add_members(buf, qmp_get(value, "data"), strcmp(key, "local") == 0);
        else if (strcmp(key, "server") != 0 || json_object_get_boolean(value))
            add_value(buf, member_name(key, local), value);
    }
}

static void
add_chardev(struct qemu_command *command, struct json_object *args)
{
    struct json_object *backend = qmp_get(args, "backend");
    struct vir_buf buf = { 0 };

    vir_buf_addf(&buf, "%s,id=%s", qmp_get_string(backend, "type"), qmp_get_string(args, "id"));
    add_members(&buf, qmp_get(backend, "data"), false);
    qemu_command_add(command, ways[QEMU_CHARDEV].option, buf.text);
    vir_buf_free(&buf);
}

void
qemu_command_pieces(struct qemu_command *command, const struct qemu_pieces *pieces)
{
    for (size_t i = 0; i < pieces->n; i++) {
        const struct qemu_piece *piece = &pieces->list[i];

        if (piece->kind == QEMU_OPTION)
            qemu_command_add(command, piece->name, piece->text);
        else if (piece->kind == QEMU_CHARDEV)
            add_chardev(command, piece->args);
        else if (piece->kind < QEMU_OPTION)
            qemu_command_add(command, ways[piece->kind].option, json_text(piece->args));
    }
}

void
qemu_command_free(struct qemu_command *command)
{
    for (size_t i = 0; i < command->n; i++)
        free(command->argv[i]);
    free(command->argv);
    qemu_pieces_free(&command->pieces);
    memset(command, 0, sizeof(*command));
}

/* ---- to a running QEMU and away from it --------------------------------------------------------- */

static struct qemu_call *
send_removal(struct qemu_monitor *monitor, const struct qemu_piece *piece)
{
    const char *id = ways[piece->kind].id;

    return qemu_monitor_send(monitor, ways[piece->kind].remove,
                             qemu_object(id, qmp_get_string(piece->args, id)));
}

/* From the last to the first: those that THERE says of, or (NULL) all that stand behind devices. */
static void
remove_backwards(struct qemu_monitor *monitor, const struct qemu_pieces *pieces, const bool *there)
{
    struct qemu_call **calls = vir_alloc_array(pieces->n + 1, sizeof(*calls));
    virErrorPtr error = vir_error_take();

    for (size_t i = pieces->n; i-- > 0; ) {
        enum qemu_piece_kind kind = pieces->list[i].kind;

        if (kind <= QEMU_DEVICE && (there ? there[i] : kind != QEMU_DEVICE))
            calls[i] = send_removal(monitor, &pieces->list[i]);
    }
    for (size_t i = pieces->n; i-- > 0; )
        if (calls[i] && qemu_monitor_wait(monitor, calls[i], QEMU_COMMAND_MS, NULL) < 0)
            qemu_warn_error(qmp_get_string(pieces->list[i].args, ways[pieces->list[i].kind].id));
    free(calls);
    vir_error_restore(error);
}

static struct qemu_call *
send_piece(struct qemu_monitor *monitor, const struct qemu_piece *piece)
{
    const char *command = piece->kind >= QEMU_OPTION ? piece->name : ways[piece->kind].add;

    return qemu_monitor_send(monitor, command, json_object_get(piece->args));
}

/* The answer to what was sent for PIECE; a question's goes into ANSWERS. */
static int
take_answer(struct qemu_monitor *monitor, const struct qemu_piece *piece, struct qemu_call *call,
            struct json_object *answers)
{
    struct json_object *answer = NULL;
    int ret = qemu_monitor_wait(monitor, call, QEMU_COMMAND_MS, &answer);

    if (ret == 0 && piece->kind == QEMU_QUESTION)
        qmp_add(answers, piece->name, answer);
    else
        json_object_put(answer);
    return ret;
}

int
qemu_pieces_plug(struct qemu_monitor *monitor, const struct qemu_pieces *pieces,
                 struct json_object **ret_answers)
{
    struct qemu_call **calls = vir_alloc_array(pieces->n + 1, sizeof(*calls));
    bool *there = vir_alloc_array(pieces->n + 1, sizeof(*there));
    virErrorPtr error = NULL;

    *ret_answers = qmp_new_object();
    for (size_t i = 0; i < pieces->n; i++)
        calls[i] = send_piece(monitor, &pieces->list[i]);
    for (size_t i = 0; i < pieces->n; i++) {
        const struct qemu_piece *piece = &pieces->list[i];
        virErrorPtr fault = take_answer(monitor, piece, calls[i], *ret_answers) < 0 ? vir_error_take() : NULL;

        there[i] = !fault || fault->code == VIR_ERR_OPERATION_TIMEOUT;  /* that one may come yet */
        if (fault && piece->kind > QEMU_DEVICE) {
            vir_error_restore(fault);
            qemu_warn_error(piece->name);       /* the device is there all the same */
        } else if (!error) {
            error = fault;              /* the first; what follows from it is no news */
        } else {
            vir_error_drop(fault);
        }
    }
    if (error) {
        vir_error_restore(error);
        remove_backwards(monitor, pieces, there);
    }
    free(calls);
    free(there);
    return error ? -1 : 0;
}

int
qemu_pieces_unplug(struct qemu_monitor *monitor, const struct qemu_pieces *pieces)
{
    for (size_t i = pieces->n; i-- > 0; )
        if (pieces->list[i].kind == QEMU_DEVICE &&
            qemu_monitor_wait(monitor, send_removal(monitor, &pieces->list[i]), QEMU_COMMAND_MS, NULL) < 0)
            return -1;
    return 0;
}

/* What was below a block node goes with it, but for what was added alone before it came to lie there. */
static void
drop_below(struct qemu_monitor *monitor, struct json_object *node)
{
    for (; node; node = qmp_get(node, "backing")) {
        const char *name = qmp_get_string(qmp_get(node, "backing"), "node-name");

        if (name)
            qemu_monitor_post(monitor, "blockdev-del", qemu_object("node-name", name), NULL, NULL);
    }
}

void
qemu_pieces_drop(struct qemu_monitor *monitor, const struct qemu_pieces *pieces)
{
    remove_backwards(monitor, pieces, NULL);
    for (size_t i = 0; i < pieces->n; i++)
        if (pieces->list[i].kind == QEMU_BLOCKDEV)
            drop_below(monitor, pieces->list[i].args);
}

/* ---- their parts ------------------------------------------------------------------------------------ */

struct json_object *
qemu_object(const char *key, const char *value)
{
    struct json_object *object = qmp_new_object();

    qmp_add(object, key, qmp_new_string(value));
    return object;
}

void
qemu_put(struct json_object *object, const char *key, const char *value)
{
    if (value)
        qmp_add(object, key, qmp_new_string(value));
}

void
qemu_put_number(struct json_object *object, const char *key, int64_t value)
{
    qmp_add(object, key, qmp_new_int(value));
}

void
qemu_put_bool(struct json_object *object, const char *key, bool value)
{
    qmp_add(object, key, qmp_new_bool(value));
}

void
qemu_put_pci_address(const struct qemu_board *board, struct json_object *device,
                     const struct qemu_address_def *address)
{
    char text[32];

    if (!address || address->type != QEMU_ADDRESS_TYPE_PCI)
        return;
    qemu_put(device, "bus", qemu_controller_name(board, QEMU_CONTROLLER_TYPE_PCI, address->bus));
    if (address->multifunction == VIR_XML_YES)
        qemu_put_bool(device, "multifunction", true);
    snprintf(text, sizeof(text), address->function ? "0x%x.0x%x" : "0x%x", address->slot, address->function);
    qemu_put(device, "addr", text);
}

void
qemu_put_acpi_index(struct json_object *device, const struct qemu_device *of)
{
    if (of->acpi.has_index)
        qemu_put_number(device, "acpi-index", of->acpi.index);
}

void
qemu_put_virtio(struct json_object *device, const struct qemu_virtio *virtio)
{
    const struct { const char *key; enum vir_xml_bool value; } rows[] = {
        { "iommu_platform", virtio->iommu }, { "ats", virtio->ats }, { "packed", virtio->packed },
        { "page-per-vq", virtio->page_per_vq },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].value)
            qemu_put_bool(device, rows[i].key, rows[i].value == VIR_XML_YES);
}

char *
qemu_virtio_driver(const char *base, enum qemu_virtio_model model)
{
    return vir_strdup_printf("%s-pci%s", base, model == QEMU_VIRTIO_MODEL_VIRTIO_TRANSITIONAL ? "-transitional"
                             : model == QEMU_VIRTIO_MODEL_VIRTIO_NON_TRANSITIONAL ? "-non-transitional" : "");
}

struct json_object *
qemu_pci_device(const struct qemu_board *board, const char *driver, const struct qemu_device *of)
{
    struct json_object *device = qemu_object("driver", driver);

    qemu_put(device, "id", of->alias.name);
    qemu_put_pci_address(board, device, of->address);
    qemu_put_acpi_index(device, of);
    return device;
}
