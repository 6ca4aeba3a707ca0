/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A server that lies about how many there are: the client says so, and neither makes room
 * for them nor returns more than it has.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "rpc/message.h"
#include "rpc/procedure.h"
#include "rpc/xdr.h"
#include "wire/protocol.h"

static int listener;
static pthread_t server;
static virConnectPtr conn;
static virDomainPtr dom;
/* what the next call is answered with, beside those of the connection itself */
static union rpc_any_ret lie;

/* Reads a call and answers it; false: the client is gone. */
static bool
answer(int sock)
{
    unsigned char bytes[1024];
    struct rpc_header header;
    struct rpc_buf buf = { 0 };
    const struct rpc_procedure *procedure;
    union rpc_any_ret plain = { 0 };
    size_t rest;
    bool own;

    if (recv(sock, bytes, RPC_HEADER_SIZE, MSG_WAITALL) != RPC_HEADER_SIZE)
        return false;
    rpc_header_get(bytes, &header);
    rest = header.length - RPC_HEADER_SIZE;
    if (rest > sizeof(bytes) || (rest && recv(sock, bytes, rest, MSG_WAITALL) != (ssize_t)rest))
        return false;
    procedure = &remote_procedures[header.procedure];
    own = header.procedure == REMOTE_PROC_AUTH_LIST || header.procedure == REMOTE_PROC_CONNECT_SUPPORTS_FEATURE;
    rpc_buf_reserve(&buf, RPC_HEADER_SIZE);
    buf.len = RPC_HEADER_SIZE;
    xdr_encode(&buf, procedure->ret, own ? &plain : &lie);
    header = rpc_header_of(buf.len, header.program, header.procedure, RPC_TYPE_REPLY, header.serial,
                           RPC_STATUS_OK);
    rpc_header_put(buf.data, &header);
    own = send(sock, buf.data, buf.len, MSG_NOSIGNAL) == (ssize_t)buf.len;
    rpc_buf_free(&buf);
    return own;
}

static void *
serve(void *opaque)
{
    int sock = accept(listener, NULL, NULL);

    (void)opaque;
    while (answer(sock)) {}
    close(sock);
    return NULL;
}

static void
be_quiet(void *opaque, virErrorPtr error)
{
    (void)opaque;
    (void)error;
}

static int
connect_to_it(void **state)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char dir[] = "/tmp/vir-lies-XXXXXX", uri[200];

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/sock", dir);
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(pthread_create(&server, NULL, serve, NULL), 0);
    virSetErrorFunc(NULL, be_quiet);
    snprintf(uri, sizeof(uri), "qemu+unix:///system?socket=%s", address.sun_path);
    conn = virConnectOpen(uri);
    assert_non_null(conn);
    lie.remote_domain_lookup_by_name_ret.dom.name = (char *)"guest";
    lie.remote_domain_lookup_by_name_ret.dom.uuid[0] = 1;
    dom = virDomainLookupByName(conn, "guest");
    assert_non_null(dom);
    unlink(address.sun_path);
    rmdir(dir);
    return 0;
}

static int
leave(void **state)
{
    (void)state;
    memset(&lie, 0, sizeof(lie));
    virDomainFree(dom);
    virConnectClose(conn);
    pthread_join(server, NULL);
    close(listener);
    return 0;
}

/* The call failed because of the lie, not because the connection broke. */
static void
assert_refused(void)
{
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_RPC);
    assert_int_equal(virConnectIsAlive(conn), 1);
    virResetLastError();
}

static const int numbers[] = { -1, -7, 65537, INT_MAX, INT_MIN };
#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static void
test_parameters(void **state)
{
    int n;

    (void)state;
    for (size_t i = 0; i < NUMBERS; i++) {
        memset(&lie, 0, sizeof(lie));
        lie.remote_domain_get_scheduler_type_ret.type = (char *)"posix";
        lie.remote_domain_get_scheduler_type_ret.nparams = numbers[i];
        n = 3;
        assert_null(virDomainGetSchedulerType(dom, &n));
        assert_int_equal(n, 3);
        assert_refused();

        memset(&lie, 0, sizeof(lie));
        lie.remote_domain_get_cpu_stats_ret.nparams = numbers[i];
        assert_int_equal(virDomainGetCPUStats(dom, NULL, 0, -1, 1, 0), -1);
        assert_refused();

        memset(&lie, 0, sizeof(lie));
        lie.remote_domain_get_memory_parameters_ret.nparams = numbers[i];
        n = 0;
        assert_int_equal(virDomainGetMemoryParameters(dom, NULL, &n, 0), -1);
        assert_int_equal(n, 0);
        assert_refused();

        memset(&lie, 0, sizeof(lie));
        lie.remote_node_get_cpu_stats_ret.nparams = numbers[i];
        assert_int_equal(virNodeGetCPUStats(conn, -1, NULL, &n, 0), -1);
        assert_int_equal(n, 0);
        assert_refused();
    }
}

static void
test_disk_errors(void **state)
{
    virDomainDiskError errors[3] = { { NULL, 77 }, { NULL, 77 }, { NULL, 77 } };
    struct _virDomainDiskError sent = { (char *)"vda", 1 };

    (void)state;
    for (size_t i = 0; i < NUMBERS; i++) {
        memset(&lie, 0, sizeof(lie));
        lie.remote_domain_get_disk_errors_ret.nerrors = numbers[i];
        assert_int_equal(virDomainGetDiskErrors(dom, NULL, 0, 0), -1);
        assert_refused();
    }
    /* fewer are sent than it says, and there would be room */
    lie.remote_domain_get_disk_errors_ret.n_errors = 1;
    lie.remote_domain_get_disk_errors_ret.errors = &sent;
    lie.remote_domain_get_disk_errors_ret.nerrors = 3;
    assert_int_equal(virDomainGetDiskErrors(dom, errors, 3, 0), 1);
    assert_string_equal(errors[0].disk, "vda");
    assert_int_equal(errors[1].error, 77);
    free(errors[0].disk);
}

/* Arrays that the call makes: what is returned is what was sent. */
static void
test_new_arrays(void **state)
{
    virDomainFSInfo disk = { .mountpoint = (char *)"/", .name = (char *)"vda1", .fstype = (char *)"ext4" };
    virDomainFSInfoPtr *disks = NULL, sent_disks[] = { &disk };
    unsigned char map[1] = { 1 };
    virDomainIOThreadInfo thread = { .cpumap = map, .cpumaplen = 1 };
    virDomainIOThreadInfoPtr *threads = NULL, sent_threads[] = { &thread };

    (void)state;
    memset(&lie, 0, sizeof(lie));
    lie.remote_domain_get_fsinfo_ret.n_info = 1;
    lie.remote_domain_get_fsinfo_ret.info = sent_disks;
    lie.remote_domain_get_fsinfo_ret.ret = 9;
    assert_int_equal(virDomainGetFSInfo(dom, &disks, 0), 1);
    virDomainFSInfoFree(disks[0]);
    free(disks);

    memset(&lie, 0, sizeof(lie));
    lie.remote_domain_get_iothread_info_ret.n_info = 1;
    lie.remote_domain_get_iothread_info_ret.info = sent_threads;
    lie.remote_domain_get_iothread_info_ret.ret = 9;
    assert_int_equal(virDomainGetIOThreadInfo(dom, &threads, 0), 1);
    virDomainIOThreadInfoFree(threads[0]);
    free(threads);
}

/* A number below zero would be a failure without an error. */
static void
test_results(void **state)
{
    unsigned char map[8];

    (void)state;
    memset(&lie, 0, sizeof(lie));
    lie.remote_connect_num_of_domains_ret.num = -5;
    assert_int_equal(virConnectNumOfDomains(conn), -1);
    assert_refused();
    lie.remote_domain_is_active_ret.active = -1;
    assert_int_equal(virDomainIsActive(dom), -1);
    assert_refused();
    memset(&lie, 0, sizeof(lie));
    lie.remote_connect_list_all_domains_ret.ret = UINT_MAX - 2;
    assert_int_equal(virConnectListAllDomains(conn, NULL, 0), -1);
    assert_refused();
    memset(&lie, 0, sizeof(lie));
    lie.remote_domain_get_vcpu_pin_info_ret.num = -4;
    assert_int_equal(virDomainGetVcpuPinInfo(dom, 1, map, sizeof(map), 0), -1);
    assert_refused();
    lie.remote_domain_get_vcpu_pin_info_ret.num = 2;
    assert_int_equal(virDomainGetVcpuPinInfo(dom, 1, map, sizeof(map), 0), -1);
    assert_refused();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_disk_errors),
        cmocka_unit_test(test_new_arrays),
        cmocka_unit_test(test_results),
    };

    return cmocka_run_group_tests(tests, connect_to_it, leave);
}
