// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// A value as it goes to and comes from a database: the five types that both dialects share.
public enum SQLValue: Hashable, Sendable {
    /// Absent, of any type.
    case null
    /// `boolean`; SQLite keeps 0 and 1.
    case bool(Bool)
    /// `bigint`
    case int64(Int64)
    /// `text`, never with a NUL in it.
    case text(String)
    /// `bytea`; a blob in SQLite.
    case bytes([UInt8])
    /// `uuid`; a blob of sixteen octets in SQLite.
    case uuid(UUIDv7)
}

extension SQLValue {
    /// An identifier.
    public static func id(_ id: some OpaqueID) -> SQLValue { .uuid(id.uuid) }

    /// An identifier, where there is one.
    public static func id(_ id: (some OpaqueID)?) -> SQLValue { id.map { .uuid($0.uuid) } ?? .null }

    /// An instant, as microseconds since the epoch.
    public static func time(_ instant: Timestamp) -> SQLValue { .int64(instant.microseconds) }

    /// An instant, where there is one.
    public static func time(_ instant: Timestamp?) -> SQLValue { instant.map { .int64($0.microseconds) } ?? .null }

    /// A length of time, in microseconds.
    public static func duration(_ duration: Duration) -> SQLValue { .int64(duration.microseconds) }

    /// A text, where there is one.
    public static func optional(_ text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }

    /// Octets, where there are any.
    public static func optional(_ octets: [UInt8]?) -> SQLValue { octets.map(SQLValue.bytes) ?? .null }
}
