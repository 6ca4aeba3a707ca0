/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers of the library in words: states, reasons, typed parameters, sizes. */
#include <stdlib.h>

#include "virsh.h"

/* A number that is younger than the table is unknown, not an error. */
const char *
virsh_name_of(const char *const *names, size_t n, int number)
{
    return number >= 0 && (size_t)number < n && names[number] ? names[number] : "unknown";
}

static const char *const states[] = {
    [VIR_DOMAIN_NOSTATE] = "no state",
    [VIR_DOMAIN_RUNNING] = "running",
    [VIR_DOMAIN_BLOCKED] = "idle",
    [VIR_DOMAIN_PAUSED] = "paused",
    [VIR_DOMAIN_SHUTDOWN] = "in shutdown",
    [VIR_DOMAIN_SHUTOFF] = "shut off",
    [VIR_DOMAIN_CRASHED] = "crashed",
    [VIR_DOMAIN_PMSUSPENDED] = "pmsuspended",
};

const char *
virsh_state_name(int state)
{
    return state < 0 || (size_t)state >= sizeof(states) / sizeof(*states) ? "no state" : states[state];
}

static const char *const running_reasons[] = {
    [VIR_DOMAIN_RUNNING_UNKNOWN] = "unknown",
    [VIR_DOMAIN_RUNNING_BOOTED] = "booted",
    [VIR_DOMAIN_RUNNING_MIGRATED] = "migrated",
    [VIR_DOMAIN_RUNNING_RESTORED] = "restored",
    [VIR_DOMAIN_RUNNING_FROM_SNAPSHOT] = "from snapshot",
    [VIR_DOMAIN_RUNNING_UNPAUSED] = "unpaused",
    [VIR_DOMAIN_RUNNING_MIGRATION_CANCELED] = "migration canceled",
    [VIR_DOMAIN_RUNNING_SAVE_CANCELED] = "save canceled",
    [VIR_DOMAIN_RUNNING_WAKEUP] = "event wakeup",
    [VIR_DOMAIN_RUNNING_CRASHED] = "crashed",
    [VIR_DOMAIN_RUNNING_POSTCOPY] = "post-copy",
    [VIR_DOMAIN_RUNNING_POSTCOPY_FAILED] = "post-copy failed",
};

static const char *const paused_reasons[] = {
    [VIR_DOMAIN_PAUSED_UNKNOWN] = "unknown",
    [VIR_DOMAIN_PAUSED_USER] = "user",
    [VIR_DOMAIN_PAUSED_MIGRATION] = "migrating",
    [VIR_DOMAIN_PAUSED_SAVE] = "saving",
    [VIR_DOMAIN_PAUSED_DUMP] = "dumping",
    [VIR_DOMAIN_PAUSED_IOERROR] = "I/O error",
    [VIR_DOMAIN_PAUSED_WATCHDOG] = "watchdog",
    [VIR_DOMAIN_PAUSED_FROM_SNAPSHOT] = "from snapshot",
    [VIR_DOMAIN_PAUSED_SHUTTING_DOWN] = "shutting down",
    [VIR_DOMAIN_PAUSED_SNAPSHOT] = "creating snapshot",
    [VIR_DOMAIN_PAUSED_CRASHED] = "crashed",
    [VIR_DOMAIN_PAUSED_STARTING_UP] = "starting up",
    [VIR_DOMAIN_PAUSED_POSTCOPY] = "post-copy",
    [VIR_DOMAIN_PAUSED_POSTCOPY_FAILED] = "post-copy failed",
};

static const char *const shutdown_reasons[] = {
    [VIR_DOMAIN_SHUTDOWN_UNKNOWN] = "unknown",
    [VIR_DOMAIN_SHUTDOWN_USER] = "user",
};

static const char *const shutoff_reasons[] = {
    [VIR_DOMAIN_SHUTOFF_UNKNOWN] = "unknown",
    [VIR_DOMAIN_SHUTOFF_SHUTDOWN] = "shutdown",
    [VIR_DOMAIN_SHUTOFF_DESTROYED] = "destroyed",
    [VIR_DOMAIN_SHUTOFF_CRASHED] = "crashed",
    [VIR_DOMAIN_SHUTOFF_MIGRATED] = "migrated",
    [VIR_DOMAIN_SHUTOFF_SAVED] = "saved",
    [VIR_DOMAIN_SHUTOFF_FAILED] = "failed",
    [VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT] = "from snapshot",
    [VIR_DOMAIN_SHUTOFF_DAEMON] = "daemon",
};

static const char *const crashed_reasons[] = {
    [VIR_DOMAIN_CRASHED_UNKNOWN] = "unknown",
    [VIR_DOMAIN_CRASHED_PANICKED] = "panicked",
};

const char *
virsh_reason_name(int state, int reason)
{
    switch (state) {
    case VIR_DOMAIN_RUNNING:
        return VIRSH_NAME_OF(running_reasons, reason);
    case VIR_DOMAIN_PAUSED:
        return VIRSH_NAME_OF(paused_reasons, reason);
    case VIR_DOMAIN_SHUTDOWN:
        return VIRSH_NAME_OF(shutdown_reasons, reason);
    case VIR_DOMAIN_SHUTOFF:
        return VIRSH_NAME_OF(shutoff_reasons, reason);
    case VIR_DOMAIN_CRASHED:
        return VIRSH_NAME_OF(crashed_reasons, reason);
    default:
        return "unknown";
    }
}

char *
virsh_param_text(const virTypedParameter *param)
{
    switch (param->type) {
    case VIR_TYPED_PARAM_INT:
        return vir_strdup_printf("%d", param->value.i);
    case VIR_TYPED_PARAM_UINT:
        return vir_strdup_printf("%u", param->value.ui);
    case VIR_TYPED_PARAM_LLONG:
        return vir_strdup_printf("%lld", param->value.l);
    case VIR_TYPED_PARAM_ULLONG:
        return vir_strdup_printf("%llu", param->value.ul);
    case VIR_TYPED_PARAM_DOUBLE:
        return vir_strdup_printf("%f", param->value.d);
    case VIR_TYPED_PARAM_BOOLEAN:
        return vir_strdup(param->value.b ? "yes" : "no");
    case VIR_TYPED_PARAM_STRING:
        return vir_strdup(param->value.s);
    default:
        return vir_strdup_printf("unknown type %d", param->type);
    }
}

void
virsh_print_params(struct virsh *vsh, virTypedParameterPtr params, int n)
{
    for (int i = 0; i < n; i++) {
        VIR_AUTO_FREE char *text = virsh_param_text(&params[i]);

        virsh_print(vsh, "%-15s: %s\n", params[i].field, text);
    }
}

/* In the largest unit that leaves a digit before the point. */
char *
virsh_size_text(unsigned long long bytes, int digits)
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    double size = (double)bytes;
    size_t unit = 0;

    while (size >= 1024 && unit + 1 < sizeof(units) / sizeof(*units)) {
        size /= 1024;
        unit++;
    }
    return vir_strdup_printf("%.*f %s", digits, size, units[unit]);
}

void
virsh_print_field(struct virsh *vsh, const char *label, const char *text)
{
    virsh_print(vsh, "%-15s %s\n", label, text);
}

void
virsh_print_size(struct virsh *vsh, const char *label, unsigned long long bytes, bool plain)
{
    VIR_AUTO_FREE char *text = plain ? vir_strdup_printf("%llu", bytes) : virsh_size_text(bytes, 2);

    virsh_print_field(vsh, label, text);
}
