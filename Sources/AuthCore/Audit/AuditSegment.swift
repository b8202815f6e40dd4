// SPDX-License-Identifier: Apache-2.0

/// A part of the chain whose links are made with one key, as its opening record describes it.
///
/// The record is bound into the chain: the first event of the segment is linked to its ``AuditChain/opening(of:)``. The
/// database has the key only sealed under the root key, so an attacker who can write to it can neither continue a
/// segment nor open another one.
public struct AuditSegment: Hashable, Sendable {
    /// Why it was opened.
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// The log was empty.
        case firstStart = "first_start"
        /// The root key changed: who knows the one before cannot continue the chain.
        case rootKeyChanged = "root_key_changed"
        /// The operator accepted that the log does not continue the last signed head.
        case restoreAccepted = "restore_accepted"
    }

    /// Its number, from 1.
    ///
    /// Numbers have no gaps but where an accepted restore had lost segments; see ``follows(_:)``.
    public let number: Int64
    /// Why it was opened.
    public let reason: Reason
    /// When it was opened.
    public let openedAt: Timestamp
    /// Who opened it, in words.
    public let author: String
    /// The end of the chain that it continues.
    public let found: AuditHead
    /// The signed head that was not found, where a restore was accepted and one was known.
    public let expected: AuditHead?

    /// Describes a segment.
    public init(
        number: Int64, reason: Reason, openedAt: Timestamp, author: String, found: AuditHead, expected: AuditHead? = nil
    ) {
        self.number = number
        self.reason = reason
        self.openedAt = openedAt
        self.author = author
        self.found = found
        self.expected = expected
    }

    /// The number of a segment that continues `found` although `expected` is gone: higher than any that either names.
    public static func number(after found: Int64, expecting expected: AuditHead?) -> Int64 {
        max(found, expected?.segment ?? 0) &+ 1
    }

    /// Whether its number is the one that a segment after segment `number` has.
    public func follows(_ number: Int64) -> Bool {
        switch reason {
        case .firstStart, .rootKeyChanged: self.number == number &+ 1
        case .restoreAccepted: self.number == Self.number(after: number, expecting: expected)
        }
    }
}
