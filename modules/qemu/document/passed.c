/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a document says to QEMU behind our back: words and variables of its own, other
 * properties of devices, how it takes commands that will go.
 */
#include "document/machine.h"
#include "device/pieces.h"
#include "qmp/qmp.h"

#include <stdlib.h>

int
qemu_passed_startable(const struct qemu_domain_def *doc)
{
    if (doc->qemu_commandline && doc->qemu_commandline->n_qemu_envs > QEMU_MAX_ENV)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<qemu:commandline> has %u variables, more than %d",
                         doc->qemu_commandline->n_qemu_envs, QEMU_MAX_ENV);
    return 0;
}

void
qemu_passed_build(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    for (size_t i = 0; doc->qemu_commandline && i < doc->qemu_commandline->n_qemu_args; i++)
        qemu_command_add(command, doc->qemu_commandline->qemu_args[i]->value, NULL);
}

char **
qemu_passed_env(const struct qemu_domain_def *doc)
{
    size_t n = doc->qemu_commandline ? doc->qemu_commandline->n_qemu_envs : 0;
    char **list = vir_alloc_array(n + 1, sizeof(*list));

    for (size_t i = 0; i < n; i++) {
        const struct qemu_domain_qemu_commandline_qemu_env_def *env = doc->qemu_commandline->qemu_envs[i];

        list[i] = vir_strdup_printf("%s=%s", env->name, env->value ? env->value : "");
    }
    return list;
}

void
qemu_passed_put_deprecation(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    enum qemu_domain_qemu_deprecation_behavior how = doc->qemu_deprecation.behavior;
    struct json_object *compat;

    if (!how || how == QEMU_DOMAIN_QEMU_DEPRECATION_BEHAVIOR_NONE)
        return;
    compat = qemu_object("deprecated-output", "hide");
    if (how != QEMU_DOMAIN_QEMU_DEPRECATION_BEHAVIOR_OMIT)
        qemu_put(compat, "deprecated-input", WORD(domain_qemu_deprecation_behavior, how));
    qemu_command_json(command, "-compat", compat);
}

/* ---- properties ------------------------------------------------------------------------------------ */

typedef struct qemu_domain_qemu_override_qemu_device_qemu_frontend_qemu_property_def property_def;

static int
set_property(struct json_object *args, const property_def *property)
{
    char *end = NULL;
    long long number;

    switch (property->type) {
    case QEMU_DOMAIN_QEMU_OVERRIDE_QEMU_DEVICE_QEMU_FRONTEND_QEMU_PROPERTY_TYPE_REMOVE:
        json_object_object_del(args, property->name);
        return 0;
    case QEMU_DOMAIN_QEMU_OVERRIDE_QEMU_DEVICE_QEMU_FRONTEND_QEMU_PROPERTY_TYPE_STRING:
        qmp_add(args, property->name, qmp_new_string(property->value));
        return 0;
    case QEMU_DOMAIN_QEMU_OVERRIDE_QEMU_DEVICE_QEMU_FRONTEND_QEMU_PROPERTY_TYPE_BOOL:
        qmp_add(args, property->name, qmp_new_bool(is(property->value, "true")));
        if (is(property->value, "true") || is(property->value, "false"))
            return 0;
        break;
    default:
        number = strtoll(property->value, &end, 10);
        qmp_add(args, property->name, qmp_new_int(number));
        if (end != property->value && *end == '\0')
            return 0;
    }
    return vir_error(VIR_ERR_XML_ERROR, "<qemu:property name='%s'>: the value '%s' is of another type", property->name,
                     property->value);
}

static struct json_object *
args_of(const struct qemu_pieces *pieces, const char *alias)
{
    for (size_t i = 0; i < pieces->n; i++)
        if (pieces->list[i].kind == QEMU_DEVICE && is(qmp_get_string(pieces->list[i].args, "id"), alias))
            return pieces->list[i].args;
    return NULL;
}

int
qemu_passed_override(const struct qemu_domain_def *doc, struct qemu_pieces *pieces)
{
    for (size_t i = 0; doc->qemu_override && i < doc->qemu_override->n_qemu_devices; i++) {
        const struct qemu_domain_qemu_override_qemu_device_def *device = doc->qemu_override->qemu_devices[i];
        struct json_object *args = args_of(pieces, device->alias);

        if (!args) {
            vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<qemu:override> is about the device '%s', which the guest has not",
                      device->alias);
            vir_error_hint("the names of devices stand in the document of the running guest; an own one begins with 'ua-'");
            return -1;
        }
        for (size_t j = 0; j < device->qemu_frontend.n_qemu_propertys; j++)
            if (set_property(args, device->qemu_frontend.qemu_propertys[j]) < 0)
                return -1;
    }
    return 0;
}
