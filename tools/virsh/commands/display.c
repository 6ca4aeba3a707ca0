/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How to reach the console and the graphical displays of a running domain, and what these show. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rows/display.h"

/* Without a console: nothing is printed, and the command fails. */
int
run_ttyconsole(struct shell *vsh, const struct ttyconsole_args *args)
{
    VIR_AUTO_FREE char *xml = virDomainGetXMLDesc(args->domain, 0), *tty = NULL;

    if (!xml)
        return -1;
    tty = virsh_xml_string(vsh, xml, "string(/domain/devices/console/@tty)");
    if (!tty || !*tty)
        return -1;
    shell_print(vsh, "%s\n", tty);
    return 0;
}

/* The document of a domain that runs; caller frees. */
static char *
running_document(struct shell *vsh, virDomainPtr dom, unsigned int flags)
{
    if (virDomainIsActive(dom) == 0) {
        shell_error(vsh, "Domain is not running");
        return NULL;
    }
    return virDomainGetXMLDesc(dom, flags);
}

/* A VNC display is counted from port 5900; any address of this host is left out. */
int
run_vncdisplay(struct shell *vsh, const struct vncdisplay_args *args)
{
    static const char *const columns[] = { "string(@port)", "string(@listen)", NULL };
    VIR_AUTO_FREE char *xml = running_document(vsh, args->domain, 0);
    struct virsh_rows rows;
    int port = -1;

    if (!xml || virsh_xml_rows(vsh, xml, "/domain/devices/graphics[@type='vnc'][1]", columns, &rows) < 0)
        return -1;
    if (rows.n_rows > 0 && *rows.cells[0])
        port = atoi(rows.cells[0]);
    if (port >= 0)
        shell_print(vsh, "%s:%d\n", strcmp(rows.cells[1], "0.0.0.0") == 0 ? "" : rows.cells[1], port - 5900);
    else
        shell_error(vsh, "Failed to get VNC port. Is this domain using VNC?");
    virsh_rows_free(&rows);
    return port >= 0 ? 0 : -1;
}

/* The host that the connection's URI names, for a display that listens on all addresses; caller frees. */
static char *
host_of_connection(struct shell *vsh)
{
    VIR_AUTO_FREE char *uri = virConnectGetURI(vsh->conn);
    const char *host = uri ? strstr(uri, "://") : NULL, *at;
    size_t len;

    if (!host)
        return vir_strdup("localhost");
    host += 3;
    len = strcspn(host, "/?");
    at = memchr(host, '@', len);
    if (at) {
        len -= (size_t)(at + 1 - host);
        host = at + 1;
    }
    if (*host != '[')
        len = strcspn(host, ":/?");
    return len == 0 ? vir_strdup("localhost") : vir_strndup(host, len);
}

enum { PORT, TLS_PORT, ADDRESS, SOCKET, PASSWORD, N_COLUMNS };

static void
add_host(struct shell *vsh, struct vir_buf *uri, const char *address)
{
    VIR_AUTO_FREE char *host = NULL;

    if (!*address || strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0)
        host = host_of_connection(vsh);
    vir_buf_addf(uri, !host && strchr(address, ':') ? "[%s]" : "%s", host ? host : address);
}

/* The URI that a viewer takes; NULL: this display cannot be reached. Caller frees. */
static char *
display_uri(struct shell *vsh, const char *type, char *const *display, bool password)
{
    const bool vnc = strcmp(type, "vnc") == 0, spice = strcmp(type, "spice") == 0;
    const int port = atoi(display[PORT]), tls_port = atoi(display[TLS_PORT]);
    const char *mark = "?";
    struct vir_buf uri = { 0 };

    if (*display[SOCKET])
        return vir_strdup_printf("%s+unix://%s", type, display[SOCKET]);
    if (port <= 0 && tls_port <= 0)
        return NULL;
    vir_buf_addf(&uri, "%s://", type);
    if (vnc && password && *display[PASSWORD])
        vir_buf_addf(&uri, ":%s@", display[PASSWORD]);
    add_host(vsh, &uri, display[ADDRESS]);
    if (port > 0)
        vir_buf_addf(&uri, ":%d", vnc ? port - 5900 : port);
    if (tls_port > 0) {
        vir_buf_addf(&uri, "?tls-port=%d", tls_port);
        mark = "&";
    }
    if (spice && password && *display[PASSWORD])
        vir_buf_addf(&uri, "%spassword=%s", mark, display[PASSWORD]);
    return vir_buf_steal(&uri);
}

/* How many displays of one type were printed; -1: reported. */
static int
print_displays(struct shell *vsh, const struct domdisplay_args *args, const char *xml, const char *type)
{
    static const char *const columns[] = {
        [PORT] = "string(@port)", [TLS_PORT] = "string(@tlsPort)",
        [ADDRESS] = "string(@listen | listen[not(../@listen)]/@address)",
        [SOCKET] = "string(@socket | listen[not(../@socket)]/@socket)", [PASSWORD] = "string(@passwd)", NULL
    };
    VIR_AUTO_FREE char *path = vir_strdup_printf("/domain/devices/graphics[@type='%s'][1]", type);
    struct virsh_rows rows;
    int printed = 0;

    if (virsh_xml_rows(vsh, xml, path, columns, &rows) < 0)
        return -1;
    for (size_t i = 0; i < rows.n_rows; i++) {
        VIR_AUTO_FREE char *uri = display_uri(vsh, type, rows.cells + i * N_COLUMNS,
                                              args->include_password);

        if (uri) {
            shell_print(vsh, args->all ? "%s\n" : "%s", uri);
            printed++;
        }
    }
    virsh_rows_free(&rows);
    return printed;
}

int
run_domdisplay(struct shell *vsh, const struct domdisplay_args *args)
{
    static const char *const types[] = { "vnc", "spice", "rdp" };
    const char *only = args->type;
    VIR_AUTO_FREE char *xml = running_document(vsh, args->domain, args->flags);
    int total = 0;

    if (!xml)
        return -1;
    for (size_t i = 0; i < sizeof(types) / sizeof(*types) && (args->all || total == 0); i++) {
        int printed = 0;

        if (!only || strcmp(only, types[i]) == 0)
            printed = print_displays(vsh, args, xml, types[i]);
        if (printed < 0)
            return -1;
        total += printed;
    }
    if (total > 0)
        return 0;
    return only ? shell_error(vsh, "No graphical display with type '%s' found", only)
                : shell_error(vsh, "No graphical display found");
}

/* ---- pictures ----------------------------------------------------------------------------------- */

static int
write_picture(virStreamPtr stream, const char *bytes, size_t n, void *opaque)
{
    (void)stream;
    return (int)write(*(int *)opaque, bytes, n);
}

/* DOMAIN-DATE-TIME.png, after the type that a picture has. */
static char *
picture_name(const char *domain, const char *type)
{
    const char *subtype = strchr(type, '/');
    time_t now = time(NULL);
    struct tm local;
    char text[40];

    strftime(text, sizeof(text), "%Y-%m-%d-%H:%M:%S", localtime_r(&now, &local));
    if (subtype && strcmp(subtype, "/x-portable-pixmap") == 0)
        subtype = "/ppm";
    return vir_strdup_printf("%s-%s.%s", domain, text, subtype ? subtype + 1 : "img");
}

/* All of STREAM into the new file PATH, or into one that is overwritten. */
static int
keep_picture(struct shell *vsh, virStreamPtr stream, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), result;
    bool ours = fd >= 0;

    if (fd < 0 && errno == EEXIST)
        fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (fd < 0)
        return shell_error(vsh, "cannot create file %s", path);
    result = virStreamRecvAll(stream, write_picture, &fd);
    if (close(fd) < 0 || result < 0 || virStreamFinish(stream) < 0) {
        if (ours)
            unlink(path);
        return shell_error(vsh, "could not receive the picture of the screen");
    }
    return 0;
}

int
run_screenshot(struct shell *vsh, const struct screenshot_args *args)
{
    virStreamPtr stream = virStreamNew(vsh->conn, 0);
    VIR_AUTO_FREE char *type = stream ? virDomainScreenshot(args->domain, stream, (unsigned int)args->screen, 0)
        : NULL;
    VIR_AUTO_FREE char *made = NULL;
    const char *path = args->file;
    int result;

    if (!type) {
        result = shell_error(vsh, "could not take a screenshot of %s", args->domain_text);
    } else {
        if (!path)
            path = made = picture_name(virDomainGetName(args->domain), type);
        result = keep_picture(vsh, stream, path);
        if (result == 0)
            shell_print(vsh, "Screenshot saved to %s, with type of %s\n", path, type);
    }
    if (stream)
        virStreamFree(stream);
    return result;
}
