/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain's state in files: saved, restored, dumped. */
#include "rows/image.h"

int
run_save(struct shell *vsh, const struct save_args *args)
{
    const int result = args->flags || args->xml
        ? virDomainSaveFlags(args->domain, args->file, args->xml, args->flags)
        : virDomainSave(args->domain, args->file);

    if (result < 0)
        return shell_error(vsh, "Failed to save domain '%s' to %s", args->domain_text, args->file);
    shell_print_extra(vsh, "\nDomain '%s' saved to %s\n", args->domain_text, args->file);
    return 0;
}

int
run_restore(struct shell *vsh, const struct restore_args *args)
{
    const int result = args->flags || args->xml
        ? virDomainRestoreFlags(vsh->conn, args->file, args->xml, args->flags)
        : virDomainRestore(vsh->conn, args->file);

    return shell_did(vsh, result, args->file, "Domain restored from %s\n", "Failed to restore domain from %s");
}

int
run_dump(struct shell *vsh, const struct dump_args *args)
{
    const int result = args->format >= 0
        ? virDomainCoreDumpWithFormat(args->domain, args->file, (unsigned int)args->format, args->flags)
        : virDomainCoreDump(args->domain, args->file, args->flags);

    if (result < 0)
        return shell_error(vsh, "Failed to core dump domain '%s' to %s", args->domain_text, args->file);
    shell_print_extra(vsh, "\nDomain '%s' dumped to %s\n", args->domain_text, args->file);
    return 0;
}

int
run_managedsave_remove(struct shell *vsh, const struct managedsave_remove_args *args)
{
    const int saved = virDomainHasManagedSaveImage(args->domain, 0);

    if (saved < 0)
        return shell_error(vsh, "Failed to check for domain managed save image");
    if (saved == 0) {
        shell_print_extra(vsh, "Domain '%s' has no manage save image; removal skipped", args->domain_text);
        return 0;
    }
    return shell_did(vsh, virDomainManagedSaveRemove(args->domain, 0), args->domain_text,
                     "Removed managedsave image for domain '%s'",
                     "Failed to remove managed save image for domain '%s'");
}

int
run_save_image_define(struct shell *vsh, const struct save_image_define_args *args)
{
    return shell_did(vsh, virDomainSaveImageDefineXML(vsh->conn, args->file, args->xml, args->flags), args->file,
                     "State file %s updated.\n", "Failed to update %s");
}
