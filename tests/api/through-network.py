#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The API contract through a private libvirtd that is reached as from another host: by
tcp, tls, IPv6, ssh with a real sshd, a program.  A sample; with VIR_LONG=yes all of it.
Arguments name ways: only these."""

import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../interop'))
import sshd  # noqa: E402
import ways  # noqa: E402

LONG = os.environ.get('VIR_LONG', 'no') == 'yes'
WAYS = ('tcp', 'tls', 'ext', 'ssh', 'tls by IPv6')
# One of each kind: look-ups, documents, events, errors, threads, what a transport says of itself.
TESTS = [] if LONG else [
    'host', 'filters_of_the_list', 'document_round_trip', 'host_from_a_file', 'users_of_a_node_file',
    'a_uri_that_nobody_takes', 'an_error_has_all_its_parts', 'read_only_changes_nothing', 'a_whole_life_in_order',
    'a_thousand_events_in_order', 'many_threads']


def contract(name, uri):
    done = subprocess.run([os.path.join(ways.BUILD, 'tests/api/contract'), uri] + TESTS, capture_output=True, text=True)
    wrong = [line for line in done.stdout.splitlines() if not line.startswith('ok ')]
    ways.report('%s: %d tests' % (name, done.stdout.count('ok ')), done.returncode == 0, *wrong, done.stderr)


def main():
    if not shutil.which('certtool'):
        ways.skip('no certtool')
    world = tempfile.mkdtemp(prefix='through.')
    daemon = None
    try:
        os.environ['PATH'] = sshd.Client(world).path
        authority = ways.Authority(os.path.join(world, 'ca'))
        pki = authority.sign(os.path.join(world, 'pki'), 'server')
        authority.sign(pki, 'client')
        daemon = ways.Daemon(world, pki)
        for among in [ways.ways(world, daemon, pki)] + ([ways.by_ipv6(world, authority)] if ways.has_ipv6() else []):
            for name, uri in among:
                if name in sys.argv[1:] or len(sys.argv) == 1 and name != 'unix' and (LONG or name in WAYS):
                    contract(name, uri)
    finally:
        if daemon:
            daemon.end()
            ways.report('the daemon ends well', daemon.process.returncode == 0, open(daemon.log).read()[-2000:])
        shutil.rmtree(world)
    sys.exit(ways.failed != 0)


main()
