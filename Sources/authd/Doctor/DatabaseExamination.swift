// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import AuthStoreSQLite
import Glibc

/// What other programs and daemons do to the database, and how it is reached.
enum DatabaseExamination {
    /// Looks without waiting for a server that does not answer, and without making or migrating anything.
    ///
    /// - Returns: The findings, and whether a service can be started on the database.
    static func look(_ configuration: DaemonConfiguration) async -> (findings: [DoctorFinding], isUsable: Bool) {
        var configuration = configuration
        configuration.databaseStartTimeout = .zero
        if case .sqlite(var sqlite) = configuration.database {
            sqlite.busyTimeout = .milliseconds(400)
            configuration.database = .sqlite(sqlite)
        }
        do throws(CommandFailure) {
            try configuration.requireDatabase()
            let database = try await OpenDatabase.open(configuration)
            let outcome = await look(at: database, configuration)
            await database.store.close()
            return outcome
        } catch {
            return (error.sentences.map { DoctorFinding(.fault, "database", $0) }, false)
        }
    }

    private static func look(
        at database: OpenDatabase, _ configuration: DaemonConfiguration
    ) async -> (findings: [DoctorFinding], isUsable: Bool) {
        var findings: [DoctorFinding] = []
        var isUsable = true
        if let sqlite = database.sqlite {
            let (locks, isFree) = await fileLocks(sqlite)
            findings += locks
            findings.append(
                DoctorFinding(
                    .ok, "issuer", "These settings name \(configuration.service.issuer), and one daemon serves a file.")
            )
            isUsable = isFree
        }
        if let postgres = database.postgres, case .postgres(let settings) = configuration.database {
            findings += await server(postgres, settings, configuration)
        }
        if let sentence = await pendingSteps(database) {
            findings.append(DoctorFinding(.fault, "database", sentence))
            isUsable = false
        }
        return (findings, isUsable)
    }

    // MARK: SQLite

    private static func fileLocks(_ sqlite: SQLiteDriver) async -> (findings: [DoctorFinding], isFree: Bool) {
        let path = sqlite.path
        var status = stat()
        let log = stat(path + "-wal", &status) == 0 ? Int64(status.st_size) : 0
        let large = FileLockExamination.log(path, bytes: log).map { [$0] } ?? []
        do throws(StoreError) {
            try await sqlite.requireWriteLock()
        } catch {
            guard let holder = FileLocks.writer(of: path) else {
                let reason = Redaction.printable(error.diagnostic ?? error.description)
                return (large + [DoctorFinding(.fault, "locks", "\(path) cannot be written to: \(reason).")], false)
            }
            return (large + [FileLockExamination.locked(path, holder: holder)], false)
        }
        guard large.isEmpty else { return (large, true) }
        return ([DoctorFinding(.ok, "locks", "No process keeps the database locked.")], true)
    }

    // MARK: PostgreSQL

    private static func server(
        _ postgres: PostgresDriver, _ settings: PostgresConfiguration, _ configuration: DaemonConfiguration
    ) async -> [DoctorFinding] {
        do throws(StoreError) {
            var findings = try await locks(postgres)
            findings += PeerExamination.findings(
                try await postgres.daemonSessions(), issuer: configuration.service.issuer)
            let mode = settings.settings[.sslMode] ?? getenv("PGSSLMODE").flatMap { String(validatingCString: $0) }
            findings.append(
                TransportExamination.database(
                    settings.hosts, mode: mode, isEncrypted: try await postgres.isEncrypted()))
            return findings
        } catch {
            return OpenDatabase.failure(error, configuration.database).sentences.map {
                DoctorFinding(.fault, "database", $0)
            }
        }
    }

    /// Looks twice where a session waits, because a moment later most have what they wait for.
    private static func locks(_ postgres: PostgresDriver) async throws(StoreError) -> [DoctorFinding] {
        let first = try await postgres.transactions()
        guard first.contains(where: \.waitsForLock) else { return LockExamination.findings(first, earlier: []) }
        do { try await Task.sleep(for: .seconds(1)) } catch { throw .cancelled }
        return LockExamination.findings(try await postgres.transactions(), earlier: first)
    }

    // MARK: Both

    /// A sentence where the schema is of an earlier version; one that is missing altogether is the start's to refuse.
    private static func pendingSteps(_ database: OpenDatabase) async -> String? {
        guard let migrator = database.migrator, let steps = try? await migrator.status(),
            steps.contains(where: \.isApplied)
        else { return nil }
        let pending = steps.count { !$0.isApplied }
        guard pending > 0 else { return nil }
        let migrations = Counted.things(Int64(pending), "migration is", "migrations are")
        return "\(migrations) pending: back the database up, run `authd migrate`, and start the daemon of this version."
    }
}
