/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The old calls that count and name objects, from the time before handles could
 * be listed.  A module may have them; where it has not, its list of handles
 * answers.
 */
#include "../call.h"
#include "../connect.h"
#include "core/calls.h"

#include <stdlib.h>
#include <string.h>

/* What an old call gives of a handle. */
enum old_text {
    OLD_NAME,
    OLD_UUID,                           /* as text */
};

/* How an old call follows from a list of handles. */
struct old_list {
    uint16_t call;                      /* the old call */
    uint16_t all;                       /* the call that lists handles */
    unsigned int flags;                 /* which of them */
    enum old_text text;
    size_t offset;                      /* of the text in the struct */
};

#define LIST(function, all, flags, ...) \
    static const struct old_list list = { VIR_CALL_##function, VIR_CALL_##all, flags, __VA_ARGS__ }
#define NAME_OF(type) OLD_NAME, offsetof(struct _##type, name)

/* ---- answers from the list of handles ---- */

typedef int (*list_all_fn)(void *from, void ***ret_handles, unsigned int flags);

static list_all_fn
list_all_slot(const struct old_list *list, void *from)
{
    return (list_all_fn)vir_call_slot(list->all, from);
}

static void
free_handles(void **handles, int n)
{
    for (int i = 0; i < n; i++)
        vir_object_unref(handles[i]);
    free(handles);
}

/* What the old call gives of a handle; the caller frees. */
static char *
text_of(const struct old_list *list, void *handle)
{
    const char *place = (const char *)handle + list->offset;
    char *text;

    if (list->text == OLD_NAME)
        return vir_strdup(*(const char *const *)place);
    text = vir_alloc(VIR_UUID_STRING_BUFLEN);
    vir_uuid_format((const unsigned char *)place, text);
    return text;
}

static int
count_handles(const struct old_list *list, void *from, unsigned int flags)
{
    list_all_fn all = list_all_slot(list, from);

    if (!all)
        return vir_call_no_support(list->call, from);
    return vir_call_int(from, all(from, NULL, list->flags | flags));
}

static int
name_handles(const struct old_list *list, void *from, char **names, int max, unsigned int flags)
{
    list_all_fn all = list_all_slot(list, from);
    void **handles = NULL;
    int n, taken = 0;

    if (!all)
        return vir_call_no_support(list->call, from);
    n = vir_call_int(from, all(from, &handles, list->flags | flags));
    for (; taken < n && taken < max; taken++)
        names[taken] = text_of(list, handles[taken]);
    free_handles(handles, n);
    return n < 0 ? -1 : taken;
}

static int
check_names(const struct old_list *list, void *from, const void *names, int max)
{
    if (max < 0)
        return vir_call_bad(list->call, from, "the size of the list", VIR_BAD_NEGATIVE);
    if (max > 0 && !names)
        return vir_call_bad(list->call, from, "the list", VIR_BAD_NULL);
    return 0;
}

/* ---- calls without flags ---- */

static int
count(const struct old_list *list, void *from)
{
    int (*call)(void *);

    if (vir_call_check(list->call, from, 0) < 0)
        return -1;
    call = (__typeof__(call))vir_call_slot(list->call, from);
    return call ? vir_call_int(from, call(from)) : count_handles(list, from, 0);
}

static int
names_of(const struct old_list *list, void *from, char **names, int max)
{
    int (*call)(void *, char **, int);

    if (vir_call_check(list->call, from, 0) < 0 || check_names(list, from, names, max) < 0)
        return -1;
    call = (__typeof__(call))vir_call_slot(list->call, from);
    return call ? vir_call_int(from, call(from, names, max)) : name_handles(list, from, names, max, 0);
}

#define COUNT(function, type, all, flags)                                       \
    int                                                                         \
    function(type from)                                                         \
    {                                                                           \
        LIST(function, all, flags, OLD_NAME, 0);                                \
                                                                                \
        return count(&list, from);                                              \
    }
#define NAMES(function, type, all, flags, ...)                                  \
    int                                                                         \
    function(type from, char **const names, int maxnames)                       \
    {                                                                           \
        LIST(function, all, flags, __VA_ARGS__);                                \
                                                                                \
        return names_of(&list, from, names, maxnames);                          \
    }
/* Four calls: for objects that run, and for those that are defined only. */
#define FAMILY(plural, handle, FLAGS)                                           \
    COUNT(virConnectNumOf##plural, virConnectPtr, virConnectListAll##plural,    \
          VIR_CONNECT_LIST_##FLAGS##_ACTIVE)                                    \
    NAMES(virConnectList##plural, virConnectPtr, virConnectListAll##plural,     \
          VIR_CONNECT_LIST_##FLAGS##_ACTIVE, NAME_OF(handle))                   \
    COUNT(virConnectNumOfDefined##plural, virConnectPtr, virConnectListAll##plural, \
          VIR_CONNECT_LIST_##FLAGS##_INACTIVE)                                  \
    NAMES(virConnectListDefined##plural, virConnectPtr, virConnectListAll##plural, \
          VIR_CONNECT_LIST_##FLAGS##_INACTIVE, NAME_OF(handle))

FAMILY(Networks, virNetwork, NETWORKS)
FAMILY(Interfaces, virInterface, INTERFACES)
FAMILY(StoragePools, virStoragePool, STORAGE_POOLS)

COUNT(virConnectNumOfSecrets, virConnectPtr, virConnectListAllSecrets, 0)
COUNT(virConnectNumOfNWFilters, virConnectPtr, virConnectListAllNWFilters, 0)
NAMES(virConnectListNWFilters, virConnectPtr, virConnectListAllNWFilters, 0, NAME_OF(virNWFilter))
COUNT(virStoragePoolNumOfVolumes, virStoragePoolPtr, virStoragePoolListAllVolumes, 0)
NAMES(virStoragePoolListVolumes, virStoragePoolPtr, virStoragePoolListAllVolumes, 0,
      NAME_OF(virStorageVol))

int
virConnectListSecrets(virConnectPtr conn, char **uuids, int maxuuids)
{
    LIST(virConnectListSecrets, virConnectListAllSecrets, 0, OLD_UUID, offsetof(struct _virSecret, uuid));

    return names_of(&list, conn, uuids, maxuuids);
}

/* Domains that run have ids. */

COUNT(virConnectNumOfDomains, virConnectPtr, virConnectListAllDomains, VIR_CONNECT_LIST_DOMAINS_ACTIVE)
COUNT(virConnectNumOfDefinedDomains, virConnectPtr, virConnectListAllDomains,
      VIR_CONNECT_LIST_DOMAINS_INACTIVE)
NAMES(virConnectListDefinedDomains, virConnectPtr, virConnectListAllDomains,
      VIR_CONNECT_LIST_DOMAINS_INACTIVE, NAME_OF(virDomain))

int
virConnectListDomains(virConnectPtr conn, int *ids, int maxids)
{
    LIST(virConnectListDomains, virConnectListAllDomains, VIR_CONNECT_LIST_DOMAINS_ACTIVE, OLD_NAME, 0);
    int (*call)(virConnectPtr, int *, int);
    list_all_fn all;
    void **handles = NULL;
    int n, taken = 0;

    if (vir_call_check(list.call, conn, 0) < 0 || check_names(&list, conn, ids, maxids) < 0)
        return -1;
    call = (__typeof__(call))vir_call_slot(list.call, conn);
    if (call)
        return vir_call_int(conn, call(conn, ids, maxids));
    all = list_all_slot(&list, conn);
    if (!all)
        return vir_call_no_support(list.call, conn);
    n = vir_call_int(conn, all(conn, &handles, list.flags));
    for (; taken < n && taken < maxids; taken++)
        ids[taken] = vir_domain_id(handles[taken]);
    free_handles(handles, n);
    return n < 0 ? -1 : taken;
}

/* ---- snapshots: with flags ---- */

static int
count_flagged(const struct old_list *list, void *from, unsigned int flags)
{
    int (*call)(void *, unsigned int);

    if (vir_call_check(list->call, from, flags) < 0)
        return -1;
    call = (__typeof__(call))vir_call_slot(list->call, from);
    return call ? vir_call_int(from, call(from, flags)) : count_handles(list, from, flags);
}

static int
names_flagged(const struct old_list *list, void *from, char **names, int max, unsigned int flags)
{
    int (*call)(void *, char **, int, unsigned int);

    if (vir_call_check(list->call, from, flags) < 0 || check_names(list, from, names, max) < 0)
        return -1;
    call = (__typeof__(call))vir_call_slot(list->call, from);
    if (!call)
        return name_handles(list, from, names, max, flags);
    return vir_call_int(from, call(from, names, max, flags));
}

int
virDomainSnapshotNum(virDomainPtr domain, unsigned int flags)
{
    LIST(virDomainSnapshotNum, virDomainListAllSnapshots, 0, OLD_NAME, 0);

    return count_flagged(&list, domain, flags);
}

int
virDomainSnapshotListNames(virDomainPtr domain, char **names, int nameslen, unsigned int flags)
{
    LIST(virDomainSnapshotListNames, virDomainListAllSnapshots, 0, NAME_OF(virDomainSnapshot));

    return names_flagged(&list, domain, names, nameslen, flags);
}

int
virDomainSnapshotNumChildren(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    LIST(virDomainSnapshotNumChildren, virDomainSnapshotListAllChildren, 0, OLD_NAME, 0);

    return count_flagged(&list, snapshot, flags);
}

int
virDomainSnapshotListChildrenNames(virDomainSnapshotPtr snapshot, char **names, int nameslen,
                                   unsigned int flags)
{
    LIST(virDomainSnapshotListChildrenNames, virDomainSnapshotListAllChildren, 0, NAME_OF(virDomainSnapshot));

    return names_flagged(&list, snapshot, names, nameslen, flags);
}

/* ---- node devices: with a capability ---- */

/* The flag of virConnectListAllNodeDevices for CAP, 0 for an unknown one. */
static unsigned int
capability_flag(const char *cap)
{
    /* In the order of the flags VIR_CONNECT_LIST_NODE_DEVICES_CAP_*, from bit 0 on. */
    static const char *const names[] = {
        "system", "pci", "usb_device", "usb", "net", "scsi_host", "scsi_target", "scsi", "storage", "fc_host",
        "vports", "scsi_generic", "drm", "mdev_types", "mdev", "ccw", "css", "vdpa", "ap_card", "ap_queue",
        "ap_matrix", "vpd",
    };
    enum { N = sizeof(names) / sizeof(names[0]) };

    _Static_assert(1u << (N - 1) == VIR_CONNECT_LIST_NODE_DEVICES_CAP_VPD,
                   "one name for each flag");
    for (unsigned int i = 0; i < N; i++)
        if (!strcmp(names[i], cap))
            return 1u << i;
    return 0;
}

/* CAP as a flag: 0 for none, -1 for one that no device can have. */
static int
flag_of_capability(const struct old_list *list, virConnectPtr conn, const char *cap, unsigned int *ret_flag)
{
    *ret_flag = cap ? capability_flag(cap) : 0;
    if (!cap || *ret_flag)
        return 0;
    return vir_call_bad(list->call, conn, cap, VIR_BAD_UNKNOWN);
}

int
virNodeNumOfDevices(virConnectPtr conn, const char *cap, unsigned int flags)
{
    LIST(virNodeNumOfDevices, virConnectListAllNodeDevices, 0, OLD_NAME, 0);
    int (*call)(virConnectPtr, const char *, unsigned int);
    unsigned int flag;

    if (vir_call_check(list.call, conn, flags) < 0)
        return -1;
    call = (__typeof__(call))vir_call_slot(list.call, conn);
    if (call)
        return vir_call_int(conn, call(conn, cap, flags));
    if (flag_of_capability(&list, conn, cap, &flag) < 0)
        return -1;
    return count_handles(&list, conn, flag);
}

int
virNodeListDevices(virConnectPtr conn, const char *cap, char **const names, int maxnames, unsigned int flags)
{
    LIST(virNodeListDevices, virConnectListAllNodeDevices, 0, NAME_OF(virNodeDevice));
    int (*call)(virConnectPtr, const char *, char **, int, unsigned int);
    unsigned int flag;

    if (vir_call_check(list.call, conn, flags) < 0 ||
        check_names(&list, conn, names, maxnames) < 0)
        return -1;
    call = (__typeof__(call))vir_call_slot(list.call, conn);
    if (call)
        return vir_call_int(conn, call(conn, cap, names, maxnames, flags));
    if (flag_of_capability(&list, conn, cap, &flag) < 0)
        return -1;
    return name_handles(&list, conn, names, maxnames, flag);
}
