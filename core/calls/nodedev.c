/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one getter that asks the driver: the answer is kept with the handle, so that
 * the program need not free it.
 */
#include "../call.h"
#include "core/calls.h"

#include <stdlib.h>

const char *
virNodeDeviceGetParent(virNodeDevicePtr dev)
{
    char *(*call)(virNodeDevicePtr);
    char *parent, *none = NULL;

    if (vir_call_check(VIR_CALL_virNodeDeviceGetParent, dev, 0) < 0)
        return NULL;
    if (__atomic_load_n(&dev->object.asked, __ATOMIC_ACQUIRE))
        return dev->object.asked;
    call = (__typeof__(call))vir_call_slot(VIR_CALL_virNodeDeviceGetParent, dev);
    if (!call) {
        vir_call_no_support(VIR_CALL_virNodeDeviceGetParent, dev);
        return NULL;
    }
    parent = call(dev);
    if (!parent) {
        if (virGetLastErrorCode())      /* the root of the tree has none, which is no error */
            vir_call_failed(dev);
        return NULL;
    }
    if (!__atomic_compare_exchange_n(&dev->object.asked, &none, parent, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        free(parent);
    return dev->object.asked;
}
