/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Status files of running guests, from which a new daemon knows them again: which
 * process it is (its number and the time it began), and what it runs with.
 */
#include "guest/state.h"
#include "device/disk-mirror.h"
#include "guest/block-jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MAX_ID = 1 << 30,                   /* the next ones are counted from it */
};

static char *
pid_file(const char *name)
{
    return vir_strdup_printf("%s.pid", name);
}

/* ---- jobs on disks --------------------------------------------------------------------------- */

/* Lent for the time of writing: to be freed alone. */
static struct qemu_domstatus_job_def **
jobs_of(const struct qemu_run *run, struct qemu_domstatus_def *status)
{
    struct qemu_domstatus_job_def **list = NULL;

    for (const struct qemu_block_job *job = run->block_jobs; job; job = job->next) {
        struct qemu_domstatus_job_def *said = VIR_NEW(struct qemu_domstatus_job_def);

        *said = (struct qemu_domstatus_job_def){ .disk = job->disk, .id = job->id, .type = (unsigned int)job->type,
                                                 .top = job->top, .has_top = true, .base = job->base, .has_base = true,
                                                 .delete = job->remove ? VIR_XML_YES : 0,
                                                 .given_up = job->given_up ? VIR_XML_YES : 0,
                                                 .ended = job->ended ? VIR_XML_YES : 0 };
        list = vir_realloc_array(list, status->n_jobs + 1, sizeof(*list));
        list[status->n_jobs++] = said;
    }
    return list;
}

static struct qemu_block_job *
jobs_in(struct qemu_domstatus_def *status)
{
    struct qemu_block_job *list = NULL;

    for (size_t i = status->n_jobs; i-- > 0; ) {
        struct qemu_domstatus_job_def *said = status->jobs[i];
        struct qemu_block_job *job = VIR_NEW(struct qemu_block_job);

        bool ready = qemu_disk_mirror_is_ready(status->domain, said->disk);

        *job = (struct qemu_block_job){ .next = list, .disk = vir_steal(&said->disk), .id = vir_steal(&said->id),
                                        .type = (int)said->type, .top = said->top, .base = said->base,
                                        .remove = said->delete == VIR_XML_YES, .given_up = said->given_up == VIR_XML_YES,
                                        .ready = ready,
                                        .ended = said->ended == VIR_XML_YES };
        list = job;
    }
    return list;
}

/* ---- the file ------------------------------------------------------------------------------------ */

int
qemu_state_save(const struct qemu_def *live, const struct qemu_run *run, int state, int reason)
{
    VIR_AUTO_FREE char *xml = NULL;
    char start[32];
    /* Documents are lent for the time of writing. */
    struct qemu_domstatus_def status = { .pid = (unsigned int)run->process.pid, .start = start,
                                         .state = (unsigned int)state, .reason = (unsigned int)reason,
                                         .agent_timeout = run->domain->agent_seconds,
                                         .halted = run->halted ? VIR_XML_YES : 0, .image = run->image,
                                         .chains = run->chains ? VIR_XML_YES : 0,
                                         .tainted = run->tainted, .has_tainted = run->tainted != 0,
                                         .asked = live->asked, .domain = live->doc };

    status.has_agent_timeout = status.agent_timeout != VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK;
    snprintf(start, sizeof(start), "%" PRIu64, run->process.start_time);
    status.jobs = jobs_of(run, &status);
    xml = qemu_domstatus_def_format(&status, VIR_XML_SECURE);
    while (status.n_jobs > 0)
        free(status.jobs[--status.n_jobs]);
    free(status.jobs);
    return vir_keep_write(&qemu_driver.state, live->doc->name, xml);
}

/* For scripts: nothing here reads it. */
void
qemu_state_write_pid(const char *name, pid_t pid)
{
    VIR_AUTO_FREE char *file = pid_file(name);
    VIR_AUTO_CLOSE int fd = openat(qemu_driver.state.dir.fd, file,
                                   O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);

    if (fd < 0 || dprintf(fd, "%d\n", (int)pid) < 0)
        vir_warn("cannot write '%s/%s': %s", qemu_driver.state.dir.path, file, strerror(errno));
}

void
qemu_state_remove(const char *name)
{
    VIR_AUTO_FREE char *file = pid_file(name);

    unlinkat(qemu_driver.state.dir.fd, file, 0);
    if (vir_keep_remove(&qemu_driver.state, name) < 0)
        qemu_warn_error(name);
}

int
qemu_state_save_next(struct qemu_domain *domain, const struct qemu_run *run, const struct qemu_def *live)
{
    int state, reason, ret;

    qemu_domain_lock(domain);
    state = domain->state;
    reason = domain->reason;
    qemu_domain_unlock(domain);
    ret = qemu_state_save(live, run, state, reason);
    qemu_domain_lock(domain);
    if (domain->run != run)             /* the file of a guest that ended meanwhile was removed too early */
        qemu_state_remove(domain->entry.name);
    qemu_domain_unlock(domain);
    return ret;
}

void
qemu_state_save_current(struct qemu_domain *domain, const struct qemu_run *run)
{
    struct qemu_def *live;

    qemu_domain_lock(domain);
    live = domain->live && domain->run == run ? qemu_def_ref(domain->live) : NULL;
    qemu_domain_unlock(domain);
    if (live && qemu_state_save_next(domain, run, live) < 0)
        qemu_warn_error(domain->entry.name);
    qemu_def_unref(live);
}

/* A start of 0 would fit whatever process has the number now. */
static int
check_status(const struct qemu_domstatus_def *status, const char *name)
{
    if (!status->domain || !status->domain->has_id || status->domain->id > MAX_ID)
        return vir_error(VIR_ERR_XML_ERROR, "the file does not say what runs");
    if (strtoull(status->start, NULL, 10) == 0)
        return vir_error(VIR_ERR_XML_ERROR, "the file does not say when its process began");
    if (strcmp(status->domain->name, name) != 0)
        return vir_error(VIR_ERR_XML_ERROR, "the file is of the guest '%s'", status->domain->name);
    return 0;
}

int
qemu_state_read(const char *name, const char *text, struct qemu_state *ret)
{
    struct qemu_domstatus_def *status = qemu_domstatus_def_parse(text, VIR_XML_LOCAL | VIR_XML_OWN);
    struct qemu_block_job *jobs;

    if (!status)
        return -1;
    if (check_status(status, name) < 0) {
        qemu_domstatus_def_free(status);
        return -1;
    }
    jobs = jobs_in(status);
    *ret = (struct qemu_state){ .pid = (pid_t)status->pid, .start_time = strtoull(status->start, NULL, 10),
                                .state = (int)status->state, .reason = (int)status->reason,
                                .halted = status->halted == VIR_XML_YES, .chains = status->chains == VIR_XML_YES,
                                .tainted = status->tainted,
                                .image = vir_steal(&status->image), .jobs = jobs,
                                .agent_seconds = status->has_agent_timeout ? status->agent_timeout
                                                                           : VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK,
                                .live = qemu_def_take(vir_steal(&status->domain)) };
    if (ret->live)
        ret->live->asked = vir_steal(&status->asked);
    qemu_domstatus_def_free(status);
    return ret->live ? 0 : -1;
}
