/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables: every column as wide as its widest cell.  The layout is read by
 * scripts: one space before a row, three between cells, none after the last;
 * below the titles a line of as many dashes as all
 * columns with their gaps take.
 */
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "shell.h"
#include "vector.h"

struct shell_table {
    size_t n_columns;
    struct VIR_VECTOR(, char *) cells;  /* row after row, the titles first */
};

/* Positions on the screen. Locales are loaded only for text that needs one. */
static size_t
width_of(const char *text)
{
    static bool have_locale;
    wchar_t wide[256];
    size_t n;
    int columns;

    n = strlen(text);
    for (const char *p = text; ; p++) {
        if (*p == '\0')
            return n;
        if ((unsigned char)*p >= 0x80)
            break;
    }
    if (!have_locale) {
        setlocale(LC_CTYPE, "");
        have_locale = true;
    }
    if (mbstowcs(wide, text, 255) >= 255)
        return n;
    wide[255] = L'\0';
    columns = wcswidth(wide, 255);
    return columns < 0 ? n : (size_t)columns;
}

void
shell_table_cells(struct shell_table *table, const char *const *cells)
{
    const unsigned int how = shell_to_terminal() ? 0 : SHELL_KEEP_DIRECTION;

    for (size_t i = 0; i < table->n_columns; i++)
        vir_vector_add(&table->cells, shell_escaped(cells[i], how));
}

struct shell_table *
shell_table_new(const char *const *titles)
{
    struct shell_table *table = VIR_NEW(struct shell_table);

    while (titles[table->n_columns])
        table->n_columns++;
    shell_table_cells(table, titles);
    return table;
}

void
shell_table_row(struct shell_table *table, ...)
{
    const char *cells[16];
    va_list args;

    va_start(args, table);
    for (size_t i = 0; i < table->n_columns; i++)
        cells[i] = va_arg(args, const char *);
    va_end(args);
    shell_table_cells(table, cells);
}

static void
print_row(struct shell *vsh, char *const *cells, const size_t *widths, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const size_t width = width_of(cells[i]);

        shell_print(vsh, "%s%s", i == 0 ? " " : "", cells[i]);
        if (i + 1 < n)
            shell_print(vsh, "%*s", (int)(widths[i] - width) + 3, "");
    }
    shell_print(vsh, "\n");
}

struct shell_table *
shell_table_print(struct shell *vsh, struct shell_table *table)
{
    const size_t n = table->n_columns;
    VIR_AUTO_FREE size_t *widths = vir_alloc_array(n, sizeof(*widths));
    const size_t first = vsh->quiet ? n : 0;
    size_t line = 0;

    for (size_t i = first; i < table->cells.n; i++) {
        const size_t width = width_of(table->cells.items[i]);

        if (width > widths[i % n])
            widths[i % n] = width;
    }
    for (size_t i = 0; i < n; i++)
        line += widths[i] + 3;
    for (size_t i = first; i < table->cells.n; i += n) {
        print_row(vsh, table->cells.items + i, widths, n);
        for (size_t dash = 0; i == 0 && dash < line; dash++)
            shell_print(vsh, "-");
        if (i == 0)
            shell_print(vsh, "\n");
    }
    return shell_table_free(table);
}

struct shell_table *
shell_table_free(struct shell_table *table)
{
    if (!table)
        return NULL;
    for (size_t i = 0; i < table->cells.n; i++)
        free(table->cells.items[i]);
    vir_vector_clear(&table->cells);
    free(table);
    return NULL;
}
