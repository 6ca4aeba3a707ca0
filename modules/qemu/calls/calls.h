/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls that this module's tables name, by file. */
#ifndef QEMU_CALLS_H
#define QEMU_CALLS_H

#include "qemu.h"

#include <unistd.h>

/* connect.c */
int qemu_connect_open(virConnectPtr conn, virConnectAuthPtr auth, unsigned int flags);
int qemu_connect_close(virConnectPtr conn);
const char *qemu_connect_get_type(virConnectPtr conn);
int qemu_connect_get_version(virConnectPtr conn, unsigned long *version);
int qemu_connect_get_max_vcpus(virConnectPtr conn, const char *type);
int qemu_node_get_info(virConnectPtr conn, virNodeInfoPtr info);
char *qemu_connect_get_capabilities(virConnectPtr conn);
char *qemu_connect_get_hostname(virConnectPtr conn);
int qemu_connect_is_yes(virConnectPtr conn);
int qemu_connect_is_no(virConnectPtr conn);
int qemu_connect_get_cpu_model_names(virConnectPtr conn, const char *arch, char ***models,
                                     unsigned int flags);

/* domain.c */
virDomainPtr qemu_domain_lookup_by_id(virConnectPtr conn, int id);
virDomainPtr qemu_domain_lookup_by_name(virConnectPtr conn, const char *name);
virDomainPtr qemu_domain_lookup_by_uuid(virConnectPtr conn, const unsigned char *uuid);
int qemu_connect_list_all_domains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags);
int qemu_domain_get_info(virDomainPtr dom, virDomainInfoPtr info);
int qemu_domain_get_state(virDomainPtr dom, int *state, int *reason, unsigned int flags);
char *qemu_domain_get_xml_desc(virDomainPtr dom, unsigned int flags);
int qemu_domain_is_active(virDomainPtr dom);
int qemu_domain_is_persistent(virDomainPtr dom);
int qemu_domain_is_updated(virDomainPtr dom);
char *qemu_domain_get_os_type(virDomainPtr dom);
unsigned long qemu_domain_get_max_memory(virDomainPtr dom);
int qemu_domain_get_vcpus_flags(virDomainPtr dom, unsigned int flags);
int qemu_domain_get_max_vcpus(virDomainPtr dom);
int qemu_domain_get_autostart(virDomainPtr dom, int *autostart);

/* define.c */
struct qemu_def *qemu_parse_for(const char *xml, unsigned int define_flags);
virDomainPtr qemu_domain_define_xml_flags(virConnectPtr conn, const char *xml, unsigned int flags);
int qemu_domain_undefine_flags(virDomainPtr dom, unsigned int flags);
int qemu_domain_set_autostart(virDomainPtr dom, int autostart);

/* lifecycle.c */
int qemu_domain_create_with_flags(virDomainPtr dom, unsigned int flags);
virDomainPtr qemu_domain_create_xml(virConnectPtr conn, const char *xml, unsigned int flags);
int qemu_domain_destroy_flags(virDomainPtr dom, unsigned int flags);
int qemu_domain_shutdown_flags(virDomainPtr dom, unsigned int flags);
int qemu_domain_reboot(virDomainPtr dom, unsigned int flags);
int qemu_domain_reset(virDomainPtr dom, unsigned int flags);
int qemu_domain_suspend(virDomainPtr dom);
int qemu_domain_resume(virDomainPtr dom);
int qemu_domain_monitor_command(virDomainPtr dom, const char *cmd, char **result, unsigned int flags);
/* Ends the guests that were started to live as long as CONN. */
void qemu_autodestroy(virConnectPtr conn);
/* Starts the guests that are marked so; for a thread of its own. */
void qemu_autostart_all(void *unused);

/* console.c */
int qemu_domain_open_console(virDomainPtr dom, const char *name, virStreamPtr stream, unsigned int flags);

/* stats.c */
int qemu_connect_get_all_domain_stats(virConnectPtr conn, virDomainPtr *doms, unsigned int ndoms,
                                      unsigned int stats,
                                      virDomainStatsRecordPtr **records, unsigned int flags);

#endif
