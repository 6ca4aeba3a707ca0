/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Any text as the URI of another host's daemon: where it leads to, and what ssh
 * is told.  Whatever stands in the URI, ssh takes it for what it is there, and
 * the other end's shell runs nothing of it.
 */
#include "modules/remote/remote.h"

#include <stdlib.h>
#include <string.h>

#include "core/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct vir_host host = { .privileged = true, .state_dir = "/run/libvirt" };
const struct vir_host *remote_host = &host;

/* The word that begins at *AT, as a shell reads it; *AT is behind it then. */
static char *
read_word(const char **at)
{
    struct vir_buf word = { 0 };
    const char *p = *at;

    vir_buf_add(&word, "");
    for (; *p && *p != ' ' && *p != ';'; p++) {
        if (*p != '\'' && *p != '\\') {
            if (strchr("$`\"&|<>()\n", *p))
                abort();                /* not quoted */
            vir_buf_add_mem(&word, p, 1);
        } else if (*p == '\\') {
            vir_buf_add_mem(&word, ++p, 1);
        } else {
            for (p++; *p != '\''; p++) {
                if (!*p || *p == '\\')
                    abort();            /* the quotes have no end, or fish sees another one */
                vir_buf_add_mem(&word, p, 1);
            }
        }
    }
    *at = p;
    return vir_buf_steal(&word);
}

/* Behind BEFORE in SCRIPT, if that is there, WORD stands as one word. */
static void
check_word(const char *script, const char *before, const char *word)
{
    const char *at = strstr(script, before);
    char *read;

    if (!at)
        return;
    at += strlen(before);
    read = read_word(&at);
    if (strcmp(read, word ? word : "") != 0)
        abort();
    free(read);
}

static const struct remote_target *current;

/* In place of child.c: ssh would be started. */
int
remote_child_start(const char *const *argv, struct remote_child **ret_child)
{
    const char *command, *rest;
    char *shell, *option, *script;
    size_t n = 0;

    (void)ret_child;
    while (argv[n])
        n++;
    if (n < 3 || strcmp(argv[n - 3], "--") != 0 || strcmp(argv[n - 2], current->host) != 0)
        abort();
    for (size_t i = 1; i < n - 3; i++)
        if (*argv[i] != '-' && strcmp(argv[i - 1], "-l") != 0 && strcmp(argv[i - 1], "-i") != 0 &&
            strcmp(argv[i - 1], "-p") != 0 && strcmp(argv[i - 1], "-o") != 0 && strcmp(argv[i - 1], "-e") != 0)
            abort();                    /* it would be the host */
    command = argv[n - 1];
    shell = read_word(&command);
    rest = command + 1;
    option = read_word(&rest);
    rest++;
    script = read_word(&rest);
    if (strcmp(shell, "sh") != 0 || strcmp(option, "-c") != 0 || *rest)
        abort();
    check_word(script, current->readonly ? "exec virt-ssh-helper -r -- " : "exec virt-ssh-helper -- ", current->name);
    check_word(script, " $q -U ", current->place.socket);
    free(shell);
    free(option);
    free(script);
    return -1;
}

void
remote_child_end(struct remote_child *child)
{
    (void)child;
}

int
remote_spawn_connect(const char *path, int (*try_connect)(const char *path))
{
    (void)path;
    (void)try_connect;
    return -1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    struct vir_uri *uri = vir_uri_parse(text), *there;
    struct remote_target target = { 0 };

    if (uri && remote_target_init(&target, uri, size & 1 ? VIR_CONNECT_RO : 0) == 0) {
        there = target.name ? vir_uri_parse(target.name) : NULL;
        if (target.port > 65535 || (there && !remote_uri_param(uri, "name") && remote_uri_param(there, "socket")))
            abort();                    /* what is ours goes no further */
        free(there);
        current = &target;
        if (strstr(target.transport, "ssh") && remote_ssh_connect(&target))
            abort();
    }
    remote_target_clear(&target);
    free(uri);
    virResetLastError();
    free(text);
    return 0;
}
