// SPDX-License-Identifier: Apache-2.0

public import AuthCore

extension SigningKeyState {
    /// Whether tokens signed with the key are accepted.
    ///
    /// Those of a pending key are: another process of the same issuer may have activated it a moment ago.
    public var isAccepted: Bool {
        switch self {
        case .pending, .active, .retiring: true
        case .retired: false
        }
    }
}
