/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a guest that is in the middle of its work would notice that another document
 * has taken the place of its own: it must see the same machine, and what stands behind
 * its devices on the host may be another.
 */
#include "device/pieces.h"
#include "document/machine.h"
#include "document/vcpus.h"
#include "emulator/capabilities.h"
#include "qmp/qmp.h"

#include <stdlib.h>
#include <string.h>

/* What QEMU is told of the machine, as the guest sees it. */
static int
tell_machine(const struct qemu_def *def, struct qemu_command *ret)
{
    struct qemu_def *copy = qemu_def_copy(def);
    const struct qemu_emulator *emulator;
    int done = -1;

    if (!copy)
        return -1;
    const struct qemu_board board = qemu_board_of(copy->doc);

    emulator = qemu_caps_emulator(qemu_driver.caps, copy->doc->os.type.arch, copy->doc->devices.emulator);
    qemu_cpu_say_asked(def, copy->doc);
    qemu_memory_round(copy->doc);
    qemu_devices_name(&board);
    qemu_command_add(ret, copy->doc->os.type.arch, copy->doc->os.type.machine);
    qemu_command_addf(ret, "-m", "%llu", copy->doc->memory.size);
    qemu_vcpus_build(copy->doc, ret);
    qemu_smbios_build(copy->doc, ret);
    if (emulator && qemu_cpu_expand(copy->doc, emulator) == 0 && qemu_cpu_build(copy, ret) == 0 && qemu_numa_build_seen(copy->doc, ret) == 0)
        done = qemu_devices_build_seen(&board, &ret->pieces);
    qemu_def_unref(copy);
    return done;
}

/* Of a device, what the guest does not see. */
static char *
seen_of(const struct qemu_piece *piece)
{
    static const char *const host[] = { "bootindex", "drive", "share-rw", "werror", "rerror", "write-cache", "audiodev" };

    for (size_t i = 0; i < sizeof(host) / sizeof(host[0]); i++)
        json_object_object_del(piece->args, host[i]);
    return vir_strdup(qmp_text(piece->args, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
}

/* The device of PIECES that comes next behind *AT; NULL: no more. */
static char *
next_device(const struct qemu_pieces *pieces, size_t *at)
{
    while (*at < pieces->n) {
        const struct qemu_piece *piece = &pieces->list[(*at)++];

        if (piece->kind == QEMU_DEVICE)
            return seen_of(piece);
    }
    return NULL;
}

static int
differs(const char *name, const char *is_now, const char *would_be)
{
    vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the guest of domain '%s' would see %s where it has %s", name,
              would_be ? would_be : "nothing", is_now ? is_now : "nothing");
    vir_error_hint("only what stands on the host may change: sources of disks and cards, screens, names of devices");
    return -1;
}

static int
check_devices(const char *name, const struct qemu_pieces *one, const struct qemu_pieces *other)
{
    size_t at = 0, other_at = 0;
    int ret = 0;

    do {
        VIR_AUTO_FREE char *device = next_device(one, &at);
        VIR_AUTO_FREE char *wanted = next_device(other, &other_at);

        if (!device && !wanted)
            return ret;
        if (!device || !wanted || strcmp(device, wanted) != 0)
            ret = differs(name, device, wanted);
    } while (ret == 0);
    return ret;
}

static int
check_commands(const char *name, const struct qemu_command *one, const struct qemu_command *other)
{
    for (size_t i = 0; i < one->n || i < other->n; i++) {
        const char *word = i < one->n ? one->argv[i] : NULL, *wanted = i < other->n ? other->argv[i] : NULL;

        if (!word || !wanted || strcmp(word, wanted) != 0) {
            const char *option = i > 0 && one->argv[i - 1][0] == '-' ? one->argv[i - 1] : "";
            VIR_AUTO_FREE char *now = vir_strdup_printf("%s %s", option, word ? word : "");
            VIR_AUTO_FREE char *would = vir_strdup_printf("%s %s", option, wanted ? wanted : "");

            return differs(name, now, would);
        }
    }
    return check_devices(name, &one->pieces, &other->pieces);
}

int
qemu_def_check_same_guest(const struct qemu_def *now, const struct qemu_def *wanted)
{
    struct qemu_command one = { 0 }, other = { 0 };
    int ret = -1;

    if (memcmp(now->doc->uuid, wanted->doc->uuid, VIR_UUID_BUFLEN) != 0 || strcmp(now->doc->name, wanted->doc->name) != 0)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the document is of domain '%s', not of '%s'",
                         wanted->doc->name, now->doc->name);
    if (tell_machine(now, &one) == 0 && tell_machine(wanted, &other) == 0)
        ret = check_commands(now->doc->name, &one, &other);
    qemu_command_free(&one);
    qemu_command_free(&other);
    return ret;
}
