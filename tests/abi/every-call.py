#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every public call, straight through the library: a NULL handle is refused
with the code of its kind; what writes is refused on a read-only connection;
arguments of zero never crash, and are refused with a code that the manual names.
The calls are taken from api/*.api."""

import ctypes
import os
import sys

SOURCE = os.environ.get('VIR_SOURCE_DIR', os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
BUILD = os.environ.get('VIR_BUILD_DIR', '.')
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(SOURCE, 'api', 'gen'))

import apigen                           # noqa: E402

INVALID = {'conn': 'CONN', 'domain': 'DOMAIN', 'network': 'NETWORK', 'port': 'NETWORK_PORT',
           'interface': 'INTERFACE', 'pool': 'STORAGE_POOL', 'vol': 'STORAGE_VOL', 'nodedev': 'NODE_DEVICE',
           'secret': 'SECRET', 'nwfilter': 'NWFILTER', 'binding': 'NWFILTER_BINDING',
           'snapshot': 'DOMAIN_SNAPSHOT', 'checkpoint': 'DOMAIN_CHECKPOINT', 'stream': 'STREAM'}
# A NULL connection is a part of their meaning, or they take an array of handles.
NULL_IS_FINE = ('virConnGetLastError', 'virConnResetLastError', 'virConnCopyLastError', 'virConnSetErrorFunc')


class Library:
    """One of the libraries, with its calls as ctypes functions."""

    def __init__(self, api):
        self.api = api
        self.handles = {name: ctypes.CDLL(os.path.join(BUILD, 'core', '.libs', name + '.so.0'), ctypes.RTLD_GLOBAL)
                        for name in ('libvirt', 'libvirt-qemu', 'libvirt-lxc')}
        self.handles['libvirt'].virSetErrorFunc(None, NO_HANDLER)

    def function(self, call):
        function = getattr(self.handles[call.library], call.name)
        function.restype = ctypes.c_void_p if '*' in call.result.ctype or call.result.ctype.endswith('Ptr') \
            else ctypes.c_longlong if 'long' in call.result.ctype else ctypes.c_int
        function.argtypes = [ctypes.c_void_p if is_pointer(ctype) else ctypes.c_longlong if 'long' in ctype
                             or ctype == 'size_t' else ctypes.c_int for ctype, _ in call.c_params()]
        return function

    def run(self, call, first):
        """(result, error code) with FIRST as the first argument, 0 for all others."""
        function = self.function(call)
        values = [None if t is ctypes.c_void_p else 0 for t in function.argtypes]
        values[0] = first
        self.handles['libvirt'].virResetLastError()
        return function(*values), self.handles['libvirt'].virGetLastErrorCode()

    def code(self, name):
        return self.api.constant('VIR_ERR_' + name).value


ERROR_FUNC = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
NO_HANDLER = ERROR_FUNC(lambda data, error: None)


def is_pointer(ctype):
    return '*' in ctype or ctype.endswith(('Ptr', 'Callback', 'Func'))


def fails_with(library, call, first, code):
    result, error = library.run(call, first)
    if error == library.code(code) and 'VIR_ERR_' + code in dict(call.errors):
        return True
    print('every-call: %s gives %r and error %d, not %d (VIR_ERR_%s), or its manual does not name it' % (
        call.name, result, error, library.code(code), code))
    return False


def null_handles(library, calls):
    return [fails_with(library, call, None, 'INVALID_' + INVALID[call.args[0].kind])
            for call in calls if call.args and call.args[0].kind in INVALID
            and call.name not in NULL_IS_FINE and call.result.ctype != 'void']


def open_test(library, name):
    function = library.function(library.api.call(name))
    conn = function(b'test:///default', None, 1) if name == 'virConnectOpenAuth' else function(b'test:///default')
    look = library.function(library.api.call('virDomainLookupByID'))
    return conn, look(conn, 1) if conn else None


def read_only(library, calls):
    conn, dom = open_test(library, 'virConnectOpenReadOnly')
    if not dom:
        print('every-call: no read-only test:///default')
        return [False]
    first = {'conn': conn, 'domain': dom}
    return [fails_with(library, call, first[call.args[0].kind], 'OPERATION_DENIED')
            for call in calls if call.needs == 'write' and call.args[0].kind in first]


def named(library, call, error):
    """Whether the manual of a call names ERROR, if it is one that the core gives."""
    codes = [name for name in ('INVALID_ARG', 'NO_SUPPORT') if library.code(name) == error]
    if not codes or 'VIR_ERR_' + codes[0] in dict(call.errors):
        return True
    print('every-call: the manual of %s does not name VIR_ERR_%s' % (call.name, codes[0]))
    return False


def zeros(library, calls):
    """No call crashes when all its arguments are zero."""
    results = []
    for call in calls:
        if not call.args or call.args[0].kind not in ('conn', 'domain') or call.local == 'free' \
                or call.name == 'virConnectClose':
            continue
        conn, dom = open_test(library, 'virConnectOpen')
        _, error = library.run(call, conn if call.args[0].kind == 'conn' else dom)
        results.append(named(library, call, error))
        library.function(library.api.call('virDomainFree'))(dom)
        library.function(library.api.call('virConnectClose'))(conn)
    return results


def main():
    api, problems = apigen.load(os.path.join(SOURCE, 'api'))
    assert not problems, problems
    if os.environ.get('VIR_SANITIZERS', 'no') != 'no':
        return 77                       # this Python knows nothing of them
    calls = [c for c in api.public() if c.library != 'libvirt-admin']
    library = Library(api)
    results = null_handles(library, calls)
    print('every-call: %d refuse a NULL handle' % sum(results))
    if os.path.exists(os.path.join(BUILD, 'modules', 'built', 'test.so')):
        denied = read_only(library, calls)
        print('every-call: %d refused on a read-only connection' % sum(denied))
        results += denied + zeros(library, calls)
    return 0 if len(results) > 460 and all(results) else 1


if __name__ == '__main__':
    sys.exit(main())
