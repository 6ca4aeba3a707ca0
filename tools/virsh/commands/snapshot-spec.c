/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A snapshot as options say it; see snapshot-spec.h. */
#include <stdlib.h>
#include <string.h>

#include "commands/snapshot-spec.h"

enum { MAX_PARTS = 6 };                 /* of one option, and one more than that is wrong */

/* TEXT, which is changed, at its commas, of which two stand for one in a part. */
static size_t
split(char *text, char *parts[MAX_PARTS])
{
    size_t n = 0;
    char *to = text;

    parts[n++] = text;
    for (char *at = text; *at; at++) {
        if (*at != ',') {
            *to++ = *at;
        } else if (at[1] == ',') {
            *to++ = ',';
            at++;
        } else {
            *to++ = '\0';
            if (n == MAX_PARTS)
                return n + 1;
            parts[n++] = to;
        }
    }
    *to = '\0';
    return n;
}

/* PART is KEY=VALUE: the value. */
static const char *
value_of(const char *part, const char *key)
{
    size_t len = strlen(key);

    return strncmp(part, key, len) == 0 && part[len] == '=' ? part + len + 1 : NULL;
}

static void
put_attribute(struct vir_buf *xml, const char *name, const char *value)
{
    if (!value)
        return;
    vir_buf_addf(xml, " %s='", name);
    vir_buf_add_escaped(xml, value);
    vir_buf_add(xml, "'");
}

static void
put_element(struct vir_buf *xml, const char *name, const char *text)
{
    if (!text)
        return;
    vir_buf_addf(xml, "  <%s>", name);
    vir_buf_add_escaped(xml, text);
    vir_buf_addf(xml, "</%s>\n", name);
}

static int
put_memory(struct vir_buf *xml, const char *text)
{
    VIR_AUTO_FREE char *copy = vir_strdup(text);
    const char *file = NULL, *snapshot = NULL;
    char *parts[MAX_PARTS];
    size_t n = split(copy, parts);

    for (size_t i = 0; i < n && i < MAX_PARTS; i++) {
        const char *value;

        if (!snapshot && (value = value_of(parts[i], "snapshot")))
            snapshot = value;
        else if (!file && (value = value_of(parts[i], "file")))
            file = value;
        else if (!file && parts[i][0] == '/')
            file = parts[i];
        else
            return -1;
    }
    vir_buf_add(xml, "  <memory");
    put_attribute(xml, "snapshot", snapshot);
    put_attribute(xml, "file", file);
    vir_buf_add(xml, "/>\n");
    return n > MAX_PARTS ? -1 : 0;
}

static int
put_disk(struct shell *vsh, struct vir_buf *xml, const char *text)
{
    static const char *const keys[] = { "snapshot", "driver", "stype", "file" };
    enum { SNAPSHOT, DRIVER, STYPE, FILE_, KEYS };
    const char *said[KEYS] = { NULL };
    VIR_AUTO_FREE char *copy = vir_strdup(text);
    char *parts[MAX_PARTS];
    size_t n = split(copy, parts), key;
    bool block;

    for (size_t i = 1; i < n && i < MAX_PARTS; i++) {
        for (key = 0; key < KEYS && (said[key] || !value_of(parts[i], keys[key])); key++)
            ;
        if (key == KEYS)
            return -1;
        said[key] = value_of(parts[i], keys[key]);
    }
    block = said[STYPE] && strcmp(said[STYPE], "block") == 0;
    if (said[STYPE] && !block && strcmp(said[STYPE], "file") != 0) {
        shell_error(vsh, "Unknown storage type: '%s'", said[STYPE]);
        return -1;
    }
    if (n > MAX_PARTS || !parts[0][0])
        return -1;
    vir_buf_add(xml, "    <disk");
    put_attribute(xml, "name", parts[0]);
    put_attribute(xml, "snapshot", said[SNAPSHOT]);
    put_attribute(xml, "type", said[STYPE]);
    if (!said[DRIVER] && !said[FILE_]) {
        vir_buf_add(xml, "/>\n");
        return 0;
    }
    vir_buf_add(xml, ">\n");
    if (said[DRIVER]) {
        vir_buf_add(xml, "      <driver");
        put_attribute(xml, "type", said[DRIVER]);
        vir_buf_add(xml, "/>\n");
    }
    if (said[FILE_]) {
        vir_buf_add(xml, "      <source");
        put_attribute(xml, block ? "dev" : "file", said[FILE_]);
        vir_buf_add(xml, "/>\n");
    }
    vir_buf_add(xml, "    </disk>\n");
    return 0;
}

static int
put_all(struct shell *vsh, const struct snapshot_spec *spec, struct vir_buf *xml)
{
    vir_buf_add(xml, "<domainsnapshot>\n");
    put_element(xml, "name", spec->name);
    put_element(xml, "description", spec->description);
    if (spec->memory && put_memory(xml, spec->memory) < 0)
        return shell_error(vsh, "unable to parse memspec: %s", spec->memory);
    if (spec->n_disks > 0)
        vir_buf_add(xml, "  <disks>\n");
    for (size_t i = 0; i < spec->n_disks; i++)
        if (put_disk(vsh, xml, spec->disks[i]) < 0)
            return shell_error(vsh, "unable to parse diskspec: %s", spec->disks[i]);
    if (spec->n_disks > 0)
        vir_buf_add(xml, "  </disks>\n");
    vir_buf_add(xml, "</domainsnapshot>\n");
    return 0;
}

char *
virsh_snapshot_document(struct shell *vsh, const struct snapshot_spec *spec)
{
    struct vir_buf xml = { 0 };
    int ret = put_all(vsh, spec, &xml);
    char *text = vir_buf_steal(&xml);

    if (ret == 0)
        return text;
    free(text);
    return NULL;
}
