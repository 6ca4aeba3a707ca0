/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Configuration files: one `key = value` a line, where a value is "text", 'text',
 * a number or a list [ "a", "b" ] that may span lines.  `#` begins a comment.
 * A later setting of the same key wins.
 */
#include "hash.h"
#include "nearest.h"
#include "number.h"
#include "report.h"
#include "vector.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONF_MAX_BYTES (1024 * 1024)
#define CONF_MAX_ITEMS 4096             /* settings of a file, items of a list */

enum conf_type { CONF_TEXT, CONF_NUMBER, CONF_LIST };

struct conf_setting {
    char *key;
    int line;
    enum conf_type type;
    char *text;
    unsigned long long number;
    struct VIR_VECTOR(, const char *) list;     /* NULL-terminated, n without the NULL */
};

struct vir_conf {
    char *name;                         /* of the file, for messages */
    struct vir_hash by_key;             /* the last setting of each key */
    struct VIR_VECTOR(, struct conf_setting *) settings;
};

struct conf_reader {
    struct vir_conf *conf;
    const char *at, *end;
    int line;
};

static struct conf_setting *
setting_free(struct conf_setting *setting)
{
    if (!setting)
        return NULL;
    for (size_t i = 0; i < setting->list.n; i++)
        free((char *)setting->list.items[i]);
    vir_vector_clear(&setting->list);
    free(setting->key);
    free(setting->text);
    free(setting);
    return NULL;
}

struct vir_conf *
vir_conf_free(struct vir_conf *conf)
{
    if (!conf)
        return NULL;
    for (size_t i = 0; i < conf->settings.n; i++)
        setting_free(conf->settings.items[i]);
    vir_vector_clear(&conf->settings);
    vir_hash_clear(&conf->by_key);
    free(conf->name);
    free(conf);
    return NULL;
}

#define wrong(reader, ...) wrong_at(reader, (reader)->line, __VA_ARGS__)

static int VIR_PRINTF(3, 4)
wrong_at(struct conf_reader *reader, int line, const char *fmt, ...)
{
    char text[256];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    return vir_fail(VIR_REPORT_CONFIG, 0, "%s:%d: %s", reader->conf->name, line, text);
}

/* The next byte, 0 at the end. */
static char
peek(const struct conf_reader *reader)
{
    return reader->at < reader->end ? *reader->at : '\0';
}

static void
skip_spaces(struct conf_reader *reader)
{
    while (peek(reader) == ' ' || peek(reader) == '\t' || peek(reader) == '\r')
        reader->at++;
}

static void
skip_comment(struct conf_reader *reader)
{
    if (peek(reader) == '#')
        while (reader->at < reader->end && *reader->at != '\n')
            reader->at++;
}

/* Skips spaces, comments and line ends. */
static void
skip_lines(struct conf_reader *reader)
{
    for (;;) {
        skip_spaces(reader);
        skip_comment(reader);
        if (peek(reader) != '\n')
            return;
        reader->at++;
        reader->line++;
    }
}

static char *
read_text(struct conf_reader *reader)
{
    bool triple = reader->end - reader->at >= 3 && memcmp(reader->at, "\"\"\"", 3) == 0;
    char quote = *reader->at;
    int first_line = reader->line;
    const char *start;

    reader->at += triple ? 3 : 1;
    for (start = reader->at; reader->at < reader->end; reader->at++) {
        if (*reader->at == '\n') {
            if (!triple)
                break;
            reader->line++;
        }
        if (triple && reader->end - reader->at < 3)
            continue;
        if (triple ? memcmp(reader->at, "\"\"\"", 3) == 0 : *reader->at == quote) {
            char *text = vir_strndup(start, (size_t)(reader->at - start));

            reader->at += triple ? 3 : 1;
            return text;
        }
    }
    wrong_at(reader, first_line, "the text that begins here has no closing %s", triple ? "\"\"\"" :
             quote == '"' ? "\"" : "'");
    return NULL;
}

static int
read_number(struct conf_reader *reader, struct conf_setting *setting)
{
    char digits[32];
    size_t n = 0;
    uint64_t value;

    if (peek(reader) == '-')
        digits[n++] = *reader->at++;
    while (isalnum((unsigned char)peek(reader)) && n < sizeof(digits) - 1)
        digits[n++] = *reader->at++;
    digits[n] = '\0';
    /* Negative numbers are for those who ask for the text. */
    if (digits[0] == '-' && vir_parse_uint(digits + 1, LLONG_MAX, &value) == 0) {
        setting->text = vir_strdup(digits);
        return 0;
    }
    if (isalnum((unsigned char)peek(reader)) || vir_parse_uint(digits, LLONG_MAX, &value) < 0)
        return wrong(reader, "'%s' is not a number that can be used here (texts need quotes)", digits);
    setting->type = CONF_NUMBER;
    setting->number = value;
    return 0;
}

static int
read_list(struct conf_reader *reader, struct conf_setting *setting)
{
    int first_line = reader->line;

    setting->type = CONF_LIST;
    reader->at++;
    for (;;) {
        char *item;

        skip_lines(reader);
        if (peek(reader) == ']')
            break;
        if (reader->at >= reader->end)
            return wrong_at(reader, first_line, "the list that begins here has no closing ]");
        if (peek(reader) != '"' && peek(reader) != '\'')
            return wrong(reader, "an item of a list must be a text in quotes");
        if (setting->list.n >= CONF_MAX_ITEMS)
            return wrong(reader, "a list has at most %d items", CONF_MAX_ITEMS);
        item = read_text(reader);
        if (!item)
            return -1;
        vir_vector_add(&setting->list, item);
        skip_lines(reader);
        if (peek(reader) == ',')
            reader->at++;
        else if (peek(reader) != ']' && reader->at < reader->end)
            return wrong(reader, "expected , or ] behind an item of a list");
    }
    reader->at++;
    vir_vector_add(&setting->list, NULL);
    setting->list.n--;
    return 0;
}

static int
read_value(struct conf_reader *reader, struct conf_setting *setting)
{
    switch (peek(reader)) {
    case '"':
    case '\'':
        setting->text = read_text(reader);
        return setting->text ? 0 : -1;
    case '[':
        return read_list(reader, setting);
    case '\0':
    case '\n':
    case '#':
        return wrong(reader, "'%s =' has no value", setting->key);
    default:
        return read_number(reader, setting);
    }
}

static int
read_setting(struct conf_reader *reader)
{
    struct conf_setting *setting = VIR_NEW(struct conf_setting);
    const char *start = reader->at;

    /* From here on the configuration owns it. */
    vir_vector_add(&reader->conf->settings, setting);
    if (reader->conf->settings.n > CONF_MAX_ITEMS)
        return wrong(reader, "more than %d settings", CONF_MAX_ITEMS);
    while (isalnum((unsigned char)peek(reader)) || (peek(reader) && strchr("_-.", peek(reader))))
        reader->at++;
    if (reader->at == start)
        return wrong(reader, "expected `key = value`");
    setting->line = reader->line;
    setting->key = vir_strndup(start, (size_t)(reader->at - start));
    skip_spaces(reader);
    if (peek(reader) != '=')
        return wrong(reader, "expected = behind '%s'", setting->key);
    reader->at++;
    skip_spaces(reader);
    if (read_value(reader, setting) < 0)
        return -1;
    skip_spaces(reader);
    skip_comment(reader);
    if (peek(reader) != '\n' && reader->at < reader->end)
        return wrong(reader, "unexpected text behind the value of '%s'", setting->key);
    /* The key of the table is the new setting's: the old one's may not stay in it. */
    vir_hash_remove_text(&reader->conf->by_key, setting->key);
    vir_hash_set_text(&reader->conf->by_key, setting->key, setting);
    return 0;
}

struct vir_conf *
vir_conf_parse(const char *text, size_t len, const char *name)
{
    struct vir_conf *conf = VIR_NEW(struct vir_conf);
    struct conf_reader reader = { .conf = conf, .at = text, .end = text + len, .line = 1 };

    conf->name = vir_strdup(name);
    if (len > CONF_MAX_BYTES || memchr(text, '\0', len)) {
        vir_fail(VIR_REPORT_CONFIG, 0, "%s: not a configuration file of at most %d bytes of text",
                 name, CONF_MAX_BYTES);
        return vir_conf_free(conf);
    }
    for (skip_lines(&reader); reader.at < reader.end; skip_lines(&reader))
        if (read_setting(&reader) < 0)
            return vir_conf_free(conf);
    return conf;
}

struct vir_conf *
vir_conf_read(const char *path)
{
    VIR_AUTO_FREE char *text = NULL;
    size_t len;

    if (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
        return vir_conf_parse("", 0, path);
    if (vir_file_read_path(path, CONF_MAX_BYTES, &text, &len) < 0)
        return NULL;
    return vir_conf_parse(text, len, path);
}

/* The setting of KEY if it has TYPE: 1, 0 not there, -1 another type. */
static int
get_setting(struct vir_conf *conf, const char *key, enum conf_type type, struct conf_setting **ret)
{
    static const char *const names[] = { "a text in quotes", "a number", "a list [ \"...\" ]" };
    struct conf_setting *setting = vir_hash_get_text(&conf->by_key, key);

    if (!setting)
        return 0;
    if (setting->type != type)
        return vir_fail(VIR_REPORT_CONFIG, 0, "%s:%d: '%s' must be %s", conf->name, setting->line, key,
                        names[type]);
    *ret = setting;
    return 1;
}

int
vir_conf_line(struct vir_conf *conf, const char *key)
{
    const struct conf_setting *setting = vir_hash_get_text(&conf->by_key, key);

    return setting ? setting->line : 0;
}

int
vir_conf_get_string(struct vir_conf *conf, const char *key, const char **ret)
{
    struct conf_setting *setting;
    int rc = get_setting(conf, key, CONF_TEXT, &setting);

    if (rc == 1)
        *ret = setting->text;
    return rc;
}

int
vir_conf_get_uint(struct vir_conf *conf, const char *key, unsigned long long max, unsigned long long *ret)
{
    struct conf_setting *setting;
    int rc = get_setting(conf, key, CONF_NUMBER, &setting);

    if (rc == 1 && setting->number > max)
        return vir_fail(VIR_REPORT_CONFIG, 0, "%s:%d: '%s' is %llu, but can be %llu at most", conf->name,
                        setting->line, key, setting->number, max);
    if (rc == 1)
        *ret = setting->number;
    return rc;
}

int
vir_conf_get_bool(struct vir_conf *conf, const char *key, bool *ret)
{
    unsigned long long value = 0;
    int rc = vir_conf_get_uint(conf, key, 1, &value);

    if (rc == 1)
        *ret = value != 0;
    return rc;
}

/* A single text counts as a list of one. */
int
vir_conf_get_list(struct vir_conf *conf, const char *key, const char *const **ret, size_t *ret_n)
{
    struct conf_setting *setting = vir_hash_get_text(&conf->by_key, key);
    int rc = 1;

    if (!setting || setting->type != CONF_TEXT) {
        rc = get_setting(conf, key, CONF_LIST, &setting);
    } else if (!setting->list.n) {
        vir_vector_add(&setting->list, vir_strdup(setting->text));
        vir_vector_add(&setting->list, NULL);
        setting->list.n--;
    }
    if (rc == 1) {
        *ret = setting->list.items;
        if (ret_n)
            *ret_n = setting->list.n;
    }
    return rc;
}

static bool
name_in_list(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(*list, name) == 0)
            return true;
    return false;
}

void
vir_conf_warn_unknown(struct vir_conf *conf, const char *const *known)
{
    for (size_t i = 0; i < conf->settings.n; i++) {
        const struct conf_setting *setting = conf->settings.items[i];
        const char *nearest;

        if (name_in_list(setting->key, known))
            continue;
        nearest = vir_nearest_name(setting->key, known);
        vir_fail(VIR_REPORT_WARNING, 0, "%s:%d: unknown setting '%s' is ignored%s%s%s", conf->name,
                 setting->line, setting->key, nearest ? " (did you mean '" : "", nearest ? nearest : "",
                 nearest ? "'?)" : "");
    }
}

void
vir_conf_warn_exposed(const struct vir_conf *conf)
{
    const char *why = NULL;
    struct stat info;

    if (stat(conf->name, &info) < 0)
        return;
    if (info.st_uid != 0 && info.st_uid != geteuid())
        why = "another user owns it";
    else if (info.st_mode & S_IWOTH)
        why = "everybody may write it";
    /* an ordinary user's group often has no other member */
    else if ((info.st_mode & S_IWGRP) && info.st_gid != 0 && geteuid() == 0)
        why = "a group may write it";
    if (why)
        vir_fail(VIR_REPORT_WARNING, 0, "%s is obeyed, but %s (it should be root's, of mode 0644 or less)",
                 conf->name, why);
}
