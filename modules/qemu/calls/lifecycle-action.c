/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What happens when a guest powers off, reboots or crashes: of the next start, and of one that runs.
 */
#include "calls/calls.h"
#include "document/machine.h"
#include "guest/hotplug.h"
#include "qmp/monitor.h"

struct action {
    unsigned int type;                  /* virDomainLifecycle */
    enum qemu_lifecycle does;
};

static const enum qemu_lifecycle words[] = {    /* by virDomainLifecycleAction */
    QEMU_LIFECYCLE_DESTROY, QEMU_LIFECYCLE_RESTART, QEMU_LIFECYCLE_RENAME_RESTART, QEMU_LIFECYCLE_PRESERVE,
    QEMU_LIFECYCLE_COREDUMP_DESTROY, QEMU_LIFECYCLE_COREDUMP_RESTART,
};

static struct qemu_def *
define(const struct qemu_def *def, const void *what)
{
    const struct action *action = what;
    struct qemu_def *now = qemu_def_copy(def);

    if (!now)
        return NULL;
    *(action->type == VIR_DOMAIN_LIFECYCLE_POWEROFF ? &now->doc->on_poweroff
      : action->type == VIR_DOMAIN_LIFECYCLE_REBOOT ? &now->doc->on_reboot : &now->doc->on_crash) = action->does;
    return qemu_machine_check(now->doc) < 0 ? qemu_def_unref(now) : now;
}

static int
set_live(struct qemu_run *run, const void *what)
{
    struct qemu_def *live = qemu_live_now(run), *now = live ? define(live, what) : NULL;
    int ret = -1;

    if (now && qemu_machine_startable(now->doc) == 0)
        ret = qemu_monitor_call(run->monitor, "set-action", qemu_actions_say(now->doc), QEMU_COMMAND_MS, NULL);
    qemu_def_unref(live);
    if (ret == 0)
        qemu_live_show(run, now, NULL);
    else
        qemu_def_unref(now);
    return ret;
}

static const struct qemu_verb set_action = { "set-lifecycle-action", define, set_live };

int
qemu_domain_set_lifecycle_action(virDomainPtr dom, unsigned int type, unsigned int action, unsigned int flags)
{
    if (type > VIR_DOMAIN_LIFECYCLE_CRASH)
        return vir_raise(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "invalid lifecycle type '%u'", type);
    if (action > VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_RESTART)
        return vir_raise(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "invalid lifecycle action '%u'", action);
    return qemu_change_domain(dom, &set_action, &(struct action){ type, words[action] }, flags);
}
