/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of the secret module share.
 */
#ifndef SECRET_H
#define SECRET_H

#define VIR_MODULE_DOMAIN VIR_FROM_SECRET
#define VIR_LOG_SOURCE "secret"
#include <libvirt/module.h>

#include "secret-schema.h"              /* struct secret_secret_def: from secret.schema */

#define SECRET_MAX_VALUE 65536          /* bytes: what a message carries */

/* Bytes that nobody else may see: in no core dump, and overwritten when they are released. */
struct secret_value {
    size_t size;
    unsigned char bytes[];
};

/* A secret.  Who changes it has the job of its entry and, for moments, its lock: who has one of them may read. */
struct secret {
    struct vir_store_entry entry;       /* first, as the store wants it; the name is the uuid as text, there is no id */
    struct secret_secret_def *def;
    struct secret_value *value;         /* NULL: none was set */
};

/* What all connections of the process share: made by load, released by unload; driver.c. */
struct secret_driver {
    const struct vir_host *host;
    struct vir_store *store;
    struct vir_event_hub *hub;
    struct vir_keep keep;               /* definitions, and values beside them */
    struct secret_value *key;           /* by which values are written; NULL: in base64 */
};
extern struct secret_driver secret_driver;

/* ---- the calls: module.c tells which the module has; connect.c and life.c have them ---- */

VIR_DECLARE_CALLS(secret);

/* ---- secret.c ------------------------------------------------------------- */

/* The public number of what it is for, and its name ("" if it is for nothing). */
int secret_usage_type(const struct secret_secret_def *def);
const char *secret_usage_id(const struct secret_secret_def *def);
bool secret_is_ephemeral(const struct secret_secret_def *def);
bool secret_is_private(const struct secret_secret_def *def);
/* Takes over both; VALUE may be NULL. */
struct secret *secret_new(struct secret_secret_def *def, struct secret_value *value);
void secret_free(struct vir_store_entry *entry);
/* A document; one without a uuid gets one. */
struct secret_secret_def *secret_read(const char *xml, unsigned int flags);
extern const struct vir_store_kind secret_kind;

/* ---- value.c -------------------------------------------------------------- */

struct secret_value *secret_value_new(size_t size);     /* NULL with an error */
/* The first SIZE bytes of *VALUE, which is released; NULL with an error. */
struct secret_value *secret_value_resize(struct secret_value **value, size_t size);
struct secret_value *secret_value_free(struct secret_value *value);     /* returns NULL */
void secret_value_auto_free(struct secret_value **value);
#define SECRET_AUTO_VALUE __attribute__((cleanup(secret_value_auto_free))) struct secret_value *

/* ---- key.c ---------------------------------------------------------------- */

/* Reads secret.conf and the key that it or the service manager gives; -1 with an error. */
int secret_key_load(void);

/* ---- config.c: what is on disk; these wait for it ---------------------------- */

int secret_config_open(void);
void secret_config_close(void);
/* All that are there, into the store. */
void secret_config_load_all(void);
int secret_config_write(const struct secret *secret, const struct secret_secret_def *def);
int secret_config_write_value(const struct secret *secret, const struct secret_value *value);
int secret_config_remove(const struct secret *secret);

#endif
