/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virt-host-validate [qemu | lxc | ch]: whether this host can run guests, check
 * by check, with what mends what is missing.  The lines and the exit status are
 * what scripts know of libvirt's; hints stand on lines of their own.
 */
#include <libvirt/module-base.h>

#include <dirent.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define FILE_MAX (1024 * 1024)

/* What is missing: only worse, or not to be done without. */
enum level { WARN, FAIL };

static const char *root = "";           /* of the host that is looked at; this one's if empty */
static bool quiet, as_json;
static const char *driver;              /* that the checks are of */
static char *check;                     /* the one under way */
static bool any_failed, any_told;

/* ---- telling ---- */

static void
print_json_text(const char *text)
{
    putchar('"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            putchar('\\');
        if ((unsigned char)*text < 0x20)
            printf("\\u%04x", *text);
        else
            putchar(*text);
    }
    putchar('"');
}

static void
print_json_member(const char *name, const char *text)
{
    printf(", ");
    print_json_text(name);
    printf(": ");
    print_json_text(text);
}

static void
print_result(const char *word, const char *colour, const char *message, const char *hint)
{
    if (as_json) {
        printf("%s\n  {\"driver\": \"%s\"", any_told ? "," : "", driver);
        print_json_member("check", check);
        print_json_member("result", word);
        if (*message)
            print_json_member("message", message);
        if (*hint)
            print_json_member("hint", hint);
        putchar('}');
    } else if (!quiet) {
        printf("%6s: Checking %-60s: ", driver, check);
        if (isatty(STDOUT_FILENO))
            printf("\033[%sm%s\033[0m", colour, word);
        else
            printf("%s", word);
        if (*message)
            printf(" (%s)", message);
        putchar('\n');
        if (*hint)
            printf("%6s  hint: %s\n", "", hint);
    }
    any_told = true;
}

static void VIR_PRINTF(1, 2)
begin(const char *fmt, ...)
{
    va_list args;

    free(check);
    va_start(args, fmt);
    if (vasprintf(&check, fmt, args) < 0)
        abort();
    va_end(args);
}

static void
pass(void)
{
    print_result("PASS", "32", "", "");
}

/* HINT: the command that mends it, or what is to be done where there is none. */
static void
lack(enum level level, const char *message, const char *hint)
{
    print_result(level == FAIL ? "FAIL" : "WARN", level == FAIL ? "31" : "33", message, hint);
    any_failed |= level == FAIL;
}

static void
tell(bool is_there, enum level level, const char *message, const char *hint)
{
    if (is_there)
        pass();
    else
        lack(level, message, hint);
}

/* ---- looking ---- */

static char *
in_root(const char *path)
{
    return vir_strdup_printf("%s%s", root, path);
}

static bool
can(const char *path, int mode)
{
    VIR_AUTO_FREE char *there = in_root(path);

    return access(there, mode) == 0;
}

/* The text of a file, "" if there is none; the caller frees. */
static char *
text_of(const char *path)
{
    VIR_AUTO_FREE char *there = in_root(path);
    char *text = vir_alloc_array(FILE_MAX, 1);
    FILE *file = fopen(there, "re");
    size_t n = file ? fread(text, 1, FILE_MAX - 1, file) : 0;

    if (file)
        fclose(file);
    text[n] = '\0';
    return text;
}

/* Whether WORD stands in TEXT between spaces. */
static bool
has_word(const char *text, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = text; (at = strstr(at, word)); at += len)
        if ((at == text || strchr(" \t\n,:", at[-1])) && (!at[len] || strchr(" \t\n,", at[len])))
            return true;
    return false;
}

static bool
processor_has(const char *flag)
{
    VIR_AUTO_FREE char *text = text_of("/proc/cpuinfo");

    return has_word(text, flag);
}

static const char *
architecture(void)
{
    static struct utsname name;

    uname(&name);
    return name.machine;
}

static bool
is_x86(void)
{
    const char *arch = architecture();

    return strcmp(arch, "x86_64") == 0 || (arch[0] == 'i' && strcmp(arch + 2, "86") == 0);
}

static bool
starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* ---- checks that several drivers have ---- */

static void
check_device(const char *path, enum level level, const char *message, const char *hint)
{
    begin("if device %s exists", path);
    tell(can(path, F_OK), level, message, hint);
}

/* False: there is none, and no device of it is looked for. */
static bool
check_processor(void)
{
    const char *arch = architecture();
    bool there = is_x86() ? processor_has("vmx") || processor_has("svm") :
                 starts(arch, "s390") ? processor_has("sie") :
                 starts(arch, "aarch64") ? can("/dev/kvm", F_OK) : starts(arch, "ppc64");

    begin("for hardware virtualization");
    tell(there, FAIL, "Host not compatible with KVM; HW virtualization CPU features not found. Only emulated CPUs are "
         "available; performance will be significantly limited",
         processor_has("hypervisor") ? "this is a guest itself: let its host pass the features on, with virt-xml GUEST --edit "
         "--cpu host-passthrough" : "switch VT-x or AMD-V on in the firmware's setup: systemctl reboot --firmware-setup");
    return there;
}

static void
check_kvm(void)
{
    check_device("/dev/kvm", FAIL,
                 is_x86() ? "Check that the 'kvm-intel' or 'kvm-amd' modules are loaded & the BIOS has enabled virtualization" :
                 "Check that CPU and firmware supports virtualization and kvm module is loaded",
                 processor_has("vmx") ? "modprobe kvm_intel" : processor_has("svm") ? "modprobe kvm_amd" : "modprobe kvm");
    begin("if device /dev/kvm is accessible");
    tell(can("/dev/kvm", R_OK | W_OK), FAIL,
         "Check /dev/kvm is world writable or you are in a group that is allowed to access it",
         "usermod -aG kvm $USER, and log in again");
}

/* Whether the kernel lets programs decide about devices in groups of version 2. */
static bool
can_filter_devices(const char *group)
{
    VIR_AUTO_FREE char *there = in_root(group);
    union bpf_attr attr = { 0 };
    int fd = open(there, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

    attr.query.target_fd = (uint32_t)fd;
    attr.query.attach_type = BPF_CGROUP_DEVICE;
    rc = fd < 0 ? -1 : (int)syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof(attr));
    if (fd >= 0)
        close(fd);
    return rc == 0;
}

/* In a hierarchy of version 2 mounted at GROUP. */
static bool
unified_has(const char *group, const char *controller)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("%s/cgroup.controllers", group);
    VIR_AUTO_FREE char *text = text_of(path);

    if (!can(path, R_OK))
        return false;
    if (strcmp(controller, "cpuacct") == 0)     /* each group counts */
        return true;
    if (strcmp(controller, "devices") == 0)
        return can_filter_devices(group);
    return has_word(text, strcmp(controller, "blkio") == 0 ? "io" : controller);
}

static bool
is_controller_there(const char *controller, bool *ret_unified)
{
    VIR_AUTO_FREE char *mounts = text_of("/proc/mounts");
    char *save = NULL;
    bool there = false;

    *ret_unified = false;
    for (char *line = strtok_r(mounts, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char where[256], type[32], options[256];

        if (sscanf(line, "%*s %255s %31s %255s", where, type, options) != 3)
            continue;
        if (strcmp(type, "cgroup") == 0 && has_word(options, controller))
            there = true;
        if (strcmp(type, "cgroup2") == 0) {
            *ret_unified = true;
            there |= unified_has(where, controller);
        }
    }
    return there;
}

static void
check_controllers(const char *const *controllers, enum level level)
{
    for (; *controllers; controllers++) {
        bool unified;
        bool there = is_controller_there(*controllers, &unified);
        VIR_AUTO_FREE char *message = vir_strdup_printf("Enable '%s' in kernel Kconfig file or mount/enable cgroup controller "
                                                        "in your system", *controllers);
        VIR_AUTO_FREE char *hint = unified
            ? vir_strdup("take cgroup_disable= out of the kernel's command line in /etc/default/grub, then: update-grub")
            : vir_strdup_printf("mkdir -p /sys/fs/cgroup/%s && mount -t cgroup -o %s cgroup /sys/fs/cgroup/%s", *controllers,
                                *controllers, *controllers);

        begin("for cgroup '%s' controller support", *controllers);
        tell(there, level, message, hint);
    }
}

/* ---- IOMMU ---- */

static unsigned int
count_entries(const char *path)
{
    VIR_AUTO_FREE char *there = in_root(path);
    DIR *dir = opendir(there);
    const struct dirent *entry;
    unsigned int n = 0;

    while (dir && (entry = readdir(dir)))
        n += entry->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return n;
}

/* Whether the platform has one; it is told. */
static bool
check_iommu_hardware(void)
{
    const bool intel = is_x86() && processor_has("vmx"), amd = is_x86() && processor_has("svm");
    const char *arch = architecture();

    begin("for device assignment IOMMU support");
    if (intel || amd) {
        const char *table = intel ? "DMAR" : "IVRS";
        VIR_AUTO_FREE char *path = vir_strdup_printf("/sys/firmware/acpi/tables/%s", table);
        VIR_AUTO_FREE char *message = vir_strdup_printf("No ACPI %s table found, IOMMU either disabled in BIOS or not supported "
                                                        "by this hardware platform", table);
        bool there = can(path, F_OK);

        tell(there, WARN, message, intel ? "switch VT-d on in the firmware's setup: systemctl reboot --firmware-setup"
                                         : "switch AMD-Vi (IOMMU) on in the firmware's setup: systemctl reboot --firmware-setup");
        return there;
    }
    if (starts(arch, "ppc64")) {
        pass();
        return true;
    }
    if (starts(arch, "s390")) {
        if (!can("/sys/bus/pci/devices", F_OK))
            lack(WARN, "Skipped - PCI support disabled", "start with pci=on on the kernel's command line");
        else if (count_entries("/sys/bus/pci/devices") == 0)
            lack(WARN, "Skipped - No PCI devices are online", "echo 1 >/sys/bus/pci/slots/SLOT/power");
        else
            pass();
        return count_entries("/sys/bus/pci/devices") > 0;
    }
    lack(WARN, "Unknown if this platform has IOMMU support", "");
    return false;
}

static void
check_iommu(void)
{
    bool intel = processor_has("vmx");
    const char *words = intel ? "intel_iommu=on" : "iommu=pt iommu=1";
    VIR_AUTO_FREE char *message = vir_strdup_printf("IOMMU appears to be disabled in kernel. Add %s to kernel cmdline arguments",
                                                    words);
    VIR_AUTO_FREE char *hint = vir_strdup_printf("sed -i 's/^GRUB_CMDLINE_LINUX=\"/&%s /' /etc/default/grub && update-grub", words);

    if (!check_iommu_hardware())
        return;
    begin("if IOMMU is enabled by kernel");
    if (!can("/sys/kernel/iommu_groups", F_OK))
        lack(WARN, "IOMMU capability not compiled into kernel.", "use a kernel with CONFIG_IOMMU_API=y");
    else
        tell(count_entries("/sys/kernel/iommu_groups") > 0, WARN, message, hint);
}

/* ---- guests whose memory the host cannot read ---- */

static void
check_secure_execution(void)
{
    VIR_AUTO_FREE char *words = text_of("/proc/cmdline");

    if (!processor_has("158"))          /* the number of the facility */
        lack(WARN, "Hardware or firmware does not provide support for IBM Secure Execution", "");
    else if (!can("/sys/firmware/uv", F_OK))
        lack(WARN, "IBM Secure Execution not supported by the currently used kernel", "use a kernel with CONFIG_PROTECTED_"
             "VIRTUALIZATION_GUEST=y");
    else
        tell(has_word(words, "prot_virt=1") || has_word(words, "prot_virt=y"), WARN,
             "IBM Secure Execution appears to be disabled in kernel. Add prot_virt=1 to kernel cmdline arguments",
             "add prot_virt=1 to parameters= in /etc/zipl.conf, then: zipl");
}

static void
check_sev(void)
{
    VIR_AUTO_FREE char *value = text_of("/sys/module/kvm_amd/parameters/sev");

    if (!can("/sys/module/kvm_amd/parameters/sev", R_OK))
        lack(WARN, "AMD Secure Encrypted Virtualization not supported by the currently used kernel",
             "use a kernel with CONFIG_KVM_AMD_SEV=y");
    else if (value[0] != '1' && value[0] != 'Y')
        lack(WARN, "AMD Secure Encrypted Virtualization appears to be disabled in kernel. Add kvm_amd.sev=1 to the kernel "
             "cmdline arguments", "echo 'options kvm_amd sev=1' >/etc/modprobe.d/kvm_amd.conf, and start the host anew");
    else
        tell(can("/dev/sev", F_OK), WARN, "AMD Secure Encrypted Virtualization appears to be disabled in firmware.",
             "switch SEV on in the firmware's setup: systemctl reboot --firmware-setup");
}

static void
check_secure_guests(void)
{
    begin("for secure guest support");
    if (starts(architecture(), "s390"))
        check_secure_execution();
    else if (processor_has("sev"))
        check_sev();
    else
        lack(WARN, "Unknown if this platform has Secure Guest support", "");
}

/* ---- drivers ---- */

static void
check_network_devices(void)
{
    check_device("/dev/vhost-net", WARN, "Load the 'vhost_net' module to improve performance of virtio networking",
                 "modprobe vhost_net && echo vhost_net >/etc/modules-load.d/vhost_net.conf");
    check_device("/dev/net/tun", FAIL, "Load the 'tun' module to enable networking for QEMU guests",
                 "modprobe tun && echo tun >/etc/modules-load.d/tun.conf");
}

static void
check_qemu(void)
{
    static const char *const controllers[] = { "cpu", "cpuacct", "cpuset", "memory", "devices", "blkio", NULL };

    if (check_processor())
        check_kvm();
    if (starts(architecture(), "ppc64")) {
        VIR_AUTO_FREE char *modules = text_of("/proc/modules");

        begin("for PowerPC KVM module loaded");
        tell(has_word(modules, "kvm_hv"), WARN, "Load kvm_hv for better performance", "modprobe kvm_hv");
    }
    check_network_devices();
    check_controllers(controllers, WARN);
    check_iommu();
    check_secure_guests();
}

/* Cloud Hypervisor has nothing but KVM. */
static void
check_ch(void)
{
    if (check_processor())
        check_kvm();
    check_network_devices();
    check_iommu();
}

static void
check_lxc(void)
{
    static const char *const controllers[] = { "cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", NULL };
    static const struct { const char *name; enum level level; const char *message, *hint; } namespaces[] = {
        { "ipc", FAIL, "IPC namespace support is required", "use a kernel with CONFIG_IPC_NS=y" },
        { "mnt", FAIL, "Mount namespace support is required", "use a kernel with CONFIG_NAMESPACES=y" },
        { "pid", FAIL, "PID namespace support is required", "use a kernel with CONFIG_PID_NS=y" },
        { "uts", FAIL, "UTS namespace support is required", "use a kernel with CONFIG_UTS_NS=y" },
        { "net", WARN, "Network namespace support is recommended", "use a kernel with CONFIG_NET_NS=y" },
        { "user", WARN, "User namespace support is recommended", "use a kernel with CONFIG_USER_NS=y" },
    };
    struct utsname name;
    int a = 0, b = 0, c = 0;

    uname(&name);
    sscanf(name.release, "%d.%d.%d", &a, &b, &c);
    begin("for Linux >= 2.6.26");
    tell(strcmp(name.sysname, "Linux") == 0 && (a > 2 || (a == 2 && (b > 6 || (b == 6 && c >= 26)))), FAIL,
         "Upgrade to a kernel supporting namespaces", "apt-get install linux-image-amd64");
    for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++) {
        VIR_AUTO_FREE char *path = vir_strdup_printf("/proc/self/ns/%s", namespaces[i].name);

        begin("for namespace %s", namespaces[i].name);
        tell(can(path, F_OK), namespaces[i].level, namespaces[i].message, namespaces[i].hint);
    }
    check_controllers(controllers, FAIL);
    check_device("/sys/fs/fuse/connections", FAIL, "Load the 'fuse' module to enable /proc/ overrides", "modprobe fuse");
}

/* ASKED: only who names it hears of it. */
static const struct { const char *word, *name; void (*checks)(void); bool asked; } drivers[] = {
    { "qemu", "QEMU", check_qemu, false },
    { "lxc", "LXC", check_lxc, false },
    { "ch", "CH", check_ch, true },
};

#define N_DRIVERS (sizeof(drivers) / sizeof(drivers[0]))

static int
check_all(const char *wanted)
{
    bool known = !wanted;

    for (size_t i = 0; i < N_DRIVERS && !known; i++)
        known = strcmp(drivers[i].word, wanted) == 0;
    if (!known) {
        fprintf(stderr, "virt-host-validate: unsupported hypervisor name %s\n", wanted);
        return 1;
    }
    if (as_json)
        printf("{\"checks\": [");
    for (size_t i = 0; i < N_DRIVERS; i++) {
        if (wanted ? strcmp(drivers[i].word, wanted) != 0 : drivers[i].asked)
            continue;
        driver = drivers[i].name;
        drivers[i].checks();
    }
    if (as_json)
        printf("\n], \"result\": \"%s\"}\n", any_failed ? "FAIL" : "PASS");
    free(check);
    return any_failed ? 1 : 0;
}

static void
print_help(void)
{
    puts("\n"
         "syntax: virt-host-validate [OPTIONS] [HVTYPE]\n"
         "\n"
         "Whether this host can run guests, and what mends what is missing.\n"
         "\n"
         " Hypervisor types (without one: qemu and lxc):\n"
         "\n"
         "   - qemu\n"
         "   - lxc\n"
         "   - ch\n"
         "\n"
         " Options:\n"
         "   -h, --help     this text\n"
         "   -v, --version  the version\n"
         "   -q, --quiet    print nothing: the exit status tells\n"
         "       --json     print JSON\n"
         "       --root DIR look at the files of the host below DIR\n");
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        { "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'v' }, { "quiet", no_argument, NULL, 'q' },
        { "json", no_argument, NULL, 'j' }, { "root", required_argument, NULL, 'r' }, { NULL, 0, NULL, 0 },
    };
    int option;

    while ((option = getopt_long(argc, argv, "hvq", options, NULL)) != -1) {
        switch (option) {
        case 'h':
            print_help();
            return 0;
        case 'v':
            puts("version: virt-host-validate 9.0.0");
            return 0;
        case 'q':
            quiet = true;
            break;
        case 'j':
            as_json = true;
            break;
        case 'r':
            root = optarg;
            break;
        default:
            print_help();
            return 1;
        }
    }
    if (argc - optind > 1) {
        fputs("virt-host-validate: too many command line arguments\n", stderr);
        return 1;
    }
    return check_all(argv[optind]);
}
