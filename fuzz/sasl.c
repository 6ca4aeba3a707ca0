/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A login by SASL of which the other end says anything.  The first byte chooses
 * our end, the next the mechanism; then come turns: two bytes of length (both
 * ones: no data), and the data.  Or the input is what the library says.
 */
#include <stdlib.h>
#include <string.h>

#include <libvirt/module.h>

#include "rpc/sasl-words.h"
#include "rpc/sasl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* The plug-ins of Cyrus leak what comes twice.  That of CRAM-MD5 is not tried: the library reads beyond what it says. */
const char *
__lsan_default_suppressions(void)
{
    return "leak:libdigestmd5\nleak:libscram\nleak:libplain\nleak:libcrammd5\n";
}

static const char *const mechanisms[] = { "SCRAM-SHA-256", "DIGEST-MD5", "PLAIN", "SCRAM-SHA-1", "ANONYMOUS", "EXTERNAL", "NO",
                                          "SCRAM-SHA-256,DIGEST-MD5" };

/* The next turn's data; false: there is none. */
static bool
next(const uint8_t **data, size_t *size, struct rpc_sasl_data *turn)
{
    size_t len;

    if (*size < 2)
        return false;
    len = (size_t)(*data)[0] << 8 | (*data)[1];
    *data += 2;
    *size -= 2;
    *turn = (struct rpc_sasl_data){ NULL, 0 };
    if (len == 0xffff)
        return true;
    if (len > *size)
        len = *size;
    *turn = (struct rpc_sasl_data){ (const char *)*data, (unsigned int)len };
    *data += len;
    *size -= len;
    return true;
}

static int
ask(struct rpc_sasl_question *questions, size_t n, void *opaque)
{
    (void)opaque;
    for (size_t i = 0; i < n; i++)
        questions[i].answer = vir_strdup("answer");
    return 0;
}

static void
check_why(const char *why, bool server)
{
    if (strnlen(why, RPC_SASL_WHY) == RPC_SASL_WHY)
        abort();
    rpc_sasl_remedy(why, server);
}

static void
converse(const struct rpc_sasl_part *part, bool server, const char *mechanism, const uint8_t *data, size_t size)
{
    const struct rpc_sasl_way way = { .encrypted = 256, .local = "127.0.0.1;1", .remote = "127.0.0.1;2" };
    char why[RPC_SASL_WHY] = "";
    struct rpc_sasl *sasl = server ? part->server(&way, why) : part->client("localhost", &way, ask, NULL, why);
    enum rpc_sasl_turn turn = RPC_SASL_GOES_ON;
    struct rpc_sasl_data in = { NULL, 0 }, out;
    const char *chosen;
    unsigned int bits;

    if (!sasl)
        abort();
    if (size & 1)                       /* a step before the start */
        turn = part->step(sasl, &in, &out, why);
    else if (!server || next(&data, &size, &in))
        turn = part->begin(sasl, mechanism, &in, &out, &chosen, why);
    while (turn == RPC_SASL_GOES_ON && next(&data, &size, &in))
        turn = part->step(sasl, &in, &out, why);
    if (turn == RPC_SASL_FAILED)
        check_why(why, server);
    else if (turn == RPC_SASL_DONE && server)
        abort();                        /* nobody is known here */
    part->strong(sasl, &bits);
    part->free(sasl);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *reason;
    const struct rpc_sasl_part *part = rpc_sasl_part(&reason);
    char why[RPC_SASL_WHY], *text;

    if (!part || size < 2)              /* built without SASL */
        return 0;
    setenv("SASL_CONF_PATH", "/nonexistent", 1);
    if (data[0] & 2) {
        text = strndup((const char *)data + 1, size - 1);
        rpc_sasl_say(why, "cannot begin: ", text);
        check_why(why, data[0] & 1);
        free(text);
    } else {
        converse(part, data[0] & 1, mechanisms[data[1] % (sizeof(mechanisms) / sizeof(mechanisms[0]))], data + 2, size - 2);
    }
    virResetLastError();
    return 0;
}
