/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys of a domain, by number or name. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rows/key.h"

struct key_name { uint16_t code, at; };

#include "key-names.h"

#undef linux                            /* a macro of the compiler */
#define NAMED(set) set##_names, sizeof(set##_names) / sizeof(set##_names[0])
static const struct {
    char name[8];
    int codeset;
    const struct key_name *names;       /* NULL: its keys have none */
    size_t n;
} sets[] = {
    { "linux", VIR_KEYCODE_SET_LINUX, NAMED(linux) },
    { "xt", VIR_KEYCODE_SET_XT, NULL, 0 },
    { "atset1", VIR_KEYCODE_SET_ATSET1, NULL, 0 },
    { "atset2", VIR_KEYCODE_SET_ATSET2, NULL, 0 },
    { "atset3", VIR_KEYCODE_SET_ATSET3, NULL, 0 },
    { "os_x", VIR_KEYCODE_SET_OSX, NAMED(os_x) },
    { "xt_kbd", VIR_KEYCODE_SET_XT_KBD, NULL, 0 },
    { "usb", VIR_KEYCODE_SET_USB, NULL, 0 },
    { "win32", VIR_KEYCODE_SET_WIN32, NAMED(win32) },
    { "qnum", VIR_KEYCODE_SET_QNUM, NULL, 0 },
    { "rfb", VIR_KEYCODE_SET_RFB, NULL, 0 },
};
#define SETS (sizeof(sets) / sizeof(sets[0]))

/* The code of a key that is said by number or, in the set SET, by name; -1: there is none. */
static int
code_of(const char *text, size_t set)
{
    char *end;
    const unsigned long number = strtoul(text, &end, 0);

    if (end != text && *end == '\0' && text[0] != '-')
        return number <= UINT16_MAX ? (int)number : -1;
    for (size_t i = 0; i < sets[set].n; i++)
        if (strcmp(key_names + sets[set].names[i].at, text) == 0)
            return sets[set].names[i].code;
    return -1;
}

int
run_send_key(struct shell *vsh, const struct send_key_args *args)
{
    const char *said = args->codeset ? args->codeset : "linux";
    unsigned int codes[VIR_DOMAIN_SEND_KEY_MAX_KEYS];
    size_t set = 0;

    while (set < SETS && strcmp(sets[set].name, said) != 0)
        set++;
    if (set == SETS)
        return shell_error(vsh, "unknown codeset: '%s'", said);
    for (size_t i = 0; i < args->n_keycode; i++) {
        const int code = i < VIR_DOMAIN_SEND_KEY_MAX_KEYS ? code_of(args->keycode[i], set) : 0;

        if (i >= VIR_DOMAIN_SEND_KEY_MAX_KEYS)
            return shell_error(vsh, "too many keycodes");
        if (code < 0)
            return shell_error(vsh, "invalid keycode: '%s'", args->keycode[i]);
        codes[i] = (unsigned int)code;
    }
    return virDomainSendKey(args->domain, (unsigned int)sets[set].codeset, (unsigned int)args->holdtime, codes,
                            (int)args->n_keycode, 0);
}
