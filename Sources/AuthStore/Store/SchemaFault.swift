// SPDX-License-Identifier: Apache-2.0

/// Why the schema of a database is not the one that this program knows.
public enum SchemaFault: Error, Hashable, Sendable {
    /// This many migrations have yet to be applied; all of them in an empty database.
    case pending(Int)
    /// A newer version of this program has applied the migration with this number.
    case newer(Int64)
    /// The migration with this number is not the one that the database has applied, or was left out.
    case altered(Int64)
    /// A version from before the first release made the database; there is no way from there.
    case beforeFirstRelease
}

extension SchemaFault: CustomStringConvertible {
    /// One sentence, with what to do.
    public var description: String {
        switch self {
        case .pending(let count):
            "The database lacks \(count) migration\(count == 1 ? "" : "s"): run `authd migrate`, or open the store with "
                + "`schema: .migrate()`."
        case .newer(let version):
            "The database has migration \(version), which this version does not know: run the newer one."
        case .altered(let version):
            "Migration \(version) of the database is not the released one: restore the backup."
        case .beforeFirstRelease:
            "A version from before the first release made this database: make a new one, for its users cannot be taken over."
        }
    }
}
