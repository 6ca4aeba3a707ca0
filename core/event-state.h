/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What event.c (delivery), event-callback.c (who wants what) and event-register.c share. */
#ifndef VIR_CORE_EVENT_STATE_H
#define VIR_CORE_EVENT_STATE_H

#include "event.h"

#include <regex.h>

#include "vector.h"

struct vir_event {
    int refs;                           /* atomic */
    const struct vir_event_type *type;
    struct vir_event_object object;     /* its texts lie behind the payload */
    unsigned char uuid[VIR_UUID_BUFLEN];
    _Alignas(16) unsigned char payload[];
};

struct vir_event_callback {
    int number;
    int family, id;
    bool gone;                          /* deregistered while events are delivered */
    bool for_one;                       /* about one object only: */
    unsigned char uuid[VIR_UUID_BUFLEN];
    char *name;
    char *key;                          /* monitor events: exact, or: */
    regex_t *pattern;
    bool nocase;
    bool by_function;                   /* vir_event_find finds it */
    void (*fn)(void);
    void *opaque;
    virFreeCallback freecb;
};

/* An event, and how far it has come in the list of callbacks. */
struct vir_event_due {
    struct vir_event *event;
    int next, end;                      /* for callbacks with numbers from `next` below `end`; 0: not begun */
};

/* What a connection knows of events.  Lives as long as its timer. */
struct vir_event_state {
    int refs;                           /* atomic */
    pthread_mutex_t changing;           /* held while the module is told of changes; before `lock` */
    pthread_mutex_t lock;               /* all below */
    virConnectPtr conn;                 /* NULL once the connection went */
    struct VIR_VECTOR(, struct vir_event_callback *) callbacks;     /* by their numbers */
    size_t n_gone;                      /* of them */
    struct VIR_VECTOR(, struct vir_event_due) queue;
    size_t first;                       /* those before it have been delivered */
    struct VIR_VECTOR(, struct vir_event_hub *) hubs;
    int next_number;
    int timer;                          /* -1: none */
    int delivering;                     /* depth */
    bool closed;                        /* the close callback is due */
    bool overflow;                      /* said so */
};

struct vir_event_hub {
    pthread_mutex_t lock;               /* before the states' */
    struct VIR_VECTOR(, struct vir_event_state *) states;
};

/* The state of CONN; made when it is first needed. */
struct vir_event_state *vir_event_state_of(virConnectPtr conn);
/* The state's timer, made if there is none. -1 with an error. */
int vir_event_need_timer(struct vir_event_state *state);
/* CALLBACK hears nothing more, and goes with the next sweep.  Called with the state's lock. */
void vir_event_leave(struct vir_event_state *state, struct vir_event_callback *callback);
/* Frees the callbacks that went, and the timer when nothing needs it any more. */
void vir_event_sweep(struct vir_event_state *state);

/* A callback for what vir_event_register says; NULL with an error. */
struct vir_event_callback *vir_event_callback_new(int family, int id, void *object, const char *key,
                                                  unsigned int flags);
bool vir_event_wanted(const struct vir_event_callback *callback, const struct vir_event *event);
struct vir_event_callback *vir_event_callback_free(struct vir_event_callback *callback);

#endif
