# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints a JSON Schema of one kind of document, in this form: an element is an object,
its attributes begin with @, its text is "#text"; an element of one value is that value;
what may be there many times is an array."""
import json

import forms
import kinds

PATTERNS = {
    "uuid": "^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$", "mac": "^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$",
    "cpuset": r"^[0-9,^-]+$", "hex": "^0x[0-9a-fA-F]+$", "octal": "^[0-7]+$", "name": "^[^/]+$",
}
FORMATS = {"ipv4": "ipv4", "ipv6": "ipv6"}


class JsonSchema:
    def __init__(self, schema, root):
        self.schema, self.defs = schema, {}
        self.document = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$comment": "Printed by schema/gen from schema/parts: change those.",
            "type": "object", "required": [root.path], "additionalProperties": False,
            "properties": {root.path: self.part(root)},
        }
        self.document["$defs"] = self.defs

    def part(self, part):
        if part.name not in self.defs:
            self.defs[part.name] = None
            self.defs[part.name] = dict(self.element(part), description=part.text)
        return {"$ref": "#/$defs/" + part.name}

    def element(self, owner):
        properties, required = {}, []
        for item in owner.children:
            name = "#text" if item.place == "text" else item.name
            properties[name] = self.item(item)
            if "required" in item.options and not {"default", "needed", "when", "drops"} & set(item.options):
                required.append(name)
            if item.kind in kinds.SCALED and item.place != "element":
                properties["@unit"] = {"type": "string", "description": "What the number counts."}
        shape = {"type": "object", "additionalProperties": False, "properties": properties}
        return dict(shape, required=required) if required else shape

    def item(self, item):
        one = self.one(item)
        if "many" in item.options:
            one = {"type": "array", "items": one}
        return dict(one, description=item.text) if item.text else one

    def one(self, item):
        if item.kind == "part":
            return self.part(self.schema.parts[item.args[0]])
        if item.kind == "group":
            return self.element(item)
        if item.kind == "flag":
            return {"const": True}
        if item.kind not in kinds.VALUES:
            return {}
        return self.value(item)

    def value(self, item):
        words = self.schema.words(item)
        if words:
            shape = {"enum": list(words)}
        elif item.kind in ("uint", "int") + kinds.SCALED:
            low, high = kinds.limits(item)
            shape = {"type": "integer", "minimum": low, "maximum": high}
        else:
            shape = {"type": "string"}
            if item.kind in PATTERNS:
                shape["pattern"] = PATTERNS[item.kind]
            if item.kind in FORMATS:
                shape["format"] = FORMATS[item.kind]
            if item.kind == "string" and item.args:
                shape["pattern"] = "^(%s)$" % forms.modern(self.schema.forms[item.args[0]])
        if "default" in item.options:
            numeric = item.kind in ("uint", "int") + kinds.SCALED
            shape["default"] = kinds.default_number(item) if numeric else item.options["default"]
        return shape


def text(schema, root):
    return json.dumps(JsonSchema(schema, root).document, indent=1, ensure_ascii=False) + "\n"
