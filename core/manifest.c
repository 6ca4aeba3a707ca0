/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads manifests: lines `key: value`; a line that begins with # is a comment.
 * A file that says something unknown is refused as a whole, with the line and
 * the key that was probably meant: half a manifest could give a module a role
 * that nobody wanted.  Keys that begin with x- are for others.
 */
#include "manifest.h"

#include <stdlib.h>
#include <string.h>

#include "nearest.h"
#include "number.h"
#include "utf8.h"

struct reader {
    struct vir_manifest *manifest;
    const char *path;
    int line;
    uint32_t seen;                      /* keys of this file, one bit each */
};

#define wrong(reader, fmt, ...)                                               \
    vir_raise(VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX, "%s:%d: " fmt, (reader)->path, (reader)->line, ##__VA_ARGS__)

/* ---- words ---- */

static const char *const provides_names[] = {
    "connection", "network", "interface", "storage", "nodedev", "secret", "nwfilter", NULL
};

const char *
vir_provides_name(unsigned int bit_number)
{
    if (bit_number >= sizeof(provides_names) / sizeof(provides_names[0]))
        return NULL;
    return provides_names[bit_number];
}

uint32_t
vir_provides_bit(const char *word, size_t len)
{
    for (unsigned int i = 0; provides_names[i]; i++)
        if (strlen(provides_names[i]) == len && !memcmp(provides_names[i], word, len))
            return 1u << i;
    return 0;
}

bool
vir_module_name_ok(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return len && len <= VIR_MODULE_NAME_MAX && !name[len];
}

void
vir_words_clear(struct vir_words *words)
{
    for (size_t i = 0; i < words->n; i++)
        free(words->items[i]);
    vir_vector_clear(words);
}

/* Words parted by spaces or commas. */
static int
split_words(const struct reader *reader, const char *value, struct vir_words *words)
{
    vir_words_clear(words);
    for (const char *at = value + strspn(value, " \t,"); *at; at += strspn(at, " \t,")) {
        size_t len = strcspn(at, " \t,");

        if (words->n == VIR_MANIFEST_WORDS_MAX)
            return wrong(reader, "more than %d words", VIR_MANIFEST_WORDS_MAX);
        vir_vector_add(words, vir_strndup(at, len));
        at += len;
    }
    vir_vector_add(words, NULL);
    words->n--;
    return 0;
}

/* ---- one reader for each key ---- */

static int
read_module(struct reader *reader, const char *value)
{
    if (*value && !vir_module_name_ok(value))
        return wrong(reader, "'%s' cannot be the name of a module: lower-case letters, digits and '_', "
                     "no path (empty: switched off)", value);
    free(reader->manifest->module);
    reader->manifest->module = vir_strdup(value);
    return 0;
}

static int
read_abi(struct reader *reader, const char *value)
{
    uint64_t abi;

    if (vir_parse_uint(value, UINT32_MAX, &abi) < 0)
        return wrong(reader, "abi '%s' is not a number", value);
    reader->manifest->abi = (uint32_t)abi;
    return 0;
}

static int
read_provides(struct reader *reader, const char *value)
{
    reader->manifest->provides = 0;
    for (const char *at = value + strspn(value, " \t,"); *at; at += strspn(at, " \t,")) {
        size_t len = strcspn(at, " \t,");
        uint32_t bit = vir_provides_bit(at, len);

        if (!bit) {
            VIR_AUTO_FREE char *word = vir_strndup(at, len);
            const char *nearest = vir_nearest_name(word, provides_names);

            wrong(reader, "'%s' is nothing that a module can provide", word);
            if (nearest)
                vir_error_hint("did you mean '%s'?", nearest);
            return -1;
        }
        reader->manifest->provides |= bit;
        at += len;
    }
    return 0;
}

static int
read_schemes(struct reader *reader, const char *value)
{
    if (split_words(reader, value, &reader->manifest->schemes) < 0)
        return -1;
    for (size_t i = 0; i < reader->manifest->schemes.n; i++) {
        const char *scheme = reader->manifest->schemes.items[i];

        if (strcmp(scheme, "*") && scheme[strspn(scheme, "abcdefghijklmnopqrstuvwxyz0123456789-.")])
            return wrong(reader, "'%s' cannot be the scheme of a URI", scheme);
    }
    return 0;
}

static int
read_load_in(struct reader *reader, const char *value)
{
    static const char *const names[] = { "client", "daemon", "both", NULL };

    for (unsigned int i = 0; names[i]; i++)
        if (!strcmp(value, names[i])) {
            reader->manifest->load_in = i + 1;
            return 0;
        }
    return wrong(reader, "load-in '%s' is not client, daemon or both", value);
}

static int
read_priority(struct reader *reader, const char *value)
{
    int64_t priority;

    if (vir_parse_int(value, 0, 1000, &priority) < 0)
        return wrong(reader, "priority '%s' is not a number from 0 to 1000", value);
    reader->manifest->priority = (int)priority;
    return 0;
}

static int
read_probe(struct reader *reader, const char *value)
{
    if (split_words(reader, value, &reader->manifest->probe) < 0)
        return -1;
    for (size_t i = 0; i < reader->manifest->probe.n; i++)
        if (reader->manifest->probe.items[i][0] != '/')
            return wrong(reader, "probe '%s' is not an absolute path", reader->manifest->probe.items[i]);
    return 0;
}

static int
read_default_uri(struct reader *reader, const char *value)
{
    if (split_words(reader, value, &reader->manifest->default_uri) < 0)
        return -1;
    if (reader->manifest->default_uri.n > 2)
        return wrong(reader, "default-uri takes the system's URI and a user's, not more");
    return 0;
}

static int
read_critical(struct reader *reader, const char *value)
{
    if (strcmp(value, "yes") && strcmp(value, "no"))
        return wrong(reader, "critical '%s' is neither yes nor no", value);
    reader->manifest->critical = !strcmp(value, "yes");
    return 0;
}

static int
read_description(struct reader *reader, const char *value)
{
    free(reader->manifest->description);
    reader->manifest->description = vir_strdup(value);
    return 0;
}

static const struct key {
    const char *name;
    int (*read)(struct reader *reader, const char *value);
} keys[] = {
    { "module", read_module },
    { "abi", read_abi },
    { "provides", read_provides },
    { "schemes", read_schemes },
    { "load-in", read_load_in },
    { "priority", read_priority },
    { "probe", read_probe },
    { "default-uri", read_default_uri },
    { "critical", read_critical },
    { "description", read_description },
};
#define N_KEYS (sizeof(keys) / sizeof(keys[0]))

static int
unknown_key(const struct reader *reader, const char *name)
{
    struct vir_nearest nearest = { .word = name };

    for (size_t i = 0; i < N_KEYS; i++)
        vir_nearest_try(&nearest, keys[i].name);
    wrong(reader, "unknown key '%.64s'", name);
    if (nearest.best)
        vir_error_hint("did you mean '%s'?", nearest.best);
    return -1;
}

/* ---- the file ---- */

static char *
trim(char *text)
{
    char *end;

    text += strspn(text, " \t\r");
    end = text + strlen(text);
    while (end > text && strchr(" \t\r", end[-1]))
        end--;
    *end = '\0';
    return text;
}

static int
read_line(struct reader *reader, char *line)
{
    char *name = trim(line);
    char *value = strchr(name, ':');

    if (!*name || *name == '#')
        return 0;
    if (!value)
        return wrong(reader, "expected 'key: value'");
    *value++ = '\0';
    name = trim(name);
    value = trim(value);
    if (!strncmp(name, "x-", 2))
        return 0;
    for (size_t i = 0; i < N_KEYS; i++) {
        if (strcmp(name, keys[i].name))
            continue;
        if (reader->seen & 1u << i)
            return wrong(reader, "'%s' is said twice", name);
        reader->seen |= 1u << i;
        return keys[i].read(reader, value);
    }
    return unknown_key(reader, name);
}

/* Text of printable characters, up to its NUL. */
static bool
is_text(const char *text)
{
    while (*text) {
        uint32_t c = 0;
        size_t n = vir_utf8_decode(text, 4, &c);

        if (!n || ((c < 0x20 || c == 0x7f) && !strchr("\t\n\r", (int)c)))
            return false;
        text += n;
    }
    return true;
}

int
vir_manifest_read(struct vir_manifest *manifest, const char *text, size_t len, const char *path)
{
    struct reader reader = { .manifest = manifest, .path = path, .line = 1 };
    VIR_AUTO_FREE char *copy = NULL;

    if (len > VIR_MANIFEST_MAX)
        return wrong(&reader, "the file is larger than %d bytes", VIR_MANIFEST_MAX);
    copy = vir_strndup(text, len);
    if (strlen(copy) != len || !is_text(copy))
        return wrong(&reader, "the file is not text");
    free(manifest->path);
    manifest->path = vir_strdup(path);
    for (char *line = copy, *next; line; line = next, reader.line++) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (read_line(&reader, line) < 0)
            return -1;
    }
    return 0;
}

int
vir_manifest_check(const struct vir_manifest *manifest)
{
    const char *missing = NULL;

    if (manifest->module && !*manifest->module)
        return 0;
    if (!manifest->module)
        missing = "module";
    else if (!manifest->provides)
        missing = "provides";
    else if ((manifest->provides & VIR_PROVIDES_CONNECTION) && !manifest->schemes.n)
        missing = "schemes";
    if (missing)
        return vir_raise(VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX, "%s: '%s:' is missing", manifest->path, missing);
    return 0;
}

struct vir_manifest *
vir_manifest_new(const char *file)
{
    struct vir_manifest *manifest = VIR_NEW(struct vir_manifest);

    manifest->file = vir_strdup(file);
    manifest->abi = VIR_MODULE_ABI;
    manifest->load_in = VIR_LOAD_IN_CLIENT | VIR_LOAD_IN_DAEMON;
    manifest->priority = 50;
    return manifest;
}

struct vir_manifest *
vir_manifest_free(struct vir_manifest *manifest)
{
    if (!manifest)
        return NULL;
    vir_words_clear(&manifest->schemes);
    vir_words_clear(&manifest->probe);
    vir_words_clear(&manifest->default_uri);
    free(manifest->file);
    free(manifest->path);
    free(manifest->module);
    free(manifest->description);
    free(manifest);
    return NULL;
}
