/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The group "virsh": commands about the shell itself. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "virsh.h"

static int
run_cd(struct virsh *vsh, const struct virsh_call *call)
{
    const char *directory = virsh_text(call, "dir");

    if (!vsh->interactive)
        return virsh_error(vsh, "cd: command valid only in interactive mode");
    if (!directory)
        directory = getenv("HOME");
    if (!directory)
        directory = "/";
    if (chdir(directory) < 0)
        return virsh_error(vsh, "cd: %s: %s", strerror(errno), directory);
    return 0;
}

static int
run_pwd(struct virsh *vsh, const struct virsh_call *call)
{
    VIR_AUTO_FREE char *directory = getcwd(NULL, 0);

    (void)call;
    if (!directory)
        return virsh_error(vsh, "pwd: cannot get current directory: %s", strerror(errno));
    virsh_print(vsh, "%s\n", directory);
    return 0;
}

static int
run_quit(struct virsh *vsh, const struct virsh_call *call)
{
    (void)call;
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
add_word(const struct virsh_call *call, struct vir_buf *buf, const char *word)
{
    if (virsh_flag(call, "shell"))
        add_for_shell(buf, word);
    else if (virsh_flag(call, "xml"))
        vir_buf_add_escaped(buf, word);
    else if (virsh_flag(call, "split"))
        add_split(buf, word);
    else
        vir_buf_add(buf, word);
}

static int
run_echo(struct virsh *vsh, const struct virsh_call *call)
{
    struct vir_buf words = { 0 };
    VIR_AUTO_FREE char *text = NULL;
    const char *word, *gap = "";

    if (virsh_exclusive(vsh, call, "shell", "xml") < 0 || virsh_exclusive(vsh, call, "shell", "split") < 0 ||
        virsh_exclusive(vsh, call, "xml", "split") < 0)
        return -1;
    for (size_t position = 0; (word = virsh_rest(call, &position)); gap = " ") {
        vir_buf_add(&words, gap);
        add_word(call, &words, word);
    }
    text = vir_buf_steal(&words);
    if (virsh_flag(call, "err"))
        virsh_error(vsh, "%s", text);
    else
        virsh_print(vsh, "%s", text);
    return 0;
}

static int
run_connect(struct virsh *vsh, const struct virsh_call *call)
{
    const char *name = virsh_text(call, "name");

    return virsh_connect(vsh, name ? name : vsh->uri, virsh_flag(call, "readonly"));
}

static const struct virsh_option cd_options[] = {
    { "dir", VIRSH_STRING, 0, "where to go (default: the home directory)" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option echo_options[] = {
    { "shell", VIRSH_BOOL, 0, "quote for a shell" },
    { "xml", VIRSH_BOOL, 0, "escape for XML" },
    { "split", VIRSH_BOOL, 0, "a line for each part between commas; ',,' is a comma" },
    { "err", VIRSH_BOOL, 0, "print to standard error" },
    { "str", VIRSH_ALIAS, 0, "string" },
    { "hi", VIRSH_ALIAS, 0, "string=hello" },
    { "string", VIRSH_REST, VIRSH_EMPTY_OK, "the words" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option connect_options[] = {
    { "name", VIRSH_STRING, VIRSH_EMPTY_OK, "URI of the hypervisor (default: the present one)" },
    { "readonly", VIRSH_BOOL, 0, "refuse everything that changes something" },
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_shell_commands[] = {
    { "cd", "go to another directory", "Relative names of files are seen from there. Only in the shell.",
      cd_options, run_cd, VIRSH_LOCAL },
    { "connect", "open a connection to a hypervisor",
      "The present connection is closed when the new one is open.",
      connect_options, run_connect, VIRSH_LOCAL },
    { "echo", "print words", "Shows how virsh reads its words, and quotes them for other programs.",
      echo_options, run_echo, VIRSH_LOCAL },
    { "exit", "leave the shell", NULL, NULL, run_quit, VIRSH_LOCAL },
    { "pwd", "print the current directory", NULL, NULL, run_pwd, VIRSH_LOCAL },
    { "quit", "leave the shell", NULL, NULL, run_quit, VIRSH_LOCAL },
    { .name = NULL }
};
