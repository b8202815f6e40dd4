// SPDX-License-Identifier: Apache-2.0

public import AuthStore

/// Why a schema was not migrated, or cannot be used.
public enum MigrationError: Error, Hashable, Sendable {
    /// A version from before the first release made the database; there is no way from there.
    case beforeFirstRelease
    /// The database has a migration that this program does not know: it belongs to a newer version.
    case unknownVersion(Int64)
    /// The migration with this number differed when the database took it.
    case changed(Int64)
    /// The database has taken later migrations, but not this one.
    case missing(Int64)
    /// These migrations have yet to be taken.
    case pending([Int64])
    /// There is no migration with this number to go to.
    case noSuchVersion(Int64)
    /// The database failed.
    case store(StoreError)
}

extension MigrationError: CustomStringConvertible {
    /// One sentence for the operator, with what to do.
    public var description: String {
        switch self {
        case .beforeFirstRelease:
            "A version of authd from before the first release made this database: make a new one, for its users cannot be taken over."
        case .unknownVersion(let version):
            "The database has migration \(version), which this version of authd does not know: run the newer one."
        case .changed(let version):
            "Migration \(version) is not the one that the database has taken: restore the released text."
        case .missing(let version):
            "The database lacks migration \(version), although it has later ones."
        case .pending(let versions):
            "The database lacks \(versions.count) migration\(versions.count == 1 ? "" : "s"): run `authd migrate`."
        case .noSuchVersion(let version):
            "There is no migration \(version)."
        case .store(let error):
            error.description
        }
    }
}

extension MigrationError {
    /// What it says of the schema, or why the schema is not known.
    var schemaFault: Result<SchemaFault, StoreError> {
        switch self {
        case .pending(let versions): .success(.pending(versions.count))
        case .unknownVersion(let version): .success(.newer(version))
        case .changed(let version), .missing(let version), .noSuchVersion(let version): .success(.altered(version))
        case .beforeFirstRelease: .success(.beforeFirstRelease)
        case .store(let error): .failure(error)
        }
    }
}
