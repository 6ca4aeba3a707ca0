/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The functions of <libvirt/module.h> that concern errors, the log, connections,
 * streams and events (handles.c, printed from api/, has those of all objects).  What
 * they work on lies in libvirt.so.0; modules reach it through here, so that
 * libvirt.so.0 exports nothing to them.
 */
#include "core/private.h"

#include <stdio.h>
#include <stdlib.h>

/* Both libraries come from one build; an installation that mixes two would jump
 * to wrong functions. */
__attribute__((constructor)) static void
check_core(void)
{
    static const char text[] = "libvirt-driver.so.0 and libvirt.so.0 come from different builds\n";

    if (vir_core.abi == VIR_CORE_ABI && vir_core.size == sizeof(struct vir_core))
        return;
    fputs(text, stderr);
    abort();
}

int
vir_raise(int domain, int code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_core.vraise(domain, code, fmt, args);
    va_end(args);
    return -1;
}

int
vir_raise_errno(int domain, int err, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_core.vraise_errno(domain, err, fmt, args);
    va_end(args);
    return -1;
}

void
vir_error_hint(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_core.verror_hint(fmt, args);
    va_end(args);
}

void
vir_log(int priority, const char *source, const char *file, const char *function, int line, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_core.vlog(priority, source, file, function, line, fmt, args);
    va_end(args);
}

int
vir_raise_raw(const virError *error)
{
    return vir_core.raise_raw(error);
}

int
vir_object_unref(void *handle)
{
    return vir_core.object_unref(handle);
}

virErrorPtr
vir_error_take(void)
{
    return vir_core.error_take();
}

void
vir_error_restore(virErrorPtr error)
{
    vir_core.error_restore(error);
}

void
vir_error_drop(virErrorPtr error)
{
    virFreeError(error);
}

bool
vir_log_enabled(int priority, const char *source)
{
    return vir_core.log_enabled(priority, source);
}

const struct vir_uri *
vir_connect_uri(virConnectPtr conn)
{
    return vir_core.connect_uri(conn);
}

const char *
vir_connect_uri_text(virConnectPtr conn)
{
    return vir_core.connect_uri_text(conn);
}

bool
vir_connect_readonly(virConnectPtr conn)
{
    return vir_core.connect_readonly(conn);
}

void *
vir_connect_data_of(virConnectPtr conn, const void *key)
{
    return vir_core.connect_data_of(conn, key);
}

void
vir_connect_set_data_of(virConnectPtr conn, const void *key, void *data)
{
    vir_core.connect_set_data_of(conn, key, data);
}

void
vir_connect_closed(virConnectPtr conn, int reason)
{
    vir_core.connect_closed(conn, reason);
}

uint32_t
vir_connect_slot_traits(virConnectPtr conn, unsigned int table, unsigned int slot)
{
    return vir_core.connect_slot_traits(conn, table, slot);
}

void
vir_domain_set_id(virDomainPtr dom, int id)
{
    vir_core.domain_set_id(dom, id);
}

virConnectPtr
vir_stream_connect(virStreamPtr stream)
{
    return vir_core.stream_connect(stream);
}

bool
vir_stream_nonblock(virStreamPtr stream)
{
    return vir_core.stream_nonblock(stream);
}

void *
vir_stream_data(virStreamPtr stream)
{
    return vir_core.stream_data(stream);
}

void
vir_stream_set_ops(virStreamPtr stream, const struct vir_stream_ops *ops, void *data)
{
    vir_core.stream_set_ops(stream, ops, data);
}

struct vir_event_hub *
vir_event_hub_new(void)
{
    return vir_core.event_hub_new();
}

struct vir_event_hub *
vir_event_hub_free(struct vir_event_hub *hub)
{
    return vir_core.event_hub_free(hub);
}

void
vir_connect_set_events(virConnectPtr conn, struct vir_event_hub *hub)
{
    vir_core.connect_set_events(conn, hub);
}

void
vir_event_emit(struct vir_event_hub *hub, struct vir_event *event)
{
    vir_core.event_emit(hub, event);
}

void
vir_connect_emit(virConnectPtr conn, struct vir_event *event)
{
    vir_core.connect_emit(conn, event);
}
