// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL

/// An operation that waits for a thread, its result type forgotten.
protocol PendingWork: Sendable {
    /// Runs it to its end inside an open transaction, as often as the driver has to.
    ///
    /// - Returns: What is to be told once the transaction's own end is known.
    func attempt(on connection: SQLiteConnection) -> Attempt

    /// Runs it alone, in a transaction of a reader, and tells.
    func read(on connection: SQLiteConnection)

    /// Tells that it did not come about.
    func refuse(_ error: StoreError)
}

/// What came of running an operation inside a transaction that has not ended.
struct Attempt: Sendable {
    /// Why it failed, where it did; what it wrote is undone already.
    let failure: StoreError?
    /// Whether the change feed may have grown.
    let touchesFeed: Bool
    /// Resumes the caller, with the operation's own result.
    let tell: @Sendable () -> Void
}

/// An operation and who waits for it.
struct PendingOperation<Output: Sendable>: PendingWork {
    let operation: SQLOperation<Output>
    let continuation: CheckedContinuation<Result<Output, StoreError>, Never>

    func attempt(on connection: SQLiteConnection) -> Attempt {
        let result: Result<SQLiteVerdict<Output>, StoreError>
        do throws(SQLiteFailure) {
            switch operation.access {
            // Its one statement is indivisible by itself, and what the program says afterwards cannot undo it.
            case .writeOnce: result = .success(try connection.evaluate(operation.program))
            case .read, .write, .writeFeed: result = .success(try connection.evaluateInSavepoint(operation.program))
            }
        } catch {
            result = .failure(error.storeError)
        }
        let continuation = continuation
        switch result {
        case .success(let verdict):
            let touchesFeed = if case .commit = verdict { operation.access == .writeFeed } else { false }
            return Attempt(failure: nil, touchesFeed: touchesFeed) {
                continuation.resume(returning: .success(verdict.output))
            }
        case .failure(let error):
            return Attempt(failure: error, touchesFeed: false) { continuation.resume(returning: .failure(error)) }
        }
    }

    func read(on connection: SQLiteConnection) {
        let result: Result<Output, StoreError>
        do throws(SQLiteFailure) {
            let output = try retryingWhileBusy { () throws(SQLiteFailure) in
                try connection.transaction(begin: SQLiteConnection.Control.begin) { () throws(SQLiteFailure) in
                    try connection.evaluate(operation.program)
                }
            }
            result = .success(output)
        } catch {
            result = .failure(error.storeError)
        }
        continuation.resume(returning: result)
    }

    func refuse(_ error: StoreError) {
        continuation.resume(returning: .failure(error))
    }
}

extension SQLiteConnection {
    /// Runs a program so that it can be undone without its neighbours in the transaction.
    fileprivate func evaluateInSavepoint<Output: Sendable>(
        _ program: SQLProgram<Output>
    ) throws(SQLiteFailure) -> SQLiteVerdict<Output> {
        try run(Control.savepoint)
        do throws(SQLiteFailure) {
            let verdict = try evaluate(program)
            if case .rollback = verdict { try run(Control.rollbackToSavepoint) }
            try run(Control.releaseSavepoint)
            return verdict
        } catch {
            // Where sqlite3 ended the whole transaction there is no savepoint either.
            if isInTransaction {
                do throws(SQLiteFailure) {
                    try run(Control.rollbackToSavepoint)
                    try run(Control.releaseSavepoint)
                } catch {
                    abandon()
                }
            }
            throw error
        }
    }
}
