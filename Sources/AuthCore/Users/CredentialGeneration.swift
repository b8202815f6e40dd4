// SPDX-License-Identifier: Apache-2.0

/// Counts how often a user's credentials were replaced: the devices that a user has made known belong to one generation.
///
/// A new password begins the next one, and so does voiding the credentials that were never shown with a proof of the mailbox.
/// A new hash of the same password does not. It is drawn from the time, as a ``UserEpoch`` is and for the same reason.
public struct CredentialGeneration: Hashable, Comparable, Sendable {
    /// Zero, or microseconds since 1970 as a rule; only compared.
    public let value: Int64

    /// The generation of a user just made.
    public static let first = CredentialGeneration(0)

    /// Wraps a stored or received number.
    public init(_ value: Int64) {
        self.value = value
    }

    /// The generation after this one: the time, or one more where the time has not come so far.
    public func next(at now: Timestamp) -> CredentialGeneration {
        let successor = value == .max ? value : value + 1
        return CredentialGeneration(max(successor, now.microseconds))
    }

    /// Orders by number: a later generation is a greater one.
    public static func < (earlier: CredentialGeneration, later: CredentialGeneration) -> Bool {
        earlier.value < later.value
    }
}
