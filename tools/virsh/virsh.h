/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virsh: what it has beside the shell. */
#ifndef VIRSH_H
#define VIRSH_H

#include <libvirt/libvirt-qemu.h>

#include "kinds.h"
#include "shell.h"

/* options.c */
struct virsh_options {
    bool readonly;
    bool keepalive_asked;
    int keepalive_interval;     /* seconds */
    int keepalive_count;
    char escape;                /* ends a console session */
};
extern struct virsh_options virsh_options;

/* login.c */
/* Opens a connection, for which the user may be asked on the terminal. */
virConnectPtr virsh_login(const char *uri, bool readonly);

/* connect.c */
int virsh_connect(struct shell *vsh, const char *uri, bool readonly);
/* As struct shell_tool has them. */
int virsh_open(struct shell *vsh, enum shell_connect why);
void *virsh_open_to_look(struct shell *vsh);
bool virsh_is_alive(struct shell *vsh);
void virsh_close(struct shell *vsh, void *conn);

/* xml.c: reading a document with XPath */
struct virsh_rows { char **cells; size_t n_rows, n_columns; };
/* One row for each node that PATH finds, one cell (never NULL) for each of the
 * COLUMNS: XPath expressions as seen from the node, read as strings. */
int virsh_xml_rows(struct shell *vsh, const char *xml, const char *path,
                   const char *const *columns, struct virsh_rows *ret_rows);
void virsh_rows_free(struct virsh_rows *rows);
/* The string value of EXPRESSION; NULL: reported. Caller frees. */
char *virsh_xml_string(struct shell *vsh, const char *xml, const char *expression);
/* What EXPRESSION finds, as XML; NULL: reported. Caller frees. */
char *virsh_xml_text(struct shell *vsh, const char *xml, const char *expression);
struct virsh_xml_change;
/* The element that PATH finds, changed (parts.h); NULL: reported. Caller frees. */
char *virsh_xml_change(struct shell *vsh, const char *xml, const char *path,
                       const struct virsh_xml_change *changes, size_t n);
/* Prints XML, as a call returned it, or what XPATH finds in it; takes it over. NULL: the call failed. */
int virsh_show_document(struct shell *vsh, char *xml, const char *xpath, bool wrap, const char *failed);

/* edit.c: a document in the user's editor */
struct virsh_editing {
    struct shell *vsh;
    void *object;                       /* whose document it is; owned by the caller */
    const char *text;                   /* as the user named it */
    unsigned int flags;
    bool validate;                      /* it has to follow the schema, unless the user gives that up */
    char *(*read)(const struct virsh_editing *editing);         /* as it is now; NULL: the library's error; caller frees */
    int (*write)(const struct virsh_editing *editing, const char *xml, bool validate);
    void (*done)(const struct virsh_editing *editing, bool changed);
};
int virsh_edit(const struct virsh_editing *editing);

/* names.c: states in words */
const char *virsh_state_name(int state);
const char *virsh_reason_name(int state, int reason);

/* commands/volume.c */
void *virsh_volume_find(struct shell *vsh, const struct shell_call *call, const void *args, const char *text);

/* commands/snapshot.c */
void *virsh_snapshot_find(struct shell *vsh, const struct shell_call *call, const void *args, const char *text);

/* commands/console.c */
int virsh_console_run(struct shell *vsh, virDomainPtr dom, const char *device, unsigned int flags);

#endif
