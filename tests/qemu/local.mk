# SPDX-License-Identifier: LGPL-2.1-or-later
# The qemu module: real QEMU, and a peer that lies (liar).
qemu_scripts = \
	qemu/agent.py \
	qemu/blockjob.py \
	qemu/cards.py \
	qemu/cgroup.py \
	qemu/crowds.py \
	qemu/dirty-rate.py \
	qemu/documents.py \
	qemu/ends.py \
	qemu/figures.py \
	qemu/files.py \
	qemu/grown.py \
	qemu/hotplug.py \
	qemu/inside.py \
	qemu/lifecycle.py \
	qemu/limits.py \
	qemu/lying.py \
	qemu/notes.py \
	qemu/peek.py \
	qemu/memory.py \
	qemu/opened.py \
	qemu/plugging.py \
	qemu/processor.py \
	qemu/rename.py \
	qemu/restart.py \
	qemu/rules.py \
	qemu/settings.py \
	qemu/saving.py \
	qemu/seen.py \
	qemu/sick.py \
	qemu/snapshot.py \
	qemu/storm.py \
	qemu/taints.py \
	qemu/tpm.py \
	qemu/transient.py \
	qemu/vcpus.py
dist_check_SCRIPTS += $(qemu_scripts)
EXTRA_DIST += qemu/devices.py qemu/harness.py qemu/images.py qemu/liar qemu/linux.py qemu/documents
if MODULE_QEMU
if MODULE_REMOTE
TESTS += $(qemu_scripts)
endif
if HAVE_CMOCKA
check_PROGRAMS += qemu/monitor qemu/qmp
qemu_monitor_SOURCES = \
	qemu/monitor.c \
	../modules/qemu/qmp/monitor.c \
	../modules/qemu/qmp/monitor.h \
	../modules/qemu/qmp/qmp.c \
	../modules/qemu/qmp/qmp.h \
	../modules/qemu/qemu.c
qemu_monitor_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/modules/qemu $(JSONC_CFLAGS) $(CMOCKA_CFLAGS)
qemu_monitor_LDADD = $(driver_lib) $(core_lib) $(JSONC_LIBS) $(CMOCKA_LIBS)
qemu_qmp_SOURCES = qemu/qmp.c ../modules/qemu/qmp/qmp.c ../modules/qemu/qmp/qmp.h
qemu_qmp_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/modules/qemu $(JSONC_CFLAGS) $(CMOCKA_CFLAGS)
qemu_qmp_LDADD = $(driver_lib) $(core_lib) $(JSONC_LIBS) $(CMOCKA_LIBS)
TESTS += qemu/monitor qemu/qmp
endif
endif
