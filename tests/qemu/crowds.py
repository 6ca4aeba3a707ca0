#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Documents with as many devices of a kind as there may be: each device looks for what
the others have left, and all of them have found it soon."""

from harness import Timed, domain, main

MANY = 4000
VIRTIO = "<controller type='scsi' index='0' model='virtio-scsi'/>"
DIMM = "<memory model='dimm'><target><size unit='MiB'>1</size><node>0</node></target></memory>"
HOSTDEV = ("<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/>"
           "<address bus='0' target='0' unit='%d'/></source></hostdev>")


def crowds(world):
    for what, devices in [('controllers', "<controller type='scsi'/>" * MANY), ('memory', DIMM * MANY),
                          ('SCSI devices of the host', VIRTIO + ''.join(HOSTDEV % i for i in range(MANY)))]:
        path = world.write(domain('crowd', devices=devices))
        with Timed(5, '%d %s' % (MANY, what)):
            world.run('define', path)


main([crowds])
