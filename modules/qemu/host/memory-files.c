/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files of the host that are a guest's memory; see memory-files.h.
 */
#include "host/memory-files.h"

#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

enum {
    MOST_NODES = 1024,                  /* of a host; Linux's own limit */
    SHORT_NAME = 20,                    /* bytes of a guest's name in a path */
};

/* ---- paths ---------------------------------------------------------------------------------- */

/* "7-name", cut before a letter that would not be whole. */
static char *
short_name(int id, const char *name)
{
    size_t len = strlen(name);

    if (len > SHORT_NAME)
        for (len = SHORT_NAME; len > 0 && (name[len] & 0xc0) == 0x80; len--)
            ;
    return vir_strdup_printf("%d-%.*s", id, (int)len, name);
}

char *
qemu_memory_directory(int id, const char *name)
{
    VIR_AUTO_FREE char *of = short_name(id, name);

    return vir_strdup_printf("%s/qemu/ram/%s", qemu_driver.data_dir, of);
}

/* The size of page that Linux takes where none is said. */
static unsigned long long
usual_huge_page(void)
{
    FILE *file = fopen("/proc/meminfo", "re");
    unsigned long long kib = 0;
    char line[256];

    while (file && kib == 0 && fgets(line, sizeof(line), file))
        if (sscanf(line, "Hugepagesize: %llu kB", &kib) != 1)
            kib = 0;
    if (file)
        fclose(file);
    return kib;
}

unsigned long long
qemu_small_page(void)
{
    return (unsigned long long)sysconf(_SC_PAGESIZE) / 1024;
}

/* The first file system with pages of KIB; NULL: none. */
static char *
huge_mount(unsigned long long kib)
{
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    char *found = NULL;
    struct mntent entry, *mount;
    char line[8192];                    /* the kernel's are below two pages */

    while (mounts && !found && (mount = getmntent_r(mounts, &entry, line, sizeof(line)))) {
        struct statfs fs;

        if (strcmp(mount->mnt_type, "hugetlbfs") == 0 && statfs(mount->mnt_dir, &fs) == 0 &&
            (unsigned long long)fs.f_bsize / 1024 == kib)
            found = vir_strdup(mount->mnt_dir);
    }
    if (mounts)
        endmntent(mounts);
    return found;
}

char *
qemu_huge_directory(unsigned long long kib, int id, const char *name, unsigned long long *ret_kib)
{
    unsigned long long size = kib ? kib : usual_huge_page();
    VIR_AUTO_FREE char *mount = huge_mount(size);
    VIR_AUTO_FREE char *of = short_name(id, name);

    *ret_kib = size;
    if (mount)
        return vir_strdup_printf("%s/libvirt/qemu/%s", mount, of);
    vir_error(VIR_ERR_INTERNAL_ERROR, "<hugepages> need a hugetlbfs with pages of %llu KiB, and none is mounted", size);
    vir_error_hint("mount -t hugetlbfs -o pagesize=%lluK none /dev/hugepages-%lluK", size, size);
    return NULL;
}

/* ---- directories ------------------------------------------------------------------------------ */

int
qemu_memory_directory_make(const char *path)
{
    VIR_AUTO_CLOSE int fd = vir_dir_open(path, 0700);

    return fd < 0 ? -1 : 0;
}

void
qemu_memory_directory_leave(const char *directory, const char *path)
{
    if (path && unlink(path) < 0 && errno != ENOENT)
        vir_warn("memory of a guest that is gone stays in '%s': %s", path, strerror(errno));
    rmdir(directory);                   /* others may have something in it */
}

/* ---- NUMA nodes -------------------------------------------------------------------------------- */

int
qemu_host_nodes_check(const char *nodes)
{
    struct vir_bitmap *set = vir_bitmap_parse(nodes, MOST_NODES);
    int ret = set ? 0 : vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "'%s' are no NUMA nodes of a host", nodes);

    for (size_t node = 0; ret == 0 && (node = vir_bitmap_next(set, node)) < set->n_bits; node++) {
        VIR_AUTO_FREE char *path = vir_strdup_printf("/sys/devices/system/node/node%zu", node);

        if (access(path, F_OK) < 0)
            ret = vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "NUMA node %zu is unavailable: this host has none of that number",
                            node);
    }
    vir_bitmap_free(set);
    return ret;
}
