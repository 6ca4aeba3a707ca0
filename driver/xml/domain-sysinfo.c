/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the firmware tells about the machine: facts that have a form. */
#include <ctype.h>
#include <stdlib.h>

#include "domain.h"
#include "edit.h"

static const char *
fact(struct xml_tree *tree, const struct xml_node *section, const char *name)
{
    for (struct xml_node *entry = xml_edit_child(section, "entry"); entry; entry = xml_edit_twin(entry)) {
        const char *called = xml_edit_value(entry, "name"), *text = xml_node_text(tree, entry);

        if (called && strcmp(called, name) == 0)
            return *text ? text : NULL;
    }
    return NULL;
}

/* A number of one or two digits; NULL: there is none. */
static const char *
two_digits(const char *text, unsigned int *ret)
{
    unsigned int n = 0;

    if (!isdigit((unsigned char)*text))
        return NULL;
    for (*ret = 0; isdigit((unsigned char)*text) && n < 2; n++)
        *ret = *ret * 10 + (unsigned int)(*text++ - '0');
    return text;
}

/* Month/day/year: SMBIOS has two digits or four for the year, from 1900 on. */
static bool
is_date(const char *text)
{
    unsigned int month, day;
    size_t digits;

    text = two_digits(text, &month);
    text = text && *text == '/' ? two_digits(text + 1, &day) : NULL;
    if (!text || *text != '/' || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    digits = strspn(++text, "0123456789");
    return !text[digits] && (digits == 2 || (digits == 4 && atoi(text) >= 1900));
}

/* A domain that says no uuid has that of its system. */
static int
complete_uuid(struct reader *reader, struct xml_node *domain, const struct xml_node *sysinfo, const char *text)
{
    const struct xml_node *own = xml_edit_child(domain, "uuid");
    unsigned char said[VIR_UUID_BUFLEN], uuid[VIR_UUID_BUFLEN];

    if (!text)
        return 0;
    if (vir_uuid_parse(text, said) < 0)
        return xml_fail_at(reader, sysinfo, VIR_ERR_XML_DETAIL, "the system's uuid of <sysinfo> is no UUID");
    if (!own)
        xml_edit_set_text(&reader->tree, xml_edit_add(&reader->tree, domain, "uuid"), text);
    else if (vir_uuid_parse(xml_node_text(&reader->tree, own), uuid) == 0 && memcmp(said, uuid, sizeof(uuid)) != 0)
        return xml_fail_at(reader, sysinfo, VIR_ERR_XML_DETAIL, "the system's uuid of <sysinfo> is not the domain's");
    return 0;
}

/* A file and a text cannot both be the value; the file counts. */
static int
complete_values(struct reader *reader, const struct xml_node *sysinfo)
{
    for (struct xml_node *entry = xml_edit_child(sysinfo, "entry"); entry; entry = xml_edit_twin(entry)) {
        if (xml_edit_value(entry, "file"))
            entry->first = entry->last = NULL;
        else if (!entry->first && xml_edit_value(entry, "name"))
            return xml_fail_at(reader, entry, VIR_ERR_XML_ERROR, "an <entry> for the firmware has a text or a file");
    }
    return 0;
}

int
xml_domain_sysinfo(struct reader *reader, struct xml_node *domain)
{
    for (struct xml_node *node = xml_edit_child(domain, "sysinfo"); node; node = xml_edit_twin(node)) {
        const char *type = xml_edit_value(node, "type");
        const char *date = fact(&reader->tree, xml_edit_child(node, "bios"), "date");

        if (type && strcmp(type, "fwcfg") == 0) {
            if (complete_values(reader, node) < 0)
                return -1;
            continue;
        }
        if (date && !is_date(date))
            return xml_fail_at(reader, node, VIR_ERR_XML_DETAIL, "the bios date of <sysinfo> is month/day/year");
        if (complete_uuid(reader, domain, node, fact(&reader->tree, xml_edit_child(node, "system"), "uuid")) < 0)
            return -1;
    }
    return 0;
}
