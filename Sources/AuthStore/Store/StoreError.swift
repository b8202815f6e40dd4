// SPDX-License-Identifier: Apache-2.0

/// Why an operation of a store failed.
///
/// Its writes are not committed, except for an `.unavailable` that came with or instead of the answer to the commit:
/// then they may be, and the same request can be repeated to find out.
public enum StoreError: Error, Hashable, Sendable {
    /// The database cannot be reached, did not answer in time, or has no connection to spare. Trying later may help.
    case unavailable(StoreDiagnostic)
    /// The database rejects this process: its role, password, database or privileges are wrong. Only an operator can
    /// change that.
    case denied(StoreDiagnostic)
    /// Concurrent operations kept conflicting, beyond the bounded number of tries.
    case conflict
    /// The stored data is not what this version can read: a damaged row, or an unknown schema.
    case corrupt(StoreDiagnostic)
    /// The caller was cancelled. An operation that had begun may still have been done.
    case cancelled
}

/// Words for the operator's log about a failure: never bound values, never sent to a client.
public struct StoreDiagnostic: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The message of the database or its driver.
    public let text: String

    /// Wraps a message.
    public init(_ text: String) { self.text = text }

    /// Wraps a constant sentence.
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

    /// The driver's message, if there is one; for the log alone.
    public var diagnostic: String? {
        switch self {
        case .unavailable(let diagnostic), .denied(let diagnostic), .corrupt(let diagnostic): diagnostic.text
        case .conflict, .cancelled: nil
        }
    }
}
