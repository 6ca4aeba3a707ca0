/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The log: a level, filters that set another level for sources whose name
 * contains a word, and outputs.  Without any setting a program prints warnings
 * on stderr and nothing else.
 */
#include "log-state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lock.h"

#define LOG_LINE_MAX 6144
#define ERRORS_BURST 1000
#define ERRORS_PER_SECOND 20

static struct {
    pthread_mutex_t lock;               /* all below but `lowest` */
    int lowest;                         /* atomic: nothing below it is logged at all */
    int level;
    bool asked;                         /* the level was, see vir_log_use_level */
    struct vir_log_filters *filters;    /* NULL: none */
    struct vir_log_outputs *outputs;    /* NULL: stderr, in short form */
} state = { .lock = PTHREAD_MUTEX_INITIALIZER, .lowest = VIR_LOG_WARN, .level = VIR_LOG_WARN };

const char *const vir_log_priority_names[] = { "", "debug", "info", "warning", "error" };

struct vir_log_filters *
vir_log_free_filters(struct vir_log_filters *filters)
{
    if (!filters)
        return NULL;
    for (size_t i = 0; i < filters->n; i++)
        free(filters->list[i].word);
    free(filters);
    return NULL;
}

/* A writer has a reference: it does not hold the lock while it writes. */
struct vir_log_outputs *
vir_log_unref_outputs(struct vir_log_outputs *outputs)
{
    if (!outputs || __atomic_sub_fetch(&outputs->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return NULL;
    for (size_t i = 0; i < outputs->n; i++)
        vir_log_output_close(&outputs->list[i]);
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

void
vir_log_use_level(int priority, bool asked)
{
    VIR_LOCKED(&state.lock);

    state.level = priority;
    state.asked = asked;
    set_lowest();
}

void
vir_log_use_filters(struct vir_log_filters *filters)
{
    struct vir_log_filters *old;

    pthread_mutex_lock(&state.lock);
    old = state.filters;
    state.filters = filters;
    set_lowest();
    pthread_mutex_unlock(&state.lock);
    vir_log_free_filters(old);
}

void
vir_log_use_outputs(struct vir_log_outputs *outputs)
{
    struct vir_log_outputs *old;

    pthread_mutex_lock(&state.lock);
    old = state.outputs;
    state.outputs = outputs->n ? outputs : vir_log_unref_outputs(outputs);
    pthread_mutex_unlock(&state.lock);
    vir_log_unref_outputs(old);
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
format_line(char *line, size_t size, const struct vir_log_entry *entry)
{
    struct timespec now;
    struct tm tm;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    snprintf(line, size, "%04d-%02d-%02d %02d:%02d:%02d.%03ld+0000: %ld: %s : %s:%d : %s\n",
             tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
             now.tv_nsec / 1000000, (long)syscall(SYS_gettid), vir_log_priority_names[entry->priority],
             entry->function, entry->line, entry->text);
}

/* Completes ENTRY, whose text is SAID. */
static void
write_entry(struct vir_log_entry *entry, const char *said)
{
    char text[LOG_LINE_MAX - 512], whole[LOG_LINE_MAX];
    struct vir_log_outputs *outputs;
    bool brief;

    clean_line(said, text, sizeof(text));
    entry->text = text;
    entry->whole = whole;
    pthread_mutex_lock(&state.lock);
    outputs = state.outputs;
    if (outputs)
        __atomic_add_fetch(&outputs->refs, 1, __ATOMIC_RELAXED);
    brief = !outputs && !state.asked && entry->priority >= VIR_LOG_WARN;
    pthread_mutex_unlock(&state.lock);
    if (brief)
        snprintf(whole, sizeof(whole), "libvirt: %s : %s\n", vir_log_priority_names[entry->priority], text);
    else
        format_line(whole, sizeof(whole), entry);
    if (!outputs)
        vir_log_stderr.write(&vir_log_stderr, entry);
    for (size_t i = 0; outputs && i < outputs->n; i++)
        if (entry->priority >= outputs->list[i].priority)
            outputs->list[i].write(&outputs->list[i], entry);
    vir_log_unref_outputs(outputs);
}

void
vir_vlog(int priority, const char *source, const char *file, const char *function, int line, const char *fmt,
         va_list args)
{
    struct vir_log_entry entry = { .priority = priority, .source = source, .file = file, .function = function,
                                   .line = line };
    char said[LOG_LINE_MAX - 512];
    int saved_errno = errno;

    if (priority < VIR_LOG_DEBUG || priority > VIR_LOG_ERROR || !vir_log_enabled(priority, source))
        return;
    vsnprintf(said, sizeof(said), fmt, args);
    write_entry(&entry, said);
    errno = saved_errno;
}

void
vir_log(int priority, const char *source, const char *file, const char *function, int line, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_vlog(priority, source, file, function, line, fmt, args);
    va_end(args);
}

bool
vir_log_enabled(int priority, const char *source)
{
    if (priority < __atomic_load_n(&state.lowest, __ATOMIC_RELAXED))
        return false;
    VIR_LOCKED(&state.lock);
    for (size_t i = 0; state.filters && i < state.filters->n; i++)
        if (vir_log_filter_is_about(&state.filters->list[i], source))
            return priority >= state.filters->list[i].priority;
    return priority >= state.level;
}

/* ---- what is in use ---- */

int
vir_log_filters(char **ret_text)
{
    struct vir_buf text = { 0 };
    VIR_LOCKED(&state.lock);
    const size_t n = state.filters ? state.filters->n : 0;

    for (size_t i = 0; i < n; i++)
        vir_buf_addf(&text, "%d:*%s* ", state.filters->list[i].priority, state.filters->list[i].word);
    *ret_text = vir_buf_steal(&text);
    return (int)n;
}

int
vir_log_outputs(char **ret_text)
{
    struct vir_buf text = { 0 };
    VIR_LOCKED(&state.lock);
    const size_t n = state.outputs ? state.outputs->n : 0;

    if (!n)
        vir_log_output_print(&text, &vir_log_stderr, state.level);
    for (size_t i = 0; i < n; i++)
        vir_log_output_print(&text, &state.outputs->list[i], state.outputs->list[i].priority);
    *ret_text = vir_buf_steal(&text);
    return n ? (int)n : 1;
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
    if (!state.outputs && !state.asked)
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
vir_log_error(const virError *error)
{
    struct vir_log_entry entry = { .priority = VIR_LOG_ERROR, .source = "error", .file = __FILE__,
                                   .function = __func__, .line = __LINE__, .domain = error->domain,
                                   .code = error->code };
    int saved_errno = errno;
    unsigned int dropped;

    if (held || !take_error(&dropped))
        return;
    if (dropped)
        VIR_LOG_AT(VIR_LOG_WARN, "%u errors were not logged", dropped);
    if (vir_log_enabled(VIR_LOG_ERROR, entry.source))
        write_entry(&entry, error->message);
    errno = saved_errno;
}
