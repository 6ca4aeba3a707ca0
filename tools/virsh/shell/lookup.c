/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The objects and files that options name, and their release at the end of a scope. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nearest.h"
#include "virsh.h"

#define FILE_MAX (10 * 1024 * 1024)

static bool
looks_like_uuid(const char *text)
{
    return strlen(text) == VIR_UUID_STRING_BUFLEN - 1;
}

/* -1: not an id */
static int
as_id(const char *text)
{
    char *end;
    long id;

    if (*text < '0' || *text > '9')
        return -1;
    errno = 0;
    id = strtol(text, &end, 10);
    return errno == 0 && *end == '\0' && id <= 0x7fffffff ? (int)id : -1;
}

/* Somebody who mistyped a name is shown the one that it resembles. */
static void
hint_name(struct virsh *vsh, const struct virsh_call *call, const char *option, const char *name)
{
    char **names = virsh_names(vsh, call->command, option);
    const char *nearest = vir_nearest_name(name, (const char *const *)names);

    if (nearest)
        virsh_hint(vsh, "did you mean '%s'?", nearest);
    virsh_names_free(names);
}

/* The library's reason is said before the hint. NULL. */
static void *
not_found(struct virsh *vsh, const struct virsh_call *call, const char *option, const char *what)
{
    const char *name = virsh_text(call, option);

    virsh_error(vsh, what, name);
    virsh_error_report(vsh);
    hint_name(vsh, call, option, name);
    return NULL;
}

/* A look-up found nothing, and did not fail otherwise. */
static bool
is_absent(const struct virsh *vsh, virDomainPtr dom)
{
    return !dom && (vsh->error_code == 0 || vsh->error_code == VIR_ERR_NO_DOMAIN ||
                    vsh->error_code == VIR_ERR_NO_SUPPORT);
}

/* In this order, as far as BY says. */
static virDomainPtr
find_domain(struct virsh *vsh, const char *command, const char *name, unsigned int by)
{
    const int id = by & VIRSH_BY_ID ? as_id(name) : -1;
    virDomainPtr dom = NULL;

    if (id >= 0) {
        virsh_debug(vsh, 0, "%s: <domain> trying as domain ID\n", command);
        dom = virDomainLookupByID(vsh->conn, id);
    }
    if (is_absent(vsh, dom) && by & VIRSH_BY_UUID && looks_like_uuid(name)) {
        virsh_debug(vsh, 0, "%s: <domain> trying as domain UUID\n", command);
        dom = virDomainLookupByUUIDString(vsh->conn, name);
    }
    if (is_absent(vsh, dom) && by & VIRSH_BY_NAME) {
        virsh_debug(vsh, 0, "%s: <domain> trying as domain NAME\n", command);
        dom = virDomainLookupByName(vsh->conn, name);
    }
    return dom;
}

virDomainPtr
virsh_domain_named(struct virsh *vsh, const struct virsh_call *call, const char *name, unsigned int by)
{
    virDomainPtr dom;

    virsh_debug(vsh, 1, "%s: found option <domain>: %s\n", call->command->name, name);
    virsh_error_forget(vsh);
    dom = find_domain(vsh, call->command->name, name, by);
    if (!dom)
        virsh_error(vsh, "failed to get domain '%s'", name);
    if (is_absent(vsh, dom) && by & VIRSH_BY_NAME)
        hint_name(vsh, call, "domain", name);
    if (dom || is_absent(vsh, dom))
        virsh_error_forget(vsh);        /* else the reason is told, too */
    return dom;
}

virDomainPtr
virsh_domain_by(struct virsh *vsh, const struct virsh_call *call, unsigned int by)
{
    return virsh_domain_named(vsh, call, virsh_text(call, "domain"), by);
}

virDomainPtr
virsh_domain(struct virsh *vsh, const struct virsh_call *call)
{
    return virsh_domain_by(vsh, call, VIRSH_BY_ANY);
}

/*
 * For the other objects the library's reason is shown too.  By its uuid where
 * the text looks like one, else and then by its name.
 */
#define LOOKUP(function, type, option, what, by_uuid, by_name) \
    type \
    function(struct virsh *vsh, const struct virsh_call *call) \
    { \
        const char *text = virsh_text(call, option); \
        type found = NULL; \
        \
        virsh_debug(vsh, 1, "%s: found option <" option ">: %s\n", call->command->name, text); \
        if (looks_like_uuid(text)) \
            found = by_uuid(vsh->conn, text); \
        if (!found) \
            found = by_name(vsh->conn, text); \
        if (!found) \
            return not_found(vsh, call, option, "failed to get " what " '%s'"); \
        virsh_error_forget(vsh); \
        return found; \
    }

LOOKUP(virsh_network, virNetworkPtr, "network", "network", virNetworkLookupByUUIDString,
       virNetworkLookupByName)
LOOKUP(virsh_pool, virStoragePoolPtr, "pool", "pool", virStoragePoolLookupByUUIDString,
       virStoragePoolLookupByName)
LOOKUP(virsh_filter, virNWFilterPtr, "nwfilter", "nwfilter", virNWFilterLookupByUUIDString,
       virNWFilterLookupByName)

virInterfacePtr
virsh_interface(struct virsh *vsh, const struct virsh_call *call)
{
    const char *text = virsh_text(call, "interface");
    virInterfacePtr found = virInterfaceLookupByName(vsh->conn, text);

    if (!found && strlen(text) == 17 && strchr(text, ':'))
        found = virInterfaceLookupByMACString(vsh->conn, text);
    if (!found)
        return not_found(vsh, call, "interface", "failed to get interface '%s'");
    virsh_error_forget(vsh);
    return found;
}

virNodeDevicePtr
virsh_nodedev(struct virsh *vsh, const struct virsh_call *call)
{
    virNodeDevicePtr found = virNodeDeviceLookupByName(vsh->conn, virsh_text(call, "device"));

    return found ? found : not_found(vsh, call, "device", "Could not find matching device '%s'");
}

virSecretPtr
virsh_secret(struct virsh *vsh, const struct virsh_call *call)
{
    virSecretPtr found = virSecretLookupByUUIDString(vsh->conn, virsh_text(call, "secret"));

    return found ? found : not_found(vsh, call, "secret", "failed to get secret '%s'");
}

#define AUTO(name, type, release) \
    void \
    virsh_auto_##name(type *p) \
    { \
        if (*p) \
            release(*p); \
    }

AUTO(domain, virDomainPtr, virDomainFree)
AUTO(network, virNetworkPtr, virNetworkFree)
AUTO(pool, virStoragePoolPtr, virStoragePoolFree)
AUTO(volume, virStorageVolPtr, virStorageVolFree)
AUTO(interface, virInterfacePtr, virInterfaceFree)
AUTO(nodedev, virNodeDevicePtr, virNodeDeviceFree)
AUTO(filter, virNWFilterPtr, virNWFilterFree)
AUTO(secret, virSecretPtr, virSecretFree)

/* Pipes and devices too: their size shows while reading. */
static int
read_all(int fd, struct vir_buf *buf)
{
    char part[8192];
    ssize_t n;

    while ((n = read(fd, part, sizeof(part))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (buf->len + (size_t)n > FILE_MAX) {
            errno = EOVERFLOW;
            return -1;
        }
        vir_buf_add_mem(buf, part, (size_t)n);
    }
    return 0;
}

char *
virsh_file(struct virsh *vsh, const struct virsh_call *call, const char *option)
{
    const char *path = virsh_text(call, option);
    VIR_AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct vir_buf buf = { 0 };

    if (fd < 0) {
        virsh_error(vsh, "Failed to open file '%s': %s", path, strerror(errno));
        return NULL;
    }
    if (read_all(fd, &buf) < 0) {
        virsh_error(vsh, "Failed to read file '%s': %s", path, strerror(errno));
        vir_buf_free(&buf);
        return NULL;
    }
    return vir_buf_steal(&buf);
}
