/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Single values: member to text. */
#include "value.h"

#include <stdio.h>

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
    unsigned int type = xml_is_hex(row) ? xml_hex_type(row, base) : 0;

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
    case VIR_XML_KEEP:
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
