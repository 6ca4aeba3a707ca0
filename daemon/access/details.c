/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What rules are told of an object; see details.h and the printed wire/access.h. */
#include "daemon/access/details.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/module.h>

#include "wire/access.h"

void
access_tell(struct access_details *details, const char *key, const char *value)
{
    if (!value)
        return;
    if (details->n == sizeof(details->list) / sizeof(details->list[0]))
        abort();                        /* what is printed tells less of every object */
    details->list[details->n++] = (struct daemon_polkit_detail){ key, vir_strdup(value) };
}

/* All zeroes: a document says none. */
void
access_tell_uuid(struct access_details *details, const char *key, const unsigned char *uuid)
{
    static const unsigned char none[VIR_UUID_BUFLEN];
    char text[VIR_UUID_STRING_BUFLEN];

    if (memcmp(uuid, none, sizeof(none)) == 0)
        return;
    vir_uuid_format(uuid, text);
    access_tell(details, key, text);
}

void
access_details_clear(struct access_details *details)
{
    while (details->n > 0)
        free((void *)(uintptr_t)details->list[--details->n].value);
}
