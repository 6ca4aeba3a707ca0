/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any text as libvirtd.conf: read over settings that are there already, as by SIGHUP. */
#include "daemon/daemon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_limits(const struct daemon_settings *settings)
{
    const struct daemon_limits *limits = &settings->limits[DAEMON_MAIN];

    if (limits->max_clients < 1 || limits->max_workers < 1 || limits->max_client_requests < 1 ||
        settings->tcp_min_ssf < 56 || settings->audit_level > 2 || settings->rw_perms > 0777)
        abort();
    for (size_t i = 0; i < DAEMON_WAYS; i++)
        if (settings->auth[i] && strcmp(settings->auth[i], "none") != 0 && strcmp(settings->auth[i], "polkit") != 0 &&
            strcmp(settings->auth[i], "sasl") != 0)
            abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct daemon_settings settings = { .privileged = size % 2 };
    char path[64];
    int fd = memfd_create("libvirtd.conf", MFD_CLOEXEC);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    settings.config_file = vir_strdup(path);
    for (int i = 0; i < 2; i++) {
        if (daemon_settings_read(&settings) == 0)
            check_limits(&settings);
        settings.file = vir_settings_close(settings.file);
    }
    daemon_settings_clear(&settings);
    virResetLastError();
    close(fd);
    return 0;
}
