#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints what follows from the .commands files: see README.md.

    shellgen.py --out DIR --header FILE FILE...       prints what changed

Without groups only the arguments of the commands are printed: they are of every tool."""
import argparse
import os
import sys

import print_code
import reader
from model import Wrong
from print_rows import Tables

INTRO = '/* Printed from the .commands files. */\n#include <limits.h>\n#include <stddef.h>\n#include <stdlib.h>\n\n'


def printed(model, base):
    """{path: text}"""
    names = [name[:-len('.commands')] for name in model.files]
    for command in model.commands:
        command.ident = command.name.replace('-', '_')
    includes = ''.join('#include "rows/%s.h"\n' % name for name in names)
    functions = ''.join(print_code.command_functions(command) for command in model.commands)
    tables = Tables(model)
    texts = {} if not model.groups else {
        'tables.c': (INTRO + includes + '\n' + functions + print_code.kinds_text(model) + '\n' +
                          tables.printed()),
             'kinds.h': print_code.kinds_header(model)}
    for name, commands in zip(names, model.files.values()):
        texts['rows/%s.h' % name] = print_code.header(name, commands, model, tables, base)
    return texts


def write(path, text):
    """Only what changed: make sees no new time stamp otherwise."""
    if os.path.exists(path):
        with open(path, encoding='ascii') as file:
            if file.read() == text:
                return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + '.new', 'w', encoding='ascii') as file:
        file.write(text)
    os.rename(path + '.new', path)


def main():
    parser = argparse.ArgumentParser(description='Prints what follows from the .commands files.')
    parser.add_argument('--out', required=True, help='folder to print to')
    parser.add_argument('--header', required=True, help='what the printed code includes: the tool')
    parser.add_argument('files', nargs='+')
    args = parser.parse_args()
    try:
        texts = printed(reader.read_all(args.files), args.header)
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 1
    for path, text in texts.items():
        write(os.path.join(args.out, path), text)
    return 0


if __name__ == '__main__':
    sys.exit(main())
