#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""qemu.conf: what its keys do for a guest, as the host and QEMU tell it; what will not do is told with its line."""

import os
import socket

from harness import World, check, domain, has, main

SCREENS = "<graphics type='vnc'/><graphics type='spice' autoport='yes'/><video><model type='vga'/></video>"


def configure(world, *lines):
    os.makedirs(os.path.dirname(world.config))
    with open(os.path.join(os.path.dirname(world.config), 'qemu.conf'), 'w') as file:
        file.write('\n'.join(lines) + '\n')


def command_line(pid):
    with open('/proc/%d/cmdline' % pid) as file:
        return file.read().split('\0')


def limits(pid):
    """Soft and hard, by name."""
    with open('/proc/%d/limits' % pid) as file:
        return {line[:26].strip(): line[26:].split()[:2] for line in file}


def started(world, devices=''):
    world.define(domain('one', devices=devices + "<memballoon model='none'/>"))
    return world.start('one')


def test_unsaid(world):
    configure(world, '# nothing')
    pid = started(world, SCREENS)
    has(world.virsh('dumpxml', 'one'), "listen='127.0.0.1'")
    check('-sandbox' in command_line(pid), 'no sandbox')
    check(limits(pid)['Max core file size'] == ['0', '0'], 'a dump of QEMU may be written')
    check('password' not in ' '.join(command_line(pid)), 'a password that nobody said')


def test_said(world):
    with socket.socket() as probe:          # two ports that nobody has
        probe.bind(('127.0.0.1', 0))
        first = min(max(probe.getsockname()[1], 6000), 65000)
    configure(world, 'vnc_listen = "127.0.0.2"', 'spice_listen = "127.0.0.3"', 'vnc_password = "guess"',
                    'spice_password = "again"', 'remote_display_port_min = %d' % first,
                    'remote_display_port_max = %d' % (first + 9), 'max_processes = 4321', 'max_files = 777',
                    'max_core = 65536', 'seccomp_sandbox = 0', 'set_process_name = 1')
    pid = started(world, SCREENS)
    said, words = world.virsh('dumpxml', 'one', '--security-info'), ' '.join(command_line(pid))
    for port in range(first, first + 10):
        if "type='vnc' port='%d'" % port in said:
            break
    else:
        check(False, 'VNC is at none of the ports: ' + said)
    with socket.create_connection(('127.0.0.2', port), 5) as viewer:
        check(viewer.recv(12).startswith(b'RFB 003.'), 'no VNC there')
        viewer.sendall(b'RFB 003.008\n')
        check(viewer.recv(16) == b'\1\2', 'VNC asks for no password')
    has(words, 'addr=127.0.0.3')
    check('disable-ticketing' not in words, 'SPICE asks for no password')
    check('guess' not in words + said and 'again' not in words + said, 'the passwords are shown')
    check('-sandbox' not in words, 'a sandbox')
    with open('/proc/%d/comm' % pid) as file:
        check(file.read() == 'qemu:one\n', 'it has not that name')
    told = limits(pid)
    check(told['Max processes'] == ['4321', '4321'], told)
    check(told['Max open files'] == ['777', '777'], told)
    check(told['Max core file size'] == ['65536', '65536'], told)


def test_wrong(_):
    for line, why in (('vnc_listen = 5', 'qemu.conf:2'), ('seccomp_sandbox = 2', 'qemu.conf:2'),
                      ('remote_display_port_min = 80', 'qemu.conf:2: remote_display_port_min is 80'),
                      ('remote_display_port_min = 7000\nremote_display_port_max = 6000', 'remote_display_port_max, 6000'),
                      ('max_core = "some"', 'qemu.conf:2'), ('save_image_format = "rar"', 'can be one of raw|gzip')):
        with World() as other:
            configure(other, '# one', line)
            has(other.refused('list'), why)


def test_unlimited(world):
    configure(world, 'max_core = "unlimited"')
    check(limits(started(world))['Max core file size'] == ['unlimited', 'unlimited'], 'it is limited')


def test_more_than_there_is(world):
    """What cannot be is told, and nothing is left running."""
    configure(world, 'max_files = 2000000000')          # more than the kernel lets one process have
    world.define(domain('one'))
    has(world.refused('start', 'one'), 'max_files of qemu.conf cannot be set')
    check(world.emulators() == [], 'an emulator is left')
    check(world.state_of('one').startswith('shut off'), 'it runs')


if __name__ == '__main__':
    main([test_unsaid, test_said, test_wrong, test_unlimited, test_more_than_there_is])
