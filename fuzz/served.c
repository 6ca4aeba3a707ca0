/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/daemon.h"

#include "served.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/loop.h"
#include "core/private.h"
#include "daemon/access/guard.h"

#define PATIENCE_MS 60000
#define MAKE(path, ...) snprintf(path, sizeof(path), __VA_ARGS__)

static char dir[80];                     /* short, for the sockets' sake */

static _Noreturn void
give_up(const char *what)
{
    const char *why = virGetLastErrorMessage();

    fprintf(stderr, "%s: %s\n", what, why);
    abort();
}

static void
quiet(void *opaque, virErrorPtr error)
{
    (void)opaque;
    (void)error;
}

static void
remove_folder(void)
{
    static const char *const names[] = {
        "conf", "log", SERVED_CALLS, SERVED_ADMIN, "modules/test.so", "modules",
        "libvirt/modules/test.so.good", "libvirt/modules", "libvirt", "",
    };
    char path[128];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        MAKE(path, "%s/%s", dir, names[i]);
        remove(path);
    }
}

/* Of all modules the test module alone: calls from outside touch nothing real. */
static void
make_folder(void)
{
    const char *modules = getenv("LIBVIRT_DRIVER_DIR"), *build = getenv("VIR_BUILD_DIR");
    char path[128], target[4096];
    FILE *conf;

    if (!modules || !build || MAKE(dir, "%s/fuzz-XXXXXX", build) >= (int)sizeof(dir) || !mkdtemp(dir))
        give_up("no folder: is this run by ./run, and the path of the build short?");
    atexit(remove_folder);
    setenv("HOME", dir, 1);
    setenv("XDG_RUNTIME_DIR", dir, 1);
    setenv("XDG_CONFIG_HOME", dir, 1);
    setenv("XDG_CACHE_HOME", dir, 1);
    MAKE(path, "%s/modules", dir);
    MAKE(target, "%s/test.so", modules);
    setenv("LIBVIRT_DRIVER_DIR", path, 1);
    if (mkdir(path, 0700) < 0 || strlen(modules) > 4000)
        give_up(path);
    MAKE(path, "%s/modules/test.so", dir);
    if (linkat(AT_FDCWD, target, AT_FDCWD, path, AT_SYMLINK_FOLLOW) < 0)
        give_up(path);
    MAKE(path, "%s/conf", dir);
    conf = fopen(path, "w");
    if (!conf)
        give_up(path);
    fprintf(conf, "unix_sock_dir = \"%s\"\nauth_unix_rw = \"none\"\nlog_outputs = \"4:file:%s/log\"\n", dir, dir);
    fclose(conf);
}

static void *
serve(void *opaque)
{
    vir_loop_run(opaque);
    return NULL;
}

static void
start(void)
{
    struct daemon_settings *settings = &the_daemon.settings;
    char program[] = "libvirtd", session[] = "--session", config[] = "--config", path[128];
    char *argv[] = { program, session, config, path, NULL };
    pthread_t thread;
    int status;

    make_folder();
    MAKE(path, "%s/conf", dir);
    virSetErrorFunc(NULL, quiet);
    if (daemon_settings_options(settings, 4, argv, &status) < 0)
        give_up("options");
    vir_core.host_daemon(settings->privileged, NULL, NULL, daemon_access_admit_found);
    if (daemon_settings_read(settings) < 0 || daemon_log_set() < 0 || virInitialize() < 0)
        give_up("settings");
    the_daemon.loop = vir_loop_make();
    daemon_memory_start();
    daemon_servers_start();
    daemon_public_loop();
    if (daemon_listen() < 0 || vir_core.modules_load() < 0)
        give_up("sockets and modules");
    if (pthread_create(&thread, NULL, serve, the_daemon.loop) != 0)
        give_up("a thread");
}

int
served_connect(const char *name)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    pthread_once(&once, start);
    MAKE(address.sun_path, "%s/%s", dir, name);
    if (sock < 0 || connect(sock, (struct sockaddr *)&address, sizeof(address)) < 0)
        give_up(address.sun_path);
    return sock;
}

/* libFuzzer's clock interrupts. */
static bool
wait_for(struct pollfd *ready)
{
    int n;

    while ((n = poll(ready, 1, PATIENCE_MS)) < 0 && errno == EINTR) {}
    return n > 0;
}

/* Takes what the daemon says; false: it has hung up. */
static bool
hear(int sock)
{
    char bytes[65536];

    return recv(sock, bytes, sizeof(bytes), MSG_DONTWAIT) > 0;
}

void
served_say(int sock, const void *bytes, size_t n)
{
    struct pollfd ready = { .fd = sock, .events = POLLIN | POLLOUT };
    const char *next = bytes;

    while (n > 0 && wait_for(&ready)) {
        ssize_t said;

        if (ready.revents & POLLIN && !hear(sock))
            return;
        said = send(sock, next, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (said < 0 && errno != EAGAIN)
            return;
        next += said > 0 ? said : 0;
        n -= said > 0 ? (size_t)said : 0;
    }
}

void
served_end(int sock)
{
    struct pollfd ready = { .fd = sock, .events = POLLIN };

    shutdown(sock, SHUT_WR);
    do {
        if (!wait_for(&ready))
            give_up("the daemon does not hang up");
    } while (hear(sock));
    close(sock);
}
