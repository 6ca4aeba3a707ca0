# SPDX-License-Identifier: LGPL-2.1-or-later
TESTS += install/as-init install/installed install/services
dist_check_SCRIPTS += install/as-init install/installed install/services
# Behind all others: while libtool installs a library, another file has its place in the build.
last_log = install/installed.log
$(last_log): $(TEST_LOGS:install/installed.log=)
