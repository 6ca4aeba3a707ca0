# SPDX-License-Identifier: LGPL-2.1-or-later
"""Asks both sides about the same documents and shows how alike the answers are."""

import os
import subprocess
import sys
import tempfile

import compare
from sides import BUILD, HERE, Missing, Qemu, Test

SCHEMAS = '/usr/share/libvirt/schemas'


def cache():
    """A directory of the build for what takes long to make."""
    path = os.path.join(BUILD, 'tests/exact/made')
    os.makedirs(path, exist_ok=True)
    return path


def invalid(kind, texts):
    """Names of the documents that the peer's schema refuses, with its words; {} where it is not there."""
    schema = os.path.join(SCHEMAS, kind + '.rng')
    found = {}
    with tempfile.TemporaryDirectory() as directory:
        for name, text in texts.items():
            with open(os.path.join(directory, name), 'w') as file:
                file.write(text)
        try:
            said = subprocess.run(['xmllint', '--noout', '--relaxng', schema] + list(texts), cwd=directory,
                                  capture_output=True, text=True).stderr
        except FileNotFoundError:
            return found
    for line in said.split('\n'):
        name = line.split(':', 1)[0]
        if name in texts and 'Relax-NG validity error' in line:
            found.setdefault(name, line.split('Relax-NG validity error :', 1)[1].strip())
    return found


def tell_invalid(table, kind, answers):
    """Rows for our dumps that the peer's schema refuses where it takes the peer's."""
    ours = invalid(kind, {name: one['dumps']['inactive'] for name, (_, one) in answers.items()})
    theirs = invalid(kind, {name: answers[name][0]['dumps']['inactive'] for name in ours})
    for name, why in ours.items():
        if name not in theirs:
            table.add(name, 'the peer\'s schema', 'refuses ours', None, why)


def tell_restart(table, pair, kind, answers):
    """Rows for what another daemon reads from the files of the first."""
    names = {name: compare.name_of(one['dumps']['plain']) for name, (_, one) in answers.items()}
    read = pair.ours.ask_again(kind, list(names.values()))
    for name, called in names.items():
        before, after = answers[name][1]['dumps'], read[called].get('dumps', read[called])
        if before != after:
            said = after.get('message') or '; '.join(
                '%s %s' % found[:2] for found in compare.differences(before['secure'], after['secure'])[:3])
            table.add(name, 'after a restart', 'another', None, said)


def one_driver(pair, kind, documents):
    exceptions = compare.Exceptions(os.path.join(HERE, 'exceptions'))
    table = compare.Table(pair.name, exceptions)
    theirs = pair.theirs.ask_mortal(kind, documents)
    documents = {name: documents[name] for name in theirs}
    ours = pair.ours.ask(kind, documents)
    for name, text in documents.items():
        table.compare(name, text, theirs[name], ours[name])
    both = {name: (theirs[name], ours[name]) for name in documents
            if 'dumps' in theirs[name] and 'dumps' in ours[name]}
    if kind == 'domain':
        tell_invalid(table, kind, both)
    if pair.restart():
        tell_restart(table, pair, kind, both)
    return table


def both_drivers(documents, due):
    """DOCUMENTS(pair) on test and on qemu.  DUE: for each the percentages of agreement
    and of equal dumps that have to be reached.  Words of the command line name drivers;
    a number among them is how many rows of the table are shown."""
    failed = False
    words = sys.argv[1:]
    most = next((int(word) for word in words if word.isdigit()), 30)
    for driver in (Test, Qemu):
        if [word for word in words if not word.isdigit()] and driver.name not in words:
            continue
        with driver() as pair:
            table = one_driver(pair, 'domain', documents(pair))
        print('\n'.join(table.lines(most)))
        print(table.summary())
        low = [figure < wanted for figure, wanted in zip(table.percent(), due[driver.name])]
        if any(low):
            print('FAIL %s: %.2f %% alike, %.2f %% dumped alike are due' % ((driver.name,) + due[driver.name]))
            failed = True
        sys.stdout.flush()
    return 1 if failed else 0


def run_test(main):
    try:
        sys.exit(main())
    except Missing as why:
        print('skipped: %s' % why)
        sys.exit(77)
