// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL

/// The thread that looks for commits of other processes, four times a second while anybody listens.
///
/// It has a connection of its own, so that no long read delays the news of a revocation.
struct SQLiteWatcher: ~Copyable {
    private let connection: SQLiteConnection
    private let core: SQLiteCore

    /// Takes over a connection on the thread it was opened on.
    init(_ connection: SQLiteConnection, _ core: SQLiteCore) {
        self.connection = connection
        self.core = core
    }

    /// Works until the driver closes.
    func run() {
        var version: Int64?
        while !core.isClosing {
            let isHeard = core.signals.isHeard
            // The first look counts as a difference: a commit that came after the opening must not be missed.
            if isHeard, let seen = dataVersion(), seen != version {
                version = seen
                core.signals.signal()
            }
            core.watcherBell.wait(atMost: isHeard ? .milliseconds(250) : nil)
        }
    }

    /// A number that differs after any other connection has committed; `nil` where it cannot be read just now.
    private func dataVersion() -> Int64? {
        guard let row = try? connection.run(Self.query).first else { return nil }
        return try? row.int64(0)
    }

    private static let query = SQL("PRAGMA data_version")
}
