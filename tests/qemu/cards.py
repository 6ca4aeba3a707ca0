#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Network cards in a network of the test's own: what QEMU is told of each kind, and a frame of
its firmware, which looks for a server, seen at the other end of the cable."""

import os
import re
import socket
import subprocess

from harness import Failed, check, domain, equal, has, main, own_network, wait_for

NONE = "<memballoon model='none'/>"
CARD = "<interface type='%s'><mac address='52:54:00:00:00:%02x'/>%s</interface>"
NET_BOOT = "<boot dev='network'/>"
NETWORK = ('ip link set lo up', 'ip link add br0 type bridge', 'ip link set br0 up', 'ip addr add 192.0.2.1/24 dev br0')


def told(world):
    """Each word has its property; the guest is paused."""
    offloads = ''.join(" %s='off'" % word for word in ('csum', 'gso', 'tso4', 'tso6', 'ecn', 'ufo', 'mrg_rxbuf'))
    accepted = ''.join(" %s='off'" % word for word in ('csum', 'tso4', 'tso6', 'ecn', 'ufo'))
    rom = '/usr/share/seabios/vgabios-cirrus.bin'
    for kind, words, parts in (
            ('user', "<model type='virtio'/><driver name='qemu' txmode='timer' ioeventfd='on' event_idx='off' rx_queue_size='512' "
             "tx_queue_size='256' rss='off' rss_hash_report='off'><host%s/><guest%s/></driver>" % (offloads, accepted),
             ('"tx":"timer","ioeventfd":true,"event_idx":false,"rss":false,"hash":false,"csum":false,"gso":false,'
              '"host_tso4":false,"host_tso6":false,"host_ecn":false,"host_ufo":false,"mrg_rxbuf":false,"guest_csum":false,'
              '"guest_tso4":false,"guest_tso6":false,"guest_ecn":false,"guest_ufo":false,"rx_queue_size":512,"tx_queue_size":256',)),
            ('user', "<model type='virtio-non-transitional'/><driver packed='on' page_per_vq='on'/><teaming type='persistent'/>",
             ('"driver":"virtio-net-pci-non-transitional"', '"failover":true,"packed":true,"page-per-vq":true')),
            ('user', "<model type='virtio'/><rom bar='off' file='%s'/><acpi index='7'/>" % rom,
             ('"acpi-index":7', '"rombar":0,"romfile":"%s"' % rom)),
            ('user', "<model type='e1000'/><rom enabled='no'/>", ('"romfile":""',)),
            ('user', "<model type='vmxnet3'/>", ('"driver":"vmxnet3"',)),
            ('user', "<ip family='ipv4' address='172.17.2.0' prefix='24'/><ip family='ipv6' address='2001:db8::' prefix='64'/>",
             ('"net":"172.17.2.0/24","ipv6-prefix":"2001:db8::","ipv6-prefixlen":64',)),
            ('server', "<source port='5558'/>", ('"type":"socket","listen":":5558"',)),
            ('udp', "<source address='127.0.0.1' port='11115'><local address='127.0.0.1' port='11116'/></source>",
             ('"udp":"127.0.0.1:11115","localaddr":"127.0.0.1:11116"',)),
            ('ethernet', "<target dev='tap3'/><model type='virtio'/><driver queues='3'/><tune><sndbuf>1600</sndbuf></tune>"
             "<mtu size='1400'/>", ('"fds":"', '"sndbuf":1600', '"mq":true,"vectors":8,"host_mtu":1400'))):
        world.define(domain('doc', devices=CARD % (kind, 1, words) + NONE))
        world.virsh('start', 'doc', '--paused')
        with open(os.path.join(world.log, 'doc.log')) as file:
            log = file.read()
        for part in parts:
            has(log, part)
        world.virsh('destroy', 'doc')
        world.virsh('undefine', 'doc')
        os.unlink(os.path.join(world.log, 'doc.log'))


def refused(world):
    """With a sentence that names it, and nothing is left on the host."""
    for kind, words, part in (
            ('user', "<model type='virtio'/><driver queues='2'/>", 'one queue'),
            ('user', "<model type='virtio'/><driver name='vhost'/>", 'vhost'),
            ('ethernet', "<model type='virtio'/><driver name='vhost'/><backend vhost='/no/such'/>", '/no/such'),
            ('ethernet', "<target managed='no'/>", "managed='no'"),
            ('ethernet', "<script path='/bin/false'/>", '/bin/false'),
            ('bridge', "<source bridge='br1'/>", 'br1'),
            ('bridge', "<source bridge='br0'/><model type='virtio'/><driver queues='2'/>", 'one queue')):
        world.define(domain('doc', devices=CARD % (kind, 1, words) + NONE))
        has(world.refused('start', 'doc', '--paused'), part)
        equal(world.emulators(), [], 'emulators')
        equal(links(), ['br0', 'lo'], 'links after ' + words)
        world.virsh('undefine', 'doc')


def links():
    with open('/proc/thread-self/net/dev') as file:
        return sorted(line.split(':')[0].strip() for line in file if ':' in line)


def ports_of(bridge):
    said = subprocess.run(['bridge', 'link'], capture_output=True, text=True, check=True).stdout
    return re.findall(r'^\d+: (\w+): .* master %s ' % bridge, said, re.M)


def sees(listener, mac, decode):
    """A frame of the card that ends in MAC arrives."""
    listener.settimeout(40)
    for _ in range(1000):
        frame = decode(listener)
        if frame[6:12] == bytes((0x52, 0x54, 0, 0, 0, mac)):
            return
    raise Failed('no frame of card %d among 1000' % mac)


def packets(name):
    listener = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    listener.bind((name, 0))
    return listener


def datagram(listener):
    return listener.recv(4096)


def bridge(world):
    """By QEMU's helper, for a user's own daemon; plugged in and out while the guest runs."""
    world.define(domain('one', os_more=NET_BOOT, devices=NONE + CARD % ('bridge', 1, "<source bridge='br0'/><model type='virtio'/>"),
                        more='<features><acpi/></features>'))
    listener = packets('br0')
    world.virsh('start', 'one')
    sees(listener, 1, datagram)
    name = re.search(r"<target dev='(\w+)'/>", world.virsh('dumpxml', 'one')).group(1)
    equal(ports_of('br0'), [name], 'ports of the bridge')
    check('<target dev=' not in world.virsh('dumpxml', 'one', '--inactive').split('<interface')[1].split('</interface')[0], 'a name of the run is kept')
    card = world.write(CARD % ('bridge', 2, "<source bridge='br0'/><model type='e1000'/>"), 'card.xml')
    world.virsh('attach-device', 'one', card)
    equal(len(ports_of('br0')), 2, 'ports of the bridge')
    has(world.virsh('qemu-monitor-command', 'one', '--hmp', 'info network'), 'hostnet1: index=0,type=tap')
    world.virsh('destroy', 'one')
    equal(links(), ['br0', 'lo'], 'what is left')


def ethernet(world):
    """A tap of our own with a program that sets it up, and one that takes it down."""
    for name in ('up', 'down'):
        with open(os.path.join(world.dir, name), 'w') as file:
            file.write('#!/bin/sh\necho "$1" >>%s/%s.said\n' % (world.dir, name))
        os.chmod(os.path.join(world.dir, name), 0o755)
    world.define(domain('one', os_more=NET_BOOT, devices=NONE + CARD % (
        'ethernet', 3, "<target dev='tap9'/><model type='virtio'/><script path='%s/up'/><downscript path='%s/down'/>"
        "<mtu size='1400'/>" % (world.dir, world.dir))))
    world.virsh('start', 'one', '--paused')
    said = subprocess.run(['ip', 'link', 'show', 'tap9'], capture_output=True, text=True, check=True).stdout
    has(said, 'mtu 1400')
    has(said, 'link/ether fe:54:00:00:00:03')
    has(said, ',UP')
    listener = packets('tap9')
    world.virsh('resume', 'one')
    sees(listener, 3, datagram)
    figures = dict(line.split()[1:] for line in world.virsh('domifstat', 'one', 'tap9').split('\n'))
    check(int(figures['tx_packets']) > 0 and int(figures['tx_bytes']) >= 60 * int(figures['tx_packets']), 'what the guest sent')
    has(world.virsh('domstats', 'one', '--interface'), 'net.0.name=tap9')
    has(world.refused('domifstat', 'one', 'tap8'), 'tap8')
    world.virsh('destroy', 'one')
    for name in ('up', 'down'):
        with open(os.path.join(world.dir, name + '.said')) as file:
            equal(file.read(), 'tap9\n', 'what %s was told' % name)
    equal(links(), ['br0', 'lo'], 'what is left')


def attached(world):
    """A tap comes and goes with a card of a running guest."""
    world.define(domain('one', devices=NONE, more='<features><acpi/></features>'))
    world.virsh('start', 'one', '--paused')
    card = world.write(CARD % ('ethernet', 6, "<target dev='tap9'/><model type='virtio'/><driver queues='2'/>"), 'card.xml')
    world.virsh('attach-device', 'one', card)
    equal(links(), ['br0', 'lo', 'tap9'], 'links')
    has(world.virsh('qemu-monitor-command', 'one', '--hmp', 'info network'), 'hostnet0: index=1,type=tap,fd=')
    has(world.virsh('qemu-monitor-command', 'one', '--hmp', 'info qtree'), 'mac = "52:54:00:00:00:06"')
    world.refused('attach-device', 'one', world.write(CARD % ('ethernet', 7, "<script path='/bin/false'/>"), 'bad.xml'))
    equal(links(), ['br0', 'lo', 'tap9'], 'links')
    world.virsh('resume', 'one')
    world.kill_daemon()
    has(world.virsh('dumpxml', 'one'), "<target dev='tap9'/>")
    world.virsh('destroy', 'one')
    wait_for(lambda: links() == ['br0', 'lo'], 5, 'the tap is gone')


def tunnels(world):
    """Frames in datagrams, and behind their lengths in a stream."""
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind(('127.0.0.1', 0))
    world.define(domain('one', os_more=NET_BOOT, devices=NONE + CARD % (
        'udp', 4, "<source address='127.0.0.1' port='%d'><local address='127.0.0.1' port='11116'/></source><model type='virtio'/>"
        % end.getsockname()[1])))
    world.virsh('start', 'one')
    sees(end, 4, datagram)
    world.virsh('destroy', 'one')
    server = socket.create_server(('127.0.0.1', 0))
    world.define(domain('two', os_more=NET_BOOT, devices=NONE + CARD % (
        'client', 5, "<source address='127.0.0.1' port='%d'/><model type='virtio'/>" % server.getsockname()[1])))
    world.virsh('start', 'two')
    connection = server.accept()[0].makefile('rb')
    server.settimeout(40)
    length = int.from_bytes(connection.read(4), 'big')
    equal(connection.read(length)[6:12], bytes((0x52, 0x54, 0, 0, 0, 5)), 'the sender of the first frame')


def classes(tap):
    return subprocess.run(['tc', 'class', 'show', 'dev', tap], capture_output=True, text=True, check=True).stdout


def polices(tap):
    return 'police' in subprocess.run(['tc', 'filter', 'show', 'dev', tap, 'parent', 'ffff:'], capture_output=True, text=True,
                                      check=False).stdout


RATES = ('inbound.average: %d\ninbound.peak   : %d\ninbound.burst  : %d\ninbound.floor  : 0\n'
         'outbound.average: %d\noutbound.peak  : 0\noutbound.burst : 0')


def shaped(world):
    """How much passes is the kernel's figure; it changes while the guest runs, and goes."""
    xml = domain('doc', devices=CARD % ('ethernet', 1, "<target dev='tap4'/><bandwidth><inbound average='100' peak='200' "
                                        "burst='300'/></bandwidth>") + CARD % ('user', 2, '') + NONE)
    world.define(xml)
    world.start('doc')
    has(classes('tap4'), 'rate 800Kbit ceil 1600Kbit burst 300Kb')
    equal(world.virsh('domiftune', 'doc', 'tap4'), RATES % (100, 200, 300, 0), 'rates')
    world.virsh('domiftune', 'doc', '52:54:00:00:00:01', '--inbound', '400', '--live', '--config')
    has(classes('tap4'), 'rate 3200Kbit ceil 3200Kbit')
    for how in ('--live', '--config'):
        equal(world.virsh('domiftune', 'doc', 'tap4', how), RATES % (400, 0, 0, 0), 'rates')
    world.kill_daemon()
    status, _, error = world.run('domiftune', 'doc', 'tap4', '--outbound', '50')
    if status:                          # a kernel that cannot drop: the rest stays
        has(error, "what passes 'tap4'")
        has(classes('tap4'), 'rate 3200Kbit')
        equal(world.virsh('domiftune', 'doc', 'tap4'), RATES % (400, 0, 0, 0), 'rates')
    else:
        check(polices('tap4'), 'nothing is dropped')
        has(world.virsh('dumpxml', 'doc'), "<outbound average='50'/>")
    world.virsh('domiftune', 'doc', 'tap4', '--inbound', '0')
    equal(classes('tap4'), '', 'classes')
    world.virsh('domiftune', 'doc', 'tap4', '--inbound', '10,20', '--outbound', '7', '--config')
    equal(world.virsh('domiftune', 'doc', 'tap4', '--config'), RATES % (10, 20, 0, 7), 'rates')
    for words, part in ((('tap5',), "'tap5' is not a known interface"), (('tap4', '--inbound', ',200'), 'average or floor is mandatory'),
                        (('tap4', '--inbound', 'abc'), "field 'average' is malformed"),
                        (('tap4', '--inbound', '5000000000'), 'inbound rate larger than maximum 4294967295'),
                        (('tap4', '--inbound', '1,1,1,9'), 'floor'),
                        (('52:54:00:00:00:02', '--inbound', '10'), "interfaces of type 'user'")):
        has(world.refused('domiftune', 'doc', *words), part)


if __name__ == '__main__':
    own_network(*NETWORK)
    main([shaped, told, refused, bridge, ethernet, attached, tunnels])
