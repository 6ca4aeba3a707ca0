/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is known of a guest's network cards, and how much passes them.
 */
#include "calls/params.h"
#include "device/interface-rates.h"
#include "device/interface-told.h"
#include "document/domain-xml.h"
#include "guest/addresses.h"
#include "guest/hotplug.h"

#include <string.h>

int
qemu_domain_interface_stats(virDomainPtr dom, const char *device, virDomainInterfaceStatsPtr stats, size_t size)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = domain ? qemu_domain_run(domain) : NULL;
    struct qemu_def *live = run ? qemu_live_now(run) : NULL;
    int ret = live ? qemu_interface_told_figures(live->doc, device, stats) : -1;

    (void)size;                         /* always all of it */
    qemu_def_unref(live);
    return ret;
}

/* ---- how much passes ------------------------------------------------------------------------------------ */

int
qemu_domain_get_interface_parameters(virDomainPtr dom, const char *device, virTypedParameterPtr params, int *n,
                                     unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct qemu_def *def = domain ? qemu_meant_def(domain, flags, NULL) : NULL;
    unsigned int rates[QEMU_RATES];
    virTypedParameter rows[QEMU_RATES];
    int ret = def ? qemu_interface_rates(def->doc, device, rates) : -1;

    qemu_def_unref(def);
    for (size_t i = 0; ret == 0 && i < QEMU_RATES; i++) {
        rows[i] = (virTypedParameter){ .type = VIR_TYPED_PARAM_UINT, .value.ui = rates[i] };
        strcpy(rows[i].field, qemu_rate_names[i]);
    }
    if (ret == 0)
        qemu_params_give(params, n, rows, QEMU_RATES);
    return ret;
}

struct rates {
    const char *device;
    const unsigned int *said[QEMU_RATES];       /* NULL: it is not */
};

static int
take_rates(struct rates *rates, const struct qemu_params *params)
{
    struct qemu_param known[QEMU_RATES];

    for (size_t i = 0; i < QEMU_RATES; i++)
        known[i] = (struct qemu_param){ qemu_rate_names[i], VIR_TYPED_PARAM_UINT };
    if (qemu_params_check(params, known, QEMU_RATES) < 0)
        return -1;
    for (size_t i = 0; i < QEMU_RATES; i++) {
        const virTypedParameter *param = qemu_params_find(params, qemu_rate_names[i]);

        rates->said[i] = param ? &param->value.ui : NULL;
    }
    return 0;
}

static struct qemu_def *
define_rates(const struct qemu_def *def, const void *what)
{
    const struct rates *rates = what;
    struct qemu_def *now = qemu_def_copy(def);

    return now && qemu_interface_say_rates(now->doc, rates->device, rates->said) < 0 ? qemu_def_unref(now) : now;
}

/* Where it cannot be as it shall be, it stays as it was. */
static int
shape(const struct qemu_domain_def *before, const struct qemu_domain_def *now, const char *device)
{
    virErrorPtr error;

    if (qemu_interface_keep_rates(now, device) == 0)
        return 0;
    error = vir_error_take();
    if (qemu_interface_keep_rates(before, device) < 0)
        virFreeError(vir_error_take());
    vir_error_restore(error);
    return -1;
}

static int
shape_live(struct qemu_run *run, const void *what)
{
    const struct rates *rates = what;
    struct qemu_def *before = qemu_live_copy(run), *live = before ? qemu_live_copy(run) : NULL;
    int ret = live ? qemu_interface_say_rates(live->doc, rates->device, rates->said) : -1;

    if (ret == 0)
        ret = shape(before->doc, live->doc, rates->device);
    if (ret == 0)
        qemu_live_show(run, live, NULL);
    else
        qemu_def_unref(live);
    qemu_def_unref(before);
    return ret;
}

int
qemu_domain_set_interface_parameters(virDomainPtr dom, const char *device, virTypedParameterPtr list, int n,
                                     unsigned int flags)
{
    static const struct qemu_verb verb = { "shape-interface", define_rates, shape_live };
    struct rates rates = { .device = device };

    return take_rates(&rates, &(struct qemu_params){ list, n }) < 0 ? -1 : qemu_change_domain(dom, &verb, &rates, flags);
}

/* ---- addresses --------------------------------------------------------------------------------------- */

/* By leases: cards are on no network of ours, and who is on none has none. */
int
qemu_domain_interface_addresses(virDomainPtr dom, virDomainInterfacePtr **ifaces, unsigned int source, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct qemu_guest_cards cards = { 0 };
    struct qemu_def *live;
    int ret = 0;

    (void)flags;
    if (!domain)
        return -1;
    if (source == VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT) {
        if (qemu_guest_cards(domain, &cards) != QEMU_AGENT_ANSWERED)
            return -1;
        *ifaces = cards.list ? cards.list : vir_alloc(sizeof(**ifaces));
        return (int)cards.n;
    }
    live = qemu_domain_meant(domain, VIR_DOMAIN_AFFECT_LIVE);
    if (!live)
        return -1;
    if (source == VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP)
        ret = qemu_interface_told_addresses(live->doc, ifaces);
    else if (source == VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE)
        *ifaces = vir_alloc(sizeof(**ifaces));
    else
        ret = vir_error(VIR_ERR_ARGUMENT_UNSUPPORTED, "Unknown IP address data source %u", source);
    qemu_def_unref(live);
    return ret;
}
