/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of the host's processors: maps of the library as text. */
#ifndef VIRSH_CPU_MAP_H
#define VIRSH_CPU_MAP_H

#include <stdbool.h>

/* A letter for each of the N processors, "yy-", or NUMBERS: "0-2,5", "" for none. Caller frees. */
char *virsh_cpu_map_text(const unsigned char *map, int n, bool numbers);

#endif
