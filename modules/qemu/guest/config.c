/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Definitions on disk: NAME.xml in the configuration directory, and a link of
 * the same name below autostart/ for those that start with the host.
 */
#include "guest/managed.h"
#include "guest/snapshot.h"
#include "guest/state.h"

#include <string.h>

static const char header[] =
    "<!--\n"
    "This file belongs to libvirt: a change made here is seen only when the daemon\n"
    "starts and is lost with the next change through libvirt.  Use instead:\n"
    "  virsh dumpxml, an editor, virsh define\n"
    "-->\n\n";

int
qemu_config_save(const struct qemu_def *def)
{
    VIR_AUTO_FREE char *xml = qemu_def_format(def, VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE);
    VIR_AUTO_FREE char *text = vir_strdup_printf("%s%s", header, xml);

    return vir_keep_write(&qemu_driver.config, def->doc->name, text);
}

int
qemu_config_keep(struct qemu_domain *domain, struct qemu_def *def)
{
    if (qemu_config_save(def) < 0)
        return -1;
    qemu_def_pack(def);
    qemu_domain_lock(domain);
    qemu_def_unref(domain->def);
    domain->def = qemu_def_ref(def);
    qemu_domain_unlock(domain);
    return 0;
}

static int
load(const char *name, const char *text, void *opaque)
{
    struct qemu_def *def = qemu_def_read(text);
    struct qemu_domain *domain;

    (void)opaque;
    if (!def)
        return -1;
    if (strcmp(def->doc->name, name) != 0) {
        vir_error(VIR_ERR_XML_ERROR, "the file holds the domain '%s'", def->doc->name);
        qemu_def_unref(def);
        return -1;
    }
    qemu_def_pack(def);
    domain = qemu_domain_new(def);
    domain->persistent = true;
    domain->autostart = vir_keep_autostart(&qemu_driver.config, name);
    qemu_managed_find(domain);
    qemu_snapshots_load(domain);
    return qemu_domain_add(domain) < 0 ? -1 : (qemu_domain_unref(&domain), 0);
}

void
qemu_config_load_all(void)
{
    vir_keep_load(&qemu_driver.config, load, NULL);
}
