/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's module asks the secret module: this process stands for the daemon, and its modules are those of the build. */
#include "core-unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/private.h"

#define UUID "5ec2e700-0000-4000-8000-000000000001"

static char home[] = "/tmp/sibling.XXXXXX";
static unsigned char uuid[VIR_UUID_BUFLEN];

/* Programs may not see the value. */
static int
make_secret(void **state)
{
    virConnectPtr conn;
    virSecretPtr secret;
    size_t size;

    assert_non_null(mkdtemp(home));
    setenv("HOME", home, 1);
    setenv("XDG_CONFIG_HOME", home, 1);
    vir_core.host_daemon(false, NULL, NULL, NULL);
    virSetErrorFunc(NULL, keep_silent);
    vir_uuid_parse(UUID, uuid);
    conn = virConnectOpen("secret:///session");
    if (!conn)
        fail_msg("%s", virGetLastErrorMessage());
    secret = virSecretDefineXML(conn, "<secret ephemeral='yes' private='yes'><uuid>" UUID "</uuid>"
                                "<usage type='ceph'><name>a</name></usage></secret>", 0);
    assert_non_null(secret);
    assert_int_equal(virSecretSetValue(secret, (const unsigned char *)"va\0lue", 6, 0), 0);
    assert_null(virSecretGetValue(secret, &size, 0));
    assert_error(VIR_ERR_INVALID_SECRET, "secret is private");
    assert_null(virSecretGetValue(secret, &size, VIR_SIBLING));
    assert_error(VIR_ERR_INVALID_ARG, "unsupported flags");
    virSecretFree(secret);
    *state = conn;
    return 0;
}

static int
end(void **state)
{
    VIR_AUTO_FREE char *command = vir_strdup_printf("rm -r '%s'", home);

    virConnectClose(*state);
    return system(command);
}

static void
told(virConnectPtr sibling, const unsigned char *by_uuid, int type, const char *id)
{
    unsigned char *value = NULL;
    size_t size = 0;

    assert_int_equal(vir_sibling_secret(sibling, by_uuid, type, id, &value, &size), 0);
    assert_int_equal(size, 6);
    assert_memory_equal(value, "va\0lue", 6);
    vir_sibling_secret_free(value, size);
}

static void
private_values(void **state)
{
    virConnectPtr sibling = vir_sibling_open(vir_core.host(), "secret");

    (void)state;
    assert_non_null(sibling);
    told(sibling, uuid, 0, NULL);
    told(sibling, NULL, VIR_SECRET_USAGE_TYPE_CEPH, "a");
    assert_null(vir_sibling_close(sibling));
}

/* What succeeds leaves the thread's error; what fails says why. */
static void
errors(void **state)
{
    unsigned char *value = NULL, other[VIR_UUID_BUFLEN] = { 1 };
    virConnectPtr sibling;
    size_t size;

    (void)state;
    vir_raise(VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED, "of before");
    sibling = vir_sibling_open(vir_core.host(), "secret");
    told(sibling, uuid, 0, NULL);
    assert_error(VIR_ERR_OPERATION_FAILED, "of before");

    assert_int_equal(vir_sibling_secret(sibling, other, 0, NULL, &value, &size), -1);
    assert_error(VIR_ERR_NO_SECRET, "no secret with matching uuid");
    assert_int_equal(vir_sibling_secret(sibling, NULL, VIR_SECRET_USAGE_TYPE_TLS, "a", &value, &size), -1);
    assert_error(VIR_ERR_NO_SECRET, "no secret with matching usage 'a'");
    assert_null(value);

    vir_raise(VIR_FROM_QEMU, VIR_ERR_OPERATION_FAILED, "of before");
    vir_sibling_close(sibling);
    assert_error(VIR_ERR_OPERATION_FAILED, "of before");
    vir_sibling_secret_free(NULL, 0);
}

/* A family that nobody serves on such a connection. */
static void
nobody(void **state)
{
    unsigned char *value = NULL;
    size_t size;

    assert_null(vir_sibling_open(vir_core.host(), "nofamily"));
    assert_error(VIR_ERR_NO_CONNECT, "nofamily:///session");
    (void)state;
    virConnectPtr test = virConnectOpen("test:///default");

    if (!test) {
        virResetLastError();
        return;                         /* no such module was built */
    }
    assert_int_equal(vir_sibling_secret(test, uuid, 0, NULL, &value, &size), -1);
    assert_error(VIR_ERR_NO_SUPPORT, "secret_get_value");
    virConnectClose(test);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(private_values),
        cmocka_unit_test(errors),
        cmocka_unit_test(nobody),
    };

    return cmocka_run_group_tests(tests, make_secret, end);
}
