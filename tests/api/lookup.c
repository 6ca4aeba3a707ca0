/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Look-ups and lists. */
#include "contract.h"

TEST(default_host_has_its_domain)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = virDomainLookupByName(conn, "test");
    char uuid[VIR_UUID_STRING_BUFLEN];

    CHECK(dom);
    CHECK_INT(virDomainGetID(dom), 1);
    CHECK_INT(virDomainGetUUIDString(dom, uuid), 0);
    CHECK_STR(uuid, "6695eb01-f6a4-8304-79aa-97f2502e193f");
    CHECK_STR(virDomainGetName(dom), "test");
    virDomainFree(dom);
    contract_close(conn);
}

TEST(every_look_up_finds_the_same)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a"), other;
    unsigned char uuid[VIR_UUID_BUFLEN];
    char text[VIR_UUID_STRING_BUFLEN];

    CHECK_INT(virDomainCreate(dom), 0);
    CHECK_INT(virDomainGetUUID(dom, uuid), 0);
    CHECK_INT(virDomainGetUUIDString(dom, text), 0);

    CHECK((other = virDomainLookupByName(conn, contract_name("a"))));
    CHECK_INT(virDomainGetID(other), virDomainGetID(dom));
    virDomainFree(other);
    CHECK((other = virDomainLookupByUUID(conn, uuid)));
    CHECK_STR(virDomainGetName(other), contract_name("a"));
    virDomainFree(other);
    CHECK((other = virDomainLookupByUUIDString(conn, text)));
    CHECK_STR(virDomainGetName(other), contract_name("a"));
    virDomainFree(other);
    CHECK((other = virDomainLookupByID(conn, (int)virDomainGetID(dom))));
    CHECK_STR(virDomainGetName(other), contract_name("a"));
    virDomainFree(other);

    contract_remove(dom);
    contract_close(conn);
}

TEST(nobody_is_found_where_nobody_is)
{
    virConnectPtr conn = contract_open();
    unsigned char uuid[VIR_UUID_BUFLEN] = { 1, 2, 3 };

    CHECK_ERROR(virDomainLookupByName(conn, contract_name("nobody")), NULL, VIR_ERR_NO_DOMAIN);
    CHECK_INT(virGetLastErrorDomain(), VIR_FROM_TEST);
    CHECK(strncmp(virGetLastErrorMessage(), "Domain not found", 16) == 0);
    CHECK_ERROR(virDomainLookupByUUID(conn, uuid), NULL, VIR_ERR_NO_DOMAIN);
    CHECK_ERROR(virDomainLookupByID(conn, 1 << 30), NULL, VIR_ERR_NO_DOMAIN);
    CHECK_ERROR(virDomainLookupByUUIDString(conn, "00000000-0000-4000-8000-00000000abcd"), NULL,
                VIR_ERR_NO_DOMAIN);
    contract_close(conn);
}

TEST(wrong_arguments_are_refused)
{
    virConnectPtr conn = contract_open();

    CHECK_ERROR(virDomainLookupByName(conn, NULL), NULL, VIR_ERR_INVALID_ARG);
    CHECK_ERROR(virDomainLookupByUUID(conn, NULL), NULL, VIR_ERR_INVALID_ARG);
    CHECK_ERROR(virDomainLookupByUUIDString(conn, NULL), NULL, VIR_ERR_INVALID_ARG);
    CHECK_ERROR(virDomainLookupByUUIDString(conn, "no uuid"), NULL, VIR_ERR_INVALID_ARG);
    CHECK_ERROR(virDomainLookupByID(conn, -1), NULL, VIR_ERR_INVALID_ARG);
    CHECK_ERROR(virDomainLookupByName(NULL, "x"), NULL, VIR_ERR_INVALID_CONN);
    CHECK_ERROR(virDomainDefineXML(conn, NULL), NULL, VIR_ERR_INVALID_ARG);
    contract_close(conn);
}

TEST(a_handle_keeps_its_name_when_the_domain_is_gone)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a");
    virDomainInfo info;

    CHECK_INT(virDomainUndefine(dom), 0);
    CHECK_STR(virDomainGetName(dom), contract_name("a"));
    CHECK_ERROR(virDomainGetInfo(dom, &info), -1, VIR_ERR_NO_DOMAIN);
    CHECK_ERROR(virDomainCreate(dom), -1, VIR_ERR_NO_DOMAIN);
    CHECK_ERROR(virDomainGetXMLDesc(dom, 0), NULL, VIR_ERR_NO_DOMAIN);
    CHECK_ERROR(virDomainIsActive(dom), -1, VIR_ERR_NO_DOMAIN);
    virDomainFree(dom);
    contract_close(conn);
}

/* ---- lists -------------------------------------------------------------------- */

/* Whether the list with these flags holds our domain of that name. */
static bool
listed(virConnectPtr conn, unsigned int flags, const char *name)
{
    virDomainPtr *list;
    bool found = false;
    int n = virConnectListAllDomains(conn, &list, flags);

    CHECK(n >= 0);
    CHECK_INT(virConnectListAllDomains(conn, NULL, flags), n);
    for (int i = 0; i < n; i++) {
        found = found || strcmp(virDomainGetName(list[i]), contract_name(name)) == 0;
        virDomainFree(list[i]);
    }
    CHECK(!list[n]);
    free(list);
    return found;
}

TEST(filters_of_the_list)
{
    virConnectPtr conn = contract_open();
    virDomainPtr on = contract_define(conn, "on"), off = contract_define(conn, "off");
    virDomainPtr transient = virDomainCreateXML(conn, contract_xml("transient"), 0);
    static const struct {
        unsigned int flags;
        bool on, off, transient;
    } rows[] = {
        { 0, true, true, true },
        { VIR_CONNECT_LIST_DOMAINS_ACTIVE, true, false, true },
        { VIR_CONNECT_LIST_DOMAINS_INACTIVE, false, true, false },
        { VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE, true, true, true },
        { VIR_CONNECT_LIST_DOMAINS_PERSISTENT, true, true, false },
        { VIR_CONNECT_LIST_DOMAINS_TRANSIENT, false, false, true },
        { VIR_CONNECT_LIST_DOMAINS_RUNNING, false, false, true },
        { VIR_CONNECT_LIST_DOMAINS_PAUSED, true, false, false },
        { VIR_CONNECT_LIST_DOMAINS_SHUTOFF, false, true, false },
        { VIR_CONNECT_LIST_DOMAINS_OTHER, false, false, false },
        { VIR_CONNECT_LIST_DOMAINS_RUNNING | VIR_CONNECT_LIST_DOMAINS_SHUTOFF, false, true, true },
        { VIR_CONNECT_LIST_DOMAINS_AUTOSTART, true, false, false },
        { VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART, false, true, true },
        { VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE, false, false, false },
        { VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE, true, true, true },
        { VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT, false, false, false },
        { VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT, true, true, true },
        { VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT, false, false, false },
        { VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT, true, true, true },
        { VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_TRANSIENT, false, false, true },
    };

    CHECK(transient);
    CHECK_INT(virDomainCreate(on), 0);
    CHECK_INT(virDomainSuspend(on), 0);
    CHECK_INT(virDomainSetAutostart(on, 1), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (listed(conn, rows[i].flags, "on") != rows[i].on ||
            listed(conn, rows[i].flags, "off") != rows[i].off ||
            listed(conn, rows[i].flags, "transient") != rows[i].transient)
            contract_fail(__FILE__, __LINE__, "flags 0x%x give another list", rows[i].flags);
    }
    contract_remove(on);
    contract_remove(off);
    contract_remove(transient);
    contract_close(conn);
}

TEST(unknown_filters_are_refused)
{
    virConnectPtr conn = contract_open();
    virDomainPtr *list;

    CHECK_ERROR(virConnectListAllDomains(conn, &list, 1u << 30), -1, VIR_ERR_INVALID_ARG);
    contract_close(conn);
}

TEST(the_old_lists)
{
    virConnectPtr conn = contract_open();
    int running = virConnectNumOfDomains(conn), defined = virConnectNumOfDefinedDomains(conn);
    virDomainPtr on = contract_define(conn, "on"), off = contract_define(conn, "off");
    int ids[1000], n;
    char *names[1000];
    bool found = false;

    CHECK(running >= 1 && defined >= 0);
    CHECK_INT(virDomainCreate(on), 0);
    CHECK_INT(virConnectNumOfDomains(conn), running + 1);
    CHECK_INT(virConnectNumOfDefinedDomains(conn), defined + 1);
    CHECK_INT(n = virConnectListDomains(conn, ids, 1000), running + 1);
    for (int i = 0; i < n; i++)
        found = found || ids[i] == (int)virDomainGetID(on);
    CHECK(found);
    CHECK_INT(virConnectListDomains(conn, ids, 1), 1);
    CHECK_INT(virConnectListDomains(conn, ids, 0), 0);
    CHECK_ERROR(virConnectListDomains(conn, NULL, 1), -1, VIR_ERR_INVALID_ARG);
    CHECK_ERROR(virConnectListDomains(conn, ids, -1), -1, VIR_ERR_INVALID_ARG);
    CHECK_INT(n = virConnectListDefinedDomains(conn, names, 1000), defined + 1);
    found = false;
    for (int i = 0; i < n; i++) {
        found = found || strcmp(names[i], contract_name("off")) == 0;
        free(names[i]);
    }
    CHECK(found);
    contract_remove(on);
    contract_remove(off);
    contract_close(conn);
}
