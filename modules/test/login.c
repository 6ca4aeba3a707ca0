/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The users that a node file names: whoever opens it says who they are, by the
 * program's callback.
 */
#include <stdlib.h>
#include <string.h>

#include "test.h"

/* What the program answers, the caller's to free; NULL: an error is set. */
static char *
ask(virConnectAuthPtr auth, int type, const char *what)
{
    virConnectCredential question = { .type = type, .prompt = what };

    for (unsigned int i = 0; auth && auth->cb && i < auth->ncredtype; i++) {
        if (auth->credtype[i] != type)
            continue;
        if (auth->cb(&question, 1, auth->cbdata) == 0 && question.result)
            return question.result;
        free(question.result);
        vir_error(VIR_ERR_AUTH_FAILED, "the program did not say the %s", what);
        return NULL;
    }
    vir_error(VIR_ERR_INVALID_ARG, "this node file has users, and the program cannot be asked for the %s", what);
    vir_error_hint("open it with virConnectOpenAuth, not through libvirtd");
    return NULL;
}

static const struct test_node_auth_user_def *
find_user(const struct test_node_def *node, const char *name)
{
    for (size_t i = 0; i < node->auth.n_users; i++)
        if (strcmp(node->auth.users[i]->name, name) == 0)
            return node->auth.users[i];
    return NULL;
}

int
test_login(const struct test_node_def *node, virConnectAuthPtr auth)
{
    VIR_AUTO_FREE char *name = NULL, *password = NULL;
    const struct test_node_auth_user_def *user;

    if (node->auth.n_users == 0)
        return 0;
    name = ask(auth, VIR_CRED_AUTHNAME, "name");
    if (!name)
        return -1;
    user = find_user(node, name);
    if (user && !user->password)
        return 0;
    password = user ? ask(auth, VIR_CRED_PASSPHRASE, "password") : NULL;
    if (user && !password)
        return -1;
    if (user && strcmp(password, user->password) == 0)
        return 0;
    return vir_error(VIR_ERR_AUTH_FAILED, "no user of the node file has this name and password");
}
