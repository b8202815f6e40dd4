// SPDX-License-Identifier: Apache-2.0

public import AuthStore
import AuthSystem
import Glibc

/// Keeps a second daemon from serving the same database file, for as long as it exists.
///
/// An advisory lock on a file beside the database, which the system drops when the process ends, however it ends. The
/// command line does not take it: its writes reach the daemon through the change feed. The file is never removed,
/// because two daemons could otherwise each hold a lock on a file of that name.
///
/// A class, because the lock lasts until the last reference is gone.
public final class SQLiteServeLock: Sendable {
    /// The file that is locked.
    public let file: String
    private let descriptor: CInt

    /// Takes the lock, or throws without waiting.
    ///
    /// - Throws: `.held` where another process serves the file, `.unavailable` where the lock file cannot be made.
    public init(for configuration: SQLiteConfiguration) throws(SQLiteServeLockError) {
        let database: SQLiteFile
        do throws(StoreError) {
            database = try SQLiteFile(resolving: configuration.path)
        } catch {
            throw .unavailable(file: configuration.path, StoreDiagnostic(error.diagnostic ?? error.description))
        }
        file = database.path + "-lock"
        descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .unavailable(file: file, StoreDiagnostic(FileSystem.reason(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            throw code == EWOULDBLOCK
                ? .held(file: file) : .unavailable(file: file, StoreDiagnostic(FileSystem.reason(code)))
        }
    }

    /// Whether the file at the path is still the one that is locked: otherwise another daemon could lock a second one.
    ///
    /// Blocks for two calls of the system.
    public var isInPlace: Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return false }
        let held = SQLiteFileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        return SQLiteFile.identity(file) == held
    }

    deinit {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }
}

/// Why a daemon may not serve a database file.
public enum SQLiteServeLockError: Error, Hashable, Sendable {
    /// Another process serves it.
    case held(file: String)
    /// The lock file cannot be made or locked.
    case unavailable(file: String, StoreDiagnostic)
}

extension SQLiteServeLockError: CustomStringConvertible {
    /// One sentence that names the file.
    public var description: String {
        switch self {
        case .held(let file): "Another authd serves this database: it holds \(file)."
        case .unavailable(let file, let diagnostic): "The lock \(file) cannot be taken: \(diagnostic.text)."
        }
    }
}
