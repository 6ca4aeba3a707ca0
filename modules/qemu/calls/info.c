/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The calls that only read.  None of these asks QEMU; all are answered from
 * kept state.
 */
#include "calls/calls.h"
#include "document/machine.h"
#include "emulator/capabilities.h"

/* ---- reading ------------------------------------------------------------------------------ */

/* Of the security model "none". */
int
qemu_domain_get_security_label(virDomainPtr dom, virSecurityLabelPtr label)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    *label = (virSecurityLabel){ .enforcing = 0 };
    return domain ? 0 : -1;
}

int
qemu_domain_get_info(virDomainPtr dom, virDomainInfoPtr info)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct vir_process_facts facts = { 0 };
    pid_t pid;

    if (!domain)
        return -1;
    qemu_domain_lock(domain);
    const struct qemu_def *def = qemu_domain_current(domain);
    pid = domain->live && domain->run ? domain->run->process.pid : 0;
    info->state = (unsigned char)domain->state;
    info->maxMem = def->doc->memory.size;
    info->memory = def->doc->current_memory;
    info->nrVirtCpu = (unsigned short)qemu_def_vcpus_now(def);
    qemu_domain_unlock(domain);
    if (pid)
        vir_process_read(pid, &facts);
    info->cpuTime = facts.cpu_ns;
    return 0;
}

int
qemu_domain_get_state(virDomainPtr dom, int *state, int *reason, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    (void)flags;
    if (!domain)
        return -1;
    qemu_domain_lock(domain);
    *state = domain->state;
    if (reason)
        *reason = domain->reason;
    qemu_domain_unlock(domain);
    return 0;
}

/* With the processor that the guest would have if it started now; the live document tells that already. */
static char *
format_updated(const struct qemu_def *def, unsigned int flags)
{
    const struct qemu_emulator *emulator = qemu_caps_emulator(qemu_driver.caps, def->doc->os.type.arch,
                                                              def->doc->devices.emulator);
    struct qemu_def *copy = emulator ? qemu_def_copy(def) : NULL;
    char *xml = copy && qemu_cpu_expand(copy->doc, emulator) == 0 ? qemu_def_format(copy, flags) : NULL;

    qemu_def_unref(copy);
    return xml;
}

char *
qemu_domain_get_xml_desc(virDomainPtr dom, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct qemu_def *def;
    char *xml;

    if (!domain)
        return NULL;
    if (flags & VIR_DOMAIN_XML_SECURE && vir_connect_readonly(vir_domain_connect(dom)))
        return vir_error_null(VIR_ERR_OPERATION_DENIED, "a read-only connection may not see secrets");
    qemu_domain_lock(domain);
    def = qemu_def_ref(domain->live && !(flags & VIR_DOMAIN_XML_INACTIVE) ? domain->live : domain->def);
    qemu_domain_unlock(domain);
    xml = flags & VIR_DOMAIN_XML_UPDATE_CPU ? format_updated(def, flags) : qemu_def_format(def, flags);
    qemu_def_unref(def);
    return xml;
}

int
qemu_domain_is_updated(virDomainPtr dom)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    return domain ? 0 : -1;
}

char *
qemu_domain_get_os_type(virDomainPtr dom)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    return domain ? vir_strdup("hvm") : NULL;
}

unsigned long
qemu_domain_get_max_memory(virDomainPtr dom)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    unsigned long kib;

    if (!domain)
        return 0;
    qemu_domain_lock(domain);
    kib = qemu_domain_current(domain)->doc->memory.size;
    qemu_domain_unlock(domain);
    return kib;
}
