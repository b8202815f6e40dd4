// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// Takes a database's schema from one numbered version to another, one step per transaction, alone among all migrators.
///
/// Two migrators on one database do not harm each other: a step is taken under the migrators' lock and only if the
/// database still stands where the step begins.
public struct SchemaMigrator<Driver: SQLDriver>: Sendable {
    private let driver: Driver
    private let migrations: [Migration]

    /// Makes a migrator over the migrations that are compiled into the program.
    public init(_ driver: Driver) {
        self.init(driver, migrations: Migration.all(for: driver.dialect))
    }

    package init(_ driver: Driver, migrations: [Migration]) {
        self.driver = driver
        self.migrations = migrations
    }

    /// The version that a whole run arrives at.
    public var latestVersion: Int64 { migrations.last?.version ?? 0 }

    /// Every known migration and whether the database has taken it.
    ///
    /// - Throws: `.beforeFirstRelease`, `.unknownVersion`, `.changed`, `.missing`, `.store`.
    public func status() async throws(MigrationError) -> [MigrationStatus] {
        let applied = try MigrationPlan.check(try await entries(), against: migrations)
        return migrations.map {
            MigrationStatus(version: $0.version, name: $0.name, isApplied: $0.version <= applied)
        }
    }

    /// The steps that lead to a version, or to the latest one; nothing is changed.
    ///
    /// - Throws: `.noSuchVersion`, `.beforeFirstRelease`, `.unknownVersion`, `.changed`, `.missing`, `.store`.
    public func plan(to target: Int64? = nil) async throws(MigrationError) -> [MigrationStep] {
        try MigrationPlan(from: try await entries(), to: target ?? latestVersion, knowing: migrations).steps
    }

    /// Takes every step up to a version, or to the latest one; does nothing where the database is there or beyond.
    ///
    /// - Returns: The steps that this call took; another migrator may have taken some.
    /// - Throws: `.noSuchVersion`, `.beforeFirstRelease`, `.unknownVersion`, `.changed`, `.missing`, `.store`; the steps before the failing one
    ///   stay taken.
    @discardableResult
    public func up(to target: Int64? = nil, at now: Timestamp) async throws(MigrationError) -> [MigrationStep] {
        try await run(.up, to: target ?? latestVersion, at: now)
    }

    /// Takes back every step above a version, with the data of what they had made; 0 leaves an empty schema.
    ///
    /// - Returns: The steps that this call took back.
    /// - Throws: As ``up(to:at:)``.
    @discardableResult
    public func down(to target: Int64, at now: Timestamp) async throws(MigrationError) -> [MigrationStep] {
        try await run(.down, to: target, at: now)
    }

    /// Makes sure that the schema is exactly the one that this program knows.
    ///
    /// - Throws: `.pending`, `.beforeFirstRelease`, `.unknownVersion`, `.changed`, `.missing`, `.store`.
    public func requireKnownSchema() async throws(MigrationError) {
        let pending = try await plan().map(\.version)
        guard pending.isEmpty else { throw .pending(pending) }
    }

    private func run(
        _ direction: MigrationStep.Direction, to target: Int64, at now: Timestamp
    ) async throws(MigrationError) -> [MigrationStep] {
        var taken: [MigrationStep] = []
        // Each round takes a step or finds that another migrator took one, so there are hardly more rounds than steps.
        for _ in 0...(2 * migrations.count + 8) {
            let steps = try await plan(to: target)
            guard let step = steps.first, step.direction == direction else { return taken }
            if try await take(step, at: now) { taken.append(step) }
        }
        throw .store(.conflict)
    }

    private func take(_ step: MigrationStep, at now: Timestamp) async throws(MigrationError) -> Bool {
        guard let index = migrations.firstIndex(where: { $0.version == step.version }) else {
            throw .noSuchVersion(step.version)
        }
        let migration = migrations[index]
        let script: String
        let bookkeeping: Statement
        let beginning: Int64
        switch step.direction {
        case .up:
            script = migration.up
            bookkeeping = MigrationLedger.remember(migration, atMicroseconds: now.microseconds)
            beginning = index > 0 ? migrations[index - 1].version : 0
        case .down:
            script = migration.down
            bookkeeping = MigrationLedger.forget(migration.version)
            beginning = migration.version
        }
        let condition: SQLProgram<Bool> = MigrationLedger.readEntries { entries in
            entries.map(\.version).max() ?? 0 == beginning ? .commit([], true) : .rollback(false)
        }
        let statements = Migration.statements(of: script).map { Statement($0) } + [bookkeeping]
        do {
            try await makeLedger()
            return try await driver.migrate(guarding: condition, statements)
        } catch {
            throw .store(error)
        }
    }

    private func makeLedger() async throws(StoreError) {
        let dialect = driver.dialect
        guard try await !driver.perform(MigrationLedger.exists(in: dialect)) else { return }
        _ = try await driver.migrate(
            guarding: MigrationLedger.isMissing(in: dialect), MigrationLedger.creation(in: dialect))
    }

    private func entries() async throws(MigrationError) -> [MigrationLedger.Entry] {
        do {
            guard try await driver.perform(MigrationLedger.exists(in: driver.dialect)) else { return [] }
            return try await driver.perform(MigrationLedger.entries)
        } catch {
            throw .store(error)
        }
    }
}
