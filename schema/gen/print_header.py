# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints a module's structs and functions."""
import kinds
from c import Printer, constant, needs_has

C_TYPES = {"yesno": "enum vir_xml_bool", "onoff": "enum vir_xml_bool", "flag": "bool"}
INTEGERS = {1: "char", 2: "short", 4: "int", 8: "long long"}
# What is printed for each struct: NAME for qemu_disk, TAG for struct qemu_disk_def.
FUNCTIONS = """\
extern const struct vir_xml_table NAME_table;

static inline TAG *
NAME_def_parse(const char *xml, unsigned int flags)
{
    return (TAG *)vir_xml_parse(&NAME_table, xml, flags);
}

/* The caller frees. */
static inline char *
NAME_def_format(const TAG *def, unsigned int flags)
{
    struct vir_buf buf = { 0 };

    vir_xml_format(&NAME_table, def, 0, &buf, flags);
    return vir_buf_steal(&buf);
}

static inline TAG *
NAME_def_new(void)
{
    return (TAG *)vir_xml_new(&NAME_table);
}

static inline TAG *
NAME_def_copy(const TAG *def)
{
    return (TAG *)vir_xml_copy(&NAME_table, def);
}

static inline TAG *
NAME_def_pack(TAG *def)
{
    return (TAG *)vir_xml_pack(&NAME_table, def);
}

static inline bool
NAME_def_equal(const TAG *a, const TAG *b)
{
    return vir_xml_equal(&NAME_table, a, b);
}

static inline int
NAME_def_each_kept(const TAG *def, vir_xml_kept_fn each, void *opaque)
{
    return vir_xml_each_kept(&NAME_table, def, each, opaque);
}

static inline TAG *
NAME_def_free(TAG *def)
{
    return (TAG *)vir_xml_free(&NAME_table, def);
}
"""
# For each mixin.
ASSIGN = """\
extern const struct vir_xml_table NAME_table;

static inline void
NAME_assign(TAG *to, const TAG *from)
{
    vir_xml_assign(&NAME_table, to, from);
}
"""
# For each document.
REFUSED = """\
/* What the module neither takes nor passes, and words that it refuses: -1 with an error. */
extern const struct vir_xml_limits NAME_limits;

static inline int
NAME_def_refused(const TAG *def)
{
    return vir_xml_refused(&NAME_limits, &NAME_table, "", def);
}
"""


def widest(members):
    return max(member[0] for member in members)


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
        for mixin in self.module.mixins.values():
            self.print_mixin(mixin)
        for struct in self.module.structs:
            self.print_struct(struct)
        for struct in self.module.structs:
            self.print_functions(FUNCTIONS, struct)
        for root in self.module.roots:
            self.print_functions(REFUSED, self.module.struct(root.name))
        for root, mixin, found in self.lists():
            self.print_lists(root, mixin, found)
        self.line("#endif")
        return self.text()

    def print_enum(self, enum, words):
        self.line("enum VIR_XML_ONE_BYTE %s_%s {", self.prefix, enum)
        self.line("    %s,", self.constant(enum, "absent"))
        for word in words:
            self.line("    %s,", self.constant(enum, word))
        self.line("};")
        self.line("extern const struct vir_xml_enum %s_%s_words;\n", self.prefix, enum)

    def print_mixin(self, mixin):
        self.wrapped("", mixin.text)
        self.line("%s {", self.struct_name(mixin))
        self.print_members(self.members(mixin.fields), "    ")
        self.line("};\n")
        self.print_functions(ASSIGN, mixin)

    def print_struct(self, struct):
        self.wrapped("", "<%s>: %s" % (struct.path.rpartition("/")[2], struct.text))
        self.line("%s {", self.struct_name(struct))
        self.line("    struct vir_xml_rest *rest;")
        self.print_members(self.element(struct.fields), "    ")
        self.line("};\n")

    # ---- members: (alignment, comment, declaration, members in it), the widest first, so that none
    # ---- needs room before it

    def print_members(self, members, indent):
        for _, comment, declaration, inside in sorted(members, key=lambda member: -member[0]):
            if comment:
                self.wrapped(indent, comment)
            if inside:
                self.line(indent + "struct {")
                self.print_members(inside, indent + "    ")
                self.line(indent + "} %s;", declaration)
            else:
                self.line(indent + declaration + ";")

    def element(self, fields):
        """Those of an element; those of a mixin lie in its struct."""
        members = self.members(field for field in fields if not field.item.mixin)
        for name in dict.fromkeys(field.item.mixin for field in fields if field.item.mixin and field.taken):
            mixin = self.module.mixins[name]
            members.append((widest(self.members(mixin.fields)), None, "%s %s" % (self.struct_name(mixin), name), None))
        return members

    def members(self, fields):
        members = []
        for field in fields:
            if not field.taken:
                continue
            if field.nested:
                inside = [(1, None, "bool present", None)] + self.element(field.fields)
                members.append((widest(inside), self.comment(field), field.member, inside))
                continue
            members.append((self.alignment(field), self.comment(field), self.declaration(field), None))
            if field.many:
                members.append((4, None, "unsigned int n_%s" % field.member, None))
            if needs_has(field):
                members.append((1, None, "bool has_%s" % field.member, None))
        return members

    @staticmethod
    def alignment(field):
        if field.many or field.struct or field.kind in kinds.TEXTS + ("verbatim",):
            return 8
        return kinds.size(field.item) if field.kind in kinds.NUMBERS else 1

    def comment(self, field):
        name = {"attribute": field.name, "text": "text", "element": "<%s>" % field.name}[field.item.place]
        extra = []
        if field.kind in ("uint", "int") and field.item.args:
            extra.append("%d to %d" % kinds.limits(field.item))
        if field.default:
            extra.append("default %s" % field.default)
        if field.has("live"):
            extra.append("only while running")
        return "%s: %s%s" % (name, field.item.text, " (%s)" % ", ".join(extra) if extra else "")

    def declaration(self, field):
        member = field.member
        if field.many:
            kind = "%s *" % self.struct_name(field.struct) if field.struct else self.c_type(field)
            return "%s*%s" % (kind if kind.endswith("*") else kind + " ", member)
        if field.struct:
            return "%s *%s" % (self.struct_name(field.struct), member)
        if field.kind in ("uuid", "mac"):
            return "unsigned char %s[%d]" % (member, 16 if field.kind == "uuid" else 6)
        kind = self.c_type(field)
        return kind + member if kind.endswith("*") else kind + " " + member

    def c_type(self, field):
        if field.kind in kinds.TEXTS + ("verbatim",):
            return "char *"
        if field.kind == "enum":
            return "enum %s_%s" % (self.prefix, field.enum)
        if field.kind in kinds.NUMBERS:
            integer = INTEGERS[kinds.size(field.item)]
            return "unsigned " + integer if field.kind != "int" else "signed char" if integer == "char" else integer
        return C_TYPES[field.kind]

    def print_functions(self, form, struct):
        self.line(form.replace("NAME", "%s_%s" % (self.prefix, struct.name)).replace(
            "TAG", self.struct_name(struct)))

    def print_lists(self, root, mixin, found):
        name = "%s_%s_%s_lists" % (self.prefix, root.name, mixin)
        self.line("/* What has a %s in a <%s>, in the order of writing; behind the last: no name. */",
                  self.struct_name(self.module.mixins[mixin]), root.element)
        self.line("enum {")
        for _, field in found:
            self.line("    %s,", constant(self.prefix, root.name, mixin, "list", field.struct.name))
        self.line("    %s,", constant(self.prefix, root.name, mixin, "lists"))
        self.line("};")
        self.line("extern const struct vir_xml_list %s[%s + 1];\n", name,
                  constant(self.prefix, root.name, mixin, "lists"))
