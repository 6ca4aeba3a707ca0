/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every public function does around the module's slot, in one place.
 * The functions themselves are printed from api/ and look like this:
 *
 *     int
 *     virDomainGetInfo(virDomainPtr domain, virDomainInfoPtr info)
 *     {
 *         int (*call)(virDomainPtr, virDomainInfoPtr) =
 *             (__typeof__(call))vir_call_enter(VIR_CALL_virDomainGetInfo, domain, 0);
 *
 *         if (!call)
 *             return -1;
 *         if (!info)
 *             return vir_call_bad(VIR_CALL_virDomainGetInfo, domain, "info", VIR_BAD_NULL);
 *         return vir_call_int(domain, call(domain, info));
 *     }
 *
 * Whatever fails here has been raised and handed to the callbacks when the
 * helper returns.
 */
#ifndef VIR_CORE_CALL_H
#define VIR_CORE_CALL_H

#include "object.h"

typedef void (*vir_fn)(void);

/* Rules of a call. */
enum vir_call_rules {
    VIR_CALL_WRITE = 1 << 0,            /* refused on a read-only connection */
};

#define VIR_CALL_NO_SLOT 0xffff

/* One row for each public call, printed into vir_calls[VIR_CALL_<name>].
 * Without pointers: the table needs no relocation. */
struct vir_call {
    uint16_t name;                      /* offset into vir_call_names */
    uint16_t slot;                      /* number in its table; VIR_CALL_NO_SLOT: checks only */
    uint16_t other;                     /* slot of the form with flags that the plain form falls back to */
    uint8_t table;                      /* enum vir_table of module-calls.h */
    uint8_t object;                     /* enum vir_kind of the first argument */
    uint8_t rules;                      /* enum vir_call_rules */
    uint8_t exclusive;                  /* first row in vir_call_exclusives; 0: none (row 0 is not used) */
    uint16_t reserved;
    uint32_t write_flags;               /* flags that need a read-write connection */
};

/* Flags that exclude or need each other: if a flag of HAS is given, none of
 * NEVER may be, and one of NEEDS must be.  The rows of a call end with HAS = 0. */
struct vir_call_exclusive {
    uint32_t has, never, needs;
};

extern const struct vir_call vir_calls[];
extern const char vir_call_names[];
extern const struct vir_call_exclusive vir_call_exclusives[];

enum vir_bad {
    VIR_BAD_NULL,                       /* "must not be NULL" */
    VIR_BAD_NEGATIVE,                   /* "must be zero or greater" */
    VIR_BAD_ZERO,                       /* "must be greater than zero" */
    VIR_BAD_TOO_BIG,                    /* "is too large" */
    VIR_BAD_EMPTY,                      /* "must not be empty" */
    VIR_BAD_NOT_NULL,                   /* "must be NULL" (with a count of 0, ...) */
    VIR_BAD_CONNECTION,                 /* "belongs to another connection" */
    VIR_BAD_UNKNOWN,                    /* "is not known" */
};

#ifdef VIR_CALL_COMPANION
/* libvirt-qemu, libvirt-lxc, ...: the same helpers, taken from libvirt.so.0. */
# include "private.h"
# define vir_call_enter vir_core.call_enter
# define vir_call_enter_as vir_core.call_enter_as
# define vir_call_failed vir_core.call_failed
# define vir_call_int vir_core.call_int
# define vir_call_ptr vir_core.call_ptr
# define vir_call_bad vir_core.call_bad
#else
/* Resets the thread's error, traces, and checks the object, read-only, the
 * flags and the slot.  Returns the module's function, NULL if refused. */
vir_fn vir_call_enter(unsigned int call, void *object, unsigned int flags);
/* The same for a plain form: *ret_other tells that the function is that of
 * the form with flags. */
vir_fn vir_call_enter_as(unsigned int call, void *object, unsigned int flags, bool *ret_other);
/* Hands the thread's error to the object's connection and to the callbacks.
 * OBJECT may be NULL. */
void vir_call_failed(void *object);
/* A call's result on its way out: < 0, NULL and 0 (virDomainGetMaxMemory, virNodeGetFreeMemory) are
 * failures.  Not inline: they stand in every public function. */
int vir_call_int(void *object, int ret);
void *vir_call_ptr(void *object, const void *ret);
unsigned long long vir_call_number(void *object, unsigned long long ret);
/* Raises what is wrong with the argument WHAT (WHY: enum vir_bad).  Returns -1. */
int vir_call_bad(unsigned int call, void *object, const char *what, int why);
/* Whether the second object OTHER is a live handle of KIND on the connection
 * of OBJECT: 0, or -1 with the error raised. */
int vir_call_other(unsigned int call, void *object, void *other, enum vir_kind kind, const char *what);
/* Refuses a read-only connection: for calls that write for some values of an
 * argument that is no flag. */
int vir_call_write(unsigned int call, void *object);
#endif

/* For calls that return pointers. */
#define vir_call_bad_null(call, object, what, why) ((void *)(vir_call_bad(call, object, what, why), NULL))

#ifndef VIR_CALL_COMPANION
/* For hand-written bodies in core/calls/. */

/* What vir_call_enter does before it looks for the slot: 0, or -1 with the
 * error raised and dispatched. */
int vir_call_check(unsigned int call, void *object, unsigned int flags);
/* The slot of the call's connection, whatever its flags; NULL, no error: empty. */
vir_fn vir_call_slot(unsigned int call, void *object);
/* Raises what a read-only connection is told of the call that SLOT is for, or of NAME where
 * that is no public call.  Returns -1. */
int vir_call_deny_slot(unsigned int table, unsigned int slot, const char *name);
/* The module's row that serves the slot, of a plain form perhaps that of the form with flags; the
 * same for all connections of a module. */
const struct vir_slot *vir_connect_slot_row(virConnectPtr conn, unsigned int table, unsigned int slot);
/* That of the fuller form behind `as`. */
vir_fn vir_call_other_slot(unsigned int call, void *object);
/* Raises VIR_ERR_NO_SUPPORT for CALL and dispatches it.  Returns -1. */
int vir_call_no_support(unsigned int call, void *object);
/* Reads TEXT, which must be a uuid: 0, or -1 with the error raised. */
int vir_call_uuid(unsigned int call, void *object, const char *text, unsigned char *uuid);
/* Makes PATH absolute as seen from the program (a relative path would mean
 * another place in the daemon); NULL with an error.  The caller frees. */
char *vir_call_path(void *object, const char *path);
#endif

#endif
