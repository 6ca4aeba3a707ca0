/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands about the shell itself. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rows/own.h"

int
run_cd(struct shell *vsh, const struct cd_args *args)
{
    const char *directory = args->dir;

    if (!vsh->interactive)
        return shell_error(vsh, "cd: command valid only in interactive mode");
    if (!directory)
        directory = getenv("HOME");
    if (!directory)
        directory = "/";
    if (chdir(directory) < 0)
        return shell_error(vsh, "cd: %s: %s", strerror(errno), directory);
    return 0;
}

int
run_pwd(struct shell *vsh)
{
    VIR_AUTO_FREE char *directory = getcwd(NULL, 0);

    if (!directory)
        return shell_error(vsh, "pwd: cannot get current directory: %s", strerror(errno));
    shell_print(vsh, "%s\n", directory);
    return 0;
}

int
run_quit(struct shell *vsh)
{
    vsh->ended = true;
    return 0;
}

/* Quoted so that a shell reads one word; what needs no quotes gets none. */
static void
add_for_shell(struct vir_buf *buf, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@^_";

    if (*word != '\0' && word[strspn(word, plain)] == '\0') {
        vir_buf_add(buf, word);
        return;
    }
    vir_buf_add(buf, "'");
    for (; *word; word++) {
        if (*word == '\'')
            vir_buf_add(buf, "'\\''");
        else
            vir_buf_add_mem(buf, word, 1);
    }
    vir_buf_add(buf, "'");
}

/* A line for each part between commas; two commas stand for one. */
static void
add_split(struct vir_buf *buf, const char *word)
{
    for (const char *p = word; *p; p++) {
        if (*p == ',' && p[1] != ',')
            vir_buf_add(buf, "\n");
        else
            vir_buf_add_mem(buf, *p == ',' ? p++ : p, 1);
    }
    vir_buf_add(buf, "\n");
}

static void
add_word(const struct echo_args *args, struct vir_buf *buf, const char *word)
{
    if (args->shell)
        add_for_shell(buf, word);
    else if (args->xml)
        vir_buf_add_escaped(buf, word);
    else if (args->split)
        add_split(buf, word);
    else
        vir_buf_add(buf, word);
}

int
run_echo(struct shell *vsh, const struct echo_args *args)
{
    struct vir_buf words = { 0 };
    VIR_AUTO_FREE char *text = NULL;

    for (size_t i = 0; i < args->n_string; i++) {
        vir_buf_add(&words, i > 0 ? " " : "");
        add_word(args, &words, args->string[i]);
    }
    text = vir_buf_steal(&words);
    if (args->err)
        shell_error(vsh, "%s", text);
    else
        shell_print(vsh, "%s", text);
    return 0;
}
