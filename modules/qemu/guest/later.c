/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an earlier daemon began and did not end is ended by a thread, as a change of the guest. */
#include "guest/later.h"

#include <stdlib.h>

struct later {
    struct qemu_run *run;               /* a reference */
    const char *what;
    int (*fn)(struct qemu_run *run);
};

static void
begin(void *opaque)
{
    struct later *later = opaque;
    struct qemu_domain *domain = later->run->domain;

    if (qemu_job_begin(domain, later->what) == 0) {
        QEMU_AUTO_RUN reached = qemu_domain_monitored(domain);

        if (reached != later->run || later->fn(later->run) < 0)
            qemu_warn_error(domain->entry.name);
        qemu_job_end(domain);
    } else {
        qemu_warn_error(domain->entry.name);
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
