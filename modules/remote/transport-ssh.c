/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ssh program carries the bytes.  At the other end virt-ssh-helper finds the
 * daemon as a client there would; a host that has none gets nc, and our guess
 * where the daemon's socket lies.
 */
#include "modules/remote/remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ARGS 40

enum proxy { PROXY_AUTO, PROXY_NETCAT, PROXY_NATIVE };

/* A word of a shell's. */
static void
add_word(struct vir_buf *buf, const char *text)
{
    vir_buf_add(buf, "'");
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')        /* fish knows a backslash between quotes, too */
            vir_buf_addf(buf, "'\\%c'", *text);
        else
            vir_buf_add_mem(buf, text, 1);
    }
    vir_buf_add(buf, "'");
}

static int
find_proxy(const struct remote_target *target, enum proxy *ret)
{
    static const char *const names[] = { "auto", "netcat", "native" };
    const char *said = remote_target_param(target, "proxy"), *netcat = remote_target_param(target, "netcat");

    /* the helper finds a socket itself, and would not go where the URI says */
    *ret = netcat || remote_target_param(target, "socket") ? PROXY_NETCAT : PROXY_AUTO;
    if (!said)
        return 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(said, names[i]) == 0) {
            *ret = (enum proxy)i;
            return 0;
        }
    }
    return vir_error(VIR_ERR_INVALID_ARG, "proxy=%s in the URI: known are auto, netcat and native", said);
}

/* What ssh may put into a shell's command by itself: its configuration's ProxyCommand and Match name both. */
static int
check_word(const char *what, const char *word)
{
    if (!word || !word[strcspn(word, "'`\";&<>|(){} \t\r\n")])
        return 0;
    return vir_error(VIR_ERR_INVALID_ARG, "the %s '%s' in the URI has a character that a shell would take for its own",
                     what, word);
}

/* nc has to be told where the socket is. */
static int
check_socket(const struct remote_target *target, enum proxy *proxy)
{
    if (*target->place.socket == '-')
        return vir_error(VIR_ERR_INVALID_ARG, "socket=%s in the URI begins with '-'", target->place.socket);
    if (!target->place.session)
        return 0;
    if (*proxy == PROXY_NETCAT)
        return vir_error(VIR_ERR_INVALID_ARG, "through nc a user's own daemon is reached only where the URI says "
                         "?socket=/path/of/its/libvirt-sock");
    *proxy = PROXY_NATIVE;
    return 0;
}

static void
add_helper(struct vir_buf *script, const struct remote_target *target)
{
    vir_buf_add(script, target->readonly ? "exec virt-ssh-helper -r -- " : "exec virt-ssh-helper -- ");
    add_word(script, target->name ? target->name : "");
}

/* nc of some kinds stays when its input ends, unless -q tells it to go; others have no -q. */
static void
add_netcat(struct vir_buf *script, const struct remote_target *target)
{
    const char *netcat = remote_target_param(target, "netcat");

    if (!netcat || !*netcat)
        netcat = "nc";
    vir_buf_add(script, "q=; if ");
    add_word(script, netcat);
    vir_buf_add(script, " -q 2>&1 | grep 'requires an argument' >/dev/null; then q=-q0; fi; exec ");
    add_word(script, netcat);
    vir_buf_add(script, " $q -U ");
    add_word(script, target->place.socket);
}

/* What the other end's shell runs: of any kind, so it is only asked for a POSIX one. */
static char *
far_command(const struct remote_target *target, enum proxy proxy)
{
    struct vir_buf script = { 0 }, whole = { 0 };

    if (proxy == PROXY_AUTO)
        vir_buf_add(&script, "if command -v virt-ssh-helper >/dev/null 2>&1; then ");
    if (proxy != PROXY_NETCAT)
        add_helper(&script, target);
    if (proxy == PROXY_AUTO)
        vir_buf_add(&script, "; fi; ");
    if (proxy != PROXY_NATIVE)
        add_netcat(&script, target);
    vir_buf_add(&whole, "sh -c ");
    add_word(&whole, script.text);
    vir_buf_free(&script);
    return vir_buf_steal(&whole);
}

struct args {
    const char *list[MAX_ARGS + 1];
    size_t n;
    char *made[MAX_ARGS];               /* those of our own making */
    size_t n_made;
};

static void
add(struct args *args, const char *option, const char *value)
{
    args->list[args->n++] = option;
    if (value)
        args->list[args->n++] = value;
}

/* VALUE is taken over. */
static void
add_made(struct args *args, const char *option, char *value)
{
    args->made[args->n_made++] = value;
    if (option)
        add(args, option, NULL);
    add(args, value, NULL);
}

/* known_hosts_verify as libssh's transport knows it. */
static int
add_verification(struct args *args, const struct remote_target *target)
{
    const char *how = remote_target_param(target, "known_hosts_verify");

    if (remote_target_flag(target, "no_verify") || (how && strcmp(how, "ignore") == 0))
        add(args, "-oStrictHostKeyChecking=no", NULL);
    else if (how && strcmp(how, "auto") == 0)
        add(args, "-oStrictHostKeyChecking=accept-new", NULL);
    else if (how && strcmp(how, "normal") != 0)
        return vir_error(VIR_ERR_INVALID_ARG, "known_hosts_verify=%s in the URI: known are normal, auto and "
                         "ignore", how);
    if (remote_target_param(target, "known_hosts"))
        add_made(args, "-o", vir_strdup_printf("UserKnownHostsFile=%s",
                                               remote_target_param(target, "known_hosts")));
    return 0;
}

/* The ways to log in, in the order of the URI. */
static int
add_auth(struct args *args, const struct remote_target *target)
{
    static const struct { const char *name, *ssh; } ways[] = {
        { "privkey", "publickey" }, { "agent", "publickey" }, { "password", "password" },
        { "keyboard-interactive", "keyboard-interactive" },
    };
    const char *said = remote_target_param(target, "sshauth");
    struct vir_buf list = { 0 };

    for (const char *word = said; word && *word; word += strspn(word, ",")) {
        size_t len = strcspn(word, ","), i;

        for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
            if (strlen(ways[i].name) == len && strncmp(ways[i].name, word, len) == 0)
                break;
        if (i == sizeof(ways) / sizeof(ways[0])) {
            vir_buf_free(&list);
            return vir_error(VIR_ERR_INVALID_ARG, "sshauth=%s in the URI: known are privkey, agent, password and "
                             "keyboard-interactive", said);
        }
        vir_buf_addf(&list, "%s%s", list.len ? "," : "PreferredAuthentications=", ways[i].ssh);
        word += len;
    }
    if (list.len)
        add_made(args, "-o", vir_buf_steal(&list));
    return 0;
}

static int
add_all(struct args *args, const struct remote_target *target, enum proxy proxy)
{
    const char *program = remote_target_param(target, "command");

    add(args, program ? program : "ssh", NULL);
    add(args, "-T", NULL);
    add(args, "-oConnectTimeout=30", NULL);             /* of the network's part, not of who is asked for a password */
    add(args, "-e", "none");
    if (target->uri->port)
        add_made(args, "-p", vir_strdup_printf("%d", target->uri->port));
    if (target->uri->user)
        add(args, "-l", target->uri->user);
    if (remote_target_param(target, "keyfile"))
        add(args, "-i", remote_target_param(target, "keyfile"));
    if (remote_target_flag(target, "no_tty"))
        add(args, "-oBatchMode=yes", NULL);
    if (add_verification(args, target) < 0 || add_auth(args, target) < 0)
        return -1;
    add(args, "--", target->host);
    add_made(args, NULL, far_command(target, proxy));
    return 0;
}

struct rpc_transport *
remote_ssh_connect(struct remote_target *target)
{
    struct args args = { .n = 0 };
    enum proxy proxy;
    int sock = -1;

    if (check_word("host", target->host) < 0 || check_word("user", target->uri->user) < 0 ||
        find_proxy(target, &proxy) < 0 || check_socket(target, &proxy) < 0)
        return NULL;
    if (add_all(&args, target, proxy) == 0)
        sock = remote_child_start(args.list, &target->child);
    for (size_t i = 0; i < args.n_made; i++)
        free(args.made[i]);
    return sock < 0 ? NULL : rpc_transport_of_socket(sock);
}
