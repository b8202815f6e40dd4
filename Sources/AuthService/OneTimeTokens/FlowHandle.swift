// SPDX-License-Identifier: Apache-2.0

/// What names a mailed action for the client that asked for it: with the code of the mail it completes the action.
///
/// It holds the secret itself, so nothing but ``revealed`` shows it: not a description, a debugger or `dump`.
public struct FlowHandle: Hashable, Sendable {
    /// The text as the client keeps and presents it.
    public let revealed: String

    /// Takes a handle as it will be presented.
    public init(_ text: String) {
        revealed = text
    }
}

extension FlowHandle: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "FlowHandle(redacted)" }
    /// A constant.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
