/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The clock of the guest and the timers of the board.
 */
#include "device/pieces.h"
#include "document/machine.h"

#include <stdlib.h>
#include <time.h>

#define TIMER(word) QEMU_DOMAIN_CLOCK_TIMER_NAME_##word
#define TICKS(word) QEMU_DOMAIN_CLOCK_TIMER_TICKPOLICY_##word
#define OFFSET(word) QEMU_DOMAIN_CLOCK_OFFSET_##word

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

static int
timer_startable(const struct qemu_domain_clock_timer_def *timer)
{
    if (timer->name == TIMER(PIT) && timer->tickpolicy == TICKS(MERGE))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "ticks of the pit are not merged: its tickpolicy can be 'delay', "
                         "'catchup' or 'discard'");
    return 0;
}

int
qemu_clock_startable(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->clock.n_timers; i++)
        if (timer_startable(doc->clock.timers[i]) < 0)
            return -1;
    return 0;
}

/* ---- for QEMU --------------------------------------------------------------------------------- */

static const struct qemu_domain_clock_timer_def *
timer_of(const struct qemu_domain_def *doc, enum qemu_domain_clock_timer_name name)
{
    for (size_t i = 0; i < doc->clock.n_timers; i++)
        if (doc->clock.timers[i]->name == name)
            return doc->clock.timers[i];
    return NULL;
}

/* Where a clock starts that is neither UTC nor local time as they are; seconds since 1970. */
static bool
start_of(const struct qemu_domain_def *doc, time_t *ret)
{
    const char *adjustment = doc->clock.adjustment;
    struct tm tm;

    if (doc->clock.offset == OFFSET(ABSOLUTE)) {
        *ret = (time_t)doc->clock.start;
        return true;
    }
    if (doc->clock.offset == OFFSET(TIMEZONE) ||
        (doc->clock.offset != OFFSET(VARIABLE) && (!adjustment || strcmp(adjustment, "reset") == 0)))
        return false;
    *ret = time(NULL) + (adjustment ? strtoll(adjustment, NULL, 10) : 0);
    if (doc->clock.offset == OFFSET(LOCALTIME) || doc->clock.basis == QEMU_DOMAIN_CLOCK_BASIS_LOCALTIME)
        *ret += localtime_r(ret, &tm) ? tm.tm_gmtoff : 0;
    return true;
}

static void
put_start(const struct qemu_domain_def *doc, struct vir_buf *buf)
{
    char text[sizeof("YYYY-MM-DDTHH:MM:SS") + 16];
    struct tm tm;
    time_t start;

    if (start_of(doc, &start) && gmtime_r(&start, &tm) && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm))
        vir_buf_addf(buf, "base=%s", text);
    else
        vir_buf_addf(buf, "base=%s", doc->clock.offset == OFFSET(UTC) ? "utc" : "localtime");
}

void
qemu_clock_build(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    const struct qemu_domain_clock_timer_def *rtc = timer_of(doc, TIMER(RTC)), *pit = timer_of(doc, TIMER(PIT));
    struct vir_buf buf = { 0 };

    put_start(doc, &buf);
    if (rtc && rtc->track)
        vir_buf_addf(&buf, ",clock=%s", rtc->track == QEMU_DOMAIN_CLOCK_TIMER_TRACK_GUEST ? "vm"
                     : rtc->track == QEMU_DOMAIN_CLOCK_TIMER_TRACK_WALL ? "host" : "rt");
    if (rtc && rtc->tickpolicy == TICKS(CATCHUP))
        vir_buf_add(&buf, ",driftfix=slew");
    qemu_command_add(command, "-rtc", buf.text);
    vir_buf_free(&buf);
    if (pit && (pit->tickpolicy == TICKS(DELAY) || pit->tickpolicy == TICKS(DISCARD)))
        qemu_command_addf(command, "-global", "kvm-pit.lost_tick_policy=%s",
                          WORD(domain_clock_timer_tickpolicy, pit->tickpolicy));
}

char *
qemu_clock_zone(const struct qemu_domain_def *doc)
{
    return doc->clock.offset == OFFSET(TIMEZONE) ? vir_strdup_printf("TZ=%s", doc->clock.timezone) : NULL;
}

bool
qemu_clock_without_hpet(const struct qemu_domain_def *doc)
{
    const struct qemu_domain_clock_timer_def *hpet = timer_of(doc, TIMER(HPET));

    return hpet && hpet->shown == VIR_XML_NO;
}

void
qemu_clock_put_cpu(const struct qemu_domain_def *doc, struct vir_buf *buf)
{
    for (size_t i = 0; i < doc->clock.n_timers; i++) {
        const struct qemu_domain_clock_timer_def *timer = doc->clock.timers[i];

        if (timer->name == TIMER(KVMCLOCK) && timer->shown)
            vir_buf_addf(buf, ",kvmclock=%s", timer->shown == VIR_XML_YES ? "on" : "off");
        if (timer->name == TIMER(HYPERVCLOCK) && timer->shown == VIR_XML_YES)
            vir_buf_add(buf, ",hv-time=on");
        if (timer->name == TIMER(TSC) && timer->has_frequency)
            vir_buf_addf(buf, ",tsc-frequency=%llu", timer->frequency);
    }
}
