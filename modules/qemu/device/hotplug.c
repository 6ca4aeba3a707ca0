/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices that come, go and change; see hotplug.h.  A device that goes is gone
 * when the guest says so: until then it stays in the live document.  Who asked
 * for it waits a while; an answer that comes later is worked off by a thread.
 */
#define VIR_LOG_SOURCE "qemu.hotplug"
#include "device/hotplug.h"
#include "device/pieces.h"
#include "guest/state.h"
#include "qmp/monitor.h"

#include <ctype.h>
#include <stdlib.h>

/* ---- which device is meant -------------------------------------------------------------------------- */

/* The name of the first element of XML. */
static char *
root_element(const char *xml)
{
    size_t len = 0;

    while ((xml = strchr(xml, '<')) && !isalpha((unsigned char)xml[1]))
        xml++;
    if (!xml)
        return NULL;
    while (isalnum((unsigned char)xml[1 + len]) || xml[1 + len] == '-')
        len++;
    return vir_strdup_printf("%.*s", (int)len, xml + 1);
}

/* The device that XML describes, to be released by the list's table. */
static void *
parse(const char *xml, unsigned int flags, const struct qemu_device_type **ret_type)
{
    VIR_AUTO_FREE char *element = root_element(xml);

    *ret_type = element ? qemu_device_type(element) : NULL;
    if (!*ret_type)
        return vir_error_null(VIR_ERR_CONFIG_UNSUPPORTED, "unknown device type '%s'", element ? element : "");
    return vir_xml_parse((*ret_type)->list->table, xml, flags);
}

static bool
same_place(const struct qemu_address_def *one, const struct qemu_address_def *other)
{
    return one && one->type == other->type && one->domain == other->domain && one->bus == other->bus &&
        one->slot == other->slot && one->function == other->function &&
        one->controller == other->controller && one->target == other->target && one->unit == other->unit &&
        (!other->port || is(one->port, other->port));
}

/* Is DEV what WANTED describes? */
static bool
is_meant(const struct qemu_device_type *type, const void *dev, const void *wanted)
{
    const struct qemu_device *one = qemu_device_of(type, dev), *other = qemu_device_of(type, wanted);

    if (other && other->alias.name && !is(one->alias.name, other->alias.name))
        return false;
    if (other && other->address && !same_place(one->address, other->address))
        return false;
    return !type->same || type->same(dev, wanted);
}

/* NULL: none, no error set, or several with an error: *RET_MANY. */
static void *
find(const struct qemu_device_type *type, const struct qemu_domain_def *doc, const void *wanted,
     bool *ret_many)
{
    void *found = NULL;

    *ret_many = false;
    for (size_t i = 0; i < vir_xml_list_count(type->list, doc); i++) {
        void *dev = vir_xml_list_at(type->list, doc, i);

        if (!is_meant(type, dev, wanted))
            continue;
        *ret_many = found != NULL;
        if (found)
            return vir_error_null(VIR_ERR_OPERATION_FAILED, "several devices <%s> are like that",
                                  qemu_device_element(type));
        found = dev;
        if (!type->told_apart)
            break;
    }
    return found;
}

static void *
need(const struct qemu_device_type *type, const struct qemu_domain_def *doc, const void *wanted, int code)
{
    bool many;
    void *dev = find(type, doc, wanted, &many);

    if (!dev && !many)
        vir_error(code, "the domain has no such <%s>", qemu_device_element(type));
    return dev;
}

static void *
find_alias(const struct qemu_domain_def *doc, const char *alias, const struct qemu_device_type **ret_type)
{
    for (struct qemu_each each = { 0 }; qemu_each_device(doc, &each); ) {
        const struct qemu_device *device = qemu_device_of(each.type, each.dev);

        if (device && is(device->alias.name, alias)) {
            *ret_type = each.type;
            return each.dev;
        }
    }
    return NULL;
}

/* The device of DOC that CHANGE speaks of. */
static void *
meant(const struct qemu_domain_def *doc, const struct qemu_change *change,
      const struct qemu_device_type **ret_type)
{
    void *wanted, *dev;

    if (change->alias) {
        dev = find_alias(doc, change->alias, ret_type);
        return dev ? dev : vir_error_null(VIR_ERR_INTERNAL_ERROR, "no device found with alias %s",
                                          change->alias);
    }
    wanted = parse(change->xml, 0, ret_type);
    if (!wanted)
        return NULL;
    dev = need(*ret_type, doc, wanted, VIR_ERR_DEVICE_MISSING);
    vir_xml_free((*ret_type)->list->table, wanted);
    return dev;
}

static size_t
index_of(const struct qemu_device_type *type, const struct qemu_domain_def *doc, const void *dev)
{
    size_t i = 0;

    while (vir_xml_list_at(type->list, doc, i) != dev)
        i++;
    return i;
}

static bool
plugs(const struct qemu_device_type *type, const void *dev)
{
    return type->plugs || (type->plugs_as && type->plugs_as(dev));
}

/* What OLD has and NOW does not say. */
static void
take_over(const struct qemu_device_type *type, const void *old, void *now)
{
    const struct qemu_device *from = qemu_device_of(type, old);
    struct qemu_device *to = qemu_device_of(type, now);

    if (!from)
        return;
    if (from->alias.name && !to->alias.name)
        qemu_alias_set(to, "%s", from->alias.name);
    if (from->address && !to->address)
        to->address = qemu_address_def_copy(from->address);
}

static void
replace(const struct qemu_device_type *type, struct qemu_domain_def *doc, void *old, void *now)
{
    size_t i = index_of(type, doc, old);

    vir_xml_free(type->list->table, vir_xml_list_remove(type->list, doc, i));
    vir_xml_list_insert(type->list, doc, i, now);
}

/* ---- in a definition -------------------------------------------------------------------------------- */

/* NULL: DEF is released. */
static struct qemu_def *
completed(struct qemu_def *def)
{
    struct qemu_board board = qemu_board_of(def->doc);

    return qemu_devices_complete(&board) < 0 ? qemu_def_unref(def) : def;
}

static int
check_new(const struct qemu_device_type *type, const struct qemu_domain_def *doc, const void *dev, int code)
{
    for (size_t i = 0; type->unique && i < vir_xml_list_count(type->list, doc); i++)
        if (type->same(vir_xml_list_at(type->list, doc, i), dev))
            return vir_error(code, "the domain has such a <%s> already", qemu_device_element(type));
    return 0;
}

struct qemu_def *
qemu_attach_def(const struct qemu_def *def, const struct qemu_change *change)
{
    const struct qemu_device_type *type;
    void *dev = parse(change->xml, VIR_XML_INACTIVE, &type);
    struct qemu_def *now;

    if (!dev)
        return NULL;
    if (type->soldered)
        vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "a <%s> cannot be attached", qemu_device_element(type));
    if (type->soldered || check_new(type, def->doc, dev, VIR_ERR_OPERATION_INVALID) < 0) {
        vir_xml_free(type->list->table, dev);
        return NULL;
    }
    now = qemu_def_copy(def);
    qemu_device_append(type, now->doc, dev);
    return completed(now);
}

struct qemu_def *
qemu_detach_def(const struct qemu_def *def, const struct qemu_change *change)
{
    struct qemu_def *now = qemu_def_copy(def);
    const struct qemu_device_type *type;
    void *dev = meant(now->doc, change, &type);

    if (dev && type->soldered)
        vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "a <%s> cannot be detached", qemu_device_element(type));
    if (!dev || type->soldered)
        return qemu_def_unref(now);
    qemu_device_remove(type, now->doc, dev);
    return completed(now);
}

struct qemu_def *
qemu_update_def(const struct qemu_def *def, const struct qemu_change *change)
{
    struct qemu_def *now = qemu_def_copy(def);
    const struct qemu_device_type *type;
    void *dev = parse(change->xml, VIR_XML_INACTIVE, &type), *old = NULL;

    if (dev && !type->update)
        vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "a <%s> cannot be updated", qemu_device_element(type));
    else if (dev)
        old = need(type, now->doc, dev, VIR_ERR_INVALID_ARG);
    if (!old) {
        if (dev)
            vir_xml_free(type->list->table, dev);
        return qemu_def_unref(now);
    }
    take_over(type, old, dev);
    replace(type, now->doc, old, dev);
    return completed(now);
}

/* ---- the live document ------------------------------------------------------------------------------ */

/* A copy of what RUN runs with, to be changed; NULL with an error: it has ended. */
static struct qemu_def *
copy_live(struct qemu_run *run)
{
    struct qemu_domain *domain = run->domain;
    struct qemu_def *live, *copy;

    qemu_domain_lock(domain);
    live = domain->run == run && domain->live ? qemu_def_ref(domain->live) : NULL;
    qemu_domain_unlock(domain);
    if (!live)
        return vir_error_null(VIR_ERR_OPERATION_INVALID, "domain is not running");
    copy = qemu_def_copy(live);
    qemu_def_unref(live);
    return copy;
}

/* LIVE, taken over, is from now on what RUN runs with; EVENT (may be NULL) tells it. */
static void
show_live(struct qemu_run *run, struct qemu_def *live, struct vir_event *event)
{
    struct qemu_domain *domain = run->domain;
    struct qemu_def *old = live;

    qemu_domain_lock(domain);
    if (domain->run == run && domain->live) {
        old = domain->live;
        domain->live = live;
    }
    if (event)
        vir_event_emit(qemu_driver.hub, event);
    qemu_domain_unlock(domain);
    qemu_def_unref(old);
    qemu_state_save_current(domain, run);
}

typedef struct vir_event *device_event(const char *name, const unsigned char *uuid, int id,
                                       const char *alias);

static struct vir_event *
event_of(device_event *make, const struct qemu_run *run, const char *alias)
{
    return make(run->domain->entry.name, run->domain->entry.uuid, run->id, alias);
}

/* ---- coming ----------------------------------------------------------------------------------------- */

/* The new devices of BOARD are those without a name: what was attached, and what that needs. */
static int
build_new(const struct qemu_board *board, const struct qemu_domain_def *before, struct qemu_pieces *pieces)
{
    for (struct qemu_each each = { 0 }; qemu_each_device(board->doc, &each); ) {
        const struct qemu_device *device = qemu_device_of(each.type, each.dev);
        const struct qemu_device_type *type;

        if (!device || !device->alias.name || find_alias(before, device->alias.name, &type))
            continue;
        if (!plugs(each.type, each.dev))
            return vir_error(VIR_ERR_OPERATION_UNSUPPORTED,
                             "such a <%s> cannot be attached to a running guest",
                             qemu_device_element(each.type));
        if (each.type->startable && each.type->startable(board, each.dev) < 0)
            return -1;
        if (each.type->host_open)
            each.type->host_open(board, each.dev);
        each.type->build(board, each.dev, pieces);
    }
    return 0;
}

static int
plug(struct qemu_run *run, struct qemu_def *live, const struct qemu_domain_def *before)
{
    struct qemu_board board = qemu_board_of(live->doc);
    struct qemu_pieces pieces = { 0 };
    struct json_object *answers = NULL;
    int ret;

    board.running = true;
    if (qemu_devices_complete(&board) < 0)
        return -1;
    qemu_devices_name(&board);
    ret = build_new(&board, before, &pieces);
    if (ret == 0)
        ret = qemu_pieces_plug(run->monitor, &pieces, &answers);
    if (ret == 0)
        qemu_devices_learn(live->doc, answers);
    json_object_put(answers);
    qemu_pieces_free(&pieces);
    return ret;
}

/* DEV is taken over. */
static int
attach(struct qemu_run *run, const struct qemu_device_type *type, void *dev)
{
    struct qemu_def *live = copy_live(run), *before = live ? qemu_def_copy(live) : NULL;
    int ret = -1;

    if (!live || check_new(type, live->doc, dev, VIR_ERR_XML_ERROR) < 0) {
        vir_xml_free(type->list->table, dev);
    } else {
        qemu_device_append(type, live->doc, dev);
        ret = plug(run, live, before->doc);
    }
    if (ret == 0)
        show_live(run, vir_steal(&live), event_of(vir_event_domain_device_added, run,
                                                  qemu_device_of(type, dev)->alias.name));
    qemu_def_unref(before);
    qemu_def_unref(live);
    return ret;
}

/* A drive that is there takes another medium in place of another drive. */
static bool
is_update(struct qemu_run *run, const struct qemu_device_type *type, const void *dev)
{
    struct qemu_def *live = type->unique && type->update && !plugs(type, dev) ? copy_live(run) : NULL;
    bool many, there = live && find(type, live->doc, dev, &many);

    qemu_def_unref(live);
    return there;
}

int
qemu_attach_live(struct qemu_run *run, const struct qemu_change *change)
{
    const struct qemu_device_type *type;
    void *dev = parse(change->xml, VIR_XML_INACTIVE, &type);

    if (!dev)
        return -1;
    if (is_update(run, type, dev)) {
        vir_xml_free(type->list->table, dev);
        return qemu_update_live(run, change);
    }
    if (type->plugs || type->plugs_as)
        return attach(run, type, dev);
    vir_xml_free(type->list->table, dev);
    return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "a <%s> cannot be attached to a running guest",
                     qemu_device_element(type));
}

/* ---- going ------------------------------------------------------------------------------------------ */

/* The call that waits for a device to go; one at a time, for it has the job. */
struct qemu_unplug {
    const char *alias;
    enum { WAITING, GONE, KEPT } state;
};

static void
build_one(const struct qemu_board *board, const struct qemu_device_type *type, const void *dev,
          struct qemu_pieces *pieces)
{
    *pieces = (struct qemu_pieces){ 0 };
    type->build(board, dev, pieces);
}

/* With the job: the guest has let ALIAS go, and what stood behind it goes too. */
static int
remove_gone(struct qemu_run *run, const char *alias)
{
    struct qemu_def *live = copy_live(run);
    const struct qemu_device_type *type;
    struct qemu_pieces pieces;
    struct qemu_board board;
    void *dev;

    if (!live)
        return -1;
    dev = find_alias(live->doc, alias, &type);
    if (!dev) {                         /* by another answer */
        qemu_def_unref(live);
        return 0;
    }
    board = qemu_board_of(live->doc);
    build_one(&board, type, dev, &pieces);
    qemu_pieces_drop(run->monitor, &pieces);
    qemu_pieces_free(&pieces);
    if (type->host_close)
        type->host_close(&board, dev);
    qemu_device_remove(type, live->doc, dev);
    show_live(run, live, event_of(vir_event_domain_device_removed, run, alias));
    return 0;
}

static bool
is_listed(struct json_object *list, const char *alias)
{
    size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

    for (size_t i = 0; i < n; i++)
        if (is(qmp_get_string(json_object_array_get_idx(list, i), "name"), alias))
            return true;
    return false;
}

/* Two answers may have told the same, and another device may have the name by now. */
static bool
is_gone(struct qemu_run *run, const char *alias)
{
    struct json_object *list = NULL;
    bool gone = qemu_monitor_call(run->monitor, "qom-list", qemu_object("path", "/machine/peripheral"),
                                  QEMU_COMMAND_MS, &list) == 0 && !is_listed(list, alias);

    json_object_put(list);
    return gone;
}

struct late {
    struct qemu_run *run;
    char *alias;
};

static void
remove_late(void *opaque)
{
    struct late *late = opaque;
    struct qemu_domain *domain = late->run->domain;

    if (qemu_job_begin(domain, "detach-device") == 0) {
        if (is_gone(late->run, late->alias) && remove_gone(late->run, late->alias) < 0)
            qemu_warn_error(late->alias);
        qemu_job_end(domain);
    } else {
        qemu_warn_error(late->alias);
    }
    qemu_run_unref(late->run);
    free(late->alias);
    free(late);
}

/* Nobody waits for it: in the loop's thread. */
static void
remove_later(struct qemu_run *run, const char *alias)
{
    struct late *late = VIR_NEW(struct late);

    *late = (struct late){ qemu_run_ref(run), vir_strdup(alias) };
    if (qemu_thread_start(remove_late, late) == 0)
        return;
    qemu_warn_error(alias);
    qemu_run_unref(late->run);
    free(late->alias);
    free(late);
}

void
qemu_unplug_event(struct qemu_run *run, const char *alias, bool gone)
{
    struct qemu_unplug *unplug = run->unplug;

    if (unplug && strcmp(unplug->alias, alias) == 0) {
        unplug->state = gone ? GONE : KEPT;
        pthread_cond_broadcast(&run->domain->changed);
    } else if (gone) {
        remove_later(run, alias);
    }
    if (!gone)
        vir_event_emit(qemu_driver.hub, event_of(vir_event_domain_device_removal_failed, run, alias));
}

static int
wait_gone(struct qemu_run *run, struct qemu_unplug *unplug)
{
    struct qemu_domain *domain = run->domain;
    int64_t deadline = vir_deadline(QEMU_UNPLUG_MS);

    qemu_domain_lock(domain);
    while (unplug->state == WAITING && !run->gone &&
           vir_cond_wait_until(&domain->changed, domain->entry.lock, deadline))
        ;
    run->unplug = NULL;
    qemu_domain_unlock(domain);
    if (unplug->state == GONE)
        return remove_gone(run, unplug->alias);
    if (unplug->state == KEPT)
        return vir_error(VIR_ERR_OPERATION_FAILED, "the guest does not let the device '%s' go",
                         unplug->alias);
    vir_error(VIR_ERR_OPERATION_TIMEOUT, "the guest has not let the device '%s' go within %d s",
              unplug->alias, QEMU_UNPLUG_MS / 1000);
    vir_error_hint("if it does so later, the device goes then, and an event tells");
    return -1;
}

static int
unplug(struct qemu_run *run, const struct qemu_pieces *pieces, const char *alias, bool wait)
{
    struct qemu_unplug waiting = { alias, WAITING };
    int ret;

    qemu_domain_lock(run->domain);
    run->unplug = wait ? &waiting : NULL;
    qemu_domain_unlock(run->domain);
    ret = qemu_pieces_unplug(run->monitor, pieces);
    if (ret == 0 && wait)
        return wait_gone(run, &waiting);
    qemu_domain_lock(run->domain);
    run->unplug = NULL;
    qemu_domain_unlock(run->domain);
    return ret;
}

static int
check_may_go(const struct qemu_board *board, const struct qemu_device_type *type, const void *dev)
{
    if (!plugs(type, dev))
        return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "such a <%s> cannot be detached from a running guest",
                         qemu_device_element(type));
    return type->may_go ? type->may_go(board, dev) : 0;
}

int
qemu_detach_live(struct qemu_run *run, const struct qemu_change *change)
{
    struct qemu_def *live = copy_live(run);
    const struct qemu_device_type *type;
    struct qemu_pieces pieces;
    struct qemu_board board;
    void *dev = live ? meant(live->doc, change, &type) : NULL;
    int ret = -1;

    if (dev) {
        board = qemu_board_of(live->doc);
        ret = check_may_go(&board, type, dev);
    }
    if (ret == 0) {
        build_one(&board, type, dev, &pieces);
        ret = unplug(run, &pieces, qemu_device_of(type, dev)->alias.name, change->wait);
        qemu_pieces_free(&pieces);
    }
    qemu_def_unref(live);
    return ret;
}

/* ---- a guest found again ---------------------------------------------------------------------------- */

static void
compare_peripherals(struct json_object *list, const char *error, void *opaque)
{
    struct qemu_run *run = opaque;
    struct qemu_domain *domain = run->domain;

    (void)error;
    qemu_domain_lock(domain);
    if (list && domain->run == run && domain->live) {
        for (struct qemu_each each = { 0 }; qemu_each_device(domain->live->doc, &each); ) {
            const struct qemu_device *device = qemu_device_of(each.type, each.dev);

            if (device && device->alias.name && plugs(each.type, each.dev) &&
                !is_listed(list, device->alias.name))
                remove_later(run, device->alias.name);
        }
    }
    qemu_domain_unlock(domain);
}

void
qemu_unplug_catch_up(struct qemu_run *run)
{
    qemu_monitor_post(run->monitor, "qom-list", qemu_object("path", "/machine/peripheral"),
                      compare_peripherals, run);
}

/* ---- changing --------------------------------------------------------------------------------------- */

/* DEV is taken over. */
static int
update(struct qemu_run *run, const struct qemu_device_type *type, void *dev, bool force)
{
    struct qemu_def *live = copy_live(run);
    void *old = live ? need(type, live->doc, dev, VIR_ERR_DEVICE_MISSING) : NULL;
    int ret = -1;

    if (old) {
        struct qemu_board board = qemu_board_of(live->doc);

        board.running = true;
        board.force = force;
        take_over(type, old, dev);
        if (!type->complete || type->complete(&board, dev) == 0)
            ret = type->update(run->monitor, &board, old, dev);
    }
    if (ret == 0) {
        replace(type, live->doc, old, dev);
        show_live(run, vir_steal(&live), NULL);
    } else {
        vir_xml_free(type->list->table, dev);
    }
    qemu_def_unref(live);
    return ret;
}

int
qemu_update_live(struct qemu_run *run, const struct qemu_change *change)
{
    const struct qemu_device_type *type;
    void *dev = parse(change->xml, VIR_XML_INACTIVE, &type);

    if (!dev)
        return -1;
    if (type->update)
        return update(run, type, dev, change->force);
    vir_xml_free(type->list->table, dev);
    return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "a <%s> of a running guest cannot be updated",
                     qemu_device_element(type));
}
