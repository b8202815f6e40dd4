// SPDX-License-Identifier: Apache-2.0

import AuthStoreSQLite

extension DaemonConfiguration.Database {
    /// Keeps other daemons from serving the same SQLite file until the result is gone; `nil` for other databases.
    ///
    /// - Throws: A sentence where another process serves the file or the lock cannot be made.
    func lockForServing() throws(CommandFailure) -> SQLiteServeLock? {
        guard case .sqlite(let sqlite) = self else { return nil }
        do throws(SQLiteServeLockError) {
            return try SQLiteServeLock(for: sqlite)
        } catch {
            throw CommandFailure(.failed, error.description)
        }
    }
}
