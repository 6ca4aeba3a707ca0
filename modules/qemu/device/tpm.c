/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Trusted platform modules; none is started yet.
 */
#include "device/device.h"

/* Which version an emulated one is: the older where it is not said, but for a chip that only the newer has. */
static const char *
version_of(const struct qemu_tpm_def *tpm)
{
    enum qemu_tpm_backend_version version = tpm->backend.version;

    return version ? WORD(tpm_backend_version, version) : tpm->model == QEMU_TPM_MODEL_TPM_CRB ? "2.0" : "1.2";
}

static int
complete(struct qemu_board *board, void *dev)
{
    struct qemu_tpm_def *tpm = dev;

    (void)board;
    if (!tpm->model)
        tpm->model = QEMU_TPM_MODEL_TPM_TIS;
    if (tpm->backend.type != QEMU_TPM_BACKEND_TYPE_PASSTHROUGH)
        return 0;
    tpm->backend.device.present = true;
    if (!tpm->backend.device.path)
        tpm->backend.device.path = vir_strdup("/dev/tpm0");
    return 0;
}

static int
check(const struct qemu_board *board, const void *dev)
{
    const struct qemu_tpm_def *tpm = dev;

    (void)board;
    if (tpm->model != QEMU_TPM_MODEL_TPM_TIS && tpm->model != QEMU_TPM_MODEL_TPM_CRB)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a PC has no TPM '%s'", WORD(tpm_model, tpm->model));
    if (tpm->backend.type == QEMU_TPM_BACKEND_TYPE_EMULATOR)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "an emulated TPM of version %s: this driver runs no swtpm yet",
                         version_of(tpm));
    if (tpm->backend.type == QEMU_TPM_BACKEND_TYPE_EXTERNAL)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a TPM of the type 'external': this emulator has none");
    return 0;
}

static int
check_all(const struct qemu_board *board)
{
    if (board->doc->devices.n_tpms > 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a domain can have one TPM only");
    return 0;
}

const struct qemu_device_type qemu_device_tpm = {
    .list = &qemu_domain_device_lists[QEMU_DOMAIN_DEVICE_LIST_TPM],
    .complete = complete, .check = check, .check_all = check_all, .soldered = true,
};
