/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The emulator's command line: the machine itself.  Devices are in
 * command-devices.c.  Values that can hold any character are given as JSON, or
 * as an argument of their own; the rest is escaped here.
 */
#include "device/command-parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the machine ------------------------------------------------------------------ */

/* QEMU's option syntax: a comma in a value is written twice. */
static void
add_name(struct qemu_command *command, const char *name)
{
    struct vir_buf buf = { 0 };

    vir_buf_add(&buf, "guest=");
    for (const char *c = name; *c; c++)
        vir_buf_add_mem(&buf, *c == ',' ? ",," : c, *c == ',' ? 2 : 1);
    vir_buf_add(&buf, ",debug-threads=on");
    qemu_command_add(command, "-name", "");
    free(command->argv[command->n - 1]);
    command->argv[command->n - 1] = vir_buf_steal(&buf);
}

static bool
has_no_hpet(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->clock.n_timers; i++)
        if (doc->clock.timers[i]->name == QEMU_DOMAIN_CLOCK_TIMER_NAME_HPET)
            return doc->clock.timers[i]->shown == VIR_XML_NO;
    return false;
}

/* The other timers stay as the machine has them. */
static int
check_board(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->clock.n_timers; i++) {
        enum qemu_domain_clock_timer_name name = doc->clock.timers[i]->name;

        if (doc->clock.timers[i]->shown == VIR_XML_NO && name != QEMU_DOMAIN_CLOCK_TIMER_NAME_HPET &&
            name != QEMU_DOMAIN_CLOCK_TIMER_NAME_KVMCLOCK && name != QEMU_DOMAIN_CLOCK_TIMER_NAME_HYPERVCLOCK)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                             "the qemu driver cannot take the timer '%s' away yet",
                             vir_xml_enum_word(&qemu_domain_clock_timer_name_words, name));
    }
    if (doc->features.apic.eoi)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "the qemu driver does not do the attribute 'eoi' of <apic> yet");
    return 0;
}

static void
add_machine(struct qemu_command *command, const struct qemu_def *def)
{
    qemu_command_addf(command, "-machine", "%s,usb=off%s%s,dump-guest-core=off,memory-backend=pc.ram",
                      def->doc->os.type.machine, def->doc->features.acpi ? "" : ",acpi=off",
                      has_no_hpet(def->doc) ? ",hpet=off" : "");
    qemu_command_add(command, "-accel", qemu_def_is_kvm(def) ? "kvm" : "tcg");
}

/* Without `enforce` QEMU leaves out what the host does not have: so it is with optional features. */
static int
add_cpu_features(struct vir_buf *buf, const struct qemu_domain_def *doc)
{
    bool enforced = doc->cpu.check == QEMU_DOMAIN_CPU_CHECK_FULL;

    for (size_t i = 0; i < doc->cpu.n_features; i++) {
        const struct qemu_domain_cpu_feature_def *feature = doc->cpu.features[i];
        bool off = feature->policy == QEMU_DOMAIN_CPU_FEATURE_POLICY_DISABLE ||
            feature->policy == QEMU_DOMAIN_CPU_FEATURE_POLICY_FORBID;

        if (feature->name[strspn(feature->name, "abcdefghijklmnopqrstuvwxyz0123456789_.-")])
            return vir_error(VIR_ERR_XML_ERROR, "cpu feature '%s' cannot be the name of one", feature->name);
        if (!(enforced && feature->policy == QEMU_DOMAIN_CPU_FEATURE_POLICY_OPTIONAL))
            vir_buf_addf(buf, ",%s=%s", feature->name, off ? "off" : "on");
    }
    return 0;
}

static int
add_cpu_model(struct vir_buf *buf, const struct qemu_def *def)
{
    const struct qemu_domain_def *doc = def->doc;
    bool kvm = qemu_def_is_kvm(def);

    switch (doc->cpu.mode) {
    case QEMU_DOMAIN_CPU_MODE_HOST_PASSTHROUGH:
        if (!kvm)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                             "cpu mode 'host-passthrough' needs a domain of type kvm");
        vir_buf_addf(buf, "host,migratable=%s", doc->cpu.migratable == VIR_XML_NO ? "off" : "on");
        return 0;
    case QEMU_DOMAIN_CPU_MODE_HOST_MODEL:
        vir_buf_add(buf, kvm ? "host,migratable=on" : "max");
        return 0;
    case QEMU_DOMAIN_CPU_MODE_MAXIMUM:
        vir_buf_addf(buf, "max%s", doc->cpu.migratable == VIR_XML_NO ? ",migratable=off"
                     : doc->cpu.migratable == VIR_XML_YES ? ",migratable=on" : "");
        return 0;
    default:
        break;
    }
    if (!doc->cpu.model.name || strchr(doc->cpu.model.name, ','))
        return vir_error(VIR_ERR_XML_ERROR, "the <cpu> of domain '%s' has no usable <model>", doc->name);
    vir_buf_add(buf, doc->cpu.model.name);
    return 0;
}

static void
add_kvmclock(struct vir_buf *buf, const struct qemu_def *def)
{
    for (size_t i = 0; i < def->doc->clock.n_timers; i++) {
        const struct qemu_domain_clock_timer_def *timer = def->doc->clock.timers[i];

        if (timer->name == QEMU_DOMAIN_CLOCK_TIMER_NAME_KVMCLOCK && timer->shown && qemu_def_is_kvm(def))
            vir_buf_addf(buf, ",kvmclock=%s", timer->shown == VIR_XML_YES ? "on" : "off");
    }
}

static int
add_cpu(struct qemu_command *command, const struct qemu_def *def)
{
    struct vir_buf buf = { 0 };
    int ret = add_cpu_model(&buf, def);

    if (ret == 0)
        ret = add_cpu_features(&buf, def->doc);
    if (def->doc->cpu.check == QEMU_DOMAIN_CPU_CHECK_FULL)
        vir_buf_add(&buf, ",enforce=on");
    add_kvmclock(&buf, def);
    if (ret == 0)
        qemu_command_add(command, "-cpu", buf.text);
    vir_buf_free(&buf);
    return ret;
}

static void
add_memory(struct qemu_command *command, const struct qemu_def *def)
{
    struct json_object *ram = json_object_new_object();

    qemu_command_addf(command, "-m", "size=%lluk", def->doc->memory);
    json_object_object_add(ram, "qom-type", json_object_new_string("memory-backend-ram"));
    json_object_object_add(ram, "id", json_object_new_string("pc.ram"));
    json_object_object_add(ram, "size", json_object_new_int64((int64_t)(def->doc->memory * 1024)));
    qemu_command_json(command, "-object", ram);
    qemu_command_add(command, "-overcommit", "mem-lock=off");
}

static void
add_vcpus(struct qemu_command *command, const struct qemu_def *def)
{
    const struct qemu_domain_def *doc = def->doc;
    unsigned int sockets = doc->vcpu.count, dies = 1, cores = 1, threads = 1;

    if (doc->cpu.topology.present) {
        sockets = doc->cpu.topology.sockets;
        dies = doc->cpu.topology.has_dies ? doc->cpu.topology.dies : 1;
        cores = doc->cpu.topology.cores;
        threads = doc->cpu.topology.threads;
    }
    qemu_command_addf(command, "-smp", "%u,maxcpus=%u,sockets=%u,dies=%u,cores=%u,threads=%u",
                      qemu_def_vcpus_now(def), doc->vcpu.count, sockets, dies, cores, threads);
}

/* ---- start-up ------------------------------------------------------------------------- */

static void
add_boot(struct qemu_command *command, const struct qemu_domain_def *doc)
{
    bool menu = doc->os.bootmenu.enable == VIR_XML_YES;

    qemu_command_addf(command, "-boot", "%sstrict=on", menu ? "menu=on," : "");
    if (doc->os.kernel)
        qemu_command_add(command, "-kernel", doc->os.kernel);
    if (doc->os.initrd)
        qemu_command_add(command, "-initrd", doc->os.initrd);
    if (doc->os.cmdline)
        qemu_command_add(command, "-append", doc->os.cmdline);
}

static int
add_clock(struct qemu_command *command, const struct qemu_domain_def *doc)
{
    if (doc->clock.offset != QEMU_DOMAIN_CLOCK_OFFSET_UTC &&
        doc->clock.offset != QEMU_DOMAIN_CLOCK_OFFSET_LOCALTIME)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the qemu driver does not do <clock offset='%s'> yet",
                         vir_xml_enum_word(&qemu_domain_clock_offset_words, doc->clock.offset));
    qemu_command_addf(command, "-rtc", "base=%s",
                      vir_xml_enum_word(&qemu_domain_clock_offset_words, doc->clock.offset));
    return 0;
}

static void
add_monitor(struct qemu_command *command, int fd)
{
    qemu_command_addf(command, "-chardev", "socket,id=charmonitor,fd=%d,server=on,wait=off", fd);
    qemu_command_add(command, "-mon", "chardev=charmonitor,id=monitor,mode=control");
}

static void
add_actions(struct qemu_command *command, const struct qemu_domain_def *doc)
{
    if (doc->on_reboot == QEMU_LIFECYCLE_DESTROY)
        qemu_command_add(command, "-action", "reboot=shutdown");
    if (doc->on_crash == QEMU_LIFECYCLE_PRESERVE)
        qemu_command_add(command, "-action", "panic=pause");
}

int
qemu_command_make(const struct qemu_def *def, int monitor_fd, struct qemu_command *ret)
{
    const struct qemu_domain_def *doc = def->doc;
    struct qemu_command command = { 0 };
    char uuid[VIR_UUID_STRING_BUFLEN];

    qemu_command_add(&command, doc->devices.emulator, NULL);
    add_name(&command, doc->name);
    qemu_command_add(&command, "-S", NULL);
    add_machine(&command, def);
    if (check_board(doc) < 0 || add_cpu(&command, def) < 0)
        goto fail;
    add_memory(&command, def);
    add_vcpus(&command, def);
    vir_uuid_format(doc->uuid, uuid);
    qemu_command_add(&command, "-uuid", uuid);
    qemu_command_add(&command, "-display", "none");
    qemu_command_add(&command, "-no-user-config", NULL);
    qemu_command_add(&command, "-nodefaults", NULL);
    add_monitor(&command, monitor_fd);
    if (add_clock(&command, doc) < 0)
        goto fail;
    add_actions(&command, doc);
    add_boot(&command, doc);
    if (qemu_command_devices(def, &command) < 0)
        goto fail;
    qemu_command_add(&command, "-sandbox",
                     "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
    qemu_command_add(&command, "-msg", "timestamp=on");
    *ret = command;
    return 0;

fail:
    qemu_command_free(&command);
    return -1;
}
