/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu.conf: the system's, or a user's own beside his definitions. */
#include "settings.h"
#include "qemu.h"

#include <stddef.h>

#define S(member) offsetof(struct qemu_settings, member)

static const struct vir_setting keys[] = {
#include "keys.h"
};

struct qemu_settings qemu_settings;

/* What no single key can tell. */
static int
check(const struct vir_settings *file, const char *path)
{
    if (qemu_settings.remote_display_port_min <= qemu_settings.remote_display_port_max)
        return 0;
    return vir_error(VIR_ERR_CONF_SYNTAX, "%s:%d: remote_display_port_min is %u, more than remote_display_port_max, %u", path,
                     vir_settings_line(file, "remote_display_port_min"), qemu_settings.remote_display_port_min,
                     qemu_settings.remote_display_port_max);
}

int
qemu_settings_load(void)
{
    VIR_AUTO_FREE char *path = vir_path_join(qemu_driver.host->config_dir, "qemu.conf");
    struct vir_settings *file = vir_settings_read(keys, path, &qemu_settings);
    int ret;

    if (!file)
        return -1;
    vir_settings_warn(file);
    ret = check(file, path);
    vir_settings_close(file);
    return ret;
}

void
qemu_settings_unload(void)
{
    vir_settings_clear(keys, &qemu_settings);
}
