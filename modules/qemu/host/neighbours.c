/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which addresses the host has seen at which cards: /proc/net/arp.
 */
#include "host/neighbours.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_TABLE = 4 * 1024 * 1024, MAX_ADDRESSES = 2048 };

/* "10.0.0.2  0x1  0x2  52:54:00:12:34:56  *  virbr0": false: it is another's, or nobody answered. */
static bool
is_of(const char *line, const char *mac, char *ret_address)
{
    unsigned int flags;
    char seen[32];

    return sscanf(line, "%63s %*s %x %31s", ret_address, &flags, seen) == 3 && flags != 0 && strcasecmp(seen, mac) == 0;
}

int
qemu_neighbours_of(const char *mac, virDomainInterfacePtr card)
{
    FILE *file = fopen("/proc/net/arp", "re");
    char line[256], address[64];
    size_t left = MAX_TABLE;

    if (!file)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "the host's ARP table '/proc/net/arp' cannot be read");
    while (left > sizeof(line) && card->naddrs < MAX_ADDRESSES && fgets(line, sizeof(line), file)) {
        left -= strlen(line);
        if (!is_of(line, mac, address))
            continue;
        card->addrs = vir_realloc_array(card->addrs, card->naddrs + 1, sizeof(*card->addrs));
        card->addrs[card->naddrs++] = (virDomainIPAddress){ .type = VIR_IP_ADDR_TYPE_IPV4, .addr = vir_strdup(address) };
    }
    fclose(file);
    return 0;
}
