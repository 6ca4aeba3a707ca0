#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""host-asks.py URI: what libvirt says there of the host, as JSON: {question: answer, or code of the error}."""

import json
import sys
import xml.etree.ElementTree as ET

import libvirt

libvirt.registerErrorHandler(lambda *_: None, None)
conn = libvirt.open(sys.argv[1])
cells = range(3)


def answer(ask, *args):
    try:
        return ask(*args)
    except libvirt.libvirtError as error:
        return 'error %d' % error.get_error_code()


def part(name):
    """Of <host>, without what moves and what differs by how the two run guests."""
    found = ET.fromstring(conn.getCapabilities()).find('host').find(name)
    for pages in found.iter('pages') if found is not None else ():
        pages.text = None
    for memory in found.iter('memory') if found is not None else ():
        memory.text = None
    return ET.canonicalize(ET.tostring(found, encoding='unicode'), strip_text=True) if found is not None else None


def machines():
    return [[guest.find('arch').get('name'), guest.find('arch').find('machine').text]
            for guest in ET.fromstring(conn.getCapabilities()).findall('guest')]


said = {'cpu %d' % cpu: answer(conn.getCPUStats, cpu) for cpu in (-1, 0, 1, 777)}
said.update({'memory %d' % cell: answer(conn.getMemoryStats, cell) for cell in (-1, 0, 500)})
said.update({'cells %d+%d' % (first, n): answer(conn.getCellsFreeMemory, first, n) for first in (0, 500, -1) for n in (1, 9)})
said.update({'pages %s of %d+%d' % (sizes, first, n): answer(conn.getFreePages, sizes, first, n)
             for sizes in ([4], [4, 2048], [5]) for first in (0, 500) for n in (1, 2)})
said.update({'alloc %s of %d, %d' % (sizes, first, flags): answer(conn.allocPages, sizes, first, 1, flags)
             for sizes in ({4: 0}, {2048: 0}, {3: 0}) for first in (-1, 0, 500) for flags in (0, 8)})
said['security'] = answer(conn.getSecurityModel)
said['free'] = answer(conn.getFreeMemory)
said['merging'] = answer(conn.getMemoryParameters)
said.update({'merge %s' % what: answer(conn.setMemoryParameters, what)
             for what in ({'shm_pages_shared': 5}, {'shm_merge_across_nodes': 7})})
said['info'] = answer(conn.getInfo)[:1] + answer(conn.getInfo)[2:]     # without the memory
said.update({name: part(name) for name in ('power_management', 'iommu', 'topology', 'cache')})
said['pages'] = [pages.get('size') for pages in ET.fromstring(conn.getCapabilities()).find('host/cpu').findall('pages')]
said['machines'] = machines()
print(json.dumps(said))
