/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The calls about the host and the list of its domains.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xen.h"

/* Takes xen:/// and xen:///system.  The store belongs to the host, so there is
 * nothing to keep for a connection. */
int
xen_connect_open(virConnectPtr conn, virConnectAuthPtr auth, unsigned int flags)
{
    const struct vir_uri *uri = vir_connect_uri(conn);
    VIR_AUTO_FREE char **names = NULL;
    size_t n;

    (void)auth;
    (void)flags;                        /* read-only is the core's business: this module only reads */
    if (uri->path && strcmp(uri->path, "") != 0 && strcmp(uri->path, "/") != 0 &&
        strcmp(uri->path, "/system") != 0) {
        vir_error(VIR_ERR_INVALID_ARG, "unexpected path '%s' in '%s'", uri->path, vir_connect_uri_text(conn));
        vir_error_hint("use xen:///system");
        return -1;
    }
    return xen_store_list(&names, &n, "/") < 0 ? -1 : 0;
}

const char *
xen_connect_get_type(virConnectPtr conn)
{
    (void)conn;
    return "Xen";
}

/* The number with which the kernel's file about the hypervisor begins. */
static int
read_version_part(int dirfd, const char *name, unsigned long *ret)
{
    char text[32];
    ssize_t n;
    VIR_AUTO_CLOSE int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -1;
    n = read(fd, text, sizeof(text) - 1);
    if (n < 1)
        return -1;
    text[n] = '\0';
    return sscanf(text, text[0] == '.' ? ".%3lu" : "%3lu", ret) == 1 ? 0 : -1;
}

int
xen_connect_get_version(virConnectPtr conn, unsigned long *ret_version)
{
    static const char dir[] = "/sys/hypervisor/version";
    unsigned long major, minor, patch = 0;
    VIR_AUTO_CLOSE int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    (void)conn;
    if (dirfd < 0 || read_version_part(dirfd, "major", &major) < 0 ||
        read_version_part(dirfd, "minor", &minor) < 0)
        return vir_error(VIR_ERR_NO_XEN, "no version of the hypervisor in %s", dir);
    if (read_version_part(dirfd, "extra", &patch) < 0)
        patch = 0;                      /* text of the vendor's own, such as "-unstable" */
    *ret_version = major * 1000000 + minor * 1000 + patch;
    return 0;
}

char *
xen_connect_get_hostname(virConnectPtr conn)
{
    char *name;

    (void)conn;
    return vir_node_hostname(&name) < 0 ? NULL : name;
}

int
xen_connect_is_alive(virConnectPtr conn)
{
    VIR_AUTO_FREE char *name = NULL;

    (void)conn;
    return xen_store_read(&name, "/local/domain/0/name") >= 0;
}

int
xen_connect_is_encrypted(virConnectPtr conn)
{
    (void)conn;
    return 0;
}

int
xen_connect_is_secure(virConnectPtr conn)
{
    (void)conn;
    return 1;
}

/* What Xen allows for each kind of guest. */
int
xen_connect_get_max_vcpus(virConnectPtr conn, const char *type)
{
    (void)conn;
    return type && strcmp(type, "hvm") == 0 ? 128 : 512;
}

/* As domain 0 sees the machine: its own memory, not that of all domains. */
int
xen_node_get_info(virConnectPtr conn, virNodeInfoPtr ret_info)
{
    (void)conn;
    return vir_node_info(ret_info);
}

int
xen_connect_list_all_domains(virConnectPtr conn, virDomainPtr **ret_domains, unsigned int flags)
{
    struct xen_identity *all;
    virDomainPtr *domains;
    size_t n;
    int kept = 0;

    if (xen_identities(&all, &n) < 0)
        return -1;
    domains = vir_alloc_array(n + 1, sizeof(virDomainPtr));
    for (size_t i = 0; i < n; i++) {
        int state, reason;

        if (xen_state_read(&all[i], &state, &reason) < 0)
            goto failed;
        if (!vir_domain_listed(VIR_CONNECT_LIST_DOMAINS_ACTIVE | vir_domain_state_flag(state), flags))
            continue;
        domains[kept] = vir_domain_new(conn, all[i].name, all[i].uuid, all[i].id);
        if (!domains[kept])
            goto failed;
        kept++;
    }
    xen_identities_free(all, n);
    *ret_domains = domains;
    return kept;
failed:
    while (kept > 0)
        virDomainFree(domains[--kept]);
    free(domains);
    xen_identities_free(all, n);
    return -1;
}
