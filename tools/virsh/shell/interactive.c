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

#include "virsh.h"
#include "parts.h"

static const char *
prompt_of(const struct virsh *vsh)
{
    return vsh->readonly ? "virsh > " : "virsh # ";
}

/* One line without its end; NULL at the end of input. Caller frees. */
static char *
read_plain(struct virsh *vsh, bool echo)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t len;

    virsh_print(vsh, "%s", prompt_of(vsh));
    fflush(stdout);
    len = getline(&line, &room, stdin);
    if (len < 0) {
        free(line);
        return NULL;
    }
    if (len > 0 && line[len - 1] == '\n')
        line[len - 1] = '\0';
    if (echo)
        virsh_print(vsh, "%s\n", line);
    return line;
}

static char *
read_line(struct virsh *vsh, const struct virsh_edit_part *edit, bool terminal)
{
    return edit ? edit->read_line(prompt_of(vsh)) : read_plain(vsh, !terminal);
}

static void
greet(struct virsh *vsh)
{
    virsh_print_extra(vsh, "Welcome to virsh, the virtualization interactive terminal.\n\n"
                      "Type:  'help' for help with commands\n"
                      "       'quit' to quit\n\n");
}

/* Where the lines of former sessions are kept; NULL: nowhere. Caller frees. */
static char *
history_directory(void)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

    if (cache && *cache == '/')
        return vir_strdup_printf("%s/libvirt/virsh", cache);
    return home && *home == '/' ? vir_strdup_printf("%s/.cache/libvirt/virsh", home) : NULL;
}

static char **
complete(void *opaque, const char *line)
{
    return virsh_complete_line(opaque, line);
}

int
virsh_shell(struct virsh *vsh)
{
    const bool terminal = isatty(STDIN_FILENO);
    const struct virsh_edit_part *edit = terminal ? virsh_part_quietly("virsh-edit") : NULL;
    VIR_AUTO_FREE char *history = edit ? history_directory() : NULL;
    char *line;

    vsh->interactive = vsh->wants_loop = true;
    greet(vsh);
    if (edit)
        edit->begin(history, complete, vsh);
    while (!vsh->ended && (line = read_line(vsh, edit, terminal))) {
        struct virsh_call *calls = NULL;

        if (edit && *line)
            edit->remember(line);
        if (virsh_parse_text(vsh, line, &calls) == 0)
            virsh_run(vsh, calls);
        virsh_calls_free(calls);
        free(line);
        fflush(stdout);
    }
    if (edit)
        edit->end();
    virsh_print(vsh, "\n");
    return 0;
}
