/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Splits a URI into its parts: scheme[+transport]://user@server:port/path?query#fragment.
 * What comes out can be handed to a resolver, a file system or another program's
 * argument list: no part holds a NUL, and neither user nor server can be taken
 * for an option.
 */
#include "uri.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"

/* A piece of the text. */
struct span {
    const char *at, *end;
};

struct splitter {
    const char *text;
    struct vir_uri *uri;
    char *out;                          /* where the next decoded part goes */
};

static int
bad(const struct splitter *s, const char *why)
{
    return vir_raise(VIR_FROM_URI, VIR_ERR_INTERNAL_ERROR, "Unable to parse URI '%.200s': %s", s->text, why);
}

/* Up to the first of STOPS (or the end); SPAN begins behind it afterwards, and
 * *RET_STOP is the byte it stopped at, 0 for the end. */
static struct span
cut(struct span *rest, const char *stops, char *ret_stop)
{
    struct span part = *rest;

    while (rest->at < rest->end && !strchr(stops, *rest->at))
        rest->at++;
    part.end = rest->at;
    *ret_stop = rest->at < rest->end ? *rest->at++ : '\0';
    return part;
}

static size_t
length(struct span span)
{
    return (size_t)(span.end - span.at);
}

/* Appends SPAN to the output as it is. */
static const char *
keep(struct splitter *s, struct span span)
{
    char *part = s->out;

    memcpy(part, span.at, length(span));
    part[length(span)] = '\0';
    s->out += length(span) + 1;
    return part;
}

/* Appends SPAN with its percent escapes decoded; NULL if there is a wrong one. */
static const char *
decode(struct splitter *s, struct span span)
{
    char *part = s->out;

    for (const char *c = span.at; c < span.end; c++) {
        if (*c == '%') {
            int high = span.end - c > 2 ? vir_hex_digit(c[1]) : -1;
            int low = high >= 0 ? vir_hex_digit(c[2]) : -1;

            if (low < 0) {
                bad(s, "a '%' is not followed by two hexadecimal digits");
                return NULL;
            }
            if (!high && !low) {
                bad(s, "%00 stands for a byte that cannot be in it");
                return NULL;
            }
            *s->out++ = (char)(high << 4 | low);
            c += 2;
        } else if ((unsigned char)*c <= ' ' || *c == 0x7f) {
            bad(s, "a space or control character must be written as %XX");
            return NULL;
        } else {
            *s->out++ = *c;
        }
    }
    *s->out++ = '\0';
    return part;
}

static int
split_scheme(struct splitter *s, struct span scheme)
{
    struct span transport = scheme;
    char stop;

    if (!length(scheme) || length(scheme) > VIR_URI_SCHEME_MAX || !isalpha((unsigned char)*scheme.at))
        return bad(s, "it must begin with the name of a driver and ':'");
    for (const char *c = scheme.at; c < scheme.end; c++)
        if (!isalnum((unsigned char)*c) && !strchr("+-.", *c))
            return bad(s, "the name of the driver has a character that cannot be in it");
    scheme = cut(&transport, "+", &stop);
    s->uri->scheme = keep(s, scheme);
    if (stop) {
        if (!length(transport))
            return bad(s, "no transport follows the '+'");
        s->uri->transport = keep(s, transport);
    }
    return 0;
}

/* The digits behind a server's ':'. */
static int
split_port(struct splitter *s, struct span port)
{
    for (const char *c = port.at; c < port.end; c++) {
        if (!isdigit((unsigned char)*c))
            return bad(s, "the port is not a number");
        s->uri->port = s->uri->port * 10 + (*c - '0');
        if (s->uri->port > 65535)
            return bad(s, "the port is greater than 65535");
    }
    return 0;
}

/* [address]:port; the brackets stay outside. */
static int
split_ipv6(struct splitter *s, struct span host)
{
    struct span address;
    char stop;

    host.at++;
    address = cut(&host, "]", &stop);
    if (!stop)
        return bad(s, "the '[' of an IPv6 address has no ']'");
    if (!length(address) || length(address) > VIR_URI_HOST_MAX)
        return bad(s, "there is no IPv6 address between '[' and ']'");
    for (const char *c = address.at; c < address.end; c++)
        if (!isalnum((unsigned char)*c) && !strchr(c == address.at ? ":" : ":.%-_", *c))
            return bad(s, "the IPv6 address has a character that cannot be in it");
    s->uri->server = keep(s, address);
    if (!length(host))
        return 0;
    if (*host.at != ':')
        return bad(s, "only ':PORT' can follow an IPv6 address");
    host.at++;
    return split_port(s, host);
}

static int
split_server(struct splitter *s, struct span host)
{
    struct span name;
    char stop;

    if (length(host) && *host.at == '[')
        return split_ipv6(s, host);
    name = cut(&host, ":", &stop);
    if (length(name) > VIR_URI_HOST_MAX)
        return bad(s, "the name of the server is longer than 255 bytes");
    if (length(name)) {
        s->uri->server = decode(s, name);
        if (!s->uri->server)
            return -1;
        if (strpbrk(s->uri->server, "/\\ []@") || *s->uri->server == '-')
            return bad(s, "the name of the server cannot be one");
    }
    return stop ? split_port(s, host) : 0;
}

/* user@server:port */
static int
split_authority(struct splitter *s, struct span authority)
{
    const char *at = memrchr(authority.at, '@', length(authority));

    if (at) {
        s->uri->user = decode(s, (struct span){ authority.at, at });
        if (!s->uri->user)
            return -1;
        if (*s->uri->user == '-')
            return bad(s, "the user's name begins with '-'");
        if (!*s->uri->user)
            s->uri->user = NULL;
        authority.at = at + 1;
    }
    return split_server(s, authority);
}

/* name=value&name=value, also parted by ';' */
static int
split_params(struct splitter *s, struct span query, struct vir_uri_param *params)
{
    char stop;

    do {
        struct span value = cut(&query, "&;", &stop);
        char equals;
        struct span name = cut(&value, "=", &equals);

        if (!length(name) && !equals)
            continue;
        if (s->uri->nparams == VIR_URI_PARAMS_MAX)
            return bad(s, "it has more than 64 parameters");
        params[s->uri->nparams].name = decode(s, name);
        params[s->uri->nparams].value = params[s->uri->nparams].name ? decode(s, value) : NULL;
        if (!params[s->uri->nparams].value)
            return -1;
        s->uri->nparams++;
    } while (stop);
    return 0;
}

static int
split(struct splitter *s, struct vir_uri_param *params)
{
    struct span rest = { s->text, s->text + strlen(s->text) };
    struct span part;
    char stop;

    part = cut(&rest, ":/?#", &stop);
    if (stop != ':')
        return bad(s, "it must begin with the name of a driver and ':'");
    if (split_scheme(s, part) < 0)
        return -1;
    if (length(rest) >= 2 && rest.at[0] == '/' && rest.at[1] == '/') {
        part.at = rest.at + 2;
        part.end = part.at + strcspn(part.at, "/?#");
        rest.at = part.end;
        if (split_authority(s, part) < 0)
            return -1;
    }
    part.at = rest.at;
    part.end = part.at + strcspn(part.at, "?#");
    rest.at = part.end;
    s->uri->path = decode(s, part);
    if (!s->uri->path)
        return -1;
    if (*rest.at == '?') {
        rest.at++;
        part = cut(&rest, "#", &stop);
        s->uri->query = keep(s, part);
        s->uri->params = params;
        if (split_params(s, part, params) < 0)
            return -1;
        if (!stop)
            return 0;
    } else if (*rest.at == '#') {
        rest.at++;
    } else {
        return 0;
    }
    s->uri->fragment = decode(s, rest);
    return s->uri->fragment ? 0 : -1;
}

struct vir_uri *
vir_uri_parse(const char *text)
{
    struct splitter s = { .text = text };
    size_t len = strnlen(text, VIR_URI_MAX + 1);
    struct vir_uri_param *params;

    if (len > VIR_URI_MAX) {
        bad(&s, "it is longer than 8192 bytes");
        return NULL;
    }
    /* No decoded part is longer than its escaped form; the query stands there
     * twice, whole and as parameters, and each part has a NUL of its own. */
    s.uri = vir_alloc(sizeof(*s.uri) + VIR_URI_PARAMS_MAX * sizeof(*params) +
                      2 * len + 2 * VIR_URI_PARAMS_MAX + 16);
    params = (struct vir_uri_param *)(s.uri + 1);
    s.out = (char *)(params + VIR_URI_PARAMS_MAX);
    if (split(&s, params) < 0) {
        free(s.uri);
        return NULL;
    }
    return s.uri;
}
