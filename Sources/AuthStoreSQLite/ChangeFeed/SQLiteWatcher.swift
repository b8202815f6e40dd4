// SPDX-License-Identifier: Apache-2.0

import AuthStore
import AuthStoreSQL
import AuthSystem

/// The thread that looks for commits of other processes, and whether the files are still those that were opened, four
/// times a second while the changes are listened to.
///
/// It has a connection of its own, so that no long read delays the news of a revocation.
struct SQLiteWatcher: ~Copyable {
    /// How often it looks while the changes are listened to.
    static let interval = Duration.milliseconds(250)

    private let connection: SQLiteConnection
    private let core: SQLiteCore
    private var known: SQLiteFileLoss?

    /// Takes over a connection on the thread it was opened on.
    init(_ connection: SQLiteConnection, _ core: SQLiteCore) {
        self.connection = connection
        self.core = core
    }

    /// Works until the driver closes.
    mutating func run() {
        var version: Int64?
        while !core.isClosing {
            let isHeard = core.signals.hasSubscribers
            if isHeard { lookAtFiles() }
            // The first look counts as a difference: a commit that came after the opening must not be missed.
            if isHeard, let seen = dataVersion(), seen != version {
                version = seen
                core.signals.signal()
            }
            core.watcherWakeup.wait(atMost: isHeard ? Self.interval : nil)
        }
    }

    /// Where only the log or its index lost its name, what was committed to the log is moved into the database at once:
    /// otherwise it would end with this process.
    private mutating func lookAtFiles() {
        let loss = core.health.look()
        if let loss, loss != known, loss.path != core.file.path { connection.checkpoint() }
        known = loss
    }

    /// A number that differs after any other connection has committed; `nil` where it cannot be read just now.
    private func dataVersion() -> Int64? {
        guard let row = try? connection.run(Self.query).first else { return nil }
        return try? row.int64(0)
    }

    private static let query = SQL("PRAGMA data_version")
}
