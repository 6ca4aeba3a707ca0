/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The xen module's reading of the xenstore, against a real xenstored: run below
 * xenstored-anywhere (see store.sh), or alone where there is no xenstore.
 * Domains are entered as the toolstack would; then the daemon is frozen,
 * killed and restarted.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xenstore.h>

#include "../../modules/xen/xen.h"

#include <cmocka.h>

#define UUID_1 "11111111-2222-4333-8444-000000000001"
#define UUID_2 "11111111-2222-4333-8444-000000000002"

extern const char vir_module_key;
const char vir_module_key;               /* a module's entry would define it */

static pid_t daemon_pid;

static void
put(const char *path, const char *value)
{
    struct xs_handle *xs = xs_open(0);

    assert_non_null(xs);
    assert_true(xs_write(xs, XBT_NULL, path, value, strlen(value)));
    xs_close(xs);
}

static void
drop(const char *path)
{
    struct xs_handle *xs = xs_open(0);

    assert_non_null(xs);
    assert_true(xs_rm(xs, XBT_NULL, path));
    xs_close(xs);
}

static void
put_domain(int id, const char *name, const char *uuid)
{
    char path[128], vm[64];

    snprintf(path, sizeof(path), "/local/domain/%d/name", id);
    put(path, name);
    if (!uuid)
        return;
    snprintf(vm, sizeof(vm), "/vm/%s", uuid);
    snprintf(path, sizeof(path), "/local/domain/%d/vm", id);
    put(path, vm);
}

static int
fill(void **state)
{
    (void)state;
    put_domain(0, "Domain-0", NULL);
    put_domain(12, "twelve", UUID_2);
    put_domain(3, "three", UUID_1);
    put("/local/domain/3/memory/target", "32768");
    put("/local/domain/3/memory/static-max", "49152");
    put("/local/domain/3/cpu/0/availability", "online");
    put("/local/domain/3/cpu/1/availability", "offline");
    put("/local/domain/3/console/tty", "/dev/pts/'7'");
    put("/libxl/3/type", "pv");
    put("/vm/" UUID_1 "/image/kernel", "/boot/a&b");
    return 0;
}

static void
lists_ascending(void **state)
{
    struct xen_identity *all;
    size_t n;

    (void)state;
    assert_int_equal(xen_identities(&all, &n), 0);
    assert_int_equal(n, 3);
    assert_int_equal(all[0].id, 0);
    assert_int_equal(all[1].id, 3);
    assert_int_equal(all[2].id, 12);
    assert_string_equal(all[2].name, "twelve");
    xen_identities_free(all, n);
}

static void
looks_up(void **state)
{
    struct xen_identity who;
    unsigned char uuid[VIR_UUID_BUFLEN];

    (void)state;
    assert_int_equal(xen_identity_by_name("three", &who), 1);
    assert_int_equal(who.id, 3);
    assert_int_equal(vir_uuid_parse(UUID_1, uuid), 0);
    assert_memory_equal(who.uuid, uuid, sizeof(uuid));
    xen_identity_clear(&who);
    assert_int_equal(xen_identity_by_uuid(uuid, &who), 1);
    assert_string_equal(who.name, "three");
    xen_identity_clear(&who);
    assert_int_equal(xen_identity_by_id(12, &who), 1);
    xen_identity_clear(&who);
    assert_int_equal(xen_identity_by_name("thre", &who), 0);
    assert_int_equal(xen_identity_by_id(4, &who), 0);
    assert_int_equal(xen_identity_by_id(-1, &who), 0);
    assert_int_equal(xen_identity_by_id(32752, &who), 0);
}

/* A handle stays with its domain or finds none, not another that has its number, or no uuid either. */
static void
handles_mean_one_domain(void **state)
{
    virConnectPtr conn = virConnectOpen("test:///default");
    unsigned char none[VIR_UUID_BUFLEN] = { 0 }, uuid[VIR_UUID_BUFLEN];
    virDomainPtr three, driver, zero;
    struct xen_identity who;

    (void)state;
    if (!conn)
        skip();
    assert_int_equal(vir_uuid_parse(UUID_1, uuid), 0);
    three = vir_domain_new(conn, "three", uuid, 12);
    zero = vir_domain_new(conn, "Domain-0", none, 0);
    driver = vir_domain_new(conn, "driver", none, 4);
    assert_int_equal(xen_identity_of(three, &who), 0);
    assert_int_equal(who.id, 3);
    xen_identity_clear(&who);
    assert_int_equal(xen_identity_of(zero, &who), 0);
    xen_identity_clear(&who);
    assert_int_equal(xen_identity_of(driver, &who), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_NO_DOMAIN);
    virDomainFree(three);
    virDomainFree(zero);
    virDomainFree(driver);
    virConnectClose(conn);
}

static void
reads_facts(void **state)
{
    struct xen_identity who;
    struct xen_facts facts;
    char *xml;

    (void)state;
    assert_int_equal(xen_identity_by_id(3, &who), 1);
    assert_int_equal(xen_facts_read(&who, &facts), 0);
    assert_int_equal(facts.memory, 32768);
    assert_int_equal(facts.max_memory, 49152);
    assert_int_equal(facts.vcpus, 1);
    assert_int_equal(facts.max_vcpus, 2);
    assert_int_equal(facts.state, VIR_DOMAIN_RUNNING);
    assert_string_equal(xen_os_type(&who, &facts), "linux");
    xml = xen_domain_format(&who, &facts);
    assert_non_null(strstr(xml, "<domain type='xen' id='3'>\n  <name>three</name>\n"
                                "  <uuid>" UUID_1 "</uuid>\n"));
    assert_non_null(strstr(xml, "<vcpu placement='static' current='1'>2</vcpu>"));
    assert_non_null(strstr(xml, "<kernel>/boot/a&amp;b</kernel>"));
    assert_non_null(strstr(xml, "tty='/dev/pts/&apos;7&apos;'"));
    free(xml);
    xen_facts_clear(&facts);
    put("/local/domain/3/control/shutdown", "poweroff");
    assert_int_equal(xen_facts_read(&who, &facts), 0);
    assert_int_equal(facts.state, VIR_DOMAIN_SHUTDOWN);
    drop("/local/domain/3/control/shutdown");
    xen_facts_clear(&facts);
    xen_identity_clear(&who);
}

/* What others put into the store is not believed. */
static void
survives_nonsense(void **state)
{
    struct xen_identity who, *all;
    struct xen_facts facts;
    char name[300];
    size_t n;

    (void)state;
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    put_domain(50, name, UUID_1);
    put_domain(51, "", NULL);
    put("/local/domain/-1/name", "minus");
    put("/local/domain/99999/name", "high");
    put("/local/domain/7x/name", "no-number");
    put_domain(52, "<&'\">", "no-uuid");
    put("/local/domain/52/memory/target", "-5");
    put("/local/domain/52/memory/static-max", "99999999999999999999999999");
    put("/local/domain/52/cpu/99999/availability", "online");
    assert_int_equal(xen_identities(&all, &n), 0);
    assert_int_equal(n, 4);
    assert_int_equal(all[3].id, 52);
    xen_identities_free(all, n);
    assert_int_equal(xen_identity_by_id(52, &who), 1);
    assert_int_equal(xen_facts_read(&who, &facts), 0);
    assert_int_equal(facts.memory, 0);
    assert_int_equal(facts.max_memory, 0);
    assert_int_equal(facts.max_vcpus, 0);
    char *xml = xen_domain_format(&who, &facts);
    assert_non_null(strstr(xml, "<name>&lt;&amp;&apos;&quot;&gt;</name>"));
    free(xml);
    xen_facts_clear(&facts);
    xen_identity_clear(&who);
    for (size_t i = 0; i < 6; i++) {
        static const char *const paths[] = {
            "/local/domain/50", "/local/domain/51", "/local/domain/-1",
            "/local/domain/99999", "/local/domain/7x", "/local/domain/52",
        };
        drop(paths[i]);
    }
}

static void
gives_up_on_a_frozen_store(void **state)
{
    int64_t begun = vir_now_ms();
    char *name;

    (void)state;
    assert_int_equal(kill(daemon_pid, SIGSTOP), 0);
    assert_int_equal(xen_store_read(&name, "/local/domain/3/name"), -1);
    assert_in_range(vir_now_ms() - begun, XEN_STORE_DEADLINE_MS - 100, XEN_STORE_DEADLINE_MS + 900);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_OPERATION_TIMEOUT);
    assert_int_equal(kill(daemon_pid, SIGCONT), 0);
    assert_int_equal(xen_store_read(&name, "/local/domain/3/name"), 1);
    assert_string_equal(name, "three");
    free(name);
}

static void *
read_name(void *opaque)
{
    char *name = NULL;
    int r = xen_store_read(&name, "/local/domain/3/name");

    (void)opaque;
    free(name);
    return (void *)(intptr_t)(r < 0 ? -1 : 0);
}

static void
many_callers_wait_together(void **state)
{
    pthread_t threads[16];
    int64_t begun = vir_now_ms();
    void *r;

    (void)state;
    assert_int_equal(kill(daemon_pid, SIGSTOP), 0);
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_name, NULL), 0);
    for (size_t i = 0; i < 16; i++) {
        assert_int_equal(pthread_join(threads[i], &r), 0);
        assert_int_equal((intptr_t)r, -1);
    }
    assert_in_range(vir_now_ms() - begun, 0, XEN_STORE_DEADLINE_MS + 900);
    assert_int_equal(kill(daemon_pid, SIGCONT), 0);
    assert_int_equal((intptr_t)read_name(NULL), 0);
}

/* The words of /proc/PID/FILE. */
static char **
words_of(pid_t pid, const char *file)
{
    static char text[2][65536];
    static char *words[2][512];
    static int turn;
    char path[64], *p = text[turn];
    size_t n = 0, len;
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
    f = fopen(path, "re");
    assert_non_null(f);
    len = fread(p, 1, sizeof(text[0]) - 1, f);
    fclose(f);
    for (char *end = p + len; p < end && n < 511; p += strlen(p) + 1)
        words[turn][n++] = p;
    words[turn][n] = NULL;
    turn = !turn;
    return words[!turn];
}

/* Waits until the store can be reached, or cannot. */
static bool
becomes_reachable(bool wanted)
{
    for (int i = 0; i < 2000; i++) {
        struct xs_handle *xs = xs_open(0);

        if (xs)
            xs_close(xs);
        if (!xs == !wanted)
            return true;
        usleep(10000);
    }
    return false;
}

static void
finds_a_restarted_store(void **state)
{
    char **argv = words_of(daemon_pid, "cmdline"), **env = words_of(daemon_pid, "environ");
    char socket[4096], *name;
    pid_t pid;
    int r;

    (void)state;
    snprintf(socket, sizeof(socket), "%s", getenv("XENSTORED_PATH"));
    assert_int_equal(kill(daemon_pid, SIGKILL), 0);
    assert_true(becomes_reachable(false));
    assert_int_equal(xen_store_read(&name, "/local/domain/3/name"), -1);
    unlink(socket);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        execve(argv[0], argv, env);
        _exit(127);
    }
    assert_true(becomes_reachable(true));
    fill(NULL);
    r = xen_store_read(&name, "/local/domain/3/name");
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    assert_int_equal(r, 1);
    assert_string_equal(name, "three");
    free(name);
}

static void
tells_that_there_is_no_store(void **state)
{
    char *name;

    (void)state;
    assert_int_equal(xen_store_read(&name, "/local/domain/0/name"), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_NO_XENSTORE);
    assert_non_null(strstr(virGetLastErrorMessage(), "xenstored"));
}

/* A failed test must not leave the daemon frozen. */
static int
thaw(void **state)
{
    (void)state;
    kill(daemon_pid, SIGCONT);
    return 0;
}

static int
read_daemon_pid(void)
{
    const char *dir = getenv("XENSTORED_RUNDIR");
    char path[4096];
    int pid = 0;
    FILE *f;

    snprintf(path, sizeof(path), "%s/pid", dir ? dir : "");
    f = dir ? fopen(path, "re") : NULL;
    if (f && fscanf(f, "%d", &pid) != 1)
        pid = 0;
    if (f)
        fclose(f);
    return pid;
}

int
main(void)
{
    static const struct CMUnitTest with_store[] = {
        cmocka_unit_test(lists_ascending),
        cmocka_unit_test(looks_up),
        cmocka_unit_test(handles_mean_one_domain),
        cmocka_unit_test(reads_facts),
        cmocka_unit_test(survives_nonsense),
        cmocka_unit_test(gives_up_on_a_frozen_store),
        cmocka_unit_test(many_callers_wait_together),
        cmocka_unit_test(finds_a_restarted_store),
    };
    static const struct CMUnitTest without_store[] = {
        cmocka_unit_test(tells_that_there_is_no_store),
    };
    int failed;

    virSetErrorFunc(NULL, NULL);
    daemon_pid = read_daemon_pid();
    if (daemon_pid > 0)
        failed = cmocka_run_group_tests(with_store, fill, thaw);
    else
        failed = cmocka_run_group_tests(without_store, NULL, NULL);
    xen_store_stop();
    return failed ? 1 : 0;
}
