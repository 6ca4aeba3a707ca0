/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two connections of whose networks another module is asked: for one of them it takes
 * its time, which does not concern the other one.  Run by joining.py. */
#include <libvirt/libvirt.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void *
count(void *conn)
{
    static int n;

    n = virConnectNumOfNetworks(conn);
    return &n;
}

int
main(void)
{
    virConnectPtr slow = virConnectOpen("good:///slow"), quick = virConnectOpen("good:///quick");
    struct timespec began, ended;
    pthread_t other;
    void *found;

    if (!slow || !quick || pthread_create(&other, NULL, count, slow) != 0)
        return 1;
    usleep(200000);
    clock_gettime(CLOCK_MONOTONIC, &began);
    printf("quick: %d\n", virConnectNumOfNetworks(quick));
    clock_gettime(CLOCK_MONOTONIC, &ended);
    if (ended.tv_sec - began.tv_sec > 2)
        printf("it waited for the other connection\n");
    close(open(getenv("JOIN_RELEASE"), O_WRONLY | O_CREAT, 0600));
    pthread_join(other, &found);
    printf("slow: %d\n", *(int *)found);
    return virConnectClose(slow) != 0 || virConnectClose(quick) != 0;
}
