/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of the host's processors: maps of the library as text. */
#ifndef VIRSH_CPU_MAP_H
#define VIRSH_CPU_MAP_H

#include <stdbool.h>

struct shell;

/* Far more than any host has; limits what is allocated for a map. */
#define VIRSH_MOST_CPUS 65536

/* A letter for each of the N processors, "yy-", or NUMBERS: "0-2,5", "" for none. Caller frees. */
char *virsh_cpu_map_text(const unsigned char *map, int n, bool numbers);

/* How many processors the host has, and so how many bits a map; -1: not known. */
int virsh_host_cpus(struct shell *vsh);
/* Reads "0-3,^2" or "r" (all) into a new map for CPUS; NULL: reported. */
unsigned char *virsh_cpu_map_parse(struct shell *vsh, const char *text, int cpus);

#endif
