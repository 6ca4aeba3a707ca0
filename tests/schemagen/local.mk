# SPDX-License-Identifier: LGPL-2.1-or-later
# The schema generator: a golden output, and a message for each kind of mistake.
source_tests += schemagen/paths.py schemagen/schemagen.py schemagen/taken.py
TESTS += schemagen/validate.py
dist_check_SCRIPTS += schemagen/paths.py schemagen/schemagen.py schemagen/taken.py schemagen/validate.py
EXTRA_DIST += schemagen/small.schema schemagen/small-post.schema schemagen/expected \
	schemagen/paths.expected schemagen/taken-qemu.expected schemagen/parts schemagen/bad
