// SPDX-License-Identifier: Apache-2.0

/// How much of one allowance for failed sign-ins has been used: two instants and a count, whatever happened.
///
/// A budget that is whole again is the same as one that was never used, and may be forgotten.
public struct SignInBudget: Hashable, Sendable {
    /// The failures counted since the budget was last whole.
    public var failures: Int64
    /// When the budget is whole again if nothing more fails.
    public var fullAt: Timestamp
    /// Until when attempts are refused, whatever the password.
    public var blockedUntil: Timestamp

    /// A budget that was never used.
    public static let unused = SignInBudget(
        failures: 0, fullAt: Timestamp(microseconds: 0), blockedUntil: Timestamp(microseconds: 0))

    /// Describes a budget as stored.
    public init(failures: Int64, fullAt: Timestamp, blockedUntil: Timestamp) {
        self.failures = failures
        self.fullAt = fullAt
        self.blockedUntil = blockedUntil
    }

    /// The attempts whose failures a budget counts.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Those of one source that is not a known device, at one user.
        case source
        /// Those of all sources together that are not known devices, at one user.
        case user
        /// Those of one known device of one user.
        case device
    }
}

/// Names a budget: its kind, and a keyed digest of its owner, which reveals nothing to a reader of the database.
public struct SignInBudgetKey: Hashable, Sendable {
    /// The kind, by which its rule is found; the digest covers it too.
    public let kind: SignInBudget.Kind
    /// 32 octets.
    public let digest: [UInt8]

    /// Names a budget.
    public init(_ kind: SignInBudget.Kind, digest: [UInt8]) {
        self.kind = kind
        self.digest = digest
    }
}
