// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthSystem
import Synchronization

/// A store that lives as long as the process and persists nothing: for tests, for trying out, and as the simplest
/// implementation of the contract.
///
/// A class because it is one object that many callers share. Every operation is one critical section over a plain
/// value. Lists and purges read every user or session; rows that are not purged stay until the process ends, the audit
/// log too.
public final class InMemoryAuthStore: AuthStore {
    private let state = Mutex(InMemoryState())
    private let signals = Broadcast()
    /// Whether several services use it, as ``init(isShared:)`` was told.
    public let isShared: Bool

    /// Makes an empty store.
    ///
    /// - Parameter isShared: Whether several services use it, as several processes would use one database.
    public init(isShared: Bool = false) {
        self.isShared = isShared
    }

    /// Throws once the store is closed.
    public func checkHealth() async throws(StoreError) {
        try perform { _ in }
    }

    /// `nil`: the store has no clock of its own.
    public func storeTime() async throws(StoreError) -> Timestamp? { nil }

    /// Removes up to `limit` rows of each kind, for which it reads them all.
    public func purge(
        expiredAt now: Timestamp, endedBefore horizon: Timestamp, limit: Int
    ) async throws(StoreError) -> Int {
        try perform { $0.purge(expiredAt: now, endedBefore: horizon, limit: limit) }
    }

    /// Compares everything that is kept of users with the users.
    public func orphanCount() async throws(StoreError) -> Int {
        try perform { $0.orphanCount }
    }

    /// Ends the streams of ``changeSignals()``; the rows stay in memory as long as the store does.
    public func close() async {
        state.withLock { $0.isClosed = true }
        signals.finish()
    }

    /// Yields after each operation that appended to the change feed.
    public func changeSignals() -> AsyncStream<Void> {
        signals.subscribe()
    }

    /// All that the store holds, for ``restore(_:)``.
    package func backup() -> InMemoryBackup {
        InMemoryBackup(state: state.withLock(\.self))
    }

    /// Replaces all that the store holds, as restoring a database would, under the services that use it.
    package func restore(_ backup: InMemoryBackup) {
        state.withLock { $0 = backup.state }
    }

    /// Runs one operation in one critical section, then wakes the followers of the feed.
    func perform<Output: Sendable>(
        _ operation: (inout InMemoryState) throws(StoreError) -> Output
    ) throws(StoreError) -> Output {
        guard !Task.isCancelled else { throw .cancelled }
        let (output, hasGrown) = try state.withLock { (state) throws(StoreError) -> (Output, Bool) in
            guard !state.isClosed else { throw .unavailable("the store is closed") }
            let cursor = state.lastCursor
            let output = try operation(&state)
            return (output, state.lastCursor > cursor)
        }
        if hasGrown { signals.signal() }
        return output
    }
}

/// What a store in memory held at one moment.
package struct InMemoryBackup: Sendable {
    let state: InMemoryState
}
