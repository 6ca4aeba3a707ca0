/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a connection is made of: the tables of its own module, and those of
 * modules for networks, storage, ... that step in where its own has none.
 */
#define VIR_LOG_SOURCE "core.connect"
#include "connect.h"
#include "error.h"
#include "event.h"
#include "log.h"
#include "registry.h"

#include <stdlib.h>
#include <string.h>

#include "lock.h"

/* The modules that may step in with a table (enum vir_provides); 0: the connection's own only. */
static const uint8_t steps_in[VIR_TABLE_LAST] = {
    [VIR_TABLE_INTERFACE] = VIR_PROVIDES_INTERFACE,
    [VIR_TABLE_NETWORK] = VIR_PROVIDES_NETWORK,
    [VIR_TABLE_NODEDEV] = VIR_PROVIDES_NODEDEV,
    [VIR_TABLE_NWFILTER] = VIR_PROVIDES_NWFILTER,
    [VIR_TABLE_SECRET] = VIR_PROVIDES_SECRET,
    [VIR_TABLE_STORAGE] = VIR_PROVIDES_STORAGE,
};

/* The slots of TABLE in a module; none if it has no such table. */
static struct vir_table_view
view_of(const struct vir_module *entry, unsigned int table)
{
    struct vir_table_view view = { 0 };
    const struct vir_connect_ops *ops;  /* any table: they begin alike */

    memcpy(&ops, (const char *)&entry->connect + table * sizeof(ops), sizeof(ops));
    if (ops) {
        view.n = (ops->size - 8) / sizeof(struct vir_slot);
        view.slots = (const struct vir_slot *)((const char *)ops + 8);
    }
    return view;
}

static const struct vir_slot *
slot_of(const struct vir_table_view *view, unsigned int slot)
{
    return slot < view->n && view->slots[slot].call ? &view->slots[slot] : NULL;
}

void
vir_connect_use(virConnectPtr conn, const struct vir_driver *driver)
{
    conn->module = driver;
    conn->joining = (pthread_mutex_t)PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    for (unsigned int i = 0; i < VIR_TABLE_STREAM; i++) {       /* streams have their table themselves */
        conn->tables[i] = view_of(&driver->entry, i);
        if (!conn->tables[i].slots && steps_in[i])
            conn->unresolved |= 1u << i;
    }
}

/* Opens DRIVER for CONN.  A module that does not want this connection is no error. */
static bool
join(virConnectPtr conn, const struct vir_driver *driver)
{
    struct vir_table_view view;
    const struct vir_slot *slot;

    for (unsigned int i = 0; i < VIR_TABLE_LAST; i++)
        if (conn->providers[i] == driver)
            return true;
    view = view_of(&driver->entry, VIR_TABLE_CONNECT);
    slot = slot_of(&view, VIR_SLOT_connect_open);
    return !slot || ((vir_connect_open_fn)slot->call)(conn, NULL, conn->readonly ? VIR_CONNECT_RO : 0) == 0;
}

/* Looks for a module that has TABLE where CONN's own has none; the first that
 * wants the connection serves it to its end. */
static void
resolve(virConnectPtr conn, unsigned int table)
{
    virErrorPtr error = vir_error_take();
    const struct vir_driver *driver = NULL;
    VIR_LOG_HELD;

    while ((driver = vir_registry_provider(steps_in[table], driver))) {
        struct vir_table_view view;

        if (vir_driver_open(driver) < 0)
            continue;
        view = view_of(&driver->entry, table);
        if (!view.slots || !join(conn, driver))
            continue;
        conn->providers[table] = driver;
        conn->tables[table] = view;
        break;
    }
    vir_error_restore(error);
}

const struct vir_table_view *
vir_connect_table(virConnectPtr conn, unsigned int table)
{
    uint32_t bit = 1u << table;

    if (__atomic_load_n(&conn->unresolved, __ATOMIC_ACQUIRE) & bit) {
        VIR_LOCKED(&conn->joining);
        if (conn->unresolved & bit & ~conn->resolving) {
            conn->resolving |= bit;
            resolve(conn, table);
            __atomic_and_fetch(&conn->unresolved, ~bit, __ATOMIC_RELEASE);
        }
    }
    return &conn->tables[table];
}

const struct vir_slot *
vir_connect_slot(virConnectPtr conn, unsigned int table, unsigned int slot)
{
    return slot_of(vir_connect_table(conn, table), slot);
}

static void
close_module(virConnectPtr conn, const struct vir_driver *driver)
{
    struct vir_table_view view = view_of(&driver->entry, VIR_TABLE_CONNECT);
    const struct vir_slot *slot = slot_of(&view, VIR_SLOT_connect_close);

    if (slot)
        ((int (*)(virConnectPtr))slot->call)(conn);
}

/* Tells the modules that joined, each once, and then CONN's own that it ends. */
static void
close_modules(virConnectPtr conn)
{
    for (unsigned int i = 0; i < VIR_TABLE_LAST; i++) {
        bool told = !conn->providers[i];

        for (unsigned int k = 0; k < i && !told; k++)
            told = conn->providers[k] == conn->providers[i];
        if (!told)
            close_module(conn, conn->providers[i]);
    }
    if (conn->opened)
        close_module(conn, conn->module);
}

void
vir_connect_end(void *handle)
{
    virConnectPtr conn = handle;
    virErrorPtr error = vir_error_take();

    vir_event_detach(conn);
    /* A module's close may make handles: the connection is whole until then. */
    __atomic_store_n(&conn->object.refs, 1, __ATOMIC_RELAXED);
    close_modules(conn);
    conn->object.magic = 0;
    vir_error_clear(&conn->error);
    pthread_mutex_destroy(&conn->lock);
    pthread_mutex_destroy(&conn->joining);
    free(conn->uri);
    free(conn->uri_text);
    vir_error_restore(error);
}

/* ---- for modules ---- */

#define READ(result, name, value)               \
    result                                      \
    vir_connect_##name(virConnectPtr conn)      \
    {                                           \
        return conn->value;                     \
    }

READ(const struct vir_uri *, uri, uri)
READ(const char *, uri_text, uri_text)
READ(bool, readonly, readonly)

void *
vir_connect_data_of(virConnectPtr conn, const void *key)
{
    for (size_t i = 0; i < VIR_CONNECT_DATA_MAX; i++)
        if (__atomic_load_n(&conn->data[i].key, __ATOMIC_ACQUIRE) == key)
            return conn->data[i].data;
    return NULL;
}

void
vir_connect_set_data_of(virConnectPtr conn, const void *key, void *data)
{
    VIR_LOCKED(&conn->lock);

    for (size_t i = 0; i < VIR_CONNECT_DATA_MAX; i++)
        if (!conn->data[i].key || conn->data[i].key == key) {
            conn->data[i].data = data;
            __atomic_store_n(&conn->data[i].key, key, __ATOMIC_RELEASE);
            return;
        }
}

void
vir_connect_closed(virConnectPtr conn, int reason)
{
    bool first;

    pthread_mutex_lock(&conn->lock);
    first = conn->close_reason < 0;
    if (first)
        conn->close_reason = reason;
    pthread_mutex_unlock(&conn->lock);
    if (first)
        vir_event_queue_close(conn);
}
