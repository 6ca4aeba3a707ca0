/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys, from the codes of each set to the numbers that QEMU knows them by. */
#include <libvirt/module.h>

#include <stdlib.h>

struct key { uint16_t code, qnum; };

#include "key-numbers.h"

#undef linux                            /* a macro of the compiler */
#define SET(name) { name##_keys, sizeof(name##_keys) / sizeof(name##_keys[0]), #name }
static const struct { const struct key *keys; size_t n; const char *name; } sets[] = {
    [VIR_KEYCODE_SET_LINUX] = SET(linux),
    [VIR_KEYCODE_SET_XT] = SET(xt),
    [VIR_KEYCODE_SET_ATSET1] = { xt_keys, sizeof(xt_keys) / sizeof(xt_keys[0]), "atset1" },
    [VIR_KEYCODE_SET_ATSET2] = SET(atset2),
    [VIR_KEYCODE_SET_ATSET3] = SET(atset3),
    [VIR_KEYCODE_SET_OSX] = SET(os_x),
    [VIR_KEYCODE_SET_XT_KBD] = SET(xt_kbd),
    [VIR_KEYCODE_SET_USB] = SET(usb),
    [VIR_KEYCODE_SET_WIN32] = SET(win32),
    [VIR_KEYCODE_SET_QNUM] = { NULL, 0, "qnum" },       /* stand for themselves */
};

static int
compare(const void *a, const void *b)
{
    return (int)((const struct key *)a)->code - (int)((const struct key *)b)->code;
}

int
vir_key_to_qnum(unsigned int codeset, unsigned int code)
{
    const struct key want = { .code = (uint16_t)code }, *found;

    if (codeset >= sizeof(sets) / sizeof(sets[0]))
        return vir_error(VIR_ERR_INVALID_ARG, "there is no set %u of key codes", codeset);
    if (codeset == VIR_KEYCODE_SET_QNUM && code <= UINT16_MAX)
        return (int)code;
    found = sets[codeset].n && code <= UINT16_MAX
        ? bsearch(&want, sets[codeset].keys, sets[codeset].n, sizeof(want), compare) : NULL;
    return found ? found->qnum : vir_error(VIR_ERR_INTERNAL_ERROR, "cannot translate keycode %u of %s codeset to qnum keycode",
                                           code, sets[codeset].name);
}
