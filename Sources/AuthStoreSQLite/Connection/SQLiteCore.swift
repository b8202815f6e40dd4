// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import AuthSystem
import Synchronization

/// What the driver and its threads share.
///
/// A class, because each thread keeps it alive until its own end; the driver, when it goes, asks them to end.
final class SQLiteCore: Sendable {
    let configuration: SQLiteConfiguration
    let file: SQLiteFile
    let reads: OperationQueue
    let writes: OperationQueue
    let signals = Broadcast()
    let watcherWakeup: Wakeup
    let threads = ThreadGroup()
    let health: SQLiteHealth
    private let commits = Atomic<Int>(0)

    /// Prepares queues; no thread runs yet.
    init(
        _ configuration: SQLiteConfiguration, observe: @escaping @Sendable (SQLiteEvent) -> Void = { _ in }
    ) throws(StoreError) {
        var configuration = configuration
        configuration.readerCount = max(1, configuration.readerCount)
        configuration.batchLimit = max(1, configuration.batchLimit)
        self.configuration = configuration
        file = try SQLiteFile(resolving: configuration.path)
        health = SQLiteHealth(file, observe: observe)
        let readerWakeups = (0..<configuration.readerCount).compactMap { _ in Wakeup() }
        guard let writerWakeup = Wakeup(), let watcherWakeup = Wakeup(),
            readerWakeups.count == configuration.readerCount
        else { throw .unavailable("the process has no file descriptor to spare") }
        self.watcherWakeup = watcherWakeup
        reads = OperationQueue(capacity: configuration.queueLimit, wakeups: readerWakeups)
        writes = OperationQueue(capacity: configuration.queueLimit, wakeups: [writerWakeup])
    }

    /// Whether the driver was asked to close.
    var isClosing: Bool { writes.isClosed }

    /// How many transactions of the writer were committed.
    var commitCount: Int { commits.load(ordering: .relaxed) }

    /// Counts a commit of the writer.
    func countCommit() {
        commits.add(1, ordering: .relaxed)
    }

    /// Runs a body on a thread with a connection of its own, and returns as soon as the connection is open.
    func startThread(
        _ name: String, for purpose: SQLiteConnection.Purpose,
        _ body: @escaping @Sendable (SQLiteConnection) -> Void
    ) async throws(StoreError) {
        let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
            spawn(name, for: purpose) { opened in
                switch opened {
                case .success(let connection):
                    continuation.resume(returning: .success(()))
                    body(connection)
                case .failure(let error):
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        try result.get()
    }

    /// Runs a body on a thread with a connection of its own, and returns when the body has.
    func onThread<Output: Sendable>(
        _ name: String, for purpose: SQLiteConnection.Purpose,
        _ body: @escaping @Sendable (SQLiteConnection) throws(SQLiteFailure) -> Output
    ) async throws(StoreError) -> Output {
        let result: Result<Output, StoreError> = await withCheckedContinuation { continuation in
            spawn(name, for: purpose) { opened in
                do throws(StoreError) {
                    let connection = try opened.get()
                    do throws(SQLiteFailure) {
                        continuation.resume(returning: .success(try body(connection)))
                    } catch {
                        throw error.storeError
                    }
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// Takes no more operations and returns when those that waited are settled and every thread has ended.
    func close() async {
        beginClosing()
        await threads.all()
        signals.finish()
    }

    /// Tells the threads to end, and does not wait for them.
    func beginClosing() {
        let deadline = ContinuousClock.now.advanced(by: configuration.drainTimeout)
        writes.close(by: deadline)
        reads.close(by: deadline)
        watcherWakeup.signal()
    }

    /// Calls the body once, on a new thread, or with the failure where there is none to be had.
    private func spawn(
        _ name: String, for purpose: SQLiteConnection.Purpose,
        _ body: @escaping @Sendable (Result<SQLiteConnection, StoreError>) -> Void
    ) {
        guard threads.arrive() else { return body(.failure(.unavailable("the database is closed"))) }
        do throws(SystemThread.StartError) {
            try SystemThread.detached(name, stackSize: 1 << 20) {
                self.work(for: purpose, body)
                self.threads.depart()
                self.writes.wake(0)
            }
        } catch {
            threads.depart()
            body(.failure(file.unavailable(error.code)))
        }
    }

    /// A function of its own, so that the connection is closed before the thread is discounted.
    private func work(
        for purpose: SQLiteConnection.Purpose, _ body: (Result<SQLiteConnection, StoreError>) -> Void
    ) {
        body(Result { () throws(StoreError) in try open(for: purpose) })
    }

    private func open(for purpose: SQLiteConnection.Purpose) throws(StoreError) -> SQLiteConnection {
        if purpose == .writing { try file.createIfAbsent() }
        do throws(SQLiteFailure) {
            return try retryingWhileBusy { () throws(SQLiteFailure) in
                try SQLiteConnection(file, configuration, for: purpose) { [health] in health.note(damage: $0) }
            }
        } catch {
            switch error.storeError {
            case .unavailable(let diagnostic): throw .unavailable(StoreDiagnostic("\(file.path): \(diagnostic.text)"))
            case .denied(let diagnostic): throw .denied(StoreDiagnostic("\(file.path): \(diagnostic.text)"))
            case .corrupt(let diagnostic): throw .corrupt(StoreDiagnostic("\(file.path): \(diagnostic.text)"))
            case .conflict: throw .conflict
            case .cancelled: throw .cancelled
            }
        }
    }
}
