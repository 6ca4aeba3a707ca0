/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many threads on one connection: each has its own domains and its own errors. */
#include <pthread.h>

#include "contract.h"

#define N_THREADS 8
#define N_ROUNDS 60

static virConnectPtr shared;

static void *
live(void *opaque)
{
    int me = (int)(intptr_t)opaque;
    char name[16];

    snprintf(name, sizeof(name), "t%d", me);
    for (int i = 0; i < N_ROUNDS; i++) {
        virDomainPtr dom = contract_define(shared, name), *list;
        int n;

        CHECK_INT(virDomainCreate(dom), 0);
        CHECK((n = virConnectListAllDomains(shared, &list, VIR_CONNECT_LIST_DOMAINS_ACTIVE)) >= 1);
        for (int k = 0; k < n; k++) {
            char *xml = virDomainGetXMLDesc(list[k], 0);    /* it may be gone already */

            CHECK(xml || virGetLastErrorCode() == VIR_ERR_NO_DOMAIN);
            free(xml);
            virDomainFree(list[k]);
        }
        free(list);
        if (me % 2)
            CHECK_ERROR(virDomainLookupByID(shared, -1), NULL, VIR_ERR_INVALID_ARG);
        else
            CHECK_ERROR(virDomainLookupByName(shared, contract_name("nobody")), NULL, VIR_ERR_NO_DOMAIN);
        contract_remove(dom);
    }
    return NULL;
}

TEST(many_threads)
{
    pthread_t threads[N_THREADS];

    shared = contract_open();
    for (int i = 0; i < N_THREADS; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, live, (void *)(intptr_t)i), 0);
    for (int i = 0; i < N_THREADS; i++)
        CHECK_INT(pthread_join(threads[i], NULL), 0);
    contract_close(shared);
}

/* One domain that all threads start and stop: every call succeeds or says why not. */
static void *
fight(void *opaque)
{
    virDomainPtr dom = opaque;

    for (int i = 0; i < N_ROUNDS * 4; i++) {
        virResetLastError();
        if ((i % 2 ? virDomainDestroy(dom) : virDomainCreate(dom)) < 0)
            CHECK_INT(virGetLastErrorCode(), VIR_ERR_OPERATION_INVALID);
    }
    return NULL;
}

TEST(all_at_one_domain)
{
    pthread_t threads[N_THREADS];
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a");

    for (int i = 0; i < N_THREADS; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, fight, dom), 0);
    for (int i = 0; i < N_THREADS; i++)
        CHECK_INT(pthread_join(threads[i], NULL), 0);
    contract_remove(dom);
    contract_close(conn);
}

/* What another thread may have caused. */
static bool
may_be(int code)
{
    return code == VIR_ERR_OPERATION_INVALID || code == VIR_ERR_NO_DOMAIN;
}

/* One name that all threads define, start, stop and undefine. */
static void *
define_and_undefine(void *opaque)
{
    virConnectPtr conn = opaque;

    for (int i = 0; i < N_ROUNDS * 4; i++) {
        virDomainPtr dom = virDomainDefineXML(conn, contract_xml("a"));

        if (!dom) {
            CHECK_INT(virGetLastErrorCode(), VIR_ERR_OPERATION_FAILED);
            dom = virDomainLookupByName(conn, contract_name("a"));
        }
        if (!dom) {
            CHECK_INT(virGetLastErrorCode(), VIR_ERR_NO_DOMAIN);
            continue;
        }
        if (virDomainCreate(dom) < 0)
            CHECK(may_be(virGetLastErrorCode()));
        if (virDomainUndefine(dom) < 0)
            CHECK(may_be(virGetLastErrorCode()));
        if (virDomainDestroy(dom) < 0)
            CHECK(may_be(virGetLastErrorCode()));
        virDomainFree(dom);
    }
    return NULL;
}

TEST(all_at_one_name)
{
    pthread_t threads[N_THREADS];
    virConnectPtr conn = contract_open();

    for (int i = 0; i < N_THREADS; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, define_and_undefine, conn), 0);
    for (int i = 0; i < N_THREADS; i++)
        CHECK_INT(pthread_join(threads[i], NULL), 0);
    CHECK_ERROR(virDomainLookupByName(conn, contract_name("a")), NULL, VIR_ERR_NO_DOMAIN);
    contract_close(conn);
}

static void *
open_and_close(void *opaque)
{
    int rounds = strstr(contract_transport(), "ssh") ? N_ROUNDS / 10 : N_ROUNDS;    /* each is two programs */

    for (int i = 0; i < rounds; i++)
        contract_close(contract_open());
    return opaque;
}

TEST(many_connections)
{
    pthread_t threads[N_THREADS];

    for (int i = 0; i < N_THREADS; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, open_and_close, NULL), 0);
    for (int i = 0; i < N_THREADS; i++)
        CHECK_INT(pthread_join(threads[i], NULL), 0);
}
