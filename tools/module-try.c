/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens a module to see what it is: in this process, or in a child that may die of it.
 */
#include "module-try.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRY_DEADLINE_MS 2000

char *
module_name(const char *path)
{
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    size_t len = strlen(base);

    if (len > 3 && !strcmp(base + len - 3, ".so"))
        len -= 3;
    return strndup(base, len);
}

const char *
module_reason(void)
{
    return vir_core.error_text(virGetLastError());
}

/* As the library's own refusals. */
static int VIR_PRINTF(1, 2)
unfit(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_core.vraise(VIR_FROM_NONE, VIR_ERR_OPERATION_FAILED, fmt, args);
    va_end(args);
    return -1;
}

static int
keep_provides(const struct vir_module_facts *facts, void *provides)
{
    *(uint32_t *)provides = facts->provides;
    return 0;
}

int
module_try(const char *path, const char *name, const struct vir_host *host, struct vir_module *ret_entry)
{
    VIR_AUTO_FREE char *symbol = vir_strdup_printf(VIR_MODULE_SYMBOL, name);
    uint32_t provides;
    void *handle;

    if (vir_core.module_look(path, name, keep_provides, &provides) < 0)
        return -1;
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return unfit("the dynamic linker says: %s", dlerror());
    return vir_core.module_start(dlsym(handle, symbol), name, provides, host, ret_entry);
}

/* ---- what it says ---- */

void
module_print_words(FILE *out, const char *key, const char *const *words)
{
    fprintf(out, "%s=", key);
    for (size_t i = 0; words && words[i]; i++)
        fprintf(out, "%s%s", i ? " " : "", words[i]);
    fputc('\n', out);
}

void
module_print_provides(FILE *out, uint32_t provides)
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

static int
print_note(const struct vir_module_facts *facts, void *out)
{
    module_print_words(out, "schemes", facts->schemes);
    module_print_provides(out, facts->provides);
    return 0;
}

void
module_print(FILE *out, const char *path, const struct vir_module *entry)
{
    fprintf(out, "name=%s\nversion=%s\nabi=%u\nsize=%u\n", entry->name, entry->version ? entry->version : "",
            entry->abi, entry->size);
    vir_core.module_look(path, entry->name, print_note, out);
}

/* ---- in a child ---- */

/* As ours, but all directories lie below ROOT: no guest is found again there, and none is
 * started.  The module may keep the pointer. */
static const struct vir_host *
trial_host(const char *root)
{
    static struct vir_host host;

    host = *vir_core.host();
    host.config_dir = vir_path_join(root, "config");
    host.state_dir = vir_path_join(root, "state");
    host.data_dir = vir_path_join(root, "data");
    host.cache_dir = vir_path_join(root, "cache");
    host.log_dir = vir_path_join(root, "log");
    host.inhibit = NULL;
    return &host;
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

/* For who asked: the error with all that belongs to it. */
static void
print_error(FILE *out)
{
    const virError *error = virGetLastError();
    VIR_AUTO_FREE char *text = vir_strdup(vir_core.error_text(error));
    char *hint = strstr(text, "\nhint: ");

    if (hint)
        *hint = '\0';
    fprintf(out, "error=%s\ncode=%d\ndomain=%d\n", text, error->code, error->domain);
    if (hint)
        fprintf(out, "hint=%s\n", hint + strlen("\nhint: "));
}

/* The child: whatever the module does, it does it here.  What it writes is shown on standard error,
 * or lost if QUIET.  Does not return. */
static void __attribute__((noreturn))
try_module(const char *path, const char *root, int fd, bool quiet)
{
    VIR_AUTO_FREE char *name = module_name(path);
    const struct rlimit no_core = { 0, 0 };
    int null = open("/dev/null", O_RDWR);
    struct vir_module entry;
    FILE *out = fdopen(fd, "w");

    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);   /* whoever ends the check ends the module */
    setrlimit(RLIMIT_CORE, &no_core);
    if (!out || null < 0)
        _exit(1);
    if (quiet)
        dup2(null, STDERR_FILENO);
    dup2(null, STDIN_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    if (module_try(path, name, trial_host(root), &entry) == 0) {
        module_print(out, path, &entry);
        fputs("ok=yes\n", out);
    } else {
        print_error(out);
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
        got = read(fd, answer + len, MODULE_ANSWER_MAX - 1 - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    answer[len] = '\0';
    return true;
}

/* What the end of the child means when it did not finish its answer; PATH: where what it wrote
 * was not shown. */
static void
explain_end(const char *path, char *answer, bool in_time, int status)
{
    VIR_AUTO_FREE char *hint =
        path ? vir_strdup_printf("hint='libvirt-module --check %s' shows what it said\n", path) : vir_strdup("");

    if (!in_time)
        snprintf(answer, MODULE_ANSWER_MAX, "error=opening it did not end within %d seconds\n%s",
                 TRY_DEADLINE_MS / 1000, hint);
    else if (WIFSIGNALED(status))
        snprintf(answer, MODULE_ANSWER_MAX, "error=opening it ended the process by signal %d (%s)\n%s",
                 WTERMSIG(status), strsignal(WTERMSIG(status)), hint);
    else
        snprintf(answer, MODULE_ANSWER_MAX, "error=opening it ended the process with exit status %d\n%s",
                 WEXITSTATUS(status), hint);
}

int
module_check(const char *path, bool quiet, char *answer)
{
    const char *base = secure_getenv("TMPDIR");
    VIR_AUTO_FREE char *root = vir_strdup_printf("%s/libvirt-module-XXXXXX",
                                                 base && access(base, W_OK | X_OK) == 0 ? base : "/tmp");
    int fds[2], status = 0;
    bool in_time;
    pid_t pid;

    if (!mkdtemp(root) || pipe2(fds, O_CLOEXEC) < 0)
        return -1;
    pid = fork();                       /* this process has one thread */
    if (pid == 0)
        try_module(path, root, fds[1], quiet);
    close(fds[1]);
    if (pid > 0) {
        in_time = read_answer(fds[0], answer);
        kill(pid, SIGKILL);             /* itself too: the module may have left its own group */
        kill(-pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        if (!in_time || (!strstr(answer, "ok=yes\n") && !strstr(answer, "error=")))
            explain_end(quiet ? path : NULL, answer, in_time, status);
    }
    close(fds[0]);
    nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return pid < 0 ? -1 : 0;
}
