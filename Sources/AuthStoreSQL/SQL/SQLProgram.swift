// SPDX-License-Identifier: Apache-2.0

public import AuthStore

/// What is done inside one transaction, as a value: statements, and what to do with their results.
///
/// A program performs no I/O and awaits nothing; a driver runs it. It may be run again from the start after a
/// serialization failure, so its closures are pure.
public indirect enum SQLProgram<Output: Sendable>: Sendable {
    /// Runs statements in order, without waiting in between where the driver can avoid it, and goes on with their
    /// results, one for each. A closure that throws rolls the transaction back.
    case run([Statement], @Sendable ([SQLResult]) throws(StoreError) -> SQLProgram<Output>)
    /// Runs last statements, whose results are not needed, and commits.
    case commit([Statement], Output)
    /// Leaves everything as it was.
    case rollback(Output)

    /// Runs one statement and goes on with its result.
    public static func run(
        _ statement: Statement, _ next: @escaping @Sendable (SQLResult) throws(StoreError) -> SQLProgram<Output>
    ) -> SQLProgram<Output> {
        .run([statement]) { (results) throws(StoreError) in
            guard let result = results.first else { throw .corrupt("a statement gave no result") }
            return try next(result)
        }
    }
}

/// A program and what kind of transaction it needs.
public struct SQLOperation<Output: Sendable>: Sendable {
    /// What a transaction may do, from the cheapest to the dearest.
    public enum Access: Sendable {
        /// Reads only; several statements need not see one state.
        case read
        /// Exactly one statement, which writes, without `BEGIN` and `COMMIT`: `run` with one statement, then
        /// `commit([], …)` or `rollback`, which come too late to undo it. SQLite's writer runs every operation inside a
        /// transaction: there, reads may follow in the same `run`.
        case writeOnce
        /// Reads and writes.
        case write
        /// Reads and writes, and may append to the change feed: it locks the row of the feed's head from its first statement
        /// to its commit, so that the order of cursors is the order of commits. Taken before any row lock, it cannot be part of
        /// a deadlock.
        case writeFeed
    }

    /// What the transaction may do.
    public let access: Access
    /// What it does.
    public let program: SQLProgram<Output>

    /// Describes an operation.
    public init(_ access: Access, _ program: SQLProgram<Output>) {
        self.access = access
        self.program = program
    }
}
