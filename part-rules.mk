# SPDX-License-Identifier: LGPL-2.1-or-later
# How a part is built (common/part.h).  A folder that has some includes this
# behind common-rules.mk and names them:
#
#   parts_LTLIBRARIES += NAME.la
#   NAME_la_SOURCES = NAME-part.c
#   NAME_la_LIBADD = $(HEAVY_LIBS)
#   NAME_la_LDFLAGS = $(part_ldflags)
#
partsdir = @partsdir@
parts_LTLIBRARIES =
part_ldflags = $(AM_LDFLAGS) -module -avoid-version -shared

# A parts directory for running from the build tree.
built_parts = $(top_builddir)/parts
all-local: $(parts_LTLIBRARIES)
	@$(MKDIR_P) $(built_parts)
	@for p in $(parts_LTLIBRARIES:.la=.so); do \
	    ln -sf '$(abs_builddir)'/.libs/$$p $(built_parts)/$$p || exit 1; \
	done
clean-local:
	-cd $(built_parts) 2>/dev/null && rm -f $(parts_LTLIBRARIES:.la=.so)

# .la files mean nothing in the parts directory.
install-data-hook:
	cd $(DESTDIR)$(partsdir) && rm -f $(parts_LTLIBRARIES)
uninstall-hook:
	cd $(DESTDIR)$(partsdir) && rm -f $(parts_LTLIBRARIES:.la=.so)
