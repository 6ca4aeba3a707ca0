/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed from api/ by print_protocol.py. */
#ifndef WIRE_ACCESS_H
#define WIRE_ACCESS_H

#include <stddef.h>
#include <stdint.h>

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

/* A permission on an object: of the connection for "connect", else of the one that the
 * arguments name.  Needed if one of the conditions holds; without any, always. */
struct access_rule {
    const char *object, *permission;
    struct access_condition conditions[2];
};

/* All rules of a procedure, and what each item of a list that it gives needs for the caller
 * to see it; NULL: every caller sees all. */
struct access_needs {
    const struct access_rule *rules;
    size_t n_rules;
    const struct access_rule *filter;
};

/* By number of the procedure. */
extern const struct access_needs remote_access[], qemu_access[], lxc_access[], admin_access[];

#endif
