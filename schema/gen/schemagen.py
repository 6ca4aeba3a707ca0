#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints what is said once in schema/ : a module's structs and tables, the engine's
vocabulary, grammars and reference pages.  Files are written only if they change."""
import argparse
import os
import sys

import checks
import print_header
import print_json
import print_reference
import print_rng
import print_source
import print_vocabulary
from fail import Wrong
from model import Module
from reader import Schema


def write(path, text):
    try:
        with open(path, encoding="utf-8") as stream:
            if stream.read() == text:
                return                  # and what depends on it is not made again
    except FileNotFoundError:
        pass
    with open(path + ".new", "w", encoding="utf-8") as stream:
        stream.write(text)
    os.rename(path + ".new", path)


def read_parts(directory):
    schema = Schema().read_directory(directory)
    checks.resolve(schema)
    return schema


def write_documents(schema, out):
    for root in schema.parts.values():
        if root.document:
            for name, text in (("%s.rng", print_rng.text), ("%s.schema.json", print_json.text),
                               ("%s-xml.md", print_reference.markdown),
                               ("libvirt-%s-xml.5", print_reference.manual)):
                write(os.path.join(out, name % root.kind), text(schema, root))


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", help="directory of the parts")
    parser.add_argument("--vocabulary", help="file to write the engine's tables into")
    parser.add_argument("--taken", action="store_true", help="only list the items that the module takes")
    parser.add_argument("--documents", action="store_true",
                        help="write grammars, JSON Schemas and reference pages of all kinds of document")
    parser.add_argument("--out", required=True, help="directory to write into")
    parser.add_argument("module", nargs="?", help="the module's NAME.schema")
    options = parser.parse_args(argv)
    try:
        if options.vocabulary:
            write(os.path.join(options.out, options.vocabulary),
                  print_vocabulary.print_text(read_parts(options.parts)))
        if options.documents:
            write_documents(read_parts(options.parts), options.out)
        if options.module:
            module = Module(read_parts(options.parts), options.module, os.path.basename(options.module))
            if options.taken:
                print("\n".join(module.taken()))
                return 0
            base = os.path.join(options.out, module.name + "-schema")
            write(base + ".h", print_header.Header(module).print())
            write(base + ".c", print_source.Source(module).print())
    except (Wrong, OSError) as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
