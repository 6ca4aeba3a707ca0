/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Life-cycle events: all of them, in order, to whom they are due. */
#include "contract.h"

#define MAX_EVENTS 64

struct log {
    int n;
    struct { int event, detail, id; char name[64]; } rows[MAX_EVENTS];
    int freed;
};

static int
note(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *opaque)
{
    struct log *log = opaque;

    CHECK(conn && dom);
    if (strncmp(virDomainGetName(dom), contract_name(""), strlen(contract_name(""))) != 0)
        return 0;                       /* another test's domain */
    CHECK(log->n < MAX_EVENTS);
    log->rows[log->n].event = event;
    log->rows[log->n].detail = detail;
    log->rows[log->n].id = (int)virDomainGetID(dom);
    snprintf(log->rows[log->n].name, sizeof(log->rows[0].name), "%s", virDomainGetName(dom));
    log->n++;
    return 0;
}

/* The same function cannot be registered twice for the same events. */
static int
note_too(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *opaque)
{
    return note(conn, dom, event, detail, opaque);
}

static void
freed(void *opaque)
{
    ((struct log *)opaque)->freed++;
}

static int
listen_to(virConnectPtr conn, virDomainPtr dom, struct log *log)
{
    int id = virConnectDomainEventRegisterAny(conn, dom, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                              VIR_DOMAIN_EVENT_CALLBACK(note), log, freed);

    CHECK(id >= 0);
    return id;
}

static void
check_event(const struct log *log, int i, int event, int detail, const char *name)
{
    CHECK_INT(log->rows[i].event, event);
    CHECK_INT(log->rows[i].detail, detail);
    CHECK_STR(log->rows[i].name, contract_name(name));
}

EVENT_TEST(a_whole_life_in_order)
{
    virConnectPtr conn = contract_open();
    struct log log = {0};
    int id = listen_to(conn, NULL, &log);
    virDomainPtr dom = contract_define(conn, "a");

    CHECK_INT(virDomainCreate(dom), 0);
    CHECK_INT(virDomainSuspend(dom), 0);
    CHECK_INT(virDomainResume(dom), 0);
    CHECK_INT(virDomainShutdown(dom), 0);
    CHECK_INT(virDomainCreate(dom), 0);
    CHECK_INT(virDomainDestroy(dom), 0);
    CHECK_INT(virDomainUndefine(dom), 0);
    CHECK(contract_pump(&log.n, 8));
    check_event(&log, 0, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_ADDED, "a");
    check_event(&log, 1, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED, "a");
    CHECK(log.rows[1].id > 0);
    check_event(&log, 2, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED, "a");
    check_event(&log, 3, VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED, "a");
    check_event(&log, 4, VIR_DOMAIN_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN, "a");
    check_event(&log, 5, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED, "a");
    check_event(&log, 6, VIR_DOMAIN_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED_DESTROYED, "a");
    check_event(&log, 7, VIR_DOMAIN_EVENT_UNDEFINED, VIR_DOMAIN_EVENT_UNDEFINED_REMOVED, "a");
    CHECK_INT(virConnectDomainEventDeregisterAny(conn, id), 0);
    contract_pump_some();
    CHECK_INT(log.freed, 1);
    CHECK_INT(log.n, 8);
    virDomainFree(dom);
    contract_close(conn);
}

EVENT_TEST(another_connection_hears)
{
    virConnectPtr one = contract_open(), two = contract_open();
    struct log log = {0};
    int id = listen_to(two, NULL, &log);
    virDomainPtr dom = virDomainCreateXML(one, contract_xml("a"), 0);

    CHECK(dom);
    CHECK(contract_pump(&log.n, 1));
    check_event(&log, 0, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED, "a");
    CHECK_INT(virConnectDomainEventDeregisterAny(two, id), 0);
    contract_remove(dom);
    contract_pump_some();
    contract_close(two);
    contract_close(one);
}

EVENT_TEST(one_domain_only)
{
    virConnectPtr conn = contract_open();
    virDomainPtr a = contract_define(conn, "a"), b = contract_define(conn, "b");
    struct log log = {0};
    int id = listen_to(conn, a, &log);

    CHECK_INT(virDomainCreate(b), 0);
    CHECK_INT(virDomainCreate(a), 0);
    CHECK(contract_pump(&log.n, 1));
    contract_pump_some();
    CHECK_INT(log.n, 1);
    check_event(&log, 0, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED, "a");
    CHECK_INT(virConnectDomainEventDeregisterAny(conn, id), 0);
    contract_remove(a);
    contract_remove(b);
    contract_pump_some();
    contract_close(conn);
}

EVENT_TEST(the_old_way_to_register)
{
    virConnectPtr conn = contract_open();
    struct log log = {0};
    virDomainPtr dom;

    CHECK_INT(virConnectDomainEventRegister(conn, note, &log, freed), 0);
    dom = contract_define(conn, "a");
    CHECK(contract_pump(&log.n, 1));
    check_event(&log, 0, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_ADDED, "a");
    CHECK_INT(virConnectDomainEventDeregister(conn, note), 0);
    CHECK_ERROR(virConnectDomainEventDeregister(conn, note), -1, VIR_ERR_INVALID_ARG);
    contract_remove(dom);
    contract_pump_some();
    CHECK_INT(log.n, 1);
    CHECK_INT(log.freed, 1);
    contract_close(conn);
}

EVENT_TEST(the_old_way_beside_the_new)
{
    virConnectPtr conn = contract_open();
    struct log log = {0}, old = {0};
    int id = listen_to(conn, NULL, &log);

    CHECK_INT(virConnectDomainEventRegister(conn, note, &old, freed), 0);
    CHECK_INT(virConnectDomainEventDeregister(conn, note), 0);
    CHECK_ERROR(virConnectDomainEventDeregister(conn, note), -1, VIR_ERR_INVALID_ARG);
    contract_pump_some();
    CHECK_INT(old.freed, 1);
    CHECK_INT(log.freed, 0);
    CHECK_INT(virConnectDomainEventDeregisterAny(conn, id), 0);
    contract_pump_some();
    CHECK_INT(log.freed, 1);
    contract_close(conn);
}

EVENT_TEST(a_thousand_events_in_order)
{
    virConnectPtr conn = contract_open();
    static struct log log;
    int id = listen_to(conn, NULL, &log);
    virDomainPtr dom = virDomainCreateXML(conn, contract_xml("a"), 0);

    for (int round = 0; round < 25; round++) {
        log.n = 0;
        contract_pump_some();
        log.n = 0;
        for (int i = 0; i < 20; i++) {
            CHECK_INT(virDomainSuspend(dom), 0);
            CHECK_INT(virDomainResume(dom), 0);
        }
        CHECK(contract_pump(&log.n, 40));
        for (int i = 0; i < 40; i++)
            CHECK_INT(log.rows[i].event, i % 2 ? VIR_DOMAIN_EVENT_RESUMED : VIR_DOMAIN_EVENT_SUSPENDED);
    }
    CHECK_INT(virConnectDomainEventDeregisterAny(conn, id), 0);
    contract_remove(dom);
    contract_pump_some();
    contract_close(conn);
}

struct turns { int events, seen, most; };

static int
count(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *opaque)
{
    struct turns *turns = opaque;

    (void)event;
    (void)detail;
    CHECK(conn && dom);
    turns->events++;
    return 0;
}

static void
look(int timer, void *opaque)
{
    struct turns *turns = opaque;

    (void)timer;
    if (turns->events - turns->seen > turns->most)
        turns->most = turns->events - turns->seen;
    turns->seen = turns->events;
}

/* A timer of the program has its turn among them. */
EVENT_TEST(a_long_queue_takes_turns)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = virDomainCreateXML(conn, contract_xml("a"), 0);
    struct turns turns = {0};
    int id = virConnectDomainEventRegisterAny(conn, dom, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                              VIR_DOMAIN_EVENT_CALLBACK(count), &turns, NULL);
    int timer = virEventAddTimeout(0, look, &turns, NULL);

    CHECK(id >= 0 && timer >= 0);
    for (int i = 0; i < 500; i++) {
        CHECK_INT(virDomainSuspend(dom), 0);
        CHECK_INT(virDomainResume(dom), 0);
    }
    CHECK(contract_pump(&turns.events, 1000));
    contract_pump_some();
    CHECK_INT(turns.events, 1000);
    CHECK(turns.most > 0 && turns.most <= 200);
    CHECK_INT(virEventRemoveTimeout(timer), 0);
    CHECK_INT(virConnectDomainEventDeregisterAny(conn, id), 0);
    contract_remove(dom);
    contract_pump_some();
    contract_close(conn);
}

/* One event for many callbacks is as long as many events: each hears of it once, those of one connection in
 * their order. */
EVENT_TEST(many_callbacks_take_turns)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = virDomainCreateXML(conn, contract_xml("a"), 0);
    struct turns turns = {0};
    int ids[500], timer = virEventAddTimeout(0, look, &turns, NULL);

    CHECK(timer >= 0);
    for (int i = 0; i < 500; i++) {
        ids[i] = virConnectDomainEventRegisterAny(conn, dom, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                                  VIR_DOMAIN_EVENT_CALLBACK(count), &turns, NULL);
        CHECK(ids[i] >= 0);
    }
    CHECK_INT(virDomainSuspend(dom), 0);
    CHECK_INT(virDomainResume(dom), 0);
    CHECK(contract_pump(&turns.events, 1000));
    contract_pump_some();
    CHECK_INT(turns.events, 1000);
    CHECK(turns.most > 0 && turns.most <= 200);
    CHECK_INT(virEventRemoveTimeout(timer), 0);
    for (int i = 0; i < 500; i++)
        CHECK_INT(virConnectDomainEventDeregisterAny(conn, ids[i]), 0);
    contract_remove(dom);
    contract_pump_some();
    contract_close(conn);
}

EVENT_TEST(wrong_registrations)
{
    virConnectPtr conn = contract_open();
    struct log log = {0};
    virConnectDomainEventGenericCallback cb = VIR_DOMAIN_EVENT_CALLBACK(note);

    CHECK_ERROR(virConnectDomainEventRegisterAny(conn, NULL, 0, NULL, &log, NULL), -1, VIR_ERR_INVALID_ARG);
    CHECK_ERROR(virConnectDomainEventRegisterAny(conn, NULL, 9999, cb, &log, NULL), -1, VIR_ERR_INVALID_ARG);
    CHECK_ERROR(virConnectDomainEventRegisterAny(conn, (virDomainPtr)conn, 0, cb, &log, NULL), -1,
                VIR_ERR_INVALID_DOMAIN);
    CHECK_ERROR(virConnectDomainEventDeregisterAny(conn, 12345), -1, VIR_ERR_INVALID_ARG);
    contract_close(conn);
}

/* Of objects that the driver does not have nothing could ever come. */
EVENT_TEST(families_that_are_not_there)
{
    virConnectPtr conn = contract_open();

    CHECK_ERROR(virConnectNetworkEventRegisterAny(conn, NULL, VIR_NETWORK_EVENT_ID_LIFECYCLE,
                                                  VIR_NETWORK_EVENT_CALLBACK(note), NULL, NULL),
                -1, VIR_ERR_NO_SUPPORT);
    CHECK_ERROR(virConnectSecretEventRegisterAny(conn, NULL, VIR_SECRET_EVENT_ID_LIFECYCLE,
                                                 VIR_SECRET_EVENT_CALLBACK(note), NULL, NULL),
                -1, VIR_ERR_NO_SUPPORT);
    contract_close(conn);
}

EVENT_TEST(one_of_two_callbacks)
{
    virConnectPtr conn = contract_open();
    struct log log = {0}, other = {0};
    int id = listen_to(conn, NULL, &log), second;
    virDomainPtr dom;

    second = virConnectDomainEventRegisterAny(conn, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                              VIR_DOMAIN_EVENT_CALLBACK(note_too), &other, freed);
    CHECK(second >= 0 && second != id);
    CHECK_INT(virConnectDomainEventDeregisterAny(conn, id), 0);
    dom = contract_define(conn, "a");
    CHECK(contract_pump(&other.n, 1));
    CHECK_INT(log.n, 0);
    CHECK_INT(log.freed, 1);
    CHECK_INT(virConnectDomainEventDeregisterAny(conn, second), 0);
    contract_remove(dom);
    contract_pump_some();
    CHECK_INT(other.freed, 1);
    contract_close(conn);
}
