// SPDX-License-Identifier: Apache-2.0

/// Why an operation of a store did not come about.
///
/// What it should have written is not written, but for an `.unavailable` that came with or in place of the answer to the
/// commit: then it may be written, and presenting it again tells.
public enum StoreError: Error, Hashable, Sendable {
    /// The database cannot be reached, did not answer in time, or has no connection to spare. Trying later may help.
    case unavailable(StoreDiagnostic)
    /// The database refuses this process: its role, password, database or privileges are not what they should be. Only an
    /// operator can change that.
    case denied(StoreDiagnostic)
    /// Concurrent operations kept getting in each other's way, beyond the bounded number of tries.
    case conflict
    /// What is stored is not what this version can read: a damaged row, or a schema that is not known.
    case corrupt(StoreDiagnostic)
    /// The caller gave up waiting. An operation that had begun may still have been done.
    case cancelled
}

/// Words for the operator's log about a failure: never bound values, never sent to a client.
public struct StoreDiagnostic: Hashable, Sendable, ExpressibleByStringLiteral {
    /// What the database or its driver said.
    public let text: String

    /// Wraps what was said.
    public init(_ text: String) { self.text = text }

    /// Wraps a sentence of our own.
    public init(stringLiteral text: String) { self.text = text }
}

extension StoreError: CustomStringConvertible {
    /// One safe sentence, without the diagnostic.
    public var description: String {
        switch self {
        case .unavailable: "The database is unavailable."
        case .denied: "The database denies access."
        case .conflict: "The database is too contended."
        case .corrupt: "The database holds something that cannot be read."
        case .cancelled: "The operation was cancelled."
        }
    }

    /// The driver's words, where there are any; for the log alone.
    public var diagnostic: String? {
        switch self {
        case .unavailable(let diagnostic), .denied(let diagnostic), .corrupt(let diagnostic): diagnostic.text
        case .conflict, .cancelled: nil
        }
    }
}
