/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The document of a domain as far as the xenstore tells it.
 */
#include <stdlib.h>
#include <string.h>

#include "xen.h"

static void
add_element(struct vir_buf *buf, const char *indent, const char *name, const char *text)
{
    if (!text || !*text)
        return;
    vir_buf_addf(buf, "%s<%s>", indent, name);
    vir_buf_add_escaped(buf, text);
    vir_buf_addf(buf, "</%s>\n", name);
}

static void
add_os(struct vir_buf *buf, const struct xen_identity *who, const struct xen_facts *facts)
{
    const char *machine = !facts->type || strcmp(facts->type, "pv") == 0 ? "xenpv"
                        : strcmp(facts->type, "pvh") == 0 ? "xenpvh" : "xenfv";

    vir_buf_add(buf, "  <os>\n");
    vir_buf_addf(buf, "    <type arch='x86_64' machine='%s'>%s</type>\n", machine, xen_os_type(who, facts));
    add_element(buf, "    ", "kernel", facts->kernel);
    add_element(buf, "    ", "initrd", facts->ramdisk);
    add_element(buf, "    ", "cmdline", facts->cmdline);
    vir_buf_add(buf, "  </os>\n");
}

static void
add_console(struct vir_buf *buf, const char *tty)
{
    if (!tty || !*tty)
        return;
    vir_buf_add(buf, "    <console type='pty' tty='");
    vir_buf_add_escaped(buf, tty);
    vir_buf_add(buf, "'>\n      <source path='");
    vir_buf_add_escaped(buf, tty);
    vir_buf_add(buf, "'/>\n      <target type='xen' port='0'/>\n    </console>\n");
}

char *
xen_domain_format(const struct xen_identity *who, const struct xen_facts *facts)
{
    struct vir_buf buf = {0};
    char uuid[VIR_UUID_STRING_BUFLEN];

    vir_uuid_format(who->uuid, uuid);
    vir_buf_addf(&buf, "<domain type='xen' id='%d'>\n", who->id);
    add_element(&buf, "  ", "name", who->name);
    add_element(&buf, "  ", "uuid", uuid);
    vir_buf_addf(&buf, "  <memory unit='KiB'>%lu</memory>\n", facts->max_memory);
    vir_buf_addf(&buf, "  <currentMemory unit='KiB'>%lu</currentMemory>\n", facts->memory);
    vir_buf_add(&buf, "  <vcpu placement='static'");
    if (facts->vcpus < facts->max_vcpus)
        vir_buf_addf(&buf, " current='%u'", facts->vcpus);
    vir_buf_addf(&buf, ">%u</vcpu>\n", facts->max_vcpus);
    add_os(&buf, who, facts);
    vir_buf_add(&buf, "  <devices>\n");
    add_console(&buf, facts->tty);
    vir_buf_add(&buf, "  </devices>\n</domain>\n");
    return vir_buf_steal(&buf);
}
