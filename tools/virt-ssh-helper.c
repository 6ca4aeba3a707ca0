/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virt-ssh-helper [-r] URI: what a client on another host runs here through
 * ssh.  Finds the daemon that serves URI, as a client of this host does, and
 * carries bytes between it and the standard input and output.
 */
#include "modules/remote/place.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libvirt/virterror.h>

#include "core/private.h"
#include "core/uri.h"

const struct vir_host *remote_host;

/* Bytes on their way in one direction. */
struct flow {
    int from, to;
    size_t start, end;
    bool ended;                         /* nothing more comes */
    char bytes[64 * 1024];
};

static int
fail(const char *what)
{
    fprintf(stderr, "virt-ssh-helper: %s: %s\n", what, strerror(errno));
    return -1;
}

static int
take_in(struct flow *flow)
{
    ssize_t n = read(flow->from, flow->bytes, sizeof(flow->bytes));

    if (n < 0)
        return errno == EINTR || errno == EAGAIN ? 0 : fail("cannot read");
    flow->ended = n == 0;
    flow->start = 0;
    flow->end = (size_t)n;
    return 0;
}

static int
give_out(struct flow *flow)
{
    ssize_t n = write(flow->to, flow->bytes + flow->start, flow->end - flow->start);

    if (n < 0)
        return errno == EINTR || errno == EAGAIN ? 0 : errno == EPIPE ? -1 : fail("cannot write");
    flow->start += (size_t)n;
    return 0;
}

static bool
is_full(const struct flow *flow)
{
    return flow->start < flow->end;
}

/* Moves what can be moved; -1: it is over. */
static int
turn(struct flow *flow, const struct pollfd *from, const struct pollfd *to)
{
    if (is_full(flow) && to->revents && give_out(flow) < 0)
        return -1;
    if (!is_full(flow) && !flow->ended && from->revents && take_in(flow) < 0)
        return -1;
    return 0;
}

/* Until one of the two has nothing more to say and what it said has been passed on. */
static int
carry(int sock)
{
    static struct flow there = { .from = STDIN_FILENO }, back = { .to = STDOUT_FILENO };

    there.to = back.from = sock;
    while (!(there.ended && !is_full(&there)) && !(back.ended && !is_full(&back))) {
        struct pollfd fds[] = {
            { .fd = is_full(&there) ? -1 : STDIN_FILENO, .events = POLLIN },
            { .fd = is_full(&there) ? sock : -1, .events = POLLOUT },
            { .fd = is_full(&back) ? -1 : sock, .events = POLLIN },
            { .fd = is_full(&back) ? STDOUT_FILENO : -1, .events = POLLOUT },
        };

        if (poll(fds, sizeof(fds) / sizeof(fds[0]), -1) < 0 && errno != EINTR)
            return fail("cannot wait");
        if (turn(&there, &fds[0], &fds[1]) < 0 || turn(&back, &fds[2], &fds[3]) < 0)
            return -1;
    }
    return 0;
}

static int
connect_daemon(const char *text, bool readonly)
{
    struct vir_uri *uri = vir_uri_parse(text);
    struct remote_place place;
    int sock = -1;

    if (!uri)
        return -1;
    if (!uri->scheme || uri->server)
        vir_error(VIR_ERR_INVALID_ARG, "'%s' is no URI of a driver on this host", text);
    else if (remote_place_find(&place, uri, readonly) == 0)
        sock = remote_place_connect(&place, &readonly);
    return sock;                        /* the process lives no longer than what it holds */
}

static void
print_help(void)
{
    puts("Usage: virt-ssh-helper [-r] URI\n"
         "\n"
         "Connects standard input and output with the libvirtd of this host that serves\n"
         "URI.  Clients of other hosts run it through ssh.\n"
         "\n"
         "  -r, --readonly   the socket for reading only\n"
         "  -h, --help       this text\n"
         "  -V, --version    the version");
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        { "readonly", no_argument, NULL, 'r' }, { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' }, { NULL, 0, NULL, 0 },
    };
    bool readonly = false;
    int option, sock;

    while ((option = getopt_long(argc, argv, "rhV", options, NULL)) != -1) {
        if (option == 'r') {
            readonly = true;
        } else if (option == 'h' || option == 'V') {
            if (option == 'h')
                print_help();
            else
                puts("virt-ssh-helper (libvirt) " VIR_VERSION);
            return 0;
        } else {
            fputs("Try 'virt-ssh-helper --help'.\n", stderr);
            return 1;
        }
    }
    if (optind != argc - 1) {
        fputs("virt-ssh-helper: which URI?\nTry 'virt-ssh-helper --help'.\n", stderr);
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    virSetErrorFunc(NULL, NULL);
    if (virInitialize() < 0)
        return 1;
    remote_host = vir_core.host();
    sock = connect_daemon(argv[optind], readonly);
    if (sock < 0) {
        fprintf(stderr, "virt-ssh-helper: %s\n", virGetLastErrorMessage());
        return 1;
    }
    return carry(sock) < 0;
}
