# SPDX-License-Identifier: LGPL-2.1-or-later
TESTS += install/installed
dist_check_SCRIPTS += install/installed
