/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Structs filled at random by their tables, written and read: what a reader made of
 * them comes back the same when it is written and read again, whatever items the
 * schema has.  (What contradicts itself is dropped by the first reader.)
 */
#include "unit-driver.h"

#include <regex.h>
#include <stdio.h>
#include <unistd.h>

#include "unit-schema.h"

static unsigned int seed;

static unsigned int
below(unsigned int n)
{
    return (unsigned int)rand_r(&seed) % n;
}

#define AT(type, base, offset) (*(type *)((char *)(base) + (offset)))

static char *
random_text(bool name)
{
    static const char *const pieces[] = { "a", "Z9", "&", "<x>", "'", "\"", " ", "ü€", "]]>", "--", "&amp;",
                                         "\n", "\t", "\r" };
    struct vir_buf buf = { 0 };

    vir_buf_add(&buf, "t");
    for (unsigned int n = below(6); n; n--)
        vir_buf_add(&buf, pieces[below(name ? 10 : 14)]);
    vir_buf_add(&buf, "t");
    return vir_buf_steal(&buf);
}

/* A text that looks as FORM wants it. */
static char *
formed_text(const char *form)
{
    static const char *const texts[] = { "AB12", "AB", "1.10", "2026-12-31T23:59:59",
                                        "isa-serial", "raw", "hvm", "5000c50015ea71ac",
                                        "/x" };
    VIR_AUTO_FREE char *whole = vir_strdup_printf("^(%s)$", form);
    const char *found = NULL;
    regex_t regex;

    assert_int_equal(regcomp(&regex, whole, REG_EXTENDED | REG_NOSUB), 0);
    for (size_t i = 0; !found && i < sizeof(texts) / sizeof(texts[0]); i++)
        if (regexec(&regex, texts[i], 0, NULL, 0) == 0)
            found = texts[i];
    regfree(&regex);
    if (!found)
        fail_msg("no text looks like %s", form);
    return vir_strdup(found);
}

static uint64_t
random_number(const struct vir_xml_row *row)
{
    uint64_t min = row->extra ? row->extra->min : 0, max = row->extra ? row->extra->max : INT32_MAX;
    uint64_t span = max - min, value = (uint64_t)below(1u << 30) << 30 | below(1u << 30);

    if (below(4) == 0)
        return below(2) ? max : min;
    return span == UINT64_MAX ? value : min + value % (span + 1);
}

static void
set_number(const struct vir_xml_row *row, void *member, uint64_t value)
{
    bool digits = row->kind == VIR_XML_HEX || row->kind == VIR_XML_OCTAL;
    uint64_t most = row->extra ? row->extra->max : UINT32_MAX;

    switch (!digits ? row->width : most <= UINT8_MAX ? 1 : most <= UINT16_MAX ? 2 : 4) {
    case 1: *(uint8_t *)member = (uint8_t)value; break;
    case 2: *(uint16_t *)member = (uint16_t)value; break;
    case 4: *(uint32_t *)member = (uint32_t)value; break;
    default: *(uint64_t *)member = value; break;
    }
}

static void fill(const struct vir_xml_table *table, void *base, int depth);

static void
fill_list(const struct vir_xml_row *row, void *base, int depth)
{
    unsigned int n = depth > 4 ? 0 : below(4);
    void **items = vir_alloc_array(n + 1, sizeof(void *));

    if (row->flags & VIR_XML_REQUIRED && !n)
        n = 1;
    for (size_t i = 0; i < n; i++) {
        items[i] = vir_alloc(row->of.table->size);
        fill(row->of.table, items[i], depth + 1);
    }
    AT(void **, base, row->offset) = items;
    AT(unsigned int, base, row->has) = n;
}

static bool
has_unique(const struct vir_xml_row *row)
{
    return row->extra && row->extra->unique;
}

static void
fill_unique(const struct vir_xml_row *row, void *member)
{
    static unsigned int number;

    if (!has_unique(row))
        return;
    if (row->kind == VIR_XML_STRING)
        *(char **)member = vir_strdup_printf("t%u", ++number);
    else
        set_number(row, member, ++number);
}

static void
fill_row(const struct vir_xml_row *row, void *base, int depth)
{
    void *member = (char *)base + row->offset;

    if (row->flags & VIR_XML_MANY)
        return;
    if (has_unique(row)) {
        fill_unique(row, member);
        return;
    }
    switch (row->kind) {
    case VIR_XML_STRING:
    case VIR_XML_NAME:
        *(char **)member = row->flags & VIR_XML_STRICT ? formed_text(row->extra->form)
                         : random_text(row->kind == VIR_XML_NAME || row->flags & VIR_XML_LINE);
        break;
    case VIR_XML_CPUSET:
        *(char **)member = vir_strdup_printf("0-%u,16383", 1 + below(1000));
        break;
    case VIR_XML_IP:
    case VIR_XML_IPV4:
        *(char **)member = vir_strdup_printf("10.%u.0.1", below(256));
        break;
    case VIR_XML_IPV6:
        *(char **)member = vir_strdup_printf("fd00::%x", 1 + below(0xffff));
        break;
    case VIR_XML_UINT:
    case VIR_XML_HEX:
    case VIR_XML_OCTAL:
    case VIR_XML_MEMORY:
    case VIR_XML_BYTES:
    case VIR_XML_MEGA:
    case VIR_XML_INT:
        set_number(row, member, random_number(row));
        break;
    case VIR_XML_YESNO:
    case VIR_XML_ONOFF:
        *(enum vir_xml_bool *)member = 1 + below(2);
        break;
    case VIR_XML_ENUM:
        *(uint8_t *)member = (uint8_t)(1 + below(row->of.words->n - 1));
        break;
    case VIR_XML_UUID:
    case VIR_XML_MAC:
        for (int i = 0; i < (row->kind == VIR_XML_UUID ? 16 : 6); i++)
            ((unsigned char *)member)[i] = (unsigned char)below(256);
        if (row->flags & VIR_XML_UNICAST)
            *(unsigned char *)member &= 0xfe;
        break;
    case VIR_XML_FLAG:
        *(bool *)member = true;
        break;
    case VIR_XML_GROUP:
        fill(row->of.table, base, depth + 1);
        break;
    case VIR_XML_PART:
        if (depth > 6 && !(row->flags & VIR_XML_REQUIRED))
            return;
        *(void **)member = vir_alloc(row->of.table->size);
        fill(row->of.table, *(void **)member, depth + 1);
        break;
    case VIR_XML_LIST:
        fill_list(row, base, depth);
        return;
    default:
        return;
    }
    if (row->has != VIR_XML_NO_MEMBER)
        AT(bool, base, row->has) = true;
}

/* What some value of another attribute makes necessary. */
static bool
needed(const struct vir_xml_row *row)
{
    bool any = row->extra && row->extra->needed;

    for (size_t i = 0; row->kind == VIR_XML_GROUP && i < row->of.table->n_rows; i++)
        any = any || (row->of.table->rows[i].extra && row->of.table->rows[i].extra->needed);
    return any;
}

static void
fill(const struct vir_xml_table *table, void *base, int depth)
{
    for (size_t i = 0; i < table->n_rows; i++) {
        const struct vir_xml_row *row = &table->rows[i];

        /* A text stands in place of the elements. */
        if (row->place == VIR_XML_TEXT && !(row->flags & VIR_XML_REQUIRED) && i + 1 < table->n_rows)
            continue;
        /* What has a default is always there, and a PCI address is given as a whole. */
        if (row->flags & (VIR_XML_REQUIRED | VIR_XML_ALWAYS | VIR_XML_PRESET) ||
            (row->kind == VIR_XML_UINT && row->has == VIR_XML_NO_MEMBER) ||
            (row->extra && row->extra->hex) || needed(row) || below(2))
            fill_row(row, base, depth);
    }
}

/* cmocka would cut the texts. */
static void
assert_same(const char *one, const char *two)
{
    size_t i = 0;

    while (one[i] && one[i] == two[i])
        i++;
    if (one[i] == two[i])
        return;
    i = i > 40 ? i - 40 : 0;
    fail_msg("written: %.100s\nread and written: %.100s", one + i, two + i);
}

/* Read as what a module wrote itself: what belongs together in a domain is not asked, and what
 * would be refused is left out with a warning, which fails the test. */
static void *
read_written(const struct vir_xml_table *table, const char *text)
{
    char warned[16384];
    FILE *log = tmpfile();
    int console = dup(STDERR_FILENO);
    size_t len;
    void *def;

    assert_non_null(log);
    assert_true(dup2(fileno(log), STDERR_FILENO) >= 0);
    def = vir_xml_parse(table, text, VIR_XML_OWN);
    assert_true(dup2(console, STDERR_FILENO) >= 0);
    close(console);
    rewind(log);
    len = fread(warned, 1, sizeof(warned) - 1, log);
    warned[len] = '\0';
    fclose(log);
    if (!def || strstr(warned, "left out of what was written"))
        fail_msg("seed %u: %s%s in\n%s", seed, def ? "" : virGetLastErrorMessage(), warned, text);
    return def;
}

static void
round_trip(const struct vir_xml_table *table)
{
    void *filled = vir_alloc(table->size), *def, *again, *copy;
    struct vir_buf first = { 0 }, one = { 0 }, two = { 0 };

    fill(table, filled, 0);
    vir_xml_format(table, filled, 0, &first, VIR_XML_SECURE);
    vir_xml_free(table, filled);
    def = read_written(table, first.text);
    vir_xml_format(table, def, 0, &one, VIR_XML_SECURE);
    copy = vir_xml_copy(table, def);
    assert_true(vir_xml_equal(table, def, copy));
    copy = vir_xml_pack(table, copy);
    assert_true(vir_xml_equal(table, def, copy));
    again = read_written(table, one.text);
    vir_xml_format(table, again, 0, &two, VIR_XML_SECURE);
    assert_same(one.text, two.text);
    assert_true(vir_xml_equal(table, again, copy));
    vir_xml_free(table, def);
    vir_xml_free(table, again);
    vir_xml_free(table, copy);
    vir_buf_free(&first);
    vir_buf_free(&one);
    vir_buf_free(&two);
}

static void
random_documents(void **state)
{
    (void)state;
    for (unsigned int i = 1; i <= 500; i++) {
        seed = i;
        round_trip(&unit_domain_table);
    }
}

/* Words and values of every enum in the tables, each way. */
static void
check_words(const struct vir_xml_table *table, int depth)
{
    for (size_t i = 0; i < table->n_rows && depth < 8; i++) {
        const struct vir_xml_row *row = &table->rows[i];

        if (row->kind == VIR_XML_GROUP || row->kind == VIR_XML_PART || row->kind == VIR_XML_LIST)
            check_words(row->of.table, depth + 1);
        if (row->kind != VIR_XML_ENUM)
            continue;
        for (unsigned int value = 1; value < row->of.words->n; value++)
            assert_int_equal(vir_xml_enum_value(row->of.words, vir_xml_enum_word(row->of.words, value)),
                             value);
    }
}

static void
every_word(void **state)
{
    (void)state;
    check_words(&unit_domain_table, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_documents), cmocka_unit_test(every_word),
    };

    return cmocka_run_group_tests_name("xml-random", tests, NULL, NULL);
}
