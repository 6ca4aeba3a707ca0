/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Objects of all kinds: found by what the user typed, listed, named. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nearest.h"
#include "shell.h"

static bool
looks_like_uuid(const char *text)
{
    return strlen(text) == VIR_UUID_STRING_BUFLEN - 1;
}

static bool
looks_like_mac(const char *text)
{
    return strlen(text) == 17 && strchr(text, ':');
}

/* -1: not an id */
static int
as_id(const char *text)
{
    char *end;
    long id;

    if (*text < '0' || *text > '9')
        return -1;
    errno = 0;
    id = strtol(text, &end, 10);
    return errno == 0 && *end == '\0' && id <= 0x7fffffff ? (int)id : -1;
}

/* A look-up found nothing, and did not fail otherwise. */
static bool
is_absent(const struct shell *vsh, const struct shell_kind *kind)
{
    return vsh->error_code == 0 || vsh->error_code == kind->absent || vsh->error_code == VIR_ERR_NO_SUPPORT ||
           vsh->error_code == VIR_ERR_INVALID_ARG;
}

static void
say_trying(struct shell *vsh, const char *command, const char *option, const struct shell_kind *kind,
           const char *way)
{
    shell_debug(vsh, 0, "%s: <%s> trying as %s %s\n", command, option, kind->noun, way);
}

/* In this order, as far as the option says. */
static void *
look_up(struct shell *vsh, const char *command, const struct shell_option *option, const char *text)
{
    const struct shell_kind *kind = &shell_kinds[option->object];
    const char *name = shell_option_name(option);
    const int id = kind->by_id && option->detail & SHELL_BY_ID ? as_id(text) : -1;
    void *found = NULL;

    if (id >= 0) {
        say_trying(vsh, command, name, kind, "ID");
        found = kind->by_id(vsh->conn, id);
    }
    if (!found && is_absent(vsh, kind) && kind->by_uuid && option->detail & SHELL_BY_UUID &&
        (!kind->by_name || looks_like_uuid(text))) {
        say_trying(vsh, command, name, kind, "UUID");
        found = kind->by_uuid(vsh->conn, text);
    }
    if (!found && is_absent(vsh, kind) && kind->by_name && option->detail & SHELL_BY_NAME) {
        say_trying(vsh, command, name, kind, "NAME");
        found = kind->by_name(vsh->conn, text);
    }
    if (!found && kind->by_mac && looks_like_mac(text)) {
        say_trying(vsh, command, name, kind, "MAC");
        found = kind->by_mac(vsh->conn, text);
    }
    return found;
}

/* Somebody who mistyped a name is shown the one that it resembles. */
static void
hint_name(struct shell *vsh, unsigned int kind, const char *text)
{
    char **names = shell_names(vsh, kind);
    const char *nearest = vir_nearest_name(text, (const char *const *)names);

    if (nearest)
        shell_hint(vsh, "did you mean '%s'?", nearest);
    shell_names_free(names);
}

void *
shell_object_find(struct shell *vsh, const struct shell_call *call, const struct shell_option *option,
                  const char *text)
{
    const struct shell_kind *kind = &shell_kinds[option->object];
    const char *command = shell_command_name(call->command);
    void *found;
    bool absent;

    shell_debug(vsh, 1, "%s: found option <%s>: %s\n", command, shell_option_name(option), text);
    shell_error_forget(vsh);
    found = look_up(vsh, command, option, text);
    absent = is_absent(vsh, kind);
    if (!found)
        shell_error(vsh, kind->missing, text);
    if (found || (kind->quiet && absent))
        shell_error_forget(vsh);
    shell_error_report(vsh);
    if (!found && absent && option->detail & SHELL_BY_NAME)
        hint_name(vsh, option->object, text);
    return found;
}

/* A kind without names goes by its uuid. */
static const char *
name_of(const struct shell_kind *kind, void *object, char *uuid)
{
    if (kind->name)
        return kind->name(object);
    return kind->uuid(object, uuid) < 0 ? "" : uuid;
}

static int
by_name(const void *a, const void *b, void *opaque)
{
    char left[VIR_UUID_STRING_BUFLEN], right[VIR_UUID_STRING_BUFLEN];

    return strcasecmp(name_of(opaque, *(void *const *)a, left), name_of(opaque, *(void *const *)b, right));
}

int
shell_objects_list(struct shell *vsh, unsigned int number, unsigned int filter, const char *failed,
                   void ***ret_objects)
{
    const struct shell_kind *kind = &shell_kinds[number];
    const int n = kind->list(vsh->conn, ret_objects, filter);

    if (n < 0)
        return shell_error(vsh, "%s", failed);
    if (n > 0)
        qsort_r(*ret_objects, (size_t)n, sizeof(**ret_objects), by_name, (void *)kind);
    return n;
}

void
shell_objects_free(unsigned int kind, void **objects, int n)
{
    for (int i = 0; i < n; i++)
        shell_kinds[kind].release(objects[i]);
    free(objects);
}

char **
shell_names(struct shell *vsh, unsigned int number)
{
    const struct shell_kind *kind = &shell_kinds[number];
    char uuid[VIR_UUID_STRING_BUFLEN], **names;
    void **objects = NULL;
    int n = kind->list ? kind->list(vsh->conn, &objects, 0) : 0;

    n = n < 0 ? 0 : n;
    names = vir_alloc_array((size_t)n + 1, sizeof(*names));
    for (int i = 0; i < n; i++)
        names[i] = vir_strdup(name_of(kind, objects[i], uuid));
    shell_objects_free(number, objects, n);
    shell_error_forget(vsh);
    return names;
}

void
shell_names_free(char **names)
{
    for (char **name = names; name && *name; name++)
        free(*name);
    free(names);
}
