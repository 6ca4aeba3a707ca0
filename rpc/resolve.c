/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Addresses of a name.  The C library waits for servers of names as long as the
 * host's settings say, and cannot be told to stop: it is asked by a thread,
 * which whoever has waited long enough leaves to itself.
 */
#include "resolve.h"

#include <libvirt/module-base.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

struct question {
    char *host, port[8];
    pthread_mutex_t lock;               /* all below */
    pthread_cond_t answered;
    bool done, left;                    /* it was answered; nobody waits any more */
    int rc, err;
    struct addrinfo *list;
};

static void
question_free(struct question *question)
{
    if (question->list)
        freeaddrinfo(question->list);
    pthread_cond_destroy(&question->answered);
    pthread_mutex_destroy(&question->lock);
    free(question->host);
    free(question);
}

static int
look_up(const char *host, const char *port, int flags, struct addrinfo **ret)
{
    const struct addrinfo want = { .ai_socktype = SOCK_STREAM, .ai_flags = flags };

    return getaddrinfo(host, port, &want, ret);
}

static void *
answer(void *opaque)
{
    struct question *question = opaque;
    struct addrinfo *list = NULL;
    int rc = look_up(question->host, question->port, AI_ADDRCONFIG, &list), err;
    bool left;

    if (rc == EAI_NONAME || rc == EAI_ADDRFAMILY)       /* ADDRCONFIG hides ::1 on a host without IPv6 outside */
        rc = look_up(question->host, question->port, 0, &list);
    err = errno;
    pthread_mutex_lock(&question->lock);
    question->rc = rc;
    question->err = err;
    question->list = rc == 0 ? list : NULL;
    question->done = true;
    left = question->left;
    pthread_cond_signal(&question->answered);
    pthread_mutex_unlock(&question->lock);
    if (left)
        question_free(question);
    return NULL;
}

/* The thread takes none of the program's signals. */
static int
start_thread(struct question *question)
{
    pthread_attr_t detached;
    sigset_t all, old;
    pthread_t thread;
    int rc;

    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    rc = pthread_create(&thread, &detached, answer, question);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&detached);
    return rc;
}

/* Leaves the question to the thread if it is late. */
static int
await(struct question *question, int64_t deadline, struct addrinfo **ret)
{
    int rc = EAI_SYSTEM, err = ETIMEDOUT;
    bool done;

    pthread_mutex_lock(&question->lock);
    while (!question->done && vir_cond_wait_until(&question->answered, &question->lock, deadline))
        ;
    done = question->done;
    question->left = !done;
    if (done) {
        rc = question->rc;
        err = question->err;
        *ret = vir_steal(&question->list);
    }
    pthread_mutex_unlock(&question->lock);
    if (done)
        question_free(question);
    errno = err;
    return rc;
}

int
rpc_resolve(const char *host, unsigned int port, int64_t deadline, struct addrinfo **ret)
{
    struct question *question;
    char service[8];
    int rc;

    *ret = NULL;
    snprintf(service, sizeof(service), "%u", port);
    if (look_up(host, service, AI_NUMERICHOST, ret) == 0)
        return 0;
    question = VIR_NEW(struct question);
    question->host = vir_strdup(host);
    snprintf(question->port, sizeof(question->port), "%s", service);
    pthread_mutex_init(&question->lock, NULL);
    vir_cond_init(&question->answered);
    rc = start_thread(question);
    if (rc == 0)
        return await(question, deadline, ret);
    question_free(question);
    errno = rc;
    return EAI_SYSTEM;
}
