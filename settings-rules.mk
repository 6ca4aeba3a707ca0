# SPDX-License-Identifier: LGPL-2.1-or-later
# A module's configuration file: the module says  settings = NAME  and has NAME.keys.
print_settings = $(AM_V_GEN)$(PYTHON) -B $(top_srcdir)/driver/settings.py
keys.h: $(settings).keys $(top_srcdir)/driver/settings.py
	$(print_settings) table $(srcdir)/$(settings).keys >$@.tmp && mv $@.tmp $@
$(settings).conf: $(settings).keys $(top_srcdir)/driver/settings.py
	$(print_settings) conf $(srcdir)/$(settings).keys >$@.tmp && mv $@.tmp $@
BUILT_SOURCES += keys.h
CLEANFILES += keys.h $(settings).conf
EXTRA_DIST += $(settings).keys
noinst_DATA = $(settings).conf

# An administrator may have changed it: his stays.
settings_place = $(DESTDIR)$(sysconfdir)/libvirt
install-data-local: $(settings).conf
	test -e '$(settings_place)/$(settings).conf' || { $(MKDIR_P) '$(settings_place)' && \
	    $(INSTALL_DATA) $(settings).conf '$(settings_place)/$(settings).conf'; }
uninstall-local:
	! cmp -s $(settings).conf '$(settings_place)/$(settings).conf' || rm -f '$(settings_place)/$(settings).conf'
