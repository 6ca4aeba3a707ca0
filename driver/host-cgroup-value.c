/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a control group gets of the host, and what it has used: each value has a file in version 1
 * and one, of another form, in version 2.
 */
#include "host-cgroup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum form {
    NUMBER,                             /* in version 2, "max" for none */
    FIRST, SECOND,                      /* of the two words of cpu.max */
    WEIGHT,                             /* behind "default" */
    OF_DEVICE,                          /* "8:0 NUMBER"; in version 2, "8:0 KEY=NUMBER" where there is a key */
};

static const struct {
    enum vir_cgroup_controller controller;
    enum form form;
    const char *v1[2], *v2[2];          /* the first that is there */
    const char *key;
    const char *what;                   /* for messages */
} rows[VIR_CGROUP_VALUES] = {
    [VIR_CGROUP_SHARES] = { VIR_CGROUP_CPU, NUMBER, { "cpu.shares" }, { "cpu.weight" }, NULL, "share of the CPUs" },
    [VIR_CGROUP_PERIOD] = { VIR_CGROUP_CPU, SECOND, { "cpu.cfs_period_us" }, { "cpu.max" }, NULL, "period of the CPUs" },
    [VIR_CGROUP_QUOTA] = { VIR_CGROUP_CPU, FIRST, { "cpu.cfs_quota_us" }, { "cpu.max" }, NULL, "quota of the CPUs" },
    [VIR_CGROUP_HARD_LIMIT] = { VIR_CGROUP_MEMORY, NUMBER, { "memory.limit_in_bytes" }, { "memory.max" }, NULL,
                                "limit of memory" },
    [VIR_CGROUP_SOFT_LIMIT] = { VIR_CGROUP_MEMORY, NUMBER, { "memory.soft_limit_in_bytes" }, { "memory.high" }, NULL,
                                "soft limit of memory" },
    [VIR_CGROUP_SWAP_LIMIT] = { VIR_CGROUP_MEMORY, NUMBER, { "memory.memsw.limit_in_bytes" }, { "memory.swap.max" }, NULL,
                                "limit of swap" },
    [VIR_CGROUP_WEIGHT] = { VIR_CGROUP_BLKIO, WEIGHT, { "blkio.bfq.weight", "blkio.weight" },
                            { "io.bfq.weight", "io.weight" }, NULL, "share of disks" },
    [VIR_CGROUP_DEVICE_WEIGHT] = { VIR_CGROUP_BLKIO, OF_DEVICE, { "blkio.bfq.weight_device", "blkio.weight_device" },
                                   { "io.bfq.weight", "io.weight" }, NULL, "share of a disk" },
    [VIR_CGROUP_READ_IOPS] = { VIR_CGROUP_BLKIO, OF_DEVICE, { "blkio.throttle.read_iops_device" }, { "io.max" }, "riops",
                               "reads in a second" },
    [VIR_CGROUP_WRITE_IOPS] = { VIR_CGROUP_BLKIO, OF_DEVICE, { "blkio.throttle.write_iops_device" }, { "io.max" }, "wiops",
                                "writes in a second" },
    [VIR_CGROUP_READ_BYTES] = { VIR_CGROUP_BLKIO, OF_DEVICE, { "blkio.throttle.read_bps_device" }, { "io.max" }, "rbps",
                                "bytes read in a second" },
    [VIR_CGROUP_WRITE_BYTES] = { VIR_CGROUP_BLKIO, OF_DEVICE, { "blkio.throttle.write_bps_device" }, { "io.max" }, "wbps",
                                 "bytes written in a second" },
};

/* ---- where ------------------------------------------------------------------------------------------ */

static const struct hierarchy *
hierarchy_of(const struct vir_cgroup *group, enum vir_cgroup_value value)
{
    return vir_cgroup_has(group, rows[value].controller) ? group->host->of[rows[value].controller] : NULL;
}

/* The file of VALUE, caller frees; NULL with an error: this host has none. */
static char *
find_file(const struct vir_cgroup *group, enum vir_cgroup_value value)
{
    const struct hierarchy *hierarchy = hierarchy_of(group, value);

    for (size_t i = 0; hierarchy && i < 2; i++) {
        const char *name = hierarchy->v2 ? rows[value].v2[i] : rows[value].v1[i];
        char *path = name ? vir_cgroup_file(group, hierarchy, name) : NULL;

        if (path && access(path, F_OK) == 0)
            return path;
        free(path);
    }
    vir_error(VIR_ERR_OPERATION_INVALID, "the host's control groups have no %s", rows[value].what);
    return NULL;
}

bool
vir_cgroup_has_value(const struct vir_cgroup *group, enum vir_cgroup_value value)
{
    VIR_AUTO_FREE char *path = find_file(group, value);

    if (!path)
        virFreeError(vir_error_take());
    return path != NULL;
}

/* ---- numbers ------------------------------------------------------------------------------------------- */

/* TEXT for the file of a group. */
static int
set_text(const char *path, const char *text)
{
    int ret = vir_cgroup_write_file(path, text);

    if (ret == -EINVAL)
        return vir_error_errno(EINVAL, "Invalid value '%s' for '%s'", text, path);
    return ret < 0 ? vir_error_errno(-ret, "Unable to write to '%s'", path) : 0;
}

/* Version 1 says none by the largest number of pages. */
static int64_t
read_number(const char *text)
{
    const int64_t none = INT64_MAX / 65536 * 65536;
    int64_t number = strncmp(text, "max", 3) == 0 ? -1 : strtoll(text, NULL, 10);

    return number < 0 || number >= none ? -1 : number;
}

static const char *
second_word(const char *text)
{
    return text + strcspn(text, " ") + (strchr(text, ' ') != NULL);
}

int
vir_cgroup_get(const struct vir_cgroup *group, enum vir_cgroup_value value, int64_t *ret)
{
    VIR_AUTO_FREE char *path = find_file(group, value);
    VIR_AUTO_FREE char *text = path ? vir_cgroup_read_file(path) : NULL;
    bool v2 = path && hierarchy_of(group, value)->v2;
    const char *at = text;

    if (!text)
        return -1;
    if ((rows[value].form == SECOND && v2) || (rows[value].form == WEIGHT && strncmp(text, "default ", 8) == 0))
        at = second_word(text);
    *ret = read_number(at);
    return 0;
}

/* In version 2 a quota is "max", and a period is behind the quota that there is. */
static char *
number_for(enum form form, bool v2, const char *path, int64_t number)
{
    VIR_AUTO_FREE char *plain = v2 && number < 0 ? vir_strdup("max") : vir_strdup_printf("%" PRId64, number);
    VIR_AUTO_FREE char *now = NULL;

    if (form == WEIGHT && v2)
        return vir_strdup_printf("default %s", plain);
    if (form != SECOND || !v2)
        return vir_steal(&plain);
    now = vir_cgroup_read_file(path);
    return now ? vir_strdup_printf("%.*s %s", (int)strcspn(now, " "), now, plain) : NULL;
}

/* Of other shares version 1 silently makes the nearest ones. */
static int
check_shares(int64_t number, bool v2)
{
    int least = v2 ? 1 : 2, most = v2 ? 10000 : 262144;

    return number >= least && number <= most ? 0
        : vir_error(VIR_ERR_INVALID_ARG, "shares '%" PRId64 "' must be in range [%d, %d]", number, least, most);
}

int
vir_cgroup_set(const struct vir_cgroup *group, enum vir_cgroup_value value, int64_t number)
{
    VIR_AUTO_FREE char *path = find_file(group, value);
    VIR_AUTO_FREE char *text = NULL;

    if (!path || (value == VIR_CGROUP_SHARES && check_shares(number, hierarchy_of(group, value)->v2) < 0))
        return -1;
    text = number_for(rows[value].form, hierarchy_of(group, value)->v2, path, number);
    return text ? set_text(path, text) : -1;
}

/* ---- disks --------------------------------------------------------------------------------------------- */

int
vir_cgroup_set_device(const struct vir_cgroup *group, enum vir_cgroup_value value, const char *device, uint64_t number)
{
    VIR_AUTO_FREE char *path = find_file(group, value);
    VIR_AUTO_FREE char *text = NULL;
    const char *key;
    struct stat facts;

    if (!path)
        return -1;
    if (stat(device, &facts) < 0)
        return vir_error_errno(errno, "Path '%s' is not accessible", device);
    if (!S_ISBLK(facts.st_mode))
        return vir_error_errno(EINVAL, "Path '%s' must be a block device", device);
    key = hierarchy_of(group, value)->v2 ? rows[value].key : NULL;
    text = key && number == 0
        ? vir_strdup_printf("%u:%u %s=max", major(facts.st_rdev), minor(facts.st_rdev), key)
        : vir_strdup_printf("%u:%u %s%s%" PRIu64, major(facts.st_rdev), minor(facts.st_rdev), key ? key : "",
                            key ? "=" : "", number);
    return set_text(path, text);
}

/* ---- sets ---------------------------------------------------------------------------------------------- */

int
vir_cgroup_set_cpuset(const struct vir_cgroup *group, const char *file, const char *set)
{
    const struct hierarchy *hierarchy = group->host->of[VIR_CGROUP_CPUSET];
    VIR_AUTO_FREE char *path = vir_cgroup_file(group, hierarchy, file);
    VIR_AUTO_FREE char *above = vir_strdup_printf("%s%s/../%s", hierarchy->dir, group->path, file);
    VIR_AUTO_FREE char *all = NULL;

    if (set)
        return set_text(path, set);
    if (hierarchy->v2)                  /* there a group is no bound for its parts */
        return 0;
    all = vir_cgroup_read_file(above);
    return all ? set_text(path, all) : -1;
}

/* ---- what was used --------------------------------------------------------------------------------------- */

static uint64_t
keyed(const char *text, const char *key)
{
    size_t len = strlen(key);

    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
        if (strncmp(line, key, len) == 0 && line[len] == ' ')
            return strtoull(line + len + 1, NULL, 10);
    return 0;
}

int
vir_cgroup_used(const struct vir_cgroup *group, struct vir_cgroup_used *ret)
{
    const struct hierarchy *hierarchy = group->host->of[VIR_CGROUP_CPUACCT];
    VIR_AUTO_FREE char *stat_file = vir_cgroup_file(group, hierarchy, hierarchy->v2 ? "cpu.stat" : "cpuacct.stat");
    VIR_AUTO_FREE char *all_file = vir_cgroup_file(group, hierarchy, "cpuacct.usage");
    VIR_AUTO_FREE char *text = vir_cgroup_read_file(stat_file);
    VIR_AUTO_FREE char *all = text && !hierarchy->v2 ? vir_cgroup_read_file(all_file) : NULL;
    uint64_t tick_ns = 1000000000ull / (uint64_t)sysconf(_SC_CLK_TCK);

    if (!text || (!hierarchy->v2 && !all))
        return -1;
    *ret = hierarchy->v2
        ? (struct vir_cgroup_used){ keyed(text, "usage_usec") * 1000, keyed(text, "user_usec") * 1000,
                                    keyed(text, "system_usec") * 1000 }
        : (struct vir_cgroup_used){ strtoull(all, NULL, 10), keyed(text, "user") * tick_ns, keyed(text, "system") * tick_ns };
    return 0;
}

int
vir_cgroup_used_by_cpu(const struct vir_cgroup *group, uint64_t *times, size_t n)
{
    const struct hierarchy *hierarchy = group->host->of[VIR_CGROUP_CPUACCT];
    VIR_AUTO_FREE char *path = vir_cgroup_file(group, hierarchy, "cpuacct.usage_percpu");
    VIR_AUTO_FREE char *text = NULL;
    char *at;

    if (hierarchy->v2)
        return vir_error(VIR_ERR_OPERATION_UNSUPPORTED,
                         "operation 'getCpuacctPercpuUsage' not supported for backend 'cgroup V2'");
    at = text = vir_cgroup_read_file(path);
    for (size_t i = 0; text && i < n; i++)
        times[i] += strtoull(at, &at, 10);
    return text ? 0 : -1;
}
