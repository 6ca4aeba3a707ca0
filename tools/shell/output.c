/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a tool says: results to standard output, errors and hints to standard
 * error, both to the log file.  Standard output is written out before an error
 * is, so that the two stay in order where they share a terminal or file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "report.h"
#include "shell.h"

static void
log_line(struct shell *vsh, const char *level, const char *text)
{
    VIR_AUTO_FREE char *line = NULL;
    char stamp[32];
    time_t now = time(NULL);
    struct tm tm;
    int len;

    if (vsh->log_fd < 0)
        return;
    strftime(stamp, sizeof(stamp), "%Y.%m.%d %H:%M:%S", localtime_r(&now, &tm));
    len = (int)strlen(text);
    while (len > 0 && text[len - 1] == '\n')
        len--;
    line = vir_strdup_printf("[%s %s %d] %s %.*s\n", stamp, shell_tool.name, (int)getpid(), level, len, text);
    if (write(vsh->log_fd, line, strlen(line)) < 0) {
        close(vsh->log_fd);
        vsh->log_fd = -1;
        shell_error(vsh, "failed to write the log file");
    }
}

bool
shell_to_terminal(void)
{
    static int terminal = -1;

    if (terminal < 0)
        terminal = isatty(STDOUT_FILENO);
    return terminal;
}

/* To a pipe or file everything goes as it is: scripts read it. */
void
shell_vprint(const char *fmt, va_list args)
{
    VIR_AUTO_FREE char *text = NULL, *escaped = NULL;

    if (!shell_to_terminal()) {
        vprintf(fmt, args);
        return;
    }
    if (vasprintf(&text, fmt, args) < 0)
        abort();
    escaped = shell_escaped(text, SHELL_KEEP_LINES);
    fputs(escaped, stdout);
}

void
shell_print(struct shell *vsh, const char *fmt, ...)
{
    va_list args;

    (void)vsh;
    va_start(args, fmt);
    shell_vprint(fmt, args);
    va_end(args);
}

void
shell_print_extra(struct shell *vsh, const char *fmt, ...)
{
    va_list args;

    if (vsh->quiet)
        return;
    va_start(args, fmt);
    shell_vprint(fmt, args);
    va_end(args);
}

static void
say_on_stderr(struct shell *vsh, const char *prefix, const char *level, const char *fmt, va_list args)
{
    VIR_AUTO_FREE char *text = NULL, *escaped = NULL;

    if (vasprintf(&text, fmt, args) < 0)
        abort();
    escaped = shell_escaped(text, SHELL_KEEP_LINES);
    log_line(vsh, level, escaped);
    fflush(stdout);
    fprintf(stderr, "%s%s\n", prefix, escaped);
}

int
shell_error(struct shell *vsh, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    say_on_stderr(vsh, "error: ", "ERROR", fmt, args);
    va_end(args);
    return -1;
}

void
shell_hint(struct shell *vsh, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    say_on_stderr(vsh, "hint: ", "NOTICE", fmt, args);
    va_end(args);
}

void
shell_debug(struct shell *vsh, int level, const char *fmt, ...)
{
    VIR_AUTO_FREE char *text = NULL;
    va_list args;

    if (level < vsh->debug)
        return;
    va_start(args, fmt);
    if (vasprintf(&text, fmt, args) < 0)
        abort();
    va_end(args);
    log_line(vsh, level == 0 ? "DEBUG" : "INFO", text);
    shell_print(vsh, "%s", text);
}

int
shell_log_open(struct shell *vsh, const char *path)
{
    if (vsh->log_fd >= 0)               /* of the environment, or of an option before */
        close(vsh->log_fd);
    vsh->log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    if (vsh->log_fd < 0)
        return shell_error(vsh, "failed to open the log file. check the log file path");
    return 0;
}

/*
 * The library forgets its last error at the next call, and the calls that
 * release objects come before a command ends.  So the message is copied here,
 * but for those of the event loop's thread: they are no command's.
 */
void
shell_error_handler(void *opaque, virErrorPtr error)
{
    struct shell *vsh = opaque;

    if (!pthread_equal(pthread_self(), vsh->main_thread))
        return;
    free(vsh->error);
    vsh->error = vir_strdup(error && error->message ? error->message : "unknown error");
    vsh->error_code = error ? error->code : 0;
}

void
shell_error_forget(struct shell *vsh)
{
    free(vsh->error);
    vsh->error = NULL;
    vsh->error_code = 0;
}

void
shell_error_report(struct shell *vsh)
{
    if (vsh->error_code != 0 && vsh->error)
        shell_error(vsh, "%s", vsh->error);
    shell_error_forget(vsh);
}

/* What the leaf library (common/) has to say is an error of the tool's own. */
int
vir_report(enum vir_report_kind kind, int err, const char *text)
{
    const char *prefix = "error: ";

    if (kind == VIR_REPORT_HINT)
        prefix = "hint: ";
    else if (kind == VIR_REPORT_WARNING)
        prefix = "warning: ";
    fflush(stdout);
    if (err != 0)
        fprintf(stderr, "%s%s: %s\n", prefix, text, strerror(err));
    else
        fprintf(stderr, "%s%s\n", prefix, text);
    return -1;
}
