/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files on a file system that may answer nothing, as one whose server is gone: who asks for one waits, and can
 * only be killed.  A thread of its own asks; when it has no answer in time it is left alone until it has one.
 *
 * What is open is read and written without: a write that was given up could still be done later, over what has
 * come since.  Nearly always opening asks the server already; one that goes away behind it holds the thread
 * of one guest's call, and that guest's others.
 */
#include <libvirt/module-base.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANSWER_MS (10 * 1000)
#define HUNG_MAX 32                     /* threads that wait for their answers and nobody for them */
#define STACK_BYTES (128 * 1024)

struct question {
    char *path;
    int flags;                          /* of open(2) */
    mode_t mode;
    bool look;                          /* it is only looked at: stat(2) */

    pthread_mutex_t lock;               /* all below */
    pthread_cond_t changed;
    bool answered, left;                /* whoever comes second releases it */
    int fd, err;
    struct stat sb;
};

static unsigned int n_hung;             /* atomic */

static void
question_free(struct question *question)
{
    if (question->fd >= 0)
        close(question->fd);
    pthread_cond_destroy(&question->changed);
    pthread_mutex_destroy(&question->lock);
    free(question->path);
    free(question);
}

static void *
answer(void *opaque)
{
    struct question *question = opaque;
    struct stat sb = { 0 };
    int fd = question->look ? stat(question->path, &sb) : open(question->path, question->flags, question->mode);
    int err = fd < 0 ? errno : 0;
    bool left;

    pthread_mutex_lock(&question->lock);
    question->answered = true;
    question->fd = question->look ? -1 : fd;
    question->err = err;
    question->sb = sb;
    left = question->left;
    pthread_cond_signal(&question->changed);
    pthread_mutex_unlock(&question->lock);
    if (left) {
        question_free(question);
        __atomic_sub_fetch(&n_hung, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

/* An errno.  The program's signals belong to the program's threads. */
static int
start_thread(struct question *question)
{
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t all, old;
    int err;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, STACK_BYTES);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    err = pthread_create(&thread, &attr, answer, question);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
    return err;
}

/* Waits for the answer; an errno.  QUESTION is released. */
static int
take_answer(struct question *question, int *ret_fd, struct stat *ret_sb)
{
    int64_t until = vir_deadline(ANSWER_MS);
    bool in_time = true, answered;
    int err = ETIMEDOUT;

    pthread_mutex_lock(&question->lock);
    while (!question->answered && in_time)
        in_time = vir_cond_wait_until(&question->changed, &question->lock, until);
    answered = question->answered;
    question->left = !answered;
    if (!answered) {
        __atomic_add_fetch(&n_hung, 1, __ATOMIC_RELAXED);
    } else {
        err = question->err;
        *ret_fd = question->fd;
        *ret_sb = question->sb;
        question->fd = -1;
    }
    pthread_mutex_unlock(&question->lock);
    if (answered)
        question_free(question);
    return err;
}

/* -1, with errno. */
static int
ask(const struct question *what, const char *path, int *ret_fd, struct stat *ret_sb)
{
    struct question *question;
    int err;

    if (__atomic_load_n(&n_hung, __ATOMIC_RELAXED) >= HUNG_MAX) {
        errno = ETIMEDOUT;
        return -1;
    }
    question = VIR_NEW(struct question);
    *question = *what;
    question->path = vir_strdup(path);
    question->fd = -1;
    pthread_mutex_init(&question->lock, NULL);
    vir_cond_init(&question->changed);
    err = start_thread(question);
    if (err)
        question_free(question);
    else
        err = take_answer(question, ret_fd, ret_sb);
    errno = err;
    return err ? -1 : 0;
}

int
vir_file_open_in_time(const char *path, int flags, mode_t mode)
{
    const struct question what = { .flags = flags, .mode = mode };
    struct stat ignored;
    int fd = -1;

    return ask(&what, path, &fd, &ignored) < 0 ? -1 : fd;
}

int
vir_file_stat_in_time(const char *path, struct stat *ret_sb)
{
    const struct question what = { .look = true };
    int ignored;

    return ask(&what, path, &ignored, ret_sb);
}
