/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that make, change and delete snapshots, and that bring a guest back to one.
 */
#include "calls/calls.h"
#include "device/disk-images.h"
#include "guest/agent.h"
#include "document/machine.h"
#include "guest/chains.h"
#include "guest/halt.h"
#include "guest/image.h"
#include "guest/snapshot.h"
#include "guest/state.h"
#include "guest/stream.h"
#include "host/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define STATE(word) QEMU_DOMAINSNAPSHOT_STATE_##word
#define MEMORY(word) QEMU_DOMAINSNAPSHOT_MEMORY_SNAPSHOT_##word
#define PLACE(word) QEMU_SNAPSHOT_DISK_SNAPSHOT_##word
#define CREATE(word) VIR_DOMAIN_SNAPSHOT_CREATE_##word

static int
fault(int code, const char *what)
{
    return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, code, "%s", what);
}

/* ---- what the document of a new one leaves out ------------------------------------------------- */

struct making {
    struct qemu_domain *domain;
    struct qemu_def *def;               /* what the snapshot is of */
    struct qemu_domainsnapshot_def *doc;
    unsigned int flags;
    bool active;                        /* the guest runs, or is paused */
};

/* A definition without what only a running guest has. */
static struct qemu_domain_def *
frozen(const struct qemu_def *def)
{
    VIR_AUTO_FREE char *xml = qemu_def_format(def, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
    struct qemu_domain_def *doc = qemu_domain_def_parse(xml, VIR_XML_INACTIVE | VIR_XML_LOCAL | VIR_XML_OWN);

    if (doc)
        qemu_cpu_say_asked(def, doc);
    return doc;
}

static int
complete_domains(struct making *making)
{
    struct qemu_domainsnapshot_def *doc = making->doc;
    struct qemu_def *inactive = NULL;
    int ret = 0;

    qemu_domain_lock(making->domain);
    if (making->active && making->domain->persistent)
        inactive = qemu_def_ref(making->domain->def);
    qemu_domain_unlock(making->domain);
    qemu_domain_def_free(doc->domain);
    qemu_domain_def_free(doc->inactive_domain);
    doc->inactive_domain = NULL;
    doc->domain = frozen(making->def);
    if (doc->domain && inactive)
        doc->inactive_domain = frozen(inactive);
    if (!doc->domain || (inactive && !doc->inactive_domain))
        ret = -1;
    qemu_def_unref(inactive);
    return ret;
}

/* A file is called so. */
static int
check_length(const char *name)
{
    return strlen(name) <= QEMU_MAX_NAME ? 0
        : vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_XML_DETAIL, "the snapshot name has %zu bytes; at most %d are allowed",
                    strlen(name), QEMU_MAX_NAME);
}

static int
complete_name(struct making *making)
{
    struct qemu_domainsnapshot_def *doc = making->doc;
    const struct vir_snapshot *parent;
    int ret;

    doc->creation_time = (unsigned long long)time(NULL);
    doc->has_creation_time = true;
    if (!doc->name)
        doc->name = vir_strdup_printf("%llu", doc->creation_time);
    if (check_length(doc->name) < 0)
        return -1;
    qemu_domain_lock(making->domain);
    parent = vir_snapshots_current(making->domain->snapshots);
    qemu_set_text(&doc->parent.name, parent ? parent->name : NULL);
    doc->parent.present = parent != NULL;
    ret = vir_snapshot_check_name(doc->name) < 0 ? -1 : vir_snapshots_check_new(making->domain->snapshots, doc->name);
    qemu_domain_unlock(making->domain);
    return ret;
}

static bool
is_paused(struct qemu_domain *domain)
{
    bool paused;

    qemu_domain_lock(domain);
    paused = domain->state == VIR_DOMAIN_PAUSED;
    qemu_domain_unlock(domain);
    return paused;
}

/* What of the guest is in it, and where disks go of which nothing is said. */
static int
complete_memory(struct making *making, enum vir_snapshot_place *ret_usual)
{
    struct qemu_domainsnapshot_def *doc = making->doc;
    bool disks_only = making->flags & CREATE(DISK_ONLY);

    if (doc->memory.snapshot == MEMORY(EXTERNAL) && (!making->active || disks_only))
        return fault(VIR_ERR_XML_ERROR, "memory state cannot be saved with offline or disk-only snapshot");
    if (making->flags & CREATE(LIVE) && doc->memory.snapshot != MEMORY(EXTERNAL))
        return fault(VIR_ERR_OPERATION_UNSUPPORTED, "live snapshot creation is supported only during full system snapshots");
    *ret_usual = disks_only || doc->memory.snapshot == MEMORY(EXTERNAL) ? VIR_SNAPSHOT_EXTERNAL : VIR_SNAPSHOT_INTERNAL;
    if (!making->active)
        doc->state = STATE(SHUTOFF);
    else if (disks_only)
        doc->state = STATE(DISK_SNAPSHOT);
    else
        doc->state = is_paused(making->domain) ? STATE(PAUSED) : STATE(RUNNING);
    if (!making->active || disks_only)
        doc->memory.snapshot = MEMORY(NO);
    else if (!doc->memory.snapshot)
        doc->memory.snapshot = MEMORY(INTERNAL);
    doc->memory.present = true;
    return 0;
}

/* ---- can it be made? ------------------------------------------------------------------------------- */

static int
check_internal(const struct making *making, const struct qemu_snapshot_disk_def *said)
{
    const struct qemu_disk_facts disk = qemu_disk_facts(making->def->doc, (size_t)qemu_disk_number(making->def->doc, said->name));

    if (is(disk.format, "qcow2") && disk.path)
        return 0;
    return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_CONFIG_UNSUPPORTED,
                     "internal snapshot for disk %s unsupported for storage type %s", said->name, disk.format);
}

static int
check_external(const struct making *making, const struct qemu_snapshot_disk_def *said)
{
    bool reuse = making->flags & CREATE(REUSE_EXT);
    const char *file = said->source.file;
    struct stat sb;
    bool there;

    if (!qemu_disk_facts(making->def->doc, (size_t)qemu_disk_number(making->def->doc, said->name)).path)
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_OPERATION_UNSUPPORTED, "external snapshot of disk %s: only a disk that "
                         "is a file or a device can have one", said->name);
    if (said->type != QEMU_SOURCE_TYPE_FILE || !file)
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_OPERATION_UNSUPPORTED, "external snapshot of disk %s: only a file can "
                         "be its new image", said->name);
    if (!is(said->driver.type, "qcow2"))
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_CONFIG_UNSUPPORTED, "external snapshot format for disk %s is unsupported: %s",
                         said->name, said->driver.type);
    there = stat(file, &sb) == 0;
    if (!there && reuse)
        return vir_raise_errno(VIR_FROM_DOMAIN_SNAPSHOT, errno, "missing existing file for disk %s: %s", said->name, file);
    if (there && !reuse && (sb.st_size > 0 || !S_ISREG(sb.st_mode)))
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_CONFIG_UNSUPPORTED, "external snapshot file for disk %s already exists "
                         "and is not a block device: %s", said->name, file);
    return 0;
}

static int
check_disks(const struct making *making)
{
    size_t internal = 0, external = 0;

    for (size_t i = 0; i < making->doc->disks.n_disks; i++) {
        const struct qemu_snapshot_disk_def *said = making->doc->disks.disks[i];

        if (said->snapshot == PLACE(INTERNAL) && making->doc->state == STATE(DISK_SNAPSHOT))
            return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_CONFIG_UNSUPPORTED, "active qemu domains require external disk "
                             "snapshots; disk %s requested internal", said->name);
        if (said->snapshot == PLACE(INTERNAL) && check_internal(making, said) < 0)
            return -1;
        if (said->snapshot == PLACE(EXTERNAL) && check_external(making, said) < 0)
            return -1;
        internal += said->snapshot == PLACE(INTERNAL);
        external += said->snapshot == PLACE(EXTERNAL);
    }
    if (internal > 0 && making->active && making->doc->memory.snapshot == MEMORY(NO))
        return fault(VIR_ERR_OPERATION_UNSUPPORTED, "internal snapshot of a running VM must include the memory state");
    if (internal > 0 && external > 0)
        return fault(VIR_ERR_CONFIG_UNSUPPORTED, "mixing internal and external targets for a snapshot is not yet supported");
    if (internal == 0 && external == 0 && making->doc->memory.snapshot != MEMORY(EXTERNAL))
        return fault(VIR_ERR_CONFIG_UNSUPPORTED, making->doc->memory.snapshot == MEMORY(INTERNAL)
                     ? "internal and full system snapshots require all disks to be selected for snapshot"
                     : "nothing selected for snapshot");
    return 0;
}

/* The guest's agent would bring its file systems to rest. */
static int
check_quiesce(const struct making *making)
{
    if (!making->active || !(making->flags & CREATE(QUIESCE)))
        return 0;
    return qemu_agent_check(making->domain);
}

static int
complete(struct making *making)
{
    enum vir_snapshot_place usual = VIR_SNAPSHOT_INTERNAL;

    if (complete_name(making) < 0 || complete_memory(making, &usual) < 0 ||
        qemu_snapshot_complete_disks(making->doc, making->def->doc, usual) < 0)
        return -1;
    qemu_snapshot_choose_formats(making->doc);
    if (check_disks(making) < 0)
        return -1;
    return check_quiesce(making) < 0 ? -1 : complete_domains(making);
}

/* ---- making it ------------------------------------------------------------------------------------- */

static bool
has_external(const struct qemu_domainsnapshot_def *doc)
{
    for (size_t i = 0; i < doc->disks.n_disks; i++)
        if (doc->disks.disks[i]->snapshot == PLACE(EXTERNAL))
            return true;
    return false;
}

static int
make_off(const struct making *making)
{
    if (!has_external(making->doc))
        return qemu_snapshot_off_internal(making->def, making->doc);
    return qemu_snapshot_off_external(making->domain, making->def, making->doc, making->flags & CREATE(REUSE_EXT));
}

/* The guest's memory goes to a file, from where a restore would have it go on. */
static int
write_memory(struct qemu_run *run, const struct making *making, bool ran)
{
    const char *path = making->doc->memory.file;
    struct qemu_saved image = QEMU_IMAGE_INIT;
    struct qemu_stream stream = { 0 };
    int ret = -1;

    image.runs = ran;
    image.xml = qemu_def_format(making->def, VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_MIGRATABLE);
    if (qemu_image_create(&image, path) == 0) {
        stream = (struct qemu_stream){ image.fd, image.fd, false };
        ret = qemu_stream_out(run, &stream) < 0 ? -1 : qemu_image_seal(&image, path);
        if (ret < 0)
            qemu_file_discard(path);
    }
    qemu_image_close(&image);
    return ret;
}

/* *RET_RAN: the guest ran, and stands still now. */
static int
make_with_memory(struct qemu_run *run, const struct making *making, bool *ret_ran)
{
    bool live = making->flags & CREATE(LIVE);

    if (qemu_halt_begin(run, live ? 0 : VIR_DOMAIN_PAUSED_SNAPSHOT, NULL, ret_ran) < 0)
        return -1;
    if (making->doc->memory.snapshot == MEMORY(INTERNAL))
        return qemu_snapshot_live_internal(run, making->doc);
    if (write_memory(run, making, *ret_ran) < 0)
        return -1;
    if (qemu_snapshot_live_external(run, making->doc, making->flags & CREATE(REUSE_EXT)) == 0)
        return 0;
    qemu_file_discard(making->doc->memory.file);
    return -1;
}

/* The disks alone.  QUIESCE: the guest's file systems are whole in them. */
static int
make_disks(struct qemu_run *run, const struct making *making)
{
    bool quiesce = making->flags & CREATE(QUIESCE);
    virErrorPtr error;
    int ret = quiesce && qemu_agent_freeze(making->domain, NULL, 0) < 0 ? -1
        : qemu_snapshot_live_external(run, making->doc, making->flags & CREATE(REUSE_EXT));

    if (!quiesce)
        return ret;
    error = vir_error_take();
    if (qemu_agent_thaw(making->domain) < 0 && ret == 0)
        return -1;                      /* its error says so: the guest stands still */
    vir_error_restore(error);
    return ret;
}

static int
make_live(const struct making *making)
{
    QEMU_AUTO_RUN run = qemu_domain_monitored(making->domain);
    bool halt = making->flags & CREATE(HALT), ran = false, memory = making->doc->memory.snapshot != MEMORY(NO);
    int ret;

    if (!run || (memory && qemu_disks_check_movable(making->def->doc) < 0) || qemu_chains_begin(run) < 0)
        return -1;
    if (memory)
        ret = make_with_memory(run, making, &ran);
    else
        ret = make_disks(run, making);
    qemu_chains_end(run);
    if (ret == 0 && halt)
        return qemu_halt_over(run, VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT);
    if (memory)
        qemu_halt_end(run, ran, VIR_DOMAIN_RUNNING_UNPAUSED);
    return ret;
}

static int
no_abort(struct vir_store_entry *entry)
{
    return vir_error(VIR_ERR_OPERATION_INVALID, "what is done to the images of domain '%s' is not stopped halfway", entry->name);
}

/* While the memory goes to a file. */
static int
abort_memory(struct vir_store_entry *entry)
{
    struct qemu_domain *domain = (struct qemu_domain *)entry;
    bool streams;

    qemu_domain_lock(domain);
    streams = domain->run && domain->run->stream == QEMU_STREAM_GOING;
    qemu_domain_unlock(domain);
    return streams ? qemu_stream_abort(entry) : no_abort(entry);
}

static const struct vir_job_long create_job = {
    "snapshot", VIR_JOB_QUERY | VIR_JOB_DESTROY, VIR_DOMAIN_JOB_OPERATION_SNAPSHOT, abort_memory,
};

/* With the job. */
static int
make(struct making *making)
{
    struct qemu_domain *domain = making->domain;
    bool persistent;

    qemu_domain_lock(domain);
    making->active = domain->live != NULL;
    making->def = qemu_def_ref(making->active ? domain->live : domain->def);
    persistent = domain->persistent;
    qemu_domain_unlock(domain);
    if (!persistent && making->flags & CREATE(HALT))
        return vir_error(VIR_ERR_OPERATION_INVALID, "cannot halt after transient domain snapshot");
    if (complete(making) < 0 || (!(making->flags & CREATE(NO_METADATA)) && qemu_snapshot_check_keep(domain) < 0))
        return -1;
    return making->active ? make_live(making) : make_off(making);
}

/* Takes over DOC. */
static int
create(struct qemu_domain *domain, struct qemu_domainsnapshot_def *doc, unsigned int flags, char **ret_name)
{
    struct making making = { .domain = domain, .doc = doc, .flags = flags };
    int ret;

    if (qemu_job_begin_long(domain, &create_job) < 0) {
        qemu_domainsnapshot_def_free(doc);
        return -1;
    }
    ret = make(&making);
    if (ret == 0)
        *ret_name = vir_strdup(doc->name);
    if (ret == 0 && !(flags & CREATE(NO_METADATA)))
        ret = qemu_snapshot_keep(domain, doc, true);
    else
        qemu_domainsnapshot_def_free(doc);
    qemu_job_end_long(domain, ret);
    qemu_def_unref(making.def);
    return ret;
}

/* ---- one that is there is said anew ---------------------------------------------------------------- */

/* With the lock held. */
static int
check_redefined(struct qemu_domain *domain, const struct qemu_domainsnapshot_def *doc)
{
    const struct vir_snapshot *old = doc->name ? vir_snapshots_find(domain->snapshots, doc->name) : NULL;
    const struct qemu_domainsnapshot_def *was = old ? old->document : NULL;
    const struct vir_snapshot_said said = {
        .name = doc->name, .parent = doc->parent.present ? doc->parent.name : NULL, .has_time = doc->has_creation_time,
        .has_state = doc->state, .uuid = doc->domain ? doc->domain->uuid : NULL, .facts = doc->state ? qemu_snapshot_facts(doc) : 0,
        .domain = doc->domain ? doc->domain->name : NULL, .domain_was = was && was->domain ? was->domain->name : NULL,
    };

    return vir_snapshots_check_redefined(domain->snapshots, &said, domain->entry.uuid);
}

static int
redefine(struct qemu_domain *domain, struct qemu_domainsnapshot_def *doc, unsigned int flags, char **ret_name)
{
    int ret = qemu_job_begin(domain, "snapshot-redefine");

    if (ret < 0) {
        qemu_domainsnapshot_def_free(doc);
        return -1;
    }
    qemu_domain_lock(domain);
    ret = check_redefined(domain, doc);
    qemu_domain_unlock(domain);
    if (ret == 0)
        ret = check_length(doc->name);
    if (ret == 0)
        ret = qemu_snapshot_complete_disks(doc, doc->domain, qemu_snapshot_is_external(doc) ? VIR_SNAPSHOT_EXTERNAL
                                           : VIR_SNAPSHOT_INTERNAL);
    if (ret == 0) {
        *ret_name = vir_strdup(doc->name);
        ret = qemu_snapshot_keep(domain, doc, flags & CREATE(CURRENT));
    } else {
        qemu_domainsnapshot_def_free(doc);
    }
    qemu_job_end(domain);
    return ret;
}

static int
check_flags(unsigned int flags)
{
    if (flags & CREATE(QUIESCE) && !(flags & CREATE(DISK_ONLY)))
        return vir_error(VIR_ERR_INVALID_ARG, "Flag 'VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY' is required by flag "
                         "'VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE'");
    if (flags & CREATE(LIVE) && flags & CREATE(REDEFINE))
        return vir_error(VIR_ERR_INVALID_ARG, "Flags 'VIR_DOMAIN_SNAPSHOT_CREATE_LIVE' and 'VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE' "
                         "are mutually exclusive");
    return 0;
}

virDomainSnapshotPtr
qemu_domain_snapshot_create_xml(virDomainPtr dom, const char *xml, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct qemu_domainsnapshot_def *doc;
    VIR_AUTO_FREE char *name = NULL;
    int ret;

    if (!domain || check_flags(flags) < 0)
        return NULL;
    doc = qemu_domainsnapshot_def_parse(xml, VIR_XML_INACTIVE | (flags & CREATE(VALIDATE) ? VIR_XML_VALIDATE : 0));
    if (!doc)
        return NULL;
    ret = flags & CREATE(REDEFINE) ? redefine(domain, doc, flags, &name) : create(domain, doc, flags, &name);
    vir_domain_set_id(dom, qemu_domain_id(domain));
    return ret == 0 ? vir_snapshot_new(dom, name) : NULL;
}

char *
qemu_domain_snapshot_get_xml_desc(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(vir_snapshot_domain(snapshot));
    struct vir_snapshot *found;
    char *xml = NULL;

    if (!domain)
        return NULL;
    qemu_domain_lock(domain);
    found = vir_snapshots_get(domain->snapshots, vir_snapshot_name(snapshot));
    if (found)
        xml = qemu_snapshot_format(found->document, flags);
    qemu_domain_unlock(domain);
    return xml;
}

/* ---- going back ------------------------------------------------------------------------------------ */

struct going_back {
    struct qemu_domain *domain;
    virConnectPtr conn;
    const struct qemu_domainsnapshot_def *doc;
    unsigned int flags;
};

static int
end_run(struct qemu_domain *domain)
{
    QEMU_AUTO_RUN run = NULL;

    qemu_domain_lock(domain);
    run = domain->run ? qemu_run_ref(domain->run) : NULL;
    qemu_domain_unlock(domain);
    return run ? qemu_halt_over(run, VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT) : 0;
}

/* A definition of the document's, which may know DOMAIN by another name; NULL: error set. */
static struct qemu_def *
taken(const struct qemu_domain *domain, const struct qemu_domain_def *doc)
{
    struct qemu_domain_def *copy = qemu_domain_def_copy(doc);

    qemu_set_text(&copy->name, domain->entry.name);
    memcpy(copy->uuid, domain->entry.uuid, sizeof(copy->uuid));
    return qemu_def_take(copy);
}

static int
start_again(const struct going_back *back, struct qemu_def *def)
{
    bool off = qemu_snapshot_facts(back->doc) & VIR_DOMAIN_SNAPSHOT_LIST_INACTIVE;
    bool paused = back->flags & VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED ||
        (back->doc->state == STATE(PAUSED) && !(back->flags & VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING));
    unsigned int flags = (paused ? VIR_DOMAIN_START_PAUSED : 0) |
        (back->flags & VIR_DOMAIN_SNAPSHOT_REVERT_RESET_NVRAM ? VIR_DOMAIN_START_RESET_NVRAM : 0);

    if (!off)
        return qemu_process_go_back(back->domain, def, back->conn, flags, back->doc->name);
    if (!(back->flags & (VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING | VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED)))
        return 0;
    return qemu_process_start(back->domain, def, back->conn, flags, VIR_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT);
}

/* The definition that the domain had then is its own again. */
static int
define_again(struct qemu_domain *domain, struct qemu_def *def)
{
    int ret = 0;
    bool persistent;

    qemu_domain_lock(domain);
    persistent = domain->persistent;
    qemu_domain_unlock(domain);
    if (!persistent)
        return 0;
    ret = qemu_config_keep(domain, def);
    if (ret == 0) {
        qemu_domain_lock(domain);
        qemu_domain_emit(domain, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_FROM_SNAPSHOT);
        qemu_domain_unlock(domain);
    }
    return ret;
}

static int
check_going_back(const struct going_back *back)
{
    bool off = qemu_snapshot_facts(back->doc) & VIR_DOMAIN_SNAPSHOT_LIST_INACTIVE, persistent;

    qemu_domain_lock(back->domain);
    persistent = back->domain->persistent;
    qemu_domain_unlock(back->domain);
    if (!persistent && off && !(back->flags & (VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING | VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED)))
        return vir_error(VIR_ERR_OPERATION_INVALID, "transient domain needs to request run or pause to revert to inactive snapshot");
    if (qemu_snapshot_is_external(back->doc)) {
        vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "revert to external snapshot not supported yet");
        vir_error_hint("the images that the snapshot left as they were are in its document: 'virsh snapshot-dumpxml'");
        return -1;
    }
    if (!back->doc->domain)
        return vir_error(VIR_ERR_SNAPSHOT_REVERT_RISKY, "snapshot '%s' lacks domain '%s' rollback info", back->doc->name,
                         back->domain->entry.name);
    return 0;
}

static int
go_back(const struct going_back *back)
{
    bool off = qemu_snapshot_facts(back->doc) & VIR_DOMAIN_SNAPSHOT_LIST_INACTIVE;
    struct qemu_def *def, *inactive;
    int ret = -1;

    if (check_going_back(back) < 0)
        return -1;
    def = taken(back->domain, back->doc->domain);
    inactive = taken(back->domain, back->doc->inactive_domain ? back->doc->inactive_domain : back->doc->domain);
    if (def && inactive && qemu_def_check_startable(def) == 0 && end_run(back->domain) == 0 &&
        (!off || qemu_snapshot_off_load(back->doc) == 0) && start_again(back, def) == 0)
        ret = define_again(back->domain, inactive);
    if (ret == 0)
        ret = qemu_snapshot_set_current(back->domain, back->doc->name);
    qemu_def_unref(def);
    qemu_def_unref(inactive);
    return ret;
}

static const struct vir_job_long revert_job = {
    "snapshot-revert", VIR_JOB_QUERY | VIR_JOB_DESTROY, VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_REVERT, no_abort,
};

int
qemu_domain_revert_to_snapshot(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    virDomainPtr dom = vir_snapshot_domain(snapshot);
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct qemu_domainsnapshot_def *doc;
    int ret;

    if (!domain || qemu_job_begin_long(domain, &revert_job) < 0)
        return -1;
    doc = qemu_snapshot_copy(domain, vir_snapshot_name(snapshot));
    ret = doc ? go_back(&(struct going_back){ domain, vir_domain_connect(dom), doc, flags }) : -1;
    vir_domain_set_id(dom, qemu_domain_id(domain));
    qemu_job_end_long(domain, ret);
    qemu_domainsnapshot_def_free(doc);
    return ret;
}

/* ---- deleting -------------------------------------------------------------------------------------- */

/* The overlays are merged: nobody needs them. */
static void
remove_files(const struct qemu_domainsnapshot_def *doc)
{
    for (size_t i = 0; i < doc->disks.n_disks; i++)
        if (doc->disks.disks[i]->snapshot == PLACE(EXTERNAL) && doc->disks.disks[i]->source.file)
            qemu_file_discard(doc->disks.disks[i]->source.file);
}

static int
delete_external(struct qemu_domain *domain, struct qemu_run *run, const struct qemu_domainsnapshot_def *doc)
{
    struct qemu_def *def = NULL, *now;
    int ret;

    if (run) {
        ret = qemu_snapshot_live_merge(run, doc);
    } else {
        qemu_domain_lock(domain);
        def = qemu_def_ref(domain->def);
        qemu_domain_unlock(domain);
        now = qemu_snapshot_off_merge(def, doc);
        ret = now ? qemu_config_keep(domain, now) : -1;
        qemu_def_unref(now);
        qemu_def_unref(def);
    }
    if (ret == 0)
        ret = qemu_snapshots_merged(domain, doc);
    if (ret == 0)
        remove_files(doc);
    return ret;
}

static int
delete_internal(struct qemu_domain *domain, struct qemu_run *run, const struct qemu_domainsnapshot_def *doc)
{
    struct qemu_def *def;

    if (run)
        return qemu_snapshot_live_delete(run, doc);
    qemu_domain_lock(domain);
    def = qemu_def_ref(domain->def);
    qemu_domain_unlock(domain);
    qemu_snapshot_off_delete(def, doc);
    qemu_def_unref(def);
    return 0;
}

/* What is in the images. */
static int
delete_images(struct qemu_domain *domain, const struct qemu_domainsnapshot_def *doc)
{
    QEMU_AUTO_RUN run = NULL;
    int ret;

    if (qemu_domain_has_run(domain) && (!(run = qemu_domain_monitored(domain)) || qemu_chains_begin(run) < 0))
        return -1;
    ret = qemu_snapshot_is_external(doc) ? delete_external(domain, run, doc) : delete_internal(domain, run, doc);
    if (run)
        qemu_chains_end(run);
    return ret;
}

/* With what is in the images, unless only the METADATA is meant. */
static int
delete_one(struct qemu_domain *domain, const char *name, bool metadata)
{
    struct qemu_domainsnapshot_def *doc = qemu_snapshot_copy(domain, name);
    int ret = doc ? 0 : -1;

    if (ret == 0 && !metadata)
        ret = delete_images(domain, doc);
    qemu_domainsnapshot_def_free(doc);
    return ret < 0 ? -1 : qemu_snapshot_forget(domain, name);
}

/* It lies in the overlay that would be merged, and be lost with it. */
static bool
has_internal_child(const struct vir_snapshot *snapshot)
{
    for (const struct vir_snapshot *child = snapshot->first_child; child; child = child->next)
        if (!(child->facts & VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL))
            return true;
    return false;
}

/* The names of those that FLAGS mean, children before their parents; the caller frees. */
static int
names_meant(struct qemu_domain *domain, const char *name, unsigned int flags, char ***ret_names, size_t *ret_n)
{
    bool metadata = flags & VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY, external = false, inside_external = false;
    bool below_too = flags & (VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN | VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY);
    bool only_below = flags & VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY;
    VIR_AUTO_FREE struct vir_snapshot **below = NULL;
    struct vir_snapshot *snapshot, *parent;
    size_t n = 0;
    int ret = 0;

    qemu_domain_lock(domain);
    snapshot = vir_snapshots_get(domain->snapshots, name);
    if (snapshot) {
        size_t n_below = below_too ? vir_snapshots_below(domain->snapshots, snapshot, &below) : 0;

        *ret_names = vir_alloc_array(n_below + 2, sizeof(**ret_names));
        for (size_t i = n_below; i-- > 0; ) {
            (*ret_names)[n++] = vir_strdup(below[i]->name);
            external = external || below[i]->facts & VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL;
        }
        if (!only_below)
            (*ret_names)[n++] = vir_strdup(name);
        parent = vir_snapshot_parent(domain->snapshots, snapshot);
        external = external || (below_too && snapshot->facts & VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL);
        inside_external = snapshot->facts & VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL && parent &&
            !(parent->facts & VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL);
        if (metadata)
            ret = 0;
        else if (below_too && external)
            ret = vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "deletion of external children disk snapshots not supported");
        else if (inside_external)
            ret = vir_error(VIR_ERR_OPERATION_UNSUPPORTED,
                            "deleting external snapshot that has internal snapshot as parent not supported");
        else if (snapshot->facts & VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL && has_internal_child(snapshot))
            ret = vir_error(VIR_ERR_OPERATION_UNSUPPORTED,
                            "deleting external snapshot that has internal snapshot as child not supported");
        else if (snapshot->facts & VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL && snapshot->first_child && snapshot->first_child->next)
            ret = vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "deletion of external disk snapshots with multiple children not supported");
    }
    qemu_domain_unlock(domain);
    *ret_n = n;
    return snapshot ? ret : -1;
}

static int
delete(struct qemu_domain *domain, const char *name, unsigned int flags)
{
    char **names = NULL;
    size_t n = 0;
    int ret = names_meant(domain, name, flags, &names, &n);

    for (size_t i = 0; i < n && ret == 0; i++)
        ret = delete_one(domain, names[i], flags & VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY);
    while (n > 0)
        free(names[--n]);
    free(names);
    return ret;
}

static const struct vir_job_long delete_job = {
    "snapshot-delete", VIR_JOB_QUERY | VIR_JOB_DESTROY, VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_DELETE, no_abort,
};

int
qemu_domain_snapshot_delete(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(vir_snapshot_domain(snapshot));
    int ret;

    if (!domain || qemu_job_begin_long(domain, &delete_job) < 0)
        return -1;
    ret = delete(domain, vir_snapshot_name(snapshot), flags);
    qemu_job_end_long(domain, ret);
    return ret;
}
