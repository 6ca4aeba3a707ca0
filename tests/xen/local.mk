# SPDX-License-Identifier: LGPL-2.1-or-later
dist_check_SCRIPTS += xen/store.sh xen/run
EXTRA_DIST += xen/find-xen-host xen/in-dom0
if MODULE_XEN
if HAVE_CMOCKA
check_PROGRAMS += xen/store
xen_store_SOURCES = xen/store.c \
	../modules/xen/store.c ../modules/xen/facts.c ../modules/xen/domain-xml.c ../modules/xen/xen.h
xen_store_CFLAGS = $(AM_CFLAGS) $(XENSTORE_CFLAGS) $(CMOCKA_CFLAGS)
xen_store_LDADD = $(core_lib) $(driver_lib) $(XENSTORE_LIBS) $(CMOCKA_LIBS)
TESTS += xen/store.sh
endif
TESTS += xen/run
endif
