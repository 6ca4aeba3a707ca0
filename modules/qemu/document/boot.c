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
    if (doc->os.loader.type != QEMU_DOMAIN_OS_LOADER_TYPE_PFLASH || doc->os.loader.readonly != VIR_XML_YES ||
        doc->os.loader.stateless == VIR_XML_YES)
        return;
    if (!doc->os.nvram)
        doc->os.nvram = qemu_nvram_file_def_new();
    if (!doc->os.nvram->path && !doc->os.nvram->type)
        doc->os.nvram->path = qemu_variables_file(doc);
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
    for (size_t i = 0; i < doc->os.acpi.n_tables; i++)
        if (check_file(doc->os.acpi.tables[i]->path) < 0)
            return -1;
    return check_file(doc->os.kernel) < 0 || check_file(doc->os.initrd) < 0 ? -1 : 0;
}

static void
add_order(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    struct vir_buf buf = { 0 };

    if (doc->os.bootmenu.enable)
        vir_buf_addf(&buf, "menu=%s,", doc->os.bootmenu.enable == VIR_XML_YES ? "on" : "off");
    if (doc->os.bios.has_reboot_timeout)
        vir_buf_addf(&buf, "reboot-timeout=%d,", doc->os.bios.reboot_timeout);
    if (doc->os.bootmenu.has_timeout)
        vir_buf_addf(&buf, "splash-time=%u,", doc->os.bootmenu.timeout);
    vir_buf_add(&buf, "strict=on");
    qemu_command_add(command, "-boot", buf.text);
    vir_buf_free(&buf);
}

/* A firmware that finds no screen writes to the serial port. */
void
qemu_boot_put_machine(const struct qemu_domain_def *doc, struct vir_buf *buf)
{
    if (doc->os.bios.useserial == VIR_XML_YES)
        vir_buf_add(buf, ",graphics=off");
}

void
qemu_boot_build(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    add_order(doc, command);
    for (size_t i = 0; i < doc->os.acpi.n_tables; i++) {
        struct vir_buf buf = { 0 };

        vir_buf_add(&buf, "sig=SLIC,file=");
        qemu_buf_add_text(&buf, doc->os.acpi.tables[i]->path);
        qemu_command_add(command, "-acpitable", buf.text);
        vir_buf_free(&buf);
    }
    if (doc->os.kernel)
        qemu_command_add(command, "-kernel", doc->os.kernel);
    if (doc->os.initrd)
        qemu_command_add(command, "-initrd", doc->os.initrd);
    if (doc->os.cmdline)
        qemu_command_add(command, "-append", doc->os.cmdline);
}
