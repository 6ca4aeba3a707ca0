/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the agent in a guest tells of it, each kind a function: users, system, time zone, name, file systems, disks,
 * network cards.
 */
#include "calls/calls.h"
#include "device/disk-guest.h"
#include "document/domain-xml.h"
#include "guest/addresses.h"
#include "guest/agent.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    MAX_PARAMS = 2048,                  /* what the wire takes; those that come behind it are left out */
    MAX_TOLD = 4096,                    /* entries of one list of the agent's */
};

struct told {
    struct qemu_domain *domain;
    virTypedParameterPtr params;
    int n, room;
};

/* ---- figures: called as FMT says -------------------------------------------------------------------- */

#define ADD(told, fmt, call, value)                                           \
    do {                                                                      \
        char name_[VIR_TYPED_PARAM_FIELD_LENGTH];                             \
        va_list args_;                                                        \
        va_start(args_, fmt);                                                 \
        vsnprintf(name_, sizeof(name_), fmt, args_);                          \
        va_end(args_);                                                        \
        if ((told)->n < MAX_PARAMS)                                           \
            call(&(told)->params, &(told)->n, &(told)->room, name_, value);   \
    } while (0)

static VIR_PRINTF(3, 4) void
add_uint(struct told *told, size_t value, const char *fmt, ...)
{
    ADD(told, fmt, virTypedParamsAddUInt, (unsigned int)value);
}

static VIR_PRINTF(3, 4) void
add_int(struct told *told, int value, const char *fmt, ...)
{
    ADD(told, fmt, virTypedParamsAddInt, value);
}

static VIR_PRINTF(3, 4) void
add_ullong(struct told *told, uint64_t value, const char *fmt, ...)
{
    ADD(told, fmt, virTypedParamsAddULLong, value);
}

static VIR_PRINTF(3, 4) void
add_bool(struct told *told, bool value, const char *fmt, ...)
{
    ADD(told, fmt, virTypedParamsAddBoolean, value);
}

/* VALUE may be NULL: there is none. */
static VIR_PRINTF(3, 4) void
add_text(struct told *told, const char *value, const char *fmt, ...)
{
    if (value)
        ADD(told, fmt, virTypedParamsAddString, value);
}

/* ---- kinds ----------------------------------------------------------------------------------------------- */

/* A list that COMMAND answers with; *RET is to be put. */
static enum qemu_agent_end
ask_list(struct told *told, const char *command, struct json_object **ret, size_t *ret_n)
{
    enum qemu_agent_end end = qemu_agent_ask(told->domain, command, NULL, ret);

    if (end != QEMU_AGENT_ANSWERED)
        return end;
    *ret_n = json_object_is_type(*ret, json_type_array) ? json_object_array_length(*ret) : SIZE_MAX;
    if (*ret_n <= MAX_TOLD)
        return end;
    json_object_put(*ret);
    return qemu_agent_nonsense("%s return data was not an array of up to %d", command, MAX_TOLD);
}

static size_t
length_of(struct json_object *list)
{
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

    return n < MAX_TOLD ? n : MAX_TOLD;
}

static enum qemu_agent_end
tell_users(struct told *told)
{
    struct json_object *list = NULL;
    size_t n;
    enum qemu_agent_end end = ask_list(told, "guest-get-users", &list, &n);

    if (end != QEMU_AGENT_ANSWERED)
        return end;
    add_uint(told, n, "user.count");
    for (size_t i = 0; i < n && end == QEMU_AGENT_ANSWERED; i++) {
        struct json_object *user = json_object_array_get_idx(list, i), *since = qmp_get(user, "login-time");
        double seconds = json_object_get_double(since);
        const char *name = qmp_get_string(user, "user");

        if (!name || !since) {
            end = qemu_agent_nonsense("'%s' missing in reply of guest-get-users", name ? "login-time" : "user");
            break;
        }
        add_text(told, name, "user.%zu.name", i);
        add_text(told, qmp_get_string(user, "domain"), "user.%zu.domain", i);
        add_ullong(told, seconds > 0 && seconds < 1e15 ? (uint64_t)(seconds * 1000) : 0, "user.%zu.login-time", i);
    }
    json_object_put(list);
    return end;
}

static enum qemu_agent_end
tell_system(struct told *told)
{
    static const char *const names[] = { "id", "name", "pretty-name", "version", "version-id", "machine", "variant",
                                         "variant-id", "kernel-release", "kernel-version" };
    struct json_object *value = NULL;
    enum qemu_agent_end end = qemu_agent_ask(told->domain, "guest-get-osinfo", NULL, &value);

    for (size_t i = 0; end == QEMU_AGENT_ANSWERED && i < sizeof(names) / sizeof(names[0]); i++)
        add_text(told, qmp_get_string(value, names[i]), "os.%s", names[i]);
    json_object_put(value);
    return end;
}

static enum qemu_agent_end
tell_zone(struct told *told)
{
    struct json_object *value = NULL, *offset;
    enum qemu_agent_end end = qemu_agent_ask(told->domain, "guest-get-timezone", NULL, &value);

    if (end != QEMU_AGENT_ANSWERED)
        return end;
    offset = qmp_get(value, "offset");
    add_text(told, qmp_get_string(value, "zone"), "timezone.name");
    if (json_object_is_type(offset, json_type_int))
        add_int(told, json_object_get_int(offset), "timezone.offset");
    else
        end = qemu_agent_nonsense("'offset' missing in reply of guest-get-timezone");
    json_object_put(value);
    return end;
}

static enum qemu_agent_end
tell_name(struct told *told)
{
    struct json_object *value = NULL;
    enum qemu_agent_end end = qemu_agent_ask(told->domain, "guest-get-host-name", NULL, &value);

    if (end == QEMU_AGENT_ANSWERED && !qmp_get_string(value, "host-name"))
        end = qemu_agent_nonsense("malformed return value of guest-get-host-name");
    else if (end == QEMU_AGENT_ANSWERED)
        add_text(told, qmp_get_string(value, "host-name"), "hostname");
    json_object_put(value);
    return end;
}

/* A figure that there need not be. */
static void
add_bytes(struct told *told, struct json_object *fs, const char *key, size_t i)
{
    uint64_t bytes = qmp_get_uint(fs, key, UINT64_MAX - 1, UINT64_MAX);

    if (bytes != UINT64_MAX)
        add_ullong(told, bytes, "fs.%zu.%s", i, key);
}

static enum qemu_agent_end
tell_filesystem(struct told *told, const struct qemu_domain_def *doc, struct json_object *fs, size_t i)
{
    const char *name = qmp_get_string(fs, "name"), *place = qmp_get_string(fs, "mountpoint");
    const char *type = qmp_get_string(fs, "type");
    struct json_object *disks = qmp_get(fs, "disk");
    size_t n = length_of(disks);

    if (!name || !place || !type)
        return qemu_agent_nonsense("'%s' missing in reply of guest-get-fsinfo", !place ? "mountpoint" : !name ? "name" : "type");
    add_text(told, name, "fs.%zu.name", i);
    add_text(told, place, "fs.%zu.mountpoint", i);
    add_text(told, type, "fs.%zu.fstype", i);
    add_bytes(told, fs, "total-bytes", i);
    add_bytes(told, fs, "used-bytes", i);
    add_uint(told, n, "fs.%zu.disk.count", i);
    for (size_t d = 0; d < n; d++) {
        struct json_object *disk = json_object_array_get_idx(disks, d);

        add_text(told, qemu_disk_of_guest(doc, disk), "fs.%zu.disk.%zu.alias", i, d);
        add_text(told, qmp_get_string(disk, "serial"), "fs.%zu.disk.%zu.serial", i, d);
        add_text(told, qmp_get_string(disk, "dev"), "fs.%zu.disk.%zu.device", i, d);
    }
    return QEMU_AGENT_ANSWERED;
}

static enum qemu_agent_end
tell_disk(struct told *told, const struct qemu_domain_def *doc, struct json_object *disk, size_t i)
{
    const char *name = qmp_get_string(disk, "name");
    struct json_object *partition = qmp_get(disk, "partition"), *needs = qmp_get(disk, "dependencies");
    struct json_object *address = qmp_get(disk, "address");
    size_t n = length_of(needs);

    if (!name || !json_object_is_type(partition, json_type_boolean))
        return qemu_agent_nonsense("'%s' missing in reply of guest-get-disks", name ? "partition" : "name");
    add_text(told, name, "disk.%zu.name", i);
    add_bool(told, json_object_get_boolean(partition), "disk.%zu.partition", i);
    if (n)
        add_uint(told, n, "disk.%zu.dependency.count", i);
    for (size_t d = 0; d < n; d++)
        add_text(told, json_object_get_string(json_object_array_get_idx(needs, d)), "disk.%zu.dependency.%zu.name", i, d);
    add_text(told, qmp_get_string(address, "serial"), "disk.%zu.serial", i);
    add_text(told, qemu_disk_of_guest(doc, address), "disk.%zu.alias", i);
    add_text(told, qmp_get_string(disk, "alias"), "disk.%zu.guest_alias", i);
    return QEMU_AGENT_ANSWERED;
}

/* A list about the domain's disks; libvirt 9.0.0 tells of file systems from the last one on. */
static enum qemu_agent_end
tell_list(struct told *told, const char *command, const char *kind, bool backwards,
          enum qemu_agent_end (*tell)(struct told *, const struct qemu_domain_def *, struct json_object *, size_t))
{
    struct json_object *list = NULL;
    size_t n;
    enum qemu_agent_end end = ask_list(told, command, &list, &n);
    struct qemu_def *live;

    if (end != QEMU_AGENT_ANSWERED)
        return end;
    live = qemu_domain_meant(told->domain, VIR_DOMAIN_AFFECT_LIVE);
    if (!live)
        end = QEMU_AGENT_FAILED;
    else if (n)                         /* libvirt 9.0.0 counts users alone where there are none */
        add_uint(told, n, "%s.count", kind);
    for (size_t i = 0; i < n && end == QEMU_AGENT_ANSWERED; i++)
        end = tell(told, live->doc, json_object_array_get_idx(list, backwards ? n - 1 - i : i), i);
    qemu_def_unref(live);
    json_object_put(list);
    return end;
}

static enum qemu_agent_end
tell_filesystems(struct told *told)
{
    return tell_list(told, "guest-get-fsinfo", "fs", true, tell_filesystem);
}

static enum qemu_agent_end
tell_disks(struct told *told)
{
    return tell_list(told, "guest-get-disks", "disk", false, tell_disk);
}

static enum qemu_agent_end
tell_cards(struct told *told)
{
    struct qemu_guest_cards cards = { 0 };
    enum qemu_agent_end end = qemu_guest_cards(told->domain, &cards);

    if (end != QEMU_AGENT_ANSWERED)
        return end;
    if (cards.n)
        add_uint(told, cards.n, "if.count");
    for (size_t i = 0; i < cards.n; i++) {
        virDomainInterfacePtr card = cards.list[i];

        add_text(told, card->name, "if.%zu.name", i);
        add_text(told, card->hwaddr ? card->hwaddr : "", "if.%zu.hwaddr", i);
        add_uint(told, card->naddrs, "if.%zu.addr.count", i);
        for (unsigned int a = 0; a < card->naddrs; a++) {
            add_text(told, card->addrs[a].type == VIR_IP_ADDR_TYPE_IPV6 ? "ipv6" : "ipv4", "if.%zu.addr.%u.type", i, a);
            add_text(told, card->addrs[a].addr, "if.%zu.addr.%u.addr", i, a);
            add_uint(told, card->addrs[a].prefix, "if.%zu.addr.%u.prefix", i, a);
        }
    }
    qemu_guest_cards_free(&cards);
    return end;
}

/* ---- the call ----------------------------------------------------------------------------------------------- */

static const struct {
    unsigned int kind;
    enum qemu_agent_end (*tell)(struct told *told);
} kinds[] = {
    { VIR_DOMAIN_GUEST_INFO_USERS, tell_users },
    { VIR_DOMAIN_GUEST_INFO_OS, tell_system },
    { VIR_DOMAIN_GUEST_INFO_TIMEZONE, tell_zone },
    { VIR_DOMAIN_GUEST_INFO_HOSTNAME, tell_name },
    { VIR_DOMAIN_GUEST_INFO_FILESYSTEM, tell_filesystems },
    { VIR_DOMAIN_GUEST_INFO_DISKS, tell_disks },
    { VIR_DOMAIN_GUEST_INFO_INTERFACES, tell_cards },
};

/* All that the agent knows, where nothing is named. */
int
qemu_domain_get_guest_info(virDomainPtr dom, unsigned int types, virTypedParameterPtr *params, int *nparams,
                           unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct told told = { .domain = domain };
    const size_t n_kinds = sizeof(kinds) / sizeof(kinds[0]);
    unsigned int known = 0;

    (void)flags;
    for (size_t i = 0; i < n_kinds; i++)
        known |= kinds[i].kind;
    if (!domain)
        return -1;
    if (types & ~known)
        return vir_error(VIR_ERR_INVALID_ARG, "unsupported guest information types '0x%x'", types & ~known);
    if (qemu_agent_check(domain) < 0)
        return -1;
    for (size_t i = 0; i < n_kinds; i++) {
        enum qemu_agent_end end = types && !(types & kinds[i].kind) ? QEMU_AGENT_ANSWERED : kinds[i].tell(&told);

        if (end == QEMU_AGENT_ANSWERED)
            continue;
        if (end != QEMU_AGENT_LACKS || types) {
            virTypedParamsFree(told.params, told.n);
            return -1;
        }
        virFreeError(vir_error_take());
    }
    *params = told.params;
    *nparams = told.n;
    return 0;
}
