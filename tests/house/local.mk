# SPDX-License-Identifier: LGPL-2.1-or-later
# Whether the tree is built as its papers say.
house_tests = house/arrows.py house/devices.py
source_tests += $(house_tests)
dist_check_SCRIPTS += $(house_tests)
