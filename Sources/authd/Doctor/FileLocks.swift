// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Which process holds the lock that lets one connection write to a SQLite file, as the system's list of locks shows it.
///
/// - Source: proc_locks(5); the lock is the octet 120 of the file `-shm`, WAL-Index Format §2.
enum FileLocks {
    private static let writeLock: UInt64 = 120

    /// The process that holds the write lock in a list of locks; `nil` where none does, 0 for one of another container.
    static func writer(in list: String, inode: UInt64) -> Int32? {
        for line in list.split(separator: "\n") {
            let words = line.split(separator: " ")
            // A line of a process that waits has an arrow in place of the kind.
            guard words.count == 8, words[1] == "POSIX", words[3] == "WRITE", let process = Int32(words[4]),
                words[5].split(separator: ":").last.flatMap({ UInt64($0) }) == inode, let first = UInt64(words[6]),
                let last = words[7] == "EOF" ? UInt64.max : UInt64(words[7]), first <= writeLock, writeLock <= last
            else { continue }
            return max(process, 0)
        }
        return nil
    }

    /// The process that holds the write lock of a database now, with its program where that is known.
    static func writer(of path: String) -> (process: Int32, program: String?)? {
        var status = stat()
        guard stat(path + "-shm", &status) == 0,
            case .success(let list) = FileContents.read("/proc/locks", maximumBytes: 4 << 20),
            let process = writer(in: String(decoding: list, as: UTF8.self), inode: UInt64(status.st_ino))
        else { return nil }
        guard case .success(let name) = FileContents.read("/proc/\(process)/comm", maximumBytes: 64), process > 0 else {
            return (process, nil)
        }
        return (process, Redaction.printable(String(decoding: name.prefix { $0 != 0x0A }, as: UTF8.self)))
    }
}
