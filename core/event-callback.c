/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One callback for events: what it wants to hear of. */
#include "event-state.h"

#include <stdlib.h>
#include <string.h>

enum { MATCH_REGEX = 1 << 0, MATCH_NOCASE = 1 << 1 };   /* flags of monitor events */

struct vir_event_callback *
vir_event_callback_free(struct vir_event_callback *callback)
{
    if (!callback)
        return NULL;
    if (callback->freecb)
        callback->freecb(callback->opaque);
    if (callback->pattern) {
        regfree(callback->pattern);
        free(callback->pattern);
    }
    free(callback->name);
    free(callback->key);
    free(callback);
    return NULL;
}

static bool
same_object(const struct vir_event_callback *callback, const struct vir_event *event)
{
    if (!callback->for_one)
        return true;
    if (callback->name)
        return event->object.name && !strcmp(callback->name, event->object.name);
    return event->object.uuid && !memcmp(callback->uuid, event->object.uuid, VIR_UUID_BUFLEN);
}

static bool
same_key(const struct vir_event_callback *callback, const struct vir_event *event)
{
    const char *key = event->type->key ? event->type->key(event->payload) : NULL;

    if (callback->pattern)
        return key && regexec(callback->pattern, key, 0, NULL, 0) == 0;
    if (callback->key)
        return key && (callback->nocase ? strcasecmp(callback->key, key) : strcmp(callback->key, key)) == 0;
    return true;
}

bool
vir_event_wanted(const struct vir_event_callback *callback, const struct vir_event *event)
{
    return !callback->gone && callback->family == event->type->family && callback->id == event->type->id &&
           same_object(callback, event) && same_key(callback, event);
}

/* Remembers which OBJECT of FAMILY the callback is about. */
static void
set_object(struct vir_event_callback *callback, void *object)
{
    static const uint8_t uuid_offsets[] = {
        [VIR_EVENT_DOMAIN] = offsetof(struct _virDomain, uuid),
        [VIR_EVENT_NETWORK] = offsetof(struct _virNetwork, uuid),
        [VIR_EVENT_STORAGE_POOL] = offsetof(struct _virStoragePool, uuid),
        [VIR_EVENT_SECRET] = offsetof(struct _virSecret, uuid),
        [VIR_EVENT_QEMU_MONITOR] = offsetof(struct _virDomain, uuid),
    };

    callback->for_one = object;
    if (object && callback->family == VIR_EVENT_NODE_DEVICE)
        callback->name = vir_strdup(vir_node_device_name(object));
    else if (object)
        memcpy(callback->uuid, (char *)object + uuid_offsets[callback->family], VIR_UUID_BUFLEN);
}

static int
set_key(struct vir_event_callback *callback, const char *key, unsigned int flags)
{
    int rc;

    callback->nocase = flags & MATCH_NOCASE;
    if (!key)
        return 0;
    if (!(flags & MATCH_REGEX)) {
        callback->key = vir_strdup(key);
        return 0;
    }
    callback->pattern = VIR_NEW(regex_t);
    rc = regcomp(callback->pattern, key, REG_EXTENDED | REG_NOSUB | (callback->nocase ? REG_ICASE : 0));
    if (rc != 0) {
        free(callback->pattern);
        callback->pattern = NULL;
        return vir_raise(VIR_FROM_EVENT, VIR_ERR_INVALID_ARG, "'%.100s' is not a regular expression", key);
    }
    return 0;
}

struct vir_event_callback *
vir_event_callback_new(int family, int id, void *object, const char *key, unsigned int flags)
{
    struct vir_event_callback *callback = VIR_NEW(struct vir_event_callback);

    callback->family = family;
    callback->id = id;
    set_object(callback, object);
    return set_key(callback, key, flags) < 0 ? vir_event_callback_free(callback) : callback;
}
