/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Single values: text to member. */
#include "value.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>

#include "form.h"
#include "number.h"

static int
read_text(char **member, const char *text)
{
    free(*member);
    *member = vir_strdup(text);
    return 0;
}

/* Names become file names. */
static int
read_name(char **member, const char *text)
{
    if (!*text || strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
        return -1;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p == '/' || *p < 0x20 || *p == 0x7f)
            return -1;
    return read_text(member, text);
}

/* A text that must be there says something. */
bool
xml_is_string(const struct vir_xml_row *row, const char *text, bool validate)
{
    const char *form = row->extra ? row->extra->form : NULL;

    return !((row->flags & VIR_XML_REQUIRED && !*text && !(row->flags & VIR_XML_EMPTY)) ||
             (row->flags & VIR_XML_LINE && strchr(text, '\n')) ||
             (form && (validate || row->flags & VIR_XML_STRICT) && !xml_form_matches(form, text)));
}

/* 0: C's notation. */
static unsigned int
radix_of(const struct vir_xml_row *row, const void *base)
{
    if (row->flags & VIR_XML_BASED || (xml_is_hex(row) && xml_hex_type(row, base) == row->extra->hex_value))
        return 0;
    return row->kind == VIR_XML_HEX ? 16 : row->kind == VIR_XML_OCTAL ? 8 : 10;
}

static int
read_uint(const struct vir_xml_row *row, void *base, const char *text)
{
    uint64_t value;

    if (vir_parse_radix(text, radix_of(row, base), xml_most(row), &value) < 0 || value < xml_least(row))
        return -1;
    xml_set_number(row, base, value);
    return 0;
}

static int
read_int(const struct vir_xml_row *row, void *base, const char *text)
{
    const char *digits = text + strspn(text, " \t\r\n");
    bool negative = *digits == '-';
    uint64_t size;
    int64_t value;

    digits += negative || *digits == '+';
    if (!isdigit((unsigned char)*digits) ||
        vir_parse_radix(digits, 10, negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX, &size) < 0)
        return -1;
    value = negative ? (int64_t)(0 - size) : (int64_t)size;
    if (value < (int64_t)xml_least(row) || value > (int64_t)xml_most(row))
        return -1;
    xml_set_number(row, base, (uint64_t)value);
    return 0;
}

static int
read_bool(enum vir_xml_bool *member, const char *text, const char *yes, const char *no)
{
    if (strcmp(text, yes) == 0)
        *member = VIR_XML_YES;
    else if (strcmp(text, no) == 0)
        *member = VIR_XML_NO;
    else
        return -1;
    return 0;
}

uint64_t
xml_unit_bytes(const char *unit)
{
    static const char scales[] = "kmgtpe";
    const char *scale;
    uint64_t base = 1024, bytes = 1;

    if (strcasecmp(unit, "b") == 0 || strcasecmp(unit, "byte") == 0 || strcasecmp(unit, "bytes") == 0)
        return 1;
    scale = *unit ? strchr(scales, tolower((unsigned char)*unit)) : NULL;
    if (!scale)
        return 0;
    if (strcasecmp(unit + 1, "b") == 0)
        base = 1000;
    else if (unit[1] && strcasecmp(unit + 1, "ib") != 0)
        return 0;
    for (const char *s = scales; s <= scale; s++)
        bytes *= base;
    return bytes;
}

/* Memory: KiB, rounded up; mega: MiB, rounded down. */
static int
read_scaled(const struct vir_xml_row *row, void *base, const char *text, const char *unit)
{
    const char *usual = row->kind == VIR_XML_MEMORY ? "KiB" : "bytes";
    uint64_t bytes, scale = xml_unit_bytes(unit ? unit : usual);

    if (!scale || vir_parse_radix(text, 10, UINT64_MAX, &bytes) < 0 ||
        __builtin_mul_overflow(bytes, scale, &bytes))
        return -1;
    if (row->kind == VIR_XML_MEMORY)
        bytes = bytes / 1024 + (bytes % 1024 != 0);
    else if (row->kind == VIR_XML_MEGA)
        bytes >>= 20;
    if (bytes < xml_least(row) || bytes > xml_most(row))
        return -1;
    MEMBER(unsigned long long, base, row->offset) = bytes;
    return 0;
}

static int
read_mac(const struct vir_xml_row *row, unsigned char *member, const char *text)
{
    unsigned char bytes[6];

    for (int i = 0; i < 6; i++, text += 3) {
        int high = vir_hex_digit(text[0]), low = high < 0 ? -1 : vir_hex_digit(text[1]);

        if (low < 0 || text[2] != (i < 5 ? ':' : '\0'))
            return -1;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    if (row->flags & VIR_XML_UNICAST && bytes[0] & 1)
        return -1;
    memcpy(member, bytes, sizeof(bytes));
    return 0;
}

static int
read_cpuset(char **member, const char *text)
{
    struct vir_bitmap *cpus = vir_bitmap_parse(text, MAX_CPUS);
    VIR_AUTO_FREE char *shortest = cpus ? vir_bitmap_format(cpus) : NULL;

    vir_bitmap_free(cpus);
    return shortest && *shortest ? read_text(member, shortest) : -1;
}

static int
read_ip(char **member, const char *text, int family)
{
    unsigned char bytes[16];
    char shortest[INET6_ADDRSTRLEN];

    if (inet_pton(family, text, bytes) != 1)
        return -1;
    return read_text(member, inet_ntop(family, bytes, shortest, sizeof(shortest)));
}

int
xml_value_read(const struct vir_xml_row *row, void *base, const char *text, const char *unit, bool validate)
{
    void *member = (char *)base + row->offset;
    int value;

    switch (row->kind) {
    case VIR_XML_STRING:
        if (!xml_is_string(row, text, validate))
            return -1;
        read_text(member, text);
        if (xml_in_capitals(row))
            for (char *p = *(char **)member; *p; p++)
                *p = (char)toupper((unsigned char)*p);
        return 0;
    case VIR_XML_NAME:
        return read_name(member, text);
    case VIR_XML_UINT:
    case VIR_XML_HEX:
    case VIR_XML_OCTAL:
        return read_uint(row, base, text);
    case VIR_XML_INT:
        return read_int(row, base, text);
    case VIR_XML_YESNO:
        return read_bool(member, text, "yes", "no");
    case VIR_XML_ONOFF:
        return read_bool(member, text, "on", "off");
    case VIR_XML_ENUM:
        value = vir_xml_enum_value(row->of.words, text);
        if (!value)
            return -1;
        *(uint8_t *)member = (uint8_t)value;
        return 0;
    case VIR_XML_MEMORY:
    case VIR_XML_BYTES:
    case VIR_XML_MEGA:
        return read_scaled(row, base, text, unit);
    case VIR_XML_IPV4:
        return read_ip(member, text, AF_INET);
    case VIR_XML_IPV6:
        return read_ip(member, text, AF_INET6);
    case VIR_XML_IP:
        return read_ip(member, text, strchr(text, ':') ? AF_INET6 : AF_INET);
    case VIR_XML_UUID:
        return vir_uuid_parse(text, member);
    case VIR_XML_MAC:
        return read_mac(row, member, text);
    case VIR_XML_CPUSET:
        return read_cpuset(member, text);
    default:
        return -1;
    }
}
