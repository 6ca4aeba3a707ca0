/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log, as the rest of the core uses it (see log.c and log-settings.c). */
#ifndef VIR_CORE_LOG_H
#define VIR_CORE_LOG_H

#include <libvirt/module.h>

#define VIR_LOG_OUTPUTS_MAX 8
#define VIR_LOG_FILTERS_MAX 64

/* Reads LIBVIRT_DEBUG, LIBVIRT_LOG_FILTERS and LIBVIRT_LOG_OUTPUTS; once. */
void vir_log_init(void);
void vir_vlog(int priority, const char *source, const char *file, const char *function, int line,
              const char *fmt, va_list args);
/* An error that was raised.  Written only where somebody set up the log: a
 * program's user sees errors through the error callback. */
void vir_log_error(const virError *error);

/* To the end of the scope this thread's errors are not logged: a warning will
 * say why.  Scopes nest. */
bool vir_log_hold(void);
void vir_log_release(const bool *before);
#define VIR_LOG_HELD __attribute__((cleanup(vir_log_release), unused)) bool vir_log_before = vir_log_hold()

int vir_log_set_level(int priority);
int vir_log_set_filters(const char *filters);
int vir_log_set_outputs(const char *outputs);
/* The same whatever the environment says. */
int vir_log_change_filters(const char *filters);
int vir_log_change_outputs(const char *outputs);
/* What is in use, as these four take it: the number of words.  The caller frees the text. */
int vir_log_filters(char **ret_text);
int vir_log_outputs(char **ret_text);

#endif
