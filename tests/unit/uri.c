/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* URIs: what they split into, and what is refused. */
#include "core-unit.h"

#include "core/uri.h"

static void
all_parts(void **state)
{
    struct vir_uri *uri = vir_uri_parse("qemu+ssh://me%40home@[fe80::1%eth0]:2222/sys%20tem"
                                        "?a=1&b=x%26y;c#end");

    (void)state;
    assert_non_null(uri);
    assert_string_equal(uri->scheme, "qemu");
    assert_string_equal(uri->transport, "ssh");
    assert_string_equal(uri->user, "me@home");
    assert_string_equal(uri->server, "fe80::1%eth0");
    assert_int_equal(uri->port, 2222);
    assert_string_equal(uri->path, "/sys tem");
    assert_string_equal(uri->query, "a=1&b=x%26y;c");
    assert_string_equal(uri->fragment, "end");
    assert_int_equal(uri->nparams, 3);
    assert_string_equal(uri->params[0].name, "a");
    assert_string_equal(uri->params[0].value, "1");
    assert_string_equal(uri->params[1].name, "b");
    assert_string_equal(uri->params[1].value, "x&y");
    assert_string_equal(uri->params[2].name, "c");
    assert_string_equal(uri->params[2].value, "");
    free(uri);
}

static void
absent_parts(void **state)
{
    static const char *const texts[] = { "test:///default", "test:/default" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct vir_uri *uri = vir_uri_parse(texts[i]);

        assert_non_null(uri);
        assert_null(uri->transport);
        assert_null(uri->user);
        assert_null(uri->server);
        assert_null(uri->query);
        assert_null(uri->fragment);
        assert_int_equal(uri->port, 0);
        assert_int_equal(uri->nparams, 0);
        assert_string_equal(uri->path, "/default");
        free(uri);
    }
}

static void
servers(void **state)
{
    static const struct { const char *text, *server; int port; } rows[] = {
        { "xen://host", "host", 0 },
        { "xen://host:", "host", 0 },
        { "xen://host:65535/", "host", 65535 },
        { "xen://%68ost/", "host", 0 },
        { "xen://[::1]/", "::1", 0 },
        { "xen://@host/", "host", 0 },
        { "xen://192.0.2.1:16509/system", "192.0.2.1", 16509 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct vir_uri *uri = vir_uri_parse(rows[i].text);

        assert_non_null(uri);
        assert_string_equal(uri->server, rows[i].server);
        assert_int_equal(uri->port, rows[i].port);
        assert_null(uri->user);
        free(uri);
    }
}

static void
refused(void **state)
{
    static const struct { const char *text, *why; } rows[] = {
        { "", "name of a driver" },
        { "nothing", "name of a driver" },
        { "://", "name of a driver" },
        { "1st://", "name of a driver" },
        { "te st://", "character" },
        { "test+://host", "transport" },
        { "test://[::1", "has no ']'" },
        { "test://[]/", "no IPv6 address" },
        { "test://[-::1]/", "cannot be in it" },
        { "test://[::1]x/", "only ':PORT'" },
        { "test://[::1/]/", "has no ']'" },
        { "test://host:x/", "not a number" },
        { "test://host:-1/", "not a number" },
        { "test://host:65536/", "greater than 65535" },
        { "test://host:99999999999999999999/", "greater than 65535" },
        { "test://ho%00st/", "%00" },
        { "test:///%00", "%00" },
        { "test:///%0", "hexadecimal" },
        { "test:///%zz", "hexadecimal" },
        { "test:///%", "hexadecimal" },
        { "test:///a b", "%XX" },
        { "test:///a\nb", "%XX" },
        { "test://-oProxyCommand=x/", "cannot be one" },
        { "test://%2doProxyCommand=x/", "cannot be one" },
        { "test://-x@host/", "begins with '-'" },
        { "test://ho%2fst/", "cannot be one" },
        { "test:///?a=%0", "hexadecimal" },
        { "test:///#%0", "hexadecimal" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_null(vir_uri_parse(rows[i].text));
        assert_int_equal(virGetLastErrorDomain(), VIR_FROM_URI);
        assert_error(VIR_ERR_INTERNAL_ERROR, rows[i].why);
    }
}

/* SIZE bytes of 'a' between BEFORE and BEHIND. */
static struct vir_uri *
parse_long(const char *before, size_t size, const char *behind)
{
    char *text = malloc(strlen(before) + size + strlen(behind) + 1);
    struct vir_uri *uri;
    char *end = stpcpy(text, before);

    memset(end, 'a', size);
    strcpy(end + size, behind);
    uri = vir_uri_parse(text);
    free(text);
    return uri;
}

static void
limits(void **state)
{
    char params[VIR_URI_PARAMS_MAX * 4 + 32] = "test:///?";
    struct vir_uri *uri;

    (void)state;
    assert_null(parse_long("test://", 65536, "/"));
    assert_error(VIR_ERR_INTERNAL_ERROR, "longer than 8192");
    assert_null(parse_long("test://", VIR_URI_HOST_MAX + 1, "/"));
    assert_error(VIR_ERR_INTERNAL_ERROR, "longer than 255");
    uri = parse_long("test://", VIR_URI_HOST_MAX, "/");
    assert_non_null(uri);
    free(uri);
    assert_null(parse_long("", VIR_URI_SCHEME_MAX + 1, ":///"));
    assert_error(VIR_ERR_INTERNAL_ERROR, "name of a driver");
    for (int i = 0; i < VIR_URI_PARAMS_MAX; i++)
        strcat(params, "a=&");
    uri = vir_uri_parse(params);
    assert_non_null(uri);
    assert_int_equal(uri->nparams, VIR_URI_PARAMS_MAX);
    free(uri);
    strcat(params, "a=");
    assert_null(vir_uri_parse(params));
    assert_error(VIR_ERR_INTERNAL_ERROR, "more than 64");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_parts),
        cmocka_unit_test(absent_parts),
        cmocka_unit_test(servers),
        cmocka_unit_test(refused),
        cmocka_unit_test(limits),
    };

    return cmocka_run_group_tests_name("uri", tests, NULL, NULL);
}
