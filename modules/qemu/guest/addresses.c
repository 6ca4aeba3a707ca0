/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The network cards that a guest has, as its agent tells: those that it has several names for, like eth0:1, are one.
 */
#include "guest/addresses.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_CARDS = 2048, MAX_ADDRESSES = 2048 };        /* what the wire takes; addresses of one card */

void
qemu_guest_cards_free(struct qemu_guest_cards *cards)
{
    for (size_t i = 0; i < cards->n; i++)
        virDomainInterfaceFree(cards->list[i]);
    free(cards->list);
    *cards = (struct qemu_guest_cards){ 0 };
}

static virDomainInterfacePtr
card_named(struct qemu_guest_cards *cards, const char *name, const char *mac)
{
    size_t len = strcspn(name, ":");
    virDomainInterfacePtr card;

    for (size_t i = 0; i < cards->n; i++)
        if (strncmp(cards->list[i]->name, name, len) == 0 && !cards->list[i]->name[len])
            return cards->list[i];
    card = VIR_NEW(virDomainInterface);
    card->name = vir_strndup(name, len);
    card->hwaddr = vir_strdup(mac);
    cards->list = vir_realloc_array(cards->list, cards->n + 1, sizeof(*cards->list));
    cards->list[cards->n++] = card;
    return card;
}

static int
add_address(virDomainInterfacePtr card, struct json_object *value)
{
    const char *text = qmp_get_string(value, "ip-address"), *type = qmp_get_string(value, "ip-address-type");
    bool six = type && strcmp(type, "ipv6") == 0;
    uint64_t prefix = qmp_get_uint(value, "prefix", 128, UINT64_MAX);
    virDomainIPAddressPtr address;

    if (!type || (!six && strcmp(type, "ipv4") != 0))
        return qemu_agent_nonsense(type ? "unknown ip address type of interface '%s'"
                                        : "qemu agent didn't provide 'ip-address-type' field for interface '%s'", card->name);
    if (!text)
        return qemu_agent_nonsense("qemu agent didn't provide 'ip-address' field for interface '%s'", card->name);
    if (prefix == UINT64_MAX)
        return qemu_agent_nonsense("malformed 'prefix' field of interface '%s'", card->name);
    if (card->naddrs == MAX_ADDRESSES)
        return qemu_agent_nonsense("interface '%s' has more than %d addresses", card->name, MAX_ADDRESSES);
    card->addrs = vir_realloc_array(card->addrs, card->naddrs + 1, sizeof(*card->addrs));
    address = &card->addrs[card->naddrs++];
    *address = (virDomainIPAddress){ .type = six ? VIR_IP_ADDR_TYPE_IPV6 : VIR_IP_ADDR_TYPE_IPV4,
                                     .addr = vir_strdup(text), .prefix = (unsigned int)prefix };
    return 0;
}

static int
take_card(struct qemu_guest_cards *cards, struct json_object *value)
{
    const char *name = qmp_get_string(value, "name");
    struct json_object *list = qmp_get(value, "ip-addresses");
    virDomainInterfacePtr card;
    size_t n;

    if (!name)
        return qemu_agent_nonsense("qemu agent didn't provide 'name' field");
    card = card_named(cards, name, qmp_get_string(value, "hardware-address"));
    if (!list)
        return 0;
    if (!json_object_is_type(list, json_type_array))
        return qemu_agent_nonsense("qemu agent didn't return an array of IP addresses");
    n = json_object_array_length(list);
    for (size_t i = 0; i < n; i++)
        if (add_address(card, json_object_array_get_idx(list, i)) < 0)
            return -1;
    return 0;
}

enum qemu_agent_end
qemu_guest_cards(struct qemu_domain *domain, struct qemu_guest_cards *ret)
{
    struct qemu_guest_cards cards = { 0 };
    struct json_object *value = NULL;
    enum qemu_agent_end end = qemu_agent_ask(domain, "guest-network-get-interfaces", NULL, &value);
    size_t n;

    if (end != QEMU_AGENT_ANSWERED)
        return end;
    n = json_object_is_type(value, json_type_array) ? json_object_array_length(value) : SIZE_MAX;
    if (n > MAX_CARDS)
        end = qemu_agent_nonsense("qemu agent didn't return an array of interfaces");
    for (size_t i = 0; end == QEMU_AGENT_ANSWERED && i < n; i++)
        if (take_card(&cards, json_object_array_get_idx(value, i)) < 0)
            end = QEMU_AGENT_FAILED;
    json_object_put(value);
    if (end == QEMU_AGENT_ANSWERED)
        *ret = cards;
    else
        qemu_guest_cards_free(&cards);
    return end;
}
