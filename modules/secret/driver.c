/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module's one state. */
#include "secret.h"

struct secret_driver secret_driver;
