# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints a module's structs and tables."""
import re

from fail import Wrong, nearest
from reader import VALUES

NUMBERS = {"uint": "unsigned int", "hex": "unsigned int", "int": "int"}
KIND_NAMES = {
    "keep": "KEEP", "string": "STRING", "name": "NAME", "uint": "UINT", "int": "INT", "hex": "HEX",
    "yesno": "YESNO", "onoff": "ONOFF", "enum": "ENUM", "memory": "MEMORY", "uuid": "UUID", "mac": "MAC",
    "cpuset": "CPUSET", "flag": "FLAG", "verbatim": "VERBATIM", "group": "GROUP", "part": "PART",
}
FLAGS = ("required", "live", "secret", "always", "open", "foreign", "alone", "based", "unicast", "line",
         "once")
CHECKING = ("based", "unicast", "line")         # what says which values are right
UINT_MAX = 0xffffffff


def limits(field):
    """Smallest and largest value of a number."""
    kind, args = field.value, list(field.item.args)
    low, high = {"uint": (0, UINT_MAX), "int": (-0x80000000, 0x7fffffff),
                 "memory": (0, 0x1fffffffffffff)}.get(kind, (0, 0))
    if kind == "hex":
        high = 16 ** int(args.pop(0)) - 1
    if args:
        first, _, last = args[0].partition("..")
        low = int(first, 0) if first else low
        high = int(last, 0) if last else high
    return low, high


def width(field):
    if field.value == "hex":
        return int(field.item.args[0])
    if field.value == "memory":
        return 8
    if field.value == "uint" and limits(field)[1] > UINT_MAX:
        return 8
    return 4 if field.value in ("uint", "int", "enum", "yesno", "onoff") else 0


def needs_has(field):
    """Is absence told by a bool beside the member?"""
    return field.kind in ("uint", "int", "hex", "memory", "uuid", "mac") and not field.default and \
        not field.has("required")


class Printer:
    def __init__(self, module):
        self.module, self.prefix, self.lines = module, module.name, []

    def line(self, text="", *args):
        self.lines.append(text % args if args else text)

    def text(self):
        return "\n".join(self.lines) + "\n"

    def head(self):
        self.line("/* SPDX-License-Identifier: LGPL-2.1-or-later */")
        self.line("/* Printed by schema/gen from %s.schema and schema/parts: change those. */", self.prefix)

    def constant(self, enum, word):
        return re.sub(r"\W", "_", "%s_%s_%s" % (self.prefix, enum, word)).upper()

    def struct_name(self, struct):
        return "struct %s_%s_def" % (self.prefix, struct.name)

    def wrapped(self, indent, text):
        """A comment of at most 100 columns."""
        line, lines = "", []
        for word in text.split():
            if line and len(indent) + 3 + len(line) + 1 + len(word) > 100:
                lines.append(line)
                line = word
            else:
                line = line + " " + word if line else word
        lines.append(line)
        self.line(indent + "/* " + ("\n" + indent + " * ").join(lines) + " */")


class Header(Printer):
    def print(self):
        guard = self.prefix.upper() + "_SCHEMA_H"
        self.head()
        self.line("#ifndef %s\n#define %s\n", guard, guard)
        self.line("#include <libvirt/module-xml.h>\n")
        for enum, words in self.module.enums.items():
            self.print_enum(enum, words)
        for struct in self.module.structs:
            self.line("%s;", self.struct_name(struct))
        self.line()
        for struct in self.module.structs:
            self.print_struct(struct)
        for struct in self.module.structs:
            self.print_functions(struct)
        self.line("#endif")
        return self.text()

    def print_enum(self, enum, words):
        self.line("enum %s_%s {", self.prefix, enum)
        self.line("    %s,", self.constant(enum, "absent"))
        for word in words:
            self.line("    %s,", self.constant(enum, word))
        self.line("};")
        self.line("extern const struct vir_xml_enum %s_%s_words;\n", self.prefix, enum)

    def print_struct(self, struct):
        self.wrapped("", "<%s>: %s" % (struct.path.rpartition("/")[2], struct.text))
        self.line("%s {", self.struct_name(struct))
        self.line("    struct vir_xml_rest *rest;")
        self.print_members(struct.fields, "    ")
        self.line("};\n")

    def print_members(self, fields, indent):
        for field in fields:
            if not field.taken:
                continue
            self.wrapped(indent, self.comment(field))
            if field.kind == "group" and not field.many:
                self.line(indent + "struct {")
                self.line(indent + "    struct vir_xml_rest *rest;")
                self.line(indent + "    bool present;")
                self.print_members(field.fields, indent + "    ")
                self.line(indent + "} %s;", field.member)
                continue
            if needs_has(field):
                self.line(indent + "bool has_%s;", field.member)
            for declaration in self.declarations(field):
                self.line(indent + declaration + ";")

    def comment(self, field):
        name = {"attribute": field.name, "text": "text", "element": "<%s>" % field.name}[field.item.place]
        extra = []
        if field.kind in ("uint", "int") and field.item.args:
            extra.append("%d to %d" % limits(field))
        if field.default:
            extra.append("default %s" % field.default)
        if field.has("live"):
            extra.append("only while running")
        return "%s: %s%s" % (name, field.item.text, " (%s)" % ", ".join(extra) if extra else "")

    def declarations(self, field):
        kind, member = field.kind, field.member
        if field.many:
            return ["%s **%s" % (self.struct_name(field.struct), member), "size_t n_%s" % member]
        if kind == "part":
            return ["%s *%s" % (self.struct_name(field.struct), member)]
        if kind in ("string", "name", "cpuset", "verbatim"):
            return ["char *%s" % member]
        if kind == "enum":
            return ["enum %s_%s %s" % (self.prefix, field.enum, member)]
        if kind in ("yesno", "onoff"):
            return ["enum vir_xml_bool %s" % member]
        if kind in ("uuid", "mac"):
            return ["unsigned char %s[%d]" % (member, 16 if kind == "uuid" else 6)]
        if kind == "flag":
            return ["bool %s" % member]
        if kind == "memory" or (width(field) == 8 and kind == "uint"):
            return ["unsigned long long %s" % member]
        return ["%s %s" % (NUMBERS[kind], member)]

    def print_functions(self, struct):
        name, tag = "%s_%s" % (self.prefix, struct.name), self.struct_name(struct)
        self.line("extern const struct vir_xml_table %s_table;\n", name)
        self.line("static inline %s *\n%s_def_parse(const char *xml, unsigned int flags)", tag, name)
        self.line("{\n    return (%s *)vir_xml_parse(&%s_table, xml, flags);\n}\n", tag, name)
        self.line("/* The caller frees. */\nstatic inline char *")
        self.line("%s_def_format(const %s *def, unsigned int flags)", name, tag)
        self.line("{\n    struct vir_buf buf = { 0 };\n\n    vir_xml_format(&%s_table, def, 0, &buf, flags);",
                  name)
        self.line("    return vir_buf_steal(&buf);\n}\n")
        self.line("static inline %s *\n%s_def_new(void)", tag, name)
        self.line("{\n    return (%s *)vir_xml_new(&%s_table);\n}\n", tag, name)
        self.line("static inline %s *\n%s_def_copy(const %s *def)", tag, name, tag)
        self.line("{\n    return (%s *)vir_xml_copy(&%s_table, def);\n}\n", tag, name)
        self.line("static inline bool\n%s_def_equal(const %s *a, const %s *b)", name, tag, tag)
        self.line("{\n    return vir_xml_equal(&%s_table, a, b);\n}\n", name)
        self.line("static inline int\n%s_def_each_kept(const %s *def, vir_xml_kept_fn each, void *opaque)",
                  name, tag)
        self.line("{\n    return vir_xml_each_kept(&%s_table, def, each, opaque);\n}\n", name)
        self.line("static inline %s *\n%s_def_free(%s *def)", tag, name, tag)
        self.line("{\n    return (%s *)vir_xml_free(&%s_table, def);\n}\n", tag, name)


class Source(Printer):
    def print(self):
        self.head()
        self.line('#include "%s-schema.h"\n', self.prefix)
        for enum, words in self.module.enums.items():
            self.print_enum(enum, words)
        for struct in self.module.structs:
            self.print_tables(struct, struct.fields, struct.path, [])
        return self.text()

    def print_enum(self, enum, words):
        name = "%s_%s" % (self.prefix, enum)
        self.line("static const char *const %s_list[] = {\n    NULL,", name)
        for word in words:
            self.line('    "%s",', word)
        self.line("};")
        self.line('const struct vir_xml_enum %s_words = { "%s", %d, %s_list };\n', name, enum, len(words) + 1,
                  name)

    def table_name(self, struct, names):
        return "_".join([self.prefix, struct.name] + names) + "_table"

    def print_tables(self, struct, fields, path, names):
        """The table of a struct or group, behind those of its groups."""
        for field in fields:
            if field.kind == "group" and field.taken and not field.many:
                self.print_tables(struct, field.fields, path + "/" + field.name, names + [field.member])
        tag, table = self.struct_name(struct), self.table_name(struct, names)
        if len(fields) > 256:
            raise Wrong(self.module.file.path, 0, "<%s> has %d items" % (path, len(fields)), "256 at most")
        attributes = sum(1 for field in fields if field.item.place == "attribute")
        if fields:
            self.line("static const struct vir_xml_row %s_rows[] = {", table)
            for field in fields:
                self.line("    { %s },", ", ".join(self.row(struct, field, names)))
            self.line("};\n")
        self.line("%sconst struct vir_xml_table %s = {", "static " if names else "", table)
        self.line('    "%s", %s, %d, %d, offsetof(%s, %s), %s', path, table + "_rows" if fields else "NULL",
                  len(fields), attributes, tag, ".".join(names + ["rest"]), "0" if names else "sizeof(%s)" % tag)
        self.line("};\n")

    def row(self, struct, field, names):
        """The initialisers of one row."""
        tag = self.struct_name(struct)
        name = "NULL" if field.item.place == "text" else '"%s"' % field.name.lstrip("@")
        kind = "LIST" if field.many else KIND_NAMES[field.kind]
        flags = [option for option in FLAGS if field.has(option)]
        flags += ["preset"] if field.taken and field.default else []
        row = [name, "VIR_XML_" + field.item.place.upper(), "VIR_XML_" + kind,
               " | ".join("VIR_XML_" + flag.upper() for flag in flags) or "0", str(width(field))]
        if not field.taken:
            return self.kept_row(field, row, flags) + self.row_needed(struct, field, names)
        offset = ".".join(names + [field.member])
        return row + self.row_members(tag, field, offset, names) + self.row_extras(field) + \
            self.row_hex(struct, field, names) + self.row_needed(struct, field, names) + \
            self.row_of(struct, field, names)

    def kept_row(self, field, row, flags):
        """No member; but what the text must be, where it is one value."""
        checked = field.value in VALUES
        flags = [flag for flag in flags if flag == "live" or (checked and flag in CHECKING)]
        row = row[:3] + [" | ".join("VIR_XML_" + flag.upper() for flag in flags) or "0"]
        if not checked:
            return row + ["0", "0", "0", "VIR_XML_NO_MEMBER"]
        return row + [str(width(field)), "VIR_XML_" + KIND_NAMES[field.value], "0", "VIR_XML_NO_MEMBER"] + \
            self.row_limits(field) + self.row_words(field)

    def row_needed(self, struct, field, names):
        """`needed [@ATTRIBUTE] WORD...`: the attribute, @type if none is said, is one
        of this element or else of the struct's."""
        words = field.options.get("needed", "").split()
        if not words:
            return []
        name = words.pop(0) if words[0].startswith("@") else "@type"
        for fields, above in ((field.siblings, names), (struct.fields, [])):
            for other in fields:
                if other.name == name and other.kind == "enum":
                    return self.needed_by(struct, field, other, above, words)
        if not field.taken:
            return []
        raise field.item.wrong("no %s is taken that could need '%s'" % (name, field.name))

    def needed_by(self, struct, field, other, names, words):
        for word in words:
            if word not in self.module.schema.words(other.item):
                raise field.item.wrong("'%s' is no value of %s%s" % (
                    word, other.name, nearest(word, self.module.schema.words(other.item))))
        words = [word for word in words if word in other.words]
        if not words:
            return []
        return [".needed = " + " | ".join("1u << " + self.constant(other.enum, word) for word in words),
                ".needed_by = offsetof(%s, %s)" % (self.struct_name(struct), ".".join(names + [other.member]))]

    def row_hex(self, struct, field, names):
        """`hexif pci 2`: hexadecimal where the @type beside it is pci, or absent."""
        if "hexif" not in field.options:
            return []
        word, digits = field.options["hexif"].split()
        types = [other for other in field.siblings if other.name == "@type" and other.kind == "enum"]
        if not types or word not in types[0].words:
            raise field.item.wrong("no @type '%s' is taken beside '%s'" % (word, field.name))
        return [".hex = %s, .hex_type = offsetof(%s, %s), .hex_value = %s" % (
            digits, self.struct_name(struct), ".".join(names + [types[0].member]),
            self.constant(types[0].enum, word))]

    def row_members(self, tag, field, offset, names):
        has = None
        if field.many:
            has = ".".join(names + ["n_" + field.member])
        elif field.kind == "group":
            offset, has = offset + ".rest", offset + ".present"
        elif needs_has(field):
            has = ".".join(names + ["has_" + field.member])
        return ["0", "offsetof(%s, %s)" % (tag, offset),
                "offsetof(%s, %s)" % (tag, has) if has else "VIR_XML_NO_MEMBER"]

    def row_extras(self, field):
        extras = []
        if field.error and field.error is not True:
            extras.append(".error = VIR_ERR_" + field.error)
        if field.has("unique"):
            ancestor, _, code = field.options["unique"].partition(" ")
            extras.append('.unique = "%s"' % ancestor + (", .unique_error = VIR_ERR_" + code if code else ""))
        extras += self.row_limits(field)
        if field.default:
            extras.append(self.preset(field))
        return extras

    def row_limits(self, field):
        if field.value not in ("uint", "int", "hex", "memory"):
            return []
        suffix = "u" if field.value != "int" else ""
        return [".min = %s, .max = %s" % tuple(
            "(uint64_t)%d" % n if n < 0 else "%d%s" % (n, suffix) for n in limits(field))]

    def row_words(self, field):
        return [".of.words = &%s_%s_words" % (self.prefix, field.enum)] if field.value == "enum" else []

    def preset(self, field):
        if field.kind in ("string", "name"):
            return '.preset_text = "%s"' % field.default
        if field.kind == "enum":
            return ".preset = %s" % self.constant(field.enum, field.default)
        if field.kind in ("yesno", "onoff"):
            return ".preset = VIR_XML_%s" % ("YES" if field.default in ("yes", "on") else "NO")
        if field.kind == "int" and int(field.default) < 0:
            return ".preset = (uint64_t)%s" % field.default
        return ".preset = %s" % field.default

    def row_of(self, struct, field, names):
        if field.kind == "enum":
            return self.row_words(field)
        if field.struct:
            return [".of.table = &" + self.table_name(field.struct, [])]
        if field.kind == "group":
            return [".of.table = &" + self.table_name(struct, names + [field.member])]
        return []
