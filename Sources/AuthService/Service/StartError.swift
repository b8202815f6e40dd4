// SPDX-License-Identifier: Apache-2.0

public import AuthStore

/// Why a service cannot start; for a schema or a root key that does not fit, nothing was changed.
public enum StartError: Error, Hashable, Sendable {
    /// The database lacks this many migrations; all of them where it is empty.
    case schemaPending(Int)
    /// A newer version has migrated the database; the number is that of the first migration that is not known here.
    case newerSchema(Int64)
    /// The migration with this number is not the one that the database has applied.
    case alteredSchema(Int64)
    /// A version from before the first release made the database.
    case earlierDatabase
    /// The store holds secrets of another root key.
    case wrongRootKey
    /// The store cannot be used, or failed on the way.
    case storeFailed(StoreError)
    /// A use case that starting needs failed; the observer was told why.
    case failed(AuthError)
}

extension StartError {
    init(_ fault: SchemaFault) {
        switch fault {
        case .pending(let count): self = .schemaPending(count)
        case .newer(let version): self = .newerSchema(version)
        case .altered(let version): self = .alteredSchema(version)
        case .beforeFirstRelease: self = .earlierDatabase
        }
    }

    private var schemaFault: SchemaFault? {
        switch self {
        case .schemaPending(let count): .pending(count)
        case .newerSchema(let version): .newer(version)
        case .alteredSchema(let version): .altered(version)
        case .earlierDatabase: .beforeFirstRelease
        case .wrongRootKey, .storeFailed, .failed: nil
        }
    }
}

extension StartError: CustomStringConvertible {
    /// One sentence, with what to do where it can be said; for the log and the terminal, not for a client.
    public var description: String {
        switch self {
        case .schemaPending, .newerSchema, .alteredSchema, .earlierDatabase: schemaFault?.description ?? ""
        case .wrongRootKey:
            "The database was used with another root key: give the service that one, as the current or a previous one."
        case .storeFailed(let error): error.sentence
        case .failed(let error): "The service cannot start: \(error.reason)."
        }
    }
}
