/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the library says of a login that failed, without what is the same in each
 * sentence, and what mends it.  Of Kerberos it says "GSSAPI Error: KIND (CAUSE)".
 */
#include "sasl-words.h"

#include <stdio.h>
#include <string.h>

#include "sasl.h"

static const struct {
    const char *said;
    bool server;                        /* at which end it is said */
    const char *remedy;
} remedies[] = {
    { "No Kerberos credentials available", false, "get a ticket: kinit USER@REALM; 'klist' shows what there is" },
    { "No credentials cache found", false, "get a ticket: kinit USER@REALM; 'klist' shows what there is" },
    { "Credentials cache", false, "get a ticket: kinit USER@REALM; 'klist' shows what there is" },
    { "context has expired", false, "get a new ticket: kinit USER@REALM; 'klist' shows until when the old one was good" },
    { "icket expired", false, "get a new ticket: kinit USER@REALM; 'klist' shows until when the old one was good" },
    { "not found in Kerberos database", false, "name the host in the URI as its realm does; if the realm does not have it: "
      "kadmin -q 'addprinc -randkey libvirt/HOST', and the keytab there" },
    { "Cannot contact any KDC", false, "see the realm's 'kdc' in /etc/krb5.conf, and whether a firewall lets port 88 through" },
    { "Cannot find KDC", false, "name the realm's 'kdc' in /etc/krb5.conf, or get a ticket of the host's realm: "
      "kinit USER@REALM" },
    { "default realm", false, "name 'default_realm' and its 'kdc' in /etc/krb5.conf" },
    { "Clock skew too great", false, "set the clocks of both hosts: timedatectl set-ntp true" },
    { "Clock skew too great", true, "set the clocks of both hosts: timedatectl set-ntp true" },
    { "No worthy mechs found", false, "of the mechanisms that the server offers none is installed here (for Kerberos: "
      "apt install libsasl2-modules-gssapi-mit), or none encrypts and the connection does not, either (use TLS)" },
    { "no mechanism available", true, "of 'mech_list' in /etc/sasl2/libvirt.conf none can be used: it is not installed (for "
      "Kerberos: apt install libsasl2-modules-gssapi-mit), its file cannot be read (keytab), or it does not "
      "encrypt as tcp_min_ssf wants it over TCP (gssapi does; scram-sha-256 needs TLS)" },
    { "not found in keytab", true, "the keytab is older than the realm's key: kadmin -q 'ktadd -k /etc/libvirt/krb5.tab "
      "libvirt/HOST'; and clients get a new ticket" },
    { "Wrong principal", true, "the keytab has no key for the name that the client asks for: kadmin -q 'ktadd -k "
      "/etc/libvirt/krb5.tab libvirt/HOST', and 'ignore_acceptor_hostname = true' in /etc/krb5.conf takes each key of the file" },
    { "No key table entry", true, "put the host's key there, under its whole name: kadmin -q 'ktadd -k /etc/libvirt/krb5.tab "
      "libvirt/HOST'; 'ignore_acceptor_hostname = true' in /etc/krb5.conf takes each key of the file" },
    { "Key table", true, "put the host's key where 'keytab' in /etc/sasl2/libvirt.conf says: kadmin -q 'ktadd -k "
      "/etc/libvirt/krb5.tab libvirt/HOST'" },
    { "eytab", true, "put the host's key where 'keytab' in /etc/sasl2/libvirt.conf says: kadmin -q 'ktadd -k "
      "/etc/libvirt/krb5.tab libvirt/HOST'" },
    { "no secret in database", true, "add the user for this mechanism: saslpasswd2 -a libvirt NAME" },
    { "unable to canon", true, "add the user: saslpasswd2 -a libvirt NAME" },
    { "user not found", true, "add the user: saslpasswd2 -a libvirt NAME" },
    { "Password verification failed", true, "if the password is right, see whether saslauthd runs and knows the user: "
      "testsaslauthd -s libvirt -u NAME -p PASSWORD" },
};

const char *
rpc_sasl_remedy(const char *why, bool server)
{
    for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
        if (remedies[i].server == server && strstr(why, remedies[i].said))
            return remedies[i].remedy;
    return NULL;
}

void
rpc_sasl_say(char *why, const char *what, const char *detail)
{
    static const char gssapi[] = "GSSAPI Error: ";
    const char *start = strncmp(detail, "SASL(", 5) == 0 ? strstr(detail, "): ") : NULL;
    const char *kerberos = strstr(detail, gssapi), *minor = kerberos ? strstr(kerberos, " (") : NULL;

    start = start ? start + 3 : detail;
    if (strncmp(start, "successful result: ", 19) == 0)
        start += 19;
    if (!minor)
        snprintf(why, RPC_SASL_WHY, "%s%s", what, start);
    else if (strncmp(minor, " ()", 3) == 0 || strncmp(minor, " (Success", 9) == 0 || strncmp(minor, " (Unknown", 9) == 0)
        snprintf(why, RPC_SASL_WHY, "%sKerberos: %.*s", what, (int)(minor - kerberos - (sizeof(gssapi) - 1)),
                 kerberos + sizeof(gssapi) - 1);
    else
        snprintf(why, RPC_SASL_WHY, "%sKerberos: %.*s", what, (int)strlen(minor + 2) - 1, minor + 2);
}
