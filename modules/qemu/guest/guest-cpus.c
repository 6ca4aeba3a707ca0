/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CPUs as the guest itself counts and switches them, by its agent.
 */
#include "guest/agent.h"
#include "guest/guest-cpus.h"

#include <stdlib.h>

static int
take_cpu(struct json_object *value, struct qemu_guest_cpu *ret)
{
    const char *missing = NULL;

    ret->id = (unsigned int)qmp_get_uint(value, "logical-id", QEMU_GUEST_CPUS - 1, QEMU_GUEST_CPUS);
    if (ret->id == QEMU_GUEST_CPUS)
        missing = "logical-id";
    else if (!json_object_is_type(qmp_get(value, "online"), json_type_boolean))
        missing = "online";
    else if (!json_object_is_type(qmp_get(value, "can-offline"), json_type_boolean))
        missing = "can-offline";
    if (missing)
        return qemu_agent_nonsense("'%s' missing in reply of guest-get-vcpus", missing);
    ret->online = qmp_get_bool(value, "online");
    ret->offlinable = qmp_get_bool(value, "can-offline");
    return 0;
}

int
qemu_guest_cpus(struct qemu_domain *domain, struct qemu_guest_cpu **ret, size_t *ret_n)
{
    struct qemu_guest_cpu *cpus = NULL;
    struct json_object *list = NULL;
    size_t n;
    int result = 0;

    if (qemu_agent_ask(domain, "guest-get-vcpus", NULL, &list) != QEMU_AGENT_ANSWERED)
        return -1;
    n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : SIZE_MAX;
    if (n > QEMU_GUEST_CPUS) {
        result = qemu_agent_nonsense("Malformed guest-get-vcpus data array");
    } else {
        cpus = vir_alloc_array(n + 1, sizeof(*cpus));
        for (size_t i = 0; i < n && result == 0; i++)
            result = take_cpu(json_object_array_get_idx(list, i), &cpus[i]);
    }
    json_object_put(list);
    if (result < 0) {
        free(cpus);
        return -1;
    }
    *ret = cpus;
    *ret_n = n;
    return 0;
}

static struct json_object *
list_from(const struct qemu_guest_cpu *cpus, const bool *changes, size_t n, size_t from)
{
    struct json_object *list = qmp_new_array();

    for (size_t i = from; i < n; i++) {
        struct json_object *one;

        if (!changes[i])
            continue;
        one = qmp_new_object();
        qmp_add(one, "logical-id", qmp_new_int(cpus[i].id));
        qmp_add(one, "online", qmp_new_bool(!cpus[i].online));
        qmp_append(list, one);
    }
    return list;
}

/* The agent does as many of a list as it can, and tells how many; the rest is asked for again, to be told why not. */
int
qemu_guest_cpus_switch(struct qemu_domain *domain, const struct qemu_guest_cpu *cpus, const bool *changes, size_t n)
{
    size_t from = 0;

    for (;;) {
        struct json_object *list = list_from(cpus, changes, n, from), *args, *value = NULL;
        size_t left = json_object_array_length(list);
        uint64_t done;

        if (left == 0) {
            json_object_put(list);
            return 0;
        }
        args = qmp_new_object();
        qmp_add(args, "vcpus", list);
        if (qemu_agent_ask(domain, "guest-set-vcpus", args, &value) != QEMU_AGENT_ANSWERED)
            return -1;
        done = qmp_as_uint(value, left, 0);
        json_object_put(value);
        if (done == 0)
            return qemu_agent_nonsense("guest agent returned malformed or invalid return value");
        for (; done > 0; from++)
            done -= changes[from];
    }
}
