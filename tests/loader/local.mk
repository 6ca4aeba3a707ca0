# SPDX-License-Identifier: LGPL-2.1-or-later
# One module for each defect, all from one source.
mocks = loader/good.la loader/rival.la loader/noisy.la loader/noentry.la loader/unresolved.la \
	loader/newabi.la loader/shortstruct.la loader/wrongname.la loader/loadfails.la \
	loader/loadhangs.la loader/loadcrashes.la loader/aborts.la loader/hangs.la loader/nets.la loader/bare.la \
	loader/badtable.la loader/badwords.la loader/asserts.la loader/failsonce.la loader/older.la loader/newer.la
check_LTLIBRARIES += $(mocks)
check_PROGRAMS += loader/joining loader/opener
dist_check_SCRIPTS += loader/defects.py loader/groups.py loader/joining.py loader/parts.py loader/routing.py loader/secure.py loader/serving.py
EXTRA_DIST += loader/loader.py
TESTS += loader/defects.py loader/groups.py loader/joining.py loader/routing.py loader/secure.py loader/serving.py
if MODULE_TEST
TESTS += loader/parts.py
endif

loader_opener_SOURCES = loader/opener.c
loader_opener_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) -I$(top_builddir)/api/out
loader_opener_LDADD = $(core_lib)

# A program with another user's privilege is told no path by its environment.
check_PROGRAMS += loader/secure
loader_secure_SOURCES = loader/opener.c
loader_secure_CPPFLAGS = $(loader_opener_CPPFLAGS)
loader_secure_LDADD = $(core_lib)
loader_secure_LDFLAGS = $(AM_LDFLAGS) -Wl,-rpath,$(abs_top_builddir)/core/.libs

loader_joining_SOURCES = loader/joining.c
loader_joining_LDADD = $(core_lib)

# Without -z defs: one of them misses a symbol on purpose.
mock_ldflags = -module -avoid-version -shared -rpath /nowhere -Wl,-z,now \
	-Wl,--version-script=$(top_srcdir)/modules/module.map
mock = $(AM_CPPFLAGS) -DMODULE

loader_good_la_SOURCES = loader/mock.c
loader_good_la_CPPFLAGS = $(mock)=good
loader_good_la_LDFLAGS = $(mock_ldflags)
loader_good_la_LIBADD = $(driver_lib)
loader_rival_la_SOURCES = loader/mock.c
loader_rival_la_CPPFLAGS = $(mock)=rival -DSCHEME=good
loader_rival_la_LDFLAGS = $(mock_ldflags)
loader_rival_la_LIBADD = $(driver_lib)
loader_noisy_la_SOURCES = loader/mock.c
loader_noisy_la_CPPFLAGS = $(mock)=noisy -DCONSTRUCTOR_TALKS
loader_noisy_la_LDFLAGS = $(mock_ldflags)
loader_noisy_la_LIBADD = $(driver_lib)
loader_noentry_la_SOURCES = loader/mock.c
loader_noentry_la_CPPFLAGS = $(mock)=noentry -DNO_ENTRY
loader_noentry_la_LDFLAGS = $(mock_ldflags)
loader_noentry_la_LIBADD = $(driver_lib)
loader_unresolved_la_SOURCES = loader/mock.c
loader_unresolved_la_CPPFLAGS = $(mock)=unresolved -DUNRESOLVED
loader_unresolved_la_LDFLAGS = $(mock_ldflags)
loader_unresolved_la_LIBADD = $(driver_lib)
loader_newabi_la_SOURCES = loader/mock.c
loader_newabi_la_CPPFLAGS = $(mock)=newabi -DNEW_ABI
loader_newabi_la_LDFLAGS = $(mock_ldflags)
loader_newabi_la_LIBADD = $(driver_lib)
loader_shortstruct_la_SOURCES = loader/mock.c
loader_shortstruct_la_CPPFLAGS = $(mock)=shortstruct -DSHORT_STRUCT
loader_shortstruct_la_LDFLAGS = $(mock_ldflags)
loader_shortstruct_la_LIBADD = $(driver_lib)
loader_wrongname_la_SOURCES = loader/mock.c
loader_wrongname_la_CPPFLAGS = $(mock)=wrongname -DWRONG_NAME
loader_wrongname_la_LDFLAGS = $(mock_ldflags)
loader_wrongname_la_LIBADD = $(driver_lib)
loader_loadfails_la_SOURCES = loader/mock.c
loader_loadfails_la_CPPFLAGS = $(mock)=loadfails -DLOAD_FAILS
loader_loadfails_la_LDFLAGS = $(mock_ldflags)
loader_loadfails_la_LIBADD = $(driver_lib)
loader_loadhangs_la_SOURCES = loader/mock.c
loader_loadhangs_la_CPPFLAGS = $(mock)=loadhangs -DLOAD_HANGS
loader_loadhangs_la_LDFLAGS = $(mock_ldflags)
loader_loadhangs_la_LIBADD = $(driver_lib)
loader_loadcrashes_la_SOURCES = loader/mock.c
loader_loadcrashes_la_CPPFLAGS = $(mock)=loadcrashes -DLOAD_CRASHES
loader_loadcrashes_la_LDFLAGS = $(mock_ldflags)
loader_loadcrashes_la_LIBADD = $(driver_lib)
loader_aborts_la_SOURCES = loader/mock.c
loader_aborts_la_CPPFLAGS = $(mock)=aborts -DCONSTRUCTOR_ABORTS
loader_aborts_la_LDFLAGS = $(mock_ldflags)
loader_aborts_la_LIBADD = $(driver_lib)
loader_hangs_la_SOURCES = loader/mock.c
loader_hangs_la_CPPFLAGS = $(mock)=hangs -DCONSTRUCTOR_HANGS
loader_hangs_la_LDFLAGS = $(mock_ldflags)
loader_hangs_la_LIBADD = $(driver_lib)
loader_badtable_la_SOURCES = loader/mock.c
loader_badtable_la_CPPFLAGS = $(mock)=badtable -DBAD_TABLE
loader_badtable_la_LDFLAGS = $(mock_ldflags)
loader_badtable_la_LIBADD = $(driver_lib)
loader_badwords_la_SOURCES = loader/mock.c
loader_badwords_la_CPPFLAGS = $(mock)=badwords -DBAD_WORDS
loader_badwords_la_LDFLAGS = $(mock_ldflags)
loader_badwords_la_LIBADD = $(driver_lib)
loader_asserts_la_SOURCES = loader/mock.c
loader_asserts_la_CPPFLAGS = $(mock)=asserts -DLOAD_ASSERTS
loader_asserts_la_LDFLAGS = $(mock_ldflags)
loader_asserts_la_LIBADD = $(driver_lib)
loader_failsonce_la_SOURCES = loader/mock.c
loader_failsonce_la_CPPFLAGS = $(mock)=failsonce -DLOAD_FAILS_ONCE
loader_failsonce_la_LDFLAGS = $(mock_ldflags)
loader_failsonce_la_LIBADD = $(driver_lib)
loader_older_la_SOURCES = loader/mock.c
loader_older_la_CPPFLAGS = $(mock)=older -DOLDER
loader_older_la_LDFLAGS = $(mock_ldflags)
loader_older_la_LIBADD = $(driver_lib)
loader_newer_la_SOURCES = loader/mock.c
loader_newer_la_CPPFLAGS = $(mock)=newer -DNEWER
loader_newer_la_LDFLAGS = $(mock_ldflags)
loader_newer_la_LIBADD = $(driver_lib)
loader_nets_la_SOURCES = loader/joiner.c
loader_nets_la_CPPFLAGS = $(mock)=nets
loader_nets_la_LDFLAGS = $(mock_ldflags)
loader_nets_la_LIBADD = $(driver_lib)
loader_bare_la_SOURCES = loader/joiner.c
loader_bare_la_CPPFLAGS = $(mock)=bare -DNO_TABLE
loader_bare_la_LDFLAGS = $(mock_ldflags)
loader_bare_la_LIBADD = $(driver_lib)
