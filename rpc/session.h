/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers that client and daemon agree on while a connection is made. */
#ifndef RPC_SESSION_H
#define RPC_SESSION_H

/* Of AUTH_LIST. */
enum rpc_auth { RPC_AUTH_NONE, RPC_AUTH_SASL, RPC_AUTH_POLKIT };

/* Of CONNECT_SUPPORTS_FEATURE: those that one of ours asks for or answers yes to. */
enum rpc_feature {
    RPC_FEATURE_FD_PASSING = 8,
    RPC_FEATURE_PARAM_STRING = 9,
    RPC_FEATURE_KEEPALIVE = 10,
    RPC_FEATURE_EVENT_CALLBACK = 14,
    RPC_FEATURE_CLOSE_CALLBACK = 15,
    RPC_FEATURE_NETWORK_UPDATE_ORDER = 16,
};

#endif
