// SPDX-License-Identifier: Apache-2.0
// sqlite3, and the calls of it that Swift does not import.

#ifndef AUTHD_CLIBSQLITE_SHIM_H
#define AUTHD_CLIBSQLITE_SHIM_H

#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast of -1 to a function pointer, which does not import: sqlite3 copies what is bound.

static inline int authd_sqlite3_bind_text(sqlite3_stmt *statement, int index, const void *octets, sqlite3_uint64 count) {
    return sqlite3_bind_text64(
        statement, index, octets ? (const char *)octets : "", count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int authd_sqlite3_bind_blob(sqlite3_stmt *statement, int index, const void *octets, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, octets ? octets : "", count, SQLITE_TRANSIENT);
}

// sqlite3_db_config is variadic: one switch, set on or off.
static inline int authd_sqlite3_db_config_switch(sqlite3 *database, int operation, int on) {
    return sqlite3_db_config(database, operation, on, (int *)0);
}

// sqlite3_config is variadic.
static inline int authd_sqlite3_config_log(void (*receive)(void *context, int code, const char *text)) {
    return sqlite3_config(SQLITE_CONFIG_LOG, receive, (void *)0);
}

#endif
