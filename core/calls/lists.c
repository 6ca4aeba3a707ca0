/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The old calls that count and name objects, from the time before handles could
 * be listed.  A module may have them; where it has not, its list of handles
 * answers: the call of which the old one's entry says `as`.
 */
#include "lists.h"
#include "../connect.h"
#include "core/calls.h"

#include <stdlib.h>
#include <string.h>

/* ---- answers from the list of handles ---- */

typedef int (*list_all_fn)(void *from, void ***ret_handles, unsigned int flags);

static void
free_handles(void **handles, int n)
{
    for (int i = 0; i < n; i++)
        vir_object_unref(handles[i]);
    free(handles);
}

/* Gives ITEM of a handle, which lies at PLACE, to the caller's list. */
static void
give(void *items, int i, enum vir_list_item item, const void *place)
{
    char **texts = items;

    if (item == VIR_LIST_ID) {
        ((int *)items)[i] = __atomic_load_n((const int *)place, __ATOMIC_RELAXED);
    } else if (item == VIR_LIST_NAME) {
        texts[i] = vir_strdup(*(const char *const *)place);
    } else {
        texts[i] = vir_alloc(VIR_UUID_STRING_BUFLEN);
        vir_uuid_format(place, texts[i]);
    }
}

static int
count_handles(unsigned int call, void *from, unsigned int flags)
{
    list_all_fn all = (list_all_fn)vir_call_other_slot(call, from);

    return all ? vir_call_int(from, all(from, NULL, flags)) : vir_call_no_support(call, from);
}

static int
give_handles(unsigned int call, void *from, void *items, int max, unsigned int flags,
             enum vir_list_item item, size_t offset)
{
    list_all_fn all = (list_all_fn)vir_call_other_slot(call, from);
    void **handles = NULL;
    int n, given = 0;

    if (!all)
        return vir_call_no_support(call, from);
    n = vir_call_int(from, all(from, &handles, flags));
    for (; given < n && given < max; given++)
        give(items, given, item, (const char *)handles[given] + offset);
    free_handles(handles, n);
    return n < 0 ? -1 : given;
}

/* ---- the calls ---- */

static int
check_items(unsigned int call, void *from, const void *items, int max, unsigned int flags)
{
    if (vir_call_check(call, from, flags) < 0)
        return -1;
    if (max < 0)
        return vir_call_bad(call, from, "the size of the list", VIR_BAD_NEGATIVE);
    if (max > 0 && !items)
        return vir_call_bad(call, from, "the list", VIR_BAD_NULL);
    return 0;
}

int
vir_list_count(unsigned int call, void *from, unsigned int which)
{
    int (*own)(void *);

    if (vir_call_check(call, from, 0) < 0)
        return -1;
    own = (__typeof__(own))vir_call_slot(call, from);
    return own ? vir_call_int(from, own(from)) : count_handles(call, from, which);
}

int
vir_list_items(unsigned int call, void *from, void *items, int max, unsigned int which,
               enum vir_list_item item, size_t offset)
{
    int (*own)(void *, void *, int);

    if (check_items(call, from, items, max, 0) < 0)
        return -1;
    own = (__typeof__(own))vir_call_slot(call, from);
    if (own)
        return vir_call_int(from, own(from, items, max));
    return give_handles(call, from, items, max, which, item, offset);
}

int
vir_list_count_flags(unsigned int call, void *from, unsigned int flags)
{
    int (*own)(void *, unsigned int);

    if (vir_call_check(call, from, flags) < 0)
        return -1;
    own = (__typeof__(own))vir_call_slot(call, from);
    return own ? vir_call_int(from, own(from, flags)) : count_handles(call, from, flags);
}

int
vir_list_items_flags(unsigned int call, void *from, void *items, int max, unsigned int flags,
                     enum vir_list_item item, size_t offset)
{
    int (*own)(void *, void *, int, unsigned int);

    if (check_items(call, from, items, max, flags) < 0)
        return -1;
    own = (__typeof__(own))vir_call_slot(call, from);
    if (own)
        return vir_call_int(from, own(from, items, max, flags));
    return give_handles(call, from, items, max, flags, item, offset);
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
flag_of_capability(unsigned int call, virConnectPtr conn, const char *cap, unsigned int *ret_flag)
{
    *ret_flag = cap ? capability_flag(cap) : 0;
    if (!cap || *ret_flag)
        return 0;
    return vir_call_bad(call, conn, cap, VIR_BAD_UNKNOWN);
}

int
virNodeNumOfDevices(virConnectPtr conn, const char *cap, unsigned int flags)
{
    const unsigned int number = VIR_CALL_virNodeNumOfDevices;
    int (*own)(virConnectPtr, const char *, unsigned int);
    unsigned int flag;

    if (vir_call_check(number, conn, flags) < 0)
        return -1;
    own = (__typeof__(own))vir_call_slot(number, conn);
    if (own)
        return vir_call_int(conn, own(conn, cap, flags));
    return flag_of_capability(number, conn, cap, &flag) < 0 ? -1 : count_handles(number, conn, flag);
}

int
virNodeListDevices(virConnectPtr conn, const char *cap, char **const names, int maxnames, unsigned int flags)
{
    const unsigned int number = VIR_CALL_virNodeListDevices;
    int (*own)(virConnectPtr, const char *, char **, int, unsigned int);
    unsigned int flag;

    if (check_items(number, conn, names, maxnames, flags) < 0)
        return -1;
    own = (__typeof__(own))vir_call_slot(number, conn);
    if (own)
        return vir_call_int(conn, own(conn, cap, names, maxnames, flags));
    if (flag_of_capability(number, conn, cap, &flag) < 0)
        return -1;
    return give_handles(number, conn, names, maxnames, flag, VIR_LIST_NAME, offsetof(struct _virNodeDevice, name));
}
