# SPDX-License-Identifier: LGPL-2.1-or-later
# How a part is built (common/part.h).  A folder that has some includes this
# behind common-rules.mk and names them (a module's folder need not include it):
#
#   parts_LTLIBRARIES += NAME.la
#   NAME_la_SOURCES = NAME-part.c
#   NAME_la_LIBADD = $(HEAVY_LIBS)
#   NAME_la_LDFLAGS = $(part_ldflags)
#
include $(top_srcdir)/part-recipes.mk

all-local: $(parts_LTLIBRARIES)
	@$(link_parts)
clean-local:
	-$(unlink_parts)
install-data-hook:
	$(trim_parts)
uninstall-hook:
	$(uninstall_parts)
