/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Audit records.  A kernel whose audit log is full makes who writes wait, so they
 * lie in a queue that one thread of the pool empties, in their order; more than
 * QUEUE_MAX are dropped, and told.
 */
#include "daemon/daemon.h"
#include "daemon/audit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/part.h"

#define QUEUE_MAX 4096

struct record {
    struct record *next;
    enum vir_audit_kind kind;
    bool success;
    char *text;
};

static struct {
    bool off;                           /* atomic: nothing is written */
    const struct daemon_audit_part *part;       /* NULL: not opened yet; of who writes, as the next one */
    int fd;
    pthread_mutex_t lock;               /* all below */
    struct record *first, **tail;
    unsigned int n;
    bool emptying;                      /* somebody does it */
    struct daemon_work work;
} queue = { .fd = -1, .lock = PTHREAD_MUTEX_INITIALIZER, .tail = &queue.first };

/* Why there is none; NULL: it is open. */
static const char *
open_log(void)
{
    const char *reason;

    queue.part = vir_part_open("audit", DAEMON_AUDIT_VERSION, &reason);
    if (!queue.part)
        return reason;
    queue.fd = queue.part->open();
    return queue.fd >= 0 ? NULL : queue.fd == -ENODATA ? "it is switched off" : strerror(-queue.fd);
}

/* Where it need not be there it is opened for the first record: most daemons have none. */
int
daemon_audit_start(void)
{
    const unsigned int level = the_daemon.settings.audit_level;
    const char *reason = level == 2 ? open_log() : NULL;

    queue.off = level == 0;
    if (!reason)
        return 0;
    vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "audit_level is 2, but this host keeps no audit log: %s", reason);
    vir_error_hint("auditctl -e 1 switches it on; with audit_level = 1 the daemon starts without one");
    return -1;
}

/* ---- writing ---- */

static struct record *
take(void)
{
    struct record *record;

    pthread_mutex_lock(&queue.lock);
    record = queue.first;
    if (record) {
        queue.first = record->next;
        if (!queue.first)
            queue.tail = &queue.first;
        queue.n--;
    } else {
        queue.emptying = false;
    }
    pthread_mutex_unlock(&queue.lock);
    return record;
}

static void
write_one(const struct record *record)
{
    static struct daemon_seldom seldom;
    unsigned int unsaid;
    int rc = queue.fd < 0 ? 0 : queue.part->write(queue.fd, record->kind, record->text, record->success);

    if (rc < 0 && daemon_seldom(&seldom, &unsaid))
        vir_warn("an audit record cannot be written: %s: %s", strerror(-rc), record->text);
}

static void
write_all(struct daemon_work *work)
{
    const char *reason = queue.part ? NULL : open_log();
    struct record *record;

    (void)work;
    if (reason) {
        vir_info("this host keeps no audit log: %s", reason);
        __atomic_store_n(&queue.off, true, __ATOMIC_RELAXED);
    }
    while ((record = take())) {
        write_one(record);
        free(record->text);
        free(record);
    }
}

/* True: somebody has to begin emptying it. */
static bool
put(struct record *record)
{
    bool begin;

    pthread_mutex_lock(&queue.lock);
    *queue.tail = record;
    queue.tail = &record->next;
    queue.n++;
    begin = !queue.emptying;
    queue.emptying = true;
    pthread_mutex_unlock(&queue.lock);
    return begin;
}

static bool
is_full(void)
{
    bool full;

    pthread_mutex_lock(&queue.lock);
    full = queue.n >= QUEUE_MAX;
    pthread_mutex_unlock(&queue.lock);
    return full;
}

static void
log_record(const char *text, bool success)
{
    bool wanted;

    pthread_mutex_lock(&the_daemon.settings_lock);
    wanted = the_daemon.settings.audit_logging;
    pthread_mutex_unlock(&the_daemon.settings_lock);
    if (wanted)
        VIR_LOG_AT(VIR_LOG_INFO, "success=%s %s", success ? "yes" : "no", text);
}

void
daemon_audit(enum vir_audit_kind kind, const char *text, bool success)
{
    static struct daemon_seldom seldom;
    struct record *record;
    unsigned int unsaid;

    log_record(text, success);
    if (__atomic_load_n(&queue.off, __ATOMIC_RELAXED))
        return;
    if (is_full()) {
        if (daemon_seldom(&seldom, &unsaid))
            vir_warn("an audit record is lost, for the kernel does not take more: %s", text);
        return;
    }
    record = VIR_NEW(struct record);
    *record = (struct record){ .kind = kind, .success = success, .text = vir_strdup(text) };
    if (!put(record))
        return;
    queue.work = (struct daemon_work){ .run = write_all, .drop = write_all };
    if (daemon_pool_push(daemon_server_pool(DAEMON_MAIN), &queue.work) < 0) {
        virResetLastError();            /* no thread can be had: here, then */
        write_all(&queue.work);
    }
}

void
daemon_audit_end(void)
{
    if (queue.fd < 0)
        return;
    write_all(NULL);
    close(queue.fd);
    queue.fd = -1;
}
