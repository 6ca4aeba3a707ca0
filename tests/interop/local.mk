# SPDX-License-Identifier: LGPL-2.1-or-later
dist_check_SCRIPTS += interop/bindings interop/device-codes interop/devices interop/peer-virsh interop/same-answers interop/saved-guests interop/secrets interop/snapshots \
	interop/virt-install interop/with-their-daemon
TESTS += interop/access.py interop/virt-admin.py
dist_check_SCRIPTS += interop/access.py interop/virt-admin.py
EXTRA_DIST += interop/admin-client.c
EXTRA_DIST += interop/device-codes.differs interop/device-codes.py
EXTRA_DIST += interop/host-asks.py
EXTRA_DIST += interop/answers.py interop/asyncio-client.py interop/bare.py interop/commands.txt interop/python-client.py \
	interop/perl-client.pl interop/realm.py interop/secret-answers.py interop/sshd.py
if MODULE_TEST
TESTS += interop/same-answers interop/virt-install
if MODULE_REMOTE
interop_scripts = interop/certificates.py interop/console.py interop/hosts.py interop/kerberos.py interop/matrix.py interop/sasl.py \
	interop/ssh.py interop/trips.py interop/ways.py
TESTS += interop/bindings interop/peer-virsh $(interop_scripts)
dist_check_SCRIPTS += $(interop_scripts)
endif
endif
if MODULE_REMOTE
TESTS += interop/device-codes interop/devices interop/host.py interop/saved-guests interop/snapshots
dist_check_SCRIPTS += interop/host.py
if MODULE_SECRET
TESTS += interop/secrets
endif
endif
