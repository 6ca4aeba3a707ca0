/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed from api/ by print_protocol.py. */
#include "wire/access.h"
#include "wire/protocol.h"

static const struct access_rule rules[] = {
    { "domain", "getattr", { { 0, 0, 0 } } },
    { "domain", "write", { { 0, 0, 0 } } },
    { "domain", "save", { { offsetof(struct remote_domain_save_flags_args, flags), ACCESS_NONE,
            0x1 } } },
    { "connect", "search_domains", { { 0, 0, 0 } } },
    { "connect", "search_networks", { { 0, 0, 0 } } },
};

const struct access_needs remote_access[] = {
    [1] = { &rules[0], 1, NULL },
    [2] = { NULL, 0, NULL },
    [3] = { NULL, 0, NULL },
    [4] = { &rules[1], 2, NULL },
    [5] = { &rules[3], 1, &rules[0] },
    [6] = { NULL, 0, NULL },
    [7] = { NULL, 0, NULL },
    [8] = { NULL, 0, NULL },
    [9] = { NULL, 0, NULL },
    [14] = { NULL, 0, NULL },
    [15] = { NULL, 0, NULL },
    [20] = { &rules[4], 1, NULL },
    [21] = { NULL, 0, NULL },
    [22] = { NULL, 0, NULL },
    [23] = { NULL, 0, NULL },
};

const struct access_needs qemu_access[] = {
};

const struct access_needs lxc_access[] = {
};

const struct access_needs admin_access[] = {
};
