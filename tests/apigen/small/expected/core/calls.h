/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers of the rows in vir_calls.  Printed from api/. */
#ifndef VIR_CORE_CALLS_H
#define VIR_CORE_CALLS_H

enum vir_call_number {
    VIR_CALL_virDomainLookupByName,
    VIR_CALL_virDomainGetInfo,
    VIR_CALL_virDomainSave,
    VIR_CALL_virDomainSaveFlags,
    VIR_CALL_virDomainGetName,
    VIR_CALL_virConnectListAllDomains,
    VIR_CALL_virDomainPin,
    VIR_CALL_virDomainLookupByID,
    VIR_CALL_virDomainRename,
    VIR_CALL_virConnectNumOfDomains,
    VIR_CALL_virConnectListDomainNames,
    VIR_CALL_virConnectListAllNetworks,
    VIR_CALL_virConnectNumOfNetworks,
    VIR_CALL_virNetworkLookupByUUID,
    VIR_CALL_virNetworkIsActive,
    VIR_CALL_LAST
};

#endif
