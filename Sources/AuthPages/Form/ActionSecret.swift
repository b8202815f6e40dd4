// SPDX-License-Identifier: Apache-2.0

public import AuthService

/// What says in a form which flow it belongs to.
public enum ActionSecret: Hashable, Sendable {
    /// The token of the link that the page was opened with.
    case token(MailToken)
    /// The handle that the browser got when it began the flow.
    case handle(MailToken)

    var field: ActionField {
        switch self {
        case .token: .token
        case .handle: .handle
        }
    }

    var text: String {
        switch self {
        case .token(let secret), .handle(let secret): secret.revealed
        }
    }
}
