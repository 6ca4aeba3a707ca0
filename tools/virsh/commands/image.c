/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain's state in files: saved, restored, dumped; and devices from documents. */
#include <stdlib.h>
#include <string.h>

#include "virsh.h"

#define START_BITS { "running", VIR_DOMAIN_SAVE_RUNNING }, { "paused", VIR_DOMAIN_SAVE_PAUSED }

/* --xml FILE, if given; caller frees. */
static int
read_xml(struct virsh *vsh, const struct virsh_call *call, char **ret_xml)
{
    *ret_xml = NULL;
    if (!virsh_text(call, "xml"))
        return 0;
    *ret_xml = virsh_file(vsh, call, "xml");
    return *ret_xml ? 0 : -1;
}

static int
run_save(struct virsh *vsh, const struct virsh_call *call)
{
    const unsigned int flags = VIRSH_BITS(call, { "bypass-cache", VIR_DOMAIN_SAVE_BYPASS_CACHE }, START_BITS);
    const char *file = virsh_text(call, "file");
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    VIR_AUTO_FREE char *xml = NULL;

    if (!dom || read_xml(vsh, call, &xml) < 0)
        return -1;
    if ((flags || xml ? virDomainSaveFlags(dom, file, xml, flags) : virDomainSave(dom, file)) < 0)
        return virsh_error(vsh, "Failed to save domain '%s' to %s", virsh_typed(call), file);
    virsh_print_extra(vsh, "\nDomain '%s' saved to %s\n", virsh_typed(call), file);
    return 0;
}

static int
run_restore(struct virsh *vsh, const struct virsh_call *call)
{
    const unsigned int flags = VIRSH_BITS(call, { "bypass-cache", VIR_DOMAIN_SAVE_BYPASS_CACHE }, START_BITS,
                                          { "reset-nvram", VIR_DOMAIN_SAVE_RESET_NVRAM });
    const char *file = virsh_text(call, "file");
    VIR_AUTO_FREE char *xml = NULL;

    if (read_xml(vsh, call, &xml) < 0)
        return -1;
    if ((flags || xml ? virDomainRestoreFlags(vsh->conn, file, xml, flags)
                      : virDomainRestore(vsh->conn, file)) < 0)
        return virsh_error(vsh, "Failed to restore domain from %s", file);
    virsh_print_extra(vsh, "Domain restored from %s\n", file);
    return 0;
}

static int
run_dump(struct virsh *vsh, const struct virsh_call *call)
{
    static const char *const formats[] = {
        [VIR_DOMAIN_CORE_DUMP_FORMAT_RAW] = "elf",
        [VIR_DOMAIN_CORE_DUMP_FORMAT_KDUMP_ZLIB] = "kdump-zlib",
        [VIR_DOMAIN_CORE_DUMP_FORMAT_KDUMP_LZO] = "kdump-lzo",
        [VIR_DOMAIN_CORE_DUMP_FORMAT_KDUMP_SNAPPY] = "kdump-snappy",
        [VIR_DOMAIN_CORE_DUMP_FORMAT_WIN_DMP] = "win-dmp",
    };
    const unsigned int flags = VIRSH_BITS(call, { "live", VIR_DUMP_LIVE }, { "crash", VIR_DUMP_CRASH },
        { "bypass-cache", VIR_DUMP_BYPASS_CACHE }, { "reset", VIR_DUMP_RESET },
        { "memory-only", VIR_DUMP_MEMORY_ONLY });
    const char *file = virsh_text(call, "file"), *format = virsh_text(call, "format");
    VIRSH_AUTO(domain) virDomainPtr dom = NULL;
    unsigned int number = 0;

    if (virsh_exclusive(vsh, call, "live", "crash") < 0 || virsh_exclusive(vsh, call, "crash", "reset") < 0 ||
        virsh_exclusive(vsh, call, "live", "reset") < 0 || !(dom = virsh_domain(vsh, call)))
        return -1;
    if (format && !virsh_flag(call, "memory-only"))
        return virsh_error(vsh, "--format only works with --memory-only");
    while (format && number < VIR_DOMAIN_CORE_DUMP_FORMAT_WIN_DMP + 1 && strcmp(formats[number], format) != 0)
        number++;
    if (number == VIR_DOMAIN_CORE_DUMP_FORMAT_WIN_DMP + 1)
        return virsh_error(
            vsh,
            "format '%s' is not supported, expecting 'kdump-zlib', 'kdump-lzo', 'kdump-snappy', "
            "'win-dmp' or 'elf'",
            format);
    if ((format ? virDomainCoreDumpWithFormat(dom, file, number, flags)
                : virDomainCoreDump(dom, file, flags)) < 0)
        return virsh_error(vsh, "Failed to core dump domain '%s' to %s", virsh_typed(call), file);
    virsh_print_extra(vsh, "\nDomain '%s' dumped to %s\n", virsh_typed(call), file);
    return 0;
}

static int
run_managedsave(struct virsh *vsh, const struct virsh_call *call)
{
    const unsigned int flags = VIRSH_BITS(call, { "bypass-cache", VIR_DOMAIN_SAVE_BYPASS_CACHE }, START_BITS);
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);

    if (!dom)
        return -1;
    if (virDomainManagedSave(dom, flags) < 0)
        return virsh_error(vsh, "Failed to save domain '%s' state", virsh_typed(call));
    virsh_print_extra(vsh, "\nDomain '%s' state saved by libvirt\n", virsh_typed(call));
    return 0;
}

static int
run_managedsave_remove(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    int saved;

    if (!dom)
        return -1;
    saved = virDomainHasManagedSaveImage(dom, 0);
    if (saved < 0)
        return virsh_error(vsh, "Failed to check for domain managed save image");
    if (saved == 0) {
        virsh_print_extra(vsh, "Domain '%s' has no manage save image; removal skipped",
                          virsh_typed(call));
        return 0;
    }
    if (virDomainManagedSaveRemove(dom, 0) < 0)
        return virsh_error(vsh, "Failed to remove managed save image for domain '%s'", virsh_typed(call));
    virsh_print_extra(vsh, "Removed managedsave image for domain '%s'", virsh_typed(call));
    return 0;
}

static int
run_managedsave_dumpxml(struct virsh *vsh, const struct virsh_call *call)
{
    const unsigned int flags = VIRSH_BITS(call, { "security-info", VIR_DOMAIN_SAVE_IMAGE_XML_SECURE });
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);

    return dom ? virsh_xml_print(vsh, call, virDomainManagedSaveGetXMLDesc(dom, flags)) : -1;
}

static int
run_save_image_dumpxml(struct virsh *vsh, const struct virsh_call *call)
{
    const unsigned int flags = VIRSH_BITS(call, { "security-info", VIR_DOMAIN_SAVE_IMAGE_XML_SECURE });

    return virsh_xml_print(vsh, call,
                           virDomainSaveImageGetXMLDesc(vsh->conn, virsh_text(call, "file"), flags));
}

static int
run_save_image_define(struct virsh *vsh, const struct virsh_call *call)
{
    const unsigned int flags = VIRSH_BITS(call, START_BITS);
    VIR_AUTO_FREE char *xml = virsh_file(vsh, call, "xml");

    if (!xml)
        return -1;
    if (virDomainSaveImageDefineXML(vsh->conn, virsh_text(call, "file"), xml, flags) < 0)
        return virsh_error(vsh, "Failed to update %s", virsh_text(call, "file"));
    virsh_print_extra(vsh, "State file %s updated.\n", virsh_text(call, "file"));
    return 0;
}

/* --persistent: in the definition, and in the domain too if it runs. */
static unsigned int
device_flags(struct virsh *vsh, const struct virsh_call *call, virDomainPtr dom, unsigned int affect)
{
    if (!virsh_flag(call, "persistent"))
        return affect;
    affect |= VIR_DOMAIN_AFFECT_CONFIG;
    if (virDomainIsActive(dom) == 1)
        affect |= VIR_DOMAIN_AFFECT_LIVE;
    virsh_error_forget(vsh);
    return affect;
}

enum change { ATTACH, DETACH, UPDATE };

static int
change_device(struct virsh *vsh, const struct virsh_call *call, enum change change)
{
    static const char *const words[] = { "attach", "detach", "update" };
    VIRSH_AUTO(domain) virDomainPtr dom = NULL;
    VIR_AUTO_FREE char *xml = NULL;
    unsigned int flags;
    int plain, result;

    plain = virsh_affect(vsh, call, &flags);
    if (plain < 0 || virsh_exclusive(vsh, call, "persistent", "current") < 0 ||
        !(dom = virsh_domain(vsh, call)) || !(xml = virsh_file(vsh, call, "file")))
        return -1;
    flags = device_flags(vsh, call, dom, flags);
    plain = plain && flags == 0;
    if (change == ATTACH)
        result = plain ? virDomainAttachDevice(dom, xml) : virDomainAttachDeviceFlags(dom, xml, flags);
    else if (change == DETACH)
        result = plain ? virDomainDetachDevice(dom, xml) : virDomainDetachDeviceFlags(dom, xml, flags);
    else
        result = virDomainUpdateDeviceFlags(dom, xml, flags |
                                            (virsh_flag(call, "force") ? VIR_DOMAIN_DEVICE_MODIFY_FORCE : 0));
    if (result < 0)
        return virsh_error(vsh, "Failed to %s device from %s", words[change], virsh_text(call, "file"));
    virsh_print_extra(vsh, "Device %s%s successfully\n", words[change], change == UPDATE ? "d" : "ed");
    return 0;
}

static int
run_attach_device(struct virsh *vsh, const struct virsh_call *call)
{
    return change_device(vsh, call, ATTACH);
}

static int
run_detach_device(struct virsh *vsh, const struct virsh_call *call)
{
    return change_device(vsh, call, DETACH);
}

static int
run_update_device(struct virsh *vsh, const struct virsh_call *call)
{
    return change_device(vsh, call, UPDATE);
}

#define OPTION_BYPASS { "bypass-cache", VIRSH_BOOL, 0, "past the file system's cache" }
#define OPTION_XML { "xml", VIRSH_STRING, 0, "file with a changed document for the restored domain" }
#define OPTION_RUNNING { "running", VIRSH_BOOL, 0, "let it run when it is restored" }
#define OPTION_PAUSED { "paused", VIRSH_BOOL, 0, "leave it paused when it is restored" }
#define OPTION_VERBOSE { "verbose", VIRSH_BOOL, 0, "show how far it is" }
#define OPTION_SECURITY { "security-info", VIRSH_BOOL, 0, "with passwords" }

static const struct virsh_option save_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "file", VIRSH_STRING, VIRSH_REQUIRED, "where to save it" },
    OPTION_BYPASS, OPTION_XML, OPTION_RUNNING, OPTION_PAUSED, OPTION_VERBOSE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option restore_options[] = {
    { "file", VIRSH_STRING, VIRSH_REQUIRED, "where it was saved" },
    OPTION_BYPASS, OPTION_XML, OPTION_RUNNING, OPTION_PAUSED,
    { "reset-nvram", VIRSH_BOOL, 0, "begin with fresh firmware variables" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option dump_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "file", VIRSH_STRING, VIRSH_REQUIRED, "where to write it" },
    { "live", VIRSH_BOOL, 0, "without pausing the domain" },
    { "crash", VIRSH_BOOL, 0, "and end the domain as crashed" },
    OPTION_BYPASS,
    { "reset", VIRSH_BOOL, 0, "and reset the domain" },
    OPTION_VERBOSE,
    { "memory-only", VIRSH_BOOL, 0, "memory and registers only" },
    { "format", VIRSH_STRING, 0, "elf, kdump-zlib, kdump-lzo, kdump-snappy or win-dmp" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option managedsave_options[] = {
    VIRSH_OPTION_DOMAIN, OPTION_BYPASS, OPTION_RUNNING, OPTION_PAUSED, OPTION_VERBOSE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option domain_options[] = {
    VIRSH_OPTION_DOMAIN,
    VIRSH_OPTIONS_END
};

static const struct virsh_option managedsave_dumpxml_options[] = {
    VIRSH_OPTION_DOMAIN, OPTION_SECURITY, VIRSH_OPTION_XPATH, VIRSH_OPTION_WRAP,
    VIRSH_OPTIONS_END
};

static const struct virsh_option save_image_dumpxml_options[] = {
    { "file", VIRSH_STRING, VIRSH_REQUIRED, "where a domain was saved" },
    OPTION_SECURITY, VIRSH_OPTION_XPATH, VIRSH_OPTION_WRAP,
    VIRSH_OPTIONS_END
};

static const struct virsh_option save_image_define_options[] = {
    { "file", VIRSH_STRING, VIRSH_REQUIRED, "where a domain was saved" },
    { "xml", VIRSH_STRING, VIRSH_REQUIRED, "file with the changed document" },
    OPTION_RUNNING, OPTION_PAUSED,
    VIRSH_OPTIONS_END
};

#define DEVICE_OPTIONS \
    VIRSH_OPTION_DOMAIN, \
    { "file", VIRSH_STRING, VIRSH_REQUIRED, "file with the device's document" }, \
    { "persistent", VIRSH_BOOL, 0, "in the definition, and in the domain too if it runs" }, \
    VIRSH_OPTION_CONFIG, VIRSH_OPTION_LIVE, VIRSH_OPTION_CURRENT

static const struct virsh_option device_options[] = {
    DEVICE_OPTIONS,
    VIRSH_OPTIONS_END
};

static const struct virsh_option update_options[] = {
    DEVICE_OPTIONS,
    { "force", VIRSH_BOOL, 0, "even if the guest resists" },
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_image_commands[] = {
    { "attach-device", "give a domain a device from a document", NULL, device_options, run_attach_device },
    { "detach-device", "take the device of a document away from a domain", NULL,
      device_options, run_detach_device },
    { "dump", "write a domain's memory to a file for a debugger", NULL, dump_options, run_dump },
    { "managedsave", "save a domain's state where its next start finds it", NULL,
      managedsave_options, run_managedsave },
    { "managedsave-dumpxml", "document of the domain in a managed save", NULL,
      managedsave_dumpxml_options, run_managedsave_dumpxml },
    { "managedsave-remove", "drop the state that a managed save keeps", NULL,
      domain_options, run_managedsave_remove },
    { "restore", "go on with a domain that was saved to a file", NULL, restore_options, run_restore },
    { "save", "save a domain's state to a file and stop it", NULL, save_options, run_save },
    { "save-image-define", "change the document of a domain saved to a file", NULL,
      save_image_define_options, run_save_image_define },
    { "save-image-dumpxml", "document of a domain saved to a file", NULL,
      save_image_dumpxml_options, run_save_image_dumpxml },
    { "update-device", "change a device as its document says", NULL, update_options, run_update_device },
    { .name = NULL }
};
