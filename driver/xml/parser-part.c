/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part xml-parser: libxml2's SAX calls as the events of parser.h. */
#include "parser.h"

#include <libvirt/module-base.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>

struct parser {
    xmlParserCtxtPtr ctxt;
    const struct xml_parser_events *events;
    void *opaque;
    bool no_memory;                     /* libxml2 does not always take it for a fault of the document */
};

/* libxml2 gives namespaces as pairs and attributes as fives of strings. */
_Static_assert(sizeof(struct xml_parser_namespace) == 2 * sizeof(xmlChar *), "a pair of strings");
_Static_assert(sizeof(struct xml_parser_attribute) == 5 * sizeof(xmlChar *), "five strings");

/* libxml2's own first use makes its locks without one, so two threads may both make them. */
__attribute__((constructor)) static void
first_use(void)
{
    xmlInitParser();
}

static void
on_start(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
         int n_namespaces, const xmlChar **spaces, int n_attributes, int n_defaulted,
         const xmlChar **attributes)
{
    const struct parser *parser = ctx;

    (void)n_defaulted;
    parser->events->start(parser->opaque, (const char *)prefix, (const char *)local, (const char *)uri,
                          (const void *)spaces, (size_t)n_namespaces,
                          (const void *)attributes, (size_t)n_attributes);
}

static void
on_end(void *ctx, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
    const struct parser *parser = ctx;

    (void)local;
    (void)prefix;
    (void)uri;
    parser->events->end(parser->opaque);
}

static void
on_text(void *ctx, const xmlChar *text, int len)
{
    const struct parser *parser = ctx;

    parser->events->text(parser->opaque, (const char *)text, (size_t)len);
}

static void
on_cdata(void *ctx, const xmlChar *text, int len)
{
    const struct parser *parser = ctx;

    parser->events->cdata(parser->opaque, (const char *)text, (size_t)len);
}

static void
on_comment(void *ctx, const xmlChar *text)
{
    const struct parser *parser = ctx;

    parser->events->comment(parser->opaque, (const char *)text);
}

/* The parser's own record has the error; what follows the first one is only noise,
 * and can be a megabyte of it. */
static void
on_error(void *ctx, xmlErrorPtr error)
{
    struct parser *parser = ctx;

    if (error->code == XML_ERR_NO_MEMORY)
        parser->no_memory = true;
    if (error->level == XML_ERR_FATAL)
        xmlStopParser(parser->ctxt);
}

static const xmlSAXHandler handler = {
    .initialized = XML_SAX2_MAGIC,
    .startElementNs = on_start,
    .endElementNs = on_end,
    .characters = on_text,
    .ignorableWhitespace = on_text,
    .cdataBlock = on_cdata,
    .comment = on_comment,
    .serror = on_error,
};

static void *
parser_open(const char *text, size_t len, const struct xml_parser_events *events, void *opaque)
{
    struct parser *parser = VIR_NEW(struct parser);

    parser->events = events;
    parser->opaque = opaque;
    parser->ctxt = xmlCreateMemoryParserCtxt(text, (int)len);
    if (!parser->ctxt) {
        free(parser);
        return NULL;
    }
    /* NOENT: else `&amp;` in an attribute arrives as `&#38;`.  Other entities than
     * the five of XML cannot be there: the scan refuses what would declare them.
     * HUGE: the limits are the scan's.  IGNORE_ENC: the text is UTF-8, whatever it
     * says; another encoding (UTF-7!) could hide from the scan what it refuses. */
    xmlCtxtUseOptions(parser->ctxt, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_HUGE |
                      XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC);
    *parser->ctxt->sax = handler;
    parser->ctxt->userData = parser;
    return parser;
}

static int
parser_run(void *opaque, struct xml_parser_fault *ret_fault)
{
    const struct parser *parser = opaque;
    const xmlError *error = &parser->ctxt->lastError;

    xmlParseDocument(parser->ctxt);
    if (parser->ctxt->wellFormed && !parser->no_memory)
        return 0;
    *ret_fault = (struct xml_parser_fault){
        error->line, error->int2, error->message ? error->message : "not well-formed",
        parser->no_memory
    };
    return -1;
}

static void
parser_close(void *opaque)
{
    struct parser *parser = opaque;

    xmlFreeParserCtxt(parser->ctxt);
    free(parser);
}

extern const struct xml_parser_part xml_parser;
__attribute__((visibility("default")))
const struct xml_parser_part xml_parser = {
    .version = XML_PARSER_VERSION,
    .open = parser_open,
    .run = parser_run,
    .close = parser_close,
};
