// SPDX-License-Identifier: Apache-2.0

import AuthStoreSQL

/// Statements that go to the server together and are answered together, up to one synchronization point.
///
/// The server runs them in order and skips the rest after an error.
struct StatementBatch: Sendable {
    /// The statements in order, those that open and close the transaction included.
    let statements: [Statement]
    /// Which of their results the program asked for; the others are not read.
    let reported: Range<Int>
    /// How long all of it may take.
    let timeout: Duration

    init(_ statements: [Statement], reported: Range<Int> = 0..<0, timeout: Duration) {
        self.statements = statements
        self.reported = reported
        self.timeout = timeout
    }
}
