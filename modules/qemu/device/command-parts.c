/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the devices' arguments are put together from; see command-parts.h.
 */
#include "device/command-parts.h"

#include <stdio.h>
#include <stdlib.h>

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

void
qemu_command_json(struct qemu_command *command, const char *option, struct json_object *value)
{
    qemu_command_add(command, option,
                     json_object_to_json_string_ext(value,
                                                    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(value);
}

void
qemu_command_free(struct qemu_command *command)
{
    for (size_t i = 0; i < command->n; i++)
        free(command->argv[i]);
    free(command->argv);
    memset(command, 0, sizeof(*command));
}

int
qemu_refuse(const char *element, const char *attr, const char *value)
{
    return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the qemu driver does not do <%s %s='%s'> yet",
                     element, attr, value ? value : "");
}

struct json_object *
qemu_object(const char *key, const char *value)
{
    struct json_object *object = json_object_new_object();

    json_object_object_add(object, key, json_object_new_string(value));
    return object;
}

void
qemu_put(struct json_object *object, const char *key, const char *value)
{
    if (value)
        json_object_object_add(object, key, json_object_new_string(value));
}

void
qemu_put_number(struct json_object *object, const char *key, int64_t value)
{
    json_object_object_add(object, key, json_object_new_int64(value));
}

void
qemu_put_bool(struct json_object *object, const char *key, bool value)
{
    json_object_object_add(object, key, json_object_new_boolean(value));
}

void
qemu_put_pci_address(const struct qemu_board *board, struct json_object *device,
                     const struct qemu_address_def *address)
{
    char text[32];

    if (!address || address->type != QEMU_ADDRESS_TYPE_PCI)
        return;
    snprintf(text, sizeof(text), "%s.%u", address->bus == 0 && board->q35 ? "pcie" : "pci", address->bus);
    qemu_put(device, "bus", text);
    if (address->multifunction == VIR_XML_YES)
        qemu_put_bool(device, "multifunction", true);
    snprintf(text, sizeof(text), address->function ? "0x%x.0x%x" : "0x%x", address->slot, address->function);
    qemu_put(device, "addr", text);
}

struct json_object *
qemu_pci_device(const struct qemu_board *board, const char *driver, const struct qemu_device *of)
{
    struct json_object *device = qemu_object("driver", driver);

    qemu_put(device, "id", of->alias.name);
    qemu_put_pci_address(board, device, of->address);
    return device;
}

void
qemu_add_device(const struct qemu_board *board, struct json_object *device)
{
    qemu_command_json(board->command, "-device", device);
}

/* The place in the boot order, said for the device itself or, for the first
 * device of a kind, by <os>. */
void
qemu_put_boot_index(const struct qemu_board *board, struct json_object *device, unsigned int own, bool first,
                    enum qemu_domain_os_boot_dev kind)
{
    unsigned int index = own;

    for (size_t i = 0; i < board->doc->os.n_boots && index == 0 && first; i++)
        if (board->doc->os.boots[i]->dev == kind)
            index = (unsigned int)i + 1;
    if (index > 0)
        qemu_put_number(device, "bootindex", index);
}
