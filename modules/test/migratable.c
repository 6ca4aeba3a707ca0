/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The document for the other end of a migration, which may be an older libvirt:
 * without what that would add itself or does not know.
 */
#include <stdlib.h>
#include <string.h>

#include "test.h"

/* A PS/2 keyboard goes with every PS/2 mouse. */
static void
drop_keyboards(struct test_domain_def *def)
{
    size_t kept = 0;

    for (size_t i = 0; i < def->devices.n_inputs; i++) {
        struct test_input_def *input = def->devices.inputs[i];

        if (input->type == TEST_INPUT_TYPE_KEYBOARD && input->bus == TEST_INPUT_BUS_PS2)
            test_input_def_free(input);
        else
            def->devices.inputs[kept++] = input;
    }
    def->devices.n_inputs = kept;
}

/* A Spice screen that listens nowhere is one without ports; a VNC screen's socket is told by its attribute. */
static void
drop_no_listen(struct test_graphics_def *graphics)
{
    bool spice = graphics->type == TEST_GRAPHICS_TYPE_SPICE;

    if (graphics->n_listens == 0 ||
        graphics->listens[0]->type != (spice ? TEST_GRAPHICS_LISTEN_TYPE_NONE : TEST_GRAPHICS_LISTEN_TYPE_SOCKET) ||
        (!spice && !graphics->socket))
        return;
    for (size_t i = 0; i < graphics->n_listens; i++)
        test_graphics_listen_def_free(graphics->listens[i]);
    graphics->n_listens = 0;
    if (spice)
        graphics->autoport = VIR_XML_NO;
}

char *
test_domain_format_migratable(const struct test_domain_def *def, unsigned int how)
{
    struct test_domain_def *copy = test_domain_def_copy(def);
    char *text;

    drop_keyboards(copy);
    for (size_t i = 0; i < copy->devices.n_graphics; i++)
        drop_no_listen(copy->devices.graphics[i]);
    text = test_domain_def_format(copy, how);
    test_domain_def_free(copy);
    return text;
}
