// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import AuthSystem

/// The one thread that writes: whatever waits becomes one transaction, and no caller is answered before its commit is on
/// disk.
///
/// Each operation has a savepoint, so that one that fails or rolls back leaves no trace in what its neighbours did.
struct SQLiteWriter: ~Copyable {
    private let connection: SQLiteConnection
    private let core: SQLiteCore

    /// Takes over a connection on the thread it was opened on.
    init(_ connection: SQLiteConnection, _ core: SQLiteCore) {
        self.connection = connection
        self.core = core
    }

    /// Works until the queue is closed and empty, or its deadline has passed.
    func run() {
        while true {
            switch core.writes.next(for: 0) {
            case .work: commitWaiting()
            case .rest: core.writes.rest(0)
            case .stop:
                core.writes.refuseAll(.unavailable("the database is closed"))
                // The last connection to close removes the log; two that close at once would leave it to each other.
                while core.threads.count > 1 { core.writes.rest(0) }
                return optimize()
            }
        }
    }

    /// Begins a transaction and only then takes what waits: while another process holds the lock, the batch grows and
    /// callers can still give up.
    private func commitWaiting() {
        if let loss = core.health.look() {
            core.writes.refuseAll(SQLiteHealth.error(loss))
            return
        }
        do throws(SQLiteFailure) {
            try begin()
        } catch {
            core.writes.refuseAll(error.storeError)
            return
        }
        let batch = core.writes.take(atMost: core.configuration.batchLimit)
        settle(batch, isRetry: false)
        let pagesBeforeCheckpoint = 1_000
        if connection.logPages >= pagesBeforeCheckpoint { connection.checkpoint() }
    }

    private func begin() throws(SQLiteFailure) {
        _ = try retryingWhileBusy { () throws(SQLiteFailure) in
            try connection.run(SQLiteConnection.Control.beginImmediate)
        }
    }

    /// Runs a batch inside the open transaction, commits, and answers.
    private func settle(_ batch: [any PendingWork], isRetry: Bool) {
        var attempts: [Attempt] = []
        attempts.reserveCapacity(batch.count)
        for work in batch {
            let attempt = work.attempt(on: connection)
            attempts.append(attempt)
            // A full disk or an interrupted statement can end the transaction of all.
            guard connection.isInTransaction else {
                return settleAlone(batch, because: attempt.failure ?? .unavailable("the transaction was lost"), isRetry)
            }
        }
        do throws(SQLiteFailure) {
            try connection.run(SQLiteConnection.Control.commit)
        } catch {
            connection.abandon()
            // A foreign key that is checked at the end is the fault of one: the others are done without it.
            guard error == .failed(.conflict) else { return refuse(batch, error.storeError) }
            return settleAlone(batch, because: .conflict, isRetry)
        }
        core.countCommit()
        if let loss = core.health.look() {
            // It is committed, but to a file that the next start may not find: no caller may count on it.
            refuse(batch, SQLiteHealth.error(loss))
        } else {
            for attempt in attempts { attempt.tell() }
        }
        if attempts.contains(where: \.touchesFeed) { core.signals.signal() }
    }

    /// Gives each operation of a transaction that was lost a transaction of its own, once.
    private func settleAlone(_ batch: [any PendingWork], because error: StoreError, _ isRetry: Bool) {
        guard !isRetry, batch.count > 1 else { return refuse(batch, error) }
        for (index, work) in batch.enumerated() {
            do throws(SQLiteFailure) {
                try begin()
            } catch {
                return refuse(batch[index...], error.storeError)
            }
            settle([work], isRetry: true)
        }
    }

    private func refuse(_ batch: some Sequence<any PendingWork>, _ error: StoreError) {
        for work in batch { work.refuse(error) }
    }

    /// Updates the planner's statistics and truncates the log; callers rely on neither.
    private func optimize() {
        for sql in [Optimization.limit, Optimization.optimize] { _ = try? connection.run(sql) }
        connection.checkpoint()
    }

    private enum Optimization {
        static let limit = SQL("PRAGMA analysis_limit=400")
        static let optimize = SQL("PRAGMA optimize")
    }
}
