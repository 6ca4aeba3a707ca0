/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starting and ending a domain's emulator.  A start sends all its monitor
 * commands at once, as soon as the process exists, and writes the status file
 * while the emulator builds the machine.
 */
#define VIR_LOG_SOURCE "qemu.process"
#include "device/memory-object.h"
#include "emulator/capabilities.h"
#include "device/opened.h"
#include "document/command.h"
#include "document/machine.h"
#include "guest/audit.h"
#include "guest/cgroup.h"
#include "guest/channels.h"
#include "guest/events.h"
#include "guest/first-words.h"
#include "guest/log.h"
#include "guest/stream.h"
#include "qmp/monitor.h"
#include "guest/run.h"
#include "guest/snapshot.h"
#include "guest/watch.h"
#include "guest/state.h"
#include "guest/taint.h"
#include "guest/tasks.h"
#include "settings.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- the end of a run --------------------------------------------------------------------------- */

static void
restart_over(struct qemu_domain *domain)
{
    qemu_domain_lock(domain);
    domain->restarting = false;
    qemu_domain_settle(domain);
    qemu_domain_unlock(domain);
}

static void
restart(void *opaque)
{
    QEMU_AUTO_DOMAIN domain = opaque;
    bool job = qemu_job_begin(domain, "restart") == 0;

    if (!job || qemu_process_start(domain, NULL, NULL, 0, VIR_DOMAIN_EVENT_STARTED_BOOTED) < 0)
        qemu_warn_error(domain->entry.name);
    restart_over(domain);
    if (job)
        qemu_job_end(domain);
}

/* on_poweroff, on_crash: restart. */
static void
restart_later(struct qemu_domain *domain)
{
    vir_store_ref(&domain->entry);
    if (qemu_thread_start(restart, domain) == 0)
        return;
    qemu_warn_error(domain->entry.name);
    restart_over(domain);
    qemu_domain_unref(&domain);
}

static int
stop_reason_of(const struct qemu_run *run)
{
    if (run->end_reason)
        return run->end_reason;
    if (run->destroyers)
        return VIR_DOMAIN_SHUTOFF_DESTROYED;
    return run->stop_reason ? run->stop_reason : VIR_DOMAIN_SHUTOFF_FAILED;
}

/* The event's detail; a QEMU that failed leaves a domain that crashed. */
static int
stop_detail_of(int *reason)
{
    switch (*reason) {
    case VIR_DOMAIN_SHUTOFF_SHUTDOWN:
        return VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN;
    case VIR_DOMAIN_SHUTOFF_DESTROYED:
        return VIR_DOMAIN_EVENT_STOPPED_DESTROYED;
    case VIR_DOMAIN_SHUTOFF_SAVED:
        return VIR_DOMAIN_EVENT_STOPPED_SAVED;
    case VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT:
        return VIR_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT;
    case VIR_DOMAIN_SHUTOFF_FAILED:
        *reason = VIR_DOMAIN_SHUTOFF_CRASHED;
        return VIR_DOMAIN_EVENT_STOPPED_FAILED;
    default:
        return VIR_DOMAIN_EVENT_STOPPED_CRASHED;
    }
}

/* With the lock held: the domain is what it was before it ran. */
static void
domain_stopped(struct qemu_domain *domain, struct qemu_run *run)
{
    int reason = stop_reason_of(run), detail = stop_detail_of(&reason);

    qemu_audit_stop(domain->live, reason);
    qemu_doc_release_devices(domain->live->doc);
    if (!domain->persistent && !domain->restarting)
        qemu_doc_forget_devices(domain->live->doc, false);
    domain->live = qemu_def_unref(domain->live);
    qemu_domain_set_state(domain, VIR_DOMAIN_SHUTOFF, reason);
    qemu_state_remove(domain->entry.name);
    qemu_domain_emit(domain, VIR_DOMAIN_EVENT_STOPPED, detail);
    vir_store_set_id(qemu_driver.store, &domain->entry, -1);
    if (run->autodestroy)
        __atomic_fetch_sub(&qemu_driver.bound, 1, __ATOMIC_RELAXED);
    if (qemu_driver.host->inhibit)
        qemu_driver.host->inhibit(-1);
}

/* A transient domain's snapshots go with it: with the domain's job, which another call may have for long. */
static void
forget_snapshots(void *opaque)
{
    QEMU_AUTO_DOMAIN domain = opaque;
    bool job = false;

    while (!job && !qemu_threads_leaving())
        job = qemu_job_begin(domain, "end of its snapshots") == 0;
    virResetLastError();
    if (job && qemu_snapshots_forget(domain) < 0)
        qemu_warn_error(domain->entry.name);
    qemu_domain_lock(domain);
    domain->forgetting = false;
    qemu_domain_settle(domain);
    qemu_domain_unlock(domain);
    if (job)
        qemu_job_end(domain);
}

/* With the lock held. */
static bool
restarts(const struct qemu_run *run)
{
    return run->domain->live && run->restart && !run->destroyers && !run->autodestroy;
}

/* With the lock held. */
static bool
loses_snapshots(const struct qemu_run *run)
{
    return !run->domain->persistent && !restarts(run) && vir_snapshots_count(run->domain->snapshots) > 0;
}

/* -1: another call has the job, or they cannot be removed. */
static int
forget_snapshots_now(struct qemu_domain *domain)
{
    int ret = vir_job_begin_kind(&domain->entry, VIR_JOB_CHANGE, "end of its snapshots", 0);

    if (ret == 0) {
        ret = qemu_snapshots_forget(domain);
        vir_job_end(&domain->entry);    /* it runs still, for others: there is nothing to settle */
    }
    virResetLastError();
    return ret;
}

/* The process is gone, and so are its monitor and the socket. */
static void
clean_up(void *opaque)
{
    QEMU_AUTO_RUN run = opaque;
    struct qemu_domain *domain = run->domain;
    bool again, lost, late;

    qemu_cgroup_end(run);
    qemu_domain_lock(domain);
    lost = loses_snapshots(run);
    qemu_domain_unlock(domain);
    if (lost)
        forget_snapshots_now(domain);
    qemu_domain_lock(domain);
    again = restarts(run);
    late = domain->forgetting = loses_snapshots(run);
    run->ended = true;
    domain->run = NULL;
    domain->restarting = again;
    if (domain->live)                   /* else its start is under way, and cleans up */
        domain_stopped(domain, run);
    qemu_domain_settle(domain);
    pthread_cond_broadcast(&domain->changed);
    qemu_domain_unlock(domain);
    if (again)
        restart_later(domain);
    if (late) {
        vir_store_ref(&domain->entry);
        if (qemu_thread_start(forget_snapshots, domain) < 0)
            forget_snapshots(domain);   /* the driver ends: they stay */
    }
}

/* In the loop's thread, which waits neither for the kernel nor for files. */
static void
run_over(struct qemu_run *run)
{
    bool slow;

    qemu_domain_lock(run->domain);
    slow = run->cgroup || loses_snapshots(run);
    qemu_domain_unlock(run->domain);
    qemu_run_ref(run);
    if (slow && qemu_thread_start(clean_up, run) == 0)
        return;
    virResetLastError();
    clean_up(run);
}

/* ---- a run in the open ------------------------------------------------------------------------ */

int
qemu_process_watch(struct qemu_run *run)
{
    return qemu_run_watch(run, run_over);
}

void
qemu_process_shown(struct qemu_domain *domain, struct qemu_def *live)
{
    domain->live = live;
    vir_store_set_id(qemu_driver.store, &domain->entry, domain->run->id);
    if (qemu_driver.host->inhibit)
        qemu_driver.host->inhibit(1);
}

/* ---- spawning ------------------------------------------------------------------------ */

static int
check_accelerator(const struct qemu_def *def, const struct qemu_emulator *emulator)
{
    if (!qemu_def_is_kvm(def) || emulator->kvm)
        return 0;
    vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "domain '%s' is of type kvm, but this host cannot run it with KVM",
              def->doc->name);
    vir_error_hint("check that /dev/kvm exists and may be opened, or use <domain type='qemu'>");
    return -1;
}

/* What is started: everything but the run itself is released in the end. */
struct start {
    struct qemu_domain *domain;
    struct qemu_def *live;
    struct qemu_run *run;
    const struct qemu_emulator *emulator;
    struct qemu_command command;
    int socket_fd;                      /* the emulator's; closed when the monitor is connected */
    struct qemu_opened opened;          /* the same for what its devices have on the host; closed when it has it */
    off_t log_from;                     /* what the emulator writes comes behind this */
    unsigned int flags;
    const struct qemu_stream *from;     /* where the guest goes on from; NULL: it boots, or... */
    const char *snapshot;               /* ...goes on from this one inside of its images */
};

static bool
stays_paused(const struct start *start)
{
    return start->flags & VIR_DOMAIN_START_PAUSED;
}

/* It does not boot. */
static bool
goes_on(const struct start *start)
{
    return start->from || start->snapshot;
}

/* The descriptors that it inherits; caller frees. */
static int *
kept_fds(const struct start *start, size_t *ret_n)
{
    int *fds = vir_alloc_array(start->opened.n + 2, sizeof(*fds));
    size_t n = 0;

    fds[n++] = start->socket_fd;
    if (start->from)
        fds[n++] = start->from->fd;
    for (size_t i = 0; i < start->opened.n; i++)
        fds[n++] = start->opened.list[i].fd;
    *ret_n = n;
    return fds;
}

/* What the emulator finds in its environment; to be released by free_env. */
static char **
environment(const struct qemu_domain_def *doc)
{
    char *zone = qemu_clock_zone(doc), **list = qemu_passed_env(doc);
    size_t n = 0;

    while (list[n])
        n++;
    list = vir_realloc_array(list, n + 2, sizeof(*list));
    list[n] = zone;
    list[n + 1] = NULL;
    return list;
}

static void
free_env(char **list)
{
    for (size_t i = 0; list[i]; i++)
        free(list[i]);
    free(list);
}

/* Nobody watches it yet. */
static void
end_unseen(struct qemu_run *run)
{
    vir_process_end(&run->process, 0, QEMU_KILL_MS);
    vir_process_reap(&run->process);
}

/* What the process PID may have of the host, as qemu.conf says. */
static int
limit(pid_t pid)
{
    const struct { __rlimit_resource_t what; const char *key; long long most; bool said; } limits[] = {
        { RLIMIT_CORE, "max_core", qemu_settings.max_core, true },
        { RLIMIT_NPROC, "max_processes", qemu_settings.max_processes, qemu_settings.max_processes > 0 },
        { RLIMIT_NOFILE, "max_files", qemu_settings.max_files, qemu_settings.max_files > 0 },
    };

    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        const rlim_t most = limits[i].most < 0 ? RLIM_INFINITY : (rlim_t)limits[i].most;
        const struct rlimit both = { most, most };

        if (limits[i].said && prlimit(pid, limits[i].what, &both, NULL) < 0)
            return vir_error_errno(errno, "%s of qemu.conf cannot be set", limits[i].key);
    }
    return 0;
}

static int
launch(struct start *start)
{
    const struct qemu_def *live = start->live;
    struct vir_child child = { VIR_CHILD_INIT, .new_session = true };
    VIR_AUTO_FREE int *fds = NULL;
    char **env;
    int ret;
    VIR_AUTO_CLOSE int output_fd = -1;
    VIR_AUTO_CLOSE int log_fd = -1;
    int joined[VIR_CGROUP_CONTROLLERS];

    if (qemu_variables_prepare(live->doc, start->flags & VIR_DOMAIN_START_RESET_NVRAM) < 0 ||
        qemu_memory_open(live->doc) < 0)
        return -1;
    start->run->log = qemu_log_open(live->doc, &output_fd);
    log_fd = start->run->log ? qemu_log_file(live->doc->name) : -1;
    start->socket_fd = log_fd < 0 ? -1 : qemu_socket_listen(live->doc->uuid);
    if (start->socket_fd < 0 || qemu_command_make(live, start->socket_fd, &start->opened, &start->command) < 0)
        return -1;
    qemu_cpu_ask(live->doc, start->emulator, &start->command.pieces);
    if (start->from)
        qemu_command_add(&start->command, "-incoming", "defer");
    else if (!start->snapshot)
        live->doc->current_memory = qemu_memory_of_balloon(live->doc);  /* until the guest gives some back */
    start->log_from = qemu_log_begin(start->run->log, log_fd, live->doc, start->run->tainted, &start->command);
    child.argv = (const char *const *)start->command.argv;
    fds = kept_fds(start, &child.n_keep_fds);
    child.keep_fds = fds;
    env = environment(live->doc);
    child.more_env = (const char *const *)env;
    child.stdin_fd = log_fd;            /* by which it is known again */
    child.stdout_fd = child.stderr_fd = output_fd;
    child.join_fds = joined;
    ret = qemu_cgroup_enter(start->run, joined, &child.n_join_fds);
    if (ret == 0)
        ret = vir_process_start(&child, &start->run->process);
    while (child.n_join_fds)
        close(joined[--child.n_join_fds]);
    free_env(env);
    if (ret < 0)
        return -1;
    if (limit(start->run->process.pid) < 0) {
        end_unseen(start->run);
        return -1;
    }
    qemu_opened_close(&start->opened);  /* so that a tap goes with its guest */
    qemu_state_write_pid(live->doc->name, start->run->process.pid);
    return 0;
}

/* From here on the run belongs to the loop, and others may end it. */
static int
hand_to_loop(struct start *start)
{
    struct qemu_domain *domain = start->domain;
    bool ended;

    if (qemu_process_watch(start->run) < 0) {
        end_unseen(start->run);
        return -1;
    }
    close(vir_steal_fd(&start->socket_fd));     /* so that its death is seen at our end */
    qemu_domain_lock(domain);
    ended = start->run->ended;
    if (!ended)
        domain->run = start->run;
    qemu_domain_unlock(domain);
    return 0;
}

/* ---- the whole start ------------------------------------------------------------------------ */

static int
save_status(const struct start *start)
{
    if (stays_paused(start))
        return qemu_state_save(start->live, start->run, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
    return qemu_state_save(start->live, start->run, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED);
}

/* The status file is written while the emulator builds the machine. */
static int
talk(struct start *start)
{
    bool later = qemu_tasks_wanted(start->run, start->live->doc) || qemu_cpu_is_verified(start->live->doc);
    struct qemu_words *words = qemu_words_say(start->run->monitor, &start->command,
                                              !stays_paused(start) && !goes_on(start) && !later);
    virErrorPtr unsaved = save_status(start) < 0 ? vir_error_take() : NULL;

    if (qemu_words_answered(words, start->live) < 0) {
        virFreeError(unsaved);
        return -1;
    }
    if (unsaved) {
        vir_error_restore(unsaved);
        return -1;
    }
    if (!goes_on(start) && !later)
        return 0;
    if (qemu_tasks_begin(start->run, start->live->doc) < 0 ||
        (start->from && qemu_stream_in(start->run, start->from) < 0) ||
        (start->snapshot && qemu_snapshot_live_load(start->run, start->live->doc, start->snapshot) < 0))
        return -1;
    return stays_paused(start) ? 0 : qemu_monitor_call(start->run->monitor, "cont", NULL, QEMU_COMMAND_MS, NULL);
}

/* The emulator's own last words are a better reason than a closed monitor. */
static void
explain_failure(const struct start *start, bool ended_by_itself)
{
    VIR_AUTO_FREE char *words = NULL;

    if (!ended_by_itself)
        return;
    words = qemu_log_last_line(start->live->doc->name, start->log_from);
    virFreeError(vir_error_take());
    vir_error(VIR_ERR_INTERNAL_ERROR, "qemu unexpectedly closed the monitor: %s",
              words ? words : "it ended without a word");
}

static void
give_up(struct start *start)
{
    virErrorPtr error = vir_error_take();
    bool by_itself, ended, destroyed;

    /* A process that failed is about to be gone, as one that could not read its guest; one that hangs is not. */
    by_itself = (!qemu_monitor_usable(start->run->monitor) || qemu_stream_failed(start->run)) &&
        qemu_run_wait_end(start->run, QEMU_GRACE_MS);
    if (!by_itself)
        vir_process_signal(&start->run->process, SIGKILL);
    ended = by_itself || qemu_run_wait_end(start->run, QEMU_KILL_MS);
    qemu_domain_lock(start->domain);
    destroyed = start->run->destroyers > 0;
    qemu_domain_unlock(start->domain);
    vir_error_restore(error);
    explain_failure(start, by_itself && !destroyed);
    if (ended) {
        qemu_doc_release_devices(start->live->doc);
        qemu_state_remove(start->live->doc->name);
    } else {
        vir_warn("domain '%s': process %d cannot be ended", start->live->doc->name, (int)start->run->process.pid);
    }
}

/* In the order of events, and with the reasons, that libvirt 9.0.0 has for each. */
static void
announce(struct qemu_domain *domain, const struct start *start, int detail)
{
    bool paused = stays_paused(start), restored = start->from != NULL;

    if (detail == VIR_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT && (paused || start->snapshot)) {
        qemu_domain_set_state(domain, paused ? VIR_DOMAIN_PAUSED : VIR_DOMAIN_RUNNING,
                              paused ? VIR_DOMAIN_PAUSED_FROM_SNAPSHOT : VIR_DOMAIN_RUNNING_FROM_SNAPSHOT);
        qemu_domain_emit(domain, VIR_DOMAIN_EVENT_STARTED, detail);
        if (paused)
            qemu_domain_emit(domain, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_FROM_SNAPSHOT);
        else
            qemu_domain_emit(domain, VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_FROM_SNAPSHOT);
        if (!start->snapshot)
            domain->reason = VIR_DOMAIN_PAUSED_USER;
    } else if (paused) {
        qemu_domain_set_state(domain, VIR_DOMAIN_PAUSED,
                              restored ? VIR_DOMAIN_PAUSED_MIGRATION : VIR_DOMAIN_PAUSED_STARTING_UP);
        qemu_domain_emit(domain, VIR_DOMAIN_EVENT_STARTED, detail);
        qemu_domain_emit(domain, VIR_DOMAIN_EVENT_SUSPENDED,
                         restored ? VIR_DOMAIN_EVENT_SUSPENDED_RESTORED : VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
        if (!restored)
            domain->reason = VIR_DOMAIN_PAUSED_USER;
    } else if (restored) {
        qemu_domain_set_state(domain, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_RESTORED);
        qemu_domain_emit(domain, VIR_DOMAIN_EVENT_STARTED, detail);
        qemu_domain_emit(domain, VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_FROM_SNAPSHOT);
    } else {
        qemu_domain_set_state(domain, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED);
        qemu_domain_emit(domain, VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
        qemu_domain_emit(domain, VIR_DOMAIN_EVENT_STARTED, detail);
    }
}

/* With the lock held: the domain runs, for everybody to see. */
static void
domain_started(struct start *start, virConnectPtr conn, int detail)
{
    struct qemu_domain *domain = start->domain;

    qemu_audit_start(start->live, start->run->process.pid, detail, true);
    qemu_process_shown(domain, vir_steal(&start->live));
    if (start->flags & VIR_DOMAIN_START_AUTODESTROY) {
        start->run->autodestroy = conn;
        __atomic_fetch_add(&qemu_driver.bound, 1, __ATOMIC_RELAXED);
    }
    qemu_channels_announce(domain);
    announce(domain, start, detail);
    qemu_events_early(domain, start->run);
}

static int
run_to_first_answer(struct start *start, virConnectPtr conn, int detail)
{
    struct qemu_domain *domain = start->domain;
    bool learnt = qemu_pieces_asked(&start->command.pieces);
    bool ended;

    if (talk(start) < 0) {
        give_up(start);
        return -1;
    }
    /* Before others see the guest, so that its end cannot be overtaken by this file. */
    if (learnt && save_status(start) < 0)
        qemu_warn_error(domain->entry.name);
    qemu_domain_lock(domain);
    ended = start->run->ended || start->run->destroyers;
    if (!ended)
        domain_started(start, conn, detail);
    qemu_domain_unlock(domain);
    if (!ended)
        return 0;
    vir_error(VIR_ERR_OPERATION_FAILED, "domain '%s' was ended while it started", domain->entry.name);
    give_up(start);
    return -1;
}

static int
prepare(struct start *start, struct qemu_def *as)
{
    struct qemu_domain *domain = start->domain;
    struct qemu_def *def = NULL;

    qemu_domain_lock(domain);
    if (domain->run)
        vir_error(VIR_ERR_OPERATION_INVALID, "domain is already running");
    else
        def = qemu_def_ref(as ? as : domain->def);
    qemu_domain_unlock(domain);
    if (!def)
        return -1;
    start->live = qemu_def_copy(def);
    qemu_def_unref(def);
    if (!start->live || qemu_doc_complete_devices(start->live->doc) < 0 || qemu_firmware_choose(start->live->doc) < 0 ||
        qemu_def_check_startable(start->live) < 0)
        return -1;
    start->emulator = qemu_caps_emulator(qemu_driver.caps, start->live->doc->os.type.arch, start->live->doc->devices.emulator);
    if (!start->emulator || check_accelerator(start->live, start->emulator) < 0 ||
        qemu_cpu_begin(start->live->doc, start->emulator) < 0)
        return -1;
    start->run = qemu_run_new(domain, __atomic_add_fetch(&qemu_driver.last_id, 1, __ATOMIC_RELAXED));
    if (qemu_is_deprecated(start->live->doc, start->emulator))
        start->run->tainted = QEMU_TAINT_DEPRECATED;
    if (qemu_cgroup_begin(start->run, start->live->doc) < 0)
        return -1;
    start->live->doc->has_id = true;
    start->live->doc->id = start->run->id;
    return qemu_doc_prepare(start->live->doc, &start->opened);
}

static void
start_failed(struct qemu_domain *domain)
{
    qemu_domain_lock(domain);
    if (!domain->run)                   /* else it ran already */
        qemu_domain_set_state(domain, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_FAILED);
    qemu_domain_unlock(domain);
}

static int
start_domain(struct start *start, struct qemu_def *def, virConnectPtr conn, int event_detail)
{
    struct qemu_domain *domain = start->domain;
    bool runs = false;
    int ret = -1;

    if (prepare(start, def) == 0) {
        runs = launch(start) == 0 && hand_to_loop(start) == 0;
        if (runs) {
            ret = run_to_first_answer(start, conn, event_detail);
        } else {                        /* afterwards the end of the run does this */
            qemu_doc_release_devices(start->live->doc);
            qemu_socket_remove(domain->entry.uuid);
            qemu_state_remove(domain->entry.name);
        }
    }
    if (start->run && !runs)
        qemu_cgroup_end(start->run);
    if (ret < 0) {
        if (start->live)
            qemu_audit_start(start->live, 0, event_detail, false);
        if (start->live && !domain->persistent && !qemu_domain_has_run(domain))
            qemu_doc_forget_devices(start->live->doc, false);
        start_failed(domain);
    }
    vir_auto_close(&start->socket_fd);
    qemu_opened_close(&start->opened);
    qemu_command_free(&start->command);
    qemu_def_unref(start->live);
    qemu_run_unref(start->run);
    return ret;
}

int
qemu_process_start(struct qemu_domain *domain, struct qemu_def *def, virConnectPtr conn, unsigned int flags,
                   int event_detail)
{
    struct start start = { .domain = domain, .socket_fd = -1, .flags = flags };

    return start_domain(&start, def, conn, event_detail);
}

int
qemu_process_restore(struct qemu_domain *domain, struct qemu_def *def, virConnectPtr conn, unsigned int flags,
                     const struct qemu_stream *stream)
{
    struct start start = { .domain = domain, .socket_fd = -1, .flags = flags, .from = stream };

    return start_domain(&start, def, conn, VIR_DOMAIN_EVENT_STARTED_RESTORED);
}

int
qemu_process_go_back(struct qemu_domain *domain, struct qemu_def *def, virConnectPtr conn, unsigned int flags,
                     const char *name)
{
    struct start start = { .domain = domain, .socket_fd = -1, .flags = flags, .snapshot = name };

    return start_domain(&start, def, conn, VIR_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT);
}

/* ---- ending -------------------------------------------------------------------------------------- */

/* A run that this ends was not crashed. */
static void
count_destroyer(struct qemu_run *run, int by)
{
    qemu_domain_lock(run->domain);
    run->destroyers += by;
    qemu_domain_unlock(run->domain);
}

int
qemu_runs_end(struct qemu_run *const *runs, size_t n, bool graceful)
{
    VIR_AUTO_FREE const struct vir_process **processes = vir_alloc_array(n, sizeof(*processes));
    int grace_ms = graceful ? QEMU_COMMAND_MS : QEMU_GRACE_MS, ret;

    for (size_t i = 0; i < n; i++) {
        processes[i] = &runs[i]->process;
        count_destroyer(runs[i], 1);
    }
    ret = vir_process_end_all(processes, n, grace_ms, graceful ? 0 : QEMU_KILL_MS);
    for (size_t i = 0; i < n && ret == 0; i++)
        if (!qemu_run_wait_end(runs[i], QEMU_KILL_MS))
            ret = vir_error(VIR_ERR_OPERATION_TIMEOUT, "the end of domain '%s' is not seen",
                            runs[i]->domain->entry.name);
    for (size_t i = 0; i < n && ret < 0 && graceful; i++)
        count_destroyer(runs[i], -1);
    return ret;
}
