/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guests that run already when the daemon begins, found by their status files.
 */
#define VIR_LOG_SOURCE "qemu.state"
#include "guest/adopt.h"
#include "guest/block-jobs.h"
#include "guest/cgroup.h"
#include "guest/chains.h"
#include "guest/events.h"
#include "guest/halt.h"
#include "guest/later.h"
#include "guest/log.h"
#include "guest/run.h"
#include "guest/snapshot.h"
#include "guest/watch.h"

#include <stdlib.h>

/* The domain that LIVE is a run of: as it was defined, or else a transient one. */
static struct qemu_domain *
domain_of(struct qemu_def *live)
{
    struct vir_store_entry *entry = vir_store_by_uuid(qemu_driver.store, live->doc->uuid);
    struct qemu_domain *domain;

    if (entry)
        return (struct qemu_domain *)entry;
    domain = qemu_domain_new(qemu_def_ref(live));
    qemu_snapshots_load(domain);
    return qemu_domain_add(domain) < 0 ? NULL : domain;
}

/* A transient domain without a process goes, and its snapshots if it is known to have ENDED. */
static void
not_taken_up(struct qemu_domain *domain, bool ended)
{
    if (ended && !domain->persistent && qemu_snapshots_forget(domain) < 0)
        qemu_warn_error(domain->entry.name);
    qemu_domain_lock(domain);
    qemu_domain_settle(domain);
    qemu_domain_unlock(domain);
}

/* RUN is watched; the monitor corrects the state, where it is another by now, as soon as it answers.
 * False: the process has ended meanwhile. */
static bool
show(struct qemu_domain *domain, struct qemu_run *run, const struct qemu_state *as)
{
    bool ended;

    qemu_domain_lock(domain);
    ended = run->ended;
    if (!ended) {
        domain->run = run;
        qemu_process_shown(domain, as->live);
        qemu_domain_set_state(domain, as->state, as->reason);
        domain->agent_seconds = as->agent_seconds;
        qemu_events_early(domain, run);
        if (qemu_driver.last_id < run->id)
            qemu_driver.last_id = run->id;
    }
    qemu_domain_unlock(domain);
    if (!ended && run->monitor)
        qemu_run_greet(run);
    if (!ended)
        qemu_halt_recover(run);
    if (!ended)
        qemu_chains_recover(run);
    if (!ended && run->block_jobs)
        qemu_later(run, "block jobs of an earlier daemon", qemu_block_jobs_settle);
    return !ended;
}

/* As qemu_adopt; where it gives 1 the domain has FOUND->live. */
static int
adopt(struct qemu_domain *domain, struct qemu_state *found)
{
    QEMU_AUTO_RUN run = NULL;

    if (qemu_domain_has_run(domain))
        return vir_error(VIR_ERR_OPERATION_FAILED, "domain '%s' runs as another process", domain->entry.name);
    run = qemu_run_new(domain, found->live->doc->id);
    run->power_off = QEMU_AS_TOLD;
    run->halted = found->halted;
    run->chains = found->chains;
    run->block_jobs = vir_steal(&found->jobs);
    run->measures = true;
    run->tainted = found->tainted;
    qemu_set_text(&run->image, found->image);
    if (!vir_process_find(found->pid, found->start_time, &run->process) ||
        !qemu_log_is_of(found->pid, domain->entry.name, domain->entry.uuid))
        return 0;
    qemu_cgroup_adopt(run);
    run->log = qemu_log_open(found->live->doc, NULL);
    if (!run->log)
        qemu_warn_error("what a guest writes is lost");
    if (qemu_process_watch(run) < 0)
        return -1;
    return show(domain, run, found);
}

int
qemu_adopt(struct qemu_state *found)
{
    QEMU_AUTO_DOMAIN domain = domain_of(found->live);
    int ret = domain ? adopt(domain, found) : -1;

    if (ret > 0)
        return ret;
    if (domain)
        not_taken_up(domain, ret == 0);
    if (ret == 0) {
        qemu_doc_release_devices(found->live->doc);
        qemu_cgroup_forget(found->live->doc);
    }
    qemu_def_unref(found->live);
    return ret;
}

/* ---- status files -------------------------------------------------------------------------- */

static int
adopt_or_remove(const char *name, const char *text, void *opaque)
{
    struct qemu_state status;
    int found = qemu_state_read(name, text, &status);

    (void)opaque;
    if (found == 0) {
        found = qemu_adopt(&status);
        free(status.image);
        qemu_block_jobs_free(status.jobs);
    } else {
        found = -1;
    }
    if (found == 0) {
        vir_info("the guest '%s' is gone", name);
        qemu_state_remove(name);
    }
    return found < 0 ? -1 : 0;
}

void
qemu_adopt_all(void)
{
    vir_keep_load(&qemu_driver.state, adopt_or_remove, NULL);
}

/* ---- what others left ---------------------------------------------------------------------- */

/* UUID.monitor, UUID.output */
static int
sweep_trace(int dirfd, const char *file, void *opaque)
{
    VIR_AUTO_FREE char *text = vir_strndup(file, strcspn(file, "."));
    unsigned char uuid[VIR_UUID_BUFLEN];
    QEMU_AUTO_DOMAIN domain = NULL;

    (void)opaque;
    if (vir_uuid_parse(text, uuid) < 0)
        return 0;
    domain = (struct qemu_domain *)vir_store_by_uuid(qemu_driver.store, uuid);
    if (!domain || !qemu_domain_has_run(domain))
        vir_file_remove(dirfd, file);
    return 0;
}

void
qemu_sweep_traces(void)
{
    if (vir_dir_scan(qemu_driver.state.dir.fd, ".monitor", sweep_trace, NULL) < 0 ||
        vir_dir_scan(qemu_driver.state.dir.fd, ".output", sweep_trace, NULL) < 0)
        qemu_warn_error(qemu_driver.state.dir.path);
}
