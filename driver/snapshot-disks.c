/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a snapshot that is about to be made leaves out: its name, and where the domain's disks go. */
#include <libvirt/module.h>

#include <string.h>
#include <sys/stat.h>

static const char *const words[] = { "", "no", "internal", "external", "manual" };

int
vir_snapshot_check_name(const char *name)
{
    if (strchr(name, '/'))
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_XML_DETAIL, "invalid snapshot name '%s': name can't contain '/'", name);
    if (name[0] == '.')
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_XML_DETAIL, "invalid snapshot name '%s': name can't start with '.'",
                         name);
    return 0;
}

static bool
is_called(const struct vir_snapshot_disk *disk, const char *name)
{
    return strcmp(disk->target, name) == 0 || (disk->path && strcmp(disk->path, name) == 0);
}

static int
match(const struct vir_snapshot_disk *disks, size_t n, const char *name, size_t *ret)
{
    for (*ret = 0; *ret < n; ++*ret)
        if (is_called(&disks[*ret], name))
            return 0;
    return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_CONFIG_UNSUPPORTED, "no disk named '%s'", name);
}

int
vir_snapshot_match_disks(const struct vir_snapshot_disk *disks, size_t n, const char *const *names, size_t n_names,
                         size_t *ret_which)
{
    if (n_names > n)
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_CONFIG_UNSUPPORTED, "too many disk snapshot requests for domain");
    for (size_t k = 0; k < n_names; k++) {
        if (match(disks, n, names[k], &ret_which[k]) < 0)
            return -1;
        for (size_t before = 0; before < k; before++)
            if (ret_which[before] == ret_which[k])
                return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s' specified twice", names[k]);
    }
    return 0;
}

/* Beside the source, with the snapshot's name in place of what follows the last dot. */
static int
make_file(struct vir_snapshot_disk *disk, const char *name)
{
    const char *slash, *dot;
    struct stat sb;

    if (!disk->source)
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_CONFIG_UNSUPPORTED,
                         "cannot generate external snapshot name for disk '%s' without source", disk->target);
    if (stat(disk->source, &sb) < 0 || !S_ISREG(sb.st_mode))
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_CONFIG_UNSUPPORTED, "source for disk '%s' is not a regular file; "
                         "refusing to generate external snapshot name", disk->target);
    slash = strrchr(disk->source, '/');
    dot = strrchr(slash ? slash : disk->source, '.');
    disk->file = vir_strdup_printf("%.*s.%s", (int)(dot ? (size_t)(dot - disk->source) : strlen(disk->source)),
                                   disk->source, name);
    disk->made = true;
    return 0;
}

static int
complete(struct vir_snapshot_disk *disk, const char *name, enum vir_snapshot_place usual, bool all_so)
{
    bool said;

    if (disk->file && !disk->place)
        disk->place = VIR_SNAPSHOT_EXTERNAL;
    said = disk->place != VIR_SNAPSHOT_UNSAID;
    if (!said)
        disk->place = disk->domain_says ? disk->domain_says : disk->left_out ? VIR_SNAPSHOT_NO : (int)usual;
    if (all_so && said && disk->place != VIR_SNAPSHOT_NO && disk->place != (int)usual)
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_CONFIG_UNSUPPORTED, "disk '%s' must use snapshot mode '%s'",
                         disk->target, words[usual]);
    if (disk->file && disk->place != VIR_SNAPSHOT_EXTERNAL)
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_CONFIG_UNSUPPORTED,
                         "file '%s' for disk '%s' requires use of external snapshot mode", disk->file, disk->target);
    return disk->place == VIR_SNAPSHOT_EXTERNAL && !disk->file ? make_file(disk, name) : 0;
}

int
vir_snapshot_complete_disks(struct vir_snapshot_disk *disks, size_t n, const char *name,
                            enum vir_snapshot_place usual, bool all_so)
{
    for (size_t i = 0; i < n; i++)
        if (complete(&disks[i], name, usual, all_so) < 0)
            return -1;
    return 0;
}
