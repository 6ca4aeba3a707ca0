/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part shell-edit: line editing, history and completion of commands and options by libedit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <editline/readline.h>

#include "edit.h"

static char *history_file;

static char **(*complete_line)(void *opaque, const char *line);
static void *complete_opaque;
static char **candidates;       /* left of the present question */

/* libedit takes and frees one word at a time. */
static char *
next_candidate(const char *text, int again)
{
    static size_t next;

    (void)text;
    next = again ? next + 1 : 0;
    return candidates ? candidates[next] : NULL;
}

static char **
complete(const char *text, int start, int end)
{
    char *line = strndup(rl_line_buffer, (size_t)end);
    char **matches = NULL;

    (void)start;
    rl_attempted_completion_over = 1;
    candidates = line ? complete_line(complete_opaque, line) : NULL;
    free(line);
    if (candidates)
        matches = completion_matches((char *)text, next_candidate);
    free(candidates);
    candidates = NULL;
    return matches;
}

/* Makes PATH and its parents; what is there already, or cannot be made, shows later. */
static void
make_directories(const char *path)
{
    char *copy = strdup(path);

    for (char *slash = copy ? strchr(copy + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(copy, 0700);
        *slash = '/';
    }
    if (copy)
        (void)mkdir(copy, 0700);
    free(copy);
}

static void
edit_begin(const char *name, const char *directory, int limit,
           char **(*complete_fn)(void *opaque, const char *line), void *opaque)
{
    complete_line = complete_fn;
    complete_opaque = opaque;
    rl_attempted_completion_function = complete;
    rl_readline_name = name;
    using_history();
    stifle_history(limit);
    if (!directory || asprintf(&history_file, "%s/history", directory) < 0)
        return;
    make_directories(directory);
    read_history(history_file);
}

static char *
edit_read_line(const char *prompt)
{
    fflush(stdout);
    return readline(prompt);
}

static void
edit_remember(const char *line)
{
    add_history(line);
}

static void
edit_end(void)
{
    if (history_file)
        write_history(history_file);
    free(history_file);
    history_file = NULL;
}

__attribute__((visibility("default")))
extern const struct shell_edit_part shell_edit;
const struct shell_edit_part shell_edit = {
    .version = SHELL_PART_VERSION,
    .begin = edit_begin,
    .read_line = edit_read_line,
    .remember = edit_remember,
    .end = edit_end,
};
