# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints a module's tables."""
import conditions
import forms
import kinds
from c import Printer, constant, counted_list, needs_has, text, word_list
from fail import Wrong

FLAGS = ("required", "live", "secret", "always", "open", "foreign", "alone", "based", "unicast", "line",
         "once", "empty", "strict")
NO_MEMBER = "VIR_XML_NO_MEMBER"


def unique_words(item):
    """`unique ANCESTOR [CODE] [except ELEMENT]`: the three."""
    words = item.options.get("unique", "").split()
    ancestor = words.pop(0) if words else ""
    code = words.pop(0) if words and words[0] != "except" else ""
    return ancestor, code, words[1] if words else ""


def number(value):
    """Of 64 bits, as C has it; a negative one in its two's complement."""
    if -(1 << 63) < value < 0:
        return "(uint64_t)%d" % value
    return "%du" % value if 0 <= value < 1 << 63 else "%#xu" % (value % (1 << 64))


class Source(Printer):
    def print(self):
        self.head()
        self.line('#include "%s-schema.h"\n', self.prefix)
        self.line('#pragma GCC diagnostic ignored "-Wmissing-field-initializers"\n')
        for enum, words in self.module.enums.items():
            self.line('const struct vir_xml_enum %s_%s_words = { "%s", %d, %s };\n', self.prefix, enum, enum,
                      len(words) + 1, word_list(words))
        for mixin in self.module.mixins.values():
            self.print_tables(mixin, mixin.fields, mixin.name, [])
        for struct in self.module.structs:
            self.print_tables(struct, struct.fields, struct.path, [])
        for rules in self.module.file.rules.values():
            raise rules[0][1].wrong("the module takes nothing that this rule could stand in",
                                    "the path of an element with members")
        for root in self.module.roots:
            self.print_limits(root)
        for root, mixin, found in self.lists():
            self.print_lists(root, mixin, found)
        return self.text()

    def table_name(self, struct, names):
        return "_".join([self.prefix, struct.name] + names) + "_table"

    def print_tables(self, struct, fields, path, names):
        """The table of a struct or group, behind those of its groups."""
        for field in fields:
            if field.taken and field.nested:
                self.print_tables(struct, field.fields, path + "/" + field.name, names + struct.way(field))
        tag, table = self.struct_name(struct), self.table_name(struct, names)
        place = conditions.place_of(self.module.schema, path)
        rows = [field for field in fields if field.taken]
        if len(rows) > 255:
            raise Wrong(self.module.shown, 0, "<%s> has %d items" % (path, len(rows)), "255 at most")
        attributes = sum(1 for field in rows if field.item.place == "attribute")
        if rows:
            self.line("static const struct vir_xml_row %s_rows[] = {", table)
            for field in rows:
                self.line("    { %s },", ", ".join(self.row(struct, place, field, names)))
            self.line("};\n")
        rules = self.print_rules(table, path, place)
        self.line("static void *%s_bound;", table)
        self.line("%sconst struct vir_xml_table %s = {", "static " if names else "", table)
        rest = "offsetof(%s, rest)" % tag if struct.path and not names else NO_MEMBER
        self.line('    "%s", %s, %d, %d, %s, %s, %s, %d, &%s_bound', path, table + "_rows" if rows else "NULL",
                  len(rows), attributes, rest, "0" if names else "sizeof(%s)" % tag,
                  table + "_rules" if rules else "NULL", len(rules), table)
        self.line("};\n")

    def print_rules(self, table, path, place):
        """The element's rules that the vocabulary does not have."""
        rules = self.module.file.rules.pop(path, [])
        if place and place.chain[0][0].own:
            rules += [(place, rule) for rule in place.owner.rules]
        if rules:
            self.line("static const struct vir_xml_rule %s_rules[] = {", table)
            for place, rule in rules:
                self.line("    { VIR_ERR_%s, %s, %s, %s },", rule.code, text(forms.says(rule)),
                          counted_list(place.encode(rule.condition, rule.wrong)),
                          place.wants(rule.condition, rule.wrong))
            self.line("};\n")
        return rules

    # ---- rows

    def row(self, struct, place, field, names):
        """The initialisers of one row."""
        name = "NULL" if field.item.place == "text" else '"%s"' % field.name.lstrip("@")
        flags = [option for option in FLAGS if field.has(option)]
        flags += ["preset"] * bool(field.default) + ["many"] * (field.many and not field.struct)
        kind = ("list" if field.many else "part") if field.struct else field.kind
        row = [name, constant("VIR_XML", field.item.place), constant("VIR_XML", kind),
               str(kinds.width(field.item)), " | ".join(constant("VIR_XML", flag) for flag in flags) or "0"]
        row += self.members(struct, field, names)
        extra = self.extra(struct, place, field, names)
        return row + ([".extra = &(const struct vir_xml_extra){ %s }" % ", ".join(extra)] if extra else []) + \
            self.of(struct, field, names)

    def members(self, struct, field, names):
        """Where the member lies, and the bool or count beside it."""
        above, member = names + struct.way(field)[:-1], field.member
        has = None
        if field.many:
            has = above + ["n_" + member]
        elif field.nested:
            return NO_MEMBER, "offsetof(%s, %s)" % (self.struct_name(struct), ".".join(above + [member, "present"]))
        elif needs_has(field):
            has = above + ["has_" + member]
        return tuple("offsetof(%s, %s)" % (self.struct_name(struct), ".".join(path)) if path else NO_MEMBER
                     for path in (above + [member], has))

    def extra(self, struct, place, field, names):
        """What only some rows have."""
        extra = []
        if field.item.kind in kinds.NUMBERS:
            extra += [".min = %s, .max = %s" % tuple(number(n) for n in kinds.limits(field.item))]
        if field.item.kind == "string" and field.item.args:
            form = self.module.schema.forms[field.item.args[0]]
            extra += [".form = %s, .form_says = %s" % (text(forms.posix(form)), text(forms.says(form)))]
        if field.has("unsaid"):
            extra += [".unsaid = " + word_list(field.options["unsaid"].split())]
        extra += self.conditions(place, field.item)
        if field.error and field.error is not True:
            extra.append(".error = VIR_ERR_" + field.error)
        if field.has("wrong"):
            extra.append(".wrong = VIR_ERR_" + field.options["wrong"])
        if field.has("capitals"):
            extra.append(".capitals = true")
        extra += self.unique(field)
        if field.default:
            extra.append(self.preset(field))
        if field.has("hexif"):
            extra.append(self.hexif(struct, field, names))
        # A number in its usual range needs nothing said.
        return extra if len(extra) > 1 or field.item.kind not in kinds.NUMBERS or kinds.has_range(field.item) else []

    @staticmethod
    def conditions(place, item):
        """`when`, `needed` and conditional defaults; a mixin's own struct, which is no PLACE, is not read."""
        if not place:
            return []
        needed = place.encode(item.options["needed"], item.wrong) if "needed" in item.options else []
        return [".%s = %s" % (option, counted_list(words)) for option, words in
                (("needed", needed), ("when", place.when(item)), ("choices", place.choices(item))) if words]

    @staticmethod
    def unique(field):
        ancestor, code, but = unique_words(field.item)
        return [".unique = " + text(ancestor)] * bool(ancestor) + \
            [".unique_error = VIR_ERR_" + code] * bool(code) + [".unique_except = " + text(but)] * bool(but)

    def hexif(self, struct, field, names):
        """`hexif pci 2`: hexadecimal where the @type beside it is pci, or absent."""
        word, digits = field.options["hexif"].split()
        for fields, above in ((field.siblings, names), (struct.fields, [])):
            kind = next((other for other in fields if other.name == "@type" and other.taken), None)
            if kind and word in kind.words:
                return ".hex = %s, .hex_type = offsetof(%s, %s), .hex_value = %s" % (
                    digits, self.struct_name(struct), ".".join(above + struct.way(kind)),
                    self.constant(kind.enum, word))
        raise field.item.wrong("no @type '%s' is taken beside '%s'" % (word, field.name))

    def preset(self, field):
        if field.kind in kinds.TEXTS:
            return ".preset_text = " + text(field.default)
        if field.kind == "enum":
            return ".preset = %s" % self.constant(field.enum, field.default)
        if field.kind in kinds.BOOLS:
            return ".preset = VIR_XML_%s" % ("YES" if field.default == kinds.BOOLS[field.kind][0] else "NO")
        return ".preset = %s" % number(kinds.number(field.default))

    def of(self, struct, field, names):
        if field.item.kind == "enum":
            return [".of.words = &%s_%s_words" % (self.prefix, field.enum)]
        if field.struct:
            return [".of.table = &" + self.table_name(field.struct, [])]
        if field.taken and field.nested:
            return [".of.table = &" + self.table_name(struct, names + struct.way(field))]
        return []

    # ---- limits and lists

    def print_limits(self, root):
        name, limits = "%s_%s" % (self.prefix, root.name), self.module.file.limits[root.name]
        if limits:
            self.line("static const struct vir_xml_limit %s_limit_list[] = {", name)
            for limit in limits:
                self.line("    { %s, %s, %s },", text(limit.path), text(limit.word) if limit.word else "NULL",
                          "true" if limit.refuse else "false")
            self.line("};\n")
        self.line('const struct vir_xml_limits %s_limits = { "%s", %s, %d };\n', name, self.prefix,
                  name + "_limit_list" if limits else "NULL", len(limits))

    def print_lists(self, root, mixin, found):
        name, tag = "%s_%s_%s" % (self.prefix, root.name, mixin), self.struct_name(self.module.struct(root.name))
        self.line("const struct vir_xml_list %s_lists[] = {", name)
        for names, field in found:
            count = "offsetof(%s, %s)" % (tag, ".".join(names[:-1] + ["n_" + names[-1]])) if field.many else \
                NO_MEMBER
            path = field.path.partition("/")[2]
            self.line('    { %s, &%s, offsetof(%s, %s), %s, offsetof(%s, %s) },', text(path),
                      self.table_name(field.struct, []), tag, ".".join(names), count,
                      self.struct_name(field.struct), mixin)
        self.line("    { NULL, NULL, 0, 0, 0 },")
        self.line("};\n")
