/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Emulators that did not say what they can do.  Asking one that hangs takes
 * seconds, and every call that wants capabilities would ask again.
 */
#include "qemu.h"
#include "emulator/failures.h"

#include <stdlib.h>
#include <string.h>

enum { LASTS_MS = 30000 };

struct failure {
    struct failure *next;
    char *path, *message;
    off_t size;
    struct timespec mtime;
    int64_t until;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;        /* held for moments */
static struct failure *failures;        /* with the lock */

static void
failure_free(struct failure *failure)
{
    free(failure->path);
    free(failure->message);
    free(failure);
}

/* With the lock: drops those that last no longer, or all. */
static void
sweep(bool all)
{
    for (struct failure **at = &failures; *at; ) {
        struct failure *failure = *at;

        if (all || vir_deadline_left(failure->until) == 0) {
            *at = failure->next;
            failure_free(failure);
        } else {
            at = &failure->next;
        }
    }
}

void
qemu_failure_note(const char *path, const struct stat *sb)
{
    struct failure *failure = VIR_NEW(struct failure);

    failure->path = vir_strdup(path);
    failure->message = vir_strdup(virGetLastErrorMessage());
    failure->size = sb->st_size;
    failure->mtime = sb->st_mtim;
    failure->until = vir_deadline(LASTS_MS);
    pthread_mutex_lock(&lock);
    failure->next = failures;
    failures = failure;
    pthread_mutex_unlock(&lock);
}

static bool
is_of(const struct failure *failure, const char *path, const struct stat *sb)
{
    return strcmp(failure->path, path) == 0 && failure->size == sb->st_size &&
        failure->mtime.tv_sec == sb->st_mtim.tv_sec && failure->mtime.tv_nsec == sb->st_mtim.tv_nsec;
}

bool
qemu_failure_raise(const char *path, const struct stat *sb)
{
    virError error = { .code = VIR_ERR_INTERNAL_ERROR, .domain = VIR_MODULE_DOMAIN, .level = VIR_ERR_ERROR };
    VIR_AUTO_FREE char *message = NULL;

    pthread_mutex_lock(&lock);
    sweep(false);
    for (const struct failure *failure = failures; failure && !message; failure = failure->next)
        if (is_of(failure, path, sb))
            message = vir_strdup(failure->message);
    pthread_mutex_unlock(&lock);
    if (!message)
        return false;
    error.message = message;
    vir_raise_raw(&error);
    return true;
}

void
qemu_failures_forget(void)
{
    pthread_mutex_lock(&lock);
    sweep(true);
    pthread_mutex_unlock(&lock);
}
