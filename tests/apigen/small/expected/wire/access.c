/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed from api/ by print_protocol.py. */
#include "wire/access.h"
#include "wire/protocol.h"

const char *const access_names[ACCESS_KINDS] = {
    [ACCESS_CONNECT] = "connect",
    [ACCESS_DOMAIN] = "domain",
};

static const struct access_rule rules[] = {
    { ACCESS_DOMAIN, "getattr", { { 0, 0, 0 } } },
    { ACCESS_DOMAIN, "write", { { 0, 0, 0 } } },
    { ACCESS_DOMAIN, "save", { { offsetof(struct remote_domain_save_flags_args, flags), ACCESS_NONE,
            0x1 } } },
    { ACCESS_CONNECT, "search_domains", { { 0, 0, 0 } } },
    { ACCESS_CONNECT, "search_networks", { { 0, 0, 0 } } },
};

static const struct access_handle handles[] = {
    { ACCESS_DOMAIN, ACCESS_HERE, offsetof(struct remote_domain_get_info_args, dom), 0 },
    { ACCESS_DOMAIN, ACCESS_HERE, offsetof(struct remote_domain_save_args, dom), 0 },
    { ACCESS_DOMAIN, ACCESS_HERE, offsetof(struct remote_domain_save_flags_args, dom), 0 },
    { ACCESS_DOMAIN, ACCESS_HERE, offsetof(struct remote_domain_pin_args, dom), 0 },
    { ACCESS_DOMAIN, ACCESS_HERE, offsetof(struct remote_domain_move_args, dom), 0 },
    { ACCESS_DOMAIN, ACCESS_HERE, offsetof(struct remote_domain_rename_args, dom), 0 },
};

static const struct access_about abouts[] = {
    { ACCESS_RESULT, ACCESS_DOMAIN, offsetof(struct remote_domain_lookup_by_name_ret, dom),
            { ACCESS_ABSENT, 0, NULL }, { ACCESS_ABSENT, 0, NULL } },
};

static const struct access_items lists[] = {
    { ACCESS_OBJECTS, offsetof(struct remote_connect_list_all_domains_ret, domains),
            offsetof(struct remote_connect_list_all_domains_ret, n_domains),
            sizeof(*((struct remote_connect_list_all_domains_ret *)0)->domains), 0,
            offsetof(struct remote_connect_list_all_domains_args, need_results),
            offsetof(struct remote_connect_list_all_domains_ret, ret), ACCESS_ABSENT, ACCESS_ABSENT,
            ACCESS_ABSENT, REMOTE_PROC_CONNECT_LIST_ALL_DOMAINS, NULL },
};

const struct access_needs remote_access[] = {
    [1] = {
        &rules[0], 1, NULL, NULL, 0, &abouts[0], NULL,
    },
    [2] = {
        NULL, 0, NULL, &handles[0], 1, NULL, NULL,
    },
    [3] = {
        NULL, 0, NULL, &handles[1], 1, NULL, NULL,
    },
    [4] = {
        &rules[1], 2, NULL, &handles[2], 1, NULL, NULL,
    },
    [5] = {
        &rules[3], 1, &rules[0], NULL, 0, NULL, &lists[0],
    },
    [6] = {
        NULL, 0, NULL, &handles[3], 1, NULL, NULL,
    },
    [7] = {
        NULL, 0, NULL, &handles[4], 1, NULL, NULL,
    },
    [8] = {
        NULL, 0, NULL, NULL, 0, NULL, NULL,
    },
    [9] = {
        NULL, 0, NULL, &handles[5], 1, NULL, NULL,
    },
    [14] = {
        NULL, 0, NULL, NULL, 0, NULL, NULL,
    },
    [15] = {
        NULL, 0, NULL, NULL, 0, NULL, NULL,
    },
    [20] = {
        &rules[4], 1, NULL, NULL, 0, NULL, NULL,
    },
    [21] = {
        NULL, 0, NULL, NULL, 0, NULL, NULL,
    },
    [22] = {
        NULL, 0, NULL, NULL, 0, NULL, NULL,
    },
    [23] = {
        NULL, 0, NULL, NULL, 0, NULL, NULL,
    },
};

const struct access_needs qemu_access[] = {
};

const struct access_needs lxc_access[] = {
};

const struct access_needs admin_access[] = {
};
