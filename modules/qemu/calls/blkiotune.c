/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's share of the host's disks: <blkiotune>, kept by its control group.
 */
#include "calls/params.h"
#include "guest/cgroup.h"
#include "guest/hotplug.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef struct qemu_domain_blkiotune_device_def disk_def;

static const struct qemu_param known[] = {
    { VIR_DOMAIN_BLKIO_WEIGHT, VIR_TYPED_PARAM_UINT },
    { VIR_DOMAIN_BLKIO_DEVICE_WEIGHT, VIR_TYPED_PARAM_STRING },
    { VIR_DOMAIN_BLKIO_DEVICE_READ_IOPS, VIR_TYPED_PARAM_STRING },
    { VIR_DOMAIN_BLKIO_DEVICE_WRITE_IOPS, VIR_TYPED_PARAM_STRING },
    { VIR_DOMAIN_BLKIO_DEVICE_READ_BPS, VIR_TYPED_PARAM_STRING },
    { VIR_DOMAIN_BLKIO_DEVICE_WRITE_BPS, VIR_TYPED_PARAM_STRING },
};
enum { WEIGHT, OF_DISKS, N_PARAMS = sizeof(known) / sizeof(known[0]) };

static const enum vir_cgroup_value values[N_PARAMS] = {
    VIR_CGROUP_WEIGHT, VIR_CGROUP_DEVICE_WEIGHT, VIR_CGROUP_READ_IOPS, VIR_CGROUP_WRITE_IOPS, VIR_CGROUP_READ_BYTES,
    VIR_CGROUP_WRITE_BYTES,
};

/* ---- in a document ------------------------------------------------------------------------------------ */

/* What the parameter WHICH, one of disks, is for DISK; 0: nothing is said. */
static uint64_t
figure(const disk_def *disk, size_t which)
{
    const uint64_t figures[N_PARAMS] = { 0, disk->weight, disk->read_iops_sec, disk->write_iops_sec, disk->read_bytes_sec,
                                         disk->write_bytes_sec };

    return figures[which];
}

static void
set_figure(disk_def *disk, size_t which, uint64_t value)
{
    switch (values[which]) {
    case VIR_CGROUP_DEVICE_WEIGHT:
        disk->has_weight = (disk->weight = (unsigned int)value) > 0;
        break;
    case VIR_CGROUP_READ_IOPS:
        disk->has_read_iops_sec = (disk->read_iops_sec = (unsigned int)value) > 0;
        break;
    case VIR_CGROUP_WRITE_IOPS:
        disk->has_write_iops_sec = (disk->write_iops_sec = (unsigned int)value) > 0;
        break;
    case VIR_CGROUP_READ_BYTES:
        disk->has_read_bytes_sec = (disk->read_bytes_sec = value) > 0;
        break;
    default:
        disk->has_write_bytes_sec = (disk->write_bytes_sec = value) > 0;
        break;
    }
}

/* That of PATH, which is added if it is new. */
static disk_def *
disk_of(struct qemu_domain_def *doc, const char *path)
{
    size_t n = doc->blkiotune.n_devices;

    for (size_t i = 0; i < n; i++)
        if (strcmp(doc->blkiotune.devices[i]->path, path) == 0)
            return doc->blkiotune.devices[i];
    doc->blkiotune.devices = vir_realloc_array(doc->blkiotune.devices, n + 1, sizeof(*doc->blkiotune.devices));
    doc->blkiotune.devices[n] = qemu_domain_blkiotune_device_def_new();
    doc->blkiotune.devices[n]->path = vir_strdup(path);
    doc->blkiotune.n_devices++;
    return doc->blkiotune.devices[n];
}

/* Of disks of which nothing is said any more, nothing stays. */
static void
tidy(struct qemu_domain_def *doc)
{
    size_t kept = 0;

    for (size_t i = 0; i < doc->blkiotune.n_devices; i++) {
        disk_def *disk = doc->blkiotune.devices[i];
        bool says = false;

        for (size_t which = OF_DISKS; which < N_PARAMS; which++)
            says = says || figure(disk, which);
        if (says)
            doc->blkiotune.devices[kept++] = disk;
        else
            qemu_domain_blkiotune_device_def_free(disk);
    }
    doc->blkiotune.n_devices = kept;
    doc->blkiotune.present = doc->blkiotune.has_weight || kept;
}

/* ---- what is asked for ----------------------------------------------------------------------------------- */

/* "PATH,NUMBER,PATH,NUMBER": calls EACH with them, until one is -1. */
static int
each_pair(const virTypedParameter *param, size_t which,
          int (*each)(void *opaque, size_t which, const char *path, uint64_t number), void *opaque)
{
    bool bytes = values[which] == VIR_CGROUP_READ_BYTES || values[which] == VIR_CGROUP_WRITE_BYTES;
    VIR_AUTO_FREE char *text = vir_strdup(param->value.s);
    char *rest = NULL;

    for (char *path = strtok_r(text, ",", &rest); path; path = strtok_r(NULL, ",", &rest)) {
        const char *number = strtok_r(NULL, ",", &rest);
        char *end = NULL;
        unsigned long long value = number && *number >= '0' && *number <= '9' ? strtoull(number, &end, 10) : 0;

        if (!number)
            return vir_error(VIR_ERR_INVALID_ARG, "unable to parse blkio device '%s' '%s'", param->field, param->value.s);
        if (!end || *end || (!bytes && value > UINT_MAX))
            return vir_error(VIR_ERR_INVALID_ARG, "invalid value '%s' for parameter '%s' of device '%s'", number, param->field,
                             path);
        if (each(opaque, which, path, value) < 0)
            return -1;
    }
    return 0;
}

/* All pairs of all PARAMS. */
static int
each_figure(const struct qemu_params *params, int (*each)(void *opaque, size_t which, const char *path, uint64_t number),
            void *opaque)
{
    for (size_t which = OF_DISKS; which < N_PARAMS; which++) {
        const virTypedParameter *param = qemu_params_find(params, known[which].name);

        if (param && each_pair(param, which, each, opaque) < 0)
            return -1;
    }
    return 0;
}

static int
say_figure(void *opaque, size_t which, const char *path, uint64_t number)
{
    set_figure(disk_of(opaque, path), which, number);
    return 0;
}

static int
say(struct qemu_domain_def *doc, const struct qemu_params *params)
{
    const virTypedParameter *weight = qemu_params_find(params, known[WEIGHT].name);

    if (each_figure(params, say_figure, doc) < 0)
        return -1;
    if (weight)
        doc->blkiotune.has_weight = (doc->blkiotune.weight = weight->value.ui) > 0;
    tidy(doc);
    return 0;
}

/* ---- changes ------------------------------------------------------------------------------------------ */

static struct qemu_def *
define(const struct qemu_def *def, const void *what)
{
    struct qemu_def *now = qemu_def_copy(def);

    return now && say(now->doc, what) < 0 ? qemu_def_unref(now) : now;
}

static int
set_figure_live(void *opaque, size_t which, const char *path, uint64_t number)
{
    return vir_cgroup_set_device(opaque, values[which], path, number);
}

static int
set_live(struct qemu_run *run, const void *what)
{
    const virTypedParameter *weight = qemu_params_find(what, known[WEIGHT].name);
    struct qemu_def *live = qemu_live_copy(run);
    int ret = !live || qemu_tune_check(run, VIR_CGROUP_BLKIO) < 0 ? -1 : say(live->doc, what);

    if (ret == 0 && weight)
        ret = vir_cgroup_set(run->cgroup, VIR_CGROUP_WEIGHT, weight->value.ui);
    if (ret == 0)
        ret = each_figure(what, set_figure_live, run->cgroup);
    if (ret == 0)
        qemu_live_show(run, live, NULL);
    else
        qemu_def_unref(live);
    return ret;
}

int
qemu_domain_set_blkio_parameters(virDomainPtr dom, virTypedParameterPtr list, int n, unsigned int flags)
{
    static const struct qemu_verb verb = { "set-shares-of-disks", define, set_live };
    const struct qemu_params params = { list, n };

    if (qemu_tune_check(NULL, VIR_CGROUP_BLKIO) < 0 || qemu_params_check(&params, known, N_PARAMS) < 0)
        return -1;
    return qemu_change_domain(dom, &verb, &params, flags);
}

/* ---- what they are ------------------------------------------------------------------------------------- */

/* "PATH,NUMBER,..." of the parameter WHICH; caller frees. */
static char *
pairs(const struct qemu_domain_def *doc, size_t which)
{
    struct vir_buf buf = { 0 };

    for (size_t i = 0; i < doc->blkiotune.n_devices; i++)
        if (figure(doc->blkiotune.devices[i], which))
            vir_buf_addf(&buf, "%s%s,%" PRIu64, buf.len ? "," : "", doc->blkiotune.devices[i]->path,
                         figure(doc->blkiotune.devices[i], which));
    return vir_buf_steal(&buf);
}

int
qemu_domain_get_blkio_parameters(virDomainPtr dom, virTypedParameterPtr params, int *n, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    struct qemu_def *def = domain ? qemu_meant_def(domain, flags, &run) : NULL;
    virTypedParameter rows[N_PARAMS];
    int64_t weight = 0;
    int ret = def ? qemu_tune_check(run, VIR_CGROUP_BLKIO) : -1;

    if (ret == 0)
        weight = def->doc->blkiotune.weight;
    if (ret == 0 && run && vir_cgroup_has_value(run->cgroup, VIR_CGROUP_WEIGHT))
        ret = vir_cgroup_get(run->cgroup, VIR_CGROUP_WEIGHT, &weight);
    for (size_t i = 0; ret == 0 && i < N_PARAMS; i++) {
        rows[i] = (virTypedParameter){ .type = known[i].type };
        strcpy(rows[i].field, known[i].name);
        if (i == WEIGHT)
            rows[i].value.ui = (unsigned int)weight;
        else
            rows[i].value.s = pairs(def->doc, i);
    }
    if (ret == 0)
        qemu_params_give(params, n, rows, N_PARAMS);
    for (size_t i = OF_DISKS; ret == 0 && i < N_PARAMS; i++)
        free(rows[i].value.s);
    qemu_def_unref(def);
    return ret;
}
