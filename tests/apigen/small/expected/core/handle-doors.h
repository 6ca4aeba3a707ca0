/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions of the handles in struct vir_core; private.h includes it.  Printed from api/. */
#define VIR_CORE_HANDLE_FUNCTIONS(F) \
    F(domain_new) F(domain_connect) F(domain_name) F(domain_uuid) \
    F(domain_id) F(snapshot_new) F(snapshot_domain) F(snapshot_name) \
    F(snapshot_note) F(network_new) F(network_connect) F(network_name) \
    F(network_uuid)
