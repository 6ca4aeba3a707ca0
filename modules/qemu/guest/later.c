/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was begun and not ended, be it by an earlier daemon, is ended by a thread, as a change of the guest. */
#include "guest/later.h"

#include <stdlib.h>

struct later {
    struct qemu_run *run;               /* a reference */
    const char *what;
    int (*fn)(struct qemu_run *run);
};

enum {
    LOOK_MS = 250,                      /* whether the driver ends */
    FIRST_PAUSE_MS = 1000,              /* doubled after each try... */
    LONGEST_PAUSE_MS = 60000,           /* ...up to this */
};

/* Until the run is gone or the driver ends (false), or for MS. */
static bool
pause_for(struct qemu_run *run, int ms)
{
    struct qemu_domain *domain = run->domain;
    int64_t until = vir_deadline(ms);
    bool goes_on = true;

    qemu_domain_lock(domain);
    while ((goes_on = !run->gone && !qemu_threads_leaving()) && vir_now_ms() < until)
        vir_cond_wait_until(&domain->changed, domain->entry.lock, vir_deadline(LOOK_MS));
    qemu_domain_unlock(domain);
    return goes_on;
}

/* -1: error set. */
static int
try(const struct later *later)
{
    struct qemu_domain *domain = later->run->domain;
    QEMU_AUTO_RUN reached = NULL;
    int ret = -1;

    if (qemu_job_begin(domain, later->what) < 0)
        return -1;
    reached = qemu_domain_monitored(domain);
    if (reached == later->run)
        ret = later->fn(later->run);
    qemu_job_end(domain);
    return ret;
}

/* As often as it takes: another call may have the job for long, and QEMU may not answer. */
static void
begin(void *opaque)
{
    struct later *later = opaque;
    bool done = false;

    for (int ms = FIRST_PAUSE_MS; !done; ms = 2 * ms < LONGEST_PAUSE_MS ? 2 * ms : LONGEST_PAUSE_MS) {
        done = try(later) == 0;
        if (!done)
            qemu_warn_error(later->run->domain->entry.name);
        if (!done && !pause_for(later->run, ms))
            break;
    }
    qemu_run_unref(later->run);
    free(later);
}

void
qemu_later(struct qemu_run *run, const char *what, int (*fn)(struct qemu_run *run))
{
    struct later *later = VIR_NEW(struct later);

    *later = (struct later){ qemu_run_ref(run), what, fn };
    if (qemu_thread_start(begin, later) == 0)
        return;
    qemu_warn_error(run->domain->entry.name);
    qemu_run_unref(run);
    free(later);
}
