// SPDX-License-Identifier: Apache-2.0

import AuthStoreSQL

/// Statements that go to the server together and are answered together, up to one synchronization point.
///
/// The server runs them in order and skips the rest after an error.
struct Flight: Sendable {
    /// The statements in order, those that open and close the transaction included.
    var statements: [Statement]
    /// Which of their results the program asked for.
    var reported: Range<Int>
    /// Whether something of it may last although no answer came.
    var mayCommit: Bool
    /// How long all of it may take.
    var timeout: Duration

    init(_ statements: [Statement], reported: Range<Int> = 0..<0, mayCommit: Bool = false, timeout: Duration) {
        self.statements = statements
        self.reported = reported
        self.mayCommit = mayCommit
        self.timeout = timeout
    }
}
