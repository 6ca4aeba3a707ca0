# SPDX-License-Identifier: LGPL-2.1-or-later
rpc_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir) -I$(top_builddir)/api/out
rpc_libs = $(top_builddir)/rpc/librpc.la $(driver_lib) $(core_lib)

# Every message of every procedure: round trip, cut, changed, random.
TESTS += rpc/xdr-all
check_PROGRAMS += rpc/xdr-all
rpc_xdr_all_SOURCES = rpc/xdr-all.c rpc/wire-gen.c rpc/wire-gen.h
rpc_xdr_all_CPPFLAGS = $(rpc_cppflags)
rpc_xdr_all_LDADD = $(rpc_libs)

# Every dispatch function with random arguments, on the test driver.
if MODULE_TEST
TESTS += rpc/serve-all rpc/events
endif
check_PROGRAMS += rpc/serve-all
rpc_serve_all_SOURCES = rpc/serve-all.c rpc/wire-gen.c rpc/wire-gen.h $(top_srcdir)/daemon/wire.c \
	$(top_srcdir)/daemon/calls/domain.c $(top_srcdir)/daemon/calls/fds.c $(top_srcdir)/daemon/calls/node.c
nodist_rpc_serve_all_SOURCES = $(top_builddir)/api/out/wire/dispatch.c
rpc_serve_all_CPPFLAGS = $(rpc_cppflags)
rpc_serve_all_LDADD = $(rpc_libs) $(top_builddir)/core/libvirt-qemu.la $(top_builddir)/core/libvirt-lxc.la

# Every event from the wire through a connection and libvirtd's callbacks back to the wire.
check_PROGRAMS += rpc/events
rpc_events_SOURCES = rpc/events.c rpc/wire-gen.c rpc/wire-gen.h $(top_srcdir)/modules/remote/messages.c
nodist_rpc_events_SOURCES = $(top_builddir)/api/out/wire/forward.c $(top_builddir)/api/out/wire/receive.c
rpc_events_CPPFLAGS = $(rpc_cppflags)
rpc_events_LDADD = $(rpc_libs)

# The shapes of all messages are an interface: they never change.
TESTS += rpc/shapes.sh
dist_check_SCRIPTS += rpc/shapes.sh
EXTRA_DIST += rpc/shapes.txt

if HAVE_CMOCKA
# Golden bytes of each XDR kind, and each refusal.
TESTS += rpc/xdr-kinds
check_PROGRAMS += rpc/xdr-kinds
rpc_xdr_kinds_SOURCES = rpc/xdr-kinds.c
rpc_xdr_kinds_CPPFLAGS = $(rpc_cppflags)
rpc_xdr_kinds_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
rpc_xdr_kinds_LDADD = $(rpc_libs) $(CMOCKA_LIBS)

# Frames, and the client's end against a small server.
TESTS += rpc/frames rpc/client
check_PROGRAMS += rpc/frames rpc/client
rpc_frames_SOURCES = rpc/frames.c
rpc_frames_CPPFLAGS = $(rpc_cppflags)
rpc_frames_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
rpc_frames_LDADD = $(rpc_libs) $(CMOCKA_LIBS)
rpc_client_SOURCES = rpc/client.c
rpc_client_CPPFLAGS = $(rpc_cppflags)
rpc_client_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
rpc_client_LDADD = $(rpc_libs) $(CMOCKA_LIBS)

# What the client believes of a server's numbers.
TESTS += rpc/lies
check_PROGRAMS += rpc/lies
rpc_lies_SOURCES = rpc/lies.c
rpc_lies_CPPFLAGS = $(rpc_cppflags)
rpc_lies_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
rpc_lies_LDADD = $(rpc_libs) $(CMOCKA_LIBS)
endif
