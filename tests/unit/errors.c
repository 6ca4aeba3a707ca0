/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors: the thread's, the connection's, callbacks, copies, hints. */
#define VIR_MODULE_DOMAIN VIR_FROM_TEST
#include "core-unit.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

static void
phrases(void **state)
{
    virErrorPtr error;

    (void)state;
    assert_int_equal(vir_error(VIR_ERR_NO_DOMAIN, "no domain with name '%s'", "x"), -1);
    error = virGetLastError();
    assert_non_null(error);
    assert_int_equal(error->code, VIR_ERR_NO_DOMAIN);
    assert_int_equal(error->domain, VIR_FROM_TEST);
    assert_int_equal(error->level, VIR_ERR_ERROR);
    assert_string_equal(error->message, "Domain not found: no domain with name 'x'");
    assert_string_equal(error->str1, "Domain not found: %s");
    assert_string_equal(error->str2, "no domain with name 'x'");
    assert_null(vir_error_null(VIR_ERR_DOM_EXIST, "%s", "x"));
    assert_error(VIR_ERR_DOM_EXIST, "domain x exists already");
    vir_error(VIR_ERR_RPC, "%s", "only this");
    assert_string_equal(virGetLastErrorMessage(), "only this");
    assert_int_equal(vir_error_errno(ENOENT, "cannot open '%s'", "/x"), -1);
    assert_int_equal(virGetLastError()->int1, ENOENT);
    assert_string_equal(virGetLastErrorMessage(), "cannot open '/x': No such file or directory");
    virResetLastError();
    assert_null(virGetLastError());
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_OK);
    assert_string_equal(virGetLastErrorMessage(), "no error");
}

static void
hints(void **state)
{
    (void)state;
    vir_error_hint("lost: there is no error");
    assert_null(virGetLastError());
    vir_error(VIR_ERR_INVALID_ARG, "no");
    vir_error_hint("did you mean '%s'?", "yes");
    assert_string_equal(virGetLastErrorMessage(), "invalid argument: no\nhint: did you mean 'yes'?");
    virResetLastError();
}

static void
long_text_is_cut(void **state)
{
    char text[20001];

    (void)state;
    memset(text, '\xc3', sizeof(text));
    for (size_t i = 1; i < sizeof(text); i += 2)
        text[i] = '\xa4';
    text[20000] = '\0';
    vir_error(VIR_ERR_RPC, "%s", text);
    assert_in_range(strlen(virGetLastErrorMessage()), 4000, 4096);
    assert_int_equal(strlen(virGetLastErrorMessage()) % 2, 0);     /* between two characters */
    virResetLastError();
}

static void
copies(void **state)
{
    virError copy = { 0 };
    virErrorPtr saved;

    (void)state;
    assert_int_equal(virCopyLastError(&copy), 0);
    vir_error(VIR_ERR_NO_DOMAIN, "x");
    assert_int_equal(virCopyLastError(&copy), VIR_ERR_NO_DOMAIN);
    saved = virSaveLastError();
    virResetLastError();
    assert_string_equal(copy.message, "Domain not found: x");
    assert_string_equal(saved->message, "Domain not found: x");
    assert_ptr_not_equal(copy.message, saved->message);
    assert_int_equal(vir_raise_raw(saved), -1);
    assert_error(VIR_ERR_NO_DOMAIN, "Domain not found: x");
    virResetError(&copy);
    assert_null(copy.message);
    virFreeError(saved);
    virFreeError(NULL);
    assert_int_equal(virCopyLastError(NULL), -1);
}

static void
take_and_restore(void **state)
{
    virErrorPtr taken;

    (void)state;
    assert_null(vir_error_take());
    vir_error_restore(NULL);
    vir_error(VIR_ERR_NO_DOMAIN, "first");
    taken = vir_error_take();
    assert_null(virGetLastError());
    vir_error(VIR_ERR_RPC, "from the clean-up");
    vir_error_restore(taken);
    assert_error(VIR_ERR_NO_DOMAIN, "first");
}

static void *
other_thread(void *opaque)
{
    (void)opaque;
    assert_null(virGetLastError());
    vir_error(VIR_ERR_RPC, "theirs");
    return NULL;                        /* its error is freed with it: the sanitizer looks */
}

static void
each_thread_has_its_own(void **state)
{
    pthread_t thread;

    (void)state;
    vir_error(VIR_ERR_NO_DOMAIN, "mine");
    assert_int_equal(pthread_create(&thread, NULL, other_thread, NULL), 0);
    pthread_join(thread, NULL);
    assert_error(VIR_ERR_NO_DOMAIN, "mine");
}

static int told_global, told_connection;

static void
count(void *counter, virErrorPtr error)
{
    assert_non_null(error->message);
    ++*(int *)counter;
}

static void
callbacks(void **state)
{
    virConnectPtr conn;
    virError copy;

    (void)state;
    virSetErrorFunc(&told_global, count);
    assert_null(virConnectOpen("nowhere"));
    assert_int_equal(told_global, 1);
    conn = virConnectOpen("test:///default");
    if (!conn)
        skip();
    assert_null(virDomainLookupByName(conn, "nobody"));
    assert_int_equal(told_global, 2);
    virConnSetErrorFunc(conn, &told_connection, count);
    assert_null(virDomainLookupByName(conn, "nobody"));
    assert_int_equal(told_global, 2);
    assert_int_equal(told_connection, 1);
    /* a success resets the thread's error, the connection's stays */
    assert_true(virConnectNumOfDomains(conn) >= 0);
    assert_null(virGetLastError());
    assert_int_equal(virConnGetLastError(conn)->code, VIR_ERR_NO_DOMAIN);
    assert_int_equal(virConnCopyLastError(conn, &copy), VIR_ERR_NO_DOMAIN);
    virResetError(&copy);
    virConnResetLastError(conn);
    assert_int_equal(virConnCopyLastError(conn, &copy), 0);
    /* NULL and a handle of another kind are errors, not crashes */
    assert_int_equal(virDomainDestroy(NULL), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_INVALID_DOMAIN);
    assert_int_equal(virDomainDestroy((virDomainPtr)conn), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_INVALID_DOMAIN);
    assert_null(virConnGetLastError(NULL));
    virConnectClose(conn);
    virSetErrorFunc(NULL, keep_silent);
}

/* The form that the default function has always had on stderr. */
static void
default_function(void **state)
{
    char text[256] = "";
    int fds[2], saved = dup(STDERR_FILENO);

    (void)state;
    assert_int_equal(pipe(fds), 0);
    vir_error(VIR_ERR_NO_DOMAIN, "x");
    fflush(stderr);
    dup2(fds[1], STDERR_FILENO);
    virDefaultErrorFunc(virGetLastError());
    virDefaultErrorFunc(NULL);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    assert_true(read(fds[0], text, sizeof(text) - 1) > 0);
    assert_string_equal(text, "libvirt: Test Driver error : Domain not found: x\n");
    close(fds[0]);
    close(fds[1]);
    virResetLastError();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phrases),
        cmocka_unit_test(hints),
        cmocka_unit_test(long_text_is_cut),
        cmocka_unit_test(copies),
        cmocka_unit_test(take_and_restore),
        cmocka_unit_test(each_thread_has_its_own),
        cmocka_unit_test(default_function),
        cmocka_unit_test(callbacks),
    };

    virSetErrorFunc(NULL, keep_silent);
    return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}
