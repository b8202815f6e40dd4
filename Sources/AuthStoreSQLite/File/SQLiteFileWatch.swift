// SPDX-License-Identifier: Apache-2.0

/// Which file of the system a path leads to.
struct SQLiteFileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
}

/// Whether the files of a database are still those that were opened: decisions only.
///
/// Writes to a deleted file are lost with the process, and writes to a replaced file are not read again.
struct SQLiteFileWatch: Sendable {
    /// What a look at the files showed for the first time.
    enum Change: Hashable {
        case lost(SQLiteFileLoss)
        case returned
    }

    private let paths: [String]
    private var known: [SQLiteFileIdentity?]
    /// The first file that is not the one that was opened; `nil` while all are.
    private(set) var loss: SQLiteFileLoss?

    /// Watches paths; the file that is first seen at each is the one that must stay there.
    init(paths: [String]) {
        self.paths = paths
        known = Array(repeating: nil, count: paths.count)
    }

    /// Compares what is at the paths, in their order, with what was there.
    mutating func look(_ found: [SQLiteFileIdentity?]) -> Change? {
        var now: SQLiteFileLoss?
        for (index, path) in paths.enumerated() where index < found.count {
            guard let expected = known[index] else {
                known[index] = found[index]
                continue
            }
            if now == nil, found[index] != expected {
                now = SQLiteFileLoss(path: path, isReplaced: found[index] != nil)
            }
        }
        let before = loss
        loss = now
        switch (before, now) {
        case (nil, let loss?): return .lost(loss)
        case (.some, nil): return .returned
        // A removed file that is replaced afterwards was told of already.
        case (.some, .some), (nil, nil): return nil
        }
    }
}
