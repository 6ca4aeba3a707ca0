/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The group of one user alone, which makes a umask of 002 harmless. */
#ifndef COMMON_PRIVATE_GROUP_H
#define COMMON_PRIVATE_GROUP_H

#include <stdbool.h>
#include <sys/stat.h>

/* Whether the group of PATH, of which ST tells, is its owner alone: his primary
 * group, of his name, without other members, and no access list stands behind the
 * bits of the group.  (Another user with the same primary group goes unseen: only
 * reading all users would show him.)  May wait for the name service. */
bool vir_private_group(const char *path, const struct stat *st);

#endif
