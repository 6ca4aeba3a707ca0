/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt-admin: a client of the program ADMIN, over the unix socket that a
 * daemon has for its administrator.  Handles begin with a struct adm_handle;
 * a server has a reference on its connection, a client on its server.
 */
#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#define VIR_MODULE_DOMAIN VIR_FROM_ADMIN
#define VIR_LOG_SOURCE "admin"
#include <libvirt/libvirt-admin.h>
#include <libvirt/module.h>

#include "core/private.h"
#include "rpc/client.h"
#include "wire/protocol.h"

enum adm_kind { ADM_CONNECT, ADM_SERVER, ADM_CLIENT };

struct adm_handle {
    uint32_t magic;                     /* what it is; 0: freed */
    int refs;                           /* atomic */
};

struct _virAdmConnect {
    struct adm_handle handle;
    struct rpc_client *client;
    char *uri;
    pthread_mutex_t lock;               /* all below */
    virAdmConnectCloseFunc close;       /* NULL: nobody wants to know */
    void *opaque;
    virFreeCallback freecb;
};

struct _virAdmServer {
    struct adm_handle handle;
    virAdmConnectPtr conn;
    char *name;
};

struct _virAdmClient {
    struct adm_handle handle;
    virAdmServerPtr srv;
    unsigned long long id;
    long long timestamp;
    unsigned int transport;
};

/* ---- handle.c ---- */
void *adm_handle_new(enum adm_kind kind, size_t size);
void adm_handle_ref(void *handle);
/* References that are left; the last one takes what the handle holds along. */
int adm_handle_unref(void *handle);

/* Begins the public function CALL on HANDLE: false, with the error told, if that is no live handle of KIND. */
bool adm_enter(const char *call, const void *handle, enum adm_kind kind);
/* An argument that must not be NULL; NAME as CALL has it. */
bool adm_given(const char *call, const void *argument, const char *name);
/* Ends a public function that failed: tells the program. -1. */
int adm_failed(void);

/* ---- call.c ---- */
/* 0, or -1 with the error told. */
int adm_call(virAdmConnectPtr conn, int procedure, const void *args, void *ret);

/* ---- target.c ---- */
/* The URI that NAME (NULL: no wish) means, and the socket that it stands for; both for free(). */
int adm_target_find(const char *name, bool aliases, char **ret_uri, char **ret_socket);

#endif
