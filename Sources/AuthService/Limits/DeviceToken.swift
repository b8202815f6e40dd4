// SPDX-License-Identifier: Apache-2.0

/// The token by which a device is recognised: it signs no user in, but gives its user's attempts a budget of their own.
///
/// Nothing but ``revealed`` shows it: not a description, a debugger or `dump`.
public struct DeviceToken: Hashable, Sendable {
    /// The text as the device keeps and presents it.
    public let revealed: String

    /// Takes a token as it was presented; anything may be in it.
    public init(_ text: String) {
        revealed = text
    }

    /// How long a token is valid.
    public static let lifetime = Duration.seconds(180 * 86_400)
}

extension DeviceToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "DeviceToken(redacted)" }
    /// A constant.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
