/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library, and connections from the first message to the last. */
#include "admin/admin.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "rpc/place.h"
#include "rpc/watch.h"

int
virAdmInitialize(void)
{
    return virInitialize();
}

int
virAdmGetVersion(unsigned long long *libVer)
{
    virResetLastError();
    if (!adm_given(__func__, libVer, "libVer"))
        return -1;
    *libVer = LIBVIR_VERSION_NUMBER;
    return 0;
}

/* ---- opening --------------------------------------------------------------------- */

static void
receive_message(uint32_t program, int procedure, const unsigned char *body, size_t len, void *opaque)
{
    (void)body;
    (void)len;
    (void)opaque;
    vir_debug("message %d of program 0x%x ignored", procedure, program);
}

/* The function is registered no more when it is called, with nothing locked. */
static void
receive_end(int reason, void *opaque)
{
    virAdmConnectPtr conn = opaque;
    virAdmConnectCloseFunc close;
    virFreeCallback freecb;
    void *data;

    pthread_mutex_lock(&conn->lock);
    close = vir_steal(&conn->close);
    freecb = vir_steal(&conn->freecb);
    data = conn->opaque;
    pthread_mutex_unlock(&conn->lock);
    if (close)
        close(conn, reason, data);
    if (freecb)
        freecb(data);
}

static int
dial(const char *path)
{
    int sock = rpc_place_connect(path), err = errno;

    if (sock >= 0)
        return sock;
    vir_raise_errno(VIR_FROM_RPC, err, "Failed to connect socket to '%s'", path);
    if (err == EACCES || err == EPERM)
        vir_error_hint("a daemon is administrated by the user that it runs as: root, for the system's");
    else if (err == ENOENT || err == ECONNREFUSED)
        vir_error_hint("no daemon serves that socket: start it, or name another one, as in libvirtd:///session");
    return -1;
}

static virAdmConnectPtr
open_socket(const char *path)
{
    struct admin_connect_open_args args = { .flags = 0 };
    struct rpc_client_events events = { receive_message, receive_end, NULL };
    int sock = dial(path);
    virAdmConnectPtr conn;

    if (sock < 0)
        return NULL;
    conn = adm_handle_new(ADM_CONNECT, sizeof(*conn));
    pthread_mutex_init(&conn->lock, NULL);
    events.opaque = conn;
    conn->client = rpc_client_new(rpc_transport_of_socket(sock), path, &events);
    if (rpc_client_call(conn->client, &admin_procedures[ADMIN_PROC_CONNECT_OPEN], &args, NULL) == 0) {
        rpc_watch_start(conn->client);
        return conn;
    }
    rpc_client_close(conn->client);
    adm_handle_unref(conn);
    return NULL;
}

virAdmConnectPtr
virAdmConnectOpen(const char *name, unsigned int flags)
{
    VIR_AUTO_FREE char *uri = NULL, *path = NULL;
    virAdmConnectPtr conn = NULL;

    virInitialize();
    virResetLastError();
    if (flags & ~(unsigned int)VIR_CONNECT_NO_ALIASES)
        vir_error(VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in function %s", flags, __func__);
    else if (adm_target_find(name, !(flags & VIR_CONNECT_NO_ALIASES), &uri, &path) == 0)
        conn = open_socket(path);
    if (!conn) {
        adm_failed();
        return NULL;
    }
    conn->uri = vir_steal(&uri);
    return conn;
}

int
virAdmConnectClose(virAdmConnectPtr conn)
{
    virResetLastError();
    if (!conn)
        return 0;
    return adm_enter(__func__, conn, ADM_CONNECT) ? adm_handle_unref(conn) > 0 : -1;
}

int
virAdmConnectRef(virAdmConnectPtr conn)
{
    if (!adm_enter(__func__, conn, ADM_CONNECT))
        return -1;
    adm_handle_ref(conn);
    return 0;
}

/* ---- what is known of it ------------------------------------------------------------ */

char *
virAdmConnectGetURI(virAdmConnectPtr conn)
{
    return adm_enter(__func__, conn, ADM_CONNECT) ? vir_strdup(conn->uri) : NULL;
}

int
virAdmConnectIsAlive(virAdmConnectPtr conn)
{
    virResetLastError();
    return conn && adm_enter(__func__, conn, ADM_CONNECT) ? rpc_client_alive(conn->client) : 0;
}

int
virAdmConnectGetLibVersion(virAdmConnectPtr conn, unsigned long long *libVer)
{
    struct admin_connect_get_lib_version_ret ret;

    if (!adm_enter(__func__, conn, ADM_CONNECT) || !adm_given(__func__, libVer, "libVer") ||
        adm_call(conn, ADMIN_PROC_CONNECT_GET_LIB_VERSION, NULL, &ret) < 0)
        return -1;
    *libVer = ret.libVer;
    return 0;
}

/* ---- the other end closed --------------------------------------------------------------- */

static int
refuse_callback(const char *why)
{
    vir_error(VIR_ERR_OPERATION_INVALID, "%s", why);
    return adm_failed();
}

int
virAdmConnectRegisterCloseCallback(virAdmConnectPtr conn, virAdmConnectCloseFunc cb, void *opaque,
                                   virFreeCallback freecb)
{
    bool taken;

    if (!adm_enter(__func__, conn, ADM_CONNECT) || !adm_given(__func__, (const void *)(uintptr_t)cb, "cb"))
        return -1;
    pthread_mutex_lock(&conn->lock);
    taken = conn->close;
    if (!taken) {
        conn->close = cb;
        conn->opaque = opaque;
        conn->freecb = freecb;
    }
    pthread_mutex_unlock(&conn->lock);
    return taken ? refuse_callback("A close callback is already registered") : 0;
}

int
virAdmConnectUnregisterCloseCallback(virAdmConnectPtr conn, virAdmConnectCloseFunc cb)
{
    virFreeCallback freecb = NULL;
    void *opaque = NULL;
    bool same;

    if (!adm_enter(__func__, conn, ADM_CONNECT) || !adm_given(__func__, (const void *)(uintptr_t)cb, "cb"))
        return -1;
    pthread_mutex_lock(&conn->lock);
    same = conn->close == cb;
    if (same) {
        freecb = conn->freecb;
        opaque = conn->opaque;
        conn->close = NULL;
        conn->freecb = NULL;
    }
    pthread_mutex_unlock(&conn->lock);
    if (!same)
        return refuse_callback("A different callback was requested");
    if (freecb)
        freecb(opaque);
    return 0;
}
