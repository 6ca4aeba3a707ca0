# SPDX-License-Identifier: LGPL-2.1-or-later
dist_check_SCRIPTS += api/direct api/through-daemon api/through-network.py api/with-daemon api/documents.py api/sections.py api/refused.py api/closed-conf
EXTRA_DIST += api/documents api/refused.golden
if MODULE_TEST
check_PROGRAMS += api/contract
api_contract_SOURCES = api/contract.h api/contract.c api/lookup.c api/lifecycle.c api/info.c api/errors.c \
	api/readonly.c api/events.c api/refs.c api/threads.c
api_contract_LDADD = $(core_lib)
TESTS += api/direct api/documents.py api/sections.py api/closed-conf
if MODULE_REMOTE
TESTS += api/through-daemon api/through-network.py api/refused.py
endif
endif
