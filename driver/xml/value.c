/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values: what a row says about them, and what they may be, in words. */
#include "value.h"

#include "nearest.h"

#define MAX_MEMORY 0x1fffffffffffffULL  /* KiB */

/* ---- what a row says -------------------------------------------------------------- */

uint64_t
xml_least(const struct vir_xml_row *row)
{
    if (row->extra)
        return row->extra->min;
    return row->kind == VIR_XML_INT ? (uint64_t)INT32_MIN : 0;
}

uint64_t
xml_most(const struct vir_xml_row *row)
{
    if (row->extra)
        return row->extra->max;
    return row->kind == VIR_XML_INT ? INT32_MAX : row->kind == VIR_XML_MEMORY ? MAX_MEMORY : UINT32_MAX;
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
    if (xml_is_word(row))
        return 1;
    if (row->kind != VIR_XML_HEX && row->kind != VIR_XML_OCTAL)
        return row->width;
    return xml_most(row) <= UINT8_MAX ? 1 : xml_most(row) <= UINT16_MAX ? 2 : 4;
}

uint64_t
xml_number(const struct vir_xml_row *row, const void *base)
{
    bool is_signed = row->kind == VIR_XML_INT;

    switch (xml_value_size(row)) {
    case 1:
        return is_signed ? (uint64_t)CONST_MEMBER(int8_t, base, row->offset) : CONST_MEMBER(uint8_t, base, row->offset);
    case 2:
        return is_signed ? (uint64_t)CONST_MEMBER(int16_t, base, row->offset) : CONST_MEMBER(uint16_t, base, row->offset);
    case 4:
        return is_signed ? (uint64_t)CONST_MEMBER(int32_t, base, row->offset) : CONST_MEMBER(uint32_t, base, row->offset);
    default:
        return CONST_MEMBER(uint64_t, base, row->offset);
    }
}

void
xml_set_number(const struct vir_xml_row *row, void *base, uint64_t value)
{
    switch (xml_value_size(row)) {
    case 1:
        MEMBER(uint8_t, base, row->offset) = (uint8_t)value;
        break;
    case 2:
        MEMBER(uint16_t, base, row->offset) = (uint16_t)value;
        break;
    case 4:
        MEMBER(uint32_t, base, row->offset) = (uint32_t)value;
        break;
    default:
        MEMBER(uint64_t, base, row->offset) = value;
        break;
    }
}

bool
xml_word_in(const char *words, const char *word)
{
    while (*words) {
        const char *w = word;

        for (; *words && *words == *w; words++)
            w++;
        if (!*words && !*w)
            return true;
        while (*words++)
            ;
    }
    return false;
}

unsigned int
xml_hex_type(const struct vir_xml_row *row, const void *base)
{
    return CONST_MEMBER(uint8_t, base, row->extra->hex_type);
}

void
xml_value_preset(const struct vir_xml_row *row, void *base)
{
    void *member = (char *)base + row->offset;

    if (xml_is_text(row))
        *(char **)member = vir_strdup(row->extra->preset_text);
    else
        xml_set_number(row, base, row->extra->preset);
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

    if (!value)
        return NULL;
    while (--value && *word)
        word += strlen(word) + 1;
    return *word ? word : NULL;
}

static void
allowed_words(struct vir_buf *buf, const struct vir_xml_enum *words)
{
    const char *next;

    for (const char *word = words->words; *word; word = next) {
        next = word + strlen(word) + 1;
        vir_buf_addf(buf, "%s%s", word == words->words ? "" : *next ? ", " : " or ", word);
    }
}

/* What a value of a kind has to be, where its row says nothing more. */
static const char *const allowed[] = {
    [VIR_XML_NAME] = "a name without '/' and control characters",
    [VIR_XML_YESNO] = "yes or no",
    [VIR_XML_ONOFF] = "on or off",
    [VIR_XML_IP] = "an IP address like 192.168.122.1 or fd00::1",
    [VIR_XML_IPV4] = "an IPv4 address like 192.168.122.1",
    [VIR_XML_IPV6] = "an IPv6 address like fd00::1",
    [VIR_XML_UUID] = "a UUID like 6695eb01-f6a4-8304-79aa-97f2502e193f",
};

void
xml_value_allowed(const struct vir_xml_row *row, struct vir_buf *buf)
{
    const char *text = (size_t)row->kind < sizeof(allowed) / sizeof(allowed[0]) ? allowed[row->kind] : NULL;
    unsigned long long least = (unsigned long long)xml_least(row), most = (unsigned long long)xml_most(row);

    switch (row->kind) {
    case VIR_XML_STRING:
        vir_buf_add(buf, row->extra && row->extra->form ? row->extra->form_says
                        : row->flags & VIR_XML_LINE ? "one line" : "a text that is not empty");
        break;
    case VIR_XML_HEX:
        vir_buf_addf(buf, "a hexadecimal number from 0x%llx to 0x%llx", least, most);
        break;
    case VIR_XML_OCTAL:
        vir_buf_addf(buf, "an octal number from 0%llo to 0%llo", least, most);
        break;
    case VIR_XML_UINT:
        vir_buf_addf(buf, "a %snumber from %llu to %llu",
                     row->flags & VIR_XML_BASED || xml_is_hex(row) ? "" : "decimal ", least, most);
        break;
    case VIR_XML_INT:
        vir_buf_addf(buf, "a decimal number from %lld to %lld", (long long)least, (long long)most);
        break;
    case VIR_XML_ENUM:
        allowed_words(buf, row->of.words);
        break;
    case VIR_XML_MEMORY:
    case VIR_XML_BYTES:
    case VIR_XML_MEGA:
        vir_buf_addf(buf, "a whole decimal number, from %llu to %llu %s", least, most,
                     row->kind == VIR_XML_MEMORY ? "KiB" : row->kind == VIR_XML_MEGA ? "MiB" : "bytes");
        break;
    case VIR_XML_MAC:
        vir_buf_addf(buf, "a MAC address like 52:54:00:12:34:56%s",
                     row->flags & VIR_XML_UNICAST ? ", not a multicast address" : "");
        break;
    case VIR_XML_CPUSET:
        vir_buf_addf(buf, "a set of CPUs below %d like 0-3,^2,8", MAX_CPUS);
        break;
    default:
        vir_buf_add(buf, text ? text : "something else");
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
