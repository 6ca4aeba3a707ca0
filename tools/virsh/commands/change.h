/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands that change devices share. */
#ifndef VIRSH_CHANGE_H
#define VIRSH_CHANGE_H

#include "virsh.h"

/* FLAGS with those that --persistent adds: the definition, and the domain too if it runs. */
unsigned int virsh_change_flags(struct virsh *vsh, virDomainPtr dom, unsigned int flags, bool persistent);

#endif
