/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt-module: what modules there are, what one of them offers, and why one
 * cannot be used.  The library runs it too: to try a module in a process that
 * may die of it.
 */
#include "core/private.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report.h"
#include "tools/slot-names.h"

#define TRY_DEADLINE_MS 2000
#define ANSWER_MAX 8192

static const char usage[] =
    "usage: libvirt-module --list             the modules of this installation\n"
    "       libvirt-module --dump NAME        what a module says about itself\n"
    "       libvirt-module --slots NAME       the calls that it has, one a line\n"
    "       libvirt-module --check FILE       whether a file can be used, and why not\n"
    "NAME is a module of --list or the path of a file.  --machine with --check:\n"
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

/* "/dir/NAME.so" gives "NAME"; the caller frees. */
static char *
name_of_file(const char *path)
{
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    size_t len = strlen(base);

    if (len > 3 && !strcmp(base + len - 3, ".so"))
        len -= 3;
    return strndup(base, len);
}

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

/* The thread's error without the phrase that begins all of them. */
static const char *
reason(void)
{
    static const char phrase[] = "operation failed: ";
    const char *text = virGetLastErrorMessage();

    return strncmp(text, phrase, strlen(phrase)) ? text : text + strlen(phrase);
}

static void
print_words(FILE *out, const char *key, const char *const *words)
{
    fprintf(out, "%s=", key);
    for (size_t i = 0; words && words[i]; i++)
        fprintf(out, "%s%s", i ? " " : "", words[i]);
    fputc('\n', out);
}

static void
print_provides(FILE *out, uint32_t provides)
{
    const char *name, *gap = "";

    fputs("provides=", out);
    for (unsigned int i = 0; (name = vir_core.provides_name(i)); i++)
        if (provides & 1u << i) {
            fprintf(out, "%s%s", gap, name);
            gap = " ";
        }
    fputc('\n', out);
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
    print_words(stdout, "schemes", facts->schemes);
    print_provides(stdout, facts->provides);
    print_words(stdout, "probe", facts->probe);
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
    VIR_AUTO_FREE char *name = name_of_file(wanted);

    if (vir_core.module_try(path, name, NULL, ret_entry) == 0)
        return 0;
    fprintf(stderr, "libvirt-module: %s: %s\n", path, reason());
    return -1;
}

/* The slots of the module's table number TABLE; *RET_N of them. */
struct slot { void (*call)(void); uint32_t flags, traits; };

static const struct slot *
table_of(const struct vir_module *entry, unsigned int table, size_t *ret_n)
{
    const void *const tables[VIR_TABLE_LAST] = {
        [VIR_TABLE_CONNECT] = entry->connect, [VIR_TABLE_DOMAIN] = entry->domain,
        [VIR_TABLE_SNAPSHOT] = entry->snapshot, [VIR_TABLE_CHECKPOINT] = entry->checkpoint,
        [VIR_TABLE_INTERFACE] = entry->interface, [VIR_TABLE_NETWORK] = entry->network,
        [VIR_TABLE_NODEDEV] = entry->nodedev, [VIR_TABLE_NWFILTER] = entry->nwfilter,
        [VIR_TABLE_SECRET] = entry->secret, [VIR_TABLE_STORAGE] = entry->storage,
        [VIR_TABLE_QEMU] = entry->qemu, [VIR_TABLE_LXC] = entry->lxc,
    };
    uint32_t size;

    *ret_n = 0;
    if (table >= VIR_TABLE_LAST || !tables[table])
        return NULL;
    memcpy(&size, tables[table], sizeof(size));
    *ret_n = (size - 8) / sizeof(struct slot);
    return (const struct slot *)((const char *)tables[table] + 8);
}

static const struct slot *
slot_of(const struct vir_module *entry, unsigned int table, unsigned int number)
{
    size_t n;
    const struct slot *slots = table_of(entry, table, &n);

    return number < n && slots[number].call ? &slots[number] : NULL;
}

struct slot_name {
    unsigned int table, number;
    const char *name;
    const char *call;                   /* the public function; "" for an internal slot */
};

static const struct slot_name slot_names[] = {
#define SLOT(table, number, name, call) { table, number, name, call },
    VIR_SLOT_NAMES(SLOT)
#undef SLOT
};

/* Calls EACH for every slot that the module fills. */
static void
each_slot(const struct vir_module *entry, void (*each)(const struct slot_name *name, const struct slot *slot))
{
    for (size_t i = 0; i < sizeof(slot_names) / sizeof(slot_names[0]); i++) {
        const struct slot *slot = slot_of(entry, slot_names[i].table, slot_names[i].number);

        if (slot)
            each(&slot_names[i], slot);
    }
}

static const char *
traits_of(const struct slot *slot)
{
    return slot->traits & VIR_SLOT_NONBLOCKING ? " nonblocking" : "";
}

static void
print_call(const struct slot_name *name, const struct slot *slot)
{
    if (*name->call)
        printf("%s flags=0x%x%s\n", name->call, slot->flags, traits_of(slot));
}

static void
print_slot(const struct slot_name *name, const struct slot *slot)
{
    printf("slot %s%s\n", name->name, traits_of(slot));
}

static int
do_slots(const char *name)
{
    struct vir_module entry;

    if (read_entry(name, &entry) < 0)
        return 1;
    each_slot(&entry, print_call);
    return 0;
}

static void
print_entry(FILE *out, const struct vir_module *entry)
{
    fprintf(out, "name=%s\nversion=%s\nabi=%u\nsize=%u\n", entry->name, entry->version ? entry->version : "",
            entry->abi, entry->size);
    print_words(out, "schemes", entry->schemes);
    print_provides(out, entry->provides);
}

static int
do_dump(const char *name)
{
    VIR_AUTO_FREE char *path = path_of(name);
    struct vir_module entry;

    if (read_entry(name, &entry) < 0)
        return 1;
    printf("file=%s\n", path);
    print_entry(stdout, &entry);
    each_slot(&entry, print_slot);
    return 0;
}

/* ---- --check ---- */

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

/* The child: whatever the module does, it does it here.  Does not return. */
static void __attribute__((noreturn))
try_module(const char *path, const char *root, int fd)
{
    VIR_AUTO_FREE char *name = name_of_file(path);
    const struct rlimit no_core = { 0, 0 };
    int null = open("/dev/null", O_RDWR);
    struct vir_module entry;
    FILE *out = fdopen(fd, "w");

    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);   /* whoever ends the check ends the module */
    setrlimit(RLIMIT_CORE, &no_core);
    if (!out || null < 0)
        _exit(1);
    for (int i = 0; i <= STDERR_FILENO; i++)
        dup2(null, i);
    if (vir_core.module_try(path, name, root, &entry) == 0) {
        print_entry(out, &entry);
        fputs("ok=yes\n", out);
    } else {
        fprintf(out, "error=%s\n", reason());
    }
    fflush(out);
    _exit(0);                           /* without the module's exit handlers */
}

/* Reads what the child says until it ends; false when the time is over. */
static bool
read_answer(int fd, char *answer)
{
    int64_t deadline = vir_now_ms() + TRY_DEADLINE_MS;
    size_t len = 0;

    for (;;) {
        struct pollfd item = { .fd = fd, .events = POLLIN };
        int64_t left = deadline - vir_now_ms();
        ssize_t got;

        if (left <= 0 || poll(&item, 1, (int)left) == 0)
            return false;
        got = read(fd, answer + len, ANSWER_MAX - 1 - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    answer[len] = '\0';
    return true;
}

/* What the end of the child means when it did not finish its answer. */
static void
explain_end(char *answer, bool in_time, int status)
{
    if (!in_time)
        snprintf(answer, ANSWER_MAX, "error=opening it did not end within %d seconds\n",
                 TRY_DEADLINE_MS / 1000);
    else if (WIFSIGNALED(status))
        snprintf(answer, ANSWER_MAX, "error=opening it ended the process by signal %d (%s)\n",
                 WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        snprintf(answer, ANSWER_MAX, "error=opening it ended the process with exit status %d\n",
                 WEXITSTATUS(status));
}

static int
check(const char *path, char *answer)
{
    const char *base = secure_getenv("TMPDIR");
    VIR_AUTO_FREE char *root = vir_strdup_printf("%s/libvirt-module-XXXXXX", base ? base : "/tmp");
    int fds[2], status = 0;
    bool in_time;
    pid_t pid;

    if (!mkdtemp(root) || pipe2(fds, O_CLOEXEC) < 0)
        return -1;
    pid = fork();                       /* this process has one thread */
    if (pid == 0)
        try_module(path, root, fds[1]);
    close(fds[1]);
    if (pid > 0) {
        in_time = read_answer(fds[0], answer);
        kill(pid, SIGKILL);             /* itself too: the module may have left its own group */
        kill(-pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        if (!in_time || (!strstr(answer, "ok=yes\n") && !strstr(answer, "error=")))
            explain_end(answer, in_time, status);
    }
    close(fds[0]);
    nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return pid < 0 ? -1 : 0;
}

static int
do_check(const char *path, bool machine)
{
    /* The linker would look for a name without a slash in its own directories. */
    VIR_AUTO_FREE char *file = vir_strdup_printf("%s%s", strchr(path, '/') ? "" : "./", path);
    char answer[ANSWER_MAX];
    const char *error;

    if (check(file, answer) < 0) {
        fprintf(stderr, "libvirt-module: cannot start the check: %s\n", strerror(errno));
        return 1;
    }
    error = strstr(answer, "error=");
    if (machine)
        fputs(answer, stdout);
    else if (error)
        printf("%s: cannot be used: %s", path, error + strlen("error="));
    else
        printf("%s: can be used\n", path);
    return error != NULL;
}

/* ---- the program ---- */

/* LIST to VERSION are what is to be done, one of them; NONE and CONFLICT: wrong usage. */
enum action { NONE, LIST, DUMP, SLOTS, CHECK, HELP, VERSION, CONFLICT, MACHINE, DAEMON };

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
        { "dump", required_argument, NULL, DUMP },
        { "slots", required_argument, NULL, SLOTS },
        { "check", required_argument, NULL, CHECK },
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
            vir_core.host_daemon(geteuid() == 0, NULL);
        else
            action = action == NONE ? (enum action)option : CONFLICT;
        if (optarg)
            argument = optarg;
    }
    if (option == '?' || optind < argc || action == NONE || action == CONFLICT) {
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
