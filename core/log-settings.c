/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the log is told: words of the environment and of the daemon's configuration
 * file.  Those of the environment win; a program that runs with another user's
 * privilege ignores them.
 */
#include "log-state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool env_level, env_filters, env_outputs;        /* the environment says it */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int
add_filter(void *set, const char *word)
{
    struct vir_log_filters *filters = set;

    if (filters->n == VIR_LOG_FILTERS_MAX)
        return vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "more than %d log filters", VIR_LOG_FILTERS_MAX);
    if (vir_log_filter_read(&filters->list[filters->n], word) < 0)
        return -1;
    filters->n++;
    return 0;
}

/* The last word about a place counts. */
static void
forget_same(struct vir_log_outputs *outputs, const struct vir_log_output *fresh)
{
    for (size_t i = 0; i < outputs->n; i++) {
        if (!vir_log_output_is_same(&outputs->list[i], fresh))
            continue;
        vir_log_output_close(&outputs->list[i]);
        memmove(&outputs->list[i], &outputs->list[i + 1], (--outputs->n - i) * sizeof(*fresh));
        return;
    }
}

static int
add_output(void *set, const char *word)
{
    struct vir_log_outputs *outputs = set;
    struct vir_log_output fresh;

    if (outputs->n == VIR_LOG_OUTPUTS_MAX)
        return vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "more than %d log outputs", VIR_LOG_OUTPUTS_MAX);
    if (vir_log_output_open(&fresh, word) < 0)
        return -1;
    forget_same(outputs, &fresh);
    outputs->list[outputs->n++] = fresh;
    return 0;
}

/* Calls ADD for each word of TEXT. */
static int
each_word(const char *text, int (*add)(void *set, const char *word), void *set)
{
    VIR_AUTO_FREE char *copy = vir_strdup(text);
    char *save = NULL;

    for (char *word = strtok_r(copy, " \t\n", &save); word; word = strtok_r(NULL, " \t\n", &save))
        if (add(set, word) < 0)
            return -1;
    return 0;
}

static int
set_filters(const char *text)
{
    struct vir_log_filters *filters = VIR_NEW(struct vir_log_filters);

    if (each_word(text, add_filter, filters) < 0) {
        vir_log_free_filters(filters);
        return -1;
    }
    vir_log_use_filters(filters);
    return 0;
}

static int
set_outputs(const char *text)
{
    struct vir_log_outputs *outputs = VIR_NEW(struct vir_log_outputs);

    outputs->refs = 1;
    if (each_word(text, add_output, outputs) < 0) {
        vir_log_unref_outputs(outputs);
        return -1;
    }
    vir_log_use_outputs(outputs);
    return 0;
}

static int
level_of(const char *text)
{
    if (text[0] >= '1' && text[0] <= '4' && !text[1])
        return text[0] - '0';
    for (int i = VIR_LOG_DEBUG; i <= VIR_LOG_ERROR; i++)
        if (!strcasecmp(text, vir_log_priority_names[i]))
            return i;
    return 0;
}

/* Whether SET took the value of NAME.  One that cannot be used does not stop the program. */
static bool
set_from_env(const char *name, int (*set)(const char *text))
{
    const char *text = secure_getenv(name);

    if (!text || !*text)
        return false;
    if (set(text) == 0)
        return true;
    fprintf(stderr, "libvirt: warning : %s is ignored: %s\n", name, virGetLastErrorMessage());
    virResetLastError();
    return false;
}

static int
set_named_level(const char *text)
{
    int level = level_of(text);

    if (!level)
        return vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "'%s' is not a level from 1 to 4", text);
    vir_log_use_level(level, true);
    return 0;
}

static void
init_once(void)
{
    env_level = set_from_env("LIBVIRT_DEBUG", set_named_level);
    env_filters = set_from_env("LIBVIRT_LOG_FILTERS", set_filters);
    env_outputs = set_from_env("LIBVIRT_LOG_OUTPUTS", set_outputs);
}

void
vir_log_init(void)
{
    pthread_once(&once, init_once);
}

int
vir_log_set_level(int priority)
{
    vir_log_init();
    if (priority < VIR_LOG_DEBUG || priority > VIR_LOG_ERROR)
        return vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "log level %d is not from 1 to 4", priority);
    if (!env_level)
        vir_log_use_level(priority, false);
    return 0;
}

int
vir_log_change_filters(const char *filters)
{
    vir_log_init();
    return set_filters(filters);
}

int
vir_log_change_outputs(const char *outputs)
{
    vir_log_init();
    return set_outputs(outputs);
}

int
vir_log_set_filters(const char *filters)
{
    vir_log_init();
    return env_filters ? 0 : set_filters(filters);
}

int
vir_log_set_outputs(const char *outputs)
{
    vir_log_init();
    /* those of the environment are opened again: their files may have been moved away */
    return set_outputs(env_outputs ? secure_getenv("LIBVIRT_LOG_OUTPUTS") : outputs);
}
