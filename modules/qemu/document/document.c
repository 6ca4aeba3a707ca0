/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What several files want to know of a document, or do to it.
 */
#include "document/domain-xml.h"

#include <string.h>

bool
qemu_machine_is_q35(const char *machine)
{
    return strncmp(machine, "pc-q35", 6) == 0 || strcmp(machine, "q35") == 0;
}

bool
qemu_is_ip_address(const char *text)
{
    return *text && !text[strspn(text, "0123456789abcdefABCDEF.:")];
}

int
qemu_target_index(const char *dev)
{
    const char *letters = dev + (strncmp(dev, "xvd", 3) == 0 ? 3 : 2);
    int n = 0;

    if (strlen(dev) < 3 || !*letters || strlen(letters) > 3)
        return -1;
    for (; *letters; letters++) {
        if (*letters < 'a' || *letters > 'z')
            return -1;
        n = n * 26 + (*letters - 'a' + 1);
    }
    return n - 1;
}

bool
qemu_scsi_is_lsi(const struct qemu_domain_def *doc, unsigned int index)
{
    for (size_t i = 0; i < doc->devices.n_controllers; i++) {
        const struct qemu_controller_def *controller = doc->devices.controllers[i];

        if (controller->type == QEMU_CONTROLLER_TYPE_SCSI && controller->index == index)
            return controller->model && strcmp(controller->model, "lsilogic") == 0;
    }
    return false;
}

struct qemu_controller_def *
qemu_doc_add_controller(struct qemu_domain_def *doc, enum qemu_controller_type type, unsigned int index,
                        const char *model)
{
    struct qemu_controller_def *controller = qemu_controller_def_new();

    controller->type = type;
    controller->has_index = true;
    controller->index = index;
    controller->model = vir_strdup(model);
    doc->devices.controllers = vir_realloc_array(doc->devices.controllers, doc->devices.n_controllers + 1,
                                                 sizeof(*doc->devices.controllers));
    doc->devices.controllers[doc->devices.n_controllers++] = controller;
    return controller;
}
