/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What this driver cannot do yet, said in one way by all devices.
 */
#include "device/device.h"

int
qemu_refuse(const char *element, const char *attr, const char *value)
{
    vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the qemu driver does not do <%s %s='%s'> yet", element, attr,
              value ? value : "");
    vir_error_hint("to go on without it, take it out of the definition");
    return -1;
}

int
qemu_check_address(const char *element, const struct qemu_address_def *at, enum qemu_address_type wanted)
{
    if (!at || at->type == wanted)
        return 0;
    vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<%s> has an address of type '%s'; the qemu driver can do '%s' only",
              element, WORD(address_type, at->type), WORD(address_type, wanted));
    vir_error_hint("leave out its <address>, and it gets a place");
    return -1;
}
