# SPDX-License-Identifier: LGPL-2.1-or-later
# Programs beside virsh.
tools_scripts = tools/guests.py tools/host-validate.py
TESTS += $(tools_scripts)
dist_check_SCRIPTS += $(tools_scripts)
