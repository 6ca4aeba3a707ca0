/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Virtual CPUs: how many are online, which, and where they and the emulator run.
 */
#include "calls/calls.h"
#include "guest/cgroup.h"
#include "guest/guest-cpus.h"
#include "guest/hotplug.h"
#include "guest/tasks.h"
#include "host/task.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- how many ------------------------------------------------------------------------------------- */

struct number {
    unsigned int n;
    bool maximum, hotpluggable;
};

static int
check_number(const struct qemu_domain_def *doc, unsigned int n, const char *of)
{
    return n <= doc->vcpu.count ? 0
        : vir_error(VIR_ERR_INVALID_ARG, "requested vcpus is greater than max allowable vcpus for the %s domain: %u > %u",
                    of, n, doc->vcpu.count);
}

static struct qemu_def *
define_number(const struct qemu_def *def, const void *what)
{
    const struct number *number = what;
    struct qemu_def *now;

    if (!number->maximum && check_number(def->doc, number->n, "persistent") < 0)
        return NULL;
    if (number->maximum && number->n > QEMU_MAX_VCPUS)
        return vir_error_null(VIR_ERR_INVALID_ARG, "%u vcpus are more than any machine has", number->n);
    now = qemu_def_copy(def);
    if (now && !number->maximum)
        qemu_vcpus_set_number(now->doc, number->n, number->hotpluggable);
    else if (now && qemu_vcpus_set_most(now->doc, number->n) < 0)
        return qemu_def_unref(now);
    return now;
}

/* The one that comes or goes next; the number of all: there is none. */
static unsigned int
next_to_change(const struct qemu_domain_def *doc, bool online)
{
    for (unsigned int i = 0; i < doc->vcpu.count; i++) {
        unsigned int id = online ? i : doc->vcpu.count - 1 - i;

        if (qemu_vcpu_is_online(doc, id) != online && (online || qemu_vcpu_is_hotpluggable(doc, id)))
            return id;
    }
    return doc->vcpu.count;
}

static unsigned int
going(const struct qemu_domain_def *doc)
{
    unsigned int n = 0;

    for (unsigned int id = 0; id < doc->vcpu.count; id++)
        n += qemu_vcpu_is_online(doc, id) && qemu_vcpu_is_hotpluggable(doc, id);
    return n;
}

/* 1: it has as many. */
static int
one_step(struct qemu_run *run, unsigned int n)
{
    struct qemu_def *live = qemu_live_now(run);
    unsigned int now = live ? qemu_def_vcpus_now(live) : 0, id = live ? next_to_change(live->doc, n > now) : 0;
    int ret = live ? 0 : -1;

    if (live && now == n)
        ret = 1;
    else if (live && now > n && now - n > going(live->doc))
        ret = vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "failed to find appropriate hotpluggable vcpus to reach the desired "
                        "target vcpu count: %u of the %u that are online can go", going(live->doc), now);
    qemu_def_unref(live);
    if (ret)
        return ret;
    return n > now ? qemu_vcpu_plug(run, id) : qemu_vcpu_unplug(run, id);
}

static int
set_number(struct qemu_run *run, const void *what)
{
    const struct number *number = what;
    struct qemu_def *live = qemu_live_now(run);
    int ret = live ? check_number(live->doc, number->n, "live") : -1;

    qemu_def_unref(live);
    while (ret == 0)
        ret = one_step(run, number->n);
    return ret < 0 ? -1 : 0;
}

/* ---- how many the guest uses, as it says itself ----------------------------------------------------------- */

/* Those that come or go so that WANTED are online: the first that are not, or the last that may. */
static int
choose(const struct qemu_guest_cpu *cpus, size_t n, size_t wanted, bool *ret_changes)
{
    size_t online = 0;

    for (size_t i = 0; i < n; i++)
        online += cpus[i].online;
    if (wanted > n)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "guest agent reports less cpu than requested: %zu, not %zu", n, wanted);
    for (size_t i = 0; i < n && online < wanted; i++) {
        ret_changes[i] = !cpus[i].online;
        online += ret_changes[i];
    }
    for (size_t i = n; i > 0 && online > wanted; i--) {
        ret_changes[i - 1] = cpus[i - 1].online && cpus[i - 1].offlinable;
        online -= ret_changes[i - 1];
    }
    return online == wanted ? 0 : vir_error(VIR_ERR_INTERNAL_ERROR, "cannot offline enough CPUs: %zu must stay", online);
}

static int
set_in_guest(struct qemu_domain *domain, unsigned int wanted)
{
    VIR_AUTO_FREE struct qemu_guest_cpu *cpus = NULL;
    VIR_AUTO_FREE bool *changes = NULL;
    struct qemu_def *live = qemu_domain_meant(domain, VIR_DOMAIN_AFFECT_LIVE);
    unsigned int most = live ? qemu_def_vcpus_now(live) : 0;
    size_t n;

    qemu_def_unref(live);
    if (!live)
        return -1;
    if (wanted > most)
        return vir_error(VIR_ERR_INVALID_ARG, "requested vcpu count is greater than the count of enabled vcpus in the "
                         "domain: %u > %u", wanted, most);
    if (qemu_guest_cpus(domain, &cpus, &n) < 0)
        return -1;
    changes = vir_alloc_array(n + 1, sizeof(*changes));
    return choose(cpus, n, wanted, changes) < 0 ? -1 : qemu_guest_cpus_switch(domain, cpus, changes, n);
}

int
qemu_domain_set_vcpus_flags(virDomainPtr dom, unsigned int n, unsigned int flags)
{
    static const struct qemu_verb verb = { "set-vcpus", define_number, set_number };
    const struct number number = { n, flags & VIR_DOMAIN_VCPU_MAXIMUM, flags & VIR_DOMAIN_VCPU_HOTPLUGGABLE };

    if (flags & VIR_DOMAIN_VCPU_GUEST) {
        QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

        return domain ? set_in_guest(domain, n) : -1;
    }
    return qemu_change_domain(dom, &verb, &number, flags);
}

static int
count_in_guest(struct qemu_domain *domain, bool all)
{
    VIR_AUTO_FREE struct qemu_guest_cpu *cpus = NULL;
    int online = 0;
    size_t n;

    if (!qemu_domain_has_run(domain))
        return vir_error(VIR_ERR_INVALID_ARG, "vCPU count provided by the guest agent can only be requested for live "
                         "domains");
    if (qemu_guest_cpus(domain, &cpus, &n) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        online += all || cpus[i].online;
    return online;
}

int
qemu_domain_get_vcpus_flags(virDomainPtr dom, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    const struct qemu_def *def;
    int n = -1;

    if (!domain)
        return -1;
    if (flags & VIR_DOMAIN_VCPU_GUEST)
        return count_in_guest(domain, flags & VIR_DOMAIN_VCPU_MAXIMUM);
    qemu_domain_lock(domain);
    def = flags & VIR_DOMAIN_VCPU_CONFIG ? domain->def : qemu_domain_current(domain);
    if (flags & VIR_DOMAIN_VCPU_LIVE && !domain->live)
        vir_error(VIR_ERR_OPERATION_INVALID, "domain is not running");
    else
        n = (int)(flags & VIR_DOMAIN_VCPU_MAXIMUM ? def->doc->vcpu.count : qemu_def_vcpus_now(def));
    qemu_domain_unlock(domain);
    return n;
}

/* ---- which -------------------------------------------------------------------------------------------- */

struct which {
    const struct vir_bitmap *ids;
    bool online;
};

/* Can all of them become so, in DOC, OF which sort?  CODE: that the first one cannot. */
static int
check_which(const struct qemu_domain_def *doc, const struct which *which, const char *of, int code)
{
    for (size_t id = 0; (id = vir_bitmap_next(which->ids, id)) < which->ids->n_bits; id++) {
        if (id >= doc->vcpu.count)
            return vir_error(VIR_ERR_INVALID_ARG, "vcpu %zu is not present in %s", id, of);
        if (qemu_vcpu_is_online(doc, (unsigned int)id) == which->online)
            return vir_error(VIR_ERR_INVALID_ARG, "vcpu '%zu' is already in requested state", id);
        if (id == 0)
            return vir_error(code, "vcpu '0' can't be modified: it is online as long as the guest");
        if (!which->online && !qemu_vcpu_is_hotpluggable(doc, (unsigned int)id))
            return vir_error(VIR_ERR_INVALID_ARG, "vcpu '%zu' can't be hotunplugged", id);
    }
    return 0;
}

static struct qemu_def *
define_which(const struct qemu_def *def, const void *what)
{
    const struct which *which = what;
    struct qemu_def *now = qemu_def_copy(def);

    if (!now)
        return NULL;
    qemu_vcpus_list(now->doc, false);
    /* in a definition each of them may go: none is in use */
    for (size_t i = 1; i < now->doc->vcpus.n_vcpus; i++)
        now->doc->vcpus.vcpus[i]->hotpluggable = VIR_XML_YES;
    if (check_which(now->doc, which, "persistent config", VIR_ERR_INVALID_ARG) < 0)
        return qemu_def_unref(now);
    qemu_def_unref(now);
    now = qemu_def_copy(def);
    if (!now)
        return NULL;
    qemu_vcpus_list(now->doc, false);
    for (size_t id = 0; (id = vir_bitmap_next(which->ids, id)) < which->ids->n_bits; id++)
        qemu_vcpu_set_online(now->doc, (unsigned int)id, which->online);
    return now;
}

static int
set_which(struct qemu_run *run, const void *what)
{
    const struct which *which = what;
    struct qemu_def *live = qemu_live_now(run);
    int ret = live ? check_which(live->doc, which, "live domain", VIR_ERR_OPERATION_UNSUPPORTED) : -1;

    qemu_def_unref(live);
    for (size_t id = 0; ret == 0 && (id = vir_bitmap_next(which->ids, id)) < which->ids->n_bits; id++)
        ret = which->online ? qemu_vcpu_plug(run, (unsigned int)id) : qemu_vcpu_unplug(run, (unsigned int)id);
    return ret;
}

int
qemu_domain_set_vcpu(virDomainPtr dom, const char *text, int state, unsigned int flags)
{
    static const struct qemu_verb verb = { "set-vcpu", define_which, set_which };
    struct vir_bitmap *ids;
    int ret;

    if (state != 0 && state != 1)
        return vir_error(VIR_ERR_INVALID_ARG, "a vcpu is offline (0) or online (1), and not %d", state);
    ids = vir_bitmap_parse(text, QEMU_MAX_VCPUS);
    if (!ids || vir_bitmap_count(ids) == 0) {
        vir_bitmap_free(ids);
        return vir_error(VIR_ERR_INVALID_ARG, "Failed to parse bitmap '%s': vcpus are said like 1-3,5", text);
    }
    ret = qemu_change_domain(dom, &verb, &(struct which){ ids, state == 1 }, flags);
    vir_bitmap_free(ids);
    return ret;
}

/* ---- what they do ---------------------------------------------------------------------------------------- */

int
qemu_domain_get_vcpus(virDomainPtr dom, virVcpuInfoPtr infos, int room, unsigned char *maps, int maplen)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    struct qemu_def *def = domain ? qemu_meant_def(domain, 0, &run) : NULL;
    int n = 0;

    if (def && !run)
        vir_error(VIR_ERR_OPERATION_INVALID, "cannot retrieve vcpu information for inactive domain");
    for (unsigned int id = 0; run && id < def->doc->vcpu.count && n < room; id++) {
        struct qemu_task_facts facts = { 0 };
        pid_t task = qemu_vcpu_is_online(def->doc, id) ? qemu_task_of_vcpu(run, id) : 0;

        if (!task || qemu_task_read(run->process.pid, task, &facts) < 0)
            continue;
        if (infos)
            infos[n] = (virVcpuInfo){ .number = id, .state = VIR_VCPU_RUNNING, .cpuTime = facts.cpu_ns, .cpu = facts.cpu };
        if (maps)
            qemu_cpus_to_map(qemu_pin_of_vcpu(def->doc, id), VIR_GET_CPUMAP(maps, maplen, n), maplen);
        n++;
    }
    qemu_def_unref(def);
    return run ? n : -1;
}

/* ---- where they run -------------------------------------------------------------------------------------- */

int
qemu_domain_get_vcpu_pin_info(virDomainPtr dom, int room, unsigned char *maps, int maplen, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct qemu_def *def = domain ? qemu_meant_def(domain, flags, NULL) : NULL;
    int n = 0;

    if (!def)
        return -1;
    for (; n < room && (unsigned int)n < def->doc->vcpu.count; n++)
        qemu_cpus_to_map(qemu_pin_of_vcpu(def->doc, (unsigned int)n), VIR_GET_CPUMAP(maps, maplen, n), maplen);
    qemu_def_unref(def);
    return n;
}

int
qemu_domain_get_emulator_pin_info(virDomainPtr dom, unsigned char *map, int maplen, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct qemu_def *def = domain ? qemu_meant_def(domain, flags, NULL) : NULL;

    if (!def)
        return -1;
    qemu_cpus_to_map(qemu_pin_of_emulator(def->doc), map, maplen);
    qemu_def_unref(def);
    return 1;
}

struct pin {
    unsigned int vcpu;
    char *cpus;
};

static int
check_vcpu(const struct qemu_domain_def *doc, unsigned int id, const char *of)
{
    return id < doc->vcpu.count ? 0
        : vir_error(VIR_ERR_INVALID_ARG, "vcpu %u is out of range of %s cpu count %u", id, of, doc->vcpu.count);
}

static struct qemu_def *
define_pin(const struct qemu_def *def, const void *what)
{
    const struct pin *pin = what;
    struct qemu_def *now = check_vcpu(def->doc, pin->vcpu, "persistent") < 0 ? NULL : qemu_def_copy(def);

    if (now)
        qemu_pin_vcpu(now->doc, pin->vcpu, pin->cpus);
    return now;
}

/* Tells programs that NAME is CPUS now. */
static struct vir_event *
tuned(const struct qemu_run *run, const char *name, const char *cpus)
{
    virTypedParameter param = { .type = VIR_TYPED_PARAM_STRING, .value.s = (char *)cpus };

    snprintf(param.field, sizeof(param.field), "%s", name);
    return vir_event_domain_tunable(run->domain->entry.name, run->domain->entry.uuid, run->id, &param, 1);
}

static int
pin_live(struct qemu_run *run, const void *what)
{
    const struct pin *pin = what;
    struct qemu_def *live = qemu_live_copy(run);
    VIR_AUTO_FREE char *name = vir_strdup_printf("cputune.vcpupin%u", pin->vcpu);
    int ret = live ? check_vcpu(live->doc, pin->vcpu, "live") : -1;

    if (ret == 0)
        qemu_pin_vcpu(live->doc, pin->vcpu, pin->cpus);
    if (ret == 0 && qemu_vcpu_is_online(live->doc, pin->vcpu))
        ret = qemu_task_place_vcpu(run, live->doc, pin->vcpu);
    if (ret == 0)
        qemu_live_show(run, live, tuned(run, name, pin->cpus));
    else
        qemu_def_unref(live);
    return ret;
}

int
qemu_domain_pin_vcpu_flags(virDomainPtr dom, unsigned int vcpu, unsigned char *map, int maplen, unsigned int flags)
{
    static const struct qemu_verb verb = { "pin-vcpu", define_pin, pin_live };
    struct pin pin = { vcpu, qemu_cpus_from_map(map, maplen) };
    int ret = pin.cpus ? qemu_change_domain(dom, &verb, &pin, flags) : -1;

    free(pin.cpus);
    return ret;
}

static struct qemu_def *
define_emulator(const struct qemu_def *def, const void *what)
{
    struct qemu_def *now = qemu_def_copy(def);

    if (now)
        qemu_pin_emulator(now->doc, what);
    return now;
}

static int
pin_emulator(struct qemu_run *run, const void *what)
{
    struct qemu_def *live = qemu_live_copy(run);
    int ret = live ? qemu_cgroup_pin(run, QEMU_CGROUP_EMULATOR, what) : -1;

    if (ret == 0)
        ret = qemu_task_pin(run->process.pid, what, "emulator");

    if (ret == 0) {
        qemu_pin_emulator(live->doc, what);
        qemu_live_show(run, live, tuned(run, "cputune.emulatorpin", what));
    } else {
        qemu_def_unref(live);
    }
    return ret;
}

int
qemu_domain_pin_emulator(virDomainPtr dom, unsigned char *map, int maplen, unsigned int flags)
{
    static const struct qemu_verb verb = { "pin-emulator", define_emulator, pin_emulator };
    VIR_AUTO_FREE char *cpus = qemu_cpus_from_map(map, maplen);

    return cpus ? qemu_change_domain(dom, &verb, cpus, flags) : -1;
}
