/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What fails in common/ becomes an error of libvirt: in libvirt.so.0, libvirt-driver.so.0 and
 * libvirtd, each of which links common/ and this. */
#define VIR_MODULE_DOMAIN VIR_FROM_NONE
#define VIR_LOG_SOURCE "common"
#include <libvirt/module.h>

#include "report.h"

int
vir_report(enum vir_report_kind kind, int err, const char *text)
{
    static const int codes[] = {
        [VIR_REPORT_INVALID] = VIR_ERR_INVALID_ARG,
        [VIR_REPORT_MEMORY] = VIR_ERR_NO_MEMORY,
        [VIR_REPORT_TIMEOUT] = VIR_ERR_OPERATION_TIMEOUT,
        [VIR_REPORT_FAILED] = VIR_ERR_OPERATION_FAILED,
    };

    switch (kind) {
    case VIR_REPORT_WARNING:
        vir_warn("%s", text);
        return -1;
    case VIR_REPORT_HINT:
        vir_error_hint("%s", text);
        return -1;
    case VIR_REPORT_CONFIG:
        return vir_raise(VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX, "%s", text);
    case VIR_REPORT_SYSTEM:
        return vir_error_errno(err, "%s", text);
    default:
        return vir_error(codes[kind], "%s", text);
    }
}
