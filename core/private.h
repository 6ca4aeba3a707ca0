/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The private door of libvirt.so.0: one constant table of functions for the
 * companion libraries (libvirt-driver, -qemu, -lxc, -admin), libvirtd and
 * libvirt-module.  Its symbol stands in the node LIBVIRT_PRIVATE_ABI_0; modules
 * never use it.  All these come from one build, so it has no compatibility to
 * keep; libvirt-driver stops an installation that was mixed up.
 */
#ifndef VIR_CORE_PRIVATE_H
#define VIR_CORE_PRIVATE_H

#include <libvirt/module.h>

#include "core/handle-doors.h"

#define VIR_CORE_ABI 1

#define VIR_MODULE_SYMBOL "vir_module_%s" /* of the entry of a module */

/* ---- events: what api/ prints for each kind of event ---- */

/* Whom an event is about: what makes the handle for the callback. */
struct vir_event_object {
    const char *name;                   /* domain, network, pool, node device */
    const unsigned char *uuid;          /* domain, network, pool, secret */
    int id;                             /* domain: its id; secret: its usage type */
    const char *usage_id;               /* secret */
};

struct vir_event_type {
    uint8_t family;                     /* enum vir_event_family */
    uint16_t id;                        /* the public number of the event in its family */
    uint16_t payload;                   /* sizeof the payload struct */
    /* Calls the program's function with OBJECT, a handle that the core made
     * and releases afterwards. */
    void (*deliver)(virConnectPtr conn, void *object, const void *payload,
                    void (*callback)(void), void *opaque);
    void (*clear)(void *payload);       /* frees what the payload holds; may be NULL */
    /* qemu monitor events: the event's name, which a registration may match;
     * NULL for all other types. */
    const char *(*key)(const void *payload);
};

/* ---- the table ---- */

/* What a table looks like when only the numbers of its slots matter. */
struct vir_slot {
    void (*call)(void);
    uint32_t flags, traits;
};

struct vir_module_facts;                /* below */

/* Functions of <libvirt/module.h>, here under the same names without "vir_". */
#define VIR_CORE_MODULE_FUNCTIONS(F) \
    F(raise_raw) F(error_take) F(error_restore) F(log_enabled) F(connect_uri) F(connect_uri_text) \
    F(connect_readonly) F(connect_data_of) F(connect_set_data_of) F(connect_closed) \
    F(connect_slot_traits) F(object_unref) F(domain_set_id) F(stream_connect) F(stream_data) F(stream_nonblock) \
    F(stream_set_ops) F(event_hub_new) F(event_hub_free) F(connect_set_events) F(event_emit) \
    F(connect_emit) VIR_CORE_HANDLE_FUNCTIONS(F)
#define VIR_CORE_MEMBER(name) __typeof__(vir_##name) *name;

struct vir_core {
    uint32_t abi, size;
    VIR_CORE_MODULE_FUNCTIONS(VIR_CORE_MEMBER)

    /* call.h, for the companion libraries */
    void (*(*call_enter)(unsigned int call, void *object, unsigned int flags))(void);
    void (*(*call_enter_as)(unsigned int call, void *object, unsigned int flags, bool *ret_other))(void);
    void (*call_failed)(void *object);
    int (*call_int)(void *object, int ret);
    void *(*call_ptr)(void *object, const void *ret);
    int (*call_bad)(unsigned int call, void *object, const char *what, int why);
    int (*call_check)(unsigned int call, void *object, unsigned int flags);
    /* for libvirtd */
    int (*call_deny_slot)(unsigned int table, unsigned int slot, const char *name);
    const struct vir_slot *(*connect_slot_row)(virConnectPtr conn, unsigned int table, unsigned int slot);

    /* errors */
    int (*vraise)(int domain, int code, const char *fmt, va_list args);
    const char *(*error_text)(const virError *error);   /* its message without the phrase of its code */
    int (*vraise_errno)(int domain, int err, const char *fmt, va_list args);
    void (*verror_hint)(const char *fmt, va_list args);

    /* log */
    void (*vlog)(int priority, const char *source, const char *file, const char *function, int line,
                 const char *fmt, va_list args);
    /* For libvirtd.conf and its -v; environment variables win over these.  The
     * texts are those of LIBVIRT_LOG_FILTERS and LIBVIRT_LOG_OUTPUTS; -1 with
     * an error that names the bad word. */
    int (*log_set_level)(int priority);
    int (*log_set_filters)(const char *filters);
    int (*log_set_outputs)(const char *outputs);
    /* What an administrator says later wins over the environment too. */
    int (*log_change_filters)(const char *filters);
    int (*log_change_outputs)(const char *outputs);
    /* What is in use, in the same form; their number.  The caller frees. */
    int (*log_filters)(char **ret_text);
    int (*log_outputs)(char **ret_text);

    /* events */
    /* A new event: copies OBJECT and takes over what PAYLOAD (type->payload
     * bytes) holds.  Never NULL. */
    struct vir_event *(*event_new)(const struct vir_event_type *type,
                                   const struct vir_event_object *object, const void *payload);
    /* Public event registration of the companion libraries (libvirt-qemu):
     * KEY and FLAGS as virConnectDomainQemuMonitorEventRegister has them. */
    int (*event_register)(virConnectPtr conn, int family, int id, void *object, const char *key,
                          unsigned int flags, void (*callback)(void), void *opaque, virFreeCallback freecb);
    int (*event_deregister)(virConnectPtr conn, int family, int callback_id);

    /* For libvirtd.  First of all: this process is the daemon.  Then host()
     * tells its directories.  modules_load() has a child check the modules that
     * load in a daemon, and loads them; bad ones cost a warning.  -1 only if one
     * that its manifest calls critical cannot be used. */
    void (*host_daemon)(bool privileged, void (*inhibit)(int delta),
                        void (*audit)(enum vir_audit_kind kind, const char *text, bool success),
                        int (*admit)(const char *name, const unsigned char *uuid));
    void (*host_set_uuid)(const char *uuid);    /* before modules are loaded; NULL: whatever is found */
    int (*modules_load)(void);
    const struct vir_host *(*host)(void);
    /* Calls every loaded module's unload(): at the daemon's end, no connection open. */
    void (*modules_unload)(void);

    /* For libvirt-module: every module of this process's directories, with what its manifest
     * says; the same from the note in a file, -1 if it cannot be used; and what vir_module_start
     * of loader.h does with an entry. */
    int (*modules_list)(int (*each)(const struct vir_module_facts *facts, void *opaque), void *opaque);
    int (*module_look)(const char *path, const char *name,
                       int (*each)(const struct vir_module_facts *facts, void *opaque), void *opaque);
    int (*module_start)(const struct vir_module *found, const char *name, uint32_t provides,
                        const struct vir_host *host, struct vir_module *ret_entry);
    /* For libvirt-admin: what uri_default of FILE ("libvirt-admin.conf") says, or its uri_aliases about NAME;
     * *RET_TEXT stays NULL where that is nothing.  The caller frees it. */
    int (*conf_uri)(const char *file, const char *name, char **ret_text);
    const char *(*provides_name)(unsigned int bit_number);
    const char *(*module_dir)(void);
};

/* One module as the registry knows it. */
struct vir_module_facts {
    const char *name, *path, *manifest; /* manifest: path, NULL if there is none */
    const char *description;
    const char *const *schemes;         /* NULL-terminated; may be NULL */
    uint32_t abi, provides;
    int load_in;                        /* bit 0: client, bit 1: daemon */
    int priority;
    bool critical;
    const char *const *probe;           /* NULL-terminated; may be NULL */
    const char *default_uri, *default_user_uri;
};

extern const struct vir_core vir_core __attribute__((visibility("default")));

#endif
