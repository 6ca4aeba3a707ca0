/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Private groups: each user is the only member of a group of his name, and has a
 * umask of 002.  What the group may write is then his all the same.
 */
#include "private-group.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/xattr.h>

#define RECORD_MAX 4096                 /* a group with more in it is not private */

/* Where an access list is, the bits of the group are its mask, not the group's. */
static bool
access_list(const char *path)
{
    return lgetxattr(path, "system.posix_acl_access", NULL, 0) >= 0 || (errno != ENODATA && errno != ENOTSUP);
}

static bool
only_member(const struct group *group, const char *user)
{
    for (char **member = group->gr_mem; *member; member++)
        if (strcmp(*member, user) != 0)
            return false;
    return strcmp(group->gr_name, user) == 0;
}

bool
vir_private_group(const char *path, const struct stat *st)
{
    char user_record[RECORD_MAX], group_record[RECORD_MAX];
    struct passwd user, *owner = NULL;
    struct group group, *found = NULL;

    if (access_list(path))
        return false;
    getpwuid_r(st->st_uid, &user, user_record, sizeof(user_record), &owner);
    if (!owner || owner->pw_gid != st->st_gid)
        return false;
    getgrgid_r(st->st_gid, &group, group_record, sizeof(group_record), &found);
    return found && only_member(found, owner->pw_name);
}
