/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starting and ending a domain's emulator.  A start sends all its monitor
 * commands at once, as soon as the process exists, and writes the status file
 * while the emulator builds the machine.
 */
#define VIR_LOG_SOURCE "qemu.process"
#include "capabilities.h"
#include "command.h"
#include "events.h"
#include "log.h"
#include "monitor.h"
#include "run.h"
#include "state.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- spawning ------------------------------------------------------------------------ */

static int
check_accelerator(const struct qemu_def *def)
{
    const struct qemu_emulator *emulator;

    if (!qemu_def_is_kvm(def))
        return 0;
    emulator = qemu_caps_emulator(qemu_driver.caps, def->doc->os.type.arch, def->doc->devices.emulator);
    if (!emulator)
        return -1;
    if (emulator->kvm)
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
    struct qemu_command command;
    off_t log_from;                     /* what the emulator writes comes behind this */
    unsigned int flags;
};

static int
spawn(struct start *start, int log_fd, int socket_fd)
{
    struct vir_child child = { VIR_CHILD_INIT, .argv = (const char *const *)start->command.argv,
                               .keep_fds = &socket_fd, .n_keep_fds = 1, .new_session = true };
    struct qemu_run *run = start->run;
    char state;

    child.stdout_fd = child.stderr_fd = log_fd;
    if (vir_child_start(&child, &run->pid, &run->pidfd) < 0)
        return -1;
    run->child = true;
    if (qemu_proc_stat(run->pid, &run->start_time, &state) < 0)
        run->start_time = 0;            /* gone already: the pidfd tells */
    return 0;
}

static int
launch(struct start *start)
{
    const struct qemu_def *live = start->live;
    VIR_AUTO_CLOSE int log_fd = qemu_log_open(live->doc->name);
    VIR_AUTO_CLOSE int socket_fd = log_fd < 0 ? -1 : qemu_socket_listen(live->doc->uuid);

    if (socket_fd < 0 || qemu_command_make(live, socket_fd, &start->command) < 0)
        return -1;
    start->log_from = qemu_log_begin(log_fd, &start->command);
    return spawn(start, log_fd, socket_fd);
}

/* From here on the run belongs to the loop, and others may end it. */
static int
hand_to_loop(struct start *start)
{
    struct qemu_domain *domain = start->domain;
    bool ended;

    if (qemu_run_watch(start->run) < 0) {
        qemu_run_kill(start->run, SIGKILL);
        vir_child_wait(start->run->pid, start->run->pidfd, QEMU_KILL_MS, NULL);
        return -1;
    }
    qemu_domain_lock(domain);
    ended = start->run->ended;
    if (!ended)
        domain->run = start->run;
    qemu_domain_unlock(domain);
    return 0;
}

/* ---- first words ------------------------------------------------------------------------- */

struct words {
    struct qemu_monitor *monitor;
    struct qemu_call **calls;
    size_t n;
    size_t chardev, vnc;                /* numbers of their calls; 0: not asked */
};

/* The number of the call. */
static size_t
say(struct words *words, const char *command, struct json_object *args)
{
    words->calls = vir_realloc_array(words->calls, words->n + 1, sizeof(*words->calls));
    words->calls[words->n] = qemu_monitor_send(words->monitor, command, args);
    return words->n++;
}

/* What the command line cannot say. */
static void
say_settings(struct words *words, const struct qemu_domain_def *doc)
{
    struct json_object *args;

    for (size_t i = 0; i < doc->devices.n_interfaces; i++) {
        const struct qemu_interface_def *interface = doc->devices.interfaces[i];

        if (interface->link.state != QEMU_INTERFACE_LINK_STATE_DOWN)
            continue;
        args = json_object_new_object();
        json_object_object_add(args, "name", json_object_new_string(interface->alias.name));
        json_object_object_add(args, "up", json_object_new_boolean(false));
        say(words, "set_link", args);
    }
    if (doc->current_memory < doc->memory && doc->devices.memballoon->model == QEMU_MEMBALLOON_MODEL_VIRTIO) {
        args = json_object_new_object();
        json_object_object_add(args, "value", json_object_new_int64((int64_t)(doc->current_memory * 1024)));
        say(words, "balloon", args);
    }
    if (doc->devices.n_graphics && doc->devices.graphics[0]->passwd) {
        args = json_object_new_object();
        json_object_object_add(args, "protocol", json_object_new_string("vnc"));
        json_object_object_add(args, "password", json_object_new_string(doc->devices.graphics[0]->passwd));
        say(words, "set_password", args);
    }
}

/* The path in what QEMU calls the file of a character device; NULL: it is no pty.  The daemon
 * opens that path. */
static const char *
pty_of_file(const char *file)
{
    static const char start[] = "pty:/dev/pts/";
    const char *number = file + sizeof(start) - 1;

    if (strncmp(file, start, sizeof(start) - 1) != 0 || !*number || number[strspn(number, "0123456789")])
        return NULL;
    return file + 4;
}

/* The path of the pty behind the device ALIAS in the answer to query-chardev; NULL: none. */
static const char *
pty_path(struct json_object *answer, const char *alias)
{
    size_t n = json_object_is_type(answer, json_type_array) ? json_object_array_length(answer) : 0;

    for (size_t i = 0; i < n; i++) {
        struct json_object *one = json_object_array_get_idx(answer, i);
        const char *label = qmp_get_string(one, "label"), *file = qmp_get_string(one, "filename");

        if (label && file && strncmp(label, "char", 4) == 0 && strcmp(label + 4, alias) == 0)
            return pty_of_file(file);
    }
    return NULL;
}

/* DEVICE: one that has alias, type and source. */
#define LEARN_PTY(device, answer)                                             \
    do {                                                                      \
        const char *path = pty_path((answer), (device)->alias.name);          \
                                                                              \
        if (path && (device)->type == QEMU_CHARTYPE_PTY) {                    \
            (device)->source.present = true;                                  \
            qemu_set_text(&(device)->source.path, path);                      \
        }                                                                     \
    } while (0)

static void
learn_ptys(struct qemu_domain_def *doc, struct json_object *answer)
{
    for (size_t i = 0; i < doc->devices.n_serials; i++)
        LEARN_PTY(doc->devices.serials[i], answer);
    for (size_t i = 0; i < doc->devices.n_channels; i++)
        LEARN_PTY(doc->devices.channels[i], answer);
    for (size_t i = 0; i < doc->devices.n_consoles; i++) {
        struct qemu_console_def *console = doc->devices.consoles[i];

        LEARN_PTY(console, answer);
        if (console->type == QEMU_CHARTYPE_PTY)
            qemu_set_text(&console->tty, console->source.path);
    }
}

static void
learn_vnc(struct qemu_graphics_def *graphics, struct json_object *answer)
{
    const char *service = qmp_get_string(answer, "service"), *host = qmp_get_string(answer, "host");
    long port = service ? strtol(service, NULL, 10) : 0;

    if (!host || port < 1 || port > 65535 || !qemu_is_ip_address(host)) {
        vir_warn("QEMU does not say where its VNC server listens");
        return;
    }
    graphics->port = (int)port;
    qemu_set_text(&graphics->listen, host);
    if (graphics->n_listens)
        qemu_set_text(&graphics->listens[0]->address, host);
}

/* Waits for all answers and learns from them what QEMU chose. */
static int
listen_to(struct words *words, struct qemu_domain_def *doc)
{
    struct json_object **answers = vir_alloc_array(words->n, sizeof(*answers));
    int ret = qemu_monitor_wait_all(words->monitor, words->calls, words->n, QEMU_START_MS, answers);

    if (ret == 0 && words->chardev)
        learn_ptys(doc, answers[words->chardev]);
    if (ret == 0 && words->vnc)
        learn_vnc(doc->devices.graphics[0], answers[words->vnc]);
    for (size_t i = 0; i < words->n; i++)
        json_object_put(answers[i]);
    free(answers);
    free(words->calls);
    return ret;
}

static int
save_status(const struct start *start)
{
    if (start->flags & VIR_DOMAIN_START_PAUSED)
        return qemu_state_save(start->live, start->run, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
    return qemu_state_save(start->live, start->run, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED);
}

static int
talk(struct start *start)
{
    struct words words = { .monitor = start->run->monitor };
    virErrorPtr unsaved = NULL;
    int failed;

    say(&words, "qmp_capabilities", NULL);
    if (start->command.n_ptys)
        words.chardev = say(&words, "query-chardev", NULL);
    if (start->command.vnc_port)
        words.vnc = say(&words, "query-vnc", NULL);
    say_settings(&words, start->live->doc);
    if (!(start->flags & VIR_DOMAIN_START_PAUSED))
        say(&words, "cont", NULL);
    /* While the emulator builds the machine: */
    if (save_status(start) < 0)
        unsaved = vir_error_take();
    failed = listen_to(&words, start->live->doc);
    if (failed)
        virFreeError(unsaved);
    else if (unsaved)
        vir_error_restore(unsaved);
    return failed || unsaved ? -1 : 0;
}

/* ---- the whole start ------------------------------------------------------------------------ */

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

    /* A process that failed is about to be gone; one that hangs is not. */
    by_itself = !qemu_monitor_usable(start->run->monitor) && qemu_run_wait_end(start->run, QEMU_GRACE_MS);
    if (!by_itself)
        qemu_run_kill(start->run, SIGKILL);
    ended = by_itself || qemu_run_wait_end(start->run, QEMU_KILL_MS);
    qemu_domain_lock(start->domain);
    destroyed = start->run->destroyers > 0;
    qemu_domain_unlock(start->domain);
    vir_error_restore(error);
    explain_failure(start, by_itself && !destroyed);
    if (ended) {
        qemu_channels_remove(start->live);
        qemu_state_remove(start->live->doc->name);
    } else {
        vir_warn("domain '%s': process %d cannot be ended", start->live->doc->name, (int)start->run->pid);
    }
}

static void
announce(struct qemu_domain *domain, bool paused, int detail)
{
    if (paused) {
        qemu_domain_set_state(domain, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP);
        qemu_domain_emit(domain, VIR_DOMAIN_EVENT_STARTED, detail);
        qemu_domain_emit(domain, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
        domain->reason = VIR_DOMAIN_PAUSED_USER;
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

    domain->live = vir_steal(&start->live);
    vir_store_set_id(qemu_driver.store, &domain->entry, start->run->id);
    if (start->flags & VIR_DOMAIN_START_AUTODESTROY) {
        start->run->autodestroy = conn;
        __atomic_fetch_add(&qemu_driver.bound, 1, __ATOMIC_RELAXED);
    }
    announce(domain, start->flags & VIR_DOMAIN_START_PAUSED, detail);
    __atomic_fetch_add(&qemu_driver.running, 1, __ATOMIC_RELAXED);
    if (qemu_driver.host->inhibit)
        qemu_driver.host->inhibit(1);
}

static int
run_to_first_answer(struct start *start, virConnectPtr conn, int detail)
{
    struct qemu_domain *domain = start->domain;
    bool learnt = start->command.n_ptys || start->command.vnc_port;
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
prepare(struct start *start)
{
    struct qemu_domain *domain = start->domain;
    struct qemu_def *def = NULL;

    qemu_domain_lock(domain);
    if (domain->run)
        vir_error(VIR_ERR_OPERATION_INVALID, "domain is already running");
    else
        def = qemu_def_ref(domain->def);
    qemu_domain_unlock(domain);
    if (!def)
        return -1;
    start->live = qemu_def_copy(def);
    qemu_def_unref(def);
    if (!start->live || qemu_doc_complete_devices(start->live->doc) < 0 ||
        qemu_def_check_startable(start->live) < 0 || check_accelerator(start->live) < 0)
        return -1;
    start->run = qemu_run_new(domain, __atomic_add_fetch(&qemu_driver.last_id, 1, __ATOMIC_RELAXED));
    qemu_def_leave_out_missing(start->live);
    start->live->doc->has_id = true;
    start->live->doc->id = start->run->id;
    qemu_def_set_aliases(start->live);
    qemu_channels_place(start->live);
    return 0;
}

static void
start_failed(struct qemu_domain *domain)
{
    qemu_domain_lock(domain);
    qemu_domain_set_state(domain, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_FAILED);
    qemu_domain_unlock(domain);
}

int
qemu_process_start(struct qemu_domain *domain, virConnectPtr conn, unsigned int flags, int event_detail)
{
    struct start start = { .domain = domain, .flags = flags };
    int ret = -1;

    if (prepare(&start) == 0) {
        if (launch(&start) == 0 && hand_to_loop(&start) == 0)
            ret = run_to_first_answer(&start, conn, event_detail);
        else                            /* nothing runs; afterwards the end of the run does this */
            qemu_socket_remove(domain->entry.uuid);
        if (ret < 0)
            start_failed(domain);
    }
    qemu_command_free(&start.command);
    qemu_def_unref(start.live);
    qemu_run_unref(start.run);
    return ret;
}

/* ---- ending -------------------------------------------------------------------------------------- */

int
qemu_process_destroy(struct qemu_domain *domain, bool graceful)
{
    QEMU_AUTO_RUN run = qemu_domain_run(domain);

    if (!run)
        return -1;
    qemu_domain_lock(domain);
    run->destroyers++;
    qemu_domain_unlock(domain);
    qemu_run_kill(run, SIGTERM);
    if (qemu_run_wait_end(run, graceful ? QEMU_COMMAND_MS : QEMU_GRACE_MS))
        return 0;
    if (graceful) {
        qemu_domain_lock(domain);
        run->destroyers--;
        qemu_domain_unlock(domain);
        return vir_error(VIR_ERR_SYSTEM_ERROR, "process %d of domain '%s' did not end within %d s",
                         (int)run->pid, domain->entry.name, QEMU_COMMAND_MS / 1000);
    }
    qemu_run_kill(run, SIGKILL);
    if (qemu_run_wait_end(run, QEMU_KILL_MS))
        return 0;
    return vir_error(VIR_ERR_SYSTEM_ERROR,
                     "process %d of domain '%s' was killed, but the kernel still holds it",
                     (int)run->pid, domain->entry.name);
}

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

    if (!job || qemu_process_start(domain, NULL, 0, VIR_DOMAIN_EVENT_STARTED_BOOTED) < 0)
        qemu_warn_error(domain->entry.name);
    restart_over(domain);
    if (job)
        qemu_job_end(domain);
}

void
qemu_restart_later(struct qemu_domain *domain)
{
    vir_store_ref(&domain->entry);
    if (qemu_thread_start(restart, domain) == 0)
        return;
    qemu_warn_error(domain->entry.name);
    restart_over(domain);
    qemu_domain_unref(&domain);
}

/* ---- finding again --------------------------------------------------------------------------------- */

int
qemu_process_adopt(struct qemu_domain *domain, struct qemu_run *run, struct qemu_def *live, int state,
                   int reason)
{
    if (qemu_run_watch(run) < 0) {
        qemu_def_unref(live);
        qemu_run_unref(run);
        return -1;
    }
    run->power_off = QEMU_AS_TOLD;
    qemu_domain_lock(domain);
    if (!run->ended) {
        domain->run = run;
        domain->live = vir_steal(&live);
        vir_store_set_id(qemu_driver.store, &domain->entry, run->id);
        qemu_domain_set_state(domain, state, reason);
        if (qemu_driver.last_id < run->id)
            qemu_driver.last_id = run->id;
        __atomic_fetch_add(&qemu_driver.running, 1, __ATOMIC_RELAXED);
        if (qemu_driver.host->inhibit)
            qemu_driver.host->inhibit(1);
    }
    qemu_domain_unlock(domain);
    qemu_def_unref(live);
    if (run->monitor) {
        qemu_monitor_post(run->monitor, "qmp_capabilities", NULL, NULL, NULL);
        qemu_ask_status(run);
    }
    qemu_run_unref(run);
    return 0;
}
