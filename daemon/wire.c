/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection of a call, lists and room for results; see wire.h and dispatch.h. */
#include <stdlib.h>

#include "wire.h"

virConnectPtr
daemon_call_conn(struct daemon_call *call)
{
    if (!call->conn)
        vir_raise(VIR_FROM_RPC, VIR_ERR_INTERNAL_ERROR, "hypervisor connection not open");
    return call->conn;
}

int
daemon_put_list(struct daemon_call *call, const struct rpc_object *object, void *handles, int n, uint32_t max,
                void *ret_items, unsigned int *ret_n)
{
    void **list = handles;
    char *items = NULL;
    int rc = n < 0 ? -1 : 0;

    call->lent = (struct daemon_lent){ list, list && n > 0 ? (size_t)n : 0 };

    if (n > 0 && (uint32_t)n > max)
        rc = vir_error(VIR_ERR_RPC, "%d items where the protocol allows %u", n, max);
    if (rc == 0 && n > 0 && list)
        rc = daemon_room("list", n, max, object->size, &items);
    for (size_t i = 0; rc == 0 && i < call->lent.n; i++)
        object->lend(items + i * object->size, list[i]);
    *(void **)ret_items = items;
    *ret_n = items ? (unsigned int)n : 0;
    return rc;
}

void
daemon_call_end(struct daemon_call *call)
{
    for (size_t i = 0; i < call->lent.n; i++)
        vir_object_unref(call->lent.list[i]);
    free(call->lent.list);
    call->lent = (struct daemon_lent){ NULL, 0 };
}

int
daemon_room(const char *what, int64_t wanted, uint32_t max, size_t size, void *ret_items)
{
    void *items = NULL;

    if (wanted < 0 || wanted > max)
        return vir_error(VIR_ERR_RPC, "%s: %lld where the protocol allows 0 to %u",
                         what, (long long)wanted, max);
    if (wanted > 0) {
        items = calloc((size_t)wanted, size);
        if (!items)
            return vir_error(VIR_ERR_NO_MEMORY, "%s: %lld items", what, (long long)wanted);
    }
    *(void **)ret_items = items;
    return 0;
}

void
daemon_drop_strings(virTypedParameterPtr params, unsigned int *n, unsigned int flags)
{
    unsigned int kept = 0;

    if (flags & VIR_TYPED_PARAM_STRING_OKAY)
        return;
    for (unsigned int i = 0; i < *n; i++) {
        if (params[i].type == VIR_TYPED_PARAM_STRING)
            free(params[i].value.s);
        else
            params[kept++] = params[i];
    }
    *n = kept;
}
