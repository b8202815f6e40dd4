// SPDX-License-Identifier: Apache-2.0

import AuthStoreSQLite
import AuthSystem
import Glibc

/// Whether others than its owner may read or change a file that holds secrets.
enum FileExposure {
    /// One sentence that names the setting, its file and the command that closes the file; `nil` where it is closed or
    /// not there.
    static func warning(_ path: String, of setting: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        guard FileSystem.isExposed(path, mode: status.st_mode, owner: status.st_uid, reader: geteuid()) else {
            return nil
        }
        return "\(setting) \(Redaction.printable(path)) can be read or changed by others: run `chmod 600 "
            + "\(Redaction.printable(path))`."
    }
}

extension DaemonConfiguration.Database {
    /// Sentences about files of a SQLite database that others may read or change.
    var exposures: [String] {
        guard case .sqlite(let sqlite) = self else { return [] }
        return ["", "-wal", "-shm"].compactMap { FileExposure.warning(sqlite.path + $0, of: "DATABASE_URL") }
    }
}
