# SPDX-License-Identifier: LGPL-2.1-or-later
virsh_tests = virsh/console.py virsh/golden.py virsh/jobs.py virsh/shell.py virsh/tables.py virsh/terminal.py
if MODULE_TEST
TESTS += $(virsh_tests)
if MODULE_REMOTE
TESTS += virsh/abuse.py virsh/crowd.py virsh/edit.py virsh/events.py virsh/lying.py
endif
endif
TESTS += virsh/rows.py
dist_check_SCRIPTS += $(virsh_tests) virsh/abuse.py virsh/crowd.py virsh/edit.py virsh/events.py virsh/lying.py virsh/rows.py
EXTRA_DIST += virsh/commands.txt virsh/expected.txt virsh/jobs.txt virsh/options.tsv \
	virsh/data/bad.xml virsh/data/devices.xml virsh/data/guest.xml virsh/data/guest2.xml virsh/data/iface.xml \
	virsh/data/memory.xml virsh/data/net.xml \
	virsh/data/pool.xml virsh/data/snapshot.xml virsh/data/snapshot2.xml virsh/data/snapshot3.xml virsh/data/vol.xml
check_PROGRAMS += virsh/event-text
virsh_event_text_SOURCES = virsh/event-text.c ../tools/virsh/commands/event-text.c ../tools/virsh/names.c ../tools/shell/params.c
virsh_event_text_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tools/virsh/commands \
	-I$(top_srcdir)/tools/virsh -I$(top_srcdir)/tools/shell -I$(top_builddir)/tools/virsh/out
virsh_event_text_LDADD = $(core_lib) $(common_lib)
TESTS += virsh/event-text
check_LTLIBRARIES += virsh/tty-module.la virsh/job-module.la
virsh_tty_module_la_SOURCES = virsh/tty-module.c
virsh_tty_module_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere -Wl,-z,now -Wl,-z,defs \
	-Wl,--version-script=$(top_srcdir)/modules/module.map
virsh_tty_module_la_LIBADD = $(driver_lib)
virsh_job_module_la_SOURCES = virsh/job-module.c
virsh_job_module_la_LDFLAGS = $(virsh_tty_module_la_LDFLAGS)
virsh_job_module_la_LIBADD = $(driver_lib) $(core_lib)
