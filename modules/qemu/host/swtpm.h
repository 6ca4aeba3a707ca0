/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* swtpm: programs that are TPMs.  Each ends by itself when its guest's QEMU does. */
#ifndef QEMU_SWTPM_H
#define QEMU_SWTPM_H

#include <stdbool.h>

struct qemu_swtpm {
    const char *dir;                    /* where it keeps what it stores; made with all that a new TPM has */
    const char *socket, *log;
    const char *owner;                  /* of its certificate: the guest's name and uuid */
    bool v2;
    const char *banks;                  /* those that are in use from now on; NULL: as they are */
};

bool qemu_swtpm_is_there(void);
int qemu_swtpm_start(const struct qemu_swtpm *tpm);
/* One that no QEMU came to ends, and its socket goes. */
void qemu_swtpm_end(const char *socket);
void qemu_swtpm_forget(const char *dir);

#endif
