/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A read-only connection: it reads everything and changes nothing. */
#include "contract.h"

#define DENIED(call, failure) CHECK_ERROR(call, failure, VIR_ERR_OPERATION_DENIED)

TEST(read_only_changes_nothing)
{
    virConnectPtr rw = contract_open(), ro = contract_open_read_only();
    virDomainPtr own = contract_define(rw, "a"), dom;

    CHECK((dom = virDomainLookupByName(ro, contract_name("a"))));
    DENIED(virDomainDefineXML(ro, contract_xml("b")), NULL);
    DENIED(virDomainDefineXMLFlags(ro, contract_xml("b"), 0), NULL);
    DENIED(virDomainCreateXML(ro, contract_xml("b"), 0), NULL);
    DENIED(virDomainCreate(dom), -1);
    DENIED(virDomainCreateWithFlags(dom, 0), -1);
    DENIED(virDomainUndefine(dom), -1);
    DENIED(virDomainUndefineFlags(dom, 0), -1);
    DENIED(virDomainDestroy(dom), -1);
    DENIED(virDomainDestroyFlags(dom, 0), -1);
    DENIED(virDomainShutdown(dom), -1);
    DENIED(virDomainShutdownFlags(dom, 0), -1);
    DENIED(virDomainReboot(dom, 0), -1);
    DENIED(virDomainReset(dom, 0), -1);
    DENIED(virDomainSuspend(dom), -1);
    DENIED(virDomainResume(dom), -1);
    DENIED(virDomainSetAutostart(dom, 1), -1);
    DENIED(virDomainSetMemory(dom, 4096), -1);
    DENIED(virDomainSetMaxMemory(dom, 4096), -1);
    DENIED(virDomainSetMemoryFlags(dom, 4096, 0), -1);
    DENIED(virDomainSetVcpus(dom, 1), -1);
    DENIED(virDomainSetVcpusFlags(dom, 1, 0), -1);
    DENIED(virDomainSave(dom, "/tmp/x"), -1);
    DENIED(virDomainRestore(ro, "/tmp/x"), -1);
    DENIED(virDomainCoreDump(dom, "/tmp/x", 0), -1);
    DENIED(virDomainAttachDevice(dom, "<disk/>"), -1);
    DENIED(virDomainDetachDevice(dom, "<disk/>"), -1);
    DENIED(virDomainManagedSave(dom, 0), -1);
    DENIED(virDomainRename(dom, "other", 0), -1);
    DENIED(virNetworkDefineXML(ro, "<network/>"), NULL);
    DENIED(virStoragePoolDefineXML(ro, "<pool/>", 0), NULL);
    CHECK(!virDomainGetXMLDesc(dom, VIR_DOMAIN_XML_SECURE));
    CHECK_INT(virGetLastErrorCode(), VIR_ERR_OPERATION_DENIED);
    virDomainFree(dom);
    contract_state(own, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_UNKNOWN);
    contract_remove(own);
    contract_close(ro);
    contract_close(rw);
}

TEST(read_only_reads)
{
    virConnectPtr ro = contract_open_read_only();
    virDomainPtr dom = virDomainLookupByName(ro, "test"), *list;
    virDomainStatsRecordPtr *records;
    virDomainInfo info;
    virNodeInfo node;
    int state, on, n;
    char *text;

    CHECK(dom);
    CHECK_INT(virNodeGetInfo(ro, &node), 0);
    CHECK((n = virConnectListAllDomains(ro, &list, 0)) >= 1);
    for (int i = 0; i < n; i++)
        virDomainFree(list[i]);
    free(list);
    CHECK(virConnectNumOfDomains(ro) >= 1);
    CHECK_INT(virDomainGetInfo(dom, &info), 0);
    CHECK_INT(virDomainGetState(dom, &state, NULL, 0), 0);
    CHECK_INT(virDomainGetAutostart(dom, &on), 0);
    CHECK_INT(virDomainIsActive(dom), 1);
    CHECK((text = virDomainGetXMLDesc(dom, 0)));
    free(text);
    CHECK((text = virConnectGetCapabilities(ro)));
    free(text);
    CHECK(virConnectGetAllDomainStats(ro, 0, &records, 0) >= 1);
    virDomainStatsRecordListFree(records);
    virDomainFree(dom);
    contract_close(ro);
}
