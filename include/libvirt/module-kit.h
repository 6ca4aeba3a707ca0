/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kit of a driver: what each would write anew, of objects, jobs, processes and the host.
 * <libvirt/module.h> includes this file.
 */
#ifndef LIBVIRT_MODULE_KIT_H
#define LIBVIRT_MODULE_KIT_H

#include <libvirt/module.h>

#pragma GCC visibility push(default)

/* ---- store ----------------------------------------------------------------- */

/* The objects of a driver, of any kind, found by name, uuid and id in constant
 * time, listed in the order in which they were added.  Entries are counted; each
 * has its own lock.
 *
 * Order of locks: entry, then store.  While it holds an entry's lock a driver may
 * call add, remove, set_id, count and the look-ups, but never vir_job_* or vir_store_unref,
 * nor what lists or tells with the entries' locks, and never lock a second entry. */
struct vir_store;
struct vir_store_entry {                /* first member of the driver's own domain struct */
    char *name;                         /* constant while in the store */
    unsigned char uuid[VIR_UUID_BUFLEN];
    int id;                             /* -1: none, not running; changed by vir_store_set_id only */
    int refs;
    pthread_mutex_t *lock;              /* protects the driver's part of the struct; held for moments, never across a wait */
    bool dead;                          /* removed from the store: look at it after vir_store_lock */
};
/* Releases the driver's struct with all it holds, the name too. */
typedef void (*vir_store_free_fn)(struct vir_store_entry *entry);

/* What a store's objects are called, the errors about them, and what is told of each; constant. */
struct vir_store_kind {
    const char *noun;                   /* "domain" */
    int error_domain;                   /* virErrorDomain */
    int no_such;                        /* virErrorNumber: there is none */
    /* With the entry's lock: the flags of the call that lists them which hold for it.  NULL: none.
     * In each group the last one (INACTIVE, TRANSIENT, OTHER) holds where no other does; a domain
     * with an id is active. */
    unsigned int (*facts)(const struct vir_store_entry *entry);
    /* With the entry's lock: a handle, for kinds whose handles remember more than name, uuid and id. */
    void *(*handle)(virConnectPtr conn, const struct vir_store_entry *entry);
    /* With the entry's lock: those of a domain, of kinds that have them. */
    struct vir_snapshots *(*snapshots)(struct vir_store_entry *entry);
};

struct vir_store *vir_store_new(const struct vir_store_kind *kind, vir_store_free_fn free_entry);
/* The entries that nobody else holds are released. */
struct vir_store *vir_store_free(struct vir_store *store);
/* Adds ENTRY, whose name, uuid and id (-1: not running) are set; the caller holds
 * a reference of its own afterwards.  Refuses a name or uuid that is there: -1,
 * VIR_ERR_OPERATION_FAILED, and the caller releases ENTRY as it made it
 * (vir_store_unref is only for entries that were added). */
int vir_store_add(struct vir_store *store, struct vir_store_entry *entry);
/* The same; the entry is locked when this returns, so that nobody sees it half made. */
int vir_store_add_locked(struct vir_store *store, struct vir_store_entry *entry);
/* The same; the caller has the job WHAT of ENTRY, so that nobody changes it before. */
int vir_store_add_with_job(struct vir_store *store, struct vir_store_entry *entry, const char *what);
/* NOW, of another name and the same uuid, takes the place of ENTRY, whose job the caller has, and which is dead then;
 * who waits for a job on it gives up.  The caller has a reference of NOW and its job WHAT, and can go back so.  -1: the
 * name is taken, and NOW is released by who made it unless it was there before. */
int vir_store_replace(struct vir_store *store, struct vir_store_entry *entry, struct vir_store_entry *now, const char *what);
/* A new reference, or NULL without an error. */
struct vir_store_entry *vir_store_by_name(struct vir_store *store, const char *name);
struct vir_store_entry *vir_store_by_uuid(struct vir_store *store, const unsigned char *uuid);
struct vir_store_entry *vir_store_by_id(struct vir_store *store, int id);
/* The same; NULL with the error of the kind.  NAME: that of the handle whose UUID is meant, or NULL. */
struct vir_store_entry *vir_store_find_name(struct vir_store *store, const char *name);
struct vir_store_entry *vir_store_find_uuid(struct vir_store *store, const unsigned char *uuid, const char *name);
struct vir_store_entry *vir_store_find_id(struct vir_store *store, int id);
/* The entry of a domain handle. */
#define vir_store_of(store, dom) vir_store_find_uuid(store, vir_domain_uuid(dom), vir_domain_name(dom))
/* Takes ENTRY out; who waits for a job on it gives up.  The caller holds the entry's
 * lock or its job, and keeps its reference. */
void vir_store_remove(struct vir_store *store, struct vir_store_entry *entry);
void vir_store_set_id(struct vir_store *store, struct vir_store_entry *entry, int id);  /* with the entry's lock */
size_t vir_store_count(struct vir_store *store, bool active);   /* of those that run, or of the others; O(1) */
/* All entries, each with a reference, in an array that vir_store_list_free releases. */
size_t vir_store_list(struct vir_store *store, struct vir_store_entry ***ret_list);
void vir_store_list_free(struct vir_store_entry **list, size_t n);
struct vir_store_entry *vir_store_unref(struct vir_store_entry *entry);     /* returns NULL */
void vir_store_ref(struct vir_store_entry *entry);
void vir_store_lock(struct vir_store_entry *entry);
void vir_store_unlock(struct vir_store_entry *entry);
/* The flag of VIR_CONNECT_LIST_DOMAINS_* for a virDomainState. */
unsigned int vir_domain_state_flag(int state);

/* Lists, look-ups and the like as slots of a module. */
#include <libvirt/module-stored.h>

/* ---- snapshots ------------------------------------------------------------- */

/* The snapshots of a domain: trees of which one snapshot may be the current one, from which the next will
 * descend.  All with the lock of the domain's entry. */
struct vir_snapshots;
struct vir_snapshot {                   /* read only */
    char *name;
    unsigned int facts;                 /* of VIR_DOMAIN_SNAPSHOT_LIST_*: INACTIVE, DISK_ONLY or ACTIVE, EXTERNAL or INTERNAL */
    void *document;                     /* the module's, owned by the set */
    struct vir_snapshot *above, *first_child, *next;    /* the library's */
};
struct vir_snapshots *vir_snapshots_new(void (*free_document)(void *document));
struct vir_snapshots *vir_snapshots_free(struct vir_snapshots *set);            /* returns NULL */
size_t vir_snapshots_count(const struct vir_snapshots *set);
/* NULL: there is none; of _get with an error. */
struct vir_snapshot *vir_snapshots_find(const struct vir_snapshots *set, const char *name);
struct vir_snapshot *vir_snapshots_get(const struct vir_snapshots *set, const char *name);
struct vir_snapshot *vir_snapshots_current(const struct vir_snapshots *set);
struct vir_snapshot *vir_snapshot_parent(const struct vir_snapshots *set, const struct vir_snapshot *snapshot);
/* All that descend from SNAPSHOT (NULL: all that there are), parents before their children; the caller frees the list. */
size_t vir_snapshots_below(const struct vir_snapshots *set, const struct vir_snapshot *snapshot,
                           struct vir_snapshot ***ret_list);
/* -1: one called NAME cannot descend from PARENT (NULL: from none). */
int vir_snapshots_check_parent(const struct vir_snapshots *set, const char *name, const char *parent);
/* What the document of a snapshot says that is remembered anew. */
struct vir_snapshot_said {
    const char *name, *parent;          /* NULL: not said */
    bool has_time, has_state;
    const unsigned char *uuid;          /* of its domain; NULL: it has none */
    const char *domain, *domain_was;    /* the name that its domain has, and had in what it replaces; NULL: there is none */
    unsigned int facts;
};
/* -1: it cannot be one of the domain UUID; what is there of the same name it replaces. */
int vir_snapshots_check_redefined(const struct vir_snapshots *set, const struct vir_snapshot_said *said,
                                  const unsigned char *uuid);
/* By the STATE that its document says; EXTERNAL: its memory or a disk is in a file of its own. */
unsigned int vir_snapshot_facts(const char *state, bool external);
/* A new one, or the same with another parent or another document, which is taken over. */
struct vir_snapshot *vir_snapshots_put(struct vir_snapshots *set, const char *name, const char *parent,
                                       unsigned int facts, void *document);
/* -1: there is one of that NAME. */
int vir_snapshots_check_new(const struct vir_snapshots *set, const char *name);
void vir_snapshots_set_current(struct vir_snapshots *set, struct vir_snapshot *snapshot);       /* NULL: none */
/* Its children descend from its parent now, which takes its place as the current one. */
void vir_snapshots_remove(struct vir_snapshots *set, struct vir_snapshot *snapshot);

/* Calls that list and tell them; in connect_open: vir_connect_set_snapshots(conn, store of domains). */
void vir_connect_set_snapshots(virConnectPtr conn, struct vir_store *store);
#define VIR_SNAPSHOT_LIST_FLAGS                                               \
    (VIR_DOMAIN_SNAPSHOT_LIST_ROOTS | VIR_DOMAIN_SNAPSHOT_LIST_METADATA | VIR_DOMAIN_SNAPSHOT_LIST_LEAVES | \
     VIR_DOMAIN_SNAPSHOT_LIST_NO_LEAVES | VIR_DOMAIN_SNAPSHOT_LIST_NO_METADATA | VIR_DOMAIN_SNAPSHOT_LIST_INACTIVE | \
     VIR_DOMAIN_SNAPSHOT_LIST_ACTIVE | VIR_DOMAIN_SNAPSHOT_LIST_DISK_ONLY | VIR_DOMAIN_SNAPSHOT_LIST_INTERNAL | \
     VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL | VIR_DOMAIN_SNAPSHOT_LIST_TOPOLOGICAL)
int vir_stored_domain_has_current_snapshot(virDomainPtr dom, unsigned int flags);
virDomainSnapshotPtr vir_stored_domain_snapshot_current(virDomainPtr dom, unsigned int flags);
virDomainSnapshotPtr vir_stored_domain_snapshot_lookup_by_name(virDomainPtr dom, const char *name, unsigned int flags);
virDomainSnapshotPtr vir_stored_domain_snapshot_get_parent(virDomainSnapshotPtr snapshot, unsigned int flags);
int vir_stored_domain_list_all_snapshots(virDomainPtr dom, virDomainSnapshotPtr **ret_list, unsigned int flags);
int vir_stored_domain_snapshot_has_metadata(virDomainSnapshotPtr snapshot, unsigned int flags);
int vir_stored_domain_snapshot_is_current(virDomainSnapshotPtr snapshot, unsigned int flags);
int vir_stored_domain_snapshot_list_all_children(virDomainSnapshotPtr snapshot, virDomainSnapshotPtr **ret_list,
                                                 unsigned int flags);
#define VIR_STORED_SNAPSHOT(traits_) \
    .domain_has_current_snapshot = { vir_stored_domain_has_current_snapshot, 0, traits_ }, \
    .domain_snapshot_current = { vir_stored_domain_snapshot_current, 0, traits_ }, \
    .domain_snapshot_lookup_by_name = { vir_stored_domain_snapshot_lookup_by_name, 0, traits_ }, \
    .domain_snapshot_get_parent = { vir_stored_domain_snapshot_get_parent, 0, traits_ }, \
    .domain_list_all_snapshots = { vir_stored_domain_list_all_snapshots, VIR_SNAPSHOT_LIST_FLAGS, traits_ }, \
    .domain_snapshot_has_metadata = { vir_stored_domain_snapshot_has_metadata, 0, traits_ }, \
    .domain_snapshot_is_current = { vir_stored_domain_snapshot_is_current, 0, traits_ }, \
    .domain_snapshot_list_all_children = { vir_stored_domain_snapshot_list_all_children, VIR_SNAPSHOT_LIST_FLAGS, traits_ }

/* A disk of a domain in a snapshot that is about to be made. */
struct vir_snapshot_disk {
    const char *target;                 /* vda */
    const char *source;                 /* the file that it is; NULL: it is empty, or no file */
    const char *path;                   /* the file or device that it is, by which it may be called too; NULL: none */
    bool left_out;                      /* nothing of it is saved unless the user says so: no medium, read-only */
    int domain_says;                    /* what the domain's document says of it, enum vir_snapshot_place */
    int place;                          /* what is said of it; then, where it goes */
    char *file;                         /* of an external one: where it is written on; made if NULL, to be freed */
    bool made;                          /* that name was made here */
};
/* In the order of the words no, internal, external, manual of the schema. */
enum vir_snapshot_place { VIR_SNAPSHOT_UNSAID, VIR_SNAPSHOT_NO, VIR_SNAPSHOT_INTERNAL, VIR_SNAPSHOT_EXTERNAL, VIR_SNAPSHOT_MANUAL };
/* RET_WHICH[k]: which of DISKS, all of a domain, is called NAMES[k]; -1: none is, or one is called twice. */
int vir_snapshot_match_disks(const struct vir_snapshot_disk *disks, size_t n, const char *const *names, size_t n_names,
                             size_t *ret_which);
/* Completes DISKS, all of a domain, of the snapshot NAME.  USUAL: where those go of which nothing is said; ALL_SO: all
 * have to go there, or nowhere. */
int vir_snapshot_complete_disks(struct vir_snapshot_disk *disks, size_t n, const char *name,
                                enum vir_snapshot_place usual, bool all_so);
/* -1: no snapshot can be called NAME. */
int vir_snapshot_check_name(const char *name);

/* ---- job ------------------------------------------------------------------- */

/* What a job does to its object. */
enum vir_job_kind {
    VIR_JOB_QUERY   = 1 << 0,           /* asks the guest and changes nothing */
    VIR_JOB_CHANGE  = 1 << 1,
    VIR_JOB_SUSPEND = 1 << 2,           /* stops or continues its processors */
    VIR_JOB_DESTROY = 1 << 3,           /* ends it */
};

/* A short job: one of an object at a time, in the order in which they came.  Waiters give up at a
 * deadline with a VIR_ERR_OPERATION_TIMEOUT that names the holder and since when (deadline <= 0: at
 * once), or with the kind's error when the object is removed; there are at most 100 of an object.
 * Called without the entry's lock, vir_job_end_locked with it.  WHAT is a constant text.
 * vir_job_begin: a VIR_JOB_CHANGE. */
int vir_job_begin(struct vir_store_entry *entry, const char *what, int deadline_ms);
int vir_job_begin_kind(struct vir_store_entry *entry, enum vir_job_kind kind, const char *what, int deadline_ms);
void vir_job_end(struct vir_store_entry *entry);
void vir_job_end_locked(struct vir_store_entry *entry);
/* With the entry's lock: whether somebody has a job of it, a short or a long one. */
bool vir_job_is_held(const struct vir_store_entry *entry);
/* Without it: for how many milliseconds; -1: nobody has. */
int64_t vir_job_held_ms(struct vir_store_entry *entry);

/* A long job: a save, a migration, a backup.  It waits its turn as the others do; once it goes, those
 * of the kinds BESIDE go beside it, and all others wait for its end.  Constant. */
struct vir_job_long {
    const char *what;
    unsigned int beside;                /* VIR_JOB_* */
    int operation;                      /* virDomainJobOperation */
    /* Has it end early: tells the guest, without the entry's lock.  NULL: who does the job looks at
     * vir_job_is_aborted. */
    int (*abort)(struct vir_store_entry *entry);
};
struct vir_job_amount { unsigned long long total, processed, remaining; };      /* bytes */
struct vir_job_progress { struct vir_job_amount memory, file; };
/* All without the entry's lock.  TYPE: how it ended, VIR_DOMAIN_JOB_COMPLETED, _FAILED or _CANCELLED. */
int vir_job_begin_long(struct vir_store_entry *entry, const struct vir_job_long *job, int deadline_ms);
void vir_job_end_long(struct vir_store_entry *entry, int type);
void vir_job_set_progress(struct vir_store_entry *entry, const struct vir_job_progress *progress);
bool vir_job_is_aborted(struct vir_store_entry *entry);
/* -1 with VIR_ERR_OPERATION_INVALID: there is no long job. */
int vir_job_abort(struct vir_store_entry *entry);
/* For virDomainGetJobInfo and virDomainGetJobStats: of the long job, or of the last one that ended. */
void vir_job_info(struct vir_store_entry *entry, virDomainJobInfoPtr ret_info);
int vir_job_stats(struct vir_store_entry *entry, int *ret_type, virTypedParameterPtr *ret_params, int *ret_n,
                  unsigned int flags);

/* ---- stats ----------------------------------------------------------------- */

/* virConnectGetAllDomainStats over a store of domains: a module says in a constant table which groups
 * it has, and tells each of a domain. */
struct vir_stats;                       /* what is told of one domain */
struct vir_stats_group {
    unsigned int bit;                   /* VIR_DOMAIN_STATS_* */
    /* Without the entry's lock; ASKED is what ask() filled.  NULL: known, but there is nothing to tell. */
    void (*tell)(struct vir_stats *stats, struct vir_store_entry *entry, void *asked);
};
struct vir_stats_table {
    int error_domain;                   /* virErrorDomain */
    const struct vir_stats_group *groups;
    size_t n_groups;
    /* Of every domain before any is told, without its lock: sends the questions to the guest and does
     * not wait.  ASKED has ASKED_SIZE zeroed bytes; forget() releases what is in them. */
    void (*ask)(struct vir_store_entry *entry, unsigned int groups, unsigned int flags, void *asked);
    void (*forget)(void *asked);
    size_t asked_size;
};
/* The flags of the call. */
#define VIR_STATS_FLAGS                                                       \
    (VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE | VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE | \
     VIR_CONNECT_GET_ALL_DOMAINS_STATS_PERSISTENT | VIR_CONNECT_GET_ALL_DOMAINS_STATS_TRANSIENT | \
     VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING | VIR_CONNECT_GET_ALL_DOMAINS_STATS_PAUSED | \
     VIR_CONNECT_GET_ALL_DOMAINS_STATS_SHUTOFF | VIR_CONNECT_GET_ALL_DOMAINS_STATS_OTHER | \
     VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT | VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING | \
     VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS)
int vir_stats_collect(const struct vir_stats_table *table, struct vir_store *store, virConnectPtr conn,
                      virDomainPtr *doms, unsigned int n_doms, unsigned int groups,
                      virDomainStatsRecordPtr **ret_records, unsigned int flags);
/* A figure; FMT is its name: "block.%zu.rd.bytes". */
void vir_stats_int(struct vir_stats *stats, int value, const char *fmt, ...) VIR_PRINTF(3, 4);
void vir_stats_uint(struct vir_stats *stats, unsigned int value, const char *fmt, ...) VIR_PRINTF(3, 4);
void vir_stats_llong(struct vir_stats *stats, long long value, const char *fmt, ...) VIR_PRINTF(3, 4);
void vir_stats_ullong(struct vir_stats *stats, unsigned long long value, const char *fmt, ...) VIR_PRINTF(3, 4);
void vir_stats_bool(struct vir_stats *stats, bool value, const char *fmt, ...) VIR_PRINTF(3, 4);
void vir_stats_text(struct vir_stats *stats, const char *value, const char *fmt, ...) VIR_PRINTF(3, 4);

/* ---- keep ------------------------------------------------------------------ */

/* What outlives the daemon: NAME.xml for each object, in a directory that this driver alone writes to.
 * The struct is constant between open and close; all calls wait for the disk. */
struct vir_keep {
    const char *what;                   /* one of its files, for messages: "definition" */
    bool passing;                       /* status files: no disk is waited for, for they mean nothing after
                                         * a boot; one that cannot be used makes way for the next */
    struct vir_dir dir, links;          /* LINKS: to what starts with the host; path NULL: none */
};
#define VIR_KEEP_INIT(what_, passing_) \
    { .what = (what_), .passing = (passing_), .dir = VIR_DIR_INIT, .links = VIR_DIR_INIT }
enum {
    /* Bytes of a file: what VIR_XML_LOCAL takes.  A document that came as a message of 4 MiB is longer
     * when it is written: quotes become &apos;. */
    VIR_KEEP_MAX = 64 * 1024 * 1024,
};
int vir_keep_open(struct vir_keep *keep, const char *base, const char *below, const char *links);
void vir_keep_close(struct vir_keep *keep);             /* one that was never opened, too */
int vir_keep_write(const struct vir_keep *keep, const char *name, const char *text);
int vir_keep_remove(const struct vir_keep *keep, const char *name);     /* with its link; not there: success */
int vir_keep_set_autostart(const struct vir_keep *keep, const char *name, bool on);
bool vir_keep_autostart(const struct vir_keep *keep, const char *name);
/* Gives LOAD the text of every file.  One that cannot be read, or for which LOAD gives -1, is told in
 * the log and kept as NAME.xml.bad: beside NAME.xml, or instead of it if files are passing. */
typedef int (*vir_keep_load_fn)(const char *name, const char *text, void *opaque);
void vir_keep_load(const struct vir_keep *keep, vir_keep_load_fn load, void *opaque);
/* The lock of STATE, which ends when the descriptor is closed: two drivers with the same directories,
 * whichever libvirt they are of, would run WHAT ("the guests") twice.  -1: another has it. */
int vir_keep_lock(const struct vir_dir *state, const char *what);
/* True once after each boot, which empties STATE: now starts what shall start with the host. */
bool vir_keep_first_since_boot(const struct vir_dir *state);

/* ---- process --------------------------------------------------------------- */

/* A process that outlives the daemon, held by its pidfd, and known again by its number and the time
 * when it began.  The struct is the caller's; what is constant after start or find needs no lock. */
struct vir_process {
    pid_t pid;
    int pidfd;                          /* readable when the process has ended; -1: none */
    uint64_t start_time;                /* ticks since boot: tells it from a later one of its number */
    bool child;                         /* ours to reap */
};
#define VIR_PROCESS_INIT { .pidfd = -1 }
int vir_process_start(const struct vir_child *child, struct vir_process *ret);
/* Takes hold of the process PID, if it lives and, unless START_TIME is 0, began then; no error set. */
bool vir_process_find(pid_t pid, uint64_t start_time, struct vir_process *ret);
void vir_process_close(struct vir_process *process);    /* lets go of it */
/* Whether descriptor FD of process PID is NAME in DIR, a file of ours that nobody else may write to:
 * a proof of where a process comes from, which its names are not. */
bool vir_process_holds(pid_t pid, int fd, const struct vir_dir *dir, const char *name);
/* The last part of the name behind descriptor FD of process PID, as the process sees it, caller frees;
 * NULL without an error: it has none. */
char *vir_process_file_name(pid_t pid, int fd);
void vir_process_signal(const struct vir_process *process, int signal);
/* SIGTERM, after GRACE_MS SIGKILL, and KILL_MS for the kernel (0: no SIGKILL).  0 when it has ended,
 * which it is not reaped for; -1 with VIR_ERR_SYSTEM_ERROR. */
int vir_process_end(const struct vir_process *process, int grace_ms, int kill_ms);
/* The same of N at once, in the time of one; -1 if any is left. */
int vir_process_end_all(const struct vir_process *const *processes, size_t n, int grace_ms, int kill_ms);
/* Takes its status (-1: not known) when it has ended. */
int vir_process_reap(const struct vir_process *process);

struct vir_process_facts {
    char state;                         /* a letter of /proc; Z, X: it has ended */
    uint64_t cpu_ns;                    /* of its own and of the kernel for it */
    uint64_t user_ns;                   /* its own */
    uint64_t start_time;
    uint64_t rss_kib;                   /* resident memory */
};
/* -1, no error set: no such process. */
int vir_process_read(pid_t pid, struct vir_process_facts *ret);

/* What such a process writes.  It writes to a FIFO that it holds open for reading too, so nothing
 * stops or ends it, whoever reads; while nobody does, what is more than a pipe takes is lost.  The
 * daemon carries it to a file of limited size, FILE, the older ones of which are FILE.0 to FILE.2. */
struct vir_process_log;
/* Makes the FIFO anew (the process gets *ret_fd), or opens that of a process that was found (ret_fd
 * NULL).  The directories outlive it. */
struct vir_process_log *vir_process_log_open(const struct vir_dir *logs, const char *file,
                                             const struct vir_dir *fifos, const char *fifo, int *ret_fd);
/* What the daemon has to say itself; before vir_process_log_watch. */
void vir_process_log_write(struct vir_process_log *log, const char *text, size_t len);
/* From now on LOOP carries. */
int vir_process_log_watch(struct vir_process_log *log, struct vir_loop *loop);
/* Carries what is there and ends; from any thread.  The FIFO stays for the next daemon, unless the
 * process is OVER.  Returns NULL. */
struct vir_process_log *vir_process_log_close(struct vir_process_log *log, bool over);
/* A file that is written to so, or was, for reading; -1: error set. */
int vir_process_log_file(const struct vir_dir *logs, const char *file);

/* ---- control groups -------------------------------------------------------- */

/* What the host's control groups share out: each controller by a hierarchy of version 1, of its own or with
 * others, or by that of version 2. */
enum vir_cgroup_controller {
    VIR_CGROUP_CPU,
    VIR_CGROUP_CPUACCT,                 /* the times that were used */
    VIR_CGROUP_CPUSET,
    VIR_CGROUP_MEMORY,
    VIR_CGROUP_BLKIO,
    VIR_CGROUP_CONTROLLERS
};

/* Where they are mounted; NULL without an error: nowhere.  It outlives all groups. */
struct vir_cgroups;
struct vir_cgroups *vir_cgroups_find(void);
struct vir_cgroups *vir_cgroups_free(struct vir_cgroups *host);         /* returns NULL */

/* A group below each hierarchy, for one process with its threads.  It is in the kernel until it is removed,
 * whatever becomes of the struct. */
struct vir_cgroup;
/* PARENT/NAME.  PARENT is "" or begins with '/'; MAKE: it is made if it is not there.  0, where *RET is NULL if
 * groups are forbidden to us; 1: processes of others are in such a group; -1: error set. */
int vir_cgroup_make(const struct vir_cgroups *host, const char *parent, bool make, const char *name,
                    struct vir_cgroup **ret);
/* The group that PID is in, be it in its part PART, if its name ends in END; NULL without an error. */
struct vir_cgroup *vir_cgroup_of(const struct vir_cgroups *host, pid_t pid, const char *part, const char *end);
struct vir_cgroup *vir_cgroup_free(struct vir_cgroup *group);           /* returns NULL; NULL is allowed */
bool vir_cgroup_has(const struct vir_cgroup *group, enum vir_cgroup_controller controller);     /* NULL: none */
bool vir_cgroup_is_v2(const struct vir_cgroup *group, enum vir_cgroup_controller controller);
/* What cannot be removed is a warning.  NULL is allowed. */
void vir_cgroup_remove(const struct vir_cgroup *group);
/* Removes the group PATH that nobody has a struct of, if nothing runs in it; no error set. */
void vir_cgroups_remove(const struct vir_cgroups *host, const char *path);
/* The same of those in PARENT whose names begin and end so and which are older than AGE_S seconds. */
void vir_cgroups_sweep(const struct vir_cgroups *host, const char *parent, const char *begins, const char *end,
                       int age_s);

/* A part of a group, for some of its threads: where what is shared out can be so. */
int vir_cgroup_make_part(const struct vir_cgroup *group, const char *name);
void vir_cgroup_remove_part(const struct vir_cgroup *group, const char *name);
struct vir_cgroup *vir_cgroup_part(const struct vir_cgroup *group, const char *name);   /* to be freed */
/* Files for struct vir_child, by which a new process comes into PART of the group; *RET_N of at most
 * VIR_CGROUP_CONTROLLERS, to be closed by the caller even after -1. */
int vir_cgroup_entrances(const struct vir_cgroup *group, const char *part, int *fds, size_t *ret_n);
int vir_cgroup_take_thread(const struct vir_cgroup *group, const char *part, pid_t thread);

enum vir_cgroup_value {
    VIR_CGROUP_SHARES,
    VIR_CGROUP_PERIOD, VIR_CGROUP_QUOTA,                                /* microseconds */
    VIR_CGROUP_HARD_LIMIT, VIR_CGROUP_SOFT_LIMIT, VIR_CGROUP_SWAP_LIMIT,        /* bytes */
    VIR_CGROUP_WEIGHT,
    VIR_CGROUP_DEVICE_WEIGHT,           /* from here on: of one disk */
    VIR_CGROUP_READ_IOPS, VIR_CGROUP_WRITE_IOPS, VIR_CGROUP_READ_BYTES, VIR_CGROUP_WRITE_BYTES,
    VIR_CGROUP_VALUES
};
bool vir_cgroup_has_value(const struct vir_cgroup *group, enum vir_cgroup_value value);
/* -1 stands for no limit. */
int vir_cgroup_get(const struct vir_cgroup *group, enum vir_cgroup_value value, int64_t *ret);
int vir_cgroup_set(const struct vir_cgroup *group, enum vir_cgroup_value value, int64_t number);
/* Of the disk DEVICE, a path; 0: no limit. */
int vir_cgroup_set_device(const struct vir_cgroup *group, enum vir_cgroup_value value, const char *device,
                          uint64_t number);
/* FILE: "cpuset.cpus" or "cpuset.mems" of a group that has VIR_CGROUP_CPUSET.  SET NULL: so much that its parts can get
 * what they lack. */
int vir_cgroup_set_cpuset(const struct vir_cgroup *group, const char *file, const char *set);

/* Nanoseconds, of a group that has VIR_CGROUP_CPUACCT. */
struct vir_cgroup_used { uint64_t all, user, system; };
int vir_cgroup_used(const struct vir_cgroup *group, struct vir_cgroup_used *ret);
/* The same of each of the host's first N CPUs, added to TIMES; version 2 does not know it. */
int vir_cgroup_used_by_cpu(const struct vir_cgroup *group, uint64_t *times, size_t n);

/* ---- audit ----------------------------------------------------------------- */

/* Records about a guest for the host's audit log: nothing where nobody keeps one.  From any thread, also
 * with locks: they wait for nobody. */
struct vir_audit_guest {
    const char *virt;                   /* "kvm", "qemu", ... */
    const char *name;
    const unsigned char *uuid;
    pid_t pid;                          /* of its process; 0: none */
};
/* OP: "start", "stop"; REASON: "booted", "destroyed", ... */
void vir_audit_control(const struct vir_audit_guest *guest, const char *op, const char *reason, bool success);
/* Whom its process runs as, and who its images belong to, in the words of the security MODEL. */
void vir_audit_label(const struct vir_audit_guest *guest, const char *label, const char *image_label, const char *model,
                     bool success);
/* How much of RESOURCE ("mem" in KiB, "vcpu") it had and has. */
void vir_audit_amount(const struct vir_audit_guest *guest, const char *resource, const char *reason,
                      unsigned long long old, unsigned long long now, bool success);
/* What of RESOURCE ("disk", "net", "chardev") it had and has; NULL: nothing. */
void vir_audit_change(const struct vir_audit_guest *guest, const char *resource, const char *reason,
                      const char *old, const char *now, bool success);

/* ---- fdstream -------------------------------------------------------------- */

/* STREAM, which is not waited for (libvirtd's never are), reads and writes FD, which is taken over and
 * does not block, or is a file in memory.  NAME is for messages: "console '/dev/pts/3'".  CLOSED (may be NULL) is told at the
 * end, however it comes about, before what this returns is released: without it, nobody else may keep
 * the pointer. */
struct vir_fdstream;
struct vir_fdstream *vir_fdstream_open(virStreamPtr stream, int fd, const char *name,
                                       void (*closed)(void *opaque), void *opaque);
/* From any thread: reading comes to the end now, and writing fails.  WHY, a constant text, follows the
 * name: "was taken over by another". */
void vir_fdstream_end(struct vir_fdstream *data, const char *why);

/* ---- sibling --------------------------------------------------------------- */

/* How the module of a guest reaches networks, volumes and secrets: by the slots of the module that serves the
 * family, on a connection of its own to that.  Nobody is asked for permission again, for who started the guest was.
 * Only from guests to families, which answer by events; never from a slot that is VIR_SLOT_NONBLOCKING nor with a
 * lock held.  A call that succeeds leaves the thread's error as it was. */

/* Among the flags of a slot: a sibling calls, which may see what is private.  A program cannot say it, as long as
 * the row of the slot does not take it. */
#define VIR_SIBLING (1u << 31)

/* To FAMILY ("secret") of this host; NULL with an error.  To be closed by vir_sibling_close, before which handles go. */
virConnectPtr vir_sibling_open(const struct vir_host *host, const char *family);
virConnectPtr vir_sibling_close(virConnectPtr sibling);         /* returns NULL */
/* The value of the secret that has UUID or, if that is NULL, that is for USAGE_ID of the kind USAGE_TYPE, private
 * or not.  The caller releases it by vir_sibling_secret_free, which leaves no trace of it. */
int vir_sibling_secret(virConnectPtr sibling, const unsigned char *uuid, int usage_type, const char *usage_id,
                       unsigned char **ret_value, size_t *ret_size);
void vir_sibling_secret_free(unsigned char *value, size_t size);

/* ---- keys ------------------------------------------------------------------ */

/* The number by which QEMU and VNC know the key CODE of the set VIR_KEYCODE_SET_...; 0: they do not; -1 with an error. */
int vir_key_to_qnum(unsigned int codeset, unsigned int code);

/* ---- node ------------------------------------------------------------------ */

/* Facts for virNodeGetInfo and capabilities, from /proc and /sys. */
int vir_node_info(virNodeInfoPtr ret_info);
int vir_node_hostname(char **ret_name);                 /* caller frees */

/* Of the host in a capabilities document: <power_management> and <iommu>; <pages> of its <cpu>; <topology>
 * and <cache>. */
void vir_node_format_power(struct vir_buf *buf);
void vir_node_format_pages(struct vir_buf *buf);
void vir_node_format_topology(struct vir_buf *buf);

/* The slots of a module whose guests use this host's own processors and memory:
 *     static const struct vir_connect_ops ops = { VIR_OPS(vir_connect_ops), VIR_NODE_FIGURES, ... }; */
#define VIR_NODE_FIGURES \
    .node_get_cpu_stats = { vir_node_get_cpu_stats, 0, 0 }, \
    .node_get_memory_stats = { vir_node_get_memory_stats, 0, 0 }, \
    .node_get_free_memory = { vir_node_get_free_memory, 0, 0 }, \
    .node_get_cells_free_memory = { vir_node_get_cells_free_memory, 0, 0 }, \
    .node_get_free_pages = { vir_node_get_free_pages, 0, 0 }, \
    .node_alloc_pages = { vir_node_alloc_pages, VIR_NODE_ALLOC_PAGES_SET, 0 }, \
    .node_get_memory_parameters = { vir_node_get_memory_parameters, 0, 0 }, \
    .node_set_memory_parameters = { vir_node_set_memory_parameters, 0, 0 }

int vir_node_get_cpu_stats(virConnectPtr conn, int cpu, virNodeCPUStatsPtr params, int *nparams, unsigned int flags);
int vir_node_get_memory_stats(virConnectPtr conn, int cell, virNodeMemoryStatsPtr params, int *nparams,
                              unsigned int flags);
unsigned long long vir_node_get_free_memory(virConnectPtr conn);
int vir_node_get_cells_free_memory(virConnectPtr conn, unsigned long long *ret_free, int first, int max);
int vir_node_get_free_pages(virConnectPtr conn, unsigned int npages, unsigned int *pages, int first,
                            unsigned int cells, unsigned long long *counts, unsigned int flags);
int vir_node_alloc_pages(virConnectPtr conn, unsigned int npages, unsigned int *sizes, unsigned long long *counts,
                         int first, unsigned int cells, unsigned int flags);
int vir_node_get_memory_parameters(virConnectPtr conn, virTypedParameterPtr params, int *nparams, unsigned int flags);
int vir_node_set_memory_parameters(virConnectPtr conn, virTypedParameterPtr params, int nparams, unsigned int flags);

/* ---- settings --------------------------------------------------------------- */

/* A configuration file read by a table of its keys.  Those of this tree are printed by driver/settings.py from
 * NAME.keys (the form is told in daemon/libvirtd.keys):
 *     #define S(member) offsetof(struct my_settings, member)
 *     static const struct vir_setting keys[] = {
 *     #include "keys.h"
 *     }; */
#define VIR_SETTING_LATER ((size_t)-1)          /* instead of a place: known, but this version does nothing by it; or... */
#define VIR_SETTING_NOTHING ((size_t)-2)        /* ...it is there for old files only */
#define VIR_SETTING_NO_PERMS ((mode_t)-1)       /* it is not said, and has no default */

/* And the type of the member. */
enum vir_setting_kind {
    VIR_SETTING_FLAG,                   /* unsigned int */
    VIR_SETTING_NUMBER,                 /* unsigned int */
    VIR_SETTING_SECONDS,                /* int; -1: never */
    VIR_SETTING_LIMIT,                  /* int; -1: there is none */
    VIR_SETTING_TEXT,                   /* char *, allocated, as those below; NULL: it is not said */
    VIR_SETTING_PATH,
    VIR_SETTING_UUID,
    VIR_SETTING_WORDS,                  /* one of several */
    VIR_SETTING_PERMS,                  /* mode_t */
    VIR_SETTING_TEXTS,                  /* struct vir_texts */
};

/* GIVEN: it is there, though it may be empty. */
struct vir_texts { char **list; size_t n; bool given; };

struct vir_setting {
    const char *name;                   /* NULL: the end of the table */
    enum vir_setting_kind kind;
    size_t place;                       /* of the member */
    unsigned int least, most;           /* of a number */
    const char *words;                  /* with | between them */
    const char *value;                  /* without the key; NULL: none */
};

/* The file PATH as it was read; one that is not there says nothing. */
struct vir_settings;
/* Each value that was in VALUES is replaced by the file's, or the default.  NULL: one will not do; the error has the line. */
struct vir_settings *vir_settings_read(const struct vir_setting *keys, const char *path, void *values);
int vir_settings_line(const struct vir_settings *file, const char *name);      /* 0: it is not there */
/* Of keys that do nothing, of those that nobody knows, and of a file that others can change. */
void vir_settings_warn(const struct vir_settings *file);
struct vir_settings *vir_settings_close(struct vir_settings *file);            /* returns NULL; values stay */
unsigned int vir_settings_most(const struct vir_setting *keys, const char *name);
/* Values are somebody else's now; or go. */
void vir_settings_forget(const struct vir_setting *keys, void *values);
void vir_settings_clear(const struct vir_setting *keys, void *values);

#pragma GCC visibility pop

#endif
