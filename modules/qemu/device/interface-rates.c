/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much passes a network card: <bandwidth>.
 */
#include "device/interface.h"
#include "device/interface-rates.h"
#include "host/shaping.h"

#include <string.h>

const char *const qemu_rate_names[QEMU_RATES] = {
    VIR_DOMAIN_BANDWIDTH_IN_AVERAGE, VIR_DOMAIN_BANDWIDTH_IN_PEAK, VIR_DOMAIN_BANDWIDTH_IN_BURST,
    VIR_DOMAIN_BANDWIDTH_IN_FLOOR, VIR_DOMAIN_BANDWIDTH_OUT_AVERAGE, VIR_DOMAIN_BANDWIDTH_OUT_PEAK,
    VIR_DOMAIN_BANDWIDTH_OUT_BURST,
};
enum { IN = 0, FLOOR = 3, OUT = 4 };

int
qemu_interface_shape(const struct qemu_interface_def *interface, bool fresh)
{
    const struct qemu_bandwidth_def *said = interface->bandwidth;
    struct qemu_rate to_guest = { 0 }, from_guest = { 0 };

    if (said) {
        to_guest = (struct qemu_rate){ said->inbound.average, said->inbound.peak, said->inbound.burst };
        from_guest = (struct qemu_rate){ said->outbound.average, said->outbound.peak, said->outbound.burst };
    }
    return qemu_link_shape(interface->target.dev, &to_guest, &from_guest, fresh);
}

int
qemu_interface_rates(const struct qemu_domain_def *doc, const char *name, unsigned int *ret_rates)
{
    const struct qemu_interface_def *interface = qemu_interface_named(doc, name);
    const struct qemu_bandwidth_def *said = interface ? interface->bandwidth : NULL;

    memset(ret_rates, 0, QEMU_RATES * sizeof(*ret_rates));
    if (said) {
        ret_rates[IN] = (unsigned int)said->inbound.average;
        ret_rates[IN + 1] = (unsigned int)said->inbound.peak;
        ret_rates[IN + 2] = (unsigned int)said->inbound.burst;
        ret_rates[OUT] = (unsigned int)said->outbound.average;
        ret_rates[OUT + 1] = (unsigned int)said->outbound.peak;
        ret_rates[OUT + 2] = (unsigned int)said->outbound.burst;
    }
    return interface ? 0 : -1;
}

static unsigned int
value(const unsigned int *said)
{
    return said ? *said : 0;
}

/* Those that are devices of the host. */
static bool
has_rates(const struct qemu_interface_def *interface)
{
    return qemu_interface_is_tap(interface) || interface->type == QEMU_INTERFACE_TYPE_NETWORK ||
        interface->type == QEMU_INTERFACE_TYPE_DIRECT;
}

/* 0: it is not said. */
#define SAY(way, member, from) ((way).has_##member = ((way).member = value(from)) > 0)

int
qemu_interface_say_rates(struct qemu_domain_def *doc, const char *name, const unsigned int *const *said)
{
    struct qemu_interface_def *interface = qemu_interface_named(doc, name);
    struct qemu_bandwidth_def *now;

    if (!interface)
        return -1;
    if (!has_rates(interface))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "setting bandwidth on interfaces of type '%s' is not implemented yet",
                         WORD(interface_type, interface->type));
    if (value(said[FLOOR]))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "only networks grant a floor: the card is of the type '%s'",
                         WORD(interface_type, interface->type));
    if (!interface->bandwidth)
        interface->bandwidth = qemu_bandwidth_def_new();
    now = interface->bandwidth;
    if (said[IN] || said[IN + 1] || said[IN + 2]) {
        now->inbound.present = SAY(now->inbound, average, said[IN]);
        SAY(now->inbound, peak, said[IN + 1]);
        SAY(now->inbound, burst, said[IN + 2]);
    }
    if (said[OUT] || said[OUT + 1] || said[OUT + 2]) {
        now->outbound.present = SAY(now->outbound, average, said[OUT]);
        SAY(now->outbound, peak, said[OUT + 1]);
        SAY(now->outbound, burst, said[OUT + 2]);
    }
    if (!now->inbound.present && !now->outbound.present)
        interface->bandwidth = qemu_bandwidth_def_free(interface->bandwidth);
    return 0;
}

int
qemu_interface_keep_rates(const struct qemu_domain_def *doc, const char *name)
{
    const struct qemu_interface_def *interface = qemu_interface_named(doc, name);

    return interface ? qemu_interface_shape(interface, false) : -1;
}
