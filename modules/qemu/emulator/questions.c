/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an emulator is asked, and what of its answers is kept: those are long, and few of their words mean
 * something to us.
 */
#define VIR_LOG_SOURCE "qemu.capabilities"
#include "qemu.h"
#include "emulator/probe.h"
#include "qmp/monitor.h"

#include <string.h>

enum { PROBE_MS = 5000 };

static const char *const kept_whole[] = { "query-version", "query-target", "query-kvm", "query-machines" };
enum { N_KEPT = sizeof(kept_whole) / sizeof(kept_whole[0]) };

/* NULL: it does not answer that, which is no error. */
static struct json_object *
ask_if_known(struct qemu_monitor *monitor, const char *command, struct json_object *args)
{
    struct json_object *answer = NULL;

    if (qemu_monitor_call(monitor, command, args, PROBE_MS, &answer) == 0)
        return answer;
    virFreeError(vir_error_take());
    return NULL;
}

/* ---- processors ---------------------------------------------------------------------------------- */

static struct json_object *
expand(struct qemu_monitor *monitor, const char *type, const char *model, bool migratable, bool hyperv)
{
    struct json_object *args = qmp_new_object(), *of = qmp_new_object(), *props = qmp_new_object();
    struct json_object *answer, *found;

    qmp_add(args, "type", qmp_new_string(type));
    qmp_add(of, "name", qmp_new_string(model));
    if (!migratable)
        qmp_add(props, "migratable", qmp_new_bool(false));
    if (hyperv)
        qmp_add(props, "hv-passthrough", qmp_new_bool(true));
    qmp_add(of, "props", props);
    qmp_add(args, "model", of);
    answer = ask_if_known(monitor, "query-cpu-model-expansion", args);
    found = json_object_get(qmp_get(qmp_get(answer, "model"), "props"));
    json_object_put(answer);
    return found;
}

/* What is there of the model's properties: names of the true ones, and who made it. */
static struct json_object *
told(struct qemu_monitor *monitor, const char *model, bool migratable)
{
    static const char *const numbers[] = { "family", "model", "stepping" };
    struct json_object *props = expand(monitor, "static", model, migratable, false);
    struct json_object *kept = qmp_new_object(), *features = qmp_new_array();

    if (json_object_is_type(props, json_type_object)) {
        json_object_object_foreach(props, name, value) {
            if (json_object_is_type(value, json_type_boolean) && json_object_get_boolean(value))
                qmp_append(features, qmp_new_string(name));
        }
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        qmp_add(kept, numbers[i], qmp_new_int((int64_t)qmp_get_uint(props, numbers[i], UINT32_MAX, 0)));
    if (qmp_get_string(props, "vendor"))
        qmp_add(kept, "vendor", qmp_new_string(qmp_get_string(props, "vendor")));
    qmp_add(kept, "features", features);
    json_object_put(props);
    return kept;
}

/* Of each model its name, and what of it the host does not have. */
static struct json_object *
models(struct json_object *definitions)
{
    struct json_object *kept = qmp_new_array();

    for (size_t i = 0; json_object_is_type(definitions, json_type_array) && i < json_object_array_length(definitions); i++) {
        struct json_object *one = json_object_array_get_idx(definitions, i), *model = qmp_new_object();
        struct json_object *missing = qmp_get(one, "unavailable-features");
        const char *name = qmp_get_string(one, "name");

        if (name) {
            qmp_add(model, "name", qmp_new_string(name));
            if (missing)
                qmp_add(model, "missing", json_object_get(missing));
            qmp_add(model, "deprecated", qmp_new_bool(qmp_get_bool(one, "deprecated")));
            qmp_append(kept, model);
        } else {
            json_object_put(model);
        }
    }
    return kept;
}

static struct json_object *
hyperv(struct qemu_monitor *monitor)
{
    struct json_object *props = expand(monitor, "full", "host", false, true), *kept = qmp_new_object();

    if (json_object_is_type(props, json_type_object)) {
        json_object_object_foreach(props, name, value) {
            if (strncmp(name, "hv-", 3) == 0)
                qmp_add(kept, name, json_object_get(value));
        }
    }
    json_object_put(props);
    return kept;
}

/* MODEL: the name of the most that a guest can have. */
static struct json_object *
accelerator(struct qemu_monitor *monitor, struct json_object *definitions, const char *model)
{
    struct json_object *kept = qmp_new_object();

    qmp_add(kept, "models", models(definitions));
    qmp_add(kept, "most", told(monitor, model, false));
    qmp_add(kept, "most-migratable", told(monitor, model, true));
    return kept;
}

/* ---- the emulator ---------------------------------------------------------------------------------- */

static struct json_object *
named(struct json_object *list, const char *name)
{
    for (size_t i = 0; name && json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
        struct json_object *one = json_object_array_get_idx(list, i);
        const char *its = qmp_get_string(one, "name");

        if (its && strcmp(its, name) == 0)
            return one;
    }
    return NULL;
}

/* Out of QEMU's description of its own language: what the answer to query-display-options can be. */
static struct json_object *
displays(struct json_object *schema)
{
    struct json_object *command = named(schema, "query-display-options");
    struct json_object *cases = qmp_get(named(schema, qmp_get_string(command, "ret-type")), "variants");
    struct json_object *kept = qmp_new_array();

    for (size_t i = 0; json_object_is_type(cases, json_type_array) && i < json_object_array_length(cases); i++) {
        const char *word = qmp_get_string(json_object_array_get_idx(cases, i), "case");

        if (word)
            qmp_append(kept, qmp_new_string(word));
    }
    if (named(schema, "query-spice"))
        qmp_append(kept, qmp_new_string("spice"));
    if (named(schema, "query-vnc"))
        qmp_append(kept, qmp_new_string("vnc"));
    return kept;
}

static struct json_object *
names(struct json_object *list)
{
    struct json_object *kept = qmp_new_array();

    for (size_t i = 0; json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
        const char *name = qmp_get_string(json_object_array_get_idx(list, i), "name");

        if (name)
            qmp_append(kept, qmp_new_string(name));
    }
    return kept;
}

/* Does a processor of this type know which of its features cannot migrate? */
static bool
host_migratable(struct qemu_monitor *monitor)
{
    struct json_object *args = qmp_new_object(), *answer;
    bool found;

    qmp_add(args, "typename", qmp_new_string("max-x86_64-cpu"));
    answer = ask_if_known(monitor, "qom-list-properties", args);
    found = named(answer, "migratable") != NULL;
    json_object_put(answer);
    return found;
}

static struct json_object *
ask_types(struct qemu_monitor *monitor)
{
    struct json_object *answer = ask_if_known(monitor, "qom-list-types", NULL), *kept = names(answer);

    json_object_put(answer);
    return kept;
}

static struct json_object *
ask_displays(struct qemu_monitor *monitor)
{
    struct json_object *answer = ask_if_known(monitor, "query-qmp-schema", NULL), *kept = displays(answer);

    json_object_put(answer);
    return kept;
}

int
qemu_questions_ask(struct qemu_monitor *monitor, struct json_object *answers)
{
    struct qemu_call *calls[2 + N_KEPT];
    struct json_object *values[2 + N_KEPT], *kept;
    bool kvm;
    int ret;

    calls[0] = qemu_monitor_send(monitor, "qmp_capabilities", NULL);
    for (size_t i = 0; i < N_KEPT; i++)
        calls[1 + i] = qemu_monitor_send(monitor, kept_whole[i], NULL);
    calls[1 + N_KEPT] = qemu_monitor_send(monitor, "query-cpu-definitions", NULL);
    ret = qemu_monitor_wait_all(monitor, calls, 2 + N_KEPT, PROBE_MS, values);
    json_object_put(values[0]);
    for (size_t i = 0; i < N_KEPT; i++)
        qmp_add(answers, kept_whole[i], values[1 + i]);
    if (ret == 0) {
        kvm = qmp_get_bool(qmp_get(answers, "query-kvm"), "enabled");
        kept = accelerator(monitor, values[1 + N_KEPT], kvm ? "host" : "max");
        if (kvm)
            qmp_add(kept, "hyperv", hyperv(monitor));
        qmp_add(answers, kvm ? "kvm" : "tcg", kept);
        qmp_add(answers, "types", ask_types(monitor));
        qmp_add(answers, "displays", ask_displays(monitor));
        qmp_add(answers, "host-migratable", qmp_new_bool(host_migratable(monitor)));
    }
    json_object_put(values[1 + N_KEPT]);
    return ret;
}

int
qemu_questions_ask_tcg(struct qemu_monitor *monitor, struct json_object *answers)
{
    struct json_object *definitions = NULL;

    if (qemu_monitor_call(monitor, "qmp_capabilities", NULL, PROBE_MS, NULL) < 0 ||
        qemu_monitor_call(monitor, "query-cpu-definitions", NULL, PROBE_MS, &definitions) < 0)
        return -1;
    qmp_add(answers, "tcg", accelerator(monitor, definitions, "max"));
    json_object_put(definitions);
    return 0;
}
