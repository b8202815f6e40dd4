// SPDX-License-Identifier: Apache-2.0

public import AuthStore
public import AuthStoreSQL
import AuthSystem
import CLibSQLite

/// Runs operations on one SQLite file: a few threads that read, one that writes, one that looks for others' writes.
///
/// The writer makes one transaction of all operations that wait, so that they share an `fsync`, and answers after it;
/// readers see what was answered. Other processes may write to the file at the same time and are waited for within
/// `SQLiteConfiguration.busyTimeout`.
///
/// A class, because the threads end with the last reference where `close` was not called.
public final class SQLiteDriver: SQLDriver {
    /// Always `.sqlite`.
    public let dialect = SQLDialect.sqlite
    private let core: SQLiteCore

    private init(_ core: SQLiteCore) {
        self.core = core
    }

    deinit {
        core.beginClosing()
        core.signals.finish()
    }

    /// Opens a file, which is made where it is absent, readable by its owner alone.
    ///
    /// The file may be on any local file system; its directory must exist, and the file must not be a link.
    ///
    /// From here on the file must stay where it is. While it, or a file that sqlite3 keeps beside it, is gone or another
    /// one is in its place, operations that write throw `.unavailable`, and so does the store's check of its health.
    ///
    /// `observe` is told of what the operator should hear. It is called on a thread of the driver, and must not block.
    ///
    /// - Throws: `.unavailable` where the file cannot be made, opened or locked, `.corrupt` where it is no database.
    public static func open(
        _ configuration: SQLiteConfiguration, observe: @escaping @Sendable (SQLiteEvent) -> Void = { _ in }
    ) async throws(StoreError) -> SQLiteDriver {
        try await open(configuration, filteringCommits: nil, observe: observe)
    }

    /// Opens a file and asks before each commit of the writer whether it may succeed.
    static func open(
        _ configuration: SQLiteConfiguration, filteringCommits filter: (@Sendable () -> Bool)?,
        observe: @escaping @Sendable (SQLiteEvent) -> Void = { _ in }
    ) async throws(StoreError) -> SQLiteDriver {
        let core = try SQLiteCore(configuration, observe: observe)
        do throws(StoreError) {
            // The writer first: it gives a new file the journal mode that the readers find.
            try await core.startThread("authd-db-write", for: .writing) { connection in
                if let filter { connection.filterCommits(filter) }
                SQLiteWriter(connection, core).run()
            }
            for number in 0..<core.configuration.readerCount {
                try await core.startThread("authd-db-read", for: .reading) { connection in
                    SQLiteReader(connection, core, number: number).run()
                }
            }
            try await core.startThread("authd-db-watch", for: .reading) { connection in
                var watcher = SQLiteWatcher(connection, core)
                watcher.run()
            }
        } catch {
            await core.close()
            throw error
        }
        // By now sqlite3 has made what it keeps beside the file.
        core.health.look()
        return SQLiteDriver(core)
    }

    /// The file, its directory resolved.
    public var path: String { core.file.path }

    /// How busy the driver is.
    public var statistics: SQLiteStatistics {
        SQLiteStatistics(waitingReads: core.reads.count, waitingWrites: core.writes.count, commits: core.commitCount)
    }

    /// The connections that operations run on, of which one writes.
    public var connections: SQLiteConnectionCounts {
        SQLiteConnectionCounts(
            open: core.configuration.readerCount + 1, idle: core.reads.idleWorkers + core.writes.idleWorkers)
    }

    /// The version of the sqlite3 library that is linked.
    public static var libraryVersion: String { String(cString: sqlite3_libversion()) }

    /// Which file of the database is not the one that was opened, or what is damaged, as far as is known.
    public var trouble: StoreError? { core.health.trouble }

    /// Runs an operation; one that writes is on disk when this returns, in the file that is at the path.
    ///
    /// - Throws: `.unavailable` also where as many operations wait as may, and where a file of the database was removed or
    ///   replaced: what was written last may then be in the file that was removed.
    public func perform<Output: Sendable>(_ operation: SQLOperation<Output>) async throws(StoreError) -> Output {
        switch operation.access {
        case .read: try await core.reads.perform(operation)
        case .writeOnce, .write, .writeFeed: try await core.writes.perform(operation)
        }
    }

    /// Runs a migration step on a thread and a connection of its own, under an exclusive transaction.
    ///
    /// Foreign keys are not enforced meanwhile, because a table is changed by filling a new one, dropping the old one and
    /// renaming; dropping would otherwise delete what refers to it. Before the commit all of them are checked at once, and
    /// the step is undone and `.corrupt` thrown where one points nowhere.
    public func migrate(
        guarding condition: SQLProgram<Bool>, _ statements: [Statement]
    ) async throws(StoreError) -> Bool {
        try await core.onThread("authd-db-migrate", for: .migrating) { (connection) throws(SQLiteFailure) in
            try connection.migrate(guarding: condition, statements)
        }
    }

    /// Yields at once after this driver's own writes to the feed, and within a quarter of a second after any commit to
    /// the file by another connection.
    public func changeSignals() -> AsyncStream<Void> {
        let stream = core.signals.subscribe()
        // The watcher sleeps without end while there is no listener.
        core.watcherWakeup.signal()
        return stream
    }

    /// Goes on with what waits for at most `SQLiteConfiguration.drainTimeout`, refuses the rest and ends the threads.
    ///
    /// It returns when the last connection is closed. A statement that runs is waited for within its own bound, and a
    /// migration step to its end.
    public func close() async {
        await core.close()
    }
}

/// The connections of a driver, for metrics.
public struct SQLiteConnectionCounts: Hashable, Sendable {
    /// Connections that operations run on.
    public let open: Int
    /// Those that wait for an operation.
    public let idle: Int
}

/// How busy a driver is, for metrics.
public struct SQLiteStatistics: Hashable, Sendable {
    /// Operations that wait for a reader.
    public let waitingReads: Int
    /// Operations that wait for the writer.
    public let waitingWrites: Int
    /// Transactions of the writer that were committed since the driver opened.
    public let commits: Int
}
