/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed by schema/gen from schema/parts: change those. */
#include "xml/vocabulary.h"

const char xml_texts[] =
    "\0"
    "small\0"
    "urn:small\0"
    "box\0"
    "type\0"
    "wood\0" "paper\0" "\0"
    "colour\0"
    "red\0" "light-blue\0" "none\0" "\0"
    "none\0"
    "index\0"
    "big\0"
    "shift\0"
    "-1\0"
    "flags\0"
    "0x0010\0"
    "bus\0"
    "wood\0"
    "cell\0"
    "cpus\0"
    "card\0"
    "line\0"
    "\002=a\0" "\005@type\0" "\000\0" "\005paper\0" "\000\0" "\000\0"
    "worn\0"
    "\0013\0" "\002=a\0" "\006@state\0" "\000\0" "\004used\0" "\000\0" "\002-a\0" "\003box\0" "\000\0" "\000\0" "\0011\0" "\002=a\0" "\005@type\0" "\000\0" "\005paper\0" "\000\0" "\000\0" "\000\0"
    "state\0"
    "new\0" "used\0" "\0"
    "open\0"
    "yes\0"
    "lit\0"
    "\001~\0" "\002=a\0" "\005@open\0" "\003yes\0" "\002no\0" "\000\0" "\000\0" "\001~\0" "\002-a\0" "\003lid\0" "\000\0" "\000\0" "\000\0"
    "key\0"
    "label\0"
    "name\0"
    "uuid\0"
    "mac\0"
    "size\0"
    "fragile\0"
    "notes\0"
    "default\0"
    "camelCase\0"
    "inside\0"
    "lid\0"
    "weight\0"
    "3\0"
    "lining\0"
    "felt\0" "none\0" "\0"
    "none\0" "\0"
    "plain\0"
    "hinge\0"
    "side\0"
    "left\0" "right\0" "\0"
    "screw\0"
    "\005=/box\0" "\005@type\0" "\000\0" "\005paper\0" "\000\0" "\002=a\0" "\005@side\0" "\000\0" "\004left\0" "\000\0" "\000\0"
    "paper tears on the left\0"
    "padding\0"
    "thick\0"
    "layer\0"
    "lock\0"
    "\002=a\0" "\005@type\0" "\000\0" "\004bolt\0" "\000\0" "\000\0"
    "seal\0"
    "0\0" "\0"
    "wax\0"
    "\001x\0" "\000\0"
    "bolt\0" "chain\0" "\0"
    "post\0"
    "\001~\0" "\002=a\0" "\005@kind\0" "\000\0" "\003sea\0" "\000\0" "\000\0" "\000\0"
    "kind\0"
    "air\0" "sea\0" "\0"
    "from\0"
    "over\0"
    "\002=a\0" "\005@kind\0" "\000\0" "\003sea\0" "\000\0" "\000\0"
    "mode\0"
    "code\0"
    "[]A-Z-]{2}[0-9]+\0"
    "two letters and a number\0"
    "hint\0"
    "room\0"
    "stamp\0"
    "remark\0"
    "\002=a\0" "\005@kind\0" "\000\0" "\003air\0" "\000\0" "\000\0"
    "\002=a\0" "\006@state\0" "\000\0" "\003new\0" "\000\0" "\002=a\0" "\005@worn\0" "\000\0" "\0019\0" "\000\0" "\000\0"
    "a new box is not worn\0"
    "\002=a\0" "\003box\0" "\003box\0" "\005@line\0" "\000\0" "\006thick*\0" "\000\0" "\002!a\0" "\004name\0" "\000\0" "\000\0" "\005chest\0" "\000\0" "\000\0"
    "only a chest holds what holds thick ones\0";

const struct xml_item xml_items[] = {
    { 21, 't', VIR_XML_ATTRIBUTE, VIR_XML_ENUM, 0, VIR_XML_REQUIRED | VIR_XML_DEMANDS, 26, 0 },
    { 38, 'c', VIR_XML_ATTRIBUTE, VIR_XML_ENUM, 0, VIR_XML_PRESET | VIR_XML_DEMANDS, 45, 1 },
    { 71, 'i', VIR_XML_ATTRIBUTE, VIR_XML_UINT, 1, 0, 0, 2 },
    { 77, 'b', VIR_XML_ATTRIBUTE, VIR_XML_UINT, 8, 0, 0, 3 },
    { 81, 's', VIR_XML_ATTRIBUTE, VIR_XML_INT, 1, VIR_XML_PRESET | VIR_XML_DEMANDS, 0, 4 },
    { 90, 'f', VIR_XML_ATTRIBUTE, VIR_XML_HEX, 4, VIR_XML_PRESET | VIR_XML_DEMANDS, 0, 5 },
    { 103, 'b', VIR_XML_ATTRIBUTE, VIR_XML_UINT, 1, VIR_XML_DEMANDS, 0, 6 },
    { 112, 'c', VIR_XML_ATTRIBUTE, VIR_XML_UINT, 4, VIR_XML_BASED, 0, 7 },
    { 117, 'c', VIR_XML_ATTRIBUTE, VIR_XML_CPUSET, 0, 0, 0, 0 },
    { 122, 'c', VIR_XML_ATTRIBUTE, VIR_XML_MAC, 0, VIR_XML_UNICAST, 0, 0 },
    { 127, 'l', VIR_XML_ATTRIBUTE, VIR_XML_STRING, 0, VIR_XML_LINE | VIR_XML_DEMANDS, 0, 8 },
    { 156, 'w', VIR_XML_ATTRIBUTE, VIR_XML_UINT, 1, VIR_XML_DEMANDS, 0, 9 },
    { 228, 's', VIR_XML_ATTRIBUTE, VIR_XML_ENUM, 0, 0, 234, 0 },
    { 244, 'o', VIR_XML_ATTRIBUTE, VIR_XML_YESNO, 0, VIR_XML_PRESET | VIR_XML_DEMANDS, 0, 10 },
    { 253, 'l', VIR_XML_ATTRIBUTE, VIR_XML_ONOFF, 0, VIR_XML_LIVE, 0, 11 },
    { 302, 'k', VIR_XML_ATTRIBUTE, VIR_XML_STRING, 0, VIR_XML_SECRET, 0, 0 },
    { 306, 'l', VIR_XML_ATTRIBUTE, VIR_XML_STRING, 0, 0, 0, 0 },
    { 312, 'n', VIR_XML_ELEMENT, VIR_XML_NAME, 0, VIR_XML_REQUIRED | VIR_XML_DEMANDS, 0, 12 },
    { 317, 'u', VIR_XML_ELEMENT, VIR_XML_UUID, 0, 0, 0, 0 },
    { 322, 'm', VIR_XML_ELEMENT, VIR_XML_MAC, 0, VIR_XML_REQUIRED | VIR_XML_DEMANDS, 0, 0 },
    { 326, 's', VIR_XML_ELEMENT, VIR_XML_MEMORY, 8, VIR_XML_REQUIRED | VIR_XML_DEMANDS, 0, 13 },
    { 331, 'f', VIR_XML_ELEMENT, VIR_XML_FLAG, 0, 0, 0, 0 },
    { 339, 'n', VIR_XML_ELEMENT, VIR_XML_VERBATIM, 0, VIR_XML_FOREIGN, 0, 0 },
    { 345, 'd', VIR_XML_ELEMENT, VIR_XML_STRING, 0, 0, 0, 0 },
    { 353, 'c', VIR_XML_ELEMENT, VIR_XML_STRING, 0, 0, 0, 0 },
    { 363, 'i', VIR_XML_ELEMENT, VIR_XML_STRING, 0, VIR_XML_LIVE, 0, 0 },
    { 370, 'l', VIR_XML_ELEMENT, VIR_XML_GROUP, 0, VIR_XML_ALWAYS | VIR_XML_OPEN | VIR_XML_ONCE | VIR_XML_DEMANDS, 2, 0 },
    { 514, 'p', VIR_XML_ELEMENT, VIR_XML_GROUP, 0, 0, 3, 0 },
    { 17, 'b', VIR_XML_ELEMENT, VIR_XML_PART, 0, VIR_XML_MANY, 0, 0 },
    { 534, 'l', VIR_XML_ELEMENT, VIR_XML_PART, 0, VIR_XML_EMPTY, 4, 0 },
    { 591, 'p', VIR_XML_ELEMENT, VIR_XML_PART, 0, VIR_XML_MANY, 5, 0 },
    { 419, 's', VIR_XML_ATTRIBUTE, VIR_XML_ENUM, 0, VIR_XML_REQUIRED | VIR_XML_DEMANDS, 424, 0 },
    { 436, 's', VIR_XML_ELEMENT, VIR_XML_STRING, 0, 0, 0, 0 },
    { 374, 'w', VIR_XML_ATTRIBUTE, VIR_XML_UINT, 4, VIR_XML_PRESET | VIR_XML_DEMANDS, 0, 14 },
    { 383, 'l', VIR_XML_ATTRIBUTE, VIR_XML_ENUM, 0, 0, 390, 15 },
    { 0, '\0', VIR_XML_TEXT, VIR_XML_STRING, 0, VIR_XML_REQUIRED | VIR_XML_PRESET | VIR_XML_DEMANDS, 0, 16 },
    { 413, 'h', VIR_XML_ELEMENT, VIR_XML_GROUP, 0, VIR_XML_MANY, 1, 0 },
    { 522, 't', VIR_XML_ATTRIBUTE, VIR_XML_UINT, 2, VIR_XML_REQUIRED | VIR_XML_DEMANDS, 0, 17 },
    { 528, 'l', VIR_XML_ELEMENT, VIR_XML_STRING, 0, VIR_XML_MANY, 0, 0 },
    { 306, 'l', VIR_XML_ATTRIBUTE, VIR_XML_STRING, 0, 0, 0, 18 },
    { 562, 's', VIR_XML_ATTRIBUTE, VIR_XML_UINT, 8, 0, 0, 19 },
    { 570, 'w', VIR_XML_ATTRIBUTE, VIR_XML_STRING, 0, 0, 0, 20 },
    { 21, 't', VIR_XML_ATTRIBUTE, VIR_XML_ENUM, 0, 0, 579, 0 },
    { 306, 'l', VIR_XML_ATTRIBUTE, VIR_XML_STRING, 0, 0, 0, 21 },
    { 623, 'k', VIR_XML_ATTRIBUTE, VIR_XML_ENUM, 0, 0, 628, 0 },
    { 637, 'f', VIR_XML_ATTRIBUTE, VIR_XML_IP, 0, 0, 0, 0 },
    { 642, 'o', VIR_XML_ATTRIBUTE, VIR_XML_IPV4, 0, 0, 0, 22 },
    { 669, 'm', VIR_XML_ATTRIBUTE, VIR_XML_OCTAL, 4, 0, 0, 23 },
    { 374, 'w', VIR_XML_ATTRIBUTE, VIR_XML_BYTES, 8, VIR_XML_REQUIRED | VIR_XML_DEMANDS, 0, 24 },
    { 674, 'c', VIR_XML_ATTRIBUTE, VIR_XML_STRING, 0, VIR_XML_STRICT, 0, 25 },
    { 721, 'h', VIR_XML_ATTRIBUTE, VIR_XML_STRING, 0, VIR_XML_EMPTY, 0, 0 },
    { 726, 'r', VIR_XML_ELEMENT, VIR_XML_MEGA, 8, 0, 0, 26 },
    { 731, 's', VIR_XML_ELEMENT, VIR_XML_UINT, 4, VIR_XML_MANY, 0, 27 },
    { 737, 'r', VIR_XML_ELEMENT, VIR_XML_STRING, 0, VIR_XML_MANY, 0, 28 },
};

const struct xml_rule xml_rules[] = {
    { 766, 807, VIR_ERR_XML_ERROR, { 0x81010000000004, { 0x0, 0x0 } } },
    { 829, 887, VIR_ERR_CONFIG_UNSUPPORTED, { 0x20000000000000, { 0x20000000000000, 0x0 } } },
    { 442, 490, VIR_ERR_CONFIG_UNSUPPORTED, { 0x400100000000000, { 0x0, 0x0 } } },
    { 0, 0, 0, { 0, { 0, 0 } } },
};

const struct xml_content xml_contents[] = {
    { 0, 0, 2, 31, 17 },
    { 31, 2, 1, 2, 1 },
    { 33, 3, 0, 4, 2 },
    { 37, 3, 0, 2, 1 },
    { 39, 3, 0, 4, 4 },
    { 43, 3, 0, 11, 8 },
};

const struct xml_more xml_more[] = {
    { 0 },
    { 0u, 0u, 66, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 1u, 9u, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 0u, 1099511627776u, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { (uint64_t)-5, 5u, 87, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 0u, 65535u, 96, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 0u, 255u, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 2, 107, false, 0, 0, 0 },
    { 0u, 4294967295u, 0, 0, 0, 0, 17, 0, VIR_ERR_CONFIG_UNSUPPORTED, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 0u, 0u, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 132, 0, 0 },
    { 1u, 9u, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 161 },
    { 0u, 0u, 249, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 0u, 0u, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 257, 0 },
    { 0u, 0u, 0, 0, 0, 0, 0, 0, 0, VIR_ERR_NO_NAME, 0, false, 0, 0, false, 0, 0, 0 },
    { 1u, 9007199254740991u, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 0u, 4294967295u, 381, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 0u, 0u, 0, 0, 0, 401, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 0u, 0u, 407, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 0u, 500u, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 0u, 0u, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 539, 0 },
    { 0u, 0xffffffffffffffffu, 0, 0, 0, 567, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 0u, 0u, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 574, 0 },
    { 0u, 0u, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 596, 0 },
    { 0u, 0u, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 647, 0 },
    { 0u, 511u, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 0u, 0xffffffffffffffffu, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 0u, 0u, 0, 679, 696, 0, 0, 0, 0, 0, VIR_ERR_INVALID_ARG, true, 0, 0, false, 0, 0, 0 },
    { 1u, 17592186044415u, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 1u, 4294967295u, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 0, 0 },
    { 0u, 0u, 0, 679, 696, 0, 0, 0, 0, 0, 0, false, 0, 0, false, 0, 744, 0 },
};

const struct xml_document xml_documents[] = {
    { 17, 17, 0, VIR_FROM_STORAGE },
};
const size_t xml_n_documents = 1;

const struct xml_namespace xml_namespaces[] = {
    { 1, 7 },
    { 0, 0 },
};
