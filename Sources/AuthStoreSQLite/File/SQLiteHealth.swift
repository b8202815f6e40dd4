// SPDX-License-Identifier: Apache-2.0

import AuthStore
import Synchronization

/// What is known of the state of the files, shared by the threads of a driver.
final class SQLiteHealth: Sendable {
    private struct State {
        var watch: SQLiteFileWatch
        var damage: StoreDiagnostic?
    }

    private let file: SQLiteFile
    private let paths: [String]
    private let state: Mutex<State>
    private let observe: @Sendable (SQLiteEvent) -> Void

    /// Watches a database and the two files that sqlite3 keeps beside it.
    init(_ file: SQLiteFile, observe: @escaping @Sendable (SQLiteEvent) -> Void) {
        self.file = file
        self.observe = observe
        paths = [file.path, file.path + "-wal", file.path + "-shm"]
        state = Mutex(State(watch: SQLiteFileWatch(paths: paths)))
    }

    /// Looks at the files, and tells of what has changed.
    ///
    /// Blocks for three calls of the system, which takes microseconds on a local file system.
    ///
    /// - Returns: Which file is not the one that was opened, where there is one.
    @discardableResult
    func look() -> SQLiteFileLoss? {
        let found = paths.map(SQLiteFile.identity)
        let (change, loss) = state.withLock { state in
            let change = state.watch.look(found)
            return (change, state.watch.loss)
        }
        switch change {
        case .lost(let loss): observe(.fileLost(loss))
        case .returned: observe(.filesReturned(path: file.path))
        case nil: break
        }
        return loss
    }

    /// Takes note that sqlite3 found the database damaged.
    func note(damage: StoreDiagnostic) {
        let isFirst = state.withLock { state in
            guard state.damage == nil else { return false }
            state.damage = damage
            return true
        }
        if isFirst { observe(.damaged(path: file.path, damage)) }
    }

    /// Why the database is not fit to be used, as far as is known; asks nothing of the system.
    var trouble: StoreError? {
        let (loss, damage) = state.withLock { ($0.watch.loss, $0.damage) }
        if let loss { return Self.error(loss) }
        return damage.map { .unavailable(StoreDiagnostic("\(file.path) is damaged: \($0.text)")) }
    }

    /// What an operation that would write is answered.
    static func error(_ loss: SQLiteFileLoss) -> StoreError {
        .unavailable(StoreDiagnostic("\(loss.description) while it was open"))
    }
}
