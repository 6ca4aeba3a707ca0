/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a module does not do of a document: all that its struct has no member for,
 * unless its schema says `pass`; and values that its schema says `refuse` of.
 */
#include "rest.h"

#include <stdlib.h>

struct walk {
    const struct vir_xml_limits *limits;
    int error_domain;                   /* of the document */
    struct vir_buf path;                /* below the root, where the walk is */
};

/* ---- limits --------------------------------------------------------------------- */

/* Whether the names of PATH begin with those of PATTERN, in which * stands for any one
 * name; AROUND: or the names of PATTERN with those of PATH, which are fewer. */
static bool
leads_to(const char *pattern, const char *path, bool around)
{
    for (;;) {
        size_t n = strcspn(pattern, "/"), m = strcspn(path, "/");

        if (!(n == 1 && *pattern == '*') && !(n == m && memcmp(pattern, path, n) == 0))
            return false;
        if (!pattern[n])
            return !around;
        if (!path[m])
            return around;
        pattern += n + 1;
        path += m + 1;
    }
}

/* Whether some limit speaks of what lies below the path. */
static bool
has_limits_below(const struct walk *walk)
{
    for (size_t i = 0; i < walk->limits->n; i++)
        if (leads_to(walk->limits->limits[i].path, walk->path.text, true))
            return true;
    return false;
}

/* The limit that says most about WORD at the path; NULL: none says anything. */
static const struct vir_xml_limit *
limit_at(const struct walk *walk, const char *word)
{
    const struct vir_xml_limit *best = NULL;
    size_t most = 0;

    for (size_t i = 0; i < walk->limits->n; i++) {
        const struct vir_xml_limit *limit = &walk->limits->limits[i];
        size_t says = strlen(limit->path) * 2 + (limit->word != NULL);

        if ((!limit->word || (word && strcmp(limit->word, word) == 0)) && says >= most &&
            leads_to(limit->path, walk->path.text, false)) {
            best = limit;
            most = says;
        }
    }
    return best;
}

/* ---- saying no ---------------------------------------------------------------------- */

static int
refuse(const struct walk *walk, const char *word)
{
    const char *name = strrchr(walk->path.text, '/'), *in = walk->path.text;
    size_t len = name ? (size_t)(name - in) : 0;

    name = name ? name + 1 : walk->path.text;
    for (size_t i = 0; i < len; i++)
        if (walk->path.text[i] == '/')
            in = walk->path.text + i + 1;
    len = name > in ? (size_t)(name - in - 1) : 0;
    if (word)
        vir_raise(walk->error_domain, VIR_ERR_CONFIG_UNSUPPORTED,
                  "the %s driver does not do %s%s%s '%s'%s%.*s%s yet", walk->limits->module,
                  *name == '@' ? "the attribute '" : "<", *name == '@' ? name + 1 : name,
                  *name == '@' ? "' with" : "> with", word, len ? " in <" : "", (int)len, in, len ? ">" : "");
    else if (*name == '@')
        vir_raise(walk->error_domain, VIR_ERR_CONFIG_UNSUPPORTED,
                  "the %s driver does not do the attribute '%s' of <%.*s> yet", walk->limits->module,
                  name + 1, len ? (int)len : 8, len ? in : "document");
    else
        vir_raise(walk->error_domain, VIR_ERR_CONFIG_UNSUPPORTED,
                  "the %s driver does not do <%s>%s%.*s%s yet", walk->limits->module, name,
                  len ? " in <" : "", (int)len, in, len ? ">" : "");
    vir_error_hint("to go on without it, take it out of the definition: it stands at '%s'", walk->path.text);
    return -1;
}

/* ---- walking -------------------------------------------------------------------------- */

/* Goes one name further; returns where to go back to. */
static size_t
enter(struct walk *walk, const char *mark, const char *name, size_t len)
{
    size_t before = walk->path.len;

    if (before)
        vir_buf_add(&walk->path, "/");
    vir_buf_add(&walk->path, mark);
    vir_buf_add_mem(&walk->path, name, len);
    return before;
}

static void
leave(struct walk *walk, size_t before)
{
    walk->path.len = before;
    walk->path.text[before] = '\0';
}

static int walk_struct(struct walk *walk, const struct vir_xml_table *table, const void *base);

static size_t
enter_item(struct walk *walk, const struct xml_item *item)
{
    const char *name = item->name ? xml_texts + item->name : "text()";

    return enter(walk, item->place == VIR_XML_ATTRIBUTE ? "@" : "", name, strlen(name));
}

/* A value that nobody need have said. */
static bool
is_preset(const struct xml_record *record)
{
    const struct xml_item *item = xml_record_item(record);
    const char *preset = item->more ? xml_text_at(xml_more[item->more].preset) : NULL;

    return preset && strcmp(preset, record->content) == 0;
}

static int walk_records(struct walk *walk, const struct vir_xml_table *table, struct xml_records records);

/* What no member is there for. */
static int
walk_record(struct walk *walk, const struct xml_record *record)
{
    const struct xml_item *item = xml_record_item(record);
    bool holds = xml_item_holds(item);
    size_t before = enter_item(walk, item);
    const struct vir_xml_limit *limit = limit_at(walk, holds ? NULL : record->content);
    int rc = 0;

    if (holds && (has_limits_below(walk) || item->flags & VIR_XML_ALWAYS))
        rc = walk_records(walk, NULL, xml_records_in(record));
    else if (limit ? limit->refuse : !is_preset(record))
        rc = refuse(walk, limit ? limit->word : NULL);
    leave(walk, before);
    return rc;
}

/* What the group TABLE has no members for. */
static int
walk_group(struct walk *walk, const struct vir_xml_table *table, const struct xml_record *record)
{
    size_t before = enter_item(walk, xml_record_item(record));
    int rc = walk_records(walk, table, xml_records_in(record));

    leave(walk, before);
    return rc;
}

/* TABLE: of the struct or group that they belong to; NULL: they are in a record. */
static int
walk_records(struct walk *walk, const struct vir_xml_table *table, struct xml_records records)
{
    const struct xml_record *record;
    int rc = 0;

    while (rc == 0 && (record = xml_records_next(&records))) {
        const struct vir_xml_table *group = table ? xml_record_group(table, record) : NULL;

        rc = group ? walk_group(walk, group, record) : walk_record(walk, record);
    }
    return rc;
}

/* A value that has a member. */
static int
walk_value(struct walk *walk, const struct vir_xml_row *row, const void *base)
{
    const struct vir_xml_limit *limit;
    struct vir_buf text = { 0 };
    int rc = 0;

    if (!walk->limits->n || row->flags & VIR_XML_MANY || row->kind == VIR_XML_VERBATIM)
        return 0;
    if (xml_value_write(row, base, &text)) {
        limit = limit_at(walk, text.text ? text.text : "");
        if (limit && limit->refuse)
            rc = refuse(walk, limit->word);
    }
    vir_buf_free(&text);
    return rc;
}

/* An element that the module does not do at all is refused itself, before what is in it. */
static int
walk_element(struct walk *walk, const struct vir_xml_table *table, const void *base)
{
    const struct vir_xml_limit *limit = limit_at(walk, NULL);

    if (limit && limit->refuse)
        return refuse(walk, NULL);
    return walk_struct(walk, table, base);
}

static int
walk_row(struct walk *walk, const struct vir_xml_row *row, const void *base)
{
    void *const *items;
    int rc = 0;

    switch (row->kind) {
    case VIR_XML_GROUP:
        return walk_struct(walk, row->of.table, base);
    case VIR_XML_PART:
        base = CONST_MEMBER(void *, base, row->offset);
        return base ? walk_element(walk, row->of.table, base) : 0;
    case VIR_XML_LIST:
        items = CONST_MEMBER(void **, base, row->offset);
        for (size_t i = 0; i < CONST_MEMBER(unsigned int, base, row->has) && rc == 0; i++)
            rc = walk_element(walk, row->of.table, items[i]);
        return rc;
    default:
        return walk_value(walk, row, base);
    }
}

static int
walk_struct(struct walk *walk, const struct vir_xml_table *table, const void *base)
{
    int rc = walk_records(walk, table, xml_records_at(table, base));

    for (size_t i = 0; i < table->n_rows && rc == 0; i++) {
        const struct vir_xml_row *row = &table->rows[i];
        const char *name = row->name ? row->name : "text()";
        size_t before = enter(walk, row->place == VIR_XML_ATTRIBUTE ? "@" : "", name, strlen(name));

        rc = walk_row(walk, row, base);
        leave(walk, before);
    }
    return rc;
}

int
vir_xml_refused(const struct vir_xml_limits *limits, const struct vir_xml_table *table, const char *path,
                const void *def)
{
    struct walk walk = { .limits = limits, .error_domain = xml_error_domain(table->path) };
    int rc;

    vir_buf_add(&walk.path, path);
    rc = walk_struct(&walk, table, def);
    vir_buf_free(&walk.path);
    return rc;
}
