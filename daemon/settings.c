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

#define S(member) offsetof(struct daemon_settings, member)

static const struct vir_setting keys[] = {
#include "daemon/keys.h"
};

unsigned int
daemon_settings_most(const char *name)
{
    return vir_settings_most(keys, name);
}

void
daemon_settings_forget(struct daemon_settings *settings)
{
    vir_settings_forget(keys, settings);
    settings->file = NULL;
}

static void
say(char **value, const char *text)
{
    free(*value);
    *value = vir_strdup(text);
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
        if (!vir_settings_line(settings->file, auth_keys[way]))
            say(&settings->auth[way], settings->unix_sock_auth);
}

static int
check_access(const struct daemon_settings *settings)
{
    for (size_t i = 0; i < settings->access_drivers.n; i++) {
        const char *driver = settings->access_drivers.list[i];

        if (strcmp(driver, "none") != 0 && strcmp(driver, "polkit") != 0)
            return vir_error(VIR_ERR_CONF_SYNTAX, "%s:%d: access_drivers has \"%s\", which is not \"none\" or "
                             "\"polkit\"", settings->config_file, vir_settings_line(settings->file, "access_drivers"),
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
            if (!vir_settings_line(settings->file, auth_keys[way]) && !settings->unix_sock_auth)
                say(&settings->auth[way], "none");
}

int
daemon_settings_read(struct daemon_settings *settings)
{
    settings->file = vir_settings_read(keys, settings->config_file, settings);
    if (!settings->file)
        return -1;
    use_old_name(settings);
    fit_auth(settings);
    if (settings->rw_perms == VIR_SETTING_NO_PERMS)
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
    vir_settings_warn(settings->file);
    warn_auth(settings, DAEMON_TCP, settings->listen && settings->listen_tcp);
    warn_auth(settings, DAEMON_TLS, settings->listen && settings->listen_tls);
    settings->file = vir_settings_close(settings->file);
}

void
daemon_settings_clear(struct daemon_settings *settings)
{
    free(settings->config_file);
    free(settings->pid_file);
    vir_settings_close(settings->file);
    vir_settings_clear(keys, settings);
    *settings = (struct daemon_settings){ 0 };
}
