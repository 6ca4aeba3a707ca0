/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Character devices on the command line: serial ports, consoles, channels.
 */
#include "device/command-parts.h"

#include <stdio.h>
#include <stdlib.h>

/* The host's end, which the kinds of character device have in common. */
struct endpoint {
    const char *element, *alias;
    enum qemu_chartype type;
    const char *path;
    bool connect, append;
};

#define ENDPOINT(kind, one)                                                   \
    { .element = kind, .alias = (one)->device.alias.name, .type = (one)->character.type, \
      .path = (one)->character.source.path,                                   \
      .connect = (one)->character.source.mode == QEMU_CHARACTER_SOURCE_MODE_CONNECT, \
      .append = (one)->character.source.append == VIR_XML_YES }

static void
append_escaped(struct vir_buf *buf, const char *key, const char *value)
{
    vir_buf_addf(buf, ",%s=", key);
    for (const char *c = value; *c; c++)
        vir_buf_add_mem(buf, *c == ',' ? ",," : c, *c == ',' ? 2 : 1);
}

static int
add_chardev(const struct qemu_board *board, const struct endpoint *end)
{
    const char *type = vir_xml_enum_word(&qemu_chartype_words, end->type);
    bool socket = end->type == QEMU_CHARTYPE_UNIX, file = end->type == QEMU_CHARTYPE_FILE;
    struct vir_buf buf = { 0 };

    if (!socket && !file && end->type != QEMU_CHARTYPE_PTY && end->type != QEMU_CHARTYPE_NULL)
        return qemu_refuse(end->element, "type", type);
    if ((socket || file) && !end->path)
        return vir_error(VIR_ERR_XML_ERROR, "the <%s type='%s'> has no <source path='...'>", end->element,
                         type);
    if (socket && strlen(end->path) > QEMU_MAX_SOCKET_PATH) {
        vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<%s>: the path of its socket has %zu bytes, more than %d: %s",
                  end->element, strlen(end->path), QEMU_MAX_SOCKET_PATH, end->path);
        vir_error_hint("give the <%s> a shorter <source path='...'>", end->element);
        return -1;
    }
    vir_buf_addf(&buf, "%s,id=char%s", socket ? "socket" : type, end->alias);
    if (socket || file)
        append_escaped(&buf, "path", end->path);
    if (socket && !end->connect)
        vir_buf_add(&buf, ",server=on,wait=off");
    if (file && end->append)
        vir_buf_add(&buf, ",append=on");
    if (end->type == QEMU_CHARTYPE_PTY)
        board->command->n_ptys++;
    qemu_command_add(board->command, "-chardev", buf.text);
    vir_buf_free(&buf);
    return 0;
}

/* A -device for the guest's end. */
static struct json_object *
char_device(const char *driver, const char *alias)
{
    VIR_AUTO_FREE char *chardev = vir_strdup_printf("char%s", alias);
    struct json_object *device = qemu_object("driver", driver);

    qemu_put(device, "chardev", chardev);
    qemu_put(device, "id", alias);
    return device;
}

int
qemu_add_serial(const struct qemu_board *board, const struct qemu_serial_def *serial)
{
    struct endpoint end = ENDPOINT("serial", serial);
    struct json_object *device;

    if (!is(serial->target.type, "isa-serial"))
        return qemu_refuse("target", "type", serial->target.type);
    if (add_chardev(board, &end) < 0)
        return -1;
    device = char_device("isa-serial", serial->device.alias.name);
    qemu_put_number(device, "index", serial->target.port);
    if (serial->device.address && serial->device.address->has_iobase)
        qemu_put_number(device, "iobase", serial->device.address->iobase);
    if (serial->device.address && serial->device.address->has_irq)
        qemu_put_number(device, "irq", serial->device.address->irq);
    qemu_add_device(board, device);
    return 0;
}

static void
put_virtio_port(struct json_object *device, const struct qemu_address_def *address)
{
    char bus[64];

    snprintf(bus, sizeof(bus), "virtio-serial%u.0", address ? address->controller : 0);
    qemu_put(device, "bus", bus);
    if (address && address->port && strtoul(address->port, NULL, 10) > 0)
        qemu_put_number(device, "nr", (int64_t)strtoul(address->port, NULL, 10));
}

int
qemu_add_console(const struct qemu_board *board, const struct qemu_console_def *console)
{
    struct endpoint end = ENDPOINT("console", console);
    struct json_object *device;

    if (console->target.type == QEMU_CONSOLE_TARGET_TYPE_SERIAL)
        return 0;                       /* the serial port is the device */
    if (console->target.type != QEMU_CONSOLE_TARGET_TYPE_VIRTIO)
        return qemu_refuse("target", "type", vir_xml_enum_word(&qemu_console_target_type_words,
                                                               console->target.type));
    if (add_chardev(board, &end) < 0)
        return -1;
    device = char_device("virtconsole", console->device.alias.name);
    put_virtio_port(device, console->device.address);
    qemu_add_device(board, device);
    return 0;
}

int
qemu_add_channel(const struct qemu_board *board, const struct qemu_channel_def *channel)
{
    struct endpoint end = ENDPOINT("channel", channel);
    struct json_object *device;

    if (channel->target.type != QEMU_CHANNEL_TARGET_TYPE_VIRTIO)
        return qemu_refuse("target", "type", vir_xml_enum_word(&qemu_channel_target_type_words,
                                                               channel->target.type));
    if (add_chardev(board, &end) < 0)
        return -1;
    device = char_device("virtserialport", channel->device.alias.name);
    put_virtio_port(device, channel->device.address);
    qemu_put(device, "name", channel->target.name);
    qemu_add_device(board, device);
    return 0;
}
