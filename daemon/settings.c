/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirtd.conf.  What keys there are is said in libvirtd.keys.  One that this
 * version does nothing by costs a warning, one that nobody knows a warning with
 * file, line and the nearest name, and a value that will not do ends it all.
 */
#include "daemon/daemon.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef VIR_HAVE_SYSTEMD
# define HAS_POLKIT true
#else
# define HAS_POLKIT false
#endif
#define MAX_SECONDS 1000000
#define DAEMON_NO_PERMS ((mode_t)-1)

#define S(member) offsetof(struct daemon_settings, member)
#define LATER ((size_t)-1)              /* known, but this version does nothing by it */
#define NOTHING ((size_t)-2)            /* known, and nothing is done by it */

enum kind { FLAG, NUMBER, SECONDS, TEXT, PATH, PERMS, UUID, TEXTS, WORDS };

static const struct key {
    const char *name;
    enum kind kind;
    size_t place;
    unsigned int least, most;           /* FLAG, NUMBER */
    const char *words;                  /* WORDS: with | between them */
    const char *value;                  /* without the key; NULL: none */
} keys[] = {
#include "daemon/keys.h"
};

#define N_KEYS (sizeof(keys) / sizeof(keys[0]))

/* ---- where values go ------------------------------------------------------------- */

/* Room for the value of any key. */
union value { char *text; struct daemon_list list; int number; mode_t perms; };

/* Where a value goes: in the settings, which have a member of its type there and no union, or OTHER. */
static void *
place_of(struct daemon_settings *settings, const struct key *key, union value *other)
{
    return key->place < NOTHING ? (char *)settings + key->place : (void *)other;
}

static bool
is_text(const struct key *key)
{
    return key->kind == TEXT || key->kind == PATH || key->kind == UUID || key->kind == WORDS;
}

static void
set_text(char **place, const char *value)
{
    char *old = *place;

    *place = value ? vir_strdup(value) : NULL;
    free(old);
}

static void
clear_list(struct daemon_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->list[i]);
    free(list->list);
}

/* Both also for a value that is in no settings. */
static void
forget_value(const struct key *key, void *value)
{
    if (is_text(key))
        *(char **)value = NULL;
    else if (key->kind == TEXTS)
        *(struct daemon_list *)value = (struct daemon_list){ NULL, 0, false };
}

static void
clear_value(const struct key *key, void *value)
{
    if (is_text(key))
        free(*(char **)value);
    else if (key->kind == TEXTS)
        clear_list(value);
    forget_value(key, value);
}

static void
set_default(const struct key *key, void *value)
{
    if (is_text(key))
        set_text(value, key->value);
    else if (key->kind == PERMS)
        *(mode_t *)value = key->value ? (mode_t)strtoul(key->value, NULL, 8) : DAEMON_NO_PERMS;
    else if (key->kind != TEXTS)
        *(int *)value = key->value ? atoi(key->value) : 0;
}

/* ---- what the file says ------------------------------------------------------------ */

static int VIR_PRINTF(4, 5)
refuse(struct vir_conf *conf, const struct daemon_settings *settings, const struct key *key, const char *fmt, ...)
{
    VIR_AUTO_FREE char *text = NULL;
    va_list args;

    va_start(args, fmt);
    if (vasprintf(&text, fmt, args) < 0)
        text = NULL;
    va_end(args);
    return vir_error(VIR_ERR_CONF_SYNTAX, "%s:%d: %s is %s", settings->config_file, vir_conf_line(conf, key->name),
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
get_text(struct daemon_settings *settings, struct vir_conf *conf, const struct key *key, char **place)
{
    const char *text;
    int rc = vir_conf_get_string(conf, key->name, &text);

    if (rc <= 0)
        return rc;
    if (key->kind == PATH && *text != '/')
        return refuse(conf, settings, key, "\"%s\", which does not begin with /", text);
    if (key->kind == WORDS && !is_word(key->words, text))
        return refuse(conf, settings, key, "\"%s\", but can be one of %s", text, key->words);
    if (key->kind == UUID && !is_uuid(text))
        return refuse(conf, settings, key, "\"%s\", which is no UUID of a host: uuidgen(1) makes one", text);
    set_text(place, text);
    return 1;
}

static int
get_perms(struct daemon_settings *settings, struct vir_conf *conf, const struct key *key, mode_t *ret_perms)
{
    const char *text;
    char *end;
    unsigned long perms;
    int rc = vir_conf_get_string(conf, key->name, &text);

    if (rc <= 0)
        return rc;
    perms = strtoul(text, &end, 8);
    if (*text < '0' || *text > '7' || *end || perms > 0777)
        return refuse(conf, settings, key, "\"%s\", not permissions such as \"0770\"", text);
    *ret_perms = (mode_t)perms;
    return 1;
}

static int
get_texts(struct vir_conf *conf, const struct key *key, struct daemon_list *ret)
{
    const char *const *texts;
    size_t n;
    int rc = vir_conf_get_list(conf, key->name, &texts, &n);

    if (rc <= 0)
        return rc;
    clear_list(ret);
    *ret = (struct daemon_list){ .list = vir_alloc_array(n + 1, sizeof(char *)), .n = n, .given = true };
    for (size_t i = 0; i < n; i++)
        ret->list[i] = vir_strdup(texts[i]);
    return 1;
}

static int
get_number(struct daemon_settings *settings, struct vir_conf *conf, const struct key *key, int *ret)
{
    unsigned long long number;
    const char *text;
    int rc;

    /* -1 switches it off; the parser knows no negative numbers */
    if (key->kind == SECONDS && vir_conf_get_string(conf, key->name, &text) == 1 && strcmp(text, "-1") == 0) {
        *ret = -1;
        return 1;
    }
    virResetLastError();
    rc = vir_conf_get_uint(conf, key->name, key->kind == SECONDS ? MAX_SECONDS : key->most, &number);
    if (rc > 0 && number < key->least)
        return refuse(conf, settings, key, "%llu, but must be %u at least", number, key->least);
    if (rc > 0)
        *ret = (int)number;
    return rc;
}

static int
read_value(struct daemon_settings *settings, struct vir_conf *conf, const struct key *key, void *value)
{
    switch (key->kind) {
    case TEXT:
    case PATH:
    case UUID:
    case WORDS:
        return get_text(settings, conf, key, value);
    case TEXTS:
        return get_texts(conf, key, value);
    case PERMS:
        return get_perms(settings, conf, key, value);
    default:
        return get_number(settings, conf, key, value);
    }
}

/* A value that nobody looks at is checked like the others. */
static int
read_key(struct daemon_settings *settings, const struct key *key)
{
    union value other = { .list = { NULL, 0, false } };
    int rc = read_value(settings, settings->conf, key, place_of(settings, key, &other));

    if (key->place >= NOTHING)
        clear_value(key, &other);
    return rc;
}

unsigned int
daemon_settings_most(const char *name)
{
    size_t i = 0;

    while (strcmp(keys[i].name, name) != 0)
        i++;
    return keys[i].most;
}

/* Says it of each key that is there but does nothing. */
static void
warn_unserved(struct vir_conf *conf, const char *path)
{
    for (size_t i = 0; i < N_KEYS; i++) {
        int line = keys[i].place == LATER ? vir_conf_line(conf, keys[i].name) : 0;

        if (line)
            vir_warn("%s:%d: %s is not served by this version", path, line, keys[i].name);
    }
}

static void
warn_unknown(struct vir_conf *conf)
{
    const char *known[N_KEYS + 1];

    for (size_t i = 0; i < N_KEYS; i++)
        known[i] = keys[i].name;
    known[N_KEYS] = NULL;
    vir_conf_warn_unknown(conf, known);
}

/* DOES it with the value of each key that has a place. */
static void
each_value(struct daemon_settings *settings, void (*does)(const struct key *key, void *value))
{
    for (size_t i = 0; i < N_KEYS; i++)
        if (keys[i].place < NOTHING)
            does(&keys[i], place_of(settings, &keys[i], NULL));
}

void
daemon_settings_forget(struct daemon_settings *settings)
{
    each_value(settings, forget_value);
    settings->conf = NULL;
}

static const char *const auth_keys[DAEMON_WAYS] = {
    [DAEMON_UNIX_RO] = "auth_unix_ro", [DAEMON_UNIX_RW] = "auth_unix_rw", [DAEMON_TCP] = "auth_tcp",
    [DAEMON_TLS] = "auth_tls",
};

/* The old name stands for both where the new ones are not there. */
static void
use_old_name(struct daemon_settings *settings)
{
    for (enum daemon_way way = DAEMON_UNIX_RO; settings->unix_sock_auth && way <= DAEMON_UNIX_RW; way++)
        if (!vir_conf_line(settings->conf, auth_keys[way]))
            set_text(&settings->auth[way], settings->unix_sock_auth);
}

static int
check_access(const struct daemon_settings *settings)
{
    for (size_t i = 0; i < settings->access_drivers.n; i++) {
        const char *driver = settings->access_drivers.list[i];

        if (strcmp(driver, "none") != 0 && strcmp(driver, "polkit") != 0)
            return vir_error(VIR_ERR_CONF_SYNTAX, "%s:%d: access_drivers has \"%s\", which is not \"none\" or "
                             "\"polkit\"", settings->config_file, vir_conf_line(settings->conf, "access_drivers"),
                             driver);
    }
    return 0;
}

bool
daemon_settings_guard(const struct daemon_settings *settings)
{
    for (size_t i = 0; i < settings->access_drivers.n; i++)
        if (strcmp(settings->access_drivers.list[i], "polkit") == 0)
            return true;
    return false;
}

/* Polkit is for the system's daemon, unless somebody wants it elsewhere. */
static void
fit_auth(struct daemon_settings *settings)
{
    for (enum daemon_way way = DAEMON_UNIX_RO; way <= DAEMON_UNIX_RW; way++)
        if (!HAS_POLKIT || !settings->privileged)
            if (!vir_conf_line(settings->conf, auth_keys[way]) && !settings->unix_sock_auth)
                set_text(&settings->auth[way], "none");
}

int
daemon_settings_read(struct daemon_settings *settings)
{
    int rc = 0;

    settings->conf = vir_conf_read(settings->config_file);
    if (!settings->conf)
        return -1;
    each_value(settings, clear_value);
    each_value(settings, set_default);
    for (size_t i = 0; i < N_KEYS && rc >= 0; i++)
        rc = read_key(settings, &keys[i]);
    if (rc < 0)
        return -1;
    use_old_name(settings);
    fit_auth(settings);
    if (settings->rw_perms == DAEMON_NO_PERMS)
        settings->rw_perms = strcmp(settings->auth[DAEMON_UNIX_RW], "none") != 0 ? 0777 :
                             settings->sock_group ? 0770 : 0700;
    return check_access(settings);
}

/* Polkit decides about processes of this host. */
static void
warn_auth(const struct daemon_settings *settings, enum daemon_way way, bool served_there)
{
    if (served_there && daemon_settings_guard(settings))
        vir_warn("%s: access_drivers = [ \"polkit\" ] refuses every call over %s, for polkit does not know users of "
                 "other hosts; they can come by ssh", settings->config_file, way == DAEMON_TLS ? "TLS" : "TCP");
    if (served_there && strcmp(settings->auth[way], "polkit") == 0)
        vir_warn("%s: %s = \"polkit\" lets nobody in, for polkit does not know users of other hosts; \"sasl\" does",
                 settings->config_file, auth_keys[way]);
}

/* It is served nevertheless: hosts are taken over with their files. */
static void
warn_open_door(const struct daemon_settings *settings)
{
    if (!settings->privileged || !(settings->rw_perms & 0002) || daemon_settings_guard(settings) ||
        strcmp(settings->auth[DAEMON_UNIX_RW], "none") != 0)
        return;
    vir_warn("%s: DANGER: unix_sock_rw_perms = \"%04o\" with auth_unix_rw = \"none\" gives every user of this host "
             "full control of it; name a group in unix_sock_group and set unix_sock_rw_perms = \"0770\"",
             settings->config_file, (unsigned int)settings->rw_perms);
}

static void
warn_open_network(const struct daemon_settings *settings)
{
    if (settings->listen && settings->listen_tcp && strcmp(settings->auth[DAEMON_TCP], "none") == 0)
        vir_warn("%s: DANGER: auth_tcp = \"none\" lets everybody who reaches port %s do all that this daemon can, and "
                 "read what others do; set auth_tcp = \"sasl\", or listen_tcp = 0 and serve TLS",
                 settings->config_file, settings->tcp_port);
}

void
daemon_settings_warn(struct daemon_settings *settings)
{
    warn_open_network(settings);
    warn_open_door(settings);
    vir_conf_warn_exposed(settings->conf);
    warn_unserved(settings->conf, settings->config_file);
    warn_unknown(settings->conf);
    warn_auth(settings, DAEMON_TCP, settings->listen && settings->listen_tcp);
    warn_auth(settings, DAEMON_TLS, settings->listen && settings->listen_tls);
    settings->conf = vir_conf_free(settings->conf);
}

void
daemon_settings_clear(struct daemon_settings *settings)
{
    free(settings->config_file);
    free(settings->pid_file);
    vir_conf_free(settings->conf);
    each_value(settings, clear_value);
    *settings = (struct daemon_settings){ 0 };
}
