// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthStoreSQL
import CLibPQ

/// The identifiers of the types that `SQLValue` has; they are fixed in the protocol's catalogue.
enum PostgresType {
    static let bool: Oid = 16
    static let bytes: Oid = 17
    static let int64: Oid = 20
    static let text: Oid = 25
    static let uuid: Oid = 2950
}

/// The values of one statement in PostgreSQL's binary format, in memory that is used again for the next.
struct ParameterBuffer {
    /// More than the server would take in one message.
    private static let largest = 1 << 29

    private var octets: [UInt8] = []
    private var offsets: [Int?] = []
    private var pointers: [UnsafePointer<CChar>?] = []
    /// The type of each value; 0 for null, which lets the server infer it.
    private(set) var types: [Oid] = []
    /// The length of each value.
    private(set) var lengths: [Int32] = []
    /// Binary, for each value.
    private(set) var formats: [Int32] = []

    /// How many values are loaded.
    var count: Int32 { Int32(types.count) }

    /// Why a statement cannot be sent; nothing may be loaded that this refuses.
    static func refusal(of statement: Statement) -> StoreError? {
        guard statement.values.count <= Int(PQ_QUERY_PARAM_MAX_LIMIT) else {
            return .corrupt("a statement has too many parameters")
        }
        var size = 0
        for value in statement.values {
            switch value {
            case .text(let text):
                guard !text.utf8.contains(0) else { return .corrupt("text with NUL") }
                size &+= text.utf8.count
            case .bytes(let bytes): size &+= bytes.count
            case .null, .bool, .int64, .uuid: size &+= 16
            }
            guard size <= largest else { return .corrupt("a statement has too large parameters") }
        }
        return nil
    }

    /// Replaces what is loaded.
    mutating func load(_ values: [SQLValue]) {
        octets.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        types.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        // An empty value must have an address too: libpq takes none for null.
        octets.append(0)
        for value in values { load(value) }
        while formats.count < values.count { formats.append(1) }
        // A large value should not keep its memory for as long as the connection lives.
        if octets.capacity > 1 << 20, octets.count < 1 << 16 { octets = Array(octets) }
    }

    private mutating func load(_ value: SQLValue) {
        let start = octets.count
        switch value {
        case .null:
            offsets.append(nil)
            types.append(0)
            lengths.append(0)
            return
        case .bool(let flag):
            octets.append(flag ? 1 : 0)
            types.append(PostgresType.bool)
        case .int64(let number):
            append(UInt64(bitPattern: number))
            types.append(PostgresType.int64)
        case .text(let text):
            octets.append(contentsOf: text.utf8)
            types.append(PostgresType.text)
        case .bytes(let bytes):
            octets.append(contentsOf: bytes)
            types.append(PostgresType.bytes)
        case .uuid(let uuid):
            append(uuid.high)
            append(uuid.low)
            types.append(PostgresType.uuid)
        }
        offsets.append(start)
        lengths.append(Int32(octets.count - start))
    }

    private mutating func append(_ number: UInt64) {
        withUnsafeBytes(of: number.bigEndian) { octets.append(contentsOf: $0) }
    }

    /// Lends the address of each value.
    mutating func withPointers<Outcome>(_ body: (ParameterBuffer, [UnsafePointer<CChar>?]) -> Outcome) -> Outcome {
        var pointers: [UnsafePointer<CChar>?] = []
        swap(&pointers, &self.pointers)
        pointers.removeAll(keepingCapacity: true)
        let outcome = octets.withUnsafeBytes { memory in
            let start = memory.baseAddress?.assumingMemoryBound(to: CChar.self)
            for offset in offsets { pointers.append(offset.flatMap { start?.advanced(by: $0) }) }
            return body(self, pointers)
        }
        swap(&pointers, &self.pointers)
        return outcome
    }
}
