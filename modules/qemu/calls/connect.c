/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connections: whether a URI is ours and fits this process, and what is asked
 * of the host.
 */
#include "calls/calls.h"
#include "emulator/capabilities.h"
#include "host/task.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
qemu_connect_open(virConnectPtr conn, virConnectAuthPtr auth, unsigned int flags)
{
    const struct vir_uri *uri = vir_connect_uri(conn);
    const char *own = qemu_driver.host->privileged ? "/system" : "/session";

    (void)auth;
    (void)flags;
    if (!uri->path || strcmp(uri->path, "") == 0 || strcmp(uri->path, "/") == 0) {
        vir_error(VIR_ERR_INVALID_ARG, "no QEMU URI path given");
        vir_error_hint("try qemu://%s", own);
        return -1;
    }
    if (strcmp(uri->path, "/system") != 0 && strcmp(uri->path, "/session") != 0) {
        vir_error(VIR_ERR_INVALID_ARG, "unexpected QEMU URI path '%s'", uri->path);
        vir_error_hint("try qemu:///system or qemu:///session");
        return -1;
    }
    if (strcmp(uri->path, own) != 0) {
        vir_error(VIR_ERR_INVALID_ARG, "the path '%s' does not fit this daemon, which serves qemu://%s",
                  uri->path, own);
        vir_error_hint(qemu_driver.host->privileged
                       ? "a user's own daemon serves qemu:///session"
                       : "the system's daemon serves qemu:///system");
        return -1;
    }
    vir_connect_set_events(conn, qemu_driver.hub);
    vir_connect_set_domain_store(conn, qemu_driver.store);
    vir_connect_set_snapshots(conn, qemu_driver.store);
    return 0;
}

int
qemu_connect_close(virConnectPtr conn)
{
    qemu_autodestroy(conn);
    return 0;
}

const char *
qemu_connect_get_type(virConnectPtr conn)
{
    (void)conn;
    return "QEMU";
}

int
qemu_connect_get_version(virConnectPtr conn, unsigned long *version)
{
    const struct qemu_emulator *emulator = qemu_caps_default(qemu_driver.caps);

    (void)conn;
    if (!emulator)
        return -1;
    *version = emulator->version;
    return 0;
}

/* The most that any machine of the default emulator takes. */
int
qemu_connect_get_max_vcpus(virConnectPtr conn, const char *type)
{
    const struct qemu_emulator *emulator;
    const struct qemu_machine *machine;

    (void)conn;
    if (type && strcasecmp(type, "qemu") != 0 && strcasecmp(type, "kvm") != 0)
        return vir_error(VIR_ERR_INVALID_ARG, "unknown type '%s'", type);
    emulator = qemu_caps_default(qemu_driver.caps);
    machine = emulator ? qemu_caps_machine(emulator, NULL) : NULL;
    if (!machine)
        return emulator ? vir_error(VIR_ERR_INTERNAL_ERROR, "the emulator has no default machine") : -1;
    return (int)machine->max_cpus;
}

int
qemu_node_get_info(virConnectPtr conn, virNodeInfoPtr info)
{
    (void)conn;
    return vir_node_info(info);
}

int
qemu_node_get_cpu_map(virConnectPtr conn, unsigned char **map, unsigned int *ret_online, unsigned int flags)
{
    int n = (int)qemu_host_cpus(), maplen = VIR_CPU_MAPLEN(n);
    VIR_AUTO_FREE char *online = qemu_cpus_online();
    VIR_AUTO_FREE unsigned char *all = vir_alloc_array((size_t)maplen, 1);

    (void)conn;
    (void)flags;                        /* none taken */
    qemu_cpus_to_map(online, all, maplen);
    if (ret_online)
        *ret_online = 0;
    for (int cpu = 0; ret_online && cpu < n; cpu++)
        *ret_online += VIR_CPU_USED(all, cpu) != 0;
    if (map)
        *map = vir_steal(&all);
    return n;
}

/* The first <secmodel> of the capabilities. */
int
qemu_node_get_security_model(virConnectPtr conn, virSecurityModelPtr model)
{
    (void)conn;
    snprintf(model->model, sizeof(model->model), "none");
    snprintf(model->doi, sizeof(model->doi), "0");
    return 0;
}

char *
qemu_connect_get_capabilities(virConnectPtr conn)
{
    (void)conn;
    return qemu_caps_format(qemu_driver.caps);
}

char *
qemu_connect_get_hostname(virConnectPtr conn)
{
    char *name;

    (void)conn;
    return vir_node_hostname(&name) < 0 ? NULL : name;
}

int
qemu_connect_is_yes(virConnectPtr conn)
{
    (void)conn;
    return 1;
}

int
qemu_connect_is_no(virConnectPtr conn)
{
    (void)conn;
    return 0;
}
