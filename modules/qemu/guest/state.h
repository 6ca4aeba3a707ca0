/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What outlives the daemon: definitions and autostart marks in the
 * configuration directory, and a status file for each running guest.
 */
#ifndef QEMU_STATE_H
#define QEMU_STATE_H

#include "document/domain-xml.h"
#include "qemu.h"

/* config.c */
int qemu_config_save(const struct qemu_def *def);
/* With the job: DEF, which nobody changes any more, is DOMAIN's definition, on disk, too. */
int qemu_config_keep(struct qemu_domain *domain, struct qemu_def *def);
void qemu_config_load_all(void);

/* state.c */
int qemu_state_save(const struct qemu_def *live, const struct qemu_run *run, int state, int reason);
/* With the job: RUN is about to run with LIVE; should this daemon end first, the next one sees what came of it. */
int qemu_state_save_next(struct qemu_domain *domain, const struct qemu_run *run, const struct qemu_def *live);
/* With the job: what RUN, if it is still the domain's, is now, so that the next daemon knows it. */
void qemu_state_save_current(struct qemu_domain *domain, const struct qemu_run *run);
/* NAME.pid */
void qemu_state_write_pid(const char *name, pid_t pid);
/* Both files. */
void qemu_state_remove(const char *name);

/* What a status file says. */
struct qemu_state {
    struct qemu_def *live;
    pid_t pid;
    uint64_t start_time;                /* of the process; 0: not known */
    int state, reason;
    bool halted, chains;                /* as in struct qemu_run */
    unsigned int tainted;
    char *image;                        /* owned */
    struct qemu_block_job *jobs;        /* owned */
    int agent_seconds;                  /* as in struct qemu_domain */
};
/* From the TEXT of the file NAME.xml. */
int qemu_state_read(const char *name, const char *text, struct qemu_state *ret);

#endif
