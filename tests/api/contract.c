/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs the API contract tests against one URI: contract URI [NAME...].
 */
#include <dirent.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "contract.h"

#define TIME_LIMIT 60                   /* seconds for one test */

extern const struct contract_test __start_contract_tests[], __stop_contract_tests[];

const char *contract_uri;

void
contract_fail(const char *file, int line, const char *fmt, ...)
{
    va_list args;

    fprintf(stderr, "# %s:%d: ", file, line);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
    _exit(1);
}

/* One of a few buffers in turn, so that several results can be used in one call. */
static char *
turn_buffer(void)
{
    static __thread char buffers[8][1024];
    static __thread unsigned int turn;

    return buffers[turn++ % 8];
}

/* Where the path of the URI begins: behind the host, if it has one. */
static const char *
path_of(const char *uri)
{
    const char *host = strstr(uri, "://") + 3;

    return host + strcspn(host, "/?");
}

const char *
contract_uri_of(const char *path)
{
    char *uri = turn_buffer();
    const char *from = contract_uri, *old = path_of(from), *found;
    size_t size = strcspn(old, "?"), n = 0;

    found = old;
    do {                                /* a parameter may tell the far side the same path */
        n += (size_t)snprintf(uri + n, 1024 - n, "%.*s%s", (int)(found - from), from, path);
        from = found + size;
    } while ((found = strstr(from, "///")) && strncmp(found += 2, old, size) == 0);
    snprintf(uri + n, 1024 - n, "%s", from);
    return uri;
}

const char *
contract_transport(void)
{
    const char *scheme_end = strstr(contract_uri, "://");
    const char *plus = memchr(contract_uri, '+', (size_t)(scheme_end - contract_uri));
    char *word;

    if (!plus)
        return path_of(contract_uri) == scheme_end + 3 ? "" : "tls";
    word = turn_buffer();
    snprintf(word, 1024, "%.*s", (int)(scheme_end - plus - 1), plus + 1);
    return word;
}

bool
contract_is_over(const char *transport)
{
    return strcmp(contract_transport(), transport) == 0;
}

virConnectPtr
contract_open(void)
{
    virConnectPtr conn = virConnectOpen(contract_uri);

    CHECK(conn);
    return conn;
}

virConnectPtr
contract_open_read_only(void)
{
    virConnectPtr conn = virConnectOpenReadOnly(contract_uri);

    CHECK(conn);
    return conn;
}

void
contract_close(virConnectPtr conn)
{
    CHECK_INT(virConnectClose(conn), 0);
}

const char *
contract_name(const char *name)
{
    char *text = turn_buffer();

    snprintf(text, 1024, "contract-%d-%s", (int)getpid(), name);
    return text;
}

const char *
contract_xml(const char *name)
{
    char *xml = turn_buffer(), own[256];

    snprintf(own, sizeof(own), "%s", contract_name(name));
    snprintf(xml, 1024,
             "<domain type='test'><name>%s</name><memory unit='KiB'>8192</memory><vcpu>2</vcpu>"
             "<os><type>hvm</type></os></domain>", own);
    return xml;
}

virDomainPtr
contract_define(virConnectPtr conn, const char *name)
{
    virDomainPtr dom = virDomainDefineXML(conn, contract_xml(name));

    CHECK(dom);
    return dom;
}

void
contract_remove(virDomainPtr dom)
{
    if (virDomainIsActive(dom) == 1)
        CHECK_INT(virDomainDestroy(dom), 0);
    if (virDomainIsPersistent(dom) == 1)
        CHECK_INT(virDomainUndefine(dom), 0);
    CHECK_INT(virDomainFree(dom), 0);
    virResetLastError();
}

void
contract_state(virDomainPtr dom, int wanted_state, int wanted_reason)
{
    int state, reason;

    CHECK_INT(virDomainGetState(dom, &state, &reason, 0), 0);
    CHECK_INT(state, wanted_state);
    CHECK_INT(reason, wanted_reason);
}

static void
on_time(int timer, void *opaque)
{
    (void)timer;
    *(bool *)opaque = true;
}

bool
contract_pump(const int *count, int wanted)
{
    time_t end = time(NULL) + 5;
    bool tick;
    int timer = virEventAddTimeout(20, on_time, &tick, NULL);

    CHECK(timer >= 0);
    while (*count < wanted && time(NULL) <= end)
        CHECK_INT(virEventRunDefaultImpl(), 0);
    virEventRemoveTimeout(timer);
    return *count >= wanted;
}

void
contract_pump_some(void)
{
    bool done = false;
    int timer = virEventAddTimeout(100, on_time, &done, NULL);

    CHECK(timer >= 0);
    while (!done)
        CHECK_INT(virEventRunDefaultImpl(), 0);
    virEventRemoveTimeout(timer);
}

/* Errors are checked, not shown. */
static void
be_quiet(void *opaque, virErrorPtr err)
{
    (void)opaque;
    (void)err;
}

static int
count_fds(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int n = 0;

    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n;
}

/* In the child.  The first connection opens what stays open for good. */
static void
run_child(const struct contract_test *test)
{
    int before;

    alarm(TIME_LIMIT);
    virSetErrorFunc(NULL, be_quiet);
    if (virInitialize() < 0 || (test->events && virEventRegisterDefaultImpl() < 0))
        contract_fail(__FILE__, __LINE__, "cannot begin: %s", virGetLastErrorMessage());
    contract_close(contract_open());
    if (test->events)
        contract_pump_some();
    before = count_fds();
    test->run();
    if (test->events)
        contract_pump_some();           /* what a close leaves to the loop */
    virResetLastError();
    CHECK_INT(count_fds(), before);
    exit(0);                            /* not _exit: the leak check of a sanitizer runs at exit */
}

static bool
run(const struct contract_test *test)
{
    int status;
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0)
        run_child(test);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return false;
    if (WIFSIGNALED(status))
        fprintf(stderr, "# %s: killed by signal %d\n", test->name, WTERMSIG(status));
    return status == 0;
}

static bool
is_wanted(const char *name, char **names)
{
    if (!*names)
        return true;
    for (; *names; names++) {
        if (strcmp(name, *names) == 0)
            return true;
    }
    return false;
}

int
main(int argc, char **argv)
{
    int n = 0, failed = 0;

    if (argc < 2) {
        fprintf(stderr, "usage: contract URI [NAME...]\n");
        return 2;
    }
    contract_uri = argv[1];
    for (const struct contract_test *test = __start_contract_tests; test < __stop_contract_tests; test++) {
        if (!is_wanted(test->name, argv + 2))
            continue;
        bool ok = run(test);

        n++;
        failed += !ok;
        printf("%s %d - %s\n", ok ? "ok" : "not ok", n, test->name);
    }
    printf("# %s: %d tests, %d failed\n", contract_uri, n, failed);
    return failed || n == 0 ? 1 : 0;
}
