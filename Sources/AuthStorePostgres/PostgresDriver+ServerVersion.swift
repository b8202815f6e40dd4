// SPDX-License-Identifier: Apache-2.0

public import AuthStore
import AuthStoreSQL

extension PostgresDriver {
    private static let version = SQL("SELECT pg_catalog.current_setting('server_version')")

    /// The version of the server, as in `15.8 (Debian 15.8-0+deb12u1)`; one statement.
    ///
    /// - Throws: `.unavailable`, `.denied`.
    public func serverVersion() async throws(StoreError) -> String {
        try await perform(
            SQLOperation(
                .read,
                .run(Statement(Self.version)) { (result) throws(StoreError) in
                    guard let row = result.first else { throw .corrupt("the server has no version") }
                    return .commit([], try row.text(0))
                }))
    }
}
