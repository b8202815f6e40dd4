// SPDX-License-Identifier: Apache-2.0

package import AuthStore
import AuthStoreSQL

extension SQLiteDriver {
    private static let nothing = SQL("SELECT 1")

    /// Takes the lock that lets one connection write, and gives it back; writes nothing.
    ///
    /// - Throws: `.unavailable` where another process holds it for five times `SQLiteConfiguration.busyTimeout`.
    package func requireWriteLock() async throws(StoreError) {
        _ = try await perform(SQLOperation(.write, .run(Statement(Self.nothing)) { _ in .commit([], true) }))
    }
}
