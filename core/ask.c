/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lets a child process open a module first.  Whatever the module does there (ends
 * the process, never returns) happens to the child, and becomes a sentence.
 * That a file can be used is remembered, so that this costs something only once; why
 * one cannot is not, because it may pass.
 */
#include "ask.h"
#include "host.h"
#include "module-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The checker itself gives the module 2 s; this is for the checker. */
#define ASK_DEADLINE_MS 5000
#define ASK_ANSWER_MAX 8192

/* Runs the checker on PATH; *ret_answer: "ok=yes" with facts, or "error=...".  A
 * program that waits for "any child" must not take it for one of its own. */
static int
run_checker(const char *path, char **ret_answer)
{
    const char *const argv[] = { vir_host_module_checker(), "--check", path, "--machine",
                                 vir_host()->daemon ? "--daemon" : NULL, NULL };
    VIR_AUTO_CLOSE int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv, .env = (const char *const *)environ,
                               .cwd = ".", .new_session = true, .orphan = true };
    VIR_AUTO_FREE char *answer = NULL;

    if (null < 0)
        return vir_raise_errno(VIR_FROM_NONE, errno, "cannot open /dev/null");
    child.stderr_fd = null;
    if (vir_child_run(&child, NULL, ASK_ANSWER_MAX, ASK_DEADLINE_MS, &answer, NULL) < 0)
        return -1;
    if (!strstr(answer, "ok=yes\n") && !strstr(answer, "error="))
        return vir_raise(VIR_FROM_NONE, VIR_ERR_OPERATION_FAILED, "it cannot be checked: '%s' says nothing",
                         argv[0]);
    *ret_answer = vir_steal(&answer);
    return 0;
}

/* ---- good ones are remembered ---- */

static int
cache_open(void)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("%s/modules", vir_host()->cache_dir);
    int fd;

    /* Somebody tries another module directory: the system's cache is not for that. */
    if (vir_host()->privileged && secure_getenv("LIBVIRT_DRIVER_DIR"))
        return -1;
    fd = vir_dir_open(path, 0700);
    virResetLastError();                /* without a cache everything works as well */
    return fd;
}

/* Whether FILE in the cache says that IDENTITY is good. */
static bool
is_known(const char *file, const char *identity)
{
    VIR_AUTO_FREE char *text = NULL;
    VIR_AUTO_CLOSE int dir = cache_open();
    struct stat st;
    size_t len;

    if (dir < 0 || fstatat(dir, file, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_uid != geteuid())
        return false;
    if (vir_file_read(dir, file, ASK_ANSWER_MAX, &text, &len) < 0) {
        virResetLastError();
        return false;
    }
    return !strcmp(text, identity);
}

static void
remember(const char *file, const char *identity)
{
    VIR_AUTO_CLOSE int dir = cache_open();

    if (dir >= 0 && vir_file_write(dir, file, identity, strlen(identity), 0600) < 0)
        virResetLastError();
}

/* ---- the answer ---- */

/* The value of KEY in lines key=value; NULL if there is none.  The caller frees. */
static char *
fact(const char *answer, const char *key)
{
    size_t len = strlen(key);

    for (const char *line = answer; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (!strncmp(line, key, len) && line[len] == '=')
            return vir_strndup(line + len + 1, strcspn(line + len + 1, "\n"));
    return NULL;
}

static int
number(const char *answer, const char *key, int otherwise)
{
    VIR_AUTO_FREE char *text = fact(answer, key);

    return text ? atoi(text) : otherwise;
}

/* The error that the child met. */
static int
raise_answer(const char *answer, const char *error)
{
    VIR_AUTO_FREE char *hint = fact(answer, "hint");

    vir_raise(number(answer, "domain", VIR_FROM_NONE), number(answer, "code", VIR_ERR_OPERATION_FAILED), "%s",
              error);
    if (hint)
        vir_error_hint("%s", hint);
    return -1;
}

int
vir_module_ask(const char *path)
{
    VIR_AUTO_FREE char *identity = vir_module_identity(path);
    VIR_AUTO_FREE char *file = vir_strdup_printf("%s.good", strrchr(path, '/') + 1);
    VIR_AUTO_FREE char *error = NULL;
    VIR_AUTO_FREE char *answer = NULL;

    if (identity && is_known(file, identity))
        return 0;
    if (run_checker(path, &answer) < 0)
        return -1;
    error = fact(answer, "error");
    if (error)
        return raise_answer(answer, error);
    if (identity)
        remember(file, identity);
    return 0;
}
