/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The nearest known name: edit distance with swapped neighbours, case ignored. */
#include "nearest.h"

#include <ctype.h>
#include <string.h>

#define WORD_MAX 64             /* longer words are not looked at */

static unsigned int
min3(unsigned int a, unsigned int b, unsigned int c)
{
    unsigned int m = a < b ? a : b;

    return m < c ? m : c;
}

static unsigned int
edit_distance(const char *a, size_t la, const char *b, size_t lb)
{
    unsigned int rows[3][WORD_MAX + 1];
    unsigned int *before = rows[0], *last = rows[1], *row = rows[2];

    for (size_t j = 0; j <= lb; j++)
        last[j] = (unsigned int)j;
    for (size_t i = 1; i <= la; i++) {
        unsigned int *spare = before;

        row[0] = (unsigned int)i;
        for (size_t j = 1; j <= lb; j++) {
            int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);

            row[j] = min3(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                y == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        before = last;
        last = row;
        row = spare;
    }
    return last[lb];
}

void
vir_nearest_try(struct vir_nearest *nearest, const char *known)
{
    size_t lw = strlen(nearest->word), lk = strlen(known);
    unsigned int distance, limit;

    if (!lw || !lk || lw > WORD_MAX || lk > WORD_MAX)
        return;
    limit = (unsigned int)(lw < lk ? lw : lk) / 3 + 1;
    distance = edit_distance(nearest->word, lw, known, lk);
    if (distance > limit || distance >= lk)
        return;
    if (!nearest->best || distance < nearest->distance) {
        nearest->best = known;
        nearest->distance = distance;
    }
}

const char *
vir_nearest_name(const char *word, const char *const *known)
{
    struct vir_nearest nearest = { .word = word };

    for (; *known; known++)
        vir_nearest_try(&nearest, *known);
    return nearest.best;
}
