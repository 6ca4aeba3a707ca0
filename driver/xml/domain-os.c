/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a guest boots: by a program of a container or by a machine's firmware, which is
 * either chosen by what it offers, or a file.
 */
#include "domain.h"
#include "edit.h"

static bool
is(const struct xml_node *node, const char *name, const char *word)
{
    const char *value = node ? xml_edit_value(node, name) : NULL;

    return value && strcmp(value, word) == 0;
}

static bool
has_text(struct xml_tree *tree, const struct xml_node *node)
{
    return node && !xml_is_blank(xml_node_text(tree, node));
}

/* ---- firmware ------------------------------------------------------------------------------ */

static const struct xml_node *
find_feature(const struct xml_node *firmware, const char *name)
{
    for (struct xml_node *node = xml_edit_child(firmware, "feature"); node; node = xml_edit_twin(node))
        if (is(node, "name", name))
            return node;
    return NULL;
}

/* Keys that are enrolled are for secure boot. */
static int
complete_features(struct reader *reader, struct xml_node *firmware)
{
    const struct xml_node *keys = find_feature(firmware, "enrolled-keys");
    const struct xml_node *secure = find_feature(firmware, "secure-boot");
    struct xml_node *added;

    if (!keys || !is(keys, "enabled", "yes"))
        return 0;
    if (secure)
        return is(secure, "enabled", "no") ? xml_fail_at(reader, keys, VIR_ERR_XML_DETAIL,
                                                         "enrolled-keys go not without secure-boot") : 0;
    added = xml_edit_add(&reader->tree, firmware, "feature");
    xml_edit_set(&reader->tree, added, "enabled", "yes");
    xml_edit_set(&reader->tree, added, "name", "secure-boot");
    return 0;
}

/* The firmware is chosen at start: nothing else may choose it. */
static int
check_chosen(struct reader *reader, const struct xml_node *loader)
{
    if (loader && (has_text(&reader->tree, loader) || xml_edit_value(loader, "type")))
        return xml_fail_at(reader, loader, VIR_ERR_XML_DETAIL,
                           "<loader> has a type or a file, and <os> a firmware that is chosen at start");
    return 0;
}

static int
complete_loader(struct reader *reader, struct xml_node *os, struct xml_node *loader, bool chosen)
{
    const struct xml_node *nvram = xml_edit_child(os, "nvram");
    bool named = has_text(&reader->tree, loader);

    if (chosen)
        return check_chosen(reader, loader);
    if ((loader || nvram) && !named)
        return xml_fail_at(reader, os, VIR_ERR_XML_DETAIL, "<loader> names no file, and <os> no firmware");
    if (loader && !xml_edit_value(loader, "type"))
        xml_edit_set(&reader->tree, loader, "type", "rom");
    return 0;
}

static int
complete_firmware(struct reader *reader, struct xml_node *os)
{
    struct xml_node *firmware = xml_edit_child(os, "firmware"), *loader = xml_edit_child(os, "loader");
    bool chosen = xml_edit_value(os, "firmware") != NULL;

    if (firmware && chosen && complete_features(reader, firmware) < 0)
        return -1;
    if (complete_loader(reader, os, loader, chosen) < 0)
        return -1;
    if (is(loader, "stateless", "no") && (chosen ? is(os, "firmware", "bios") : is(loader, "type", "rom")))
        return xml_fail_at(reader, loader, VIR_ERR_XML_DETAIL, "only a <loader> of type 'pflash' has a state");
    if (is(loader, "stateless", "yes") && xml_edit_child(os, "nvram"))
        return xml_fail_at(reader, loader, VIR_ERR_XML_DETAIL, "a stateless <loader> has no <nvram>");
    return 0;
}

/* Its memory: a path, or a source of the type that is said; without a type the source means nothing. */
static int
complete_nvram(struct reader *reader, struct xml_node *os)
{
    struct xml_node *nvram = xml_edit_child(os, "nvram"), *source = xml_edit_child(nvram, "source");

    if (!nvram)
        return 0;
    if (!xml_edit_value(nvram, "type"))
        xml_edit_remove_all(nvram, "source");
    else if (!source)
        return xml_fail_at(reader, nvram, VIR_ERR_INTERNAL_ERROR, "a <nvram> that has a type needs a <source>");
    else
        xml_edit_unset(source, "startupPolicy");
    return 0;
}

/* ---- what does not go together --------------------------------------------------------------- */

static void
drop_init(struct xml_node *os)
{
    static const char *const names[] = { "init", "initarg", "initenv", "initdir", "inituser", "initgroup" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        xml_edit_remove_all(os, names[i]);
}

/* A menu that is not offered waits for nobody. */
static void
complete_menu(struct xml_node *os)
{
    struct xml_node *menu = xml_edit_child(os, "bootmenu");

    if (menu && !is(menu, "enable", "yes"))
        xml_edit_unset(menu, "timeout");
}

/* What a program of the host boots is a guest of Xen, if nothing else is said. */
static struct xml_node *
add_type(struct reader *reader, struct xml_node *domain)
{
    struct xml_node *os = xml_edit_child(domain, "os"), *type;

    if (!os)
        os = xml_edit_add(&reader->tree, domain, "os");
    type = xml_edit_child(os, "type");
    if (!type)
        type = xml_edit_add(&reader->tree, os, "type");
    xml_edit_set_text(&reader->tree, type, "xen");
    return type;
}

int
xml_domain_os(struct reader *reader, struct xml_node *domain)
{
    struct xml_node *os = xml_edit_child(domain, "os"), *type = xml_edit_child(os, "type");
    struct xml_node *bootloader = xml_edit_child(domain, "bootloader");

    if (has_text(&reader->tree, bootloader) && !has_text(&reader->tree, type))
        type = add_type(reader, domain);
    if (!type)
        return 0;
    os = type->parent;
    if (strcmp(xml_node_text(&reader->tree, type), "exe") != 0)
        drop_init(os);
    complete_menu(os);
    if (complete_nvram(reader, os) < 0)
        return -1;
    return complete_firmware(reader, os);
}
