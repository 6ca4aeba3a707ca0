/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One value of each XDR kind against its bytes as RFC 4506 has them, and each refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/module.h>

#include "rpc/error.h"
#include "rpc/params.h"
#include "rpc/xdr-table.h"

struct point {
    int x;
    char *label;
};

struct sample {
    int number;
    unsigned char small;
    long long big;
    double real;
    char *text;
    char *maybe;
    char name[8];
    char model[2];
    char label[6];
    unsigned char uuid[4];
    unsigned int n_data, n_points, n_chars;
    unsigned char *data;
    char *chars;
    struct point *points;
    int n_more;
    struct point **more;
    struct point *one;
    int kind;
};

#define S struct point
XDR_TABLE(point, 8, true, XDR_NUMBER(XDR_INT, S, x), XDR_TEXT(S, label, 9));
#undef S

#define S struct sample
XDR_TABLE(number, 4, false, XDR_NUMBER(XDR_INT, S, number));
XDR_TABLE(small, 4, false, XDR_NUMBER(XDR_UINT, S, small));
XDR_TABLE(big, 8, false, XDR_NUMBER(XDR_HYPER, S, big));
XDR_TABLE(real, 8, false, XDR_NUMBER(XDR_UHYPER, S, real));
XDR_TABLE(text, 4, true, XDR_TEXT(S, text, 5));
XDR_TABLE(maybe, 4, true, XDR_TEXT_OR_NULL(S, maybe, 5));
XDR_TABLE(name, 4, false, XDR_SHORT_NAME(S, name));
XDR_TABLE(model, 8, false, XDR_PLACE(XDR_CHARS, S, model));
XDR_TABLE(label, 4, false, XDR_PLACE(XDR_CHAR_LIST, S, label));
XDR_TABLE(uuid, 4, false, XDR_PLACE(XDR_OPAQUE, S, uuid));
XDR_TABLE(data, 4, true, XDR_LIST(XDR_BYTES, S, data, n_data, 5, NULL));
XDR_TABLE(chars, 4, true, XDR_LIST(XDR_CHAR_BYTES, S, chars, n_chars, 5, NULL));
XDR_TABLE(points, 4, true, XDR_LIST(XDR_ARRAY, S, points, n_points, 2, &xdr_point));
XDR_TABLE(more, 4, true, XDR_LIST(XDR_POINTER_ARRAY, S, more, n_more, 2, &xdr_point));
XDR_TABLE(one, 4, true, XDR_MAYBE(S, one, &xdr_point));
XDR_TABLE(enum, 4, false, { XDR_ENUM, 4, 0, offsetof(S, kind), 0, 2, NULL });

/* BYTES give something whose own bytes are SAME. */
static void
check_taken(const struct xdr_type *type, const char *bytes, size_t n, const char *same, size_t n_same)
{
    struct rpc_buf buf = { 0 };
    char room[sizeof(struct sample) + sizeof(virTypedParameter)];

    assert_int_equal(xdr_decode(bytes, n, type, room), 0);
    assert_int_equal(xdr_encode(&buf, type, room), 0);
    assert_int_equal(buf.len, n_same);
    assert_memory_equal(buf.data, same, n_same);
    xdr_free(type, room);
    rpc_buf_free(&buf);
}

#define TAKE(type, bytes, same) check_taken(&xdr_##type, bytes, sizeof(bytes) - 1, same, sizeof(same) - 1)

/* VALUE's bytes are BYTES, and BYTES give something that has the same bytes again. */
static void
check_bytes(const struct xdr_type *type, const void *value, const char *bytes, size_t n)
{
    struct rpc_buf buf = { 0 };

    assert_int_equal(xdr_encode(&buf, type, value), 0);
    assert_int_equal(buf.len, n);
    assert_memory_equal(buf.data, bytes, n);
    rpc_buf_free(&buf);
    check_taken(type, bytes, n, bytes, n);
}

#define CHECK(type, bytes, ...) \
    check_bytes(&xdr_##type, &(struct sample){ __VA_ARGS__ }, bytes, sizeof(bytes) - 1)

static void
check_refused(const struct xdr_type *type, const char *bytes, size_t n, const char *why)
{
    struct sample value;

    assert_int_equal(xdr_decode(bytes, n, type, &value), -1);
    assert_non_null(strstr(virGetLastErrorMessage(), why));
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_RPC);
}

#define REFUSE(type, bytes, why) check_refused(&xdr_##type, bytes, sizeof(bytes) - 1, why)

static void
numbers(void **unused)
{
    (void)unused;
    CHECK(number, "\xff\xff\xff\xfe", .number = -2);
    CHECK(small, "\0\0\0\xc8", .small = 200);
    REFUSE(small, "\0\0\1\0", "out of range");
    CHECK(big, "\xff\xff\xff\xff\xff\xff\xff\xff", .big = -1);
    CHECK(real, "\x3f\xf8\0\0\0\0\0\0", .real = 1.5);
    CHECK(enum, "\0\0\0\2", .kind = 2);
    REFUSE(enum, "\0\0\0\3", "enum");
    REFUSE(number, "\0\0\0", "too early");
    TAKE(number, "\0\0\0\1\0\0\0\2", "\0\0\0\1");
}

static void
texts(void **unused)
{
    (void)unused;
    CHECK(text, "\0\0\0\5hello\0\0\0", .text = (char *)"hello");
    CHECK(text, "\0\0\0\0", .text = (char *)"");
    CHECK(maybe, "\0\0\0\0", .maybe = NULL);
    CHECK(maybe, "\0\0\0\1\0\0\0\1a\0\0\0", .maybe = (char *)"a");
    CHECK(name, "\0\0\0\7seventy\0", .name = "seventy");
    REFUSE(text, "\0\0\0\6hello!\0\0", "limit is 5");
    REFUSE(text, "\xff\xff\xff\xff", "limit is 5");
    REFUSE(text, "\0\0\0\5hell", "too early");
    REFUSE(text, "\0\0\0\5hello", "too early");
    TAKE(text, "\0\0\0\1a\0\0\1", "\0\0\0\1a\0\0\0");
    REFUSE(text, "\0\0\0\2a\0\0\0", "NUL");
    TAKE(maybe, "\1\0\0\0\0\0\0\1a\0\0\0", "\0\0\0\1\0\0\0\1a\0\0\0");
    REFUSE(name, "\0\0\0\10eighteen", "limit is 7");
}

static void
chars(void **unused)
{
    (void)unused;
    CHECK(model, "\0\0\0a\xff\xff\xff\xff", .model = "a\xff");
    CHECK(label, "\0\0\0\3\0\0\0o\0\0\0k\0\0\0\0", .label = "ok");
    CHECK(chars, "\0\0\0\2\0\0\0o\0\0\0k", .chars = (char *)"ok", .n_chars = 2);
    REFUSE(label, "\0\0\0\7\0\0\0a\0\0\0a\0\0\0a\0\0\0a\0\0\0a\0\0\0a\0\0\0\0", "limit is 6");
    REFUSE(label, "\0\0\0\6\0\0\0a\0\0\0a\0\0\0a\0\0\0a\0\0\0a\0\0\0a", "without an end");
    REFUSE(chars, "\0\0\0\2\0\0\0o", "too early");
}

static void
bytes(void **unused)
{
    (void)unused;
    CHECK(uuid, "\1\2\3\4", .uuid = { 1, 2, 3, 4 });
    CHECK(data, "\0\0\0\3\1\2\3\0", .data = (unsigned char *)"\1\2\3", .n_data = 3);
    REFUSE(data, "\0\0\0\6\1\2\3\4\5\6\0\0", "limit is 5");
    TAKE(data, "\0\0\0\3\1\2\3\4", "\0\0\0\3\1\2\3\0");
}

static void
arrays(void **unused)
{
    struct point a = { 1, (char *)"a" }, b = { 2, (char *)"" };

    (void)unused;
    CHECK(points, "\0\0\0\2\0\0\0\1\0\0\0\1a\0\0\0\0\0\0\2\0\0\0\0",
          .points = (struct point[]){ a, b }, .n_points = 2);
    CHECK(points, "\0\0\0\0", .n_points = 0);
    CHECK(more, "\0\0\0\1\0\0\0\2\0\0\0\0", .more = (struct point *[]){ &b }, .n_more = 1);
    CHECK(one, "\0\0\0\0", .one = NULL);
    CHECK(one, "\0\0\0\1\0\0\0\1\0\0\0\1a\0\0\0", .one = &a);
    REFUSE(points, "\0\0\0\3", "limit is 2");
    REFUSE(points, "\0\0\0\2\0\0\0\1\0\0\0\1a\0\0\0", "too early");
    REFUSE(points, "\0\0\0\2\0\0\0\1\0\0\0\1a\0\0\0\0\0\0\2\0\0\0\11", "too early");
    REFUSE(one, "\0\0\0\1\0\0\0\1\0\0\0\12", "limit is 9");
}

static void
params(void **unused)
{
    virTypedParameter i = { .field = "i", .type = VIR_TYPED_PARAM_INT, .value.i = -1 };
    virTypedParameter d = { .field = "dd", .type = VIR_TYPED_PARAM_DOUBLE, .value.d = 1.5 };
    virTypedParameter s = { .field = "s", .type = VIR_TYPED_PARAM_STRING, .value.s = (char *)"x" };
    virTypedParameter value;

    (void)unused;
    check_bytes(&xdr_remote_typed_param, &i, "\0\0\0\1i\0\0\0\0\0\0\1\xff\xff\xff\xff", 16);
    check_bytes(&xdr_remote_typed_param, &d, "\0\0\0\2dd\0\0\0\0\0\5\x3f\xf8\0\0\0\0\0\0", 20);
    check_bytes(&xdr_remote_typed_param, &s, "\0\0\0\1s\0\0\0\0\0\0\7\0\0\0\1x\0\0\0", 20);
    assert_int_equal(xdr_decode("\0\0\0\1i\0\0\0\0\0\0\10\0\0\0\0", 16, &xdr_remote_typed_param, &value), -1);
    assert_int_equal(xdr_decode("\0\0\0\1i\0\0\0\0\0\0\0\0\0\0\0", 16, &xdr_remote_typed_param, &value), -1);
}

/* What must not leave: missing strings, counts beyond the limit, negative counts. */
static void
encoder(void **unused)
{
    struct rpc_buf buf = { 0 };
    struct rpc_buf tight = { .max = 8 };
    struct sample value = { .n_points = 3, .n_more = -1, .text = (char *)"a longer text" };

    (void)unused;
    assert_int_equal(xdr_encode(&buf, &xdr_number, &value), 0);
    assert_int_equal(xdr_encode(&buf, &xdr_text, &value), -1);
    assert_int_equal(xdr_encode(&buf, &xdr_points, &value), -1);
    assert_int_equal(xdr_encode(&buf, &xdr_more, &value), -1);
    value.text = NULL;
    assert_int_equal(xdr_encode(&buf, &xdr_text, &value), -1);
    assert_int_equal(buf.len, 4);       /* as before the refusals */
    value.text = (char *)"12345";
    assert_int_equal(xdr_encode(&tight, &xdr_text, &value), -1);
    assert_int_equal(tight.len, 0);
    rpc_buf_free(&buf);
    rpc_buf_free(&tight);
}

/* An error goes through a reply and is the thread's error at the other end. */
static void
errors(void **unused)
{
    struct rpc_buf buf = { 0 };
    virErrorPtr error;

    (void)unused;
    vir_raise(VIR_FROM_QEMU, VIR_ERR_NO_DOMAIN, "no '%s' here", "web");
    error = virSaveLastError();
    assert_int_equal(rpc_error_encode(&buf, error), 0);
    virResetLastError();
    assert_int_equal(rpc_error_raise(buf.data, buf.len), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_NO_DOMAIN);
    assert_int_equal(virGetLastErrorDomain(), VIR_FROM_QEMU);
    assert_string_equal(virGetLastErrorMessage(), error->message);
    assert_int_equal(rpc_error_raise(buf.data, buf.len - 1), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_RPC);
    buf.len = 0;
    assert_int_equal(rpc_error_encode(&buf, NULL), 0);
    assert_int_equal(rpc_error_raise(buf.data, buf.len), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_INTERNAL_ERROR);
    virFreeError(error);
    rpc_buf_free(&buf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers), cmocka_unit_test(texts), cmocka_unit_test(chars),
        cmocka_unit_test(bytes), cmocka_unit_test(arrays), cmocka_unit_test(params),
        cmocka_unit_test(encoder), cmocka_unit_test(errors),
    };

    return cmocka_run_group_tests_name("xdr-kinds", tests, NULL, NULL);
}
