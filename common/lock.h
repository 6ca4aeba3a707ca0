/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A lock that is held to the end of the scope. */
#ifndef COMMON_LOCK_H
#define COMMON_LOCK_H

#include <pthread.h>

static inline void
vir_lock_release(pthread_mutex_t **mutex)
{
    pthread_mutex_unlock(*mutex);
}

#define VIR_LOCKED(mutex) \
    __attribute__((cleanup(vir_lock_release), unused)) \
    pthread_mutex_t *vir_locked = (pthread_mutex_lock(mutex), (mutex))

#endif
