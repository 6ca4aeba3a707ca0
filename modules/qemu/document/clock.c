/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The clock of the guest and the timers of the board.
 */
#include "device/pieces.h"
#include "document/machine.h"

#define TIMER(word) QEMU_DOMAIN_CLOCK_TIMER_NAME_##word

/* ---- rules ---------------------------------------------------------------------------------- */

int
qemu_clock_check(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->clock.n_timers; i++) {
        enum qemu_domain_clock_timer_name name = doc->clock.timers[i]->name;

        if (name == TIMER(PLATFORM) || name == TIMER(ARMVTIMER))
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a PC has no timer '%s'",
                             WORD(domain_clock_timer_name, name));
    }
    return 0;
}

/* Timers that the machine of DOC has not, or has always. */
static int
timer_startable(const struct qemu_domain_def *doc, const struct qemu_domain_clock_timer_def *timer)
{
    enum qemu_domain_clock_timer_name name = timer->name;
    bool kvm = doc->type == QEMU_DOMAIN_TYPE_KVM;

    if (timer->shown == VIR_XML_YES && (name == TIMER(HYPERVCLOCK) || (name == TIMER(KVMCLOCK) && !kvm)))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "the qemu driver cannot give a domain of type '%s' the timer '%s'",
                         WORD(domain_type, doc->type), WORD(domain_clock_timer_name, name));
    if (timer->shown == VIR_XML_NO && name != TIMER(HPET) && name != TIMER(KVMCLOCK) &&
        name != TIMER(HYPERVCLOCK))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the qemu driver cannot take the timer '%s' away yet",
                         WORD(domain_clock_timer_name, name));
    return 0;
}

int
qemu_clock_startable(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->clock.n_timers; i++)
        if (timer_startable(doc, doc->clock.timers[i]) < 0)
            return -1;
    if (doc->clock.offset != QEMU_DOMAIN_CLOCK_OFFSET_UTC &&
        doc->clock.offset != QEMU_DOMAIN_CLOCK_OFFSET_LOCALTIME)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the qemu driver does not do <clock offset='%s'> yet",
                         WORD(domain_clock_offset, doc->clock.offset));
    return 0;
}

/* ---- for QEMU --------------------------------------------------------------------------------- */

void
qemu_clock_build(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    qemu_command_addf(command, "-rtc", "base=%s", WORD(domain_clock_offset, doc->clock.offset));
}

bool
qemu_clock_without_hpet(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->clock.n_timers; i++)
        if (doc->clock.timers[i]->name == TIMER(HPET))
            return doc->clock.timers[i]->shown == VIR_XML_NO;
    return false;
}

void
qemu_clock_put_cpu(const struct qemu_domain_def *doc, struct vir_buf *buf)
{
    for (size_t i = 0; i < doc->clock.n_timers; i++) {
        const struct qemu_domain_clock_timer_def *timer = doc->clock.timers[i];

        if (timer->name == TIMER(KVMCLOCK) && timer->shown && doc->type == QEMU_DOMAIN_TYPE_KVM)
            vir_buf_addf(buf, ",kvmclock=%s", timer->shown == VIR_XML_YES ? "on" : "off");
    }
}
