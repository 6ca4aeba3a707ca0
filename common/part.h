/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parts: what needs a heavy library lies in a shared object of its own, in the
 * parts directory, so that only those pay for it who use it.  A part exports one
 * const object under its own name ('-' becomes '_') that begins with a uint32_t
 * version.  It is opened when it is first used and stays.
 */
#ifndef COMMON_PART_H
#define COMMON_PART_H

#include <stdint.h>

/* Where parts lie; LIBVIRT_PARTS_DIR of the environment moves it. */
const char *vir_part_directory(void);
/* The object of the part NAME; NULL with the reason, which lives until the next
 * call of this thread.  VERSION grows with every change of what crosses the
 * border: a part and its user are of one build. */
const void *vir_part_open(const char *name, uint32_t version, const char **ret_reason);

/* The same for who keeps it in *OPENED, NULL at first; from any thread. */
const void *vir_part_once(const void **opened, const char *name, uint32_t version, const char **ret_reason);

#endif
