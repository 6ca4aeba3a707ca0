/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A program of libvirt-admin, built against the distribution's headers and
 * library and run on either library, that calls every function and prints
 * what does not depend on which daemon it meets.  URI is its argument.
 */
#include <libvirt/libvirt-admin.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
quiet(void *opaque, virErrorPtr error)
{
    (void)opaque;
    (void)error;
}

static void
say(const char *what, long long result)
{
    virErrorPtr error = virGetLastError();

    printf("%s: %lld, error %d\n", what, result, error ? error->code : 0);
}

static void
say_params(const char *what, int result, virTypedParameterPtr params, int n)
{
    say(what, result);
    for (int i = 0; i < n; i++)
        printf("  %s of type %d\n", params[i].field, params[i].type);
    virTypedParamsFree(params, n);
}

static int closed_reason = -1, freed;

static void
closed(virAdmConnectPtr conn, int reason, void *opaque)
{
    (void)conn;
    (void)opaque;
    closed_reason = reason;
}

static void
count_freed(void *opaque)
{
    (void)opaque;
    freed++;
}

static void
bad_arguments(virAdmConnectPtr conn, virAdmServerPtr srv)
{
    virTypedParameter param = { .type = VIR_TYPED_PARAM_UINT };
    int n = 0;

    say("close NULL", virAdmConnectClose(NULL));
    say("ref NULL", virAdmConnectRef(NULL));
    say("URI of NULL", virAdmConnectGetURI(NULL) != NULL);
    say("alive NULL", virAdmConnectIsAlive(NULL));
    say("version into NULL", virAdmConnectGetLibVersion(conn, NULL));
    say("look up NULL", virAdmConnectLookupServer(conn, NULL, 0) != NULL);
    say("name of NULL", virAdmServerGetName(NULL) != NULL);
    say("free NULL server", virAdmServerFree(NULL));
    say("threads into NULL", virAdmServerGetThreadPoolParameters(srv, NULL, &n, 0));
    say("set NULL", virAdmServerSetThreadPoolParameters(srv, NULL, 1, 0));
    say("set -1", virAdmServerSetThreadPoolParameters(srv, &param, -1, 0));
    strcpy(param.field, "bogus");
    say("set bogus", virAdmServerSetThreadPoolParameters(srv, &param, 1, 0));
    say("limit bogus", virAdmServerSetClientLimits(srv, &param, 1, 0));
    say("set nothing", virAdmServerSetThreadPoolParameters(srv, &param, 0, 0));
    say("id of NULL", (long long)virAdmClientGetID(NULL));
    say("time of NULL", virAdmClientGetTimestamp(NULL));
    say("transport of NULL", virAdmClientGetTransport(NULL));
    say("close NULL client", virAdmClientClose(NULL, 0));
    say("free NULL client", virAdmClientFree(NULL));
    say("list of NULL", virAdmServerListClients(NULL, NULL, 0));
    say("register NULL", virAdmConnectRegisterCloseCallback(conn, NULL, NULL, NULL));
    say("unregister what is not there", virAdmConnectUnregisterCloseCallback(conn, closed));
}

static void
read_all(virAdmConnectPtr conn, virAdmServerPtr srv)
{
    virTypedParameterPtr params = NULL;
    unsigned long long version = 0;
    virAdmServerPtr *servers = NULL;
    char *text = NULL;
    int n = 0, rc;

    say("version", virAdmConnectGetLibVersion(conn, &version));
    printf("  %llu\n", version);
    rc = virAdmConnectListServers(conn, &servers, 0);
    say("servers", rc);
    for (int i = 0; i < rc; i++)
        virAdmServerFree(servers[i]);
    printf("  ended by %p\n", (void *)servers[rc]);
    free(servers);
    say("servers counted", virAdmConnectListServers(conn, NULL, 0));
    rc = virAdmServerGetThreadPoolParameters(srv, &params, &n, 0);
    say_params("threads", rc, params, n);
    params = NULL;
    n = 0;
    rc = virAdmServerGetClientLimits(srv, &params, &n, 0);
    say_params("limits", rc, params, n);
    say("filters set", virAdmConnectSetLoggingFilters(conn, "1:one 4:two*three", 0));
    say("filters", virAdmConnectGetLoggingFilters(conn, &text, 0));
    printf("  [%s]\n", text ? text : "");
    free(text);
    say("filters counted", virAdmConnectGetLoggingFilters(conn, NULL, 0));
    say("filters not set", virAdmConnectSetLoggingFilters(conn, "one", 0));
    say("filters taken away", virAdmConnectSetLoggingFilters(conn, NULL, 0));
    say("outputs not set", virAdmConnectSetLoggingOutputs(conn, "one", 0));
    say("outputs counted", virAdmConnectGetLoggingOutputs(conn, NULL, 0));
    say("certificates", virAdmServerUpdateTlsFiles(srv, 0));
    say("timeout", virAdmConnectSetDaemonTimeout(conn, 0, 0));
}

/* Those of the server: the last one is ours. */
static virAdmClientPtr
last_client(virAdmServerPtr srv)
{
    virAdmClientPtr *clients = NULL, last;
    int n = virAdmServerListClients(srv, &clients, 0);

    if (n <= 0)
        exit(2);
    last = clients[n - 1];
    for (int i = 0; i < n - 1; i++)
        virAdmClientFree(clients[i]);
    free(clients);
    return last;
}

static void
look_at_client(virAdmServerPtr srv, virAdmClientPtr client)
{
    virAdmClientPtr again = virAdmServerLookupClient(srv, virAdmClientGetID(client), 0);
    virTypedParameterPtr params = NULL;
    int n = 0, rc = virAdmClientGetInfo(client, &params, &n, 0);

    say_params("client", rc, params, n);
    say("its transport", virAdmClientGetTransport(client));
    printf("  the same: %d\n", again && virAdmClientGetTimestamp(again) == virAdmClientGetTimestamp(client));
    virAdmClientFree(again);
    say("nobody", virAdmServerLookupClient(srv, 1ULL << 60, 0) != NULL);
}

/* Another connection ends the first; the event loop hears of it. */
static void
end_from_outside(const char *uri, virAdmConnectPtr conn, virAdmClientPtr client)
{
    virAdmConnectPtr other = virAdmConnectOpen(uri, 0);
    virAdmServerPtr srv = other ? virAdmConnectLookupServer(other, "admin", 0) : NULL;
    virAdmClientPtr same = srv ? virAdmServerLookupClient(srv, virAdmClientGetID(client), 0) : NULL;

    say("registered", virAdmConnectRegisterCloseCallback(conn, closed, NULL, count_freed));
    say("once only", virAdmConnectRegisterCloseCallback(conn, closed, NULL, count_freed));
    say("ended", same ? virAdmClientClose(same, 0) : -2);
    while (closed_reason < 0)
        virEventRunDefaultImpl();
    printf("reason %d, alive %d\n", closed_reason, virAdmConnectIsAlive(conn));
    say("a call", virAdmConnectListServers(conn, NULL, 0) >= 0);
    say("unregistered", virAdmConnectUnregisterCloseCallback(conn, closed));
    printf("freed %d\n", freed);
    virAdmClientFree(same);
    virAdmServerFree(srv);
    virAdmConnectClose(other);
}

int
main(int argc, char **argv)
{
    unsigned long long version = 0;
    virAdmConnectPtr conn;
    virAdmServerPtr srv;
    virAdmClientPtr client;
    char *uri;

    if (argc != 2)
        return 2;
    virSetErrorFunc(NULL, quiet);
    say("initialized", virAdmInitialize());
    say("version of the library", virAdmGetVersion(&version));
    printf("  %llu\n", version);
    virEventRegisterDefaultImpl();
    say("no such scheme", virAdmConnectOpen("bogus:///system", 0) != NULL);
    say("no such path", virAdmConnectOpen("libvirtd:///bogus", 0) != NULL);
    say("no such parameter", virAdmConnectOpen("libvirtd:///system?bogus=1", 0) != NULL);
    say("no such socket", virAdmConnectOpen("virtqemud:///system?socket=/nonexistent", 0) != NULL);
    conn = virAdmConnectOpen(argv[1], 0);
    say("opened", conn != NULL);
    if (!conn)
        return 1;
    uri = virAdmConnectGetURI(conn);
    printf("the same URI: %d\n", uri && strcmp(uri, argv[1]) == 0);
    free(uri);
    srv = virAdmConnectLookupServer(conn, "admin", 0);
    printf("name %s\n", srv ? virAdmServerGetName(srv) : "none");
    say("no such server", virAdmConnectLookupServer(conn, "bogus", 0) != NULL);
    bad_arguments(conn, srv);
    read_all(conn, srv);
    client = last_client(srv);
    look_at_client(srv, client);
    say("one reference more", virAdmConnectRef(conn));
    say("and less", virAdmConnectClose(conn));
    end_from_outside(argv[1], conn, client);
    virAdmClientFree(client);
    say("left", virAdmConnectClose(conn));
    printf("name afterwards %s\n", virAdmServerGetName(srv));
    virAdmServerFree(srv);
    return 0;
}
