// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthSystem
import Glibc

/// The database file as the file system has it.
struct SQLiteFile: Sendable {
    /// The path with its directory resolved, so that neither `chdir` nor a link moves it afterwards.
    let path: String

    /// Resolves the directory of a path, which must exist.
    ///
    /// The file itself need not exist, and must not be a link when it is opened.
    init(resolving path: String) throws(StoreError) {
        let directory: String
        let name: Substring
        if let slash = path.lastIndex(of: "/") {
            directory = slash == path.startIndex ? "/" : String(path[..<slash])
            name = path[path.index(after: slash)...]
        } else {
            directory = "."
            name = path[...]
        }
        guard !name.isEmpty, name != ".", name != "..", !path.utf8.contains(0) else {
            throw .unavailable("the path of the database does not name a file")
        }
        guard let resolved = realpath(directory, nil) else {
            throw .unavailable(StoreDiagnostic("\(directory): \(FileSystem.reason(errno))"))
        }
        defer { free(resolved) }
        guard let parent = String(validatingCString: resolved) else {
            throw .unavailable("the directory of the database has a name that is not UTF-8")
        }
        self.path = parent == "/" ? "/\(name)" : "\(parent)/\(name)"
    }

    /// Makes the file, readable by its owner alone whatever the umask, unless it exists.
    ///
    /// A file that exists is not even opened: closing any descriptor of it would drop the locks that other connections
    /// of this process hold on it.
    func createIfAbsent() throws(StoreError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            guard errno == EEXIST else { throw unavailable(errno) }
            return
        }
        defer { _ = Glibc.close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw unavailable(errno) }
    }

    /// Which file is at a path; `nil` where none is, or none that can be looked at.
    static func identity(_ path: String) -> SQLiteFileIdentity? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return SQLiteFileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// A failure of the system, with the file's name.
    func unavailable(_ code: CInt) -> StoreError {
        .unavailable(StoreDiagnostic("\(path): \(FileSystem.reason(code))"))
    }
}
