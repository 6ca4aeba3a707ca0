/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The handlers that look alike for every kind of object.  A group's file says
 * once what its kind is,
 *
 *     #define KIND network
 *     #define KIND_TYPE virNetworkPtr
 *     #define KIND_NAME virNetworkGetName
 *
 * with virsh_network() and virsh_auto_network() behind it, and then each
 * handler in one line.
 */
#ifndef VIRSH_OBJECT_H
#define VIRSH_OBJECT_H

#include "virsh.h"

#define VIRSH_JOIN_(a, b) a##b
#define VIRSH_JOIN(a, b) VIRSH_JOIN_(a, b)
#define VIRSH_OBJECT(variable) \
    __attribute__((cleanup(VIRSH_JOIN(virsh_auto_, KIND)))) KIND_TYPE variable

/* One call on the object: CALL(object) gives 0 or -1; DONE and FAILED with what was typed. */
#define VIRSH_ACTION(handler, CALL, DONE, FAILED) \
    static int \
    handler(struct virsh *vsh, const struct virsh_call *call) \
    { \
        VIRSH_OBJECT(object) = VIRSH_JOIN(virsh_, KIND)(vsh, call); \
        \
        if (!object) \
            return -1; \
        if (CALL(object) < 0) \
            return virsh_error(vsh, FAILED, virsh_typed(call)); \
        virsh_print_extra(vsh, DONE, virsh_typed(call)); \
        return 0; \
    }

/* A new object from the document in --file: MAKE(conn, xml, flags); DONE with name and file, FAILED
 * with the file. */
#define VIRSH_FROM_FILE(handler, MAKE, VALIDATE, DONE, FAILED) \
    static int \
    handler(struct virsh *vsh, const struct virsh_call *call) \
    { \
        const char *file = virsh_text(call, "file"); \
        VIR_AUTO_FREE char *xml = virsh_file(vsh, call, "file"); \
        VIRSH_OBJECT(object) = NULL; \
        \
        if (!xml) \
            return -1; \
        object = MAKE(vsh->conn, xml, virsh_flag(call, "validate") ? VALIDATE : 0); \
        if (!object) \
            return virsh_error(vsh, FAILED, file); \
        virsh_print_extra(vsh, DONE, KIND_NAME(object), file); \
        return 0; \
    }

/* --disable or not: CALL(object, on). */
#define VIRSH_AUTOSTART(handler, CALL, WHAT) \
    static int \
    handler(struct virsh *vsh, const struct virsh_call *call) \
    { \
        const char *un = virsh_flag(call, "disable") ? "un" : ""; \
        VIRSH_OBJECT(object) = VIRSH_JOIN(virsh_, KIND)(vsh, call); \
        \
        if (!object) \
            return -1; \
        if (CALL(object, !*un) < 0) \
            return virsh_error(vsh, "failed to %smark %s %s as autostarted", un, WHAT, virsh_typed(call)); \
        virsh_print_extra(vsh, "%c%s %s %smarked as autostarted\n", (WHAT)[0] & ~0x20, (WHAT) + 1, \
                          virsh_typed(call), un); \
        return 0; \
    }

/* The object's document: GET(object, flags); INACTIVE is the bit of --inactive, 0 where it has none. */
#define VIRSH_DUMPXML(handler, GET, INACTIVE) \
    static int \
    handler(struct virsh *vsh, const struct virsh_call *call) \
    { \
        VIRSH_OBJECT(object) = VIRSH_JOIN(virsh_, KIND)(vsh, call); \
        const unsigned int flags = virsh_flag(call, "inactive") ? INACTIVE : 0; \
        \
        return object ? virsh_xml_print(vsh, call, GET(object, flags)) : -1; \
    }

/* One text of the object, which stays its own: GET(object). */
#define VIRSH_PRINT_TEXT(handler, GET) \
    static int \
    handler(struct virsh *vsh, const struct virsh_call *call) \
    { \
        VIRSH_OBJECT(object) = VIRSH_JOIN(virsh_, KIND)(vsh, call); \
        const char *text = object ? GET(object) : NULL; \
        \
        if (!text) \
            return -1; \
        virsh_print(vsh, "%s\n", text); \
        return 0; \
    }

/* Its uuid: GET(object, buffer). */
#define VIRSH_PRINT_UUID(handler, GET, WHAT) \
    static int \
    handler(struct virsh *vsh, const struct virsh_call *call) \
    { \
        VIRSH_OBJECT(object) = VIRSH_JOIN(virsh_, KIND)(vsh, call); \
        char uuid[VIR_UUID_STRING_BUFLEN]; \
        \
        if (!object) \
            return -1; \
        if (GET(object, uuid) < 0) \
            return virsh_error(vsh, "failed to get " WHAT " UUID"); \
        virsh_print(vsh, "%s\n", uuid); \
        return 0; \
    }

/* Order of a list: by name, whatever the case of the letters. */
#define VIRSH_NAME_ORDER(function) \
    static int \
    function(const void *a, const void *b) \
    { \
        return strcasecmp(KIND_NAME(*(const KIND_TYPE *)a), KIND_NAME(*(const KIND_TYPE *)b)); \
    }

#endif
