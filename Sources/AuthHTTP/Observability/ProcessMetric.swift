// SPDX-License-Identifier: Apache-2.0

/// A number about the process as a whole, shown at `/metrics`.
public struct ProcessMetric: Hashable, Sendable {
    /// Whether the number only grows.
    public enum Kind: String, Hashable, Sendable {
        /// Grows from 0 at the start of the process.
        case counter
        /// Goes up and down.
        case gauge
    }

    /// A Prometheus metric name: letters, digits and underscores.
    public let name: String
    /// Whether the number only grows.
    public let kind: Kind
    /// One sentence on one line, without a backslash.
    public let help: String
    /// The number now.
    public let value: Int

    /// A number as it is now.
    public init(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
        self.name = name
        self.kind = kind
        self.help = help
        self.value = value
    }
}
