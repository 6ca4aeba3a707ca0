/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking up names in the printed vocabulary. */
#include "vocabulary.h"

#include <string.h>

/* Compares a NUL-terminated name with LEN bytes of text. */
static int
compare_name(uint16_t name, const char *text, size_t len)
{
    const char *known = xml_names + name;
    int order = strncmp(known, text, len);

    return order ? order : known[len] != '\0';
}

static const struct xml_content *
find_child(const struct xml_content *content, const char *name, size_t len)
{
    const struct xml_child *list = xml_children + content->children;
    size_t low = 0, high = content->n_children;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare_name(list[middle].name, name, len);

        if (order == 0)
            return &xml_contents[list[middle].content];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return content->any ? content : NULL;
}

const struct xml_content *
xml_content_child(const struct xml_content *content, const char *name)
{
    return find_child(content, name, strlen(name));
}

const struct xml_content *
xml_content_at(const char *path)
{
    const struct xml_content *content = &xml_contents[0];

    while (content && *path) {
        size_t len = strcspn(path, "/");

        content = find_child(content, path, len);
        path += len + (path[len] == '/');
    }
    return content;
}

bool
xml_content_attribute(const struct xml_content *content, const char *name)
{
    const uint16_t *list = xml_attributes + content->attributes;
    size_t low = 0, high = content->n_attributes;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(xml_names + list[middle], name);

        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return content->any;
}

const char *
xml_nearest_child(const struct xml_content *content, const char *name)
{
    struct vir_nearest nearest = { .word = name };

    for (size_t i = 0; i < content->n_children; i++)
        vir_nearest_try(&nearest, xml_names + xml_children[content->children + i].name);
    return nearest.best;
}

const char *
xml_nearest_attribute(const struct xml_content *content, const char *name)
{
    struct vir_nearest nearest = { .word = name };

    for (size_t i = 0; i < content->n_attributes; i++)
        vir_nearest_try(&nearest, xml_names + xml_attributes[content->attributes + i]);
    return nearest.best;
}
