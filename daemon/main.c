/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirtd from start to end.
 */
#include "daemon/daemon.h"
#include "daemon/access/guard.h"
#include "daemon/audit.h"
#include "daemon/heap.h"
#include "daemon/mdns.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/loop.h"
#include "core/private.h"
#include "rpc/place.h"

#define DRAIN_MS 2000                   /* calls in progress may end in this time */

static int ready_fd = -1;               /* tells the parent of -d how it went */

/* ---- settings -------------------------------------------------------------------- */

/* The host's UUID that clients are told: what stands there, or the source that is named first.  Kept for ever. */
static void
give_uuid(void)
{
    const struct daemon_settings *settings = &the_daemon.settings;
    char *text = NULL;
    size_t len;

    if (settings->host_uuid) {
        vir_core.host_set_uuid(vir_strdup(settings->host_uuid));
    } else if (strcmp(settings->host_uuid_source, "machine-id") == 0) {
        if (vir_file_read_path("/etc/machine-id", 256, &text, &len) < 0) {
            vir_warn("host_uuid_source: %s", virGetLastErrorMessage());
            return;
        }
        text[strcspn(text, "\n")] = '\0';
        vir_core.host_set_uuid(text);
    }
}

static int
read_settings(void)
{
    struct daemon_settings *settings = &the_daemon.settings;
    const struct vir_host *host = vir_core.host();
    VIR_AUTO_FREE char *dir = NULL;

    if (!settings->config_file)
        settings->config_file = vir_strdup_printf("%s/libvirtd.conf", host->config_dir);
    else if (access(settings->config_file, R_OK) < 0)
        return vir_error_errno(errno, "cannot read %s", settings->config_file);
    if (daemon_settings_read(settings) < 0 || daemon_log_set() < 0)
        return -1;
    give_uuid();
    daemon_listen_fit(settings);
    the_daemon.guarded = daemon_settings_guard(settings);
    daemon_settings_warn(settings);
    dir = rpc_place_dir(host, !settings->privileged);
    if (!settings->pid_file)
        settings->pid_file = vir_path_join(settings->privileged ? VIR_RUNSTATEDIR : dir, "libvirtd.pid");
    if (!settings->sock_dir)
        settings->sock_dir = vir_steal(&dir);
    return 0;
}

/* A reload that fails leaves everything as it was. */
static void
reload(void)
{
    struct daemon_settings fresh = the_daemon.settings, old = the_daemon.settings;

    daemon_systemd_reloading();
    daemon_settings_forget(&fresh);
    if (daemon_settings_read(&fresh) < 0) {
        vir_warn("settings stay as they are: %s", virGetLastErrorMessage());
        fresh.config_file = fresh.pid_file = NULL;
        daemon_settings_clear(&fresh);
        daemon_systemd_ready();
        return;
    }
    daemon_listen_fit(&fresh);
    daemon_links_remove();
    pthread_mutex_lock(&the_daemon.settings_lock);
    the_daemon.settings = fresh;
    old.config_file = old.pid_file = NULL;
    daemon_settings_clear(&old);
    pthread_mutex_unlock(&the_daemon.settings_lock);
    daemon_servers_adjust();
    __atomic_store_n(&the_daemon.guarded, daemon_settings_guard(&fresh), __ATOMIC_RELAXED);
    if (daemon_log_set() < 0)
        vir_warn("log settings: %s", virGetLastErrorMessage());
    daemon_settings_warn(&the_daemon.settings);
    daemon_links_make();
    daemon_tls_reload();
    daemon_mdns_set();
    if (daemon_metrics_set() < 0)
        vir_warn("%s", virGetLastErrorMessage());
    vir_info("settings were read again");
    daemon_systemd_ready();
}

/* ---- signals ------------------------------------------------------------------------ */

static const int handled[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP };

static void
signal_event(struct vir_loop *loop, int fd, uint32_t events, void *opaque)
{
    struct signalfd_siginfo info;

    (void)events;
    (void)opaque;
    while (read(fd, &info, sizeof(info)) == sizeof(info)) {
        if (info.ssi_signo == SIGHUP) {
            reload();
        } else {
            vir_info("signal %u: leaving", info.ssi_signo);
            vir_loop_stop(loop);
        }
    }
}

static int
watch_signals(void)
{
    sigset_t set;
    int fd;

    sigemptyset(&set);
    for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++)
        sigaddset(&set, handled[i]);
    /* before the first thread, so that all inherit it */
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, SIG_IGN);
    fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        return vir_error_errno(errno, "cannot watch signals");
    return vir_loop_add_fd(the_daemon.loop, fd, EPOLLIN, signal_event, NULL);
}

/* ---- background ----------------------------------------------------------------------- */

/* The parent of -d waits until the daemon serves, or repeats its last words. */
static int
wait_for_child(int fd)
{
    char text[2048];
    ssize_t n;
    size_t len = 0;

    while (len < sizeof(text) - 1 && (n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
        len += (size_t)n;
    text[len] = '\0';
    if (strcmp(text, "ready") == 0)
        return 0;
    fprintf(stderr, "libvirtd: %s\n", len ? text : "the daemon ended before it was ready");
    return 1;
}

static void
daemonize(void)
{
    int ends[2], null;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
        perror("libvirtd");
        exit(1);
    }
    if (pid > 0) {
        close(ends[1]);
        _exit(wait_for_child(ends[0]));
    }
    close(ends[0]);
    ready_fd = ends[1];
    setsid();
    if (chdir("/") < 0)
        _exit(1);
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3 && null >= 0; fd++)
        dup2(null, fd);
}

static void
tell_parent(const char *text)
{
    if (ready_fd < 0)
        return;
    if (write(ready_fd, text, strlen(text)) < 0)
        vir_debug("the parent is gone");
    close(ready_fd);
    ready_fd = -1;
}

/* ---- start and end ---------------------------------------------------------------------- */

/* Modules call it for each guest that starts (+1) or ends (-1). Any thread. */
static void
inhibit(int delta)
{
    __atomic_add_fetch(&the_daemon.inhibitors, delta, __ATOMIC_RELAXED);
}

static void
no_error_output(void *opaque, virErrorPtr error)
{
    (void)opaque;
    vir_debug("error for a client: %s", error->message);
}

static int
start(void)
{
    struct daemon_settings *settings = &the_daemon.settings;

    virSetErrorFunc(NULL, no_error_output);
    vir_core.host_daemon(settings->privileged, inhibit, daemon_audit, daemon_access_admit_found);
    /* what is made above the system's folders is for everybody to pass */
    umask(settings->privileged ? 0022 : 0077);
    /* the settings first: what is said about modules goes to the log that they name */
    if (read_settings() < 0 || virInitialize() < 0 || daemon_pidfile_take(settings->pid_file) < 0)
        return -1;
    the_daemon.loop = vir_loop_make();
    if (!the_daemon.loop || watch_signals() < 0)
        return -1;
    daemon_memory_start();
    daemon_servers_start();
    daemon_public_loop();
    daemon_pidfile_write();
    /* the sockets first: a daemon that finds them taken has touched no guest */
    if (daemon_listen() < 0 || daemon_audit_start() < 0 || vir_core.modules_load() < 0 || daemon_metrics_set() < 0)
        return -1;
    daemon_links_make();
    daemon_idle_check();
    return 0;
}

static void
stop_loop(struct vir_loop *loop, void *opaque)
{
    (void)opaque;
    vir_loop_stop(loop);
}

/* Guests live on; calls in progress have a moment to end. */
static void
end(void)
{
    int left;

    daemon_systemd_notify("STOPPING=1\nSTATUS=Waiting for calls in progress");
    the_daemon.draining = true;
    daemon_links_remove();
    daemon_listeners_end();
    daemon_metrics_end();
    left = daemon_servers_end(vir_deadline(DRAIN_MS));
    while (the_daemon.clients)
        daemon_client_close(the_daemon.clients, "the daemon ends");
    if (left < 0) {
        vir_warn("some calls did not end in %d s: leaving without them", DRAIN_MS / 1000);
        daemon_pidfile_remove();
        _exit(0);
    }
    /* what was put off until the loop's next turn */
    vir_loop_add_timer(the_daemon.loop, 0, stop_loop, NULL);
    vir_loop_run(the_daemon.loop);
    daemon_metrics_close();
    vir_core.modules_unload();
    daemon_audit_end();
    daemon_pidfile_remove();            /* now another daemon may take the guests up */
    vir_loop_free(the_daemon.loop);
    daemon_clients_free_buffers();
}

int
main(int argc, char **argv)
{
    int status;

    if (daemon_settings_options(&the_daemon.settings, argc, argv, &status) < 0)
        return status;
    /* few threads work at a time: few heaps, and one where the address space is limited, of which
     * each takes 64 MiB that no other can use; big messages go back to the system at once (left
     * alone, the C library learns to keep them) */
    mallopt(M_ARENA_MAX, daemon_memory_is_limited() ? 1 : 4);
    mallopt(M_MMAP_THRESHOLD, DAEMON_HEAP_MAX);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
    /* The first use of its heap is not safe in two threads at once.  Where malloc is another's (a
     * sanitizer's, a preloaded one), that would be malloc_trim() in threads that end together. */
    malloc_trim(0);
    if (the_daemon.settings.daemonize)
        daemonize();
    if (start() < 0) {
        fprintf(stderr, "libvirtd: %s\n", virGetLastErrorMessage());
        tell_parent(virGetLastErrorMessage());
        daemon_pidfile_remove();
        return 1;
    }
    tell_parent("ready");
    daemon_mdns_set();
    daemon_systemd_ready();
    daemon_systemd_watchdog();
    status = vir_loop_run(the_daemon.loop) < 0;
    end();
    daemon_settings_clear(&the_daemon.settings);
    return status;
}
