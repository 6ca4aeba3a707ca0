# SPDX-License-Identifier: LGPL-2.1-or-later
# The generator, the parts, and how a module has its own schema printed:
#
#   nodist_NAME_la_SOURCES = NAME-schema.c NAME-schema.h
#   NAME-schema.c NAME-schema.h: schema.stamp
#   schema.stamp: NAME.schema $(schema_sources)
#   	$(AM_V_GEN)$(schemagen) $(srcdir)/NAME.schema && touch $@
schemagen = PYTHONDONTWRITEBYTECODE=1 $(PYTHON) $(top_srcdir)/schema/gen/schemagen.py \
	--parts $(top_srcdir)/schema/parts --out .

schema_sources = \
	$(top_srcdir)/schema/gen/c.py \
	$(top_srcdir)/schema/gen/checks.py \
	$(top_srcdir)/schema/gen/fail.py \
	$(top_srcdir)/schema/gen/kinds.py \
	$(top_srcdir)/schema/gen/model.py \
	$(top_srcdir)/schema/gen/module.py \
	$(top_srcdir)/schema/gen/print_header.py \
	$(top_srcdir)/schema/gen/print_reference.py \
	$(top_srcdir)/schema/gen/print_source.py \
	$(top_srcdir)/schema/gen/print_vocabulary.py \
	$(top_srcdir)/schema/gen/reader.py \
	$(top_srcdir)/schema/gen/schemagen.py \
	$(top_srcdir)/schema/parts/address.schema \
	$(top_srcdir)/schema/parts/character.schema \
	$(top_srcdir)/schema/parts/controller.schema \
	$(top_srcdir)/schema/parts/device.schema \
	$(top_srcdir)/schema/parts/disk.schema \
	$(top_srcdir)/schema/parts/display.schema \
	$(top_srcdir)/schema/parts/domain.schema \
	$(top_srcdir)/schema/parts/host.schema \
	$(top_srcdir)/schema/parts/interface.schema
