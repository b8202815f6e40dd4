// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStoreSQL
import CLibPQ

/// Reads libpq's results, which came in binary format, into rows.
enum ResultReader {
    private enum Column {
        case bool, int64, text, bytes, uuid
    }

    /// Reads a result that is not an error.
    ///
    /// - Throws: `.corrupt` for a column of a type that `SQLValue` does not have, or a value that its type cannot have.
    static func read(_ result: OpaquePointer) throws(StoreError) -> SQLResult {
        let rowCount = PQntuples(result)
        let columnCount = PQnfields(result)
        guard rowCount > 0, columnCount > 0 else { return SQLResult(rows: [], affectedRows: affectedRows(result)) }

        var columns: [Column] = []
        columns.reserveCapacity(Int(columnCount))
        for position in 0..<columnCount { columns.append(try column(result, position)) }

        var rows: [SQLRow] = []
        rows.reserveCapacity(Int(rowCount))
        for row in 0..<rowCount {
            var values: [SQLValue] = []
            values.reserveCapacity(columns.count)
            for (position, column) in zip(0..<columnCount, columns) {
                values.append(try value(result, row, position, column))
            }
            rows.append(SQLRow(values))
        }
        return SQLResult(rows: rows, affectedRows: affectedRows(result))
    }

    /// The word of a command that was done, such as `COMMIT`.
    static func isCommand(_ result: OpaquePointer, _ word: StaticString) -> Bool {
        guard let tag = PQcmdStatus(result) else { return false }
        return String(cString: tag) == word.description
    }

    private static func column(_ result: OpaquePointer, _ position: Int32) throws(StoreError) -> Column {
        guard PQfformat(result, position) == 1 else { throw mismatch(position) }
        switch PQftype(result, position) {
        case PostgresType.bool: return .bool
        case PostgresType.int64: return .int64
        case PostgresType.text: return .text
        case PostgresType.bytes: return .bytes
        case PostgresType.uuid: return .uuid
        default: throw mismatch(position)
        }
    }

    private static func value(
        _ result: OpaquePointer, _ row: Int32, _ position: Int32, _ column: Column
    ) throws(StoreError) -> SQLValue {
        guard PQgetisnull(result, row, position) == 0 else { return .null }
        guard let start = PQgetvalue(result, row, position) else { throw mismatch(position) }
        let octets = UnsafeRawBufferPointer(start: start, count: Int(max(0, PQgetlength(result, row, position))))
        switch column {
        case .bool:
            guard octets.count == 1, let octet = octets.first, octet <= 1 else { throw mismatch(position) }
            return .bool(octet == 1)
        case .int64:
            guard octets.count == 8 else { throw mismatch(position) }
            return .int64(Int64(bitPattern: bigEndian(octets[...])))
        case .text:
            guard let text = String(validating: octets, as: UTF8.self) else { throw mismatch(position) }
            return .text(text)
        case .bytes:
            return .bytes(Array(octets))
        case .uuid:
            guard octets.count == 16 else { throw mismatch(position) }
            return .uuid(UUIDv7(high: bigEndian(octets.prefix(8)), low: bigEndian(octets.suffix(8))))
        }
    }

    private static func bigEndian(_ octets: Slice<UnsafeRawBufferPointer>) -> UInt64 {
        octets.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func affectedRows(_ result: OpaquePointer) -> Int {
        // `SELECT 5` counts too for libpq.
        guard let tag = PQcmdStatus(result), tag.pointee != CChar(bitPattern: UInt8(ascii: "S")) else { return 0 }
        return PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    private static func mismatch(_ position: Int32) -> StoreError {
        .corrupt(StoreDiagnostic("column \(position) has a type or a value that is not known here"))
    }
}
