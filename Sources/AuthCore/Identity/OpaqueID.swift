// SPDX-License-Identifier: Apache-2.0

/// An identifier whose only meaning is equality; its kind is its type.
public protocol OpaqueID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The value as stored and written.
    var uuid: UUIDv7 { get }
    /// Wraps a value.
    init(_ uuid: UUIDv7)
}

extension OpaqueID {
    /// Reads the canonical text form; anything else gives `nil`.
    public init?(parsing text: some StringProtocol) {
        guard let uuid = UUIDv7(text) else { return nil }
        self.init(uuid)
    }

    /// Orders by time of making, then at random.
    public static func < (left: Self, right: Self) -> Bool {
        left.uuid < right.uuid
    }

    /// The canonical text form.
    public var description: String { uuid.description }
}

/// The subject of a user's tokens: opaque, and never given to another user, not even after deletion.
public struct UserID: OpaqueID {
    /// The value as stored and written.
    public let uuid: UUIDv7
    /// Wraps a value.
    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}

/// Names one session; it stands in every access token of that session as `sid`.
public struct SessionID: OpaqueID {
    /// The value as stored and written.
    public let uuid: UUIDv7
    /// Wraps a value.
    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}

/// Names an organization; kept in the model so that roles and sessions can be scoped to one.
public struct OrganizationID: OpaqueID {
    /// The value as stored and written.
    public let uuid: UUIDv7
    /// Wraps a value.
    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}
