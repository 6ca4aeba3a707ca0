/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates checked: dates, what they may be used for, who signed them. */
#include "certificate.h"

#include <libvirt/module-base.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define LEAST_BITS 2048                 /* of an RSA key */

/* What a certificate is for. */
enum role { CA, SERVER, CLIENT };

static const struct role_words {
    const char *noun, *line, *purpose;  /* the line of certtool's template that makes it one */
    unsigned int usage;
    const char *usage_line;
} roles[] = {
    [CA] = { "CA", "ca", NULL, GNUTLS_KEY_KEY_CERT_SIGN, "cert_signing_key" },
    [SERVER] = { "server", "tls_www_server", GNUTLS_KP_TLS_WWW_SERVER, GNUTLS_KEY_DIGITAL_SIGNATURE, "signing_key" },
    [CLIENT] = { "client", "tls_www_client", GNUTLS_KP_TLS_WWW_CLIENT, GNUTLS_KEY_DIGITAL_SIGNATURE, "signing_key" },
};

struct check {
    const struct rpc_tls_files *files;
    rpc_tls_found_fn found;
    void *opaque;
    unsigned int grave;
};

/* A certificate in question. */
struct one {
    struct check *check;
    enum role role;
    const char *file;                   /* NULL: the other end's, which has no hint */
    gnutls_x509_crt_t crt;
};

struct pile {
    gnutls_x509_crt_t *crts;
    unsigned int n;
};

/* ---- telling ------------------------------------------------------------------- */

static void
hand_over(struct check *check, struct rpc_tls_finding *finding)
{
    check->grave += finding->grave;
    check->found(finding, check->opaque);
}

/* The command that makes the certificate anew, behind what else is to be said. */
static void __attribute__((format(printf, 3, 4)))
mend(const struct one *one, char *hint, const char *fmt, ...)
{
    const struct rpc_tls_files *files = one->check->files;
    const char *noun = roles[one->role].noun;
    va_list args;
    int n;

    *hint = '\0';
    if (!one->file)
        return;
    va_start(args, fmt);
    n = vsnprintf(hint, RPC_TLS_HINT, fmt, args);
    va_end(args);
    if (n < 0 || n >= RPC_TLS_HINT)
        return;
    hint += n;
    if (one->role == CA)
        snprintf(hint, RPC_TLS_HINT - (size_t)n, "certtool --generate-self-signed --load-privkey cakey.pem "
                 "--template ca.info --outfile %s", one->file);
    else
        snprintf(hint, RPC_TLS_HINT - (size_t)n, "certtool --generate-certificate --load-privkey %s "
                 "--load-ca-certificate %s --load-ca-privkey cakey.pem --template %s.info --outfile %s",
                 files->key, files->ca, noun, one->file);
}

static void __attribute__((format(printf, 4, 5)))
tell(const struct one *one, bool grave, const char *hint, const char *fmt, ...)
{
    struct rpc_tls_finding finding = { .grave = grave };
    int n = one->file ? snprintf(finding.text, sizeof(finding.text), "the %s certificate %s ", roles[one->role].noun,
                                 one->file)
                      : snprintf(finding.text, sizeof(finding.text), "its certificate ");
    va_list args;

    if (n >= 0 && (size_t)n < sizeof(finding.text)) {
        va_start(args, fmt);
        vsnprintf(finding.text + n, sizeof(finding.text) - (size_t)n, fmt, args);
        va_end(args);
    }
    snprintf(finding.hint, sizeof(finding.hint), "%s", hint);
    hand_over(one->check, &finding);
}

static const char *
day_of(time_t when, char day[32])
{
    struct tm tm;

    if (!gmtime_r(&when, &tm) || strftime(day, 32, "%Y-%m-%d %H:%M UTC", &tm) == 0)
        snprintf(day, 32, "a day without name");
    return day;
}

/* ---- one certificate --------------------------------------------------------------- */

static void
check_dates(const struct one *one)
{
    time_t now = time(NULL), from = gnutls_x509_crt_get_activation_time(one->crt),
        until = gnutls_x509_crt_get_expiration_time(one->crt);
    char hint[RPC_TLS_HINT], day[32];

    if (until != (time_t)-1 && until < now) {
        mend(one, hint, "make it anew: ");
        tell(one, true, hint, "has expired on %s", day_of(until, day));
    }
    if (from != (time_t)-1 && from > now) {
        mend(one, hint, "if this host's clock is slow: timedatectl set-ntp true; else make it anew: ");
        tell(one, true, hint, "is not valid before %s", day_of(from, day));
    }
}

static void
check_ca(const struct one *one)
{
    unsigned int is_ca = 0;
    int rc = gnutls_x509_crt_get_basic_constraints(one->crt, NULL, &is_ca, NULL);
    char hint[RPC_TLS_HINT];

    if (one->role == CA && (rc < 0 || !is_ca)) {
        mend(one, hint, "make it anew, with the line 'ca' in ca.info: ");
        tell(one, true, hint, rc < 0 ? "has no basic constraints that make it a CA's" : "is not a CA's");
    } else if (one->role != CA && rc >= 0 && is_ca) {
        mend(one, hint, "sign one without the line 'ca' in %s.info: ", roles[one->role].noun);
        tell(one, true, hint, "is a CA's, not a %s's", roles[one->role].noun);
    }
}

/* A use that the certificate does not name is grave only where it says so (critical). */
static void
check_usage(const struct one *one)
{
    const struct role_words *words = &roles[one->role];
    unsigned int usage, critical = 0;
    char hint[RPC_TLS_HINT];

    if (gnutls_x509_crt_get_key_usage(one->crt, &usage, &critical) < 0 || (usage & words->usage))
        return;                         /* it is not said: all are allowed */
    mend(one, hint, "make it anew, with the line '%s' in %s.info: ", words->usage_line, words->noun);
    tell(one, critical, hint, one->role == CA ? "may not be used to sign certificates (its key usage)"
                                              : "may not be used to sign (its key usage)");
}

static void
check_purpose(const struct one *one)
{
    const struct role_words *words = &roles[one->role];
    char hint[RPC_TLS_HINT], oid[128];
    unsigned int critical = 0, any_critical = 0;

    for (unsigned int i = 0; ; i++) {
        size_t size = sizeof(oid);
        int rc = gnutls_x509_crt_get_key_purpose_oid(one->crt, i, oid, &size, &critical);

        if (rc < 0 && (rc != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE || i == 0))
            return;                     /* it is not said: all are allowed */
        if (rc < 0)
            break;
        any_critical |= critical;
        if (strcmp(oid, words->purpose) == 0 || strcmp(oid, GNUTLS_KP_ANY) == 0)
            return;
    }
    mend(one, hint, "make it anew, with the line '%s' in %s.info: ", words->line, words->noun);
    tell(one, any_critical, hint, "is not for a %s (its key purpose)", words->noun);
}

static void
check_strength(const struct one *one)
{
    char hint[RPC_TLS_HINT];
    unsigned int bits = 0;

    if (gnutls_x509_crt_get_pk_algorithm(one->crt, &bits) != GNUTLS_PK_RSA || bits >= LEAST_BITS)
        return;
    mend(one, hint, "make a key: certtool --generate-privkey --key-type rsa --bits 3072 --outfile %s; and sign it: ",
         one->role == CA ? "cakey.pem" : one->check->files->key);
    tell(one, false, hint, "has a weak key of %u bits", bits);
}

static void
check_one(const struct one *one)
{
    check_dates(one);
    check_ca(one);
    check_usage(one);
    if (one->role != CA)
        check_purpose(one);
    check_strength(one);
}

/* ---- files ------------------------------------------------------------------------------ */

static void
clear_pile(struct pile *pile)
{
    for (unsigned int i = 0; i < pile->n; i++)
        gnutls_x509_crt_deinit(pile->crts[i]);
    gnutls_free(pile->crts);
}

static int
read_pile(const char *path, struct pile *ret)
{
    gnutls_datum_t data = { NULL, 0 };
    struct pile pile = { NULL, 0 };
    int rc = gnutls_load_file(path, &data);

    if (rc >= 0)
        rc = gnutls_x509_crt_list_import2(&pile.crts, &pile.n, &data, GNUTLS_X509_FMT_PEM, 0);
    gnutls_free(data.data);
    if (rc < 0)
        return rc;
    *ret = pile;
    return 0;
}

static int
read_or_tell(struct check *check, enum role role, const char *path, struct pile *ret)
{
    const struct one one = { check, role, path, NULL };
    char hint[RPC_TLS_HINT];
    int rc = read_pile(path, ret);

    if (rc == 0)
        return 0;
    if (rc == GNUTLS_E_FILE_ERROR)
        snprintf(hint, sizeof(hint), "see who may read it: ls -lL %s", path);
    else
        mend(&one, hint, "it must be PEM, see 'certtool -i --infile %s', or make it anew: ", path);
    tell(&one, true, hint, "cannot be read: %s", gnutls_strerror(rc));
    return -1;
}

static void
clear_crls(gnutls_x509_crl_t *crls, unsigned int n)
{
    for (unsigned int i = 0; i < n; i++)
        gnutls_x509_crl_deinit(crls[i]);
    gnutls_free(crls);
}

/* A broken list is told by who loads it. */
static gnutls_x509_crl_t *
read_crls(const char *path, unsigned int *ret_n)
{
    gnutls_datum_t data = { NULL, 0 };
    gnutls_x509_crl_t *crls = NULL;
    bool good = path && gnutls_load_file(path, &data) >= 0 &&
        gnutls_x509_crl_list_import2(&crls, ret_n, &data, GNUTLS_X509_FMT_PEM, 0) >= 0;

    gnutls_free(data.data);
    if (good)
        return crls;
    *ret_n = 0;
    return NULL;
}

/* ---- who signed it --------------------------------------------------------------------------- */

static void
tell_signer(const struct one *one, unsigned int status)
{
    const struct rpc_tls_files *files = one->check->files;
    VIR_AUTO_FREE char *issuer = NULL;
    gnutls_datum_t dn = { NULL, 0 }, text = { NULL, 0 };
    char hint[RPC_TLS_HINT];

    if (status & GNUTLS_CERT_REVOKED) {
        mend(one, hint, "sign a new one: ");
        tell(one, false, hint, "has been revoked by %s: others will refuse it", files->crl);
        return;
    }
    if (status & GNUTLS_CERT_INSECURE_ALGORITHM) {
        mend(one, hint, "sign it anew, by SHA-256, with a strong key of the CA: ");
        tell(one, true, hint, "is signed by a weak algorithm (%s)",
             gnutls_sign_get_name(gnutls_x509_crt_get_signature_algorithm(one->crt)));
        return;
    }
    if (status & (GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA | GNUTLS_CERT_SIGNATURE_FAILURE)) {
        if (gnutls_x509_crt_get_issuer_dn2(one->crt, &dn) >= 0)
            issuer = vir_strdup((const char *)dn.data);
        gnutls_free(dn.data);
        mend(one, hint, "append the certificate of who signed it: cat intermediate.pem >>%s; or sign it anew: ",
             one->file);
        tell(one, true, hint, "was not signed by the CA of %s, but by '%s'", files->ca, issuer ? issuer : "nobody");
        return;
    }
    gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0);
    mend(one, hint, "see 'certtool -i --infile %s', or make it anew: ", one->file);
    tell(one, true, hint, "does not pass: %s", text.data ? (const char *)text.data : "");
    gnutls_free(text.data);
}

static void
check_signer(const struct one *one, const struct pile *chain, const struct pile *ca)
{
    const unsigned int dates = GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED;
    unsigned int n_crls, status = 0;
    gnutls_x509_crl_t *crls = read_crls(one->check->files->crl, &n_crls);
    int rc = gnutls_x509_crt_list_verify(chain->crts, chain->n, ca->crts, ca->n, crls, n_crls, 0, &status);

    clear_crls(crls, n_crls);
    if (rc < 0)
        tell(one, true, "", "cannot be compared with %s: %s", one->check->files->ca, gnutls_strerror(rc));
    else if (status & ~(dates | GNUTLS_CERT_INVALID))
        tell_signer(one, status);
    else if (status & dates && gnutls_x509_crt_get_expiration_time(one->crt) >= time(NULL) &&
             gnutls_x509_crt_get_activation_time(one->crt) <= time(NULL))
        tell_signer(one, status);       /* another of the chain's */
}

/* ---- all of it ----------------------------------------------------------------------------------- */

/* What others can read is no secret. */
static void
check_key(struct check *check)
{
    struct rpc_tls_finding finding = { .grave = false };
    const char *key = check->files->key;
    struct stat st;

    if (stat(key, &st) < 0 || !(st.st_mode & S_IROTH))
        return;
    snprintf(finding.text, sizeof(finding.text), "the server's key %s can be read by everybody", key);
    snprintf(finding.hint, sizeof(finding.hint), "chmod o-r %s", key);
    hand_over(check, &finding);
}

static void
check_own(struct check *check, enum role role, const struct pile *ca)
{
    struct pile chain = { NULL, 0 };
    struct one one = { check, role, check->files->cert, NULL };

    if (read_or_tell(check, role, one.file, &chain) < 0)
        return;
    one.crt = chain.crts[0];
    check_one(&one);
    check_signer(&one, &chain, ca);
    clear_pile(&chain);
}

unsigned int
rpc_certificate_check(bool server, const struct rpc_tls_files *files, rpc_tls_found_fn found, void *opaque)
{
    struct check check = { files, found, opaque, 0 };
    struct pile ca = { NULL, 0 };

    if (read_or_tell(&check, CA, files->ca, &ca) < 0)
        return check.grave;
    for (unsigned int i = 0; i < ca.n; i++)
        check_one(&(struct one){ &check, CA, files->ca, ca.crts[i] });
    if (files->cert && files->key)
        check_own(&check, server ? SERVER : CLIENT, &ca);
    if (server && files->key)
        check_key(&check);
    clear_pile(&ca);
    return check.grave;
}

static void
keep_grave(const struct rpc_tls_finding *finding, void *why)
{
    if (finding->grave)
        snprintf(why, RPC_TLS_WHY, "%s", finding->text);
}

int
rpc_certificate_usable(gnutls_x509_crt_t crt, bool server, char *why)
{
    struct check check = { NULL, keep_grave, why, 0 };
    const struct one one = { &check, server ? SERVER : CLIENT, NULL, crt };

    check_ca(&one);
    check_usage(&one);
    check_purpose(&one);
    return check.grave ? -1 : 0;
}

/* ---- names ------------------------------------------------------------------------------------------ */

char *
rpc_certificate_name(gnutls_x509_crt_t crt)
{
    gnutls_datum_t dn = { NULL, 0 };
    char *name;

    if (gnutls_x509_crt_get_dn2(crt, &dn) < 0)
        return NULL;
    name = vir_strdup((const char *)dn.data);
    gnutls_free(dn.data);
    for (char *p = name; *p; p++)
        if ((unsigned char)*p < ' ' || *p == '\177')
            *p = '?';                   /* no line of a log begins in a name */
    return name;
}

char *
rpc_certificate_name_of_file(const char *path, char *why)
{
    struct pile pile = { NULL, 0 };
    int rc = read_pile(path, &pile);
    char *name = rc < 0 ? NULL : rpc_certificate_name(pile.crts[0]);

    if (rc < 0)
        snprintf(why, RPC_TLS_WHY, "%s: %s", path, gnutls_strerror(rc));
    else if (!name)
        snprintf(why, RPC_TLS_WHY, "%s: the certificate names nobody", path);
    clear_pile(&pile);
    return name;
}
