/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handles: references, what they remember, what the connection outlives, and
 * events from a hub to callbacks. */
#include "core-unit.h"

#include <pthread.h>
#include <unistd.h>

const char vir_module_key = 0;

static const unsigned char uuid[VIR_UUID_BUFLEN] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
static const unsigned char other_uuid[VIR_UUID_BUFLEN] = { 9 };

static int
setup(void **state)
{
    virConnectPtr conn = virConnectOpen("test:///default");

    if (!conn)
        skip();
    *state = conn;
    return 0;
}

static int
teardown(void **state)
{
    return virConnectClose(*state);     /* 0: the test left no reference behind */
}

static void
references(void **state)
{
    virDomainPtr dom = vir_domain_new(*state, "x", uuid, 5);

    assert_int_equal(virConnectRef(*state), 0);
    assert_int_equal(virConnectClose(*state), 2);
    assert_int_equal(virDomainRef(dom), 0);
    assert_int_equal(virDomainFree(dom), 0);
    assert_string_equal(virDomainGetName(dom), "x");
    assert_int_equal(virDomainFree(dom), 0);
}

/* A handle keeps its connection, and a snapshot its domain. */
static void
owners_live_as_long(void **state)
{
    virConnectPtr conn = virConnectOpen("test:///default");
    virDomainPtr dom = vir_domain_new(conn, "x", uuid, -1);
    virDomainSnapshotPtr snapshot = vir_snapshot_new(dom, "s");
    char *uri;

    (void)state;
    assert_int_equal(virConnectClose(conn), 1);         /* the domain's */
    assert_int_equal(virDomainFree(dom), 0);
    assert_ptr_equal(virDomainSnapshotGetDomain(snapshot), dom);
    assert_ptr_equal(virDomainSnapshotGetConnect(snapshot), conn);
    assert_string_equal(virDomainGetName(dom), "x");
    uri = virConnectGetURI(conn);
    assert_string_equal(uri, "test:///default");
    free(uri);
    assert_int_equal(virDomainSnapshotFree(snapshot), 0);
}

static void
what_they_remember(void **state)
{
    char text[VIR_UUID_STRING_BUFLEN];
    unsigned char bytes[VIR_UUID_BUFLEN];
    virDomainPtr dom = vir_domain_new(*state, "dom", uuid, 5);
    virStorageVolPtr vol = vir_storage_vol_new(*state, "pool", "vol", "key");
    virInterfacePtr iface = vir_interface_new(*state, "eth0", NULL);
    virSecretPtr secret = vir_secret_new(*state, uuid, VIR_SECRET_USAGE_TYPE_CEPH, "id");
    virNWFilterBindingPtr binding = vir_nwfilter_binding_new(*state, "vnet0", "clean");
    virNetworkPtr net = vir_network_new(*state, "net", uuid);
    virNetworkPortPtr port = vir_network_port_new(net, other_uuid);

    assert_int_equal(virDomainGetID(dom), 5);
    vir_domain_set_id(dom, -1);
    assert_true(virDomainGetID(dom) == (unsigned int)-1);
    assert_int_equal(virDomainGetUUID(dom, bytes), 0);
    assert_memory_equal(bytes, uuid, VIR_UUID_BUFLEN);
    assert_int_equal(virDomainGetUUIDString(dom, text), 0);
    assert_string_equal(text, "01020304-0506-0708-090a-0b0c0d0e0f10");
    assert_ptr_equal(virDomainGetConnect(dom), *state);
    assert_string_equal(vir_storage_vol_pool(vol), "pool");
    assert_string_equal(virStorageVolGetName(vol), "vol");
    assert_string_equal(virStorageVolGetKey(vol), "key");
    assert_string_equal(virInterfaceGetMACString(iface), "");
    assert_int_equal(virSecretGetUsageType(secret), VIR_SECRET_USAGE_TYPE_CEPH);
    assert_string_equal(virSecretGetUsageID(secret), "id");
    assert_string_equal(virNWFilterBindingGetPortDev(binding), "vnet0");
    assert_string_equal(virNWFilterBindingGetFilterName(binding), "clean");
    assert_ptr_equal(virNetworkPortGetNetwork(port), net);
    assert_int_equal(virNetworkPortGetUUID(port, bytes), 0);
    assert_memory_equal(bytes, other_uuid, VIR_UUID_BUFLEN);
    assert_int_equal(virDomainGetUUID(dom, NULL), -1);
    assert_error(VIR_ERR_INVALID_ARG, "uuid in virDomainGetUUID must not be NULL");
    virDomainFree(dom);
    virStorageVolFree(vol);
    virInterfaceFree(iface);
    virSecretFree(secret);
    virNWFilterBindingFree(binding);
    virNetworkFree(net);
    virNetworkPortFree(port);
}

static void
impossible_ones(void **state)
{
    assert_null(vir_domain_new(*state, NULL, uuid, 1));
    assert_error(VIR_ERR_INVALID_ARG, "must not be empty");
    assert_null(vir_domain_new(*state, "", uuid, 1));
    assert_error(VIR_ERR_INVALID_ARG, "must not be empty");
    assert_null(vir_network_new(*state, "x", NULL));
    assert_error(VIR_ERR_INVALID_ARG, "must have a uuid");
    assert_null(vir_domain_new(NULL, "x", uuid, 1));
    assert_error(VIR_ERR_INVALID_CONN, "invalid connection pointer in");
    assert_null(vir_snapshot_new(NULL, "s"));
    assert_error(VIR_ERR_INVALID_DOMAIN, "a new virDomainSnapshot");
    assert_null(vir_network_port_new(*state, uuid));
    assert_error(VIR_ERR_INVALID_NETWORK, "a new virNetworkPort");
    assert_null(virDomainLookupByUUIDString(*state, "no uuid"));
    assert_error(VIR_ERR_INVALID_ARG, "'no uuid' is not a UUID");
    assert_int_equal(virNetworkFree((virNetworkPtr)*state), -1);
    assert_error(VIR_ERR_INVALID_NETWORK, "virNetworkFree");
}

static void
data_of_the_module(void **state)
{
    int data;

    assert_null(vir_connect_data(*state));
    vir_connect_set_data(*state, &data);
    assert_ptr_equal(vir_connect_data(*state), &data);
    vir_connect_set_data(*state, NULL);
    assert_null(vir_connect_data(*state));
}

static void
read_only_is_read_only(void **state)
{
    virConnectPtr conn = virConnectOpenReadOnly("test:///default");
    virDomainPtr dom = vir_domain_new(conn, "test", uuid, 1);

    (void)state;
    assert_int_equal(virDomainDestroy(dom), -1);
    assert_error(VIR_ERR_OPERATION_DENIED, "read only access prevents virDomainDestroy");
    assert_null(virDomainGetXMLDesc(dom, VIR_DOMAIN_XML_SECURE));
    assert_error(VIR_ERR_OPERATION_DENIED, "virDomainGetXMLDesc");
    assert_null(virDomainDefineXML(conn, "<domain/>"));
    assert_error(VIR_ERR_OPERATION_DENIED, "virDomainDefineXML");
    assert_true(virConnectNumOfDomains(conn) >= 0);
    virDomainFree(dom);
    virConnectClose(conn);
}

/* ---- events ---- */

struct seen { int calls, event, freed; virConnectPtr conn; int deregister; };

static int
on_lifecycle(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *opaque)
{
    struct seen *seen = opaque;

    (void)detail;
    assert_ptr_equal(virDomainGetConnect(dom), conn);
    seen->calls++;
    seen->event = event;
    if (seen->deregister >= 0)
        assert_int_equal(virConnectDomainEventDeregisterAny(conn, seen->deregister), 0);
    return 0;
}

static void
on_free(void *opaque)
{
    ((struct seen *)opaque)->freed++;
}

/* Runs the loop until nothing is due: a timer of 20 ms ends it. */
static void
on_end(int timer, void *opaque)
{
    *(bool *)opaque = true;
    virEventRemoveTimeout(timer);
}

static void
run_loop(void)
{
    bool end = false;

    virEventAddTimeout(20, on_end, &end, NULL);
    while (!end)
        assert_int_equal(virEventRunDefaultImpl(), 0);
}

/* Two seconds at most. */
static void
run_until_called(const struct seen *seen)
{
    bool end = false;
    int timer = virEventAddTimeout(2000, on_end, &end, NULL);

    while (!end && !seen->calls)
        assert_int_equal(virEventRunDefaultImpl(), 0);
    virEventRemoveTimeout(timer);
}

static int
watch(virConnectPtr conn, virDomainPtr dom, struct seen *seen)
{
    return virConnectDomainEventRegisterAny(conn, dom, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                            VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle), seen, on_free);
}

static void
emit(virConnectPtr conn, const unsigned char *whose, int event)
{
    vir_connect_emit(conn, vir_event_domain_lifecycle("x", whose, 1, event, 0));
}

static void
events_reach_who_wants_them(void **state)
{
    struct seen all = { .deregister = -1 }, one = { .deregister = -1 };
    virDomainPtr dom = vir_domain_new(*state, "x", uuid, 1);
    int all_id, one_id;

    emit(*state, uuid, VIR_DOMAIN_EVENT_STARTED);       /* nobody wants it yet */
    all_id = watch(*state, NULL, &all);
    one_id = watch(*state, dom, &one);
    assert_true(all_id >= 0 && one_id >= 0 && all_id != one_id);
    emit(*state, uuid, VIR_DOMAIN_EVENT_STOPPED);
    emit(*state, other_uuid, VIR_DOMAIN_EVENT_DEFINED);
    assert_int_equal(all.calls, 0);                     /* never inside the emitter */
    run_loop();
    assert_int_equal(all.calls, 2);
    assert_int_equal(all.event, VIR_DOMAIN_EVENT_DEFINED);
    assert_int_equal(one.calls, 1);
    assert_int_equal(one.event, VIR_DOMAIN_EVENT_STOPPED);
    assert_int_equal(virConnectDomainEventDeregisterAny(*state, all_id), 0);
    assert_int_equal(all.freed, 1);
    assert_int_equal(virConnectDomainEventDeregisterAny(*state, all_id), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_INVALID_ARG);
    emit(*state, uuid, VIR_DOMAIN_EVENT_STOPPED);
    run_loop();
    assert_int_equal(all.calls, 2);
    assert_int_equal(one.calls, 2);
    assert_int_equal(virConnectDomainEventDeregisterAny(*state, one_id), 0);
    assert_int_equal(one.freed, 1);
    virDomainFree(dom);
}

static void
deregistered_by_itself(void **state)
{
    struct seen seen = { .deregister = -1 };

    seen.deregister = watch(*state, NULL, &seen);
    emit(*state, uuid, VIR_DOMAIN_EVENT_STOPPED);
    emit(*state, uuid, VIR_DOMAIN_EVENT_STOPPED);
    run_loop();
    assert_int_equal(seen.calls, 1);
    assert_int_equal(seen.freed, 1);
}

/* A connection that goes takes its callbacks and what is queued with it. */
static void
closing_with_callbacks(void **state)
{
    struct seen seen = { .deregister = -1 };
    virConnectPtr conn = virConnectOpen("test:///default");

    (void)state;
    assert_true(watch(conn, NULL, &seen) >= 0);
    emit(conn, uuid, VIR_DOMAIN_EVENT_STOPPED);
    assert_int_equal(virConnectClose(conn), 0);
    run_loop();
    assert_int_equal(seen.calls, 0);
    assert_int_equal(seen.freed, 1);
}

/* ---- events and threads ---- */

struct emitter { virConnectPtr conn; bool stop; };      /* stop: atomic */

static void *
emit_until_stopped(void *opaque)
{
    struct emitter *emitter = opaque;

    while (!__atomic_load_n(&emitter->stop, __ATOMIC_ACQUIRE))
        emit(emitter->conn, uuid, VIR_DOMAIN_EVENT_STOPPED);
    return NULL;
}

static pthread_t emitting;

/* The connection is closing: its module stops now. */
static void
on_free_stop(void *opaque)
{
    struct emitter *emitter = opaque;

    __atomic_store_n(&emitter->stop, true, __ATOMIC_RELEASE);
    pthread_join(emitting, NULL);
}

/* A module emits until it is told of the end, and that is not the first that happens there. */
static void
closing_while_emitting(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        virConnectPtr conn = virConnectOpen("test:///default");
        struct emitter emitter = { .conn = conn };

        assert_true(virConnectDomainEventRegisterAny(conn, NULL, VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE,
                                                     VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle), &emitter,
                                                     on_free_stop) >= 0);
        assert_int_equal(pthread_create(&emitting, NULL, emit_until_stopped, &emitter), 0);
        assert_int_equal(virConnectClose(conn), 0);
    }
    run_loop();
}

static void *
come_and_go(void *opaque)
{
    struct emitter *emitter = opaque;
    struct seen seen = { .deregister = -1 };

    while (!__atomic_load_n(&emitter->stop, __ATOMIC_ACQUIRE))
        virConnectDomainEventDeregisterAny(emitter->conn, watch(emitter->conn, NULL, &seen));
    return NULL;
}

/* The last callback goes while another one comes: that one hears of everything. */
static void
coming_while_going(void **state)
{
    struct emitter emitter = { .conn = *state };
    pthread_t other;

    assert_int_equal(pthread_create(&other, NULL, come_and_go, &emitter), 0);
    for (int i = 0; i < 2000; i++) {
        struct seen seen = { .deregister = -1 };
        int id = watch(*state, NULL, &seen);

        assert_true(id >= 0);
        emit(*state, uuid, VIR_DOMAIN_EVENT_STOPPED);
        run_until_called(&seen);
        assert_int_equal(seen.calls, 1);
        assert_int_equal(virConnectDomainEventDeregisterAny(*state, id), 0);
    }
    __atomic_store_n(&emitter.stop, true, __ATOMIC_RELEASE);
    pthread_join(other, NULL);
    run_loop();
}

static void
hubs(void **state)
{
    struct vir_event_hub *hub = vir_event_hub_new();
    struct seen seen = { .deregister = -1 };
    virConnectPtr conn = virConnectOpen("test:///default");

    vir_connect_set_events(*state, hub);
    vir_connect_set_events(conn, hub);
    assert_true(watch(conn, NULL, &seen) >= 0);
    vir_event_emit(hub, vir_event_domain_lifecycle("x", uuid, 1, VIR_DOMAIN_EVENT_STARTED, 0));
    vir_event_emit(hub, NULL);
    run_loop();
    assert_int_equal(seen.calls, 1);
    assert_int_equal(virConnectClose(conn), 0);
    vir_event_emit(hub, vir_event_domain_lifecycle("x", uuid, 1, VIR_DOMAIN_EVENT_STARTED, 0));
    run_loop();
    assert_int_equal(seen.freed, 1);
    assert_null(vir_event_hub_free(hub));
}

static void
on_close(virConnectPtr conn, int reason, void *opaque)
{
    (void)conn;
    *(int *)opaque = reason;
}

static void
close_callback(void **state)
{
    virConnectPtr conn = virConnectOpen("test:///default");
    int reason = -1;

    (void)state;
    assert_int_equal(virConnectIsAlive(conn), 1);
    assert_int_equal(virConnectRegisterCloseCallback(conn, on_close, &reason, NULL), 0);
    assert_int_equal(virConnectRegisterCloseCallback(conn, on_close, &reason, NULL), -1);
    vir_connect_closed(conn, VIR_CONNECT_CLOSE_REASON_EOF);
    vir_connect_closed(conn, VIR_CONNECT_CLOSE_REASON_ERROR);
    assert_int_equal(reason, -1);
    run_loop();
    assert_int_equal(reason, VIR_CONNECT_CLOSE_REASON_EOF);
    assert_int_equal(virConnectIsAlive(conn), 0);
    assert_int_equal(virConnectUnregisterCloseCallback(conn, on_close), 0);
    assert_int_equal(virConnectUnregisterCloseCallback(conn, on_close), -1);
    assert_int_equal(virConnectClose(conn), 0);
}

static virConnectPtr ending;

static void
on_free_closed(void *opaque)
{
    (void)opaque;
    vir_connect_closed(ending, VIR_CONNECT_CLOSE_REASON_EOF);
}

/* The other end goes while the program closes: nobody hears of a connection that is gone. */
static void
closed_while_closing(void **state)
{
    int reason = -1;

    (void)state;
    ending = virConnectOpen("test:///default");
    assert_int_equal(virConnectRegisterCloseCallback(ending, on_close, &reason, NULL), 0);
    assert_true(virConnectDomainEventRegisterAny(ending, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                                 VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle), NULL,
                                                 on_free_closed) >= 0);
    assert_int_equal(virConnectClose(ending), 0);
    run_loop();
    assert_int_equal(reason, -1);
}

static struct { bool inside, may_leave, freed, freed_inside; } slow;    /* atomic */

static void
on_close_slowly(virConnectPtr conn, int reason, void *opaque)
{
    (void)conn, (void)reason, (void)opaque;
    __atomic_store_n(&slow.inside, true, __ATOMIC_RELEASE);
    while (!__atomic_load_n(&slow.may_leave, __ATOMIC_ACQUIRE))
        usleep(1000);
    slow.freed_inside = __atomic_load_n(&slow.freed, __ATOMIC_ACQUIRE);
}

static void
on_slow_free(void *opaque)
{
    (void)opaque;
    __atomic_store_n(&slow.freed, true, __ATOMIC_RELEASE);
}

static void *
run_loop_elsewhere(void *opaque)
{
    (void)opaque;
    run_loop();
    return NULL;
}

/* What the program hung on its close callback stays until the callback has returned. */
static void
unregistered_while_called(void **state)
{
    pthread_t other;

    assert_int_equal(virConnectRegisterCloseCallback(*state, on_close_slowly, NULL, on_slow_free), 0);
    vir_connect_closed(*state, VIR_CONNECT_CLOSE_REASON_EOF);
    assert_int_equal(pthread_create(&other, NULL, run_loop_elsewhere, NULL), 0);
    while (!__atomic_load_n(&slow.inside, __ATOMIC_ACQUIRE))
        usleep(1000);
    assert_int_equal(virConnectUnregisterCloseCallback(*state, on_close_slowly), 0);
    __atomic_store_n(&slow.may_leave, true, __ATOMIC_RELEASE);
    pthread_join(other, NULL);
    assert_false(slow.freed_inside);
    assert_true(slow.freed);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(references, setup, teardown),
        cmocka_unit_test_setup_teardown(owners_live_as_long, setup, teardown),
        cmocka_unit_test_setup_teardown(what_they_remember, setup, teardown),
        cmocka_unit_test_setup_teardown(impossible_ones, setup, teardown),
        cmocka_unit_test_setup_teardown(data_of_the_module, setup, teardown),
        cmocka_unit_test_setup_teardown(read_only_is_read_only, setup, teardown),
        cmocka_unit_test_setup_teardown(events_reach_who_wants_them, setup, teardown),
        cmocka_unit_test_setup_teardown(deregistered_by_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(closing_with_callbacks, setup, teardown),
        cmocka_unit_test_setup_teardown(hubs, setup, teardown),
        cmocka_unit_test_setup_teardown(closing_while_emitting, setup, teardown),
        cmocka_unit_test_setup_teardown(coming_while_going, setup, teardown),
        cmocka_unit_test_setup_teardown(close_callback, setup, teardown),
        cmocka_unit_test_setup_teardown(closed_while_closing, setup, teardown),
        cmocka_unit_test_setup_teardown(unregistered_while_called, setup, teardown),
    };

    virSetErrorFunc(NULL, keep_silent);
    virEventRegisterDefaultImpl();
    return cmocka_run_group_tests_name("handles", tests, NULL, NULL);
}
