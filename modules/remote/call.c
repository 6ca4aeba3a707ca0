/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An open connection for those that use it: how a call goes over it, and when it is gone. */
#include "modules/remote/remote.h"

#include <stdlib.h>
#include <string.h>

#include "wire/protocol.h"

int
remote_call(struct remote_connect *rc, const struct rpc_procedure *procedure, const void *args, void *ret)
{
    return rpc_client_call(rc->client, procedure, args, ret);
}

int
remote_call_fds(struct remote_connect *rc, const struct rpc_procedure *procedure, const void *args, void *ret,
                const int *fds, size_t n_fds, int **ret_fds, size_t *ret_n_fds)
{
    int received[RPC_FDS_MAX];
    size_t n = 0;

    if (n_fds > RPC_FDS_MAX)
        return vir_error(VIR_ERR_INVALID_ARG, "%zu descriptors are too many for a call: at most %d",
                         n_fds, RPC_FDS_MAX);
    if (!rc->local)
        return vir_error(VIR_ERR_NO_SUPPORT, "descriptors can be passed over a unix socket only");
    if (rpc_client_call_fds(rc->client, procedure, args, ret, fds, n_fds, ret_fds ? received : NULL, &n) < 0)
        return -1;
    if (ret_fds) {
        *ret_fds = vir_alloc_array(n ? n : 1, sizeof(int));
        memcpy(*ret_fds, received, n * sizeof(int));
        *ret_n_fds = n;
    }
    return 0;
}

int
remote_supports(struct remote_connect *rc, int feature)
{
    struct remote_connect_supports_feature_args args = { .feature = feature };
    struct remote_connect_supports_feature_ret ret;

    if (remote_call(rc, &remote_procedures[REMOTE_PROC_CONNECT_SUPPORTS_FEATURE], &args, &ret) < 0)
        return -1;
    return ret.supported != 0;
}

struct remote_connect *
remote_connect_unref(struct remote_connect *rc)
{
    if (!rc || __atomic_sub_fetch(&rc->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return NULL;
    rpc_client_unref(rc->client);
    remote_child_end(rc->child);
    while (rc->subscriptions) {
        struct remote_subscription *sub = rc->subscriptions;

        rc->subscriptions = sub->next;
        free(sub);
    }
    pthread_mutex_destroy(&rc->lock);
    free(rc->type);
    free(rc);
    return NULL;
}
