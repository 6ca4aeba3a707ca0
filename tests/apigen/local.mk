# SPDX-License-Identifier: LGPL-2.1-or-later
# The generator: what it prints from a small description, what it refuses.
apigen_tests = apigen/golden.py apigen/refusals.py apigen/lists.py apigen/mutations.py
source_tests += $(apigen_tests)
dist_check_SCRIPTS += $(apigen_tests)
EXTRA_DIST += apigen/small apigen/bad
