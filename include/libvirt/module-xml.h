/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The XML engine: it reads and writes documents by tables.  The tables and the
 * structs that they describe are printed from schema files into each module
 * (see schema/README.md); a module calls the printed functions
 *
 *     test_domain_def_parse, _format, _copy, _pack, _equal, _free
 *
 * and never this interface itself.  What the vocabulary of documents knows and
 * the module's struct does not is read by its kind, and written back in its
 * place; a name that nobody knows is dropped with a warning.
 */
#ifndef LIBVIRT_MODULE_XML_H
#define LIBVIRT_MODULE_XML_H

#include <libvirt/module.h>

#pragma GCC visibility push(default)

enum vir_xml_flags {
    VIR_XML_VALIDATE = 1 << 0,          /* parse: an unknown name is an error */
    VIR_XML_INACTIVE = 1 << 1,          /* format, parse: leave out what only a running guest has */
    VIR_XML_SECURE   = 1 << 2,          /* format: with passwords */
    VIR_XML_LOCAL    = 1 << 3,          /* parse: the user's own file, not a message: 16 times the limits */
    VIR_XML_OWN      = 1 << 4,          /* parse: what we wrote ourselves: a wrong value is left out with a warning */
    /* parse: a definition of a guest of real hardware that no guest runs by yet: its memory is that of its
     * NUMA cells, CPUs in none of these are in the first, and a label names its security module */
    VIR_XML_NEW      = 1 << 5,
    VIR_XML_MEANT    = 1 << 6,          /* parse: it says which one is meant that is there: no rules are asked */
};

/* A member that is such an enum has one byte. */
#define VIR_XML_ONE_BYTE __attribute__((packed))

/* Values of yes/no and on/off. */
enum VIR_XML_ONE_BYTE vir_xml_bool { VIR_XML_ABSENT, VIR_XML_YES, VIR_XML_NO };

/* What the struct of an element has no member for; private to the engine. */
struct vir_xml_rest;

/* ---- printed tables -------------------------------------------------------- */

enum vir_xml_place { VIR_XML_ATTRIBUTE, VIR_XML_TEXT, VIR_XML_ELEMENT };

/* How a row is read and what its C member is. */
enum vir_xml_kind {
    VIR_XML_STRING,                     /* char * */
    VIR_XML_NAME,                       /* char *: not empty, no '/', no control character */
    VIR_XML_UINT,                       /* unsigned, of `width` bytes */
    VIR_XML_INT,                        /* signed, of `width` bytes */
    VIR_XML_HEX,                        /* unsigned, of so many bytes as its most needs; written 0x with `width` digits */
    VIR_XML_OCTAL,                      /* the same, written with so many digits and a leading 0 */
    VIR_XML_YESNO, VIR_XML_ONOFF,       /* enum vir_xml_bool */
    VIR_XML_ENUM,                       /* an enum of the module, 0: absent */
    VIR_XML_MEMORY,                     /* unsigned long long, KiB; the element has @unit */
    VIR_XML_BYTES,                      /* unsigned long long; the element has @unit */
    VIR_XML_MEGA,                       /* unsigned long long, MiB; the element has @unit */
    VIR_XML_UUID,                       /* unsigned char [16] */
    VIR_XML_MAC,                        /* unsigned char [6] */
    VIR_XML_IP, VIR_XML_IPV4, VIR_XML_IPV6,     /* char *, in its shortest form */
    VIR_XML_CPUSET,                     /* char *: a set of CPUs, in its shortest form */
    VIR_XML_FLAG,                       /* bool: the empty element is there */
    VIR_XML_VERBATIM,                   /* char *: the whole element as it will be written */
    VIR_XML_GROUP,                      /* members of the same struct; `has` tells that it is there */
    VIR_XML_PART,                       /* pointer to another struct, NULL: absent */
    VIR_XML_LIST,                       /* array of pointers to another struct, `has`: the count */
};

enum vir_xml_row_flags {
    VIR_XML_REQUIRED = 1 << 0,
    VIR_XML_LIVE     = 1 << 1,          /* only a running guest has it */
    VIR_XML_SECRET   = 1 << 2,          /* written with VIR_XML_SECURE only */
    VIR_XML_ALWAYS   = 1 << 3,          /* a group that is there even if the document lacks it */
    VIR_XML_OPEN     = 1 << 4,          /* written open and closed on two lines when it is empty */
    VIR_XML_PRESET   = 1 << 5,          /* `preset` is the value where the document has none */
    VIR_XML_FOREIGN  = 1 << 6,          /* the content is not ours: written as libxml2 does */
    VIR_XML_ALONE    = 1 << 7,          /* where it is there, nothing else has to be */
    VIR_XML_BASED    = 1 << 8,          /* a UINT in C's notation: 16, 0x10, 020 */
    VIR_XML_UNICAST  = 1 << 9,          /* a MAC of one card, not of a group */
    VIR_XML_LINE     = 1 << 10,         /* a STRING without line breaks */
    VIR_XML_ONCE     = 1 << 11,         /* a second one is an error; else it is dropped */
    VIR_XML_EMPTY    = 1 << 12,         /* a STRING that may be empty; else an empty one is absent */
    VIR_XML_STRICT   = 1 << 13,         /* `form` holds without VIR_XML_VALIDATE, too */
    VIR_XML_MANY     = 1 << 14,         /* an array of values, `has`: the count */
    VIR_XML_DEMANDS  = 1 << 15,         /* the engine's own: that it is absent may mean something */
};

#define VIR_XML_NO_MEMBER 0xffff

/* Words in one string, each with a NUL behind it, and an empty one at the end. */
struct vir_xml_enum {
    const char *name;
    unsigned int n;                     /* with value 0; for modules, the engine does not use it */
    const char *words;
};

struct vir_xml_table;

/* What only some rows have. */
struct vir_xml_extra {
    uint64_t min, max;                  /* of a number */
    uint64_t preset;
    const char *preset_text;            /* of a string */
    const char *form, *form_says;       /* regular expression for all of a string; in words */
    const char *unsaid;                 /* words that count as absent */
    /* Conditions, see driver/xml/condition.c: required where it holds, dropped where it
     * fails; presets by what else is said. */
    const char *needed, *when, *choices;
    /* No two such attributes of one ancestor of this name are equal (but in elements
     * within unique_except); NULL: they may be. */
    const char *unique, *unique_except;
    uint16_t unique_error;              /* virErrorNumber if they are; 0: XML_ERROR */
    uint16_t error;                     /* virErrorNumber if it is required and missing; 0: XML_ERROR */
    uint16_t wrong;                     /* virErrorNumber if it is no value of its kind; 0: XML_ERROR */
    bool capitals;                      /* a string or hex is written in capital letters */
    /* UINT: in C's notation, and written with so many hexadecimal digits, if the
     * enum at hex_type is hex_value or absent; 0 digits: never. */
    uint16_t hex, hex_type, hex_value;
};

struct vir_xml_row {
    const char *name;                   /* NULL for the element's text */
    uint8_t place, kind;                /* enums above */
    uint8_t width;                      /* bytes of a number, digits of a hex or octal */
    uint32_t flags;
    uint16_t offset;                    /* of the member in the struct; not for a group */
    uint16_t has;                       /* of the bool or count (unsigned int) with it; VIR_XML_NO_MEMBER: none */
    const struct vir_xml_extra *extra;  /* NULL: a number has all that its type holds, memory 2^53 KiB */
    union {
        const struct vir_xml_enum *words;
        const struct vir_xml_table *table;      /* of a group, part or list */
    } of;
};

/* A bit for each name, and for an attribute also one for its value: several have the same one. */
struct vir_xml_signs {
    uint64_t here;                      /* attributes, their values, elements */
    uint64_t below[2];                  /* attributes of these elements, and elements in them */
};

/* What no element of a document may be. */
struct vir_xml_rule {
    int code;                           /* virErrorNumber */
    const char *says;                   /* what is asked for instead, in words */
    const char *condition;              /* where it is broken: see driver/xml/condition.c */
    struct vir_xml_signs wants;         /* of what must be there for that */
};

/* Rows in the order of writing: attributes, text, elements. */
struct vir_xml_table {
    const char *path;                   /* for example "domain/devices/disk" */
    const struct vir_xml_row *rows;
    uint16_t n_rows, n_attributes;
    uint16_t rest;                      /* offset of the struct vir_xml_rest *; a group or mixin has no member */
    uint32_t size;                      /* of the struct; 0: a group */
    const struct vir_xml_rule *rules;   /* the module's, beside those of the vocabulary */
    uint16_t n_rules;
    void **bound;                       /* the engine's own, NULL at first */
};

/* What the module does about what it does not take (pass; all else is refused), and
 * about values of what it takes (refuse). */
struct vir_xml_limit {
    const char *path;                   /* below the root; * stands for any one name */
    const char *word;                   /* NULL: whatever stands there */
    bool refuse;
};

struct vir_xml_limits {
    const char *module;
    const struct vir_xml_limit *limits;
    size_t n;
};

/* Elements of one kind in a document that have a mixin in common. */
struct vir_xml_list {
    const char *path;                   /* below the root: "devices/disk" */
    const struct vir_xml_table *table;  /* of one of them */
    uint16_t items;                     /* in the root's struct: the array; the pointer, if one is all */
    uint16_t count;                     /* in the root's struct; VIR_XML_NO_MEMBER: one is all */
    uint16_t mixin;                     /* of the mixin's struct, in one of them */
};

/* ---- what the printed functions call ---------------------------------------- */

/* Reads the document TEXT, whose root is the table's element, into a new struct;
 * NULL with an error that gives line and column. */
void *vir_xml_parse(const struct vir_xml_table *table, const char *text, unsigned int flags);
/* Appends the element, its first line indented by DEPTH levels. */
void vir_xml_format(const struct vir_xml_table *table, const void *def, int depth, struct vir_buf *buf,
                    unsigned int flags);
/* A struct as an empty document would give it: presets only. */
void *vir_xml_new(const struct vir_xml_table *table);
void *vir_xml_copy(const struct vir_xml_table *table, const void *def);
/* A copy of FROM in place of what TO, another such struct, held. */
void vir_xml_assign(const struct vir_xml_table *table, void *to, const void *from);
/* The same in one piece of memory, which is less; takes DEF over.  It can be read, copied and released, and
 * not be changed. */
void *vir_xml_pack(const struct vir_xml_table *table, void *def);
bool vir_xml_equal(const struct vir_xml_table *table, const void *a, const void *b);
void *vir_xml_free(const struct vir_xml_table *table, void *def);      /* returns NULL */
/* Tells everything that DEF has no member for: the path of the element that holds it
 * ("domain/devices/disk"), the name ("iotune", "snapshot") and the thing itself, for as
 * long as EACH runs.  Stops when that returns < 0: -1. */
struct vir_xml_kept;
typedef int (*vir_xml_kept_fn)(const char *path, const char *name, const struct vir_xml_kept *kept, void *opaque);
int vir_xml_each_kept(const struct vir_xml_table *table, const void *def, vir_xml_kept_fn each, void *opaque);
/* It is an element with nothing in it. */
bool vir_xml_kept_is_empty(const struct vir_xml_kept *kept);
/* -1 with VIR_ERR_CONFIG_UNSUPPORTED where DEF, the table's element at PATH below the
 * root (""), has what the module refuses, or neither takes nor passes. */
int vir_xml_refused(const struct vir_xml_limits *limits, const struct vir_xml_table *table, const char *path,
                    const void *def);

/* ---- documents of any kind, without a module's struct --------------------------- */

/* TEXT as it would be written, by the vocabulary alone: the caller frees. KIND: "domain", ..., or the
 * root element; NULL: the document tells it. NULL with an error. */
char *vir_xml_canonical(const char *text, const char *kind, unsigned int flags);
/* The name of the I-th kind; NULL behind the last. */
const char *vir_xml_kind(size_t i);

/* ---- what people and applications write down about a domain ---------------------- */

/* Where a module's struct has it; metadata: the element, as it was read. */
struct vir_xml_notes { char **title, **description, **metadata; };
/* For virDomainGetMetadata and virDomainSetMetadata, whose arguments these are.  NULL, -1: error set; the
 * caller frees. */
char *vir_xml_notes_get(const struct vir_xml_notes *notes, int type, const char *uri);
int vir_xml_notes_set(const struct vir_xml_notes *notes, int type, const char *metadata, const char *key, const char *uri);

/* ---- lists: DEF is the root's struct ------------------------------------------ */

size_t vir_xml_list_count(const struct vir_xml_list *list, const void *def);
void *vir_xml_list_at(const struct vir_xml_list *list, const void *def, size_t i);
/* Takes ITEM over, before the one that is at I, or as the only one. */
void vir_xml_list_insert(const struct vir_xml_list *list, void *def, size_t i, void *item);
/* Takes it out; the caller frees. */
void *vir_xml_list_remove(const struct vir_xml_list *list, void *def, size_t i);
static inline void *
vir_xml_list_mixin(const struct vir_xml_list *list, void *item)
{
    return (char *)item + list->mixin;
}

/* The value of a word, 0 if there is none; the word of a value, NULL for 0. */
int vir_xml_enum_value(const struct vir_xml_enum *words, const char *word);
const char *vir_xml_enum_word(const struct vir_xml_enum *words, unsigned int value);

#pragma GCC visibility pop

#endif
