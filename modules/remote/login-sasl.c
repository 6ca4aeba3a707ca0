/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Logging in by SASL: what a mechanism wants to know is in auth.conf, or the program is asked. */
#include "modules/remote/login.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/sasl.h"
#include "wire/protocol.h"

#define PROCEDURE(name) (&remote_procedures[REMOTE_PROC_##name])
#define LEAST_BITS 56                   /* over a network; DES, as the oldest servers have it */
#define MAX_QUESTIONS 16
#define MAX_TURNS 100

/* ---- questions --------------------------------------------------------------- */

struct asker {
    const struct remote_target *target;
    virConnectAuthPtr auth;
};

static const char *
key_of(int kind)
{
    return kind == VIR_CRED_USERNAME ? "username" : kind == VIR_CRED_AUTHNAME ? "authname" :
           kind == VIR_CRED_PASSPHRASE ? "password" : kind == VIR_CRED_REALM ? "realm" : NULL;
}

static int
answer_from_file(const struct asker *asker, struct rpc_sasl_question *question)
{
    const char *key = key_of(question->kind);

    if (!key)
        return 0;
    if (remote_auth_file(asker->target, key, &question->answer) < 0)
        return -1;
    /* one name is both, unless the file says otherwise */
    if (!question->answer && question->kind == VIR_CRED_AUTHNAME)
        return remote_auth_file(asker->target, "username", &question->answer);
    return 0;
}

/* Whom the mechanism acts for is who logs in, if nobody says otherwise. */
static bool
may_be_left(const struct rpc_sasl_question *question)
{
    return question->kind == VIR_CRED_USERNAME || question->kind == VIR_CRED_REALM ||
        question->kind == VIR_CRED_LANGUAGE || question->kind == VIR_CRED_CNONCE;
}

static int
ask_program(const struct asker *asker, struct rpc_sasl_question *questions, size_t n)
{
    virConnectCredential creds[MAX_QUESTIONS];
    size_t of[MAX_QUESTIONS], n_creds = 0;
    int rc;

    for (size_t i = 0; i < n; i++) {
        if (questions[i].answer)
            continue;
        if (!remote_can_answer(asker->auth, questions[i].kind)) {
            if (may_be_left(&questions[i]))
                continue;
            vir_raise(VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED, "the login asks for '%s', and nobody can answer",
                      questions[i].prompt ? questions[i].prompt : "more");
            vir_error_hint("open the connection with virConnectOpenAuth, or write it into auth.conf");
            return -1;
        }
        of[n_creds] = i;
        creds[n_creds++] = (virConnectCredential){ .type = questions[i].kind, .prompt = questions[i].prompt,
                                                   .challenge = questions[i].challenge,
                                                   .defresult = questions[i].preset };
    }
    rc = n_creds ? asker->auth->cb(creds, (unsigned int)n_creds, asker->auth->cbdata) : 0;
    for (size_t i = 0; i < n_creds; i++)
        questions[of[i]].answer = creds[i].result;
    return rc < 0 ? vir_raise(VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED, "Failed to collect auth credentials") : 0;
}

static int
ask(struct rpc_sasl_question *questions, size_t n, void *opaque)
{
    const struct asker *asker = opaque;

    for (size_t i = 0; i < n; i++)
        if (answer_from_file(asker, &questions[i]) < 0)
            return -1;
    return ask_program(asker, questions, n);
}

/* ---- turns ----------------------------------------------------------------------- */

static int
fail(const char *why)
{
    const char *reason, *remedy;

    /* what a question's answer raised counts more */
    if (virGetLastErrorCode() != VIR_ERR_OK)
        return -1;
    vir_raise(VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED, "%s", why);
    remedy = rpc_sasl_part(&reason)->remedy(why, false);
    if (remedy)
        vir_error_hint("%s", remedy);
    return -1;
}

/* The server keeps why to itself: who tries might learn too much. */
static int
take_turn(struct remote_connect *rc, const struct rpc_procedure *procedure, const void *args,
          struct remote_auth_sasl_step_ret *ret)
{
    if (remote_call(rc, procedure, args, ret) == 0)
        return 0;
    if (virGetLastErrorCode() == VIR_ERR_AUTH_FAILED)
        vir_error_hint("the log of the daemon there says why");
    return -1;
}

/* LIST has commas between its names. */
static bool
is_listed(const char *list, const char *name)
{
    size_t len = strlen(name);

    while (strncasecmp(list, name, len) != 0 || (list[len] && list[len] != ',')) {
        list += strcspn(list, ",");
        if (!*list++)
            return false;
    }
    return true;
}

/* The mechanisms that may be chosen: the server's, or the one that the URI names if that is among them. */
static char *
choose(struct remote_connect *rc, const struct remote_target *target)
{
    struct remote_auth_sasl_init_ret ret;
    const char *wanted = remote_target_param(target, "auth");
    char *list;

    if (remote_call(rc, PROCEDURE(AUTH_SASL_INIT), NULL, &ret) < 0)
        return NULL;
    list = vir_strdup(ret.mechlist);
    xdr_free(PROCEDURE(AUTH_SASL_INIT)->ret, &ret);
    if (!wanted || strncasecmp(wanted, "sasl.", 5) != 0)
        return list;
    wanted += 5;
    if (is_listed(list, wanted)) {
        free(list);
        return vir_strdup(wanted);
    }
    vir_raise(VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED, "SASL mechanism %s not supported by server, which has %s", wanted,
              list);
    free(list);
    return NULL;
}

static struct remote_auth_sasl_step_args
to_server(const struct rpc_sasl_data *data)
{
    return (struct remote_auth_sasl_step_args){ .nil = !data->bytes, .n_data = data->len, .data = (char *)data->bytes };
}

/* Both ends speak in turn until both are content. */
static int
converse(struct remote_connect *rc, const struct rpc_sasl_part *part, struct rpc_sasl *sasl, const char *mechanisms)
{
    struct remote_auth_sasl_start_args start;
    struct remote_auth_sasl_step_args step;
    struct remote_auth_sasl_step_ret ret;
    struct rpc_sasl_data out, in;
    enum rpc_sasl_turn turn;
    const char *mechanism;
    char why[RPC_SASL_WHY];
    bool complete;

    virResetLastError();
    turn = part->begin(sasl, mechanisms, NULL, &out, &mechanism, why);
    if (turn == RPC_SASL_FAILED)
        return fail(why);
    start = (struct remote_auth_sasl_start_args){ .mech = (char *)mechanism, .nil = !out.bytes, .n_data = out.len,
                                                  .data = (char *)out.bytes };
    if (take_turn(rc, PROCEDURE(AUTH_SASL_START), &start, &ret) < 0)
        return -1;
    for (int turns = 1;; turns++) {
        complete = ret.complete;
        in = (struct rpc_sasl_data){ ret.nil ? NULL : ret.data ? ret.data : "", ret.n_data };
        if (turn == RPC_SASL_GOES_ON)
            turn = part->step(sasl, &in, &out, why);
        xdr_free(PROCEDURE(AUTH_SASL_STEP)->ret, &ret);
        if (turn == RPC_SASL_FAILED)
            return fail(why);
        if (complete)
            return turn == RPC_SASL_DONE ? 0 : fail("the server has ended it too early");
        if (turns == MAX_TURNS)
            return fail("the server never ends it");
        step = to_server(&out);
        if (take_turn(rc, PROCEDURE(AUTH_SASL_STEP), &step, &ret) < 0)
            return -1;
    }
}

/* ---- the whole ---------------------------------------------------------------------- */

static struct rpc_sasl *
make(struct remote_connect *rc, const struct rpc_sasl_part *part, struct asker *asker)
{
    char local[RPC_SASL_END], remote[RPC_SASL_END], why[RPC_SASL_WHY];
    bool network = rc->network && !rc->encrypted;
    struct rpc_sasl_way way = { .encrypted = rpc_client_bits(rc->client), .least = network ? LEAST_BITS : 0,
                                .plain = network };
    int sock = rpc_client_socket(rc->client);
    struct rpc_sasl *sasl;

    rpc_sasl_end(sock, getsockname, local);
    rpc_sasl_end(sock, getpeername, remote);
    way.local = *local ? local : NULL;
    way.remote = *remote ? remote : NULL;
    sasl = part->client(asker->target->host, &way, ask, asker, why);
    if (!sasl)
        fail(why);
    return sasl;
}

struct encryption {
    const struct rpc_sasl_part *part;
    struct rpc_sasl *sasl;
};

static struct rpc_transport *
wrap(void *opaque, struct rpc_transport *way)
{
    const struct encryption *encryption = opaque;

    return encryption->part->layer(encryption->sasl, way);
}

int
remote_login_sasl(struct remote_connect *rc, const struct remote_target *target, virConnectAuthPtr auth)
{
    struct asker asker = { target, auth };
    const char *reason;
    const struct rpc_sasl_part *part = rpc_sasl_part(&reason);
    VIR_AUTO_FREE char *mechanisms = NULL;
    struct rpc_sasl *sasl;
    unsigned int bits;
    bool wrapped = false;
    int ret = -1;

    if (!part)
        return vir_raise(VIR_FROM_REMOTE, VIR_ERR_AUTH_FAILED, "the daemon asks for SASL, which cannot be had: %s",
                         reason);
    mechanisms = choose(rc, target);
    sasl = mechanisms ? make(rc, part, &asker) : NULL;
    if (!sasl)
        return -1;
    if (converse(rc, part, sasl, mechanisms) == 0)
        ret = part->strong(sasl, &bits) ? 0 : fail("the mechanism does not encrypt enough for a network");
    if (ret == 0 && rc->network && !rc->encrypted) {
        ret = rpc_client_wrap(rc->client, wrap, &(struct encryption){ part, sasl });
        wrapped = rc->encrypted = ret == 0;
    }
    if (!wrapped)
        part->free(sasl);
    return ret;
}
