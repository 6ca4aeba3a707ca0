/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file systems that a guest has mounted, as its agent tells and handles them.
 */
#include "calls/calls.h"
#include "device/disk-guest.h"
#include "guest/agent.h"
#include "guest/hotplug.h"

#include <stdlib.h>

enum { MAX_FILESYSTEMS = 256, MAX_DISKS = 1024 };       /* what the wire takes, of disks: one's */

int
qemu_domain_fsfreeze(virDomainPtr dom, const char **places, unsigned int n, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    (void)flags;
    return domain ? qemu_agent_freeze(domain, places, n) : -1;
}

int
qemu_domain_fsthaw(virDomainPtr dom, const char **places, unsigned int n, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    (void)places;
    (void)flags;
    if (!domain)
        return -1;
    if (n)
        return vir_error(VIR_ERR_ARGUMENT_UNSUPPORTED, "specifying mountpoints is not supported");
    return qemu_agent_thaw(domain);
}

int
qemu_domain_fstrim(virDomainPtr dom, const char *place, unsigned long long minimum, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct json_object *args;

    (void)flags;
    if (!domain)
        return -1;
    if (place)
        return vir_error(VIR_ERR_ARGUMENT_UNSUPPORTED, "Specifying mount point is not supported for now");
    if (minimum > INT64_MAX)
        return vir_error(VIR_ERR_INVALID_ARG, "no file system has a free range of %llu bytes", minimum);
    args = qmp_new_object();
    qmp_add(args, "minimum", qmp_new_int((int64_t)minimum));
    return qemu_agent_work(domain, "guest-fstrim", args, NULL) == QEMU_AGENT_ANSWERED ? 0 : -1;
}

/* ---- which there are -------------------------------------------------------------------------------- */

static virDomainFSInfoPtr
info_of(const struct qemu_domain_def *doc, struct json_object *fs)
{
    const char *name = qmp_get_string(fs, "name"), *place = qmp_get_string(fs, "mountpoint");
    const char *type = qmp_get_string(fs, "type");
    struct json_object *disks = qmp_get(fs, "disk");
    size_t n = json_object_is_type(disks, json_type_array) ? json_object_array_length(disks) : 0;
    virDomainFSInfoPtr info;

    if (n > MAX_DISKS) {
        qemu_agent_nonsense("more than %d disks of a file system in reply of guest-get-fsinfo", MAX_DISKS);
        return NULL;
    }
    if (!name || !place || !type) {
        qemu_agent_nonsense("'%s' missing in reply of guest-get-fsinfo", !place ? "mountpoint" : !name ? "name" : "type");
        return NULL;
    }
    info = VIR_NEW(virDomainFSInfo);
    info->name = vir_strdup(name);
    info->mountpoint = vir_strdup(place);
    info->fstype = vir_strdup(type);
    info->devAlias = n ? vir_alloc_array(n, sizeof(*info->devAlias)) : NULL;
    for (size_t i = 0; i < n; i++) {
        const char *target = qemu_disk_of_guest(doc, json_object_array_get_idx(disks, i));

        if (target)
            info->devAlias[info->ndevAlias++] = vir_strdup(target);
    }
    return info;
}

/* libvirt 9.0.0 begins with the last. */
static int
take_filesystems(const struct qemu_domain_def *doc, struct json_object *list, virDomainFSInfoPtr **ret)
{
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : SIZE_MAX;
    virDomainFSInfoPtr *infos;

    if (n > MAX_FILESYSTEMS)
        return qemu_agent_nonsense("guest-get-fsinfo return data was not an array of up to %d", MAX_FILESYSTEMS);
    infos = vir_alloc_array(n + 1, sizeof(*infos));
    for (size_t i = 0; i < n; i++) {
        infos[i] = info_of(doc, json_object_array_get_idx(list, n - 1 - i));
        if (!infos[i]) {
            while (i > 0)
                virDomainFSInfoFree(infos[--i]);
            free(infos);
            return -1;
        }
    }
    *ret = infos;
    return (int)n;
}

int
qemu_domain_get_fsinfo(virDomainPtr dom, virDomainFSInfoPtr **info, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct qemu_def *live = NULL;
    struct json_object *value = NULL;
    int ret = -1;

    (void)flags;
    if (!domain || qemu_agent_ask(domain, "guest-get-fsinfo", NULL, &value) != QEMU_AGENT_ANSWERED)
        return -1;
    live = qemu_domain_meant(domain, VIR_DOMAIN_AFFECT_LIVE);
    if (live)
        ret = take_filesystems(live->doc, value, info);
    json_object_put(value);
    qemu_def_unref(live);
    return ret;
}
