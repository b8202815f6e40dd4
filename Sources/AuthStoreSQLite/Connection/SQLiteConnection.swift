// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import CLibSQLite

/// One connection, which stays on the thread that opened it.
///
/// A class, because sqlite3 is given its address for the callbacks.
final class SQLiteConnection {
    /// What a connection is for.
    enum Purpose: Sendable {
        case reading
        case writing
        /// Writes without foreign keys being enforced statement by statement.
        case migrating
    }

    private let database: OpaquePointer
    private let statementTimeout: Duration?
    private var prepared: [ObjectIdentifier: (sql: SQL, statement: SQLiteStatement)] = [:]
    private var deadline = ContinuousClock.now
    private var commitFilter: (@Sendable () -> Bool)?
    private let noteDamage: @Sendable (StoreDiagnostic) -> Void
    /// How many pages the write-ahead log held after the last commit of this connection.
    private(set) var logPages = 0

    /// Opens a file, which must exist, and sets what this driver relies on.
    ///
    /// `noteDamage` is called for each statement that finds the file damaged, on the thread that runs it.
    init(
        _ file: SQLiteFile, _ configuration: SQLiteConfiguration, for purpose: Purpose,
        noteDamage: @escaping @Sendable (StoreDiagnostic) -> Void = { _ in }
    ) throws(SQLiteFailure) {
        guard sqlite3_threadsafe() != 0 else { throw .failed(.unavailable("sqlite3 was built without threads")) }
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOFOLLOW
        let code = sqlite3_open_v2(file.path, &opened, flags | SQLITE_OPEN_EXRESCODE, nil)
        guard let opened, code == SQLITE_OK else {
            let failure = SQLiteFailure(code, on: opened)
            sqlite3_close_v2(opened)
            throw failure
        }
        database = opened
        self.noteDamage = noteDamage
        // A migration may rebuild a table of any size, and no request waits for it.
        statementTimeout = purpose == .migrating ? nil : configuration.statementTimeout
        let (seconds, attoseconds) = configuration.busyTimeout.components
        let milliseconds = min(max(seconds, 0), 3_600) * 1_000 + attoseconds / 1_000_000_000_000_000
        sqlite3_busy_timeout(database, CInt(clamping: milliseconds))
        for (switched, on) in [
            (SQLITE_DBCONFIG_DEFENSIVE, true), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (SQLITE_DBCONFIG_DQS_DML, false), (SQLITE_DBCONFIG_DQS_DDL, false),
            (SQLITE_DBCONFIG_ENABLE_FKEY, purpose != .migrating),
        ] {
            authd_sqlite3_db_config_switch(database, CInt(switched), on ? 1 : 0)
        }
        watch()
        try configure(for: purpose)
    }

    deinit {
        prepared.removeAll()
        sqlite3_close_v2(database)
    }

    /// Whether a transaction is open; sqlite3 ends one by itself after some failures.
    var isInTransaction: Bool { sqlite3_get_autocommit(database) == 0 }

    /// Runs one statement, prepared once where it is permanent.
    @discardableResult
    func run(_ statement: Statement) throws(SQLiteFailure) -> SQLResult {
        do throws(SQLiteFailure) {
            return try perform(statement)
        } catch {
            if case .damaged(let diagnostic) = error { noteDamage(diagnostic) }
            throw error
        }
    }

    private func perform(_ statement: Statement) throws(SQLiteFailure) -> SQLResult {
        if let statementTimeout { deadline = ContinuousClock.now.advanced(by: statementTimeout) }
        guard statement.sql.isPermanent else {
            return try SQLiteStatement(statement.sql.text, isPermanent: false, on: database).run(statement.values)
        }
        let identity = ObjectIdentifier(statement.sql)
        if let known = prepared[identity] { return try known.statement.run(statement.values) }
        let fresh = try SQLiteStatement(statement.sql.text, isPermanent: true, on: database)
        // The text is kept along, so that no other one can get its identity.
        prepared[identity] = (statement.sql, fresh)
        return try fresh.run(statement.values)
    }

    /// Runs one statement that has no parameters.
    @discardableResult
    func run(_ sql: SQL) throws(SQLiteFailure) -> SQLResult {
        try run(Statement(sql))
    }

    /// Moves what was committed from the log into the database, as far as no reader is in the way.
    func checkpoint() {
        sqlite3_wal_checkpoint_v2(database, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        logPages = 0
    }

    /// Asks before each commit; one that is refused fails and is rolled back.
    func filterCommits(_ filter: @escaping @Sendable () -> Bool) {
        commitFilter = filter
        sqlite3_commit_hook(
            database,
            { context in
                guard let context, let filter = SQLiteConnection.at(context).commitFilter else { return 0 }
                return filter() ? 0 : 1
            }, address)
    }

    private func configure(for purpose: Purpose) throws(SQLiteFailure) {
        // The first statement that reads the file: one that is not a database fails here. Text is compared by the octets in
        // the file, whose encoding its first page says: in another one, names would sort and be found otherwise.
        guard try text(run(Setting.readEncoding)) == "UTF-8" else {
            throw .failed(.corrupt("the file was made with another text encoding than UTF-8"))
        }
        let mode = try run(Setting.journalMode)
        guard try text(mode) == "wal" else {
            throw .failed(.unavailable("the database's file system does not allow write-ahead logging"))
        }
        for sql in Setting.all { try run(sql) }
        if purpose == .reading { try run(Setting.queryOnly) }
        // An answer follows the fsync: this is worth asking back, because a misspelt pragma fails silently.
        guard try number(run(Setting.readSynchronous)) == 2 else {
            throw .failed(.unavailable("sqlite3 does not synchronize fully"))
        }
        guard try number(run(Setting.readForeignKeys)) == (purpose == .migrating ? 0 : 1) else {
            throw .failed(.unavailable("sqlite3 was built without foreign keys"))
        }
    }

    private func text(_ result: SQLResult) throws(SQLiteFailure) -> String? {
        do throws(StoreError) { return try result.first?.text(0) } catch { throw .failed(error) }
    }

    private func number(_ result: SQLResult) throws(SQLiteFailure) -> Int64? {
        do throws(StoreError) { return try result.first?.int64(0) } catch { throw .failed(error) }
    }

    private func watch() {
        // The hook takes the place of automatic checkpoints, which would delay the answers of the commit they follow.
        sqlite3_wal_hook(
            database,
            { context, _, _, pages in
                if let context { SQLiteConnection.at(context).logPages = Int(pages) }
                return SQLITE_OK
            }, address)
        guard statementTimeout != nil else { return }
        let instructionsBetweenChecks: CInt = 50_000
        sqlite3_progress_handler(
            database, instructionsBetweenChecks,
            { $0.map { ContinuousClock.now > SQLiteConnection.at($0).deadline } == true ? 1 : 0 }, address)
    }

    private var address: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    /// sqlite3 calls back only from within a call that this connection makes, so that it is there.
    private static func at(_ address: UnsafeMutableRawPointer) -> SQLiteConnection {
        Unmanaged<SQLiteConnection>.fromOpaque(address).takeUnretainedValue()
    }
}

@available(*, unavailable) extension SQLiteConnection: Sendable {}

extension SQLiteConnection {
    private enum Setting {
        static let journalMode = SQL("PRAGMA journal_mode=WAL")
        static let all = [
            SQL("PRAGMA synchronous=FULL"),
            SQL("PRAGMA temp_store=MEMORY"),
            SQL("PRAGMA cell_size_check=ON"),
            SQL("PRAGMA mmap_size=0"),
            // What an attacker has put into the file's schema may call nothing that acts.
            SQL("PRAGMA trusted_schema=OFF"),
            // Deleted hashes are overwritten where that costs no further write.
            SQL("PRAGMA secure_delete=FAST"),
            SQL("PRAGMA journal_size_limit=16777216"),
            SQL("PRAGMA cache_size=-8192"),
        ]
        static let readEncoding = SQL("PRAGMA encoding")
        static let queryOnly = SQL("PRAGMA query_only=ON")
        static let readSynchronous = SQL("PRAGMA synchronous")
        static let readForeignKeys = SQL("PRAGMA foreign_keys")
    }
}
