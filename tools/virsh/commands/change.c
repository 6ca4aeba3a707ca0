/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands that change a domain's devices share. */
#include <string.h>

#include "change.h"

struct virsh_change
virsh_change(struct shell *vsh, virDomainPtr dom, unsigned int flags, bool persistent, bool current)
{
    struct virsh_change change = { dom, flags, false };

    if (persistent && dom) {
        change.flags |= VIR_DOMAIN_AFFECT_CONFIG;
        if (virDomainIsActive(dom) == 1)
            change.flags |= VIR_DOMAIN_AFFECT_LIVE;
        shell_error_forget(vsh);
    }
    change.plain = change.flags == 0 && !current;
    return change;
}

int
virsh_attach(const struct virsh_change *change, const char *xml)
{
    return change->plain ? virDomainAttachDevice(change->dom, xml)
                         : virDomainAttachDeviceFlags(change->dom, xml, change->flags);
}

int
virsh_detach(const struct virsh_change *change, const char *xml)
{
    return change->plain ? virDomainDetachDevice(change->dom, xml)
                         : virDomainDetachDeviceFlags(change->dom, xml, change->flags);
}

int
virsh_change_or_print(struct shell *vsh, const struct virsh_change *change, const char *xml, bool print,
                      int (*call)(const struct virsh_change *change, const char *xml),
                      const char *done, const char *failed)
{
    if (!xml)
        return -1;
    if (!print)
        return shell_did(vsh, call(change, xml), NULL, done, failed);
    shell_print(vsh, "%s", xml);
    return 0;
}

char *
virsh_change_document(virDomainPtr dom, bool definition)
{
    return virDomainGetXMLDesc(dom, definition ? VIR_DOMAIN_XML_INACTIVE : 0);
}

char *
virsh_disk_path(struct shell *vsh, const char *xml, const char *name, bool only_media)
{
    static const char *const columns[] = { "string(target/@dev)", VIRSH_DISK_SOURCE, "string(@device)", NULL };
    enum { TARGET, SOURCE, DEVICE, N_COLUMNS };
    struct virsh_rows disks;
    char *path = NULL;

    if (virsh_xml_rows(vsh, xml, "/domain/devices/disk", columns, &disks) < 0)
        return NULL;
    for (size_t i = 0; i < disks.n_rows && !path; i++) {
        char **disk = disks.cells + i * N_COLUMNS;
        const bool media = strcmp(disk[DEVICE], "cdrom") == 0 || strcmp(disk[DEVICE], "floppy") == 0;

        if ((media || !only_media) && (strcmp(disk[TARGET], name) == 0 || strcmp(disk[SOURCE], name) == 0))
            path = vir_strdup_printf("/domain/devices/disk[%zu]", i + 1);
    }
    virsh_rows_free(&disks);
    if (!path)
        shell_error(vsh, "No disk found whose source path or target is %s", name);
    return path;
}
