/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that are one public call: what is said about its result. */
#include <stdlib.h>

#include "shell.h"

int
shell_did(struct shell *vsh, int result, const char *typed, const char *done, const char *failed)
{
    if (result < 0)
        return failed ? shell_error(vsh, failed, typed) : -1;
    if (done)
        shell_print_extra(vsh, done, typed);
    return 0;
}

/* Releases the object. */
int
shell_made(struct shell *vsh, unsigned int number, void *object, const char *path,
           const char *done, const char *failed)
{
    const struct shell_kind *kind = &shell_kinds[number];
    char uuid[VIR_UUID_STRING_BUFLEN] = "";

    if (!object)
        return shell_error(vsh, failed, path);
    if (!kind->name)
        kind->uuid(object, uuid);
    shell_print_extra(vsh, done, kind->name ? kind->name(object) : uuid, path);
    kind->release(object);
    return 0;
}

int
shell_show_text(struct shell *vsh, const char *text, const char *failed)
{
    if (!text)
        return failed ? shell_error(vsh, "%s", failed) : -1;
    shell_print(vsh, "%s\n", text);
    return 0;
}

int
shell_show_own_text(struct shell *vsh, char *text, const char *failed)
{
    const int result = shell_show_text(vsh, text, failed);

    free(text);
    return result;
}

int
shell_show_uuid(struct shell *vsh, unsigned int kind, void *object)
{
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (shell_kinds[kind].uuid(object, uuid) < 0)
        return shell_error(vsh, "failed to get %s UUID", shell_kinds[kind].noun);
    shell_print(vsh, "%s\n", uuid);
    return 0;
}

int
shell_show_each(struct shell *vsh, unsigned int kind, unsigned int filter, const char *failed,
                void (*print)(struct shell *vsh, void *object))
{
    void **objects;
    const int n = shell_objects_list(vsh, kind, filter, failed, &objects);

    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++)
        print(vsh, objects[i]);
    shell_objects_free(kind, objects, n);
    return 0;
}

int
shell_show_table(struct shell *vsh, unsigned int kind, unsigned int filter, const char *failed,
                 const char *const *titles, void (*add_row)(struct shell_table *table, void *object))
{
    void **objects;
    const int n = shell_objects_list(vsh, kind, filter, failed, &objects);
    struct shell_table *table;

    if (n < 0)
        return -1;
    table = shell_table_new(titles);
    for (int i = 0; i < n; i++)
        add_row(table, objects[i]);
    shell_table_print(vsh, table);
    shell_objects_free(kind, objects, n);
    return 0;
}
