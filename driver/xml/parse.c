/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a document into a struct, table beside tree. */
#include "reader.h"

#include <stdlib.h>

static int read_element(struct reader *reader, const struct vir_xml_table *table, void *base,
                        struct xml_node *node, const struct xml_node *part, int depth);

static bool
skipped(const struct reader *reader, const struct vir_xml_row *row)
{
    return row->flags & VIR_XML_LIVE && reader->flags & VIR_XML_INACTIVE;
}

/* An alias that the user chose is no matter of the running guest alone. */
static bool
user_alias(const struct xml_node *node)
{
    const struct xml_attr *name = xml_attr_find(node, "name");

    return name && strncmp(name->value, USER_ALIAS, strlen(USER_ALIAS)) == 0;
}

/* ---- what depends on other attributes -------------------------------------------------- */

static bool
holds(const struct target *target, const struct vir_xml_condition *condition)
{
    const struct xml_node *node = condition->above ? target->part : target->node;
    const struct xml_attr *attr = node ? xml_attr_find(node, condition->attribute) : NULL;
    const char *word = attr ? attr->value : condition->preset;

    return word && xml_word_in(condition->words, word);
}

/* Whether the value of another attribute says that this means nothing. */
static bool
is_meaningless(const struct target *target, const struct vir_xml_row *row)
{
    const struct vir_xml_condition *when = row->extra ? row->extra->when : NULL;
    const struct xml_node *node = when && when->above ? target->part : target->node;

    return when && !holds(target, when) && (when->preset || (node && xml_attr_find(node, when->attribute)));
}

/* Where nothing need be said, an empty text says nothing. */
static bool
says_nothing(const struct vir_xml_row *row, const char *text)
{
    if (row->extra && row->extra->unsaid && xml_word_in(row->extra->unsaid, text))
        return true;
    return !text[strspn(text, " \t\r\n")] && !(row->flags & (VIR_XML_REQUIRED | VIR_XML_EMPTY)) &&
        !(row->extra && row->extra->needed);
}

/* ---- values ---------------------------------------------------------------------------------- */

static int
read_value(struct reader *reader, struct target *target, const struct vir_xml_row *row,
           const struct xml_node *node, const char *text, const char *unit)
{
    if (xml_value_read(row, target->base, text, unit, reader->flags & VIR_XML_VALIDATE) < 0)
        return xml_wrong_value(reader, row, node, text);
    if (row->has != VIR_XML_NO_MEMBER)
        MEMBER(bool, target->base, row->has) = true;
    return 0;
}

/* One more of them. */
static int
read_values(struct reader *reader, struct target *target, const struct vir_xml_row *row,
            const struct xml_node *node, const char *text, const char *unit)
{
    void *value = xml_values_add(row, target->base, reader->max_list);
    struct vir_xml_row one = *row;

    if (!value)
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "more than %u elements <%s>", reader->max_list,
                           node->name);
    one.offset = 0;
    if (xml_value_read(&one, value, text, unit, reader->flags & VIR_XML_VALIDATE) < 0)
        return xml_wrong_value(reader, row, node, text);
    return 0;
}

/* The unit beside a number: NULL if there is none; -1: it is wrong. */
static int
find_unit(struct reader *reader, const struct vir_xml_row *row, const struct xml_node *node,
          const char **ret_unit)
{
    struct xml_attr *unit = xml_is_scaled(row) ? xml_attr_find(node, "unit") : NULL;

    *ret_unit = unit && *unit->value ? unit->value : NULL;
    if (unit)
        unit->used = true;
    if (*ret_unit && !xml_unit_bytes(unit->value))
        return xml_wrong_unit(reader, node, unit->value);
    return 0;
}

/* What is kept as text, and yet must be a value of some kind. */
static int
check_kept(struct reader *reader, const struct vir_xml_row *row, const struct xml_node *node,
           const char *text)
{
    struct vir_xml_row value = *row;
    const char *unit;

    value.kind = row->checked;
    value.offset = 0;
    if (!row->checked || says_nothing(row, text))
        return 0;
    if (find_unit(reader, row, node, &unit) < 0)
        return -1;
    if (xml_value_check(&value, text, unit, reader->flags & VIR_XML_VALIDATE) == 0)
        return 0;
    return xml_wrong_value(reader, &value, node, text);
}

/* The row of NAME among rows FIRST to END: documents come mostly in the tables'
 * order, so the search goes on where the last one ended. */
static const struct vir_xml_row *
find_row(const struct vir_xml_table *table, size_t first, size_t end, size_t *last, const char *name)
{
    size_t i = *last < end ? *last : first;

    for (size_t n = first; n < end; n++) {
        const char *known = table->rows[i].name;

        if (known && known[0] == name[0] && strcmp(known, name) == 0) {
            *last = i;
            return &table->rows[i];
        }
        i = i + 1 < end ? i + 1 : first;
    }
    return NULL;
}

/* Whether the element has a number that a unit belongs to. */
static bool
has_scaled(const struct vir_xml_table *table)
{
    for (size_t i = 0; i < table->n_rows && table->rows[i].place != VIR_XML_ELEMENT; i++)
        if (table->rows[i].kind == VIR_XML_MEMORY || table->rows[i].kind == VIR_XML_BYTES)
            return true;
    return false;
}

static int
read_attribute(struct reader *reader, struct target *target, const struct vir_xml_row *row,
               const struct xml_node *node, const struct xml_attr *attr)
{
    const char *unit;

    if (row->kind != VIR_XML_KEEP) {
        if (find_unit(reader, row, node, &unit) < 0 ||
            read_value(reader, target, row, node, attr->value, unit) < 0)
            return -1;
        if (row->extra && row->extra->unique)
            xml_unique_note(reader, row, node, target->base);
        return 0;
    }
    if (check_kept(reader, row, node, attr->value) < 0)
        return -1;
    return xml_rest_attribute(reader, target, node, attr, (size_t)(row - target->table->rows),
                              XML_REST_ATTRIBUTE, row->flags & VIR_XML_LIVE);
}

/* HEX: only those numbers whose notation another attribute decides, or only the
 * rest.  ret_left: bit 0 says that there are such numbers, bit 1 unknown names. */
static int
read_some_attributes(struct reader *reader, struct target *target, const struct xml_node *node,
                     uint64_t *seen, bool hex, unsigned int *ret_left)
{
    const struct vir_xml_table *table = target->table;
    size_t last = 0;

    for (struct xml_attr *attr = node->attrs; attr; attr = attr->next) {
        const struct vir_xml_row *row = NULL;

        if (attr->declares)
            continue;
        row = find_row(table, 0, table->n_attributes, &last, attr->name);
        attr->used = row || (strcmp(attr->name, "unit") == 0 && has_scaled(table));
        *ret_left |= !attr->used ? 2 : row && xml_is_hex(row) ? 1 : 0;
        if (!row || skipped(reader, row) || hex != xml_is_hex(row) || says_nothing(row, attr->value))
            continue;
        if (is_meaningless(target, row)) {
            xml_meaningless(reader, row, node);
            continue;
        }
        seen[last / 64] |= (uint64_t)1 << last % 64;
        if (read_attribute(reader, target, row, node, attr) < 0)
            return -1;
        last++;
    }
    return 0;
}

static int
read_attributes(struct reader *reader, struct target *target, const struct xml_node *node, uint64_t *seen)
{
    const struct vir_xml_table *table = target->table;
    unsigned int left = 0;

    if (read_some_attributes(reader, target, node, seen, false, &left) < 0 ||
        (left & 1 && read_some_attributes(reader, target, node, seen, true, &left) < 0))
        return -1;
    if (!(left & 2))
        return 0;
    return xml_rest_attributes(reader, target, xml_content_at(table->path), node, table->n_attributes,
                               XML_REST_ATTRIBUTE);
}

/* What stands in or on an element that holds one value, and belongs to nobody. */
static int
read_leaf_rest(struct reader *reader, struct target *target, const struct xml_node *node, size_t at)
{
    const struct xml_content *content = xml_content_at(target->table->path);

    content = content ? xml_content_child(content, node->name) : NULL;
    for (const struct xml_node *child = node->first; child; child = child->next)
        if (child->kind == XML_NODE_ELEMENT && xml_unknown_element(reader, content, child) < 0)
            return -1;
    return xml_rest_attributes(reader, target, content, node, at, XML_REST_INSIDE);
}

/* An element that holds one value; it is not there if it SAYS nothing. */
static int
read_leaf(struct reader *reader, struct target *target, const struct vir_xml_row *row, struct xml_node *node,
          bool *ret_says)
{
    const char *text = xml_node_text(&reader->tree, node), *unit;
    size_t at = (size_t)(row - target->table->rows);

    *ret_says = row->kind == VIR_XML_FLAG || !says_nothing(row, text);
    if (find_unit(reader, row, node, &unit) < 0)
        return -1;
    if (row->kind == VIR_XML_FLAG)
        MEMBER(bool, target->base, row->offset) = true;
    else if (*ret_says && (row->flags & VIR_XML_MANY ? read_values : read_value)(reader, target, row, node,
                                                                                   text, unit) < 0)
        return -1;
    /* Nearly all have nothing but a text. */
    if ((node->attrs && (!node->attrs->used || node->attrs->next)) || node->first != node->last ||
        (node->first && node->first->kind == XML_NODE_ELEMENT))
        return read_leaf_rest(reader, target, node, at);
    return 0;
}

static int
read_verbatim(struct reader *reader, struct target *target, const struct vir_xml_row *row,
              struct xml_node *node)
{
    const struct xml_content *content = xml_content_at(target->table->path);
    struct vir_buf buf = { 0 };

    content = content ? xml_content_child(content, node->name) : NULL;
    if (content && !content->any && xml_prune(reader, content, node) < 0)
        return -1;
    xml_keep_element(&buf, node, target->depth + 1, row->flags & VIR_XML_FOREIGN);
    free(MEMBER(char *, target->base, row->offset));
    MEMBER(char *, target->base, row->offset) = vir_buf_steal(&buf);
    return 0;
}

static int
read_sub(struct reader *reader, struct target *target, const struct vir_xml_row *row, struct xml_node *node)
{
    void *base = target->base;

    switch (row->kind) {
    case VIR_XML_GROUP:
        MEMBER(bool, base, row->has) = true;
        break;
    case VIR_XML_PART:
        base = vir_alloc(row->of.table->size);
        MEMBER(void *, target->base, row->offset) = base;
        break;
    default:
        base = xml_list_add(row, base, reader->max_list);
        if (!base)
            return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "more than %u elements <%s>",
                               reader->max_list, node->name);
        break;
    }
    return read_element(reader, row->of.table, base, node, row->kind == VIR_XML_GROUP ? target->part : node,
                        target->depth + 1);
}

static int
keep_child(struct reader *reader, struct target *target, const struct vir_xml_row *row, struct xml_node *node)
{
    if (row->checked && check_kept(reader, row, node, xml_node_text(&reader->tree, node)) < 0)
        return -1;
    return xml_rest_element(reader, target, node, (size_t)(row - target->table->rows),
                            row->flags & VIR_XML_LIVE && !user_alias(node), true);
}

static int
read_child(struct reader *reader, struct target *target, const struct vir_xml_row *row, struct xml_node *node,
           uint64_t *seen)
{
    size_t at = (size_t)(row - target->table->rows);
    uint64_t bit = (uint64_t)1 << at % 64;
    bool again = seen[at / 64] & bit, says;

    if (skipped(reader, row) && !user_alias(node))
        return 0;
    if (is_meaningless(target, row)) {
        xml_meaningless(reader, row, node);
        return 0;
    }
    seen[at / 64] |= bit;
    if (row->kind == VIR_XML_KEEP)
        return keep_child(reader, target, row, node);
    if (again && row->kind != VIR_XML_LIST && !(row->flags & VIR_XML_MANY))
        return xml_twice(reader, node, row->flags & VIR_XML_ONCE);
    if (row->kind == VIR_XML_GROUP && !(row->flags & VIR_XML_ONCE) && xml_merge_twins(reader, node) < 0)
        return -1;
    switch (row->kind) {
    case VIR_XML_VERBATIM:
        return read_verbatim(reader, target, row, node);
    case VIR_XML_GROUP:
    case VIR_XML_PART:
    case VIR_XML_LIST:
        return read_sub(reader, target, row, node);
    default:
        if (read_leaf(reader, target, row, node, &says) < 0)
            return -1;
        if (!says && !again)
            seen[at / 64] &= ~bit;
        return 0;
    }
}

static int
read_children(struct reader *reader, struct target *target, const struct xml_node *node, uint64_t *seen)
{
    const struct vir_xml_table *table = target->table;
    size_t first = table->n_attributes, last = first, behind;

    if (first < table->n_rows && table->rows[first].place == VIR_XML_TEXT) {
        const struct vir_xml_row *row = &table->rows[first];
        const char *text = xml_node_text(&reader->tree, node), *unit;

        if (row->kind != VIR_XML_KEEP && text[strspn(text, " \t\r\n")]) {
            if (find_unit(reader, row, node, &unit) < 0 ||
                read_value(reader, target, row, node, text, unit) < 0)
                return -1;
            seen[first / 64] |= (uint64_t)1 << first % 64;
        }
        last = ++first;
    }
    behind = first;
    for (struct xml_node *child = node->first; child; child = child->next) {
        const struct vir_xml_row *row;

        if (child->kind != XML_NODE_ELEMENT)
            continue;
        row = find_row(table, first, table->n_rows, &last, child->name);
        if (row)
            behind = last + 1;
        /* Known to the vocabulary alone: it stays behind its neighbour. */
        if (row ? read_child(reader, target, row, child, seen) < 0
                : xml_rest_element(reader, target, child, behind, false, false) < 0)
            return -1;
    }
    return 0;
}

/* Whether something is there that may stand alone. */
static bool
stands_alone(const struct vir_xml_table *table, const uint64_t *seen)
{
    for (size_t i = 0; i < table->n_rows; i++)
        if (table->rows[i].flags & VIR_XML_ALONE && seen[i / 64] >> i % 64 & 1)
            return true;
    return false;
}

/* A part of a PCI address is 0 where others are given. */
static bool
is_zero(const struct target *target, const struct vir_xml_row *row, const uint64_t *seen)
{
    if (!xml_is_hex(row) ||
        MEMBER(unsigned int, target->base, row->extra->hex_type) != row->extra->hex_value)
        return false;
    for (size_t i = 0; i < target->table->n_attributes; i++)
        if (xml_is_hex(&target->table->rows[i]) && seen[i / 64] >> i % 64 & 1)
            return true;
    return false;
}

static int
missing(struct reader *reader, const struct target *target, const struct xml_node *node,
        const struct vir_xml_row *row)
{
    static const char *const forms[] = {
        [VIR_XML_ATTRIBUTE] = "<%s> needs the attribute '%s'",
        [VIR_XML_TEXT] = "<%s> is missing or empty",
        [VIR_XML_ELEMENT] = "<%s> needs an element <%s>",
    };
    const char *slash = strrchr(target->table->path, '/');

    return xml_fail_at(reader, node, row->extra && row->extra->error ? row->extra->error : VIR_ERR_XML_ERROR,
                       forms[row->place],
                       slash ? slash + 1 : target->table->path, row->name);
}

/* What the value of another attribute makes necessary. */
static bool
is_needed(const struct target *target, const struct vir_xml_row *row)
{
    return row->extra && row->extra->needed && holds(target, row->extra->needed);
}

/* The document lacks a group: was something of it necessary? */
static int
check_absent(struct reader *reader, const struct target *target, const struct xml_node *node,
             const struct vir_xml_row *group)
{
    const struct vir_xml_table *table = group->of.table;
    struct target absent = *target;

    absent.node = NULL;
    for (size_t i = 0; i < table->n_rows; i++)
        if (is_needed(&absent, &table->rows[i]))
            return missing(reader, target, node, group);
    return 0;
}

static int read_missing(struct reader *reader, struct target *target, const struct xml_node *node,
                        const uint64_t *seen, bool absent);

/* A group that the document lacks, but that is always there. */
static int
read_missing_group(struct reader *reader, const struct target *target, const struct xml_node *node,
                   const struct vir_xml_row *row)
{
    const uint64_t none[MAX_ROWS / 64] = { 0 };
    struct target group = *target;

    MEMBER(bool, target->base, row->has) = true;
    group.table = row->of.table;
    group.node = NULL;
    return read_missing(reader, &group, node, none, true);
}

/* What the document lacks: presets, and what must be there.  ABSENT: the element
 * itself, so that a preset serves also for what it would need. */
static int
read_missing(struct reader *reader, struct target *target, const struct xml_node *node, const uint64_t *seen,
             bool absent)
{
    for (size_t i = 0; i < target->table->n_rows; i++) {
        const struct vir_xml_row *row = &target->table->rows[i];

        if (seen[i / 64] >> i % 64 & 1 || is_meaningless(target, row))
            continue;
        if ((row->flags & VIR_XML_REQUIRED && !(absent && row->flags & VIR_XML_PRESET)) ||
            is_needed(target, row))
            return missing(reader, target, node, row);
        if (row->flags & VIR_XML_PRESET)
            xml_value_preset(row, target->base);
        else if (is_zero(target, row, seen))
            MEMBER(bool, target->base, row->has) = true;
        else if (row->kind == VIR_XML_GROUP &&
                 (row->flags & VIR_XML_ALWAYS ? read_missing_group(reader, target, node, row)
                                              : check_absent(reader, target, node, row)) < 0)
            return -1;
    }
    return 0;
}

static int
read_element(struct reader *reader, const struct vir_xml_table *table, void *base, struct xml_node *node,
             const struct xml_node *part, int depth)
{
    struct target target = { .table = table, .base = base, .node = node, .part = part, .depth = depth };
    uint64_t seen[MAX_ROWS / 64] = { 0 };

    target.rest_end = &MEMBER(struct vir_xml_rest *, base, table->rest);
    if (read_attributes(reader, &target, node, seen) < 0 ||
        read_children(reader, &target, node, seen) < 0)
        return -1;
    xml_rest_sort(&target);
    return stands_alone(table, seen) ? 0 : read_missing(reader, &target, node, seen, false);
}

void *
vir_xml_parse(const struct vir_xml_table *table, const char *text, unsigned int flags)
{
    unsigned int factor = flags & VIR_XML_LOCAL ? XML_LOCAL_FACTOR : 1;
    struct reader reader = { .flags = flags, .max_list = XML_MAX_LIST * factor };
    const char *slash = strrchr(table->path, '/'), *name = slash ? slash + 1 : table->path;
    void *def;
    int rc;

    if (xml_tree_parse(&reader.tree, text, factor) < 0)
        return NULL;
    def = vir_alloc(table->size);
    if (strcmp(reader.tree.root->name, name) != 0)
        rc = xml_fail_at(&reader, reader.tree.root, VIR_ERR_XML_ERROR, "the document is <%.80s>, not <%s>",
                     reader.tree.root->name, name);
    else
        rc = read_element(&reader, table, def, reader.tree.root, reader.tree.root, 0);
    if (rc == 0)
        rc = xml_unique_check(&reader);
    xml_unique_end(&reader);
    xml_complain_end(&reader);
    xml_tree_free(&reader.tree);
    if (rc < 0)
        return vir_xml_free(table, def);
    return def;
}
