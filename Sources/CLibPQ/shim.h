// SPDX-License-Identifier: Apache-2.0

// libpq, and the few calls of Linux that Swift's Glibc module leaves out.

#ifndef AUTHD_CLIBPQ_SHIM_H
#define AUTHD_CLIBPQ_SHIM_H

#include <errno.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
    authd_readable = EPOLLIN,
    authd_writable = EPOLLOUT,
};

/// What is ready: the number that the descriptor was registered with, and which of the flags above hold.
struct authd_readiness {
    uint64_t token;
    uint32_t flags;
};

static inline int authd_epoll_create(void) {
    return epoll_create1(EPOLL_CLOEXEC);
}

/// Watches a descriptor, or changes what it is watched for; 0, or -1 with errno set.
static inline int authd_epoll_watch(int epoll, int descriptor, uint32_t flags, uint64_t token) {
    struct epoll_event event = {.events = flags, .data = {.u64 = token}};
    if (epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) == 0) return 0;
    if (errno != ENOENT) return -1;
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static inline void authd_epoll_forget(int epoll, int descriptor) {
    struct epoll_event event = {0};
    (void)epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event);
}

/// Waits at most so many milliseconds (-1: without end) for at most 64 ready descriptors; an interruption counts as none.
static inline int authd_epoll_wait(int epoll, struct authd_readiness *ready, int capacity, int milliseconds) {
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, capacity < 64 ? capacity : 64, milliseconds);
    for (int index = 0; index < count; index++) {
        ready[index].token = events[index].data.u64;
        ready[index].flags = events[index].events;
    }
    return count < 0 ? 0 : count;
}

static inline int authd_eventfd_create(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static inline void authd_eventfd_signal(int descriptor) {
    uint64_t one = 1;
    ssize_t written = write(descriptor, &one, sizeof one);
    (void)written;  // it fails only where the counter is at its limit, and then the reader is awake anyway
}

static inline void authd_eventfd_clear(int descriptor) {
    uint64_t count;
    ssize_t taken = read(descriptor, &count, sizeof count);
    (void)taken;
}

/// Names the calling thread; at most 15 octets of it are kept.
static inline void authd_name_thread(const char *name) {
    (void)prctl(PR_SET_NAME, name, 0, 0, 0);
}

/// Gives no notice to anyone: libpq's own processor prints to standard error.
static inline void authd_drop_notice(void *context, const PGresult *notice) {
    (void)context;
    (void)notice;
}

static inline void authd_drop_notices(PGconn *connection) {
    (void)PQsetNoticeReceiver(connection, authd_drop_notice, NULL);
}

/// The text of a field of an error, or NULL; the codes are macros of character constants.
static inline const char *authd_error_sqlstate(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

static inline const char *authd_error_primary(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}

static inline const char *authd_error_severity(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
}

#endif
