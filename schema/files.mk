# SPDX-License-Identifier: LGPL-2.1-or-later
# The generator, the parts, and how a module has its own schema printed:
#
#   nodist_NAME_la_SOURCES = NAME-schema.c NAME-schema.h
#   NAME-schema.c NAME-schema.h: schema.stamp
#   	@:
#   schema.stamp: NAME.schema $(schema_sources)
#   	$(AM_V_GEN)$(schemagen) $(srcdir)/NAME.schema && touch $@
schemagen = PYTHONDONTWRITEBYTECODE=1 $(PYTHON) $(top_srcdir)/schema/gen/schemagen.py \
	--parts $(top_srcdir)/schema/parts --out .

schema_gen = \
	$(top_srcdir)/schema/gen/c.py \
	$(top_srcdir)/schema/gen/checks.py \
	$(top_srcdir)/schema/gen/conditions.py \
	$(top_srcdir)/schema/gen/fail.py \
	$(top_srcdir)/schema/gen/forms.py \
	$(top_srcdir)/schema/gen/kinds.py \
	$(top_srcdir)/schema/gen/model.py \
	$(top_srcdir)/schema/gen/module.py \
	$(top_srcdir)/schema/gen/print_header.py \
	$(top_srcdir)/schema/gen/print_json.py \
	$(top_srcdir)/schema/gen/print_reference.py \
	$(top_srcdir)/schema/gen/print_rng.py \
	$(top_srcdir)/schema/gen/print_source.py \
	$(top_srcdir)/schema/gen/print_vocabulary.py \
	$(top_srcdir)/schema/gen/reader.py \
	$(top_srcdir)/schema/gen/schemagen.py

schema_parts = \
	$(top_srcdir)/schema/parts/address.schema \
	$(top_srcdir)/schema/parts/audio.schema \
	$(top_srcdir)/schema/parts/backup.schema \
	$(top_srcdir)/schema/parts/board.schema \
	$(top_srcdir)/schema/parts/capabilities-host.schema \
	$(top_srcdir)/schema/parts/capabilities.schema \
	$(top_srcdir)/schema/parts/channel.schema \
	$(top_srcdir)/schema/parts/character.schema \
	$(top_srcdir)/schema/parts/checkpoint.schema \
	$(top_srcdir)/schema/parts/clock.schema \
	$(top_srcdir)/schema/parts/console.schema \
	$(top_srcdir)/schema/parts/container-capabilities.schema \
	$(top_srcdir)/schema/parts/controller.schema \
	$(top_srcdir)/schema/parts/cpu.schema \
	$(top_srcdir)/schema/parts/cputune.schema \
	$(top_srcdir)/schema/parts/device.schema \
	$(top_srcdir)/schema/parts/disk-source.schema \
	$(top_srcdir)/schema/parts/disk.schema \
	$(top_srcdir)/schema/parts/domain-capabilities.schema \
	$(top_srcdir)/schema/parts/domain.schema \
	$(top_srcdir)/schema/parts/encryption.schema \
	$(top_srcdir)/schema/parts/features.schema \
	$(top_srcdir)/schema/parts/filesystem.schema \
	$(top_srcdir)/schema/parts/forms.schema \
	$(top_srcdir)/schema/parts/graphics.schema \
	$(top_srcdir)/schema/parts/host-interface.schema \
	$(top_srcdir)/schema/parts/hostdev.schema \
	$(top_srcdir)/schema/parts/input.schema \
	$(top_srcdir)/schema/parts/interface.schema \
	$(top_srcdir)/schema/parts/iotune.schema \
	$(top_srcdir)/schema/parts/launch-security.schema \
	$(top_srcdir)/schema/parts/lease.schema \
	$(top_srcdir)/schema/parts/memory-device.schema \
	$(top_srcdir)/schema/parts/namespaces.schema \
	$(top_srcdir)/schema/parts/net.schema \
	$(top_srcdir)/schema/parts/network-port.schema \
	$(top_srcdir)/schema/parts/network.schema \
	$(top_srcdir)/schema/parts/node-device.schema \
	$(top_srcdir)/schema/parts/numa.schema \
	$(top_srcdir)/schema/parts/nwfilter.schema \
	$(top_srcdir)/schema/parts/os.schema \
	$(top_srcdir)/schema/parts/parallel.schema \
	$(top_srcdir)/schema/parts/prefixes.schema \
	$(top_srcdir)/schema/parts/redirdev.schema \
	$(top_srcdir)/schema/parts/rng.schema \
	$(top_srcdir)/schema/parts/seclabel.schema \
	$(top_srcdir)/schema/parts/secret.schema \
	$(top_srcdir)/schema/parts/serial.schema \
	$(top_srcdir)/schema/parts/smartcard.schema \
	$(top_srcdir)/schema/parts/snapshot.schema \
	$(top_srcdir)/schema/parts/storage-pool.schema \
	$(top_srcdir)/schema/parts/storage-volume.schema \
	$(top_srcdir)/schema/parts/sysinfo.schema \
	$(top_srcdir)/schema/parts/tpm.schema \
	$(top_srcdir)/schema/parts/tuning.schema \
	$(top_srcdir)/schema/parts/video.schema

schema_sources = $(schema_gen) $(schema_parts)
