/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A connection: the URI it was opened with, the module that serves it, and what
 * the program hung on it.
 */
#ifndef VIR_CORE_CONNECT_H
#define VIR_CORE_CONNECT_H

#include "object.h"
#include "private.h"

struct vir_driver;                      /* driver.h */
struct vir_event_state;                 /* event-state.h */
struct vir_close_callback;              /* event.h */

struct vir_table_view {
    const struct vir_slot *slots;
    size_t n;                           /* slots that the module knew when it was built */
};

typedef int (*vir_connect_open_fn)(virConnectPtr conn, virConnectAuthPtr auth, unsigned int flags);

#define VIR_CONNECT_DATA_MAX 16         /* modules that serve one connection, and stores of theirs */

struct _virConnect {
    struct vir_object object;
    pthread_mutex_t lock;               /* all below that changes after the opening */

    /* Constant once open. */
    struct vir_uri *uri;
    char *uri_text;
    bool readonly;
    bool opened;                        /* the module's connect_open succeeded */
    const struct vir_driver *module;

    struct vir_table_view tables[VIR_TABLE_LAST];
    /* Held while other modules are asked for their tables: each may wait for what it likes.
     * Recursive, because one that joins may ask for the table of another. */
    pthread_mutex_t joining;
    /* Tables that another module may still be asked for, one bit each (atomic). */
    uint32_t unresolved;
    uint32_t resolving;                 /* those being asked for just now */
    const struct vir_driver *providers[VIR_TABLE_LAST]; /* modules other than ours, opened for it */

    struct { const void *key; void *data; } data[VIR_CONNECT_DATA_MAX];

    virError error;
    virErrorFunc error_handler;
    void *error_data;

    struct vir_close_callback *close_callback;
    int close_reason;                   /* -1: the connection stands */

    struct vir_event_state *events;     /* created by the first registration or hub */
};

/* The table TABLE of CONN; asks other modules for it if CONN's own has none. */
const struct vir_table_view *vir_connect_table(virConnectPtr conn, unsigned int table);
/* One slot, NULL if it is empty. */
const struct vir_slot *vir_connect_slot(virConnectPtr conn, unsigned int table, unsigned int slot);
/* Gives CONN, a new one, the tables of its module. */
void vir_connect_use(virConnectPtr conn, const struct vir_driver *driver);
/* The last reference is gone. */
void vir_connect_end(void *conn);

#endif
