// SPDX-License-Identifier: Apache-2.0

/// A password hash in text form, as a store keeps it; it does not print.
public struct StoredPasswordHash: Hashable, Sendable {
    /// The text, such as a PHC string.
    public let text: String

    /// Wraps the text form of a hash.
    public init(_ text: String) { self.text = text }
}

extension StoredPasswordHash: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says only that there is a hash.
    public var description: String { "<password hash>" }
    /// Says only that there is a hash.
    public var debugDescription: String { description }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
