/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Typed parameters. */
#include "core-unit.h"

#include <limits.h>

struct list { virTypedParameterPtr params; int n, max; };
#define ADD(list) &(list).params, &(list).n, &(list).max

static void
every_type(void **state)
{
    struct list list = { 0 };
    const char *names[] = { "a", "b", NULL };
    const char *text;
    unsigned long long ul;
    unsigned int ui;
    long long l;
    double d;
    int i;

    (void)state;
    assert_int_equal(virTypedParamsAddInt(ADD(list), "i", INT_MIN), 0);
    assert_int_equal(virTypedParamsAddUInt(ADD(list), "ui", UINT_MAX), 0);
    assert_int_equal(virTypedParamsAddLLong(ADD(list), "l", LLONG_MIN), 0);
    assert_int_equal(virTypedParamsAddULLong(ADD(list), "ul", ULLONG_MAX), 0);
    assert_int_equal(virTypedParamsAddDouble(ADD(list), "d", 0.5), 0);
    assert_int_equal(virTypedParamsAddBoolean(ADD(list), "b", 7), 0);
    assert_int_equal(virTypedParamsAddString(ADD(list), "s", "text"), 0);
    assert_int_equal(virTypedParamsAddStringList(ADD(list), "many", names), 0);
    assert_int_equal(list.n, 9);
    assert_true(list.max >= list.n);

    assert_int_equal(virTypedParamsGetInt(list.params, list.n, "i", &i), 1);
    assert_int_equal(i, INT_MIN);
    assert_int_equal(virTypedParamsGetUInt(list.params, list.n, "ui", &ui), 1);
    assert_true(ui == UINT_MAX);
    assert_int_equal(virTypedParamsGetLLong(list.params, list.n, "l", &l), 1);
    assert_true(l == LLONG_MIN);
    assert_int_equal(virTypedParamsGetULLong(list.params, list.n, "ul", &ul), 1);
    assert_true(ul == ULLONG_MAX);
    assert_int_equal(virTypedParamsGetDouble(list.params, list.n, "d", &d), 1);
    assert_true(d == 0.5);
    assert_int_equal(virTypedParamsGetBoolean(list.params, list.n, "b", &i), 1);
    assert_int_equal(i, 1);
    assert_int_equal(virTypedParamsGetString(list.params, list.n, "s", &text), 1);
    assert_string_equal(text, "text");

    assert_int_equal(virTypedParamsGetInt(list.params, list.n, "nothing", &i), 0);
    assert_null(virTypedParamsGet(list.params, list.n, "nothing"));
    assert_null(virGetLastError());
    assert_non_null(virTypedParamsGet(list.params, list.n, "many"));
    assert_int_equal(virTypedParamsGetInt(list.params, list.n, "ui", &i), -1);
    assert_error(VIR_ERR_INVALID_ARG, "actual type is 'unsigned int'");
    virTypedParamsFree(list.params, list.n);
    virTypedParamsFree(NULL, 0);
}

static void
from_text(void **state)
{
    static const struct { int type; const char *text; int rc; } rows[] = {
        { VIR_TYPED_PARAM_INT, "2147483647", 0 },
        { VIR_TYPED_PARAM_INT, "2147483648", -1 },
        { VIR_TYPED_PARAM_INT, "-2147483648", 0 },
        { VIR_TYPED_PARAM_INT, "-2147483649", -1 },
        { VIR_TYPED_PARAM_INT, "", -1 },
        { VIR_TYPED_PARAM_INT, "1x", -1 },
        { VIR_TYPED_PARAM_INT, "0x10", -1 },
        { VIR_TYPED_PARAM_UINT, "4294967295", 0 },
        { VIR_TYPED_PARAM_UINT, "-1", -1 },
        { VIR_TYPED_PARAM_LLONG, "-9223372036854775808", 0 },
        { VIR_TYPED_PARAM_LLONG, "9223372036854775808", -1 },
        { VIR_TYPED_PARAM_ULLONG, "18446744073709551615", 0 },
        { VIR_TYPED_PARAM_ULLONG, "18446744073709551616", -1 },
        { VIR_TYPED_PARAM_ULLONG, "-1", -1 },
        { VIR_TYPED_PARAM_DOUBLE, "1.5", 0 },
        { VIR_TYPED_PARAM_DOUBLE, "1.5s", -1 },
        { VIR_TYPED_PARAM_BOOLEAN, "1", 0 },
        { VIR_TYPED_PARAM_BOOLEAN, "True", 0 },
        { VIR_TYPED_PARAM_BOOLEAN, "false", 0 },
        { VIR_TYPED_PARAM_BOOLEAN, "yes", -1 },
        { VIR_TYPED_PARAM_STRING, "", 0 },
        { 77, "1", -1 },
    };
    struct list list = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int before = list.n;

        assert_int_equal(virTypedParamsAddFromString(ADD(list), "x", rows[i].type, rows[i].text), rows[i].rc);
        assert_int_equal(list.n, before + (rows[i].rc == 0));
        if (rows[i].rc < 0)
            assert_int_equal(virGetLastErrorCode(), VIR_ERR_INVALID_ARG);
    }
    virTypedParamsFree(list.params, list.n);
}

static void
what_text_means(void **state)
{
    struct list list = { 0 };
    const char *text;
    int i;

    (void)state;
    assert_int_equal(virTypedParamsAddFromString(ADD(list), "decimal", VIR_TYPED_PARAM_INT, "010"), 0);
    assert_int_equal(virTypedParamsGetInt(list.params, list.n, "decimal", &i), 1);
    assert_int_equal(i, 10);
    assert_int_equal(virTypedParamsAddFromString(ADD(list), "true", VIR_TYPED_PARAM_BOOLEAN, "TRUE"), 0);
    assert_int_equal(virTypedParamsGetBoolean(list.params, list.n, "true", &i), 1);
    assert_int_equal(i, 1);
    assert_int_equal(virTypedParamsAddString(ADD(list), "none", NULL), 0);
    assert_int_equal(virTypedParamsGetString(list.params, list.n, "none", &text), 1);
    assert_string_equal(text, "");
    virTypedParamsFree(list.params, list.n);
}

static void
looking_keeps_the_error(void **state)
{
    struct list list = { 0 };

    (void)state;
    assert_int_equal(virDomainFree(NULL), -1);
    assert_null(virTypedParamsGet(list.params, list.n, "x"));
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_INVALID_DOMAIN);
}

static void
names_have_a_limit(void **state)
{
    char name[VIR_TYPED_PARAM_FIELD_LENGTH + 1];
    struct list list = { 0 };

    (void)state;
    memset(name, 'a', sizeof(name));
    name[VIR_TYPED_PARAM_FIELD_LENGTH] = '\0';
    assert_int_equal(virTypedParamsAddInt(ADD(list), name, 1), -1);
    assert_error(VIR_ERR_INVALID_ARG, "too long");
    name[VIR_TYPED_PARAM_FIELD_LENGTH - 1] = '\0';
    assert_int_equal(virTypedParamsAddInt(ADD(list), name, 1), 0);
    assert_non_null(virTypedParamsGet(list.params, list.n, name));
    virTypedParamsFree(list.params, list.n);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type),
        cmocka_unit_test(from_text),
        cmocka_unit_test(what_text_means),
        cmocka_unit_test(looking_keeps_the_error),
        cmocka_unit_test(names_have_a_limit),
    };

    virSetErrorFunc(NULL, keep_silent);
    return cmocka_run_group_tests_name("params", tests, NULL, NULL);
}
