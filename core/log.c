/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The log: a level, filters that set another level for sources whose name
 * contains a word, and outputs.  Without any setting a program prints warnings
 * on stderr and nothing else.  Settings of the environment win over those that
 * the daemon makes from its configuration file; a program that runs with
 * another user's privilege ignores the environment.
 */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "lock.h"

#define LOG_LINE_MAX 6144
#define ERRORS_BURST 1000
#define ERRORS_PER_SECOND 20

enum log_to { LOG_TO_STDERR, LOG_TO_FILE, LOG_TO_SYSLOG, LOG_TO_JOURNAL };

struct log_output {
    int priority;
    enum log_to to;
    int fd;
    char *ident;                        /* syslog keeps the pointer */
};

struct log_filter {
    int priority;
    char *word;
};

struct log_filters { struct log_filter list[VIR_LOG_FILTERS_MAX]; size_t n; };
struct log_outputs { struct log_output list[VIR_LOG_OUTPUTS_MAX]; size_t n; int refs; };

static struct {
    pthread_mutex_t lock;               /* all below but `lowest` */
    int lowest;                         /* atomic: nothing below it is logged at all */
    int level;
    struct log_filters *filters;        /* NULL: none */
    struct log_outputs *outputs;        /* NULL: stderr, in short form */
    bool env_level, env_filters, env_outputs;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER, .lowest = VIR_LOG_WARN, .level = VIR_LOG_WARN };

static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char *const priority_names[] = { "", "debug", "info", "warning", "error" };

/* ---- settings ---- */

static struct log_filters *
free_filters(struct log_filters *filters)
{
    if (!filters)
        return NULL;
    for (size_t i = 0; i < filters->n; i++)
        free(filters->list[i].word);
    free(filters);
    return NULL;
}

/* A writer has a reference: it does not hold the lock while it writes. */
static struct log_outputs *
unref_outputs(struct log_outputs *outputs)
{
    if (!outputs || __atomic_sub_fetch(&outputs->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return NULL;
    for (size_t i = 0; i < outputs->n; i++) {
        if (outputs->list[i].to == LOG_TO_SYSLOG)
            closelog();
        if (outputs->list[i].fd > STDERR_FILENO)
            close(outputs->list[i].fd);
        free(outputs->list[i].ident);
    }
    free(outputs);
    return NULL;
}

/* Called with the lock. */
static void
set_lowest(void)
{
    int lowest = state.level;

    for (size_t i = 0; state.filters && i < state.filters->n; i++)
        if (state.filters->list[i].priority < lowest)
            lowest = state.filters->list[i].priority;
    __atomic_store_n(&state.lowest, lowest, __ATOMIC_RELAXED);
}

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
    struct log_filters *filters = set;
    int priority = priority_of(word);
    const char *name = word + 2;

    if (priority && *name == '+')       /* "with a stack trace": not kept any more */
        name++;
    if (!priority || !*name)
        return vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG,
                         "'%s' is not a log filter: expected LEVEL:NAME with a level from 1 to 4", word);
    if (filters->n == VIR_LOG_FILTERS_MAX)
        return vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "more than %d log filters", VIR_LOG_FILTERS_MAX);
    filters->list[filters->n++] = (struct log_filter){ priority, vir_strdup(name) };
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

static int
add_output(void *set, const char *word)
{
    struct log_outputs *outputs = set;
    struct log_output output = { .priority = priority_of(word), .fd = -1 };
    const char *kind = word + 2;

    if (outputs->n == VIR_LOG_OUTPUTS_MAX)
        return vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "more than %d log outputs", VIR_LOG_OUTPUTS_MAX);
    if (output.priority && !strcmp(kind, "stderr")) {
        output.to = LOG_TO_STDERR;
        output.fd = STDERR_FILENO;
    } else if (output.priority && !strncmp(kind, "file:/", 6)) {
        output.to = LOG_TO_FILE;
        /* a FIFO that nobody reads is an error, not a wait */
        output.fd = open(kind + 5, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
        if (output.fd < 0)
            return vir_raise_errno(VIR_FROM_NONE, errno, "cannot open log file '%s'", kind + 5);
    } else if (output.priority && !strncmp(kind, "syslog:", 7) && kind[7]) {
        output.to = LOG_TO_SYSLOG;
        output.ident = vir_strdup(kind + 7);
        openlog(output.ident, LOG_PID, LOG_DAEMON);
    } else if (output.priority && !strcmp(kind, "journald")) {
        output.to = LOG_TO_JOURNAL;
        output.fd = open_journal();
        if (output.fd < 0)
            return vir_raise_errno(VIR_FROM_NONE, errno, "cannot reach the journal for '%s'", word);
    } else {
        vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "'%s' is not a log output", word);
        vir_error_hint("L:stderr, L:file:/PATH, L:syslog:NAME or L:journald, with a level L from 1 to 4");
        return -1;
    }
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
set_level(int priority)
{
    VIR_LOCKED(&state.lock);

    state.level = priority;
    set_lowest();
    return 0;
}

static int
set_filters(const char *text)
{
    struct log_filters *filters = VIR_NEW(struct log_filters);
    struct log_filters *old = filters;

    if (each_word(text, add_filter, filters) == 0) {
        pthread_mutex_lock(&state.lock);
        old = state.filters;
        state.filters = filters;
        set_lowest();
        pthread_mutex_unlock(&state.lock);
    }
    free_filters(old);
    return old == filters ? -1 : 0;
}

static int
set_outputs(const char *text)
{
    struct log_outputs *outputs = VIR_NEW(struct log_outputs);
    struct log_outputs *old = outputs;

    outputs->refs = 1;
    if (each_word(text, add_output, outputs) == 0) {
        pthread_mutex_lock(&state.lock);
        old = state.outputs;
        state.outputs = outputs->n ? outputs : unref_outputs(outputs);
        pthread_mutex_unlock(&state.lock);
    }
    unref_outputs(old);
    return old == outputs ? -1 : 0;
}

static int
level_of(const char *text)
{
    if (text[0] >= '1' && text[0] <= '4' && !text[1])
        return text[0] - '0';
    for (int i = VIR_LOG_DEBUG; i <= VIR_LOG_ERROR; i++)
        if (!strcasecmp(text, priority_names[i]))
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
    return set_level(level);
}

static void
init_once(void)
{
    state.env_level = set_from_env("LIBVIRT_DEBUG", set_named_level);
    state.env_filters = set_from_env("LIBVIRT_LOG_FILTERS", set_filters);
    state.env_outputs = set_from_env("LIBVIRT_LOG_OUTPUTS", set_outputs);
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
    return state.env_level ? 0 : set_level(priority);
}

int
vir_log_set_filters(const char *filters)
{
    vir_log_init();
    return state.env_filters ? 0 : set_filters(filters);
}

int
vir_log_set_outputs(const char *outputs)
{
    vir_log_init();
    return state.env_outputs ? 0 : set_outputs(outputs);
}

/* ---- writing ---- */

/* Neither a line end nor an escape sequence of what is quoted reaches the log. */
static void
clean_line(const char *text, char *line, size_t size)
{
    char *end = line + size - 3;

    for (; *text && line < end; text++) {
        if (*text == '\n')
            line = stpcpy(line, "; ");
        else
            *line++ = (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text;
    }
    *line = '\0';
}

static void
write_line(int fd, const char *line)
{
    ssize_t ignored = write(fd, line, strlen(line));

    (void)ignored;                      /* there is nobody to tell */
}

static void
write_journal(int fd, int priority, const char *source, const char *text)
{
    VIR_AUTO_FREE char *entry = vir_strdup_printf("PRIORITY=%d\nLIBVIRT_SOURCE=%s\nMESSAGE=%s\n",
                                                  priority, source, text);

    send(fd, entry, strlen(entry), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void
write_output(const struct log_output *output, int priority, const char *source,
             const char *line, const char *text)
{
    static const int syslog_priority[] = { 0, LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERR };

    switch (output->to) {
    case LOG_TO_STDERR:
    case LOG_TO_FILE:
        write_line(output->fd, line);
        break;
    case LOG_TO_SYSLOG:
        syslog(syslog_priority[priority], "%s", text);
        break;
    case LOG_TO_JOURNAL:
        write_journal(output->fd, syslog_priority[priority], source, text);
        break;
    }
}

static void
format_line(char *line, size_t size, int priority, const char *function, int number, const char *text)
{
    struct timespec now;
    struct tm tm;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    snprintf(line, size, "%04d-%02d-%02d %02d:%02d:%02d.%03ld+0000: %ld: %s : %s:%d : %s\n",
             tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
             now.tv_nsec / 1000000, (long)syscall(SYS_gettid), priority_names[priority],
             function, number, text);
}

void
vir_vlog(int priority, const char *source, const char *function, int line, const char *fmt, va_list args)
{
    char said[LOG_LINE_MAX - 512], text[LOG_LINE_MAX - 512], whole[LOG_LINE_MAX];
    struct log_outputs *outputs;
    int saved_errno = errno;
    bool brief;

    if (priority < VIR_LOG_DEBUG || priority > VIR_LOG_ERROR || !vir_log_enabled(priority, source))
        return;
    vsnprintf(said, sizeof(said), fmt, args);
    clean_line(said, text, sizeof(text));
    pthread_mutex_lock(&state.lock);
    outputs = state.outputs;
    if (outputs)
        __atomic_add_fetch(&outputs->refs, 1, __ATOMIC_RELAXED);
    brief = !outputs && !state.env_level && priority >= VIR_LOG_WARN;
    pthread_mutex_unlock(&state.lock);
    if (brief)
        snprintf(whole, sizeof(whole), "libvirt: %s : %s\n", priority_names[priority], text);
    else
        format_line(whole, sizeof(whole), priority, function, line, text);
    if (!outputs)
        write_line(STDERR_FILENO, whole);
    for (size_t i = 0; outputs && i < outputs->n; i++)
        if (priority >= outputs->list[i].priority)
            write_output(&outputs->list[i], priority, source, whole, text);
    unref_outputs(outputs);
    errno = saved_errno;
}

void
vir_log(int priority, const char *source, const char *function, int line, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_vlog(priority, source, function, line, fmt, args);
    va_end(args);
}

bool
vir_log_enabled(int priority, const char *source)
{
    if (priority < __atomic_load_n(&state.lowest, __ATOMIC_RELAXED))
        return false;
    VIR_LOCKED(&state.lock);
    for (size_t i = 0; state.filters && i < state.filters->n; i++)
        if (strstr(source, state.filters->list[i].word))
            return priority >= state.filters->list[i].priority;
    return priority >= state.level;
}

/* Whether one more error may be logged now: at most ERRORS_BURST at once, then
 * ERRORS_PER_SECOND, so that no client of a daemon fills its disk with mistakes.
 * *RET_DROPPED tells how many were not logged before this one. */
static bool
take_error(unsigned int *ret_dropped)
{
    static int64_t last, tokens = ERRORS_BURST * 1000;
    static unsigned int dropped;
    int64_t now = vir_now_ms();
    VIR_LOCKED(&state.lock);

    *ret_dropped = dropped;
    if (!state.outputs && !state.env_level)
        return false;
    tokens += (now - last) * ERRORS_PER_SECOND;
    last = now;
    if (tokens > ERRORS_BURST * 1000)
        tokens = ERRORS_BURST * 1000;
    dropped = tokens < 1000 ? dropped + 1 : 0;
    tokens -= dropped ? 0 : 1000;
    return !dropped;
}

static __thread bool held __attribute__((tls_model("initial-exec")));

bool
vir_log_hold(void)
{
    bool before = held;

    held = true;
    return before;
}

void
vir_log_release(const bool *before)
{
    held = *before;
}

void
vir_log_error(const char *message)
{
    unsigned int dropped;

    if (held || !take_error(&dropped))
        return;
    if (dropped)
        vir_log(VIR_LOG_WARN, "error", __func__, __LINE__, "%u errors were not logged", dropped);
    vir_log(VIR_LOG_ERROR, "error", __func__, __LINE__, "%s", message);
}
