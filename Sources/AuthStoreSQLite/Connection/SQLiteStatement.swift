// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStoreSQL
import CLibSQLite

/// A prepared statement of one connection, of which it must not outlive the use.
///
/// A class, because it owns memory of sqlite3 and frees it once.
final class SQLiteStatement {
    private let database: OpaquePointer
    /// `nil` for a text that is nothing but blanks and comments.
    private let handle: OpaquePointer?
    private let parameterCount: Int
    private let indices: [CInt]

    /// Prepares the rendered text of exactly one statement.
    init(_ text: String, isPermanent: Bool, on database: OpaquePointer) throws(SQLiteFailure) {
        var handle: OpaquePointer?
        var isAlone = true
        var rendered = SQLiteDialect.render(text)
        let code = rendered.withUTF8 { octets -> CInt in
            guard let start = octets.baseAddress, let count = CInt(exactly: octets.count) else {
                return octets.isEmpty ? SQLITE_OK : SQLITE_TOOBIG
            }
            return start.withMemoryRebound(to: CChar.self, capacity: octets.count) { characters in
                var tail: UnsafePointer<CChar>?
                let flags = isPermanent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
                let code = sqlite3_prepare_v3(database, characters, count, flags, &handle, &tail)
                if let tail {
                    isAlone = octets[(tail - characters)...].allSatisfy { " \n\r\t;".utf8.contains($0) }
                }
                return code
            }
        }
        guard code == SQLITE_OK else { throw SQLiteFailure(code, on: database) }
        self.database = database
        self.handle = handle
        parameterCount = handle.map { Int(sqlite3_bind_parameter_count($0)) } ?? 0
        indices = (0..<parameterCount).map { sqlite3_bind_parameter_index(handle, "$\($0 + 1)") }
        guard isAlone else { throw .failed(.corrupt("a text holds more than one statement")) }
        guard !indices.contains(0) else { throw .failed(.corrupt("a statement's parameters are not $1, $2 and so on")) }
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Runs the statement to its end.
    func run(_ values: [SQLValue]) throws(SQLiteFailure) -> SQLResult {
        guard values.count == parameterCount else {
            throw .failed(.corrupt("a statement was given another number of values than it has parameters"))
        }
        guard let handle else { return SQLResult(rows: [], affectedRows: 0) }
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        for (index, value) in zip(indices, values) {
            let code = try bind(value, at: index, of: handle)
            guard code == SQLITE_OK else { throw SQLiteFailure(code, on: database) }
        }

        let changesBefore = sqlite3_total_changes64(database)
        var rows: [SQLRow] = []
        while true {
            let code = sqlite3_step(handle)
            switch code {
            case SQLITE_ROW:
                rows.append(try row(of: handle))
            case SQLITE_DONE:
                // sqlite3_changes64 still tells of an earlier statement where this one is not one that changes rows.
                let changedAny = sqlite3_total_changes64(database) != changesBefore
                let count = changedAny ? Int(clamping: sqlite3_changes64(database)) : 0
                return SQLResult(rows: rows, affectedRows: count)
            default:
                throw SQLiteFailure(code, on: database)
            }
        }
    }

    private func bind(
        _ value: SQLValue, at index: CInt, of handle: OpaquePointer
    ) throws(SQLiteFailure) -> CInt {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .bool(let flag): return sqlite3_bind_int64(handle, index, flag ? 1 : 0)
        case .int64(let number): return sqlite3_bind_int64(handle, index, number)
        case .text(var text):
            guard !text.utf8.contains(0) else { throw .failed(.corrupt("a text has a NUL in it")) }
            return text.withUTF8 { authd_sqlite3_bind_text(handle, index, $0.baseAddress, UInt64($0.count)) }
        case .bytes(let octets): return bind(octets, at: index, of: handle)
        case .uuid(let uuid): return bind(uuid.octets, at: index, of: handle)
        }
    }

    private func bind(_ octets: [UInt8], at index: CInt, of handle: OpaquePointer) -> CInt {
        octets.withUnsafeBytes { authd_sqlite3_bind_blob(handle, index, $0.baseAddress, UInt64($0.count)) }
    }

    private func row(of handle: OpaquePointer) throws(SQLiteFailure) -> SQLRow {
        var columns: [SQLValue] = []
        let count = sqlite3_column_count(handle)
        columns.reserveCapacity(Int(count))
        for column in 0..<count {
            columns.append(try value(in: column, of: handle))
        }
        return SQLRow(columns)
    }

    private func value(in column: CInt, of handle: OpaquePointer) throws(SQLiteFailure) -> SQLValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_NULL: return .null
        case SQLITE_INTEGER: return .int64(sqlite3_column_int64(handle, column))
        case SQLITE_BLOB:
            // The pointer is asked for first: the count is of the value as the pointer's call left it.
            let start = sqlite3_column_blob(handle, column)
            let octets = UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
            return .bytes(start == nil ? [] : Array(octets))
        case SQLITE_TEXT:
            guard let start = sqlite3_column_text(handle, column) else {
                throw .failed(.unavailable("sqlite3 is out of memory"))
            }
            let octets = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
            guard !octets.contains(0), let text = String(validating: octets, as: UTF8.self) else {
                throw .failed(.corrupt(StoreDiagnostic("column \(column) is not UTF-8 without NUL")))
            }
            return .text(text)
        default:
            throw .failed(.corrupt(StoreDiagnostic("column \(column) is neither integer, text nor blob")))
        }
    }
}

@available(*, unavailable) extension SQLiteStatement: Sendable {}
