/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt-module: what modules there are, what one of them offers, and why one
 * cannot be used.  The library runs it too (see module-try.c).
 */
#include "core/private.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "module-try.h"
#include "report.h"
#include "tools/slot-names.h"

static const char usage[] =
    "usage: libvirt-module --list             the modules of this installation\n"
    "       libvirt-module --dump NAME        what a module says about itself\n"
    "       libvirt-module --slots NAME       the calls that it has, one a line\n"
    "       libvirt-module --check FILE       whether a file can be used, and why not\n"
    "NAME is a module of --list or the path of a file; options may stand behind it.  --machine with --check:\n"
    "key=value for programs; --daemon: as libvirtd would use it.\n";

/* What common/ has to say. */
int
vir_report(enum vir_report_kind kind, int err, const char *text)
{
    (void)kind;
    fprintf(stderr, "libvirt-module: %s%s%s\n", text, err ? ": " : "", err ? strerror(err) : "");
    return -1;
}

/* ---- names ---- */

/* A path stays, a name becomes the file in the module directory; the caller frees. */
static char *
path_of(const char *name)
{
    char *path;

    if (strchr(name, '/'))
        return strdup(name);
    if (asprintf(&path, "%s/%s.so", vir_core.module_dir(), name) < 0)
        return NULL;
    return path;
}

/* ---- --list ---- */

static int
list_one(const struct vir_module_facts *facts, void *opaque)
{
    static const char *const processes[] = { "nowhere", "client", "daemon", "both" };

    (void)opaque;
    printf("\nmodule=%s\nfile=%s\nmanifest=%s\nabi=%u\nload-in=%s\npriority=%d\ncritical=%s\n", facts->name,
           facts->path, facts->manifest ? facts->manifest : "", facts->abi, processes[facts->load_in & 3],
           facts->priority, facts->critical ? "yes" : "no");
    module_print_words(stdout, "schemes", facts->schemes);
    module_print_provides(stdout, facts->provides);
    module_print_words(stdout, "probe", facts->probe);
    printf("default-uri=%s", facts->default_uri ? facts->default_uri : "");
    if (facts->default_user_uri != facts->default_uri)
        printf(" %s", facts->default_user_uri);
    printf("\ndescription=%s\n", facts->description ? facts->description : "");
    return 0;
}

static int
do_list(void)
{
    printf("libvirt=%s\napi=%d\nabi=%u\nmodules=%s\n", VIR_VERSION, LIBVIR_VERSION_NUMBER, VIR_MODULE_ABI,
           vir_core.module_dir());
    return vir_core.modules_list(list_one, NULL) < 0;
}

/* ---- --dump and --slots ---- */

/* The entry of a module; its load() is not called. */
static int
read_entry(const char *wanted, struct vir_module *ret_entry)
{
    VIR_AUTO_FREE char *path = path_of(wanted);
    VIR_AUTO_FREE char *name = module_name(wanted);

    if (module_try(path, name, NULL, ret_entry) == 0)
        return 0;
    fprintf(stderr, "libvirt-module: %s: %s\n", path, module_reason());
    return -1;
}

/* The slots of the module's table number TABLE; *RET_N of them. */
struct slot { void (*call)(void); uint32_t flags, traits; };

static const struct slot *
table_of(const struct vir_module *entry, unsigned int table, size_t *ret_n)
{
    const void *ops;
    uint32_t size;

    *ret_n = 0;
    memcpy(&ops, (const char *)&entry->connect + table * sizeof(ops), sizeof(ops));
    if (!ops)
        return NULL;
    memcpy(&size, ops, sizeof(size));
    *ret_n = (size - 8) / sizeof(struct slot);
    return (const struct slot *)((const char *)ops + 8);
}

static const struct slot *
slot_of(const struct vir_module *entry, unsigned int table, unsigned int number)
{
    size_t n;
    const struct slot *slots = table_of(entry, table, &n);

    return number < n && slots[number].call ? &slots[number] : NULL;
}

/* A name, and the slot that it stands for. */
struct name {
    const char *name;
    unsigned int table, number;
};

/* Calls EACH for the names whose slot the module fills; once for each name. */
static void
each_filled(const struct vir_module *entry, const struct name *names, size_t n,
            void (*each)(const char *name, const struct slot *slot))
{
    const char *last = NULL;

    for (size_t i = 0; i < n; i++) {
        const struct slot *slot = slot_of(entry, names[i].table, names[i].number);

        if (!slot || (last && !strcmp(names[i].name, last)))
            continue;
        each(names[i].name, slot);
        last = names[i].name;
    }
}

static const char *
traits_of(const struct slot *slot)
{
    return slot->traits & VIR_SLOT_NONBLOCKING ? " nonblocking" : "";
}

static void
print_call(const char *name, const struct slot *slot)
{
    printf("%s flags=0x%x%s\n", name, slot->flags, traits_of(slot));
}

static void
print_slot(const char *name, const struct slot *slot)
{
    printf("slot %s%s\n", name, traits_of(slot));
}

static int
do_slots(const char *name)
{
    static const struct name calls[] = {
#define CALL(name, table, number) { name, table, number },
        VIR_CALL_NAMES(CALL)
#undef CALL
    };
    struct vir_module entry;

    if (read_entry(name, &entry) < 0)
        return 1;
    each_filled(&entry, calls, sizeof(calls) / sizeof(calls[0]), print_call);
    return 0;
}

static int
do_dump(const char *name)
{
    static const struct name slots[] = {
#define SLOT(table, number, name) { name, table, number },
        VIR_SLOT_NAMES(SLOT)
#undef SLOT
    };
    VIR_AUTO_FREE char *path = path_of(name);
    struct vir_module entry;

    if (read_entry(name, &entry) < 0)
        return 1;
    printf("file=%s\n", path);
    module_print(stdout, path, &entry);
    each_filled(&entry, slots, sizeof(slots) / sizeof(slots[0]), print_slot);
    return 0;
}

/* ---- --check ---- */

/* The line KEY=... of an answer with WORDS before it. */
static void
tell_line(const char *answer, const char *key, const char *words)
{
    const char *line = strstr(answer, key);

    if (line)
        printf("%s%.*s\n", words, (int)strcspn(line + strlen(key), "\n"), line + strlen(key));
}

static int
do_check(const char *path, bool machine)
{
    /* The linker would look for a name without a slash in its own directories. */
    VIR_AUTO_FREE char *file = vir_strdup_printf("%s%s", strchr(path, '/') ? "" : "./", path);
    char answer[MODULE_ANSWER_MAX];
    bool bad;

    if (module_check(file, machine, answer) < 0) {
        fprintf(stderr, "libvirt-module: cannot start the check: %s\n", strerror(errno));
        return 1;
    }
    bad = strstr(answer, "error=");
    if (machine) {
        fputs(answer, stdout);
    } else {
        printf("%s: %s", path, bad ? "cannot be used: " : "can be used\n");
        tell_line(answer, "error=", "");
        tell_line(answer, "hint=", "hint: ");
    }
    return bad;
}

/* ---- the program ---- */

/* LIST to VERSION are what is to be done, one of them; NONE and CONFLICT: wrong usage. */
enum action { NONE, LIST, DUMP, SLOTS, CHECK, HELP, VERSION, CONFLICT, MACHINE, DAEMON };

static bool
takes_name(enum action action)
{
    return action == DUMP || action == SLOTS || action == CHECK;
}

static int
act(enum action action, const char *argument, bool machine)
{
    switch (action) {
    case LIST: return do_list();
    case DUMP: return do_dump(argument);
    case SLOTS: return do_slots(argument);
    case CHECK: return do_check(argument, machine);
    case VERSION: return puts(VIR_VERSION) < 0;
    default: return fputs(usage, stdout) < 0;
    }
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        { "list", no_argument, NULL, LIST },
        { "dump", optional_argument, NULL, DUMP },      /* its NAME may stand anywhere behind it */
        { "slots", optional_argument, NULL, SLOTS },
        { "check", optional_argument, NULL, CHECK },
        { "machine", no_argument, NULL, MACHINE },
        { "daemon", no_argument, NULL, DAEMON },
        { "help", no_argument, NULL, HELP },
        { "version", no_argument, NULL, VERSION },
        { NULL, 0, NULL, 0 }
    };
    const char *argument = NULL;
    enum action action = NONE;
    bool machine = false;
    int option, status;

    while ((option = getopt_long(argc, argv, "", options, NULL)) > 0 && option != '?') {
        if (option == MACHINE)
            machine = true;
        else if (option == DAEMON)
            vir_core.host_daemon(geteuid() == 0, NULL, NULL, NULL);
        else
            action = action == NONE ? (enum action)option : CONFLICT;
        if (optarg)
            argument = optarg;
    }
    if (!argument && optind < argc)
        argument = argv[optind++];
    if (option == '?' || optind < argc || action == NONE || action == CONFLICT || !argument == takes_name(action)) {
        fputs(usage, stderr);
        return 2;
    }
    status = act(action, argument, machine);
    if (fflush(stdout) != 0) {
        fprintf(stderr, "libvirt-module: cannot write to standard output: %s\n", strerror(errno));
        return 1;
    }
    return status;
}
