/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The linear scan.  It does not check that a document is well-formed: libxml2
 * does that afterwards.  It refuses what would make libxml2 slow or dangerous,
 * and finds the start tags, since libxml2 knows only where a tag ends.
 */
#include "scan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define VIR_MODULE_DOMAIN VIR_FROM_XML
#include <libvirt/module.h>

#define NAME_BITS 32768
#define TAG_BYTES 32                    /* of most documents for each start tag */

struct scan {
    const char *text, *at, *end;
    uint32_t *tags;
    size_t n_tags, room, n_nodes, n_attributes, max_nodes;
    unsigned int depth, namespaces;     /* open elements, namespaces that they declare */
    unsigned short declared[XML_MAX_DEPTH];     /* by each open element */
    uint64_t secret;
    uint64_t seen[NAME_BITS / 64];              /* a bit for each name, found by its hash */
    size_t n_names;
};

struct xml_place
xml_place_of(const char *text, size_t offset)
{
    struct xml_place place = { 1, 1 };

    for (size_t i = 0; i < offset; i++) {
        place.column++;
        if (text[i] == '\n') {
            place.line++;
            place.column = 1;
        }
    }
    return place;
}

static int VIR_PRINTF(3, 4)
refuse(const struct scan *scan, const char *at, const char *fmt, ...)
{
    struct xml_place place = xml_place_of(scan->text, (size_t)(at - scan->text));
    char why[200];
    va_list args;

    va_start(args, fmt);
    vsnprintf(why, sizeof(why), fmt, args);
    va_end(args);
    return vir_error(VIR_ERR_XML_DETAIL, "line %u, column %u: %s", place.line, place.column, why);
}

/* Length of the UTF-8 sequence at P, 0 if there is none. */
static size_t
utf8_length(const unsigned char *p, size_t left)
{
    size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : p[0] >= 0xe0 && p[0] < 0xf0 ? 3 :
               p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : 0;

    if (!n || n > left)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    /* longer than needed, a surrogate, above U+10FFFF */
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return n;
}

static int
check_text(const struct scan *scan)
{
    const char *p = scan->text;

    while (p < scan->end) {
        uint64_t words[4];
        size_t n;

        if (scan->end - p >= (ptrdiff_t)sizeof(words)) {
            memcpy(words, p, sizeof(words));
            if (!((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080u)) {     /* ASCII */
                p += sizeof(words);
                continue;
            }
        }
        n = utf8_length((const unsigned char *)p, (size_t)(scan->end - p));
        if (!n)
            return refuse(scan, p, "not UTF-8");
        p += n;
    }
    return 0;
}

/* Moves behind CLOSE. */
static int
skip_to(struct scan *scan, const char *close, const char *what)
{
    size_t n = strlen(close);
    const char *found = memmem(scan->at, (size_t)(scan->end - scan->at), close, n);

    if (!found)
        return refuse(scan, scan->at, "%s has no end", what);
    scan->at = found + n;
    return 0;
}

static int
add_node(struct scan *scan)
{
    if (scan->n_nodes == scan->max_nodes)
        return refuse(scan, scan->at, "more than %zu elements, comments and CDATA sections", scan->max_nodes);
    scan->n_nodes++;
    return 0;
}

static int
more_room(struct scan *scan)
{
    size_t room = scan->room ? scan->room * 4 : (size_t)(scan->end - scan->text) / TAG_BYTES + 16;
    uint32_t *tags = vir_try_alloc(room, sizeof(*tags), SIZE_MAX);

    if (!tags)
        return -1;
    if (scan->n_tags)
        memcpy(tags, scan->tags, scan->n_tags * sizeof(*tags));
    free(scan->tags);
    scan->tags = tags;
    scan->room = room;
    return 0;
}

static int
add_tag(struct scan *scan)
{
    if (add_node(scan) < 0 || (scan->n_tags == scan->room && more_room(scan) < 0))
        return -1;
    scan->tags[scan->n_tags++] = (uint32_t)(scan->at - scan->text);
    return 0;
}

/* Nobody outside can know which names share a bit. */
static uint64_t
secret(void)
{
    static uint64_t drawn;
    uint64_t value = __atomic_load_n(&drawn, __ATOMIC_RELAXED);

    if (value)
        return value;
    if (getrandom(&value, sizeof(value), GRND_NONBLOCK) != sizeof(value))
        value = (uint64_t)(uintptr_t)&drawn;
    value |= 1;
    __atomic_store_n(&drawn, value, __ATOMIC_RELAXED);
    return value;
}

/* Few names cannot be many different ones. */
static bool
counts_names(const struct scan *scan)
{
    return scan->n_nodes + scan->n_attributes > XML_MAX_NAMES;
}

/* Counts the name from TEXT to END, if it is new. */
static int
note_name(struct scan *scan, const char *text, const char *end)
{
    uint64_t hash = scan->secret, word, bit;

    for (; text < end; text += 8) {
        word = 0;
        memcpy(&word, text, end - text < 8 ? (size_t)(end - text) : 8);
        hash = (hash ^ word) * scan->secret;
        hash ^= hash >> 32;
    }
    bit = (hash * scan->secret) >> 49;
    if (scan->seen[bit / 64] >> bit % 64 & 1)
        return 0;
    scan->seen[bit / 64] |= (uint64_t)1 << bit % 64;
    if (++scan->n_names > XML_MAX_NAMES)
        return refuse(scan, text, "more than %d different names", XML_MAX_NAMES);
    return 0;
}

/* An element stays open that begins at START and declares NAMESPACES. */
static int
open_element(struct scan *scan, const char *start, unsigned int namespaces)
{
    if (scan->depth == XML_MAX_DEPTH)
        return refuse(scan, start, "elements are nested more than %d deep", XML_MAX_DEPTH);
    scan->declared[scan->depth++] = (unsigned short)namespaces;
    scan->namespaces += namespaces;
    return 0;
}

static void
close_element(struct scan *scan)
{
    if (scan->depth)
        scan->namespaces -= scan->declared[--scan->depth];
}

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int
note_attribute(struct scan *scan, const char *start, const char *equals, unsigned int attributes)
{
    const char *end = equals, *name;

    if (attributes > XML_MAX_ATTRIBUTES)
        return refuse(scan, start, "an element with more than %d attributes", XML_MAX_ATTRIBUTES);
    if (++scan->n_attributes > scan->max_nodes)
        return refuse(scan, start, "more than %zu attributes", scan->max_nodes);
    if (!counts_names(scan))
        return 0;
    while (is_space(end[-1]))
        end--;
    for (name = end; !is_space(name[-1]) && !strchr("<='\"", name[-1]); name--)
        ;
    return note_name(scan, name, end);
}

/* From P on to what counts in a tag, or the end of the text. */
static const char *
find_mark(const char *p)
{
    static const bool marks[256] = { ['\0'] = true, ['"'] = true, ['\''] = true, ['='] = true, ['>'] = true,
                                     ['x'] = true };

    while (!marks[(unsigned char)*p])
        p++;
    return p;
}

/* Goes over the tag that begins at START, with a '<', to its '>'; NULL: an error is set. */
static const char *
scan_attributes(struct scan *scan, const char *start, unsigned int *namespaces)
{
    unsigned int attributes = 0, declared = 0;

    for (const char *p = find_mark(start + 1), *quoted; p < scan->end; p = find_mark(p + 1)) {
        switch (*p) {
        case '"':
        case '\'':
            quoted = p + 1;
            p = memchr(quoted, *p, (size_t)(scan->end - quoted));
            if (!p) {
                refuse(scan, start, "the tag that begins here has no end");
                return NULL;
            }
            if (*namespaces > declared && counts_names(scan) && note_name(scan, quoted, p) < 0)
                return NULL;
            declared = *namespaces;
            break;
        case '=':
            if (note_attribute(scan, start, p, ++attributes) < 0)
                return NULL;
            break;
        case 'x':
            if (scan->end - p > 5 && memcmp(p, "xmlns", 5) == 0 &&
                scan->namespaces + ++*namespaces > XML_MAX_NAMESPACES) {
                refuse(scan, start, "more than %d namespaces at once", XML_MAX_NAMESPACES);
                return NULL;
            }
            break;
        case '>':
            return p;
        default:
            break;
        }
    }
    refuse(scan, start, "the tag that begins here has no end");
    return NULL;
}

static int
note_element(struct scan *scan, const char *name)
{
    const char *end = name;

    while (end < scan->end && !is_space(*end) && *end != '/' && *end != '>')
        end++;
    return note_name(scan, name, end);
}

static int
scan_start_tag(struct scan *scan)
{
    const char *start = scan->at, *end;
    unsigned int namespaces = 0;

    if (add_tag(scan) < 0 || (counts_names(scan) && note_element(scan, start + 1) < 0))
        return -1;
    end = scan_attributes(scan, start, &namespaces);
    if (!end)
        return -1;
    scan->at = end + 1;
    return end[-1] == '/' ? 0 : open_element(scan, start, namespaces);
}

static bool
begins(const struct scan *scan, const char *with)
{
    size_t n = strlen(with);

    return (size_t)(scan->end - scan->at) >= n && memcmp(scan->at, with, n) == 0;
}

/* What begins with "<!". */
static int
scan_declaration(struct scan *scan)
{
    if (begins(scan, "<!--")) {
        if (add_node(scan) < 0)
            return -1;
        scan->at += 4;
        return skip_to(scan, "-->", "the comment that begins here");
    }
    if (begins(scan, "<![CDATA["))
        return add_node(scan) < 0 ? -1 : skip_to(scan, "]]>", "the CDATA section that begins here");
    return refuse(scan, scan->at, "a document type declaration is not allowed");
}

static int
scan_markup(struct scan *scan)
{
    switch (scan->at[1]) {
    case '/':
        close_element(scan);
        scan->at += 2;                  /* libxml2 will see how it goes on */
        return 0;
    case '!':
        return scan_declaration(scan);
    case '?':
        return skip_to(scan, "?>", "the instruction that begins here");
    default:
        return scan_start_tag(scan);
    }
}

int
xml_scan(const char *text, size_t len, unsigned int factor, uint32_t **ret_tags, size_t *ret_n)
{
    struct scan scan = {
        .text = text, .at = text, .end = text + len, .max_nodes = XML_MAX_NODES * factor, .secret = secret(),
    };
    size_t max = (size_t)XML_MAX_BYTES * factor;

    if (len > max)
        return vir_error(VIR_ERR_XML_DETAIL, "the document has %zu bytes, the limit is %zu", len, max);
    if (check_text(&scan) < 0)
        return -1;
    while ((scan.at = memchr(scan.at, '<', (size_t)(scan.end - scan.at)))) {
        if (scan_markup(&scan) < 0) {
            free(scan.tags);
            return -1;
        }
    }
    *ret_tags = scan.tags;
    *ret_n = scan.n_tags;
    return 0;
}
