/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The secret module: what the core sees.  It keeps passwords and keys for guests
 * and pools, on its own connections and on those of hypervisors.
 */
#include "secret.h"
#include "manifest.h"   /* VIR_MODULE_MANIFEST, printed from modules.d/secret.module */

#define NOW VIR_SLOT_NONBLOCKING        /* memory only, locks held for moments */

static void
unload(void)
{
    secret_driver.store = vir_store_free(secret_driver.store);
    secret_driver.hub = vir_event_hub_free(secret_driver.hub);
    secret_driver.key = secret_value_free(secret_driver.key);
    secret_config_close();
}

static int
load(const struct vir_host *host)
{
    secret_driver.host = host;
    secret_driver.store = vir_store_new(&secret_kind, secret_free);
    secret_driver.hub = vir_event_hub_new();
    if (secret_config_open() < 0 || secret_key_load() < 0) {
        unload();
        return -1;
    }
    secret_config_load_all();
    return 0;
}

static const struct vir_connect_ops connect_ops = {
    VIR_OPS(vir_connect_ops),
    .connect_open = { secret_connect_open, 0, 0 },
    .connect_get_type = { secret_connect_get_type, 0, NOW },
    .connect_is_alive = { secret_connect_is_alive, 0, NOW },
    .connect_is_encrypted = { secret_connect_is_encrypted, 0, NOW },
    .connect_is_secure = { secret_connect_is_secure, 0, NOW },
};

static const struct vir_secret_ops secret_ops = {
    VIR_OPS(vir_secret_ops),
    VIR_STORED_SECRET(NOW),             /* the driver library answers from the store */
    .secret_lookup_by_usage = { secret_secret_lookup_by_usage, 0, NOW },
    .secret_define_xml = { secret_secret_define_xml, VIR_SECRET_DEFINE_VALIDATE, 0 },
    .secret_get_xml_desc = { secret_secret_get_xml_desc, 0, NOW },
    .secret_set_value = { secret_secret_set_value, 0, 0 },
    .secret_get_value = { secret_secret_get_value, 0, NOW },
    .secret_undefine = { secret_secret_undefine, 0, 0 },
};

VIR_MODULE_DEFINE(secret,
    VIR_MODULE_MANIFEST,
    .version = "1",
    .load = load,
    .unload = unload,
    .connect = &connect_ops,
    .secret = &secret_ops,
);
