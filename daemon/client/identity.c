/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who a client is: what its socket tells, and how it has logged in. */
#include "daemon/client/identity.h"

#include "daemon/daemon.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define LABEL_MAX 4096

static void
read_address(int sock, char *ret)
{
    char host[NI_MAXHOST], port[NI_MAXSERV];
    struct sockaddr_storage end = { 0 };
    socklen_t len = sizeof(end);
    const char *format = "%s:%s";

    if (getpeername(sock, (struct sockaddr *)&end, &len) < 0 ||
        getnameinfo((struct sockaddr *)&end, len, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return;
    if (end.ss_family == AF_INET6)
        format = "[%s]:%s";
    snprintf(ret, DAEMON_ADDRESS, format, host, port);
}

static char *
read_label(int sock)
{
    char label[LABEL_MAX + 1];
    socklen_t len = LABEL_MAX;

    if (getsockopt(sock, SOL_SOCKET, SO_PEERSEC, label, &len) < 0 || len == 0)
        return NULL;
    label[len] = '\0';
    return vir_strdup(label);
}

void
daemon_identity_read(struct daemon_client *client, struct daemon_identity *ret_identity)
{
    struct daemon_identity identity = { 0 };
    struct ucred who;
    socklen_t len = sizeof(who);
    int sock;

    pthread_mutex_lock(&client->lock);
    sock = client->transport->sock;     /* stays open as long as somebody has a reference */
    identity.readonly = client->readonly;
    identity.user_name = vir_strdup(client->user_name);
    identity.certificate_name = vir_strdup(client->certificate_name);
    pthread_mutex_unlock(&client->lock);
    if (client->uid == (uid_t)-1) {
        read_address(sock, identity.address);
    } else if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0) {
        identity.local = true;
        identity.uid = who.uid;
        identity.gid = who.gid;
        identity.pid = who.pid;
        identity.label = read_label(sock);
    }
    *ret_identity = identity;
}

void
daemon_identity_clear(struct daemon_identity *identity)
{
    free(identity->user_name);
    free(identity->certificate_name);
    free(identity->label);
}
