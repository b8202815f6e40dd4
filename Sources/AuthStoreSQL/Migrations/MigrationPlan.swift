// SPDX-License-Identifier: Apache-2.0

/// One step of a migration run.
public struct MigrationStep: Hashable, Sendable {
    /// Forward or back.
    public enum Direction: String, Hashable, Sendable {
        /// Forward: the step is applied.
        case up
        /// Back: the step is reverted, with the data of what it made.
        case down
    }

    /// Whether the step is taken or taken back.
    public let direction: Direction
    /// The number of the migration.
    public let version: Int64
    /// What it is about.
    public let name: String
}

/// A migration that this program knows, and whether the database has taken it.
public struct MigrationStatus: Hashable, Sendable {
    /// The number of the migration.
    public let version: Int64
    /// What it is about.
    public let name: String
    /// Whether the database has taken it.
    public let isApplied: Bool
}

/// Decides which steps lead from what a database remembers to a version: pure.
struct MigrationPlan: Hashable, Sendable {
    /// The steps in the order in which they are taken.
    let steps: [MigrationStep]

    /// Checks what is remembered against what is known, then finds the way.
    ///
    /// `target` is the version to arrive at; 0 is an empty schema.
    ///
    /// - Throws: `.noSuchVersion`, and as ``check(_:against:)``.
    init(
        from entries: [MigrationLedger.Entry], to target: Int64, knowing migrations: [Migration]
    ) throws(MigrationError) {
        guard target == 0 || migrations.contains(where: { $0.version == target }) else {
            throw .noSuchVersion(target)
        }
        let applied = try Self.check(entries, against: migrations)
        if target >= applied {
            steps = migrations.filter { $0.version > applied && $0.version <= target }.map {
                MigrationStep(direction: .up, version: $0.version, name: $0.name)
            }
        } else {
            steps = migrations.filter { $0.version > target && $0.version <= applied }.reversed().map {
                MigrationStep(direction: .down, version: $0.version, name: $0.name)
            }
        }
    }

    /// The highest applied version; 0 where there is none.
    ///
    /// - Throws: `.beforeFirstRelease` for a first step that was never released, `.unknownVersion` for a migration that another version of this program has taken, `.changed` for one
    ///   whose text was another, `.missing` for a gap.
    static func check(
        _ entries: [MigrationLedger.Entry], against migrations: [Migration]
    ) throws(MigrationError) -> Int64 {
        let known = Dictionary(migrations.map { ($0.version, $0) }) { first, _ in first }
        if entries.contains(where: \.isFromBeforeFirstRelease) { throw .beforeFirstRelease }
        for entry in entries {
            guard let migration = known[entry.version] else { throw .unknownVersion(entry.version) }
            guard migration.checksum == entry.checksum, migration.name == entry.name else {
                throw .changed(entry.version)
            }
        }
        let applied = Set(entries.map(\.version))
        guard let highest = applied.max() else { return 0 }
        for migration in migrations where migration.version < highest && !applied.contains(migration.version) {
            throw .missing(migration.version)
        }
        return highest
    }
}

extension MigrationLedger.Entry {
    /// Whether it is a first step as one of the versions before the first release had it, in either dialect.
    fileprivate var isFromBeforeFirstRelease: Bool {
        version == 1 && name == "users" && Self.unreleasedChecksums.contains(checksum)
    }

    private static let unreleasedChecksums: Set<String> = [
        "699f6c40f69fd399", "500c8d6c953c703f", "373d6b819b09fd5f", "a1e288bb542a89aa", "d6a60bd619c71ad8",
    ]
}
