/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Questions about a connection itself.  The module's answer counts; where it
 * has none, the connection knows one.
 */
#include "../call.h"
#include "../connect.h"
#include "../error.h"
#include "../event.h"
#include "../registry.h"
#include "core/calls.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lock.h"

/* The level of the public API: what programs compare with. */
#define API_VERSION LIBVIR_VERSION_NUMBER

const char *
virConnectGetType(virConnectPtr conn)
{
    const char *(*call)(virConnectPtr);

    if (vir_call_check(VIR_CALL_virConnectGetType, conn, 0) < 0)
        return NULL;
    call = (__typeof__(call))vir_call_slot(VIR_CALL_virConnectGetType, conn);
    return call ? vir_call_ptr(conn, call(conn)) : conn->module->name;
}

char *
virConnectGetURI(virConnectPtr conn)
{
    char *(*call)(virConnectPtr);

    if (vir_call_check(VIR_CALL_virConnectGetURI, conn, 0) < 0)
        return NULL;
    call = (__typeof__(call))vir_call_slot(VIR_CALL_virConnectGetURI, conn);
    return call ? vir_call_ptr(conn, call(conn)) : vir_strdup(conn->uri_text);
}

char *
virConnectGetHostname(virConnectPtr conn)
{
    char *(*call)(virConnectPtr);
    char name[HOST_NAME_MAX + 1];

    if (vir_call_check(VIR_CALL_virConnectGetHostname, conn, 0) < 0)
        return NULL;
    call = (__typeof__(call))vir_call_slot(VIR_CALL_virConnectGetHostname, conn);
    if (call)
        return vir_call_ptr(conn, call(conn));
    if (gethostname(name, sizeof(name)) < 0) {
        vir_raise_errno(VIR_FROM_NONE, errno, "cannot get the name of this host");
        return vir_call_ptr(conn, NULL);
    }
    name[HOST_NAME_MAX] = '\0';
    return vir_strdup(name);
}

int
virConnectGetLibVersion(virConnectPtr conn, unsigned long *libVer)
{
    int (*call)(virConnectPtr, unsigned long *);

    if (vir_call_check(VIR_CALL_virConnectGetLibVersion, conn, 0) < 0)
        return -1;
    if (!libVer)
        return vir_call_bad(VIR_CALL_virConnectGetLibVersion, conn, "libVer", VIR_BAD_NULL);
    call = (__typeof__(call))vir_call_slot(VIR_CALL_virConnectGetLibVersion, conn);
    if (call)
        return vir_call_int(conn, call(conn, libVer));
    *libVer = API_VERSION;
    return 0;
}

/* The answer of a module to a yes-or-no question, or what holds without one. */
static int
ask(unsigned int number, virConnectPtr conn, int otherwise)
{
    int (*call)(virConnectPtr);

    if (vir_call_check(number, conn, 0) < 0)
        return -1;
    call = (__typeof__(call))vir_call_slot(number, conn);
    return call ? vir_call_int(conn, call(conn)) : otherwise;
}

static bool
stands(virConnectPtr conn)
{
    VIR_LOCKED(&conn->lock);

    return conn->close_reason < 0;
}

int
virConnectIsAlive(virConnectPtr conn)
{
    return ask(VIR_CALL_virConnectIsAlive, conn, vir_object_is(conn, VIR_KIND_CONNECT) && stands(conn));
}

/* Nothing leaves the process of a module without an answer. */

int
virConnectIsEncrypted(virConnectPtr conn)
{
    return ask(VIR_CALL_virConnectIsEncrypted, conn, 0);
}

int
virConnectIsSecure(virConnectPtr conn)
{
    return ask(VIR_CALL_virConnectIsSecure, conn, 1);
}

int
virGetVersion(unsigned long *libVer, const char *type, unsigned long *typeVer)
{
    (void)type;                         /* all drivers have one version */
    virResetLastError();
    if (!libVer)
        return vir_call_bad(VIR_CALL_virGetVersion, NULL, "libVer", VIR_BAD_NULL);
    *libVer = API_VERSION;
    if (typeVer)
        *typeVer = API_VERSION;
    return 0;
}

/* Takes the close callback off CONN if it is CB.  Without RELEASE the program keeps its data. */
static bool
take_close_callback(virConnectPtr conn, virConnectCloseFunc cb, bool release)
{
    struct vir_close_callback *found = NULL;

    pthread_mutex_lock(&conn->lock);
    if (conn->close_callback && conn->close_callback->fn == cb)
        found = vir_steal(&conn->close_callback);
    pthread_mutex_unlock(&conn->lock);
    if (found && !release)
        found->freecb = NULL;
    vir_close_callback_unref(found);
    return found;
}

int
virConnectRegisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb, void *opaque,
                                virFreeCallback freecb)
{
    struct vir_close_callback *callback;
    bool taken, stands;

    if (vir_call_check(VIR_CALL_virConnectRegisterCloseCallback, conn, 0) < 0)
        return -1;
    if (!cb)
        return vir_call_bad(VIR_CALL_virConnectRegisterCloseCallback, conn, "cb", VIR_BAD_NULL);
    callback = VIR_NEW(struct vir_close_callback);
    *callback = (struct vir_close_callback){ 1, cb, opaque, freecb };
    pthread_mutex_lock(&conn->lock);
    taken = conn->close_callback;
    if (!taken)
        conn->close_callback = callback;
    stands = conn->close_reason < 0;
    pthread_mutex_unlock(&conn->lock);
    if (taken) {
        free(callback);
        return vir_call_int(conn, vir_raise(VIR_FROM_NONE, VIR_ERR_OPERATION_INVALID,
                                            "A close callback is already registered"));
    }
    if (stands && vir_event_tell_module(conn, true, VIR_EVENT_CONNECTION, 0) < 0) {
        take_close_callback(conn, cb, false);
        return vir_call_int(conn, -1);
    }
    return 0;
}

int
virConnectUnregisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb)
{
    virErrorPtr error;

    if (vir_call_check(VIR_CALL_virConnectUnregisterCloseCallback, conn, 0) < 0)
        return -1;
    if (!cb)
        return vir_call_bad(VIR_CALL_virConnectUnregisterCloseCallback, conn, "cb", VIR_BAD_NULL);
    if (!take_close_callback(conn, cb, true))
        return vir_call_int(conn, vir_raise(VIR_FROM_NONE, VIR_ERR_OPERATION_INVALID,
                                            "A different callback was requested"));
    /* A connection that is broken cannot be told, and nothing comes of that. */
    error = vir_error_take();
    vir_event_tell_module(conn, false, VIR_EVENT_CONNECTION, 0);
    vir_error_restore(error);
    return 0;
}
