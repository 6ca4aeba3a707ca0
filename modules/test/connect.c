/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening and closing.  test:///default is shared by all connections of the
 * process and begins anew after the last of them; test:///FILE reads the host
 * and its domains from a file and is private to its connection.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

#define MAX_FILE (64 << 20)             /* bytes of a node file */

/* Protects default_host and every host's count. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct test_host *default_host;  /* NULL: nobody has it open */

/* The system's daemon: what it can read, others may not be able to. */
static bool reads_as_root;              /* constant after load */

int
test_load(const struct vir_host *host)
{
    reads_as_root = host->daemon && host->privileged;
    return 0;
}

static const struct vir_store_kind domains = {
    "domain", VIR_MODULE_DOMAIN, VIR_ERR_NO_DOMAIN, .facts = test_domain_facts, .snapshots = test_snapshots_of,
};

static struct test_host *
host_new(const struct test_node_def *def)
{
    struct test_host *host = VIR_NEW(struct test_host);

    host->refs = 1;
    host->node = (virNodeInfo){
        .memory = def->memory, .cpus = def->cpu.active, .mhz = def->cpu.mhz, .nodes = def->cpu.nodes,
        .sockets = def->cpu.sockets, .cores = def->cpu.cores, .threads = def->cpu.threads,
    };
    snprintf(host->node.model, sizeof(host->node.model), "%s", def->cpu.model);
    host->domains = vir_store_new(&domains, test_domain_free);
    host->events = vir_event_hub_new();
    return host;
}

static struct test_host *
host_free(struct test_host *host)
{
    if (host) {
        vir_store_free(host->domains);
        vir_event_hub_free(host->events);
        free(host);
    }
    return NULL;
}

/* The entry NAME of a directory, whose descriptor it takes over; -1: not everybody may pass there. */
static int
descend(int from, const char *name)
{
    VIR_AUTO_CLOSE int dir = from;
    struct stat info;

    if (fstat(dir, &info) < 0 || !(info.st_mode & S_IXOTH))
        return -1;
    return openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

/* The file PATH (O_PATH) if everybody of this host may read it, on the way to it too; -1: not, or it is not there. */
static int
open_for_anybody(const char *path)
{
    VIR_AUTO_FREE char *whole = realpath(path, NULL);
    VIR_AUTO_CLOSE int fd = whole ? open("/", O_PATH | O_CLOEXEC) : -1;
    char *state = NULL;
    struct stat info;

    for (char *name = fd < 0 ? NULL : strtok_r(whole, "/", &state); name && fd >= 0; name = strtok_r(NULL, "/", &state))
        fd = descend(fd, name);
    return fd >= 0 && fstat(fd, &info) == 0 && info.st_mode & S_IROTH ? vir_steal_fd(&fd) : -1;
}

/* Reads the file PATH.  FOR_ANYBODY: if everybody of this host may, whatever this process may. */
static int
read_file(const char *path, bool for_anybody, char **ret_text, size_t *ret_len)
{
    VIR_AUTO_CLOSE int fd = -1;
    VIR_AUTO_FREE char *same = NULL;

    if (!for_anybody && access(path, F_OK) < 0)
        return vir_error(VIR_ERR_XML_ERROR, "cannot open '%s': %s", path, strerror(errno));
    if (!for_anybody)
        return vir_file_read_path(path, MAX_FILE, ret_text, ret_len);
    fd = open_for_anybody(path);
    if (fd < 0) {                       /* which of the two is not for everybody to know */
        vir_error(VIR_ERR_OPERATION_DENIED,
                  "the daemon does not read '%s' for a read-only connection: it is not there, or not everybody may",
                  path);
        vir_error_hint("test:///default is for everybody");
        return -1;
    }
    same = vir_strdup_printf("/proc/self/fd/%d", fd);
    return vir_file_read_path(same, MAX_FILE, ret_text, ret_len);
}

/* The definition in the file NAME, which stands beside the node file PATH. */
static struct test_domain_def *
read_beside(const char *path, const char *name, bool for_anybody)
{
    VIR_AUTO_FREE char *full = NULL, *text = NULL;
    size_t len;

    if (name[0] == '/')
        full = vir_strdup(name);
    else
        full = vir_strdup_printf("%.*s/%s", (int)(strrchr(path, '/') - path), path, name);
    if (read_file(full, for_anybody, &text, &len) < 0)
        return NULL;
    return test_domain_def_parse(text, VIR_XML_INACTIVE);
}

/* Takes the domains out of DEF. */
static int
add_domains(struct test_host *host, const char *path, bool for_anybody, struct test_node_def *def)
{
    for (size_t i = 0; i < def->n_domains; i++) {
        const char *file = def->domains[i]->file;
        struct test_domain_def *domain = file ? read_beside(path, file, for_anybody) : vir_steal(&def->domains[i]);

        if (!domain || test_domain_add(host, domain) < 0)
            return -1;
    }
    return 0;
}

static struct test_host *
host_from_file(const char *path, virConnectAuthPtr auth, bool for_anybody)
{
    VIR_AUTO_FREE char *text = NULL;
    struct test_node_def *def;
    struct test_host *host;
    size_t len;

    if (read_file(path, for_anybody, &text, &len) < 0)
        return NULL;
    def = test_node_def_parse(text, VIR_XML_INACTIVE | VIR_XML_LOCAL);
    if (!def)
        return NULL;
    host = test_login(def, auth) == 0 ? host_new(def) : NULL;
    if (host && add_domains(host, path, for_anybody, def) < 0)
        host = host_free(host);
    test_node_def_free(def);
    return host;
}

/* With the lock held. */
static struct test_host *
default_host_ref(void)
{
    struct test_node_def *def;
    struct test_host *host;

    if (default_host) {
        default_host->refs++;
        return default_host;
    }
    def = test_node_def_new();
    host = host_new(def);
    host->n_cells = TEST_CELLS;
    test_node_def_free(def);
    if (test_domain_add(host, test_default_domain()) < 0)
        return host_free(host);
    return default_host = host;
}

int
test_connect_open(virConnectPtr conn, virConnectAuthPtr auth, unsigned int flags)
{
    const char *path = vir_connect_uri(conn)->path;
    struct test_host *host;

    (void)flags;                        /* read-only is the core's business */
    if (!path || strcmp(path, "") == 0 || strcmp(path, "/") == 0)
        return vir_error(VIR_ERR_INVALID_ARG, "no path in '%s': use test:///default or test:///FILE",
                         vir_connect_uri_text(conn));
    if (strcmp(path, "/default") == 0) {
        pthread_mutex_lock(&lock);
        host = default_host_ref();
        pthread_mutex_unlock(&lock);
    } else {
        host = host_from_file(path, auth, reads_as_root && vir_connect_readonly(conn));
    }
    if (!host)
        return -1;
    vir_connect_set_data(conn, host);
    vir_connect_set_domain_store(conn, host->domains);
    vir_connect_set_snapshots(conn, host->domains);
    vir_connect_set_events(conn, host->events);
    return 0;
}

int
test_connect_close(virConnectPtr conn)
{
    struct test_host *host = test_host_of(conn);
    bool last;

    pthread_mutex_lock(&lock);
    last = --host->refs == 0;
    if (last && host == default_host)
        default_host = NULL;
    pthread_mutex_unlock(&lock);
    if (last)
        host_free(host);
    return 0;
}
