/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The driver interface: everything that a driver module may use, and what it
 * must provide.  A module is one shared object in the module directory; its
 * only symbol is a const object, defined with VIR_MODULE_DEFINE, that names
 * the tables of calls it implements.  See examples/hello for a small complete
 * example and docs/architecture.md for the way a call travels.
 *
 * All functions here are thread-safe unless they say otherwise; those that free
 * something want that nobody else uses it any more.  Strings that cross this
 * interface are UTF-8.  Functions that return int give 0 (or a count) on success
 * and -1 with the thread's error set, unless they say otherwise.
 *
 * Memory comes from malloc and is released with free().  A slot borrows its
 * arguments for the call; strings, arrays and handles that it returns belong to
 * the caller.  ret_x is written on success only.
 *
 * Memory, text, files, child processes and loops: <libvirt/module-base.h>.
 * Objects, jobs, processes that stay: <libvirt/module-kit.h>.
 * XML documents: <libvirt/module-xml.h>.
 */
#ifndef LIBVIRT_MODULE_H
#define LIBVIRT_MODULE_H

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt-lxc.h>
#include <libvirt/module-base.h>

/* The functions here are what libvirt-driver exports. */
#pragma GCC visibility push(default)

/* ABI of this header.  0: may change with every release. */
#define VIR_MODULE_ABI 0

/* Traits of one slot. */
enum vir_slot_traits {
    /* Does no I/O, takes no lock that is ever held across a wait, and returns
     * within a millisecond: the daemon may call it from its event loop. */
    VIR_SLOT_NONBLOCKING = 1 << 0,
    /* Which domain it is about only the module can know, from a file that the call names; it asks the host's admit()
     * before it does anything with what it found there.  Without this nobody may call it whose permissions are asked for. */
    VIR_SLOT_ASKS = 1 << 1,
    /* Asks a program inside the guest, and not its hypervisor: calls that do the one do
     * not wait in the daemon for those that do the other. */
    VIR_SLOT_INSIDE = 1 << 2,
};
/* Beside VIR_SLOT_NONBLOCKING: not so with one of these flags of the call, whose last argument they are; below 1 << 16. */
#define VIR_SLOT_WAITS_WITH(flags_) ((uint32_t)(flags_) << 16)

#include <libvirt/module-calls.h>       /* struct vir_connect_ops, struct vir_domain_ops, ... */

/* A row of a table is { function, flags, traits }.  The core refuses every flag
 * outside FLAGS (~0u: the function checks for itself) and answers an empty row with
 * VIR_ERR_NO_SUPPORT.  Every row may be empty.  This is the first member of every
 * table's initializer. */
#define VIR_OPS(type) .size = sizeof(struct type)

/* Where a module runs.  Valid from load() until the process ends.  A module
 * takes directories and privilege from here and never from geteuid() or fixed
 * paths, so that it works below any root. */
/* Kinds of records of the audit log: VIRT_CONTROL, VIRT_RESOURCE, VIRT_MACHINE_ID. */
enum vir_audit_kind { VIR_AUDIT_CONTROL, VIR_AUDIT_RESOURCE, VIR_AUDIT_LABEL };

struct vir_host {
    uint32_t size;
    bool daemon;                        /* inside libvirtd */
    bool privileged;                    /* the system's daemon, a client of root; else a user's session */
    const char *config_dir;             /* /etc/libvirt, ~/.config/libvirt */
    const char *state_dir;              /* /run/libvirt, $XDG_RUNTIME_DIR/libvirt */
    const char *data_dir;               /* /var/lib/libvirt, ~/.local/share/libvirt */
    const char *cache_dir;              /* /var/cache/libvirt, ~/.cache/libvirt */
    const char *log_dir;                /* /var/log/libvirt, ~/.cache/libvirt/log */
    const char *libexec_dir;            /* helper programs */
    /* +1 for each guest that starts, -1 for each that ends: the daemon does not
     * leave by itself while there are some.  NULL in a client and in a trial. */
    void (*inhibit)(int delta);
    /* What a guest does with the host, for the audit log; from any thread, waits for nobody.  NULL: nobody keeps one. */
    void (*audit)(enum vir_audit_kind kind, const char *text, bool success);
    const char *uuid;                   /* of this host, where the administrator wants one; else NULL */
    /* In a slot with VIR_SLOT_ASKS, in its thread: the call is about this domain.  Waits; -1 with an error: who called
     * may not.  NULL: everybody may. */
    int (*admit)(const char *name, const unsigned char *uuid);
};

/* A module's entry.  Grows only at the end.
 *
 * load() is also called in a process that only tries the module: with directories
 * below a temporary root and inhibit NULL.  It must come back within two seconds
 * and touch nothing outside the host's directories.  After it failed it is called
 * again when somebody wants the module a moment later.
 *
 * A module that provides no connections serves its families on those of other modules:
 * its connect_open is called when the family is first needed, with AUTH NULL; -1 means
 * that it does not want this connection and is no error.
 *
 * connect_close is called once for each successful connect_open and never after a
 * failed one; the module frees its data of the connection there. */
struct vir_module {
    uint32_t abi;                       /* VIR_MODULE_ABI it was built for */
    uint32_t size;                      /* sizeof(struct vir_module) it was built for */
    const char *name;                   /* equals the file's name without .so */
    const char *version;                /* of the module, for people */
    int (*load)(const struct vir_host *host);   /* before the first call; may be NULL */
    void (*unload)(void);                       /* at the daemon's end; may be NULL */
    /* const struct vir_connect_ops *connect; and so on: one for each table that a module can have */
#define VIR_MODULE_TABLE(table) const struct vir_##table##_ops *table;
    VIR_TABLES(VIR_MODULE_TABLE)
#undef VIR_MODULE_TABLE
};

/* The type of the note in which a module's file carries, for who does not open it, the ABI
 * that it was built for and its manifest.  The form of the note never changes. */
#define VIR_MODULE_NOTE 1
#define VIR_MODULE_DEFINE_NOTE(abi_, text)                                    \
    __attribute__((section(".note.libvirt"), used, aligned(4)))               \
    static const struct {                                                     \
        uint32_t owner_size, size, type;                                      \
        char owner[8];                                                        \
        uint32_t abi;                                                         \
        char manifest[sizeof(text)];                                          \
    } vir_module_note = { 8, sizeof(uint32_t) + sizeof(text), VIR_MODULE_NOTE, "libvirt", abi_, text }

/* Defines the entry of the module IDENT, `vir_module_IDENT`.  MANIFEST is a text of lines
 * "key: value" that say which URIs the module takes and where it loads; `module` and `abi` are
 * added.  README.md in the folder of the manifests has the keys.
 *
 *     VIR_MODULE_DEFINE(hello,
 *         "provides: connection\n"
 *         "schemes: hello\n",
 *         .version = "1",
 *         .connect = &connect_ops,
 *     ); */
#define VIR_MODULE_DEFINE(ident, manifest, ...)                               \
    VIR_MODULE_DEFINE_NOTE(VIR_MODULE_ABI, "module: " #ident "\n" manifest);  \
    const char vir_module_key = 0;                                            \
    extern const struct vir_module vir_module_##ident;                        \
    __attribute__((visibility("default")))                                    \
    const struct vir_module vir_module_##ident = {                            \
        .abi = VIR_MODULE_ABI,                                                \
        .size = sizeof(struct vir_module),                                    \
        .name = #ident,                                                       \
        __VA_ARGS__                                                           \
    }

/* ---- errors ----------------------------------------------------------- */

/* The error domain of a module, one of VIR_FROM_* of virterror.h (VIR_FROM_NONE if
 * none fits); its private header defines this before it includes this file. */
#ifndef VIR_MODULE_DOMAIN
# define VIR_MODULE_DOMAIN VIR_FROM_NONE
#endif

/* Sets the thread's error; vir_error gives -1, vir_error_null NULL.  FMT says what
 * was wrong, where and why; the library puts the well-known phrase of CODE before
 * it ("invalid argument: ...").
 *
 *     return vir_error(VIR_ERR_INVALID_ARG, "no path in '%s'", uri); */
#define vir_error(code, ...) vir_raise(VIR_MODULE_DOMAIN, code, __VA_ARGS__)
#define vir_error_null(code, ...) ((void *)(vir_raise(VIR_MODULE_DOMAIN, code, __VA_ARGS__), NULL))
/* VIR_ERR_SYSTEM_ERROR with the text of the errno value ERR behind it. */
#define vir_error_errno(err, ...) vir_raise_errno(VIR_MODULE_DOMAIN, err, __VA_ARGS__)

int vir_raise(int domain, int code, const char *fmt, ...) VIR_PRINTF(3, 4);
int vir_raise_errno(int domain, int err, const char *fmt, ...) VIR_PRINTF(3, 4);
/* Sets the thread's error from all its fields (an error that came over the
 * wire); the message is taken as it is. */
int vir_raise_raw(const virError *error);
/* Adds a line `hint: ...` to the thread's error: the remedy or the nearest name. */
void vir_error_hint(const char *fmt, ...) VIR_PRINTF(1, 2);
/* Takes the thread's error out (NULL if none) and puts it back, around clean-up
 * code that may fail.  Restore frees ERROR; NULL leaves the thread without one. */
virErrorPtr vir_error_take(void);
void vir_error_restore(virErrorPtr error);
void vir_error_drop(virErrorPtr error);         /* one that was taken out, for good */

/* ---- log --------------------------------------------------------------- */

enum vir_log_priority { VIR_LOG_DEBUG = 1, VIR_LOG_INFO, VIR_LOG_WARN, VIR_LOG_ERROR };

/* The source name that LIBVIRT_LOG_FILTERS matches, for example "qemu.monitor". */
#ifndef VIR_LOG_SOURCE
# define VIR_LOG_SOURCE "module"
#endif
bool vir_log_enabled(int priority, const char *source);
void vir_log(int priority, const char *source, const char *file, const char *function, int line,
             const char *fmt, ...) VIR_PRINTF(6, 7);
#define VIR_LOG_AT(priority, ...)                                             \
    do {                                                                      \
        if (vir_log_enabled(priority, VIR_LOG_SOURCE))                        \
            vir_log(priority, VIR_LOG_SOURCE, __FILE__, __func__, __LINE__, __VA_ARGS__); \
    } while (0)
#define vir_debug(...) VIR_LOG_AT(VIR_LOG_DEBUG, __VA_ARGS__)
#define vir_info(...)  VIR_LOG_AT(VIR_LOG_INFO, __VA_ARGS__)
#define vir_warn(...)  VIR_LOG_AT(VIR_LOG_WARN, __VA_ARGS__)

/* ---- connections --------------------------------------------------------- */

struct vir_uri_param { const char *name, *value; };
/* A parsed URI; percent escapes are decoded.  Absent parts are NULL, port 0. */
struct vir_uri {
    const char *scheme;                 /* without the transport */
    const char *transport;              /* what follows '+' in the scheme */
    const char *user, *server;
    int port;
    const char *path;                   /* begins with '/' or is empty */
    const char *query, *fragment;
    size_t nparams;
    const struct vir_uri_param *params;
};

const struct vir_uri *vir_connect_uri(virConnectPtr conn);      /* lives as long as CONN */
const char *vir_connect_uri_text(virConnectPtr conn);           /* as the program gave it, canonical */
bool vir_connect_readonly(virConnectPtr conn);
/* Its address is the module's key for connection data; VIR_MODULE_DEFINE defines it. */
extern const char vir_module_key __attribute__((visibility("hidden")));
void *vir_connect_data_of(virConnectPtr conn, const void *key);
void vir_connect_set_data_of(virConnectPtr conn, const void *key, void *data);
/* The module's own pointer for a connection; each providing module of a
 * connection has its own. */
static inline void *
vir_connect_data(virConnectPtr conn)
{
    return vir_connect_data_of(conn, &vir_module_key);
}

static inline void
vir_connect_set_data(virConnectPtr conn, void *data)
{
    vir_connect_set_data_of(conn, &vir_module_key, data);
}

/* Tells the program that the connection broke (virConnectCloseReason). */
void vir_connect_closed(virConnectPtr conn, int reason);
/* What the slot of a connection's module promised (enum vir_slot_traits); for an
 * empty slot of a plain form, that of the form with flags, which serves it.  What no
 * slot serves does not wait either.
 * TABLE and SLOT are the numbers of module-calls.h. */
uint32_t vir_connect_slot_traits(virConnectPtr conn, unsigned int table, unsigned int slot);

/* ---- handles ------------------------------------------------------------- */
/* Constructors and accessors of all kinds: vir_domain_new, vir_domain_name, ... */
#include <libvirt/module-handles.h>

/* Drops one reference on a handle of any kind; the last one frees it with all it holds.  Returns how many are left. */
int vir_object_unref(void *handle);

/* The id of a domain is -1 if it was not running when the handle was made.  A call
 * that starts or stops a domain sets the id of its handle. */
void vir_domain_set_id(virDomainPtr dom, int id);

/* A stream takes its calls from the table of whoever opened it.  DATA is the
 * module's: it is released in stream_finish or in stream_abort.  One of them is
 * called once (stream_abort also when the last handle of an open stream goes), and
 * whatever it returns, nothing else is called for the stream after it. */
virConnectPtr vir_stream_connect(virStreamPtr stream);
void *vir_stream_data(virStreamPtr stream);
bool vir_stream_nonblock(virStreamPtr stream);          /* VIR_STREAM_NONBLOCK */
void vir_stream_set_ops(virStreamPtr stream, const struct vir_stream_ops *ops, void *data);

/* ---- events -------------------------------------------------------------- */
/* One hub for each driver state; connections attach to it in connect_open.  The
 * core keeps each connection's callbacks with their filters, puts an event into the
 * queue of every connection that wants it, and delivers from the program's event
 * loop.  Constructors of events are in module-calls.h:
 *
 *     vir_event_emit(hub, vir_event_domain_lifecycle(name, uuid, id,
 *                                                    VIR_DOMAIN_EVENT_STARTED,
 *                                                    VIR_DOMAIN_EVENT_STARTED_BOOTED));
 *
 * A module whose source of events must be told that somebody listens fills the
 * slots connect_event_subscribe and connect_event_unsubscribe; family
 * VIR_EVENT_CONNECTION is the close callback. */

struct vir_event_hub;
struct vir_event;

struct vir_event_hub *vir_event_hub_new(void);
struct vir_event_hub *vir_event_hub_free(struct vir_event_hub *hub);    /* returns NULL */
/* CONN gets the events of HUB until CONN is closed or the hub freed. */
void vir_connect_set_events(virConnectPtr conn, struct vir_event_hub *hub);
/* Queues EVENT (taken over, may be NULL) for every attached connection.  Waits for
 * nothing, but runs the program's update-timeout function. */
void vir_event_emit(struct vir_event_hub *hub, struct vir_event *event);
/* Queues EVENT (taken over) for one connection only. */
void vir_connect_emit(virConnectPtr conn, struct vir_event *event);

#pragma GCC visibility pop

#include <libvirt/module-kit.h>

#endif
