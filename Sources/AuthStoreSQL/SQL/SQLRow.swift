// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

/// One row of a result, read by position.
///
/// Reading never repairs: a column that is missing or of another type throws `.corrupt`, naming position and wanted type
/// but not the value.
public struct SQLRow: Hashable, Sendable {
    /// The columns in the order of the statement.
    public let columns: [SQLValue]

    /// Wraps the columns of a row.
    public init(_ columns: [SQLValue]) {
        self.columns = columns
    }

    /// The `bigint` at a position.
    public func int64(_ position: Int) throws(StoreError) -> Int64 {
        guard case .int64(let number) = value(position) else { throw mismatch(position, "bigint") }
        return number
    }

    /// The `bigint` at a position; `nil` for null.
    public func optionalInt64(_ position: Int) throws(StoreError) -> Int64? {
        try isNull(position) ? nil : int64(position)
    }

    /// The `boolean` at a position; 0 and 1 count as such.
    public func bool(_ position: Int) throws(StoreError) -> Bool {
        switch value(position) {
        case .bool(let flag): return flag
        case .int64(0): return false
        case .int64(1): return true
        case .null, .int64, .text, .bytes, .uuid, nil: throw mismatch(position, "boolean")
        }
    }

    /// The `text` at a position.
    public func text(_ position: Int) throws(StoreError) -> String {
        guard case .text(let text) = value(position) else { throw mismatch(position, "text") }
        return text
    }

    /// The `text` at a position; `nil` for null.
    public func optionalText(_ position: Int) throws(StoreError) -> String? {
        try isNull(position) ? nil : text(position)
    }

    /// The `bytea` at a position.
    public func bytes(_ position: Int) throws(StoreError) -> [UInt8] {
        guard case .bytes(let octets) = value(position) else { throw mismatch(position, "bytea") }
        return octets
    }

    /// The `bytea` at a position; `nil` for null.
    public func optionalBytes(_ position: Int) throws(StoreError) -> [UInt8]? {
        try isNull(position) ? nil : bytes(position)
    }

    /// The `uuid` at a position; sixteen octets count as one.
    public func uuid(_ position: Int) throws(StoreError) -> UUIDv7 {
        switch value(position) {
        case .uuid(let uuid): return uuid
        case .bytes(let octets):
            guard let uuid = UUIDv7(octets: octets) else { throw mismatch(position, "uuid") }
            return uuid
        case .null, .bool, .int64, .text, nil: throw mismatch(position, "uuid")
        }
    }

    /// The `uuid` at a position; `nil` for null.
    public func optionalUUID(_ position: Int) throws(StoreError) -> UUIDv7? {
        try isNull(position) ? nil : uuid(position)
    }

    /// The instant at a position.
    public func time(_ position: Int) throws(StoreError) -> Timestamp {
        Timestamp(microseconds: try int64(position))
    }

    /// The instant at a position; `nil` for null.
    public func optionalTime(_ position: Int) throws(StoreError) -> Timestamp? {
        try optionalInt64(position).map(Timestamp.init(microseconds:))
    }

    private func value(_ position: Int) -> SQLValue? {
        columns.indices.contains(position) ? columns[position] : nil
    }

    private func isNull(_ position: Int) throws(StoreError) -> Bool {
        guard let value = value(position) else { throw mismatch(position, "column") }
        return value == .null
    }

    private func mismatch(_ position: Int, _ wanted: String) -> StoreError {
        .corrupt(StoreDiagnostic("column \(position) is not a \(wanted)"))
    }
}

/// What one statement gave.
public struct SQLResult: Hashable, Sendable {
    /// The rows of a `SELECT` or of `RETURNING`.
    public let rows: [SQLRow]
    /// How many rows were inserted, updated or deleted; 0 for a `SELECT`.
    public let affectedRows: Int

    /// Describes a result.
    public init(rows: [SQLRow], affectedRows: Int) {
        self.rows = rows
        self.affectedRows = affectedRows
    }

    /// The first row, where there is one.
    public var first: SQLRow? { rows.first }
}
