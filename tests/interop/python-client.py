#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Python program as people write them, with the distribution's unmodified
python3-libvirt: open, list, look up, define, start, an event, an error."""
import sys
import time

import libvirt

XML = """<domain type='test'>
  <name>from-python</name>
  <memory unit='MiB'>8</memory>
  <os><type>hvm</type></os>
</domain>"""


def check(name, got, wanted):
    if got != wanted:
        sys.exit("not ok - %s: %r, not %r" % (name, got, wanted))
    print("ok - " + name)


def main(uri, library):
    events = []
    libvirt.virEventRegisterDefaultImpl()
    libvirt.registerErrorHandler(lambda context, error: None, None)
    with open("/proc/self/maps") as maps:
        used = {line.split()[-1] for line in maps if "/libvirt.so.0" in line}
    check("the library under test is the one that runs", all(library in path for path in used) and len(used) == 1, True)
    check("library version", libvirt.getVersion(), 9000000)

    conn = libvirt.open(uri)
    conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                lambda conn, dom, event, detail, opaque: events.append((dom.name(), event, detail)), None)
    check("type", conn.getType(), "TEST")
    check("nodeinfo", conn.getInfo(), ["i686", 3072, 16, 1400, 2, 2, 2, 2])
    check("list", [dom.name() for dom in conn.listAllDomains()], ["test"])
    check("list of ids", conn.listDomainsID(), [1])
    check("look up by name", conn.lookupByName("test").ID(), 1)
    check("look up by uuid", conn.lookupByUUIDString("6695eb01-f6a4-8304-79aa-97f2502e193f").name(), "test")
    check("look up by id", conn.lookupByID(1).name(), "test")

    dom = conn.defineXML(XML)
    check("defined", (dom.isActive(), dom.isPersistent(), dom.ID()), (0, 1, -1))
    check("info", dom.info()[:4], [libvirt.VIR_DOMAIN_SHUTOFF, 8192, 8192, 1])
    check("start", dom.create(), 0)
    check("state", dom.state(), [libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_RUNNING_BOOTED])
    check("document", "<name>from-python</name>" in dom.XMLDesc(), True)
    check("statistics", conn.getAllDomainStats(libvirt.VIR_DOMAIN_STATS_STATE)[0][1]["state.state"], 1)

    end = time.time() + 5
    timer = libvirt.virEventAddTimeout(20, lambda timer, opaque: None, None)
    while len(events) < 2 and time.time() < end:
        libvirt.virEventRunDefaultImpl()
    libvirt.virEventRemoveTimeout(timer)
    check("events", events, [
        ("from-python", libvirt.VIR_DOMAIN_EVENT_DEFINED, libvirt.VIR_DOMAIN_EVENT_DEFINED_ADDED),
        ("from-python", libvirt.VIR_DOMAIN_EVENT_STARTED, libvirt.VIR_DOMAIN_EVENT_STARTED_BOOTED)])

    try:
        conn.lookupByName("nobody")
        sys.exit("not ok - nobody was found")
    except libvirt.libvirtError as error:
        check("error code", error.get_error_code(), libvirt.VIR_ERR_NO_DOMAIN)
        check("error domain", error.get_error_domain(), libvirt.VIR_FROM_TEST)
        check("error level", error.get_error_level(), libvirt.VIR_ERR_ERROR)
        check("error message", error.get_error_message().startswith("Domain not found"), True)
    check("destroy", dom.destroy(), 0)
    check("undefine", dom.undefine(), 0)
    check("read-only", read_only_refuses(uri), libvirt.VIR_ERR_OPERATION_DENIED)
    del dom
    check("close", conn.close() >= 0, True)


def read_only_refuses(uri):
    conn = libvirt.openReadOnly(uri)
    try:
        conn.lookupByName("test").destroy()
    except libvirt.libvirtError as error:
        return error.get_error_code()
    finally:
        conn.close()


main(sys.argv[1], sys.argv[2])
