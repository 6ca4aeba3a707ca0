# SPDX-License-Identifier: LGPL-2.1-or-later
# libvirtd as a process: what it takes, what it refuses, who gets served when.
check_LTLIBRARIES += daemon/mock.la
daemon_mock_la_SOURCES = daemon/mock.c
daemon_mock_la_LIBADD = $(driver_lib) $(core_lib)
daemon_mock_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere \
	-Wl,--version-script=$(top_srcdir)/modules/module.map

check_LTLIBRARIES += daemon/objects.la
daemon_objects_la_SOURCES = daemon/objects.c
daemon_objects_la_LIBADD = $(driver_lib) $(core_lib)
daemon_objects_la_LDFLAGS = $(daemon_mock_la_LDFLAGS)

# Not with a sanitizer, which has malloc for itself.
check_LTLIBRARIES += daemon/torture.la
daemon_torture_la_SOURCES = daemon/torture.c
daemon_torture_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere

# Not of use with a sanitizer, which has to be the first.
check_LTLIBRARIES += daemon/wall-clock.la
daemon_wall_clock_la_SOURCES = daemon/wall-clock.c
daemon_wall_clock_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere

# Not with a sanitizer, which has to be the first.
if HAVE_AUDIT
if !SANITIZERS
check_LTLIBRARIES += daemon/fake-audit.la
daemon_fake_audit_la_SOURCES = daemon/fake-audit.c
daemon_fake_audit_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
endif
endif

if HAVE_CMOCKA
TESTS += daemon/public-loop
check_PROGRAMS += daemon/public-loop
daemon_public_loop_SOURCES = daemon/public-loop.c $(top_srcdir)/daemon/public-loop.c
daemon_public_loop_CPPFLAGS = $(rpc_cppflags)
daemon_public_loop_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
daemon_public_loop_LDADD = $(rpc_libs) $(CMOCKA_LIBS)
endif

daemon_scripts = \
	daemon/audit.py \
	daemon/access.py \
	daemon/access-matrix.py \
	daemon/admin.py \
	daemon/attack.py \
	daemon/client.py \
	daemon/clocks.py \
	daemon/doors.py \
	daemon/events.py \
	daemon/fair.py \
	daemon/flood.py \
	daemon/frames.py \
	daemon/hostile.py \
	daemon/load.py \
	daemon/log.py \
	daemon/mdns.py \
	daemon/metrics.py \
	daemon/modular.py \
	daemon/network.py \
	daemon/polkit.py \
	daemon/pool.py \
	daemon/process.py \
	daemon/readonly.py \
	daemon/secret.py \
	daemon/session.py \
	daemon/settings.py \
	daemon/soak.py \
	daemon/streams.py \
	daemon/systemd.py \
	daemon/torture.py \
	daemon/valgrind.py
TESTS += $(daemon_scripts)
dist_check_SCRIPTS += $(daemon_scripts)
EXTRA_DIST += daemon/harness.py daemon/polkitd.py daemon/readonly.txt daemon/tsan daemon/tsan.suppressions
