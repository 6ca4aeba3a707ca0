/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands that change devices share. */
#include "change.h"

unsigned int
virsh_change_flags(struct virsh *vsh, virDomainPtr dom, unsigned int flags, bool persistent)
{
    if (!persistent)
        return flags;
    flags |= VIR_DOMAIN_AFFECT_CONFIG;
    if (virDomainIsActive(dom) == 1)
        flags |= VIR_DOMAIN_AFFECT_LIVE;
    virsh_error_forget(vsh);
    return flags;
}
