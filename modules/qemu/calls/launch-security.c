/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Guests whose memory the host cannot read: there are none yet (qemu.schema refuses their element at a start), so
 * nothing is told of them, and they are given no secrets.
 */
#include "calls/calls.h"

int
qemu_node_get_sev_info(virConnectPtr conn, virTypedParameterPtr *params, int *nparams, unsigned int flags)
{
    (void)conn;
    (void)params;
    (void)nparams;
    (void)flags;
    return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "QEMU does not support SEV guest");
}

int
qemu_domain_get_launch_security_info(virDomainPtr dom, virTypedParameterPtr *params, int *nparams, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    (void)flags;
    if (!domain)
        return -1;
    *params = NULL;
    *nparams = 0;
    return 0;
}

int
qemu_domain_set_launch_security_state(virDomainPtr dom, virTypedParameterPtr params, int nparams, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    (void)params;
    (void)nparams;
    (void)flags;
    return domain ? vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "setting a launch secret is only supported in SEV-enabled domains")
        : -1;
}
