#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How fast a guest writes its memory, and what else programs ask that few guests have."""

from harness import check, domain, equal, has, main, wait_for


def figures(world):
    lines = [line.strip().split('=') for line in world.virsh('domstats', 'one', '--dirtyrate').splitlines() if '=' in line]
    return {name.partition('.')[2]: value for name, value in lines}


def measured(world):
    """QEMU itself says the same, and the next daemon."""
    world.define(domain('one'))
    equal(figures(world), {}, 'figures of a guest that is off')
    world.start('one')
    equal(figures(world), {'calc_status': '0', 'calc_start_time': '0', 'calc_period': '0', 'calc_mode': 'page-sampling'},
          'figures of a guest that was never measured')
    equal(world.virsh('domdirtyrate-calc', 'one'), "Start to calculate domain's memory dirty rate successfully.", 'output')
    has(world.refused('domdirtyrate-calc', 'one'), 'the dirty rate is already being measured')
    equal(figures(world)['calc_status'], '1', 'while it is measured')
    wait_for(lambda: figures(world)['calc_status'] == '2', 10, 'it is measured')
    told = figures(world)
    equal((told['calc_period'], told['calc_mode'], told['megabytes_per_second']), ('1', 'page-sampling', '0'), 'figures')
    has(world.virsh('qemu-monitor-command', 'one', '{"execute":"query-dirty-rate"}'),
        '"start-time":%s' % told['calc_start_time'])
    world.kill_daemon()
    equal(figures(world), told, 'figures of the next daemon')


def refusals(world):
    world.define(domain('one'))
    has(world.refused('domdirtyrate-calc', 'one'), 'Requested operation is not valid: domain is not running')
    pid = world.start('one')
    for seconds in ('0', '61', '-1'):
        has(world.refused('domdirtyrate-calc', 'one', seconds), 'unsupported configuration: seconds=%s is invalid' % seconds)
    has(world.refused('domdirtyrate-calc', 'one', '1', 'fast'), "error: Unknown calculation mode 'fast'")
    has(world.refused('domdirtyrate-calc', 'one', '1', 'dirty-ring'), 'dirty-ring feature enabled')
    has(world.refused('domdirtyrate-calc', 'one', '1', 'dirty-bitmap'), 'Operation not supported')
    equal(world.emulator('one'), pid, 'its QEMU lives on')
    equal(figures(world)['calc_status'], '0', 'nothing was measured')


def files(world):
    """A descriptor goes to QEMU with a command of its monitor; two do not."""
    world.define(domain('one'))
    world.start('one')
    with open('/dev/null') as null, open('/dev/zero') as zero:
        add = '{"execute":"add-fd","arguments":{"fdset-id":7}}'
        has(world.virsh('qemu-monitor-command', 'one', '--pass-fds', str(null.fileno()), add, pass_fds=[null.fileno()]), '"fdset-id":7')
        both = '%d,%d' % (null.fileno(), zero.fileno())
        has(world.refused('qemu-monitor-command', 'one', '--pass-fds', both, add, pass_fds=[null.fileno(), zero.fileno()]),
            'invalid argument: at most 1 fd can be passed')
    has(world.virsh('qemu-monitor-command', 'one', '{"execute":"query-fdsets"}'), '"fdset-id":7')


def launch(world):
    """No guest has memory that the host cannot read."""
    world.define(domain('one'))
    secret = world.write('abc', 'secret')
    equal(world.virsh('domlaunchsecinfo', 'one'), '', 'what is known of its launch')
    has(world.refused('domsetlaunchsecstate', 'one'), 'error: Both secret and the secret header are required')
    has(world.refused('domsetlaunchsecstate', 'one', '--secrethdr', secret, '--secret', secret),
        'error: Unable to set launch security state\nerror: Operation not supported: ')
    has(world.refused('nodesevinfo'), 'error: Unable to get host SEV information\nerror: Operation not supported: ')
    has(world.refused('domxml-from-native', 'qemu-argv', secret), 'this function is not supported by the connection driver')
    check(world.daemon(), 'the daemon lives')


main([measured, refusals, files, launch])
