#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The event loop of python3-libvirt's libvirtaio: what the library adds to it is
gone when nobody listens any more, and when the connection is closed; a program
waits for that before it ends."""
import asyncio
import sys

import libvirt
import libvirtaio

LIFECYCLE = libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE


def check(name, got, wanted):
    if got != wanted:
        sys.exit("not ok - %s: %r, not %r" % (name, got, wanted))
    print("ok - " + name)


async def happens(name, condition):
    for _ in range(500):
        if condition():
            print("ok - " + name)
            return
        await asyncio.sleep(0.01)
    sys.exit("not ok - " + name)


async def main(uri):
    loop = libvirtaio.virEventRegisterAsyncIOImpl()
    conn = libvirt.open(uri)
    at_rest = len(loop.callbacks)
    seen = []

    def on_event(conn, dom, event, detail, opaque):
        seen.append(event)

    def once(conn, dom, event, detail, opaque):
        seen.append(event)
        while numbers:
            conn.domainEventDeregisterAny(numbers.pop())

    dom = conn.lookupByName("test")
    numbers = [conn.domainEventRegisterAny(None, LIFECYCLE, on_event, None) for _ in range(20)]
    dom.suspend()
    await happens("events for all", lambda: len(seen) == 20)
    while numbers:
        conn.domainEventDeregisterAny(numbers.pop())
    await happens("the last is deregistered", lambda: len(loop.callbacks) == at_rest)

    numbers = [conn.domainEventRegisterAny(None, LIFECYCLE, once, None)]
    dom.resume()
    await happens("the last is deregistered by itself", lambda: not numbers and len(loop.callbacks) == at_rest)

    conn.registerCloseCallback(lambda conn, reason, opaque: None, None)
    conn.unregisterCloseCallback()
    check("close callback", len(loop.callbacks), at_rest)

    conn.domainEventRegisterAny(None, LIFECYCLE, on_event, None)
    dom.suspend()
    del dom
    check("close with an event on its way", conn.close(), 0)
    await asyncio.wait_for(loop.drain(), 5)
    check("closed", len(loop.callbacks), 0)


asyncio.run(main(sys.argv[1]))
