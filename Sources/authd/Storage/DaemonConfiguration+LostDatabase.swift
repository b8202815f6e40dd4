// SPDX-License-Identifier: Apache-2.0

import AuthStoreSQLite
import Glibc

extension DaemonConfiguration {
    /// One sentence where the root key beside a SQLite database is from an earlier run and the database holds nothing.
    ///
    /// A lost database must not pass for a new one. `nil` where there is nothing to say.
    ///
    /// A key elsewhere, in `ROOT_KEY` or `ROOT_KEY_FILE`, may well be older than its database, and says nothing.
    var lostDatabase: String? {
        guard case .sqlite(let sqlite) = database, case .file(let key, true) = rootKey, key == sqlite.path + ".key"
        else { return nil }
        // The key first: another process that makes both makes the database before the key.
        guard Self.size(of: key) != nil, Self.size(of: sqlite.path) ?? 0 == 0 else { return nil }
        return "ROOT_KEY_FILE \(key) is from an earlier run, but the database \(database.displayName) is empty or does "
            + "not exist: restore it from the backup, or move \(key) away to begin anew."
    }

    /// Refuses to go on where a command would have to make the database: only `serve` and `migrate` do.
    ///
    /// Nothing is opened or made. Of a file in a folder that cannot be searched nothing is known; opening it says why.
    ///
    /// - Throws: `.configuration` where there is no SQLite file, or an empty one.
    func requireDatabase() throws(CommandFailure) {
        if let lostDatabase { throw CommandFailure(.configuration, lostDatabase) }
        guard case .sqlite(let sqlite) = database else { return }
        var status = stat()
        if stat(sqlite.path, &status) == 0 {
            guard status.st_size == 0 else { return }
        } else {
            guard errno == ENOENT || errno == ENOTDIR else { return }
        }
        throw CommandFailure(
            .configuration,
            "There is no database at \(AbsolutePath.of(sqlite.path)); name the daemon's settings with --env-file, or make a "
                + "database with `authd migrate`.")
    }

    /// How many bytes the file at a path has; `nil` where there is none.
    private static func size(of path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }
}
