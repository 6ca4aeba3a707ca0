/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that save a guest to a file and start it from there, and that read and change
 * the document in such a file.
 */
#include "calls/calls.h"
#include "device/disk-images.h"
#include "document/domain-xml.h"
#include "guest/block-jobs.h"
#include "guest/halt.h"
#include "guest/image.h"
#include "guest/managed.h"
#include "guest/stream.h"
#include "host/file.h"

#include <string.h>

/* ---- saving ---------------------------------------------------------------------------------- */

static const struct vir_job_long save_job = {
    "save", VIR_JOB_QUERY | VIR_JOB_DESTROY, VIR_DOMAIN_JOB_OPERATION_SAVE, qemu_stream_abort,
};

/* The document that the image gets: DXML, if the guest would not notice, or what RUN runs with. */
static char *
document_for(struct qemu_run *run, const char *dxml)
{
    struct qemu_domain *domain = run->domain;
    struct qemu_def *live, *said = NULL;
    char *xml = NULL;

    qemu_domain_lock(domain);
    live = domain->run == run && domain->live ? qemu_def_ref(domain->live) : NULL;
    qemu_domain_unlock(domain);
    if (!live)
        return vir_error_null(VIR_ERR_OPERATION_INVALID, "domain is not running");
    if (qemu_disks_check_movable(live->doc) < 0) {
        qemu_def_unref(live);
        return NULL;
    }
    if (dxml)
        said = qemu_parse_for(dxml, 0);
    if (!dxml || (said && qemu_def_check_same_guest(live, said) == 0))
        xml = qemu_def_format(said ? said : live, VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE |
                              VIR_DOMAIN_XML_MIGRATABLE);
    qemu_def_unref(said);
    qemu_def_unref(live);
    return xml;
}

static bool
is_persistent(struct qemu_domain *domain)
{
    bool persistent;

    qemu_domain_lock(domain);
    persistent = domain->persistent;
    qemu_domain_unlock(domain);
    return persistent;
}

/* With the guest standing still: all of it into IMAGE. */
static int
write_state(struct qemu_run *run, const struct qemu_saved *image, const char *path, unsigned int flags)
{
    const struct qemu_stream stream = { image->fd, image->fd, flags & VIR_DOMAIN_SAVE_BYPASS_CACHE };

    return qemu_stream_out(run, &stream) < 0 ? -1 : qemu_image_seal(image, path);
}

/* IMAGE is made; from here on the guest stands still.  Once the image is whole it stays, however long the
 * kernel holds the process: there may be nothing else left of the guest. */
static int
save_run(struct qemu_run *run, struct qemu_saved *image, const char *path, unsigned int flags)
{
    bool ran;

    if (qemu_halt_begin(run, VIR_DOMAIN_PAUSED_SAVE, path, &ran) < 0) {
        qemu_file_discard(path);
        return -1;
    }
    image->runs = flags & VIR_DOMAIN_SAVE_RUNNING || (ran && !(flags & VIR_DOMAIN_SAVE_PAUSED));
    if (write_state(run, image, path, flags) == 0)
        return qemu_halt_over(run, VIR_DOMAIN_SHUTOFF_SAVED);
    qemu_file_discard(path);            /* before the guest changes what it would go on with */
    qemu_halt_end(run, ran, VIR_DOMAIN_RUNNING_SAVE_CANCELED);
    return -1;
}

/* With the long job. */
static int
save_to(struct qemu_domain *domain, const char *path, const char *dxml, unsigned int flags)
{
    QEMU_AUTO_RUN run = qemu_domain_monitored(domain);
    struct qemu_saved image = QEMU_IMAGE_INIT;
    int ret = -1;

    image.xml = run && qemu_block_jobs_settle(run) == 0 && qemu_block_jobs_check_none(run) == 0 ? document_for(run, dxml) : NULL;
    if (image.xml && qemu_image_create(&image, path) == 0)
        ret = save_run(run, &image, path, flags);
    else if (image.fd >= 0)
        qemu_file_discard(path);
    qemu_image_close(&image);
    return ret;
}

/* PATH NULL: the driver's own. */
static int
save(virDomainPtr dom, const char *path, const char *dxml, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    VIR_AUTO_FREE char *own = domain && !path ? qemu_managed_path(domain->entry.name) : NULL;
    int ret;

    if (!domain || (!path && qemu_managed_prepare() < 0) || qemu_job_begin_long(domain, &save_job) < 0)
        return -1;
    if (!path && !is_persistent(domain))
        ret = vir_error(VIR_ERR_OPERATION_INVALID, "cannot do managed save for transient domain");
    else
        ret = save_to(domain, path ? path : own, dxml, flags);
    if (ret == 0 && !path)
        qemu_managed_set(domain, true);
    qemu_job_end_long(domain, ret);
    return ret;
}

int
qemu_domain_save_flags(virDomainPtr dom, const char *to, const char *dxml, unsigned int flags)
{
    return save(dom, to, dxml, flags);
}

int
qemu_domain_managed_save(virDomainPtr dom, unsigned int flags)
{
    return save(dom, NULL, NULL, flags);
}

/* ---- restoring ------------------------------------------------------------------------------- */

/* With the domain's job. */
static int
start_from(struct qemu_domain *domain, struct qemu_def *def, virConnectPtr conn, const struct qemu_saved *image,
           unsigned int start_flags, bool past_cache)
{
    struct qemu_stream stream = { qemu_image_unpack(image), image->fd, past_cache };
    int ret;

    if (stream.fd < 0)
        return -1;
    ret = qemu_process_restore(domain, def, conn, start_flags, &stream);
    vir_auto_close(&stream.fd);
    return ret;
}

/* -1: who calls may not do this with the guest of an image. */
static int
admit(const struct qemu_def *def)
{
    const struct vir_host *host = qemu_driver.host;

    return host->admit ? host->admit(def->doc->name, def->doc->uuid) : 0;
}

/* The definition that IMAGE holds, or DXML, if it is of the same guest.  UNASKED: the call
 * names but the image. */
static struct qemu_def *
definition_of(const struct qemu_saved *image, const char *dxml, bool unasked)
{
    struct qemu_def *saved = qemu_parse_for(image->xml, 0), *said;

    if (saved && unasked && admit(saved) < 0)
        return qemu_def_unref(saved);
    if (!saved || !dxml)
        return saved;
    said = qemu_parse_for(dxml, 0);
    if (said && qemu_def_check_same_guest(saved, said) < 0)
        said = qemu_def_unref(said);
    qemu_def_unref(saved);
    return said;
}

static unsigned int
start_flags(const struct qemu_saved *image, unsigned int save_flags)
{
    bool runs = save_flags & VIR_DOMAIN_SAVE_RUNNING || (image->runs && !(save_flags & VIR_DOMAIN_SAVE_PAUSED));

    return (runs ? 0 : VIR_DOMAIN_START_PAUSED) |
        (save_flags & VIR_DOMAIN_SAVE_RESET_NVRAM ? VIR_DOMAIN_START_RESET_NVRAM : 0);
}

static int
restore_image(virConnectPtr conn, const struct qemu_saved *image, struct qemu_def *def, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_for_run(def, "restore");
    int ret;

    if (!domain)
        return -1;
    if (qemu_domain_has_run(domain))
        ret = vir_raise(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "domain '%s' is already active",
                        domain->entry.name);
    else
        ret = start_from(domain, def, conn, image, start_flags(image, flags), flags & VIR_DOMAIN_SAVE_BYPASS_CACHE);
    qemu_job_end(domain);
    return ret;
}

int
qemu_domain_restore_flags(virConnectPtr conn, const char *from, const char *dxml, unsigned int flags)
{
    struct qemu_saved image;
    struct qemu_def *def = NULL;
    int ret = -1;

    if (qemu_image_open(&image, from, false) == 0)
        def = definition_of(&image, dxml, true);
    if (def)
        ret = restore_image(conn, &image, def, flags);
    qemu_def_unref(def);
    qemu_image_close(&image);
    return ret;
}

int
qemu_start_saved(struct qemu_domain *domain, virConnectPtr conn, unsigned int flags)
{
    VIR_AUTO_FREE char *path = qemu_managed_path(domain->entry.name);
    struct qemu_saved image;
    struct qemu_def *def = NULL;
    int ret = -1;

    if (qemu_image_open(&image, path, false) == 0)
        def = definition_of(&image, NULL, false);
    if (def)
        ret = start_from(domain, def, conn, &image, flags | start_flags(&image, 0), flags & VIR_DOMAIN_START_BYPASS_CACHE);
    if (ret < 0)
        vir_error_hint("'virsh start --force-boot' forgets what was saved and starts the guest anew");
    else if (qemu_managed_remove(domain) < 0)
        qemu_warn_error(domain->entry.name);
    qemu_def_unref(def);
    qemu_image_close(&image);
    return ret;
}

/* ---- with parameters ------------------------------------------------------------------------- */

/* -1: one that nobody knows, or twice the same. */
static int
read_params(virTypedParameterPtr params, int n, const char **ret_file, const char **ret_dxml)
{
    *ret_file = *ret_dxml = NULL;
    for (int i = 0; i < n; i++) {
        const char **to = strcmp(params[i].field, VIR_DOMAIN_SAVE_PARAM_FILE) == 0 ? ret_file
            : strcmp(params[i].field, VIR_DOMAIN_SAVE_PARAM_DXML) == 0 ? ret_dxml : NULL;

        if (!to || *to || params[i].type != VIR_TYPED_PARAM_STRING)
            return vir_error(VIR_ERR_INVALID_ARG, to ? "parameter '%s' is given twice or is no text"
                             : "parameter '%s' is not known: 'file' and 'dxml' are", params[i].field);
        *to = params[i].value.s;
    }
    return 0;
}

int
qemu_domain_save_params(virDomainPtr dom, virTypedParameterPtr params, int nparams, unsigned int flags)
{
    const char *file, *dxml;

    if (read_params(params, nparams, &file, &dxml) < 0)
        return -1;
    if (!file && dxml)
        return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "a document for an image of the driver's own is not taken");
    return save(dom, file, dxml, flags);
}

int
qemu_domain_restore_params(virConnectPtr conn, virTypedParameterPtr params, int nparams, unsigned int flags)
{
    const char *file, *dxml;

    if (read_params(params, nparams, &file, &dxml) < 0)
        return -1;
    if (!file)
        return vir_error(VIR_ERR_INVALID_ARG, "the parameter 'file' is missing: from where is the guest restored?");
    return qemu_domain_restore_flags(conn, file, dxml, flags);
}

/* ---- the document in an image ---------------------------------------------------------------- */

static char *
image_document(const char *path, bool unasked, unsigned int flags)
{
    struct qemu_saved image;
    struct qemu_def *def = NULL;
    char *xml = NULL;

    if (qemu_image_open(&image, path, false) == 0)
        def = definition_of(&image, NULL, unasked);
    if (def)
        xml = qemu_def_format(def, VIR_DOMAIN_XML_INACTIVE |
                              (flags & VIR_DOMAIN_SAVE_IMAGE_XML_SECURE ? VIR_DOMAIN_XML_SECURE : 0));
    qemu_def_unref(def);
    qemu_image_close(&image);
    return xml;
}

static int
change_image(const char *path, const char *dxml, bool unasked, unsigned int flags)
{
    struct qemu_saved image;
    struct qemu_def *def = NULL;
    int ret = -1;

    if (qemu_image_open(&image, path, true) == 0)
        def = definition_of(&image, dxml, unasked);
    if (def) {
        qemu_set_text(&image.xml, NULL);
        image.xml = qemu_def_format(def, VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_MIGRATABLE);
        image.runs = flags & VIR_DOMAIN_SAVE_RUNNING || (image.runs && !(flags & VIR_DOMAIN_SAVE_PAUSED));
        ret = qemu_image_change(&image, path);
    }
    qemu_def_unref(def);
    qemu_image_close(&image);
    return ret;
}

char *
qemu_domain_save_image_get_xml_desc(virConnectPtr conn, const char *file, unsigned int flags)
{
    (void)conn;
    return image_document(file, true, flags);
}

int
qemu_domain_save_image_define_xml(virConnectPtr conn, const char *file, const char *dxml, unsigned int flags)
{
    (void)conn;
    return change_image(file, dxml, true, flags);
}

/* ---- the driver's own ------------------------------------------------------------------------ */

int
qemu_domain_has_managed_save_image(virDomainPtr dom, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    (void)flags;                        /* none taken */
    return domain ? qemu_managed_is_there(domain) : -1;
}

int
qemu_domain_managed_save_remove(virDomainPtr dom, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    int ret;

    (void)flags;                        /* none taken */
    if (!domain || qemu_job_begin(domain, "managed-save-remove") < 0)
        return -1;
    if (qemu_managed_is_there(domain))
        ret = qemu_managed_remove(domain);
    else
        ret = vir_raise(VIR_MODULE_DOMAIN, VIR_ERR_SYSTEM_ERROR, "domain '%s' has no managed save image", domain->entry.name);
    qemu_job_end(domain);
    return ret;
}

/* The path of it, with the domain's job; NULL: it has none. */
static char *
own_image(struct qemu_domain *domain)
{
    if (qemu_managed_is_there(domain))
        return qemu_managed_path(domain->entry.name);
    return vir_error_null(VIR_ERR_OPERATION_INVALID, "domain '%s' does not have managed save image", domain->entry.name);
}

char *
qemu_domain_managed_save_get_xml_desc(virDomainPtr dom, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    VIR_AUTO_FREE char *path = NULL;
    char *xml = NULL;

    if (!domain || qemu_job_begin_kind(domain, VIR_JOB_QUERY, "managed-save-dumpxml") < 0)
        return NULL;
    path = own_image(domain);
    if (path)
        xml = image_document(path, false, flags);
    qemu_job_end(domain);
    return xml;
}

int
qemu_domain_managed_save_define_xml(virDomainPtr dom, const char *dxml, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    VIR_AUTO_FREE char *path = NULL;
    int ret = -1;

    if (!domain || qemu_job_begin(domain, "managed-save-define") < 0)
        return -1;
    path = own_image(domain);
    if (path)
        ret = change_image(path, dxml, false, flags);
    qemu_job_end(domain);
    return ret;
}
