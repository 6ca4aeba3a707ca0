/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files of the host that an emulator is about to open; see file.h.
 */
#include "qemu.h"
#include "host/file.h"

#include <errno.h>
#include <sys/stat.h>

int
qemu_file_check(const char *what, const char *path, unsigned int kinds)
{
    struct stat sb;

    if (stat(path, &sb) < 0)
        return vir_error_errno(errno, "Cannot access %s '%s'", what, path);
    if ((S_ISREG(sb.st_mode) && kinds & QEMU_FILE_REGULAR) || (S_ISBLK(sb.st_mode) && kinds & QEMU_FILE_BLOCK))
        return 0;
    return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the %s '%s' is no %s", what, path,
                     kinds == QEMU_FILE_REGULAR ? "regular file" : kinds == QEMU_FILE_BLOCK ? "block device"
                     : "regular file or block device");
}
