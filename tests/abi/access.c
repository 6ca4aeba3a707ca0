/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints the permissions of the procedures as access.txt has them; run by access.py. */
#include <stdio.h>

#include "wire/access.h"

static void
print_rule(const struct access_rule *rule)
{
    static const char *const tests[] = { "", "any", "none", "is" };
    const char *gap = "[";

    printf(" %s:%s", access_names[rule->kind], rule->permission);
    for (int i = 0; i < 2 && rule->conditions[i].test; i++) {
        printf("%s%s %u", gap, tests[rule->conditions[i].test], rule->conditions[i].value);
        gap = "|";
    }
    if (*gap == '|')
        putchar(']');
}

/* Reads lines "PROGRAM NUMBER" and tells the needs of each. */
int
main(void)
{
    char program;
    int number;

    while (scanf(" %c%*s %d", &program, &number) == 2) {
        const struct access_needs *needs = &(program == 'R' ? remote_access : program == 'Q' ? qemu_access
                                             : lxc_access)[number];

        for (size_t i = 0; i < needs->n_rules; i++)
            print_rule(&needs->rules[i]);
        if (!needs->n_rules)
            fputs(" -", stdout);
        if (needs->filter) {
            fputs(" /", stdout);
            print_rule(needs->filter);
        }
        putchar('\n');
    }
    return 0;
}
