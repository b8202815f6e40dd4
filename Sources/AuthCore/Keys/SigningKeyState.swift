// SPDX-License-Identifier: Apache-2.0

/// Where a signing key stands in its life: it is published before it signs, and still verifies after it has.
public enum SigningKeyState: String, Hashable, Sendable, CaseIterable {
    /// Published, so that verifiers learn of it, but signing nothing yet.
    case pending
    /// Signs every new token; there is one.
    case active
    /// Signs nothing more; its last tokens are still good.
    case retiring
    /// Neither published nor accepted.
    case retired

    /// Whether tokens signed with the key are accepted.
    ///
    /// A pending key is among them: another process of the same issuer may have activated it a moment ago.
    public var isAccepted: Bool {
        switch self {
        case .pending, .active, .retiring: true
        case .retired: false
        }
    }
}
