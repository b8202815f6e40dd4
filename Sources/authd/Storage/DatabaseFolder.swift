// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What is wrong with the folder of a SQLite database.
enum DatabaseFolder {
    /// One sentence where the folder of the file does not exist; `nil` where it does.
    static func fault(of path: String) -> String? {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return nil }
        let folder = String(path[..<slash])
        var status = stat()
        guard stat(folder, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR else { return nil }
        return missing(folder)
    }

    /// The sentence about a folder that does not exist.
    static func missing(_ folder: String) -> String {
        let folder = Redaction.printable(folder)
        return
            "DATABASE_URL names a file in the folder \(folder), which does not exist: make it with `install -d -m 700 "
            + "\(folder)`, owned by the user that authd runs as, or name another file."
    }

    /// The sentence about a file of the database that cannot be made or opened.
    static func sentence(_ file: String, _ reason: String) -> String {
        "DATABASE_URL: \(Redaction.printable(file)) cannot be opened (\(Redaction.printable(reason))): the user that authd "
            + "runs as must be able to write in its folder."
    }
}
