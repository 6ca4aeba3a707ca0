/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded in place of libaudit, for the kernel's own audit log is the host's:
 * FAKE_AUDIT names a file that gets the records; FAKE_AUDIT_OFF: it is switched
 * off; FAKE_AUDIT_STUCK: the kernel takes nothing until that file is there.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <libaudit.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT int
audit_open(void)
{
    return open(getenv("FAKE_AUDIT"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

EXPORT int
audit_is_enabled(int fd)
{
    (void)fd;
    return !getenv("FAKE_AUDIT_OFF");
}

EXPORT int
audit_log_user_message(int audit_fd, int type, const char *message, const char *hostname, const char *addr,
                       const char *tty, int result)
{
    const char *stuck = getenv("FAKE_AUDIT_STUCK");

    (void)hostname;
    (void)addr;
    (void)tty;
    while (stuck && access(stuck, F_OK) < 0)
        usleep(10000);
    return dprintf(audit_fd, "%d %s res=%s\n", type, message, result ? "success" : "failed");
}
