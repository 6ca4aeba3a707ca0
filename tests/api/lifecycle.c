/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of a domain: every change of state, with its reason, and what is not possible. */
#include "contract.h"

TEST(define_start_stop_undefine)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a");

    CHECK_INT(virDomainIsActive(dom), 0);
    CHECK_INT(virDomainIsPersistent(dom), 1);
    CHECK_INT(virDomainGetID(dom), (unsigned int)-1);
    contract_state(dom, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_UNKNOWN);

    CHECK_INT(virDomainCreate(dom), 0);
    CHECK_INT(virDomainIsActive(dom), 1);
    CHECK((int)virDomainGetID(dom) > 0);
    contract_state(dom, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED);

    CHECK_INT(virDomainSuspend(dom), 0);
    contract_state(dom, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
    CHECK_INT(virDomainResume(dom), 0);
    contract_state(dom, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNPAUSED);

    CHECK_INT(virDomainDestroy(dom), 0);
    contract_state(dom, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_DESTROYED);
    CHECK_INT(virDomainCreate(dom), 0);
    CHECK_INT(virDomainShutdown(dom), 0);
    contract_state(dom, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_SHUTDOWN);

    CHECK_INT(virDomainUndefine(dom), 0);
    CHECK_ERROR(virDomainIsPersistent(dom), -1, VIR_ERR_NO_DOMAIN);
    virDomainFree(dom);
    contract_close(conn);
}

TEST(an_id_is_never_given_twice)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a");
    unsigned int first, second;

    CHECK_INT(virDomainCreate(dom), 0);
    first = virDomainGetID(dom);
    CHECK_INT(virDomainDestroy(dom), 0);
    CHECK_INT(virDomainCreate(dom), 0);
    second = virDomainGetID(dom);
    CHECK(second > first);
    contract_remove(dom);
    contract_close(conn);
}

TEST(wrong_state)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a");

    CHECK_ERROR(virDomainDestroy(dom), -1, VIR_ERR_OPERATION_INVALID);
    CHECK(strncmp(virGetLastErrorMessage(), "Requested operation is not valid", 32) == 0);
    CHECK_ERROR(virDomainShutdown(dom), -1, VIR_ERR_OPERATION_INVALID);
    CHECK_ERROR(virDomainReboot(dom, 0), -1, VIR_ERR_OPERATION_INVALID);
    CHECK_ERROR(virDomainSuspend(dom), -1, VIR_ERR_OPERATION_INVALID);
    CHECK_ERROR(virDomainResume(dom), -1, VIR_ERR_OPERATION_INVALID);
    CHECK_INT(virDomainCreate(dom), 0);
    CHECK_ERROR(virDomainCreate(dom), -1, VIR_ERR_OPERATION_INVALID);
    CHECK_ERROR(virDomainResume(dom), -1, VIR_ERR_OPERATION_INVALID);
    CHECK_INT(virDomainSuspend(dom), 0);
    CHECK_ERROR(virDomainSuspend(dom), -1, VIR_ERR_OPERATION_INVALID);
    contract_remove(dom);
    contract_close(conn);
}

TEST(transient_domain)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = virDomainCreateXML(conn, contract_xml("a"), 0);

    CHECK(dom);
    CHECK_INT(virDomainIsActive(dom), 1);
    CHECK_INT(virDomainIsPersistent(dom), 0);
    CHECK_ERROR(virDomainUndefine(dom), -1, VIR_ERR_OPERATION_INVALID);
    CHECK_ERROR(virDomainSetAutostart(dom, 1), -1, VIR_ERR_OPERATION_INVALID);
    CHECK_ERROR(virDomainSetMemoryFlags(dom, 4096, VIR_DOMAIN_AFFECT_CONFIG), -1, VIR_ERR_OPERATION_INVALID);
    CHECK_INT(virDomainDestroy(dom), 0);
    CHECK_ERROR(virDomainLookupByName(conn, contract_name("a")), NULL, VIR_ERR_NO_DOMAIN);
    virDomainFree(dom);
    contract_close(conn);
}

TEST(undefine_makes_a_running_domain_transient)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a"), again;
    char uuid[VIR_UUID_STRING_BUFLEN], xml[512];

    CHECK_INT(virDomainCreate(dom), 0);
    CHECK_INT(virDomainUndefine(dom), 0);
    CHECK_INT(virDomainIsActive(dom), 1);
    CHECK_INT(virDomainIsPersistent(dom), 0);
    CHECK_INT(virDomainGetUUIDString(dom, uuid), 0);
    snprintf(xml, sizeof(xml), "<domain type='test'><name>%s</name><uuid>%s</uuid><memory>8192</memory>"
             "<os><type>hvm</type></os></domain>", contract_name("a"), uuid);
    CHECK((again = virDomainDefineXML(conn, xml)));
    CHECK_INT(virDomainIsPersistent(dom), 1);
    CHECK_INT(virDomainIsActive(again), 1);
    CHECK_INT(virDomainGetID(again), virDomainGetID(dom));
    virDomainFree(again);
    contract_remove(dom);
    contract_close(conn);
}

TEST(name_and_uuid_are_unique)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a");
    char uuid[VIR_UUID_STRING_BUFLEN], xml[512];

    CHECK_ERROR(virDomainDefineXML(conn, contract_xml("a")), NULL, VIR_ERR_OPERATION_FAILED);
    CHECK(strstr(virGetLastErrorMessage(), "already exists with uuid"));
    CHECK_ERROR(virDomainCreateXML(conn, contract_xml("a"), 0), NULL, VIR_ERR_OPERATION_FAILED);
    CHECK_INT(virDomainGetUUIDString(dom, uuid), 0);
    snprintf(xml, sizeof(xml), "<domain type='test'><name>%s</name><uuid>%s</uuid><memory>8192</memory>"
             "<os><type>hvm</type></os></domain>", contract_name("b"), uuid);
    CHECK_ERROR(virDomainDefineXML(conn, xml), NULL, VIR_ERR_OPERATION_FAILED);
    CHECK(strstr(virGetLastErrorMessage(), "already defined with uuid"));
    contract_remove(dom);
    contract_close(conn);
}

TEST(start_paused)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a"), other;

    CHECK_INT(virDomainCreateWithFlags(dom, VIR_DOMAIN_START_PAUSED), 0);
    contract_state(dom, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
    CHECK((other = virDomainCreateXML(conn, contract_xml("b"), VIR_DOMAIN_START_PAUSED)));
    contract_state(other, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
    CHECK_ERROR(virDomainCreateWithFlags(dom, 1u << 30), -1, VIR_ERR_INVALID_ARG);
    contract_remove(dom);
    contract_remove(other);
    contract_close(conn);
}

TEST(reboot_keeps_or_ends_as_the_document_says)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a"), ends;
    char xml[512];

    CHECK_INT(virDomainCreate(dom), 0);
    CHECK_INT(virDomainSuspend(dom), 0);
    CHECK_INT(virDomainReboot(dom, 0), 0);
    contract_state(dom, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED);
    snprintf(xml, sizeof(xml), "<domain type='test'><name>%s</name><memory>8192</memory>"
             "<os><type>hvm</type></os><on_reboot>destroy</on_reboot></domain>", contract_name("b"));
    CHECK((ends = virDomainDefineXML(conn, xml)));
    CHECK_INT(virDomainCreate(ends), 0);
    CHECK_INT(virDomainReboot(ends, 0), 0);
    CHECK_INT(virDomainIsActive(ends), 0);
    CHECK_ERROR(virDomainDestroy(ends), -1, VIR_ERR_OPERATION_INVALID);
    CHECK_INT(virGetLastErrorDomain(), VIR_FROM_DOMAIN);
    contract_remove(dom);
    contract_remove(ends);
    contract_close(conn);
}

/* A definition that is changed while the domain runs takes effect at the next start. */
TEST(redefine_while_running)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a");
    char uuid[VIR_UUID_STRING_BUFLEN], xml[512];

    CHECK_INT(virDomainCreate(dom), 0);
    CHECK_INT(virDomainGetUUIDString(dom, uuid), 0);
    snprintf(xml, sizeof(xml), "<domain type='test'><name>%s</name><uuid>%s</uuid><memory>16384</memory>"
             "<os><type>hvm</type></os></domain>", contract_name("a"), uuid);
    virDomainFree(virDomainDefineXML(conn, xml));
    CHECK_INT(virDomainGetMaxMemory(dom), 8192);
    CHECK_INT(virDomainIsUpdated(dom), 1);
    CHECK_INT(virDomainDestroy(dom), 0);
    CHECK_INT(virDomainGetMaxMemory(dom), 16384);
    contract_remove(dom);
    contract_close(conn);
}

TEST(connections_see_the_same_host)
{
    virConnectPtr one = contract_open(), two = contract_open();
    virDomainPtr dom = contract_define(one, "a"), other;

    CHECK((other = virDomainLookupByName(two, contract_name("a"))));
    CHECK_INT(virDomainCreate(other), 0);
    CHECK_INT(virDomainIsActive(dom), 1);
    virDomainFree(other);
    contract_remove(dom);
    contract_close(two);
    contract_close(one);
}
