# SPDX-License-Identifier: LGPL-2.1-or-later
# Small pieces, one program each.  Those of common/ link it alone.
if HAVE_CMOCKA
unit_common = unit/child unit/clock unit/conf unit/files unit/loop unit/sets unit/text
unit_driver = unit/fdstream unit/jobs unit/keep unit/node unit/process unit/resolve unit/snapshots unit/store
if HAVE_XML
unit_driver += unit/hardware unit/xml unit/xml-hostile unit/xml-kinds unit/xml-random unit/xml-rules
endif
unit_core = unit/errors unit/eventloop unit/log unit/manifest unit/note unit/params unit/uri
if MODULE_TEST
unit_core += unit/handles unit/streams
endif
if MODULE_SECRET
unit_core += unit/sibling
endif
check_PROGRAMS += $(unit_common) $(unit_driver) $(unit_core)
TESTS += $(unit_common) $(unit_driver) $(unit_core)
endif

TESTS += unit/driver-exports.py
dist_check_SCRIPTS += unit/driver-exports.py

unit_shared = unit/unit.c unit/unit.h
unit_common_libs = $(common_lib) $(CMOCKA_LIBS)
unit_driver_libs = $(driver_lib) $(core_lib) $(CMOCKA_LIBS)

unit_child_SOURCES = unit/child.c $(unit_shared)
unit_child_LDADD = $(unit_common_libs)
unit_clock_SOURCES = unit/clock.c $(unit_shared)
unit_clock_LDADD = $(unit_common_libs)
unit_conf_SOURCES = unit/conf.c $(unit_shared)
unit_conf_LDADD = $(unit_common_libs)
unit_files_SOURCES = unit/files.c $(unit_shared)
unit_files_LDADD = $(unit_common_libs)
unit_loop_SOURCES = unit/loop.c $(unit_shared)
unit_loop_LDADD = $(unit_common_libs)
unit_sets_SOURCES = unit/sets.c $(unit_shared)
unit_sets_LDADD = $(unit_common_libs)
unit_text_SOURCES = unit/text.c $(unit_shared)
unit_text_LDADD = $(unit_common_libs)

unit_fdstream_SOURCES = unit/fdstream.c unit/unit-driver.h
unit_fdstream_LDADD = $(unit_driver_libs)
unit_jobs_SOURCES = unit/jobs.c unit/unit-driver.h
unit_jobs_LDADD = $(unit_driver_libs)
unit_keep_SOURCES = unit/keep.c unit/unit-driver.h
unit_keep_LDADD = $(unit_driver_libs)
unit_node_SOURCES = unit/node.c unit/unit-driver.h
unit_node_LDADD = $(unit_driver_libs)
unit_process_SOURCES = unit/process.c unit/unit-driver.h
unit_process_LDADD = $(unit_driver_libs)
unit_resolve_SOURCES = unit/resolve.c unit/unit-driver.h
unit_resolve_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
unit_resolve_LDADD = $(top_builddir)/rpc/librpc.la $(unit_driver_libs)
unit_snapshots_SOURCES = unit/snapshots.c unit/unit-driver.h
unit_snapshots_LDADD = $(unit_driver_libs)
unit_store_SOURCES = unit/store.c unit/unit-driver.h
unit_store_LDADD = $(unit_driver_libs)

# A module schema that takes everything, printed for the tests.
unit_hardware_SOURCES = unit/hardware.c unit/unit-driver.h
unit_hardware_LDADD = $(xml_lib) $(unit_driver_libs)
unit_xml_SOURCES = unit/xml.c unit/unit-driver.h
nodist_unit_xml_SOURCES = unit-schema.c unit-schema.h
unit_xml_LDADD = $(xml_lib) $(unit_driver_libs)
unit_xml_hostile_SOURCES = unit/xml-hostile.c unit/unit-driver.h
nodist_unit_xml_hostile_SOURCES = unit-schema.c unit-schema.h
unit_xml_hostile_CFLAGS = $(AM_CFLAGS) $(LIBXML_CFLAGS)
unit_xml_hostile_LDADD = $(xml_lib) $(unit_driver_libs) $(LIBXML_LIBS)
unit_xml_kinds_SOURCES = unit/xml-kinds.c unit/unit-driver.h
nodist_unit_xml_kinds_SOURCES = unit-schema.c unit-schema.h
unit_xml_kinds_LDADD = $(xml_lib) $(unit_driver_libs)
unit_xml_random_SOURCES = unit/xml-random.c unit/unit-driver.h
nodist_unit_xml_random_SOURCES = unit-schema.c unit-schema.h
unit_xml_random_LDADD = $(xml_lib) $(unit_driver_libs)
unit_xml_rules_SOURCES = unit/xml-rules.c unit/unit-driver.h
nodist_unit_xml_rules_SOURCES = unit-schema.c unit-schema.h
unit_xml_rules_LDADD = $(xml_lib) $(unit_driver_libs)
unit/xml.$(OBJEXT) unit/unit_xml_hostile-xml-hostile.$(OBJEXT) unit/xml-kinds.$(OBJEXT) unit/xml-random.$(OBJEXT): unit-schema.h
unit/xml-rules.$(OBJEXT): unit-schema.h
EXTRA_DIST += unit/unit.schema unit/unit-parts.schema
BUILT_SOURCES += unit-schema.h
CLEANFILES += unit-schema.c unit-schema.h unit-schema.stamp
AM_CPPFLAGS += -I$(builddir)
unit-schema.c unit-schema.h: unit-schema.stamp
	@:
unit-schema.stamp: unit/unit.schema $(schema_sources)
	$(AM_V_GEN)$(schemagen) $(srcdir)/unit/unit.schema && touch $@

unit_core_libs = $(driver_lib) $(core_lib) $(CMOCKA_LIBS)
unit_core_parts = $(top_builddir)/core/libparts.la $(unit_core_libs)
unit_errors_SOURCES = unit/errors.c unit/core-unit.h
unit_errors_LDADD = $(unit_core_libs)
unit_eventloop_SOURCES = unit/eventloop.c unit/core-unit.h
unit_eventloop_LDADD = $(unit_core_libs)
unit_handles_SOURCES = unit/handles.c unit/core-unit.h
unit_handles_LDADD = $(unit_core_libs)
unit_log_SOURCES = unit/log.c unit/core-unit.h
unit_log_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) -I$(top_builddir)/api/out
unit_log_LDADD = $(unit_core_libs)
unit_manifest_SOURCES = unit/manifest.c unit/core-unit.h $(unit_shared)
unit_manifest_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
unit_manifest_LDADD = $(unit_core_parts) $(common_lib)
unit_note_SOURCES = unit/note.c unit/core-unit.h $(unit_shared)
unit_note_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
unit_note_LDADD = $(unit_core_parts) $(common_lib)
unit_params_SOURCES = unit/params.c unit/core-unit.h
unit_params_LDADD = $(unit_core_libs)
unit_sibling_SOURCES = unit/sibling.c unit/core-unit.h
unit_sibling_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) -I$(top_builddir)/api/out
unit_sibling_LDADD = $(unit_core_libs)
unit_streams_SOURCES = unit/streams.c unit/core-unit.h
unit_streams_LDADD = $(unit_core_libs)
unit_uri_SOURCES = unit/uri.c unit/core-unit.h
unit_uri_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
unit_uri_LDADD = $(unit_core_parts)
