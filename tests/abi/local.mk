# SPDX-License-Identifier: LGPL-2.1-or-later
# Whether the public interface is what it has to be.
abi_tests = abi/library-symbols.py abi/header-values.py abi/headers-alone.py abi/every-call.py abi/support.py
TESTS += $(abi_tests)
dist_check_SCRIPTS += $(abi_tests)
EXTRA_DIST += abi/symbols.txt abi/enums.txt abi/structs.txt
