// SPDX-License-Identifier: Apache-2.0

// libpq, and the few calls of Linux that Swift's Glibc module leaves out.

#ifndef AUTHD_CLIBPQ_SHIM_H
#define AUTHD_CLIBPQ_SHIM_H

#include <errno.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

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

/// The first warning since the last `authd_warning_clear` that can weaken a commit.
struct authd_warning {
    char sqlstate[6];
    char message[250];
};

static inline void authd_warning_clear(struct authd_warning *warning) {
    warning->sqlstate[0] = 0;
    warning->message[0] = 0;
}

/// The five characters of the warning's condition; empty where none came.
static inline const char *authd_warning_sqlstate(const struct authd_warning *warning) {
    return warning->sqlstate;
}

/// The warning's text; a long one is cut, possibly within a character.
static inline const char *authd_warning_message(const struct authd_warning *warning) {
    return warning->message;
}

/// Keeps a warning of class 01 (warning) or 57 (operator intervention): in these the server says that it stopped waiting
/// for a standby and committed all the same. What a function raises says nothing about the commit, and neither do notices
/// and lesser messages.
static inline void authd_note_warning(void *context, const PGresult *notice) {
    struct authd_warning *warning = (struct authd_warning *)context;
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *sqlstate = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
    const char *function = PQresultErrorField(notice, PG_DIAG_SOURCE_FUNCTION);
    const char *message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    if (warning->sqlstate[0] != 0 || severity == NULL || strcmp(severity, "WARNING") != 0) return;
    if (sqlstate == NULL || (strncmp(sqlstate, "01", 2) != 0 && strncmp(sqlstate, "57", 2) != 0)) return;
    if (function != NULL && strcmp(function, "exec_stmt_raise") == 0) return;
    (void)snprintf(warning->sqlstate, sizeof warning->sqlstate, "%s", sqlstate);
    (void)snprintf(warning->message, sizeof warning->message, "%s", message == NULL ? "" : message);
}

/// Sends the connection's notices there, which must live as long; libpq's own receiver prints to standard error.
static inline void authd_note_warnings(PGconn *connection, struct authd_warning *warning) {
    (void)PQsetNoticeReceiver(connection, authd_note_warning, warning);
}

/// The text of a field of an error, or NULL; the codes are macros of character constants.
static inline const char *authd_error_sqlstate(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

static inline const char *authd_error_primary(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}

/// The function of the server that gave the error: unlike the message, in no language.
static inline const char *authd_error_routine(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);
}

static inline const char *authd_error_severity(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
}

#endif
