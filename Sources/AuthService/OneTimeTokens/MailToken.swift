// SPDX-License-Identifier: Apache-2.0

/// A one-time token on its way to a mailbox.
///
/// It holds the secret itself, so nothing but ``revealed`` shows it: not a description, a debugger or `dump`.
public struct MailToken: Hashable, Sendable {
    /// The secret as the recipient must present it; only a message body may hold it.
    public let revealed: String

    /// Takes a token as it will be presented.
    public init(_ token: String) {
        revealed = token
    }
}

extension MailToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "MailToken(redacted)" }
    /// A constant.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
