// SPDX-License-Identifier: Apache-2.0

/// Where a signing key is in its life; it only ever moves forward.
public enum SigningKeyState: String, Hashable, Sendable, CaseIterable {
    /// Published, not yet used: verifiers elsewhere get to know it before the first token signed with it reaches them.
    case pending
    /// Signs new tokens. One key of a ring at most.
    case active
    /// Signs nothing more, still published: tokens signed with it may be valid.
    case retiring
    /// Verifies nothing more.
    case retired

    /// Whether tokens signed with the key are accepted. A pending key is among them: another process of the same issuer
    /// may have activated it a moment ago.
    public var isAccepted: Bool {
        switch self {
        case .pending, .active, .retiring: true
        case .retired: false
        }
    }
}
