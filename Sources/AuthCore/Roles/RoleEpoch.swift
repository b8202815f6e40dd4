// SPDX-License-Identifier: Apache-2.0

/// The number of a role that access tokens of its holders must not be older than: it is raised whenever the role grants less
/// than before.
///
/// Drawn from the time like ``UserEpoch``, so that it does not repeat after a backup was restored.
public struct RoleEpoch: Hashable, Comparable, Sendable {
    /// Zero, or microseconds since 1970 as a rule; only compared.
    public let value: Int64

    /// The epoch of a role that has never granted less.
    public static let first = RoleEpoch(0)

    /// Wraps a stored or received number.
    public init(_ value: Int64) {
        self.value = value
    }

    /// The epoch after this one, as ``UserEpoch/next(at:)`` gives it.
    public func next(at now: Timestamp) -> RoleEpoch {
        RoleEpoch(UserEpoch(value).next(at: now).value)
    }

    /// Orders by number: a later epoch is a greater one.
    public static func < (earlier: RoleEpoch, later: RoleEpoch) -> Bool {
        earlier.value < later.value
    }
}
