/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors that virsh was started with. */
#ifndef VIRSH_FDS_H
#define VIRSH_FDS_H

#include "virsh.h"

/* N,M,... (NULL: none); -1: reported. Caller frees. */
int virsh_fds_read(struct shell *vsh, const char *text, int **ret_fds, unsigned int *ret_n);

#endif
