#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints everything that follows from the .api files: see api/README.md.

    apigen.py --api DIR --out DIR       print what changed
    apigen.py --api DIR --extend-slots  give new calls their slots in slots.lock
    apigen.py --api DIR --report        how much is printed and how much is by hand"""

import argparse
import glob
import importlib
import os
import sys

import check
import derive
import reader
import report
import slots

PRINTERS = ('print_headers', 'print_tables', 'print_event_types', 'print_core_calls', 'print_core_rows',
            'print_symbols', 'print_protocol', 'print_stubs', 'print_dispatch', 'print_access',
            'print_events', 'print_x',
            'print_api_xml', 'print_man', 'print_slot_names',
            'print_handles', 'print_objects', 'print_stored', 'report')


def load(folder):
    """The checked model, or a list of problems."""
    paths = glob.glob(os.path.join(folder, '*.api'))
    if not paths:
        return None, ['%s: no .api file' % folder]
    api, problems = reader.read_files(paths)
    if not problems:
        problems = check.check(api)
    if not problems:
        derive.derive(api)
        problems = check.check_wire(api)
    return api, problems


def printed(api):
    """({path: text}, [problems]) of all printers: nothing is written if one fails."""
    texts, problems = {}, []
    for name in PRINTERS:
        try:
            texts.update(importlib.import_module(name).outputs(api))
        except reader.Problem as problem:
            problems.append(problem)
    return texts, problems


def complain(problems):
    for problem in problems[:20]:
        print(problem, file=sys.stderr)
    return 1


def write(path, text):
    """Writes what changed; make sees no new time stamp otherwise."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        with open(path, encoding='utf-8') as handle:
            if handle.read() == text:
                return
    except FileNotFoundError:
        pass
    with open(path + '.new', 'w', encoding='utf-8') as handle:
        handle.write(text)
    os.rename(path + '.new', path)


def main(argv):
    parser = argparse.ArgumentParser(description='Prints what follows from the .api files.')
    parser.add_argument('--api', required=True, help='folder of the .api files')
    parser.add_argument('--out', help='folder to print to')
    parser.add_argument('--extend-slots', action='store_true', help='append new slots to slots.lock')
    parser.add_argument('--report', action='store_true', help='count printed and hand-written calls')
    args = parser.parse_args(argv)
    api, problems = load(args.api)
    lock = os.path.join(args.api, 'slots.lock')
    if not problems and args.extend_slots:
        slots.extend(api, lock)
    if not problems:
        problems = slots.check(api, lock)
    if problems:
        return complain(problems)
    if args.out:
        texts, problems = printed(api)
        if problems:
            return complain(problems)
        for path, text in texts.items():
            write(os.path.join(args.out, path), text)
    if args.report:
        sys.stdout.write(report.report(api))
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
