/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Definitions that stay: define, undefine, autostart.  The file is written
 * first; memory follows only when that succeeded.
 */
#include "calls/calls.h"
#include "document/domain-xml.h"
#include "document/machine.h"
#include "guest/managed.h"
#include "guest/snapshot.h"
#include "guest/state.h"

#include <string.h>

struct qemu_def *
qemu_parse_for(const char *xml, unsigned int define_flags)
{
    return qemu_def_parse(xml, qemu_driver.caps, define_flags);
}

/* With the domain's job: another definition for the next start. */
static int
redefine(struct qemu_domain *domain, struct qemu_def *def)
{
    bool was_persistent;

    if (strcmp(domain->entry.name, def->doc->name) != 0) {
        char uuid[VIR_UUID_STRING_BUFLEN];

        vir_uuid_format(def->doc->uuid, uuid);
        return vir_error(VIR_ERR_OPERATION_FAILED, "domain '%s' is already defined with uuid %s",
                         domain->entry.name, uuid);
    }
    if (qemu_config_save(def) < 0)
        return -1;
    qemu_domain_lock(domain);
    was_persistent = domain->persistent;
    qemu_def_unref(domain->def);
    domain->def = qemu_def_ref(def);
    domain->persistent = true;
    qemu_domain_emit(domain, VIR_DOMAIN_EVENT_DEFINED,
                     was_persistent ? VIR_DOMAIN_EVENT_DEFINED_UPDATED : VIR_DOMAIN_EVENT_DEFINED_ADDED);
    qemu_domain_unlock(domain);
    return 0;
}

static int
define_known(struct qemu_domain *domain, struct qemu_def *def)
{
    int ret;

    if (qemu_job_begin(domain, "define") < 0)
        return -1;
    ret = redefine(domain, def);
    qemu_job_end(domain);
    return ret;
}

static struct qemu_domain *
define_new(struct qemu_def *def)
{
    struct qemu_domain *domain = qemu_domain_make(def, "define");
    int ret;

    if (!domain)
        return NULL;
    ret = redefine(domain, def);
    qemu_job_end(domain);
    if (ret < 0)
        qemu_domain_unref(&domain);
    return domain;
}

virDomainPtr
qemu_domain_define_xml_flags(virConnectPtr conn, const char *xml, unsigned int flags)
{
    struct qemu_def *def = qemu_parse_for(xml, flags);
    QEMU_AUTO_DOMAIN domain = NULL;
    virDomainPtr handle = NULL;

    if (!def)
        return NULL;
    qemu_def_pack(def);
    domain = (struct qemu_domain *)vir_store_by_uuid(qemu_driver.store, def->doc->uuid);
    if (!domain)
        domain = define_new(def);
    else if (define_known(domain, def) < 0)
        qemu_domain_unref(&domain);
    if (domain)
        handle = qemu_domain_handle(conn, domain);
    qemu_def_unref(def);
    return handle;
}

/* With the job, at whose end a domain that does not run is gone. */
static int
undefine(struct qemu_domain *domain, unsigned int flags)
{
    const struct qemu_domain_def *doc = domain->def->doc;
    size_t snapshots;
    bool variables;

    if (!domain->persistent)
        return vir_error(VIR_ERR_OPERATION_INVALID, "cannot undefine transient domain");
    if (qemu_managed_is_there(domain) && !(flags & VIR_DOMAIN_UNDEFINE_MANAGED_SAVE)) {
        vir_error(VIR_ERR_OPERATION_INVALID, "Refusing to undefine while domain managed save image exists");
        vir_error_hint("'virsh undefine --managed-save' removes it, too");
        return -1;
    }
    qemu_domain_lock(domain);
    snapshots = vir_snapshots_count(domain->snapshots);
    qemu_domain_unlock(domain);
    if (snapshots > 0 && !qemu_domain_has_run(domain) && !(flags & VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA)) {
        vir_error(VIR_ERR_OPERATION_INVALID, "cannot delete inactive domain with %zu snapshots", snapshots);
        vir_error_hint("'virsh undefine --snapshots-metadata' forgets them; what is in the images stays");
        return -1;
    }
    variables = qemu_variables_are_kept(doc);
    if (variables && !(flags & (VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_KEEP_NVRAM))) {
        vir_error(VIR_ERR_OPERATION_INVALID, "cannot undefine domain with nvram");
        vir_error_hint("say whether it goes or stays: 'virsh undefine --nvram' or '--keep-nvram'");
        return -1;
    }
    if ((snapshots > 0 && !qemu_domain_has_run(domain) && qemu_snapshots_forget(domain) < 0) ||
        (qemu_managed_is_there(domain) && qemu_managed_remove(domain) < 0) ||
        vir_keep_remove(&qemu_driver.config, domain->entry.name) < 0)
        return -1;
    if (variables && flags & VIR_DOMAIN_UNDEFINE_NVRAM && qemu_variables_remove(doc) < 0)
        qemu_warn_error(domain->entry.name);
    if (!(flags & VIR_DOMAIN_UNDEFINE_KEEP_TPM) && !qemu_domain_has_run(domain))
        qemu_doc_forget_devices(domain->def->doc, flags & VIR_DOMAIN_UNDEFINE_TPM);
    qemu_domain_lock(domain);
    domain->persistent = domain->autostart = false;
    qemu_domain_emit(domain, VIR_DOMAIN_EVENT_UNDEFINED, VIR_DOMAIN_EVENT_UNDEFINED_REMOVED);
    qemu_domain_unlock(domain);
    return 0;
}

int
qemu_domain_undefine_flags(virDomainPtr dom, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    int ret;

    if (!domain || qemu_job_begin(domain, "undefine") < 0)
        return -1;
    ret = undefine(domain, flags);
    qemu_job_end(domain);
    return ret;
}

int
qemu_domain_set_autostart(virDomainPtr dom, int autostart)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    int ret = -1;

    if (!domain || qemu_job_begin(domain, "set-autostart") < 0)
        return -1;
    if (!domain->persistent)
        vir_error(VIR_ERR_OPERATION_INVALID, "cannot set autostart for transient domain");
    else
        ret = vir_keep_set_autostart(&qemu_driver.config, domain->entry.name, autostart);
    if (ret == 0) {
        qemu_domain_lock(domain);
        domain->autostart = autostart;
        qemu_domain_unlock(domain);
    }
    qemu_job_end(domain);
    return ret;
}
