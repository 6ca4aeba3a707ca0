/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is known of a guest's disks, and their size.
 */
#include "calls/calls.h"
#include "device/disk-images.h"
#include "device/disk-told.h"
#include "document/domain-xml.h"
#include "guest/block-jobs.h"
#include "guest/hotplug.h"
#include "qmp/monitor.h"
#include "qmp/qmp.h"

#include <stdio.h>
#include <string.h>

/* What DOMAIN runs with, and its run; or as it is defined, and no run. */
static struct qemu_def *
current(struct qemu_domain *domain, struct qemu_run **ret_run)
{
    struct qemu_def *def;

    qemu_domain_lock(domain);
    def = qemu_def_ref(domain->live ? domain->live : domain->def);
    *ret_run = domain->live && domain->run && domain->run->monitor ? qemu_run_ref(domain->run) : NULL;
    qemu_domain_unlock(domain);
    return def;
}

int
qemu_domain_get_block_info(virDomainPtr dom, const char *name, virDomainBlockInfoPtr info, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    struct json_object *drives = NULL;
    struct qemu_def *def;
    int ret = 0;

    (void)flags;                        /* none taken */
    if (!domain)
        return -1;
    def = current(domain, &run);
    if (run)
        ret = qemu_monitor_call(run->monitor, "query-block", NULL, QEMU_COMMAND_MS, &drives);
    if (ret == 0)
        ret = qemu_disk_told_info(def->doc, name, drives, info);
    json_object_put(drives);
    qemu_def_unref(def);
    return ret;
}

/* SIZE is in bytes. */
static int
resize(struct qemu_run *run, const char *name, unsigned long long size)
{
    struct qemu_def *live = qemu_live_now(run);
    VIR_AUTO_FREE char *node = live ? qemu_disk_told_node(live->doc, name) : NULL;
    struct json_object *args;

    int number = node ? qemu_disk_number(live->doc, name) : -1;
    const bool free = number >= 0 && qemu_block_job_check_none(run, qemu_disk_facts(live->doc, (size_t)number).place) == 0;

    qemu_def_unref(live);
    if (!free)
        return -1;
    args = qmp_new_object();
    qmp_add(args, "node-name", qmp_new_string(node));
    qmp_add(args, "size", qmp_new_int((int64_t)size));
    return qemu_monitor_call(run->monitor, "block_resize", args, QEMU_COMMAND_MS, NULL);
}

int
qemu_domain_block_resize(virDomainPtr dom, const char *name, unsigned long long size, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    int ret = -1;

    if ((!(flags & VIR_DOMAIN_BLOCK_RESIZE_BYTES) && __builtin_mul_overflow(size, 1024, &size)) || size > INT64_MAX)
        return vir_error(VIR_ERR_OVERFLOW, "the size is too large");
    if (!domain || qemu_job_begin(domain, "block-resize") < 0)
        return -1;
    run = qemu_domain_monitored(domain);
    if (run)
        ret = resize(run, name, size);
    qemu_job_end(domain);
    return ret;
}

static int
ask_figures(virDomainPtr dom, const char *name, long long *ret_figures)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    struct json_object *answer = NULL;
    struct qemu_def *live;
    int ret;

    if (!domain || !(run = qemu_domain_monitored(domain)) || !(live = qemu_live_now(run)))
        return -1;
    ret = qemu_monitor_call(run->monitor, "query-blockstats", NULL, QEMU_COMMAND_MS, &answer);
    if (ret == 0)
        ret = qemu_disk_told_figures(live->doc, name, answer, ret_figures);
    json_object_put(answer);
    qemu_def_unref(live);
    return ret;
}

int
qemu_domain_block_stats(virDomainPtr dom, const char *name, virDomainBlockStatsPtr stats, size_t size)
{
    long long figures[QEMU_DISK_FIGURES];

    (void)size;                         /* always all of it */
    if (ask_figures(dom, name, figures) < 0)
        return -1;
    *stats = (virDomainBlockStatsStruct){ .wr_bytes = figures[0], .wr_req = figures[1], .rd_bytes = figures[2],
                                          .rd_req = figures[3], .errs = -1 };
    return 0;
}

int
qemu_domain_block_stats_flags(virDomainPtr dom, const char *name, virTypedParameterPtr params, int *n, unsigned int flags)
{
    long long figures[QEMU_DISK_FIGURES];
    int room = *n;

    (void)flags;                        /* VIR_TYPED_PARAM_STRING_OKAY: there is none */
    *n = QEMU_DISK_FIGURES;
    if (room == 0)
        return 0;
    if (ask_figures(dom, name, figures) < 0)
        return -1;
    if (room < *n)
        *n = room;
    for (int i = 0; i < *n; i++) {
        params[i] = (virTypedParameter){ .type = VIR_TYPED_PARAM_LLONG, .value.l = figures[i] };
        snprintf(params[i].field, sizeof(params[i].field), "%s", qemu_disk_figures[i]);
    }
    return 0;
}

/* ---- limits ------------------------------------------------------------------------------------------ */

struct limits {
    const char *disk;
    virTypedParameterPtr params;
    int n;
};

static struct qemu_def *
define_limits(const struct qemu_def *def, const void *what)
{
    const struct limits *limits = what;
    struct qemu_def *now = qemu_def_copy(def);

    if (!now || qemu_disk_limits_set(now->doc, limits->disk, limits->params, limits->n, NULL) == 0)
        return now;
    qemu_def_unref(now);
    return NULL;
}

static int
set_limits(struct qemu_run *run, const void *what)
{
    const struct limits *limits = what;
    struct qemu_def *live = qemu_live_copy(run);
    struct json_object *args;
    int ret = live ? qemu_disk_limits_set(live->doc, limits->disk, limits->params, limits->n, &args) : -1;

    if (ret == 0)
        ret = qemu_monitor_call(run->monitor, "block_set_io_throttle", args, QEMU_COMMAND_MS, NULL);
    if (ret == 0)
        qemu_live_show(run, live, NULL);
    else
        qemu_def_unref(live);
    return ret;
}

static const struct qemu_verb limit = { "set-block-io-tune", define_limits, set_limits };

int
qemu_domain_set_block_io_tune(virDomainPtr dom, const char *disk, virTypedParameterPtr params, int n, unsigned int flags)
{
    return qemu_change_domain(dom, &limit, &(struct limits){ disk, params, n }, flags);
}

int
qemu_domain_get_block_io_tune(virDomainPtr dom, const char *disk, virTypedParameterPtr params, int *n, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct qemu_def *def = domain ? qemu_meant_def(domain, flags, NULL) : NULL;
    int ret = def ? qemu_disk_limits_get(def->doc, disk, params, n) : -1;

    qemu_def_unref(def);
    return ret;
}

/* ---- what goes wrong, or is about to --------------------------------------------------------------------- */

int
qemu_domain_set_block_threshold(virDomainPtr dom, const char *dev, unsigned long long threshold, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = domain ? qemu_domain_monitored(domain) : NULL;
    struct qemu_def *live = run ? qemu_live_now(run) : NULL;
    unsigned int number = live ? qemu_disk_number_meant(live->doc, dev) : 0;
    VIR_AUTO_FREE char *node = vir_strdup_printf("libvirt-%u-storage", number);
    struct json_object *args;

    (void)flags;                        /* none taken */
    if (!live)
        return -1;
    qemu_def_unref(live);
    if (number == 0)
        return vir_error(VIR_ERR_INVALID_ARG, "failed to find disk '%s'", dev);
    if (threshold > INT64_MAX)
        return vir_error(VIR_ERR_OVERFLOW, "the threshold is too large");
    args = qmp_new_object();
    qmp_add(args, "node-name", qmp_new_string(node));
    qmp_add(args, "write-threshold", qmp_new_int((int64_t)threshold));
    return qemu_monitor_call(run->monitor, "block-set-write-threshold", args, QEMU_COMMAND_MS, NULL);
}

/* virDomainDiskErrorCode of DISK in QEMU's list of drives. */
static int
error_of(struct json_object *drives, const struct qemu_domain_def *doc, size_t disk)
{
    const char *status = qemu_disk_status(drives, doc, disk);

    return !status || strcmp(status, "ok") == 0 ? VIR_DOMAIN_DISK_ERROR_NONE
        : strcmp(status, "nospace") == 0 ? VIR_DOMAIN_DISK_ERROR_NO_SPACE : VIR_DOMAIN_DISK_ERROR_UNSPEC;
}

int
qemu_domain_get_disk_errors(virDomainPtr dom, virDomainDiskErrorPtr errors, unsigned int max, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = domain ? qemu_domain_monitored(domain) : NULL;
    struct qemu_def *live = run ? qemu_live_now(run) : NULL;
    struct json_object *drives = NULL;
    int n = live ? 0 : -1;

    (void)flags;                        /* none taken */
    if (live && errors)
        n = qemu_monitor_call(run->monitor, "query-block", NULL, QEMU_COMMAND_MS, &drives);
    else if (live)
        n = (int)live->doc->devices.n_disks;
    for (size_t i = 0; drives && i < live->doc->devices.n_disks && (unsigned int)n < max; i++) {
        int code = error_of(drives, live->doc, i);

        if (code != VIR_DOMAIN_DISK_ERROR_NONE)
            errors[n++] = (virDomainDiskError){ vir_strdup(qemu_disk_facts(live->doc, i).place), code };
    }
    json_object_put(drives);
    qemu_def_unref(live);
    return n;
}
