/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What log-settings.c (reads what is asked for) and log.c (writes) share. */
#ifndef VIR_CORE_LOG_STATE_H
#define VIR_CORE_LOG_STATE_H

#include "log.h"
#include "log-filter.h"
#include "log-output.h"

struct vir_log_filters { struct vir_log_filter list[VIR_LOG_FILTERS_MAX]; size_t n; };
struct vir_log_outputs { struct vir_log_output list[VIR_LOG_OUTPUTS_MAX]; size_t n; int refs; };

extern const char *const vir_log_priority_names[];

/* Both return NULL. */
struct vir_log_filters *vir_log_free_filters(struct vir_log_filters *filters);
struct vir_log_outputs *vir_log_unref_outputs(struct vir_log_outputs *outputs);

/* From now on.  ASKED: by who runs the program, who wants to see errors too, and all
 * about each line. */
void vir_log_use_level(int priority, bool asked);
/* Both take over what they are given. */
void vir_log_use_filters(struct vir_log_filters *filters);
void vir_log_use_outputs(struct vir_log_outputs *outputs);

#endif
