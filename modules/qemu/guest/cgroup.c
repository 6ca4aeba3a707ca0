/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The control group of a running guest.  Without systemd's help it lies where libvirt 9.0.0 makes it:
 * PARTITION/qemu-ID-NAME.libvirt-qemu below each hierarchy.  What one of systemd's scopes will hold
 * is found again in the same way, by the process.
 */
#define VIR_LOG_SOURCE "qemu.cgroup"
#include "guest/cgroup.h"
#include "document/vcpus.h"
#include "document/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PARTITION "/machine"
#define BEGIN "qemu-"
#define END ".libvirt-qemu"

enum { MAX_MACHINE_NAME = 64 };         /* bytes, as systemd has it */

/* ---- names ------------------------------------------------------------------------------------------ */

/* A machine's name is a host's: other signs than these are left out, and of '.' and '-' there is one at a time. */
static char *
name_of(int id, const char *name)
{
    VIR_AUTO_FREE char *whole = vir_strdup_printf("%d-%s", id, name);
    char machine[MAX_MACHINE_NAME + 1] = BEGIN;
    size_t n = strlen(machine);
    bool parted = true;

    for (const char *c = whole; *c && n < MAX_MACHINE_NAME; c++) {
        bool parts = *c == '.' || *c == '-';

        if (parts ? !parted : (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9'))
            machine[n++] = *c;
        parted = parts;
    }
    machine[n] = '\0';
    return vir_strdup_printf("%s%s", machine, END);
}

/* Names that a controller's own files could have. */
static bool
is_ambiguous(const char *name)
{
    static const char *const files[] = { "cgroup.", "cpu.", "cpuacct.", "cpuset.", "memory.", "blkio.", "io.",
                                         "devices.", "freezer.", "net_cls.", "perf_event.", "pids." };
    bool same = name[0] == '_' || name[0] == '.' || strcmp(name, "tasks") == 0 || strcmp(name, "notify_on_release") == 0;

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        same = same || strncmp(name, files[i], strlen(files[i])) == 0;
    return same;
}

/* The directory of a partition: each of its names ends in ".partition", but for those that every host has. */
static char *
directory_of(const char *partition)
{
    VIR_AUTO_FREE char *copy = vir_strdup(partition);
    struct vir_buf buf = { 0 };
    char *rest = NULL;

    for (char *name = strtok_r(copy, "/", &rest); name; name = strtok_r(NULL, "/", &rest)) {
        bool usual = !buf.len && (strcmp(name, "machine") == 0 || strcmp(name, "user") == 0 || strcmp(name, "system") == 0);

        vir_buf_addf(&buf, "/%s%s%s", is_ambiguous(name) ? "_" : "", name,
                     usual || strchr(name, '.') ? "" : ".partition");
    }
    return vir_buf_steal(&buf);
}

/* ---- what a document needs ---------------------------------------------------------------------------- */

static bool
has_memory_limits(const struct qemu_domain_def *doc)
{
    return doc->memtune.has_hard_limit || doc->memtune.has_soft_limit || doc->memtune.has_swap_hard_limit;
}

static bool
has_shares_of_disks(const struct qemu_domain_def *doc)
{
    return doc->blkiotune.has_weight || doc->blkiotune.n_devices;
}

static bool
has_shares_of_cpus(const struct qemu_domain_def *doc)
{
    const struct qemu_cputune_def *tune = doc->cputune;

    return tune && (tune->has_shares || tune->has_period || tune->has_quota || tune->has_global_period ||
                    tune->has_global_quota || tune->has_emulator_period || tune->has_emulator_quota ||
                    tune->has_iothread_period || tune->has_iothread_quota);
}

static int
need(const struct vir_cgroup *group, bool wanted, enum vir_cgroup_controller controller, const char *what)
{
    if (!wanted || vir_cgroup_has(group, controller))
        return 0;
    if (!qemu_driver.host->privileged) {
        vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "%s tuning is not available in session mode", what);
        vir_error_hint("guests of qemu:///system have it; to go on without it, take it out of the definition");
        return -1;
    }
    return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "%s %s is not available on this host", what,
                     controller == VIR_CGROUP_MEMORY ? "cgroup" : "tuning");
}

/* What GROUP (NULL: none) cannot share out. */
static int
check_wanted(const struct vir_cgroup *group, const struct qemu_domain_def *doc)
{
    if (need(group, has_memory_limits(doc), VIR_CGROUP_MEMORY, "Memory") < 0 ||
        need(group, has_shares_of_disks(doc), VIR_CGROUP_BLKIO, "Block I/O") < 0)
        return -1;
    return need(group, has_shares_of_cpus(doc), VIR_CGROUP_CPU, "CPU");
}

/* ---- what it gets ------------------------------------------------------------------------------------- */

int
qemu_bandwidth_set(const struct vir_cgroup *group, struct qemu_bandwidth bandwidth)
{
    if (bandwidth.period && vir_cgroup_set(group, VIR_CGROUP_PERIOD, (int64_t)bandwidth.period) < 0)
        return -1;
    return bandwidth.quota ? vir_cgroup_set(group, VIR_CGROUP_QUOTA, bandwidth.quota) : 0;
}

/* What is not said is 0. */
#define BANDWIDTH(doc, prefix) \
    ((doc)->cputune ? (struct qemu_bandwidth){ (doc)->cputune->prefix##period, (doc)->cputune->prefix##quota } \
                    : (struct qemu_bandwidth){ 0 })

struct qemu_bandwidth
qemu_bandwidth_of_vcpus(const struct qemu_domain_def *doc)
{
    return BANDWIDTH(doc, );
}

struct qemu_bandwidth
qemu_bandwidth_of_iothreads(const struct qemu_domain_def *doc)
{
    return BANDWIDTH(doc, iothread_);
}

struct qemu_bandwidth
qemu_bandwidth_of_emulator(const struct qemu_domain_def *doc)
{
    return BANDWIDTH(doc, emulator_);
}

static int
set_memory(const struct vir_cgroup *group, const struct qemu_domain_def *doc)
{
    if (doc->memtune.has_hard_limit &&
        vir_cgroup_set(group, VIR_CGROUP_HARD_LIMIT, qemu_limit_bytes(doc->memtune.hard_limit)) < 0)
        return -1;
    if (doc->memtune.has_soft_limit &&
        vir_cgroup_set(group, VIR_CGROUP_SOFT_LIMIT, qemu_limit_bytes(doc->memtune.soft_limit)) < 0)
        return -1;
    return !doc->memtune.has_swap_hard_limit ? 0
        : vir_cgroup_set(group, VIR_CGROUP_SWAP_LIMIT, qemu_limit_bytes(doc->memtune.swap_hard_limit));
}

static int
set_disks(const struct vir_cgroup *group, const struct qemu_domain_def *doc)
{
    int ret = doc->blkiotune.has_weight ? vir_cgroup_set(group, VIR_CGROUP_WEIGHT, doc->blkiotune.weight) : 0;

    for (size_t i = 0; ret == 0 && i < doc->blkiotune.n_devices; i++) {
        const struct qemu_domain_blkiotune_device_def *disk = doc->blkiotune.devices[i];
        const struct { enum vir_cgroup_value value; unsigned long long number; } rows[] = {
            { VIR_CGROUP_DEVICE_WEIGHT, disk->weight },
            { VIR_CGROUP_READ_IOPS, disk->read_iops_sec }, { VIR_CGROUP_WRITE_IOPS, disk->write_iops_sec },
            { VIR_CGROUP_READ_BYTES, disk->read_bytes_sec }, { VIR_CGROUP_WRITE_BYTES, disk->write_bytes_sec },
        };

        for (size_t k = 0; ret == 0 && k < sizeof(rows) / sizeof(rows[0]); k++)
            if (rows[k].number)
                ret = vir_cgroup_set_device(group, rows[k].value, disk->path, rows[k].number);
    }
    return ret;
}

static int
set_cpus(const struct vir_cgroup *group, const struct qemu_domain_def *doc)
{
    if (doc->cputune && doc->cputune->has_shares &&
        vir_cgroup_set(group, VIR_CGROUP_SHARES, (int64_t)doc->cputune->shares) < 0)
        return -1;
    return doc->cputune ? qemu_bandwidth_set(group, BANDWIDTH(doc, global_)) : 0;
}

/* Where the kernel alone binds the memory: elsewhere QEMU asks it to. */
static int
set_nodes(const struct vir_cgroup *group, const struct qemu_domain_def *doc)
{
    const struct qemu_numatune_def *tune = doc->numatune;

    if (!tune || !tune->memory.present || !tune->memory.nodeset || !vir_cgroup_has(group, VIR_CGROUP_CPUSET) ||
        (tune->memory.mode != QEMU_NUMATUNE_MEMORY_MODE_STRICT && tune->memory.mode != QEMU_NUMATUNE_MEMORY_MODE_RESTRICTIVE))
        return 0;
    return vir_cgroup_set_cpuset(group, "cpuset.mems", tune->memory.nodeset);
}

static int
set_emulator(const struct vir_cgroup *group, const struct qemu_domain_def *doc)
{
    struct vir_cgroup *part = vir_cgroup_part(group, QEMU_CGROUP_EMULATOR);
    const char *cpus = qemu_pin_of_emulator(doc);
    int ret = qemu_bandwidth_set(part, qemu_bandwidth_of_emulator(doc));

    if (ret == 0 && cpus && vir_cgroup_has(part, VIR_CGROUP_CPUSET))
        ret = vir_cgroup_set_cpuset(part, "cpuset.cpus", cpus);
    vir_cgroup_free(part);
    return ret;
}

/* ---- its life -------------------------------------------------------------------------------------------- */

void
qemu_cgroups_find(void)
{
    qemu_driver.cgroups = qemu_driver.host->privileged ? vir_cgroups_find() : NULL;
}

void
qemu_cgroups_sweep(void)
{
    if (qemu_driver.cgroups)
        vir_cgroups_sweep(qemu_driver.cgroups, PARTITION, BEGIN, END, QEMU_START_MS / 1000);
}

/* Below PARTITION; RUN gets another id as long as somebody else has its name. */
static int
make(struct qemu_run *run, const struct qemu_domain_def *doc, const char *partition)
{
    VIR_AUTO_FREE char *parent = NULL;
    int made;

    if (partition[0] != '/')
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "Resource partition '%s' must start with '/'", partition);
    parent = directory_of(partition);
    do {
        VIR_AUTO_FREE char *name = name_of(run->id, doc->name);

        made = vir_cgroup_make(qemu_driver.cgroups, parent, strcmp(parent, PARTITION) == 0, name, &run->cgroup);
        if (made == 1)
            run->id = __atomic_add_fetch(&qemu_driver.last_id, 1, __ATOMIC_RELAXED);
    } while (made == 1);
    if (made < 0 && strcmp(parent, PARTITION) != 0)
        vir_error_hint("the administrator makes partitions, with all their controllers");
    return made;
}

int
qemu_cgroup_begin(struct qemu_run *run, struct qemu_domain_def *doc)
{
    const char *partition = doc->resource.partition ? doc->resource.partition : PARTITION;
    const struct vir_cgroup *group;

    if (qemu_driver.cgroups && make(run, doc, partition) < 0)
        return -1;
    group = run->cgroup;
    if (check_wanted(group, doc) < 0)
        return -1;
    if (!group)
        return 0;
    if (set_memory(group, doc) < 0 || set_disks(group, doc) < 0 || set_cpus(group, doc) < 0 || set_nodes(group, doc) < 0 ||
        vir_cgroup_make_part(group, QEMU_CGROUP_EMULATOR) < 0 || set_emulator(group, doc) < 0)
        return -1;
    doc->resource.present = true;
    if (!doc->resource.partition)
        doc->resource.partition = vir_strdup(PARTITION);
    return 0;
}

int
qemu_cgroup_enter(const struct qemu_run *run, int *fds, size_t *ret_n)
{
    *ret_n = 0;
    return run->cgroup ? vir_cgroup_entrances(run->cgroup, QEMU_CGROUP_EMULATOR, fds, ret_n) : 0;
}

void
qemu_cgroup_end(struct qemu_run *run)
{
    vir_cgroup_remove(run->cgroup);
}

void
qemu_cgroup_adopt(struct qemu_run *run)
{
    if (qemu_driver.cgroups)
        run->cgroup = vir_cgroup_of(qemu_driver.cgroups, run->process.pid, QEMU_CGROUP_EMULATOR, END);
}

void
qemu_cgroup_forget(const struct qemu_domain_def *doc)
{
    VIR_AUTO_FREE char *parent = doc->resource.partition ? directory_of(doc->resource.partition) : NULL;
    VIR_AUTO_FREE char *name = name_of(doc->id, doc->name);
    VIR_AUTO_FREE char *path = parent ? vir_strdup_printf("%s/%s", parent, name) : NULL;

    if (qemu_driver.cgroups && path)
        vir_cgroups_remove(qemu_driver.cgroups, path);
}

/* ---- parts ---------------------------------------------------------------------------------------------- */

int
qemu_cgroup_place(struct qemu_run *run, const char *name, pid_t task, const char *cpus, struct qemu_bandwidth bandwidth)
{
    struct vir_cgroup *part;
    int ret;

    if (!run->cgroup)
        return 0;
    ret = vir_cgroup_make_part(run->cgroup, name);
    if (ret < 0)
        return -1;
    part = vir_cgroup_part(run->cgroup, name);
    if (qemu_bandwidth_set(part, bandwidth) < 0 ||
        (cpus && vir_cgroup_has(part, VIR_CGROUP_CPUSET) && vir_cgroup_set_cpuset(part, "cpuset.cpus", cpus) < 0))
        ret = -1;
    vir_cgroup_free(part);
    return ret == 0 ? vir_cgroup_take_thread(run->cgroup, name, task) : -1;
}

int
qemu_cgroup_pin(struct qemu_run *run, const char *name, const char *cpus)
{
    struct vir_cgroup *part = run->cgroup ? vir_cgroup_part(run->cgroup, name) : NULL;
    int ret = vir_cgroup_has(part, VIR_CGROUP_CPUSET) ? vir_cgroup_set_cpuset(part, "cpuset.cpus", cpus) : 0;

    vir_cgroup_free(part);
    return ret;
}

void
qemu_cgroup_remove_part(struct qemu_run *run, const char *name)
{
    if (run->cgroup)
        vir_cgroup_remove_part(run->cgroup, name);
}

static int
call(const struct vir_cgroup *group, const char *form, unsigned int id, qemu_part_fn each, void *opaque)
{
    struct vir_cgroup *part;
    char name[32];
    int ret;

    snprintf(name, sizeof(name), "%s%u", form, id);
    part = vir_cgroup_part(group, name);
    ret = each(part, opaque);
    vir_cgroup_free(part);
    return ret;
}

int
qemu_cgroup_vcpus(const struct vir_cgroup *group, const struct qemu_domain_def *doc, qemu_part_fn each, void *opaque)
{
    int ret = 0;

    for (unsigned int id = 0; ret == 0 && id < doc->vcpu.count; id++)
        if (qemu_vcpu_is_online(doc, id))
            ret = call(group, "vcpu", id, each, opaque);
    return ret;
}

int
qemu_cgroup_iothreads(const struct vir_cgroup *group, const struct qemu_domain_def *doc, qemu_part_fn each,
                      void *opaque)
{
    int ret = 0;

    for (unsigned int i = 0; ret == 0 && i < doc->iothreads; i++)
        ret = call(group, "iothread", qemu_iothread_number(doc, i), each, opaque);
    return ret;
}
