// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQLite

extension DaemonConfiguration.Database {
    /// Keeps other daemons from serving the same SQLite file until the result is gone; `nil` for other databases.
    ///
    /// - Throws: A sentence where another process serves the file, its folder does not exist, or the lock cannot be made.
    func lockForServing() throws(CommandFailure) -> SQLiteServeLock? {
        guard case .sqlite(let sqlite) = self else { return nil }
        if let fault = DatabaseFolder.fault(of: sqlite.path) { throw CommandFailure(.configuration, fault) }
        do throws(SQLiteServeLockError) {
            return try SQLiteServeLock(for: sqlite)
        } catch {
            switch error {
            case .held:
                throw CommandFailure(.failed, error.description)
            case .unavailable(let file, let diagnostic):
                throw CommandFailure(
                    .failed, DatabaseFolder.sentence(file, diagnostic.text))
            }
        }
    }
}
