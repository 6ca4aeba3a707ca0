/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What all hypervisors share of a machine that a document leaves out.
 */
#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <libvirt/module-hardware.h>

/* ---- disks ---------------------------------------------------------------------- */

static const struct {
    const char *prefix, *bus;           /* bus NULL: nothing follows */
} names[] = {
    { "vd", "virtio" }, { "sd", "scsi" }, { "hd", "ide" }, { "fd", "fdc" }, { "xvd", "xen" }, { "ubd", NULL },
};
#define N_NAMES (sizeof(names) / sizeof(names[0]))

/* What stands behind the prefix of a disk's name, and the prefix's bus; NULL: no such prefix. */
static const char *
letters_of(const char *name, const char **ret_bus)
{
    for (size_t i = 0; i < N_NAMES; i++) {
        size_t length = strlen(names[i].prefix);

        if (strncmp(name, names[i].prefix, length) == 0) {
            *ret_bus = names[i].bus;
            return name + length;
        }
    }
    return NULL;
}

int
vir_hardware_disk_index(const char *name)
{
    const char *bus, *p = letters_of(name, &bus);
    int index = 0;

    if (!p || !islower((unsigned char)*p))
        return -1;
    for (; islower((unsigned char)*p); p++) {
        if (index > (INT_MAX - 26) / 26)
            return -1;
        index = index * 26 + *p - 'a' + 1;
    }
    return p[strspn(p, "0123456789")] ? -1 : index - 1;
}

const char *
vir_hardware_disk_bus(const char *name)
{
    const char *bus;

    return letters_of(name, &bus) ? bus : NULL;
}

/* How many drives a controller has, and how many of them each of its buses. */
static const struct drives {
    const char *bus;
    unsigned int drives, per_bus;
} buses[] = {
    { "scsi", 7, 7 }, { "fdc", 2, 2 }, { "ide", 4, 2 }, { "sata", 6, 6 },
};
#define N_BUSES (sizeof(buses) / sizeof(buses[0]))

static const struct drives *
find_bus(const char *bus)
{
    for (size_t i = 0; bus && i < N_BUSES; i++)
        if (strcmp(buses[i].bus, bus) == 0)
            return &buses[i];
    return NULL;
}

const char *
vir_hardware_drive_bus(size_t i)
{
    return i < N_BUSES ? buses[i].bus : NULL;
}

bool
vir_hardware_drive_place(const char *bus, unsigned int index, struct vir_hardware_drive *ret_place)
{
    const struct drives *row = find_bus(bus);

    if (!row)
        return false;
    *ret_place = (struct vir_hardware_drive){
        .controller = index / row->drives,
        .bus = index % row->drives / row->per_bus,
        .unit = index % row->per_bus,
    };
    return true;
}

/* ---- the order of disks and controllers ------------------------------------------ */

/* Where number N goes among those that are placed. */
static size_t
place_of(const struct vir_hardware_device *devices, size_t n, const size_t *order)
{
    size_t place = n;

    for (size_t i = 0; i < n; i++) {
        if (devices[order[i]].group != devices[n].group)
            continue;
        if (devices[order[i]].number > devices[n].number)
            return i;
        place = i + 1;
    }
    return place;
}

void
vir_hardware_order(const struct vir_hardware_device *devices, size_t n, size_t *ret_order)
{
    for (size_t i = 0; i < n; i++) {
        size_t place = place_of(devices, i, ret_order);

        memmove(ret_order + place + 1, ret_order + place, (i - place) * sizeof(*ret_order));
        ret_order[place] = i;
    }
}

/* ---- graphics cards -------------------------------------------------------------- */

unsigned int
vir_hardware_video_memory(const char *type)
{
    static const struct {
        const char *type;
        unsigned int kib;
    } cards[] = {
        { "vga", 16384 }, { "cirrus", 16384 }, { "vmvga", 16384 }, { "bochs", 16384 }, { "xen", 4096 },
        { "qxl", 65536 },
    };

    for (size_t i = 0; i < sizeof(cards) / sizeof(cards[0]); i++)
        if (strcmp(cards[i].type, type) == 0)
            return cards[i].kib;
    return 0;
}

unsigned int
vir_hardware_video_size(unsigned int kib)
{
    unsigned int size = 1;

    while (size < kib && size <= UINT_MAX / 2)
        size *= 2;
    return kib ? size : 0;
}

/* ---- network cards ------------------------------------------------------------------ */

void
vir_hardware_mac(const unsigned char prefix[3], unsigned char ret_mac[6])
{
    struct timespec now;

    memcpy(ret_mac, prefix, 3);
    if (getrandom(ret_mac + 3, 3, 0) == 3)
        return;
    clock_gettime(CLOCK_REALTIME, &now);        /* a host without randomness: likely another one each time */
    for (size_t i = 0; i < 3; i++)
        ret_mac[3 + i] = (unsigned char)((unsigned long)(now.tv_nsec ^ getpid()) >> (8 * i));
}
