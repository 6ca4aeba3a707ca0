/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A scan of a document's tags that keeps the few texts by which it names its
 * object.  What is no XML the driver's parser refuses afterwards; of what is, this
 * must see the same as the parser does.  So whatever could be read in two ways is
 * refused: a part that is there twice or in a namespace, one with anything but text
 * in it, a document type.  A document is UTF-8, whatever it says.
 */
#include "daemon/access/document.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define VIR_MODULE_DOMAIN VIR_FROM_XML
#include <libvirt/module.h>

#define SPACE " \t\r\n"
/* A parser may make another of some. */
#define CONTROL "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37"
#define PART_MAX 4096                   /* bytes of a part */
#define PATH_DEPTH 3                    /* the document's element, a part's, one inside it */

struct name { const char *text; size_t len; };

struct scan {
    const char *at;
    const struct access_part *parts;
    void *wire;
    unsigned int depth;                 /* open elements */
    struct name path[PATH_DEPTH];
    const struct access_part *open;     /* the part whose text is being read */
    uint32_t seen;                      /* a bit for each part */
};

static int
refuse(const struct access_part *part, const char *why)
{
    return vir_error(VIR_ERR_XML_DETAIL, "the document does not name its object clearly: '%s' %s", part->place, why);
}

/* ---- texts --------------------------------------------------------------------- */

static size_t
put_utf8(unsigned long code, char *text)
{
    if (code < 0x80) {
        text[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        text[0] = (char)(0xc0 | code >> 6);
        text[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        text[0] = (char)(0xe0 | code >> 12);
        text[1] = (char)(0x80 | (code >> 6 & 0x3f));
        text[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    text[0] = (char)(0xf0 | code >> 18);
    text[1] = (char)(0x80 | (code >> 12 & 0x3f));
    text[2] = (char)(0x80 | (code >> 6 & 0x3f));
    text[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* A reference at TEXT, which begins with '&': its character into *ret_code; returns what is behind it, or NULL. */
static const char *
get_reference(const char *text, const char *end, unsigned long *ret_code)
{
    static const struct { const char *word; char c; } words[] = {
        { "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' }, { "&quot;", '"' }, { "&apos;", '\'' },
    };
    bool hex = end - text > 3 && text[1] == '#' && text[2] == 'x';
    char *behind;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t n = strlen(words[i].word);

        if ((size_t)(end - text) >= n && memcmp(text, words[i].word, n) == 0) {
            *ret_code = (unsigned char)words[i].c;
            return text + n;
        }
    }
    text += hex ? 3 : 2;
    if (text >= end || text[hex ? -2 : -1] != '#' || !strchr(hex ? "0123456789abcdefABCDEF" : "0123456789", *text))
        return NULL;
    *ret_code = strtoul(text, &behind, hex ? 16 : 10);
    return behind < end && *behind == ';' && *ret_code && *ret_code < 0x110000 ? behind + 1 : NULL;
}

/* What TEXT means, or NULL. */
static char *
decode(const char *text, const char *end)
{
    char *value = vir_alloc_array((size_t)(end - text) + 1, 1), *to = value;
    unsigned long code;

    while (text < end) {
        if (*text != '&') {
            *to++ = *text++;
            continue;
        }
        text = get_reference(text, end, &code);
        if (!text) {
            free(value);
            return NULL;
        }
        to += put_utf8(code, to);       /* never longer than the reference */
    }
    return value;
}

static int
keep_word(const struct access_part *part, const char *value, void *place)
{
    for (int i = 0; part->words[i]; i++)
        if (strcmp(part->words[i], value) == 0)
            *(int *)place = i;
    return 0;                           /* another word the driver refuses */
}

static int
keep_uuid(const struct access_part *part, char *value, void *place)
{
    size_t n;

    value += strspn(value, SPACE);
    n = strlen(value);
    while (n > 0 && strchr(SPACE, value[n - 1]))
        value[--n] = '\0';
    return vir_uuid_parse(value, place) < 0 ? refuse(part, "is no uuid") : 0;
}

/* The part is TEXT to END. */
static int
keep(struct scan *scan, const struct access_part *part, const char *text, const char *end)
{
    uint32_t bit = (uint32_t)1 << (part - scan->parts);
    char *value, *place = (char *)scan->wire + part->offset;
    int rc = 0;

    if (scan->seen & bit)
        return refuse(part, "is there twice");
    scan->seen |= bit;
    if (end - text > PART_MAX)
        return refuse(part, "is very long");
    value = decode(text, end);
    if (!value)
        return refuse(part, "has a reference that is not known");
    if (part->words) {
        rc = keep_word(part, value, place);
    } else if (part->uuid) {
        rc = keep_uuid(part, value, place);
    } else if (value[strcspn(value, CONTROL)] || *value == ' ' || (*value && value[strlen(value) - 1] == ' ')) {
        rc = refuse(part, "has a control character in it, or a space at an end");
    } else {
        memcpy(place, &value, sizeof(value));
        value = NULL;
    }
    free(value);
    return rc;
}

/* ---- which part ------------------------------------------------------------------ */

static bool
is(const struct name *name, const char *text, size_t len)
{
    return name->len == len && memcmp(name->text, text, len) == 0;
}

/* The name without its namespace. */
static struct name
local(const struct name *name)
{
    const char *colon = memchr(name->text, ':', name->len);

    return colon ? (struct name){ colon + 1, (size_t)(name->text + name->len - colon - 1) } : *name;
}

/* The part whose text the element is that was just opened, or whose value its ATTRIBUTE is (NULL: none). */
static const struct access_part *
part_at(const struct scan *scan, const struct name *attribute)
{
    for (const struct access_part *part = scan->parts; part->place; part++) {
        const char *place = part->place, *slash = strchr(place, '/');
        size_t first = slash ? (size_t)(slash - place) : strlen(place);
        bool below = scan->depth > 1 && scan->depth <= PATH_DEPTH;
        struct name inner = below ? local(&scan->path[1]) : (struct name){ "", 0 };

        if (attribute) {
            const char *wanted = place[0] == '@' ? place : slash && slash[1] == '@' ? slash + 1 : NULL;
            struct name own = local(attribute);

            if (wanted && is(&own, wanted + 1, strlen(wanted + 1)) &&
                (wanted == place ? scan->depth == 1 : scan->depth == 2 && is(&inner, place, first)))
                return part;
        } else if (slash ? slash[1] == '*' && scan->depth == 3 && is(&inner, place, first)
                         : place[0] != '@' && scan->depth == 2 && is(&inner, place, first)) {
            return part;
        }
    }
    return NULL;
}

/* ---- tags ---------------------------------------------------------------------- */

/* Nothing but text may be in a part. */
static int
note_inside(const struct scan *scan)
{
    return scan->open ? refuse(scan->open, "has more than text in it") : 0;
}

static int
skip_to(struct scan *scan, const char *close)
{
    const char *found = strstr(scan->at, close);

    scan->at = found ? found + strlen(close) : strchr(scan->at, '\0');
    return note_inside(scan);
}

/* The name at the place of the scan. */
static struct name
get_name(struct scan *scan)
{
    struct name name = { scan->at, strcspn(scan->at, SPACE "=/><\"'") };

    scan->at += name.len;
    return name;
}

/* One attribute; *ret_more: there was one. */
static int
scan_attribute(struct scan *scan, bool *ret_more)
{
    const struct access_part *part;
    const char *value, *end;
    struct name name;

    scan->at += strspn(scan->at, SPACE);
    name = get_name(scan);
    *ret_more = name.len > 0;
    scan->at += strspn(scan->at, SPACE);
    if (!*ret_more || *scan->at != '=')
        return 0;
    scan->at++;
    scan->at += strspn(scan->at, SPACE);
    if (*scan->at != '"' && *scan->at != '\'')
        return 0;
    value = scan->at + 1;
    end = strchr(value, *scan->at);
    scan->at = end ? end + 1 : strchr(value, '\0');
    part = end ? part_at(scan, &name) : NULL;
    if (part && memchr(name.text, ':', name.len))
        return refuse(part, "is in a namespace");
    return part ? keep(scan, part, value, end) : 0;
}

static int
scan_start_tag(struct scan *scan)
{
    const struct access_part *part;
    struct name name;
    bool more = true;

    if (note_inside(scan) < 0)
        return -1;
    scan->at++;
    name = get_name(scan);
    if (scan->depth < PATH_DEPTH)
        scan->path[scan->depth] = name;
    scan->depth++;
    part = part_at(scan, NULL);
    if (part && memchr(name.text, ':', name.len))
        return refuse(part, "is in a namespace");
    while (more)
        if (scan_attribute(scan, &more) < 0)
            return -1;
    if (*scan->at == '/') {             /* it is empty */
        scan->at++;
        scan->depth--;
        return part ? keep(scan, part, scan->at, scan->at) : 0;
    }
    scan->open = part;
    return 0;
}

static int
scan_tag(struct scan *scan)
{
    if (strncmp(scan->at, "<!--", 4) == 0) {
        scan->at += 4;
        return skip_to(scan, "-->");
    }
    if (strncmp(scan->at, "<![CDATA[", 9) == 0)
        return skip_to(scan, "]]>");
    if (scan->at[1] == '?')
        return skip_to(scan, "?>");
    if (scan->at[1] == '!')
        return vir_error(VIR_ERR_XML_DETAIL, "a document type declaration is not allowed");
    if (scan->at[1] != '/')
        return scan_start_tag(scan);
    scan->at += 2;
    scan->open = NULL;
    if (scan->depth > 0)
        scan->depth--;
    return 0;
}

int
daemon_document_read(const char *document, const char *name, const struct access_part *parts, void *wire)
{
    struct scan scan = { .at = document, .parts = parts, .wire = wire };

    for (;;) {
        const char *text = scan.at;

        scan.at = strchr(text, '<');
        if (!scan.at)
            break;
        if (scan.open && scan.at[1] == '/' && keep(&scan, scan.open, text, scan.at) < 0)
            return -1;
        if (scan_tag(&scan) < 0)
            return -1;
        if (*scan.at == '>')
            scan.at++;
    }
    if (name && strlen(name) > PART_MAX)
        return refuse(parts, "is very long");
    if (name) {
        char **place = (char **)(void *)((char *)wire + parts[0].offset);

        free(*place);
        *place = vir_strdup(name);
    }
    return 0;
}

void
daemon_document_clear(const struct access_part *parts, void *wire)
{
    for (; parts->place; parts++) {
        char **place = (char **)(void *)((char *)wire + parts->offset);

        if (parts->uuid || parts->words)
            continue;
        free(*place);
        *place = NULL;
    }
}
