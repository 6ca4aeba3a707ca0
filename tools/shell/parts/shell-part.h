/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all parts of the shell and its tools begin with, see common/part.h. */
#ifndef SHELL_PART_H
#define SHELL_PART_H

#include <stdint.h>

#define SHELL_PART_VERSION 3

#endif
