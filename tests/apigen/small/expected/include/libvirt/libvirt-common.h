/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small interface.  Printed from api/; part of libvirt. */
#ifndef LIBVIRT_COMMON_H
# define LIBVIRT_COMMON_H

# include <string.h>
# include <sys/types.h>


# ifdef __cplusplus
extern "C" {
# endif
# if defined(__GNUC__) && defined(VIR_BUILDS_LIBVIRT)
#  pragma GCC visibility push(default)
# endif

typedef struct _virSmallInfo virSmallInfo;
typedef virSmallInfo *virSmallInfoPtr;

/* A connection. (Since 0.0.1) */
typedef struct _virConnect virConnect;
typedef virConnect *virConnectPtr;

/* A guest. (Since 0.0.1) */
typedef struct _virDomain virDomain;
typedef virDomain *virDomainPtr;

/* A snapshot of a guest. (Since 0.2.0) */
typedef struct _virDomainSnapshot virDomainSnapshot;
typedef virDomainSnapshot *virDomainSnapshotPtr;

/* Bytes of a name. (Since 0.1.0) */
# define VIR_SMALL_LENGTH 80

/* (Since 0.1.0) */
# define VIR_SMALL_NAME "name"

/* Half of @n. (Since 0.1.0) */
# define VIR_SMALL_HALF(n) ((n) / 2)

typedef enum {
    VIR_SMALL_LIVE = 1 << 0, /* the running guest (Since 0.1.0) */
    VIR_SMALL_LATE = 1U << 31, /* (Since 0.2.0) */
} virSmallFlags;

typedef enum {
    VIR_ERR_NO_DOMAIN = 42, /* (Since 0.1.0) */
} virErrorNumber;

typedef enum {
    VIR_SMALL_OFF = 0, /* (Since 0.1.0) */
    VIR_SMALL_ON = 1, /* (Since 0.1.0) */
# ifdef VIR_ENUM_SENTINELS
    VIR_SMALL_LAST = 2, /* (Since 0.1.0) */
# endif
} virSmallState;

typedef enum {
    VIR_DOMAIN_EVENT_ID_CHANGE = 4, /* (Since 0.3.0) */
} virDomainEventID;

/* Facts about a guest. (Since 0.1.0) */
struct _virSmallInfo {
    char name[VIR_SMALL_LENGTH];  /* what it is called */
    unsigned long memory;  /* in KiB */
};

/* Told of changes. (Since 0.3.0) */
typedef void (*virSmallCallback)(virConnectPtr conn,
                                 virDomainPtr dom,
                                 int state,
                                 const char *reason,
                                 void *opaque);

/* (Since 0.3.0) */
typedef void (*virFreeCallback)(void *opaque);

/* Find a guest by its name. (Since 0.0.1) */
virDomainPtr virDomainLookupByName(virConnectPtr conn, const char *name);

/* Tell facts about a guest. (Since 0.1.0) */
int virDomainGetInfo(virDomainPtr domain, virSmallInfoPtr info);

/* Write a guest's memory to the file @to. (Since 0.1.0) */
int virDomainSave(virDomainPtr domain, const char *to);

/* Write a guest's memory to the file @to, now or later. (Since 0.2.0) */
int virDomainSaveFlags(virDomainPtr domain, const char *to, unsigned int flags);

/* Return the name of a guest. (Since 0.0.1) */
const char *virDomainGetName(virDomainPtr domain);

/* Return the guests. (Since 0.2.0) */
int virConnectListAllDomains(virConnectPtr conn,
                             virDomainPtr **domains,
                             unsigned int flags);

/* Bind a virtual CPU to host CPUs. (Since 0.3.0) */
int virDomainPin(virDomainPtr domain,
                 unsigned int vcpu,
                 unsigned char *cpumap,
                 int maplen);

/* Find a running guest by its number. (Since 0.3.0) */
virDomainPtr virDomainLookupByID(virConnectPtr conn, int id);

/* Give a guest another name. (Since 0.3.0) */
int virDomainRename(virDomainPtr domain, const char *name, unsigned int way);

/* Count the guests. (Since 0.0.1) */
int virConnectNumOfDomains(virConnectPtr conn);

/* Name the guests. (Since 0.0.1) */
int virConnectListDomainNames(virConnectPtr conn,
                              char ** const names,
                              int maxnames);

# if defined(__GNUC__) && defined(VIR_BUILDS_LIBVIRT)
#  pragma GCC visibility pop
# endif
# ifdef __cplusplus
}
# endif

#endif
