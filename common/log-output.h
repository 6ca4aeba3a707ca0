/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One place that a log goes to.  Writing never waits: what a full disk, pipe or
 * socket does not take is dropped, and where lines can be missed the next one
 * says how many.
 */
#ifndef COMMON_LOG_OUTPUT_H
#define COMMON_LOG_OUTPUT_H

#include <libvirt/module-base.h>

struct vir_log_entry {
    int priority;                       /* enum vir_log_priority: 1 debug to 4 error */
    const char *source, *file, *function;
    int line;
    int domain, code;                   /* of the error that it tells; code 0: none */
    const char *text;                   /* one line */
    const char *whole;                  /* the same with the time and its place, and a line end */
};

struct vir_log_output {
    int priority;                       /* from which on */
    int fd;
    void (*write)(struct vir_log_output *output, const struct vir_log_entry *entry);
    const char *kind;                   /* the word for it; compared as a pointer */
    char *name;                         /* of a file its path; of syslog who speaks; else NULL */
    unsigned int lost;                  /* atomic: lines since the last that was written */
};

/* What lines go to that no output was named for. */
extern struct vir_log_output vir_log_stderr;

/* Opens what WORD says: L:stderr, L:file:PATH, L:syslog:NAME, L:journald.  -1: reported. */
int vir_log_output_open(struct vir_log_output *ret, const char *word);
void vir_log_output_close(struct vir_log_output *output);
/* Whether both are the same place. */
bool vir_log_output_is_same(const struct vir_log_output *one, const struct vir_log_output *other);
/* The word for it, with the level PRIORITY, behind a blank where there is a word already. */
void vir_log_output_print(struct vir_buf *text, const struct vir_log_output *output, int priority);

#endif
