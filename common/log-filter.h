/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Another level of the log for sources whose name has a word in it. */
#ifndef COMMON_LOG_FILTER_H
#define COMMON_LOG_FILTER_H

#include <libvirt/module-base.h>

struct vir_log_filter {
    int priority;
    char *word;                         /* the caller frees */
    bool wild;                          /* '*' and '?' in it stand for others */
};

/* Reads "LEVEL:WORD".  -1: reported. */
int vir_log_filter_read(struct vir_log_filter *ret, const char *text);
bool vir_log_filter_is_about(const struct vir_log_filter *filter, const char *source);

#endif
