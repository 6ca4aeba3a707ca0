/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The door from a guest's module to the modules of families.  Slots are called as
 * the core calls them; what it does beside that for programs is left out: flags are
 * not checked, and the thread's error is not reset.
 */
#include "core/private.h"

#include <stdlib.h>
#include <string.h>

virConnectPtr
vir_sibling_open(const struct vir_host *host, const char *family)
{
    VIR_AUTO_FREE char *uri = vir_strdup_printf("%s:///%s", family, host->privileged ? "system" : "session");
    virErrorPtr before = vir_error_take();
    virConnectPtr sibling = virConnectOpen(uri);

    if (sibling)
        vir_error_restore(before);
    else
        vir_error_drop(before);
    return sibling;
}

virConnectPtr
vir_sibling_close(virConnectPtr sibling)
{
    virErrorPtr before = vir_error_take();

    if (sibling)
        virConnectClose(sibling);
    vir_error_restore(before);
    return NULL;
}

/* The function in a slot; NULL with an error. */
static void *
slot_of(virConnectPtr sibling, unsigned int table, unsigned int slot, const char *call)
{
    const struct vir_slot *row = vir_core.connect_slot_row(sibling, table, slot);

    if (!row || !row->call)
        vir_raise(VIR_FROM_NONE, VIR_ERR_NO_SUPPORT, "%s of '%s'", call, vir_connect_uri_text(sibling));
    return row && row->call ? (void *)row->call : NULL;
}

#define SLOT(sibling, table, ops, slot) \
    ((__typeof__(((struct ops *)NULL)->slot.call))slot_of(sibling, table, VIR_SLOT_##slot, #slot))

static virSecretPtr
find_secret(virConnectPtr sibling, const unsigned char *uuid, int usage_type, const char *usage_id)
{
    if (uuid) {
        __auto_type look_up = SLOT(sibling, VIR_TABLE_SECRET, vir_secret_ops, secret_lookup_by_uuid);

        return look_up ? look_up(sibling, uuid) : NULL;
    } else {
        __auto_type look_up = SLOT(sibling, VIR_TABLE_SECRET, vir_secret_ops, secret_lookup_by_usage);

        return look_up ? look_up(sibling, usage_type, usage_id) : NULL;
    }
}

int
vir_sibling_secret(virConnectPtr sibling, const unsigned char *uuid, int usage_type, const char *usage_id,
                   unsigned char **ret_value, size_t *ret_size)
{
    __auto_type get_value = SLOT(sibling, VIR_TABLE_SECRET, vir_secret_ops, secret_get_value);
    virSecretPtr secret = get_value ? find_secret(sibling, uuid, usage_type, usage_id) : NULL;
    unsigned char *value = secret ? get_value(secret, ret_size, VIR_SIBLING) : NULL;
    virErrorPtr error = vir_error_take();

    if (secret)
        virSecretFree(secret);          /* resets the thread's error */
    vir_error_restore(error);
    if (!value)
        return -1;
    *ret_value = value;
    return 0;
}

void
vir_sibling_secret_free(unsigned char *value, size_t size)
{
    if (value)
        explicit_bzero(value, size);
    free(value);
}
