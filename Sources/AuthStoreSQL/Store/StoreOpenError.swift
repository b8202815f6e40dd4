// SPDX-License-Identifier: Apache-2.0

public import AuthStore

/// Why a store was not opened; nothing is left open then.
public enum StoreOpenError: Error, Hashable, Sendable {
    /// The text is not the URL of a database; the sentence says why, and quotes no password.
    case invalidURL(String)
    /// The folder of the database file does not exist.
    case missingFolder(String)
    /// There is no database file, and none was to be made.
    case missingFile(String)
    /// The schema is not the one that this version knows, and was not to be migrated or cannot be.
    case schema(SchemaFault)
    /// The server refuses role, password, database or privileges; waiting does not help.
    case denied(StoreDiagnostic)
    /// The database cannot be reached, opened or locked; trying later may help.
    case unavailable(StoreDiagnostic)
    /// The file is no database, or the database is damaged.
    case unreadable(StoreDiagnostic)
    /// The caller was cancelled.
    case cancelled
}

extension StoreOpenError {
    package init(_ error: StoreError) {
        switch error {
        case .unavailable(let diagnostic): self = .unavailable(diagnostic)
        case .denied(let diagnostic): self = .denied(diagnostic)
        case .conflict: self = .unavailable("other processes kept changing it")
        case .corrupt(let diagnostic): self = .unreadable(diagnostic)
        case .cancelled: self = .cancelled
        }
    }

    init(_ error: MigrationError) {
        switch error.schemaFault {
        case .success(let fault): self = .schema(fault)
        case .failure(let error): self.init(error)
        }
    }
}

extension StoreOpenError: CustomStringConvertible {
    /// One sentence, with what to do where it can be said; for the log and the terminal, not for a client.
    public var description: String {
        switch self {
        case .invalidURL(let sentence): sentence
        case .missingFolder(let folder): "The folder \(folder) does not exist: make it, readable by this user only."
        case .missingFile(let file): "There is no database at \(file): migrate one, or look at the path."
        case .schema(let fault): fault.description
        case .denied(let diagnostic): "The database denies access. (\(diagnostic.text))"
        case .unavailable(let diagnostic): "The database is unavailable. (\(diagnostic.text))"
        case .unreadable(let diagnostic): "The database cannot be read. (\(diagnostic.text))"
        case .cancelled: "Opening the database was cancelled."
        }
    }
}
