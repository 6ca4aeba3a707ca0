/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-admin: what it has beside the shell. */
#ifndef VIRT_ADMIN_H
#define VIRT_ADMIN_H

#include <libvirt/libvirt-admin.h>

#include "kinds.h"
#include "shell.h"

/* connect.c, as struct shell_tool has them. */
int admin_open(struct shell *vsh, enum shell_connect why);
void *admin_open_to_look(struct shell *vsh);
bool admin_is_alive(struct shell *vsh);
void admin_close(struct shell *vsh, void *conn);

#endif
