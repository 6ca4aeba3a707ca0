# SPDX-License-Identifier: LGPL-2.1-or-later
# How a tool prints its tables: $(shellgen) --out DIR --header HEADER FILE...
shell = $(top_srcdir)/tools/shell
shell_gen = $(shell)/gen/shellgen.py $(shell)/gen/model.py $(shell)/gen/print_code.py $(shell)/gen/print_rows.py \
	$(shell)/gen/reader.py
shellgen = $(AM_V_GEN)$(PYTHON) -B $(shell)/gen/shellgen.py
shell_lib = $(top_builddir)/tools/shell/libshell.la
shell_cppflags = -I$(builddir)/out -I$(srcdir) -I$(shell) -I$(shell)/parts
