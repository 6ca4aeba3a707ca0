#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Title, description and what applications store: of the definition, of the running guest, of both."""

from harness import domain, equal, has, main

ONE = '<app version="1">text<part/></app>'


def elements(world):
    world.define(domain('one'))
    has(world.refused('metadata', 'one', 'http://one'), 'Requested metadata element is not present')
    world.virsh('metadata', 'one', 'http://one', '--key', 'a', '--set', ONE)
    world.virsh('metadata', 'one', 'http://two', '--key', 'b', '--set', '<x><y/></x>')
    equal(world.virsh('metadata', 'one', 'http://one'), ONE, 'element')
    equal(world.virsh('metadata', 'one', 'http://two'), '<x>\n  <y/>\n</x>', 'element')
    has(world.virsh('dumpxml', 'one'), '<metadata>\n    <a:app xmlns:a="http://one" version="1">text<a:part/></a:app>\n'
        '    <b:x xmlns:b="http://two">\n      <b:y/>\n    </b:x>\n  </metadata>\n')
    world.virsh('metadata', 'one', 'http://one', '--key', 'c', '--set', '<new/>')
    equal(world.virsh('metadata', 'one', 'http://one'), '<new/>', 'element')
    world.kill_daemon()
    equal(world.virsh('metadata', 'one', 'http://one'), '<new/>', 'element after a restart')
    world.virsh('metadata', 'one', 'http://one', '--remove')
    has(world.refused('metadata', 'one', 'http://one'), 'not present')
    world.virsh('metadata', 'one', 'http://two', '--remove')
    equal('metadata' in world.virsh('dumpxml', 'one'), False, '<metadata> without an element')
    for key, uri in (('xml', 'urn:x'), ('xmlns', 'urn:x'), ('a', 'http://www.w3.org/XML/1998/namespace'),
                     ('a', 'http://www.w3.org/2000/xmlns/')):
        has(world.refused('metadata', 'one', '--uri', uri, '--key', key, '--set', '<x/>'), 'namespace of' if key == 'a' else 'prefix')
        equal('metadata' in world.virsh('dumpxml', 'one'), False, '<metadata>')
    for key, xml, words in (('a', '<x', 'has no end'), ('a', 'x', 'Start tag'), ('1', '<x/>', 'prefix'), ('a b', '<x/>', 'prefix'),
                            ('a', '<x/><y/>', 'Extra content'), ('a', '<!DOCTYPE x><x/>', 'document type')):
        has(world.refused('metadata', 'one', 'http://one', '--key', key, '--set', xml), words)
        has(world.refused('metadata', 'one', 'http://one'), 'not present')


def states(world):
    """A running guest has notes of its own, which end with it."""
    world.define(domain('one'))
    world.virsh('desc', 'one', '--title', '--new-desc', 'of the definition')
    world.start('one')
    world.virsh('desc', 'one', '--title', '--live', '--new-desc', 'of the guest')
    world.virsh('metadata', 'one', 'http://one', '--key', 'a', '--set', '<live/>')
    world.virsh('metadata', 'one', 'http://two', '--key', 'a', '--set', '<both/>', '--live', '--config')
    equal(world.virsh('desc', 'one', '--title'), 'of the guest', 'title')
    equal(world.virsh('desc', 'one', '--title', '--config'), 'of the definition', 'title')
    has(world.refused('metadata', 'one', 'http://one', '--config'), 'not present')
    world.kill_daemon()
    equal(world.virsh('metadata', 'one', 'http://one'), '<live/>', 'element after a restart')
    world.virsh('destroy', 'one')
    has(world.refused('metadata', 'one', 'http://one'), 'not present')
    equal(world.virsh('metadata', 'one', 'http://two'), '<both/>', 'element')
    equal(world.virsh('desc', 'one', '--title'), 'of the definition', 'title')
    has(world.refused('desc', 'one', '--title', '--live', '--new-desc', 'x'), 'not running')
    has(world.refused('desc', 'one', '--title', '--new-desc', 'two\nlines'), 'newline')
    world.virsh('desc', 'one', '--new-desc', 'two\nlines')
    equal(world.virsh('desc', 'one'), 'two\nlines', 'description')


def events(world):
    world.define(domain('one'))
    waiting = world.background('event', 'one', '--event', 'metadata-change', '--timeout', '20')
    while waiting.poll() is None:       # until it listens
        world.virsh('metadata', 'one', 'http://one', '--key', 'a', '--set', '<x/>')
    has(waiting.communicate()[0], "event 'metadata-change' for domain 'one': type element, uri http://one")


main([elements, states, events])
