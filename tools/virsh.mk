# SPDX-License-Identifier: LGPL-2.1-or-later
# virsh, its parts that need a heavy library, and its manual page.
bin_PROGRAMS += virsh
virsh_SOURCES = virsh.c virsh.h \
	virsh-call.c virsh-complete.c virsh-connect.c virsh-groups.c virsh-help.c virsh-lookup.c virsh-loop.c virsh-names.c \
	virsh-object.h virsh-objects.c virsh-output.c virsh-parse.c virsh-parts.c virsh-parts.h virsh-shell.c \
	virsh-shell-commands.c virsh-table.c virsh-xml.c \
	virsh-console.c virsh-console.h virsh-console-line.c \
	virsh-define.c virsh-display.c virsh-domain.c virsh-image.c virsh-query.c virsh-resource.c virsh-undefine.c \
	virsh-vcpu.c \
	virsh-device.c virsh-list.c virsh-monitor.c virsh-stats.c \
	virsh-event.c virsh-event.h virsh-event-domain.c virsh-event-object.c virsh-event-text.c virsh-event-text.h \
	virsh-host.c virsh-numa.c \
	virsh-filter.c virsh-interface.c virsh-network.c virsh-nodedev.c virsh-secret.c \
	virsh-pool.c virsh-volume.c
virsh_LDADD = $(core_lib) $(common_lib)

if HAVE_XML
parts_LTLIBRARIES += virsh-xml.la
virsh_xml_la_SOURCES = virsh-xml-part.c virsh-parts.h
virsh_xml_la_CFLAGS = $(AM_CFLAGS) $(LIBXML_CFLAGS)
virsh_xml_la_LIBADD = $(LIBXML_LIBS)
virsh_xml_la_LDFLAGS = $(part_ldflags)
endif

if HAVE_LIBEDIT
parts_LTLIBRARIES += virsh-edit.la
virsh_edit_la_SOURCES = virsh-edit-part.c virsh-parts.h
virsh_edit_la_CFLAGS = $(AM_CFLAGS) $(LIBEDIT_CFLAGS)
virsh_edit_la_LIBADD = $(LIBEDIT_LIBS)
virsh_edit_la_LDFLAGS = $(part_ldflags)
endif

# The page is its head, written by hand, and the commands as the program's own tables have them.
man_MANS = virsh.1
CLEANFILES += virsh.1 virsh.1.new
EXTRA_DIST += virsh.1.head
virsh.1: virsh$(EXEEXT) virsh.1.head
	$(AM_V_GEN)cat $(srcdir)/virsh.1.head >$@.new && \
	$(top_builddir)/run $(builddir)/virsh$(EXEEXT) -q self-manual >>$@.new && mv $@.new $@
