/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the command line and libvirtd.conf say.
 */
#ifndef DAEMON_SETTINGS_H
#define DAEMON_SETTINGS_H

#include <stdbool.h>
#include <sys/types.h>

#include "daemon/server.h"

#include <libvirt/module.h>

/* How clients come. */
enum daemon_way { DAEMON_UNIX_RO, DAEMON_UNIX_RW, DAEMON_UNIX_ADMIN, DAEMON_TCP, DAEMON_TLS, DAEMON_WAYS };

/* What a client holds beside memory; each is a descriptor of ours. */
enum daemon_thing { DAEMON_FDS, DAEMON_STREAMS, DAEMON_REGISTRATIONS, DAEMON_THINGS };

#define DAEMON_IDLE_MAX 1000000         /* seconds of timeout_s */

struct daemon_settings {
    /* command line */
    bool daemonize, verbose, listen, privileged;
    int timeout_s;                      /* leaves after so long without clients and guests; 0: never */
    char *config_file, *pid_file;
    bool config_given;                  /* -f: the file must be there */

    /* libvirtd.conf; without a comment: libvirtd.keys tells it */
    char *sock_dir;                     /* unix_sock_dir */
    char *sock_group;
    struct vir_texts modular_sockets;
    mode_t rw_perms, ro_perms, admin_perms;
    char *auth[DAEMON_WAYS];            /* how each logs in; NULL: need not */
    char *unix_sock_auth;
    unsigned int listen_tcp, listen_tls;
    unsigned int tcp_min_ssf;           /* bits that a login over TCP must encrypt with */
    char *listen_addr, *tcp_port, *tls_port;
    char *ca_file, *cert_file, *key_file, *crl_file, *tls_priority;
    struct vir_texts sasl_users;      /* sasl_allowed_username_list */
    unsigned int tls_no_sanity;         /* our own certificates are not checked */
    unsigned int tls_no_verify;         /* any certificate of a client will do */
    unsigned int tls_no_verify_address; /* and any address */
    struct vir_texts access_drivers;  /* who is asked for permissions on calls */
    struct vir_texts tls_names, tls_addresses;        /* tls_allowed_dn_list, tls_allowed_ip_list */
    struct daemon_limits limits[DAEMON_SERVERS];
    int log_level;
    char *log_filters, *log_outputs;
    unsigned int audit_level, audit_logging;
    char *host_uuid, *host_uuid_source;
    unsigned int mdns_adv;
    char *mdns_name;
    char *metrics_listen;

    /* what the limit on open files leaves, see daemon_listen_fit */
    unsigned int max_held[DAEMON_THINGS];       /* by all clients */

    struct vir_settings *file;          /* until the warnings about it have been given */
};

/* Parses the command line: 0, or -1 with what to do instead in *ret_exit (a
 * status for exit; the text has been printed). */
int daemon_settings_options(struct daemon_settings *settings, int argc, char **argv, int *ret_exit);
/* Reads the configuration file over the defaults.  -1: error set. */
int daemon_settings_read(struct daemon_settings *settings);
/* What the number KEY can be at most. */
unsigned int daemon_settings_most(const char *key);
/* Whether calls need permissions. */
bool daemon_settings_guard(const struct daemon_settings *settings);
/* Says which settings do nothing; once, when the log is set. */
void daemon_settings_warn(struct daemon_settings *settings);
void daemon_settings_clear(struct daemon_settings *settings);
/* What it holds by reading is another's. */
void daemon_settings_forget(struct daemon_settings *settings);

#endif
