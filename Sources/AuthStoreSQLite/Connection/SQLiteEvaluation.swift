// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import AuthSystem

/// How a program ended.
enum SQLiteVerdict<Output: Sendable>: Sendable {
    case commit(Output)
    case rollback(Output)

    var output: Output {
        switch self {
        case .commit(let output), .rollback(let output): output
        }
    }
}

extension SQLiteConnection {
    /// Runs a program to its end; the transaction around it is the caller's.
    func evaluate<Output: Sendable>(
        _ program: SQLProgram<Output>
    ) throws(SQLiteFailure) -> SQLiteVerdict<Output> {
        var program = program
        while true {
            switch program {
            case .run(let statements, let next):
                var results: [SQLResult] = []
                results.reserveCapacity(statements.count)
                for statement in statements { results.append(try run(statement)) }
                do throws(StoreError) { program = try next(results) } catch { throw .failed(error) }
            case .commit(let statements, let output):
                for statement in statements { try run(statement) }
                return .commit(output)
            case .rollback(let output):
                return .rollback(output)
            }
        }
    }

    /// Runs a body inside a transaction and ends it as the verdict says; after a failure nothing is kept.
    func transaction<Output: Sendable>(
        begin: SQL, _ body: () throws(SQLiteFailure) -> SQLiteVerdict<Output>
    ) throws(SQLiteFailure) -> Output {
        try run(begin)
        do throws(SQLiteFailure) {
            let verdict = try body()
            switch verdict {
            case .commit: try run(Control.commit)
            case .rollback: try run(Control.rollback)
            }
            return verdict.output
        } catch {
            abandon()
            throw error
        }
    }

    /// Ends the transaction without keeping anything, whatever state it is in.
    func abandon() {
        guard isInTransaction else { return }
        // Nothing is left to be done where this fails: sqlite3 then has ended the transaction by itself.
        _ = try? run(Control.rollback)
    }

    /// The statements that begin and end transactions.
    enum Control {
        static let begin = SQL("BEGIN")
        static let beginImmediate = SQL("BEGIN IMMEDIATE")
        static let beginExclusive = SQL("BEGIN EXCLUSIVE")
        static let commit = SQL("COMMIT")
        static let rollback = SQL("ROLLBACK")
        static let savepoint = SQL("SAVEPOINT operation")
        static let rollbackToSavepoint = SQL("ROLLBACK TO operation")
        static let releaseSavepoint = SQL("RELEASE operation")
    }
}

/// Tries again while the database is locked, five times in all.
///
/// It blocks its thread between the tries, because sqlite3 does not wait where waiting could be a deadlock.
func retryingWhileBusy<Output>(
    _ body: () throws(SQLiteFailure) -> Output
) throws(SQLiteFailure) -> Output {
    for attempt in 1..<5 {
        do throws(SQLiteFailure) { return try body() } catch {
            guard error == .busy else { throw error }
            SystemThread.pause(milliseconds: 5 * attempt)
        }
    }
    return try body()
}
