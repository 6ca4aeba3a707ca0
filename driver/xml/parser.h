/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the engine wants of a parser.  libxml2 does it, in the part xml-parser: with
 * all that it needs itself, it costs a process a millisecond to load, and a module
 * that only writes documents is spared that.
 */
#ifndef DRIVER_XML_PARSER_H
#define DRIVER_XML_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XML_PARSER_VERSION 3

struct xml_parser_namespace { const char *prefix, *uri; };      /* either may be NULL */
/* Entities are resolved; the value ends before END. */
struct xml_parser_attribute { const char *local, *prefix, *uri, *value, *end; };

/* What is told of a document, in its order.  Names live as long as the parser, all
 * else for the call only. */
struct xml_parser_events {
    void (*start)(void *opaque, const char *prefix, const char *local, const char *uri,
                  const struct xml_parser_namespace *declared, size_t n_declared,
                  const struct xml_parser_attribute *attributes, size_t n_attributes);
    void (*end)(void *opaque);
    void (*text)(void *opaque, const char *text, size_t len);           /* may come in pieces */
    void (*cdata)(void *opaque, const char *text, size_t len);
    void (*comment)(void *opaque, const char *text);
};

/* Where and why a document is not well-formed, or only that there was no memory for it. */
struct xml_parser_fault {
    int line, column;
    const char *why;                    /* the parser's own, its first line counts */
    bool no_memory;
};

/* The part xml-parser. */
struct xml_parser_part {
    uint32_t version;
    /* Parses the UTF-8 text from run on; NULL: it is empty, or there is no memory. */
    void *(*open)(const char *text, size_t len, const struct xml_parser_events *events, void *opaque);
    int (*run)(void *parser, struct xml_parser_fault *ret_fault);       /* -1: not well-formed */
    void (*close)(void *parser);
};

#endif
