/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed by schema/gen from small.schema and schema/parts: change those. */
#ifndef SMALL_SCHEMA_H
#define SMALL_SCHEMA_H

#include <libvirt/module-xml.h>

enum VIR_XML_ONE_BYTE small_box_type {
    SMALL_BOX_TYPE_ABSENT,
    SMALL_BOX_TYPE_WOOD,
    SMALL_BOX_TYPE_PAPER,
};
extern const struct vir_xml_enum small_box_type_words;

enum VIR_XML_ONE_BYTE small_colour {
    SMALL_COLOUR_ABSENT,
    SMALL_COLOUR_RED,
    SMALL_COLOUR_LIGHT_BLUE,
    SMALL_COLOUR_NONE,
};
extern const struct vir_xml_enum small_colour_words;

enum VIR_XML_ONE_BYTE small_box_state {
    SMALL_BOX_STATE_ABSENT,
    SMALL_BOX_STATE_NEW,
    SMALL_BOX_STATE_USED,
};
extern const struct vir_xml_enum small_box_state_words;

enum VIR_XML_ONE_BYTE small_box_lid_lining {
    SMALL_BOX_LID_LINING_ABSENT,
    SMALL_BOX_LID_LINING_FELT,
    SMALL_BOX_LID_LINING_NONE,
};
extern const struct vir_xml_enum small_box_lid_lining_words;

enum VIR_XML_ONE_BYTE small_box_lid_hinge_side {
    SMALL_BOX_LID_HINGE_SIDE_ABSENT,
    SMALL_BOX_LID_HINGE_SIDE_LEFT,
    SMALL_BOX_LID_HINGE_SIDE_RIGHT,
};
extern const struct vir_xml_enum small_box_lid_hinge_side_words;

enum VIR_XML_ONE_BYTE small_lock_type {
    SMALL_LOCK_TYPE_ABSENT,
    SMALL_LOCK_TYPE_CHAIN,
};
extern const struct vir_xml_enum small_lock_type_words;

enum VIR_XML_ONE_BYTE small_post_kind {
    SMALL_POST_KIND_ABSENT,
    SMALL_POST_KIND_AIR,
    SMALL_POST_KIND_SEA,
};
extern const struct vir_xml_enum small_post_kind_words;

struct small_box_def;
struct small_box_lid_hinge_def;
struct small_box_padding_def;
struct small_lock_def;
struct small_post_def;

/* What has a label. */
struct small_labelled {
    /* @label: What stands on it. */
    char *label;
};

extern const struct vir_xml_table small_labelled_table;

static inline void
small_labelled_assign(struct small_labelled *to, const struct small_labelled *from)
{
    vir_xml_assign(&small_labelled_table, to, from);
}

/* <box>: A box with things in it. */
struct small_box_def {
    struct vir_xml_rest *rest;
    /* @big: A large number. (0 to 1099511627776) */
    unsigned long long big;
    /* @cpus: A set of CPUs. */
    char *cpus;
    /* @line: A text of one line that paper boxes need. */
    char *line;
    /* @key: What opens it. */
    char *key;
    /* <name>: Its name. */
    char *name;
    /* <size>: How much fits. */
    unsigned long long size;
    /* <notes>: What others wrote. */
    char *notes;
    /* <default>: A word of C. */
    char *preset;
    /* <camelCase>: A name in two words. */
    char *camel_case;
    /* <lid>: What closes it. */
    struct {
        /* text: What is written on it. (default plain) */
        char *text;
        /* <hinge>: What it turns on. */
        struct small_box_lid_hinge_def **hinges;
        /* @weight: In grams. (default 3) */
        unsigned int weight;
        unsigned int n_hinges;
        /* <small:extra>: What only this module knows. */
        struct {
            /* @depth: How deep. */
            unsigned int depth;
            bool present;
            bool has_depth;
        } small_extra;
        bool present;
    } lid;
    /* <padding>: What is around things that break. */
    struct small_box_padding_def *padding;
    /* <box>: Smaller boxes. */
    struct small_box_def **boxes;
    /* <lock>: What keeps it shut. */
    struct small_lock_def *lock;
    /* <post>: How it is sent. */
    struct small_post_def **posts;
    struct small_labelled labelled;
    /* @cell: A number in C's notation. */
    unsigned int cell;
    unsigned int n_boxes;
    unsigned int n_posts;
    /* @flags: Bits. (default 16) */
    unsigned short flags;
    /* @type: What it is made of. */
    enum small_box_type type;
    /* @colour: Its colour. (default none) */
    enum small_colour colour;
    /* @index: Its number. (1 to 9) */
    unsigned char index;
    bool has_index;
    bool has_big;
    /* @shift: A number that can be negative. (-5 to 5, default -1) */
    signed char shift;
    /* @bus: A number that is hexadecimal on wooden boxes. (0 to 255) */
    unsigned char bus;
    bool has_bus;
    bool has_cell;
    /* @worn: How much. (1 to 9) */
    unsigned char worn;
    bool has_worn;
    /* @open: Whether one can look inside. (default no) */
    enum vir_xml_bool open;
    /* @lit: Whether there is light. (only while running) */
    enum vir_xml_bool lit;
    /* <uuid>: Its identity. */
    unsigned char uuid[16];
    bool has_uuid;
    /* <mac>: Its address. */
    unsigned char mac[6];
    /* <fragile>: Whether it breaks. */
    bool fragile;
};

/* <hinge>: What it turns on. */
struct small_box_lid_hinge_def {
    struct vir_xml_rest *rest;
    /* <screw>: What holds it. */
    char *screw;
    /* @side: Where. */
    enum small_box_lid_hinge_side side;
};

/* <padding>: What is around things that break. */
struct small_box_padding_def {
    struct vir_xml_rest *rest;
    /* <layer>: What it is made of, from outside. */
    char **layers;
    unsigned int n_layers;
    /* @thick: Millimetres of it. (0 to 500) */
    unsigned short thick;
};

/* <lock>: A lock. */
struct small_lock_def {
    struct vir_xml_rest *rest;
    /* @seal: The number of the seal. (0 to 18446744073709551615) */
    unsigned long long seal;
    /* @wax: Means nothing. */
    char *wax;
    struct small_labelled labelled;
    bool has_seal;
    /* @type: How it works. */
    enum small_lock_type type;
};

/* <post>: How a box is sent. */
struct small_post_def {
    struct vir_xml_rest *rest;
    /* @from: A host. */
    char *from;
    /* @weight: How much is in it. */
    unsigned long long weight;
    /* @code: What it is known by. */
    char *code;
    /* <stamp>: What was paid. (1 to 4294967295) */
    unsigned int *stamps;
    unsigned int n_stamps;
    /* @mode: Who may open it. */
    unsigned short mode;
    bool has_mode;
};

extern const struct vir_xml_table small_box_table;

static inline struct small_box_def *
small_box_def_parse(const char *xml, unsigned int flags)
{
    return (struct small_box_def *)vir_xml_parse(&small_box_table, xml, flags);
}

/* The caller frees. */
static inline char *
small_box_def_format(const struct small_box_def *def, unsigned int flags)
{
    struct vir_buf buf = { 0 };

    vir_xml_format(&small_box_table, def, 0, &buf, flags);
    return vir_buf_steal(&buf);
}

static inline struct small_box_def *
small_box_def_new(void)
{
    return (struct small_box_def *)vir_xml_new(&small_box_table);
}

static inline struct small_box_def *
small_box_def_copy(const struct small_box_def *def)
{
    return (struct small_box_def *)vir_xml_copy(&small_box_table, def);
}

static inline struct small_box_def *
small_box_def_pack(struct small_box_def *def)
{
    return (struct small_box_def *)vir_xml_pack(&small_box_table, def);
}

static inline bool
small_box_def_equal(const struct small_box_def *a, const struct small_box_def *b)
{
    return vir_xml_equal(&small_box_table, a, b);
}

static inline int
small_box_def_each_kept(const struct small_box_def *def, vir_xml_kept_fn each, void *opaque)
{
    return vir_xml_each_kept(&small_box_table, def, each, opaque);
}

static inline struct small_box_def *
small_box_def_free(struct small_box_def *def)
{
    return (struct small_box_def *)vir_xml_free(&small_box_table, def);
}

extern const struct vir_xml_table small_box_lid_hinge_table;

static inline struct small_box_lid_hinge_def *
small_box_lid_hinge_def_parse(const char *xml, unsigned int flags)
{
    return (struct small_box_lid_hinge_def *)vir_xml_parse(&small_box_lid_hinge_table, xml, flags);
}

/* The caller frees. */
static inline char *
small_box_lid_hinge_def_format(const struct small_box_lid_hinge_def *def, unsigned int flags)
{
    struct vir_buf buf = { 0 };

    vir_xml_format(&small_box_lid_hinge_table, def, 0, &buf, flags);
    return vir_buf_steal(&buf);
}

static inline struct small_box_lid_hinge_def *
small_box_lid_hinge_def_new(void)
{
    return (struct small_box_lid_hinge_def *)vir_xml_new(&small_box_lid_hinge_table);
}

static inline struct small_box_lid_hinge_def *
small_box_lid_hinge_def_copy(const struct small_box_lid_hinge_def *def)
{
    return (struct small_box_lid_hinge_def *)vir_xml_copy(&small_box_lid_hinge_table, def);
}

static inline struct small_box_lid_hinge_def *
small_box_lid_hinge_def_pack(struct small_box_lid_hinge_def *def)
{
    return (struct small_box_lid_hinge_def *)vir_xml_pack(&small_box_lid_hinge_table, def);
}

static inline bool
small_box_lid_hinge_def_equal(const struct small_box_lid_hinge_def *a, const struct small_box_lid_hinge_def *b)
{
    return vir_xml_equal(&small_box_lid_hinge_table, a, b);
}

static inline int
small_box_lid_hinge_def_each_kept(const struct small_box_lid_hinge_def *def, vir_xml_kept_fn each, void *opaque)
{
    return vir_xml_each_kept(&small_box_lid_hinge_table, def, each, opaque);
}

static inline struct small_box_lid_hinge_def *
small_box_lid_hinge_def_free(struct small_box_lid_hinge_def *def)
{
    return (struct small_box_lid_hinge_def *)vir_xml_free(&small_box_lid_hinge_table, def);
}

extern const struct vir_xml_table small_box_padding_table;

static inline struct small_box_padding_def *
small_box_padding_def_parse(const char *xml, unsigned int flags)
{
    return (struct small_box_padding_def *)vir_xml_parse(&small_box_padding_table, xml, flags);
}

/* The caller frees. */
static inline char *
small_box_padding_def_format(const struct small_box_padding_def *def, unsigned int flags)
{
    struct vir_buf buf = { 0 };

    vir_xml_format(&small_box_padding_table, def, 0, &buf, flags);
    return vir_buf_steal(&buf);
}

static inline struct small_box_padding_def *
small_box_padding_def_new(void)
{
    return (struct small_box_padding_def *)vir_xml_new(&small_box_padding_table);
}

static inline struct small_box_padding_def *
small_box_padding_def_copy(const struct small_box_padding_def *def)
{
    return (struct small_box_padding_def *)vir_xml_copy(&small_box_padding_table, def);
}

static inline struct small_box_padding_def *
small_box_padding_def_pack(struct small_box_padding_def *def)
{
    return (struct small_box_padding_def *)vir_xml_pack(&small_box_padding_table, def);
}

static inline bool
small_box_padding_def_equal(const struct small_box_padding_def *a, const struct small_box_padding_def *b)
{
    return vir_xml_equal(&small_box_padding_table, a, b);
}

static inline int
small_box_padding_def_each_kept(const struct small_box_padding_def *def, vir_xml_kept_fn each, void *opaque)
{
    return vir_xml_each_kept(&small_box_padding_table, def, each, opaque);
}

static inline struct small_box_padding_def *
small_box_padding_def_free(struct small_box_padding_def *def)
{
    return (struct small_box_padding_def *)vir_xml_free(&small_box_padding_table, def);
}

extern const struct vir_xml_table small_lock_table;

static inline struct small_lock_def *
small_lock_def_parse(const char *xml, unsigned int flags)
{
    return (struct small_lock_def *)vir_xml_parse(&small_lock_table, xml, flags);
}

/* The caller frees. */
static inline char *
small_lock_def_format(const struct small_lock_def *def, unsigned int flags)
{
    struct vir_buf buf = { 0 };

    vir_xml_format(&small_lock_table, def, 0, &buf, flags);
    return vir_buf_steal(&buf);
}

static inline struct small_lock_def *
small_lock_def_new(void)
{
    return (struct small_lock_def *)vir_xml_new(&small_lock_table);
}

static inline struct small_lock_def *
small_lock_def_copy(const struct small_lock_def *def)
{
    return (struct small_lock_def *)vir_xml_copy(&small_lock_table, def);
}

static inline struct small_lock_def *
small_lock_def_pack(struct small_lock_def *def)
{
    return (struct small_lock_def *)vir_xml_pack(&small_lock_table, def);
}

static inline bool
small_lock_def_equal(const struct small_lock_def *a, const struct small_lock_def *b)
{
    return vir_xml_equal(&small_lock_table, a, b);
}

static inline int
small_lock_def_each_kept(const struct small_lock_def *def, vir_xml_kept_fn each, void *opaque)
{
    return vir_xml_each_kept(&small_lock_table, def, each, opaque);
}

static inline struct small_lock_def *
small_lock_def_free(struct small_lock_def *def)
{
    return (struct small_lock_def *)vir_xml_free(&small_lock_table, def);
}

extern const struct vir_xml_table small_post_table;

static inline struct small_post_def *
small_post_def_parse(const char *xml, unsigned int flags)
{
    return (struct small_post_def *)vir_xml_parse(&small_post_table, xml, flags);
}

/* The caller frees. */
static inline char *
small_post_def_format(const struct small_post_def *def, unsigned int flags)
{
    struct vir_buf buf = { 0 };

    vir_xml_format(&small_post_table, def, 0, &buf, flags);
    return vir_buf_steal(&buf);
}

static inline struct small_post_def *
small_post_def_new(void)
{
    return (struct small_post_def *)vir_xml_new(&small_post_table);
}

static inline struct small_post_def *
small_post_def_copy(const struct small_post_def *def)
{
    return (struct small_post_def *)vir_xml_copy(&small_post_table, def);
}

static inline struct small_post_def *
small_post_def_pack(struct small_post_def *def)
{
    return (struct small_post_def *)vir_xml_pack(&small_post_table, def);
}

static inline bool
small_post_def_equal(const struct small_post_def *a, const struct small_post_def *b)
{
    return vir_xml_equal(&small_post_table, a, b);
}

static inline int
small_post_def_each_kept(const struct small_post_def *def, vir_xml_kept_fn each, void *opaque)
{
    return vir_xml_each_kept(&small_post_table, def, each, opaque);
}

static inline struct small_post_def *
small_post_def_free(struct small_post_def *def)
{
    return (struct small_post_def *)vir_xml_free(&small_post_table, def);
}

/* What the module neither takes nor passes, and words that it refuses: -1 with an error. */
extern const struct vir_xml_limits small_box_limits;

static inline int
small_box_def_refused(const struct small_box_def *def)
{
    return vir_xml_refused(&small_box_limits, &small_box_table, "", def);
}

/* What has a struct small_labelled in a <box>, in the order of writing; behind the last: no name. */
enum {
    SMALL_BOX_LABELLED_LIST_BOX,
    SMALL_BOX_LABELLED_LIST_LOCK,
    SMALL_BOX_LABELLED_LISTS,
};
extern const struct vir_xml_list small_box_labelled_lists[SMALL_BOX_LABELLED_LISTS + 1];

#endif
