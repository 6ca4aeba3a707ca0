/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the firmware tells about the machine, and values that the guest can ask for.
 */
#include "device/pieces.h"
#include "document/machine.h"

#include <stdio.h>
#include <unistd.h>

#define DMI "/sys/class/dmi/id/"

/* ---- rules ---------------------------------------------------------------------------------- */

static int
check_sysinfo(const struct qemu_sysinfo_def *info)
{
    if (info->n_base_boards > 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "QEMU tells of one <baseBoard> in <sysinfo> only");
    for (size_t i = 0; i < info->n_entries; i++)
        if (info->entries[i]->file && info->entries[i]->value)
            return vir_error(VIR_ERR_XML_ERROR, "the <entry name='%s'> of <sysinfo> has a file and a value",
                             info->entries[i]->name);
    return 0;
}

static bool
has_smbios(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->n_sysinfos; i++)
        if (doc->sysinfos[i]->type == QEMU_SYSINFO_TYPE_SMBIOS)
            return true;
    return false;
}

int
qemu_smbios_startable(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->n_sysinfos; i++)
        if (check_sysinfo(doc->sysinfos[i]) < 0)
            return -1;
    if (doc->os.smbios.mode == QEMU_DOMAIN_OS_SMBIOS_MODE_SYSINFO && !has_smbios(doc))
        return vir_error(VIR_ERR_XML_ERROR, "<smbios mode='sysinfo'> needs a <sysinfo type='smbios'>");
    if (doc->os.smbios.mode == QEMU_DOMAIN_OS_SMBIOS_MODE_HOST && access(DMI "sys_vendor", R_OK) < 0)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "this host tells nothing for <smbios mode='host'>: " DMI " is not there");
    return 0;
}

/* ---- for QEMU --------------------------------------------------------------------------------- */

static void
add_field(struct vir_buf *buf, const char *name, const char *value)
{
    vir_buf_addf(buf, ",%s=", name);
    qemu_buf_add_text(buf, value ? value : "");
}

/* LIST: a list of entries, which are of a type of their own for each table; WORDS: of their names. */
#define ADD_ENTRIES(buf, list, n, words)                                    \
    do {                                                                    \
        for (size_t _i = 0; _i < (n); _i++)                                 \
            add_field(buf, WORD(words, (list)[_i]->name), (list)[_i]->value);   \
    } while (0)

/* The table that BUF says, unless it says nothing. */
static void
add_table(struct qemu_command *command, int type, struct vir_buf *buf)
{
    if (buf->len)
        qemu_command_addf(command, "-smbios", "type=%d%s", type, buf->text);
    vir_buf_free(buf);
}

static void
build_sysinfo(const struct qemu_sysinfo_def *info, struct qemu_command *command)
{
    struct vir_buf buf = { 0 };

    ADD_ENTRIES(&buf, info->bios.entries, info->bios.n_entries, sysinfo_bios_entry_name);
    add_table(command, 0, &buf);
    ADD_ENTRIES(&buf, info->system.entries, info->system.n_entries, sysinfo_system_entry_name);
    add_table(command, 1, &buf);
    for (size_t i = 0; i < info->n_base_boards; i++) {
        const struct qemu_sysinfo_base_board_def *board = info->base_boards[i];

        ADD_ENTRIES(&buf, board->entries, board->n_entries, sysinfo_base_board_entry_name);
        add_table(command, 2, &buf);
    }
    ADD_ENTRIES(&buf, info->chassis.entries, info->chassis.n_entries, sysinfo_chassis_entry_name);
    add_table(command, 3, &buf);
    for (size_t i = 0; i < info->oem_strings.n_entries; i++)
        add_field(&buf, "value", info->oem_strings.entries[i]);
    add_table(command, 11, &buf);
}

/* One line of what the host's firmware told; NULL: nothing. */
static char *
host_fact(const char *name)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf(DMI "%s", name);
    FILE *file = fopen(path, "re");
    char line[256];
    bool got = file && fgets(line, sizeof(line), file);

    if (file)
        fclose(file);
    if (!got)
        return NULL;
    line[strcspn(line, "\n")] = '\0';
    return *line ? vir_strdup(line) : NULL;
}

static void
build_host(struct qemu_command *command)
{
    static const struct { int table; const char *fact, *field; } rows[] = {
        { 0, "bios_vendor", "vendor" }, { 0, "bios_version", "version" }, { 0, "bios_date", "date" },
        { 0, "bios_release", "release" }, { 1, "sys_vendor", "manufacturer" }, { 1, "product_name", "product" },
        { 1, "product_version", "version" }, { 1, "product_serial", "serial" }, { 1, "product_sku", "sku" },
        { 1, "product_family", "family" }, { 2, "board_vendor", "manufacturer" }, { 2, "board_name", "product" },
        { 2, "board_version", "version" }, { 2, "board_serial", "serial" }, { 2, "board_asset_tag", "asset" },
    };
    struct vir_buf buf = { 0 };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        VIR_AUTO_FREE char *fact = host_fact(rows[i].fact);

        if (i > 0 && rows[i].table != rows[i - 1].table)
            add_table(command, rows[i - 1].table, &buf);
        if (fact)
            add_field(&buf, rows[i].field, fact);
    }
    add_table(command, rows[sizeof(rows) / sizeof(rows[0]) - 1].table, &buf);
}

static void
build_values(const struct qemu_sysinfo_def *info, struct qemu_command *command)
{
    for (size_t i = 0; i < info->n_entries; i++) {
        const struct qemu_sysinfo_entry_def *entry = info->entries[i];
        struct vir_buf buf = { 0 };

        vir_buf_add(&buf, "name=");
        qemu_buf_add_text(&buf, entry->name);
        add_field(&buf, entry->file ? "file" : "string", entry->file ? entry->file : entry->value);
        qemu_command_add(command, "-fw_cfg", buf.text);
        vir_buf_free(&buf);
    }
}

void
qemu_smbios_build(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    if (doc->os.smbios.mode == QEMU_DOMAIN_OS_SMBIOS_MODE_HOST)
        build_host(command);
    for (size_t i = 0; i < doc->n_sysinfos; i++) {
        if (doc->sysinfos[i]->type == QEMU_SYSINFO_TYPE_FWCFG)
            build_values(doc->sysinfos[i], command);
        else if (doc->os.smbios.mode == QEMU_DOMAIN_OS_SMBIOS_MODE_SYSINFO)
            build_sysinfo(doc->sysinfos[i], command);
    }
}
