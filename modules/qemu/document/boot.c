/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the firmware starts: a kernel of the host, or kinds of devices in an order.
 */
#include "device/pieces.h"
#include "document/machine.h"
#include "host/file.h"

static bool
has_device_boot(const struct qemu_domain_def *doc)
{
    const struct qemu_device *device;

    for (struct qemu_mixin_at at = { 0 }; (device = qemu_mixin_next(doc, &at)); )
        if (device->boot.present)
            return true;
    return false;
}

/* The firmware's memory is a file of the guest's own, where no other place is said. */
static void
complete_nvram(struct qemu_domain_def *doc)
{
    const struct vir_host *host = qemu_driver.host;

    if (doc->os.loader.type != QEMU_DOMAIN_OS_LOADER_TYPE_PFLASH || doc->os.loader.readonly != VIR_XML_YES ||
        doc->os.loader.stateless == VIR_XML_YES)
        return;
    if (!doc->os.nvram)
        doc->os.nvram = qemu_nvram_file_def_new();
    if (!doc->os.nvram->path && !doc->os.nvram->type)
        doc->os.nvram->path = vir_strdup_printf("%s/qemu/nvram/%s_VARS.fd", host->privileged ? host->data_dir
                                                : host->config_dir, doc->name);
}

int
qemu_boot_complete(struct qemu_domain_def *doc)
{
    bool devices = has_device_boot(doc);

    if (doc->os.loader.path && !doc->os.loader.type)
        doc->os.loader.type = QEMU_DOMAIN_OS_LOADER_TYPE_ROM;
    complete_nvram(doc);
    if (doc->os.n_boots && devices)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "the boot order is said twice: by <boot> of <os> and by <boot> of a device");
    if (doc->os.n_boots || devices)
        return 0;
    doc->os.boots = vir_alloc_array(1, sizeof(*doc->os.boots));
    doc->os.boots[0] = qemu_domain_os_boot_def_new();
    doc->os.boots[0]->dev = QEMU_DOMAIN_OS_BOOT_DEV_HD;
    doc->os.n_boots = 1;
    return 0;
}

static int
check_file(const char *path)
{
    return path ? qemu_file_check("boot file", path, QEMU_FILE_REGULAR) : 0;
}

int
qemu_boot_startable(const struct qemu_domain_def *doc)
{
    if (doc->os.loader.present)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the qemu driver does not do <loader> yet");
    return check_file(doc->os.kernel) < 0 || check_file(doc->os.initrd) < 0 ? -1 : 0;
}

void
qemu_boot_build(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    bool menu = doc->os.bootmenu.enable == VIR_XML_YES;

    qemu_command_addf(command, "-boot", "%sstrict=on", menu ? "menu=on," : "");
    if (doc->os.kernel)
        qemu_command_add(command, "-kernel", doc->os.kernel);
    if (doc->os.initrd)
        qemu_command_add(command, "-initrd", doc->os.initrd);
    if (doc->os.cmdline)
        qemu_command_add(command, "-append", doc->os.cmdline);
}
