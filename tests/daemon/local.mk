# SPDX-License-Identifier: LGPL-2.1-or-later
# libvirtd as a process: what it takes, what it refuses, who gets served when.
check_LTLIBRARIES += daemon/mock.la
daemon_mock_la_SOURCES = daemon/mock.c
daemon_mock_la_LIBADD = $(driver_lib) $(core_lib)
daemon_mock_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere \
	-Wl,--version-script=$(top_srcdir)/modules/module.map

daemon_scripts = \
	daemon/client.py \
	daemon/events.py \
	daemon/flood.py \
	daemon/frames.py \
	daemon/pool.py \
	daemon/process.py \
	daemon/readonly.py \
	daemon/session.py \
	daemon/streams.py
TESTS += $(daemon_scripts)
dist_check_SCRIPTS += $(daemon_scripts)
EXTRA_DIST += daemon/harness.py daemon/readonly.txt daemon/tsan
