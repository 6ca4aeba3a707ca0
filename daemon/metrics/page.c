/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text format of Prometheus. */
#include "daemon/metrics/metrics.h"

#include <string.h>

#include <libvirt/module-base.h>

#include "common/utf8.h"

void
daemon_family_print(struct vir_buf *page, const char *name, const char *type, const char *help)
{
    vir_buf_addf(page, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Whole numbers keep all their digits. */
void
daemon_value_print(struct vir_buf *page, double value)
{
    vir_buf_addf(page, value > -1e18 && value < 1e18 && value == (double)(int64_t)value ? " %.0f\n" : " %.15g\n", value);
}

void
daemon_label_print(struct vir_buf *page, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        uint32_t c = 0;
        size_t n = vir_utf8_decode(text, left, &c);

        if (n == 0)
            vir_buf_add(page, "?");
        else if (c == '\n')
            vir_buf_add(page, "\\n");
        else if (c == '"' || c == '\\')
            vir_buf_addf(page, "\\%c", (char)c);
        else
            vir_buf_add_mem(page, text, n);
        text += n ? n : 1;
        left -= n ? n : 1;
    }
}
