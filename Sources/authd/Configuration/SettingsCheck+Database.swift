// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStorePostgres
import AuthStoreSQL
import AuthStoreSQLite
import Glibc

extension SettingsCheck {
    /// Connects to the database and looks at its schema and at the role's privileges; makes and changes nothing.
    static func database(_ configuration: DaemonConfiguration) async -> [SettingsCheck] {
        switch configuration.database {
        case .memory:
            return [SettingsCheck(subject: "database", outcome: .ok, detail: "in memory")]
        case .sqlite(let sqlite):
            guard access(sqlite.path, F_OK) == 0 else {
                guard DatabaseFolder.fault(of: sqlite.path) == nil else { return [] }
                return [
                    SettingsCheck(
                        subject: "database", outcome: .ok,
                        detail:
                            "\(configuration.database.displayName) does not exist; `authd serve` and `authd migrate` make it"
                    )
                ]
            }
        case .postgres: break
        }
        do throws(StoreError) {
            let database = try await OpenDatabase(configuration.database) { _ in }
            let checks = await look(at: database, configuration)
            await database.store.close()
            return checks
        } catch {
            return [failed(error, configuration)]
        }
    }

    private static func look(
        at database: OpenDatabase, _ configuration: DaemonConfiguration
    ) async -> [SettingsCheck] {
        do throws(StoreError) {
            var name = configuration.database.displayName
            var excess: [String] = []
            if let postgres = database.postgres {
                name = "PostgreSQL \(try await postgres.serverVersion()) at \(name)"
                if configuration.environment == .production { excess = try await postgres.rolePrivileges().sentences }
            }
            return [await schema(of: database, configuration, name)]
                + excess.map { SettingsCheck(subject: "database", outcome: .warning, detail: $0) }
        } catch {
            return [failed(error, configuration)]
        }
    }

    private static func schema(
        of database: OpenDatabase, _ configuration: DaemonConfiguration, _ name: String
    ) async -> SettingsCheck {
        guard let migrator = database.migrator else {
            return SettingsCheck(subject: "database", outcome: .ok, detail: name)
        }
        do throws(MigrationError) {
            let pending = try await migrator.status().count { !$0.isApplied }
            if pending > 0, configuration.migratesByItself {
                return SettingsCheck(
                    subject: "database", outcome: .ok, detail: "\(name), the start will apply \(pending) migrations")
            }
            try await migrator.requireKnownSchema()
            return SettingsCheck(subject: "database", outcome: .ok, detail: "\(name), its schema is current")
        } catch {
            if case .store(let error) = error { return failed(error, configuration) }
            return SettingsCheck(
                subject: "database", outcome: .failed, detail: "DATABASE_URL \(name): \(error.description)")
        }
    }

    private static func failed(_ error: StoreError, _ configuration: DaemonConfiguration) -> SettingsCheck {
        let failure = OpenDatabase.failure(error, configuration.database)
        return SettingsCheck(subject: "database", outcome: .failed, detail: failure.sentences.joined(separator: " "))
    }
}
