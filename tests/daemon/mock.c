/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A driver for the tests of the daemon: two guests, `well` and `sick`.  What
 * has to ask the guest takes for ever with the sick one (until FILE named by
 * MOCK_RELEASE exists; another beside it, .asked, has a byte for each question).
 * Its stream echoes.
 */
#define VIR_MODULE_DOMAIN VIR_FROM_TEST
#include <libvirt/module.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct vir_event_hub *hub;
static int state[2] = { VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING };

static const struct { const char *name; unsigned char uuid[VIR_UUID_BUFLEN]; } guests[2] = {
    { "well", { 1 } },
    { "sick", { 2 } },
};

static int
number_of(virDomainPtr dom)
{
    for (int i = 0; i < 2; i++) {
        if (strcmp(vir_domain_name(dom), guests[i].name) == 0)
            return i;
    }
    return vir_error(VIR_ERR_NO_DOMAIN, "no domain '%s'", vir_domain_name(dom));
}

static bool
is_released(void)
{
    const char *release = getenv("MOCK_RELEASE");

    return release && access(release, F_OK) == 0;
}

static void
ask_guest(int number)
{
    const char *release = getenv("MOCK_RELEASE");
    VIR_AUTO_FREE char *asked = release ? vir_strdup_printf("%s.asked", release) : NULL;
    VIR_AUTO_CLOSE int fd = number == 1 && asked ? open(asked, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;

    if (fd >= 0 && write(fd, "x", 1) < 0)
        return;
    for (int i = 0; number == 1 && i < 3000 && !is_released(); i++)
        usleep(10000);
}

static int
mock_load(const struct vir_host *host)
{
    (void)host;
    hub = vir_event_hub_new();
    return 0;
}

/* How many connections are open, for the file that MOCK_UNLOADED names. */
static int open_connections;

static void
mock_unload(void)
{
    const char *path = getenv("MOCK_UNLOADED");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;

    if (fd < 0)
        return;
    dprintf(fd, "%d", __atomic_load_n(&open_connections, __ATOMIC_ACQUIRE));
    close(fd);
}

static int
mock_connect_open(virConnectPtr conn, virConnectAuthPtr auth, unsigned int flags)
{
    (void)auth;
    (void)flags;
    vir_connect_set_events(conn, hub);
    __atomic_add_fetch(&open_connections, 1, __ATOMIC_RELEASE);
    return 0;
}

static int
mock_connect_close(virConnectPtr conn)
{
    (void)conn;
    __atomic_sub_fetch(&open_connections, 1, __ATOMIC_RELEASE);
    return 0;
}

static const char *
mock_get_type(virConnectPtr conn)
{
    (void)conn;
    return "mock";
}

static int
mock_node_get_info(virConnectPtr conn, virNodeInfoPtr info)
{
    (void)conn;
    memset(info, 0, sizeof(*info));
    strcpy(info->model, "mock");
    info->cpus = info->nodes = info->sockets = info->cores = info->threads = 1;
    return 0;
}

/* Promises not to wait, and waits for MOCK_LIAR milliseconds, until it is released, or computes for MOCK_BUSY of them. */
static char *
mock_get_capabilities(virConnectPtr conn)
{
    const char *waits = getenv("MOCK_LIAR"), *busy = getenv("MOCK_BUSY");
    struct timespec used = { 0 };
    long until;

    (void)conn;
    if (waits && !is_released())
        usleep((useconds_t)atoi(waits) * 1000);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    until = used.tv_sec * 1000 + used.tv_nsec / 1000000 + (busy ? atoi(busy) : 0);
    while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < until)
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return vir_strdup(getenv("MOCK_WRONG") ? "<capabilities>\xff\xc0\x80\xed\xa0\x80</capabilities>" : "<capabilities/>");
}

static int
mock_list_all_domains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags)
{
    (void)flags;
    if (domains) {
        *domains = vir_alloc_array(3, sizeof(**domains));
        for (int i = 0; i < 2; i++)
            (*domains)[i] = vir_domain_new(conn, guests[i].name, guests[i].uuid, i + 1);
    }
    return 2;
}

static virDomainPtr
mock_domain_lookup_by_name(virConnectPtr conn, const char *name)
{
    for (int i = 0; i < 2; i++) {
        if (strcmp(name, guests[i].name) == 0)
            return vir_domain_new(conn, guests[i].name, guests[i].uuid, i + 1);
    }
    return vir_error_null(VIR_ERR_NO_DOMAIN, "no domain '%s'", name);
}

static int
mock_domain_get_info(virDomainPtr dom, virDomainInfoPtr info)
{
    int i = number_of(dom);

    if (i < 0)
        return -1;
    *info = (virDomainInfo){ .state = (unsigned char)__atomic_load_n(&state[i], __ATOMIC_RELAXED), .maxMem = 1024, .memory = 1024,
                             .nrVirtCpu = 1 };
    return 0;
}

static char *
mock_domain_get_xml_desc(virDomainPtr dom, unsigned int flags)
{
    (void)flags;
    return vir_strdup_printf("<domain type='mock'><name>%s</name></domain>", vir_domain_name(dom));
}

static int
mock_domain_memory_stats(virDomainPtr dom, virDomainMemoryStatPtr stats, unsigned int n, unsigned int flags)
{
    int i = number_of(dom);

    (void)flags;
    if (i < 0)
        return -1;
    ask_guest(i);
    if (getenv("MOCK_WRONG"))           /* it says more than there is room for, or what no number can be */
        return atoi(getenv("MOCK_WRONG"));
    if (n > 0)
        stats[0] = (virDomainMemoryStatStruct){ .tag = VIR_DOMAIN_MEMORY_STAT_RSS, .val = 42 };
    return n > 0;
}

/* The hypervisor answers for one of them. */
static int
mock_domain_get_control_info(virDomainPtr dom, virDomainControlInfoPtr info, unsigned int flags)
{
    unsigned char uuid[VIR_UUID_BUFLEN] = { 0 };

    (void)flags;
    virDomainGetUUID(dom, uuid);        /* its name may be another in statistics */
    memset(info, 0, sizeof(*info));
    info->state = uuid[0] == 1 ? VIR_DOMAIN_CONTROL_OK : VIR_DOMAIN_CONTROL_ERROR;
    return 0;
}

/* With MOCK_SLOW_STATS it waits for the sick guest, as none should. */
static int
mock_connect_get_all_domain_stats(virConnectPtr conn, virDomainPtr *doms, unsigned int ndoms, unsigned int stats,
                                  virDomainStatsRecordPtr **records, unsigned int flags)
{
    static const struct { const char *field; unsigned long long value; } figures[] = {
        { "state.state", 1 }, { "cpu.time", 1500000000 }, { "balloon.current", 1024 }, { "vcpu.1.time", 2000000000 },
        { "block.0.rd.bytes", 12345678901234567 }, { "block.1.rd.bytes", 7 }, { "what.nobody.knows", 1 },
    };

    (void)doms;
    (void)ndoms;
    (void)stats;
    (void)flags;
    if (getenv("MOCK_SLOW_STATS"))
        ask_guest(1);
    *records = vir_alloc_array(3, sizeof(**records));
    for (int i = 0; i < 2; i++) {
        virDomainStatsRecordPtr record = (*records)[i] = VIR_NEW(virDomainStatsRecord);
        int room = 0;

        record->dom = vir_domain_new(conn, i ? guests[i].name : "w\"e\\l\nl\xff", guests[i].uuid, i + 1);
        for (size_t k = 0; k < sizeof(figures) / sizeof(figures[0]); k++)
            virTypedParamsAddULLong(&record->params, &record->nparams, &room, figures[k].field, figures[k].value);
        virTypedParamsAddString(&record->params, &record->nparams, &room, "block.0.name", "vda");
    }
    return 2;
}

static int
change(virDomainPtr dom, int to, int event)
{
    int i = number_of(dom);

    if (i < 0)
        return -1;
    __atomic_store_n(&state[i], to, __ATOMIC_RELAXED);
    vir_event_emit(hub, vir_event_domain_lifecycle(guests[i].name, guests[i].uuid, i + 1, event, 0));
    return 0;
}

static int
mock_domain_suspend(virDomainPtr dom)
{
    return change(dom, VIR_DOMAIN_PAUSED, VIR_DOMAIN_EVENT_SUSPENDED);
}

static int
mock_domain_resume(virDomainPtr dom)
{
    return change(dom, VIR_DOMAIN_RUNNING, VIR_DOMAIN_EVENT_RESUMED);
}

static int
mock_domain_destroy_flags(virDomainPtr dom, unsigned int flags)
{
    (void)flags;
    return change(dom, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_EVENT_STOPPED);
}

/* The connection to whatever it is breaks. */
static int
mock_domain_reboot(virDomainPtr dom, unsigned int flags)
{
    (void)flags;
    vir_connect_closed(vir_domain_connect(dom), VIR_CONNECT_CLOSE_REASON_ERROR);
    return 0;
}

/* N events at once: for clients that do not read. */
static int
mock_domain_send_key(virDomainPtr dom, unsigned int codeset, unsigned int holdtime, unsigned int *keycodes,
                     int nkeycodes, unsigned int flags)
{
    (void)codeset;
    (void)keycodes;
    (void)nkeycodes;
    (void)flags;
    for (unsigned int i = 0; i < holdtime; i++) {
        if (change(dom, VIR_DOMAIN_RUNNING, VIR_DOMAIN_EVENT_RESUMED) < 0)
            return -1;
    }
    return 0;
}

/* ---- a stream that echoes; the last byte `!` ends it, `?` breaks it, `#` promises a
 * hole that there is not ------------------------------------------------------------- */

struct echo {
    virStreamPtr stream;
    char data[65536];
    size_t len;
    bool ended, broken, hole;
    int timer, events;
    virStreamEventCallback callback;
    void *opaque;
    virFreeCallback release;
};

static int
echo_events(const struct echo *echo)
{
    return echo->events & ((echo->len || echo->ended || echo->broken ? VIR_STREAM_EVENT_READABLE : 0) |
                           (echo->len < sizeof(echo->data) ? VIR_STREAM_EVENT_WRITABLE : 0));
}

static void
echo_tick(int timer, void *opaque)
{
    struct echo *echo = opaque;
    int events = echo_events(echo);

    if (events && echo->callback)
        echo->callback(echo->stream, events, echo->opaque);
    else
        virEventUpdateTimeout(timer, -1);
}

static int
echo_send(virStreamPtr stream, const char *data, size_t n)
{
    struct echo *echo = vir_stream_data(stream);

    if (n > sizeof(echo->data) - echo->len)
        n = sizeof(echo->data) - echo->len;
    if (n == 0)
        return -2;
    memcpy(echo->data + echo->len, data, n);
    echo->len += n;
    echo->ended = data[n - 1] == '!';
    echo->broken = data[n - 1] == '?';
    echo->hole = data[n - 1] == '#';
    virEventUpdateTimeout(echo->timer, 0);
    return (int)n;
}

static int
echo_recv(virStreamPtr stream, char *data, size_t n, unsigned int flags)
{
    struct echo *echo = vir_stream_data(stream);

    (void)flags;
    if (echo->broken)
        return vir_error(VIR_ERR_OPERATION_FAILED, "the mock stream broke");
    if (echo->hole)
        return -3;
    if (!echo->len)
        return echo->ended ? 0 : -2;
    if (n > echo->len)
        n = echo->len;
    memcpy(data, echo->data, n);
    echo->len -= n;
    memmove(echo->data, echo->data + n, echo->len);
    virEventUpdateTimeout(echo->timer, 0);
    return (int)n;
}

static int
echo_add_callback(virStreamPtr stream, int events, virStreamEventCallback cb, void *opaque,
                  virFreeCallback ff)
{
    struct echo *echo = vir_stream_data(stream);

    echo->callback = cb;
    echo->opaque = opaque;
    echo->release = ff;
    echo->events = events;
    virEventUpdateTimeout(echo->timer, 0);
    return 0;
}

static int
echo_update_callback(virStreamPtr stream, int events)
{
    struct echo *echo = vir_stream_data(stream);

    echo->events = events;
    virEventUpdateTimeout(echo->timer, 0);
    return 0;
}

static int
echo_remove_callback(virStreamPtr stream)
{
    struct echo *echo = vir_stream_data(stream);

    echo->callback = NULL;
    if (echo->release)
        echo->release(echo->opaque);
    echo->release = NULL;
    return 0;
}

static int
echo_end(virStreamPtr stream)
{
    struct echo *echo = vir_stream_data(stream);

    echo_remove_callback(stream);
    virEventRemoveTimeout(echo->timer);
    return 0;
}

static const struct vir_stream_ops echo_ops = {
    VIR_OPS(vir_stream_ops),
    .stream_send = { echo_send, 0, 0 },
    .stream_recv_flags = { echo_recv, ~0u, 0 },
    .stream_event_add_callback = { echo_add_callback, 0, 0 },
    .stream_event_update_callback = { echo_update_callback, 0, 0 },
    .stream_event_remove_callback = { echo_remove_callback, 0, 0 },
    .stream_finish = { echo_end, 0, 0 },
    .stream_abort = { echo_end, 0, 0 },
};

static int
mock_domain_open_console(virDomainPtr dom, const char *name, virStreamPtr stream, unsigned int flags)
{
    struct echo *echo;

    (void)flags;
    if (number_of(dom) < 0)
        return -1;
    if (name)
        return vir_error(VIR_ERR_INVALID_ARG, "no console '%s'", name);
    echo = VIR_NEW(struct echo);
    echo->stream = stream;
    echo->timer = virEventAddTimeout(-1, echo_tick, echo, free);
    vir_stream_set_ops(stream, &echo_ops, echo);
    return 0;
}

static const struct vir_connect_ops connect_ops = {
    VIR_OPS(vir_connect_ops),
    .connect_open = { mock_connect_open, 0, VIR_SLOT_NONBLOCKING },
    .connect_close = { mock_connect_close, 0, VIR_SLOT_NONBLOCKING },
    .connect_get_type = { mock_get_type, 0, VIR_SLOT_NONBLOCKING },
    .connect_get_capabilities = { mock_get_capabilities, 0, VIR_SLOT_NONBLOCKING },
    .node_get_info = { mock_node_get_info, 0, VIR_SLOT_NONBLOCKING },
};

static const struct vir_domain_ops domain_ops = {
    VIR_OPS(vir_domain_ops),
    .connect_list_all_domains = { mock_list_all_domains, ~0u, VIR_SLOT_NONBLOCKING },
    .domain_lookup_by_name = { mock_domain_lookup_by_name, 0, VIR_SLOT_NONBLOCKING },
    .domain_get_info = { mock_domain_get_info, 0, 0 },
    .domain_get_xml_desc = { mock_domain_get_xml_desc, ~0u, VIR_SLOT_NONBLOCKING },
    .connect_get_all_domain_stats = { mock_connect_get_all_domain_stats, ~0u, 0 },
    .domain_get_control_info = { mock_domain_get_control_info, 0, VIR_SLOT_NONBLOCKING },
    .domain_memory_stats = { mock_domain_memory_stats, 0, 0 },
    .domain_suspend = { mock_domain_suspend, 0, 0 },
    .domain_resume = { mock_domain_resume, 0, VIR_SLOT_NONBLOCKING },
    .domain_reboot = { mock_domain_reboot, 0, 0 },
    .domain_destroy_flags = { mock_domain_destroy_flags, ~0u, 0 },
    .domain_open_console = { mock_domain_open_console, ~0u, 0 },
    .domain_send_key = { mock_domain_send_key, 0, 0 },
};

VIR_MODULE_DEFINE(mock,
    "provides: connection\n"
    "schemes: mock\n"
    "default-uri: mock:///default mock:///default\n",
    .version = "1",
    .load = mock_load,
    .unload = mock_unload,
    .connect = &connect_ops,
    .domain = &domain_ops);
