/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Single values: text to member and back. */
#include "engine.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "bitmap.h"
#include "form.h"
#include "nearest.h"
#include "number.h"

#define MAX_CPUS 16384                  /* of a host */
#define MAX_MEMORY 0x1fffffffffffffULL  /* KiB */

/* ---- what a row says -------------------------------------------------------------- */

static uint64_t
least(const struct vir_xml_row *row)
{
    if (row->extra)
        return row->extra->min;
    return row->kind == VIR_XML_INT ? (uint64_t)INT32_MIN : 0;
}

static uint64_t
most(const struct vir_xml_row *row)
{
    if (row->extra)
        return row->extra->max;
    return row->kind == VIR_XML_INT ? INT32_MAX : row->kind == VIR_XML_MEMORY ? MAX_MEMORY : UINT32_MAX;
}

bool
xml_is_text(const struct vir_xml_row *row)
{
    switch (row->kind) {
    case VIR_XML_STRING:
    case VIR_XML_NAME:
    case VIR_XML_CPUSET:
    case VIR_XML_IP:
    case VIR_XML_IPV4:
    case VIR_XML_IPV6:
    case VIR_XML_VERBATIM:
        return true;
    default:
        return false;
    }
}

bool
xml_is_scaled(const struct vir_xml_row *row)
{
    return row->kind == VIR_XML_MEMORY || row->kind == VIR_XML_BYTES || row->checked == VIR_XML_MEMORY ||
        row->checked == VIR_XML_BYTES;
}

size_t
xml_value_size(const struct vir_xml_row *row)
{
    if (xml_is_text(row))
        return sizeof(char *);
    if (row->kind == VIR_XML_UUID)
        return VIR_UUID_BUFLEN;
    if (row->kind == VIR_XML_MAC)
        return 6;
    return row->width == 8 && row->kind != VIR_XML_HEX ? 8 : 4;
}

bool
xml_word_in(const char *words, const char *word)
{
    for (; *words; words += strlen(words) + 1)
        if (strcmp(words, word) == 0)
            return true;
    return false;
}

/* ---- reading -------------------------------------------------------------------- */

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
static int
read_string(const struct vir_xml_row *row, char **member, const char *text, bool validate)
{
    const char *form = row->extra ? row->extra->form : NULL;

    if ((row->flags & VIR_XML_REQUIRED && !*text && !(row->flags & VIR_XML_EMPTY)) ||
        (row->flags & VIR_XML_LINE && strchr(text, '\n')) ||
        (form && (validate || row->flags & VIR_XML_STRICT) && !xml_form_matches(form, text)))
        return -1;
    return read_text(member, text);
}

bool
xml_is_hex(const struct vir_xml_row *row)
{
    return row->extra && row->extra->hex;
}

static unsigned int
hex_type(const struct vir_xml_row *row, const void *base)
{
    return CONST_MEMBER(unsigned int, base, row->extra->hex_type);
}

/* 0: C's notation. */
static unsigned int
radix_of(const struct vir_xml_row *row, const void *base)
{
    if (row->flags & VIR_XML_BASED || (xml_is_hex(row) && hex_type(row, base) == row->extra->hex_value))
        return 0;
    return row->kind == VIR_XML_HEX ? 16 : row->kind == VIR_XML_OCTAL ? 8 : 10;
}

static int
read_uint(const struct vir_xml_row *row, void *base, const char *text)
{
    uint64_t value;

    if (vir_parse_radix(text, radix_of(row, base), most(row), &value) < 0 || value < least(row))
        return -1;
    if (xml_value_size(row) == 8)
        MEMBER(unsigned long long, base, row->offset) = value;
    else
        MEMBER(unsigned int, base, row->offset) = (unsigned int)value;
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
    if (value < (int64_t)least(row) || value > (int64_t)most(row))
        return -1;
    if (row->width == 8)
        MEMBER(long long, base, row->offset) = value;
    else
        MEMBER(int, base, row->offset) = (int)value;
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

/* Memory: KiB, rounded up. */
static int
read_scaled(const struct vir_xml_row *row, void *base, const char *text, const char *unit)
{
    bool kib = row->kind == VIR_XML_MEMORY;
    uint64_t bytes, scale = xml_unit_bytes(unit ? unit : kib ? "KiB" : "bytes");

    if (!scale || vir_parse_radix(text, 10, UINT64_MAX, &bytes) < 0 ||
        __builtin_mul_overflow(bytes, scale, &bytes))
        return -1;
    if (kib)
        bytes = bytes / 1024 + (bytes % 1024 != 0);
    if (bytes < least(row) || bytes > most(row))
        return -1;
    MEMBER(unsigned long long, base, row->offset) = bytes;
    return 0;
}

static int
read_mac(const struct vir_xml_row *row, unsigned char *member, const char *text)
{
    unsigned int byte[6];
    char end;

    for (int i = 0; i < 17; i++)
        if (!text[i] || (i % 3 == 2 ? text[i] != ':' : !isxdigit((unsigned char)text[i])))
            return -1;
    if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &byte[0], &byte[1], &byte[2], &byte[3], &byte[4], &byte[5],
               &end) != 6)
        return -1;
    if (row->flags & VIR_XML_UNICAST && byte[0] & 1)
        return -1;
    for (int i = 0; i < 6; i++)
        member[i] = (unsigned char)byte[i];
    return 0;
}

static int
read_cpuset(char **member, const char *text)
{
    struct vir_bitmap *cpus = vir_bitmap_parse(text, MAX_CPUS);
    bool some = cpus && vir_bitmap_count(cpus) > 0;

    if (some) {
        free(*member);
        *member = vir_bitmap_format(cpus);
    }
    vir_bitmap_free(cpus);
    return some ? 0 : -1;
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
        return read_string(row, member, text, validate);
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
        *(unsigned int *)member = (unsigned int)value;
        return 0;
    case VIR_XML_MEMORY:
    case VIR_XML_BYTES:
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

int
xml_value_check(const struct vir_xml_row *row, const char *text, const char *unit, bool validate)
{
    union { unsigned char bytes[VIR_UUID_BUFLEN]; unsigned long long number; char *text; } value = { { 0 } };
    int rc = xml_value_read(row, &value, text, unit, validate);

    if (xml_is_text(row))
        free(value.text);
    return rc;
}

void
xml_value_preset(const struct vir_xml_row *row, void *base)
{
    void *member = (char *)base + row->offset;

    if (xml_is_text(row))
        *(char **)member = vir_strdup(row->extra->preset_text);
    else if (row->width == 8)
        *(unsigned long long *)member = row->extra->preset;
    else
        *(unsigned int *)member = (unsigned int)row->extra->preset;
}

/* ---- writing --------------------------------------------------------------------- */

static void
put_number(struct vir_buf *buf, unsigned long long value)
{
    char digits[24], *p = digits + sizeof(digits);

    do {
        *--p = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    put(buf, p, (size_t)(digits + sizeof(digits) - p));
}

static bool
put_string(struct vir_buf *buf, const struct vir_xml_row *row, const char *text)
{
    if (text)
        put_escaped(buf, text, row->place == VIR_XML_ATTRIBUTE);
    return text != NULL;
}

static bool
put_bool(struct vir_buf *buf, enum vir_xml_bool value, const char *yes, const char *no)
{
    if (value != VIR_XML_ABSENT)
        put_text(buf, value == VIR_XML_YES ? yes : no);
    return value != VIR_XML_ABSENT;
}

static bool
put_hex(struct vir_buf *buf, unsigned int value, int digits)
{
    char text[16];

    put(buf, text, (size_t)snprintf(text, sizeof(text), "0x%0*x", digits, value));
    return true;
}

static bool
put_mac(struct vir_buf *buf, const unsigned char *mac)
{
    char text[20];

    put(buf, text, (size_t)snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
                                    mac[2], mac[3], mac[4], mac[5]));
    return true;
}

static bool
put_uuid(struct vir_buf *buf, const unsigned char *uuid)
{
    char text[VIR_UUID_STRING_BUFLEN];

    vir_uuid_format(uuid, text);
    put_text(buf, text);
    return true;
}

static bool
put_int(struct vir_buf *buf, long long value)
{
    if (value < 0)
        put(buf, "-", 1);
    put_number(buf, value < 0 ? 0ULL - (unsigned long long)value : (unsigned long long)value);
    return true;
}

static bool
put_octal(struct vir_buf *buf, unsigned int value)
{
    char text[16];

    put(buf, text, (size_t)snprintf(text, sizeof(text), "0%o", value));
    return true;
}

static bool
put_uint(struct vir_buf *buf, const struct vir_xml_row *row, const void *base)
{
    unsigned int type = xml_is_hex(row) ? hex_type(row, base) : 0;

    if (xml_is_hex(row) && (!type || type == row->extra->hex_value))
        return put_hex(buf, CONST_MEMBER(unsigned int, base, row->offset), row->extra->hex);
    put_number(buf, row->width == 8 ? CONST_MEMBER(unsigned long long, base, row->offset)
                                    : CONST_MEMBER(unsigned int, base, row->offset));
    return true;
}

bool
xml_value_write(const struct vir_xml_row *row, const void *base, struct vir_buf *buf)
{
    const void *member = (const char *)base + row->offset;

    if (row->has != VIR_XML_NO_MEMBER && !(row->flags & VIR_XML_MANY) && !CONST_MEMBER(bool, base, row->has))
        return false;
    switch (row->kind) {
    case VIR_XML_STRING:
    case VIR_XML_NAME:
    case VIR_XML_CPUSET:
    case VIR_XML_IP:
    case VIR_XML_IPV4:
    case VIR_XML_IPV6:
        return put_string(buf, row, *(char *const *)member);
    case VIR_XML_UINT:
    case VIR_XML_MEMORY:
    case VIR_XML_BYTES:
        return put_uint(buf, row, base);
    case VIR_XML_INT:
        return put_int(buf, row->width == 8 ? *(const long long *)member : *(const int *)member);
    case VIR_XML_OCTAL:
        return put_octal(buf, *(const unsigned int *)member);
    case VIR_XML_HEX:
        return put_hex(buf, *(const unsigned int *)member, row->width);
    case VIR_XML_YESNO:
        return put_bool(buf, *(const enum vir_xml_bool *)member, "yes", "no");
    case VIR_XML_ONOFF:
        return put_bool(buf, *(const enum vir_xml_bool *)member, "on", "off");
    case VIR_XML_ENUM:
        return put_string(buf, row, vir_xml_enum_word(row->of.words, *(const unsigned int *)member));
    case VIR_XML_UUID:
        return put_uuid(buf, member);
    case VIR_XML_MAC:
        return put_mac(buf, member);
    default:
        return false;
    }
}

/* ---- words and messages -------------------------------------------------------------- */

int
vir_xml_enum_value(const struct vir_xml_enum *words, const char *word)
{
    const char *known = words->words;

    for (int i = 1; *known; known += strlen(known) + 1, i++)
        if (*known == *word && strcmp(known, word) == 0)
            return i;
    return 0;
}

const char *
vir_xml_enum_word(const struct vir_xml_enum *words, unsigned int value)
{
    const char *word = words->words;

    if (!value || value >= words->n)
        return NULL;
    while (--value)
        word += strlen(word) + 1;
    return word;
}

static void
allowed_words(struct vir_buf *buf, const struct vir_xml_enum *words)
{
    unsigned int i = 1;

    for (const char *word = words->words; *word; word += strlen(word) + 1, i++)
        vir_buf_addf(buf, "%s%s", i == 1 ? "" : i == words->n - 1 ? " or " : ", ", word);
}

void
xml_value_allowed(const struct vir_xml_row *row, struct vir_buf *buf)
{
    switch (row->kind) {
    case VIR_XML_STRING:
        vir_buf_add(buf, row->extra && row->extra->form ? row->extra->form_says
                        : row->flags & VIR_XML_LINE ? "one line" : "a text that is not empty");
        break;
    case VIR_XML_NAME:
        vir_buf_add(buf, "a name without '/' and control characters");
        break;
    case VIR_XML_HEX:
        vir_buf_addf(buf, "a hexadecimal number from 0x%llx to 0x%llx", (unsigned long long)least(row),
                     (unsigned long long)most(row));
        break;
    case VIR_XML_OCTAL:
        vir_buf_addf(buf, "an octal number from 0%llo to 0%llo", (unsigned long long)least(row),
                     (unsigned long long)most(row));
        break;
    case VIR_XML_UINT:
        vir_buf_addf(buf, "a %snumber from %llu to %llu",
                     row->flags & VIR_XML_BASED || xml_is_hex(row) ? "" : "decimal ",
                     (unsigned long long)least(row), (unsigned long long)most(row));
        break;
    case VIR_XML_INT:
        vir_buf_addf(buf, "a decimal number from %lld to %lld", (long long)least(row), (long long)most(row));
        break;
    case VIR_XML_YESNO:
        vir_buf_add(buf, "yes or no");
        break;
    case VIR_XML_ONOFF:
        vir_buf_add(buf, "on or off");
        break;
    case VIR_XML_ENUM:
        allowed_words(buf, row->of.words);
        break;
    case VIR_XML_MEMORY:
    case VIR_XML_BYTES:
        vir_buf_addf(buf, "a whole decimal number, from %llu to %llu %s", (unsigned long long)least(row),
                     (unsigned long long)most(row), row->kind == VIR_XML_MEMORY ? "KiB" : "bytes");
        break;
    case VIR_XML_IP:
        vir_buf_add(buf, "an IP address like 192.168.122.1 or fd00::1");
        break;
    case VIR_XML_IPV4:
        vir_buf_add(buf, "an IPv4 address like 192.168.122.1");
        break;
    case VIR_XML_IPV6:
        vir_buf_add(buf, "an IPv6 address like fd00::1");
        break;
    case VIR_XML_UUID:
        vir_buf_add(buf, "a UUID like 6695eb01-f6a4-8304-79aa-97f2502e193f");
        break;
    case VIR_XML_MAC:
        vir_buf_addf(buf, "a MAC address like 52:54:00:12:34:56%s",
                     row->flags & VIR_XML_UNICAST ? ", not a multicast address" : "");
        break;
    case VIR_XML_CPUSET:
        vir_buf_addf(buf, "a set of CPUs below %d like 0-3,^2,8", MAX_CPUS);
        break;
    default:
        vir_buf_add(buf, "something else");
        break;
    }
}

const char *
xml_value_nearest(const struct vir_xml_row *row, const char *text)
{
    struct vir_nearest nearest = { .word = text };

    if (row->kind == VIR_XML_ENUM)
        for (const char *word = row->of.words->words; *word; word += strlen(word) + 1)
            vir_nearest_try(&nearest, word);
    return nearest.best;
}
