// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthStoreSQLite

@Suite("Watch over the files of a database")
struct SQLiteFileWatchTests {
    private static let paths = ["/a.db", "/a.db-wal"]

    private func identity(_ inode: UInt64, device: UInt64 = 1) -> SQLiteFileIdentity {
        SQLiteFileIdentity(device: device, inode: inode)
    }

    /// What is at the paths, and what a look at it tells.
    struct Look: Sendable {
        let found: [SQLiteFileIdentity?]
        let change: SQLiteFileWatch.Change?
        /// The path that is told of while the loss lasts.
        let lost: String?
    }

    @Test("reports a missing or replaced file once, and the return of the same files once")
    func changes() {
        let (main, log) = (identity(1), identity(2))
        let removed = SQLiteFileWatch.Change.lost(SQLiteFileLoss(path: "/a.db", isReplaced: false))
        let replaced = SQLiteFileWatch.Change.lost(SQLiteFileLoss(path: "/a.db-wal", isReplaced: true))
        let looks = [
            // sqlite3 makes the log when it needs one.
            Look(found: [main, nil], change: nil, lost: nil), Look(found: [main, log], change: nil, lost: nil),
            Look(found: [main, log], change: nil, lost: nil), Look(found: [nil, log], change: removed, lost: "/a.db"),
            Look(found: [nil, nil], change: nil, lost: "/a.db"),
            // Another file at the path is not the one that was removed.
            Look(found: [identity(3), log], change: nil, lost: "/a.db"),
            Look(found: [identity(1, device: 2), log], change: nil, lost: "/a.db"),
            Look(found: [main, log], change: .returned, lost: nil),
            Look(found: [main, identity(4)], change: replaced, lost: "/a.db-wal"),
            Look(found: [main, log], change: .returned, lost: nil),
        ]
        var watch = SQLiteFileWatch(paths: Self.paths)
        for (number, look) in looks.enumerated() {
            #expect(watch.look(look.found) == look.change, "look \(number)")
            #expect(watch.loss?.path == look.lost, "look \(number)")
        }
    }
}
