// SPDX-License-Identifier: Apache-2.0

/// A password hash in text form, as a store keeps it; it does not print.
public struct StoredPasswordHash: Hashable, Sendable {
    /// The text, such as a PHC string.
    public let text: String
    /// The algorithm and the work that the hash takes, such as `argon2id m=19456 t=2 p=1`: what may be counted and shown.
    public let cost: String

    /// Pairs the text form of a hash with its cost.
    public init(text: String, cost: String) {
        self.text = text
        self.cost = cost
    }
}

extension StoredPasswordHash: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The cost and nothing else.
    public var description: String { "StoredPasswordHash(\(cost), redacted)" }
    /// The cost and nothing else.
    public var debugDescription: String { description }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
