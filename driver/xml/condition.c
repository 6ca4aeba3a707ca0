/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Conditions, as schema/gen/conditions.py encodes them: words, each with its length before it
 * and a NUL behind it.
 *
 *     condition   test... ""
 *     test        mark up, step..., last; for = and !: preset, word..., ""
 *     mark        + it is there, - it is not, = it is one of the words, ! it is none of them, x never
 *     up          a: the element itself, b: its parent, ...; /NAME: the nearest <NAME> around it
 *     step        the name of an element
 *     last        @NAME; . the text; "" the last step's element itself
 *                 or ~ condition: that one does not hold
 *     choices     value, condition... ""
 *
 * The preset is the value where nothing is said; a * in a word stands for anything.
 * Where a path leads to several places, each of them counts.
 */
#include "reader.h"

#include "number.h"

static inline const char *
next(const char *word)
{
    return word + 1 + (unsigned char)*word + 1;
}

/* Without its length. */
static inline const char *
said(const char *word)
{
    return word + 1;
}

static bool
is_word(const char *word, const char *value)
{
    for (; *word && *word != '*'; word++, value++)
        if (*word != *value)
            return false;
    if (!*word)
        return !*value;
    do
        if (is_word(word + 1, value))
            return true;
    while (*value++);
    return false;
}

static enum xml_answer
compare(const char *words, const char *value)
{
    if (!value || !*value)
        return XML_UNSAID;
    if (!words)
        return XML_HOLDS;
    for (; *words; words = next(words))
        if ((*said(words) == *value || *said(words) == '*') && is_word(said(words), value))
            return XML_HOLDS;
    return XML_FAILS;
}

/* Whether one of WORDS, or with NULL anything, stands where the steps lead to from NODE. */
static enum xml_answer
look(struct xml_tree *tree, const struct xml_node *node, const char *steps, const char *words)
{
    enum xml_answer answer = XML_UNSAID;

    if (*said(steps) == '@')
        return compare(words, xml_attr_value(node, said(steps) + 1));
    if (!*steps && !words)
        return XML_HOLDS;
    if (!*steps || *said(steps) == '.')
        return compare(words, xml_node_text(tree, node));
    for (const struct xml_node *child = node->first; child && answer != XML_HOLDS; child = child->next)
        if (child->kind == XML_NODE_ELEMENT && !child->dropped && xml_same_name(child->name, said(steps))) {
            enum xml_answer one = look(tree, child, next(steps), words);

            answer = one == XML_UNSAID ? answer : one;
        }
    return answer;
}

/* Where the steps begin, seen from NODE, or from an absent element in ABOVE; NULL: nowhere. */
static const struct xml_node *
climb(const struct xml_node *node, const struct xml_node *above, const char *up)
{
    if (*up == '/') {
        node = node ? node : above;
        while (node && strcmp(node->name, up + 1) != 0)
            node = node->parent;
        return node;
    }
    if (*up > 'a')
        node = node ? node->parent : above;
    for (char level = 'b'; node && level < *up; level++)
        node = node->parent;
    return node;
}

/* The last word of the steps that begin at STEP. */
static const char *
last_step(const char *step)
{
    while (*step && *said(step) != '@' && *said(step) != '.')
        step = next(step);
    return step;
}

static inline bool
has_words(const char *test)
{
    return *said(test) == '=' || *said(test) == '!';
}

static enum xml_answer
ask_test(struct xml_tree *tree, const struct xml_node *node, const struct xml_node *above, const char *test)
{
    const char mark = *said(test), *steps = next(test), *preset = NULL;
    enum xml_answer answer = XML_UNSAID;

    if (mark == 'x')
        return XML_FAILS;
    if (has_words(test))
        preset = next(last_step(steps));
    node = climb(node, above, said(test) + 1);
    if (node)
        answer = look(tree, node, steps, preset ? next(preset) : NULL);
    if (preset && answer == XML_UNSAID)
        answer = compare(next(preset), said(preset));
    if (mark == '=')
        return answer;
    return (answer == XML_HOLDS) == (mark == '+') ? XML_HOLDS : XML_FAILS;
}

static const char *
behind_words(const char *word)
{
    while (*word)
        word = next(word);
    return next(word);
}

static const char *behind_condition(const char *condition);

static const char *
behind_test(const char *test)
{
    const char *last;

    if (*said(test) == '~')
        return behind_condition(next(test));
    if (*said(test) == 'x')
        return next(test);
    last = last_step(next(test));
    return has_words(test) ? behind_words(next(next(last))) : next(last);
}

static const char *
behind_condition(const char *condition)
{
    while (*condition)
        condition = behind_test(condition);
    return next(condition);
}

static enum xml_answer
ask(struct xml_tree *tree, const struct xml_node *node, const struct xml_node *above, const char *condition)
{
    enum xml_answer answer = XML_HOLDS;

    for (; *condition; condition = behind_test(condition)) {
        enum xml_answer one;

        if (*said(condition) == '~')
            one = ask(tree, node, above, next(condition)) == XML_HOLDS ? XML_FAILS : XML_HOLDS;
        else
            one = ask_test(tree, node, above, condition);
        if (one == XML_FAILS)
            return XML_FAILS;
        if (one == XML_UNSAID)
            answer = XML_UNSAID;
    }
    return answer;
}

/* The same as in schema/gen/conditions.py. */
static unsigned int
sign_of(const char *word, unsigned int more)
{
    const unsigned char *letters = (const unsigned char *)word;

    if (!letters[0])
        return more;
    return letters[0] + 5U * letters[1] + (letters[1] ? 11U * letters[2] : 0) + more;
}

static void
note_here(struct vir_xml_signs *signs, unsigned int sign)
{
    signs->here |= (uint64_t)1 << sign % 64;
}

static void
note_below(struct vir_xml_signs *signs, unsigned int sign)
{
    signs->below[sign / 64 % 2] |= (uint64_t)1 << sign % 64;
}

struct vir_xml_signs
xml_signs_of(const struct xml_node *node)
{
    struct vir_xml_signs signs = { 0, { 0, 0 } };

    for (const struct xml_attr *attr = node->attrs; attr; attr = attr->next) {
        note_here(&signs, sign_of(attr->name, 32));
        note_here(&signs, sign_of(attr->value, (unsigned char)*attr->name));
    }
    for (const struct xml_node *child = node->first; child; child = child->next) {
        if (child->kind != XML_NODE_ELEMENT)
            continue;
        note_here(&signs, sign_of(child->name, 0));
        for (const struct xml_attr *attr = child->attrs; attr; attr = attr->next)
            note_below(&signs, sign_of(attr->name, 32));
        for (const struct xml_node *below = child->first; below; below = below->next)
            if (below->kind == XML_NODE_ELEMENT)
                note_below(&signs, sign_of(below->name, 0));
    }
    return signs;
}

bool
xml_holds(struct xml_tree *tree, const struct xml_node *node, const char *condition)
{
    for (; *condition; condition = behind_test(condition))
        if (ask_test(tree, node, NULL, condition) != XML_HOLDS)
            return false;
    return true;
}

/* Neighbours have mostly the same condition. */
enum xml_answer
xml_ask(struct reader *reader, struct target *target, const char *condition)
{
    if (target->asked != condition) {
        target->asked = condition;
        target->answer = ask(&reader->tree, target->node, target->above, condition);
    }
    return target->answer;
}

const char *
xml_choose(struct reader *reader, const struct target *target, const char *choices)
{
    for (const char *value = choices; value && *value; value = behind_condition(next(value)))
        if (ask(&reader->tree, target->node, target->above, next(value)) == XML_HOLDS)
            return said(value);
    return NULL;
}

const char *
xml_condition_name(const char *condition)
{
    const char *name, *step;

    if (*said(condition) == 'x')
        return NULL;
    name = step = next(*said(condition) == '~' ? next(condition) : condition);
    for (; *step && *said(step) != '@' && *said(step) != '.'; step = next(step))
        name = step;
    return said(*said(step) == '@' ? step + 1 : name);
}

/* However it is written. */
static bool
is_zero(const struct vir_xml_row *row, const char *text)
{
    const char *digits = text;
    uint64_t zero;

    if (*digits > '0' && *digits <= '9')
        return false;
    digits += strspn(text, " \t\r\n");
    digits += row->kind == VIR_XML_INT && (*digits == '-' || *digits == '+');
    return (row->kind == VIR_XML_INT || row->kind == VIR_XML_UINT || row->kind == VIR_XML_OCTAL ||
            xml_is_scaled(row)) &&
        vir_parse_radix(digits, row->flags & VIR_XML_BASED ? 0 : 10, 0, &zero) == 0;
}

bool
xml_says_nothing(const struct vir_xml_row *row, const char *text)
{
    const char *unsaid = row->extra ? row->extra->unsaid : NULL;

    if (unsaid && (xml_word_in(unsaid, text) || (xml_word_in(unsaid, "0") && is_zero(row, text))))
        return true;
    return (row->kind == VIR_XML_STRING ? !*text : xml_is_blank(text)) &&
        !(row->flags & (VIR_XML_REQUIRED | VIR_XML_EMPTY)) &&
        !(row->extra && row->extra->needed);
}
