/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every message of every procedure: valid random ones come back byte for byte,
 * and no cut, long, changed or random one does harm (run it under ASan).
 */
#include <endian.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "wire-gen.h"
#include "wire/protocol.h"

#define ROUNDS 24                       /* random messages of each type */

static const struct rpc_program *const programs[] = {
    &rpc_remote_program, &rpc_qemu_program, &rpc_lxc_program, &rpc_admin_program,
};
static uint64_t state = 20240229;
static const char *now;                 /* what is being tested */
static int failures;
static union { union rpc_any_args args; union rpc_any_ret ret; char room[8192]; } value;

static void
fail(const char *what)
{
    fprintf(stderr, "xdr-all: %s: %s\n", now, what);
    failures++;
}

static bool
is_zero(const void *bytes, size_t n)
{
    const char *p = bytes;

    while (n && !*p)
        p++, n--;
    return n == 0;
}

/* Decodes a copy of exactly N bytes, so that ASan sees every byte too many. */
static int
decode(const unsigned char *bytes, size_t n, const struct xdr_type *type)
{
    unsigned char *copy = malloc(n ? n : 1);
    int rc;

    memcpy(copy, bytes, n);
    rc = xdr_decode(copy, n, type, &value);
    free(copy);
    if (rc < 0 && type && !is_zero(&value, type->size))
        fail("something stays behind after a refusal");
    return rc;
}

static void
round_trip(const struct rpc_buf *wire, const struct xdr_type *type)
{
    struct rpc_buf again = { 0 };

    if (decode(wire->data, wire->len, type) < 0) {
        fail("a valid message is refused");
        return;
    }
    if (xdr_encode(&again, type, &value) < 0)
        fail("what was decoded cannot be encoded");
    else if (again.len != wire->len || memcmp(again.data, wire->data, wire->len) != 0)
        fail("does not come back byte for byte");
    xdr_free(type, &value);
    if (!is_zero(&value, type->size))
        fail("xdr_free leaves something behind");
    rpc_buf_free(&again);
}

/* Every message with less bytes must be refused; one with more is taken. */
static void
cut_and_long(const struct rpc_buf *wire, const struct xdr_type *type)
{
    unsigned char *more = calloc(1, wire->len + 4);

    for (size_t n = 0; n < wire->len; n += wire->len > 512 ? 37 : 1) {
        if (decode(wire->data, n, type) == 0) {
            fail("a message that was cut is taken");
            xdr_free(type, &value);
        }
    }
    memcpy(more, wire->data, wire->len);
    if (decode(more, wire->len + 4, type) < 0)
        fail("bytes behind the message are refused");
    xdr_free(type, &value);
    free(more);
}

static void
try_any(const unsigned char *bytes, size_t n, const struct xdr_type *type)
{
    if (decode(bytes, n, type) == 0)
        xdr_free(type, &value);
}

/* Puts hard numbers where a length, a boolean or a discriminant may be. */
static void
hard_numbers(const struct rpc_buf *wire, const struct xdr_type *type)
{
    static const uint32_t hard[] = {
        0, 1, 2, 255, 4194304, 4194305, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 0x20000001,
    };
    unsigned char *bytes = malloc(wire->len + 4);
    size_t words = wire->len / 4 < 64 ? wire->len / 4 : 64;

    for (size_t word = 0; word < words; word++) {
        for (size_t i = 0; i < sizeof(hard) / sizeof(hard[0]); i++) {
            uint32_t number = htobe32(hard[i]);

            memcpy(bytes, wire->data, wire->len);
            memcpy(bytes + word * 4, &number, 4);
            try_any(bytes, wire->len, type);
        }
    }
    free(bytes);
}

static void
garbage(const struct xdr_type *type)
{
    unsigned char bytes[256];
    size_t n = gen_random(&state) % sizeof(bytes);

    for (size_t i = 0; i < n; i++)
        bytes[i] = (unsigned char)(gen_random(&state) % 3 ? 0 : gen_random(&state));
    try_any(bytes, n, type);
}

static void
check_type(const struct xdr_type *type)
{
    struct rpc_buf wire = { 0 };

    if (!type)
        return;
    if (type->size > sizeof(value))
        fail("struct larger than the room for it");
    for (int i = 0; i < ROUNDS; i++) {
        wire.len = 0;
        gen_value(&wire, type, &state);
        if (wire.len < type->min)
            fail("smaller than the table says a message can be");
        round_trip(&wire, type);
        garbage(type);
    }
    cut_and_long(&wire, type);
    hard_numbers(&wire, type);
    rpc_buf_free(&wire);
}

static void
check_procedure(const struct rpc_program *program, const struct rpc_procedure *proc, int number)
{
    now = proc->name;
    if (proc->program != program->id || proc->number != number)
        fail("row of another procedure");
    check_type(proc->args);
    check_type(proc->ret);
}

static void
print_shapes(void)
{
    for (size_t p = 0; p < sizeof(programs) / sizeof(programs[0]); p++) {
        for (int i = 0; i < programs[p]->count; i++) {
            const struct rpc_procedure *proc = rpc_procedure_find(programs[p], i);

            if (!proc)
                continue;
            printf("%s %d %s %s: ", programs[p]->name, i, proc->name,
                   proc->flags & RPC_EVENT ? "event" : proc->flags & RPC_HIGH ? "high" : "low");
            gen_shape(stdout, proc->args);
            fputs(" -> ", stdout);
            gen_shape(stdout, proc->ret);
            putchar('\n');
        }
    }
}

int
main(int argc, char **argv)
{
    int n = 0;

    if (argc > 1 && strcmp(argv[1], "--shapes") == 0) {
        print_shapes();
        return 0;
    }
    for (size_t p = 0; p < sizeof(programs) / sizeof(programs[0]); p++) {
        for (int i = 0; i < programs[p]->count; i++) {
            const struct rpc_procedure *proc = rpc_procedure_find(programs[p], i);

            if (proc) {
                check_procedure(programs[p], proc, i);
                n++;
            }
        }
    }
    if (n < 451) {
        now = "tables";
        fail("procedures are missing");
    }
    printf("%d procedures, %d failures\n", n, failures);
    return failures ? 1 : 0;
}
