/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Single values: member to text. */
#include "value.h"

#include <ctype.h>

/* In a RADIX up to 16, with at least so many DIGITS. */
static void
put_number(struct vir_buf *buf, unsigned long long value, unsigned int radix, int digits)
{
    char text[24], *end = text + sizeof(text), *p = end;

    do {
        *--p = "0123456789abcdef"[value % radix];
        value /= radix;
    } while (value || end - p < digits);
    put(buf, p, (size_t)(end - p));
}

static bool
put_string(struct vir_buf *buf, const struct vir_xml_row *row, const char *text)
{
    if (text)
        put_escaped(buf, text, row->place == VIR_XML_ATTRIBUTE);
    return text != NULL;
}

/* Of an enum; there is nothing in it to escape. */
static bool
put_word(struct vir_buf *buf, const char *word)
{
    if (word)
        put_text(buf, word);
    return word != NULL;
}

static bool
put_bool(struct vir_buf *buf, enum vir_xml_bool value, const char *yes, const char *no)
{
    return put_word(buf, value == VIR_XML_ABSENT ? NULL : value == VIR_XML_YES ? yes : no);
}

static bool
put_hex(struct vir_buf *buf, const struct vir_xml_row *row, unsigned int value, int digits)
{
    size_t start;

    put(buf, "0x", 2);
    start = buf->len;
    put_number(buf, value, 16, digits);
    if (xml_in_capitals(row))
        for (char *p = buf->text + start; *p; p++)
            *p = (char)toupper((unsigned char)*p);
    return true;
}

static bool
put_mac(struct vir_buf *buf, const unsigned char *mac)
{
    for (int i = 0; i < 6; i++) {
        if (i)
            put(buf, ":", 1);
        put_number(buf, mac[i], 16, 2);
    }
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
    put_number(buf, value < 0 ? 0ULL - (unsigned long long)value : (unsigned long long)value, 10, 1);
    return true;
}

static bool
put_octal(struct vir_buf *buf, unsigned int value, int digits)
{
    put(buf, "0", 1);
    put_number(buf, value, 8, digits > 1 ? digits - 1 : 1);
    return true;
}

static bool
put_uint(struct vir_buf *buf, const struct vir_xml_row *row, const void *base)
{
    unsigned int type = xml_is_hex(row) ? xml_hex_type(row, base) : 0;

    if (xml_is_hex(row) && (!type || type == row->extra->hex_value))
        return put_hex(buf, row, (unsigned int)xml_number(row, base), row->extra->hex);
    put_number(buf, xml_number(row, base), 10, 1);
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
    case VIR_XML_MEGA:
        return put_uint(buf, row, base);
    case VIR_XML_INT:
        return put_int(buf, (long long)xml_number(row, base));
    case VIR_XML_OCTAL:
        return put_octal(buf, (unsigned int)xml_number(row, base), row->width);
    case VIR_XML_HEX:
        return put_hex(buf, row, (unsigned int)xml_number(row, base), row->width);
    case VIR_XML_YESNO:
        return put_bool(buf, *(const enum vir_xml_bool *)member, "yes", "no");
    case VIR_XML_ONOFF:
        return put_bool(buf, *(const enum vir_xml_bool *)member, "on", "off");
    case VIR_XML_ENUM:
        return put_word(buf, vir_xml_enum_word(row->of.words, *(const uint8_t *)member));
    case VIR_XML_UUID:
        return put_uuid(buf, member);
    case VIR_XML_MAC:
        return put_mac(buf, member);
    default:
        return false;
    }
}
