# SPDX-License-Identifier: LGPL-2.1-or-later
# Documents defined on the distribution's libvirt and on ours, and their dumps compared.
exact_scripts = exact/cpus.py exact/guest-cpus.py exact/invented.py exact/kinds.py exact/machines.py exact/offers.py exact/virt-install.py exact/wrong.py
dist_check_SCRIPTS += $(exact_scripts)
EXTRA_DIST += exact/ask.py exact/show.py exact/compare.py exact/corpus.py exact/define.py exact/exceptions exact/fit.py \
	exact/fit_devices.py exact/grammar.py exact/invent.py exact/measure.py exact/reach.py exact/sides.py exact/start.py \
	exact/unreached
if HAVE_XML
check_PROGRAMS += exact/rewrite
exact_rewrite_SOURCES = exact/rewrite.c
exact_rewrite_LDADD = $(xml_lib) $(driver_lib) $(core_lib)
endif
if MODULE_TEST
if MODULE_QEMU
TESTS += $(exact_scripts)
endif
endif
# What takes long to make is kept between runs.
clean-local:
	rm -rf exact/made
