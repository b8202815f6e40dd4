// SPDX-License-Identifier: Apache-2.0

public import AuthStore
public import AuthStoreSQL
import AuthSystem
import Synchronization

/// Runs programs on PostgreSQL through libpq, with one thread for all connections.
///
/// Each batch of statements of a program is sent in libpq's pipeline mode: `BEGIN` goes with the first, `COMMIT` with
/// the last, and an operation of one statement is one batch in all. Values go in binary format both ways. Connections open
/// when they are needed; a database that cannot be reached makes operations fail fast with `.unavailable` until an attempt
/// to connect, made with growing pauses, succeeds.
///
/// Waits: for a connection `PoolLimits.timeout`; to connect `connectTimeout`; for a batch `statementTimeout` and at
/// most three seconds more, in which the server is asked to cancel and then disconnected.
public final class PostgresDriver: SQLDriver {
    private enum Lifetime {
        case open(SystemThread)
        case closing([CheckedContinuation<Void, Never>])
        case closed
    }

    /// How many connections there may be.
    public let maximumConnections: Int
    private let inbox: LoopInbox
    private let counts = PublishedCounts()
    private let signals = Broadcast()
    private let nextID = Atomic<UInt64>(1)
    private let lifetime: Mutex<Lifetime>

    /// Starts the driver's threads; connects to nothing yet.
    ///
    /// - Throws: `.unavailable` if the system has no thread or descriptor to spare.
    public init(_ configuration: PostgresConfiguration) throws(StoreError) {
        let poll = try EventPoll()
        let inbox = LoopInbox(waking: poll)
        guard let worker = BlockingWorker() else { throw .unavailable("the system has no thread to spare") }
        let thread: SystemThread
        do throws(SystemThread.StartError) {
            thread = try SystemThread("authd-postgres") { [counts, signals] in
                PostgresEngine(
                    configuration, poll: poll, inbox: inbox, worker: worker, counts: counts, signals: signals
                ).run()
            }
        } catch {
            worker.close()
            throw .unavailable("the system has no thread to spare")
        }
        self.inbox = inbox
        maximumConnections = configuration.pool.size + configuration.pool.overflow
        lifetime = Mutex(.open(thread))
    }

    deinit {
        lifetime.withLock { lifetime in
            if case .open(let thread) = lifetime { thread.detach() }
        }
        _ = inbox.post(.close)
    }

    /// PostgreSQL.
    public var dialect: SQLDialect { .postgres }

    /// The state of the pool, for metrics.
    public var poolCounts: PoolCounts { counts.current }

    /// Runs an operation; see `SQLDriver` for what is tried again.
    public func perform<Output: Sendable>(_ operation: SQLOperation<Output>) async throws(StoreError) -> Output {
        try await run(TransactionKind(operation.access), operation.program)
    }

    /// Runs one migration step under the migrators' lock, for which it waits at most a minute.
    public func migrate(
        guarding condition: SQLProgram<Bool>, _ statements: [Statement]
    ) async throws(StoreError) -> Bool {
        try await run(.migrate, condition.followed(by: statements))
    }

    /// Yields at each notification on `authd_changes`, and whenever the driver begins to listen; behind a transaction pooler,
    /// after each of its own operations that may have appended to the feed.
    public func changeSignals() -> AsyncStream<Void> {
        let stream = signals.subscribe()
        _ = inbox.post(.subscribed)
        return stream
    }

    /// Closes the driver; may be called more than once, and returns when its thread has ended.
    public func close() async {
        _ = inbox.post(.close)
        await withCheckedContinuation { continuation in
            let (thread, isOver) = lifetime.withLock { lifetime -> (SystemThread?, Bool) in
                switch lifetime {
                case .open(let thread):
                    lifetime = .closing([continuation])
                    return (thread, false)
                case .closing(let others):
                    lifetime = .closing(others + [continuation])
                    return (nil, false)
                case .closed:
                    return (nil, true)
                }
            }
            if isOver { continuation.resume() }
            if let thread { join(thread) }
        }
    }

    /// Waits for the I/O thread on another one.
    private func join(_ thread: SystemThread) {
        do throws(SystemThread.StartError) {
            try SystemThread.detached("authd-pg-close") { [self] in
                thread.join()
                closed()
            }
        } catch {
            thread.detach()
            closed()
        }
    }

    private func closed() {
        let waiting = lifetime.withLock { lifetime -> [CheckedContinuation<Void, Never>] in
            defer { lifetime = .closed }
            switch lifetime {
            case .closing(let waiting): return waiting
            case .open, .closed: return []
            }
        }
        for continuation in waiting { continuation.resume() }
    }

    private func run<Output: Sendable>(
        _ kind: TransactionKind, _ program: SQLProgram<Output>
    ) async throws(StoreError) -> Output {
        let id = nextID.add(1, ordering: .relaxed).oldValue
        let job = OperationJob(id: id, kind: kind, program: program.erased)
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard job.admit(continuation) else { return }
                if !inbox.post(.submit(job)) { job.finish(.failure(.unavailable("the database driver is closed"))) }
            }
        } onCancel: {
            if job.cancel() { _ = inbox.post(.leave(id)) }
        }
        guard let output = try outcome.get() as? Output else { throw .corrupt("a program ended without its output") }
        return output
    }
}

extension SQLProgram<Bool> {
    /// The same program, which where it gives true goes on with statements instead of ending, and else does nothing.
    fileprivate func followed(by statements: [Statement]) -> SQLProgram<Bool> {
        switch self {
        case .run(let own, let next):
            .run(own) { (results) throws(StoreError) in try next(results).followed(by: statements) }
        case .commit(let own, true): .commit(own + statements, true)
        case .rollback(true): .commit(statements, true)
        case .commit(_, false), .rollback(false): .rollback(false)
        }
    }
}
