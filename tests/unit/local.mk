# SPDX-License-Identifier: LGPL-2.1-or-later
# Small pieces, one program each.  Those of common/ link it alone.
if HAVE_CMOCKA
unit_common = unit/child unit/conf unit/files unit/loop unit/sets unit/text
check_PROGRAMS += $(unit_common)
TESTS += $(unit_common)
endif

unit_shared = unit/unit.c unit/unit.h
unit_common_libs = $(common_lib) $(CMOCKA_LIBS)

unit_child_SOURCES = unit/child.c $(unit_shared)
unit_child_LDADD = $(unit_common_libs)
unit_conf_SOURCES = unit/conf.c $(unit_shared)
unit_conf_LDADD = $(unit_common_libs)
unit_files_SOURCES = unit/files.c $(unit_shared)
unit_files_LDADD = $(unit_common_libs)
unit_loop_SOURCES = unit/loop.c $(unit_shared)
unit_loop_LDADD = $(unit_common_libs)
unit_sets_SOURCES = unit/sets.c $(unit_shared)
unit_sets_LDADD = $(unit_common_libs)
unit_text_SOURCES = unit/text.c $(unit_shared)
unit_text_LDADD = $(unit_common_libs)

