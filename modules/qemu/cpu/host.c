/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host's processor, asked of itself.
 */
#include "cpu/cpu.h"

#include <fcntl.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#if defined(__x86_64__) || defined(__i386__)
# include <cpuid.h>
#else
# define __get_cpuid_count(leaf, subleaf, a, b, c, d) (*(a) = *(b) = *(c) = *(d) = 0)
#endif

enum { MAX_CPUINFO = 16 * 1024 * 1024 };

/* All 0 where the processor has no such leaf. */
static void
ask_cpuid(uint32_t leaf, uint32_t subleaf, unsigned int regs[4])
{
    memset(regs, 0, 4 * sizeof(*regs));
    if (!__get_cpuid_count(leaf, subleaf, &regs[0], &regs[1], &regs[2], &regs[3]))
        memset(regs, 0, 4 * sizeof(*regs));
}

static void
ask_signature(struct qemu_cpu *cpu)
{
    unsigned int regs[4], family, model;
    char letters[13] = "";

    ask_cpuid(0, 0, regs);
    memcpy(letters, &regs[1], 4);
    memcpy(letters + 4, &regs[3], 4);
    memcpy(letters + 8, &regs[2], 4);
    cpu->vendor = qemu_cpu_vendor_of(letters);
    ask_cpuid(1, 0, regs);
    family = regs[0] >> 8 & 0xf;
    model = regs[0] >> 4 & 0xf;
    if (family == 6 || family == 15)
        model += (regs[0] >> 16 & 0xf) << 4;
    if (family == 15)
        family += regs[0] >> 20 & 0xff;
    cpu->family = family;
    cpu->model = model;
    cpu->stepping = regs[0] & 0xf;
}

/* The register that says what the processor is safe from, as KVM may tell of it. */
static uint64_t
ask_msr(int kvm, uint32_t index)
{
    struct {
        struct kvm_msrs head;
        struct kvm_msr_entry entry;
    } asked = { .head.nmsrs = 1, .entry.index = index };

    return kvm >= 0 && ioctl(kvm, KVM_GET_MSRS, &asked) == 1 ? asked.entry.data : 0;
}

static void
ask_features(struct qemu_cpu *cpu, int kvm)
{
    size_t tells = qemu_cpu_feature_find("arch-capabilities", false);

    for (size_t i = 0; i < qemu_cpu_n_features; i++) {
        const struct qemu_cpu_feature *feature = &qemu_cpu_features[i];
        unsigned int regs[4] = { 0 };

        if (!feature->msr) {
            ask_cpuid(feature->leaf, feature->subleaf, regs);
        } else if (tells < qemu_cpu_n_features && qemu_cpu_set_has(&cpu->features, tells)) {
            uint64_t value = ask_msr(kvm, feature->leaf);

            regs[0] = (unsigned int)value;
            regs[3] = (unsigned int)(value >> 32);
        }
        if (regs[feature->reg] >> feature->bit & 1)
            qemu_cpu_set_add(&cpu->features, i);
    }
}

/* KVM tells the frequency of a virtual processor's counter, which is the host's. */
static void
ask_counter(struct qemu_cpu_host *host, int kvm)
{
    VIR_AUTO_CLOSE int machine = kvm < 0 ? -1 : ioctl(kvm, KVM_CREATE_VM, 0);
    VIR_AUTO_CLOSE int vcpu = machine < 0 ? -1 : ioctl(machine, KVM_CREATE_VCPU, 0);
    int khz = vcpu < 0 ? -1 : ioctl(vcpu, KVM_GET_TSC_KHZ, 0);

    if (khz <= 0)
        return;
    host->tsc_hz = (uint64_t)khz * 1000;
    host->tsc_scales = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_TSC_CONTROL) > 0;
}

/* The number behind "NAME : " in the kernel's list, of its first processor; 0: not there. */
static unsigned int
number_of(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    at = at ? strchr(at, ':') : NULL;
    return at ? (unsigned int)strtoul(at + 1, NULL, 0) : 0;
}

static void
ask_kernel(struct qemu_cpu_host *host)
{
    VIR_AUTO_FREE char *text = NULL;

    if (vir_file_read_path("/proc/cpuinfo", MAX_CPUINFO, &text, NULL) < 0) {
        virFreeError(vir_error_take());
        return;
    }
    host->microcode = number_of(text, "\nmicrocode\t");
    host->address_bits = number_of(text, "\naddress sizes\t");
}

static struct qemu_cpu_host the_host;

static void
ask(void)
{
    VIR_AUTO_CLOSE int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

    ask_signature(&the_host.cpu);
    ask_features(&the_host.cpu, kvm);
    ask_counter(&the_host, kvm);
    ask_kernel(&the_host);
    the_host.said = qemu_cpu_decode(&the_host.cpu, true, NULL, NULL);
}

const struct qemu_cpu_host *
qemu_cpu_host(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, ask);
    return &the_host;
}

/* ---- writing it ---------------------------------------------------------------------------------------- */

void
qemu_cpu_host_format(struct vir_buf *buf)
{
    const struct qemu_cpu_host *host = qemu_cpu_host();

    if (!host->said.kind)
        return;
    vir_buf_addf(buf, "      <model>%s</model>\n", host->said.kind->name);
    if (host->cpu.vendor)
        vir_buf_addf(buf, "      <vendor>%s</vendor>\n", host->cpu.vendor);
    if (host->microcode)
        vir_buf_addf(buf, "      <microcode version='%u'/>\n", host->microcode);
    vir_buf_addf(buf, "      <signature family='%u' model='%u' stepping='%u'/>\n", host->cpu.family, host->cpu.model,
                 host->cpu.stepping);
    if (host->tsc_hz)
        vir_buf_addf(buf, "      <counter name='tsc' frequency='%llu' scaling='%s'/>\n",
                     (unsigned long long)host->tsc_hz, host->tsc_scales ? "yes" : "no");
}

void
qemu_cpu_host_format_features(struct vir_buf *buf)
{
    const struct qemu_cpu_host *host = qemu_cpu_host();

    if (!host->said.kind)
        return;
    if (host->address_bits)
        vir_buf_addf(buf, "      <maxphysaddr mode='emulate' bits='%u'/>\n", host->address_bits);
    qemu_cpu_set_format(&host->said.more, NULL, 6, buf);
}
