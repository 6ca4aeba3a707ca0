/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of this module share: the driver's one state, a domain and
 * its run.  A definition is immutable once a domain holds it: changes make a
 * new one.  Locks: an entry's lock (vir_store_lock) protects the
 * domain's fields for moments; a job (vir_job_begin) serialises changes and
 * may last; a monitor has its own lock, taken last.
 */
#ifndef QEMU_QEMU_H
#define QEMU_QEMU_H

#define VIR_MODULE_DOMAIN VIR_FROM_QEMU
#ifndef VIR_LOG_SOURCE
# define VIR_LOG_SOURCE "qemu"
#endif
#include <libvirt/module.h>

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

struct qemu_agent;
struct qemu_block_job;
struct qemu_caps_store;
struct qemu_def;
struct qemu_monitor;
struct qmp_message;

/* Deadlines, in milliseconds. */
enum {
    QEMU_START_MS = 30000,              /* from spawn to the first answer */
    QEMU_COMMAND_MS = 10000,            /* one monitor command */
    QEMU_STATS_MS = 500,                /* one monitor command of a bulk call */
    QEMU_SILENT_MS = 200,               /* one of a QEMU that left another one unanswered */
    QEMU_JOB_MS = 25000,                /* waiting for another change of the same domain */
    QEMU_GRACE_MS = 1000,               /* from SIGTERM to SIGKILL */
    QEMU_KILL_MS = 5000,                /* from SIGKILL to giving up: the kernel holds the process */
};

enum {
    QEMU_MAX_WORDS = 512,               /* bytes of what an emulator says that are shown */
    QEMU_MAX_SOCKET_PATH = sizeof(((struct sockaddr_un *)0)->sun_path) - 1,     /* bytes */
};

struct qemu_driver {
    const struct vir_host *host;
    const char *data_dir;               /* the host's for what guests have for long; a user's own: config_dir */
    struct vir_keep config, state;
    struct vir_dir log;
    struct vir_store *store;
    struct vir_event_hub *hub;
    struct vir_loop *loop;
    struct qemu_caps_store *caps;
    struct vir_cgroups *cgroups;        /* the host's; NULL: guests are in none, as a user's own */
    int last_id;                        /* atomic: of running domains */
    int bound;                          /* atomic: runs that end with a connection */
    int lock_fd;                        /* of the state directory; -1: not locked */
};

extern struct qemu_driver qemu_driver;  /* valid between load and unload */

/* What the guest's next power-off means. */
enum qemu_power_off {
    QEMU_OFF,
    QEMU_REBOOT,                        /* QEMU waits, and is reset */
    QEMU_AS_TOLD,                       /* an earlier daemon told QEMU which */
};

/* The guest's state as bytes, out of its QEMU or into it (guest/stream.h). */
enum qemu_streaming {
    QEMU_STREAM_NONE,
    QEMU_STREAM_GOING,
    QEMU_STREAM_DONE,
    QEMU_STREAM_FAILED,
};

/* One life of a QEMU process.  Made when it is spawned or found again; ended,
 * in the loop's thread, when the process is gone. */
struct qemu_run {
    int refs;                           /* atomic */
    struct qemu_domain *domain;         /* a reference */
    int id;
    struct vir_process process;
    struct vir_cgroup *cgroup;          /* as long as the run; NULL: none (guest/cgroup.h) */
    struct vir_process_log *log;        /* NULL: its FIFO is lost; until the end is told */
    struct qemu_agent *agent;           /* as long as the run */
    void (*over)(struct qemu_run *run); /* told in the loop's thread when the process is gone */
    /* With the entry's lock: */
    struct qemu_monitor *monitor;       /* NULL: not reached yet; then as long as the run */
    bool gone;                          /* the process: no monitor is connected any more */
    bool ended;                         /* and all its traces are removed */
    int destroyers;                     /* calls that are ending it */
    enum qemu_power_off power_off;
    bool restart;                       /* start the domain anew, if it is not bound to a connection */
    bool resets;                        /* it was powered off to reboot: a stop and a start that nobody asked for */
    struct qmp_message *early;          /* events of a guest that is not shown yet */
    size_t n_early;
    bool measures;                      /* its QEMU may have been asked for its dirty rate */
    unsigned int tainted;               /* enum qemu_taint that cannot be read off the document */
    int stop_reason;                    /* virDomainShutoffReason told by an event; 0: none */
    int end_reason;                     /* one that the call means which ends it: it wins; 0: none */
    virConnectPtr autodestroy;          /* end with this connection; not a reference */
    bool missed;                        /* an earlier daemon may not have finished a change (guest/missed.c) */
    struct qemu_unplug *unplug;         /* the call that waits for a device to go (guest/unplug.c) */
    enum qemu_streaming stream;
    unsigned int jobs_moved;            /* how often a job that changes images came to another state (guest/block-job.h) */
    struct qemu_block_job *block_jobs;  /* owned: those on its disks (guest/block-jobs.h); changed with the job, too */
    bool tending;                       /* a thread looks after them... */
    bool untended;                      /* ...and is to look once more */
    int pause_reason;                   /* virDomainPausedReason of the stop that is under way; 0: the user's */
    /* With the job: */
    bool halted;                        /* the guest stands still for what the job does (guest/halt.c)... */
    char *image;                        /* ...which is to write this file; NULL: none */
    bool chains;                        /* images are being exchanged (guest/chains.h)... */
    bool unsettled;                     /* ...and nobody knows what QEMU has done or will do of it */
    unsigned int last_number;           /* the highest that a node of a disk got while it ran; 0: none */
};

struct qemu_domain {
    struct vir_store_entry entry;       /* first */
    pthread_cond_t changed;             /* with the entry's lock: a run began or ended */
    struct qemu_def *def;               /* as defined; what a transient domain was made from */
    struct qemu_def *live;              /* what it runs with; NULL: not running */
    struct qemu_run *run;               /* from spawn to the process's end */
    bool persistent, autostart;
    bool saved;                         /* there is an image of the driver's own (guest/managed.h) */
    bool restarting;                    /* about to be started anew: it stays */
    bool forgetting;                    /* so does a transient one until its snapshots are forgotten */
    int state, reason;                  /* virDomainState and its reason */
    struct vir_snapshots *snapshots;    /* guest/snapshot.h */
    int agent_seconds;                  /* for its agent's answers; or a virDomainAgentResponseTimeoutValues */
};

/* ---- small helpers (qemu.c) ---------------------------------------------- */

void qemu_set_text(char **at, const char *value);   /* a copy in place of what was there */

/* What an emulator says, for people: printable and short; caller frees. */
char *qemu_words(const char *text, size_t len);

/* Logs the thread's error as a warning and forgets it. */
void qemu_warn_error(const char *what);

/* ---- threads of our own (threads.c) -------------------------------------------- */

/* Calls FN(OPAQUE) in a new thread; -1: there is none, or the driver ends. */
int qemu_thread_start(void (*fn)(void *opaque), void *opaque);
void qemu_threads_begin(void);
bool qemu_threads_leaving(void);
/* No more are started; waits for those that run. */
void qemu_threads_end(void);

/* ---- domains (domain.c) ----------------------------------------------------- */

struct qemu_domain *qemu_domain_new(struct qemu_def *def);     /* takes over DEF */
void qemu_domain_free(struct vir_store_entry *entry);
unsigned int qemu_domain_facts(const struct vir_store_entry *entry);   /* of struct vir_store_kind */
/* Into the store; afterwards the caller has a reference.  -1: DOMAIN is released. */
int qemu_domain_add(struct qemu_domain *domain);
/* The domain that DEF is a run of, with the job WHAT: one that is there, whatever its own definition, or a
 * new one; a reference. */
struct qemu_domain *qemu_domain_for_run(struct qemu_def *def, const char *what);
/* A domain from DEF, in the store, with the job WHAT; a reference.  NULL: its name or uuid is taken. */
struct qemu_domain *qemu_domain_make(struct qemu_def *def, const char *what);
struct qemu_domain *qemu_domain_of(virDomainPtr dom);          /* new reference; NULL: error set */
void qemu_domain_lock(struct qemu_domain *domain);
void qemu_domain_unlock(struct qemu_domain *domain);
void qemu_domain_unref(struct qemu_domain **domain);           /* for VIR_AUTO_DOMAIN */
#define QEMU_AUTO_DOMAIN __attribute__((cleanup(qemu_domain_unref))) struct qemu_domain *
virDomainPtr qemu_domain_handle(virConnectPtr conn, struct qemu_domain *domain);
/* With the lock held:
 * a domain that is neither defined nor running goes, unless somebody has its job: then that one's end
 * looks again. */
void qemu_domain_settle(struct qemu_domain *domain);
void qemu_domain_set_state(struct qemu_domain *domain, int state, int reason);
void qemu_domain_emit(struct qemu_domain *domain, int event, int detail);
/* The definition that a call with VIR_DOMAIN_AFFECT-like meaning reads: live, else the defined one. */
const struct qemu_def *qemu_domain_current(const struct qemu_domain *domain);

/* Without it. */
/* The definition that FLAGS (virDomainModificationImpact) mean, a reference; NULL: error set. */
struct qemu_def *qemu_domain_meant(struct qemu_domain *domain, unsigned int flags);
bool qemu_domain_has_run(struct qemu_domain *domain);
/* A reference to the run; NULL with an error when the domain is not running. */
struct qemu_run *qemu_domain_run(struct qemu_domain *domain);
/* The same with a monitor that can be talked to; with the job. */
struct qemu_run *qemu_domain_monitored(struct qemu_domain *domain);
int qemu_domain_id(struct qemu_domain *domain);                /* -1: not running */

/* The domain's job, WHAT for those who wait; -1: another has it, or the domain went. */
int qemu_job_begin(struct qemu_domain *domain, const char *what);      /* a VIR_JOB_CHANGE */
int qemu_job_begin_kind(struct qemu_domain *domain, enum vir_job_kind kind, const char *what);
void qemu_job_end(struct qemu_domain *domain);
/* A long one; RET: what came of it. */
int qemu_job_begin_long(struct qemu_domain *domain, const struct vir_job_long *job);
void qemu_job_end_long(struct qemu_domain *domain, int ret);

/* ---- runs (run.c, watch.c, process.c) ---------------------------------------------------------- */

struct qemu_run *qemu_run_ref(struct qemu_run *run);
struct qemu_run *qemu_run_unref(struct qemu_run *run);
void qemu_run_put(struct qemu_run **run);
#define QEMU_AUTO_RUN __attribute__((cleanup(qemu_run_put))) struct qemu_run *

/* Starts the domain as DEF or (NULL) its own definition says; called with a job.  FLAGS: virDomainCreateFlags. */
int qemu_process_start(struct qemu_domain *domain, struct qemu_def *def, virConnectPtr conn, unsigned int flags,
                       int event_detail);
/* The same from where it was when it was saved, as STREAM says. */
struct qemu_stream;
int qemu_process_restore(struct qemu_domain *domain, struct qemu_def *def, virConnectPtr conn, unsigned int flags,
                         const struct qemu_stream *stream);
/* The same from where it was when the snapshot NAME inside of its images was made. */
int qemu_process_go_back(struct qemu_domain *domain, struct qemu_def *def, virConnectPtr conn, unsigned int flags,
                         const char *name);
/* Ends them whatever their QEMUs do, in the time of one; called without a job.  GRACEFUL: never SIGKILL. */
int qemu_runs_end(struct qemu_run *const *runs, size_t n, bool graceful);
/* Watches RUN, and does to its domain what its end means. */
int qemu_process_watch(struct qemu_run *run);
/* With the lock: the domain, which has a run, is from now on seen to run with LIVE (taken over). */
void qemu_process_shown(struct qemu_domain *domain, struct qemu_def *live);

#endif
