/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part audit: libaudit. */
#include "daemon/audit.h"

#include <errno.h>
#include <libaudit.h>
#include <unistd.h>

static int
open_log(void)
{
    int fd = audit_open(), enabled;

    if (fd < 0)
        return -errno;
    enabled = audit_is_enabled(fd);
    if (enabled > 0)
        return fd;
    close(fd);
    return enabled < 0 ? -errno : -ENODATA;
}

static int
write_record(int fd, enum vir_audit_kind kind, const char *text, bool success)
{
    static const int types[] = {
        [VIR_AUDIT_CONTROL] = AUDIT_VIRT_CONTROL, [VIR_AUDIT_RESOURCE] = AUDIT_VIRT_RESOURCE,
        [VIR_AUDIT_LABEL] = AUDIT_VIRT_MACHINE_ID,
    };

    return audit_log_user_message(fd, types[kind], text, NULL, NULL, NULL, success) > 0 ? 0 : -errno;
}

extern const struct daemon_audit_part audit;
__attribute__((visibility("default")))
const struct daemon_audit_part audit = { DAEMON_AUDIT_VERSION, open_log, write_record };
