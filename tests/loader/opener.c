/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * opener [--daemon] [URI...]: loads modules as a client or as the daemon does,
 * opens each URI and prints what serves it.  A SIGCHLD or a child that wait() can
 * see is a failure: the library's own children are nobody's business.
 */
#include "core/private.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t n_signals;

static void
on_child(int signum)
{
    (void)signum;
    n_signals++;
}

static int
open_one(const char *uri)
{
    virConnectPtr conn = virConnectOpen(uri);

    if (!conn) {
        printf("%s: error %d: %s\n", uri, virGetLastErrorCode(), virGetLastErrorMessage());
        return 1;
    }
    printf("%s: %s\n", uri, virConnectGetType(conn));
    return virConnectClose(conn) != 0;
}

static void
be_silent(void *opaque, virErrorPtr error)
{
    (void)opaque, (void)error;
}

int
main(int argc, char **argv)
{
    int failed = 0, first = 1;

    signal(SIGCHLD, on_child);
    virSetErrorFunc(NULL, be_silent);
    if (argc > 1 && !strcmp(argv[1], "--daemon")) {
        first++;
        vir_core.host_daemon(geteuid() == 0, NULL, NULL, NULL);
        if (vir_core.modules_load() < 0) {
            printf("critical: %s\n", virGetLastErrorMessage());
            return 3;
        }
    }
    if (virInitialize() < 0)
        return 2;
    if (n_signals || wait(NULL) >= 0 || errno != ECHILD) {
        puts("a child of the library was seen");
        return 2;
    }
    for (int i = first; i < argc; i++)
        failed |= open_one(argv[i]);
    puts("served");
    if (first > 1)
        vir_core.modules_unload();
    return failed;
}
