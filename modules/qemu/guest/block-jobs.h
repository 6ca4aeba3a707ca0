/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Jobs on the disks of a running guest (virDomainBlockJob*): they go on while nobody waits, and longer than
 * a daemon.  The status file tells of one before QEMU begins it; QEMU keeps its end until somebody has asked
 * for it, and then the status file tells what came of it before QEMU forgets it.  So whoever ends in between,
 * the next daemon knows what was going on and asks how it went.
 */
#ifndef QEMU_BLOCK_JOBS_H
#define QEMU_BLOCK_JOBS_H

#include "qemu.h"

struct json_object;
struct qemu_domain_def;

/* One at most on each disk.  Changed with the domain's job and the entry's lock, read with either. */
struct qemu_block_job {
    struct qemu_block_job *next;
    char *disk;                         /* target of its disk */
    char *id;                           /* as QEMU calls it */
    int type;                           /* virDomainBlockJobType */
    unsigned int top, base;             /* as in the status file */
    bool remove;                        /* files that it makes superfluous */
    bool ready;                         /* a copy is the same as the disk, and stays so */
    bool given_up;                      /* by a call */
    bool ended;                         /* the live document says so, and QEMU is about to forget it */
};

/* ---- the list of a run (block-jobs.c) ---- */

void qemu_block_jobs_free(struct qemu_block_job *list);
/* On the disk whose target is DISK; NULL: none. */
struct qemu_block_job *qemu_block_job_find(const struct qemu_run *run, const char *disk);
/* Is one called ID? */
bool qemu_block_job_called(const struct qemu_run *run, const char *id);
/* -1 with an error: there is a job on the disk. */
int qemu_block_job_check_none(const struct qemu_run *run, const char *disk);
/* The same where the device ALIAS of RUN's live document DOC is a disk. */
int qemu_block_job_check_device(const struct qemu_run *run, const struct qemu_domain_def *doc, const char *alias);
/* -1 with an error: there is one on any. */
int qemu_block_jobs_check_none(const struct qemu_run *run);
/* JOB, taken over, is one of RUN's; and what it is called is NULL no more: PREFIX, the disk and NODE. */
void qemu_block_jobs_add(struct qemu_run *run, struct qemu_block_job *job, const char *prefix, unsigned int node);
void qemu_block_jobs_remove(struct qemu_run *run, struct qemu_block_job *job);

/* ---- with the domain's job, RUN's monitor is reached; DISK is the target of a disk ---- */

/* block-job-begin.c.  SPEED: bytes a second, 0: no limit.  BASE, TOP, FLAGS: as of the calls. */
int qemu_block_job_pull(struct qemu_run *run, const char *disk, const char *base, unsigned long long speed, bool relative);

int qemu_block_job_commit(struct qemu_run *run, const char *disk, const char *base, const char *top, unsigned long long speed,
                          unsigned int flags);

/* Where a copy goes, and how. */
struct qemu_block_copy {
    const char *path;
    const char *format;                 /* NULL: what is there already, or that of the disk */
    bool block;                         /* PATH is a device */
    unsigned long long speed, buffer;   /* bytes; 0: QEMU chooses */
    unsigned int granularity;           /* the same */
    unsigned int flags;                 /* virDomainBlockCopyFlags */
};
int qemu_block_job_copy(struct qemu_run *run, const char *disk, const struct qemu_block_copy *copy);

/* block-job-end.c.  What jobs came to is carried over into the documents, and told. */
int qemu_block_jobs_settle(struct qemu_run *run);
/* FLAGS: virDomainBlockJobAbortFlags.  The job may have ended by itself before. */
int qemu_block_job_abort(struct qemu_run *run, const char *disk, unsigned int flags);

/* ---- without it ---- */

/* In the loop's thread, without the domain's lock: QEMU told DATA of the job that it names. */
void qemu_block_jobs_event(struct qemu_run *run, const char *event, struct json_object *data);

#endif
