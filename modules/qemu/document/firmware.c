/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The firmware: files that the document names, or files that the host's descriptors (JSON, as QEMU's own
 * firmware.json describes them) offer for what the document asks for.
 */
#include "device/pieces.h"
#include "document/machine.h"
#include "host/file.h"
#include "qmp/qmp.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_DESCRIPTOR = 64 * 1024, MAX_DESCRIPTORS = 1000 };

#define FEATURE(word) QEMU_DOMAIN_OS_FIRMWARE_FEATURE_NAME_##word

/* ---- descriptors ------------------------------------------------------------------------------ */

static bool
has_word(struct json_object *list, const char *wanted)
{
    for (size_t i = 0; json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++)
        if (is(json_object_get_string(json_object_array_get_idx(list, i)), wanted))
            return true;
    return false;
}

static bool
fits_machine(struct json_object *descriptor, const char *arch, const char *machine)
{
    struct json_object *targets = qmp_get(descriptor, "targets");

    for (size_t i = 0; json_object_is_type(targets, json_type_array) && i < json_object_array_length(targets); i++) {
        struct json_object *target = json_object_array_get_idx(targets, i), *machines = qmp_get(target, "machines");

        if (!is(qmp_get_string(target, "architecture"), arch))
            continue;
        for (size_t j = 0; json_object_is_type(machines, json_type_array) && j < json_object_array_length(machines); j++) {
            const char *pattern = json_object_get_string(json_object_array_get_idx(machines, j));

            if (pattern && fnmatch(pattern, machine, 0) == 0)
                return true;
        }
    }
    return false;
}

/* Absent: the document does not ask. */
static enum vir_xml_bool
asks(const struct qemu_domain_def *doc, enum qemu_domain_os_firmware_feature_name name)
{
    for (size_t i = 0; i < doc->os.firmware.n_features; i++)
        if (doc->os.firmware.features[i]->name == name)
            return doc->os.firmware.features[i]->enabled;
    return VIR_XML_ABSENT;
}

static bool
fits_feature(const struct qemu_domain_def *doc, struct json_object *features,
             enum qemu_domain_os_firmware_feature_name name)
{
    enum vir_xml_bool asked = asks(doc, name);

    return !asked || has_word(features, WORD(domain_os_firmware_feature_name, name)) == (asked == VIR_XML_YES);
}

/* Of flash only what is raw; NULL: none that can be used. */
static const char *
file_of(struct json_object *mapping)
{
    struct json_object *executable = qmp_get(mapping, "executable");

    if (!is(qmp_get_string(mapping, "device"), "flash"))
        return qmp_get_string(mapping, "filename");
    return is(qmp_get_string(executable, "format"), "raw") ? qmp_get_string(executable, "filename") : NULL;
}

static bool
fits(struct json_object *descriptor, const struct qemu_domain_def *doc)
{
    bool efi = doc->os.firmware_kind == QEMU_DOMAIN_OS_FIRMWARE_KIND_EFI;
    struct json_object *features = qmp_get(descriptor, "features"), *mapping = qmp_get(descriptor, "mapping");
    const char *device = qmp_get_string(mapping, "device"), *mode = qmp_get_string(mapping, "mode");

    return has_word(qmp_get(descriptor, "interface-types"), efi ? "uefi" : "bios") &&
        fits_machine(descriptor, doc->os.type.arch, doc->os.type.machine) &&
        is(device, efi ? "flash" : "memory") && file_of(mapping) && (!mode || strcmp(mode, "split") == 0) &&
        fits_feature(doc, features, FEATURE(SECURE_BOOT)) && fits_feature(doc, features, FEATURE(ENROLLED_KEYS)) &&
        !(has_word(features, "requires-smm") && doc->features.smm.state == VIR_XML_NO);
}

/* NULL: it is none. */
static struct json_object *
read_descriptor(const char *path)
{
    VIR_AUTO_FREE char *text = NULL;
    struct json_object *descriptor;

    if (vir_file_read_path(path, MAX_DESCRIPTOR, &text, NULL) < 0) {
        virResetLastError();
        return NULL;
    }
    descriptor = json_tokener_parse(text);
    if (!descriptor)
        vir_warn("the firmware descriptor '%s' is no JSON and is left out", path);
    return descriptor;
}

/* The directories, from the most to the least particular; a file hides those of its name in later ones. */
struct search {
    char *own;
    const char *dirs[3];
    char *names[MAX_DESCRIPTORS];
    size_t n;
};

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
collect_names(struct search *search, const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        size_t len = strlen(entry->d_name);
        bool known = false;

        for (size_t i = 0; i < search->n && !known; i++)
            known = strcmp(search->names[i], entry->d_name) == 0;
        if (!known && len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0 && search->n < MAX_DESCRIPTORS)
            search->names[search->n++] = vir_strdup(entry->d_name);
    }
    if (dir)
        closedir(dir);
}

/* An empty file hides as well. */
static struct json_object *
open_first(const struct search *search, const char *name)
{
    for (size_t i = 0; i < sizeof(search->dirs) / sizeof(search->dirs[0]); i++) {
        VIR_AUTO_FREE char *path = vir_strdup_printf("%s/%s", search->dirs[i] ? search->dirs[i] : "", name);
        struct stat sb;

        if (search->dirs[i] && stat(path, &sb) == 0)
            return sb.st_size > 0 ? read_descriptor(path) : NULL;
    }
    return NULL;
}

/* Names of all descriptors, in their order. */
static void
search_begin(struct search *search)
{
    memset(search, 0, sizeof(*search));
    search->own = qemu_driver.host->privileged ? NULL
        : vir_strdup_printf("%s/../qemu/firmware", qemu_driver.host->config_dir);
    search->dirs[0] = search->own;
    search->dirs[1] = "/etc/qemu/firmware";
    search->dirs[2] = "/usr/share/qemu/firmware";
    for (size_t i = 0; i < sizeof(search->dirs) / sizeof(search->dirs[0]); i++)
        if (search->dirs[i])
            collect_names(search, search->dirs[i]);
    qsort(search->names, search->n, sizeof(search->names[0]), compare_names);
}

static void
search_end(struct search *search)
{
    for (size_t i = 0; i < search->n; i++)
        free(search->names[i]);
    free(search->own);
}

/* The first that fits, in the order of their names; the caller puts it. */
static struct json_object *
find_descriptor(const struct qemu_domain_def *doc)
{
    struct json_object *found = NULL;
    struct search search;

    search_begin(&search);
    for (size_t i = 0; i < search.n && !found; i++) {
        struct json_object *one = open_first(&search, search.names[i]);

        if (one && fits(one, doc))
            found = one;
        else
            json_object_put(one);
    }
    search_end(&search);
    return found;
}

/* ---- what there is for a machine ---------------------------------------------------------------------- */

static void
add_file(struct qemu_firmware_found *found, const char *path)
{
    for (size_t i = 0; i < found->n_files; i++)
        if (strcmp(found->files[i], path) == 0)
            return;
    found->files = vir_realloc_array(found->files, found->n_files + 1, sizeof(*found->files));
    found->files[found->n_files++] = vir_strdup(path);
}

static void
add_found(struct qemu_firmware_found *found, struct json_object *descriptor)
{
    struct json_object *kinds = qmp_get(descriptor, "interface-types"), *mapping = qmp_get(descriptor, "mapping");
    bool bios = has_word(kinds, "bios"), efi = has_word(kinds, "uefi");
    const char *mode = qmp_get_string(mapping, "mode"), *path = file_of(mapping);

    if (!path || (!bios && !efi) || (mode && strcmp(mode, "split") != 0))
        return;
    found->bios |= bios;
    found->efi |= efi;
    found->secure |= has_word(qmp_get(descriptor, "features"), "requires-smm");
    if (access(path, F_OK) == 0)
        add_file(found, path);
}

void
qemu_firmware_find(const char *arch, const char *machine, struct qemu_firmware_found *found)
{
    /* Where no descriptor is for this machine, files that are known by their names. */
    static const char *const usual[] = { "/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_CODE.secboot.fd" };
    struct search search;

    search_begin(&search);
    for (size_t i = 0; i < search.n; i++) {
        struct json_object *one = open_first(&search, search.names[i]);

        if (one && fits_machine(one, arch, machine))
            add_found(found, one);
        json_object_put(one);
    }
    search_end(&search);
    for (size_t i = 0; !found->bios && !found->efi && i < sizeof(usual) / sizeof(usual[0]); i++)
        if (access(usual[i], F_OK) == 0)
            add_file(found, usual[i]);
}

/* ---- choosing ----------------------------------------------------------------------------------- */

static void
take_flash(struct qemu_domain_def *doc, struct json_object *mapping)
{
    const char *template = qmp_get_string(qmp_get(mapping, "nvram-template"), "filename");

    doc->os.loader.type = QEMU_DOMAIN_OS_LOADER_TYPE_PFLASH;
    doc->os.loader.readonly = VIR_XML_YES;
    if (doc->os.loader.stateless == VIR_XML_YES)
        return;
    if (!doc->os.nvram)
        doc->os.nvram = qemu_nvram_file_def_new();
    if (!doc->os.nvram->template)
        doc->os.nvram->template = vir_strdup(template);
    if (!doc->os.nvram->path)
        doc->os.nvram->path = qemu_variables_file(doc);
}

int
qemu_firmware_choose(struct qemu_domain_def *doc)
{
    struct json_object *descriptor, *mapping, *features;

    if (!doc->os.firmware_kind || doc->os.loader.path)
        return 0;
    descriptor = find_descriptor(doc);
    if (!descriptor) {
        vir_error(VIR_ERR_OPERATION_FAILED, "no firmware of this host is '%s' with what <firmware> asks for, for the "
                  "machine '%s'", WORD(domain_os_firmware_kind, doc->os.firmware_kind), doc->os.type.machine);
        vir_error_hint("the descriptors are in /usr/share/qemu/firmware: apt install ovmf brings some");
        return -1;
    }
    mapping = qmp_get(descriptor, "mapping");
    features = qmp_get(descriptor, "features");
    if (doc->os.firmware_kind == QEMU_DOMAIN_OS_FIRMWARE_KIND_EFI) {
        take_flash(doc, mapping);
    } else {
        doc->os.loader.type = QEMU_DOMAIN_OS_LOADER_TYPE_ROM;
    }
    doc->os.loader.present = true;
    doc->os.loader.path = vir_strdup(file_of(mapping));
    doc->os.firmware_kind = QEMU_DOMAIN_OS_FIRMWARE_KIND_ABSENT;
    if (has_word(features, "secure-boot"))
        doc->os.loader.secure = VIR_XML_YES;
    if (has_word(features, "requires-smm")) {
        doc->features.smm.present = true;
        doc->features.smm.state = VIR_XML_YES;
    }
    json_object_put(descriptor);
    return 0;
}

/* ---- rules ---------------------------------------------------------------------------------------- */

int
qemu_firmware_startable(const struct qemu_domain_def *doc)
{
    const struct qemu_nvram_file_def *nvram = doc->os.nvram;

    if (nvram && nvram->type && nvram->type != QEMU_SOURCE_TYPE_FILE && nvram->type != QEMU_SOURCE_TYPE_BLOCK)
        return qemu_refuse("nvram", "type", WORD(source_type, nvram->type));
    return doc->os.loader.path ? qemu_file_check("firmware", doc->os.loader.path, QEMU_FILE_REGULAR) : 0;
}

/* ---- for QEMU --------------------------------------------------------------------------------------- */

static void
add_flash(struct qemu_command *command, int unit, const char *path, bool readonly)
{
    VIR_AUTO_FREE char *storage = vir_strdup_printf("libvirt-pflash%d-storage", unit);
    VIR_AUTO_FREE char *format = vir_strdup_printf("libvirt-pflash%d-format", unit);
    struct json_object *file = qemu_object("driver", "file"), *raw = qemu_object("node-name", format);

    qemu_put(file, "filename", path);
    qemu_put(file, "node-name", storage);
    qemu_put_bool(file, "auto-read-only", true);
    qemu_put(file, "discard", "unmap");
    qemu_command_json(command, "-blockdev", file);
    qemu_put_bool(raw, "read-only", readonly);
    qemu_put(raw, "driver", "raw");
    qemu_put(raw, "file", storage);
    qemu_command_json(command, "-blockdev", raw);
}

static bool
is_flash(const struct qemu_domain_def *doc)
{
    return doc->os.loader.path && doc->os.loader.type == QEMU_DOMAIN_OS_LOADER_TYPE_PFLASH;
}

void
qemu_firmware_put_machine(const struct qemu_domain_def *doc, struct vir_buf *buf)
{
    if (!is_flash(doc))
        return;
    vir_buf_add(buf, ",pflash0=libvirt-pflash0-format");
    if (doc->os.nvram)
        vir_buf_add(buf, ",pflash1=libvirt-pflash1-format");
}

void
qemu_firmware_build(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    if (doc->os.loader.path && !is_flash(doc))
        qemu_command_add(command, "-bios", doc->os.loader.path);
    if (!is_flash(doc))
        return;
    add_flash(command, 0, doc->os.loader.path, doc->os.loader.readonly == VIR_XML_YES);
    if (doc->os.nvram)
        add_flash(command, 1, doc->os.nvram->path, false);
    if (doc->os.loader.secure == VIR_XML_YES)
        qemu_command_add(command, "-global", "driver=cfi.pflash01,property=secure,value=on");
}
