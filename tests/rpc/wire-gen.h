/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Test help: walks the XDR tables to make valid messages and to print their shape. */
#ifndef TESTS_WIRE_GEN_H
#define TESTS_WIRE_GEN_H

#include <stdio.h>

#include "rpc/procedure.h"

/* A small generator of numbers: the same seed gives the same run. */
uint32_t gen_random(uint64_t *state);

/* When set, half of all texts and of all uuids are these: a name that exists. */
extern const char *gen_word;
extern const unsigned char *gen_uuid;

/* Appends a valid random value of TYPE (NULL: nothing) as it looks on the wire. */
void gen_value(struct rpc_buf *buf, const struct xdr_type *type, uint64_t *state);

/* Prints a type: `string<4194304> opaque[16] int`; `-` for NULL. */
void gen_shape(FILE *out, const struct xdr_type *type);

#endif
