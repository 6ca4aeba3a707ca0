/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of devices as words of the command line, and as elements. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"

/* Numbers in attributes; targets that begin with TARGETS take this type. */
static const struct {
    const char *name, *targets, *format;
    int base, n;
} types[] = {
    { "pci", "vd", "<address type='pci' domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'", 16, 4 },
    { "ccw", "vd", "<address type='ccw' cssid='0x%02x' ssid='0x%x' devno='0x%04x'", 16, 3 },
    { "ide", "hd", "<address type='drive' controller='%u' bus='%u' unit='%u'", 10, 3 },
    { "scsi", "sd", "<address type='drive' controller='%u' bus='%u' unit='%u'", 10, 3 },
    { "sata", "sd", "<address type='drive' controller='%u' bus='%u' unit='%u'", 10, 3 },
    { "usb", "sd", "<address type='usb' bus='%u' port='%u'", 10, 2 },
};
enum { PCI, N_TYPES = sizeof(types) / sizeof(*types) };

/* Parted by any one character; what follows the last is not looked at. */
static bool
read_numbers(const char *text, int type, unsigned int *numbers)
{
    for (int i = 0; i < types[type].n; i++) {
        unsigned long number;
        char *end;

        errno = 0;
        number = strtoul(text, &end, types[type].base);
        if (errno != 0 || end == text || number > UINT_MAX || (i + 1 < types[type].n && *end == '\0'))
            return false;
        numbers[i] = (unsigned int)number;
        text = end + 1;
    }
    return true;
}

/* The targets of guests' usual buses go with addresses of these buses; others with any. */
static int
check_target(struct shell *vsh, const char *target, int type)
{
    static const struct { const char *targets, *expected; } buses[] = {
        { "vd", "a pci:0000.00.00.00 or ccw:00.0.0000" },
        { "sd", "a scsi:00.00.00 or usb:00.00 or sata:00.00.00" },
        { "hd", "an ide:00.00.00" },
    };

    for (size_t i = 0; i < sizeof(buses) / sizeof(*buses); i++) {
        if (strncmp(target, buses[i].targets, 2) == 0 && strcmp(types[type].targets, buses[i].targets) != 0)
            return shell_error(vsh, "expecting %s address.", buses[i].expected);
    }
    return 0;
}

int
virsh_address_read(struct shell *vsh, const char *text, const char *target, struct virsh_address *ret)
{
    const size_t len = strcspn(text, ":");

    for (int type = 0; type < N_TYPES; type++) {
        if (text[len] == '\0' || strncmp(text, types[type].name, len) != 0 || types[type].name[len] != '\0')
            continue;
        if (!read_numbers(text + len + 1, type, ret->numbers))
            break;
        ret->type = type;
        return check_target(vsh, target, type);
    }
    return shell_error(vsh, "Invalid address.");
}

bool
virsh_address_read_pci(const char *text, struct virsh_address *ret)
{
    ret->type = PCI;
    return read_numbers(text, PCI, ret->numbers);
}

void
virsh_address_add(struct vir_buf *buf, const struct virsh_address *address, bool multifunction)
{
    const unsigned int *n = address->numbers;

    vir_buf_addf(buf, types[address->type].format, n[0], n[1], n[2], n[3]);
    vir_buf_add(buf, address->type == PCI && multifunction ? " multifunction='on'/>\n" : "/>\n");
}

void
virsh_add_attribute(struct vir_buf *buf, const char *name, const char *value)
{
    if (!value)
        return;
    vir_buf_addf(buf, " %s='", name);
    vir_buf_add_escaped(buf, value);
    vir_buf_add(buf, "'");
}
