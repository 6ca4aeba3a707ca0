/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A configuration file read by a table of its keys; see module-kit.h. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <libvirt/module.h>

struct vir_settings {
    const struct vir_setting *keys;
    struct vir_conf *conf;
    char *path;
};

/* ---- where values go ------------------------------------------------------------- */

/* Room for the value of any key. */
union value { char *text; struct vir_texts list; int number; mode_t perms; };

/* Where a value goes: in the settings, which have a member of its type there and no union, or OTHER. */
static void *
place_of(void *settings, const struct vir_setting *key, union value *other)
{
    return key->place < VIR_SETTING_NOTHING ? (char *)settings + key->place : (void *)other;
}

static bool
is_text(const struct vir_setting *key)
{
    return key->kind == VIR_SETTING_TEXT || key->kind == VIR_SETTING_PATH || key->kind == VIR_SETTING_UUID ||
        key->kind == VIR_SETTING_WORDS;
}

static void
set_text(char **place, const char *value)
{
    char *old = *place;

    *place = value ? vir_strdup(value) : NULL;
    free(old);
}

static void
clear_list(struct vir_texts *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->list[i]);
    free(list->list);
}

/* Both also for a value that is in no settings. */
static void
forget_value(const struct vir_setting *key, void *value)
{
    if (is_text(key))
        *(char **)value = NULL;
    else if (key->kind == VIR_SETTING_TEXTS)
        *(struct vir_texts *)value = (struct vir_texts){ NULL, 0, false };
}

static void
clear_value(const struct vir_setting *key, void *value)
{
    if (is_text(key))
        free(*(char **)value);
    else if (key->kind == VIR_SETTING_TEXTS)
        clear_list(value);
    forget_value(key, value);
}

static void
set_default(const struct vir_setting *key, void *value)
{
    if (is_text(key))
        set_text(value, key->value);
    else if (key->kind == VIR_SETTING_PERMS)
        *(mode_t *)value = key->value ? (mode_t)strtoul(key->value, NULL, 8) : VIR_SETTING_NO_PERMS;
    else if (key->kind != VIR_SETTING_TEXTS)
        *(int *)value = key->value ? atoi(key->value) : 0;
}

/* ---- what the file says ------------------------------------------------------------ */

static int VIR_PRINTF(3, 4)
refuse(const struct vir_settings *file, const struct vir_setting *key, const char *fmt, ...)
{
    VIR_AUTO_FREE char *text = NULL;
    va_list args;

    va_start(args, fmt);
    if (vasprintf(&text, fmt, args) < 0)
        text = NULL;
    va_end(args);
    return vir_error(VIR_ERR_CONF_SYNTAX, "%s:%d: %s is %s", file->path, vir_conf_line(file->conf, key->name),
                     key->name, text ? text : "wrong");
}

static bool
is_word(const char *words, const char *text)
{
    size_t len = strlen(text);

    for (const char *word = words; word; word = strchr(word, '|')) {
        word += *word == '|';
        if (strcspn(word, "|") == len && strncmp(word, text, len) == 0)
            return true;
    }
    return false;
}

/* One that has 16 times the same byte is nobody's. */
static bool
is_uuid(const char *text)
{
    unsigned char uuid[VIR_UUID_BUFLEN];

    return vir_uuid_parse(text, uuid) == 0 && memcmp(uuid, uuid + 1, VIR_UUID_BUFLEN - 1) != 0;
}

static int
get_text(const struct vir_settings *file, const struct vir_setting *key, char **place)
{
    const char *text;
    int rc = vir_conf_get_string(file->conf, key->name, &text);

    if (rc <= 0)
        return rc;
    if (key->kind == VIR_SETTING_PATH && *text != '/')
        return refuse(file, key, "\"%s\", which does not begin with /", text);
    if (key->kind == VIR_SETTING_WORDS && !is_word(key->words, text))
        return refuse(file, key, "\"%s\", but can be one of %s", text, key->words);
    if (key->kind == VIR_SETTING_UUID && !is_uuid(text))
        return refuse(file, key, "\"%s\", which is no UUID of a host: uuidgen(1) makes one", text);
    set_text(place, text);
    return 1;
}

static int
get_perms(const struct vir_settings *file, const struct vir_setting *key, mode_t *ret_perms)
{
    const char *text;
    char *end;
    unsigned long perms;
    int rc = vir_conf_get_string(file->conf, key->name, &text);

    if (rc <= 0)
        return rc;
    perms = strtoul(text, &end, 8);
    if (*text < '0' || *text > '7' || *end || perms > 0777)
        return refuse(file, key, "\"%s\", not permissions such as \"0770\"", text);
    *ret_perms = (mode_t)perms;
    return 1;
}

static int
get_texts(const struct vir_settings *file, const struct vir_setting *key, struct vir_texts *ret)
{
    const char *const *texts;
    size_t n;
    int rc = vir_conf_get_list(file->conf, key->name, &texts, &n);

    if (rc <= 0)
        return rc;
    clear_list(ret);
    *ret = (struct vir_texts){ .list = vir_alloc_array(n + 1, sizeof(char *)), .n = n, .given = true };
    for (size_t i = 0; i < n; i++)
        ret->list[i] = vir_strdup(texts[i]);
    return 1;
}

static int
get_number(const struct vir_settings *file, const struct vir_setting *key, int *ret)
{
    const char *off = key->kind == VIR_SETTING_SECONDS ? "-1" : key->kind == VIR_SETTING_LIMIT ? "unlimited" : NULL, *text;
    unsigned long long number;
    int rc;

    /* the parser knows no negative numbers */
    if (off && vir_conf_get_string(file->conf, key->name, &text) == 1 && strcmp(text, off) == 0) {
        *ret = -1;
        return 1;
    }
    virResetLastError();
    rc = vir_conf_get_uint(file->conf, key->name, key->most, &number);
    if (rc > 0 && number < key->least)
        return refuse(file, key, "%llu, but must be %u at least", number, key->least);
    if (rc > 0)
        *ret = (int)number;
    return rc;
}

static int
read_value(const struct vir_settings *file, const struct vir_setting *key, void *value)
{
    switch (key->kind) {
    case VIR_SETTING_TEXT:
    case VIR_SETTING_PATH:
    case VIR_SETTING_UUID:
    case VIR_SETTING_WORDS:
        return get_text(file, key, value);
    case VIR_SETTING_TEXTS:
        return get_texts(file, key, value);
    case VIR_SETTING_PERMS:
        return get_perms(file, key, value);
    default:
        return get_number(file, key, value);
    }
}

/* A value that nobody looks at is checked like the others. */
static int
read_key(const struct vir_settings *file, const struct vir_setting *key, void *settings)
{
    union value other = { .list = { NULL, 0, false } };
    int rc = read_value(file, key, place_of(settings, key, &other));

    if (key->place >= VIR_SETTING_NOTHING)
        clear_value(key, &other);
    return rc;
}

/* DOES it with the value of each key that has a place. */
static void
each_value(const struct vir_setting *keys, void *settings, void (*does)(const struct vir_setting *key, void *value))
{
    for (; keys->name; keys++)
        if (keys->place < VIR_SETTING_NOTHING)
            does(keys, place_of(settings, keys, NULL));
}

struct vir_settings *
vir_settings_read(const struct vir_setting *keys, const char *path, void *values)
{
    struct vir_settings *file = VIR_NEW(struct vir_settings);

    file->keys = keys;
    file->path = vir_strdup(path);
    file->conf = vir_conf_read(path);
    if (!file->conf)
        return vir_settings_close(file);
    each_value(keys, values, clear_value);
    each_value(keys, values, set_default);
    for (; keys->name; keys++)
        if (read_key(file, keys, values) < 0)
            return vir_settings_close(file);
    return file;
}

int
vir_settings_line(const struct vir_settings *file, const char *name)
{
    return vir_conf_line(file->conf, name);
}

struct vir_settings *
vir_settings_close(struct vir_settings *file)
{
    if (file) {
        vir_conf_free(file->conf);
        free(file->path);
        free(file);
    }
    return NULL;
}

/* ---- what is wrong with it, and what becomes of it ---------------------------------------- */

static void
warn_unserved(const struct vir_settings *file)
{
    for (const struct vir_setting *key = file->keys; key->name; key++) {
        int line = key->place == VIR_SETTING_LATER ? vir_conf_line(file->conf, key->name) : 0;

        if (line)
            vir_warn("%s:%d: %s is not served by this version", file->path, line, key->name);
    }
}

static void
warn_unknown(const struct vir_settings *file)
{
    VIR_AUTO_FREE const char **known = NULL;
    size_t n = 0;

    while (file->keys[n].name)
        n++;
    known = vir_alloc_array(n + 1, sizeof(*known));
    for (size_t i = 0; i < n; i++)
        known[i] = file->keys[i].name;
    vir_conf_warn_unknown(file->conf, known);
}

void
vir_settings_warn(const struct vir_settings *file)
{
    vir_conf_warn_exposed(file->conf);
    warn_unserved(file);
    warn_unknown(file);
}

unsigned int
vir_settings_most(const struct vir_setting *keys, const char *name)
{
    while (strcmp(keys->name, name) != 0)
        keys++;
    return keys->most;
}

void
vir_settings_forget(const struct vir_setting *keys, void *values)
{
    each_value(keys, values, forget_value);
}

void
vir_settings_clear(const struct vir_setting *keys, void *values)
{
    each_value(keys, values, clear_value);
}
