/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Our certificates: where they are, and loaded once for many connections, for
 * reading and checking them costs half as much as a handshake.  What was loaded is used
 * while the files are the same, and for a minute: time passes for certificates, too.
 */
#include "modules/remote/remote.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "rpc/tls.h"

#define KEEP_MS (60 * 1000)
#define KEPT 4                          /* sets of files */
#define SETTLED_S 2                     /* a younger change may have one after it that has the same time */

/* Of a file; all 0: there is none. */
struct stamp {
    dev_t dev;
    ino_t ino;
    off_t size;
    struct timespec changed;
};

struct set {
    struct rpc_tls_place place;
    char *priority;                     /* may be NULL */
    bool no_sanity;
    struct stamp stamps[4];             /* from before they were loaded */
    int64_t until;                      /* vir_now_ms */
    struct rpc_tls *tls;                /* NULL: the row is free */
};

static struct set kept[KEPT];
static unsigned int oldest;             /* row that is given up next */
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;   /* both of these */

/* ---- where ------------------------------------------------------------------ */

static void
take(char **path, char **from)
{
    free(*path);
    *path = vir_steal(from);
}

/* The user's own, where they are; else the host's. */
static void
find_files(const struct remote_target *target, struct rpc_tls_place *files)
{
    const char *path = remote_target_param(target, "pkipath");
    VIR_AUTO_FREE char *own = path || remote_host->privileged ? NULL : rpc_tls_user_folder();
    struct rpc_tls_place host;

    if (path || own) {
        rpc_tls_place_folder(files, path ? path : own, false);
        rpc_tls_place_keep_present(files);
    }
    if (path)
        return;
    rpc_tls_place_host(&host, false);
    rpc_tls_place_keep_present(&host);
    if (!files->ca || access(files->ca, R_OK) < 0) {
        take(&files->ca, &host.ca);
        take(&files->crl, &host.crl);
    }
    if (!files->cert || !files->key) {
        take(&files->cert, &host.cert);
        take(&files->key, &host.key);
    }
    rpc_tls_place_clear(&host);
}

/* ---- what is kept -------------------------------------------------------------- */

/* False: what is loaded now could be changed without being seen. */
static bool
take_stamp(const char *path, struct stamp *ret)
{
    struct stat st;

    if (!path)
        return true;
    if (stat(path, &st) < 0)
        return false;
    *ret = (struct stamp){ st.st_dev, st.st_ino, st.st_size, st.st_ctim };
    return st.st_ctim.tv_sec + SETTLED_S < time(NULL);
}

static bool
take_stamps(struct set *set)
{
    const char *paths[] = { set->place.ca, set->place.cert, set->place.key, set->place.crl };
    bool settled = true;

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        settled &= take_stamp(paths[i], &set->stamps[i]);
    return settled;
}

static bool
is_same_stamp(const struct stamp *a, const struct stamp *b)
{
    return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
        a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

static bool
is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool
is_same_place(const struct set *a, const struct set *b)
{
    return is_same_text(a->place.ca, b->place.ca) && is_same_text(a->place.cert, b->place.cert) &&
        is_same_text(a->place.key, b->place.key) && is_same_text(a->place.crl, b->place.crl) &&
        is_same_text(a->priority, b->priority) && a->no_sanity == b->no_sanity;
}

static bool
is_unchanged(const struct set *a, const struct set *b)
{
    for (size_t i = 0; i < sizeof(a->stamps) / sizeof(a->stamps[0]); i++)
        if (!is_same_stamp(&a->stamps[i], &b->stamps[i]))
            return false;
    return true;
}

/* A reference of the caller's own, or NULL. */
static struct rpc_tls *
find_kept(const struct rpc_tls_part *part, const struct set *wanted)
{
    struct rpc_tls *tls = NULL;

    pthread_mutex_lock(&kept_lock);
    for (size_t i = 0; i < KEPT && !tls; i++)
        if (kept[i].tls && is_same_place(&kept[i], wanted) && is_unchanged(&kept[i], wanted) &&
            vir_now_ms() < kept[i].until)
            tls = part->ref(kept[i].tls);
    pthread_mutex_unlock(&kept_lock);
    return tls;
}

static void
set_clear(const struct rpc_tls_part *part, struct set *set)
{
    part->unref(set->tls);
    free(set->priority);
    rpc_tls_place_clear(&set->place);
}

/* Takes SET over, in the place of what was loaded from there before, or of the oldest. */
static void
keep(const struct rpc_tls_part *part, struct set *set)
{
    struct set old;
    size_t i;

    set->until = vir_now_ms() + KEEP_MS;
    pthread_mutex_lock(&kept_lock);
    for (i = 0; i < KEPT && !(kept[i].tls && is_same_place(&kept[i], set)); i++) {}
    if (i == KEPT)
        i = oldest++ % KEPT;
    old = kept[i];
    kept[i] = *set;
    pthread_mutex_unlock(&kept_lock);
    set_clear(part, &old);
}

/* ---- loading -------------------------------------------------------------------- */

static struct rpc_tls *
load(const struct rpc_tls_part *part, const struct set *set)
{
    const struct rpc_tls_place *place = &set->place;
    const struct rpc_tls_files files = { place->ca, place->cert, place->key, place->crl, set->priority,
                                         set->no_sanity };

    if (access(place->ca, R_OK) == 0)
        return rpc_tls_load(part, false, &files);
    vir_raise_errno(VIR_FROM_RPC, errno, "Cannot read CA certificate '%s'", place->ca);
    vir_error_hint("put the certificate of who signed the server's there, or say where it is with ?pkipath=");
    return NULL;
}

struct rpc_tls *
remote_certificates(const struct rpc_tls_part *part, const struct remote_target *target, bool *ret_shows)
{
    struct set set = { .priority = vir_strdup(remote_target_param(target, "tls_priority")),
                       .no_sanity = remote_target_flag(target, "no_sanity") };
    struct rpc_tls *tls;
    bool settled;

    find_files(target, &set.place);
    *ret_shows = set.place.cert && set.place.key;
    settled = take_stamps(&set);
    tls = find_kept(part, &set);
    if (!tls) {
        set.tls = load(part, &set);
        tls = set.tls && settled ? part->ref(set.tls) : vir_steal(&set.tls);
    }
    if (set.tls)
        keep(part, &set);
    else
        set_clear(part, &set);
    return tls;
}
