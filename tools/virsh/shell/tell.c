/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that are one public call: what is said about its result. */
#include <stdlib.h>

#include "virsh.h"

int
virsh_did(struct virsh *vsh, int result, const char *typed, const char *done, const char *failed)
{
    if (result < 0)
        return failed ? virsh_error(vsh, failed, typed) : -1;
    if (done)
        virsh_print_extra(vsh, done, typed);
    return 0;
}

/* Releases the object. */
int
virsh_made(struct virsh *vsh, enum virsh_object_kind number, void *object, const char *path,
           const char *done, const char *failed)
{
    const struct virsh_kind *kind = &virsh_kinds[number];
    char uuid[VIR_UUID_STRING_BUFLEN] = "";

    if (!object)
        return virsh_error(vsh, failed, path);
    if (!kind->name)
        kind->uuid(object, uuid);
    virsh_print_extra(vsh, done, kind->name ? kind->name(object) : uuid, path);
    kind->release(object);
    return 0;
}

int
virsh_show_text(struct virsh *vsh, const char *text, const char *failed)
{
    if (!text)
        return failed ? virsh_error(vsh, "%s", failed) : -1;
    virsh_print(vsh, "%s\n", text);
    return 0;
}

int
virsh_show_own_text(struct virsh *vsh, char *text, const char *failed)
{
    const int result = virsh_show_text(vsh, text, failed);

    free(text);
    return result;
}

int
virsh_show_uuid(struct virsh *vsh, enum virsh_object_kind kind, void *object)
{
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (virsh_kinds[kind].uuid(object, uuid) < 0)
        return virsh_error(vsh, "failed to get %s UUID", virsh_kinds[kind].noun);
    virsh_print(vsh, "%s\n", uuid);
    return 0;
}

int
virsh_show_each(struct virsh *vsh, enum virsh_object_kind kind, unsigned int filter, const char *failed,
                void (*print)(struct virsh *vsh, void *object))
{
    void **objects;
    const int n = virsh_objects_list(vsh, kind, filter, failed, &objects);

    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++)
        print(vsh, objects[i]);
    virsh_objects_free(kind, objects, n);
    return 0;
}

int
virsh_show_table(struct virsh *vsh, enum virsh_object_kind kind, unsigned int filter, const char *failed,
                 const char *const *titles, void (*add_row)(struct virsh_table *table, void *object))
{
    void **objects;
    const int n = virsh_objects_list(vsh, kind, filter, failed, &objects);
    struct virsh_table *table;

    if (n < 0)
        return -1;
    table = virsh_table_new(titles);
    for (int i = 0; i < n; i++)
        add_row(table, objects[i]);
    virsh_table_print(vsh, table);
    virsh_objects_free(kind, objects, n);
    return 0;
}
