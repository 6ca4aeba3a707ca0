# SPDX-License-Identifier: LGPL-2.1-or-later
# How a module is built.  A module's own Makefile.am includes this, names its
# sources and libraries, and says nothing more:
#
#   include $(top_srcdir)/module-rules.mk
#   module_LTLIBRARIES = NAME.la
#   NAME_la_SOURCES = module.c connect.c domain.c
#   NAME_la_LIBADD = $(driver_lib)
#
include $(top_srcdir)/common-rules.mk
include $(top_srcdir)/schema/files.mk
include $(top_srcdir)/part-recipes.mk

AM_CPPFLAGS += -I$(builddir)
AM_LDFLAGS += -module -avoid-version -shared \
	-Wl,--version-script=$(top_srcdir)/modules/module.map

# What the module's manifest says, for its entry (VIR_MODULE_MANIFEST).
manifest = $(top_srcdir)/modules.d/$(module_LTLIBRARIES:.la=.module)
manifest.h: $(manifest) $(top_srcdir)/modules.d/manifest.py
	$(AM_V_GEN)$(PYTHON) -B $(top_srcdir)/modules.d/manifest.py $(manifest) >$@.new && mv $@.new $@
BUILT_SOURCES += manifest.h
CLEANFILES += manifest.h

# A module directory of real files, for running from the build tree.
built = $(top_builddir)/modules/built
all-local: $(module_LTLIBRARIES) $(parts_LTLIBRARIES)
	@$(link_parts)
	@$(MKDIR_P) $(built) && chmod go-w $(built)
	@for m in $(module_LTLIBRARIES:.la=.so); do \
	    cmp -s .libs/$$m $(built)/$$m || { cp .libs/$$m $(built)/$$m.new && chmod go-w $(built)/$$m.new && mv $(built)/$$m.new $(built)/$$m; } || exit 1; \
	done

# .la files mean nothing in a module directory.
install-data-hook:
	cd $(DESTDIR)$(moduledir) && rm -f $(module_LTLIBRARIES)
	$(trim_parts)
uninstall-hook:
	cd $(DESTDIR)$(moduledir) && rm -f $(module_LTLIBRARIES:.la=.so)
	$(uninstall_parts)
clean-local:
	-cd $(built) 2>/dev/null && rm -f $(module_LTLIBRARIES:.la=.so)
	-$(unlink_parts)
