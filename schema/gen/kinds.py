# SPDX-License-Identifier: LGPL-2.1-or-later
"""The kinds of items: what a schema says behind each, and which values it takes."""

# kind: what it may take behind its name
KINDS = {
    "string": "form", "name": "", "uint": "range", "int": "range", "hex": "digits",
    "octal": "octal", "yesno": "", "onoff": "", "enum": "words", "memory": "range", "bytes": "range",
    "mega": "range",
    "ulong": "range", "long": "range", "uuid": "", "mac": "", "ip": "", "ipv4": "", "ipv6": "", "cpuset": "",
    "flag": "", "verbatim": "", "group": "", "part": "part",
}
TEXTS = ("string", "name", "cpuset", "ip", "ipv4", "ipv6")      # whose C member is a char *
BOOLS = {"yesno": ("yes", "no"), "onoff": ("on", "off")}
SCALED = ("memory", "bytes", "mega")                              # a number with a unit beside it
LONGS = {"ulong": "uint", "long": "int"}                        # the same with 64 bits
NUMBERS = ("uint", "int", "hex", "octal") + SCALED
VALUES = TEXTS + tuple(BOOLS) + NUMBERS + ("enum", "uuid", "mac")   # of a single value
HOLDERS = ("group", "part")                                     # elements with items of their own

UINT_MAX = 0xffffffff
INT_MIN, INT_MAX = -0x80000000, 0x7fffffff
LONG_MIN, LONG_MAX = -1 << 63, (1 << 63) - 1
ULONG_MAX = (1 << 64) - 1
MEMORY_MAX = 0x1fffffffffffff           # KiB


def number(text):
    """As C reads it: 10, 0xa, 012."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    return sign * (int(digits, 8) if digits.startswith("0") and digits.isdigit() else int(digits, 0))


def limits(item):
    """Smallest and largest value of a number; ValueError if its range is none."""
    kind, args = item.kind, list(item.args)
    low, high = {"uint": (0, UINT_MAX), "octal": (0, UINT_MAX), "int": (INT_MIN, INT_MAX),
                 "memory": (0, MEMORY_MAX), "bytes": (0, ULONG_MAX), "mega": (0, ULONG_MAX >> 20)}.get(kind, (0, 0))
    if kind == "hex":
        high = 16 ** int(args.pop(0)) - 1
    if kind == "octal" and args and args[0].isdigit():
        args.pop(0)
    if args:
        first, _, last = args[0].partition("..")
        low = number(first) if first else low
        high = number(last) if last else max(high, low)
    return low, high


def widest(kind):
    """What a range of that kind must lie in."""
    return {"int": (LONG_MIN, LONG_MAX), "memory": (0, ULONG_MAX // 1024), "mega": (0, ULONG_MAX >> 20), "hex": (0, UINT_MAX),
            "octal": (0, UINT_MAX)}.get(kind, (0, ULONG_MAX))


def in_64_bits(kind, args):
    """A ulong or long as the kind and range that it is."""
    low, high = widest(LONGS[kind])
    first, _, last = args[0].partition("..") if args else ("", "", "")
    return LONGS[kind], ["%s..%s" % (first or low, last or high)]


def is_long(item):
    """Does its number need 64 bits?"""
    if item.kind in SCALED:
        return True
    if item.kind not in ("uint", "int"):
        return False
    low, high = limits(item)
    return high > (INT_MAX if item.kind == "int" else UINT_MAX) or low < INT_MIN


def size(item):
    """Bytes of the member that its number needs."""
    low, high = limits(item)
    signed = item.kind == "int"
    if item.kind in SCALED:
        return 8
    return next(n for n in (1, 2, 4, 8)
                if (low >= -(1 << 8 * n - 1) and high < 1 << 8 * n - 1 if signed else high < 1 << 8 * n))


def default_number(item):
    return number(item.options["default"])


def has_range(item):
    """Does it say other limits than its C type has?"""
    return item.kind in ("hex", "octal", "bytes", "mega") or bool(item.args) or is_long(item) and item.kind != "memory"


def width(item):
    """Bytes of a number, digits of a hex or octal."""
    if item.kind == "hex":
        return int(item.args[0])
    if item.kind == "octal":
        return int(item.args[0]) if item.args and item.args[0].isdigit() else 1
    if item.kind in NUMBERS:
        return size(item)
    return 0


def written(item, value):
    """A default as it stands in a document."""
    if value and item.kind == "hex":
        return "0x%0*x" % (width(item), number(value))
    if value.startswith("0x") and "hexif" in item.options:
        return "0x%0*x" % (int(item.options["hexif"].split()[1]), number(value))
    if value and item.kind == "octal":
        return "0%0*o" % (width(item) - 1, number(value)) if number(value) or width(item) > 1 else "00"
    return str(number(value)) if value and item.kind in NUMBERS else value


def written_default(item):
    return written(item, item.said or item.options.get("default", ""))

