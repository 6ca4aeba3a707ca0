# SPDX-License-Identifier: LGPL-2.1-or-later
# Whether the public interface is what it has to be.
abi_tests = abi/access.py abi/library-symbols.py abi/header-values.py abi/headers-alone.py abi/every-call.py abi/support.py
source_tests += $(abi_tests)
dist_check_SCRIPTS += $(abi_tests)
EXTRA_DIST += abi/access.txt abi/symbols.txt abi/enums.txt abi/structs.txt

check_PROGRAMS += abi/access
abi_access_SOURCES = abi/access.c
abi_access_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) -I$(top_builddir)/api/out
nodist_abi_access_SOURCES = $(top_builddir)/api/out/wire/access.c
