// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Why a verifier would like newer keys.
public enum KeyRefreshReason: Hashable, Sendable, CaseIterable {
    /// The keys may have run out; asked before verifying.
    case age
    /// A token names a key that is not among them. The clients that send tokens decide how often this happens.
    case unknownKey
    /// The issuer said that its keys are others now.
    case changed
}

/// Where a verifier finds the keys of its issuer at the moment.
///
/// For the implementer:
/// 1. ``verificationKeys()`` answers from memory, without waiting: it is asked on event loops, once a token.
/// 2. While the keys stay the same, so does the object: verifiers drop what they have cached when its identity changes.
/// 3. A key that is revoked is absent from the next answer.
/// 4. ``refresh(_:)`` may wait, but bounds how often it reaches out, whatever the reasons: no client that sends tokens can
///    make it ask more.
public protocol KeySource: Sendable {
    /// The keys that may verify tokens now.
    func verificationKeys() -> VerificationKeySet

    /// Gets newer keys if there can be any and it is time to ask; true if the keys are others than before.
    func refresh(_ reason: KeyRefreshReason) async -> Bool
}

extension VerificationKeySet: KeySource {
    /// Returns the set itself; its keys never change.
    public func verificationKeys() -> VerificationKeySet { self }

    /// Returns `false`: there is nothing to fetch.
    public func refresh(_ reason: KeyRefreshReason) async -> Bool { false }
}

/// Keys that their owner replaces while verifiers use them: an issuer's own, from its key ring.
///
/// A class because all who hold it must see the replacement.
public final class ReplaceableKeys: KeySource {
    private let current: Mutex<VerificationKeySet>

    /// Starts with a set.
    public init(_ keys: VerificationKeySet = .empty) {
        current = Mutex(keys)
    }

    /// Puts other keys in place; every verification that starts after this returns uses them.
    public func replace(with keys: VerificationKeySet) {
        current.withLock { $0 = keys }
    }

    /// The set that was put in place last.
    public func verificationKeys() -> VerificationKeySet {
        current.withLock { $0 }
    }

    /// Returns `false`: the owner replaces the keys with ``replace(with:)``.
    public func refresh(_ reason: KeyRefreshReason) async -> Bool { false }
}
