// SPDX-License-Identifier: Apache-2.0

import AuthStorePostgres
import AuthStoreSQLite

extension SettingReader {
    /// How long a start waits for a database that does not answer yet.
    mutating func databaseStartTimeout(_ environment: DaemonConfiguration.Environment) -> Duration {
        if let seconds = optionalInteger(.startTimeout) { return .seconds(seconds) }
        return switch environment {
        case .production: .seconds(30)
        case .development: .zero
        }
    }

    /// Warns of a way to the database that others can listen in on or answer on, and of commits that may be lost.
    mutating func warnAboutDatabase(
        _ database: DaemonConfiguration.Database?, in environment: DaemonConfiguration.Environment
    ) {
        guard case .postgres(let postgres) = database else { return }
        if let commit = postgres.chosenSynchronousCommit, !commit.isDurable {
            warn(
                "DATABASE_URL sets synchronous_commit=\(commit.rawValue): what was acknowledged last may be lost when a "
                    + "server crashes.")
        }
        guard environment == .production, postgres.hosts.contains(where: \.isRemote),
            postgres.settings[.sslMode] != "verify-full"
        else { return }
        warn(
            "DATABASE_URL names another machine without sslmode=verify-full: an attacker on the network can answer in the "
                + "server's place.")
    }

    /// Where users and sessions are stored; `nil` where a problem was noted.
    mutating func database() -> DaemonConfiguration.Database? {
        guard let url = text(.databaseURL) else { return nil }
        let limits = PoolLimits(
            size: integer(.poolSize), overflow: integer(.poolOverflow), timeout: .seconds(integer(.poolTimeout)),
            recycle: .seconds(integer(.poolRecycle)))
        let pooler: PostgresConfiguration.Pooler = word(.pooler) ?? .none
        let connectTimeout = integer(.connectTimeout)
        let statementTimeout = integer(.statementTimeout)

        if url == "memory:" { return .memory }
        if url.lowercased().hasPrefix("sqlite") { return sqlite(url, statementTimeout: statementTimeout) }
        do throws(PostgresURLError) {
            var postgres = try PostgresConfiguration(url: url)
            postgres.pool = limits
            postgres.pooler = pooler
            if isGiven(.connectTimeout) || !url.contains("connect_timeout") {
                postgres.connectTimeout = .seconds(connectTimeout)
            }
            postgres.statementTimeout = .seconds(statementTimeout)
            return .postgres(postgres)
        } catch .scheme {
            refuse(
                .databaseURL,
                "begins with none of sqlite:///, postgresql:// and memory:; write sqlite:///./authd.db for a file.")
        } catch {
            refuse(.databaseURL, "cannot be read: \(Self.clause(error.description))")
        }
        return nil
    }

    /// A sentence as the part behind a colon.
    private static func clause(_ sentence: String) -> String {
        sentence.prefix(1).lowercased() + sentence.dropFirst()
    }

    private mutating func sqlite(_ url: String, statementTimeout: Int) -> DaemonConfiguration.Database? {
        do throws(SQLiteURLError) {
            var sqlite = try SQLiteConfiguration(url: url)
            if isGiven(.statementTimeout) { sqlite.statementTimeout = .seconds(statementTimeout) }
            return .sqlite(sqlite)
        } catch {
            refuse(.databaseURL, "cannot be read: \(Self.clause(error.description))")
            return nil
        }
    }
}

extension DaemonConfiguration.Database {
    /// The database in words for the log and the terminal, without its password.
    var displayName: String {
        switch self {
        case .memory: "memory:"
        case .sqlite(let sqlite): "sqlite:///\(Redaction.printable(sqlite.path))"
        case .postgres(let postgres): Redaction.printable(postgres.description)
        }
    }

    /// As ``displayName``, with the full path of a file: for an operator who may be in another folder than the daemon.
    var location: String {
        switch self {
        case .memory, .postgres: displayName
        case .sqlite(let sqlite): "sqlite:///\(AbsolutePath.of(sqlite.path))"
        }
    }

    /// A file of `name` in the folder of the SQLite database, or in the working directory.
    func siblingFile(_ name: String) -> String {
        guard case .sqlite(let sqlite) = self, let slash = sqlite.path.lastIndex(of: "/") else { return name }
        return sqlite.path[...slash] + name
    }
}
