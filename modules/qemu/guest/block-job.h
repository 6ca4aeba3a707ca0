/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs of a running emulator that change images: each ends by itself, and stays to be asked how until it is dismissed. */
#ifndef QEMU_BLOCK_JOB_H
#define QEMU_BLOCK_JOB_H

#include "qemu.h"

struct json_object;

/* With the domain's job: the COMMAND with ARGS (taken over), which begins the job ID, and its end; WHAT is for messages.
 * -1: error set, and the job is over and forgotten, or RUN is unsettled: nobody knows. */
int qemu_block_job_run(struct qemu_run *run, const char *command, struct json_object *args, const char *id, const char *what);
/* The same of one that is READY, which *RET_READY tells, to be ended by the caller. */
int qemu_block_job_until_ready(struct qemu_run *run, const char *command, struct json_object *args, const char *id,
                               const char *what, bool *ret_ready);
/* One that is ready; waits for its end. */
int qemu_block_job_complete(struct qemu_run *run, const char *id, const char *what);
/* The job ID in QEMU's answer to query-jobs; NULL: it is not there. */
struct json_object *qemu_block_job_told(struct json_object *jobs, const char *id);
/* How often jobs have moved. */
unsigned int qemu_block_jobs_moved(struct qemu_run *run);
/* Until one has moved since SEEN, or a moment.  -1: the guest is over, or the daemon. */
int qemu_block_job_await(struct qemu_run *run, unsigned int seen);
/* Waits for the end of ID. */
int qemu_block_job_wait(struct qemu_run *run, const char *id, const char *what);
/* In the loop's thread, without the domain's lock: a job has come to another state, if that is the EVENT. */
void qemu_block_job_event(struct qemu_run *run, const char *event);

#endif
