/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Figures in the text format of Prometheus: what a page is made of, and the part
 * that speaks HTTP, which runs in the loop.
 */
#ifndef DAEMON_METRICS_H
#define DAEMON_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vir_buf;

/* ---- guests.c: any thread ---- */

/* The samples of one driver's guests: a text for each family. */
struct daemon_guests;
/* Collects them over the connection to URI, which is opened when there is none; waits for no guest.  NULL: the
 * driver cannot be asked. */
struct daemon_guests *daemon_guests_collect(const char *driver, const char *uri, void **conn);
struct daemon_guests *daemon_guests_free(struct daemon_guests *guests);
/* All families, each with what N of these say of it (NULL among them: nothing). */
void daemon_guests_print(struct vir_buf *page, struct daemon_guests *const *guests, size_t n);

/* ---- own.c: the loop's thread ---- */
void daemon_own_print(struct vir_buf *page);

/* ---- page.c ---- */
void daemon_family_print(struct vir_buf *page, const char *name, const char *type, const char *help);
void daemon_value_print(struct vir_buf *page, double value);
/* A label's value: any bytes become one. */
void daemon_label_print(struct vir_buf *page, const char *text);

/* ---- the part metrics-http: the loop's thread ---- */

#define DAEMON_METRICS_VERSION 1

struct daemon_metrics_request;
struct daemon_metrics_server;

struct daemon_metrics_part {
    uint32_t version;
    /* Serves the listening socket, which is taken over.  ASKED: somebody wants the page, and waits for answer(). */
    struct daemon_metrics_server *(*start)(int sock, void (*asked)(struct daemon_metrics_request *request));
    int (*fd)(struct daemon_metrics_server *server);    /* readable when there is something to do */
    int (*run)(struct daemon_metrics_server *server);   /* does it; ms until it is due again, -1: not before that */
    void (*answer)(struct daemon_metrics_request *request, const char *text, size_t len);
    void (*stop)(struct daemon_metrics_server *server); /* nobody waits any more */
};

#endif
