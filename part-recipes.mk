# SPDX-License-Identifier: LGPL-2.1-or-later
# What part-rules.mk and module-rules.mk do with parts, of which a folder may have none.
partsdir = @partsdir@
parts_LTLIBRARIES =
# Not with what a module exports.
part_ldflags = $(VIR_LDFLAGS) -module -avoid-version -shared

# A parts directory for running from the build tree.
built_parts = $(top_builddir)/parts
link_parts = $(MKDIR_P) $(built_parts); for p in $(parts_LTLIBRARIES:.la=.so); do \
	    ln -sf '$(abs_builddir)'/.libs/$$p $(built_parts)/$$p || exit 1; \
	done
unlink_parts = cd $(built_parts) 2>/dev/null && rm -f $(parts_LTLIBRARIES:.la=.so) none
# .la files mean nothing in the parts directory.
trim_parts = test -z "$(parts_LTLIBRARIES)" || { cd $(DESTDIR)$(partsdir) && rm -f $(parts_LTLIBRARIES); }
uninstall_parts = test -z "$(parts_LTLIBRARIES)" || { cd $(DESTDIR)$(partsdir) && rm -f $(parts_LTLIBRARIES:.la=.so); }
