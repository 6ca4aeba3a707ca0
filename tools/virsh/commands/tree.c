/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Named things below those that they come from; see tree.h. */
#include <string.h>

#include "commands/tree.h"

static bool
is_child(const struct tree_item *item, const struct tree_item *of)
{
    return item->parent && strcmp(item->parent, of->name) == 0;
}

/* LEFT stands left of its children, ITS of what comes below it. */
static void
print_branch(struct shell *vsh, const struct tree_item *items, size_t n, const struct tree_item *item, const char *left,
             bool root, bool last)
{
    VIR_AUTO_FREE char *its = vir_strdup_printf("%s%s", left, root ? "" : last ? "  " : "| ");
    VIR_AUTO_FREE char *inner = vir_strdup_printf("%s  ", its);
    size_t last_child = n;

    shell_print(vsh, "%s%s%s\n", left, root ? "" : "+- ", item->name);
    for (size_t i = 0; i < n; i++)
        if (is_child(&items[i], item))
            last_child = i;
    if (last_child < n)
        shell_print(vsh, "%s  |\n", its);
    for (size_t i = 0; i < n; i++)
        if (is_child(&items[i], item))
            print_branch(vsh, items, n, &items[i], inner, false, i == last_child);
    if (last_child == n && last)
        shell_print(vsh, "%s\n", its);
}

void
virsh_print_trees(struct shell *vsh, const struct tree_item *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!items[i].parent)
            print_branch(vsh, items, n, &items[i], "", true, true);
}
