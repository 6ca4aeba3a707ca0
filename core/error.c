/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Errors.  Each thread has one last error, which every public call resets when
 * it begins.  When a call fails, its connection gets a copy, and one function is
 * told: the connection's own, else the process's, else virDefaultErrorFunc.
 */
#include "error.h"
#include "connect.h"
#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lock.h"

/* Messages can quote what came from outside; this bounds them. */
#define ERROR_TEXT_MAX 4096

/* Allocated by the thread's first error.  One pointer fits into the room that
 * every process keeps for libraries opened late, and so needs no help from the
 * dynamic linker. */
static __thread virErrorPtr thread_error __attribute__((tls_model("initial-exec")));
static pthread_key_t thread_key;
static pthread_once_t thread_once = PTHREAD_ONCE_INIT;

static struct {
    pthread_mutex_t lock;
    virErrorFunc handler;
    void *data;
} global = { .lock = PTHREAD_MUTEX_INITIALIZER };

void
vir_error_clear(virErrorPtr error)
{
    free(error->message);
    free(error->str1);
    free(error->str2);
    free(error->str3);
    memset(error, 0, sizeof(*error));
}

void
vir_error_copy(const virError *from, virErrorPtr to)
{
    *to = *from;
    to->message = vir_strdup(from->message);
    to->str1 = vir_strdup(from->str1);
    to->str2 = vir_strdup(from->str2);
    to->str3 = vir_strdup(from->str3);
    to->conn = NULL;
    to->dom = NULL;
    to->net = NULL;
}

static void
free_thread_error(void *error)
{
    vir_error_clear(error);
    free(error);
    thread_error = NULL;
}

static void
make_thread_key(void)
{
    pthread_key_create(&thread_key, free_thread_error);
}

/* The calling thread's error, empty. */
static virErrorPtr
fresh_error(void)
{
    if (thread_error) {
        vir_error_clear(thread_error);
        return thread_error;
    }
    thread_error = VIR_NEW(virError);
    pthread_once(&thread_once, make_thread_key);
    pthread_setspecific(thread_key, thread_error);
    return thread_error;
}

/* Cuts TEXT to ERROR_TEXT_MAX bytes, at the begin of a UTF-8 character. */
static void
limit_text(char *text)
{
    size_t end = ERROR_TEXT_MAX;

    if (strnlen(text, ERROR_TEXT_MAX + 1) <= ERROR_TEXT_MAX)
        return;
    while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
        end--;
    text[end] = '\0';
}

/* Takes over TEXT. */
static int
raise_text(int domain, int code, int err, char *text)
{
    virErrorPtr error = fresh_error();
    const char *phrase = vir_error_phrase(code);

    limit_text(text);
    error->code = code;
    error->domain = domain;
    error->level = VIR_ERR_ERROR;
    error->int1 = err ? err : -1;
    error->int2 = -1;
    error->str2 = text;
    if (!phrase) {
        error->str1 = vir_strdup("%s");
        error->message = vir_strdup(text);
    } else if (strstr(phrase, "%s")) {
        const char *gap = strstr(phrase, "%s");

        error->str1 = vir_strdup(phrase);
        error->message = vir_strdup_printf("%.*s%s%s", (int)(gap - phrase), phrase, text, gap + 2);
    } else {
        error->str1 = vir_strdup_printf("%s: %%s", phrase);
        error->message = vir_strdup_printf("%s: %s", phrase, text);
    }
    vir_log_error(error);
    return -1;
}

int
vir_vraise(int domain, int code, const char *fmt, va_list args)
{
    char *text;

    if (vasprintf(&text, fmt, args) < 0)
        text = vir_strdup(fmt);
    return raise_text(domain, code, 0, text);
}

int
vir_vraise_errno(int domain, int err, const char *fmt, va_list args)
{
    char reason[128];
    char *text, *whole;

    if (vasprintf(&text, fmt, args) < 0)
        text = vir_strdup(fmt);
    whole = vir_strdup_printf("%s: %s", text, strerror_r(err, reason, sizeof(reason)));
    free(text);
    return raise_text(domain, VIR_ERR_SYSTEM_ERROR, err, whole);
}

int
vir_raise(int domain, int code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_vraise(domain, code, fmt, args);
    va_end(args);
    return -1;
}

int
vir_raise_errno(int domain, int err, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_vraise_errno(domain, err, fmt, args);
    va_end(args);
    return -1;
}

int
vir_raise_raw(const virError *error)
{
    virErrorPtr mine = fresh_error();

    vir_error_copy(error, mine);
    if (mine->code == VIR_ERR_OK)
        mine->code = VIR_ERR_INTERNAL_ERROR;
    if (mine->message)
        limit_text(mine->message);
    return -1;
}

void
vir_verror_hint(const char *fmt, va_list args)
{
    char *hint, *message;

    if (!thread_error || !thread_error->message)
        return;
    if (vasprintf(&hint, fmt, args) < 0)
        return;
    limit_text(hint);
    message = vir_strdup_printf("%s\nhint: %s", thread_error->message, hint);
    free(hint);
    free(thread_error->message);
    thread_error->message = message;
}

void
vir_error_hint(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_verror_hint(fmt, args);
    va_end(args);
}

virErrorPtr
vir_error_take(void)
{
    virErrorPtr taken;

    if (!thread_error || thread_error->code == VIR_ERR_OK)
        return NULL;
    taken = VIR_NEW(virError);
    *taken = *thread_error;
    memset(thread_error, 0, sizeof(*thread_error));
    return taken;
}

void
vir_error_restore(virErrorPtr error)
{
    if (error)
        *fresh_error() = *error;
    else
        virResetLastError();
    free(error);
}

void
vir_error_dispatch(virConnectPtr conn)
{
    virErrorFunc handler = NULL;
    void *data = NULL;

    if (!thread_error || thread_error->code == VIR_ERR_OK)
        vir_raise(VIR_FROM_NONE, VIR_ERR_INTERNAL_ERROR,
                  "the call failed and whoever carried it out did not say why");
    if (vir_object_is(conn, VIR_KIND_CONNECT)) {
        pthread_mutex_lock(&conn->lock);
        vir_error_clear(&conn->error);
        vir_error_copy(thread_error, &conn->error);
        handler = conn->error_handler;
        data = conn->error_data;
        pthread_mutex_unlock(&conn->lock);
    }
    if (!handler) {
        pthread_mutex_lock(&global.lock);
        handler = global.handler;
        data = global.data;
        pthread_mutex_unlock(&global.lock);
    }
    if (handler)
        handler(data, thread_error);
    else
        virDefaultErrorFunc(thread_error);
}

const char *
vir_error_text(const virError *error)
{
    const char *phrase = vir_error_phrase(error->code);
    const char *text = error->message ? error->message : "";
    size_t len = phrase ? strlen(phrase) : 0;

    return len && !strncmp(text, phrase, len) && !strncmp(text + len, ": ", 2) ? text + len + 2 : text;
}

/* ---- public ---- */

virErrorPtr
virGetLastError(void)
{
    return thread_error && thread_error->code != VIR_ERR_OK ? thread_error : NULL;
}

int
virGetLastErrorCode(void)
{
    return thread_error ? thread_error->code : VIR_ERR_OK;
}

int
virGetLastErrorDomain(void)
{
    return thread_error ? thread_error->domain : VIR_FROM_NONE;
}

const char *
virGetLastErrorMessage(void)
{
    if (!virGetLastError())
        return "no error";
    return thread_error->message ? thread_error->message : "unknown error";
}

virErrorPtr
virSaveLastError(void)
{
    virErrorPtr copy = VIR_NEW(virError);

    if (thread_error)
        vir_error_copy(thread_error, copy);
    return copy;
}

int
virCopyLastError(virErrorPtr to)
{
    if (!to)
        return -1;
    memset(to, 0, sizeof(*to));
    if (!thread_error)
        return 0;
    vir_error_copy(thread_error, to);
    return to->code;
}

void
virResetLastError(void)
{
    if (thread_error && thread_error->code != VIR_ERR_OK)
        vir_error_clear(thread_error);
}

void
virResetError(virErrorPtr err)
{
    if (err)
        vir_error_clear(err);
}

void
virFreeError(virErrorPtr err)
{
    virResetError(err);
    free(err);
}

virErrorPtr
virConnGetLastError(virConnectPtr conn)
{
    return vir_object_is(conn, VIR_KIND_CONNECT) ? &conn->error : NULL;
}

int
virConnCopyLastError(virConnectPtr conn, virErrorPtr to)
{
    if (!to || !vir_object_is(conn, VIR_KIND_CONNECT))
        return -1;
    VIR_LOCKED(&conn->lock);
    vir_error_copy(&conn->error, to);
    return to->code;
}

void
virConnResetLastError(virConnectPtr conn)
{
    if (!vir_object_is(conn, VIR_KIND_CONNECT))
        return;
    VIR_LOCKED(&conn->lock);
    vir_error_clear(&conn->error);
}

void
virConnSetErrorFunc(virConnectPtr conn, void *userData, virErrorFunc handler)
{
    if (!vir_object_is(conn, VIR_KIND_CONNECT))
        return;
    VIR_LOCKED(&conn->lock);
    conn->error_handler = handler;
    conn->error_data = userData;
}

void
virSetErrorFunc(void *userData, virErrorFunc handler)
{
    VIR_LOCKED(&global.lock);
    global.handler = handler;
    global.data = userData;
}

void
virDefaultErrorFunc(virErrorPtr err)
{
    const char *level = "";

    if (!err || err->code == VIR_ERR_OK)
        return;
    if (err->level == VIR_ERR_WARNING)
        level = "warning";
    else if (err->level == VIR_ERR_ERROR)
        level = "error";
    fprintf(stderr, "libvirt: %s %s : %s\n", vir_error_domain_name(err->domain), level,
            err->message ? err->message : "");
}
