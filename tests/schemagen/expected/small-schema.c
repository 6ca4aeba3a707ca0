/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed by schema/gen from small.schema and schema/parts: change those. */
#include "small-schema.h"

#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

const struct vir_xml_enum small_box_type_words = { "box_type", 3, "wood\0" "paper\0" };

const struct vir_xml_enum small_colour_words = { "colour", 4, "red\0" "light-blue\0" "none\0" };

const struct vir_xml_enum small_box_state_words = { "box_state", 3, "new\0" "used\0" };

const struct vir_xml_enum small_box_lid_lining_words = { "box_lid_lining", 3, "felt\0" "none\0" };

const struct vir_xml_enum small_box_lid_hinge_side_words = { "box_lid_hinge_side", 3, "left\0" "right\0" };

const struct vir_xml_enum small_lock_type_words = { "lock_type", 2, "chain\0" };

const struct vir_xml_enum small_post_kind_words = { "post_kind", 3, "air\0" "sea\0" };

static const struct vir_xml_row small_labelled_table_rows[] = {
    { "label", VIR_XML_ATTRIBUTE, VIR_XML_STRING, 0, 0, offsetof(struct small_labelled, label), VIR_XML_NO_MEMBER },
};

static void *small_labelled_table_bound;
const struct vir_xml_table small_labelled_table = {
    "labelled", small_labelled_table_rows, 1, 1, VIR_XML_NO_MEMBER, sizeof(struct small_labelled), NULL, 0, &small_labelled_table_bound
};

static const struct vir_xml_row small_box_lid_small_extra_table_rows[] = {
    { "depth", VIR_XML_ATTRIBUTE, VIR_XML_UINT, 4, 0, offsetof(struct small_box_def, lid.small_extra.depth), offsetof(struct small_box_def, lid.small_extra.has_depth) },
};

static void *small_box_lid_small_extra_table_bound;
static const struct vir_xml_table small_box_lid_small_extra_table = {
    "box/lid/small:extra", small_box_lid_small_extra_table_rows, 1, 1, VIR_XML_NO_MEMBER, 0, NULL, 0, &small_box_lid_small_extra_table_bound
};

static const struct vir_xml_row small_box_lid_table_rows[] = {
    { "weight", VIR_XML_ATTRIBUTE, VIR_XML_UINT, 4, VIR_XML_PRESET, offsetof(struct small_box_def, lid.weight), VIR_XML_NO_MEMBER, .extra = &(const struct vir_xml_extra){ .min = 0u, .max = 4294967295u, .preset = 3u } },
    { NULL, VIR_XML_TEXT, VIR_XML_STRING, 0, VIR_XML_REQUIRED | VIR_XML_PRESET, offsetof(struct small_box_def, lid.text), VIR_XML_NO_MEMBER, .extra = &(const struct vir_xml_extra){ .preset_text = "plain" } },
    { "hinge", VIR_XML_ELEMENT, VIR_XML_LIST, 0, 0, offsetof(struct small_box_def, lid.hinges), offsetof(struct small_box_def, lid.n_hinges), .of.table = &small_box_lid_hinge_table },
    { "small:extra", VIR_XML_ELEMENT, VIR_XML_GROUP, 0, 0, VIR_XML_NO_MEMBER, offsetof(struct small_box_def, lid.small_extra.present), .of.table = &small_box_lid_small_extra_table },
};

static const struct vir_xml_rule small_box_lid_table_rules[] = {
    { VIR_ERR_CONFIG_UNSUPPORTED, "only wooden boxes have a lid that weighs anything", "\005!/box\0" "\005@type\0" "\000\0" "\004wood\0" "\000\0" "\002+a\0" "\007@weight\0" "\000\0", { 0x80000, { 0x0, 0x0 } } },
};

static void *small_box_lid_table_bound;
static const struct vir_xml_table small_box_lid_table = {
    "box/lid", small_box_lid_table_rows, 4, 1, VIR_XML_NO_MEMBER, 0, small_box_lid_table_rules, 1, &small_box_lid_table_bound
};

static const struct vir_xml_row small_box_table_rows[] = {
    { "type", VIR_XML_ATTRIBUTE, VIR_XML_ENUM, 0, VIR_XML_REQUIRED, offsetof(struct small_box_def, type), VIR_XML_NO_MEMBER, .of.words = &small_box_type_words },
    { "colour", VIR_XML_ATTRIBUTE, VIR_XML_ENUM, 0, VIR_XML_PRESET, offsetof(struct small_box_def, colour), VIR_XML_NO_MEMBER, .extra = &(const struct vir_xml_extra){ .preset = SMALL_COLOUR_NONE }, .of.words = &small_colour_words },
    { "index", VIR_XML_ATTRIBUTE, VIR_XML_UINT, 1, 0, offsetof(struct small_box_def, index), offsetof(struct small_box_def, has_index), .extra = &(const struct vir_xml_extra){ .min = 1u, .max = 9u } },
    { "big", VIR_XML_ATTRIBUTE, VIR_XML_UINT, 8, 0, offsetof(struct small_box_def, big), offsetof(struct small_box_def, has_big), .extra = &(const struct vir_xml_extra){ .min = 0u, .max = 1099511627776u } },
    { "shift", VIR_XML_ATTRIBUTE, VIR_XML_INT, 1, VIR_XML_PRESET, offsetof(struct small_box_def, shift), VIR_XML_NO_MEMBER, .extra = &(const struct vir_xml_extra){ .min = (uint64_t)-5, .max = 5u, .preset = (uint64_t)-1 } },
    { "flags", VIR_XML_ATTRIBUTE, VIR_XML_HEX, 4, VIR_XML_PRESET, offsetof(struct small_box_def, flags), VIR_XML_NO_MEMBER, .extra = &(const struct vir_xml_extra){ .min = 0u, .max = 65535u, .preset = 16u } },
    { "bus", VIR_XML_ATTRIBUTE, VIR_XML_UINT, 1, 0, offsetof(struct small_box_def, bus), offsetof(struct small_box_def, has_bus), .extra = &(const struct vir_xml_extra){ .min = 0u, .max = 255u, .hex = 2, .hex_type = offsetof(struct small_box_def, type), .hex_value = SMALL_BOX_TYPE_WOOD } },
    { "cell", VIR_XML_ATTRIBUTE, VIR_XML_UINT, 4, VIR_XML_BASED, offsetof(struct small_box_def, cell), offsetof(struct small_box_def, has_cell), .extra = &(const struct vir_xml_extra){ .min = 0u, .max = 4294967295u, .unique = "box", .unique_error = VIR_ERR_CONFIG_UNSUPPORTED } },
    { "cpus", VIR_XML_ATTRIBUTE, VIR_XML_CPUSET, 0, 0, offsetof(struct small_box_def, cpus), VIR_XML_NO_MEMBER },
    { "line", VIR_XML_ATTRIBUTE, VIR_XML_STRING, 0, VIR_XML_LINE, offsetof(struct small_box_def, line), VIR_XML_NO_MEMBER, .extra = &(const struct vir_xml_extra){ .needed = "\002=a\0" "\005@type\0" "\000\0" "\005paper\0" "\000\0" "\000\0" } },
    { "worn", VIR_XML_ATTRIBUTE, VIR_XML_UINT, 1, 0, offsetof(struct small_box_def, worn), offsetof(struct small_box_def, has_worn), .extra = &(const struct vir_xml_extra){ .min = 1u, .max = 9u, .choices = "\0013\0" "\002=a\0" "\006@state\0" "\000\0" "\004used\0" "\000\0" "\002-a\0" "\003box\0" "\000\0" "\000\0" "\0011\0" "\002=a\0" "\005@type\0" "\000\0" "\005paper\0" "\000\0" "\000\0" "\000\0" } },
    { "open", VIR_XML_ATTRIBUTE, VIR_XML_YESNO, 0, VIR_XML_PRESET, offsetof(struct small_box_def, open), VIR_XML_NO_MEMBER, .extra = &(const struct vir_xml_extra){ .preset = VIR_XML_NO } },
    { "lit", VIR_XML_ATTRIBUTE, VIR_XML_ONOFF, 0, VIR_XML_LIVE, offsetof(struct small_box_def, lit), VIR_XML_NO_MEMBER, .extra = &(const struct vir_xml_extra){ .when = "\001~\0" "\002=a\0" "\005@open\0" "\002no\0" "\002no\0" "\000\0" "\000\0" "\001~\0" "\002-a\0" "\003lid\0" "\000\0" "\000\0" "\000\0" } },
    { "key", VIR_XML_ATTRIBUTE, VIR_XML_STRING, 0, VIR_XML_SECRET, offsetof(struct small_box_def, key), VIR_XML_NO_MEMBER },
    { "label", VIR_XML_ATTRIBUTE, VIR_XML_STRING, 0, 0, offsetof(struct small_box_def, labelled.label), VIR_XML_NO_MEMBER },
    { "name", VIR_XML_ELEMENT, VIR_XML_NAME, 0, VIR_XML_REQUIRED, offsetof(struct small_box_def, name), VIR_XML_NO_MEMBER, .extra = &(const struct vir_xml_extra){ .error = VIR_ERR_NO_NAME } },
    { "uuid", VIR_XML_ELEMENT, VIR_XML_UUID, 0, 0, offsetof(struct small_box_def, uuid), offsetof(struct small_box_def, has_uuid) },
    { "mac", VIR_XML_ELEMENT, VIR_XML_MAC, 0, VIR_XML_REQUIRED, offsetof(struct small_box_def, mac), VIR_XML_NO_MEMBER },
    { "size", VIR_XML_ELEMENT, VIR_XML_MEMORY, 8, VIR_XML_REQUIRED, offsetof(struct small_box_def, size), VIR_XML_NO_MEMBER, .extra = &(const struct vir_xml_extra){ .min = 1u, .max = 9007199254740991u } },
    { "fragile", VIR_XML_ELEMENT, VIR_XML_FLAG, 0, 0, offsetof(struct small_box_def, fragile), VIR_XML_NO_MEMBER },
    { "notes", VIR_XML_ELEMENT, VIR_XML_VERBATIM, 0, VIR_XML_FOREIGN, offsetof(struct small_box_def, notes), VIR_XML_NO_MEMBER },
    { "default", VIR_XML_ELEMENT, VIR_XML_STRING, 0, 0, offsetof(struct small_box_def, preset), VIR_XML_NO_MEMBER },
    { "camelCase", VIR_XML_ELEMENT, VIR_XML_STRING, 0, 0, offsetof(struct small_box_def, camel_case), VIR_XML_NO_MEMBER },
    { "lid", VIR_XML_ELEMENT, VIR_XML_GROUP, 0, VIR_XML_ALWAYS | VIR_XML_OPEN | VIR_XML_ONCE, VIR_XML_NO_MEMBER, offsetof(struct small_box_def, lid.present), .of.table = &small_box_lid_table },
    { "padding", VIR_XML_ELEMENT, VIR_XML_PART, 0, 0, offsetof(struct small_box_def, padding), VIR_XML_NO_MEMBER, .of.table = &small_box_padding_table },
    { "box", VIR_XML_ELEMENT, VIR_XML_LIST, 0, 0, offsetof(struct small_box_def, boxes), offsetof(struct small_box_def, n_boxes), .of.table = &small_box_table },
    { "lock", VIR_XML_ELEMENT, VIR_XML_PART, 0, VIR_XML_EMPTY, offsetof(struct small_box_def, lock), VIR_XML_NO_MEMBER, .of.table = &small_lock_table },
    { "post", VIR_XML_ELEMENT, VIR_XML_LIST, 0, 0, offsetof(struct small_box_def, posts), offsetof(struct small_box_def, n_posts), .of.table = &small_post_table },
};

static const struct vir_xml_rule small_box_table_rules[] = {
    { VIR_ERR_NO_SUPPORT, "a wooden box says what its lid weighs", "\002=a\0" "\005@type\0" "\000\0" "\004wood\0" "\000\0" "\002-a\0" "\003lid\0" "\007@weight\0" "\000\0", { 0x8000002, { 0x0, 0x0 } } },
};

static void *small_box_table_bound;
const struct vir_xml_table small_box_table = {
    "box", small_box_table_rows, 28, 15, offsetof(struct small_box_def, rest), sizeof(struct small_box_def), small_box_table_rules, 1, &small_box_table_bound
};

static const struct vir_xml_row small_box_lid_hinge_table_rows[] = {
    { "side", VIR_XML_ATTRIBUTE, VIR_XML_ENUM, 0, VIR_XML_REQUIRED, offsetof(struct small_box_lid_hinge_def, side), VIR_XML_NO_MEMBER, .of.words = &small_box_lid_hinge_side_words },
    { "screw", VIR_XML_ELEMENT, VIR_XML_STRING, 0, 0, offsetof(struct small_box_lid_hinge_def, screw), VIR_XML_NO_MEMBER },
};

static void *small_box_lid_hinge_table_bound;
const struct vir_xml_table small_box_lid_hinge_table = {
    "box/lid/hinge", small_box_lid_hinge_table_rows, 2, 1, offsetof(struct small_box_lid_hinge_def, rest), sizeof(struct small_box_lid_hinge_def), NULL, 0, &small_box_lid_hinge_table_bound
};

static const struct vir_xml_row small_box_padding_table_rows[] = {
    { "thick", VIR_XML_ATTRIBUTE, VIR_XML_UINT, 2, VIR_XML_REQUIRED, offsetof(struct small_box_padding_def, thick), VIR_XML_NO_MEMBER, .extra = &(const struct vir_xml_extra){ .min = 0u, .max = 500u } },
    { "layer", VIR_XML_ELEMENT, VIR_XML_STRING, 0, VIR_XML_MANY, offsetof(struct small_box_padding_def, layers), offsetof(struct small_box_padding_def, n_layers) },
};

static void *small_box_padding_table_bound;
const struct vir_xml_table small_box_padding_table = {
    "box/padding", small_box_padding_table_rows, 2, 1, offsetof(struct small_box_padding_def, rest), sizeof(struct small_box_padding_def), NULL, 0, &small_box_padding_table_bound
};

static const struct vir_xml_row small_lock_table_rows[] = {
    { "label", VIR_XML_ATTRIBUTE, VIR_XML_STRING, 0, 0, offsetof(struct small_lock_def, labelled.label), VIR_XML_NO_MEMBER, .extra = &(const struct vir_xml_extra){ .when = "\002=a\0" "\005@type\0" "\000\0" "\004bolt\0" "\000\0" "\000\0" } },
    { "seal", VIR_XML_ATTRIBUTE, VIR_XML_UINT, 8, 0, offsetof(struct small_lock_def, seal), offsetof(struct small_lock_def, has_seal), .extra = &(const struct vir_xml_extra){ .min = 0u, .max = 0xffffffffffffffffu, .unsaid = "0\0" } },
    { "wax", VIR_XML_ATTRIBUTE, VIR_XML_STRING, 0, 0, offsetof(struct small_lock_def, wax), VIR_XML_NO_MEMBER, .extra = &(const struct vir_xml_extra){ .when = "\001x\0" "\000\0" } },
    { "type", VIR_XML_ATTRIBUTE, VIR_XML_ENUM, 0, 0, offsetof(struct small_lock_def, type), VIR_XML_NO_MEMBER, .of.words = &small_lock_type_words },
};

static void *small_lock_table_bound;
const struct vir_xml_table small_lock_table = {
    "box/lock", small_lock_table_rows, 4, 4, offsetof(struct small_lock_def, rest), sizeof(struct small_lock_def), NULL, 0, &small_lock_table_bound
};

static const struct vir_xml_row small_post_table_rows[] = {
    { "from", VIR_XML_ATTRIBUTE, VIR_XML_IP, 0, 0, offsetof(struct small_post_def, from), VIR_XML_NO_MEMBER },
    { "mode", VIR_XML_ATTRIBUTE, VIR_XML_OCTAL, 4, 0, offsetof(struct small_post_def, mode), offsetof(struct small_post_def, has_mode), .extra = &(const struct vir_xml_extra){ .min = 0u, .max = 511u } },
    { "weight", VIR_XML_ATTRIBUTE, VIR_XML_BYTES, 8, VIR_XML_REQUIRED, offsetof(struct small_post_def, weight), VIR_XML_NO_MEMBER, .extra = &(const struct vir_xml_extra){ .min = 0u, .max = 0xffffffffffffffffu } },
    { "code", VIR_XML_ATTRIBUTE, VIR_XML_STRING, 0, VIR_XML_STRICT, offsetof(struct small_post_def, code), VIR_XML_NO_MEMBER, .extra = &(const struct vir_xml_extra){ .form = "[]A-Z-]{2}[0-9]+", .form_says = "two letters and a number", .wrong = VIR_ERR_INVALID_ARG, .capitals = true } },
    { "stamp", VIR_XML_ELEMENT, VIR_XML_UINT, 4, VIR_XML_MANY, offsetof(struct small_post_def, stamps), offsetof(struct small_post_def, n_stamps), .extra = &(const struct vir_xml_extra){ .min = 1u, .max = 4294967295u } },
};

static void *small_post_table_bound;
const struct vir_xml_table small_post_table = {
    "box/post", small_post_table_rows, 5, 4, offsetof(struct small_post_def, rest), sizeof(struct small_post_def), NULL, 0, &small_post_table_bound
};

static const struct vir_xml_limit small_box_limit_list[] = {
    { "@type", "paper", true },
    { "box", NULL, true },
    { "*/@type", "bolt", false },
};

const struct vir_xml_limits small_box_limits = { "small", small_box_limit_list, 3 };

const struct vir_xml_list small_box_labelled_lists[] = {
    { "box", &small_box_table, offsetof(struct small_box_def, boxes), offsetof(struct small_box_def, n_boxes), offsetof(struct small_box_def, labelled) },
    { "lock", &small_lock_table, offsetof(struct small_box_def, lock), VIR_XML_NO_MEMBER, offsetof(struct small_lock_def, labelled) },
    { NULL, NULL, 0, 0, 0 },
};

