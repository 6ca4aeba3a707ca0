/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The life of a secret: defined, given a value, told, undefined.  What a document
 * may change of one that is there, and in which order that is looked at, is what
 * libvirt 9.0.0 does: clients know its answers.
 */
#include <string.h>

#include "secret.h"

#define JOB_DEADLINE_MS 30000
#define SECRET_UNREF __attribute__((cleanup(unref_secret))) struct secret *

/* Who holds it looks whether the uuid or the usage is free and adds a secret; nothing is waited for. */
static pthread_mutex_t adding = PTHREAD_MUTEX_INITIALIZER;

static void
unref_secret(struct secret **secret)
{
    vir_store_unref(*secret ? &(*secret)->entry : NULL);
}

static virSecretPtr
handle_of(virConnectPtr conn, struct secret *secret)
{
    virSecretPtr made;

    vir_store_lock(&secret->entry);
    made = secret_kind.handle(conn, &secret->entry);
    vir_store_unlock(&secret->entry);
    return made;
}

/* The secret that a handle means; NULL with VIR_ERR_NO_SECRET. */
static struct secret *
find(virSecretPtr handle_)
{
    return (struct secret *)vir_store_find_uuid(secret_driver.store, vir_secret_uuid(handle_), NULL);
}

/* ---- finding -------------------------------------------------------------------------- */

static bool
is_for(struct secret *secret, int type, const char *id)
{
    bool same;

    vir_store_lock(&secret->entry);
    same = type != VIR_SECRET_USAGE_TYPE_NONE && secret_usage_type(secret->def) == type &&
        strcmp(secret_usage_id(secret->def), id) == 0;
    vir_store_unlock(&secret->entry);
    return same;
}

/* A new reference; NULL without an error. */
static struct secret *
by_usage(int type, const char *id)
{
    struct vir_store_entry **list;
    struct secret *found = NULL;
    size_t n = vir_store_list(secret_driver.store, &list);

    for (size_t i = 0; i < n && !found; i++)
        if (is_for((struct secret *)list[i], type, id)) {
            found = (struct secret *)list[i];
            vir_store_ref(list[i]);
        }
    vir_store_list_free(list, n);
    return found;
}

virSecretPtr
secret_secret_lookup_by_usage(virConnectPtr conn, int type, const char *id)
{
    SECRET_UNREF secret = by_usage(type, id);

    if (!secret)
        return vir_error_null(VIR_ERR_NO_SECRET, "no secret with matching usage '%s'", id);
    return handle_of(conn, secret);
}

/* ---- defining --------------------------------------------------------------------------- */

static void
emit(const struct secret *secret, int event)
{
    vir_event_emit(secret_driver.hub, vir_event_secret_lifecycle(secret->entry.uuid, secret_usage_type(secret->def),
                                                                 secret_usage_id(secret->def), event, 0));
}

/* With the lock `adding`: -1 if another one is for the same. */
static int
check_usage(const struct secret_secret_def *def)
{
    SECRET_UNREF other = by_usage(secret_usage_type(def), secret_usage_id(def));

    if (other)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "a secret with UUID %s already defined for use with %s",
                         other->entry.name, secret_usage_id(def));
    return 0;
}

/* The secret that has the uuid of *DEF, or a new one with its job, to which *DEF goes over. */
static struct secret *
known_or_new(struct secret_secret_def **def)
{
    struct secret *secret;

    pthread_mutex_lock(&adding);
    secret = (struct secret *)vir_store_by_uuid(secret_driver.store, (*def)->uuid);
    if (!secret && check_usage(*def) == 0) {
        secret = secret_new(vir_steal(def), NULL);
        if (vir_store_add_with_job(secret_driver.store, &secret->entry, "define") < 0) {
            secret_free(&secret->entry);
            secret = NULL;
        }
    }
    pthread_mutex_unlock(&adding);
    return secret;
}

/* With the job. */
static int
check_change(const struct secret *secret, const struct secret_secret_def *def)
{
    const char *id = secret_usage_id(secret->def);

    if (strcmp(id, secret_usage_id(def)) != 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "a secret with UUID %s is already defined for use with %s",
                         secret->entry.name, *id ? id : "nothing");
    if (secret_is_private(secret->def) && !secret_is_private(def))
        return vir_error(VIR_ERR_INTERNAL_ERROR, "cannot change private flag on existing secret");
    return 0;
}

/* With the job: the disk has what DEF says. */
static int
keep(const struct secret *secret, const struct secret_secret_def *def)
{
    const bool was_kept = secret->def != def && !secret_is_ephemeral(secret->def);

    if (secret_is_ephemeral(def))
        return was_kept ? secret_config_remove(secret) : 0;
    if (secret_config_write(secret, def) < 0)
        return -1;
    if (!was_kept && secret->value && secret_config_write_value(secret, secret->value) < 0) {
        virErrorPtr error = vir_error_take();

        secret_config_remove(secret);
        vir_error_restore(error);
        return -1;
    }
    return 0;
}

/* Takes the job and gives it back; *DEF goes over where it succeeds. */
static int
define_known(struct secret *secret, struct secret_secret_def **def)
{
    struct secret_secret_def *old = NULL;

    if (vir_job_begin(&secret->entry, "define", JOB_DEADLINE_MS) < 0)
        return -1;
    if (check_change(secret, *def) == 0 && keep(secret, *def) == 0) {
        vir_store_lock(&secret->entry);
        old = secret->def;
        secret->def = vir_steal(def);
        vir_store_unlock(&secret->entry);
        emit(secret, VIR_SECRET_EVENT_DEFINED);
    }
    vir_job_end(&secret->entry);
    secret_secret_def_free(old);
    return old ? 0 : -1;
}

/* Has the job and gives it back. */
static int
define_new(struct secret *secret)
{
    int ret = keep(secret, secret->def);

    if (ret < 0)
        vir_store_remove(secret_driver.store, &secret->entry);
    else
        emit(secret, VIR_SECRET_EVENT_DEFINED);
    vir_job_end(&secret->entry);
    return ret;
}

virSecretPtr
secret_secret_define_xml(virConnectPtr conn, const char *xml, unsigned int flags)
{
    struct secret_secret_def *def = secret_read(xml, flags & VIR_SECRET_DEFINE_VALIDATE ? VIR_XML_VALIDATE : 0);
    SECRET_UNREF secret = def ? known_or_new(&def) : NULL;
    virSecretPtr made = NULL;

    if (secret && (def ? define_known(secret, &def) : define_new(secret)) == 0)
        made = handle_of(conn, secret);
    secret_secret_def_free(def);
    return made;
}

int
secret_secret_undefine(virSecretPtr handle_)
{
    SECRET_UNREF secret = find(handle_);
    int ret;

    if (!secret || vir_job_begin(&secret->entry, "undefine", JOB_DEADLINE_MS) < 0)
        return -1;
    ret = secret_is_ephemeral(secret->def) ? 0 : secret_config_remove(secret);
    if (ret == 0) {
        vir_store_remove(secret_driver.store, &secret->entry);
        emit(secret, VIR_SECRET_EVENT_UNDEFINED);
    }
    vir_job_end(&secret->entry);
    return ret;
}

/* ---- its document and its value ---------------------------------------------------------- */

char *
secret_secret_get_xml_desc(virSecretPtr handle_, unsigned int flags)
{
    SECRET_UNREF secret = find(handle_);
    char *text;

    (void)flags;
    if (!secret)
        return NULL;
    vir_store_lock(&secret->entry);
    text = secret_secret_def_format(secret->def, 0);
    vir_store_unlock(&secret->entry);
    return text;
}

int
secret_secret_set_value(virSecretPtr handle_, const unsigned char *bytes, size_t size, unsigned int flags)
{
    SECRET_UNREF secret = find(handle_);
    SECRET_AUTO_VALUE value = NULL;
    int ret;

    (void)flags;
    if (!secret)
        return -1;
    value = secret_value_new(size);
    if (!value || vir_job_begin(&secret->entry, "set-value", JOB_DEADLINE_MS) < 0)
        return -1;
    memcpy(value->bytes, bytes, size);
    ret = secret_is_ephemeral(secret->def) ? 0 : secret_config_write_value(secret, value);
    if (ret == 0) {
        struct secret_value *old = secret->value;

        vir_store_lock(&secret->entry);
        secret->value = value;
        vir_store_unlock(&secret->entry);
        value = old;
        vir_event_emit(secret_driver.hub, vir_event_secret_value_changed(
            secret->entry.uuid, secret_usage_type(secret->def), secret_usage_id(secret->def)));
    }
    vir_job_end(&secret->entry);
    return ret;
}

/* With the entry's lock. */
static unsigned char *
copy_value(const struct secret *secret, size_t *ret_size, bool inside)
{
    unsigned char *copy;

    if (secret_is_private(secret->def) && !inside)
        return vir_error_null(VIR_ERR_INVALID_SECRET, "secret is private");
    if (!secret->value)
        return vir_error_null(VIR_ERR_NO_SECRET, "secret '%s' does not have a value", secret->entry.name);
    copy = vir_try_alloc(secret->value->size + 1, 1, SECRET_MAX_VALUE + 1);
    if (copy) {
        memcpy(copy, secret->value->bytes, secret->value->size);
        *ret_size = secret->value->size;
    }
    return copy;
}

unsigned char *
secret_secret_get_value(virSecretPtr handle_, size_t *ret_size, unsigned int flags)
{
    SECRET_UNREF secret = find(handle_);
    unsigned char *copy;

    if (!secret)
        return NULL;
    vir_store_lock(&secret->entry);
    copy = copy_value(secret, ret_size, flags & VIR_SIBLING);
    vir_store_unlock(&secret->entry);
    return copy;
}
