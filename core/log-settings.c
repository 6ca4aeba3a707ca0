/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the log is told: words of the environment and of the daemon's configuration
 * file.  Those of the environment win; a program that runs with another user's
 * privilege ignores them.
 */
#include "log-state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static bool env_level, env_filters, env_outputs;        /* the environment says it */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* "1" to "4" in front of a colon; 0 if it is something else. */
static int
priority_of(const char *word)
{
    if (word[0] >= '1' && word[0] <= '4' && word[1] == ':')
        return word[0] - '0';
    return 0;
}

static int
add_filter(void *set, const char *word)
{
    struct vir_log_filters *filters = set;
    int priority = priority_of(word);
    const char *name = word + 2;

    if (priority && *name == '+')       /* "with a stack trace": not kept any more */
        name++;
    if (!priority || !*name)
        return vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG,
                         "'%s' is not a log filter: expected LEVEL:NAME with a level from 1 to 4", word);
    if (filters->n == VIR_LOG_FILTERS_MAX)
        return vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "more than %d log filters", VIR_LOG_FILTERS_MAX);
    filters->list[filters->n++] = (struct vir_log_filter){ priority, vir_strdup(name), strpbrk(name, "*?") != NULL };
    return 0;
}

static int
open_journal(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/socket" };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        int saved = errno;

        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

/* A path is meant from where the process is now. */
static int
open_file(struct vir_log_output *output, const char *path)
{
    VIR_AUTO_FREE char *here = *path == '/' ? NULL : getcwd(NULL, 0);

    output->name = here ? vir_path_join(here, path) : vir_strdup(path);
    /* a FIFO that nobody reads is an error, not a wait */
    output->fd = open(output->name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
    if (output->fd >= 0)
        return 0;
    vir_raise_errno(VIR_FROM_NONE, errno, "cannot open log file '%s'", output->name);
    free(output->name);
    return -1;
}

/* The last word about a place counts. */
static void
forget_same(struct vir_log_outputs *outputs, const struct vir_log_output *fresh)
{
    for (size_t i = 0; i < outputs->n; i++) {
        struct vir_log_output *output = &outputs->list[i];

        if (output->to != fresh->to || (fresh->to == VIR_LOG_TO_FILE && strcmp(output->name, fresh->name) != 0))
            continue;
        if (output->fd > STDERR_FILENO)
            close(output->fd);
        free(output->name);
        memmove(output, output + 1, (--outputs->n - i) * sizeof(*output));
        return;
    }
}

static int
add_output(void *set, const char *word)
{
    struct vir_log_outputs *outputs = set;
    struct vir_log_output output = { .priority = priority_of(word), .fd = -1 };
    const char *kind = word + 2;

    if (outputs->n == VIR_LOG_OUTPUTS_MAX)
        return vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "more than %d log outputs", VIR_LOG_OUTPUTS_MAX);
    if (output.priority && !strcmp(kind, "stderr")) {
        output.to = VIR_LOG_TO_STDERR;
        output.fd = STDERR_FILENO;
    } else if (output.priority && !strncmp(kind, "file:", 5) && kind[5]) {
        output.to = VIR_LOG_TO_FILE;
        if (open_file(&output, kind + 5) < 0)
            return -1;
    } else if (output.priority && !strncmp(kind, "syslog:", 7) && kind[7]) {
        output.to = VIR_LOG_TO_SYSLOG;
        output.name = vir_strdup(kind + 7);
    } else if (output.priority && !strcmp(kind, "journald")) {
        output.to = VIR_LOG_TO_JOURNAL;
        output.fd = open_journal();
        if (output.fd < 0)
            return vir_raise_errno(VIR_FROM_NONE, errno, "cannot reach the journal for '%s'", word);
    } else {
        vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "'%s' is not a log output", word);
        vir_error_hint("L:stderr, L:file:PATH, L:syslog:NAME or L:journald, with a level L from 1 to 4");
        return -1;
    }
    forget_same(outputs, &output);
    outputs->list[outputs->n++] = output;
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
    return env_outputs ? 0 : set_outputs(outputs);
}
