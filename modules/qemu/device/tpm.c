/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Trusted platform modules: the host's, or a program's, which stores what it keeps
 * below the directory of guests' definitions as long as the guest is known.
 */
#include "device/offer.h"
#include "device/pieces.h"
#include "host/swtpm.h"
#include "qmp/qmp.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool
is_emulated(const struct qemu_tpm_def *tpm)
{
    return tpm->backend.type == QEMU_TPM_BACKEND_TYPE_EMULATOR;
}

/* ---- completing, rules ------------------------------------------------------------------------------- */

/* Which version an emulated one is: the older where it is not said, but for a chip that only the newer has. */
static void
complete_version(struct qemu_tpm_def *tpm)
{
    if (is_emulated(tpm) && !tpm->backend.version)
        tpm->backend.version = tpm->model == QEMU_TPM_MODEL_TPM_CRB ? QEMU_TPM_BACKEND_VERSION_2_0
            : QEMU_TPM_BACKEND_VERSION_1_2;
}

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_tpm_def *tpm = dev;

    (void)board;
    if (!tpm->model)
        tpm->model = QEMU_TPM_MODEL_TPM_TIS;
    complete_version(tpm);
    if (tpm->backend.type != QEMU_TPM_BACKEND_TYPE_PASSTHROUGH)
        return 0;
    tpm->backend.device.present = true;
    if (!tpm->backend.device.path)
        tpm->backend.device.path = vir_strdup("/dev/tpm0");
    return 0;
}

static int
check_emulated(const struct qemu_tpm_def *tpm)
{
    if (!qemu_swtpm_is_there()) {
        vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "an emulated TPM of version %s: this host has no swtpm",
                  WORD(tpm_backend_version, tpm->backend.version));
        vir_error_hint("apt-get install swtpm swtpm-tools");
        return -1;
    }
    if (tpm->model == QEMU_TPM_MODEL_TPM_CRB && tpm->backend.version == QEMU_TPM_BACKEND_VERSION_1_2)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a TPM of the model tpm-crb is of version 2.0");
    return 0;
}

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_tpm_def *tpm = dev;

    (void)board;
    if (tpm->model != QEMU_TPM_MODEL_TPM_TIS && tpm->model != QEMU_TPM_MODEL_TPM_CRB)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a PC has no TPM '%s'", WORD(tpm_model, tpm->model));
    if (tpm->backend.type == QEMU_TPM_BACKEND_TYPE_EXTERNAL)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a TPM of the type 'external': this emulator has none");
    return is_emulated(tpm) ? check_emulated(tpm) : 0;
}

static int
check_all(const struct qemu_board *board)
{
    if (board->doc->devices.n_tpms > 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a domain can have one TPM only");
    return 0;
}

/* ---- on the host --------------------------------------------------------------------------------------- */

/* The peer's place for what it stores; the caller frees. */
static char *
state_dir(const struct qemu_domain_def *doc, const struct qemu_tpm_def *tpm)
{
    const struct vir_host *host = qemu_driver.host;
    const char *version = tpm->backend.version == QEMU_TPM_BACKEND_VERSION_2_0 ? "tpm2" : "tpm1.2";
    char uuid[VIR_UUID_STRING_BUFLEN];

    vir_uuid_format(doc->uuid, uuid);
    return host->privileged ? vir_strdup_printf("/var/lib/libvirt/swtpm/%s/%s", uuid, version)
        : vir_strdup_printf("%s/qemu/swtpm/%s/%s", host->config_dir, uuid, version);
}

/* NULL: those that there are. */
static char *
banks_of(const struct qemu_tpm_def *tpm)
{
    const struct { bool used; const char *name; } banks[] = {
        { tpm->backend.active_pcr_banks.sha1, "sha1" }, { tpm->backend.active_pcr_banks.sha256, "sha256" },
        { tpm->backend.active_pcr_banks.sha384, "sha384" }, { tpm->backend.active_pcr_banks.sha512, "sha512" },
    };
    struct vir_buf buf = { 0 };

    for (size_t i = 0; i < sizeof(banks) / sizeof(banks[0]); i++)
        if (banks[i].used)
            vir_buf_addf(&buf, "%s%s", buf.len ? "," : "", banks[i].name);
    return buf.text ? vir_buf_steal(&buf) : NULL;
}

static int
host_open(const struct qemu_board *board, void *dev)
{
    const struct qemu_tpm_def *tpm = dev;
    const struct qemu_domain_def *doc = board->doc;
    VIR_AUTO_FREE char *dir = state_dir(doc, tpm), *socket = qemu_own_socket(doc, "swtpm"), *banks = banks_of(tpm);
    VIR_AUTO_FREE char *log = vir_strdup_printf("%s/%s-swtpm.log", qemu_driver.log.path, doc->name);
    VIR_AUTO_FREE char *owner = NULL;
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (!is_emulated(tpm))
        return 0;
    vir_uuid_format(doc->uuid, uuid);
    owner = vir_strdup_printf("%s:%s", doc->name, uuid);
    return qemu_swtpm_start(&(struct qemu_swtpm){ dir, socket, log, owner,
                                                  tpm->backend.version == QEMU_TPM_BACKEND_VERSION_2_0, banks });
}

static void
host_close(const struct qemu_board *board, const void *dev)
{
    VIR_AUTO_FREE char *socket = qemu_own_socket(board->doc, "swtpm");

    if (is_emulated(dev))
        qemu_swtpm_end(socket);
}

static void
forget(const struct qemu_board *board, const void *dev, bool all)
{
    const struct qemu_tpm_def *tpm = dev;
    VIR_AUTO_FREE char *dir = state_dir(board->doc, tpm);

    if (is_emulated(tpm) && (all || tpm->backend.persistent_state != VIR_XML_YES))
        qemu_swtpm_forget(dir);
}

static bool
offer(struct qemu_offer *offer)
{
    bool tis = qemu_emulator_makes(offer->emulator, "tpm-tis"), crb = qemu_emulator_makes(offer->emulator, "tpm-crb");

    if (!tis && !crb)
        return false;
    qemu_offer_begin(offer, "model");
    qemu_offer_word(offer, "tpm-tis", tis);
    qemu_offer_word(offer, "tpm-crb", crb);
    qemu_offer_end(offer);
    qemu_offer_begin(offer, "backendModel");
    qemu_offer_word(offer, "passthrough", qemu_emulator_makes(offer->emulator, "tpm-passthrough"));
    qemu_offer_word(offer, "emulator", qemu_emulator_makes(offer->emulator, "tpm-emulator"));
    qemu_offer_end(offer);
    qemu_offer_begin(offer, "backendVersion");
    qemu_offer_word(offer, "1.2", true);
    qemu_offer_word(offer, "2.0", true);
    qemu_offer_end(offer);
    return true;
}

static int
startable(const struct qemu_board *board, const void *dev)
{
    const struct qemu_tpm_def *tpm = dev;

    (void)board;
    if (is_emulated(tpm) || access(tpm->backend.device.path, R_OK | W_OK) == 0)
        return 0;
    return vir_error_errno(errno, "the host's TPM '%s'", tpm->backend.device.path);
}

/* ---- for QEMU --------------------------------------------------------------------------------------------- */

static void
add_chardev(const struct qemu_domain_def *doc, struct qemu_pieces *pieces)
{
    struct json_object *args = qemu_object("id", "chrtpm"), *backend = qemu_object("type", "socket");
    struct json_object *data = qmp_new_object(), *at = qemu_object("type", "unix");
    VIR_AUTO_FREE char *socket = qemu_own_socket(doc, "swtpm");

    qmp_add(at, "data", qemu_object("path", socket));
    qmp_add(data, "addr", at);
    qemu_put_bool(data, "server", false);
    qmp_add(backend, "data", data);
    qmp_add(args, "backend", backend);
    qemu_pieces_add(pieces, QEMU_CHARDEV, args);
}

/* Not JSON: QEMU's -tpmdev takes none. */
static void
add_backend(const struct qemu_tpm_def *tpm, const char *id, struct qemu_pieces *pieces)
{
    struct vir_buf buf = { 0 };

    if (is_emulated(tpm)) {
        vir_buf_addf(&buf, "emulator,id=%s,chardev=chrtpm", id);
    } else {
        vir_buf_addf(&buf, "passthrough,id=%s,path=", id);
        qemu_buf_add_text(&buf, tpm->backend.device.path);
    }
    qemu_pieces_option(pieces, "-tpmdev", buf.text);
    vir_buf_free(&buf);
}

static int
build(const struct qemu_board *board, const void *dev, struct qemu_pieces *pieces)
{
    const struct qemu_tpm_def *tpm = dev;
    VIR_AUTO_FREE char *id = vir_strdup_printf("tpm-%s", tpm->device.alias.name);
    struct json_object *device = qemu_object("driver", WORD(tpm_model, tpm->model));

    if (is_emulated(tpm))
        add_chardev(board->doc, pieces);
    add_backend(tpm, id, pieces);
    qemu_put(device, "tpmdev", id);
    qemu_put(device, "id", tpm->device.alias.name);
    qemu_pieces_add(pieces, QEMU_DEVICE, device);
    return 0;
}

const struct qemu_device_type qemu_device_tpm = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_TPM],
    .complete = complete, .check = check, .check_all = check_all, .offer = offer, .startable = startable, .alias = "tpm",
    .host_open = host_open, .host_close = host_close, .forget = forget, .build = build, .soldered = true,
};
