/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making and reading handles.  Printed from api/. */

/*
 * The handles of all kinds of objects.  A constructor returns a new reference, or
 * NULL with an error set for a text or a uuid that cannot be; the handle holds a
 * reference on its first argument.  What the other functions return lives as long
 * as the handle.
 */
#ifndef LIBVIRT_MODULE_HANDLES_H
#define LIBVIRT_MODULE_HANDLES_H

virDomainPtr vir_domain_new(virConnectPtr conn, const char *name, const unsigned char *uuid, int id);
virConnectPtr vir_domain_connect(virDomainPtr domain);
const char *vir_domain_name(virDomainPtr domain);
const unsigned char *vir_domain_uuid(virDomainPtr domain);
int vir_domain_id(virDomainPtr domain);

/* NULL for note is the empty text. */
virDomainSnapshotPtr vir_snapshot_new(virDomainPtr domain, const char *name, const char *note);
virDomainPtr vir_snapshot_domain(virDomainSnapshotPtr snapshot);
const char *vir_snapshot_name(virDomainSnapshotPtr snapshot);
const char *vir_snapshot_note(virDomainSnapshotPtr snapshot);

virNetworkPtr vir_network_new(virConnectPtr conn, const char *name, const unsigned char *uuid);
virConnectPtr vir_network_connect(virNetworkPtr network);
const char *vir_network_name(virNetworkPtr network);
const unsigned char *vir_network_uuid(virNetworkPtr network);

#endif
