/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The capabilities document: the host, and the guests that its emulators run.
 */
#include "qemu.h"
#include "cpu/cpu.h"
#include "emulator/capabilities.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_EMULATORS = 8 };

/* The first line of a file of the kernel; NULL: not there. */
static char *
read_line(const char *path)
{
    char *text;
    size_t len;

    if (vir_file_read_path(path, 4096, &text, &len) < 0) {
        virFreeError(vir_error_take());
        return NULL;
    }
    text[strcspn(text, "\n")] = '\0';
    return text;
}

static void
format_host_uuid(struct vir_buf *buf)
{
    static const char *const sources[] = { "/sys/class/dmi/id/product_uuid", "/etc/machine-id" };
    unsigned char uuid[VIR_UUID_BUFLEN];
    char text[VIR_UUID_STRING_BUFLEN];

    for (size_t i = 0; i < 3; i++) {
        const char *given = qemu_driver.host->uuid;
        VIR_AUTO_FREE char *line = i > 0 ? read_line(sources[i - 1]) : given ? vir_strdup(given) : NULL;

        if (line && vir_uuid_parse(line, uuid) == 0) {
            vir_uuid_format(uuid, text);
            vir_buf_addf(buf, "    <uuid>%s</uuid>\n", text);
            return;
        }
    }
}

static void
format_host(struct vir_buf *buf)
{
    virNodeInfo node;
    bool known = vir_node_info(&node) == 0;

    vir_buf_add(buf, "  <host>\n");
    format_host_uuid(buf);
    vir_buf_addf(buf, "    <cpu>\n      <arch>%s</arch>\n", qemu_caps_host_arch());
    qemu_cpu_host_format(buf);
    if (known)
        vir_buf_addf(buf, "      <topology sockets='%u' dies='1' cores='%u' threads='%u'/>\n",
                     node.sockets * node.nodes, node.cores, node.threads);
    qemu_cpu_host_format_features(buf);
    vir_node_format_pages(buf);
    vir_buf_add(buf, "    </cpu>\n");
    vir_node_format_power(buf);
    vir_buf_add(buf, "    <migration_features>\n      <live/>\n      <uri_transports>\n"
                     "        <uri_transport>tcp</uri_transport>\n        <uri_transport>rdma</uri_transport>\n"
                     "      </uri_transports>\n    </migration_features>\n");
    vir_node_format_topology(buf);
    vir_buf_add(buf, "    <secmodel>\n      <model>none</model>\n      <doi>0</doi>\n    </secmodel>\n");
    vir_buf_add(buf, "  </host>\n\n");
}

static void
format_machine(struct vir_buf *buf, const struct qemu_machine *m)
{
    const char *deprecated = m->deprecated ? " deprecated='yes'" : "";

    vir_buf_addf(buf, "      <machine maxCpus='%u'%s>", m->max_cpus, deprecated);
    vir_buf_add_escaped(buf, m->name);
    vir_buf_add(buf, "</machine>\n");
    if (!m->alias)
        return;
    vir_buf_add(buf, "      <machine canonical='");
    vir_buf_add_escaped(buf, m->name);
    vir_buf_addf(buf, "' maxCpus='%u'%s>", m->max_cpus, deprecated);
    vir_buf_add_escaped(buf, m->alias);
    vir_buf_add(buf, "</machine>\n");
}

/* The one that guests get who name none goes first: programs take it. */
static void
format_machines(struct vir_buf *buf, const struct qemu_emulator *emulator)
{
    const struct qemu_machine *first = qemu_caps_machine(emulator, NULL);

    if (first)
        format_machine(buf, first);
    for (size_t i = 0; i < emulator->n_machines; i++)
        if (&emulator->machines[i] != first)
            format_machine(buf, &emulator->machines[i]);
}

static void
format_guest(struct vir_buf *buf, const struct qemu_emulator *emulator)
{
    bool narrow = strcmp(emulator->arch, "i686") == 0;

    vir_buf_add(buf, "  <guest>\n    <os_type>hvm</os_type>\n");
    vir_buf_addf(buf, "    <arch name='%s'>\n", emulator->arch);
    vir_buf_addf(buf, "      <wordsize>%d</wordsize>\n", narrow ? 32 : 64);
    vir_buf_add(buf, "      <emulator>");
    vir_buf_add_escaped(buf, emulator->path);
    vir_buf_add(buf, "</emulator>\n");
    format_machines(buf, emulator);
    vir_buf_add(buf, "      <domain type='qemu'/>\n");
    if (emulator->kvm)
        vir_buf_add(buf, "      <domain type='kvm'/>\n");
    vir_buf_add(buf, "    </arch>\n    <features>\n");
    if (narrow)
        vir_buf_add(buf, "      <pae/>\n      <nonpae/>\n");
    vir_buf_add(buf, "      <acpi default='on' toggle='yes'/>\n"
                     "      <apic default='on' toggle='no'/>\n"
                     "      <cpuselection/>\n"
                     "      <deviceboot/>\n"
                     "      <disksnapshot default='on' toggle='no'/>\n"
                     "    </features>\n  </guest>\n\n");
}

char *
qemu_caps_format(struct qemu_caps_store *store)
{
    const struct qemu_emulator *emulators[MAX_EMULATORS];
    size_t n = qemu_caps_all(store, emulators, MAX_EMULATORS);
    struct vir_buf buf = { 0 };

    vir_buf_add(&buf, "<capabilities>\n\n");
    format_host(&buf);
    for (size_t i = 0; i < n; i++)
        format_guest(&buf, emulators[i]);
    vir_buf_add(&buf, "</capabilities>\n");
    return vir_buf_steal(&buf);
}
