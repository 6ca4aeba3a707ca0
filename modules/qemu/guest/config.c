/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Definitions on disk: NAME.xml in the configuration directory, and a link of
 * the same name below autostart/ for those that start with the host.
 */
#include "guest/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char header[] =
    "<!--\n"
    "This file belongs to libvirt: a change made here is seen only when the daemon\n"
    "starts and is lost with the next change through libvirt.  Use instead:\n"
    "  virsh dumpxml, an editor, virsh define\n"
    "-->\n\n";

static char *
file_name(const char *name)
{
    return vir_strdup_printf("%s.xml", name);
}

int
qemu_config_save(const struct qemu_def *def)
{
    VIR_AUTO_FREE char *file = file_name(def->doc->name);
    VIR_AUTO_FREE char *xml = qemu_def_format(def, VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE);
    VIR_AUTO_FREE char *text = vir_strdup_printf("%s%s", header, xml);

    return qemu_file_write(&qemu_driver.config, file, text);
}

int
qemu_config_remove(const char *name)
{
    VIR_AUTO_FREE char *file = file_name(name);

    if (vir_file_remove(qemu_driver.config.fd, file) < 0)
        return -1;
    return vir_file_remove(qemu_driver.autostart_links.fd, file);
}

int
qemu_config_set_autostart(const char *name, bool on)
{
    VIR_AUTO_FREE char *file = file_name(name);
    VIR_AUTO_FREE char *target = vir_path_join(qemu_driver.config.path, file);

    if (!on)
        return vir_file_remove(qemu_driver.autostart_links.fd, file);
    if ((symlinkat(target, qemu_driver.autostart_links.fd, file) < 0 && errno != EEXIST) ||
        fsync(qemu_driver.autostart_links.fd) < 0)
        return vir_error_errno(errno, "link '%s/%s'", qemu_driver.autostart_links.path, file);
    return 0;
}

static bool
has_autostart(const char *file)
{
    struct stat sb;

    return fstatat(qemu_driver.autostart_links.fd, file, &sb, AT_SYMLINK_NOFOLLOW) == 0;
}

/* ---- at the daemon's start ------------------------------------------------------- */

/* FILE may be a link that an administrator made. */
static int
load(const char *file)
{
    VIR_AUTO_FREE char *path = vir_path_join(qemu_driver.config.path, file);
    VIR_AUTO_FREE char *text = NULL;
    VIR_AUTO_FREE char *wanted = NULL;
    struct qemu_domain *domain;
    struct qemu_def *def;
    size_t len;

    if (vir_file_read_path(path, QEMU_MAX_FILE, &text, &len) < 0)
        return -1;
    def = qemu_def_read(text);
    if (!def)
        return -1;
    wanted = file_name(def->doc->name);
    if (strcmp(wanted, file) != 0) {
        vir_error(VIR_ERR_XML_ERROR, "the file '%s' holds the domain '%s'", file, def->doc->name);
        qemu_def_unref(def);
        return -1;
    }
    domain = qemu_domain_new(def);
    domain->persistent = true;
    domain->autostart = has_autostart(file);
    return qemu_domain_add(domain) < 0 ? -1 : (qemu_domain_unref(&domain), 0);
}

static int
load_or_warn(int dirfd, const char *file, void *opaque)
{
    (void)dirfd;
    (void)opaque;
    if (load(file) < 0) {
        VIR_AUTO_FREE char *what = vir_strdup_printf("definition '%s/%s' is left out",
                                                     qemu_driver.config.path, file);

        qemu_warn_error(what);
    }
    return 0;
}

void
qemu_config_load_all(void)
{
    if (vir_dir_scan(qemu_driver.config.fd, ".xml", load_or_warn, NULL) < 0)
        qemu_warn_error(qemu_driver.config.path);
}

/* The state directory is emptied when the host boots. */
bool
qemu_config_autostart_due(void)
{
    static const char marker[] = "autostarted";
    VIR_AUTO_CLOSE int fd = openat(qemu_driver.state.fd, marker,
                                   O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                                   0600);

    if (fd < 0 && errno != EEXIST)
        vir_warn("no guest is started with the host: cannot write '%s/%s': %s", qemu_driver.state.path,
                 marker, strerror(errno));
    return fd >= 0;
}
