/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reference counts, and handles that are none. */
#include "contract.h"

TEST(a_connection_lives_as_long_as_it_is_held)
{
    virConnectPtr conn = contract_open();
    virNodeInfo info;

    CHECK_INT(virConnectRef(conn), 0);
    CHECK_INT(virConnectClose(conn), 1);
    CHECK_INT(virNodeGetInfo(conn, &info), 0);
    CHECK_INT(virConnectClose(conn), 0);
}

TEST(a_domain_holds_its_connection)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = virDomainLookupByName(conn, "test");
    virDomainInfo info;

    CHECK(dom);
    CHECK(virDomainGetConnect(dom) == conn);
    CHECK(virConnectClose(conn) > 0);
    CHECK_INT(virDomainGetInfo(dom, &info), 0);
    CHECK_INT(info.state, VIR_DOMAIN_RUNNING);
    CHECK_INT(virDomainRef(dom), 0);
    CHECK_INT(virDomainFree(dom), 0);
    CHECK_STR(virDomainGetName(dom), "test");
    CHECK_INT(virDomainFree(dom), 0);
}

TEST(the_default_host_begins_anew)
{
    virConnectPtr conn = virConnectOpen("test:///default");
    virDomainPtr dom;

    CHECK(conn);
    CHECK((dom = virDomainLookupByName(conn, "test")));
    CHECK_INT(virDomainDestroy(dom), 0);
    CHECK_INT(virDomainUndefine(dom), 0);
    virDomainFree(dom);
    CHECK_INT(virConnectNumOfDomains(conn), 0);
    contract_close(conn);
    CHECK((conn = virConnectOpen("test:///default")));
    CHECK_INT(virConnectNumOfDomains(conn), 1);
    contract_close(conn);
}

TEST(no_handle)
{
    CHECK_ERROR(virConnectClose(NULL), -1, VIR_ERR_INVALID_CONN);
    CHECK_ERROR(virConnectRef(NULL), -1, VIR_ERR_INVALID_CONN);
    CHECK_ERROR(virDomainFree(NULL), -1, VIR_ERR_INVALID_DOMAIN);
    CHECK_ERROR(virDomainRef(NULL), -1, VIR_ERR_INVALID_DOMAIN);
    CHECK_ERROR(virDomainCreate(NULL), -1, VIR_ERR_INVALID_DOMAIN);
    CHECK_ERROR(virDomainGetName(NULL), NULL, VIR_ERR_INVALID_DOMAIN);
    CHECK_ERROR(virConnectListAllDomains(NULL, NULL, 0), -1, VIR_ERR_INVALID_CONN);
}

TEST(a_handle_of_another_kind)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = virDomainLookupByName(conn, "test");

    CHECK(dom);
    CHECK_ERROR(virDomainGetName((virDomainPtr)(void *)conn), NULL, VIR_ERR_INVALID_DOMAIN);
    CHECK_ERROR(virConnectNumOfDomains((virConnectPtr)(void *)dom), -1, VIR_ERR_INVALID_CONN);
    CHECK_ERROR(virNetworkGetName((virNetworkPtr)(void *)dom), NULL, VIR_ERR_INVALID_NETWORK);
    virDomainFree(dom);
    contract_close(conn);
}
