# SPDX-License-Identifier: LGPL-2.1-or-later
# Settings that every folder shares.
AM_CPPFLAGS = -D_GNU_SOURCE $(VIR_CPPFLAGS) -I$(top_builddir)/api/out/include -I$(top_srcdir)/include -I$(top_srcdir)/common \
	-DVIR_SYSCONFDIR='"$(sysconfdir)"' -DVIR_LOCALSTATEDIR='"$(localstatedir)"' \
	-DVIR_RUNSTATEDIR='"$(runstatedir)"' -DVIR_DATADIR='"$(datadir)"' -DVIR_LIBDIR='"$(libdir)"' \
	-DVIR_SBINDIR='"$(sbindir)"' -DVIR_LIBEXECDIR='"$(libexecdir)"' -DVIR_MODULEDIR='"$(moduledir)"' \
	-DVIR_MODULESDDIR='"$(modulesddir)"' -DVIR_PARTSDIR='"$(partsdir)"'
AM_CFLAGS = $(VIR_CFLAGS)
AM_LDFLAGS = $(VIR_LDFLAGS)

common_lib = $(top_builddir)/common/libcommon.la
core_lib = $(top_builddir)/core/libvirt.la
driver_lib = $(top_builddir)/driver/libvirt-driver.la
xml_lib = $(top_builddir)/driver/libvirt-driver-xml.la

CLEANFILES =
BUILT_SOURCES =
EXTRA_DIST =
