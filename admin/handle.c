/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handles: what they are, who owns them, and what a public function finds wrong with one. */
#include "admin/admin.h"

#include <stdlib.h>

#include "rpc/watch.h"

#define MAGIC 0x61646d00u               /* plus the kind */

void *
adm_handle_new(enum adm_kind kind, size_t size)
{
    struct adm_handle *handle = vir_alloc(size);

    handle->magic = MAGIC + kind;
    handle->refs = 1;
    return handle;
}

void
adm_handle_ref(void *handle)
{
    __atomic_add_fetch(&((struct adm_handle *)handle)->refs, 1, __ATOMIC_RELAXED);
}

static void
connect_end(virAdmConnectPtr conn)
{
    rpc_watch_stop(conn->client);
    rpc_client_tell_end(conn->client, &admin_procedures[ADMIN_PROC_CONNECT_CLOSE]);
    rpc_client_close(conn->client);
    rpc_client_unref(conn->client);
    if (conn->freecb)
        conn->freecb(conn->opaque);
    pthread_mutex_destroy(&conn->lock);
    free(conn->uri);
}

/* What the handle holds. */
static void
end(struct adm_handle *handle)
{
    switch (handle->magic - MAGIC) {
    case ADM_CONNECT:
        connect_end((virAdmConnectPtr)handle);
        break;
    case ADM_SERVER:
        free(((virAdmServerPtr)handle)->name);
        adm_handle_unref(((virAdmServerPtr)handle)->conn);
        break;
    default:
        adm_handle_unref(((virAdmClientPtr)handle)->srv);
    }
}

int
adm_handle_unref(void *opaque)
{
    struct adm_handle *handle = opaque;
    int left = __atomic_sub_fetch(&handle->refs, 1, __ATOMIC_ACQ_REL);

    if (left > 0)
        return left;
    end(handle);
    handle->magic = 0;
    free(handle);
    return 0;
}

int
adm_failed(void)
{
    vir_core.call_failed(NULL);
    return -1;
}

/* All kinds have the phrase of a connection: that is what scripts know. */
bool
adm_enter(const char *call, const void *handle, enum adm_kind kind)
{
    virResetLastError();
    if (handle && ((const struct adm_handle *)handle)->magic == MAGIC + kind)
        return true;
    vir_error(VIR_ERR_INVALID_CONN, "%s", call);
    adm_failed();
    return false;
}

bool
adm_given(const char *call, const void *argument, const char *name)
{
    if (argument)
        return true;
    vir_error(VIR_ERR_INVALID_ARG, "%s in %s must not be NULL", name, call);
    adm_failed();
    return false;
}
