# SPDX-License-Identifier: LGPL-2.1-or-later
# What api/ is made of, and what it prints; included by the Makefiles that build it.
api_files = access.api admin.api checkpoint.api connect.api domain-block.api domain-device.api \
	domain-event.api domain-guest.api domain-migrate.api domain-params.api domain-stats.api \
	domain-tune.api domain-types.api domain.api error.api event.api interface.api lxc.api manual.api \
	network.api node.api nodedev.api nwfilter.api qemu.api secret.api snapshot.api \
	storage.api stream.api typedparam.api wire.api

api_gen = gen/apigen.py gen/check.py gen/derive.py gen/describe.py gen/items.py \
	gen/kinds.py gen/layout.py gen/lines.py gen/manual.py gen/model.py gen/print_access.py gen/print_api_xml.py \
	gen/print_core_calls.py gen/print_core_rows.py gen/print_dispatch.py \
	gen/print_event_types.py gen/print_events.py gen/print_handles.py gen/print_headers.py \
	gen/print_man.py gen/print_objects.py gen/print_protocol.py gen/print_slot_names.py gen/print_stored.py \
	gen/print_stubs.py gen/print_symbols.py gen/print_tables.py gen/print_x.py gen/reader.py \
	gen/report.py gen/slots.py

api_headers = libvirt-admin.h libvirt-common.h libvirt-domain-checkpoint.h \
	libvirt-domain-snapshot.h libvirt-domain.h libvirt-event.h libvirt-host.h \
	libvirt-interface.h libvirt-lxc.h libvirt-network.h libvirt-nodedev.h libvirt-nwfilter.h \
	libvirt-qemu.h libvirt-secret.h libvirt-storage.h libvirt-stream.h libvirt.h \
	module-calls.h module-handles.h module-stored.h virterror.h
