// SPDX-License-Identifier: Apache-2.0

import AuthStore
import CLibSQLite

/// Why a call of sqlite3 failed, as far as the driver acts on the difference.
enum SQLiteFailure: Error, Hashable {
    /// Another connection holds a lock beyond the busy timeout. Nothing was done; another try may succeed.
    case busy
    /// The file holds pages that are not its own. Another try would not help.
    case damaged(StoreDiagnostic)
    /// Another try would not help.
    case failed(StoreError)

    /// Reads the failure of a call on a connection.
    ///
    /// sqlite3's message names tables and columns, never values.
    init(_ code: CInt, on database: OpaquePointer?) {
        let extended = database.map(sqlite3_extended_errcode) ?? code
        let message = database.flatMap(sqlite3_errmsg) ?? sqlite3_errstr(code)
        let words = message.map { String(cString: $0) } ?? "no message"
        let diagnostic = StoreDiagnostic("sqlite3 \(extended): \(words)")
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED:
            self = .busy
        case SQLITE_CONSTRAINT:
            // Bit fields, which do not import: SQLITE_CONSTRAINT_FOREIGNKEY, _PRIMARYKEY, _UNIQUE and _ROWID.
            let collisions: [CInt] = [3, 6, 8, 10]
            self = .failed(collisions.contains(extended >> 8) ? .conflict : .corrupt(diagnostic))
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            self = .damaged(diagnostic)
        case SQLITE_ERROR, SQLITE_SCHEMA, SQLITE_MISMATCH, SQLITE_RANGE, SQLITE_FORMAT,
            SQLITE_TOOBIG, SQLITE_MISUSE, SQLITE_INTERNAL:
            self = .failed(.corrupt(diagnostic))
        default:
            // Disk full, input and output, permission, memory, an interrupted statement.
            self = .failed(.unavailable(diagnostic))
        }
    }

    /// What the caller of the driver hears.
    var storeError: StoreError {
        switch self {
        case .busy: .unavailable("another process keeps the database locked")
        case .damaged(let diagnostic): .corrupt(diagnostic)
        case .failed(let error): error
        }
    }
}
