/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Module manifests: keys, layers, and what is refused with line and nearest key. */
#include "core-unit.h"

#include "core/manifest.h"

static int
read_text(struct vir_manifest *manifest, const char *text)
{
    return vir_manifest_read(manifest, text, strlen(text), "x.module");
}

static void
all_keys(void **state)
{
    struct vir_manifest *manifest = vir_manifest_new("x.module");

    (void)state;
    assert_int_equal(read_text(manifest,
        "# comment\n\n  module: x_1 \r\nabi: 0\nprovides: connection, network\nschemes: a b-c *\n"
        "load-in: daemon\npriority: 7\nprobe: /dev/kvm /bin/x\ndefault-uri: a:///system a:///session\n"
        "critical: yes\ndescription: w\xc3\xb6rds: \xe2\x82\xac \xf0\x9f\x8e\x89 with a colon\nx-mine: whatever"), 0);
    assert_int_equal(vir_manifest_check(manifest), 0);
    assert_string_equal(manifest->module, "x_1");
    assert_int_equal(manifest->provides, VIR_PROVIDES_CONNECTION | VIR_PROVIDES_NETWORK);
    assert_int_equal(manifest->schemes.n, 3);
    assert_string_equal(manifest->schemes.items[1], "b-c");
    assert_null(manifest->schemes.items[3]);
    assert_int_equal(manifest->load_in, VIR_LOAD_IN_DAEMON);
    assert_int_equal(manifest->priority, 7);
    assert_int_equal(manifest->probe.n, 2);
    assert_string_equal(manifest->default_uri.items[1], "a:///session");
    assert_true(manifest->critical);
    assert_string_equal(manifest->description, "w\xc3\xb6rds: \xe2\x82\xac \xf0\x9f\x8e\x89 with a colon");
    assert_null(vir_manifest_free(manifest));
}

static void
layers(void **state)
{
    struct vir_manifest *manifest = vir_manifest_new("x.module");

    (void)state;
    assert_int_equal(read_text(manifest, "module: x\nprovides: connection\nschemes: a b\npriority: 5\n"), 0);
    assert_int_equal(read_text(manifest, "priority: 9\nschemes: c\n"), 0);
    assert_int_equal(vir_manifest_check(manifest), 0);
    assert_string_equal(manifest->module, "x");
    assert_int_equal(manifest->priority, 9);
    assert_int_equal(manifest->schemes.n, 1);
    assert_string_equal(manifest->schemes.items[0], "c");
    assert_int_equal(manifest->load_in, VIR_LOAD_IN_CLIENT | VIR_LOAD_IN_DAEMON);
    /* the administrator switches it off */
    assert_int_equal(read_text(manifest, "module:\n"), 0);
    assert_int_equal(vir_manifest_check(manifest), 0);
    assert_string_equal(manifest->module, "");
    vir_manifest_free(manifest);
}

static void
refused(void **state)
{
    static const struct { const char *text, *where, *why; } rows[] = {
        { "module: x\nprovids: connection\n", "x.module:2: ", "did you mean 'provides'?" },
        { "zzzzzzzzz: 1\n", "x.module:1: ", "unknown key 'zzzzzzzzz'" },
        { "\n\nmodule\n", "x.module:3: ", "expected 'key: value'" },
        { "module: x\nmodule: y\n", "x.module:2: ", "said twice" },
        { "module: ../x\n", "x.module:1: ", "cannot be the name" },
        { "module: a/b\n", "x.module:1: ", "cannot be the name" },
        { "module: x.so\n", "x.module:1: ", "cannot be the name" },
        { "abi: new\n", "x.module:1: ", "not a number" },
        { "abi: 4294967296\n", "x.module:1: ", "not a number" },
        { "provides: connection netwrk\n", "x.module:1: ", "did you mean 'network'?" },
        { "schemes: a/b\n", "x.module:1: ", "cannot be the scheme" },
        { "load-in: server\n", "x.module:1: ", "not client, daemon or both" },
        { "priority: -1\n", "x.module:1: ", "0 to 1000" },
        { "probe: dev/kvm\n", "x.module:1: ", "not an absolute path" },
        { "default-uri: a b c\n", "x.module:1: ", "not more" },
        { "critical: maybe\n", "x.module:1: ", "neither yes nor no" },
        { "description: a\x1b[31mb\n", "x.module:1: ", "not text" },
        { "description: caf\xe9\n", "x.module:1: ", "not text" },
        { "description: \xc0\xaf\n", "x.module:1: ", "not text" },
        { "description: \xed\xa0\x80\n", "x.module:1: ", "not text" },
        { "description: \xf4\x90\x80\x80\n", "x.module:1: ", "not text" },
        { "description: \xe2\x82", "x.module:1: ", "not text" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct vir_manifest *manifest = vir_manifest_new("x.module");

        assert_int_equal(read_text(manifest, rows[i].text), -1);
        assert_non_null(strstr(virGetLastErrorMessage(), rows[i].where));
        assert_error(VIR_ERR_CONF_SYNTAX, rows[i].why);
        vir_manifest_free(manifest);
    }
}

static void
incomplete(void **state)
{
    static const struct { const char *text, *missing; } rows[] = {
        { "provides: connection\nschemes: a\n", "'module:' is missing" },
        { "module: x\nschemes: a\n", "'provides:' is missing" },
        { "module: x\nprovides: connection\n", "'schemes:' is missing" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct vir_manifest *manifest = vir_manifest_new("x.module");

        assert_int_equal(read_text(manifest, rows[i].text), 0);
        assert_int_equal(vir_manifest_check(manifest), -1);
        assert_error(VIR_ERR_CONF_SYNTAX, rows[i].missing);
        vir_manifest_free(manifest);
    }
}

static void
limits(void **state)
{
    struct vir_manifest *manifest = vir_manifest_new("x.module");
    char *large = malloc(VIR_MANIFEST_MAX + 2);
    char *words = calloc(1, 1024);

    (void)state;
    memset(large, '#', VIR_MANIFEST_MAX + 1);
    assert_int_equal(vir_manifest_read(manifest, large, VIR_MANIFEST_MAX, "x.module"), 0);
    assert_int_equal(vir_manifest_read(manifest, large, VIR_MANIFEST_MAX + 1, "x.module"), -1);
    assert_error(VIR_ERR_CONF_SYNTAX, "larger than 65536");
    assert_int_equal(vir_manifest_read(manifest, "module: x\0y\n", 12, "x.module"), -1);
    assert_error(VIR_ERR_CONF_SYNTAX, "not text");
    strcpy(words, "schemes:");
    for (int i = 0; i <= VIR_MANIFEST_WORDS_MAX; i++)
        strcat(words, " a");
    assert_int_equal(read_text(manifest, words), -1);
    assert_error(VIR_ERR_CONF_SYNTAX, "more than 64 words");
    free(words);
    free(large);
    vir_manifest_free(manifest);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_keys),
        cmocka_unit_test(layers),
        cmocka_unit_test(refused),
        cmocka_unit_test(incomplete),
        cmocka_unit_test(limits),
    };

    return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
