#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""libvirt-driver and libvirt-driver-xml export what their headers declare, and
nothing else; and need no more than they may."""
import os
import re
import shutil
import subprocess
import sys

BUILD, SOURCE = os.environ.get("VIR_BUILD_DIR", "."), os.environ.get("VIR_SOURCE_DIR", ".")


def declared(*headers):
    names = set()
    for path in headers:
        with open(path, encoding="utf-8") as stream:
            text = re.sub(r"/\*.*?\*/", "", stream.read(), flags=re.S)
        text = re.sub(r"^\s*#.*(?:\\\n.*)*$", "", text, flags=re.M)
        names.update(re.findall(r"^(?:[\w ]+[ *])(vir_\w+)\(", text, flags=re.M))
    return names


def exported(library):
    out = subprocess.run(["nm", "-D", "--defined-only", library], stdout=subprocess.PIPE, check=True,
                         universal_newlines=True).stdout
    return {line.split()[2].split("@")[0] for line in out.splitlines() if line.split()[1] != "A"}


def needed(library):
    out = subprocess.run(["readelf", "-d", library], stdout=subprocess.PIPE, check=True, universal_newlines=True).stdout
    return set(re.findall(r"NEEDED.*\[(.*)\]", out))


def check(name, headers, allowed):
    library = os.path.join(BUILD, "driver", ".libs", name + ".so.0")
    if not os.path.exists(library):
        return 0
    bad = 0
    have, want = exported(library), declared(*headers)
    for symbol in sorted(want - have):
        print("driver-exports: %s does not export %s, which its header declares" % (name, symbol))
        bad = 1
    for symbol in sorted(have - want):
        print("driver-exports: %s exports %s, which no header declares" % (name, symbol))
        bad = 1
    if os.environ.get("VIR_SANITIZERS", "no") == "no":
        for extra in sorted(needed(library) - allowed):
            print("driver-exports: %s needs %s" % (name, extra))
            bad = 1
    return bad


def main():
    if not (shutil.which("nm") and shutil.which("readelf")):
        return 77
    include = os.path.join(SOURCE, "include", "libvirt")
    printed = os.path.join(BUILD, "api", "out", "include", "libvirt")
    bad = check("libvirt-driver", [os.path.join(include, "module.h"), os.path.join(include, "module-base.h"),
                                      os.path.join(include, "module-kit.h"),
                                      os.path.join(printed, "module-calls.h"),
                                      os.path.join(printed, "module-handles.h"),
                                      os.path.join(printed, "module-stored.h")],
                {"libc.so.6", "libvirt.so.0"})
    bad |= check("libvirt-driver-xml", [os.path.join(include, "module-xml.h"), os.path.join(include, "module-hardware.h")],
                 {"libc.so.6", "libvirt-driver.so.0", "libxml2.so.2"})
    return bad


if __name__ == "__main__":
    sys.exit(main())
