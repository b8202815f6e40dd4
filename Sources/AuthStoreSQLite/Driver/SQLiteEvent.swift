// SPDX-License-Identifier: Apache-2.0

public import AuthStore

/// What the operator of a database file must hear of, apart from the operations that fail for it.
public enum SQLiteEvent: Hashable, Sendable {
    /// A file of the database was removed, or another one is in its place. Nothing is written until the same file is back.
    case fileLost(SQLiteFileLoss)
    /// Every file is where it was again, and the same as before.
    case filesReturned(path: String)
    /// sqlite3 found pages of the database that are not its own. Told once until the file is opened anew.
    case damaged(path: String, StoreDiagnostic)
}

/// A file of the database that is not the one that was opened.
public struct SQLiteFileLoss: Hashable, Sendable {
    /// The path of the database, or of its `-wal` or `-shm` file.
    public let path: String
    /// Whether another file is at the path; `false` where none is, or none that can be looked at.
    public let isReplaced: Bool

    /// Describes a loss.
    public init(path: String, isReplaced: Bool) {
        self.path = path
        self.isReplaced = isReplaced
    }

    /// Words for the log.
    public var description: String {
        isReplaced ? "\(path) was replaced by another file" : "\(path) was removed"
    }
}
