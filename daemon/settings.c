/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirtd.conf: one table says every key that is served.  Keys of libvirt
 * 9.0.0 and before that this version does not serve cost one warning each, a
 * key that nobody knows one with file, line and the nearest name.
 */
#include "daemon/daemon.h"

#include <grp.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/tls.h"

#define S(member) offsetof(struct daemon_settings, member)

#define LEAST_SSF 56                     /* DES: what the oldest clients have */

enum kind { TEXT, TEXTS, PERMS, NUMBER, SECONDS };

static const struct { const char *key; enum kind kind; size_t place; unsigned int max; } served[] = {
    { "unix_sock_dir", TEXT, S(sock_dir), 0 },
    { "unix_sock_group", TEXT, S(sock_group), 0 },
    { "unix_sock_rw_perms", PERMS, S(rw_perms), 0 },
    { "unix_sock_ro_perms", PERMS, S(ro_perms), 0 },
    { "auth_unix_rw", TEXT, S(auth[DAEMON_UNIX_RW]), 0 },
    { "auth_unix_ro", TEXT, S(auth[DAEMON_UNIX_RO]), 0 },
    { "auth_tcp", TEXT, S(auth[DAEMON_TCP]), 0 },
    { "listen_tcp", NUMBER, S(listen_tcp), 1 },
    { "listen_addr", TEXT, S(listen_addr), 0 },
    { "tcp_port", TEXT, S(tcp_port), 0 },
    { "tcp_min_ssf", NUMBER, S(tcp_min_ssf), 100000 },
    { "auth_tls", TEXT, S(auth[DAEMON_TLS]), 0 },
    { "listen_tls", NUMBER, S(listen_tls), 1 },
    { "tls_port", TEXT, S(tls_port), 0 },
    { "ca_file", TEXT, S(ca_file), 0 },
    { "cert_file", TEXT, S(cert_file), 0 },
    { "key_file", TEXT, S(key_file), 0 },
    { "crl_file", TEXT, S(crl_file), 0 },
    { "tls_priority", TEXT, S(tls_priority), 0 },
    { "sasl_allowed_username_list", TEXTS, S(sasl_users), 0 },
    { "tls_no_sanity_certificate", NUMBER, S(tls_no_sanity), 1 },
    { "tls_no_verify_certificate", NUMBER, S(tls_no_verify), 1 },
    { "tls_no_verify_address", NUMBER, S(tls_no_verify_address), 1 },
    { "tls_allowed_dn_list", TEXTS, S(tls_names), 0 },
    { "tls_allowed_ip_list", TEXTS, S(tls_addresses), 0 },
    { "max_clients", NUMBER, S(max_clients), 1000000 },
    { "max_queued_clients", NUMBER, S(max_queued), 65535 },
    { "max_anonymous_clients", NUMBER, S(max_anonymous), 1000000 },
    { "min_workers", NUMBER, S(min_workers), 1000 },
    { "max_workers", NUMBER, S(max_workers), 1000 },
    { "prio_workers", NUMBER, S(prio_workers), 1000 },
    { "max_client_requests", NUMBER, S(max_client_requests), 1000 },
    { "keepalive_interval", SECONDS, S(keepalive_interval), 1000000 },
    { "keepalive_count", NUMBER, S(keepalive_count), 1000 },
    { "log_level", NUMBER, S(log_level), VIR_LOG_ERROR },
    { "log_filters", TEXT, S(log_filters), 0 },
    { "log_outputs", TEXT, S(log_outputs), 0 },
};

/* Known, but not served yet. */
static const char *const unserved[] = {
    "unix_sock_admin_perms", "access_drivers", "admin_min_workers", "admin_max_workers",
    "admin_max_clients", "admin_max_queued_clients", "admin_max_client_requests", "audit_level",
    "audit_logging", "host_uuid", "host_uuid_source", "keepalive_required", "admin_keepalive_required",
    "admin_keepalive_interval", "admin_keepalive_count", "ovs_timeout", "mdns_adv", "mdns_name",
    "unix_sock_auth",
};

#define N_SERVED (sizeof(served) / sizeof(served[0]))
#define N_UNSERVED (sizeof(unserved) / sizeof(unserved[0]))

static void
set_text(char **place, const char *value)
{
    free(*place);
    *place = vir_strdup(value);
}

static int
get_perms(struct vir_conf *conf, const char *path, const char *key, mode_t *ret_perms)
{
    const char *text;
    char *end;
    unsigned long perms;
    int rc = vir_conf_get_string(conf, key, &text);

    if (rc <= 0)
        return rc;
    perms = strtoul(text, &end, 8);
    if (*text < '0' || *text > '7' || *end || perms > 0777)
        return vir_error(VIR_ERR_CONF_SYNTAX, "%s: %s is \"%s\", not permissions such as \"0770\"",
                         path, key, text);
    *ret_perms = (mode_t)perms;
    return 0;
}

static void
clear_list(struct daemon_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->list[i]);
    free(list->list);
}

static int
get_texts(struct vir_conf *conf, const char *key, struct daemon_list *ret)
{
    const char *const *texts;
    size_t n;
    int rc = vir_conf_get_list(conf, key, &texts, &n);

    if (rc <= 0)
        return rc;
    clear_list(ret);
    *ret = (struct daemon_list){ .list = vir_alloc_array(n + 1, sizeof(char *)), .n = n, .given = true };
    for (size_t i = 0; i < n; i++)
        ret->list[i] = vir_strdup(texts[i]);
    return 1;
}

static int
get_seconds(struct vir_conf *conf, const char *key, unsigned int max, int *ret_seconds)
{
    unsigned long long number;
    const char *text;
    int rc;

    /* -1 switches it off; the parser knows no negative numbers */
    if (vir_conf_get_string(conf, key, &text) == 1 && strcmp(text, "-1") == 0) {
        *ret_seconds = -1;
        return 0;
    }
    virResetLastError();
    rc = vir_conf_get_uint(conf, key, max, &number);
    if (rc > 0)
        *ret_seconds = (int)number;
    return rc;
}

static int
read_key(struct daemon_settings *settings, struct vir_conf *conf, size_t i)
{
    void *place = (char *)settings + served[i].place;
    unsigned long long number;
    const char *text;
    int rc;

    switch (served[i].kind) {
    case TEXT:
        rc = vir_conf_get_string(conf, served[i].key, &text);
        if (rc > 0)
            set_text(place, text);
        return rc;
    case TEXTS:
        return get_texts(conf, served[i].key, place);
    case PERMS:
        return get_perms(conf, settings->config_file, served[i].key, place);
    case SECONDS:
        return get_seconds(conf, served[i].key, served[i].max, place);
    default:
        rc = vir_conf_get_uint(conf, served[i].key, served[i].max, &number);
        if (rc > 0)
            *(unsigned int *)place = (unsigned int)number;
        return rc;
    }
}

/* Who leaves it out lets more in than the administrator wants. */
static bool
restricts(const char *key)
{
    return strcmp(key, "access_drivers") == 0 || strcmp(key, "unix_sock_auth") == 0;
}

/* Says it of each key that is there but does nothing. */
static void
warn_unserved(struct vir_conf *conf, const char *path)
{
    for (size_t i = 0; i < N_UNSERVED; i++) {
        int line = vir_conf_line(conf, unserved[i]);

        if (line)
            vir_warn("%s:%d: %s%s is not served by this version%s", path, line,
                     restricts(unserved[i]) ? "DANGER: " : "", unserved[i],
                     restricts(unserved[i]) ? ": who is connected may do all that the connection allows" : "");
    }
}

static void
warn_unknown(struct vir_conf *conf)
{
    const char *known[N_SERVED + N_UNSERVED + 1];

    for (size_t i = 0; i < N_SERVED; i++)
        known[i] = served[i].key;
    memcpy(known + N_SERVED, unserved, sizeof(unserved));
    known[N_SERVED + N_UNSERVED] = NULL;
    vir_conf_warn_unknown(conf, known);
}

void
daemon_settings_forget(struct daemon_settings *settings)
{
    for (size_t i = 0; i < N_SERVED; i++)
        if (served[i].kind == TEXT)
            *(char **)((char *)settings + served[i].place) = NULL;
        else if (served[i].kind == TEXTS)
            *(struct daemon_list *)((char *)settings + served[i].place) = (struct daemon_list){ NULL, 0, false };
    settings->conf = NULL;
}

static void
clear_texts(struct daemon_settings *settings)
{
    for (size_t i = 0; i < N_SERVED; i++)
        if (served[i].kind == TEXT)
            free(*(char **)((char *)settings + served[i].place));
        else if (served[i].kind == TEXTS)
            clear_list((struct daemon_list *)((char *)settings + served[i].place));
    daemon_settings_forget(settings);
}

static void
set_defaults(struct daemon_settings *settings)
{
    struct vir_conf *conf = settings->conf;

    clear_texts(settings);
    settings->conf = conf;
    set_text(&settings->auth[DAEMON_UNIX_RW], "none");
    set_text(&settings->auth[DAEMON_UNIX_RO], "none");
    set_text(&settings->auth[DAEMON_TCP], "sasl");
    set_text(&settings->tcp_port, "16509");
    set_text(&settings->auth[DAEMON_TLS], "none");
    set_text(&settings->tls_port, "16514");
    set_text(&settings->ca_file, RPC_TLS_CA);
    set_text(&settings->cert_file, RPC_TLS_HOST "/servercert.pem");
    set_text(&settings->key_file, RPC_TLS_HOST "/private/serverkey.pem");
    settings->listen_tcp = 0;
    settings->tcp_min_ssf = LEAST_SSF;
    settings->listen_tls = 1;
    settings->tls_no_sanity = settings->tls_no_verify = settings->tls_no_verify_address = 0;
    settings->rw_perms = (mode_t)-1;
    settings->ro_perms = 0777;
    settings->max_clients = 5000;
    settings->max_queued = 1000;
    settings->max_anonymous = 20;
    settings->min_workers = 5;
    settings->max_workers = 20;
    settings->prio_workers = 5;
    settings->max_client_requests = 5;
    settings->keepalive_interval = 5;
    settings->keepalive_count = 5;
    settings->log_level = 0;
}

static const char *const auth_keys[DAEMON_WAYS] = {
    [DAEMON_UNIX_RO] = "auth_unix_ro", [DAEMON_UNIX_RW] = "auth_unix_rw", [DAEMON_TCP] = "auth_tcp",
    [DAEMON_TLS] = "auth_tls",
};

static int
check_auth(const struct daemon_settings *settings, const char *key, const char *auth)
{
    if (strcmp(auth, "none") == 0 || strcmp(auth, "polkit") == 0 || strcmp(auth, "sasl") == 0)
        return 0;
    return vir_error(VIR_ERR_CONF_SYNTAX, "%s: %s is \"%s\", not \"none\", \"polkit\" or \"sasl\"",
                     settings->config_file, key, auth);
}

static int
check(struct daemon_settings *settings)
{
    if (settings->rw_perms == (mode_t)-1)
        settings->rw_perms = settings->sock_group ? 0770 : 0700;
    if (settings->max_workers == 0 || settings->max_client_requests == 0 || settings->max_clients == 0)
        return vir_error(VIR_ERR_CONF_SYNTAX, "%s: max_workers, max_clients and max_client_requests "
                         "must not be 0", settings->config_file);
    if (settings->tcp_min_ssf < LEAST_SSF)
        return vir_error(VIR_ERR_CONF_SYNTAX, "%s: tcp_min_ssf is %u, and must be at least %d", settings->config_file,
                         settings->tcp_min_ssf, LEAST_SSF);
    if (settings->sock_dir && settings->sock_dir[0] != '/')
        return vir_error(VIR_ERR_CONF_SYNTAX, "%s: unix_sock_dir is \"%s\", which does not begin with /",
                         settings->config_file, settings->sock_dir);
    for (size_t i = 0; i < DAEMON_WAYS; i++)
        if (check_auth(settings, auth_keys[i], settings->auth[i]) < 0)
            return -1;
    return 0;
}

int
daemon_settings_read(struct daemon_settings *settings)
{
    int rc = 0;

    settings->conf = vir_conf_read(settings->config_file);
    if (!settings->conf)
        return -1;
    set_defaults(settings);
    for (size_t i = 0; i < N_SERVED && rc >= 0; i++)
        rc = read_key(settings, settings->conf, i);
    return rc < 0 ? -1 : check(settings);
}

/* Polkit decides about processes of this host. */
static void
warn_auth(const struct daemon_settings *settings, enum daemon_way way, bool served_there)
{
    if (served_there && strcmp(settings->auth[way], "polkit") == 0)
        vir_warn("%s: %s = \"polkit\" lets nobody in, for polkit does not know users of other hosts; \"sasl\" does",
                 settings->config_file, auth_keys[way]);
}

/* It is served nevertheless: hosts are taken over with their files. */
static void
warn_open_door(const struct daemon_settings *settings)
{
    if (!settings->privileged || !(settings->rw_perms & 0002) ||
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
    clear_texts(settings);
    *settings = (struct daemon_settings){ 0 };
}
