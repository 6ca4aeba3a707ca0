/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Named things below those that they come from. */
#ifndef VIRSH_TREE_H
#define VIRSH_TREE_H

#include "virsh.h"

struct tree_item { const char *name, *parent; };        /* no parent: NULL */

/* All trees, one below the other. */
void virsh_print_trees(struct shell *vsh, const struct tree_item *items, size_t n);

#endif
