/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part sasl: Cyrus SASL at both ends of a login, and as a layer of a transport. */
#include "sasl.h"
#include "sasl-words.h"

#include <libvirt/libvirt.h>
#include <libvirt/module-base.h>

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sasl/sasl.h>
#include <sasl/saslplug.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVICE "libvirt"
#define LAYER_MAX (64 * 1024)           /* bytes of a piece, each way */
#define STRENGTH_MAX 100000
#define MAX_CALLBACKS 10
#define MAX_QUESTIONS 16                /* of a turn */
#define WAIT_MS 1000                    /* at most in a call that may wait */

struct rpc_sasl {
    sasl_conn_t *conn;
    unsigned int least, encrypted;
    rpc_sasl_ask_fn ask;
    void *opaque;
    char said[RPC_SASL_WHY];            /* what a mechanism wrote into its log: often more than it tells as an error */
    sasl_callback_t callbacks[MAX_CALLBACKS];   /* the library keeps no copy */
    bool begun;                         /* the library does not look whether a mechanism is there */
    char *answers[MAX_QUESTIONS];       /* that the mechanism may still read; the questions are its own */
    size_t n_answers;
    char *mechanisms;                   /* the list, as it is told */
};

static bool ready_server, ready_client;
static pthread_mutex_t ready_lock = PTHREAD_MUTEX_INITIALIZER;

static int
keep_words(void *opaque, int level, const char *message)
{
    char *said = opaque;

    if ((level == SASL_LOG_ERR || level == SASL_LOG_FAIL) && strncmp(message, "Internal Error", 14) != 0)
        snprintf(said, RPC_SASL_WHY, "%s", message);
    return SASL_OK;
}

static int
fail(char *why, const char *what, const struct rpc_sasl *sasl, int rc)
{
    rpc_sasl_say(why, what, !sasl || !sasl->conn ? sasl_errstring(rc, NULL, NULL) :
                 *sasl->said ? sasl->said : sasl_errdetail(sasl->conn));
    return -1;
}

/* ---- the host's key for Kerberos ------------------------------------------------- */
/* The plug-in looks for the file of `keytab` once, when it is loaded, and is not there for good if that is not.  So it
 * is not told of it: the library of Kerberos is, which reads the file at each login; and as long as there is none the
 * mechanism is not offered. */

#define KERBEROS "GSSAPI"               /* the mechanism, and the plug-in's name */

static char *keytab;                    /* NULL: its library knows a place; set once, under ready_lock */
static bool asking;                     /* it is ourselves who ask; under ready_lock */

static int
hide_keytab(void *opaque, const char *plugin, const char *option, const char **ret, unsigned int *ret_len)
{
    (void)opaque;
    if (asking || !plugin || strcmp(plugin, KERBEROS) != 0 || strcmp(option, "keytab") != 0)
        return SASL_FAIL;               /* as its file says */
    *ret = NULL;
    if (ret_len)
        *ret_len = 0;
    return SASL_OK;
}

/* Tells the library that the plug-in has loaded: MIT's or Heimdal's. */
static void
tell_keytab(const char *path)
{
    static const char *const tellers[][2] = {
        { "libgssapi_krb5.so.2", "krb5_gss_register_acceptor_identity" },
        { "libgssapi.so.3", "gsskrb5_register_acceptor_identity" },
    };

    for (size_t i = 0; i < sizeof(tellers) / sizeof(tellers[0]); i++) {
        void *library = dlopen(tellers[i][0], RTLD_NOW | RTLD_NOLOAD);
        unsigned int (*tell)(const char *) = library ? (unsigned int (*)(const char *))dlsym(library, tellers[i][1]) : NULL;

        if (tell && tell(path) == 0 && !keytab)
            keytab = vir_strdup(path);
    }
}

/* A plug-in, which has no mechanism: the library lets only plug-ins ask for options. */
static int
learn_keytab(const sasl_utils_t *utils, int max_version, int *ret_version, sasl_server_plug_t **ret_plugs, int *ret_n)
{
    const char *path = NULL;
    unsigned int len;

    (void)max_version;
    *ret_version = SASL_SERVER_PLUG_VERSION;
    *ret_plugs = NULL;
    *ret_n = 0;
    asking = true;
    if (utils->getopt(utils->getopt_context, KERBEROS, "keytab", &path, &len) == SASL_OK && path)
        tell_keytab(path);
    asking = false;
    return SASL_NOMECH;
}

/* Whether NAME has what it needs. */
static bool
is_usable(const char *name, size_t len)
{
    return !keytab || len != strlen(KERBEROS) || strncmp(name, KERBEROS, len) != 0 || access(keytab, R_OK) == 0;
}

/* ---- getting ready --------------------------------------------------------------- */

static bool
get_ready(bool server, char *why)
{
    static const sasl_callback_t callbacks[] = {
        { SASL_CB_GETOPT, (int (*)(void))(void (*)(void))hide_keytab, NULL }, { SASL_CB_LIST_END, NULL, NULL },
    };
    bool *ready = server ? &ready_server : &ready_client;
    int rc = SASL_OK;

    pthread_mutex_lock(&ready_lock);
    if (!*ready && server) {
        /* ours before the one that the SASL library would read without being told */
        char path[] = VIR_SYSCONFDIR "/sasl2:/etc/sasl2:/usr/lib/sasl2";

        if (!getenv("SASL_CONF_PATH"))
            sasl_set_path(SASL_PATH_TYPE_CONFIG, path);
        rc = sasl_server_init(callbacks, "libvirt");
        if (rc == SASL_OK)
            sasl_server_add_plugin("keytab", learn_keytab);
    } else if (!*ready) {
        rc = sasl_client_init(NULL);
    }
    *ready = rc == SASL_OK;
    pthread_mutex_unlock(&ready_lock);
    if (rc != SASL_OK)
        fail(why, "cannot initialize SASL library: ", NULL, rc);
    return rc == SASL_OK;
}

/* ---- making ------------------------------------------------------------------ */

/* The last answers are not needed any more. */
static void
forget_answers(struct rpc_sasl *sasl)
{
    for (size_t i = 0; i < sasl->n_answers; i++) {
        if (sasl->answers[i])
            explicit_bzero(sasl->answers[i], strlen(sasl->answers[i]));
        free(sasl->answers[i]);
    }
    sasl->n_answers = 0;
}

static void
sasl_free(struct rpc_sasl *sasl)
{
    if (!sasl)
        return;
    if (sasl->conn)
        sasl_dispose(&sasl->conn);
    forget_answers(sasl);
    free(sasl->mechanisms);
    free(sasl);
}

static int
set_way(struct rpc_sasl *sasl, const struct rpc_sasl_way *way, char *why)
{
    sasl_security_properties_t wanted = {
        .min_ssf = way->encrypted >= way->least ? 0 : way->least,
        .max_ssf = way->plain ? STRENGTH_MAX : 0, .maxbufsize = LAYER_MAX,
        .security_flags = SASL_SEC_NOANONYMOUS | (way->plain ? SASL_SEC_NOPLAINTEXT : 0),
    };
    sasl_ssf_t encrypted = way->encrypted;
    int rc = sasl_setprop(sasl->conn, SASL_SSF_EXTERNAL, &encrypted);

    if (rc == SASL_OK)
        rc = sasl_setprop(sasl->conn, SASL_SEC_PROPS, &wanted);
    sasl->least = way->least;
    sasl->encrypted = way->encrypted;
    return rc == SASL_OK ? 0 : fail(why, "cannot set security props: ", sasl, rc);
}

static struct rpc_sasl *
make(struct rpc_sasl *sasl, const struct rpc_sasl_way *way, int rc, const char *what, char *why)
{
    if (rc != SASL_OK)
        fail(why, what, NULL, rc);
    else if (set_way(sasl, way, why) == 0)
        return sasl;
    sasl_free(sasl);
    return NULL;
}

static sasl_callback_t
log_of(struct rpc_sasl *sasl)
{
    return (sasl_callback_t){ SASL_CB_LOG, (int (*)(void))(void (*)(void))keep_words, sasl->said };
}

static struct rpc_sasl *
make_server(const struct rpc_sasl_way *way, char *why)
{
    struct rpc_sasl *sasl;
    int rc;

    if (!get_ready(true, why))
        return NULL;
    sasl = VIR_NEW(struct rpc_sasl);
    sasl->callbacks[0] = log_of(sasl);
    sasl->callbacks[1] = (sasl_callback_t){ SASL_CB_LIST_END, NULL, NULL };
    rc = sasl_server_new(SERVICE, NULL, NULL, way->local, way->remote, sasl->callbacks, SASL_SUCCESS_DATA, &sasl->conn);
    return make(sasl, way, rc, "cannot create SASL server context: ", why);
}

static struct rpc_sasl *
make_client(const char *host, const struct rpc_sasl_way *way, rpc_sasl_ask_fn ask, void *opaque, char *why)
{
    /* without functions of their own these are questions of a turn */
    static const unsigned long asked[] = {
        SASL_CB_AUTHNAME, SASL_CB_USER, SASL_CB_PASS, SASL_CB_GETREALM, SASL_CB_ECHOPROMPT, SASL_CB_NOECHOPROMPT,
        SASL_CB_LANGUAGE, SASL_CB_CNONCE, SASL_CB_LIST_END,
    };
    struct rpc_sasl *sasl;
    int rc;

    if (!get_ready(false, why))
        return NULL;
    sasl = VIR_NEW(struct rpc_sasl);
    sasl->ask = ask;
    sasl->opaque = opaque;
    sasl->callbacks[0] = log_of(sasl);
    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
        sasl->callbacks[1 + i] = (sasl_callback_t){ asked[i], NULL, NULL };
    rc = sasl_client_new(SERVICE, host, way->local, way->remote, sasl->callbacks, SASL_SUCCESS_DATA, &sasl->conn);
    return make(sasl, way, rc, "Failed to create SASL client context: ", why);
}

/* ---- turns ------------------------------------------------------------------------ */

static const char *
mechanisms(struct rpc_sasl *sasl, char *why)
{
    const char *list = "";
    int rc = sasl_listmech(sasl->conn, NULL, "", ",", "", &list, NULL, NULL);
    struct vir_buf usable = { 0 };

    for (const char *name = list; rc == SASL_OK && *name; name += strspn(name, ",")) {
        size_t len = strcspn(name, ",");

        if (is_usable(name, len))
            vir_buf_addf(&usable, "%s%.*s", usable.len ? "," : "", (int)len, name);
        name += len;
    }
    free(sasl->mechanisms);
    sasl->mechanisms = usable.text;
    if (usable.len)
        return sasl->mechanisms;
    fail(why, rc == SASL_OK ? "no mechanism available: " : "cannot list SASL mechanisms: ", sasl, rc);
    return NULL;
}

static int
kind_of(unsigned long id)
{
    return id == SASL_CB_USER ? VIR_CRED_USERNAME : id == SASL_CB_AUTHNAME ? VIR_CRED_AUTHNAME :
           id == SASL_CB_PASS ? VIR_CRED_PASSPHRASE : id == SASL_CB_GETREALM ? VIR_CRED_REALM :
           id == SASL_CB_LANGUAGE ? VIR_CRED_LANGUAGE : id == SASL_CB_CNONCE ? VIR_CRED_CNONCE :
           id == SASL_CB_ECHOPROMPT ? VIR_CRED_ECHOPROMPT : VIR_CRED_NOECHOPROMPT;
}

static int
answer(struct rpc_sasl *sasl, sasl_interact_t *interact)
{
    struct rpc_sasl_question questions[MAX_QUESTIONS];
    size_t n = 0;
    int rc;

    forget_answers(sasl);
    for (; n < MAX_QUESTIONS && interact[n].id != SASL_CB_LIST_END; n++)
        questions[n] = (struct rpc_sasl_question){ kind_of(interact[n].id), interact[n].prompt,
                                                   interact[n].challenge, interact[n].defresult, NULL };
    rc = sasl->ask(questions, n, sasl->opaque);
    for (size_t i = 0; i < n; i++) {
        sasl->answers[i] = questions[i].answer;
        interact[i].result = questions[i].answer;
        interact[i].len = questions[i].answer ? (unsigned int)strlen(questions[i].answer) : 0;
    }
    sasl->n_answers = n;
    return rc;
}

static enum rpc_sasl_turn
turned(struct rpc_sasl *sasl, int rc, char *why)
{
    if (rc == SASL_OK || rc == SASL_CONTINUE)
        return rc == SASL_OK ? RPC_SASL_DONE : RPC_SASL_GOES_ON;
    fail(why, "", sasl, rc);
    return RPC_SASL_FAILED;
}

/* One beginning, then steps; the other end may say anything. */
static bool
is_in_turn(struct rpc_sasl *sasl, bool step, char *why)
{
    bool right = sasl->begun == step;

    *sasl->said = '\0';
    sasl->begun = true;
    if (!right)
        snprintf(why, RPC_SASL_WHY, "%s", step ? "it has not begun" : "it has begun already");
    return right;
}

static enum rpc_sasl_turn
begin(struct rpc_sasl *sasl, const char *mechanism, const struct rpc_sasl_data *in, struct rpc_sasl_data *out,
      const char **ret_mechanism, char *why)
{
    sasl_interact_t *interact = NULL;
    int rc;

    *out = (struct rpc_sasl_data){ NULL, 0 };
    *ret_mechanism = mechanism;
    if (!is_in_turn(sasl, false, why))
        return RPC_SASL_FAILED;
    if (!sasl->ask)
        return turned(sasl, sasl_server_start(sasl->conn, mechanism, in->bytes, in->len, &out->bytes, &out->len), why);
    do
        rc = sasl_client_start(sasl->conn, mechanism, &interact, &out->bytes, &out->len, ret_mechanism);
    while (rc == SASL_INTERACT && answer(sasl, interact) == 0);
    forget_answers(sasl);
    return turned(sasl, rc, why);
}

static enum rpc_sasl_turn
step(struct rpc_sasl *sasl, const struct rpc_sasl_data *in, struct rpc_sasl_data *out, char *why)
{
    sasl_interact_t *interact = NULL;
    int rc;

    *out = (struct rpc_sasl_data){ NULL, 0 };
    if (!is_in_turn(sasl, true, why))
        return RPC_SASL_FAILED;
    if (!sasl->ask)
        return turned(sasl, sasl_server_step(sasl->conn, in->bytes, in->len, &out->bytes, &out->len), why);
    do
        rc = sasl_client_step(sasl->conn, in->bytes, in->len, &interact, &out->bytes, &out->len);
    while (rc == SASL_INTERACT && answer(sasl, interact) == 0);
    forget_answers(sasl);
    return turned(sasl, rc, why);
}

static bool
strong(struct rpc_sasl *sasl, unsigned int *ret_bits)
{
    const void *value = NULL;
    unsigned int bits = sasl_getprop(sasl->conn, SASL_SSF, &value) == SASL_OK && value ? *(const sasl_ssf_t *)value : 0;

    *ret_bits = bits;
    return sasl->encrypted >= sasl->least || bits >= sasl->least;
}

static const char *
user(struct rpc_sasl *sasl)
{
    const void *value = NULL;

    return sasl_getprop(sasl->conn, SASL_USERNAME, &value) == SASL_OK ? value : NULL;
}

/* ---- the layer -------------------------------------------------------------------------- */

struct layer {
    struct rpc_transport transport;
    struct rpc_transport *below;
    struct rpc_sasl *sasl;
    pthread_mutex_t lock;               /* of the library */
    size_t piece;                       /* that it encodes at once */
    const char *out;                    /* encoded, and not sent yet; of who sends */
    size_t n_out;
    const char *in;                     /* decoded, and not taken yet; of who receives */
    size_t n_in;
};

static bool
wait_for(const struct layer *layer, short events, int flags)
{
    struct pollfd socket = { .fd = layer->transport.sock, .events = events };

    return !(flags & MSG_DONTWAIT) && poll(&socket, 1, WAIT_MS) > 0;
}

/* Bytes from below until some are whole: 1, 0 at the end, -1 with errno. */
static int
decode_more(struct layer *layer, int flags)
{
    char raw[8192];
    struct iovec iov = { raw, sizeof(raw) };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
    unsigned int n_in = 0;
    ssize_t n = rpc_transport_receive(layer->below, &msg, flags);
    int rc;

    if (n <= 0)
        return (int)n;
    pthread_mutex_lock(&layer->lock);
    rc = sasl_decode(layer->sasl->conn, raw, (unsigned int)n, &layer->in, &n_in);
    pthread_mutex_unlock(&layer->lock);
    layer->n_in = n_in;
    if (rc == SASL_OK)
        return 1;
    errno = EPROTO;
    return -1;
}

static ssize_t
layer_receive(struct rpc_transport *transport, void *bytes, size_t room, int flags)
{
    struct layer *layer = (struct layer *)transport;
    int rc = 1;

    while (layer->n_in == 0 && rc == 1)
        rc = decode_more(layer, flags);
    if (rc < 1)
        return rc;
    if (room > layer->n_in)
        room = layer->n_in;
    memcpy(bytes, layer->in, room);
    layer->in += room;
    layer->n_in -= room;
    return (ssize_t)room;
}

/* False: some is left, with errno. */
static bool
flush(struct layer *layer, int flags)
{
    while (layer->n_out > 0) {
        ssize_t n = rpc_transport_send(layer->below, layer->out, layer->n_out, -1, MSG_DONTWAIT);

        if (n > 0) {
            layer->out += n;
            layer->n_out -= (size_t)n;
        } else if (errno != EAGAIN || !wait_for(layer, POLLOUT, flags)) {
            return false;
        }
    }
    return true;
}

static ssize_t
layer_send(struct rpc_transport *transport, const void *bytes, size_t len, int flags)
{
    struct layer *layer = (struct layer *)transport;
    unsigned int n_out = 0;
    int rc;

    if (!flush(layer, flags))
        return -1;
    if (len == 0)
        return 0;
    if (len > layer->piece)
        len = layer->piece;
    pthread_mutex_lock(&layer->lock);
    rc = sasl_encode(layer->sasl->conn, bytes, (unsigned int)len, &layer->out, &n_out);
    pthread_mutex_unlock(&layer->lock);
    if (rc != SASL_OK) {
        errno = EPROTO;
        return -1;
    }
    layer->n_out = n_out;
    flush(layer, flags);                /* what is left goes before the next */
    return (ssize_t)len;
}

static bool
layer_pending(const struct rpc_transport *transport)
{
    const struct layer *layer = (const struct layer *)transport;

    return layer->n_in > 0 || rpc_transport_pending(layer->below);
}

static bool
layer_unsent(const struct rpc_transport *transport)
{
    const struct layer *layer = (const struct layer *)transport;

    return layer->n_out > 0 || rpc_transport_unsent(layer->below);
}

static unsigned int
layer_bits(const struct rpc_transport *transport)
{
    unsigned int bits;

    strong(((const struct layer *)transport)->sasl, &bits);
    return bits;
}

static void
layer_free(struct rpc_transport *transport)
{
    struct layer *layer = (struct layer *)transport;

    layer->below->sock = -1;            /* closed already */
    rpc_transport_free(layer->below);
    sasl_free(layer->sasl);
    pthread_mutex_destroy(&layer->lock);
    free(layer);
}

static const struct rpc_transport_ops ops = {
    .receive = layer_receive,
    .send = layer_send,
    .pending = layer_pending,
    .unsent = layer_unsent,
    .bits = layer_bits,
    .free = layer_free,
};

static struct rpc_transport *
make_layer(struct rpc_sasl *sasl, struct rpc_transport *transport)
{
    struct layer *layer = VIR_NEW(struct layer);
    const void *max = NULL;

    layer->transport = (struct rpc_transport){ .ops = &ops, .sock = transport->sock };
    layer->below = transport;
    layer->sasl = sasl;
    pthread_mutex_init(&layer->lock, NULL);
    layer->piece = sasl_getprop(sasl->conn, SASL_MAXOUTBUF, &max) == SASL_OK && max ? *(const unsigned int *)max : 0;
    if (layer->piece == 0 || layer->piece > LAYER_MAX)  /* the other end says how much it takes */
        layer->piece = LAYER_MAX;
    return &layer->transport;
}

extern const struct rpc_sasl_part sasl;
__attribute__((visibility("default")))
const struct rpc_sasl_part sasl = {
    .version = RPC_SASL_VERSION,
    .server = make_server,
    .client = make_client,
    .free = sasl_free,
    .remedy = rpc_sasl_remedy,
    .mechanisms = mechanisms,
    .begin = begin,
    .step = step,
    .strong = strong,
    .user = user,
    .layer = make_layer,
};
