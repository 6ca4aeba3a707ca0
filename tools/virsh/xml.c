/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What commands ask of documents; the work is done in the part virsh-xml. */
#include <stdlib.h>

#include "virsh.h"
#include "parts.h"

static const struct virsh_xml_part *
xml_part(struct shell *vsh)
{
    static const struct virsh_xml_part *part;

    if (!part)
        part = shell_part(vsh, "virsh-xml");
    return part;
}

static int
report(struct shell *vsh, char *reason)
{
    shell_error(vsh, "internal error: %s", reason ? reason : "out of memory");
    free(reason);
    return -1;
}

int
virsh_xml_rows(struct shell *vsh, const char *xml, const char *path,
               const char *const *columns, struct virsh_rows *ret_rows)
{
    const struct virsh_xml_part *part = xml_part(vsh);
    struct virsh_rows rows = { 0 };
    char *reason = NULL;

    if (!part)
        return -1;
    while (columns[rows.n_columns])
        rows.n_columns++;
    if (part->rows(xml, path, columns, rows.n_columns, &rows.cells, &rows.n_rows, &reason) < 0)
        return report(vsh, reason);
    *ret_rows = rows;
    return 0;
}

void
virsh_rows_free(struct virsh_rows *rows)
{
    for (size_t i = 0; i < rows->n_rows * rows->n_columns; i++)
        free(rows->cells[i]);
    free(rows->cells);
    *rows = (struct virsh_rows){ 0 };
}

char *
virsh_xml_string(struct shell *vsh, const char *xml, const char *expression)
{
    const struct virsh_xml_part *part = xml_part(vsh);
    char *text = NULL, *reason = NULL;

    if (!part)
        return NULL;
    if (part->string(xml, expression, &text, &reason) < 0) {
        report(vsh, reason);
        return NULL;
    }
    return text;
}

char *
virsh_xml_text(struct shell *vsh, const char *xml, const char *expression)
{
    const struct virsh_xml_part *part = xml_part(vsh);
    char *text = NULL, *reason = NULL;

    if (part && part->print(xml, expression, false, &text, &reason) < 0)
        report(vsh, reason);
    return text;
}

char *
virsh_xml_change(struct shell *vsh, const char *xml, const char *path, const struct virsh_xml_change *changes,
                 size_t n)
{
    const struct virsh_xml_part *part = xml_part(vsh);
    char *text = NULL, *reason = NULL;

    if (part && part->change(xml, path, changes, n, &text, &reason) < 0)
        report(vsh, reason);
    return text;
}

int
virsh_show_document(struct shell *vsh, char *xml, const char *xpath, bool wrap, const char *failed)
{
    VIR_AUTO_FREE char *document = xml, *found = NULL;
    const struct virsh_xml_part *part;
    char *reason = NULL;

    if (!document)
        return failed ? shell_error(vsh, "%s", failed) : -1;
    if (!xpath) {
        shell_print(vsh, "%s", document);
        return 0;
    }
    part = xml_part(vsh);
    if (!part)
        return -1;
    if (part->print(document, xpath, wrap, &found, &reason) < 0)
        return report(vsh, reason);
    shell_print(vsh, "%s", found);
    return 0;
}
