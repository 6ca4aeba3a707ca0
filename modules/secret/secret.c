/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A secret: what it is like, made from a document and released. */
#include <stdlib.h>
#include <string.h>

#include "secret.h"

/* ---- what one is like ------------------------------------------------------------- */

int
secret_usage_type(const struct secret_secret_def *def)
{
    return def->usage.present ? (int)def->usage.type - SECRET_SECRET_USAGE_TYPE_NONE : VIR_SECRET_USAGE_TYPE_NONE;
}

const char *
secret_usage_id(const struct secret_secret_def *def)
{
    switch (secret_usage_type(def)) {
    case VIR_SECRET_USAGE_TYPE_NONE:
        return "";
    case VIR_SECRET_USAGE_TYPE_VOLUME:
        return def->usage.volume;
    case VIR_SECRET_USAGE_TYPE_ISCSI:
        return def->usage.target;
    default:
        return def->usage.name;
    }
}

bool
secret_is_ephemeral(const struct secret_secret_def *def)
{
    return def->ephemeral == VIR_XML_YES;
}

bool
secret_is_private(const struct secret_secret_def *def)
{
    return def->private == VIR_XML_YES;
}

static unsigned int
facts(const struct vir_store_entry *entry)
{
    const struct secret_secret_def *def = ((const struct secret *)entry)->def;

    return (secret_is_ephemeral(def) ? VIR_CONNECT_LIST_SECRETS_EPHEMERAL : VIR_CONNECT_LIST_SECRETS_NO_EPHEMERAL) |
        (secret_is_private(def) ? VIR_CONNECT_LIST_SECRETS_PRIVATE : VIR_CONNECT_LIST_SECRETS_NO_PRIVATE);
}

static void *
handle(virConnectPtr conn, const struct vir_store_entry *entry)
{
    const struct secret_secret_def *def = ((const struct secret *)entry)->def;

    return vir_secret_new(conn, entry->uuid, secret_usage_type(def), secret_usage_id(def));
}

const struct vir_store_kind secret_kind = {
    "secret", VIR_MODULE_DOMAIN, VIR_ERR_NO_SECRET, .facts = facts, .handle = handle,
};

/* ---- making and releasing ----------------------------------------------------------- */

struct secret_secret_def *
secret_read(const char *xml, unsigned int flags)
{
    struct secret_secret_def *def = secret_secret_def_parse(xml, flags);

    if (!def)
        return NULL;
    if (def->usage.type == SECRET_SECRET_USAGE_TYPE_NONE)
        def->usage.present = false;
    if (!def->has_uuid && vir_uuid_generate(def->uuid) < 0)
        return secret_secret_def_free(def);
    def->has_uuid = true;
    return def;
}

struct secret *
secret_new(struct secret_secret_def *def, struct secret_value *value)
{
    struct secret *secret = VIR_NEW(struct secret);
    char uuid[VIR_UUID_STRING_BUFLEN];

    vir_uuid_format(def->uuid, uuid);
    secret->entry.name = vir_strdup(uuid);
    memcpy(secret->entry.uuid, def->uuid, VIR_UUID_BUFLEN);
    secret->entry.id = -1;
    secret->def = def;
    secret->value = value;
    return secret;
}

void
secret_free(struct vir_store_entry *entry)
{
    struct secret *secret = (struct secret *)entry;

    secret_secret_def_free(secret->def);
    secret_value_free(secret->value);
    free(secret->entry.name);
    free(secret);
}
