/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CPUs as the guest counts and switches them itself: which, by name.  How many: vcpus.c.
 */
#include "calls/calls.h"
#include "guest/guest-cpus.h"

#include <stdlib.h>

static void
add_list(virTypedParameterPtr *params, int *n, int *room, const char *name, struct vir_bitmap *ids)
{
    VIR_AUTO_FREE char *text = vir_bitmap_format(ids);

    virTypedParamsAddString(params, n, room, name, text);
    vir_bitmap_free(ids);
}

int
qemu_domain_get_guest_vcpus(virDomainPtr dom, virTypedParameterPtr *params, unsigned int *nparams, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    VIR_AUTO_FREE struct qemu_guest_cpu *cpus = NULL;
    struct vir_bitmap *all, *online, *offlinable;
    virTypedParameterPtr list = NULL;
    int n_list = 0, room = 0;
    size_t n;

    (void)flags;
    if (!domain || qemu_guest_cpus(domain, &cpus, &n) < 0)
        return -1;
    all = vir_bitmap_new(QEMU_GUEST_CPUS);
    online = vir_bitmap_new(QEMU_GUEST_CPUS);
    offlinable = vir_bitmap_new(QEMU_GUEST_CPUS);
    for (size_t i = 0; i < n; i++) {
        vir_bitmap_set(all, cpus[i].id, true);
        vir_bitmap_set(online, cpus[i].id, cpus[i].online);
        vir_bitmap_set(offlinable, cpus[i].id, cpus[i].offlinable);
    }
    add_list(&list, &n_list, &room, "vcpus", all);
    add_list(&list, &n_list, &room, "online", online);
    add_list(&list, &n_list, &room, "offlinable", offlinable);
    *params = list;
    *nparams = (unsigned int)n_list;
    return 0;
}

/* Which of CPUS change so that those of WANTED are ONLINE; WANTED loses those that there are. */
static int
choose(const struct qemu_guest_cpu *cpus, size_t n, struct vir_bitmap *wanted, bool online, bool *ret_changes)
{
    for (size_t i = 0; i < n; i++) {
        if (!vir_bitmap_get(wanted, cpus[i].id))
            continue;
        if (!online && !cpus[i].offlinable)
            return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "vCPU '%u' is not offlinable", cpus[i].id);
        ret_changes[i] = cpus[i].online != online;
        vir_bitmap_set(wanted, cpus[i].id, false);
    }
    if (vir_bitmap_count(wanted) > 0) {
        VIR_AUTO_FREE char *text = vir_bitmap_format(wanted);

        return vir_error(VIR_ERR_INVALID_ARG, "guest is missing vCPUs '%s'", text);
    }
    return 0;
}

int
qemu_domain_set_guest_vcpus(virDomainPtr dom, const char *text, int state, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    VIR_AUTO_FREE struct qemu_guest_cpu *cpus = NULL;
    VIR_AUTO_FREE bool *changes = NULL;
    struct vir_bitmap *wanted;
    size_t n = 0;
    int ret = -1;

    (void)flags;
    if (!domain)
        return -1;
    if (state != 0 && state != 1)
        return vir_error(VIR_ERR_INVALID_ARG, "unsupported state value: a vCPU is offline (0) or online (1), and not %d",
                         state);
    wanted = vir_bitmap_parse(text, QEMU_GUEST_CPUS);
    if (!wanted)
        return vir_error(VIR_ERR_INVALID_ARG, "Failed to parse bitmap '%s'", text);
    if (vir_bitmap_count(wanted) == 0)
        vir_error(VIR_ERR_INVALID_ARG, "at least one vCPU must be provided");
    else if (qemu_guest_cpus(domain, &cpus, &n) == 0) {
        changes = vir_alloc_array(n + 1, sizeof(*changes));
        if (choose(cpus, n, wanted, state == 1, changes) == 0)
            ret = qemu_guest_cpus_switch(domain, cpus, changes, n);
    }
    vir_bitmap_free(wanted);
    return ret;
}
