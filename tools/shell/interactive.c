/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The interactive shell.  On a terminal the lines come from the editing part
 * where that is installed; from a pipe they are read plainly and shown behind
 * the prompt, so that a log reads like a session.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parts/edit.h"
#include "shell.h"

#define HISTORY_USUAL 500
#define HISTORY_MAX 500000

/* One line without its end; NULL at the end of input. Caller frees. */
static char *
read_plain(struct shell *vsh, bool echo)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t len;

    shell_print(vsh, "%s", shell_tool.prompt(vsh));
    fflush(stdout);
    len = getline(&line, &room, stdin);
    if (len < 0) {
        free(line);
        return NULL;
    }
    if (len > 0 && line[len - 1] == '\n')
        line[len - 1] = '\0';
    if (echo)
        shell_print(vsh, "%s\n", line);
    return line;
}

static char *
read_line(struct shell *vsh, const struct shell_edit_part *edit, bool terminal)
{
    return edit ? edit->read_line(shell_tool.prompt(vsh)) : read_plain(vsh, !terminal);
}

static void
greet(struct shell *vsh)
{
    shell_print_extra(vsh, "Welcome to %s, the %s interactive terminal.\n\n"
                      "Type:  'help' for help with commands\n"
                      "       'quit' to quit\n\n", shell_tool.name, shell_tool.what);
}

/* Where the lines of former sessions are kept; NULL: nowhere. Caller frees. */
static char *
history_directory(void)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

    if (cache && *cache == '/')
        return vir_strdup_printf("%s/libvirt/%s", cache, shell_tool.name);
    return home && *home == '/' ? vir_strdup_printf("%s/.cache/libvirt/%s", home, shell_tool.name) : NULL;
}

static int
history_limit(void)
{
    VIR_AUTO_FREE char *variable = vir_strdup_printf("%s_HISTSIZE", shell_tool.variables);
    const char *limit = getenv(variable);

    return limit && *limit >= '0' && *limit <= '9' && strtol(limit, NULL, 10) <= HISTORY_MAX
        ? (int)strtol(limit, NULL, 10) : HISTORY_USUAL;
}

static char **
complete(void *opaque, const char *line)
{
    return shell_complete_line(opaque, line);
}

int
shell_interactive(struct shell *vsh)
{
    const bool terminal = isatty(STDIN_FILENO);
    const struct shell_edit_part *edit = terminal ? shell_part_quietly("shell-edit") : NULL;
    VIR_AUTO_FREE char *history = edit ? history_directory() : NULL;
    char *line;

    vsh->interactive = vsh->wants_loop = true;
    greet(vsh);
    if (edit)
        edit->begin(shell_tool.name, history, history_limit(), complete, vsh);
    while (!vsh->ended && (line = read_line(vsh, edit, terminal))) {
        struct shell_call *calls = NULL;

        if (edit && *line)
            edit->remember(line);
        if (shell_parse_text(vsh, line, &calls) == 0)
            shell_run(vsh, calls);
        shell_calls_free(calls);
        free(line);
        fflush(stdout);
    }
    if (edit)
        edit->end();
    shell_print(vsh, "\n");
    return 0;
}
