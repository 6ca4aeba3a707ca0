/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed from api/ by print_protocol.py. */
#ifndef WIRE_ACCESS_H
#define WIRE_ACCESS_H

#include <stddef.h>
#include <stdint.h>

#include <libvirt/libvirt.h>

/* What somebody may need permissions on. */
enum access_kind {
    ACCESS_CONNECT,
    ACCESS_DOMAIN,
    ACCESS_KINDS
};
extern const char *const access_names[ACCESS_KINDS];        /* "storage_pool" */

/* What must hold of an argument for a permission to be needed. */
enum access_test {
    ACCESS_ANY = 1,                     /* one of these bits is set */
    ACCESS_NONE,                        /* none of these bits is set */
    ACCESS_IS,                          /* it has this value */
};

struct access_condition {
    uint16_t offset;                    /* of an unsigned int in the struct of the arguments */
    uint16_t test;                      /* enum access_test; 0 behind the last one */
    uint32_t value;
};

/* A permission on an object: of the connection, or the one that the call is about.  Needed if one of
 * the conditions holds; without any, always. */
struct access_rule {
    enum access_kind kind;
    const char *permission;             /* "read_secure" */
    struct access_condition conditions[2];
};

/* Where the arguments name an object. */
enum access_shape {
    ACCESS_HERE,                        /* its XDR struct lies there */
    ACCESS_POINTER,                     /* a pointer to it, or NULL */
    ACCESS_LIST,                        /* a pointer to several; their number lies at `count` */
};

struct access_handle {
    enum access_kind kind;
    enum access_shape shape;
    uint16_t offset, count;             /* in the struct of the arguments */
};

#define ACCESS_ABSENT 0xffff            /* an offset: it is not there */

static inline void *
access_at(const void *base, uint16_t offset)
{
    return (char *)(uintptr_t)base + offset;
}

/* Where the object comes from that the call is about. */
enum access_how {
    ACCESS_HANDLE,                      /* from the first of its handles of that kind */
    ACCESS_RESULT,                      /* it is what the call finds, at `offset` in the result */
    ACCESS_DOCUMENT,                    /* a document describes it; a second text, if there, is its name */
    ACCESS_NAME,                        /* its name is an argument */
    ACCESS_NOTHING,                     /* only the driver can know it, as when a file names it */
};

struct access_text {
    uint16_t offset;                    /* of the text, or of typed parameters and their number */
    uint16_t count;
    const char *param;                  /* the name of one of them; NULL: it is a text */
};

struct access_about {
    enum access_how how;
    enum access_kind kind;
    uint16_t offset;
    struct access_text text, name;      /* their offsets may be ACCESS_ABSENT */
};

/* A list of objects that a call gives. */
enum access_form {
    ACCESS_OBJECTS,                     /* they themselves */
    ACCESS_COUNT,                       /* how many there are */
    ACCESS_NAMES,                       /* their names */
    ACCESS_UUIDS,                       /* the texts of their uuids */
    ACCESS_IDS,                         /* their numbers */
};

struct access_items {
    enum access_form form;
    uint16_t list, n;                   /* the objects, each XDR struct first in its element, and their number */
    uint16_t element;                   /* bytes of one */
    uint16_t part;                      /* what of an object is given, in its XDR struct */
    uint16_t need;                      /* OBJECTS: an int of the arguments, whether they are wanted; or ABSENT: they are */
    uint16_t number;                    /* an int of the result, their number; ACCESS_ABSENT: none */
    uint16_t given, n_given;            /* NAMES, UUIDS, IDS: where they go in the result */
    uint16_t room;                      /* and how many are wanted, an int of the arguments */
    int procedure;                      /* of the program REMOTE, whose result `list` and `n` lie in */
    void (*prepare)(const void *args, void *ret_args);      /* makes its arguments; NULL: it is the call itself */
};

/* All that is to be asked about a procedure. */
struct access_needs {
    const struct access_rule *rules;
    size_t n_rules;
    const struct access_rule *filter;   /* what each item of a list or event needs; NULL: every caller sees all */
    const struct access_handle *handles;
    size_t n_handles;
    const struct access_about *about;   /* NULL: its handles */
    const struct access_items *items;
};

/* By number of the procedure. */
extern const struct access_needs remote_access[], qemu_access[], lxc_access[], admin_access[];

/* ---- objects (wire/access-objects.c) ---- */

struct access_details;
struct rpc_object;

struct access_part {
    const char *place;                  /* in the document: "name", "@name", "mac/@address", or the text in "usage" */
    uint16_t offset;                    /* in the XDR struct: a char pointer, */
    uint16_t uuid;                      /* a uuid, */
    const char *const *words;           /* or an int, the place of the word here */
};

struct access_object {
    size_t size;                        /* of its XDR struct */
    const struct rpc_object *handles;
    /* A handle from the driver of what a client named; NULL: an error is set. */
    void *(*find)(virConnectPtr conn, const void *wire);
    void *(*find_by_name)(virConnectPtr conn, const char *name);        /* NULL: nothing is found so */
    /* By what rules tell it from others. */
    void (*tell)(virConnectPtr conn, const void *wire, struct access_details *details);
    void (*clear)(void *wire);          /* frees what an XDR struct owns */
    const struct access_part *parts;    /* how a document names it; ends without a place */
    enum access_kind owner_kind;        /* of what it is a part; ACCESS_CONNECT: of nothing */
    void (*set_owner)(void *wire, const void *owner);       /* borrows from OWNER, an XDR struct */
};
extern const struct access_object access_objects[ACCESS_KINDS];

/* In daemon/access/details.c: keep copies.  Where VALUE is NULL, nothing. */
void access_tell(struct access_details *details, const char *key, const char *value);
void access_tell_uuid(struct access_details *details, const char *key, const unsigned char *uuid);

#endif
