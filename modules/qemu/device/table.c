/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of devices, in the order of the command line, printed from the
 * list of their files in Makefile.am; and the devices of a document in that order.
 */
#include "device/device.h"

const struct qemu_device_type *const qemu_device_types[] = {
#define QEMU_DEVICE(name) &qemu_device_##name,
#include "device-rows.h"
#undef QEMU_DEVICE
    NULL
};

const struct qemu_device_type *
qemu_device_type(const char *element)
{
    for (size_t i = 0; qemu_device_types[i]; i++)
        if (strcmp(qemu_device_element(qemu_device_types[i]), element) == 0)
            return qemu_device_types[i];
    return NULL;
}

bool
qemu_each_device(const struct qemu_domain_def *doc, struct qemu_each *each)
{
    for (; qemu_device_types[each->next_type]; each->next_type++, each->next = 0) {
        each->type = qemu_device_types[each->next_type];
        if (each->next < vir_xml_list_count(each->type->list, doc)) {
            each->dev = vir_xml_list_at(each->type->list, doc, each->next++);
            return true;
        }
    }
    return false;
}
