/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The places of this process.  Variables of the environment move them, but not
 * in a program that runs with another user's privilege.
 */
#include "host.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct vir_host host;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool is_daemon, is_privileged;
static void (*daemon_inhibit)(int delta);
static void (*daemon_audit)(enum vir_audit_kind kind, const char *text, bool success);
static int (*daemon_admit)(const char *name, const unsigned char *uuid);

static const char *module_dir;
static const char *manifest_dirs[4];
static pthread_once_t dirs_once = PTHREAD_ONCE_INIT;

/* The value of NAME if it is an absolute path. */
static const char *
path_from_env(const char *name)
{
    const char *value = secure_getenv(name);

    return value && *value == '/' ? value : NULL;
}

static char *
home_dir(void)
{
    const char *home = path_from_env("HOME");
    struct passwd entry, *found = NULL;
    char text[4096];

    if (home)
        return vir_strdup(home);
    if (getpwuid_r(geteuid(), &entry, text, sizeof(text), &found) == 0 && found && found->pw_dir[0] == '/')
        return vir_strdup(found->pw_dir);
    return vir_strdup("/nonexistent");
}

/* $ENV/libvirt, or HOME/REST/libvirt. */
static char *
user_dir(const char *env, const char *home, const char *rest)
{
    const char *base = path_from_env(env);

    if (base)
        return vir_strdup_printf("%s/libvirt", base);
    return vir_strdup_printf("%s/%s/libvirt", home, rest);
}

static void
use_system_dirs(void)
{
    host.config_dir = VIR_SYSCONFDIR "/libvirt";
    host.state_dir = VIR_RUNSTATEDIR "/libvirt";
    host.data_dir = VIR_LOCALSTATEDIR "/lib/libvirt";
    host.cache_dir = VIR_LOCALSTATEDIR "/cache/libvirt";
    host.log_dir = VIR_LOCALSTATEDIR "/log/libvirt";
}

static void
use_user_dirs(void)
{
    VIR_AUTO_FREE char *home = home_dir();

    host.config_dir = user_dir("XDG_CONFIG_HOME", home, ".config");
    host.data_dir = user_dir("XDG_DATA_HOME", home, ".local/share");
    host.cache_dir = user_dir("XDG_CACHE_HOME", home, ".cache");
    host.log_dir = vir_strdup_printf("%s/log", host.cache_dir);
    if (path_from_env("XDG_RUNTIME_DIR"))
        host.state_dir = user_dir("XDG_RUNTIME_DIR", home, "");
    else
        host.state_dir = vir_strdup_printf("%s/run", host.cache_dir);
}

static void
make_host(void)
{
    host.size = sizeof(host);
    host.daemon = is_daemon;
    host.privileged = is_daemon ? is_privileged : geteuid() == 0;
    host.libexec_dir = VIR_LIBEXECDIR;
    host.inhibit = daemon_inhibit;
    host.audit = daemon_audit;
    host.admit = daemon_admit;
    if (host.privileged)
        use_system_dirs();
    else
        use_user_dirs();
}

const struct vir_host *
vir_host(void)
{
    pthread_once(&once, make_host);
    return &host;
}

void
vir_host_set_daemon(bool privileged, void (*inhibit)(int delta),
                    void (*audit)(enum vir_audit_kind kind, const char *text, bool success),
                    int (*admit)(const char *name, const unsigned char *uuid))
{
    is_daemon = true;
    is_privileged = privileged;
    daemon_inhibit = inhibit;
    daemon_audit = audit;
    daemon_admit = admit;
}

void
vir_host_set_uuid(const char *uuid)
{
    vir_host();
    host.uuid = uuid;
}

static void
make_dirs(void)
{
    const char *override = path_from_env("LIBVIRT_DRIVER_DIR");
    const char *manifests = path_from_env("LIBVIRT_MODULES_D");
    size_t n = 0;

    module_dir = vir_strdup(override ? override : VIR_MODULEDIR);
    manifest_dirs[n++] = VIR_MODULESDDIR;
    if (manifests)
        manifest_dirs[override ? n++ : n - 1] = vir_strdup(manifests);
    else if (override)
        manifest_dirs[n++] = vir_path_join(override, "../modules.d");
    manifest_dirs[n++] = VIR_SYSCONFDIR "/libvirt/modules.d";
}

const char *
vir_host_module_dir(void)
{
    pthread_once(&dirs_once, make_dirs);
    return module_dir;
}

const char *const *
vir_host_manifest_dirs(void)
{
    pthread_once(&dirs_once, make_dirs);
    return manifest_dirs;
}

const char *
vir_host_module_checker(void)
{
    const char *override = path_from_env("LIBVIRT_MODULE_CHECK");

    return override ? override : VIR_LIBEXECDIR "/libvirt-module";
}

char *
vir_host_client_conf(const char *name)
{
    VIR_AUTO_FREE char *system = NULL;

    if (!vir_host()->privileged) {
        char *path = vir_path_join(vir_host()->config_dir, name);

        if (access(path, F_OK) == 0)
            return path;
        free(path);
    }
    /* The system's directory may be closed to users: then it says nothing to them. */
    system = vir_path_join(VIR_SYSCONFDIR "/libvirt", name);
    return access(system, R_OK) == 0 ? vir_steal(&system) : NULL;
}
